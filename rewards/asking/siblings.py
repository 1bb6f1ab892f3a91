"""The completions of one question: asked for side by side, and heard of all or of none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import TypeVar

from rewards.asking.asker import Asker
from rewards.records import Abstention, Question

T = TypeVar("T")


def side_by_side(
    askers: Sequence[Asker[T]], question: Question, texts: Iterable[str]
) -> dict[str, tuple[T, ...] | Abstention]:
    """What a model says of each text when each asker asks, or why it says nothing.

    Equal texts are asked for once, and where an answer to one asker is missing, the others that
    have not asked about that text yet do not.

    Args:
        askers: at least one, of the same settings.

    Raises:
        RewardError, ConfigError: see ``Asker.ask``.
    """
    distinct = list(dict.fromkeys(texts))
    if not distinct:
        return {}
    silent: dict[str, Abstention] = {}

    def hear(asked: tuple[Asker[T], str]) -> T | Abstention:
        asker, text = asked
        answer = silent[text] if text in silent else asker.ask(question, text)
        if isinstance(answer, Abstention):
            silent.setdefault(text, answer)
        return answer

    requests = list(product(askers, distinct))  # the first of each text before the second of any
    with ThreadPoolExecutor(min(askers[0].settings.parallel, len(requests))) as pool:
        heard = list(pool.map(hear, requests))
    return {
        text: silent.get(text) or tuple(heard[place :: len(distinct)])  # type: ignore[misc]
        for place, text in enumerate(distinct)
    }


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
