"""A whole GRPO step beside TRL's: `python -m experiments.bench.step`.

Sample G completions of P prompts, score them, take advantages, update all weights. TRL
1.16 runs its own trainer, made to hear by ``_trl.py``; both start from the same weights
and have the same prompts, G, T, reward function, loss and optimizer, float32.
Ours cuts micro-batches by its default token budget, TRL by whole groups. Steps
alternate, the first of each warms up, medians are the figure.

``--run RUN`` takes the first step of a run: its questions, clips, rubric and the weights that it
began with. Rows end where the model ends them, and groups that are of one opinion teach nothing;
ours leaves such groups out. Otherwise clips are noise, weights random, and rows never
stop early: the end token is out of both distributions.

On one thread processor time counts, and ours has no actors and publishes no weights: this is the
arithmetic of a step. ``--cores N`` gives TRL N threads and measures by the clock; beside it stand
ours with N threads in one process, and as a run takes it by default (``_spread.py``), with N
actors and the publication of weights.

Before a line is printed, ``_trl.check`` has held TRL's log-probs against ours on the same
weights and completions, and seen its loss and its sampler's logits change with silence.

``update`` of TRL is what is left of its step: advantages, forward, backward, AdamW. How
many fewer tokens the learner reads, (G P + drawn) / (P + drawn) over all prompts of P tokens,
bounds what reading the prompt once can save there.
``--quick`` runs a smaller step of either model.
"""

from __future__ import annotations

import argparse
import copy
import statistics
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from experiments.bench import _spread, _subject
from experiments.bench._shapes import PARTS, QUICK, SHAPES, SIZES, whole
from experiments.bench._spread import Spread
from experiments.bench._subject import Subject
from experiments.bench._trl import HearingTrainer, check, race
from policies.audio_policy import AudioPolicy
from policies.grpo import group_advantages
from policies.learner import Learner
from policies.memory import keep_freed_memory
from policies.records import Batch
from policies.sampler import sample

Clock = Callable[[], float]


class Etude:
    """Our form in one process.

    Attributes:
        times: of each step, by part [s].
        drawn: tokens of the last one.
    """

    def __init__(self, given: Subject, clock: Clock = time.process_time):
        self.given, self.clock = given, clock
        self.learner = Learner(given.policy, given.learner)
        self.times: list[dict[str, float]] = []
        self.drawn = 0

    def step(self) -> None:
        """One step; of endless rows every group must have taught."""
        given, shape = self.given, self.given.shape
        at = len(self.times) * shape.prompts
        seeds = [[shape.group * (at + n) + g for g in range(shape.group)]
                 for n in range(shape.prompts)]  # fmt: skip
        clock = [self.clock()]
        groups = sample(given.policy, given.prompts, seeds, given.sampling)
        clock.append(self.clock())
        rewards = [given.judge(n, [row.text for row in group]) for n, group in enumerate(groups)]
        clock.append(self.clock())
        advantages = tuple(group_advantages(np.array(rewards_G)) for rewards_G in rewards)
        batch = Batch(tuple(given.prompts), tuple(map(tuple, groups)), advantages)
        update = self.learner.update(batch)
        clock.append(self.clock())
        if given.endless:
            whole(update, shape)
        self.drawn = sum(len(row.ids) for group in groups for row in group)
        spans = [*np.diff(clock), clock[-1] - clock[0]]
        self.times.append(dict(zip(PARTS, map(float, spans), strict=True)))


def pair(
    given: Subject, steps: int, clock: Clock = time.process_time
) -> tuple[Etude, HearingTrainer]:
    """Both forms, with weights of their own that are equal, for so many steps."""
    policy = given.policy
    stock = AudioPolicy(copy.deepcopy(policy.model), policy.processor, policy.family)
    stock.base.set_attn_implementation("sdpa")
    return Etude(given, clock), HearingTrainer(stock, given, steps, clock)


@dataclass(frozen=True, slots=True)
class Compared:
    """What was found of a shape.

    Attributes:
        times: of each form the medians by part [s], TRL's first.
        fewer: TRL's tokens in the learner by ours.
        checked: of ``_trl.check``.
        parameters: of the model.
    """

    times: dict[str, dict[str, float]]
    fewer: float
    checked: dict[str, float]
    parameters: int


