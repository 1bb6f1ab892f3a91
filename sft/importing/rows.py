"""The rows of a file of JSON, JSON Lines, CSV or TSV; Parquet has a module of its own.

Conventions
-----------
====================================  =====================================================
a file that                           is read as
====================================  =====================================================
begins with ``PAR1``                  Parquet (``parquet.py``)
is named ``.csv`` or ``.tsv``         a table with a line of names; blank cells are absent
is one JSON list                      a row an item
is one JSON object around one list    the same: ``{"version": 1, "data": [...]}``; one line of
                                      ``.jsonl`` is a row
any other                             a row of JSON a line
====================================  =====================================================

Cells are parted by a comma; by semicolons, as spreadsheets write where a comma stands in numbers,
or tabs where the line of names has no comma. What is packed, or no text, is told by its first
bytes.

A row is bounded in size and depth. One that cannot be read is told and costs only itself, as far
as its form allows: a JSON list that is torn is no list. Nothing here unpickles or evaluates.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from policies.files import regular_file
from rewards.errors import DataError, few, first_line
from rewards.json_line import count_lines, decode_line
from sft.importing.parquet import MAGIC, parquet_count, parquet_rows
from sft.importing.records import Left, Row, Where

LONGEST_LINE = 4 * 2**20
"""Bytes of a row of text."""
LONGEST_TEXT = 200_000
"""Characters of one text: a question, an answer, a chain of thought."""
LARGEST_LIST = 2**30
"""Bytes of a JSON list, which is read as a whole."""
MOST_ROWS = 2_000_000
_DEEPEST = 16
_MOST_VALUES = 100_000
_EXPECTED = "expected JSON, JSON Lines, CSV, TSV or Parquet"
_AS_PARQUET = "write it as Parquet (datasets: to_parquet)"
_OTHERS = (
    ((b"\x1f\x8b", b"BZh", b"\xfd7zX", b"\x28\xb5\x2f\xfd"), "is compressed; unpack it first"),
    ((b"PK\x03\x04",), "is an archive or a workbook; unpack it, or save its sheet as CSV in UTF-8"),
    ((b"\xff\xfe", b"\xfe\xff"), "is UTF-16; save the file as UTF-8"),
    ((b"ARRO", b"\xff\xff\xff\xff"), f"is a file of Arrow; {_AS_PARQUET}"),
)
"""First bytes of files that are none of ours, and what to do about them."""
_SAVED = ("state.json", "dataset_dict.json")
"""Files of a folder that ``datasets`` saved."""


def check_file(path: Path) -> None:
    """Refuse what is no file.

    Raises:
        DataError: names what there is.
    """
    if path.is_file():
        return
    if any((path / name).is_file() for name in _SAVED):
        raise DataError(f"{path}: is a folder that datasets saved; {_AS_PARQUET}, a file a split")
    got = "a folder or device" if path.exists() else "nothing"
    raise DataError(f"{path}: cannot be read: got {got} at this path, expected a file")


def read_rows(path: Path) -> Iterator[Row | Left]:
    """The rows of a file in order, and those that cannot be read.

    Raises:
        DataError: the file cannot be read as a whole, or holds more rows than ``MOST_ROWS``.
    """
    for count, row in enumerate(_rows(path), 1):
        if count > MOST_ROWS:
            raise DataError(f"{path}: more than {MOST_ROWS:,} rows; split the file")
        fault = _fault(row.value) if isinstance(row, Row) else None
        yield row if fault is None else Left(row.where, "row", fault)


def about_how_many(path: Path) -> int | None:
    """Rows of a file without reading them: lines of text, of Parquet its footer's; else None.

    Raises:
        DataError: the file cannot be read.
    """
    try:
        with regular_file(path) as file:
            if file.read(4) == MAGIC:
                return parquet_count(path, file)
            file.seek(0)
            return None if _first(file) == b"[" else count_lines(path)
    except OSError as failure:
        why = failure.strerror or failure
        raise DataError(f"{path}: cannot be read ({why}); {_EXPECTED}") from failure


def _rows(path: Path) -> Iterator[Row | Left]:
    try:
        with regular_file(path) as file:
            head = file.read(4)
            file.seek(0)
            for magics, what in _OTHERS:
                if head.startswith(magics):
                    raise DataError(f"{path}: {what}")
            if head == MAGIC:
                yield from parquet_rows(path, file)
            elif path.suffix.lower() in (".csv", ".tsv"):
                yield from _table(path, file)
            elif _first(file) == b"[":
                yield from _listed(path, file)
            elif (rows := _within_one(path, file)) is not None:
                yield from rows
            else:
                yield from _lines(path, file)
    except OSError as failure:
        why = failure.strerror or failure
        raise DataError(f"{path}: cannot be read ({why}); {_EXPECTED}") from failure


def _first(file: BinaryIO) -> bytes:
    """The first byte that is no blank."""
    head = file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    file.seek(0)
    return head[:1]


def _lines(path: Path, file: BinaryIO) -> Iterator[Row | Left]:
    number, good, faults = 0, False, 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        where = Where("line", number)
        if len(line) > LONGEST_LINE:
            while line and not line.endswith(b"\n"):
                line = file.readline(LONGEST_LINE)
            yield Left(where, "row", f"got more than {LONGEST_LINE:,} bytes, expected fewer")
        elif line.strip():
            try:
                yield Row(where, decode_line(line))
                good = True
            except DataError as failure:
                faults += 1
                if faults > 2 and not good and number == faults:
                    raise DataError(
                        f"{path}: its first lines are not JSON ({failure}); {_EXPECTED}"
                    ) from failure
                yield Left(where, "row", str(failure))


def _listed(path: Path, file: BinaryIO) -> Iterator[Row | Left]:
    """The items of a JSON list; or lines of which each is one, a talk."""
    data = file.read(LARGEST_LIST + 1)
    if len(data) > LARGEST_LIST:
        raise DataError(
            f"{path}: is one JSON list of more than {LARGEST_LIST:,} bytes; write a row a line"
        )
    head, _, rest = data.strip().partition(b"\n")
    if rest.lstrip()[:1] == b"[" and isinstance(_decoded(head), list):
        file.seek(0)
        yield from _lines(path, file)
        return
    try:
        rows = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_marked)
    except (ValueError, RecursionError) as failure:
        raise DataError(
            f"{path}: begins like a JSON list and is none ({first_line(failure)}); {_EXPECTED}"
        ) from failure
    if rows and all(isinstance(row, dict) and "role" in row for row in rows):
        rows = [rows]  # one talk
    yield from (Row(Where("row", number), row) for number, row in enumerate(rows, 1))


def _within_one(path: Path, file: BinaryIO) -> Iterator[Row] | None:
    """The items of the one list of one JSON object; None where the file is lines.

    Raises:
        DataError: it is one object over several lines, and no such list is in it.
    """
    begin = (line.strip() for line in iter(partial(file.readline, LONGEST_LINE), b""))
    lines = list(islice(filter(None, begin), 2))
    file.seek(0)
    several = len(lines) == 2
    if several and lines[0].endswith(b"}"):
        return None  # an object a line, or what is none
    if not several and path.suffix.lower() == ".jsonl":
        return None  # one row, whatever it lists
    data = file.read(LARGEST_LIST)
    file.seek(0)
    try:
        found = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_marked)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, Mapping):
        return None
    lists = [value for value in found.values() if _is_rows(value)]
    if len(lists) == 1:
        return (Row(Where("row", number), row) for number, row in enumerate(lists[0], 1))
    if not several:
        return None  # one row
    raise DataError(
        f"{path}: got one JSON object with {few(list(map(repr, found)), 5)}, expected a list of "
        "rows, or one such list in it; write the rows as a list, or one a line"
    )


def _is_rows(value: Any) -> bool:
    """True for a list of objects that are no turns of a talk."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(row, Mapping) and not {"role", "from"} & row.keys() for row in value)
    )


