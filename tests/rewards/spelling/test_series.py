"""Readers of times, rows and pitches: what is a time, what only looks like one."""

from __future__ import annotations

from importlib import import_module
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.spelling.grids import grid
from rewards.spelling.pitches import hertz_of, midi_of, parse_pitch
from rewards.spelling.rows import from_structure, read_rows
from rewards.spelling.series import folded, read_times
from rewards.spelling.steady import without_step
from rewards.spelling.times import tokens


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
    util = import_module("mir_eval.util")
    for midi in range(128):
        assert hertz_of(midi) == pytest.approx(float(util.midi_to_hz(midi)))
        assert midi_of(hertz_of(midi)) == pytest.approx(midi)


def test_names_are_those_of_music21():
    pitch = import_module("music21.pitch")
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


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("500, 1000 and 1500 ms", [0.5, 1, 1.5]), ("1, 2 and 3 min", [60, 120, 180]),
        ("60 500 ms, 64 900 ms", [60, 0.5, 64, 0.9]), ("4 beats, 500 ms", [0.5]),
        ("0:08\nSection B", [8]), ("0:08 section B", [8]), ("8 sections", []),
    ],
)  # fmt: skip
def test_a_list_has_one_unit_and_a_clock_counts_nothing(text, values):
    assert [token.value for token in tokens(text)] == pytest.approx(values)


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("every 0.5 s from 0.5 to 2", [0.5, 1, 1.5, 2]),
        ("at 1 s and then every half second up to 2 s", [1, 1.5, 2]),
        ("3 beats, spaced 500 ms apart, from 1.0 s", [1, 1.5, 2]),
        ("0.5 s intervals from 0 to 1.2 s", [0, 0.5, 1]), ("every second from 1 to 3", [1, 2, 3]),
        ("every 0.5 s", []), ("every 0.5 s: 0.5, 1.0, 1.5", []), ("every 2 beats, 1.0 to 3.0", []),
        ("every 0 s from 1 to 2", []), ("every 0.001 s from 0 to 29000", []),
    ],
)  # fmt: skip
def test_a_rule_gives_its_times(text, times):
    assert without_step(text)[1] == pytest.approx(times)


def test_what_counts_the_entries_is_no_time():
    for text in (
        "beat 1 0.5 s, beat 2 1.0 s", "0.5 s (bar 1), 1.0 s (bar 2)", "1: 0.5, 2: 1.0",
        "m. 1: 0.5; m. 2: 1.0", "1. 0.5, 2. 1.0", "Note 1: 0.5\nNote 2: 1.0",
    ):  # fmt: skip
        assert read_times(text).times == (0.5, 1.0), text
    assert read_times("onset 1, onset 2").times == (1.0, 2.0)


def test_a_table_is_read_by_its_headings():
    table = folded("Notes:\n| # | Pitch | Onset (ms) |\n|---|---|---|\n| 1 | C4 | 500 |")
    assert grid(table) == [{"#": "1", "pitch": "C4", "onset": "500 ms"}]
    assert grid("pitch,onset\nC4,0.5\nD4,1") == [
        {"pitch": "C4", "onset": "0.5"}, {"pitch": "D4", "onset": "1"},
    ]  # fmt: skip
    for text in ("pitch,onset", "pitch,onset\nC4", "verse, chorus\n0, 10", "0.5,1\n1.0,2"):
        assert grid(text) is None, text


@pytest.mark.parametrize(
    "unit", ["beat 1 (", "1: 0.5, ", "every 0.5 s ", "a | b\n", "0.5 s apart "]
)
def test_lists_are_read_in_time_that_grows_with_them(unit):
    began = process_time()
    read_times(folded(unit * (32_000 // len(unit))))
    assert process_time() - began < 2.0
