"""The completions of one question: asked for side by side, and heard of all or of none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

from rewards.asking.settings import Settings
from rewards.records import Abstention, Question

T = TypeVar("T", covariant=True)


class Asks(Protocol[T]):
    """Whoever can be asked about a text: an ``Asker``, or a ``Reader``."""

    @property
    def settings(self) -> Settings:
        """How it is asked."""
        ...

    def ask(self, question: Question, text: str) -> T | Abstention:
        """What it says, or why nothing."""
        ...


def side_by_side(
    asker: Asks[T], question: Question, texts: Iterable[str]
) -> dict[str, T | Abstention]:
    """What a model says of each text; equal ones are asked for once.

    Raises:
        RewardError, ConfigError: see ``Asker.ask``.
    """
    distinct = list(dict.fromkeys(texts))
    if not distinct:
        return {}
    with ThreadPoolExecutor(min(asker.settings.parallel, len(distinct))) as pool:
        answers = pool.map(lambda text: asker.ask(question, text), distinct)
        return dict(zip(distinct, answers, strict=True))


def alike(found: Sequence[T | Abstention]) -> list[T | Abstention]:
    """The outcomes of siblings: what the model says of each, or of none.

    A completion that only its other parts judge would stand above siblings that the model found
    fault with, and completions could be learnt that silence it.
    """
    silent = next((one for one in found if isinstance(one, Abstention)), None)
    if silent is None:
        return list(found)
    silence, _, reason = silent.why.partition(": ")
    of_sibling = Abstention(f"{silence} of a sibling: {reason}")
    return [one if isinstance(one, Abstention) else of_sibling for one in found]
