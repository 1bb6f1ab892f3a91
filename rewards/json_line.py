"""Lines of JSON: out of a file or a request of strangers, decoded with care; digested."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from rewards.errors import DataError
from rewards.fields import show

Progress = Callable[[int, int], None]
_BLOCK = 2**20


def numbered_lines(
    path: Path, expected: str, progress: Progress | None = None
) -> Iterator[tuple[int, bytes]]:
    """The lines of a file that are not blank, one at a time: number from 1, bytes.

    Args:
        expected: for the error, "a questions file".
        progress: told of lines done and lines in all, which are counted first.

    Raises:
        DataError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            total = 0 if progress is None else _count_lines(file)
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, line.removesuffix(b"\n")
                if progress is not None:
                    progress(number, total)
    except OSError as failure:
        raise DataError(
            f"{path}: cannot be read ({failure.strerror or failure}); "
            f"expected {expected}, one JSON object a line"
        ) from failure


def count_lines(path: Path) -> int:
    """How many lines a file has, of which the last may lack its end; it is read in blocks."""
    with path.open("rb") as file:
        return _count_lines(file)


def _count_lines(file: BinaryIO) -> int:
    """As ``count_lines``, from and back to the begin of an open file."""
    count, last = 0, b"\n"
    while block := file.read(_BLOCK):
        count += block.count(b"\n")
        last = block
    file.seek(0)
    return count + (not last.endswith(b"\n"))


def decode_line(row: bytes | str) -> Any:
    """One line of JSON, decoded with care.

    Raises:
        DataError: bad UTF-8, bad JSON, NaN or infinity, a key given twice, or
            nesting deeper than Python can follow.
    """
    try:
        if isinstance(row, bytes):
            row = row.decode("utf-8-sig")
        return json.loads(row, parse_constant=refuse_constant, object_pairs_hook=_unique_keys)
    except UnicodeDecodeError as failure:
        raise DataError(
            f"is not UTF-8 (byte {failure.start}: {failure.reason}); save the file as UTF-8"
        ) from failure
    except json.JSONDecodeError as failure:
        raise DataError(
            f"is not JSON ({failure.msg}, column {failure.colno}); expected one JSON object"
        ) from failure
    except (ValueError, RecursionError) as failure:
        raise DataError(f"cannot be decoded ({failure}); expected one JSON object") from failure


def digest_of_rows(rows: Iterable[Any]) -> str:
    """How many rows there are, and a digest of their JSON list; a row at a time is in memory."""
    digest, count = blake2b(digest_size=8), 0
    for count, row in enumerate(rows, 1):
        digest.update(f"{'[' if count == 1 else ', '}{json.dumps(row)}".encode())
    digest.update(b"]" if count else b"[]")
    return f"{count} ({digest.hexdigest()})"


def refuse_constant(name: str) -> NoReturn:
    """For ``json.loads(..., parse_constant=)``: NaN and infinity are a ValueError."""
    raise ValueError(f"{name} is not a finite number")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    obj = dict(pairs)
    if len(obj) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {show(twice)} is given twice")
    return obj
