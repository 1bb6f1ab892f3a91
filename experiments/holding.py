"""Whether a GRPO step fits this machine: all processes of a run, side by side, in what is here.

Conventions
-----------
======================  ==============================================================
without a GPU           learner and actors share the memory, in float32; what travels
                        between them (``rollouts/traffic.py``) lies there, too
one GPU                 learner and actors share it
several                 the learner has the first, the actors the others
                        (``rollouts/placement.py``); the fullest decides
======================  ==============================================================

The learner, whose process computes the gradients, needs the whole of a step
(``policies/footprint.py``), an actor weights and what sampling takes. ``MARGIN`` and ``PROCESS``
come on top. Memory is that of the machine or of its container, whether or not others use it now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from policies.footprint import GB, MARGIN, Footprint, Sizes, Work, footprint, longest_clip
from rollouts.placement import gpu_of
from rollouts.traffic import travelling

PROCESS = 0.7 * GB
"""Of a process before it has a weight: torch, transformers and its share of Ray, or a CUDA context.
A run of 311 MB of weights took 5.0 GB with two actors, where 5.2 are told."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where processes of a run lie together.

    Attributes:
        name: "memory", or "GPU 0".
        held: what there is [bytes].
        learner: whether the learner is there.
        actors: how many are.
    """

    name: str
    held: float
    learner: bool
    actors: int

    @property
    def on_gpu(self) -> bool:
        """A GPU, in which nothing travels."""
        return self.name != "memory"

    def needed(self, found: Footprint) -> float:
        """Bytes of its processes."""
        steps = found.total * self.learner + found.sampling * self.actors
        on_its_way = 0.0 if self.on_gpu else travelling(int(found.published), senders=0)
        return steps * MARGIN + on_its_way + PROCESS * (self.learner + self.actors)


def places(gpus: Sequence[int], memory: int, actors: int) -> list[Place]:
    """Where learner and actors would be.

    Args:
        gpus: memory of each [bytes]; () for none.
        memory: of the machine [bytes].
    """
    if not gpus:
        return [Place("memory", memory, True, actors)]
    seats = Counter(gpu_of(seat, len(gpus), actors_learn=False) for seat in range(actors))
    return [
        Place(f"GPU {n}", held, n == 0, seats[n])
        for n, held in enumerate(gpus)
        if n == 0 or seats[n]
    ]


def verdict(sizes: Sizes, plan: Work, there: Sequence[Place]) -> str:
    """ "fits", "to 90 s" of a clip, or "no"; of processes at one place or more."""
    plan = plan if there[0].on_gpu else replace(plan, dtype="float32")

    def holds(found: Footprint) -> bool:
        return all(place.needed(found) <= place.held for place in there)

    if holds(footprint(sizes, plan)):
        return "fits"
    longest = longest_clip(sizes, plan, holds)
    return f"to {longest:,.0f} s" if longest else "no"
