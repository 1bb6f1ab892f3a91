"""The object store nearly full: answers wait for room, and none is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rollouts.crew
from policies.sampling import SamplingSettings
from policies.weights import learning_weights
from rewards.records import Question
from rewards.rubric import Rubric
from rollouts.actor import ActorSpec, RolledOut, RolloutActor
from rollouts.crew import Losses
from rollouts.pool import Pool, PoolSettings
from rollouts.records import Group

STORE = 80 * 10**6  # bytes
ROW = 2**20  # float32 of a completion: 4 MiB
COUNT = 256


def _lavish(base: type[RolloutActor]) -> type[RolloutActor]:
    """An actor whose completions carry 4 MiB each; made here so that Ray sends it by value."""

    class Lavish(base):
        def roll_out(self, asks: Any, version: int) -> Any:
            found = base.roll_out(self, asks, version)
            return RolledOut([self._swollen(group) for group in found.groups], "")

        def _swollen(self, group: Group) -> Group:
            (rollout,) = group.rollouts
            values = np.full(ROW, group.index, np.float32)
            completion = replace(rollout.completion, logprobs_T=values)
            return replace(group, rollouts=(replace(rollout, completion=completion),))

    return Lavish


@pytest.mark.chaos
def test_a_gigabyte_of_answers_passes_through_a_store_of_80_megabytes(
    tiny_folder: Path, tmp_path: Path, policy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollouts.crew, "room_for", lambda spec, actors: STORE)
    monkeypatch.setattr(rollouts.crew, "RolloutActor", _lavish(RolloutActor))
    settings = SamplingSettings(max_new_tokens=2)
    spec = ActorSpec("run", 1, tiny_folder, None, tmp_path, Rubric.of(["format"]), 1, settings)
    with Pool(spec, PoolSettings(actors=2, chunk=1, deadline=60.0)) as pool:
        import ray  # not before Etude has started it

        assert ray.cluster_resources()["object_store_memory"] <= STORE
        pool.publish(learning_weights(policy), 0)
        asked = [Question(f"q{i}", "Which key?", answer="D major") for i in range(COUNT)]
        groups = pool.roll_out(0, asked, 0)
        values = [group.rollouts[0].completion.logprobs_T for group in groups]
        assert sum(row.nbytes for row in values) > 10**9
        assert [(row[0], row[-1], len(row)) for row in values] == [
            (i, i, ROW) for i in range(COUNT)
        ]
        assert (pool.crew.lost, pool.crew.restarts) == (Losses(), 0)
