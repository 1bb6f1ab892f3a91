"""Claims of intervals: what a tune does, what two voices are apart, what is only reckoned."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(("text", "expected"), [
    ("The first two notes rise by a perfect fourth.", ["P4"]),
    ("The tune leaps up a major sixth.", ["M6"]),
    ("The leap sounds like a major sixth.", ["M6"]),
    ("The phrase descends a minor second to E.", ["m2"]),
    ("The upper voice is a minor sixth above the lower voice.", ["m6"]),
    ("The outer voices form a minor tenth.", ["m10"]),
    ("The bass and soprano are a major third apart.", ["M3"]),
    ("The second note is a major third higher.", ["M3"]),
    ("Five semitones, which is a perfect fourth.", ["P4"]),
    ("The distance is a perfect fifth.", ["P5"]),
    ("At 0:22 the pitch rises an octave.", ["P8"]),
    ("The tune leaps up a P5.", ["P5"]),
    ("It jumps down a fourth at the start.", ["P4"]),
    ("The cellos open, climbing a fifth.", ["P5"]),
    ("The bass slides up an octave.", ["P8"]),
    ("[interval] Eight semitones, m6.", ["m6"]),
    ("[interval] An M3, not an m3.", ["M3", "m3 denied"]),
])  # fmt: skip
def test_an_interval_is_what_a_tune_spans_or_voices_are_apart(told, text, expected):
    shown = [claim[9:] for claim in told(text) if claim.startswith("interval ")]
    assert shown == expected


@pytest.mark.parametrize("text", [
    "A dominant seventh chord.",
    "A major seventh on the tonic.",
    "The scale has a minor third.",
    "A minor chord consists of a minor third and a perfect fifth.",
    "The guitar plays perfect fifths all day.",
    "Octave doublings in the strings.",
    "From E down a minor third I arrive at C sharp.",
    "A perfect fourth has five; a minor third inverts elsewhere.",
])  # fmt: skip
def test_members_of_chords_and_reckoning_are_no_interval(told, text):
    assert not any(claim.startswith("interval ") for claim in told(text))


@pytest.mark.parametrize(("text", "expected"), [
    ("A major sixth would have gone higher.", ["interval M6 hypothetical"]),
    ("An octave would have required another note on top.", ["interval P8 hypothetical"]),
    ("A tritone would sound much harsher.", ["interval A4 hypothetical"]),
])  # fmt: skip
def test_an_interval_that_would_do_something_is_only_compared(told, text, expected):
    assert told(text, "interval") == expected


def test_a_kind_of_interval_may_be_many_or_no_chords(told):
    assert told("The horns hold dissonant intervals, mostly minor seconds.")[-1:] == ["interval m2"]
    assert told("There is an augmented second in the melody.") == ["interval A2"]
