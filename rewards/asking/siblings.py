"""The completions of one question: asked for side by side, and heard of all or of none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from rewards.asking.asker import Asker
from rewards.records import Abstention, Question

T = TypeVar("T")


def side_by_side(
    askers: Sequence[Asker[T]], question: Question, texts: Iterable[str]
) -> dict[str, tuple[T, ...] | Abstention]:
    """What a model says of each text when each asker asks, or why it says nothing.

    Equal texts are asked for once, and about a text of which the first asker hears nothing the
    others do not ask.

    Args:
        askers: at least one, of the same settings.

    Returns:
        text -> the answer to each asker, in their order.

    Raises:
        RewardError, ConfigError: see ``Asker.ask``.
    """
    heard: dict[str, list[T]] = {text: [] for text in texts}
    silent: dict[str, Abstention] = {}
    if not heard:
        return {}

    def ask(asked: tuple[Asker[T], str]) -> T | Abstention:
        asker, text = asked
        return asker.ask(question, text)

    with ThreadPoolExecutor(min(askers[0].settings.parallel, len(askers) * len(heard))) as pool:
        for some in (askers[:1], askers[1:]):
            requests = [(asker, text) for asker in some for text in heard if text not in silent]
            for (_, text), answer in zip(requests, pool.map(ask, requests), strict=True):
                if isinstance(answer, Abstention):
                    silent.setdefault(text, answer)
                else:
                    heard[text].append(answer)
    return {text: silent.get(text) or tuple(answers) for text, answers in heard.items()}


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
