"""Diversity: what a completion says that its siblings do not."""

from __future__ import annotations

from itertools import permutations

import pytest

from rewards import Question, Rubric, parse
from rewards.errors import ConfigError

QUESTION = Question("q", "What do you hear?")


def values(*texts, **params):
    rubric = Rubric.from_config({"parts": {"diversity": params}})
    scores = rubric.score_group(QUESTION, [parse(text) for text in texts])
    assert all(score.valid for score in scores), scores
    return [score.parts["diversity"].value for score in scores]


def test_the_table_row_by_row():
    assert values("the bass walks down", "a horn calls twice") == [1.0, 1.0]
    assert values("the bass walks down", "the bass walks up") == [0.5, 0.5]
    assert values("the bass walks", "the bass walks", "the bass walks") == [0.0, 0.0, 0.0]
    assert values("the bass walks", "", "...") == [1.0, 0.0, 0.0]
    assert values("the bass walks") == [None]


def test_a_completion_without_siblings_is_compared_with_nothing_and_says_so():
    score = Rubric.of(["diversity"]).score(QUESTION, parse("the bass walks"))
    part = score.parts["diversity"]
    assert (part.status, score.total, score.valid) == ("not_applicable", None, True)
    assert part.why.startswith("it has no siblings")


def test_a_run_that_one_of_three_siblings_has_costs_a_third():
    twin, other, third, fourth = "a b c", "a b c d", "x y z", "u v w"
    assert values(twin, other, third, fourth) == pytest.approx([2 / 3, 5 / 6, 1, 1])


def test_short_texts_repeats_case_and_tags_do_not_hide_what_is_shared():
    assert values("D major", "D MAJOR", "<think>d</think><answer>major</answer>") == [0.0] * 3
    assert values("la la la la la la", "la la la") == [0.0, 0.0]


def test_any_order_of_the_siblings_gives_each_the_same_bits():
    texts = ["a b c d e", "a b c x y", "a b c d", "q r s a b c", "b c d e"]
    expected = dict(zip(texts, values(*texts), strict=True))
    for order in permutations(texts):
        assert values(*order) == [expected[text] for text in order]


def test_parameters():
    assert values("the bass walks", "the bass rests", n=1) == pytest.approx([1 / 3, 1 / 3])
    assert values("<answer>D</answer>", "x <answer>D</answer>", on="answer") == [0.0, 0.0]
    with pytest.raises(ConfigError, match="expected one of completion, think, answer"):
        values("a", on="anywhere")
