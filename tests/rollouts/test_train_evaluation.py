"""The loop: which checkpoint is the best, and when evaluations end a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from policies import checkpoint
from policies.accuracy import Accuracy
from policies.checkpoint_folder import published
from policies.lora import open_policy
from rollouts.run import GrpoSpec, best_checkpoint, run_grpo

pytestmark = pytest.mark.usefixtures("here", "one_thread")
Make = Callable[..., GrpoSpec]
BytesOf = Callable[[Path], dict[str, bytes]]


def _scripted(monkeypatch: pytest.MonkeyPatch, accuracies: list[float]) -> None:
    found = iter(accuracies)
    monkeypatch.setattr("rollouts.run.evaluate", lambda *args, **kwargs: None)
    monkeypatch.setattr(
        "rollouts.run.accuracy_by_topic", lambda rows: Accuracy(next(found), {"key": 0.5})
    )


def test_the_best_checkpoint_outlives_later_ones(
    run_spec: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    _scripted(monkeypatch, [0.1, 0.2, 0.6, 0.5, 0.6, 0.1, 0.3])
    spec = run_spec(steps=6, loop={"evaluate_every": 1, "checkpoint_every": 1})
    progress = run_grpo(spec)
    assert (progress.best_step, progress.best_accuracy, progress.stale) == (2, 0.6, 4)
    assert best_checkpoint(spec.run, progress).name == "step_000002"
    names = [f.name for f in published(spec.run / "checkpoints")]
    assert names == [f"step_00000{i}" for i in (0, 2, 5, 6)]


def test_the_best_is_kept_though_no_checkpoint_was_due(
    run_spec: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    _scripted(monkeypatch, [0.1, 0.6, 0.2, 0.3])
    spec = run_spec(steps=3, loop={"evaluate_every": 1, "checkpoint_every": 0})
    assert best_checkpoint(spec.run, run_grpo(spec)).name == "step_000001"
    names = [f.name for f in published(spec.run / "checkpoints")]
    assert names == [f"step_00000{i}" for i in (0, 1, 3)]


def test_checkpoints_of_every_so_many_steps_stay_of_a_run_that_goes_on_too(
    run_spec: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    _scripted(monkeypatch, [0.5, *9 * [0.4]])
    often = {"evaluate_every": 1, "checkpoint_every": 1, "keep_every": 3}
    run_grpo(run_spec(steps=5, loop=often))
    spec = run_spec(steps=8, loop=often)
    run_grpo(spec, resume=True)
    names = [f.name for f in published(spec.run / "checkpoints")]
    assert names == [f"step_00000{i}" for i in (0, 3, 6, 7, 8)]


def test_the_start_is_the_best_checkpoint_of_a_run_that_never_beats_it(
    run_spec: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    _scripted(monkeypatch, [0.5, 0.4, 0.5])
    spec = run_spec(steps=2, loop={"evaluate_every": 1, "checkpoint_every": 1})
    progress = run_grpo(spec)
    assert (progress.best_step, progress.best_accuracy, progress.stale) == (0, 0.5, 2)
    assert best_checkpoint(spec.run, progress).name == "step_000000"


def test_patience_ends_a_run_and_going_on_does_not_begin_it_again(
    run_spec: Make, bytes_of: BytesOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    _scripted(monkeypatch, [0.1, 0.5, 0.4, 0.3])
    spec = run_spec(steps=9, loop={"evaluate_every": 1, "checkpoint_every": 5, "patience": 2})
    assert run_grpo(spec).step == 3
    assert checkpoint.latest(spec.run / "checkpoints").name == "step_000003"
    before = bytes_of(spec.run)
    assert run_grpo(spec, resume=True).step == 3
    assert bytes_of(spec.run) == before


def test_without_evaluations_and_checkpoints_the_last_state_is_kept(run_spec: Make) -> None:
    spec = run_spec(steps=3, dev=[], loop={"evaluate_every": 0, "checkpoint_every": 0})
    progress = run_grpo(spec)
    names = [f.name for f in published(spec.run / "checkpoints")]
    assert names == ["step_000000", "step_000003"]
    assert best_checkpoint(spec.run, progress).name == "step_000003"
    policy = open_policy(best_checkpoint(spec.run, progress))
    assert policy.model.config.model_type == "musicflamingo"
