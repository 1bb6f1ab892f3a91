"""Actors on several machines: a Ray cluster that its owner started, joined by address.

What it needs
-------------
a token       RAY_AUTH_MODE=token on each of its machines, and one token: who is let in may run
              code
one code      of this package and of what computes, the same on each; every actor compares
same paths    of model and clips: a shared file system. Files of rewards travel
room          a CPU for each actor, and where weights are on "cuda" a GPU

The run itself is started on one of the machines. Its actors end with it; the cluster is its
owner's and goes on.
"""

from __future__ import annotations

import logging
import os
import socket
from hashlib import blake2b
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from rewards.errors import ConfigError, RolloutError, first_line
from rollouts.local_ray import unchanged_process

AUTO = "auto"
"""The cluster of this machine, whatever its address."""

_PACKAGES = ("policies", "rewards", "rollouts")
_COMPUTES = ("numba", "numpy", "peft", "tokenizers", "torch", "transformers")
_REACH = 10.0  # seconds


def join(address: str, actors: int, device: str) -> None:
    """Become a driver of the cluster.

    Args:
        address: HOST:PORT of its head, or ``AUTO``.
        actors: that it must have room for.
        device: of the actors' weights, "cpu" or "cuda".

    Raises:
        ConfigError: for an address of another form.
        RolloutError: if it cannot be joined, or has no room.
    """
    if address != AUTO:
        _reach(address)
    os.environ["RAY_AUTH_MODE"] = "token"  # the token itself is the cluster's, so none is made up
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray

    try:
        with unchanged_process():
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (Exception, SystemExit) as error:  # Ray leaves the process where a head is silent
        raise RolloutError(
            f"the Ray cluster at '{address}' cannot be joined: got {first_line(error)!r}, expected "
            "a cluster with a token (RAY_AUTH_MODE=token) that this machine belongs to; give its "
            "token as RAY_AUTH_TOKEN, or see `ray status` there"
        ) from error
    try:
        check_room(ray.cluster_resources(), actors, device)
    except RolloutError:
        ray.shutdown()
        raise


def _reach(address: str) -> None:
    """Whether anybody listens there; Ray itself takes two minutes to say no."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or "/" in host:
        raise ConfigError(
            f"grpo.cluster is no address: got '{address}', expected HOST:PORT of the cluster's "
            f"head, or {AUTO}; start the run on one of its machines"
        )
    try:
        socket.create_connection((host.strip("[]"), int(port)), _REACH).close()
    except (OSError, OverflowError, UnicodeError) as error:  # of a name that none can have
        raise RolloutError(
            f"no Ray cluster answers at '{address}': got {first_line(error)!r}, expected its head; "
            "start it (ray start --head) or correct grpo.cluster"
        ) from error


def check_room(there: dict[str, Any], actors: int, device: str) -> None:
    """Raises RolloutError; an actor without a place would be waited for."""
    needed = {"CPU": actors} | ({"GPU": actors} if device == "cuda" else {})
    for kind, count in needed.items():
        if there.get(kind, 0) < count:
            raise RolloutError(
                f"the Ray cluster has no room for {actors} actors: got {there.get(kind, 0):g} "
                f"{kind}s, expected {count}; add machines to it or lower grpo.actors"
            )


def code_digest() -> str:
    """Of our own files and the versions of what computes: two machines of one give the same."""
    digest = blake2b(digest_size=8)
    for name in _PACKAGES:
        root = Path(str(import_module(name).__file__)).parent
        for path in sorted(root.rglob("*")):
            if path.is_file() and path.parent.name != "__pycache__":
                digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    for name in _COMPUTES:
        digest.update(f"{name} {metadata.version(name)}\0".encode())
    return digest.hexdigest()


def check_code(expected: str) -> None:
    """In an actor: raises RolloutError where its machine has other code than the run's."""
    found = code_digest()
    if found != expected:
        raise RolloutError(
            f"machine '{socket.gethostname()}' has other code than the run: got {found} of "
            f"{', '.join((*_PACKAGES, *_COMPUTES))}, expected {expected}; install the same "
            "versions on every machine of the cluster"
        )
