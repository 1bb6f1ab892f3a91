"""The loop: what is written when, and that stopping anywhere changes nothing."""

from __future__ import annotations

import json
import logging
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import rollouts.run
from policies import checkpoint
from policies.learner import Learner, LearnerSettings
from policies.lora import Opening, open_policy
from policies.seeds import generator
from rewards import registry
from rewards.errors import CheckpointError, ConfigError, DeafError, RewardError, RolloutError
from rewards.records import Question, Verdict
from rollouts.journal import JournalWriter, read_rollouts, read_updates
from rollouts.metrics import read_metrics
from rollouts.run import GrpoSpec, best_checkpoint, run_grpo
from rollouts.train import Progress, heed

pytestmark = pytest.mark.usefixtures("here")
Make = Callable[..., GrpoSpec]


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def failing() -> Iterator[None]:
    """A reward with a bug that shows on every third completion."""
    calls = count()

    @registry.reward("failing")
    def failing(question: Question, response: Any) -> Verdict:
        if next(calls) % 3 == 1:
            raise ZeroDivisionError("nothing by nothing")
        return Verdict(len(response.text) / 100)

    yield
    del registry._REWARDS["failing"]


def stop_after(steps: int) -> Callable[[], bool]:
    """``stop`` as Ctrl-C makes it: the loop asks before each step."""
    asked = iter(range(10_000))
    return lambda: next(asked) >= steps


def metrics(run: Path) -> list[dict[str, Any]]:
    lines = read_metrics(run / "metrics.jsonl")
    clocks = ("seconds", "part_ms")
    return [{key: value for key, value in line.items() if key not in clocks} for line in lines]


def content(run: Path) -> dict[str, Any]:
    """Everything in a run folder that must not depend on how often it was stopped.

    Seconds are left out, and who sampled, and of the checkpoints those between
    the first and the last: stopping makes one more.
    """
    found: dict[str, Any] = {"metrics": metrics(run)}
    for step in range(100):
        for group in read_rollouts(run, step):
            found[group.name] = (
                [(r.completion.ids, r.completion.text) for r in group.rollouts],
                [r.completion.logprobs_T.tobytes() for r in group.rollouts],
                [[(n, p.value, p.why, p.details) for n, p in r.score.parts.items()]
                 for r in group.rollouts],
            )  # fmt: skip
        for update in read_updates(run, step):
            found[f"update {step}"] = (
                dict(update.summary),
                [
                    (r.group, r.sample, r.advantage, r.dropped, r.ratio_mean,
                     None if r.logprobs_T is None else r.logprobs_T.tobytes())
                    for r in update.rows
                ],
            )  # fmt: skip
    folders = checkpoint.published(run / "checkpoints")
    for folder in (folders[0], folders[-1]):
        files = checkpoint.verify(folder).files
        found[folder.name] = {name: file.blake2b for name, file in files.items()}
    return found


_WHOLE: dict[str, Any] = {}


@pytest.fixture
def whole(run_spec: Make) -> dict[str, Any]:
    """What an uninterrupted run of four steps leaves; computed once."""
    if not _WHOLE:
        spec = run_spec("name/whole")  # a run is called by the last part of its path
        run_grpo(spec)
        _WHOLE.update(content(spec.run))
    return _WHOLE


# --- what is written ---------------------------------------------------------------------


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
    assert [(head.fine, head.weight.dtype) for head in heads] == [(False, torch.bfloat16)] * 2
    plain = run_spec("plain", steps=1)
    run_grpo(plain)
    longer, shorter = (len(read_rollouts(s.run, 0)[0].prompt_ids) for s in (spec, plain))
    assert longer > shorter, "the actors append the suffix"


def test_steps_are_numbered_from_zero_and_states_by_the_steps_behind_them(run_spec: Make) -> None:
    spec, told = run_spec(), []
    run_grpo(spec, tell=lambda line, at: told.append(at.step))
    lines = metrics(spec.run)
    assert [x["step"] for x in lines if x["stage"] == "grpo"] == [0, 1, 2, 3]
    assert [x["step"] for x in lines if x["stage"] == "grpo_eval"] == [2, 4]
    assert told == [1, 2, 3, 4]
    assert [p.name for p in sorted((spec.run / "rollouts").iterdir())] == [
        f"step_00000{i}" for i in range(4)
    ]
    assert [f.name for f in checkpoint.published(spec.run / "checkpoints")] == [
        f"step_00000{i}" for i in (0, 2, 4)
    ]
    versions = [read_rollouts(spec.run, step)[0].policy_version for step in range(4)]
    assert versions == [0, 1, 2, 3]


