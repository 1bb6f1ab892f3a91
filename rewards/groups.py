"""Which completions are siblings: those of an equal question, wherever they stand.

A question that nobody gave an id is known by all the rest of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from hashlib import blake2b

from rewards.questions import question_to_json
from rewards.records import Question


def named(question: Question) -> Question:
    """The question under an id made of all the rest, so that equal ones share it."""
    rest = json.dumps(question_to_json(replace(question, id="")), sort_keys=True)
    return replace(question, id=f"row-{blake2b(rest.encode(), digest_size=8).hexdigest()}")


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
