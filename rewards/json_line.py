"""One line of JSON out of a file or a request of strangers, decoded with care."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from rewards.errors import DataError


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
            f"is not JSON ({failure.msg}, column {failure.colno}); expected one object a line"
        ) from failure
    except (ValueError, RecursionError) as failure:
        raise DataError(f"cannot be decoded ({failure}); expected one JSON object") from failure


def refuse_constant(name: str) -> NoReturn:
    """For ``json.loads(..., parse_constant=)``: NaN and infinity are a ValueError."""
    raise ValueError(f"{name} is not a finite number")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    obj = dict(pairs)
    if len(obj) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} is given twice")
    return obj
