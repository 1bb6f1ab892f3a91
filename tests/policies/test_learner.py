"""Updates: what moves, what stays, what is reported."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from policies.audio_policy import AudioPolicy
from policies.learner import Learner, teaching
from policies.learner_settings import LearnerSettings
from policies.logprobs import score_groups
from policies.losses import LOSSES
from policies.records import Batch, Prompt
from rewards.errors import DeafError

PLAIN = LearnerSettings(learning_rate=1e-2, max_grad_norm=1e9)


def _weights(policy: AudioPolicy) -> dict[str, torch.Tensor]:
    return {n: p.detach().clone() for n, p in policy.model.named_parameters()}


def _same(one: dict[str, torch.Tensor], two: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(value, two[name]) for name, value in one.items())


def test_updates_make_the_better_rollout_likelier_and_the_worse_less_so(
    open_tiny: Callable[..., AudioPolicy], prompt_of: Any, completed: Any, learned: Any
) -> None:
    policy = open_tiny()
    learner = Learner(policy, LearnerSettings(learning_rate=1e-3))
    better, worse = completed((7, 8, 9)), completed((10, 11, 12))
    one = Batch((prompt_of(seed=1),), ((better, worse),), (np.array([0.7, -0.7]),))
    before = learned(policy, one)
    for _ in range(3):
        report = learner.update(one)
        assert not report.skipped
    after = learned(policy, one)
    assert after[:3].sum() > before[:3].sum() + 0.05
    assert after[3:].sum() < before[3:].sum() - 0.05
    assert learner.step == 3


def test_a_batch_that_teaches_nothing_leaves_weights_and_optimizer_alone(
    open_tiny: Callable[..., AudioPolicy], batch: Batch, caplog: Any
) -> None:
    policy = open_tiny()
    before = _weights(policy)
    learner = Learner(policy, replace(PLAIN, weight_decay=0.5))
    idle = replace(batch, advantages=tuple(np.zeros_like(a) for a in batch.advantages))
    report = learner.update(idle)
    assert _same(_weights(policy), before)
    assert not learner.optimizer.state_dict()["state"]
    assert "truncated" not in caplog.text
    assert (report.loss, report.tokens, report.skipped) == (None, 0, False)
    assert (report.grad_norm, report.entropy, report.sampler_gap) == (None, None, None)
    assert (report.clip_low, report.clip_high, report.clip_fraction) == (None, None, None)
    assert report.logprobs == ((), (), (), ())


def test_groups_without_spread_cost_nothing_and_leave_their_places_empty(
    open_tiny: Callable[..., AudioPolicy], batch: Batch, reordered: Any
) -> None:
    some = replace(batch, advantages=(*batch.advantages[:1], np.zeros(2), *batch.advantages[2:]))
    assert len(teaching(some).prompts) == 3
    policy, twin = open_tiny(), open_tiny()
    report = Learner(policy, PLAIN).update(some)
    Learner(twin, PLAIN).update(reordered(batch, (0, 2, 3)))
    assert _same(_weights(policy), _weights(twin))
    assert [len(group) for group in report.logprobs] == [3, 0, 2, 4]
    assert [len(row) for row in report.logprobs[3]] == [3, 2, 2, 1]
    assert report.tokens == 26 - 8


@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_a_batch_that_was_all_truncated_moves_nothing_and_says_so(
    open_tiny: Callable[..., AudioPolicy], batch: Batch, loss: str, caplog: Any, truncated: Any
) -> None:
    policy = open_tiny()
    before = _weights(policy)
    everywhere = [(n, i) for n in range(4) for i in range(4)]
    learner = Learner(policy, replace(PLAIN, loss=loss, mask_truncated=True, weight_decay=0.5))
    report = learner.update(truncated(batch, *everywhere))
    assert (report.loss, report.tokens, report.skipped) == (None, 0, False)
    assert (report.grad_norm, report.entropy, report.sampler_gap) == (None, None, None)
    assert (report.clip_low, report.clip_high, report.clip_fraction) == (None, None, None)
    assert report.logprobs == ((), (), (), ())
    assert _same(_weights(policy), before)
    assert "all completions with an advantage were truncated" in caplog.text


def test_a_second_pass_is_measured_against_the_logprobs_before_the_first(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    settings = replace(PLAIN, learning_rate=3e-3, inner_updates=2)
    policy, twin = open_tiny(torch.float64), open_tiny(torch.float64)
    report = Learner(policy, settings).update(batch)
    by_hand = Learner(twin, settings)
    first = by_hand.gradients(batch)
    by_hand.optimizer.step()
    second = by_hand.gradients(batch, first.logprobs)
    by_hand.optimizer.step()
    assert _same(_weights(policy), _weights(twin))
    assert first.clip_fraction == 0
    assert second.loss != pytest.approx(first.loss, abs=1e-3)
    assert second.clip_fraction > 0
    assert report.clip_fraction == pytest.approx(second.clip_fraction / 2)
    assert report.loss == pytest.approx(first.loss)


def test_a_second_pass_that_is_not_finite_is_told_though_the_first_was(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    settings = replace(PLAIN, learning_rate=1e30)
    assert not Learner(open_tiny(), settings).update(batch).skipped
    assert Learner(open_tiny(), replace(settings, inner_updates=2)).update(batch).skipped


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_an_advantage_that_is_not_finite_skips_the_update(
    open_tiny: Callable[..., AudioPolicy], batch: Batch, bad: float
) -> None:
    policy = open_tiny()
    before = _weights(policy)
    learner = Learner(policy, PLAIN)
    broken = replace(batch, advantages=(np.array([bad, 0.0, 0.0]), *batch.advantages[1:]))
    report = learner.update(broken)
    assert report.skipped
    assert _same(_weights(policy), before)
    assert not learner.optimizer.state_dict()["state"]
    assert not learner.update(batch).skipped
    assert not _same(_weights(policy), before)


def test_a_weight_that_is_not_finite_skips_the_update(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    policy = open_tiny()
    with torch.no_grad():
        policy.base.lm_head.weight[0, 0] = math.nan
    before = _weights(policy)
    assert Learner(policy, PLAIN).update(batch).skipped
    for name, value in _weights(policy).items():
        assert torch.equal(value.nan_to_num(7.0), before[name].nan_to_num(7.0)), name


@pytest.mark.parametrize("shards", [1, 2])
@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_gradient_that_is_not_finite_skips_the_update_though_the_loss_is(
    open_tiny: Callable[..., AudioPolicy], batch: Batch, bad: float, shards: int
) -> None:
    policy = open_tiny()
    before = _weights(policy)
    learner = Learner(policy, replace(PLAIN, shards=shards))
    hook = next(policy.language_model.parameters()).register_hook(lambda slope: slope * bad)
    report = learner.update(batch)
    assert report.skipped
    assert math.isfinite(report.loss)
    assert not math.isfinite(report.grad_norm)
    assert _same(_weights(policy), before)
    assert not learner.optimizer.state_dict()["state"]
    hook.remove()
    assert not learner.update(batch).skipped
    assert all(value.isfinite().all() for value in _weights(policy).values())


def test_a_deaf_batch_is_refused_before_anything_moves(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    policy = open_tiny()
    before = _weights(policy)
    deaf = Prompt("q9", batch.prompts[0].ids, (), "")
    with pytest.raises(DeafError, match="'q9' would be read deaf"):
        Learner(policy, PLAIN).update(replace(batch, prompts=(deaf, *batch.prompts[1:])))
    assert _same(_weights(policy), before)


def test_an_encoder_that_is_frozen_stays_and_the_decoder_learns(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    policy = open_tiny()
    before = _weights(policy)
    learner = Learner(policy, replace(PLAIN, freeze_encoder=True, weight_decay=0.1))
    learner.update(batch)
    after = _weights(policy)
    moved = {n for n in after if not torch.equal(after[n], before[n])}
    assert moved
    assert all(n.startswith(("model.language_model.", "lm_head.")) for n in moved)
    assert moved == set(learner.names)


def test_a_report_says_what_was_computed(
    open_tiny: Callable[..., AudioPolicy], batch: Batch, learned: Any
) -> None:
    policy, policy_before = open_tiny(), open_tiny()
    ours = learned(policy, batch).numpy()
    report = Learner(policy, PLAIN).update(batch)
    flat = np.concatenate([row for group in report.logprobs for row in group])
    assert np.allclose(flat, ours, atol=1e-5)
    with torch.no_grad():
        ids = [[row.ids for row in group] for group in batch.completions]
        entropies = score_groups(policy_before, batch.prompts, ids).entropies
    mean = float(torch.cat([row for group in entropies for row in group]).mean())
    assert report.entropy == pytest.approx(mean, rel=1e-5)
    assert report.sampler_gap == pytest.approx(float(np.abs(ours + 2.0).mean()), rel=1e-5)
    weighted = sum(
        float(a) * len(row.ids)
        for group, advantages in zip(batch.completions, batch.advantages, strict=True)
        for row, a in zip(group, advantages, strict=True)
    )
    assert report.loss == pytest.approx(-weighted / 26, rel=1e-5)
    assert report.learning_rate == 1e-2
    assert report.kl is None
    assert report.clip_fraction == 0


def test_a_bfloat16_policy_learns_and_stays_finite(
    open_tiny: Callable[..., AudioPolicy], batch: Batch, learned: Any
) -> None:
    policy = open_tiny(torch.bfloat16)
    exact = learned(open_tiny(), batch)
    assert float((learned(policy, batch) - exact).abs().max()) < 0.2
    before = copy.deepcopy(_weights(policy))
    report = Learner(policy, PLAIN).update(batch)
    assert not report.skipped
    assert not _same(_weights(policy), before)