def test_a_line_of_the_metrics_says_what_a_step_was(run_spec: Make) -> None:
    spec = run_spec(steps=1)
    run_grpo(spec)
    line, _ = read_metrics(spec.run / "metrics.jsonl")
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
    assert {k: line[k] for k in update.summary} == dict(update.summary)
    assert set(line["seconds"]) == {"sample", "learn"}


# --- stopping and going on ---------------------------------------------------------------


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_stopping_at_any_step_changes_nothing(
    run_spec: Make, whole: dict[str, Any], steps: int
) -> None:
    spec = run_spec("stopped/whole")
    progress = run_grpo(spec, stop=stop_after(steps))
    assert progress.step == steps
    assert checkpoint.latest(spec.run / "checkpoints").name == checkpoint.step_name(steps)
    assert run_grpo(spec, resume=True).step == 4
    assert content(spec.run) == whole


@pytest.mark.parametrize("where", ["update", "write_update", "save", "evaluate"])
def test_a_crash_within_a_step_changes_nothing(
    run_spec: Make, whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    class Crash(Exception):
        pass

    spec = run_spec("crashed/whole")
    calls = []

    def crash_at(call: int, real: Any) -> Any:
        def crash(*args: Any, **kwargs: Any) -> Any:
            calls.append(where)
            if len(calls) == call:
                raise Crash
            return real(*args, **kwargs)

        return crash

    with monkeypatch.context() as patch:
        if where == "update":
            patch.setattr(Learner, "update", crash_at(4, Learner.update))
        elif where == "write_update":
            real = JournalWriter.write_update
            patch.setattr(JournalWriter, "write_update", crash_at(2, real))
        elif where == "save":
            patch.setattr("policies.manifest.seal", None)
            patch.setattr("policies.checkpoint.seal", crash_at(2, checkpoint.seal))
        else:
            patch.setattr(rollouts.run, "evaluate", crash_at(2, rollouts.run.evaluate))
        with pytest.raises(Crash):
            run_grpo(spec)
    run_grpo(spec, resume=True)
    assert content(spec.run) == whole


def test_kill_9_in_the_middle_of_a_step_changes_nothing(
    run_spec: Make, whole: dict[str, Any]
) -> None:
    spec = run_spec("killed/whole")
    child = os.fork()
    if child == 0:
        update = Learner.update

        def killed(self: Learner, batch: Any) -> Any:
            found = update(self, batch)
            if self.step == 4:
                os.kill(os.getpid(), signal.SIGKILL)
            return found

        Learner.update = killed  # type: ignore[method-assign]  # only in the child
        try:
            run_grpo(spec)
        finally:
            os._exit(3)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert read_updates(spec.run, 2)
    assert read_rollouts(spec.run, 3)
    assert not read_updates(spec.run, 3)
    run_grpo(spec, resume=True)
    assert content(spec.run) == whole


def test_an_adapter_resumes_as_well(run_spec: Make) -> None:
    lora = {"rank": 2, "alpha": 4.0, "targets": ("q_proj", "v_proj")}
    spec = run_spec("one/whole", lora=lora)
    run_grpo(spec)
    other = run_spec("two/whole", lora=lora)
    run_grpo(other, stop=stop_after(3))
    run_grpo(other, resume=True)
    assert content(other.run) == content(spec.run)


def test_two_runs_with_one_seed_are_equal_and_another_seed_is_not(
    run_spec: Make, whole: dict[str, Any]
) -> None:
    again, another = run_spec("again/whole"), run_spec("another/whole", seed=4)
    run_grpo(again)
    run_grpo(another)
    assert content(again.run) == whole
    assert content(another.run)["metrics"] != whole["metrics"]


def test_going_on_with_a_finished_run_does_nothing(run_spec: Make) -> None:
    spec = run_spec(steps=2)
    run_grpo(spec)
    before = _bytes(spec.run)
    told: list[int] = []
    progress = run_grpo(spec, resume=True, tell=lambda line, at: told.append(at.step))
    assert (progress.step, told) == (2, [])
    assert _bytes(spec.run) == before


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_damaged_newest_checkpoint_is_passed_over_and_made_again(
    run_spec: Make, whole: dict[str, Any]
) -> None:
    spec = run_spec("damaged/whole")
    run_grpo(spec)
    newest = spec.run / "checkpoints" / checkpoint.step_name(4) / "model.safetensors"
    data = bytearray(newest.read_bytes())
    data[-3] ^= 1
    newest.write_bytes(data)
    assert run_grpo(spec, resume=True).step == 4
    assert content(spec.run) == whole
    assert best_checkpoint(spec.run, run_grpo(spec, resume=True)).exists()


# --- refusals ----------------------------------------------------------------------------


def _other_answer(spec: GrpoSpec) -> dict[str, Any]:
    return {"questions": [replace(spec.questions[0], answer="x"), *spec.questions[1:]]}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda spec: {"seed": 4}, "seed: got 4, expected 3"),
        (lambda spec: {"rows": 4}, "group_size: got 4, expected 3"),
        (lambda spec: {"loop": replace(spec.loop, groups=4)}, "groups: got 4, expected 3"),
        (lambda spec: {"pool": replace(spec.pool, chunk=3)}, "chunk: got 3, expected 2"),
        (lambda spec: {"questions": spec.questions[1:]}, r"questions: got 8 \("),
        (lambda spec: {"questions": spec.questions[::-1]}, r"questions: got 9 \("),
        (_other_answer, r"questions: got 9 \("),
        (lambda spec: {"lora": {"rank": 2}}, "lora: got"),
    ],
)
def test_going_on_with_another_run_is_refused_with_the_reason(
    run_spec: Make, change: Callable[[GrpoSpec], dict[str, Any]], named: str
) -> None:
    spec = run_spec(steps=0, loop={"evaluate_every": 0})
    run_grpo(spec)
    before = _bytes(spec.run)
    with pytest.raises(CheckpointError, match=named):
        run_grpo(replace(spec, **change(spec)), resume=True)
    assert _bytes(spec.run) == before


