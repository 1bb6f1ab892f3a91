"""The check of a rubric's configuration: every problem found, then one error."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any, Literal, get_args, get_origin, get_type_hints

from rewards import registry
from rewards.errors import ConfigError

_OWN = ("reward", "weight", "requires")


def parts_from_config(config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The fields of each part, gates before what they gate, else in config order.

    Raises:
        ConfigError: lists all problems, one a line.
    """
    problems: list[str] = []
    parts = _parts_of(config, problems)
    built = [
        _part(str(name), body, list(map(str, parts)), problems) for name, body in parts.items()
    ]
    order = _order(built, problems)
    if problems:
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        listed = "".join(f"\n  - {problem}" for problem in problems)
        raise ConfigError(f"the rubric cannot be used, {count}:{listed}")
    by_name = {part["name"]: part for part in built}
    return [by_name[name] for name in order]


def _parts_of(config: Mapping[str, Any], problems: list[str]) -> Mapping[str, Any]:
    if not isinstance(config, Mapping):
        problems.append(f"a rubric must be a mapping: got {type(config).__name__}")
        return {}
    for key in config:
        if key != "parts":
            hint = registry.nearest(key, ["parts"])
            problems.append(f"unknown key {key!r}{hint or '; expected parts'}")
    parts = config.get("parts")
    if not isinstance(parts, Mapping) or not parts:
        got = "nothing" if parts is None else repr(parts)[:60]
        problems.append(
            f"parts must map at least one name to its settings: got {got}, "
            "expected for example {accuracy: {weight: 1.0}}"
        )
        return {}
    return parts


def _part(name: str, body: Any, siblings: list[str], problems: list[str]) -> dict[str, Any]:
    part: dict[str, Any] = {"name": name, "reward": name, "requires": ()}
    if body is None:
        body = {}
    if not isinstance(body, Mapping):
        problems.append(f"parts.{name} must be a mapping: got {body!r}, expected {{weight: 1.0}}")
        return part
    part["reward"] = str(body.get("reward", name))
    if part["reward"] not in registry.names():
        hint = registry.nearest(part["reward"], registry.names())
        problems.append(
            f"parts.{name}: unknown reward {part['reward']!r}{hint}; known: {registry.known()}"
        )
        allowed = None
    else:
        part["function"] = registry.get(part["reward"])
        allowed = _parameters(part["function"])
    part["weight"] = _weight(name, body.get("weight", 1.0), problems)
    part["requires"] = _requires(name, body.get("requires", ()), siblings, problems)
    part["params"] = _params(name, body, allowed, problems)
    return part


def _weight(name: str, weight: Any, problems: list[str]) -> float:
    number = isinstance(weight, (int, float)) and not isinstance(weight, bool)
    if number and math.isfinite(weight) and weight >= 0:
        return float(weight)
    problems.append(f"parts.{name}.weight: got {weight!r}, expected a finite number of at least 0")
    return 0.0


def _requires(name: str, gates: Any, siblings: list[str], problems: list[str]) -> tuple[str, ...]:
    if isinstance(gates, str):
        gates = [gates]
    if not isinstance(gates, (list, tuple)) or not all(isinstance(gate, str) for gate in gates):
        problems.append(f"parts.{name}.requires: got {gates!r}, expected a list of part names")
        return ()
    for gate in gates:
        if gate not in siblings:
            hint = registry.nearest(gate, siblings)
            problems.append(
                f"parts.{name}.requires: there is no part {gate!r}{hint or '; add it to parts'}"
            )
    return tuple(gate for gate in gates if gate in siblings)


def _parameters(function: registry.Reward) -> dict[str, Any]:
    """Names of the keyword-only parameters, each with its annotation."""
    try:
        hints = get_type_hints(function)
    except Exception:  # noqa: BLE001 - a user's hint that cannot be resolved checks nothing
        hints = {}
    return {
        parameter.name: hints.get(parameter.name)
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }


def _params(
    name: str, body: Mapping[str, Any], allowed: dict[str, Any] | None, problems: list[str]
) -> dict[str, Any]:
    params: dict[str, Any] = {}
    for key, value in body.items():
        if key in _OWN or allowed is None:
            continue
        if key not in allowed:
            choices = [*_OWN, *allowed]
            hint = registry.nearest(key, choices) or f"; expected one of {', '.join(choices)}"
            problems.append(f"parts.{name}: unknown key {key!r}{hint}")
            continue
        hint = allowed[key]
        if get_origin(hint) is Literal and value not in get_args(hint):
            options = [str(option) for option in get_args(hint)]
            near = registry.nearest(value, options)
            problems.append(
                f"parts.{name}.{key}: got {value!r}{near or ''}; "
                f"expected one of {', '.join(options)}"
            )
        params[key] = value
    return params


def _order(built: list[dict[str, Any]], problems: list[str]) -> list[str]:
    graph = {part["name"]: part["requires"] for part in built}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as cycle:
        problems.append(f"the gates go round in a circle: {' -> '.join(cycle.args[1])}")
        return []
