"""Replay: every step of a run comes out equal to the bit, and what was altered is named."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from policies.learner_settings import LearnerSettings
from rewards import registry
from rewards.asking.asker import unanswered
from rewards.errors import ReplayError
from rewards.records import Part, Score
from rewards.response import parse
from rewards.rubric import Rubric
from rollouts.journal import JournalWriter, read_rollouts, read_updates, rollouts_of
from rollouts.records import Group
from rollouts.replay import Check, check_scores, replay
from rollouts.run import GrpoSpec, run_grpo

pytestmark = pytest.mark.usefixtures("here")
Make = Callable[..., GrpoSpec]
NAMES = ["texts", "scores", "advantages", "log-probs", "loss", "gradient"]


def rewrite(run: Path, step: int, change: Callable[[Group], Group]) -> None:
    """Alter the journal as someone with the tools would: whole, with its digest."""
    groups = [change(group) for group in read_rollouts(run, step)]
    JournalWriter(run, "learner").write_rollouts(step, groups)


def of_rollout(group: Group, sample: int, **changes: Any) -> Group:
    rollouts = [
        replace(r, **changes) if r.sample == sample else r for r in group.rollouts
    ]  # fmt: skip
    return replace(group, rollouts=tuple(rollouts))


def differences(checks: list[Check]) -> dict[str, str]:
    assert [check.name for check in checks] == NAMES
    return {check.name: check.difference for check in checks if check.difference is not None}


def test_every_step_is_equal_to_the_bit(finished: GrpoSpec) -> None:
    for step in range(4):
        told: list[int] = []
        checks = replay(finished, step, tell=told.append)
        assert differences(checks) == {}
        assert [check.worst for check in checks] == [0.0] * len(NAMES)
        counts = {check.name: check.count for check in checks}
        assert (counts["texts"], counts["scores"], counts["advantages"]) == (9, 18, 9)
        assert counts["log-probs"] > 0
        assert told == list(range(step % 3)), "rolls forward from the nearest checkpoint"


def test_the_rollouts_of_a_step_are_read_once(
    finished: GrpoSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    def counted(run: Path, step: int, **given: Any) -> list[Group]:
        read.append(step)
        return rollouts_of(run, step, **given)

    monkeypatch.setattr("rollouts.replay.rollouts_of", counted)
    assert differences(replay(finished, 2)) == {}
    assert sorted(read) == [0, 1, 2]


def test_a_run_that_went_on_with_other_memory_or_processes_is_equal_to_the_bit(
    run_spec: Make,
) -> None:
    first = run_spec(steps=2, loop={"checkpoint_every": 9})
    shared = replace(first.learner, shards=3, micro_tokens=60, head_chunk=7)
    then = replace(first, learner=shared, loop=replace(first.loop, steps=4))
    run_grpo(first)
    run_grpo(then, resume=True)
    shutil.rmtree(first.run / "checkpoints" / "step_000002")
    for spec in (first, then):
        for step in range(4):
            assert [check.worst for check in replay(spec, step)] == [0.0] * len(NAMES)


def test_a_step_is_replayed_by_as_many_threads_as_it_was_learnt_by(run_spec: Make) -> None:
    learner = LearnerSettings(learning_rate=3e-3, micro_tokens=120, threads=2)
    spec = run_spec(steps=1, loop={"evaluate_every": 0}, learner=learner)
    run_grpo(spec)
    there = min(2, os.cpu_count() or 1)
    assert read_updates(spec.run, 0)[0].summary["threads"] == there
    elsewhere = replace(spec, learner=replace(learner, threads=1))
    assert {check.worst for check in replay(elsewhere, 0)} == {0.0}
    assert torch.get_num_threads() == there
    torch.set_num_threads(1)


def test_steps_are_reached_by_rolling_forward_where_checkpoints_are_gone(
    finished: GrpoSpec,
) -> None:
    shutil.rmtree(finished.run / "checkpoints" / "step_000003")
    shutil.rmtree(finished.run / "checkpoints" / "step_000004")
    told: list[int] = []
    checks = replay(finished, 3, tell=told.append)
    assert told == [0, 1, 2]
    assert [check.worst for check in checks] == [0.0] * len(NAMES)


def test_a_damaged_checkpoint_is_passed_over(
    finished: GrpoSpec, caplog: pytest.LogCaptureFixture
) -> None:
    weights = finished.run / "checkpoints" / "step_000003" / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    assert differences(replay(finished, 3)) == {}
    assert "skipped" in caplog.text


def test_an_adapter_with_kl_and_inner_updates_is_replayed(run_spec: Make) -> None:
    torch.set_num_threads(1)
    spec = run_spec(
        steps=2,
        lora={"rank": 2},
        learner=LearnerSettings(learning_rate=1e-2, kl_weight=0.1, inner_updates=2),
        loop={"evaluate_every": 0},
    )
    run_grpo(spec)
    for step in (0, 1):
        assert [check.worst for check in replay(spec, step)] == [0.0] * len(NAMES)


def test_a_control_with_shuffled_rewards_is_replayed(run_spec: Make) -> None:
    torch.set_num_threads(1)
    spec = run_spec(steps=1, loop={"evaluate_every": 0, "shuffle_seed": 3})
    run_grpo(spec)
    assert differences(replay(spec, 0)) == {}


def test_an_altered_text_is_named_even_where_it_scores_the_same(finished: GrpoSpec) -> None:
    def alter(group: Group) -> Group:
        if group.index != 1:
            return group
        completion = group.rollouts[2].completion
        return of_rollout(
            group, 2, completion=replace(completion, text=completion.text.upper() + "?")
        )

    rewrite(finished.run, 1, alter)
    found = differences(replay(finished, 1))
    assert "text of rollout run/1/1/2: got" in found["texts"]


def test_an_altered_score_is_named_with_what_it_moved(finished: GrpoSpec) -> None:
    def alter(group: Group) -> Group:
        if group.index != 1:
            return group
        parts = dict(group.rollouts[2].score.parts)
        parts["lettered"] = Part(0.987, 1.0, "scored")
        return of_rollout(group, 2, score=Score(parts))

    rewrite(finished.run, 1, alter)
    found = differences(replay(finished, 1))
    assert found["scores"].startswith("reward 'lettered' of rollout run/1/1/2: got ('scored', ")
    assert found["scores"].endswith("expected ('scored', 0.987)")
    assert found["advantages"].startswith("advantages of rollout 1/")
    assert "texts" not in found


def test_a_judge_is_not_asked_again_and_its_opinions_are_the_journals(
    make_group: Callable[..., Group],
) -> None:
    judge = {"first": "tempo", "url": "http://127.0.0.1:9/v1", "model": "m", "attempts": 1}
    rubric = Rubric.from_config(
        {"parts": {"judge": judge, "format": {}, "key": {"times": {"judge": 0.5}}}}
    )

    def recorded(value: float) -> Group:
        group = make_group()
        for i, rollout in enumerate(group.rollouts):
            said = Part(value, 1.0, "scored", f"the judge says: {i}")
            row = (group.question, parse(rollout.completion.text))
            (score,) = rubric.score_rows([row], {"judge": [said]})
            assert score.parts["judge"] == said
            group = of_rollout(group, i, score=score)
        return group

    check = check_scores([recorded(0.4), recorded(0.6)], rubric)
    assert (check.difference, check.taken) == (None, "judge as recorded")
    assert check.count == 16, "opinions are taken, not compared"
    assert unanswered() == {}, "nobody was asked"
    forged = of_rollout(make_group(), 0, score=Score({}))
    assert "reward 'format'" in (check_scores([forged], rubric).difference or "")


def test_a_score_that_became_an_error_is_named(finished: GrpoSpec) -> None:
    def alter(group: Group) -> Group:
        parts = dict(group.rollouts[0].score.parts)
        parts["lettered"] = Part(None, 1.0, "error", "altered")
        return of_rollout(group, 0, score=Score(parts)) if group.index == 0 else group

    rewrite(finished.run, 1, alter)
    found = differences(replay(finished, 1))
    assert "reward 'lettered' of rollout run/1/0/0" in found["scores"]


def test_an_altered_token_is_named(finished: GrpoSpec) -> None:
    taught = next(row for row in read_updates(finished.run, 2)[0].rows if row.dropped is None)

    def alter(group: Group) -> Group:
        if group.index != taught.group:
            return group
        completion = group.rollouts[taught.sample].completion
        ids = ((completion.ids[0] + 1) % 250, *completion.ids[1:])
        return of_rollout(group, taught.sample, completion=replace(completion, ids=ids))

    rewrite(finished.run, 2, alter)
    found = differences(replay(finished, 2))
    place = f"{taught.group}/{taught.sample}"
    assert f"log-probs of rollout {place}: got" in found["log-probs"]


@pytest.mark.parametrize("column", ["advantage", "logprobs_T"])
def test_an_altered_update_is_named(finished: GrpoSpec, column: str) -> None:
    (update,) = read_updates(finished.run, 1)
    victim = next(row for row in update.rows if row.dropped is None)
    value = getattr(victim, column)
    changed = np.nextafter(value, 9.0) if column == "advantage" else value - np.float32(0.01)
    rows = [replace(row, **{column: changed}) if row is victim else row for row in update.rows]
    JournalWriter(finished.run, "learner").write_update(1, rows, update.summary)
    name = "advantages" if column == "advantage" else "log-probs"
    found = differences(replay(finished, 1))
    assert list(found) == [name]
    assert found[name].startswith(f"{name} of rollout {victim.group}/{victim.sample}: got")


@pytest.mark.parametrize(("loss", "shown"), [(0.5, "0.5"), ("0.5", "'0.5'"), ("low", "'low'")])
def test_an_altered_loss_is_named(finished: GrpoSpec, loss: float | str, shown: str) -> None:
    (update,) = read_updates(finished.run, 1)
    summary = {**update.summary, "loss": loss, "grad_norm": None}
    JournalWriter(finished.run, "learner").write_update(1, update.rows, summary)
    found = differences(replay(finished, 1))
    assert "loss of the step: got" in found["loss"]
    assert f"expected {shown}" in found["loss"]
    assert "expected none" in found["gradient"]


def test_a_step_without_signal_is_replayed_as_version_0_1_0_wrote_it_too(
    run_spec: Make, own_rewards: None
) -> None:
    @registry.reward("constant")
    def constant(text: str) -> float:
        return 0.5

    spec = run_spec(steps=1, rubric={"parts": {"constant": {}}}, loop={"evaluate_every": 0})
    run_grpo(spec)
    assert differences(replay(spec, 0)) == {}
    (update,) = read_updates(spec.run, 0)
    old = {**update.summary, **dict.fromkeys(("loss", "grad_norm", "tokens", "entropy"), 0)}
    JournalWriter(spec.run, "learner").write_update(0, update.rows, old)
    assert differences(replay(spec, 0)) == {}


def test_a_row_without_a_partner_is_named(finished: GrpoSpec) -> None:
    (update,) = read_updates(finished.run, 1)
    JournalWriter(finished.run, "learner").write_update(1, update.rows[1:], update.summary)
    found = {check.name: check.difference for check in replay(finished, 1)}
    assert found["advantages"] == "rollout (0, 0) stands in one of the two only"


def test_a_step_of_which_the_metrics_tell_nothing_is_replayed(finished: GrpoSpec) -> None:
    """They are a view of the journal, which may be thinned out or lost."""
    (finished.run / "metrics.jsonl").unlink()
    assert differences(replay(finished, 1)) == {}


def test_another_writers_parts_are_not_the_runs(finished: GrpoSpec) -> None:
    for table in ("rollouts", "updates"):
        for name in ("aaa", "zzz"):
            step = finished.run / table / "step_000001"
            shutil.copy(step / "part-learner.parquet", step / f"part-{name}.parquet")
    (update, *_) = read_updates(finished.run, 1, writer="aaa")
    stranger = JournalWriter(finished.run, "aaa")
    stranger.write_update(1, update.rows[1:], {**update.summary, "loss": 0.5})
    groups = [replace(group, index=group.index + 7) for group in read_rollouts(finished.run, 1)]
    stranger.write_rollouts(1, groups)
    assert differences(replay(finished, 1)) == {}
    (finished.run / "updates" / "step_000001" / "part-learner.parquet").unlink()
    with pytest.raises(ReplayError, match="no update of step 1"):
        replay(finished, 1)


def test_rounding_within_the_tolerance_is_reported_and_passes(finished: GrpoSpec) -> None:
    (update,) = read_updates(finished.run, 0)
    summary = {**update.summary, "loss": update.summary["loss"] + 1e-6}
    JournalWriter(finished.run, "learner").write_update(0, update.rows, summary)
    checks = replay(finished, 0)
    assert differences(checks) == {}
    assert checks[4].worst == pytest.approx(1e-6, rel=1e-3)


def test_a_step_that_was_skipped_for_its_nan_replays_to_the_same_nan() -> None:
    from rollouts.replay import _compare

    nan = float("nan")
    assert _compare("loss", [("of the step", nan, nan)], tolerance=0.0).difference is None
    assert _compare("loss", [("of the step", 1.0, nan)], tolerance=9.0).difference is not None
    same = np.array([1.0, nan, np.inf])
    assert _compare("loss", [("x", same, same.copy())], tolerance=0.0).worst == 0.0
    assert _compare("loss", [("x", same[:2], same)], tolerance=9.0).difference is not None


@pytest.mark.parametrize(
    ("gone", "step", "sentence"),
    [
        ("", 9, "has no rollouts of step 9: expected one from 0 to 3; choose a step that was run"),
        ("rollouts/step_000001", 1, "has no rollouts of step 1"),
        ("rollouts/step_000000", 1, "has no rollouts of step 0"),
        ("updates/step_000001", 1, "has no update of step 1"),
        ("checkpoints", 1, "no whole checkpoint at or before step 1.*take the whole run folder"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence_before_a_policy_is_opened(
    finished: GrpoSpec, gone: str, step: int, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if gone:
        shutil.rmtree(finished.run / gone)
    monkeypatch.setattr("rollouts.replay.open_policy", lambda *_, **__: pytest.fail("opened"))
    with pytest.raises(ReplayError, match=sentence) as caught:
        replay(finished, step)
    assert "\n" not in str(caught.value)
