"""The settings of an update: the rate over the steps, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from policies.audio_policy import AudioPolicy
from policies.learner import Learner
from policies.learner_settings import LearnerSettings
from policies.records import Batch
from rewards.errors import ConfigError

PLAIN = LearnerSettings(learning_rate=1e-2, max_grad_norm=1e9)


def test_the_rate_warms_up_in_a_line_and_falls_along_a_cosine() -> None:
    settings = LearnerSettings(learning_rate=8.0, warmup_steps=4, total_steps=12, schedule="cosine")
    assert [settings.rate(step) for step in range(4)] == [2.0, 4.0, 6.0, 8.0]
    assert settings.rate(4) == 8.0
    assert settings.rate(8) == pytest.approx(4.0)
    assert settings.rate(6) == pytest.approx(4 + 4 * math.cos(math.pi / 4))
    assert settings.rate(12) == pytest.approx(0, abs=1e-12)
    assert settings.rate(99) == pytest.approx(0, abs=1e-12)
    assert replace(settings, total_steps=4).rate(4) == 8.0
    constant = replace(settings, schedule="constant")
    assert [constant.rate(step) for step in (0, 3, 4, 99)] == [2.0, 8.0, 8.0, 8.0]


def test_each_update_uses_the_rate_of_its_step(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    learner = Learner(open_tiny(), replace(PLAIN, warmup_steps=2, inner_updates=2))
    for rate in (5e-3, 1e-2, 1e-2):
        assert learner.update(batch).learning_rate == rate
        assert learner.optimizer.param_groups[0]["lr"] == rate


@pytest.mark.parametrize(
    "settings",
    [
        {"loss": "ppo"},
        {"schedule": "linear"},
        {"inner_updates": 0},
        {"micro_tokens": 0},
        {"head_chunk": 0},
        {"temperature": 0.0},
        {"clip_low": -0.1},
        {"clip_high": math.nan},
    ],
)
def test_settings_that_cannot_work_are_refused_by_name(settings: dict[str, Any]) -> None:
    (name,) = settings
    with pytest.raises(ConfigError, match=name):
        LearnerSettings(**settings)