def test_a_fresh_run_does_not_overwrite_another(run_spec: Make) -> None:
    spec = run_spec(steps=0)
    run_grpo(spec)
    with pytest.raises(CheckpointError, match=r"holds a run already.*--resume"):
        run_grpo(spec)


def test_a_rubric_that_cannot_be_used_is_said_before_anything_starts(run_spec: Make) -> None:
    spec = run_spec(rubric={"parts": {"letered": {}}})
    with pytest.raises(ConfigError, match="letered"):
        run_grpo(spec)
    assert not spec.run.exists()


# --- rewards that fail, updates that fail --------------------------------------------------


def test_rewards_over_the_failure_budget_end_the_run_with_examples(
    run_spec: Make, failing: None
) -> None:
    spec = run_spec(rubric={"parts": {"failing": {}, "format": {}}})
    with pytest.raises(RewardError, match=r"failed on 3 of 9 rollouts: expected at most 0.05") as e:
        run_grpo(spec)
    assert "'failing' 3 times" in str(e.value)
    assert "\n  - failing on 'q" in str(e.value)
    assert "\n    question: 'Excerpt" in str(e.value)
    assert "\n    completion: '" in str(e.value)
    assert "ZeroDivisionError: nothing by nothing" in str(e.value)
    assert read_rollouts(spec.run, 0), "the evidence is in the journal"
    assert not read_updates(spec.run, 0)


def test_rollouts_whose_reward_failed_are_left_out_and_said_so(
    run_spec: Make, failing: None
) -> None:
    rubric = {"parts": {"failing": {}, "lettered": {}}}
    spec = run_spec(steps=1, rubric=rubric, loop={"failure_budget": 1.0})
    run_grpo(spec)
    groups, (update,) = read_rollouts(spec.run, 0), read_updates(spec.run, 0)
    rows = {(row.group, row.sample): row for row in update.rows}
    failed = [(g.index, r.sample) for g in groups for r in g.rollouts if not r.score.valid]
    assert len(failed) == 3
    for name, row in rows.items():
        assert (row.dropped == "error") == (name in failed)
        assert (row.advantage is None) == (name in failed)


def test_a_rubric_that_applies_to_nothing_trains_nothing_and_crashes_nothing(
    run_spec: Make,
) -> None:
    spec = run_spec(steps=1, rubric={"parts": {"tempo": {}}}, loop={"evaluate_every": 0})
    run_grpo(spec)
    (line,) = metrics(spec.run)
    assert (line["reward"], line["zero_variance"], line["tokens"]) == (None, None, 0)
    (update,) = read_updates(spec.run, 0)
    assert {row.dropped for row in update.rows} == {"not scored"}
    first, last = checkpoint.published(spec.run / "checkpoints")
    assert _weights(first) == _weights(last)


