"""A run's worth of groups small enough to read."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from policies.records import Completion
from rewards.records import Clip, Facts, Part, Question, Score
from rollouts.records import Group, Rollout


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
