"""A prediction file as entries: a JSON list, JSON Lines, or Etude's own answers.

Official scripts take the one or the other by the name of the file, or have lists in files
called ``.jsonl``; here the first character tells, and a row with ``question`` as an object and
``completion`` is one of Etude's answers (``etude eval -o``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rewards.benchmarks.records import Benchmark, Entry
from rewards.benchmarks.rows import stored
from rewards.errors import DataError
from rewards.fields import show
from rewards.json_line import decode_line
from rewards.score_lines import line_from_json


@dataclass(slots=True)
class Read:
    """What became of the rows of a file.

    Attributes:
        entries: predictions, in order.
        left_out: rows without a prediction, which the official script leaves out.
        malformed: (number, what is wrong), in order.
        answers: rows that are Etude's own answers.
        tagged: those of them whose ``<answer>`` block was taken.
        renamed: rows left out that have a field ``model_prediction``.
    """

    entries: list[Entry] = field(default_factory=list)
    left_out: int = 0
    malformed: list[tuple[int, str]] = field(default_factory=list)
    answers: int = 0
    tagged: int = 0
    renamed: int = 0


def read_predictions(data: bytes, benchmark: Benchmark) -> Read:
    """All rows of a file.

    Raises:
        DataError: it is a list that cannot be decoded, or holds no prediction.
    """
    read = Read()
    for number, row, wrong in _rows(data):
        try:
            if wrong:
                raise DataError(wrong)
            _take(read, row, number, benchmark)
        except DataError as failure:
            read.malformed.append((number, str(failure).removeprefix(f"line {number}: ")))
    if not read.entries and not read.malformed:
        raise DataError(_nothing(read, benchmark))
    return read


def _rows(data: bytes) -> Iterator[tuple[int, Any, str]]:
    """Number, row and what is wrong with it, of a list or of lines."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        for number, row in enumerate(decode_line(data), start=1):
            yield number, row, ""
        return
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            try:
                yield number, decode_line(line), ""
            except DataError as failure:
                yield number, None, str(failure)


def _take(read: Read, row: Any, number: int, benchmark: Benchmark) -> None:
    if not isinstance(row, Mapping):
        raise DataError(f"got {show(row)}, expected an object")
    if isinstance(row.get("question"), Mapping) and "completion" in row:
        entry = stored(line_from_json(row, number))
        read.entries.append(benchmark.recast(entry))
        read.answers += 1
        read.tagged += entry.response.answer is not None
        return
    entries = benchmark.read(row, number)
    read.entries += entries
    if not entries:
        read.left_out += 1
        read.renamed += "model_prediction" in row


def _nothing(read: Read, benchmark: Benchmark) -> str:
    """Why there is nothing to score."""
    if not read.left_out:
        return "got no row, expected a JSON list or one object a line"
    renamed = "; rename model_prediction, which the script does not read" if read.renamed else ""
    return (
        f"got no row with {benchmark.field}, expected one at least: the official script leaves out "
        f"those without, {read.left_out} here{renamed}"
    )
