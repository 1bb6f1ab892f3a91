"""The loop: what is written when, and that what is rewarded becomes likelier."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

import rollouts.run
from policies.checkpoint_folder import published
from policies.learner import Learner
from policies.learner_settings import ROUNDING, LearnerSettings
from policies.lora import Opening
from policies.records import Batch, Update
from policies.sampling import SamplingSettings
from policies.seeds import generator
from rollouts.accounts import update_rows
from rollouts.journal import read_rollouts, read_updates
from rollouts.metrics import read_metrics
from rollouts.run import GrpoSpec, run_grpo

pytestmark = pytest.mark.usefixtures("here", "one_thread")
Make = Callable[..., GrpoSpec]


def test_the_journal_holds_the_rollouts_before_the_update_begins(
    run_spec: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec, seen = run_spec(steps=2), []
    update = Learner.update

    def watch(self: Learner, batch: Any) -> Any:
        seen.append((len(read_rollouts(spec.run, self.step)), read_updates(spec.run, self.step)))
        return update(self, batch)

    monkeypatch.setattr(Learner, "update", watch)
    run_grpo(spec)
    assert seen == [(3, []), (3, [])]


def test_each_rollout_has_its_row_of_the_update(run_spec: Make) -> None:
    spec = run_spec(steps=2)
    run_grpo(spec)
    for step in (0, 1):
        groups, (update,) = read_rollouts(spec.run, step), read_updates(spec.run, step)
        names = [(g.index, r.sample) for g in groups for r in g.rollouts]
        assert [(row.group, row.sample) for row in update.rows] == names
        rows = {(row.group, row.sample): row for row in update.rows}
        for group in groups:
            rewards_G = np.array([r.score.total for r in group.rollouts])
            for rollout in group.rollouts:
                row = rows[group.index, rollout.sample]
                if rewards_G.std() == 0:
                    assert (row.advantage, row.dropped) == (0.0, "zero variance")
                    continue
                assert row.dropped is None
                assert row.logprobs_T is not None
                assert len(row.logprobs_T) == len(rollout.completion.ids)
                assert np.sign(row.advantage) == np.sign(
                    round(rollout.score.total - rewards_G.mean(), 12)
                )
                gap = np.abs(row.logprobs_T - rollout.completion.logprobs_T)
                assert gap.max() < 1e-4, "sampler and learner hold other weights"


@pytest.mark.parametrize(("advantage", "dropped"), [(0.0, "zero variance"), (1.0, "truncated")])
def test_a_group_that_was_not_learnt_from_says_why(
    make_group: Make, advantage: float, dropped: str
) -> None:
    group = make_group()
    judged = [rollout for rollout in group.rollouts if rollout.score.total is not None]
    completions = tuple(rollout.completion for rollout in judged)
    batch = Batch((), (completions,), (np.full(len(judged), advantage),))
    rows = update_rows([group], batch, Update.nothing(0.1, groups=1))
    assert len(rows) == len(group.rollouts)
    assert [row.dropped for row in rows if row.advantage is not None] == [dropped] * len(judged)


@pytest.mark.parametrize("masked", [True, False])
def test_a_truncated_rollout_of_a_group_that_teaches_is_journaled_as_such(
    run_spec: Make, masked: bool
) -> None:
    spec = run_spec(
        steps=1, loop={"evaluate_every": 0, "groups": 6},
        sampling=SamplingSettings(max_new_tokens=6, stop=("e", "a", "i")),
        learner=LearnerSettings(micro_tokens=120, mask_truncated=masked),
    )  # fmt: skip
    run_grpo(spec)
    [update] = read_updates(spec.run, 0)
    rows = {(row.group, row.sample): row for row in update.rows if row.logprobs_T is not None}
    learnt: dict[str, set[str | None]] = {}
    for group in read_rollouts(spec.run, 0):
        for rollout in group.rollouts:
            if row := rows.get((group.index, rollout.sample)):
                learnt.setdefault(rollout.completion.finish_reason, set()).add(row.dropped)
    assert learnt == {"stop": {None}, "length": {"truncated" if masked else None}}


def test_no_two_rollouts_are_drawn_alike_within_a_run_nor_in_another(run_spec: Make) -> None:
    drawn: list[int] = []
    for name, seed in (("one", 3), ("other", 4)):
        spec = run_spec(name, steps=2, seed=seed, dev=[], loop={"evaluate_every": 0})
        run_grpo(spec)
        groups = [group for step in range(2) for group in read_rollouts(spec.run, step)]
        drawn += [r.completion.seed for group in groups for r in group.rollouts]
    assert len(drawn) == len({*drawn}) == 2 * 2 * 3 * 3


def test_details_of_verdicts_survive_the_journal(run_spec: Make) -> None:
    spec = run_spec(steps=1)
    run_grpo(spec)
    for group in read_rollouts(spec.run, 0):
        for rollout in group.rollouts:
            details = rollout.score.parts["lettered"].details
            assert details == {"before": group.question.answer}


def test_learner_evaluation_and_actors_hold_the_weights_as_the_run_says(
    run_spec: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = Opening(dtype="bfloat16", fine_head=False, suffix="Say a letter.")
    spec = run_spec(steps=1, opening=opening)
    heads = []
    update, evaluate = Learner.update, rollouts.run.evaluate

    def watch_update(self: Learner, batch: Any) -> Any:
        heads.append(self.policy.head)
        return update(self, batch)

    def watch_evaluate(policy: Any, *args: Any, **given: Any) -> Any:
        heads.append(policy.head)
        return evaluate(policy, *args, **given)

    monkeypatch.setattr(Learner, "update", watch_update)
    monkeypatch.setattr(rollouts.run, "evaluate", watch_evaluate)
    run_grpo(spec)
    assert [(head.fine, head.weight.dtype) for head in heads] == [(False, torch.bfloat16)] * 3
    plain = run_spec("plain", steps=1)
    run_grpo(plain)
    longer, shorter = (len(read_rollouts(s.run, 0)[0].prompt_ids) for s in (spec, plain))
    assert longer > shorter, "the actors append the suffix"


def test_steps_are_numbered_from_zero_and_states_by_the_steps_behind_them(run_spec: Make) -> None:
    spec, told = run_spec(), []
    run_grpo(spec, tell=lambda line, at: told.append(at.step))
    lines = read_metrics(spec.run / "metrics.jsonl")
    assert [x["step"] for x in lines if x["stage"] == "grpo"] == [0, 1, 2, 3]
    assert [x["step"] for x in lines if x["stage"] == "grpo_eval"] == [0, 2, 4]
    assert told == [1, 2, 3, 4]
    assert [p.name for p in sorted((spec.run / "rollouts").iterdir())] == [
        f"step_00000{i}" for i in range(4)
    ]
    assert [f.name for f in published(spec.run / "checkpoints")] == [
        f"step_00000{i}" for i in (0, 2, 4)
    ]
    versions = [read_rollouts(spec.run, step)[0].policy_version for step in range(4)]
    assert versions == [0, 1, 2, 3]


def test_a_line_of_the_metrics_says_what_a_step_was(run_spec: Make) -> None:
    spec = run_spec(steps=1)
    run_grpo(spec)
    _, line, _ = read_metrics(spec.run / "metrics.jsonl")
    groups, (update,) = read_rollouts(spec.run, 0), read_updates(spec.run, 0)
    totals = [r.score.total for g in groups for r in g.rollouts]
    assert line["reward"] == pytest.approx(np.mean(totals))
    assert set(line["parts"]) == {"lettered", "format"}
    assert line["zero_variance"] == np.mean(
        [len({r.score.total for r in g.rollouts}) == 1 for g in groups]
    )
    assert line["truncated"] == np.mean(
        [r.completion.finish_reason == "length" for g in groups for r in g.rollouts]
    )
    assert line["sampler_gap"] < 1e-4
    scalars = dict(update.summary)
    rounding = {name: scalars.pop(name) for name in ROUNDING}
    assert {k: line[k] for k in scalars} == scalars
    assert rounding.pop("threads") == 1, "those that it had, for it was told none"
    assert rounding == {name: getattr(spec.learner, name) for name in rounding}
    assert set(line["seconds"]) == {"sample", "score", "learn"}
    assert line["seconds"]["sample"] == pytest.approx(3 * line["seconds"]["score"])
    by_group = [[r.score.total for r in g.rollouts] for g in groups]
    assert line["reward_std"] == pytest.approx(np.std(totals))
    assert line["reward_group_std"] == pytest.approx(np.mean([np.std(own) for own in by_group]))
    lengths = [len(r.completion.ids) for g in groups for r in g.rollouts]
    assert line["length"] == {"mean": pytest.approx(np.mean(lengths)), "max": max(lengths)}
    drawn = np.concatenate([r.completion.logprobs_T for g in groups for r in g.rollouts])
    assert line["surprisal"] == pytest.approx(-drawn.mean(), rel=1e-5)
    assert line["tokens_per_second"] * line["seconds"]["sample"] == pytest.approx(sum(lengths))
    assert line["clip_low"] + line["clip_high"] == line["clip_fraction"]


def test_rewards_really_teach_and_shuffled_ones_are_a_permutation(run_spec: Make) -> None:
    spec = run_spec("plain", steps=1)
    run_grpo(spec)
    control = run_spec("control", steps=1, loop={"shuffle_seed": 3})
    run_grpo(control)
    (plain,), (dealt,) = read_updates(spec.run, 0), read_updates(control.run, 0)
    moved = 0
    for group in range(3):
        ours = [row.advantage for row in plain.rows if row.group == group]
        theirs = [row.advantage for row in dealt.rows if row.group == group]
        assert sorted(ours) == pytest.approx(sorted(theirs))
        assert theirs == pytest.approx(generator(3, "shuffle", 0, group).permutation(ours))
        moved += ours != theirs
    assert moved
    scores = [[r.score.total for r in g.rollouts] for g in read_rollouts(control.run, 0)]
    assert scores == [[r.score.total for r in g.rollouts] for g in read_rollouts(spec.run, 0)]


def test_the_loop_raises_what_is_rewarded(run_spec: Make) -> None:
    spec = run_spec(
        steps=25, rows=6, dev=[], loop={"evaluate_every": 0, "checkpoint_every": 0, "groups": 4},
        learner=LearnerSettings(learning_rate=1e-2),
        questions=[replace(q, answer="e") for q in run_spec("other").questions],
    )  # fmt: skip
    run_grpo(spec)
    rewards = [line["parts"]["lettered"] for line in read_metrics(spec.run / "metrics.jsonl")]
    assert np.mean(rewards[-5:]) > np.mean(rewards[:5]) + 0.25


def test_a_state_is_json_that_anyone_can_read(run_spec: Make) -> None:
    spec = run_spec(steps=2)
    run_grpo(spec)
    state = json.loads((spec.run / "checkpoints/step_000002/state.json").read_text())
    assert state["progress"]["step"] == state["learner_step"] == 2
    assert sum(state["curriculum"]["asked"].values()) == 6
