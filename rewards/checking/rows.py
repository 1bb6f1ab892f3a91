"""The rows of a file, and the lines that are none.

A file whose first row has a ``think`` is one of traces, ``{"question", "think", "answer"}``;
any other is one of questions (``rewards/questions.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rewards.checking.records import Finding, Row, Target
from rewards.clips import resolve_clip
from rewards.errors import DataError
from rewards.facts import show
from rewards.questions import decode_line, question_from_json
from rewards.records import Question


def read_rows(
    path: Path, clips: Path, questions: Mapping[str, Question]
) -> tuple[list[Row], list[Target], list[Finding]]:
    """The questions, the targets, and the lines that are neither.

    Args:
        path: of the file.
        clips: the folder that clips must lie in.
        questions: id -> question, for traces.

    Raises:
        DataError: the file cannot be read, or holds no line.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as failure:
        raise DataError(
            f"{path}: cannot be read ({failure.strerror or failure}); expected a file of questions "
            "or traces, one JSON object a line"
        ) from failure
    rows: list[Row] = []
    targets: list[Target] = []
    wrong: list[Finding] = []
    of_traces: bool | None = None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        obj: Any = None
        try:
            obj = decode_line(line)
            if of_traces is None:
                of_traces = isinstance(obj, Mapping) and "think" in obj
            if of_traces:
                targets.append(_target(obj, number, questions))
            else:
                rows.append(_row(obj, number, clips))
        except DataError as failure:
            name = obj.get("id", obj.get("question")) if isinstance(obj, Mapping) else ""
            named = name if isinstance(name, str) else ""
            said = str(failure).removeprefix(f"line {number}: ")
            wrong.append(Finding(number, named, "malformed", said))
    if not rows and not targets and not wrong:
        raise DataError(f"{path}: holds no row; expected one JSON object a line")
    return rows, targets, wrong


def _row(obj: Any, number: int, clips: Path) -> Row:
    question = question_from_json(obj, where=f"line {number}")
    if question.clip is not None:
        resolve_clip(question.clip, clips, where="clip.path")
    return Row(number, question)


def _target(obj: Any, number: int, questions: Mapping[str, Question]) -> Target:
    fields = ("question", "think", "answer")
    if not isinstance(obj, Mapping) or not all(isinstance(obj.get(name), str) for name in fields):
        raise DataError(f"got {show(obj)}, expected a trace: texts question, think and answer")
    name = obj["question"]
    if questions and name not in questions:
        raise DataError(f"question: got {show(name)}, expected an id of the questions given")
    return Target(number, name, obj["think"], obj["answer"], questions.get(name))
