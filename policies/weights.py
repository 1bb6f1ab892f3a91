"""Weights as they travel from the learner to the samplers: arrays by name, with a hash.

Only what learns travels (all weights, or the adapter's). The hash is taken on
both sides, so a partial or altered publication is found and never sampled from.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

import numpy as np
import torch

from policies.audio_policy import AudioPolicy
from rewards.errors import RolloutError


def learning_weights(policy: AudioPolicy) -> dict[str, np.ndarray]:
    """A copy of every parameter that requires gradients, by name."""
    return {
        name: _to_numpy(parameter)
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
            source = torch.from_numpy(array.copy())
            # The sender's precision is in the array; the receiver may have another.
            parameters[name].copy_(
                source.view(torch.bfloat16) if source.dtype == torch.int16 else source
            )


def weights_hash(weights: Mapping[str, np.ndarray]) -> str:
    """blake2b over names, shapes and bytes, in the order of the names."""
    digest = blake2b(digest_size=16)
    for name in sorted(weights):
        array = np.ascontiguousarray(weights[name])
        digest.update(f"{name}{array.dtype}{array.shape}".encode())
        digest.update(array.data)
    return digest.hexdigest()


def _to_numpy(parameter: torch.nn.Parameter) -> np.ndarray:
    tensor = parameter.detach().cpu()
    # numpy has no bfloat16: its bits travel as int16.
    return (tensor.view(torch.int16) if tensor.dtype == torch.bfloat16 else tensor).numpy().copy()
