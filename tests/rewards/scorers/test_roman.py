"""Roman numerals: their notes are music21's, their credit follows the table."""

from __future__ import annotations

import pytest
from music21 import key as m21_key
from music21 import roman as m21_roman

from rewards.spelling.keys import parse_key
from rewards.spelling.numerals import chord_of, parse_numeral

TONICS = ["C", "G", "D", "A", "E", "B", "F#", "Db", "Ab", "Eb", "Bb", "F"]
NUMERALS = {
    "major": "I I6 I64 ii ii6 iii IV IV6 V V6 V7 V65 V43 V42 vi viio viio6 viio7 viiø7 ii7 ii65 "
    "IV7 I7 vi7 iii7 bII6 bVI bVII iv i V/V V7/V V65/V V/ii V7/ii V7/vi V43/IV viio7/V viio/ii",
    "minor": "i i6 i64 iio iio6 ii III III+ iv iv6 IV V V6 V7 V65 V43 V42 v VI VII viio viio6 "
    "viio7 viio65 i7 iv7 VI7 III7 VII7 bII6 V/V V7/V V7/iv V7/III V65/iv viio7/V",
}


def _ours(text: str, tonic: str, mode: str) -> tuple[frozenset[int], int]:
    key = parse_key(f"{tonic} {mode}")
    numeral = parse_numeral(text, mode == "minor")
    assert key is not None
    assert numeral is not None, text
    root, mask, bass = chord_of(numeral, key)
    return frozenset((root + s) % 12 for s in range(12) if mask >> s & 1), (root + bass) % 12


@pytest.mark.parametrize("mode", ["major", "minor"])
@pytest.mark.parametrize("tonic", TONICS)
def test_the_notes_of_a_numeral_are_those_of_music21_in_every_key(tonic: str, mode: str):
    scale = m21_key.Key(tonic.replace("b", "-"), mode)
    for text in NUMERALS[mode].split():
        chord = m21_roman.RomanNumeral(text, scale)
        theirs = frozenset(pitch.pitchClass for pitch in chord.pitches)
        assert _ours(text, tonic, mode) == (theirs, chord.bass().pitchClass), (text, tonic, mode)


CREDIT = [
    # fact, key, answer, value
    ("V7", "D major", "V7", 1.0), ("V7", "D major", "V⁷", 1.0), ("V7", "D major", "V 7", 1.0),
    ("V7", "D major", "the V7 chord", 1.0), ("V7", "D major", "V7 in D major", 1.0),
    ("V7", "D major", "dominant seventh", 1.0), ("V7", "D major", "It is not IV, it is V7.", 1.0),
    ("V65", "D major", "V7 in first inversion", 1.0), ("V65", "D major", "V6/5", 1.0),
    ("bII6", "C minor", "N6", 1.0), ("N6", "C minor", "Neapolitan sixth", 1.0),
    ("N", "E minor", "bII6", 1.0), ("Cad64", "G major", "I64", 1.0),
    ("Cad64", "G minor", "i6/4", 1.0), ("V2", "C major", "V4/2", 1.0),
    ("vii°7", "C minor", "viio7", 1.0), ("viiø7", "C major", "vii half-diminished 7", 1.0),
    ("V7/V", "F major", "V7 of V", 1.0), ("IV", "F major", "subdominant", 1.0),
    ("iv", "F minor", "subdominant", 1.0), ("vi", "F major", "F major: vi", 1.0),
    ("V7", "D major", "V7, because it resolves to I", 1.0),
    ("II", "D major", "V/V", 0.8), ("V/V", "D major", "II", 0.8),
    ("V", "D major", "I in A major", 0.8),
    ("V7", "D major", "V65", 0.7), ("V", "D major", "V6", 0.7), ("IV6", "D major", "IV", 0.7),
    ("V7", "D major", "V7/V", 0.5), ("V7/ii", "D major", "V7/vi", 0.5),
    ("V7", "D major", "V7 in G major", 0.5),
    ("vi7", "C major", "I6", 0.0), ("V7", "D major", "v7", 0.4), ("V7", "D major", "V", 0.4),
    ("V", "D major", "v", 0.4), ("ii°", "C minor", "ii", 0.4), ("V7", "D major", "v65", 0.3),
    ("V7", "D major", "IV7", 0.0), ("V7", "D major", "VVVV", 0.0), ("V7", "D major", "IIII", 0.0),
    ("V7", "D major", "V7 or IV", 0.0), ("V7", "D major", "V7/IV7", 0.0),
    ("V7", "D major", "I think so", 0.0), ("V7", "D major", "a chord", 0.0),
    ("I", "D major", "I am not sure", 0.0), ("V7", "D major", "not V7", 0.0),
    ("V7", "D major", "I ii iii IV V vi vii", 0.0),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "key", "answer", "credit"), CREDIT)
def test_credit_follows_the_table(value, fact, key, answer, credit):
    assert value("roman", answer, facts={"roman": fact, "key": key}) == pytest.approx(credit)


def test_the_same_notes_on_another_root_are_worth_half(value):
    assert value("roman", "iii+", facts={"roman": "I+", "key": "C major"}) in (0.0, 0.5)
    assert value("roman", "V+", facts={"roman": "I+", "key": "E major"}) == 0.0
    # The diminished seventh of B is that of D: vii of C, vii of E flat.
    facts = {"roman": "vii°7", "key": "C minor"}
    assert value("roman", "ii°7 in C minor", facts=facts) == 0.5


def test_a_fact_that_is_no_numeral_is_an_error_and_no_zero(judge):
    part = judge("roman", "V7", facts={"roman": "Q9"})
    assert part.status == "error"
    assert "facts.roman" in part.why


def test_without_a_fact_or_for_another_facet_it_does_not_apply(judge):
    assert judge("roman", "V7", facts={"key": "C major"}).status == "not_applicable"
    part = judge("roman", "V7", facts={"roman": "V7", "key": "C major"}, facet="key")
    assert part.status == "not_applicable"
