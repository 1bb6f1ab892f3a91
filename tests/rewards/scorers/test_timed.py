"""What the rewards over time share."""

from __future__ import annotations

import random

import pytest

from rewards.scorers import timed
from rewards.spelling.times import MOST, tokens

PIECES = (
    "1", "23", "0.5", "1.25", "12.000", "007", ".5", "5.", "123456789", "1234567890",
    "0." + "1" * 25, " ", " ", " ", ", ", ",", ";", "\n", "\t", " ; ", "\u00a0", "\r\n", ":", "-",
    "m", " s",
)  # fmt: skip


def test_a_table_of_numbers_is_read_as_any_text_is():
    """``numbers`` has a short way for it."""
    short = 0
    for seed in range(20_000):
        draw = random.Random(seed)
        text = "".join(draw.choices(PIECES, k=draw.randint(1, 9)))
        assert timed.numbers(text) == [token.value for token in tokens(text)], text
        short += timed._NUMBERS.fullmatch(text) is not None
    assert short > 500


def test_no_more_numbers_are_read_than_music_has():
    text = "0.5 " * (MOST + 9)
    assert len(timed.numbers(text.strip())) == len(timed.numbers(f"{text} s")) == MOST + 1


@pytest.mark.parametrize(
    ("facet", "fact"),
    [
        ("onsets", (2.0, 1.0)), ("beats", (2.0, 1.0)), ("downbeats", (2.0, 1.0)),
        ("chords", ((0.0, 1.0, "H"),)), ("notes", ((0.0, 1.0, "H4"),)),
        ("segments", ((0.0, 9.0, "verse"), (5.0, 12.0, "chorus"))),
    ],
)  # fmt: skip
@pytest.mark.parametrize("answer", ["", "I do not know"])
def test_a_fact_that_is_wrong_is_told_whatever_is_answered(judge, facet, fact, answer):
    part = judge(facet, answer, facts={facet: fact})
    assert part.status == "error"
    assert f"facts.{facet}: got " in part.why
