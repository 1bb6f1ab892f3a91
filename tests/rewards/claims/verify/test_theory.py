"""The tables of theory against music21."""

from __future__ import annotations

import pytest
from music21 import interval as intervals
from music21 import key as keys
from music21 import note as notes
from music21 import roman as romans

from rewards.claims.verify.theory import holds
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import harte

TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
DEGREES = {"subdominant": 4, "dominant": 5, "mediant": 3, "submediant": 6, "supertonic": 2}


def _sharp(name: str) -> str:
    return name.replace("-", "b")


def _key(tonic: str, mode: str) -> keys.Key:
    return keys.Key(tonic.replace("b", "-"), mode)


@pytest.mark.parametrize("mode", ["major", "minor"])
@pytest.mark.parametrize("tonic", TONICS)
def test_degrees_signatures_and_relatives_are_those_of_music21(tonic, mode):
    key, name = _key(tonic, mode), f"{tonic} {mode}"
    for relation, degree in DEGREES.items():
        note = _sharp(key.pitchFromDegree(degree).name)  # type: ignore[union-attr]
        assert holds(f"{relation} of {name} is {note}"), relation
        assert not holds(f"{relation} of {name} is {tonic}"), relation
    relative = key.relative
    said = f"{_sharp(relative.tonic.name)} {relative.mode}"
    assert holds(f"relative of {name} is {said}")
    assert not holds(f"relative of {name} is {name}")
    parallel = key.parallel
    assert holds(f"parallel of {name} is {tonic} {parallel.mode}")
    if abs(key.sharps) <= 7:
        assert holds(f"signature of {name} is {key.sharps}")
        assert not holds(f"signature of {name} is {key.sharps + 1}")
    leading = _sharp(romans.RomanNumeral("viio", key).root().name)
    assert holds(f"leading_tone of {name} is {leading}")


@pytest.mark.parametrize("tonic", TONICS)
@pytest.mark.parametrize("figure", ["ii7", "IV", "V7", "vi", "V", "iii"])
def test_numerals_are_the_chords_of_music21(tonic, figure):
    chord = romans.RomanNumeral(figure, _key(tonic, "major"))
    quality = {"major": "maj", "minor": "min", "dominant-seventh": "7"}
    names = {"ii7": "min7", "V7": "7"}
    name = f"{_sharp(chord.root().name)}:{names.get(figure) or quality[chord.quality]}"
    assert holds(f"numeral of {name} in {tonic} major is {figure}")
    other = {"ii7": "V7", "V7": "ii7"}.get(figure, "ii")
    assert not holds(f"numeral of {name} in {tonic} major is {other}")


@pytest.mark.parametrize("low", TONICS)
@pytest.mark.parametrize("name", ["m2", "M2", "m3", "M3", "P4", "P5", "m6", "M6", "m7", "M7"])
def test_intervals_are_those_of_music21(low, name):
    high = intervals.Interval(name).transposeNote(notes.Note(low.replace("b", "-")))
    assert holds(f"interval of {low} and {_sharp(high.name)} is {name}")
    assert not holds(f"interval of {low} and {_sharp(high.name)} is P8")


@pytest.mark.parametrize(("proposition", "truth"), [
    ("members of D major is D F# A", True),
    ("members of D major is D E F# G A B C#", True),
    ("members of D major is D E F G A B C", False),
    ("members of A:7 is A C# E G", True),
    ("members of A:7 is A C E G", False),
    ("members of G major pentatonic is G A B D E", True),
    ("dominant of D major is A:7", True),
    ("dominant of D major is A:min", False),
    ("dominant of D major is nothing", None),
    ("colour of D major is blue", None),
    ("signature of D dorian is 0", None),
    ("nonsense", None),
    ("numeral of C:maj7 in F major is V7", False),
    ("numeral of C:maj7 in C major is I7", True),
    ("numeral of C:7 in C major is I7", True),
    ("numeral of C:7 in C major is Imaj7", False),
    ("numeral of B:hdim7 in C major is vii°7", True),
])  # fmt: skip
def test_propositions_hold_or_not_or_cannot_be_told(proposition, truth):
    assert holds(proposition) is truth


@pytest.mark.parametrize("name", ["A:min7", "D:maj/3", "F#:hdim7", "Eb:maj7", "G:7/b7", "B:dim"])
def test_a_chord_is_written_in_the_syntax_it_was_read_from(name):
    chord = parse_chord(name)
    assert chord is not None
    assert harte(chord) == name


def test_four_notes_of_a_key_are_of_its_scale():
    assert holds("members of Eb major is Eb F G C") is True
    assert holds("members of Eb major is Eb F G E") is False
    assert holds("members of Eb:maj is Eb F G C") is False
