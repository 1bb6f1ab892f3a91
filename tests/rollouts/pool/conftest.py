"""Two real actors, who obey orders to die, and what one alone would have sampled.

What an actor suffers comes from files that a test lays down: the first one that finds its
order takes it away and obeys, so a fault strikes once, in the middle of work.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rollouts.crew
from policies.sampling import SamplingSettings
from policies.wav import write_wav
from policies.weights import learning_weights
from rewards.records import Clip, Facts, Question
from rewards.rubric import Rubric
from rollouts.actor import ActorSpec, Ask, RolloutActor
from rollouts.pool import Pool, PoolSettings
from rollouts.records import Group

CHUNK, ROWS = 2, 3


def _mortal(orders: Path) -> type[RolloutActor]:
    """An actor that obeys orders; made here so that Ray sends it by value."""

    class Mortal(RolloutActor):
        def roll_out(self, asks: Any, version: int) -> Any:
            groups = RolloutActor.roll_out(self, asks, version)
            for ask in asks:
                if "deadly" in ask.question.text:
                    os.kill(os.getpid(), signal.SIGKILL)
            self._obey("roll_out")
            return groups

        def load(self, weights: Any, version: int, digest: str) -> str:
            received = RolloutActor.load(self, weights, version, digest)
            self._obey("load")
            return received

        def pid(self) -> int:
            return os.getpid()

        def _obey(self, method: str) -> None:
            for name in ("SIGKILL", "SIGSTOP"):
                try:
                    (orders / f"{method} {name}").unlink()
                except FileNotFoundError:
                    continue
                os.kill(os.getpid(), getattr(signal, name))

    return Mortal


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("orders")


@pytest.fixture(scope="module")
def spec(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory, sound: Any) -> ActorSpec:
    clips = tmp_path_factory.mktemp("clips")
    for seed in range(3):
        write_wav(clips / f"{seed}.wav", sound(seed).samples_S)
    mine = clips / "mine.py"
    mine.write_text(
        "def vowels(text):\n    print('reads a text')\n"
        "    return sum(c in 'aeiou' for c in text) / len(text)\n"
    )
    return ActorSpec(
        run="a run",
        seed=5,
        model=tiny_folder,
        lora=None,
        clips=clips,
        rubric=Rubric.from_config(
            {
                "parts": {
                    "format": {"weight": {0: 0.2, 100: 0.1}},
                    "accuracy": {},
                    "diversity": {},
                    "own": {"reward": f"{mine}:vowels"},
                }
            }
        ),
        rows=ROWS,
        sampling=SamplingSettings(max_new_tokens=6),
    )


@pytest.fixture(scope="module")
def pool(spec: ActorSpec, orders: Path) -> Iterator[Pool]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rollouts.crew, "RolloutActor", _mortal(orders))
        with Pool(spec, PoolSettings(actors=2, chunk=CHUNK)) as made:
            yield made


@pytest.fixture(scope="module")
def weights(policy: Any) -> dict[str, np.ndarray]:
    return learning_weights(policy)


@pytest.fixture(scope="module")
def expected(
    spec: ActorSpec, weights: dict[str, np.ndarray]
) -> Callable[[int, list[Question], int], list[Group]]:
    """What one actor in this process makes of the same asks, chunk by chunk."""
    here = RolloutActor(spec, "here")

    def sample(step: int, questions: list[Question], version: int) -> list[Group]:
        from policies.weights import weights_hash

        here.load(weights, version, weights_hash(weights))
        asks = [Ask(step, index, question) for index, question in enumerate(questions)]
        chunks = [asks[i : i + CHUNK] for i in range(0, len(asks), CHUNK)]
        return [group for chunk in chunks for group in here.roll_out(chunk, version).groups]

    return sample


@pytest.fixture(scope="module")
def questions() -> Callable[..., list[Question]]:
    """``questions(count)``: some share a clip, one has none."""
    # Facts with a mapping, which cannot be hashed.
    facts = Facts(key="D major", metadata={"Genre": "chorale"})

    def make(count: int = 7) -> list[Question]:
        return [
            Question(
                f"q{i}",
                f"What is the key of excerpt {i}?",
                Clip(f"{i % 3}.wav") if i != 4 else None,
                answer="D major",
                facts=facts,
            )
            for i in range(count)
        ]

    return make


def _content(group: Group) -> tuple[Any, ...]:
    """All of a group but who sampled it and how long the rewards took."""
    return (
        (group.run, group.step, group.index, group.question, group.clip_sha256, group.clip_path),
        (group.prompt_ids, group.policy_version),
        [(r.sample, r.completion.ids, r.completion.text) for r in group.rollouts],
        [r.completion.logprobs_T.tobytes() for r in group.rollouts],
        [(r.completion.seed, r.completion.finish_reason) for r in group.rollouts],
        [
            [(name, p.value, p.weight, p.status, p.why, p.details) for name, p in parts.items()]
            for parts in (r.score.parts for r in group.rollouts)
        ],
    )


@pytest.fixture(scope="module")
def same() -> Callable[[list[Group], list[Group]], bool]:
    """Whether groups are equal, but for who sampled them and how long the rewards took."""
    return lambda found, wanted: [*map(_content, found)] == [*map(_content, wanted)]


@pytest.fixture
def settings(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """``settings(deadline=6.0)``: others for the rest of the test."""

    def change(**changes: Any) -> None:
        changed = replace(pool.settings, **changes)
        monkeypatch.setattr(pool, "settings", changed)
        monkeypatch.setattr(pool.crew, "settings", changed)

    return change
