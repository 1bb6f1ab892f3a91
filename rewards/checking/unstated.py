"""Questions that ask for a fact which their row does not state.

Such a row can be used: a rubric routes by its facet, and `answer` falls back to `accuracy`. But the
reward of the facet judges by the fact alone, and `theory` by what the row states, so a wrong key a
fifth away earns 0 where its author may have meant half.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rewards.checking.records import Row
from rewards.errors import few


def unstated(rows: Iterable[Row]) -> dict[str, list[int]]:
    """Facet -> the lines of the questions with an answer that ask it and do not state it."""
    found: dict[str, list[int]] = {}
    for row in rows:
        facet = row.question.facet
        # The truth of a function stands in the answer.
        if facet is None or facet == "function" or row.question.answer is None:
            continue
        if getattr(row.question.facts, facet) is None:
            found.setdefault(facet, []).append(row.line)
    return found


def without_facts(lines: Mapping[str, list[int]]) -> str:
    """A sentence about such rows; "" without any.

    Args:
        lines: as ``unstated`` gives them.
    """
    if not lines:
        return ""
    told = [f"{len(own)} of facet {facet!r} (first line {own[0]})" for facet, own in lines.items()]
    facet = next(iter(lines))
    return (
        f"rows that ask for a fact without stating it: {few(told)}; their answers are compared by "
        "accuracy, for the reward of the facet judges by the fact: state it where it is known, "
        f'"facts": {{"{facet}": ...}}'
    )
