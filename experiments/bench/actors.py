"""A step spread over actors beside one process: `python -m experiments.bench.actors`.

Sampling, judging and the gradients of all weights, P prompts of G completions of T tokens. One
process does it in one thread; ``--actors`` Ray processes of one thread each share the groups,
and send gradients back, which are added up here. Both forms hear each clip as they do in a run,
alternate, and give the same gradients but for rounding, which is checked. Wall-clock medians:
on a machine with other work they say little.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from experiments.bench.step import SIZES, Shape
from policies.audio import RATE, ClipReader
from policies.learner import Learner, LearnerSettings
from policies.memory import keep_freed_memory
from policies.records import Update
from policies.sampling import SamplingSettings
from policies.tiny import build_tiny
from policies.wav import write_wav
from policies.weights import learning_weights, weights_hash
from rewards.records import Clip, Question
from rollouts.actor import ActorSpec, Ask, RolloutActor
from rollouts.pool import Pool, PoolSettings
from rollouts.records import Group
from rollouts.train import LoopSettings, to_batch

TEXT = "What is the key? <think>It closes on D.</think> <answer>D major</answer>"
RUBRIC = {"parts": {"format": {"weight": 0.2}, "accuracy": {"weight": 1.0}}}


SHAPES = (
    Shape("quickstart", 30, 32, 48),
    Shape("quickstart", 300, 8, 64),
    Shape("50M", 300, 4, 64),
)
QUICK = (Shape("quickstart", 30, 8, 16),)


class OneProcess:
    """What ``Pool`` is asked in a run, without processes."""

    def __init__(self, spec: ActorSpec):
        self.actor = RolloutActor(replace(spec, learner=None), "here")

    def publish(self, weights: dict[str, np.ndarray], version: int) -> None:
        """Take the weights."""
        self.actor.load(weights, version, weights_hash(weights))

    def roll_out(self, step: int, questions: Sequence[Question], version: int) -> list[Group]:
        """All groups at once."""
        asks = [Ask(step, index, question) for index, question in enumerate(questions)]
        return list(self.actor.roll_out(asks, version).groups)


@contextmanager
def opened(shape: Shape, actors: int) -> Iterator[tuple[ActorSpec, list[Question]]]:
    """A model and clips of noise in a folder of their own, for as long as it lasts."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build_tiny(folder / "model", [TEXT], sizes=SIZES[shape.size], seed=1)
        rng = np.random.default_rng(0)
        for n in range(shape.prompts):
            samples_S = rng.standard_normal(shape.audio * RATE // 10).astype(np.float32) * 0.1
            write_wav(folder / f"{n}.wav", samples_S)
        asked = [
            Question(f"q{n}", "What is the key?", Clip(f"{n}.wav"), answer="D major")
            for n in range(shape.prompts)
        ]
        spec = ActorSpec(
            "bench", 1, folder / "model", None, folder, RUBRIC, shape.group,
            SamplingSettings(max_new_tokens=shape.tokens),
            learner=LearnerSettings(shards=actors),
        )  # fmt: skip
        yield spec, asked


def step(
    learner: Learner, source: Pool | OneProcess, reader: ClipReader, asked: list[Question], n: int
) -> tuple[float, float, Update]:
    """Seconds of sampling and of gradients, and what these were."""
    began = time.perf_counter()
    groups = source.roll_out(n, asked, 0)
    sampled = time.perf_counter()
    batch = to_batch(
        learner.policy, reader, groups, LoopSettings(steps=1), hear=learner.computes_here
    )
    noise = np.random.default_rng(n)  # for random weights earn nothing, and all groups are to teach
    advantages = tuple(noise.standard_normal(len(group)) for group in batch.completions)
    found = learner.gradients(replace(batch, advantages=advantages))
    return sampled - began, time.perf_counter() - sampled, found


def race(shape: Shape, actors: int, repeats: int) -> dict[str, list[tuple[float, float]]]:
    """Both forms in turn, the first of each warms up: seconds of sampling and of gradients."""
    times: dict[str, list[tuple[float, float]]] = {"one process": [], "actors": []}
    with opened(shape, actors) as (spec, asked), ClipReader(spec.clips) as reader:
        settings = PoolSettings(actors=actors, chunk=-(-shape.prompts // actors))
        with Pool(spec, settings) as pool:
            one = OneProcess(spec)
            policy = one.actor.policy
            learners = {
                "one process": (Learner(policy, LearnerSettings()), one),
                "actors": (Learner(policy, spec.learner, elsewhere=pool), pool),  # type: ignore[arg-type]
            }
            for source in (one, pool):
                source.publish(learning_weights(policy), 0)
            for n in range(repeats + 1):
                norms = []
                for name, (learner, source) in learners.items():
                    sampling, learning, found = step(learner, source, reader, asked, n)
                    times[name].append((sampling, learning))
                    norms.append(found.grad_norm)
                if abs(norms[0] - norms[1]) > 1e-4 * norms[0]:
                    raise RuntimeError(f"the gradients differ: got norms {norms}, expected equal")
    return {name: found[1:] for name, found in times.items()}


def main() -> None:
    """Print the lines of each shape."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one small step")
    parser.add_argument("--actors", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    keep_freed_memory()
    print(f"{'model':>11} {'audio':>6} {'P x G':>7} {'T':>4}  {'':>11} sampling gradients   step")
    for shape in QUICK if asked.quick else SHAPES:
        found = race(shape, asked.actors, asked.repeats)
        medians = {
            name: [statistics.median(column) for column in zip(*times, strict=True)]
            for name, times in found.items()
        }
        rows = f"{shape.prompts} x {shape.group}"
        place = f"{shape.size:>11} {shape.audio:>6} {rows:>7} {shape.tokens:>4}"
        for name, (sampling, learning) in medians.items():
            label = f"{asked.actors} actors" if name == "actors" else name
            cells = f"{sampling:>6.2f} s {learning:>7.2f} s {sampling + learning:>5.2f} s"
            print(f"{place}  {label:>11} {cells}")
            place = " " * len(place)
        one, many = medians["one process"], medians["actors"]
        ratios = [one[0] / many[0], one[1] / many[1], sum(one) / sum(many)]
        cells = " ".join(f"{ratio:>7.2f}x" for ratio in ratios)
        print(f"{place}  {'ratio':>11} {cells}", flush=True)


if __name__ == "__main__":
    main()
