"""Lyrics: word errors over the words of the reference."""

from __future__ import annotations

import random

import pytest

LINE = "the river bends and carries me home"


def _distance(a: list[str], b: list[str]) -> int:
    """Levenshtein by the plain table: the oracle."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(before + (x != y), row[j] + 1, row[j - 1] + 1)
    return row[-1]


def test_the_value_is_one_minus_the_word_error_rate(value):
    rng = random.Random(1)
    words = LINE.split()
    for _ in range(200):
        said = [rng.choice([*words, "moon"]) for _ in range(rng.randint(1, 12))]
        expected = 1 - min(1.0, _distance(words, said) / len(words))
        got = value("lyrics", " ".join(said), facts={"lyrics": LINE})
        assert got == pytest.approx(expected), said


@pytest.mark.parametrize(
    "answer",
    [
        "The river bends, and carries me home.",
        '"The river bends and carries me home"',
        "[Verse 1]\nThe river bends\nand carries me home",
        "0:05 The river bends 0:08 and carries me home",
        "THE RIVER BENDS AND CARRIES ME HOME!",
        "Lyrics: the river bends and carries me home",
        "Chorus: the river bends and carries me home (x2)",
    ],
)
def test_dress_does_not_count(value, answer):
    assert value("lyrics", answer, facts={"lyrics": LINE}) == 1.0


@pytest.mark.parametrize(
    ("fact", "answer", "credit"),
    [
        ("don't look back", "don’t look back", 1.0),
        ("don't look back", "do not look back", 1 / 3),
        ("你好世界", "你好世界", 1.0),
        ("你好世界", "你好世間", 0.75),
        ("你好世界", "你好", 0.5),
        ("さくら さくら", "さくらさくら", 1.0),
        (LINE, "la la la la la la la", 0.0),
        (LINE, "la " * 500, 0.0),
        (LINE, "...", 0.0),
    ],
)
def test_characters_count_where_there_are_no_blanks(value, fact, answer, credit):
    assert value("lyrics", answer, facts={"lyrics": fact}) == pytest.approx(credit)
