"""Weights as they travel from the learner to the actors: arrays by name, with a hash.

Only what learns travels (all weights, or the adapter's). The hash is taken on
both sides, so a partial or altered publication is found and never sampled from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b

import numpy as np
import torch

from policies.audio_policy import AudioPolicy
from rewards.errors import RolloutError

_LARGE = 64 * 2**20  # bytes; less is read before threads are there


def learning_weights(policy: AudioPolicy) -> dict[str, np.ndarray]:
    """A copy of every parameter that requires gradients, by name."""
    return {
        name: _to_array(parameter).copy()
        for name, parameter in policy.model.named_parameters()
        if parameter.requires_grad
    }


def load_weights(policy: AudioPolicy, weights: Mapping[str, np.ndarray]) -> None:
    """Copy the arrays into the parameters of the same names.

    Raises:
        RolloutError: for a name or a shape that the policy does not have; then
            nothing was copied.
    """
    parameters = dict(policy.model.named_parameters())
    wrong = [
        name
        for name, array in weights.items()
        if name not in parameters or tuple(parameters[name].shape) != array.shape
    ]
    if wrong:
        raise RolloutError(
            f"weights do not fit the policy: got {len(wrong)} unknown or misshapen arrays "
            f"('{wrong[0]}' first), expected parameters of the same model; load one checkpoint "
            "in learner and actors"
        )
    with torch.no_grad():
        for name, array in weights.items():
            # The sender's precision is in the array; the receiver may have another.
            parameters[name].copy_(_to_tensor(array))


def weights_hash(weights: Mapping[str, np.ndarray]) -> str:
    """blake2b over names, shapes and bytes, in the order of the names.

    One core reads some .4 GiB a second, which full weights of 8B would wait for 40 s on each
    side of every step: large ones are read side by side, each array by itself.
    """
    arrays = [(name, np.ascontiguousarray(weights[name])) for name in sorted(weights)]
    if sum(array.nbytes for _, array in arrays) < _LARGE:
        digests = [_digest(*one) for one in arrays]
    else:
        with ThreadPoolExecutor() as threads:  # hashlib lets others run meanwhile
            digests = list(threads.map(lambda one: _digest(*one), arrays))
    return blake2b(b"".join(digests), digest_size=16).hexdigest()


def _digest(name: str, array: np.ndarray) -> bytes:
    digest = blake2b(f"{name}{array.dtype}{array.shape}".encode(), digest_size=16)
    digest.update(array.data)
    return digest.digest()


def to_arrays(tensors: Sequence[torch.Tensor | None]) -> list[np.ndarray | None]:
    """Gradients, ready to travel; they may share memory with the tensors."""
    return [None if tensor is None else _to_array(tensor) for tensor in tensors]


def from_arrays(arrays: Sequence[np.ndarray | None]) -> list[torch.Tensor | None]:
    """What ``to_arrays`` was given, as copies on the CPU."""
    return [None if array is None else _to_tensor(array) for array in arrays]


def _to_array(tensor: torch.Tensor) -> np.ndarray:
    tensor = tensor.detach().cpu()
    # numpy has no bfloat16: its bits travel as int16.
    return (tensor.view(torch.int16) if tensor.dtype == torch.bfloat16 else tensor).numpy()


def _to_tensor(array: np.ndarray) -> torch.Tensor:
    tensor = torch.from_numpy(array.copy())
    return tensor.view(torch.bfloat16) if tensor.dtype == torch.int16 else tensor
