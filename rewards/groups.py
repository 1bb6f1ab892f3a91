"""Which completions are siblings: those of an equal question, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterable

from rewards.records import Question


def by_question(questions: Iterable[Question]) -> list[list[int]]:
    """Places of each question, in the order in which they first appear."""
    groups: list[tuple[Question, list[int]]] = []
    by_id: dict[str, list[int]] = {}  # two questions of one id are rare, and stay two
    for place, question in enumerate(questions):
        alike = by_id.setdefault(question.id, [])
        own = next((i for i in alike if groups[i][0] == question), None)
        if own is None:
            own = len(groups)
            alike.append(own)
            groups.append((question, []))
        groups[own][1].append(place)
    return [places for _, places in groups]
