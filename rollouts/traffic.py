"""What travels between the processes of a run, and the shared memory that it lies in meanwhile.

Conventions
-----------
Ray's object store holds at once:

==========================  =========================================================
256 MiB                     groups on their way, clips of shards, Ray's own
weights that learn, twice   the version that is held and the one that replaces it
gradients                   of a shard from each actor that computes one, as large as
                            the weights that learn
==========================  =========================================================

A store that is too small writes to the disk, or waits. What it reserves costs nothing until it
is used.
"""

from __future__ import annotations

from policies import machine
from policies.footprint import GB, WIDTHS
from policies.lora import LoraSettings
from policies.outline import weight_shapes
from policies.untrusted import ADAPTER
from rewards.errors import ConfigError
from rollouts.actor import ActorSpec

_ALWAYS = 256 * 2**20
_SHARE = 0.5  # of the memory that is there: the rest is for the models themselves


def room_for(spec: ActorSpec, actors: int) -> int:
    """The size of the object store [bytes].

    Raises:
        ConfigError: the machine has not twice as much memory.
        CheckpointError: the weights cannot be read.
    """
    learning = learning_bytes(spec)
    senders = min(actors, spec.learner.shards) if spec.learner is not None else 0
    needed = travelling(learning, senders)
    most = _SHARE * machine.memory()
    if needed > most:
        ways = ["grpo.gradients=learner", "fewer actors (grpo.actors)"] if senders else []
        ways += ["an adapter (model.lora)"] if spec.lora is None else ["a lower model.lora.rank"]
        raise ConfigError(
            f"the weights that learn, {learning / GB:.2f} GB, do not fit on their way between the "
            f"processes: got {most / GB:.1f} GB, half of the memory that is there, expected "
            f"{needed / GB:.1f} GB for {actors} actors; take {' or '.join(ways)}"
        )
    return needed


def travelling(learning: int, senders: int) -> int:
    """What the store holds at once, see above [bytes].

    Args:
        learning: bytes of the weights that learn.
        senders: actors that compute gradients.
    """
    return _ALWAYS + (2 + senders) * learning


def learning_bytes(spec: ActorSpec) -> int:
    """The weights that learn, at most [bytes]; by shapes, no weight is read.

    Of full weights the encoder counts, frozen or not; an adapter is kept in float32.

    Raises:
        CheckpointError: the weights cannot be read.
    """
    shapes = weight_shapes(spec.model)
    if (spec.model / ADAPTER).exists():
        return 4 * sum(shape.numel() for shape in shapes.values())
    if spec.lora is None:
        return WIDTHS[spec.opening.dtype] * sum(shape.numel() for shape in shapes.values())
    lora = LoraSettings(**spec.lora)
    adapted = [
        shape
        for name, shape in shapes.items()
        if len(shape) == 2 and name.removesuffix(".weight").rpartition(".")[2] in lora.targets
    ]
    return 4 * lora.rank * sum(sum(shape) for shape in adapted)
