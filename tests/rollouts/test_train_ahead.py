"""The loop, a step ahead: sampled while the step before is learnt from, by older weights."""

from __future__ import annotations

import shutil
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from policies.learner import Learner
from policies.learner_settings import LearnerSettings
from rewards import registry
from rewards.errors import CheckpointError, ConfigError, RewardError, RolloutError
from rollouts.actor import RolloutActor
from rollouts.beside import Beside
from rollouts.journal import read_rollouts, read_updates
from rollouts.metrics import read_metrics
from rollouts.replay import replay
from rollouts.run import GrpoSpec, run_grpo

pytestmark = pytest.mark.usefixtures("here", "one_thread")
Make = Callable[..., GrpoSpec]


@pytest.fixture
def ahead(run_spec: Make) -> Make:
    """``run_spec`` of a run with a staleness of 1."""
    learner = LearnerSettings(learning_rate=3e-3, micro_tokens=120, importance="token_truncate")
    return partial(run_spec, learner=learner, loop={"staleness": 1, "evaluate_every": 0})


def test_every_step_but_the_first_is_sampled_by_weights_that_lack_one_update(ahead: Make) -> None:
    spec = ahead()
    run_grpo(spec)
    versions = [{g.policy_version for g in read_rollouts(spec.run, step)} for step in range(4)]
    assert versions == [{0}, {0}, {1}, {2}]
    lines = [line for line in read_metrics(spec.run / "metrics.jsonl") if line["stage"] == "grpo"]
    assert [line["staleness"] for line in lines] == [0, 1, 1, 1]
    assert lines[0]["sampler_gap"] < 1e-4 < lines[1]["sampler_gap"]
    assert not read_rollouts(spec.run, 4), "nothing is sampled that nobody learns from"


def test_what_is_learnt_is_weighed_by_both_policies(ahead: Make) -> None:
    spec = ahead()
    run_grpo(spec)
    by_ids = {(r.group, r.sample): r for r in read_updates(spec.run, 2)[0].rows}
    ratios = [row.ratio_max for row in by_ids.values() if row.ratio_max is not None]
    assert max(abs(ratio - 1) for ratio in ratios) > 1e-3, "the weights had moved"
    for group in read_rollouts(spec.run, 2):
        for rollout in group.rollouts:
            row = by_ids[group.index, rollout.sample]
            if row.logprobs_T is not None:
                weight = np.exp(row.logprobs_T.astype(float) - rollout.completion.logprobs_T)
                assert row.ratio_mean == pytest.approx(weight.mean())


