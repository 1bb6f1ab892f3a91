"""The loop: stopping anywhere changes nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import rollouts.run
from policies import checkpoint
from policies.checkpoint_folder import published, step_name
from policies.hearing import Heard, Hearing
from policies.learner import Learner
from policies.learner_settings import LearnerSettings
from policies.lora import Opening
from policies.manifest import seal, verify
from rollouts import journal
from rollouts.journal import JournalWriter, read_rollouts, read_updates
from rollouts.metrics import read_metrics
from rollouts.replay import replay
from rollouts.run import GrpoSpec, best_checkpoint, run_grpo

pytestmark = pytest.mark.usefixtures("here", "one_thread")
Make = Callable[..., GrpoSpec]
BytesOf = Callable[[Path], dict[str, bytes]]
StopAfter = Callable[[int], Callable[[], bool]]


def metrics(run: Path) -> list[dict[str, Any]]:
    lines = read_metrics(run / "metrics.jsonl")
    clocks = ("seconds", "part_ms", "tokens_per_second")
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
    folders = published(run / "checkpoints")
    for folder in (folders[0], folders[-1]):
        files = verify(folder).files
        found[folder.name] = {name: file.blake2b for name, file in files.items()}
    return found


@pytest.fixture(params=["on policy", "ahead"])
def made(request: pytest.FixtureRequest, run_spec: Make) -> Make:
    """``run_spec`` of a run whose steps are sampled in turn, or each while the last is learnt."""
    if request.param == "on policy":
        return run_spec
    learner = LearnerSettings(learning_rate=3e-3, micro_tokens=120, importance="token_truncate")
    return partial(run_spec, learner=learner, loop={"staleness": 1})


_WHOLE: dict[str, dict[str, Any]] = {}


@pytest.fixture
def whole(request: pytest.FixtureRequest, made: Make) -> dict[str, Any]:
    """What an uninterrupted run of four steps leaves; computed once."""
    kind = request.node.callspec.params["made"]
    if kind not in _WHOLE:
        spec = made("name/whole")  # a run is called by the last part of its path
        run_grpo(spec)
        _WHOLE[kind] = content(spec.run)
    return _WHOLE[kind]


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_stopping_at_any_step_changes_nothing(
    stop_after: StopAfter, made: Make, whole: dict[str, Any], steps: int
) -> None:
    spec = made("stopped/whole")
    progress = run_grpo(spec, stop=stop_after(steps))
    assert progress.step == steps
    assert checkpoint.latest(spec.run / "checkpoints").name == step_name(steps)
    assert run_grpo(spec, resume=True).step == 4
    assert content(spec.run) == whole


def test_going_on_opens_no_part_of_the_journal_however_long_it_is(
    stop_after: StopAfter, run_spec: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = run_spec()
    run_grpo(spec, stop=stop_after(2))
    opened: list[Path] = []
    monkeypatch.setattr(journal, "read_bounded", lambda path, limit: opened.append(path))
    assert run_grpo(spec, resume=True).step == 4
    assert opened == []


@pytest.mark.parametrize("where", ["update", "write_update", "save", "evaluate"])
def test_a_crash_within_a_step_changes_nothing(
    made: Make, whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    class Crash(Exception):
        pass

    spec = made("crashed/whole")
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
            patch.setattr("policies.checkpoint.seal", crash_at(2, seal))
        else:
            patch.setattr(rollouts.run, "evaluate", crash_at(2, rollouts.run.evaluate))
        with pytest.raises(Crash):
            run_grpo(spec)
    run_grpo(spec, resume=True)
    assert content(spec.run) == whole


def test_kill_9_in_the_middle_of_a_step_changes_nothing(made: Make, whole: dict[str, Any]) -> None:
    spec = made("killed/whole")
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


def test_questions_that_killed_actors_stay_left_out_of_a_run_that_goes_on(
    stop_after: StopAfter, run_spec: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[list[str]] = []

    class Losing(rollouts.run.Pool):
        def __init__(self, spec: Any, settings: Any, quarantined: Any = ()):
            super().__init__(spec, settings, quarantined)
            given.append([*quarantined])
            self.quarantined = ["q1"]

    monkeypatch.setattr(rollouts.run, "Pool", Losing)
    spec = run_spec()
    run_grpo(spec, stop=stop_after(1))
    run_grpo(spec, resume=True)
    assert given == [[], ["q1"]]
    lines = read_metrics(spec.run / "metrics.jsonl")
    assert {str(line.get("quarantined")) for line in lines if line["stage"] == "grpo"} == {"['q1']"}


def test_all_is_heard_by_the_threads_that_learn_from_the_first_clip_on(
    stop_after: StopAfter, run_spec: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By others the features round otherwise, and a resumed run hears its first clip anew."""
    real, by = Hearing._features, []

    def features(self: Hearing, samples_S: np.ndarray) -> Heard:
        by.append(torch.get_num_threads())
        return real(self, samples_S)

    monkeypatch.setattr(Hearing, "_features", features)
    spec = run_spec(learner=LearnerSettings(learning_rate=3e-3, threads=2))
    for stop in (stop_after(2), lambda: False):
        torch.set_num_threads(1)  # what a process begins with is its environment's
        run_grpo(spec, resume=True, stop=stop)
    torch.set_num_threads(1)
    replay(spec, 3)
    assert set(by) == {min(2, os.cpu_count() or 1)}
    torch.set_num_threads(1)
    run_grpo(spec, resume=True)  # nothing is left, and answers are asked for after it
    assert torch.get_num_threads() == min(2, os.cpu_count() or 1)


