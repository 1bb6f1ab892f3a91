"""How many tokens a decoder has places for, the prompt's and the answer's in one.

Behind them the library turns positions by angles that the decoder never saw, without a word.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from rewards.errors import ConfigError, few

_SHOWN = 5


class Need(NamedTuple):
    """What a question takes: its id, tokens of its prompt, and the most that are added."""

    question: str
    prompt: int
    new: int


def places_of(decoder: Any) -> int | None:
    """The most tokens that a decoder has places for; None where its config does not say.

    The config's number is the limit whether or not its rope is scaled: scaling is part of what
    the number counts. A sliding window is another, for here nothing slides.

    Args:
        decoder: its config.
    """
    window = getattr(decoder, "sliding_window", None)
    slides = "sliding_attention" in (getattr(decoder, "layer_types", None) or ())
    limits = (getattr(decoder, "max_position_embeddings", None), window if slides else None)
    return min((limit for limit in limits if limit is not None), default=None)


def check_places(needs: Iterable[Need], most: int | None) -> None:
    """Refuse prompts that, with their answers, are longer than a decoder has places for.

    Args:
        most: as ``places_of`` has it.

    Raises:
        ConfigError: names the longest of them.
    """
    over = [need for need in needs if most is not None and need.prompt + need.new > most]
    if over:
        over.sort(key=lambda need: -need.prompt - need.new)
        got = [f"{need.question!r} of {need.prompt} + {need.new} tokens" for need in over]
        raise ConfigError(
            "prompts and their answers are longer than this model has places for: got "
            f"{few(got, _SHOWN)}, expected at most {most} in all, by its config; take shorter "
            "clips or questions, or fewer new tokens"
        )