def compare(
    given: Subject, repeats: int, cores: int, spread: AbstractContextManager[Spread]
) -> Compared:
    """All forms in turn; the one with actors where there are several cores."""
    clock = time.process_time if cores == 1 else time.perf_counter
    ours, trainer = pair(given, repeats + 1, clock)
    forms: dict[str, Etude | Spread] = {"Etude": ours}
    with ExitStack() as opened:
        if cores > 1:
            forms[f"{cores} actors"] = opened.enter_context(spread)
        theirs = race(trainer, lambda: [form.step() for form in forms.values()])
    for one in theirs:
        one["update"] = one["step"] - one["sampling"] - one["scoring"]
    prompts = sum(len(prompt.ids) for prompt in given.prompts)
    times = {"TRL": theirs} | {name: form.times for name, form in forms.items()}
    return Compared(
        times={name: _medians(steps[1:]) for name, steps in times.items()},
        fewer=(given.shape.group * prompts + ours.drawn) / (prompts + ours.drawn),
        checked=check(trainer, given.policy),
        parameters=sum(p.numel() for p in given.policy.model.parameters()),
    )


def _medians(times: Sequence[dict[str, float]]) -> dict[str, float]:
    return {part: statistics.median(one[part] for one in times) for part in PARTS}


def main() -> None:
    """Print the lines of each shape, and what was checked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="smaller steps")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--cores", type=int, default=1, help="by the clock, with actors too")
    parser.add_argument("--run", type=Path, help="a GRPO run, whose first step is taken")
    parser.add_argument("--prompts", type=int, help="so many of that step's; all by default")
    asked = parser.parse_args()
    torch.set_num_threads(asked.cores)
    warnings.simplefilter("ignore", FutureWarning)  # TRL asks transformers by older names
    keep_freed_memory()  # as learner and actors do; TRL runs in this process, too
    head = "".join(f"{part:>11}" for part in PARTS)
    print(f"{'model':>11} {'audio':>6} {'P x G':>7} {'T':>4} {'form':>9}{head}   ratio")
    for given, spread in _asked_for(asked):
        print_lines(given, compare(given, asked.repeats, asked.cores, spread))


def _asked_for(
    asked: argparse.Namespace,
) -> Iterator[tuple[Subject, AbstractContextManager[Spread]]]:
    if asked.run is not None:
        run = _subject.first_step(asked.run, asked.prompts)
        yield _subject.of_run(run), _spread.of_run(run, asked.cores)
        return
    for shape in QUICK if asked.quick else SHAPES:
        yield _subject.of_noise(shape, SIZES[shape.size]), _spread.of_noise(shape, asked.cores)


def print_lines(given: Subject, found: Compared) -> None:
    """The forms of a subject, the ratio of each part, what was checked."""
    shape = given.shape
    rows = f"{shape.prompts} x {shape.group}"
    place = f"{shape.size:>11} {shape.audio:>6} {rows:>7} {shape.tokens:>4}"
    theirs = found.times["TRL"]
    for name, times in found.times.items():
        cells = "".join(f"{times[part]:>9.3f} s" for part in PARTS)
        print(f"{place} {name:>9}{cells}", end="\n" if name == "TRL" else "")
        place = " " * len(place)
        if name != "TRL":
            print(f"{theirs['step'] / times['step']:>7.1f}x")
            print(f"{place} {'':>9}" + "".join(_ratio(theirs[part], times[part]) for part in PARTS))
    seen = found.checked
    print(
        f"{'':>11} {found.parameters / 1e6:.1f}M parameters, {found.fewer:.1f}x fewer "
        f"tokens in the learner; log-probs agree to "
        f"{seen['gap']:.0e}; silence moves TRL's loss from {seen['loss']:.5f} to "
        f"{seen['loss of silence']:.5f}, its sampler's logits by {seen['heard']:.2f}",
        flush=True,
    )


def _ratio(theirs: float, ours: float) -> str:
    """How many times as fast; blank where ours is counted in another part."""
    return f"{theirs / ours:>10.1f}x" if ours else " " * 11


if __name__ == "__main__":
    main()
