"""A question out of the columns of somebody's data set.

Conventions
-----------
======================  ==============================================================
column                  holds
======================  ==============================================================
``question``            an object of a questions file, as a mapping or as JSON text; any
                        other text is the text of the question
``text``, ``answer``,   the fields of a question, one a column; each but ``answer`` wins over
``choices``, ``facts``  the same field of ``question``; ``facts`` may be JSON text
``facet``, ``kind``,
``topic``, ``id``,
``clip``, ``source``
``solution``            the gold answer, as data sets for TRL name it
any other               is left alone
======================  ==============================================================

Trainers with one column for the truth have a gold answer in it, or a question as the first
column holds it. Where the gold answer stands in several places they must agree.
Absent, ``None`` and an empty ``choices`` are the same: tables fill up what some rows do not
have. Arrays become lists. Without a text the prompt is the question; without an id it is
known by all the rest, so that rows alike are one question and rewards over a group see them
together. Lists of mixed types (``chords``, ``segments``, ...) do not fit a column of Arrow:
write them as JSON text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rewards.errors import DataError
from rewards.fields import blank, show
from rewards.groups import named
from rewards.json_line import decode_line
from rewards.questions import FIELDS, question_from_json, question_to_json
from rewards.records import Question

COLUMNS = ("question", *FIELDS, "solution")
"""The columns that make a question."""
NO_TEXT = "(the question was not given)"
_LEVELS = 16


def question_of(columns: Mapping[str, Any], prompt: str, *, where: str) -> Question:
    """The question of one row.

    Args:
        columns: name -> value of this row.
        prompt: what was asked, the text of the question where no column has one.
        where: how an error names the row.

    Raises:
        DataError: names the row and every wrong field, or two gold answers that differ.
    """
    asked = columns.get("question")
    if isinstance(asked, Question):
        row = question_to_json(asked)
    else:
        row = _object(asked, f"{where}: question", {"text": asked})
    gold = _gold(columns, row.get("answer"), where)
    for name in FIELDS:
        value = _plain(columns.get(name))
        if value is not None and value != []:
            row[name] = value
    if gold is not None:
        row["answer"] = gold
    if isinstance(row.get("facts"), str):
        row["facts"] = _object(row["facts"], f"{where}: facts", None)
    if row.get("choices") == []:
        del row["choices"]
    row.setdefault("text", prompt)
    if "id" not in row:
        return named(question_from_json({**row, "id": "?"}, where=where))
    if isinstance(row["id"], int) and not isinstance(row["id"], bool):
        row["id"] = str(row["id"])
    return question_from_json(row, where=where)


def with_truth(columns: Mapping[str, Any], truth: Any, *, where: str) -> dict[str, Any]:
    """The columns, with a truth that wins over them.

    Args:
        columns: name -> value of this row.
        truth: the gold answer; or a question, as a mapping or as JSON text. A blank one is none.
        where: how an error names the row.

    Raises:
        DataError: it begins like JSON and is none.
    """
    truth = _decoded(truth, where)
    if blank(truth):
        return dict(columns)
    if not isinstance(truth, Mapping):
        return {**columns, "answer": truth}
    kept = {name: value for name, value in columns.items() if name not in truth}
    text = kept.pop("question", None)
    if isinstance(text, str) and "text" not in truth and not text.lstrip().startswith("{"):
        kept["text"] = text
    return {**kept, "question": truth}


def with_label(columns: Mapping[str, Any], label: Any, *, where: str) -> dict[str, Any]:
    """The columns, with a label that must agree with them.

    Args:
        columns: name -> value of this row.
        label: the gold answer; or a question, as a mapping or as JSON text. A blank one is
            none: OpenRLHF sends it for a data set without labels.
        where: how an error names the row.

    Raises:
        DataError: it begins like JSON and is none, or is a question beside another.
    """
    label = _decoded(label, where)
    if blank(label):
        return dict(columns)
    if not isinstance(label, Mapping):
        return {**columns, "label": label}
    beside = [name for name, value in columns.items() if value is not None]
    if beside:
        raise DataError(
            f"{where}: label is a question, and so is what stands in {', '.join(beside)}: expected "
            "one of them, or the gold answer as the label"
        )
    return {"question": label}


def _gold(columns: Mapping[str, Any], own: Any, where: str) -> Any:
    """The gold answer, wherever it stands; ``own`` is the one within the question."""
    places = {name: _plain(columns.get(name)) for name in ("answer", "solution", "label")}
    said = {name: v for name, v in {**places, "question.answer": own}.items() if v is not None}
    first = next(iter(said), "")
    for name, value in said.items():
        if value != said[first]:
            raise DataError(
                f"{where}: {first} is {show(said[first])} and {name} is {show(value)}: expected "
                "one gold answer; leave out the column that holds none"
            )
    return said.get(first)


def _object(value: Any, where: str, otherwise: dict[str, Any] | None) -> dict[str, Any]:
    """A mapping, or one as JSON text; else ``otherwise``, if it may be something else."""
    value = _decoded(_plain(value), where)
    if value is None:
        return {}
    if isinstance(value, dict):
        return _plain(value)
    if isinstance(value, str) and otherwise is not None:
        return dict(otherwise)
    raise DataError(f"{where}: got {show(value)}, expected an object, or one as JSON text")


def _decoded(value: Any, where: str) -> Any:
    """The value, or what it stands for where it is a text that begins like an object."""
    if not isinstance(value, str) or not value.lstrip().startswith("{"):
        return value
    try:
        return decode_line(value)
    except DataError as failure:
        raise DataError(f"{where}: {failure}") from failure


def _plain(value: Any, levels: int = _LEVELS) -> Any:
    """Lists and dictionaries as JSON has them, without what is None in a dictionary."""
    if levels == 0:
        raise DataError(f"a row is nested too deeply: expected at most {_LEVELS} levels")
    if hasattr(value, "tolist"):  # an array, or a scalar of one
        value = value.tolist()
    if isinstance(value, Mapping):
        there = {str(key): below for key, below in value.items() if below is not None}
        return {key: _plain(below, levels - 1) for key, below in there.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(below, levels - 1) for below in value]
    return value
