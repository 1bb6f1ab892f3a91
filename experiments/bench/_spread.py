"""A GRPO step as a run takes it: Ray actors sample, judge and compute gradients.

What stands beside TRL on several cores (``step.py``): an actor of one thread on each, and the
learner's process, which reads clips, adds gradients up, moves the weights and publishes them.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from experiments.bench._shapes import PARTS, RATE, SIZES, Shape, whole
from experiments.bench._subject import RUBRIC, Run
from policies.audio import ClipReader
from policies.decoder import RATE as SAMPLES_A_SECOND
from policies.learner import Learner
from policies.learner_settings import LearnerSettings
from policies.lora import open_policy
from policies.sampling import SamplingSettings
from policies.tiny import AUDIO, build_tiny
from policies.wav import write_wav
from policies.weights import learning_weights
from rewards.records import Clip, Question
from rewards.rubric import Rubric
from rollouts.actor import ActorSpec
from rollouts.pool import Pool, PoolSettings
from rollouts.train import LoopSettings, to_batch

TEXT = "What is the key? <think>It closes on D.</think> <answer>D major</answer>"


class Spread:
    """The form of a run; judging is in the time of sampling, for actors do both.

    Attributes:
        asked: P questions.
        endless: the shape of rows that never stop; such rows earn nothing, so their advantages
            are noise, and all teach. None for those of a run.
        times: of each step, by part [s], by the clock.
    """

    def __init__(
        self, asked: Sequence[Question], learner: Learner, pool: Pool, reader: ClipReader,
        endless: Shape | None = None,
    ):  # fmt: skip
        self.asked, self.learner, self.pool, self.reader = asked, learner, pool, reader
        self.endless = endless
        self.times: list[dict[str, float]] = []
        pool.publish(learning_weights(learner.policy), 0)

    def step(self) -> None:
        """One step."""
        threads, n = torch.get_num_threads(), len(self.times)
        torch.set_num_threads(1)  # as in a run: the cores are the actors'
        clock = [time.perf_counter()]
        groups = self.pool.roll_out(n, self.asked, n)
        clock.append(time.perf_counter())
        batch = to_batch(
            self.learner.policy, self.reader, groups, LoopSettings(steps=1), hear=False
        )
        if self.endless:
            noise = np.random.default_rng(n)
            advantages = tuple(noise.standard_normal(len(group)) for group in batch.completions)
            batch = replace(batch, advantages=advantages)
        update = self.learner.update(batch)
        self.pool.publish(learning_weights(self.learner.policy), n + 1)
        clock.append(time.perf_counter())
        torch.set_num_threads(threads)
        if self.endless:
            whole(update, self.endless)
        sampling, learning = np.diff(clock)
        spans = (sampling, 0.0, learning, sampling + learning)
        self.times.append(dict(zip(PARTS, map(float, spans), strict=True)))


@contextmanager
def of_noise(shape: Shape, actors: int) -> Iterator[Spread]:
    """The form with so many actors, and a model and clips of noise in a folder, while it lasts."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build_tiny(folder / "model", [TEXT], sizes=SIZES[shape.size], seed=1)
        _never_end(folder / "model")
        rng = np.random.default_rng(0)
        for n in range(shape.prompts):
            samples_S = rng.standard_normal(shape.audio * SAMPLES_A_SECOND // 10)
            write_wav(folder / f"{n}.wav", samples_S.astype(np.float32) * 0.1)
        spec = ActorSpec(
            "bench", 1, folder / "model", None, folder, Rubric.from_config(RUBRIC), shape.group,
            SamplingSettings(max_new_tokens=shape.tokens),
            learner=LearnerSettings(learning_rate=RATE),
        )  # fmt: skip
        asked = [
            Question(f"q{n}", "What is the key?", Clip(f"{n}.wav"), answer="D major")
            for n in range(shape.prompts)
        ]
        with _spread(spec, asked, actors, shape) as form:
            yield form


@contextmanager
def of_run(run: Run, actors: int) -> Iterator[Spread]:
    """The form with so many actors, on a run's own step, while it lasts."""
    spec = run.spec
    actor = ActorSpec(
        "bench", spec.seed, spec.model, spec.lora, spec.clips,
        Rubric.from_config(dict(spec.rubric)), spec.rows, spec.sampling,
        opening=spec.opening, learner=replace(spec.learner, kl_weight=0.0),
    )  # fmt: skip
    with _spread(actor, run.questions, actors) as form:
        yield form


@contextmanager
def _spread(
    spec: ActorSpec, asked: Sequence[Question], actors: int, endless: Shape | None = None
) -> Iterator[Spread]:
    assert spec.learner is not None
    spec = replace(spec, learner=replace(spec.learner, shards=actors))
    settings = PoolSettings(actors=actors, chunk=-(-len(asked) // actors))
    with ClipReader(spec.clips) as reader, Pool(spec, settings) as pool:
        policy = open_policy(spec.model, spec.opening, lora=spec.lora)
        learner = Learner(policy, spec.learner, elsewhere=pool)  # type: ignore[arg-type]
        yield Spread(asked, learner, pool, reader, endless)


def _never_end(model: Path) -> None:
    """Rows end with a token that is never drawn: they are as long as TRL's."""
    path = model / "generation_config.json"
    tokens = json.loads((model / "tokenizer.json").read_text("utf-8"))["added_tokens"]
    audio = next(token["id"] for token in tokens if token["content"] == AUDIO)
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"eos_token_id": audio}))
