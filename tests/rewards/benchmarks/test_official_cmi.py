"""CMI-Bench: keys, classes and beats as its ``evaluate.py`` takes them."""

from __future__ import annotations

import warnings

import mir_eval
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewards.benchmarks.cmi_beats import mark as beats_mark
from rewards.benchmarks.cmi_beats import times
from rewards.benchmarks.cmi_classes import folded
from rewards.benchmarks.cmi_key import KEYS, key
from rewards.benchmarks.rows import official as entry_of
from rewards.errors import DataError


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("C major", "C major"),
        ("c Major", "C major"),
        ("C", "C major"),
        ("Db", "Db major"),
        ("Am", "A minor"),
        ("F#m", "Gb minor"),
        ("C# minor", "Db minor"),
        ("C♯ minor", "Db minor"),
        ("A# major, I think", "Bb major"),
        ("The key is E minor.", "E minor"),
        ("1. E minor", "E minor"),
        ("", None),
        ("m", None),
        ("F sharp minor", None),
        ("D-flat major", None),
        ("D flat major", None),
        ("E# minor", None),
        ("B# major", None),
        ("H major", None),
        ("C dorian", None),
    ],
)
def test_the_key_that_is_read(said: str, found: str | None):
    assert key(said) == found


def test_each_of_the_24_names_is_read_as_itself_alone_and_in_a_sentence():
    for name in KEYS:
        assert key(name) == name
        assert key(f"it is in {name.lower()}") == name


def test_a_sharp_is_read_at_the_very_start_alone():
    assert key("F# minor") == "Gb minor"
    assert key("The key is F# minor") is None


def test_major_comes_before_minor_and_c_before_d_flat_whatever_is_said():
    assert key("E minor, the relative of G major") == "G major"
    assert key("not C major but D major") == "C major"


def test_a_last_letter_makes_a_key():
    assert key("sad major") == "D major"
    assert key("gamma minor") == "A minor"
    assert key("Cb major") == key("Fb major") == "B major"


def test_digits_are_dropped_in_any_script():
    assert key("Key: 3 A minor") == key("٣A minor") == key("A 4 m i n o r") == "A minor"
    assert key("C²# minor") == "Db minor"


@pytest.mark.parametrize(
    ("gold", "said", "value"),
    [
        ("C major", "C major", 1.0),
        ("Db minor", "C# minor", 1.0),
        ("C major", "G major", 0.5),
        ("C major", "F major", 0.0),
        ("C major", "A minor", 0.3),
        ("C major", "C minor", 0.2),
        ("C major", "none", 0.0),
        ("C sharp major", "Db major", 0.0),  # mir_eval refuses the gold
        ("", "Db major", 0.0),
    ],
)
def test_the_value_is_the_weighted_score_and_zero_where_it_raises(gold, said, value, official):
    assert official("cmi-key", correct_answer=gold, response=said) == value


@given(st.sampled_from(KEYS), st.sampled_from(KEYS))
def test_it_is_mir_eval_that_weighs(gold, said):
    from rewards.benchmarks.cmi_key import mark

    expected = mir_eval.key.weighted_score(gold, said)
    assert mark(entry_of({}, 1, said, gold)).value == expected


def classes(report, row, *pairs: tuple[object, str]) -> list[float]:
    rows = [row("cmi-classes", correct_answer=gold, response=said) for gold, said in pairs]
    return [one.mark.value for one in report("cmi-classes", *rows).scored]


def test_the_gold_label_is_contained_and_no_other_label_of_the_file(report, row):
    pairs = [("jazz", "It is Jazz!"), ("hiphop", "hip-hop"), ("pop", "jazz-pop"), ("rock", "folk")]
    assert classes(report, row, *pairs) == [1, 1, 0, 0]


def test_the_labels_are_those_of_the_file(report, row):
    assert classes(report, row, ("pop", "pop, not jazz")) == [1]
    assert classes(report, row, ("pop", "pop, not jazz"), ("jazz", "jazz")) == [0, 1]


def test_a_label_within_the_gold_label_makes_the_gold_wrong(report, row):
    pairs = [("trill", "trill"), ("trillo", "trillo"), ("lip_trill", "lip trill")]
    assert classes(report, row, *pairs) == [1, 0, 0]


def test_pitches_are_strings_of_digits(report, row):
    assert classes(report, row, (69, "69"), (60, "60")) == [1, 1]
    assert classes(report, row, (69, "69"), (9, "9"), (109, "MIDI 109")) == [0, 1, 0]
    assert classes(report, row, (69, "1690")) == [1]


def test_signs_blanks_and_case_are_folded_away_and_words_run_together():
    assert folded("Lip_trill's no. 1-C#") == "liptrillsno1c♯"
    assert "part" in folded("pop art")
    assert folded("İ") == "i̇"


