"""The gradients of an update: whose they are, what they reach, what leaves them alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from policies.audio_policy import AudioPolicy
from policies.learner import Learner
from policies.learner_settings import LearnerSettings
from policies.logprobs import group_logprobs
from policies.records import Batch

PLAIN = LearnerSettings(learning_rate=1e-2, max_grad_norm=1e9)


def _gradients(policy: AudioPolicy) -> dict[str, torch.Tensor]:
    return {n: p.grad.clone() for n, p in policy.model.named_parameters() if p.grad is not None}


def _close(one: dict[str, torch.Tensor], two: dict[str, torch.Tensor], within: float) -> bool:
    largest = max(float(g.abs().max()) for g in two.values())
    return one.keys() == two.keys() and all(
        float((one[n] - two[n]).abs().max()) <= within * largest for n in two
    )


@pytest.mark.parametrize("loss", ["dapo", "grpo"])
def test_gradients_of_the_first_pass_are_the_policy_gradient(
    open_tiny: Callable[..., AudioPolicy], batch: Batch, loss: str
) -> None:
    policy = open_tiny(torch.float64)
    Learner(policy, replace(PLAIN, loss=loss)).gradients(batch)
    got = _gradients(policy)
    policy.model.zero_grad()
    ids = [[row.ids for row in group] for group in batch.completions]
    total = torch.zeros((), dtype=torch.float64)
    rows = 0
    logprobs = group_logprobs(policy, batch.prompts, ids)
    for group, advantages in zip(logprobs, batch.advantages, strict=True):
        for row, advantage in zip(group, advantages, strict=True):
            total -= advantage * (row.sum() if loss == "dapo" else row.mean())
            rows += 1
    (total / (26 if loss == "dapo" else rows)).backward()
    assert _close(got, _gradients(policy), 1e-12)


def test_gradients_reach_encoder_projector_and_decoder(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    policy = open_tiny()
    Learner(policy, PLAIN).gradients(batch)
    for part in ("audio_tower.conv1", "multi_modal_projector", "embed_tokens", "lm_head"):
        found = [g for n, g in _gradients(policy).items() if part in n]
        assert found, part
        assert max(float(g.abs().max()) for g in found) > 0, part


def test_gradients_are_scaled_down_to_the_norm_that_is_allowed(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    policy = open_tiny()
    full = Learner(policy, PLAIN).gradients(batch)
    expected = _gradients(policy)
    limit = full.grad_norm / 3
    clipped = Learner(policy, replace(PLAIN, max_grad_norm=limit)).gradients(batch)
    assert clipped.grad_norm == pytest.approx(full.grad_norm, rel=1e-5)
    assert _close(_gradients(policy), {n: g / 3 for n, g in expected.items()}, 1e-5)


def test_checkpoints_and_slices_of_the_head_change_memory_alone(
    open_tiny: Callable[..., AudioPolicy], batch: Batch, passes: list[int]
) -> None:
    plain, frugal = open_tiny(torch.float64), open_tiny(torch.float64)
    Learner(plain, PLAIN).gradients(batch)
    learner = Learner(frugal, replace(PLAIN, checkpointing=True, head_chunk=3))
    passes.clear()
    learner.gradients(batch)
    assert passes.count(0) == 2, "the backward pass must have run the layer again"
    assert _close(_gradients(frugal), _gradients(plain), 1e-12)
    assert not frugal.language_model.layers[0].mlp.training, "no dropout"


@pytest.mark.parametrize("kl_weight", [0.0, 0.1])
def test_checkpoints_of_an_adapter_give_its_gradients_each_time(
    batch: Batch, kl_weight: float, moved_adapter: Any
) -> None:
    plain, frugal = moved_adapter(), moved_adapter()
    Learner(plain, replace(PLAIN, kl_weight=kl_weight)).gradients(batch)
    learner = Learner(frugal, replace(PLAIN, kl_weight=kl_weight, checkpointing=True))
    for _ in range(2):  # the second time the clips have been heard
        learner.gradients(batch)
        assert _close(_gradients(frugal), _gradients(plain), 1e-6)


def test_truncated_completions_have_no_part_in_the_gradient_but_are_scored(
    open_tiny: Callable[..., AudioPolicy], batch: Batch, truncated: Any
) -> None:
    cut_short = truncated(batch, (0, 1), (3, 0))
    policy, twin = open_tiny(torch.float64), open_tiny(torch.float64)
    report = Learner(policy, replace(PLAIN, mask_truncated=True)).gradients(cut_short)
    silent = replace(
        cut_short,
        advantages=(
            np.array([1.1, 0, -0.8]),
            *batch.advantages[1:3],
            np.array([0, -0.5, -0.5, -0.5]),
        ),
    )
    expected = Learner(twin, PLAIN).gradients(silent)
    assert report.tokens == 26 - 2 - 3
    scale = 26 / report.tokens
    assert report.loss == pytest.approx(expected.loss * scale, rel=1e-9)
    assert _close(_gradients(policy), {n: g * scale for n, g in _gradients(twin).items()}, 1e-12)
    assert [len(row) for row in report.logprobs[3]] == [3, 2, 2, 1]


def test_importance_weighs_by_the_samplers_own_logprobs(
    open_tiny: Callable[..., AudioPolicy], prompt_of: Any, completed: Any, learned: Any
) -> None:
    policy = open_tiny(torch.float64)
    prompts = (prompt_of(seed=1),)
    rows = (completed((7, 8, 9)), completed((10, 11)))
    start = Batch(prompts, (rows,), (np.array([1.0, -1.0]),))
    drawn = learned(policy, start).numpy()
    # The sampler gave every token of the first row half the probability that the learner gives.
    rows = (
        replace(rows[0], logprobs_T=drawn[:3] - math.log(2)),
        replace(rows[1], logprobs_T=drawn[3:]),
    )
    weighted = Learner(policy, replace(PLAIN, importance="token_truncate"))
    report = weighted.gradients(replace(start, completions=(rows,)))
    assert report.loss == pytest.approx((-2 * 3 + 2) / 5, rel=1e-6)
    masked = replace(PLAIN, importance="token_mask", importance_high=1.5)
    report = Learner(policy, masked).gradients(replace(start, completions=(rows,)))
    assert report.loss == pytest.approx(2 / 5, rel=1e-6)