def test_a_step_is_sampled_while_the_one_before_it_is_learnt_from(
    ahead: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = [threading.Event() for _ in range(3)]
    roll_out, update = RolloutActor.roll_out, Learner.update

    def sampled(self: RolloutActor, asks: Any, version: int) -> Any:
        begun[asks[0].step].set()
        return roll_out(self, asks, version)

    def learnt(self: Learner, batch: Any) -> Any:
        assert all(event.wait(timeout=20) for event in begun[: self.step + 2]), "nobody samples"
        return update(self, batch)

    monkeypatch.setattr(RolloutActor, "roll_out", sampled)
    monkeypatch.setattr(Learner, "update", learnt)
    assert run_grpo(ahead(steps=3)).step == 3


def test_every_step_is_replayed_to_the_bit(ahead: Make) -> None:
    spec = ahead()
    run_grpo(spec)
    for step in range(4):
        found = replay(spec, step)
        assert [check.difference for check in found] == [None] * 6
        assert {check.worst for check in found} == {0.0}


def test_a_run_without_the_rollouts_that_it_goes_on_with_is_refused(ahead: Make) -> None:
    spec = ahead()
    stopped = iter([False, False, True])
    run_grpo(spec, stop=lambda: next(stopped))
    shutil.rmtree(spec.run / "rollouts" / "step_000002")
    with pytest.raises(CheckpointError, match=r"goes on with rollouts of step 2 .* got none in"):
        run_grpo(spec, resume=True)


def test_another_staleness_is_another_run(ahead: Make) -> None:
    spec = ahead(steps=2)
    run_grpo(spec, stop=iter([False, True]).__next__)
    with pytest.raises(CheckpointError, match=r"loop.staleness: got None, expected 1"):
        run_grpo(replace(spec, loop=replace(spec.loop, staleness=0)), resume=True)


def test_a_mended_reward_judges_what_it_is_told_to_judge(ahead: Make, tmp_path: Path) -> None:
    mine = tmp_path / "mine.py"
    mine.write_text("def vowels(text):\n    return sum(c in 'aeiou' for c in text) / len(text)\n")
    spec = ahead(rubric={"parts": {"own": {"reward": f"{mine}:vowels"}, "lettered": {}}})
    run_grpo(spec, stop=iter([False, False, True]).__next__)
    mine.write_text("def vowels(text):\n    return sum(c in 'aeiouy' for c in text) / len(text)\n")
    run_grpo(spec, resume=True, accept_rewards=True)
    lines = [line for line in read_metrics(spec.run / "metrics.jsonl") if line["stage"] == "grpo"]
    files = [line["reward_files"]["own"] for line in lines]
    assert files[0] == files[1] != files[2] == files[3]
    assert [line["staleness"] for line in lines] == [0, 1, 0, 1], "what was ahead is sampled anew"
    for step in range(4):
        assert [check.difference for check in replay(spec, step)] == [None] * 6


def test_a_mended_reward_that_fails_can_be_taken_back(ahead: Make, tmp_path: Path) -> None:
    mine = tmp_path / "mine.py"
    before = "def vowels(text):\n    return sum(c in 'aeiou' for c in text) / len(text)\n"
    mine.write_text(before)
    spec = ahead(rubric={"parts": {"own": {"reward": f"{mine}:vowels"}, "lettered": {}}})
    run_grpo(spec, stop=iter([False, False, True]).__next__)
    mine.write_text("def vowels(text):\n    return 1 / 0\n")
    with pytest.raises(RewardError, match="failed on 9 of 9 rollouts"):
        run_grpo(spec, resume=True, accept_rewards=True)
    mine.write_text(before)
    assert run_grpo(spec, resume=True).step == 4
    for step in range(4):
        assert [check.difference for check in replay(spec, step)] == [None] * 6


def test_what_failed_for_a_while_is_judged_again_by_a_run_that_goes_on(
    ahead: Make, own_rewards: None
) -> None:
    """As a judge whose server is down; it fails of a step that is sampled ahead."""
    down: list[int] = []

    @registry.reward("served")
    def served(text: str) -> float:
        if down:
            raise ConnectionError("no answer")
        return sum(c < "m" for c in text) / max(1, len(text))

    spec = ahead(rubric={"parts": {"served": {}}}, loop={"staleness": 1, "checkpoint_every": 1})
    with pytest.raises(RewardError, match="ConnectionError: no answer"):
        run_grpo(spec, tell=lambda line, at: down.append(at.step))
    assert down == [1]
    down.clear()
    assert run_grpo(spec, resume=True).step == 4


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"gradients": "actors"}, r"cannot sample meanwhile: .* set grpo.gradients=learner"),
        ({"learner": LearnerSettings()}, r"must be weighed: .* grpo.importance=token_truncate"),
    ],
)
def test_what_does_not_go_with_it_is_refused(
    ahead: Make, change: dict[str, Any], named: str
) -> None:
    spec = ahead()
    with pytest.raises(ConfigError, match=named):
        replace(spec, **change)


def test_an_update_that_fails_is_what_is_raised_and_the_sampling_is_given_up(
    ahead: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Learner, batch: Any) -> Any:
        raise RolloutError("no memory")

    monkeypatch.setattr(Learner, "update", fail)
    with pytest.raises(RolloutError, match="no memory"):
        run_grpo(ahead())


def test_what_runs_beside_ends_before_the_body_is_left() -> None:
    given_up = threading.Event()
    with pytest.raises(ZeroDivisionError), Beside(given_up.wait, given_up.set):
        _ = 1 / 0
    assert given_up.is_set()

    def fails() -> None:
        raise RolloutError("an actor died")

    done = []
    with pytest.raises(RolloutError, match="an actor died"), Beside(fails):
        done.append("the body")
    assert done == ["the body"]
    told = threading.Event()
    with Beside(lambda: 2, told.set) as two:
        pass
    assert (two.answer, told.is_set()) == (2, False), "what ended by itself is not told to"
    with Beside(None) as nothing:
        pass
    assert nothing.answer is None


def test_a_second_ctrl_c_ends_the_wait_for_what_runs_beside() -> None:
    """The first one lets the step end; actors may take minutes over the one after it."""
    left, given_up = threading.Event(), threading.Event()

    def sampling() -> bool:
        assert left.wait(20)
        time.sleep(0.1)  # until it is waited for
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        return given_up.wait(5)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job of a shell has none
    try:
        with pytest.raises(KeyboardInterrupt), Beside(sampling, given_up.set):
            left.set()
    finally:
        signal.signal(signal.SIGINT, before)
    assert given_up.is_set()