def _weights(folder: Path) -> str:
    return checkpoint.verify(folder).files["model.safetensors"].blake2b


def _update(policy_gap: float = 0.0, skipped: bool = False) -> Any:
    from policies.records import Update

    return Update(1.0, 1.0, 0.1, 3, None, 1.0, 0.0, policy_gap, skipped, ())


def test_three_updates_in_a_row_that_are_not_finite_end_the_run() -> None:
    at = Progress()
    for skipped in (True, True, False, True, True):
        heed(at, _update(skipped=skipped))
    with pytest.raises(RolloutError, match="3 updates in a row were not finite"):
        heed(at, _update(skipped=True))


def test_a_gap_between_sampler_and_learner_is_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        heed(Progress(step=7), _update(0.049))
        assert not caplog.text
        heed(Progress(step=7), _update(0.06))
    assert "step 7: sampler and learner differ by 0.060 nats" in caplog.text


def test_a_clip_that_changed_on_the_disk_is_never_learned_from(
    run_spec: Make, sound: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from policies.wav import write_wav

    spec = run_spec(steps=1)
    write_rollouts = JournalWriter.write_rollouts

    def swap(self: JournalWriter, step: int, groups: Any) -> Path:
        for seed in range(3):
            write_wav(spec.clips / f"{seed}.wav", sound(seed + 9, 0.5).samples_S)
        return write_rollouts(self, step, groups)

    monkeypatch.setattr(JournalWriter, "write_rollouts", swap)
    with pytest.raises(DeafError, match="learner and sampler differ"):
        run_grpo(spec)


# --- evaluation, the best, the end ---------------------------------------------------------


def _scripted(monkeypatch: pytest.MonkeyPatch, accuracies: list[float]) -> None:
    found = iter(accuracies)
    monkeypatch.setattr("rollouts.run.evaluate", lambda *args, **kwargs: None)
    monkeypatch.setattr(
        "rollouts.run.accuracy_by_topic", lambda rows: {"overall": next(found), "key": 0.5}
    )


def test_the_best_checkpoint_outlives_later_ones(
    run_spec: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    _scripted(monkeypatch, [0.2, 0.6, 0.5, 0.6, 0.1, 0.3])
    spec = run_spec(steps=6, loop={"evaluate_every": 1, "checkpoint_every": 1})
    progress = run_grpo(spec)
    assert (progress.best_step, progress.best_accuracy, progress.stale) == (2, 0.6, 4)
    assert best_checkpoint(spec.run, progress).name == "step_000002"
    names = [f.name for f in checkpoint.published(spec.run / "checkpoints")]
    assert names == [f"step_00000{i}" for i in (0, 2, 5, 6)]


def test_patience_ends_a_run_and_going_on_does_not_begin_it_again(
    run_spec: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    _scripted(monkeypatch, [0.5, 0.4, 0.3])
    spec = run_spec(steps=9, loop={"evaluate_every": 1, "checkpoint_every": 5, "patience": 2})
    assert run_grpo(spec).step == 3
    assert checkpoint.latest(spec.run / "checkpoints").name == "step_000003"
    before = _bytes(spec.run)
    assert run_grpo(spec, resume=True).step == 3
    assert _bytes(spec.run) == before


def test_without_evaluations_and_checkpoints_the_last_state_is_kept(run_spec: Make) -> None:
    spec = run_spec(steps=3, dev=[], loop={"evaluate_every": 0, "checkpoint_every": 0})
    progress = run_grpo(spec)
    names = [f.name for f in checkpoint.published(spec.run / "checkpoints")]
    assert names == ["step_000000", "step_000003"]
    assert best_checkpoint(spec.run, progress).name == "step_000003"
    policy = open_policy(best_checkpoint(spec.run, progress))
    assert policy.model.config.model_type == "musicflamingo"


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
    rewards = [line["parts"]["lettered"] for line in metrics(spec.run)]
    assert np.mean(rewards[-5:]) > np.mean(rewards[:5]) + 0.25


def test_a_state_is_json_that_anyone_can_read(run_spec: Make) -> None:
    spec = run_spec(steps=2)
    run_grpo(spec)
    state = json.loads((spec.run / "checkpoints/step_000002/state.json").read_text())
    assert state["progress"]["step"] == state["learner_step"] == 2
    assert sum(state["curriculum"]["asked"].values()) == 6
