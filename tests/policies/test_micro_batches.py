"""A batch in pieces, side by side: memory and time change, the gradients do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from policies.audio_policy import AudioPolicy
from policies.learner import Learner, LearnerSettings
from policies.losses import LOSSES
from policies.micro_batches import cut, take
from policies.records import Batch

PLAIN = LearnerSettings(learning_rate=1e-2, max_grad_norm=1e9)


def _gradients(policy: AudioPolicy) -> dict[str, torch.Tensor]:
    return {n: p.grad.clone() for n, p in policy.model.named_parameters() if p.grad is not None}


def _same(one: dict[str, torch.Tensor], two: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(value, two[name]) for name, value in one.items())


def _close(one: dict[str, torch.Tensor], two: dict[str, torch.Tensor], within: float) -> bool:
    largest = max(float(g.abs().max()) for g in two.values())
    return one.keys() == two.keys() and all(
        float((one[n] - two[n]).abs().max()) <= within * largest for n in two
    )


def test_a_budget_is_kept_and_every_row_is_computed_once(batch: Batch) -> None:
    prompts = [len(prompt.ids) for prompt in batch.prompts]
    for budget in (1, 60, 75, 130, 1000):
        cuts = cut(batch, budget)
        seen = [(p.group, i) for pieces in cuts for p in pieces for i in range(*p.rows.indices(99))]
        places = [(n, i) for n, group in enumerate(batch.completions) for i in range(len(group))]
        assert seen == [(n, i) for n, i in seen if i < len(batch.completions[n])] == places
        for pieces in cuts:
            part = take(batch, pieces)
            rows = [len(row.ids) for group in part.completions for row in group]
            size = sum(prompts[p.group] for p in pieces) + sum(rows)
            assert size <= budget or len(rows) == 1
    assert len(cut(batch, 1)) == 11
    assert len(cut(batch, 1000)) == 1


@pytest.mark.parametrize(("dtype", "within"), [(torch.float32, 1e-6), (torch.float64, 1e-12)])
@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_any_split_and_any_order_give_the_gradients_of_the_whole(
    open_tiny: Callable[..., AudioPolicy],
    batch: Batch,
    dtype: torch.dtype,
    within: float,
    loss: str,
    reordered: Any,
) -> None:
    policy = open_tiny(dtype)
    settings = replace(PLAIN, loss=loss, max_tokens=6)
    reference = None
    if dtype == torch.float64:  # exp(reference - policy) magnifies what float32 rounds
        settings = replace(settings, kl_weight=0.1, importance="sequence_truncate")
        reference = open_tiny(dtype)
        with torch.no_grad():
            reference.base.lm_head.weight *= 0.9
    whole = Learner(policy, settings, reference=reference)
    report = whole.gradients(batch)
    expected = _gradients(policy)
    # A row by itself, a prompt with some rows, some groups; the last in another order.
    for budget, places in ((1, (0, 1, 2, 3)), (60, (0, 1, 2, 3)), (130, (3, 1, 0, 2))):
        again = Learner(policy, replace(settings, micro_tokens=budget), reference=reference)
        split = again.gradients(reordered(batch, places))
        assert _close(_gradients(policy), expected, within)
        assert split.loss == pytest.approx(report.loss, abs=1e-6)
        assert split.grad_norm == pytest.approx(report.grad_norm, rel=1e-5)
        assert (split.tokens, split.clip_fraction) == (report.tokens, report.clip_fraction)
        assert (split.kl is None) == (report.kl is None)
        assert (split.kl or 0) == pytest.approx(report.kl or 0, rel=1e-5)
        assert report.tokens == 26


def test_workers_side_by_side_give_the_same_gradients_to_the_last_bit(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    found = []
    for workers in (1, 2, 3):
        policy = open_tiny()
        report = Learner(policy, replace(PLAIN, micro_tokens=1, workers=workers)).gradients(batch)
        found.append((report.loss, report.grad_norm, _gradients(policy)))
    for loss, norm, gradients in found[1:]:
        assert (loss, norm) == found[0][:2]
        assert gradients.keys() == found[0][2].keys()
        assert _same(gradients, found[0][2])


def test_no_two_gradients_share_memory(open_tiny: Callable[..., AudioPolicy], batch: Batch) -> None:
    """They are added to and scaled in place."""
    policy = open_tiny()
    Learner(policy, replace(PLAIN, micro_tokens=130, workers=2)).gradients(batch)
    places = [p.grad.data_ptr() for p in policy.model.parameters() if p.grad is not None]
    assert len(set(places)) == len(places)
