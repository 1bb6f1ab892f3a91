"""Groups small enough to read, and runs small enough to repeat."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from policies.learner_settings import LearnerSettings
from policies.records import Completion
from policies.sampling import SamplingSettings
from policies.wav import write_wav
from rewards import registry
from rewards.records import Clip, Facts, Part, Question, Score, Verdict
from rewards.scorers import NAMES
from rollouts.curriculum import CurriculumSettings
from rollouts.pool import PoolSettings
from rollouts.records import Group, Rollout
from rollouts.run import GrpoSpec, run_grpo
from rollouts.train import LoopSettings


def _rollout(step: int, index: int, sample: int) -> Rollout:
    noise = np.random.default_rng([step, index, sample])
    length = 3 + sample
    completion = Completion(
        ids=tuple(int(i) for i in noise.integers(0, 500, length)),
        logprobs_T=-noise.random(length, dtype=np.float32),
        finish_reason="stop" if sample else "length",
        policy_version=step,
        seed=2**64 - 1 - sample,
        text=f"<think>ein Überlauf é 音</think><answer>{sample}</answer>",
    )
    parts = {
        "format": Part(0.1 + 0.2, 0.2, "scored", "both blocks"),
        "accuracy": Part(sample / 3, 1.0, "scored", "close", {"said": "D major"}, 1e-4),
        "tempo": Part(None, 1.0, "not_applicable"),
        "theory": Part(None, 0.5, "error" if sample == 2 else "not_applicable", "failed"),
    }
    return Rollout(sample, completion, Score(parts))


@pytest.fixture
def own_rewards() -> Iterator[None]:
    """Rewards that a test registers go with it; those of the library, which register once, stay."""
    before = {*registry._REWARDS, *NAMES}
    yield
    for name in registry._REWARDS.keys() - before:
        del registry._REWARDS[name]


@pytest.fixture
def make_group() -> Callable[..., Group]:
    """``make_group(step, index)``: four rollouts of a key question."""

    def make(step: int = 7, index: int = 0, **changes: object) -> Group:
        fields: dict = {
            "run": "run-a",
            "step": step,
            "index": index,
            "question": Question(
                id=f"q{index}",
                text="Which key?",
                clip=Clip("clips/a.wav", "ab" * 32, 0.5, 3.0),
                facet="key",
                choices=("D major", "B minor"),
                answer="D major",
                facts=Facts(key="D major", tempo=88.0, segments=((0.0, 1.5, "intro"),)),
            ),
            "clip_sha256": "ab" * 32,
            "clip_path": "clips/a.wav",
            "prompt_ids": (5, 9, 9, 2),
            "rollouts": tuple(_rollout(step, index, sample) for sample in range(4)),
            "policy_version": step,
            "actor": "actor-0",
        }
        return Group(**{**fields, **changes})

    return make


LETTERS = "aeiost"


@pytest.fixture
def lettered() -> Iterator[None]:
    """A registered reward that a babbling model can earn, with details.

    It is the share of characters that stand before the question's letter.
    """

    @registry.reward("lettered")
    def lettered(question: Question, response: Any) -> Verdict:
        count = sum(character < (question.answer or "") for character in response.text)
        value = count / max(1, len(response.text))
        return Verdict(value, f"{count} of {len(response.text)}", {"before": question.answer})

    yield
    del registry._REWARDS["lettered"]


@pytest.fixture
def run_spec(
    tiny_folder: Path, tmp_path: Path, sound: Any, lettered: None
) -> Callable[..., GrpoSpec]:
    """``run_spec(name, steps, **changes)``: a run of the small model in a folder of that name."""
    clips = tmp_path / "data"
    clips.mkdir()
    for seed in range(3):
        write_wav(clips / f"{seed}.wav", sound(seed, 0.5).samples_S)
    asked = [
        Question(
            f"q{i}",
            f"Excerpt {i}?",
            Clip(f"{i % 3}.wav"),
            answer=LETTERS[i % 6],
            topic=f"topic {i % 2}",
        )
        for i in range(9)
    ]

    def make(name: str = "run", steps: int = 4, **changes: Any) -> GrpoSpec:
        loop = {"groups": 3, "evaluate_every": 2, "checkpoint_every": 2}
        fields: dict[str, Any] = {
            "run": tmp_path / name,
            "seed": 3,
            "model": tiny_folder,
            "clips": clips,
            "questions": asked,
            "dev": asked[:3],
            "rubric": {"parts": {"lettered": {}, "format": {"weight": 0.1}}},
            "rows": 3,
            "sampling": SamplingSettings(max_new_tokens=6),
            "learner": LearnerSettings(learning_rate=3e-3, micro_tokens=120),
            "loop": LoopSettings(steps=steps, **(loop | changes.pop("loop", {}))),
            "pool": PoolSettings(chunk=2),
            "curriculum": CurriculumSettings(),
        }
        return GrpoSpec(**(fields | changes))

    return make


@pytest.fixture
def one_thread() -> None:
    """Sums in one order: runs repeat to the bit."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture
def stop_after() -> Callable[[int], Callable[[], bool]]:
    """``stop_after(steps)``: ``stop`` as Ctrl-C makes it; the loop asks before each step."""

    def make(steps: int) -> Callable[[], bool]:
        asked = iter(range(10_000))
        return lambda: next(asked) >= steps

    return make


@pytest.fixture
def bytes_of() -> Callable[[Path], dict[str, bytes]]:
    """``bytes_of(folder)``: every file below it by its path."""

    def read(folder: Path) -> dict[str, bytes]:
        return {str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}

    return read


def _plain(group: Group) -> dict:
    """A group as comparable values: the log-probs by their bits."""
    row = dataclasses.asdict(group)
    for rollout in row["rollouts"]:
        values = rollout["completion"]["logprobs_T"]
        rollout["completion"]["logprobs_T"] = (values.dtype.str, values.tobytes())
    return row


@pytest.fixture
def plain() -> Callable[[Group], dict]:
    """``plain(group)``: a group as comparable values."""
    return _plain


class _Skips(list):
    """Collects what a reader leaves out."""

    def __call__(self, path: Path, reason: str) -> None:
        self.append((path.name, reason))


@pytest.fixture
def skips() -> _Skips:
    """What a reader that is given it left out, with the reasons."""
    return _Skips()


@pytest.fixture(scope="session")
def _kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept") / "run"


@pytest.fixture
def finished(run_spec: Callable[..., GrpoSpec], one_thread: None, _kept: Path) -> GrpoSpec:
    """A run of four steps with a checkpoint after the first three, in a copy to be altered."""
    made = run_spec(loop={"evaluate_every": 0, "checkpoint_every": 3})
    if not _kept.exists():
        run_grpo(made)
        shutil.copytree(made.run, _kept)
    else:
        shutil.copytree(_kept, made.run)
    return made
