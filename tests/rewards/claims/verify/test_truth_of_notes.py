"""A note of no voice is one of the melody that is asked, at the place that is asked."""

from __future__ import annotations

import pytest

from rewards import Facts, Question, parse
from rewards.scorers.theory import theory


def value(question: str, truth: str, think: str) -> float:
    row = Question("q", question, facet="note", answer=truth, facts=Facts(note=truth))
    verdict = theory(row, parse(f"<think>{think}</think> <answer>{truth}</answer>"))
    assert verdict is not None
    return verdict.value


@pytest.mark.parametrize("think", [
    "It ends on C sharp.",
    "It closes on the submediant, C♯.",
    "The last note is the third degree, C sharp.",
])  # fmt: skip
def test_it_is_the_melody_that_is_asked(think):
    for question in ("What is the last note of the tune?", "On which note does it finish?"):
        assert value(question, "C#", think) > 0.9
        assert value(question, "A", think) == 0.0


def test_another_voice_and_another_place_tell_nothing():
    for think in ("The cello ends on C sharp.", "It begins on C sharp."):
        assert value("What is the last note of the melody?", "C#", think) == 0.0
    both = "It begins on E. It ends on C sharp."
    assert value("What is the last note of the melody?", "C#", both) > 0.9
    assert value("What is the last bass note?", "C#", "It ends on C sharp.") == 0.0
