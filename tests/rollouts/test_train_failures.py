"""The loop: rewards that fail, rubrics that apply to nothing, updates that are not finite."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from policies.audio import ClipReader
from policies.checkpoint_folder import published
from policies.learner_settings import LearnerSettings
from policies.lora import open_policy
from policies.manifest import verify
from rewards import registry
from rewards.asking import asker
from rewards.asking.reply import Unanswered
from rewards.errors import DeafError, DivergenceError, RewardError
from rewards.records import Question, Verdict
from rollouts.journal import JournalWriter, read_rollouts, read_updates
from rollouts.metrics import read_metrics
from rollouts.run import GrpoSpec, run_grpo
from rollouts.train import Progress, heed, to_batch

LEARNT = (
    "tokens", "loss", "grad_norm", "entropy", "kl", "clip_fraction", "clip_low", "clip_high",
    "sampler_gap",
)  # fmt: skip
"""What a step tells of the rollouts that were learnt from."""

pytestmark = pytest.mark.usefixtures("here", "one_thread")
Make = Callable[..., GrpoSpec]


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
    (line,) = (x for x in read_metrics(spec.run / "metrics.jsonl") if x["stage"] == "grpo")
    assert line["unscored"] == 0, "an error is no silence"
    for name, row in rows.items():
        assert (row.dropped == "error") == (name in failed)
        assert (row.advantage is None) == (name in failed)


ASKS = {"first": "tempo", "url": "http://127.0.0.1:9/v1", "model": "m", "attempts": 1}
OPINION = json.dumps({"choices": [{"message": {"content": '{"reason": "so", "value": 0.5}'}}]})


def test_a_model_that_nobody_reaches_ends_the_run_at_its_first_step(run_spec: Make) -> None:
    spec = run_spec(rubric={"parts": {"format": {}, "judge": ASKS}})
    with pytest.raises(RewardError, match=r"silent: part 'judge' on 9 of 9 rollouts of a step"):
        run_grpo(spec)
    assert read_rollouts(spec.run, 0), "the evidence is in the journal"
    assert not read_updates(spec.run, 0)


def test_later_silence_is_borne_and_keeps_no_run_from_going_on(
    run_spec: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does that of a step which was sampled ahead and stands in the journal."""
    down = False

    def post(*_: object) -> bytes:
        if down:
            raise Unanswered("unreachable")
        return OPINION.encode()

    def tell(line: dict[str, Any], at: Progress) -> None:
        nonlocal down
        down = at.step == 2  # the third step is sampled by now, the fourth is not

    monkeypatch.setattr(asker, "post", post)
    asker.forget()
    steps = count()
    spec = run_spec(
        rubric={"parts": {"lettered": {}, "judge": ASKS}},
        learner=LearnerSettings(learning_rate=3e-3, importance="token_truncate"),
        loop={"staleness": 1, "evaluate_every": 0, "checkpoint_every": 1},
    )
    assert run_grpo(spec, tell=tell, stop=lambda: next(steps) >= 3).step == 3
    silent = [
        rollout.score.parts["judge"].why for rollout in read_rollouts(spec.run, 3)[0].rollouts
    ]
    assert silent == ["the judge gave no opinion: unreachable"] * 3
    down = True
    assert run_grpo(spec, resume=True).step == 4
    asker.forget()


def test_a_rubric_that_applies_to_nothing_trains_nothing_and_crashes_nothing(
    run_spec: Make,
) -> None:
    spec = run_spec(steps=1, rubric={"parts": {"tempo": {}}}, loop={"evaluate_every": 0})
    run_grpo(spec)
    (line,) = read_metrics(spec.run / "metrics.jsonl")
    measured = ("reward", "reward_std", "reward_group_std", "zero_variance", *LEARNT)
    assert {line[name] for name in measured} == {None}
    assert line["length"]["max"] > 0
    assert line["surprisal"] > 0
    assert line["learning_rate"] > 0
    assert line["unscored"] == 1
    (update,) = read_updates(spec.run, 0)
    assert {row.dropped for row in update.rows} == {"not scored"}
    first, last = published(spec.run / "checkpoints")
    assert _weights(first) == _weights(last)


def test_a_constant_reward_measures_nothing_of_an_update_and_all_of_the_rollouts(
    run_spec: Make, own_rewards: None
) -> None:
    @registry.reward("constant")
    def constant(question: Question, response: Any) -> Verdict:
        return Verdict(0.5)

    spec = run_spec(steps=2, rubric={"parts": {"constant": {}}}, loop={"evaluate_every": 0})
    run_grpo(spec)
    lines = read_metrics(spec.run / "metrics.jsonl")
    assert len(lines) == 2
    for line in lines:
        assert {line[name] for name in LEARNT} == {None}
        assert (line["reward"], line["reward_std"], line["reward_group_std"]) == (0.5, 0, 0)
        assert line["zero_variance"] == 1
        assert line["surprisal"] > 0
        assert line["length"]["max"] > 0
    (update,) = read_updates(spec.run, 1)
    assert update.summary["entropy"] is None
    assert {row.dropped for row in update.rows} == {"zero variance"}


def _weights(folder: Path) -> str:
    return verify(folder).files["model.safetensors"].blake2b


def _update(policy_gap: float = 0.0, skipped: bool = False) -> Any:
    from policies.records import Update

    return Update(1.0, 1.0, 0.1, 3, None, 1.0, 0.0, 0.0, policy_gap, skipped, ())


def test_three_updates_in_a_row_that_are_not_finite_end_the_run() -> None:
    at = Progress()
    for skipped in (True, True, False, True, True):
        heed(at, _update(skipped=skipped))
    with pytest.raises(DivergenceError, match="3 updates in a row were not finite"):
        heed(at, _update(skipped=True))


def test_a_gap_between_sampler_and_learner_is_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        heed(Progress(step=7), _update(0.049))
        assert not caplog.text
        heed(Progress(step=7), _update(0.06))
    assert "step 7: sampler and learner differ by 0.0600 nats" in caplog.text


def test_a_gap_that_is_no_number_is_told_too(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        heed(Progress(step=7), _update(float("nan")))
    assert "step 7: sampler and learner differ by nan nats" in caplog.text


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


def test_a_prompt_that_the_learner_makes_otherwise_is_never_learned_from(
    finished: GrpoSpec,
) -> None:
    """As by a processor that was changed; the clip is the same."""
    (group, *_) = read_rollouts(finished.run, 0)
    policy = open_policy(finished.model)
    with ClipReader(finished.clips) as reader:
        assert to_batch(policy, reader, [group], finished.loop).prompts[0].ids == group.prompt_ids
        other = replace(group, prompt_ids=group.prompt_ids[:-1])
        with pytest.raises(DeafError, match="learner and sampler differ on group run/0/0"):
            to_batch(policy, reader, [other], finished.loop)
