"""What the cold start learns from.

A traces file holds one JSON object a line: ``{"question", "think", "answer"}``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from rewards.checking.sections import PARTS, tag_inside
from rewards.errors import DataError
from rewards.fields import Wrong, held, show
from rewards.json_line import Progress, decode_line, numbered_lines


@dataclass(frozen=True, slots=True)
class Trace:
    """A chain of thought with its answer.

    Attributes:
        question: id of the question it answers.
        think: the reasoning, without tags.
        answer: the gold answer as text, without tags.
    """

    question: str
    think: str
    answer: str

    def text(self) -> str:
        """The completion to learn, in MF-Think's form.

        >>> Trace("q1", "It ends on G.", "G").text()
        '<think>It ends on G.</think> <answer>G</answer>'
        """
        return f"<think>{self.think}</think> <answer>{self.answer}</answer>"


def write_traces(path: Path, traces: Iterable[Trace]) -> None:
    """Writes a traces file, one object a line."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(trace), ensure_ascii=False) + "\n" for trace in traces)


def read_traces(path: Path) -> tuple[Trace, ...]:
    """Reads a traces file; raises as ``each_trace`` does."""
    return tuple(each_trace(path))


def each_trace(path: Path, progress: Progress | None = None) -> Iterator[Trace]:
    """Reads a traces file, one trace at a time: thoughts of a large one take gigabytes.

    Args:
        progress: told of lines done and lines in all.

    Raises:
        DataError: for a line that is no trace, or has a tag inside its think or answer, with
            file, line and field; for a file that cannot be read.
    """
    for number, line in numbered_lines(path, "a traces file in UTF-8", progress):
        yield _trace(line, f"{path}:{number}")


def _trace(line: bytes, where: str) -> Trace:
    try:
        row = decode_line(line)
    except DataError as failure:
        raise DataError(f"{where}: {failure}") from failure
    if not isinstance(row, dict):
        raise DataError(f"{where}: got {type(row).__name__}, expected an object with a trace")
    fields = ("question", "think", "answer")
    for field in fields:
        if not isinstance(row.get(field), str):
            raise DataError(
                f"{where}: field '{field}' must be a string, got {show(row.get(field))}; "
                "a trace has 'question', 'think' and 'answer'"
            )
        try:
            held(row[field])
        except Wrong as expected:
            got = f"got {show(row[field])}, expected {expected}"
            raise DataError(f"{where}: field '{field}': {got}") from expected
    if unknown := sorted(set(row) - set(fields)):
        raise DataError(f"{where}: unknown field {show(unknown[0])}, expected {', '.join(fields)}")
    for part in PARTS:
        if (tag := tag_inside(part, row[part])) is not None:
            raise DataError(
                f"{where}: field '{part}' has a {tag!r} inside, expected text without tags; the "
                "tags are written around it"
            )
    return Trace(**row)
