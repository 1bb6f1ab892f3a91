"""A rubric's configuration, read with every problem found before one error; and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rewards.asking.company import judged_alone
from rewards.errors import ConfigError, nearest
from rewards.rubric_order import in_order
from rewards.rubric_part import RubricPart
from rewards.rubric_part_reader import PartReader, is_number, refusal
from rewards.schedule import Schedule

if TYPE_CHECKING:
    from rewards.rubric import Rubric

_TOP = ("parts", "combine", "renormalise", "failure_budget")
_COMBINE = ("sum", "gdpo")
TOTAL = "total"
"""No part's name."""


def read_config(config: Mapping[str, Any], home: Path | None = None) -> dict[str, Any]:
    """The fields of the rubric; before each part what it depends on, else in config order.

    Args:
        home: the folder of the file that the mapping was read from.

    Raises:
        ConfigError: lists all problems, one a line.
    """
    problems: list[str] = []
    bodies = _parts_of(config, problems)
    own = _own_settings(config, problems)
    names = [str(name) for name in bodies]
    if TOTAL in names:
        problems.append(
            f"parts.{TOTAL}: tables and columns call what all parts come to so; give the part "
            f"another name, and say reward: {TOTAL} if that is its reward"
        )
    readers = [PartReader(str(name), body, names, problems, home) for name, body in bodies.items()]
    built = {reader.name: reader.read() for reader in readers}
    order: list[str] = []
    try:
        order = in_order({reader.name: reader.leans_on for reader in readers})
    except ConfigError as circle:
        problems.append(str(circle))
    parts = [part for part in built.values() if part is not None]
    if alone := judged_alone(parts):
        problems.append(alone)
    problems += _shut_gates(parts)
    if len(parts) == len(built) > 0 and not any(part.counts for part in parts):
        problems.append(
            "parts: no part has a weight above 0 at any step, so no completion would have a total; "
            "give one a weight, such as 1"
        )
    if problems:
        raise refusal(problems)
    return {"parts": tuple(part for name in order if (part := built[name])), **own}


def write_config(rubric: Rubric) -> dict[str, Any]:
    """The plain mapping that ``read_config`` reads back; what is the default is left out."""
    parts = {part.name: _body(part) for part in rubric.parts}
    config: dict[str, Any] = {"parts": parts}
    for entry in fields(rubric):
        if entry.name != "parts" and (value := getattr(rubric, entry.name)) != entry.default:
            config[entry.name] = value
    return config


def _body(part: RubricPart) -> dict[str, Any]:
    weight = part.weight
    body: dict[str, Any] = {} if part.reward == part.name else {"reward": part.reward}
    body["weight"] = dict(weight.points) if isinstance(weight, Schedule) else weight
    if part.requires:
        body["requires"] = list(part.requires)
    if part.times:
        body["times"] = dict(part.times)
    if part.clip is not None:
        body["clip"] = list(part.clip)
    if part.when is not None:
        routes = {"kind": list(part.when.kind), "facet": list(part.when.facet)}
        body["when"] = {name: any_of for name, any_of in routes.items() if any_of}
    return {**body, **part.limits, **part.params}


def _parts_of(config: Mapping[str, Any], problems: list[str]) -> Mapping[str, Any]:
    if not isinstance(config, Mapping):
        problems.append(f"a rubric must be a mapping: got {type(config).__name__}")
        return {}
    for key in config:
        if key not in _TOP:
            hint = nearest(key, _TOP) or f"; expected {', '.join(_TOP)}"
            problems.append(f"unknown key {key!r}{hint}")
    parts = config.get("parts")
    if not isinstance(parts, Mapping) or not parts:
        got = "nothing" if parts is None else repr(parts)[:60]
        problems.append(
            f"parts must map at least one name to its settings: got {got}, "
            "expected for example {accuracy: {weight: 1.0}}"
        )
        return {}
    return parts


def _shut_gates(parts: Sequence[RubricPart]) -> list[str]:
    """A sentence for each gate that can never open: what it guards would be 0 for good."""
    named = {part.name: part for part in parts}
    said = []
    for part in parts:
        for gate in (named[name] for name in part.requires if name in named):
            why = ""
            if gate.clip is not None and gate.clip[1] < 1:
                why = (
                    f"it must be 1, and its clip ends at {gate.clip[1]:g}; let the clip end at 1, "
                    "or weaken the part with times instead of requires"
                )
            elif gate.when and part.when and not gate.when.meets(part.when):
                why = (
                    f"it is for questions whose {gate.when}, the part for those whose {part.when}; "
                    "let their when meet"
                )
            if why:
                said.append(
                    f"parts.{part.name}.requires: the gate {gate.name!r} can never open: {why}"
                )
    return said


def _own_settings(config: Mapping[str, Any], problems: list[str]) -> dict[str, Any]:
    if not isinstance(config, Mapping):
        return {}
    own = {name: config[name] for name in _TOP[1:] if name in config}
    combine, budget = own.get("combine", "sum"), own.get("failure_budget", 0.0)
    if combine not in _COMBINE:
        hint = nearest(combine, _COMBINE)
        problems.append(f"combine: got {combine!r}{hint}; expected {', '.join(_COMBINE)}")
    if not isinstance(own.get("renormalise", True), bool):
        problems.append(f"renormalise: got {own['renormalise']!r}, expected true or false")
    if not is_number(budget) or budget > 1:
        problems.append(f"failure_budget: got {budget!r}, expected a share between 0 and 1")
    return own