class _Twice(dict[str, Any]):
    """An object in which a key is given twice."""


def _marked(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _Twice(found)


def _decoded(line: bytes) -> Any:
    try:
        return decode_line(line)
    except DataError:
        return None


def _table(path: Path, file: BinaryIO) -> Iterator[Row | Left]:
    names = file.readline(LONGEST_LINE)
    file.seek(0)
    delimiter = "\t" if path.suffix.lower() == ".tsv" else _delimiter(names)
    csv.field_size_limit(LONGEST_LINE)
    reader = csv.reader(_texts(file), delimiter=delimiter, strict=True)
    try:
        names = [name.strip() for name in next(reader, [])]
    except csv.Error as failure:
        raise DataError(
            f"{path}: line 1: got no row of a table ({failure}), expected a name for each column"
        ) from failure
    twice = {name for name in names if names.count(name) > 1}
    if twice or not any(names):
        got = f"{sorted(twice)[0]!r} twice" if twice else "none"
        raise DataError(f"{path}: line 1: got {got}, expected a name for each column, each once")
    while True:
        where = Where("line", reader.line_num + 1)
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as failure:
            last = reader.line_num
            lost = "" if last == where.number else f"; up to line {last} all is within its quotes"
            yield Left(where, "row", f"is no row of a table ({failure}){lost}")
            continue
        if not any(cells):
            continue
        if len(cells) != len(names):
            got = f"got {len(cells)} cells, expected {len(names)}, one for each name of line 1"
            yield Left(where, "row", got)
        elif any("\udc80" <= sign <= "\udcff" for cell in cells for sign in cell):
            yield Left(where, "row", "is not UTF-8; save the file as UTF-8")
        else:
            filled = zip(names, cells, strict=True)
            yield Row(
                where, {name: cell if cell.strip() else None for name, cell in filled if name}
            )


def _delimiter(names: bytes) -> str:
    return next((sign for sign in ",;\t" if sign.encode() in names), ",")


def _texts(file: BinaryIO) -> Iterator[str]:
    """Lines as text; what is not UTF-8 becomes halves of surrogate pairs."""
    first = True
    while line := file.readline(LONGEST_LINE):
        yield line.decode("utf-8-sig" if first else "utf-8", "surrogateescape")
        first = False


def _fault(value: Any) -> str | None:
    """Why a row is not looked at, or None."""
    left, seen = [(value, 0)], 0
    while left:
        one, depth = left.pop()
        seen += 1
        if seen > _MOST_VALUES:
            return f"got more than {_MOST_VALUES:,} values, expected fewer"
        if depth > _DEEPEST:
            return f"is nested too deeply: expected at most {_DEEPEST} levels"
        if isinstance(one, _Twice):
            return "has an object in which a key is given twice"
        if isinstance(one, str) and len(one) > LONGEST_TEXT:
            return f"got a text of {len(one):,} characters, expected at most {LONGEST_TEXT:,}"
        if isinstance(one, Mapping):
            left += [(below, depth + 1) for below in one.values()]
        elif isinstance(one, list):
            left += [(below, depth + 1) for below in one]
    return None
