"""A rubric as a tree that a person reads.

rubric  combine gdpo
├─ format  weight 0.1
├─ answer  weight 0.6
└─ theory  weight 0.25 at 0 -> 0.1 at 100  times 0.5 + 0.5 answer  requires format
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rewards.rubric_names import from_here

if TYPE_CHECKING:
    from rewards.rubric import Rubric
    from rewards.rubric_part import RubricPart


def tree(rubric: Rubric) -> str:
    """The rubric's own settings where they are not the default, then a line for each part."""
    own = []
    if rubric.combine != "sum":
        own.append(f"  combine {rubric.combine}")
    if not rubric.renormalise:
        own.append("  a part that does not apply counts as 0")
    if rubric.failure_budget != type(rubric).FAILURE_BUDGET:
        own.append(f"  failure budget {rubric.failure_budget:.3g}")
    lines = ["rubric" + "".join(own)]
    for number, part in enumerate(rubric.parts, start=1):
        branch = "└─" if number == len(rubric.parts) else "├─"
        lines.append(f"{branch} {'  '.join(_words(part))}")
    return "\n".join(lines)


def _words(part: RubricPart) -> list[str]:
    weight = part.weight if not isinstance(part.weight, float) else f"{part.weight:g}"
    words = [part.name if part.reward == part.name else f"{part.name} = {from_here(part.reward)}"]
    words.append(f"weight {weight}")
    words += [f"{name}={value}" for name, value in {**part.params, **part.limits}.items()]
    if part.judge.scope == "group":
        words.append("over the group")
    if part.clip is not None:
        words.append(f"clip {part.clip[0]:g} to {part.clip[1]:g}")
    for name, share in part.times:
        words.append(f"times {name}" if share == 1 else f"times {1 - share:g} + {share:g} {name}")
    if part.requires:
        words.append(f"requires {', '.join(part.requires)}")
    if part.when is not None:
        words.append(f"when {part.when}")
    return words
