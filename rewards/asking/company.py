"""A model is never alone in a rubric: what only its word pays for is learnt to please it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rewards.schedule import Schedule
from rewards.scorers import JUDGES

if TYPE_CHECKING:
    from rewards.rubric_part import RubricPart


def judged_alone(parts: Sequence[RubricPart]) -> str | None:
    """A sentence where, at some step, only what asks a model has a weight above 0; else None."""
    judges = [part for part in parts if part.reward in JUDGES]
    others = [part for part in parts if part.reward not in JUDGES]
    for step in _steps(parts):
        paid = sum(_at(part, step) for part in judges)
        if paid > 0 and not any(_at(part, step) > 0 for part in others):
            since = f" at step {step}" if step else ""
            return (
                f"parts.{judges[0].name}: what asks a model is never alone: got no other part with "
                f"a weight above 0{since}, expected one that judges by rules, such as answer"
            )
    return None


def _steps(parts: Sequence[RubricPart]) -> list[int]:
    """The steps at which a weight bends: between two of them none can begin or cease to pay."""
    bends = {
        step
        for part in parts
        if isinstance(part.weight, Schedule)
        for step, _ in part.weight.points
    }
    return sorted({0, *bends})


def _at(part: RubricPart, step: int) -> float:
    weight = part.weight
    return weight.at(step) if isinstance(weight, Schedule) else weight
