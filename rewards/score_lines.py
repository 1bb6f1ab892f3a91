"""Lines of stored completions, and of their scores.

Conventions
-----------
A line in: ``{"id", "question": {"text", "choices"?, "answer"?, "facts"?, ...},
"completion"}``. ``question`` may hold any field of a questions file, an ``id`` too.
Other outer keys are left alone.

A line out: ``{"id", "total", "parts": {NAME: {"value",
"status", "why", "details"?}}}``; ``total`` is null if no part is scored, or one
has failed: the rest is no score of the completion.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rewards.errors import DataError, nearest
from rewards.fields import show
from rewards.groups import named
from rewards.json_line import decode_line
from rewards.questions import question_from_json
from rewards.records import Part, Question, Score

_KEYS = ("id", "question", "completion")


@dataclass(frozen=True, slots=True)
class Line:
    """A line in.

    Attributes:
        number: in the file, from 1.
        shown_id: the outer id, else the question's.
    """

    number: int
    shown_id: str | int
    question: Question
    completion: str


def read_line(row: bytes | str, line: int) -> Line:
    """A line, decoded.

    Raises:
        DataError: names the line and what is wrong with it.
    """
    where = f"line {line}"
    try:
        obj = decode_line(row)
    except DataError as failure:
        raise DataError(f"{where}: {failure}") from failure
    return line_from_json(obj, line)


def line_from_json(obj: Any, line: int) -> Line:
    """A line out of its decoded JSON.

    Raises:
        DataError: names the line and what is wrong with it.
    """
    where = f"line {line}"
    if not isinstance(obj, Mapping):
        raise DataError(f"{where}: got {show(obj)}, expected an object with {', '.join(_KEYS)}")
    asked = obj.get("question")
    shown_id = obj.get("id")
    if shown_id is None and isinstance(asked, Mapping):
        shown_id = asked.get("id")
    missing = [key for key in _KEYS[1:] if key not in obj]
    if missing:
        others = [key for key in obj if key not in _KEYS]
        hint = nearest(missing[0], others) or "; expected it in each line"
        raise DataError(f"{where}: {missing[0]}: is missing{hint}")
    if isinstance(shown_id, bool) or not isinstance(shown_id, (str, int)) or shown_id == "":
        raise DataError(f"{where}: id: got {show(shown_id)}, expected a string")
    completion = obj["completion"]
    if not isinstance(completion, str):
        raise DataError(f"{where}: completion: got {show(completion)}, expected a string")
    if not isinstance(asked, Mapping):
        raise DataError(f"{where}: question: got {show(asked)}, expected an object")
    own = asked.get("id") is not None
    question = question_from_json(
        asked if own else {**asked, "id": "?"}, where=f"{where}: question"
    )
    return Line(line, shown_id, question if own else named(question), completion)


def score_to_json(shown_id: Any, score: Score) -> dict[str, Any]:
    """The object of one line of output."""
    parts = {name: _part_to_json(part) for name, part in score.parts.items()}
    return {"id": shown_id, "total": score.total, "parts": parts}


def _part_to_json(part: Part) -> dict[str, Any]:
    obj: dict[str, Any] = {"value": part.value, "status": part.status, "why": part.why}
    if part.details is not None:
        obj["details"] = dict(part.details)
    return obj
