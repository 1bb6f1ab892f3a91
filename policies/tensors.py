"""Tensors on disk: safetensors, never pickle.

Conventions
-----------
An optimizer's state is one safetensors file. Its tensors are named
``<parameter>|<state>``, for example ``lm_head.weight|exp_avg``; what is not a
tensor (the hyperparameters of its groups, plain numbers in its state) is JSON
in the file's header. Both come back bit for bit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from policies.optimizer import FINE, MOMENTS, kept_as
from policies.optimizer_form import Groups, read_header, wrong_settings, wrong_state
from rewards.errors import CheckpointError, StorageError

_SEPARATOR = "|"
_HEADER = "optimizer"


def save_tensors(
    path: Path,
    tensors: Mapping[str, torch.Tensor],
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Writes named tensors of any dtype and device, each with its own memory.

    Raises:
        CheckpointError: no tensor, or tensors that share memory.
        StorageError: the disk is full or the folder cannot be written.
    """
    if not tensors:
        raise CheckpointError(f"{str(path)!r}: got no tensor to save, expected at least one")
    dense = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    try:
        save_file(dense, path, dict(metadata or {}))
    except RuntimeError as error:
        raise CheckpointError(
            f"{str(path)!r}: got tensors that safetensors refuses ({error}), expected each with "
            "memory of its own; clone or leave out those that are tied"
        ) from error
    except (SafetensorError, OSError) as error:
        size = sum(tensor.nbytes for tensor in dense.values())
        raise StorageError(
            f"{str(path)!r} could not be written: got {error}, expected room for {size} bytes; "
            "free some space"
        ) from error


def load_tensors(path: Path, device: torch.device | str = "cpu") -> dict[str, torch.Tensor]:
    """The named tensors of a safetensors file.

    Raises:
        CheckpointError: the file is missing, cut or no safetensors.
    """
    return _load(path, device)[0]


def save_optimizer(
    path: Path,
    optimizer: torch.optim.Optimizer,
    names: Mapping[str, torch.Tensor],
) -> None:
    """Writes the state of an optimizer that has made at least one step.

    Args:
        path: the safetensors file.
        optimizer: AdamW or any other whose state is tensors and numbers.
        names: ``dict(model.named_parameters())``; names what the optimizer holds.

    Raises:
        CheckpointError: a parameter without a name, no state yet, or a
            hyperparameter that JSON cannot hold.
        StorageError: as ``save_tensors``.
    """
    name_of = {id(parameter): name for name, parameter in names.items()}
    tensors: dict[str, torch.Tensor] = {}
    numbers: dict[str, dict[str, Any]] = {}
    groups = []
    for group in optimizer.param_groups:
        members = [_name(parameter, name_of) for parameter in group["params"]]
        settings = {key: value for key, value in group.items() if key != "params"}
        groups.append({"params": members, "settings": settings})
        for name, parameter in zip(members, group["params"], strict=True):
            for key, value in optimizer.state.get(parameter, {}).items():
                if isinstance(value, torch.Tensor):
                    tensors[name + _SEPARATOR + key] = value
                else:
                    numbers.setdefault(name, {})[key] = value
    try:
        header = json.dumps({"groups": groups, "numbers": numbers})
    except TypeError as error:
        raise CheckpointError(
            f"optimizer state for {str(path)!r}: got a setting that is not JSON ({error}), "
            "expected numbers, strings, booleans and lists of them"
        ) from error
    save_tensors(path, tensors, {_HEADER: header})


