"""One field of a JSON object: read, or a sentence of what was expected of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any


class Wrong(Exception):
    """What was expected of one field; becomes part of a ``DataError``."""


def blank(value: Any) -> bool:
    """True for what stands for nothing in a cell: None, or a string of blanks."""
    return value is None or (isinstance(value, str) and not value.strip())


def text(value: Any) -> str:
    """A string that is not blank, and that tokenizers and files can hold."""
    if not isinstance(value, str) or not value.strip():
        raise Wrong("a string that is not empty")
    return held(value)


def held(value: str) -> str:
    """A string that UTF-8 can hold."""
    try:
        value.encode()
    except UnicodeEncodeError as failure:
        code, at = ord(value[failure.start]), failure.start + 1
        raise Wrong(
            f"text that UTF-8 can hold: character {at} is U+{code:04X}, half of a pair"
        ) from failure
    return value


def number(value: Any) -> float:
    """A finite number; neither bool nor string."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Wrong("a number")
    try:
        finite = math.isfinite(value)
    except OverflowError:
        finite = False
    if not finite:
        raise Wrong("a finite number")
    return float(value)


def texts(value: Any) -> tuple[str, ...]:
    """A list of strings; one string is a list of one."""
    if isinstance(value, str):
        return (text(value),)
    if not isinstance(value, (list, tuple)) or not value:
        raise Wrong("a list of strings")
    return tuple(text(item) for item in value)


def read_field(
    obj: Mapping[str, Any],
    name: str,
    reader: Callable[[Any], Any],
    problems: list[str],
    absent: Any,
) -> Any:
    """The field, ``absent`` where it is not there or null, or wrong: that goes to ``problems``."""
    if obj.get(name) is None:
        return absent
    try:
        return reader(obj[name])
    except Wrong as expected:
        problems.append(f"{name}: got {show(obj[name])}, expected {expected}")
        return absent


def show(value: Any) -> str:
    """A value as an error shows it: at most 60 characters, of a longer one both ends.

    Completions begin alike, and it is the end that tells them apart.
    """
    shown = "null" if value is None else repr(value)
    return shown if len(shown) <= 60 else f"{shown[:28]} ... {shown[-27:]}"
