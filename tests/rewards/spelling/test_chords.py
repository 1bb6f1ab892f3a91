"""Readers of chords: symbols and words to the same notes, those past the octave included."""

from __future__ import annotations

import time

import pytest

from rewards.spelling.chord_mentions import find_chords
from rewards.spelling.chord_words import turned
from rewards.spelling.chords import parse_chord
from rewards.spelling.described_chords import described_chords, spelled_out
from rewards.spelling.lead_sheet import parse_suffix
from rewards.spelling.progressions import read_progressions
from rewards.text import fold

# All semitones above the root, ninths, elevenths and thirteenths an octave lower.
SUFFIXES = {
    "": "0 4 7", "m": "0 3 7", "dim": "0 3 6", "aug": "0 4 8", "+": "0 4 8", "°": "0 3 6",
    "7": "0 4 7 10", "maj7": "0 4 7 11", "M7": "0 4 7 11", "Δ": "0 4 7 11", "m7": "0 3 7 10",
    "-7": "0 3 7 10", "mM7": "0 3 7 11", "m(maj7)": "0 3 7 11", "m7b5": "0 3 6 10",
    "ø": "0 3 6 10", "°7": "0 3 6 9", "6": "0 4 7 9", "m6": "0 3 7 9", "6/9": "0 2 4 7 9",
    "sus4": "0 5 7", "sus2": "0 2 7", "7sus4": "0 5 7 10", "9sus4": "0 2 5 7 10",
    "add9": "0 2 4 7", "madd9": "0 2 3 7", "m(add9)": "0 2 3 7", "add11": "0 4 5 7",
    "add#11": "0 4 6 7", "5": "0 7", "9": "0 2 4 7 10", "maj9": "0 2 4 7 11", "m9": "0 2 3 7 10",
    "11": "0 2 4 5 7 10", "m11": "0 2 3 5 7 10", "13": "0 2 4 5 7 9 10", "7b9": "0 1 4 7 10",
    "7#9": "0 3 4 7 10", "7#11": "0 4 6 7 10", "7b13": "0 4 7 8 10", "maj7#11": "0 4 6 7 11",
    "13#11": "0 2 4 6 7 9 10", "7(b9,#11)": "0 1 4 6 7 10", "7b5": "0 4 6 10", "7#5": "0 4 8 10",
    "+7": "0 4 8 10", "aug7": "0 4 8 10", "maj7#5": "0 4 8 11", "7alt": "0 1 3 4 7 8 10",
    "9#11": "0 2 4 6 7 10", "m7add11": "0 3 5 7 10", "2": "0 2 4 7", "add4": "0 4 5 7",
    "(no3)": "0 7", "(no5)": "0 4", "mb5": "0 3 6", "m#7": "0 3 7 11", "7M": "0 4 7 11",
    "minmaj9": "0 2 3 7 11", "dom7": "0 4 7 10", "MIN7": "0 3 7 10", "DIM7": "0 3 6 9",
    "^7": "0 4 7 11", "h7": "0 3 6 10", "mi(ma7)": "0 3 7 11", "m/maj7": "0 3 7 11",
}  # fmt: skip
ROOTS = {"C": 0, "F#": 6, "Bb": 10, "E♭": 3, "G♯": 8, "Cb": 11, "D##": 4}


@pytest.mark.parametrize(("suffix", "steps"), SUFFIXES.items())
def test_a_symbol_is_read_to_all_its_notes_on_every_root(suffix, steps):
    for name, root in ROOTS.items():
        chord = parse_chord(fold(name + suffix))
        assert chord is not None, name + suffix
        assert chord.root.pitch_class == root
        assert chord.all_pitch_classes == {(root + int(s)) % 12 for s in steps.split()}, suffix


@pytest.mark.parametrize(
    ("text", "bass"),
    [
        ("G7/F", 5), ("G7 in third inversion", 5), ("G dominant seventh, third inversion", 5),
        ("G7 with the seventh in the bass", 5), ("G/B", 11), ("G over B", 11), ("G on B", 11),
        ("G with B in the bass", 11), ("G with a B in the bass", 11), ("G:maj/3", 11),
        ("G:7/b7", 5), ("G major in 1st inversion", 11), ("G major, second inversion", 2),
        ("G in root position", 7), ("G:7/1", 7), ("G7 with F as the lowest note", 5),
    ],
)  # fmt: skip
def test_the_bass_may_be_said_in_signs_and_in_words(text, bass):
    chord = parse_chord(text)
    assert chord is not None
    assert chord.bass_pitch_class == bass


@pytest.mark.parametrize(
    "text",
    ["mm", "Cmm", "Cdimaug", "C::7", "C7/", "/C", "C//E", "Ammm7",
     "H", "Cx5y", "C" * 90, "C99999", "C" + "7" * 30, "C major minor", "La", "Go!",
     "Fade", "Bead", "Face", "a minor chord", "a major triad"],
)  # fmt: skip
def test_garbage_and_words_are_no_chords(text):
    chord = parse_chord(text)
    assert chord is None


def test_no_suffix_of_two_triads_is_read():
    for first in ("m", "dim", "aug", "maj", "ø"):
        for second in ("min", "dim", "aug", "ø"):
            assert parse_suffix(first + second) is None, first + second


@pytest.mark.parametrize(
    ("text", "chord"),
    [("A C E G", "A:min7"), ("C-E-G", "C"), ("E, G, C", "C:maj/3"), ("B D F", "B:dim"),
     ("G B D F", "G:7"), ("the notes C, Eb and G", "C:min"), ("F# A C E", "F#:hdim7")],
)  # fmt: skip
def test_notes_spell_a_chord_out(text, chord):
    assert spelled_out(text) == parse_chord(chord)


@pytest.mark.parametrize("text", ["C F Bb E A", "C D E", "C G", "A", "C or E or G"])
def test_other_notes_spell_nothing(text):
    assert spelled_out(text) is None


def test_quality_may_come_first():
    words = "a half-diminished seventh chord built on F#"
    assert [parse_chord(order) for _, _, order in turned(words)] == [parse_chord("F#ø7")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("I am fairly sure it is C major", ["C"]), ("a bad day, add one", []), ("Am7 in G major",
        ["Am7"]), ("the fifth of D", []), ("Dm7 resolving to G7", ["Dm7"]),
        ("Bass and Drums", []), ("Eb and Ab7", ["Eb", "Ab7"]),
    ],
)  # fmt: skip
def test_running_text_holds_these_chords(text, names):
    assert [m.value for m in find_chords(text)] == [parse_chord(name) for name in names]


def test_spans_lie_on_the_chord():
    text = "Well, F#m7b5/C and B flat major, I think."
    spans = [text[m.start : m.end] for m in find_chords(text)]
    assert spans == ["F#m7b5/C", "B flat major"]


PIECES = ["A", "A ", "A-", "Am7 ", "C#", "C(", "C/", "seventh on G ", "root C, quality ",
          "C with a ", "diminished ", "major ", "first inversion of C ", "b7 ", "I V ", "C or ",
          "C G Am F ", "in C major ", "1. C ", "% ", "tonic ", "not C but ", "1-5-", "(", "-> ",
          "resolves to C ", "C minor major ", "\u0301", "𝄫", "ø", "no chord "]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_reading_any_thousand_characters_is_quick(piece):
    text = fold((piece * 1000)[:1000])
    parse_chord("C")  # patterns are compiled at first use
    described_chords("Am7 or C6 on G")
    read_progressions("I V vi IV (C G Am F)")
    start = time.perf_counter()
    described_chords(text)
    read_progressions(text)
    assert time.perf_counter() - start < 0.5
