"""A part of the journal as Parquet bytes, and back, refused where no writer wrote them.

Our files carry no Arrow schema in their footer, so one that does is refused before pyarrow
opens it: that schema is where extension types live, which can run code on being read.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from rewards.errors import DataError
from rollouts.tables import READABLE, SCHEMA_VERSION, schema_of

MAX_ROWS = 1_000_000
MAX_DECODED_BYTES = 2 * 2**30

_BATCH_ROWS = 64
_VERSION_KEY = b"etude.schema_version"
_DIGEST_KEY = b"etude.pages_blake2b"


def encode(rows: pa.Table, metadata: Mapping[bytes, str]) -> bytes:
    """Parquet bytes: zstd, no Arrow schema, no statistics, the pages' digest in the footer.

    Statistics would copy texts of the rows into the footer, where a model could
    then spell the mark that readers refuse. Parquet's own page checksums leave
    the pages' headers uncovered.
    """
    sink = io.BytesIO()
    with pq.ParquetWriter(
        sink, rows.schema, compression="zstd", store_schema=False, write_statistics=False
    ) as writer:
        writer.write_table(rows)
        version, digest = str(SCHEMA_VERSION), _digest(sink.getvalue())
        writer.add_key_value_metadata({_VERSION_KEY: version, _DIGEST_KEY: digest, **metadata})
    return sink.getvalue()


def decode(
    data: bytes, schema: pa.Schema
) -> tuple[list[dict[str, Any]], list[np.ndarray | None], Mapping[bytes, bytes]]:
    """Python rows without log-probs, the log-probs as arrays, the footer's metadata.

    Raises:
        DataError: where no writer of ours wrote it, or it is damaged or too large.
    """
    file = _opened(data, schema)
    rows: list[dict[str, Any]] = []
    logprobs: list[np.ndarray | None] = []
    for batch in _batches(file):
        logprobs += [_floats(cell) for cell in batch.column("logprobs")]
        rows += batch.drop_columns(["logprobs"]).to_pylist()
    return rows, logprobs, file.metadata.metadata or {}


def decode_columns(data: bytes, schema: pa.Schema, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Python rows of these columns alone; the others are not unpacked.

    Raises:
        DataError: as ``decode`` does.
    """
    batches = _batches(_opened(data, schema), columns)
    return [row for batch in batches for row in batch.to_pylist()]


def _opened(data: bytes, schema: pa.Schema) -> pq.ParquetFile:
    pages, footer = _split(data)
    if b"ARROW:" in footer:
        raise DataError(
            "foreign: got an Arrow schema, which may hold extension types, expected none"
        )
    file = pq.ParquetFile(pa.BufferReader(data))
    metadata = file.metadata.metadata or {}
    _expect_ours(file, metadata, schema)
    if metadata.get(_DIGEST_KEY) != _digest(pages).encode():
        raise DataError("damaged: got other pages than were written, expected those of its digest")
    return file


def _batches(
    file: pq.ParquetFile, columns: Sequence[str] | None = None
) -> Iterator[pa.RecordBatch]:
    """All rows, a few at a time: a small file may repeat one huge value without end."""
    count = decoded = 0
    for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=columns, use_threads=False):
        batch.validate(full=True)
        count, decoded = count + batch.num_rows, decoded + batch.nbytes
        if decoded > MAX_DECODED_BYTES:
            raise DataError(
                f"too large: decodes to more than {MAX_DECODED_BYTES:,} bytes, expected fewer"
            )
        yield batch
    if count != file.metadata.num_rows:
        raise DataError(
            f"damaged: got {count} rows, expected {file.metadata.num_rows} by its footer"
        )


def _digest(pages: bytes) -> str:
    return blake2b(pages, digest_size=16).hexdigest()


def _split(data: bytes) -> tuple[bytes, bytes]:
    """Pages and footer of a Parquet file: PAR1, pages, footer, its length, PAR1."""
    start = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    if data[:4] != b"PAR1" or data[-4:] != b"PAR1" or start < 4:
        raise DataError("torn or foreign: expected a Parquet file from its first to its last byte")
    return data[:start], data[start:-8]


def _expect_ours(file: pq.ParquetFile, metadata: Mapping[bytes, bytes], schema: pa.Schema) -> None:
    version = metadata.get(_VERSION_KEY, b"none").decode("utf-8", "replace")
    if version not in map(str, READABLE):
        raise DataError(f"schema version {version}: expected {' or '.join(map(str, READABLE))}")
    if not file.schema_arrow.equals(schema_of(schema, int(version))):
        raise DataError(f"foreign: got other columns, expected those of journal version {version}")
    if file.metadata.num_rows > MAX_ROWS:
        raise DataError(
            f"too large: got {file.metadata.num_rows:,} rows, expected at most {MAX_ROWS:,}"
        )


def _floats(cell: pa.ListScalar) -> np.ndarray | None:
    return cell.values.to_numpy() if cell.is_valid else None
