"""Gradients of the actors: the bits of one process, whoever computes them and whoever dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

import rollouts.crew
from policies.audio_policy import AudioPolicy
from policies.learner import Learner
from policies.learner_settings import LearnerSettings
from policies.lora import Opening
from policies.records import Batch
from policies.sampling import SamplingSettings
from policies.weights import learning_weights
from rewards.errors import RolloutError
from rewards.rubric import Rubric
from rollouts.actor import ActorSpec, RolloutActor
from rollouts.placement import gpu_of, place
from rollouts.pool import Pool, PoolSettings
from rollouts.replay import replay
from rollouts.run import GrpoSpec, run_grpo

SHARED = LearnerSettings(learning_rate=1e-2, micro_tokens=120, shards=2, inner_updates=2)
Make = Callable[..., GrpoSpec]


@pytest.mark.usefixtures("here", "one_thread")
@pytest.mark.parametrize(
    "changes",
    [
        {"learner": SHARED},
        {"learner": replace(SHARED, kl_weight=0.1)},
        {"learner": replace(SHARED, kl_weight=0.1, checkpointing=True), "lora": {"rank": 2}},
        {"learner": replace(SHARED, freeze_encoder=True)},
    ],
    ids=["full weights", "reference", "adapter", "frozen encoder"],
)
def test_a_run_whose_actors_compute_the_gradients_is_replayed_in_one_process(
    run_spec: Make, changes: dict[str, Any]
) -> None:
    spec = run_spec(steps=2, gradients="actors", loop={"evaluate_every": 0}, **changes)
    run_grpo(spec)
    for step in range(2):
        checks = replay(spec, step)
        assert [check.difference for check in checks] == [None] * len(checks)
        assert [check.worst for check in checks] == [0.0] * len(checks)
        assert next(check.count for check in checks if check.name == "log-probs") > 0


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("orders")


@pytest.fixture(scope="module")
def pool(tiny_folder: Path, orders: Path) -> Iterator[Pool]:
    class Mortal(RolloutActor):
        """Dies once it has computed gradients, if so ordered; sent by value."""

        def gradients(self, shard: Any, version: int) -> Any:
            found = RolloutActor.gradients(self, shard, version)
            if (orders / "die").exists():
                (orders / "die").unlink()
                os.kill(os.getpid(), signal.SIGKILL)
            return found

    spec = ActorSpec(
        "run", 1, tiny_folder, None, orders, Rubric.of(["format"]), 2,
        SamplingSettings(max_new_tokens=2), learner=SHARED,
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rollouts.crew, "RolloutActor", Mortal)
        with Pool(spec, PoolSettings(actors=2)) as made:
            yield made


@pytest.mark.parametrize("dies", [False, True], ids=["all live", "one dies"])
def test_actors_give_the_bits_of_one_process(
    pool: Pool, orders: Path, open_tiny: Callable[..., AudioPolicy], batch: Batch, dies: bool
) -> None:
    torch.set_num_threads(1)
    here, there = open_tiny(), open_tiny()
    pool.publish(learning_weights(there), 3)
    made = pool.crew._made
    if dies:
        (orders / "die").touch()
    one = Learner(here, SHARED).update(batch)
    two = Learner(there, SHARED, elsewhere=pool).update(batch)
    assert pool.crew._made - made == dies
    assert (one.loss, one.grad_norm, one.kl) == (two.loss, two.grad_norm, two.kl)
    mine, theirs = learning_weights(here), learning_weights(there)
    assert all(mine[name].tobytes() == theirs[name].tobytes() for name in mine)


def test_what_a_step_reports_keeps_no_gradients_in_the_object_store(
    pool: Pool, open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    policy = open_tiny()
    pool.publish(learning_weights(policy), 5)
    report = Learner(policy, SHARED, elsewhere=pool).update(batch)
    rows = [row for group in report.logprobs for row in group]
    assert rows
    assert all(row.flags.writeable for row in rows), "what lies in the store is read-only"


def test_actors_compute_under_no_other_version(
    pool: Pool, open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    policy = open_tiny()
    pool.publish(learning_weights(policy), 4)
    pool._version = 5
    with pytest.raises(RolloutError, match="got version 4 and an objective, expected version 5"):
        Learner(policy, SHARED, elsewhere=pool).update(batch)


def test_the_gpu_of_a_learner_that_computes_is_left_to_it() -> None:
    assert {gpu_of(seat, 1, actors_learn=False) for seat in range(5)} == {0}
    for gpus in range(2, 9):
        seats = [gpu_of(seat, gpus, actors_learn=False) for seat in range(2 * gpus)]
        assert set(seats) == set(range(1, gpus))
        seats = [gpu_of(seat, gpus, actors_learn=True) for seat in range(2 * gpus)]
        assert all(seats.count(gpu) == 2 for gpu in range(gpus))


@pytest.mark.parametrize(("device", "gpus"), [("cuda", (2, 1)), ("cpu", (None, None))])
def test_each_actor_of_this_machine_is_told_its_gpu(
    tiny_folder: Path, monkeypatch: pytest.MonkeyPatch, device: str, gpus: tuple[int | None, ...]
) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    spec = ActorSpec(
        "run", 1, tiny_folder, None, tiny_folder, Rubric.of(["format"]), 2, SamplingSettings(),
        Opening(device=device),
    )  # fmt: skip
    learning = replace(spec, learner=SHARED)
    for one, gpu in zip((spec, learning), gpus, strict=True):
        assert place(one, 1, cluster=False) == (replace(one, gpu=gpu), {"num_cpus": 1})
