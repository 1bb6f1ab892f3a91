"""The nearest word is named, at a bounded price."""

from __future__ import annotations

from rewards.errors import likest, nearest


def test_the_candidate_most_like_a_word_is_named() -> None:
    assert nearest("fromat", ["accuracy", "format"]) == ", did you mean 'format'?"
    assert nearest("fromat", ["accuracy"]) == ""
    assert likest("x" * 64, ["x" * 63]) == "x" * 63


def test_a_word_of_more_than_64_characters_is_like_none() -> None:
    assert nearest("x" * 65, ["x" * 64]) == nearest("x" * 64, ["x" * 65]) == ""


def test_the_first_500_candidates_are_compared() -> None:
    assert nearest("fromat", ["tempo"] * 499 + ["format"]) == ", did you mean 'format'?"
    assert nearest("fromat", ["tempo"] * 500 + ["format"]) == ""
