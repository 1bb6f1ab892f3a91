"""Intervals: music21 says how wide they are, the table says what they earn."""

from __future__ import annotations

import pytest
from music21 import interval as m21_interval

from rewards.spelling.intervals import parse_interval

NAMES = [
    f"{q}{n}" for n in range(1, 13) for q in ("PAd" if (n - 1) % 7 in (0, 3, 4) else "MmAd")
    if (q, n) != ("d", 1)
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_an_interval_is_as_wide_as_music21_says(name: str):
    ours = parse_interval(name)
    assert ours is not None
    assert ours.semitones == m21_interval.Interval(name).semitones


@pytest.mark.parametrize("fact", NAMES)
def test_against_every_other_interval_only_name_sound_and_octave_count(value, fact):
    width = m21_interval.Interval(fact).semitones
    for name in NAMES:
        got = value("interval", name, facts={"interval": fact})
        if name == fact:
            assert got == 1.0
        elif m21_interval.Interval(name).semitones == width:
            assert got == 0.6, (fact, name)
        else:
            octave = name[0] == fact[0] and abs(int(name[1:]) - int(fact[1:])) == 7
            assert got == (0.5 if octave else 0.0), (fact, name)


@pytest.mark.parametrize(
    ("fact", "answer", "spelling", "credit"),
    [
        ("d5", "diminished fifth", None, 1.0), ("d5", "dim 5th", None, 1.0),
        ("d5", "a descending diminished fifth", None, 1.0), ("m3", "minor 3rd", None, 1.0),
        ("m3", "It is a minor third.", None, 1.0), ("P8", "octave", None, 1.0),
        ("P8", "perfect octave", None, 1.0), ("P1", "unison", None, 1.0),
        ("minor sixth", "m6", None, 1.0), ("M6", "not a minor but a major sixth", None, 1.0),
        ("d5", "augmented fourth", None, 0.6), ("d5", "tritone", None, 0.6),
        ("d5", "6 semitones", None, 0.6), ("M3", "four half steps", None, 0.6),
        ("d5", "augmented fourth", False, 1.0), ("M3", "4 semitones", False, 1.0),
        ("M3", "major third (4 semitones)", None, 1.0),
        ("M3", "major third (3 semitones)", None, 0.0),
        ("M3", "major tenth", None, 0.5), ("M3", "perfect third", None, 0.0),
        ("P5", "major fifth", None, 0.0), ("M3", "third", None, 0.0),
        ("M3", "major third or minor third", None, 0.0), ("M3", "m3, M3", None, 0.0),
        ("M3", "not a major third", None, 0.0), ("M3", "3", None, 0.0), ("M3", "X", None, 0.0),
        ("M3", "9999999 semitones", None, 0.0),
    ],
)  # fmt: skip
def test_credit_follows_the_table(value, fact, answer, spelling, credit):
    facts = {"interval": fact, "spelling": spelling}
    assert value("interval", answer, facts=facts) == pytest.approx(credit)


def test_a_fact_that_is_no_interval_is_an_error(judge):
    assert judge("interval", "M3", facts={"interval": "perfect third"}).status == "error"
