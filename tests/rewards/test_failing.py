"""Rewards that failed: which share of completions is borne, and what is said beyond it."""

from __future__ import annotations

import pytest

from rewards import Part, Question, Score
from rewards.errors import RewardError
from rewards.failing import check_share


def judged(failed: int, count: int) -> list[tuple[Question, str, Score]]:
    """So many completions, of which the first failed."""
    broke, good = Part(None, 1.0, "error", "it broke"), Part(1.0, 1.0, "scored")
    return [
        (Question(f"q{i}", "Key?"), "D major", Score({"key": broke if i < failed else good}))
        for i in range(count)
    ]


@pytest.mark.parametrize(
    ("limit", "failed", "count"),
    [
        (0.0, 0, 4),
        (0.05, 1, 20),
        (0.29, 29, 100),
        (0.57, 57, 100),
        (0.58, 29, 50),
        (0.5, 1, 2),
        (0.05, 1, 2),
        (0.05, 1, 16),
    ],
)
def test_a_share_that_is_the_limit_is_borne_and_one_more_is_not(limit, failed, count):
    check_share(judged(failed, count), limit, "completions", "mend it")
    with pytest.raises(RewardError, match=f"{failed + 1} of {count} .* at most {limit:.3g} of"):
        check_share(judged(failed + 1, count), limit, "completions", "mend it")


def test_a_single_failure_is_borne_however_few_there_are_unless_none_is():
    check_share(judged(1, 2), 0.05, "completions", "mend it")
    with pytest.raises(RewardError, match="1 of 1 completions"):
        check_share(judged(1, 1), 0.05, "completions", "mend it")
    with pytest.raises(RewardError, match=r"1 of 100 completions: expected at most 0 of them \("):
        check_share(judged(1, 100), 0.0, "completions", "mend it")


def test_no_completions_spend_nothing():
    check_share([], 0.0, "completions", "mend it")


def test_the_first_failures_of_different_questions_are_shown_on_one_line_each():
    with pytest.raises(RewardError) as refused:
        check_share(judged(5, 9), 0.1, "completions", "mend it")
    said = str(refused.value)
    assert "'key' 5 times; mend it" in said
    assert said.count("- key on 'q") == 3
    assert said.count("    completion: 'D major'") == 3
