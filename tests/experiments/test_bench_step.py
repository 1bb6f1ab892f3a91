"""What the benchmark of a step measures against is fair: it hears, and computes what ours does."""

from __future__ import annotations

import re
from typing import Any

import pytest
import torch
from trl.trainer.grpo_trainer import GRPOTrainer

from experiments.bench import _spread, _trl, step

SHAPE = step.Shape("smaller", audio=25, prompts=2, tokens=5, group=4)


@pytest.fixture(scope="module")
def raced(smaller_sizes: Any) -> tuple[step.Etude, _trl.HearingTrainer, list[dict[str, float]]]:
    """Two steps of either form; a clip has three windows."""
    torch.set_num_threads(1)
    ours, trainer = step.pair(SHAPE, smaller_sizes, 2)
    return ours, trainer, _trl.race(trainer, ours.step)


def test_both_forms_take_their_steps_in_turn(raced):
    ours, trainer, theirs = raced
    assert len(ours.times) == len(theirs) == trainer.state.global_step == ours.learner.step == 2
    for mine, other in zip(ours.times, theirs, strict=True):
        assert min(mine.values()) > 0
        assert 0 < other["sampling"] + other["scoring"] < other["step"]


def test_trls_form_hears_and_gives_our_logprobs(raced):
    ours, trainer, _ = raced
    found = _trl.check(trainer, ours.policy)
    assert found["gap"] < 1e-5
    assert found["loss"] != pytest.approx(found["loss of silence"], abs=1e-6)


def test_trls_own_learner_which_is_deaf_is_refused(raced, monkeypatch):
    ours, trainer, _ = raced
    stock = GRPOTrainer._get_per_token_logps_and_entropies
    monkeypatch.setattr(_trl.HearingTrainer, "_get_per_token_logps_and_entropies", stock)
    with pytest.raises(RuntimeError, match="TRL's form is not comparable") as caught:
        _trl.check(trainer, ours.policy)
    loss, silent = re.findall(r"-?\d\.\d{6}", str(caught.value))
    assert loss == silent, "it raises nothing by itself, and no clip changes its loss"


def test_a_step_from_which_rows_drop_out_is_no_figure(raced, monkeypatch):
    ours, _, _ = raced
    monkeypatch.setattr(step, "judge", lambda texts: [0.5] * len(texts))
    with pytest.raises(RuntimeError, match="a step left rows out: got 0 tokens in the loss"):
        ours.step()


def test_actors_take_the_same_whole_steps(smaller_sizes: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(_spread.SIZES, "smaller", smaller_sizes)
    threads = torch.get_num_threads()
    with _spread.spread(SHAPE, actors=2) as form:
        form.step()
        form.step()
        assert form.learner.step == len(form.times) == 2
    assert torch.get_num_threads() == threads
    for times in form.times:
        assert times["step"] == times["sampling"] + times["update"] > times["sampling"] > 0
