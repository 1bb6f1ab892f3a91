"""What a reward makes of siblings, the completions of one question: what GRPO learns from.

An advantage is a value less the mean of its group: a reward that gives all siblings the same
teaches nothing there, however much it differs from one question to the next.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rewards.groups import by_question
from rewards.records import Part, Question, Response

_BLOCKS = ("think", "answer")
_MISSING = frozenset(f"there is no {name} block" for name in _BLOCKS)


@dataclass(frozen=True, slots=True)
class Siblings:
    """What is told of groups.

    Attributes:
        groups: questions with at least two different completions that were scored.
        spread: the mean of their standard deviations; NaN without such a question.
        partly: questions where the reward applies to some completions only.
        block: "think" or "answer", if there a completion is 0 only because it has no such block;
            else "".
        alike: questions with at least two different completions that the reward was called on (a
            missing block is 0 without), if in each of them all these get one value; else 0.
    """

    groups: int
    spread: float
    partly: int
    block: str = ""
    alike: int = 0

    @property
    def fault(self) -> str:
        """Why nothing would be learnt from the reward; "" where siblings differ.

        One question alone may be one that all completions answer alike.
        """
        if self.alike < 2:
            return ""
        but = ", unlike those alone that lack a block and count 0" if self.spread else ""
        return (
            f"no signal: in each of {self.alike} questions all completions that it is called on "
            f"get one value{but}, and GRPO learns from differences alone; let it tell better from "
            "worse, or, if it does, try it on completions that differ in what it judges (--on)"
        )


def uncalled(part: Part) -> bool:
    """Whether a completion is 0 only because it lacks a block: the function was not called."""
    return part.value is not None and part.why in _MISSING


def among_siblings(pairs: Sequence[tuple[Question, Response]], parts: Sequence[Part]) -> Siblings:
    """How the parts of these completions differ within each question."""
    spreads: list[float] = []
    called: list[float] = []
    partly: list[list[int]] = []
    for places in by_question(question for question, _ in pairs):
        scored = [place for place in places if parts[place].value is not None]
        own = [place for place in scored if not uncalled(parts[place])]
        for some, found in ((scored, spreads), (own, called)):
            if len({pairs[place][1].text for place in some}) > 1:
                found.append(deviation([parts[place].value or 0.0 for place in some]))
        if scored and any(parts[place].status == "not_applicable" for place in places):
            partly.append(scored)
    missing = {parts[place].why for scored in partly for place in scored}
    block = next((name for name in _BLOCKS if f"there is no {name} block" in missing), "")
    mean = math.fsum(spreads) / len(spreads) if spreads else math.nan
    alike = 0 if any(called) else len(called)
    return Siblings(len(spreads), mean, len(partly), block, alike)


def deviation(values: Sequence[float]) -> float:
    """The standard deviation of some values, at least one."""
    if len(set(values)) == 1:
        return 0.0  # exactly, for it is compared with 0
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))
