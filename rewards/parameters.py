"""The parameters of a reward that a configuration sets, held against their annotations.

Conventions
-----------
A parameter is a keyword-only argument. YAML gives numbers, text, true and false, null,
lists and mappings; a float takes a whole number, an int takes no float, and true is no
number. A list fits ``list``, ``tuple``, ``Sequence`` and ``set`` of what its members fit. An
annotation of another kind, or one that cannot be resolved, is not checked.

What no annotation says, a range or what two parameters are to each other, a reward checks with a
function of its own (``Check``), which ``@reward(name, check=...)`` declares.
"""

from __future__ import annotations

import collections.abc
import inspect
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from rewards.errors import ConfigError

PART_KEYS = ("reward", "weight", "requires", "times", "clip", "when")
"""What a part of a rubric says for itself: no reward has a parameter of such a name."""
LIMITS: dict[str, Any] = {"deadline": float, "memory_gb": float, "processes": int}
"""The same, with their types, for a reward in a file."""

Problem = tuple[str, str]
"""A parameter, and what is said of its value: ``("n", "got 0, expected at least 1")``."""
Check = Callable[..., Iterable[Problem]]
"""Gets all parameters of a reward by keyword, each of its type, and gives what is wrong."""

_SCALARS: dict[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    type(None): "null",
}
_LISTS = (list, tuple, set, frozenset, collections.abc.Sequence, collections.abc.Iterable)
_MAPPINGS = (dict, collections.abc.Mapping)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One keyword-only argument: its annotation (None where unknown), whether it must be set.

    ``default`` is what it is where it is not set.
    """

    hint: Any
    required: bool
    default: Any = None


def parameters_of(function: Callable[..., object]) -> dict[str, Parameter]:
    """The keyword-only arguments of a function, by name."""
    try:
        hints = get_type_hints(function)
    except Exception:  # noqa: BLE001 - a user's hint that cannot be resolved checks nothing
        hints = {}
    return {
        parameter.name: Parameter(
            hints.get(parameter.name),
            parameter.default is inspect.Parameter.empty,
            parameter.default,
        )
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }


def demand(reward: str, problems: Iterable[Problem]) -> None:
    """Refuse a direct call of a reward with what its own check finds wrong.

    Raises:
        ConfigError: the first problem.
    """
    for key, sentence in problems:
        raise ConfigError(f"{reward}: {key}: {sentence}")


def fits(value: Any, hint: Any) -> bool:
    """Whether a value of a configuration is what the annotation says."""
    origin = get_origin(hint)
    if origin is Literal:
        return any(value == option and type(value) is type(option) for option in get_args(hint))
    if origin in (Union, types.UnionType):
        return any(fits(value, option) for option in get_args(hint))
    if hint is None:
        return True
    if hint in _SCALARS:
        return _is_scalar(value, hint)
    kind = origin or hint
    if kind in _LISTS:
        return isinstance(value, (list, tuple)) and _members_fit(value, kind, get_args(hint))
    if kind in _MAPPINGS:
        of_key, of_value = (*get_args(hint), None, None)[:2]
        return isinstance(value, Mapping) and all(
            fits(key, of_key) and fits(below, of_value) for key, below in value.items()
        )
    return True


def expected(hint: Any) -> str:
    """An annotation in words.

    >>> expected(float | None)
    'a number or null'
    """
    options = get_args(hint)
    origin = get_origin(hint)
    if origin is Literal:
        return f"one of {', '.join(map(str, options))}"
    if origin in (Union, types.UnionType):
        return " or ".join(expected(option) for option in options)
    if hint is None or hint is Any:
        return "a value"
    if hint in _SCALARS:
        return _SCALARS[hint]
    if (origin or hint) in _LISTS:
        if not options:
            return "a list"
        members = [expected(option) for option in options if option is not Ellipsis]
        if origin is not tuple or Ellipsis in options:
            return f"a list of {members[0]}"
        if len({*members}) > 1:
            return f"a list of {' and '.join(members)}"
        return f"a list of {len(members)} times {members[0]}"
    return "a mapping" if (origin or hint) in _MAPPINGS else str(hint)


def _is_scalar(value: Any, hint: Any) -> bool:
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, hint)


def _members_fit(value: list[Any] | tuple[Any, ...], kind: Any, hints: tuple[Any, ...]) -> bool:
    if not hints:
        return True
    if kind is tuple and Ellipsis not in hints:
        pairs = zip(value, hints, strict=False)
        return len(value) == len(hints) and all(fits(one, hint) for one, hint in pairs)
    return all(fits(one, hints[0]) for one in value)
