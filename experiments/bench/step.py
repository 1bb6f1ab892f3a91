"""A whole GRPO step beside TRL's: `python -m experiments.bench.step`.

Sample G completions of P prompts, score them, take advantages, update all weights. TRL
1.16 runs its own trainer, made to hear by ``_trl.py``; both start from the same weights
and have the same prompts, G, T, reward function, loss (DAPO) and optimizer, float32.
Ours cuts micro-batches by its default token budget, TRL by whole groups. Steps
alternate, the first of each warms up, medians are the figure. Rows never stop early:
the end token is out of both distributions.

On one thread processor time counts, and ours has no actors and publishes no weights: this is the
arithmetic of a step. ``--cores N`` gives TRL N threads and measures by the clock; beside it stand
ours with N threads in one process, and as a run takes it by default (``_spread.py``), with N
actors and the publication of weights.

Before a line is printed, ``_trl.check`` has held TRL's log-probs against ours on the same
weights and completions, and seen its loss and its sampler's logits change with silence.

``update`` of TRL is what is left of its step: advantages, forward, backward, AdamW. How
many fewer tokens the learner reads, G (P + T) / (P + G T) for a prompt of P tokens, bounds
what reading the prompt once can save there.
``--quick`` runs a smaller step of either model.
"""

from __future__ import annotations

import argparse
import copy
import statistics
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import torch

from experiments.bench._shapes import PARTS, QUICK, RATE, SHAPES, SIZES, Shape, whole
from experiments.bench._spread import RUBRIC, Spread, spread
from experiments.bench._trl import HearingTrainer, Recipe, check, race
from experiments.bench.sampler import policy_of, prompt_of
from policies.audio_policy import AudioPolicy
from policies.grpo import group_advantages
from policies.learner import Learner, LearnerSettings
from policies.memory import keep_freed_memory
from policies.records import Batch, Prompt
from policies.sampler import sample
from policies.sampling import SamplingSettings
from policies.tiny import TinySizes
from rewards.records import Question
from rewards.response import parse
from rewards.rubric import Rubric

Clock = Callable[[], float]


class Etude:
    """Our form in one process.

    Attributes:
        times: of each step, by part [s].
    """

    def __init__(
        self,
        policy: AudioPolicy,
        prompts: Sequence[Prompt],
        shape: Shape,
        clock: Clock = time.process_time,
    ):
        self.policy, self.prompts, self.shape, self.clock = policy, prompts, shape, clock
        self.learner = Learner(policy, LearnerSettings(learning_rate=RATE))
        self.sampling = SamplingSettings(max_new_tokens=shape.tokens)
        self.times: list[dict[str, float]] = []

    def step(self) -> None:
        """One step; every group must have taught."""
        shape, at = self.shape, len(self.times) * len(self.prompts)
        seeds = [[shape.group * (at + n) + g for g in range(shape.group)]
                 for n in range(len(self.prompts))]  # fmt: skip
        clock = [self.clock()]
        groups = sample(self.policy, self.prompts, seeds, self.sampling)
        clock.append(self.clock())
        rewards = [judge([row.text for row in group]) for group in groups]
        clock.append(self.clock())
        advantages = tuple(group_advantages(np.array(rewards_G)) for rewards_G in rewards)
        batch = Batch(tuple(self.prompts), tuple(map(tuple, groups)), advantages)
        update = self.learner.update(batch)
        clock.append(self.clock())
        whole(update, shape)
        spans = [*np.diff(clock), clock[-1] - clock[0]]
        self.times.append(dict(zip(PARTS, map(float, spans), strict=True)))


_question = Question("bench", "What is the key?", answer="D major")
_rubric = Rubric.from_config(RUBRIC)


def judge(texts: Sequence[str]) -> list[float]:
    """The quickstart's rubric, and a share for variety: no group of equals drops out."""
    scores = _rubric.score_group(_question, [parse(text) for text in texts])
    return [
        (score.total or 0.0) + len(set(text)) / (1 + len(text))
        for score, text in zip(scores, texts, strict=True)
    ]


def pair(
    shape: Shape, sizes: TinySizes, steps: int, clock: Clock = time.process_time
) -> tuple[Etude, HearingTrainer]:
    """Both forms, with weights of their own that are equal, for so many steps."""
    policy = policy_of(sizes)
    with torch.no_grad():  # TRL's learner would count them in, our head leaves them out
        policy.base.lm_head.bias[list(policy.suppressed_ids)] = -1e4
    prompts = [prompt_of(policy, shape.audio, n) for n in range(shape.prompts)]
    stock = AudioPolicy(copy.deepcopy(policy.model), policy.processor, policy.family)
    stock.base.set_attn_implementation("sdpa")
    recipe = Recipe(shape.group, shape.tokens, shape.micro * shape.group, RATE, steps, clock)
    return Etude(policy, prompts, shape, clock), HearingTrainer(stock, prompts, judge, recipe)


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


def compare(shape: Shape, sizes: TinySizes, repeats: int, cores: int = 1) -> Compared:
    """All forms in turn."""
    clock = time.process_time if cores == 1 else time.perf_counter
    ours, trainer = pair(shape, sizes, repeats + 1, clock)
    forms: dict[str, Etude | Spread] = {"Etude": ours}
    with ExitStack() as opened:
        if cores > 1:
            forms[f"{cores} actors"] = opened.enter_context(spread(shape, cores))
        theirs = race(trainer, lambda: [form.step() for form in forms.values()])
    for one in theirs:
        one["update"] = one["step"] - one["sampling"] - one["scoring"]
    prompt, drawn = len(ours.prompts[0].ids), shape.group * shape.tokens
    times = {"TRL": theirs} | {name: form.times for name, form in forms.items()}
    return Compared(
        times={name: _medians(steps[1:]) for name, steps in times.items()},
        fewer=(shape.group * prompt + drawn) / (prompt + drawn),
        checked=check(trainer, ours.policy),
        parameters=sum(p.numel() for p in ours.policy.model.parameters()),
    )


def _medians(times: Sequence[dict[str, float]]) -> dict[str, float]:
    return {part: statistics.median(one[part] for one in times) for part in PARTS}


def main() -> None:
    """Print the lines of each shape, and what was checked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="smaller steps")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--cores", type=int, default=1, help="by the clock, with actors too")
    asked = parser.parse_args()
    torch.set_num_threads(asked.cores)
    warnings.simplefilter("ignore", FutureWarning)  # TRL asks transformers by older names
    keep_freed_memory()  # as learner and actors do; TRL runs in this process, too
    head = "".join(f"{part:>11}" for part in PARTS)
    print(f"{'model':>11} {'audio':>6} {'P x G':>7} {'T':>4} {'form':>9}{head}   ratio")
    for shape in QUICK if asked.quick else SHAPES:
        print_lines(shape, compare(shape, SIZES[shape.size], asked.repeats, asked.cores))


def print_lines(shape: Shape, found: Compared) -> None:
    """The forms of a shape, the ratio of each part, what was checked."""
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
