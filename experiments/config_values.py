"""One value of a configuration: converted, held to its type and range, and told in words.

OmegaConf converts; its objects never leave this module.
"""

from __future__ import annotations

import math
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, field, is_dataclass, make_dataclass
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

_WORDS: dict[object, str] = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "text",
    Path: "a path",
}


def number(
    default: Any = MISSING,
    *,
    least: float | None = None,
    above: float | None = None,
    most: float | None = None,
    below: float | None = None,
    instead_of: str | None = None,
) -> Any:
    """A dataclass field with a range, closed (``least``, ``most``) or open (``above``, ``below``).

    For a tuple of numbers the range holds for each, and null is always within. ``instead_of``
    names the field that becomes null where this one is given after it.
    """
    said = {
        "least": least, "above": above, "most": most, "below": below, "instead_of": instead_of,
    }  # fmt: skip
    given = {name: value for name, value in said.items() if value is not None}
    return field(default=default, metadata=given)


def converted(entry: Field[Any], hint: Any, given: Any) -> tuple[Any, str]:
    """The value of a field, converted and within its range.

    Args:
        hint: its annotation, resolved.

    Returns:
        The value, and "" or what is wrong with it: what was got and what is expected.
    """
    holder = make_dataclass("Holder", [("value", Any if section_of(hint) else hint)])
    try:
        node = OmegaConf.structured(holder)
        OmegaConf.update(node, "value", given)
        value = OmegaConf.to_object(node).value  # type: ignore[union-attr]
        fits = not section_of(hint) or (given is None and type(None) in get_args(hint))
    except (OmegaConfBaseException, ValueError, TypeError, OverflowError):
        value, fits = None, False
    numbers = value if isinstance(value, tuple | list) else (value,)
    if fits and all(_within(one, entry.metadata) for one in numbers):
        return value, ""
    named = isinstance(given, str) and get_origin(hint) is dict
    remedy = "; put here what the file holds, not its name" if named else ""
    return (
        value,
        f"got {in_short(given)}, expected {_expected(hint)}{_range(entry.metadata)}{remedy}",
    )


def section_of(hint: Any) -> type | None:
    """The dataclass that this annotation means, be it optional, or None."""
    options = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    for option in options:
        if is_dataclass(option) and isinstance(option, type):
            return option
    return None


def shown(value: Any) -> str:
    """A setting's value as YAML would have it."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    return str(value)


def in_short(value: Any) -> str:
    """A value as the reader wrote it, short."""
    if isinstance(value, Mapping):
        return f"a mapping with {', '.join(map(str, list(value)[:4])) or 'no keys'}"
    text = repr(value) if isinstance(value, str) else shown(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _within(value: Any, bounds: Mapping[str, float]) -> bool:
    if isinstance(value, Path):
        return "\0" not in str(value)  # which YAML can write, and no system takes
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    # The open bounds refuse NaN and infinity where the field sets none itself.
    return (
        value >= bounds.get("least", -math.inf)
        and value > bounds.get("above", -math.inf)
        and value <= bounds.get("most", math.inf)
        and value < bounds.get("below", math.inf)
    )


def _expected(hint: Any) -> str:
    """An annotation in words."""
    options = get_args(hint)
    kind = get_origin(hint)
    if kind is Literal:
        return f"one of {', '.join(map(str, options))}"
    if kind in (Union, types.UnionType):
        words = [_expected(option) for option in options if option is not type(None)]
        return " or ".join([*words, "null"] if type(None) in options else words)
    if kind in (tuple, list):
        size = "" if kind is list or Ellipsis in options else f"{len(options)} times "
        return f"a list of {size}{_expected(options[0])}"
    if kind is dict:
        return "a mapping"
    return "a section" if section_of(hint) else _WORDS.get(hint, str(hint))


def _range(bounds: Mapping[str, float]) -> str:
    words = {"least": "at least", "above": "above", "most": "at most", "below": "below"}
    return "".join(f", {words[name]} {bound:g}" for name, bound in bounds.items())
