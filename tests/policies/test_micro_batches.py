"""A batch in pieces, here or elsewhere: memory and time change, the gradients do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from typing import Any, ClassVar

import pytest
import torch

from policies.audio_policy import AudioPolicy
from policies.gradients import GradientWorker, Shard, ShardGradients
from policies.learner import Learner
from policies.learner_settings import LearnerSettings
from policies.losses import LOSSES
from policies.micro_batches import cut, divide, take
from policies.records import Batch
from policies.weights import learning_weights, load_weights

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


@pytest.mark.parametrize("kl_weight", [0.0, 0.1])
def test_shards_computed_elsewhere_give_the_bits_of_those_computed_here(
    open_tiny: Callable[..., AudioPolicy], batch: Batch, kl_weight: float
) -> None:
    settings = replace(PLAIN, shards=3, kl_weight=kl_weight, inner_updates=2)
    here, there, far = (open_tiny() for _ in range(3))
    reference = open_tiny()
    with torch.no_grad():
        reference.base.lm_head.weight *= 0.9

    class Away(GradientWorker):
        asked: ClassVar[list[int]] = []

        def gradients(self, shards: Sequence[Shard]) -> list[ShardGradients]:
            self.asked.append(len(shards))
            return super().gradients(shards)

        def follow(self, policy: AudioPolicy) -> None:
            load_weights(self.policy, learning_weights(policy))

    away = Away(far, settings, reference=reference)
    one = Learner(here, settings, reference=reference).update(batch)
    two = Learner(there, settings, elsewhere=away).update(batch)
    assert away.asked == [3, 3], "twice, for there are two inner updates"
    assert (one.loss, one.grad_norm, one.entropy) == (two.loss, two.grad_norm, two.entropy)
    assert (one.kl is None) == (kl_weight == 0)
    assert one.kl == two.kl
    assert _same(dict(here.model.named_parameters()), dict(there.model.named_parameters()))


def test_shards_give_the_gradients_of_the_whole(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    policy = open_tiny(torch.float64)
    whole = Learner(policy, PLAIN).gradients(batch)
    expected = _gradients(policy)
    for shards in (2, 3, 9):
        found = Learner(policy, replace(PLAIN, shards=shards, micro_tokens=60)).gradients(batch)
        assert _close(_gradients(policy), expected, 1e-12)
        assert found.loss == pytest.approx(whole.loss, rel=1e-12)
        assert found.entropy == pytest.approx(whole.entropy, rel=1e-12)


def test_a_batch_is_divided_into_whole_groups_as_even_as_can_be(batch: Batch) -> None:
    costs = [
        len(prompt.ids) + sum(len(row.ids) for row in group)
        for prompt, group in zip(batch.prompts, batch.completions, strict=True)
    ]
    for count in range(1, 7):
        stretches = divide(batch, count)
        assert [n for own in stretches for n in range(own.start, own.stop)] == [0, 1, 2, 3]
        assert all(own.stop > own.start for own in stretches)
        assert len(stretches) <= count
        bounds = [c for n in range(count) for c in combinations(range(1, 4), n)]
        best = min(max(sum(costs[i:j]) for i, j in pairwise((0, *inner, 4))) for inner in bounds)
        assert max(sum(costs[own]) for own in stretches) == best
    assert divide(replace(batch, prompts=(), completions=(), advantages=()), 2) == []


def test_no_two_gradients_share_memory(open_tiny: Callable[..., AudioPolicy], batch: Batch) -> None:
    """They are added to and scaled in place."""
    policy = open_tiny()
    Learner(policy, replace(PLAIN, micro_tokens=130, shards=2)).gradients(batch)
    places = [p.grad.data_ptr() for p in policy.model.parameters() if p.grad is not None]
    assert len(set(places)) == len(places)
