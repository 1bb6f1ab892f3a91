"""Readers of times, rows and pitches: what is a time, what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.spelling.pitches import hertz_of, midi_of, parse_pitch
from rewards.spelling.rows import from_structure, read_rows
from rewards.spelling.series import folded, read_times, tokens


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0.38s", [0.38]), (".5", [0.5]), ("1:30", [90.0]), ("0:01:30.5", [90.5]),
        ("380 ms", [0.38]),
        ("1 min 30 s", [90.0]), ("1.5 min", [90.0]), ("2m", [120.0]), ("1e1", [10.0]),
        ("(-1, 2)", [-1, 2]),
        ("120 BPM", []), ("4/4", []), ("A7", []), ("C:7", []), ("C:maj(9)", []), ("12-bar", []),
        ("8 beats", []), ("440 Hz", []), ("9" * 40, []), ("1.2.3", []), ("0-10", [0, 10]),
        ("A-7", []),
        ("3rd", []),
    ],
)  # fmt: skip
def test_a_time_is_told_from_what_only_looks_like_one(text, values):
    assert [token.value for token in tokens(text)] == pytest.approx(values)


@pytest.mark.parametrize(
    ("text", "midi"),
    [
        ("C4", 60), ("c4", 60), ("middle C", 60), ("F#4", 66), ("Gb4", 66), ("F sharp 4", 66),
        ("B#3", 60),
        ("Cb4", 59), ("C-1", 0), ("60", 60), ("MIDI 60", 60), ("440 Hz", 69), ("0.44 kHz", 69),
        ("A4 (440)", 69),
        ("G9", 127), ("C", None), ("", None), ("H4", None), ("128", None), ("C10", None),
        ("-5", None),
        ("0 Hz", None), ("A4 B4", None), ("9" * 99, None),
    ],
)  # fmt: skip
def test_a_pitch_is_a_name_with_an_octave_a_midi_number_or_a_frequency(text, midi):
    assert parse_pitch(text) == (None if midi is None else pytest.approx(midi))


def test_frequencies_and_midi_numbers_are_those_of_mir_eval():
    util = pytest.importorskip("mir_eval.util")
    for midi in range(128):
        assert hertz_of(midi) == pytest.approx(float(util.midi_to_hz(midi)))
        assert midi_of(hertz_of(midi)) == pytest.approx(midi)


def test_names_are_those_of_music21():
    pitch = pytest.importorskip("music21.pitch")
    for letter in "CDEFGAB":
        for sign, theirs in (("", ""), ("#", "#"), ("b", "-"), ("##", "##"), ("bb", "--")):
            for octave in (0, 3, 4, 8):
                golden = pitch.Pitch(f"{letter}{theirs}{octave}").ps
                assert parse_pitch(f"{letter}{sign}{octave}") == golden


def test_labels_keep_their_own_numbers_and_brackets():
    rows = read_rows(folded("0-1.5: C:maj(9), 1.5-3: A:min7/b3, 3-4: G:(1,3,5)"))
    assert [row.label for row in rows] == ["C:maj(9)", "A:min7/b3", "G:(1,3,5)"]
    rows = read_rows(folded("[0:00] Verse 1 [0:12] Verse 2"))
    assert [(row.start, row.label) for row in rows] == [(0.0, "Verse 1"), (12.0, "Verse 2")]


@pytest.mark.parametrize("text", ["", "[", "{}", "[true, 1]", "[[[[1]]]]",
    '{"a": {"b": 1}}', "[null]",
                                  "[[1, 2, [3]]]", '[{"start": "x"}]', "[1e400, 2]"])  # fmt: skip
def test_odd_structures_are_read_without_an_error(text):
    read_rows(folded(text))
    read_times(folded(text))


@given(
    st.lists(st.decimals(0, 40_000, places=3).map(str), min_size=1, max_size=40),
    st.sampled_from([", ", ",", " "]),
)
def test_the_usual_list_of_decimals_is_read_as_any_other(numbers, glue):
    text = glue.join(numbers)
    # A unit at the end makes it an unusual one, with the same times.
    assert read_times(text) == read_times(f"{text} s")
    assert read_times(text).times == tuple(sorted({t for t in map(float, numbers) if t <= 30_000}))


@given(
    st.lists(
        st.tuples(
            *[st.decimals(0, 900, places=3).map(float)] * 2, st.sampled_from(["C", "440.0", "60"])
        )
    )
)
def test_rows_of_floats_are_those_of_rows_of_texts(rows):
    data = [list(row) for row in rows]
    texts = [[str(start), str(end), label] for start, end, label in rows]
    assert from_structure(data) == from_structure(texts)
