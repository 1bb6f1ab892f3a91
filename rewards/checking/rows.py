"""The rows of a file, and the lines that are none.

A file whose first row has a ``think`` is one of traces, ``{"question", "think", "answer"}``;
any other is one of questions (``rewards/questions.py``). A file of another kind (a recording, an
array over all lines) is one error, not a finding a line.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rewards.checking.records import Finding, Row, Target
from rewards.clips import resolve_clip
from rewards.errors import DataError
from rewards.fields import Wrong, held, show
from rewards.json_line import decode_line
from rewards.questions import question_from_json
from rewards.records import Question

_HEAD = 1024  # bytes in which a recording shows that it is no text
_NOT_JSON = object()


def read_rows(
    path: Path, clips: Path, questions: Mapping[str, Question]
) -> tuple[list[Row], list[Target], list[Finding]]:
    """The questions, the targets, and the lines that are neither.

    Args:
        path: of the file.
        clips: the folder that clips must lie in.
        questions: id -> question, for traces.

    Raises:
        DataError: the file cannot be read, is of another kind, or holds no line.
    """
    try:
        data = path.read_bytes()
    except OSError as failure:
        raise DataError(
            f"{path}: cannot be read ({failure.strerror or failure}); expected a file of questions "
            "or traces, one JSON object a line"
        ) from failure
    lines = data.split(b"\n")
    if (kind := _other_kind(data, lines)) is not None:
        raise DataError(f"{path}: {kind}; expected UTF-8 text with one JSON object a line")
    rows: list[Row] = []
    targets: list[Target] = []
    wrong: list[Finding] = []
    of_traces: bool | None = None
    below: set[str] = set()  # paths of clips, each followed once
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
                rows.append(_row(obj, number, clips, below))
        except DataError as failure:
            name = obj.get("id", obj.get("question")) if isinstance(obj, Mapping) else ""
            named = name if isinstance(name, str) else ""
            said = str(failure).removeprefix(f"line {number}: ")
            wrong.append(Finding(number, named, "malformed", said))
    if not rows and not targets and not wrong:
        raise DataError(f"{path}: holds no row; expected one JSON object a line")
    return rows, targets, wrong


def _other_kind(data: bytes, lines: list[bytes]) -> str | None:
    """What a file is instead of lines of JSON, or None; one wrong line alone is a finding."""
    if b"\0" in data[:_HEAD]:
        return "is not text"
    filled = [line for line in lines if line.strip()]
    if not filled or isinstance(_json(filled[0]), Mapping):
        return None
    whole = _json(data)
    if isinstance(whole, list):
        return f"is one JSON array of {len(whole)} values"
    if isinstance(whole, Mapping):
        return f"is one JSON object over {len(filled)} lines"
    if len(filled) > 1 and all(_json(line) is _NOT_JSON for line in filled):
        return f"is not JSON in any of its {len(filled)} lines"
    return None


def _json(data: bytes) -> Any:
    """What was written, or ``_NOT_JSON``."""
    try:
        return decode_line(data)
    except DataError:
        return _NOT_JSON


def _row(obj: Any, number: int, clips: Path, below: set[str]) -> Row:
    question = question_from_json(obj, where=f"line {number}")
    if (clip := question.clip) is not None and clip.path not in below:
        resolve_clip(clip, clips, where="clip.path")
        below.add(clip.path)
    return Row(number, question)


def _target(obj: Any, number: int, questions: Mapping[str, Question]) -> Target:
    fields = ("question", "think", "answer")
    if not isinstance(obj, Mapping) or not all(isinstance(obj.get(name), str) for name in fields):
        raise DataError(f"got {show(obj)}, expected a trace: texts question, think and answer")
    for field in fields:
        try:
            held(obj[field])
        except Wrong as expected:
            raise DataError(f"{field}: got {show(obj[field])}, expected {expected}") from expected
    name = obj["question"]
    if questions and name not in questions:
        raise DataError(
            f"question: got {show(name)}, expected an id of the questions given; give the file "
            "that holds it, too"
        )
    return Target(number, name, obj["think"], obj["answer"], questions.get(name))
