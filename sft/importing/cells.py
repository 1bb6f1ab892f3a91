"""Values of a row, read with care: texts, recordings, ids, lists of options."""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Mapping, Sequence
from string import ascii_uppercase
from typing import Any

from rewards.fields import Wrong, blank, held, show
from rewards.numbering import unlabelled
from rewards.patterns import Pattern
from sft.importing.offered import AROUND, labelled, spaced
from sft.importing.records import Options, Unusable, Why

_LONGEST_LIST = 64_000
_LABEL = Pattern(r"[(\[]?([A-Za-z]|\d{1,2})(?:[)\]][.:]?\s*|[.:]\s+)(\S.*)", re.DOTALL)
_PARTS = ("label", "text")
"""Of an option that is an object."""
_JOINED = Pattern(r"'\s+'|\"\s+\"")
"""Texts without a comma between, as numpy writes an array; Python joins them into one."""


def words(value: Any, name: str, why: Why = "question") -> str:
    """A text that is not blank, without blanks around it; a number is written out.

    Raises:
        Unusable: it is none.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return str(int(value) if value.is_integer() and abs(value) < 2**53 else value)
    if not isinstance(value, str) or not value.strip():
        raise Unusable(f"{name}: got {show(value)}, expected a text", why)
    try:
        return held(value.strip())
    except Wrong as expected:
        raise Unusable(f"{name}: got {show(value)}, expected {expected}", why) from expected


def optional(row: Mapping[str, Any], name: str) -> str | None:
    """A text of the row that nothing depends on; None where it is no text."""
    value = row.get(name)
    try:
        return None if value is None else words(value, name)
    except Unusable:
        return None


def id_of(row: Mapping[str, Any], name: str = "id") -> str | None:
    """The id of a row, None where it has none.

    Raises:
        Unusable: it is neither a text nor a number.
    """
    value = row.get(name)
    return None if blank(value) else words(value, name)


def clip_of(value: Any, name: str) -> str | bytes:
    """The recording that a cell names: its path, or its bytes.

    ``{"bytes", "path"}`` is how ``datasets`` embeds a recording; a list may hold one.

    Raises:
        Unusable: there is none, or there are several.
    """
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        if len(value) != 1:
            raise Unusable(
                f"{name}: got {len(value)} recordings, expected one; Etude asks about one clip",
                "clip",
            )
        value = value[0]
    named = value
    if isinstance(value, Mapping):
        data = value.get("bytes")
        named = data if isinstance(data, bytes) and data else value.get("path")
    if isinstance(named, bytes) and named:
        return named
    if isinstance(named, str) and named.strip():
        return named.strip()
    raise Unusable(f"{name}: got {show(value)}, expected the path of a recording", "clip")


def one_clip(clips: Sequence[str | bytes]) -> str | bytes | None:
    """The one recording of a row, that may name it twice; None where it names none.

    Raises:
        Unusable: there are several.
    """
    different = list(dict.fromkeys(clips))
    if len(different) > 1:
        raise Unusable(
            f"got {len(different)} recordings, expected one; Etude asks about one clip", "clip"
        )
    return different[0] if different else None


def options_of(value: Any, name: str) -> Options:
    """The options that a cell lists; none for an empty cell.

    Options stand in a list or, by their labels, in an object, as JSON or Python writes one; in
    labelled text; or with a line end, ``|`` or ``;`` between them. ``[{"label": "A", "text":
    "viola"}, ...]`` is an object, too, and as tables of columns have it ``{"label": [...], "text":
    [...]}``. Blank ones behind the last are none: a table has as many cells for each row.

    Raises:
        Unusable: it lists none, or one alone.
    """
    if value is None or value == "" or value == []:
        return Options()
    listed, labels = value, ()
    if isinstance(value, str):
        listed = _written(value, name)
    if isinstance(listed, list) and all(_is_option(one) for one in listed):
        listed = {name: [one[name] for one in listed] for name in _PARTS}
    if isinstance(listed, Mapping):
        labels, listed = _by_label(listed)
    if not isinstance(listed, Sequence) or isinstance(listed, bytes):
        raise Unusable(f"{name}: got {show(value)}, expected a list or an object of options")
    written = ["" if blank(one) else words(one, name) for one in listed]
    while written and not written[-1]:
        written.pop()
    if len(written) == 1:
        raise Unusable(f"{name}: got {show(value)}, expected at least two options")
    if labels:
        return Options(unlabelled(tuple(written)), labels[: len(written)])
    return _labelled(tuple(written))


def _is_option(value: Any) -> bool:
    """True for an object with a label and a text."""
    return isinstance(value, Mapping) and value.keys() >= set(_PARTS)


def _by_label(listed: Mapping[Any, Any]) -> tuple[tuple[str, ...], Any]:
    """The labels of an object, and its options in their order."""
    label, text = (listed.get(name) for name in _PARTS)
    if isinstance(label, list) and isinstance(text, list) and len(label) == len(text):
        return tuple(map(str, label)), text
    return tuple(str(key).strip(AROUND) for key in listed), list(listed.values())


def _labelled(written: tuple[str, ...]) -> Options:
    """Options without the labels that they carry, "1" of "1. viola", and these.

    Letters may stand in another order, as in a set whose options were shuffled, and numbers may
    begin with 0. Other numbers are none: "9. Sinfonie" is a text.
    """
    texts = unlabelled(written)
    if texts != written:
        parts = zip(written, texts, strict=True)
        return Options(texts, tuple(one.removesuffix(text).strip(AROUND) for one, text in parts))
    found = [_LABEL.fullmatch(one) for one in written]
    if not all(found):
        return Options(written)
    labels = tuple(m[1].upper() for m in found if m)
    letters, numbers = ascii_uppercase[: len(labels)], tuple(map(str, range(len(labels))))
    if "".join(sorted(labels)) != letters and labels != numbers:
        return Options(written)
    return Options(tuple(m[2] for m in found if m), labels)


def literal(text: str) -> list[Any] | dict[Any, Any] | None:
    """A list or an object as JSON or Python writes it; None for another text.

    >>> literal("['rock', 'pop']"), literal("['rock' 'pop']")
    (['rock', 'pop'], None)
    """
    if _JOINED.search(text):
        return None
    for read in (json.loads, ast.literal_eval):
        try:
            found = read(text[:_LONGEST_LIST])
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            continue
        if isinstance(found, (list, dict)):
            return found
    return None


def _written(value: str, name: str) -> Any:
    text = value.strip()
    if text.startswith(("[", "{")):
        if (found := literal(text)) is not None:
            return found
        raise Unusable(f"{name}: got {show(value)}, expected a list of options")
    if found := labelled(text) or spaced(text):
        return list(found)
    for sign in ("\n", "|", ";"):
        parts = [part.strip() for part in text.split(sign) if part.strip()]
        if len(parts) > 1:
            return parts
    raise Unusable(f"{name}: got {show(value)}, expected at least two options")
