"""A judge is never alone in a rubric, at no step of a run."""

from __future__ import annotations

import pytest

from rewards import Rubric
from rewards.errors import ConfigError

JUDGE = {"reward": "judge", "first": "answer", "url": "http://127.0.0.1:9/v1", "model": "m"}


@pytest.mark.parametrize(
    "parts",
    [
        {"judge": JUDGE},
        {"opinion": JUDGE, "second": JUDGE},
        {"judge": JUDGE, "format": {"weight": 0}},
        {"judge": JUDGE, "format": {"weight": {0: 1, 10: 0}}},
        {"judge": {**JUDGE, "weight": {0: 0, 5: 1}}, "format": {"weight": {0: 1, 5: 0, 9: 1}}},
    ],
)
def test_a_judge_is_never_alone(parts):
    with pytest.raises(ConfigError, match="never alone"):
        Rubric.from_config({"parts": parts})


def test_the_step_from_which_a_judge_would_be_alone_is_told():
    parts = {"judge": JUDGE, "format": {"weight": {0: 1, 10: 0}}}
    with pytest.raises(ConfigError, match="above 0 at step 10, expected one"):
        Rubric.from_config({"parts": parts})


@pytest.mark.parametrize(
    "parts",
    [
        {"judge": JUDGE, "format": {"weight": 0.01}},
        {"judge": {**JUDGE, "weight": 0}, "format": {"weight": {0: 0, 1: 1}}},
        {"judge": {**JUDGE, "weight": {0: 1, 10: 0}}, "format": {"weight": {0: 1, 20: 0}}},
    ],
)
def test_in_company_it_may_judge(parts):
    assert Rubric.from_config({"parts": parts}).parts
