"""The chords that music benchmarks offer as choices are all read, to the right notes."""

from __future__ import annotations

import mir_eval
import pytest

from rewards.spelling.chords import parse_chord
from rewards.spelling.notes import parse_note
from rewards.text import fold

# Semitones above the root, within the octave, and the ways such a chord is written.
WRITTEN: list[tuple[tuple[int, ...], str]] = [
    ((0, 4, 7), "C|C major|C maj|Cmaj|CM|C:maj|C major triad|C major chord|G♭|A# major|Db major"),
    ((0, 3, 7), "Am|A minor|A min|Amin|A-|A:min|A minor triad|F♯ minor|Bbm|G# minor chord|E♭m"),
    ((0, 3, 6), "Bdim|B diminished|B°|Bo|B:dim|F# dim|C♯ diminished triad"),
    ((0, 4, 8), "Caug|C augmented|C+|C:aug|E♭ augmented triad|Ab aug"),
    ((0, 4, 7, 10), "G7|G dominant 7th|G dominant seventh|G:7|Bb7|D#:7/1|F# dominant 7|E♭7|Gdom7"),
    ((0, 4, 7, 11), "Cmaj7|CM7|CΔ7|CΔ|C major 7|C major seventh|C:maj7|F major 7th|B♭maj7|Ebma7"),
    ((0, 3, 7, 10), "Am7|A-7|A minor 7|A minor seventh|A:min7|C# minor 7th|Bbmi7"),
    ((0, 3, 7, 11), "Cm(maj7)|CmM7|C minor major seventh|C:minmaj7|Dm(maj7)|C minor-major 7th"),
    ((0, 3, 6, 10), "Bm7b5|Bø7|Bø|B half-diminished|B:hdim7|F#m7♭5|C half diminished seventh"),
    ((0, 3, 6, 9), "Bdim7|B°7|B:dim7|G# diminished 7th|C fully diminished 7th"),
    ((0, 4, 7, 9), "C6|C:maj6|C major sixth|F6|Bb6"),
    ((0, 3, 7, 9), "Am6|A:min6|A minor sixth|Gm6"),
    ((0, 5, 7), "Gsus4|Gsus|G:sus4|G suspended fourth|A sus4|D suspended 4th"),
    ((0, 2, 7), "Dsus2|D:sus2|D suspended second|A sus2"),
    ((0, 5, 7, 10), "G7sus4|G:sus4(b7)|A7sus4|E7sus"),
    ((0, 4, 8, 10), "C7#5|C+7|Caug7|G augmented seventh"),
    ((0, 4, 6, 10), "C7b5|D7♭5|G7(b5)"),
    ((0, 7), "C5|C power chord|E5|A:5"),
    ((0, 4, 7, 10), "C9|G9|D:9|C7b9|E7#9|C13|G dominant ninth|A7(#9)"),
    ((0, 4, 7, 11), "Cmaj9|F:maj9|C major ninth|Cmaj7#11"),
    ((0, 3, 7, 10), "Am9|E:min9|D minor ninth|Am11"),
    ((0, 4, 7), "Cadd9|C add9|Gadd9"),
    ((0, 4, 7, 9), "C6/9|C69"),
]  # fmt: skip
CHOICES = [(text, steps) for steps, line in WRITTEN for text in line.split("|")]


def test_there_are_more_than_a_hundred_of_them() -> None:
    assert len({text for text, _ in CHOICES}) == len(CHOICES) >= 101


@pytest.mark.parametrize(("text", "steps"), CHOICES)
def test_a_choice_is_read_to_its_notes(text: str, steps: tuple[int, ...], value) -> None:
    chord = parse_chord(fold(text))
    assert chord is not None, text
    letters = fold(text)[:2] if fold(text)[1:2] in ("#", "b") else fold(text)[:1]
    root = parse_note(letters.upper() if len(letters) == 1 else letters)
    assert root is not None
    assert chord.pitch_classes == {(root.pitch_class + step) % 12 for step in steps}, text
    # The choice is its own gold answer, and "Answer: X." is too.
    asked = {"text": "Which chord is it?", "choices": (text, "silence"), "gold": text}
    assert value("accuracy", text, **asked) == 1.0
    assert value("accuracy", f"The answer is {text}.", **asked) == 1.0


def test_where_mir_eval_reads_a_choice_the_notes_are_the_same() -> None:
    compared = 0
    for text, _ in CHOICES:
        try:
            root, mask, _ = mir_eval.chord.encode(text)
        except mir_eval.chord.InvalidChordException:
            continue
        chord = parse_chord(text)
        assert chord is not None
        assert chord.pitch_classes == {(root + s) % 12 for s in range(12) if mask[s]}, text
        compared += 1
    assert compared > 20


def test_no_chord_is_a_choice_too() -> None:
    for text in ("N", "N.C.", "no chord"):
        chord = parse_chord(text)
        assert chord is not None
        assert chord.pitch_classes == frozenset()
