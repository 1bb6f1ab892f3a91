"""Rows that are there again: their id, or their text and clip.

Two rows ask the same if their texts differ by case and blanks only, and their clips by nothing:
the same hash of samples, or else the same stretch of the same path.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rewards.checking.records import Finding, Row, Target
from rewards.fields import show
from rewards.records import Clip


def repeats(rows: Iterable[Row]) -> Iterator[Finding]:
    """Each row that repeats one before it."""
    ids: dict[str, int] = {}
    first: dict[Any, Row] = {}
    for row in rows:
        question = row.question
        if question.id in ids:
            yield row.found("repeated", f"id: got {show(question.id)} again, first on line "
                            f"{ids[question.id]}, expected a new one")  # fmt: skip
        ids.setdefault(question.id, row.line)
        same = " ".join(question.text.casefold().split()), _sound(question.clip), question.facet
        other = first.setdefault(same, row)
        if other is row:
            continue
        if _truth(other) != _truth(row):
            yield row.found("repeated", f"asks what line {other.line} asks, with another answer: "
                            f"got {_shown(row)}, there {_shown(other)}")  # fmt: skip
        elif set(other.question.choices) == set(question.choices):
            yield row.found("repeated", f"is line {other.line} again")


def repeated_targets(targets: Iterable[Target]) -> Iterator[Finding]:
    """Each target that is there again, word for word."""
    first: dict[tuple[str, str, str], int] = {}
    for target in targets:
        line = first.setdefault((target.id, target.think, target.answer), target.line)
        if line != target.line:
            yield target.found("repeated", f"is line {line} again")


def _sound(clip: Clip | None) -> Any:
    if clip is None:
        return None
    return clip.sha256 or (clip.path, clip.start, clip.duration)


def _truth(row: Row) -> Any:
    question = row.question
    if question.answer is not None:
        return " ".join(question.answer.casefold().split())
    return getattr(question.facts, question.facet, None) if question.facet else None


def _shown(row: Row) -> str:
    question = row.question
    return show(question.answer if question.answer is not None else _truth(row))