def test_an_adapter_resumes_as_well(stop_after: StopAfter, run_spec: Make) -> None:
    lora = {"rank": 2, "alpha": 4.0, "targets": ("q_proj", "v_proj")}
    spec = run_spec("one/whole", lora=lora)
    run_grpo(spec)
    other = run_spec("two/whole", lora=lora)
    run_grpo(other, stop=stop_after(3))
    run_grpo(other, resume=True)
    assert content(other.run) == content(spec.run)


def test_bfloat16_resumes_with_what_its_weights_cannot_hold(
    stop_after: StopAfter, run_spec: Make
) -> None:
    """Steps of 1e-5 are gone but for the float32 copies in the optimizer's state."""
    given = {
        "opening": Opening(dtype="bfloat16"),
        "learner": LearnerSettings(learning_rate=1e-5, micro_tokens=120),
    }
    spec = run_spec("one/whole", **given)
    run_grpo(spec)
    other = run_spec("two/whole", **given)
    run_grpo(other, stop=stop_after(3))
    run_grpo(other, resume=True)
    assert content(other.run) == content(spec.run)


def test_two_runs_with_one_seed_are_equal_and_another_seed_is_not(
    made: Make, whole: dict[str, Any]
) -> None:
    again, another = made("again/whole"), made("another/whole", seed=4)
    run_grpo(again)
    run_grpo(another)
    assert content(again.run) == whole
    assert content(another.run)["metrics"] != whole["metrics"]


def test_going_on_with_a_finished_run_does_nothing(run_spec: Make, bytes_of: BytesOf) -> None:
    spec = run_spec(steps=2)
    run_grpo(spec)
    before = bytes_of(spec.run)
    told: list[int] = []
    progress = run_grpo(spec, resume=True, tell=lambda line, at: told.append(at.step))
    assert (progress.step, told) == (2, [])
    assert bytes_of(spec.run) == before


def test_a_damaged_newest_checkpoint_is_passed_over_and_made_again(
    made: Make, whole: dict[str, Any]
) -> None:
    spec = made("damaged/whole")
    run_grpo(spec)
    newest = spec.run / "checkpoints" / step_name(4) / "model.safetensors"
    data = bytearray(newest.read_bytes())
    data[-3] ^= 1
    newest.write_bytes(data)
    assert run_grpo(spec, resume=True).step == 4
    assert content(spec.run) == whole
    assert best_checkpoint(spec.run, run_grpo(spec, resume=True)).exists()
