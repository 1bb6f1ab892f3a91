"""Where an actor computes: what it asks of Ray, and which GPU of a machine it takes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rollouts.actor import ActorSpec


def place(spec: ActorSpec, seat: int, *, cluster: bool) -> tuple[ActorSpec, dict[str, Any]]:
    """The spec of the actor with this seat, counted from 0, and Ray's options.

    Args:
        cluster: it may be on any machine of a cluster; Ray chooses, and shows it one GPU.
    """
    cuda = spec.opening.device == "cuda"
    if cluster:
        return spec, {"num_cpus": 1, "num_gpus": int(cuda), "scheduling_strategy": "SPREAD"}
    if cuda:
        import torch

        gpu = gpu_of(seat, torch.cuda.device_count(), spec.learner is not None)
        spec = replace(spec, gpu=gpu)
    return spec, {"num_cpus": 1}


def gpu_of(seat: int, gpus: int, actors_learn: bool) -> int:
    """The index of its GPU.

    The learner's process holds the first. Where it computes the gradients that one is left to
    it; where the actors do, it only adds them up, and the first is an actor's like the others.

    >>> [gpu_of(seat, 4, actors_learn=True) for seat in range(5)]
    [0, 1, 2, 3, 0]
    >>> [gpu_of(seat, 4, actors_learn=False) for seat in range(5)]
    [1, 2, 3, 1, 2]
    """
    if actors_learn or gpus < 2:
        return seat % max(1, gpus)
    return 1 + seat % (gpus - 1)
