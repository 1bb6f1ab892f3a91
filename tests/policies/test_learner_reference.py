"""The reference that a KL term holds the policy to: the base below an adapter, or a frozen copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from policies.audio_policy import AudioPolicy
from policies.learner import Learner
from policies.learner_settings import LearnerSettings
from policies.lora import open_policy
from policies.records import Batch
from rewards.errors import ConfigError

PLAIN = LearnerSettings(learning_rate=1e-2, max_grad_norm=1e9)


def _weights(policy: AudioPolicy) -> dict[str, torch.Tensor]:
    return {n: p.detach().clone() for n, p in policy.model.named_parameters()}


def _same(one: dict[str, torch.Tensor], two: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(value, two[name]) for name, value in one.items())


def _mean_k3(ours: torch.Tensor, theirs: torch.Tensor) -> float:
    gap = (theirs - ours).double()
    return float((gap.exp() - gap - 1).mean())


def test_an_adapters_reference_is_the_policy_with_the_adapter_off(
    tiny_folder: Any, batch: Batch, learned: Any, moved_adapter: Any
) -> None:
    policy = moved_adapter()
    ours, theirs = learned(policy, batch), learned(open_policy(tiny_folder), batch)
    expected = _mean_k3(ours, theirs)
    assert expected > 1e-3
    report = Learner(policy, replace(PLAIN, kl_weight=0.3)).update(batch)
    assert report.kl == pytest.approx(expected, rel=1e-4)
    plain = Learner(moved_adapter(), PLAIN).update(batch)
    assert report.loss == pytest.approx(plain.loss + 0.3 * expected, rel=1e-4)


def test_an_adapters_update_leaves_the_base_alone(batch: Batch, moved_adapter: Any) -> None:
    policy = moved_adapter()
    before = _weights(policy)
    learner = Learner(policy, PLAIN)
    learner.update(batch)
    moved = {n for n, v in _weights(policy).items() if not torch.equal(v, before[n])}
    assert moved == set(learner.names)
    assert all("lora" in name for name in moved)


def test_a_frozen_reference_pulls_the_policy_back(
    open_tiny: Callable[..., AudioPolicy], batch: Batch, learned: Any
) -> None:
    reference = open_tiny()
    pinned = _weights(reference)

    def drift(kl_weight: float) -> float:
        policy = open_tiny()
        learner = Learner(
            policy,
            LearnerSettings(learning_rate=2e-3, kl_weight=kl_weight),
            reference=reference if kl_weight else None,
        )
        reports = [learner.update(batch) for _ in range(6)]
        if kl_weight:
            assert reports[0].kl == 0
            assert reports[-1].kl is not None
            assert reports[-1].kl > 0
        return _mean_k3(learned(policy, batch), learned(reference, batch))

    assert drift(20.0) < 0.5 * drift(0.0)
    assert _same(_weights(reference), pinned)


def test_a_reference_draws_no_dropout_however_it_was_left(
    open_tiny: Callable[..., AudioPolicy],
) -> None:
    reference = open_tiny()
    reference.model.train()
    Learner(open_tiny(), LearnerSettings(kl_weight=0.1), reference=reference)
    assert not any(module.training for module in reference.model.modules())


def test_kl_over_full_weights_without_a_reference_is_refused(
    open_tiny: Callable[..., AudioPolicy],
) -> None:
    with pytest.raises(ConfigError, match=r"KL term needs a reference: got kl_weight 0\.1"):
        Learner(open_tiny(), LearnerSettings(kl_weight=0.1))
