"""Records as JSON knows them: a number that is not finite is null, and is told beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def plain(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with null for what is not finite, whose places stand under ``not_finite``.

    >>> plain({"loss": float("nan"), "parts": {"key": 0.5}})
    {'loss': None, 'parts': {'key': 0.5}, 'not_finite': {'loss': 'nan'}}
    """
    strange: dict[str, str] = {}
    found = {name: _finite(value, name, strange) for name, value in record.items()}
    return found | ({"not_finite": strange} if strange else {})


def _finite(value: Any, name: str, strange: dict[str, str]) -> Any:
    """``value`` with None for what is not finite; notes each such place in ``strange``."""
    if isinstance(value, Mapping):
        return {key: _finite(item, f"{name}.{key}", strange) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item, f"{name}.{i}", strange) for i, item in enumerate(value)]
    if isinstance(value, float) and not math.isfinite(value):
        strange[name] = str(float(value))
        return None
    return value
