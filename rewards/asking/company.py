"""A model is never alone in a rubric: what only its word pays for is learnt to please it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rewards.records import Part
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


def in_company(
    siblings: Sequence[Mapping[str, Part]], opinions: Collection[str]
) -> list[dict[str, Part]]:
    """The parts of the completions of one question; those that ask a model may not apply.

    A rubric has other parts, and none of them may apply to this question: a caption without gold.
    Where one pays for a sibling the opinions stand, for else a low one could be avoided.

    Args:
        siblings: the parts of each completion by name.
        opinions: the names of the parts that ask a model.
    """
    paid = {name for parts in siblings for name, part in parts.items() if _pays(part)}
    if not paid or not paid <= {*opinions}:
        return [dict(parts) for parts in siblings]
    return [
        {name: _alone(part) if _pays(part) else part for name, part in parts.items()}
        for parts in siblings
    ]


def _pays(part: Part) -> bool:
    return part.value is not None and part.weight > 0


def _alone(part: Part) -> Part:
    why = "what asks a model is never alone: no other part judges this question"
    return replace(part, value=None, status="not_applicable", why=why)


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
