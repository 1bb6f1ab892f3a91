"""Whether a GRPO step fits this machine: all processes of a run, side by side, in what is here.

Conventions
-----------
======================  ==============================================================
memory                  what travels between learner and actors (``rollouts/traffic.py``),
                        an optimizer that is offloaded; without a GPU all the processes
one GPU                 learner and actors share it
several                 the learner has the first, the actors the others
                        (``rollouts/placement.py``); the fullest decides
======================  ==============================================================

The learner, whose process computes the gradients, needs the whole of a step
(``policies/footprint.py``), an actor weights and what sampling takes; where the actors compute
them, the optimizer stays with the learner, or lies in the machine's memory
(``grpo.offload``). ``MARGIN`` and ``PROCESS`` come on top. Memory is
that of the machine or of its container, whether or not others use it now.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from experiments.models import base_of
from experiments.schemas import GrpoRun, LoraConfig
from policies import machine
from policies.footprint import GB, MARGIN, Footprint, Sizes, Work, footprint, longest_clip, sizes_of
from policies.untrusted import ADAPTER, opened
from rewards.errors import CheckpointError
from rollouts import traffic
from rollouts.placement import gpu_of

PROCESS = 0.7 * GB
"""Of a process before it has a weight: torch, transformers and its share of Ray, or a CUDA context.
A run of 311 MB of weights took 5.0 GB with two actors, where 5.2 are told."""


@dataclass(frozen=True, slots=True)
class Needs:
    """Bytes of the learner at its peak, of an actor at its own, and of what lies in memory: on its
    way between them, or offloaded.
    """

    learner: float
    actor: float
    memory: float


def needs_of(found: Footprint) -> Needs:
    """Of a step that the learner computes."""
    on_its_way = traffic.travelling(int(found.published), senders=0)
    return Needs(found.total, found.sampling, on_its_way + found.host * MARGIN)


def needs_of_run(run: GrpoRun, sizes: Sizes, seconds: float) -> Needs:
    """Of a step of this run, about clips of this length [s]."""
    grpo, model = run.grpo, run.model
    asked = Work(
        seconds=seconds,
        rows=grpo.group_size,
        tokens=run.sampling.max_new_tokens,
        groups=min(grpo.groups, grpo.chunk),
        lora=0 if model.lora is None else model.lora.rank,
        checkpointing=grpo.checkpointing,
        dtype=model.dtype,
        base_8bit=model.base_8bit,
        encoder_learns=not model.freeze_encoder,
        head_chunk=grpo.head_chunk,
        offload=grpo.offload,
    )
    sampling = footprint(sizes, replace(asked, encoder_learns=False))
    update = footprint(sizes, _at_once(asked, sizes, grpo.micro_tokens))
    actors_learn = grpo.gradients == "actors"
    computing = update.weights + update.gradients + update.working
    if grpo.kl_weight > 0 and model.lora is None:  # the reference
        computing += update.weights
    standing = update.weights + update.gradients + update.optimizer
    senders = min(grpo.actors, grpo.groups) if actors_learn else 0
    on_its_way = traffic.travelling(int(update.published), senders)
    return Needs(
        learner=standing if actors_learn else computing + update.optimizer,
        actor=max(sampling.sampling, computing) if actors_learn else sampling.sampling,
        memory=on_its_way + update.host * MARGIN,
    )


def _at_once(work: Work, sizes: Sizes, budget: int) -> Work:
    """The part of it that is computed at once (``policies/micro_batches.py``)."""
    prompt = sizes.audio_tokens(work.seconds) + work.prompt
    rows = min(work.rows, max(1, (budget - prompt) // work.tokens))
    groups = min(work.groups, max(1, budget // (prompt + work.rows * work.tokens)))
    return replace(work, rows=rows, groups=groups if rows == work.rows else 1)


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
        """A GPU, in which nothing travels and nothing is offloaded."""
        return self.name != "memory"

    def needed(self, needs: Needs) -> float:
        """Bytes of its processes, and of what else lies there."""
        steps = needs.learner * self.learner + needs.actor * self.actors
        beside = 0.0 if self.on_gpu else needs.memory
        return steps * MARGIN + beside + PROCESS * (self.learner + self.actors)


def here(actors: int, *, device: str = "auto", actors_learn: bool = False) -> list[Place]:
    """Where learner and actors would be on this machine."""
    import torch

    count = 0 if device == "cpu" else torch.cuda.device_count()
    gpus = [torch.cuda.get_device_properties(n).total_memory for n in range(count)]
    return places(gpus, machine.memory(), actors, actors_learn=actors_learn)


def places(
    gpus: Sequence[int], memory: int, actors: int, *, actors_learn: bool = False
) -> list[Place]:
    """Where learner and actors would be.

    Args:
        gpus: memory of each [bytes]; () for none.
        memory: of the machine [bytes].
        actors_learn: the actors compute gradients.
    """
    if not gpus:
        return [Place("memory", memory, True, actors)]
    seats = Counter(gpu_of(seat, len(gpus), actors_learn) for seat in range(actors))
    on_gpus = [
        Place(f"GPU {n}", held, n == 0, seats[n])
        for n, held in enumerate(gpus)
        if n == 0 or seats[n]
    ]
    return [*on_gpus, Place("memory", memory, False, 0)]


def verdict(sizes: Sizes, plan: Work, there: Sequence[Place]) -> str:
    """ "fits", "to 90 s" of a clip, or "no"; of processes at one place or more."""
    plan = plan if there[0].on_gpu else replace(plan, dtype="float32")

    def holds(found: Footprint) -> bool:
        return all(place.needed(needs_of(found)) <= place.held for place in there)

    if holds(footprint(sizes, plan)):
        return "fits"
    longest = longest_clip(sizes, plan, holds)
    return f"to {longest:,.0f} s" if longest else "no"


def shortage(run: GrpoRun, start: Path, seconds: float) -> str:
    """A sentence where a step of the run, as estimated, exceeds what this machine has, or cannot
    be estimated; else "". No run ends by it.

    Args:
        start: the folder of the model or of the adapter that it begins with.
        seconds: of the longest clip.
    """
    try:
        folder = base_of(start)
        sizes, run = sizes_of(folder), _as_opened(run, start)
    except CheckpointError as failure:
        return f"whether a step fits the memory is not known: {failure}"
    grpo = run.grpo
    actors = 0 if grpo.cluster else grpo.actors  # those of a cluster are elsewhere
    there = here(actors, device=run.model.device, actors_learn=grpo.gradients == "actors")
    needs = needs_of_run(run, sizes, seconds)
    tightest = max(there, key=lambda place: place.needed(needs) / place.held)
    needed = tightest.needed(needs)
    if needed <= tightest.held:
        return ""
    ways = _ways(run, on_gpu=tightest.on_gpu)
    return (
        f"{tightest.name} may run out: a step is estimated at {needed / GB:.1f} GB, got "
        f"{tightest.held / GB:.1f} GB; {ways} would need less, `etude doctor --model {folder}` "
        "tells how much"
    )


def _as_opened(run: GrpoRun, start: Path) -> GrpoRun:
    """The run with the adapter that learns: one that it begins with has its own rank, whatever
    ``model.lora`` says.

    Raises:
        CheckpointError: the adapter's folder is damaged.
    """
    if not (start / ADAPTER).is_file():
        return run
    with opened(f"the adapter '{start}' cannot be read", "expected its rank; write it anew"):
        rank = int(json.loads((start / ADAPTER).read_bytes())["r"])
    return replace(run, model=replace(run.model, lora=LoraConfig(rank=rank)))


def _ways(run: GrpoRun, *, on_gpu: bool) -> str:
    """Settings of the run that could be cheaper."""
    grpo, model = run.grpo, run.model
    ways = {
        "an adapter (model.lora)": model.lora is None,
        "grpo.checkpointing=true": not grpo.checkpointing,
        "grpo.offload=true": on_gpu and not grpo.offload and model.lora is None,
        "model.base_8bit=true": model.lora is not None and not model.base_8bit,
        "model.dtype=bfloat16": model.dtype == "float32",
        "fewer actors (grpo.actors)": grpo.actors > 1,
        "a smaller grpo.micro_tokens": True,
        "shorter clips": True,
    }
    return ", ".join(way for way, open_ in ways.items() if open_)
