"""Values of a configuration against the annotations of a function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Optional

import pytest

from rewards.parameters import expected, fits, parameters_of


@pytest.mark.parametrize(
    ("hint", "good", "bad"),
    [
        (int, [0, -3], [True, 1.0, "1", None, []]),
        (float, [0, 1, 0.5, float("inf")], [True, "0.5", None, [0.5]]),
        (bool, [True, False], [0, 1, "true", None]),
        (str, ["", "x"], [1, None, True, ["x"]]),
        (float | None, [None, 1, 0.5], ["x", True]),
        (Optional[str], [None, "x"], [1]),  # noqa: UP045 - people still write it
        (Literal["up", "both"], ["up"], ["down", None, 1]),
        (Literal[1, "auto"], [1, "auto"], [True, 1.0]),
        (list[int], [[], [1, 2]], [[1.5], [True], "12", 1, {}]),
        (tuple[str, ...], [[], ["a", "b"], ("a",)], ["ab", [1]]),
        (tuple[int, float], [[1, 2.5]], [[1], [1.5, 1], [1, 2, 3]]),
        (Sequence[str], [["a"]], ["a", [1]]),
        (list, [[1, "a"]], ["a", 1]),
        (dict[str, float], [{}, {"a": 1}], [{"a": "x"}, {1: 1.0}, []]),
        (Mapping[str, list[int]], [{"a": [1]}], [{"a": 1}]),
        (Any, [1, "x", None], []),
        (type(None), [None], [0, "", False]),
        (None, [1, "x"], []),
    ],
)
def test_a_value_fits_or_does_not(hint: Any, good: list[Any], bad: list[Any]) -> None:
    assert [value for value in good if not fits(value, hint)] == []
    assert [value for value in bad if fits(value, hint)] == []
    assert expected(hint)


def test_an_annotation_that_says_nothing_expects_a_value() -> None:
    assert [expected(None), expected(Any), expected(type(None))] == ["a value", "a value", "null"]


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        (list, "a list"),
        (list[str], "a list of text"),
        (tuple[int, ...], "a list of a whole number"),
        (tuple[float, float], "a list of 2 times a number"),
        (tuple[str, float], "a list of text and a number"),
        (dict[str, float], "a mapping"),
        (Literal["up", 1], "one of up, 1"),
    ],
)
def test_an_annotation_is_told_in_words(hint: Any, said: str) -> None:
    assert expected(hint) == said


def test_what_is_keyword_only_is_a_parameter() -> None:
    def judge(answer: str, *, words: int, loose: bool = False, odd: Unknown = 1) -> float:  # type: ignore[name-defined]  # noqa: F821
        return 1.0

    found = parameters_of(judge)
    assert list(found) == ["words", "loose", "odd"]
    assert [parameter.required for parameter in found.values()] == [True, False, False]
    # One annotation that cannot be resolved leaves all unchecked.
    assert {parameter.hint for parameter in found.values()} == {None}
