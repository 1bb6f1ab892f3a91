"""The rows of a Parquet file, as the Hugging Face hub serves them.

Conventions
-----------
Read by pyarrow alone, few rows at a time, in bounded memory. A file that carries Arrow extension
types is refused before pyarrow opens it: these can run code on being read, and no data set of
recordings needs them. Labels that ``datasets`` stores as numbers (``ClassLabel``) become the names
that its metadata gives them, maps objects, decimals numbers, dates and times text (ISO 8601).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from rewards.errors import DataError, first_line
from sft.importing.records import Left, Row, Unusable, Where

MAGIC = b"PAR1"
LARGEST_FOOTER = 64 * 2**20
LARGEST_BATCH = 2 * 2**30
"""Decoded bytes of the rows that are read at once."""
_BATCH = 16
_SCHEMA = re.compile(rb"ARROW:schema[^A-Za-z0-9+/]{0,2}.{0,8}?([A-Za-z0-9+/]{16,}={0,2})", re.S)
_EXTENSION = b"ARROW:extension"


def parquet_rows(path: Path, file: BinaryIO) -> Iterator[Row | Left]:
    """The rows of an open file.

    Raises:
        DataError: it is torn, or holds extension types or too much at once.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    _check_footer(path, file)
    try:
        table = pq.ParquetFile(file, pre_buffer=False)
        schema = table.schema_arrow
        if len(set(schema.names)) < len(schema.names):
            raise DataError(f"{path}: has two columns of one name; rename one")
        features = _features(table.metadata.metadata or {})
        # A recording is megabytes; rows of text are read some at a time.
        size = 1 if any(map(_holds_bytes, schema.types)) else _BATCH
        number = 0
        for batch in table.iter_batches(batch_size=size, use_threads=False):
            batch.validate(full=True)
            if batch.nbytes > LARGEST_BATCH:
                raise DataError(
                    f"{path}: got more than {LARGEST_BATCH:,} bytes in {size} rows, expected "
                    "fewer; keep recordings as files of their own"
                )
            for row in batch.to_pylist(maps_as_pydicts="strict"):
                number += 1
                where = Where("row", number)
                try:
                    yield Row(where, _named(row, features))
                except Unusable as failure:
                    yield Left(where, failure.why, str(failure))
        if number != table.metadata.num_rows:
            raise DataError(
                f"{path}: damaged: got {number} rows, expected {table.metadata.num_rows} by its "
                "footer; fetch it again"
            )
    except (pa.ArrowException, OSError, ValueError, OverflowError, KeyError) as failure:
        if isinstance(failure, DataError):
            raise
        raise DataError(
            f"{path}: is no whole Parquet file ({first_line(failure)[:200]}); fetch it again"
        ) from failure


def parquet_count(path: Path, file: BinaryIO) -> int | None:
    """Rows of an open file by its footer; None where that cannot be read, which its rows tell.

    Raises:
        DataError: it is torn, or holds extension types.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    _check_footer(path, file)
    try:
        return pq.read_metadata(file).num_rows
    except (pa.ArrowException, OSError, ValueError):
        return None


def _check_footer(path: Path, file: BinaryIO) -> None:
    """Refuse a torn file, and extension types, before pyarrow reads the schema."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 8))
    tail = file.read(8)
    length = int.from_bytes(tail[:4], "little")
    if tail[4:] != MAGIC or length > size - 12:
        raise DataError(f"{path}: torn: no Parquet file up to its last byte; fetch it again")
    if length > LARGEST_FOOTER:
        raise DataError(
            f"{path}: got a footer of {length:,} bytes, expected at most {LARGEST_FOOTER:,}; write "
            "the table anew with plain columns"
        )
    file.seek(size - 8 - length)
    footer = file.read(length)
    file.seek(0)
    stored = _SCHEMA.search(footer)
    plain = b""
    if stored:
        try:
            plain = base64.b64decode(stored[1] + b"=" * (-len(stored[1]) % 4))
        except binascii.Error:
            plain = _EXTENSION  # unreadable: not to be trusted
    elif b"ARROW:" in footer:
        plain = _EXTENSION
    if _EXTENSION in plain or _EXTENSION in footer:
        raise DataError(
            f"{path}: carries Arrow extension types, which can run code when they are read; write "
            "the table anew with plain columns"
        )


def _holds_bytes(kind: Any) -> bool:
    import pyarrow as pa

    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return True
    return any(_holds_bytes(kind.field(i).type) for i in range(kind.num_fields))


def _features(metadata: Mapping[bytes, bytes]) -> Any:
    """What ``datasets`` says of the columns."""
    try:
        return json.loads(metadata[b"huggingface"])["info"]["features"]
    except (KeyError, TypeError, ValueError, RecursionError):
        return {}


def _named(value: Any, feature: Any, name: str = "") -> Any:
    """A value of types that JSON has, too; numbers of labels are their names, however deep.

    Raises:
        Unusable: a number names no label.
    """
    if isinstance(value, list):
        inner = _of_items(feature)
        return [_named(one, inner, name) for one in value]
    if isinstance(value, Mapping):
        inner = _of_items(feature)  # lists within an object: how Sequence stores objects in a list
        within = inner if isinstance(inner, Mapping) else {}
        return {key: _named(one, within.get(key), key) for key, one in value.items()}
    if isinstance(value, int) and isinstance(feature, Mapping):
        return _label(value, feature, name)
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, (date, time)) else value


def _of_items(feature: Any) -> Any:
    """What ``datasets`` says of the items, of a column that is said to hold lists."""
    if isinstance(feature, list):
        return feature[0] if feature else None
    if isinstance(feature, Mapping) and isinstance(feature.get("_type"), str):
        return feature.get("feature", feature)
    return feature


def _label(value: int, feature: Mapping[str, Any], name: str) -> Any:
    names = feature.get("names")
    if feature.get("_type") != "ClassLabel" or not isinstance(names, list):
        return value
    if not 0 <= value < len(names):
        raise Unusable(
            f"{name}: got {value}, expected the number of one of {len(names)} labels", "row"
        )
    return names[value] if isinstance(names[value], str) else value