def load_optimizer(
    path: Path,
    optimizer: torch.optim.Optimizer,
    names: Mapping[str, torch.Tensor],
) -> None:
    """Restores what ``save_optimizer`` wrote, hyperparameters included.

    The state goes to the device of its parameter, as the optimizer wants it.

    Raises:
        CheckpointError: damaged, or written for other groups or parameters.
            The optimizer is then as it was.
    """
    tensors, metadata = _load(path, "cpu")
    if _HEADER not in metadata:
        raise CheckpointError(
            f"{str(path)!r}: got a file without optimizer groups, expected one of save_optimizer"
        )
    try:
        groups, numbers = read_header(metadata[_HEADER])
    except ValueError as error:
        raise _damaged(path, f"the header {metadata[_HEADER]!r:.80} ({error})") from error
    name_of = {id(parameter): name for name, parameter in names.items()}
    held = [[_name(p, name_of) for p in group["params"]] for group in optimizer.param_groups]
    stored = [group["params"] for group in groups]
    if stored != held:
        raise CheckpointError(
            f"{str(path)!r}: got optimizer state for {_summary(stored)}, expected "
            f"{_summary(held)}; build the optimizer as the run did that wrote it"
        )
    state: dict[str, dict[str, Any]] = {name: dict(of) for name, of in numbers.items()}
    for full_name, tensor in tensors.items():
        name, _, key = full_name.rpartition(_SEPARATOR)
        parameter = names.get(name)
        form = None if parameter is None else (kept_as(optimizer, parameter), parameter.shape)
        # torch would cast another dtype without a word. Step counts have no axes.
        count = tensor.ndim == 0 and key not in (*MOMENTS, FINE)
        if form is None or not (count or (tensor.dtype, tensor.shape) == form):
            raise CheckpointError(
                f"{str(path)!r}: got {full_name!r}, {tensor.dtype} {tuple(tensor.shape)}, expected "
                f"the form of its parameter, {_shown(form)}; take the checkpoint of "
                "the same model"
            )
        state.setdefault(name, {})[key] = tensor
    if wrong := wrong_settings(groups, optimizer) or wrong_state(groups, state, optimizer):
        raise _damaged(path, wrong)
    _restore(optimizer, groups, state)


def _damaged(path: Path, got: str) -> CheckpointError:
    return CheckpointError(
        f"{str(path)!r} is damaged: got {got}, expected what save_optimizer writes; take an "
        "earlier checkpoint"
    )


def _shown(form: tuple[torch.dtype, torch.Size] | None) -> str:
    return "none" if form is None else f"{form[0]} {tuple(form[1])}"


def _restore(optimizer: torch.optim.Optimizer, groups: Groups, state: Mapping[str, Any]) -> None:
    """Numbers the parameters in the order of the groups, which is torch's own form."""
    number = 0
    numbered: dict[int, Any] = {}
    param_groups = []
    for group, current in zip(groups, optimizer.param_groups, strict=True):
        members = range(number, number + len(group["params"]))
        number += len(group["params"])
        settings = dict(group["settings"])
        for key, value in settings.items():
            # JSON has no tuples; betas are one.
            if isinstance(value, list) and isinstance(current.get(key), tuple):
                settings[key] = tuple(value)
        numbered |= {
            n: state[name]
            for n, name in zip(members, group["params"], strict=True)
            if name in state
        }
        param_groups.append({**settings, "params": list(members)})
    optimizer.load_state_dict({"state": numbered, "param_groups": param_groups})


def _load(path: Path, device: torch.device | str) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    try:
        with safe_open(path, framework="pt", device=str(device)) as file:
            names = file.keys()
            return {name: file.get_tensor(name) for name in names}, file.metadata() or {}
    except (SafetensorError, OSError) as error:
        raise CheckpointError(
            f"{str(path)!r} cannot be read: got {error}, expected a whole safetensors file; "
            "take an earlier checkpoint"
        ) from error


def _name(parameter: torch.Tensor, name_of: Mapping[int, str]) -> str:
    if id(parameter) not in name_of:
        raise CheckpointError(
            f"optimizer state: got a parameter of shape {tuple(parameter.shape)} without a name, "
            "expected all of dict(model.named_parameters())"
        )
    return name_of[id(parameter)]


def _summary(groups: list[list[str]]) -> str:
    counts = "+".join(str(len(group)) for group in groups)
    first = next((group[0] for group in groups if group), "none")
    return f"{counts} parameters ({first!r} first)"
