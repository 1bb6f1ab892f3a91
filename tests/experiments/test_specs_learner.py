"""What is configured of the learner reaches it, under the same names."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from experiments import specs
from experiments.schemas import GrpoConfig, ModelConfig, SamplingConfig
from policies.learner_settings import LearnerSettings
from policies.losses import KLS, LOSSES
from rewards.errors import ConfigError
from rewards.rubric import DEFAULT, Rubric

ELSEWHERE = {  # settings that other sections or several options decide
    "shards": 3,
    "threads": 1,
    "warmup_steps": 30,
    "total_steps": 100,
    "max_tokens": 48,
    "temperature": 0.9,
    "freeze_encoder": True,
}
OTHER: dict[str, Any] = {
    "loss": "gspo", "clip_low": 0.1, "clip_high": 0.3, "dual_clip": 3.0, "kl_weight": 0.1,
    "kl": "k2", "importance": "sequence_mask", "importance_low": 0.5, "importance_high": 3.0,
    "learning_rate": 1e-5, "betas": (0.8, 0.9), "weight_decay": 0.1, "schedule": "cosine",
    "mask_truncated": True, "inner_updates": 2, "max_grad_norm": 2.0, "micro_tokens": 77,
    "head_chunk": 99, "checkpointing": True, "offload": True,
}  # fmt: skip


def _settings(config: GrpoConfig) -> LearnerSettings:
    sampled = SamplingConfig(temperature=0.9, max_new_tokens=48)
    return specs.learner_settings(config, sampled, ModelConfig(freeze_encoder=True), 100)


def test_every_setting_of_the_learner_can_be_configured() -> None:
    found = _settings(GrpoConfig(warmup=0.3, actors=3, gradients="actors", **OTHER))
    assert {f.name for f in fields(LearnerSettings)} == {*OTHER, *ELSEWHERE}
    assert {name: getattr(found, name) for name in OTHER} == OTHER
    assert {name: getattr(found, name) for name in ELSEWHERE} == ELSEWHERE
    plain = _settings(GrpoConfig())
    assert all(getattr(plain, name) != value for name, value in OTHER.items())


@pytest.mark.parametrize("loss", sorted(LOSSES))
@pytest.mark.parametrize("kl", sorted(KLS))
def test_every_loss_and_estimate_has_its_name_in_the_configuration(loss: Any, kl: Any) -> None:
    found = _settings(GrpoConfig(loss=loss, kl=kl))
    assert (found.loss, found.kl) == (loss, kl)


@pytest.mark.parametrize("wrong", [{"dual_clip": 1.2}, {"dual_clip": 3.0, "loss": "cispo"}])
def test_a_dual_clip_that_does_not_fit_is_said_when_the_configuration_is_read(
    wrong: dict[str, Any],
) -> None:
    with pytest.raises(ConfigError, match="dual_clip does not fit: got"):
        GrpoConfig(**wrong)


def test_the_scale_of_rewards_reaches_the_loop() -> None:
    rubric = Rubric.from_config(dict(DEFAULT))
    found = specs.loop_settings(GrpoConfig(scale_rewards="batch"), rubric, 10, 1, dev=True)
    assert found.scale_rewards == "batch"


@pytest.mark.parametrize(
    ("given", "threads"),
    [
        ({}, 8),
        ({"gradients": "actors", "actors": 3}, 1),
        ({"staleness": 1, "actors": 3}, 5),
        ({"staleness": 1, "actors": 9}, 1),
    ],
)
def test_the_learner_has_the_cores_that_nobody_else_works_on(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], threads: int
) -> None:
    monkeypatch.setattr(specs, "cores", lambda: 8)
    assert _settings(GrpoConfig(**given)).threads == threads