def test_labels_that_are_alike_once_folded_stop_the_whole(report, row):
    rows = [row("cmi-classes", correct_answer=gold) for gold in ("hip-hop", "hiphop")]
    with pytest.raises(DataError, match="alike without case"):
        report("cmi-classes", *rows)


def test_more_labels_than_any_benchmark_has_are_refused(report, row):
    rows = [row("cmi-classes", correct_answer=f"<{n}>") for n in range(1001)]
    with pytest.raises(DataError, match="1,001 different ones"):
        report("cmi-classes", *rows)


@pytest.mark.parametrize("gold", [["jazz"], None, 1.5, True])
def test_a_label_is_a_text_or_a_whole_number(gold, report, row):
    found = report("cmi-classes", row("cmi-classes", correct_answer=gold))
    assert found.read.malformed[0][1].startswith("correct_answer: got")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("0.5s,1.0s", [0.5, 1.0]),
        (" 1.0 , 0.5s ", [0.5, 1.0]),
        ("0.5,0.5", [0.5, 0.5]),
        ("1:02.5s", [62.5]),
        ("1:02:03", [62.0]),
        ("1:,2", [2.0]),
        ("Beats: 0.5, 1.0", [1.0]),
        ("[0.5, 1.0, 2.0", [1.0, 2.0]),
        ("-1, 2", [2.0]),
        ("s1", [1.0]),
        ("1e3,1_0", [10.0, 1000.0]),
        ("", []),
        ("no beats", []),
    ],
)
def test_the_times_that_are_read(said, found):
    assert times(said) == found


@pytest.mark.parametrize("said", ["0.5 sec", "0.5 seconds, 1", "0.5\n1.0", "[0, 1.0]", "²", "1:x"])
def test_one_piece_that_is_no_number_costs_the_row(said, official, report, row):
    with pytest.raises(ValueError, match=r"."):
        times(said)
    found = report("cmi-beats", row("cmi-beats", response=said))
    assert (found.groups[-1].official, found.unanswered) == (0.0, 1)


def test_more_minutes_than_a_float_holds_are_no_time():
    for said in ("9" * 400 + ":1", "9" * 5000 + ":1"):
        with pytest.raises(ValueError, match=r"."):
            times(said)


def test_a_time_past_30000_seconds_costs_the_row(official):
    assert official("cmi-beats", response="0.5s,30001s") == 0
    assert official("cmi-beats", response="0.5s,1e999") == 0
    assert official("cmi-beats", response="0.5s,30000s") == 0.5


def test_a_gold_without_times_is_worth_nothing(official):
    assert official("cmi-beats", correct_answer="") == 0
    assert official("cmi-beats", correct_answer="none") == 0


TIMES = st.lists(st.integers(0, 300).map(lambda n: n / 100), min_size=1, max_size=25).map(sorted)


@settings(deadline=None)
@given(TIMES, TIMES)
def test_beats_are_compared_as_mir_eval_does_to_the_bit(truth, said):
    entry = entry_of({}, 1, ",".join(f"{t}s" for t in said), ",".join(f"{t}s" for t in truth))
    mark = beats_mark(entry)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        f = mir_eval.beat.f_measure(np.array(truth), np.array(said))
        _, cmlt, _, amlt = mir_eval.beat.continuity(np.array(truth), np.array(said))
    assert mark.value == f
    assert mark.more == {"CMLt": cmlt, "AMLt": amlt}


def test_a_beat_70_milliseconds_away_is_a_hit_on_either_side(official):
    for truth, said in (("0.07s", "0s"), ("0s", "0.07s")):
        assert official("cmi-beats", correct_answer=truth, response=said) == 1
    assert official("cmi-beats", correct_answer="0s", response="0.0701s") == 0


def test_the_means_of_continuity_are_over_all_rows(report, row):
    steady = ",".join(f"{n / 2}s" for n in range(1, 9))
    good = row("cmi-beats", correct_answer=steady, response=steady)
    found = report("cmi-beats", good, row("cmi-beats", correct_answer=steady, response="?"))
    assert [(one.name, one.value, one.n) for one in found.figures] == [
        ("CMLt", 0.5, 2), ("AMLt", 0.5, 2)
    ]  # fmt: skip


def test_thousands_of_equal_times_are_matched_in_one_pass():
    many = ",".join(["1s"] * 20_000)
    found = beats_mark(entry_of({}, 1, many, "1s,2s,3s"))
    assert found.value == mir_eval.util.f_measure(1 / 20_000, 1 / 3)


def test_a_longer_list_than_20000_is_malformed(report, row):
    found = report("cmi-beats", row("cmi-beats", response="1s," * 20_000))
    assert found.read.malformed == [
        (1, "response: got 20,001 pieces between commas, expected at most 20,000")
    ]
