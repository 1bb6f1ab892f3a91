"""The form that an optimizer's stored state must have before any of it is restored.

The header of its file (``policies/tensors.py``) is one JSON object:

=======  ==========================================================
groups   [{"params": [name, ...], "settings": {name: value}}, ...]
numbers  {parameter: {state: number}}, of the state that is no tensor
=======  ==========================================================
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import torch

from policies.optimizer import FINE, kept_names

Groups = Sequence[Mapping[str, Any]]
Numbers = Mapping[str, Mapping[str, Any]]


def read_header(text: str) -> tuple[Groups, Numbers]:
    """Groups and numbers of a header.

    Raises:
        ValueError: it is not of the form above.
    """
    try:
        header = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not (
        isinstance(header, dict)
        and header.keys() == {"groups", "numbers"}
        and isinstance(header["groups"], list)
        and all(map(_is_group, header["groups"]))
        and isinstance(header["numbers"], dict)
        and all(isinstance(of, dict) for of in header["numbers"].values())
    ):
        raise ValueError("not of this form")
    return header["groups"], header["numbers"]


def wrong_settings(groups: Groups, optimizer: torch.optim.Optimizer) -> str:
    """The hyperparameter that the optimizer could not step by, as words; "" where none is.

    A switch may be absent, for versions of torch add some: torch then takes its default.
    """
    for group, current in zip(groups, optimizer.param_groups, strict=True):
        for name, value in current.items():
            if name == "params" or (_is_switch(value) and name not in group["settings"]):
                continue
            found = group["settings"].get(name)
            if not _like(found, value):
                return f"{name} {found!r:.40} where {value!r} could stand"
    return ""


def wrong_state(
    groups: Groups, state: Mapping[str, Mapping[str, Any]], optimizer: torch.optim.Optimizer
) -> str:
    """The parameter that misses some of its state, as words; "" where none does.

    A parameter that never moved has no state. The others have all that AdamW keeps, or of
    another optimizer the same as their siblings.
    """
    strange = state.keys() - set(chain.from_iterable(group["params"] for group in groups))
    if strange:
        return f"state of {min(strange)!r}, which is in no group"
    siblings: set[str] = set()
    for group in groups:
        adamw = kept_names(optimizer, group["settings"])
        for parameter in group["params"]:
            if parameter not in state:
                continue
            found = state[parameter].keys() - {FINE}
            expected = adamw or siblings or found
            if found != expected:
                return f"{sorted(found)} of {parameter!r} where {sorted(expected)} belong"
            siblings = found
            if adamw and not _is_count(state[parameter]["step"]):
                return f"no count of steps of {parameter!r}"
    return ""


def _is_group(group: Any) -> bool:
    return (
        isinstance(group, dict)
        and group.keys() == {"params", "settings"}
        and isinstance(group["params"], list)
        and all(isinstance(name, str) for name in group["params"])
        and isinstance(group["settings"], dict)
    )


def _is_switch(value: Any) -> bool:
    return value is None or isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _like(found: Any, current: Any) -> bool:
    """Whether one value may take the place of another. JSON has no tuples; betas are one."""
    if isinstance(current, tuple):
        return (
            isinstance(found, list) and len(found) == len(current) and all(map(_is_number, found))
        )
    if _is_switch(current):
        return _is_switch(found)
    return _is_number(found) if _is_number(current) else isinstance(found, type(current))


def _is_count(step: Any) -> bool:
    return isinstance(step, torch.Tensor) and step.ndim == 0 and step.is_floating_point()
