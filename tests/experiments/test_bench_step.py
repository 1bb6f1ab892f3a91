"""What the benchmark of a step measures against is fair: it hears, and computes what ours does."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from trl.trainer.grpo_trainer import GRPOTrainer

from experiments.bench import _shapes, _spread, _subject, _trl, step
from experiments.bench._shapes import Shape
from policies.logprobs import group_logprobs
from rollouts.journal import read_rollouts

SHAPE = Shape("smaller", audio=25, prompts=2, tokens=5, group=4)


@pytest.fixture(scope="module")
def raced(smaller_sizes: Any) -> tuple[step.Etude, _trl.HearingTrainer, list[dict[str, float]]]:
    """Two steps of either form; a clip has three windows."""
    torch.set_num_threads(1)
    ours, trainer = step.pair(_subject.of_noise(SHAPE, smaller_sizes), 2)
    return ours, trainer, _trl.race(trainer, ours.step)


def test_both_forms_take_their_steps_in_turn(raced):
    ours, trainer, theirs = raced
    assert len(ours.times) == len(theirs) == trainer.state.global_step == ours.learner.step == 2
    for mine, other in zip(ours.times, theirs, strict=True):
        assert min(mine.values()) > 0
        assert 0 < other["sampling"] + other["scoring"] < other["step"]


def test_trls_form_hears_and_gives_our_logprobs(raced):
    ours, trainer, _ = raced
    found = _trl.check(trainer, ours.given.policy)
    assert found["gap"] < 1e-5
    assert found["loss"] != pytest.approx(found["loss of silence"], abs=1e-6)


def test_trls_own_learner_which_is_deaf_is_refused(raced, monkeypatch):
    ours, trainer, _ = raced
    stock = GRPOTrainer._get_per_token_logps_and_entropies
    monkeypatch.setattr(_trl.HearingTrainer, "_get_per_token_logps_and_entropies", stock)
    with pytest.raises(RuntimeError, match="TRL's form is not comparable") as caught:
        _trl.check(trainer, ours.given.policy)
    loss, silent = re.findall(r"-?\d\.\d{6}", str(caught.value))
    assert loss == silent, "it raises nothing by itself, and no clip changes its loss"


def test_a_step_from_which_rows_drop_out_is_no_figure(raced, monkeypatch):
    ours, _, _ = raced
    alike = replace(ours.given, judge=lambda n, texts: [0.5] * len(texts))
    monkeypatch.setattr(ours, "given", alike)
    with pytest.raises(RuntimeError, match="a step left rows out: got 0 tokens in the loss"):
        ours.step()


def test_actors_take_the_same_whole_steps(smaller_sizes: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(_shapes.SIZES, "smaller", smaller_sizes)
    threads = torch.get_num_threads()
    with _spread.of_noise(SHAPE, actors=2) as form:
        form.step()
        form.step()
        assert form.learner.step == len(form.times) == 2
    assert torch.get_num_threads() == threads
    for times in form.times:
        assert times["step"] == times["sampling"] + times["update"] > times["sampling"] > 0


@pytest.fixture
def finished(lesson: Any, here: None, etude: Any) -> Path:
    """A run of one step of four questions."""
    grpo = {"steps": 1, "groups": 4, "group_size": 2, "actors": 1}
    config = lesson.config(grpo=grpo, rubric=_subject.RUBRIC)
    done = etude("grpo", config)
    assert done.exit_code == 0, done.stderr
    return lesson.home / "run"


def test_a_runs_step_is_taken_of_its_own_questions_weights_and_rewards(finished):
    given = _subject.of_run(_subject.first_step(finished, None))
    groups = read_rollouts(finished, 0)
    assert [prompt.ids for prompt in given.prompts] == [group.prompt_ids for group in groups]
    assert given.shape == Shape("run", given.shape.audio, prompts=4, tokens=4, group=2, micro=4)
    for n, group in enumerate(groups):
        texts = [one.completion.text for one in group.rollouts]
        assert given.judge(n, texts) == [one.score.total for one in group.rollouts]
        ids = [[one.completion.ids for one in group.rollouts]]
        again = group_logprobs(given.policy, [given.prompts[n]], ids)[0]
        for one, logprobs in zip(group.rollouts, again, strict=True):
            assert torch.allclose(logprobs, torch.tensor(one.completion.logprobs_T), atol=1e-5)


def test_trl_takes_a_runs_step_with_rows_that_end(finished):
    torch.set_num_threads(1)
    given = _subject.of_run(_subject.first_step(finished, 2))
    # A model that knows nothing earns nothing: something must teach, or silence moves no loss.
    given = replace(given, judge=lambda n, texts: [float(sum(map(ord, text))) for text in texts])
    ours, trainer = step.pair(given, 2)
    assert len(_trl.race(trainer, ours.step)) == len(ours.times) == 2
    assert 0 < ours.drawn <= 2 * 2 * 4
    assert _trl.check(trainer, given.policy)["gap"] < 1e-5


def test_actors_take_a_runs_step(finished):
    with _spread.of_run(_subject.first_step(finished, 2), actors=1) as form:
        form.step()
    assert len(form.asked) == 2
    assert form.times[0]["update"] > 0
