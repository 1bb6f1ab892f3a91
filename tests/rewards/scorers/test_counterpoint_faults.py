"""The counterpoint reward where several parts are given: faults that are named."""

from __future__ import annotations

import pytest

from rewards.voice_leading import KINDS


def rows(**parts: str) -> tuple[tuple[float, str, str], ...]:
    """The fact of parts by name, a note every quarter."""
    return tuple(
        (float(place), pitch, name)
        for name, names in parts.items()
        for place, pitch in enumerate(names.split())
    )


CLEAN = rows(soprano="G4 A4 G4", alto="E4 F4 E4", tenor="C4 C4 C4", bass="C3 F3 C3")
TWO = rows(
    soprano="C5 D5 B4 C5", alto="G4 A4 G4 G4", tenor="E4 F4 D4 C4", bass="C4 D4 G3 C4"
)  # fifths alto and bass, octaves soprano and bass; bass D4 out of range; direct octaves in the end


def test_every_given_fault_is_listed_with_its_onset_and_parts(judge):
    part = judge("counterpoint", "none", facts={"counterpoint": TWO, "meter": "2/4"})
    listed = part.details["faults"]
    assert {"kind": "parallel octaves", "onset": 1.0, "parts": ["soprano", "bass"], "bar": 1} in (
        listed
    )
    assert {fault["kind"] for fault in listed} == {"parallel fifths", "parallel octaves", "range"}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("parallel fifths, parallel octaves, range", 1.0),
        ("Parallel fifths and octaves, and the bass is out of range.", 1.0),
        ("parallel 5ths (A-B) and parallel 8ves (S-B); bass too high in bar 1", 1.0),
        ("Consecutive fifths between alto and bass, consecutive octaves between the soprano and "
         "the bass, range of the bass", 1.0),
        ('["parallel fifths", "parallel octaves", "range"]', 1.0),
        ("1. Parallel fifths\n2. Parallel octaves\n3. Range error", 1.0),
        ("parallel fifths and parallel octaves", 0.8),
        ("parallel fifths", 0.5),
        ("Parallel octaves between soprano and bass in bar 1", 0.5),
        ("parallel fifths between soprano and alto", 0.0),
        ("parallel octaves between soprano and bass in bar 9", 0.25),
        ("no parallel fifths, but parallel octaves", 0.5),
        ("parallel fifths, voice crossing", 0.4),
        ("parallel fifths, voice crossing, spacing", 0.0),
        ("spacing", 0.0),
        ("no errors", 0.0),
        ("none", 0.0),
        ("No errors except parallel fifths.", 0.5),
        ("parallel fifths or parallel octaves", 0.0),
        ("No errors. Or perhaps parallel fifths.", 0.0),
        (", ".join(KINDS), 0.0),
        ("", 0.0),
        ("The harmony is beautiful.", 0.0),
        ("parallel thirds", 0.0),
    ],
)  # fmt: skip
def test_named_faults_earn_f1_over_kinds(value, answer, expected):
    facts = {"counterpoint": TWO, "meter": "2/4"}
    assert value("counterpoint", answer, facts=facts) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("none", 1.0), ("None.", 1.0), ("No errors.", 1.0), ("no voice-leading errors", 1.0),
        ("There are no faults in this passage.", 1.0), ("The voice leading is correct.", 1.0),
        ("No parallel fifths or octaves, no crossing: everything is fine.", 1.0),
        ("It doesn't contain any errors", 1.0), ("error-free", 1.0), ("Nothing is wrong.", 1.0),
        ("Keine Fehler", 1.0), ("Parallel fifths: none. Voice crossing: none.", 1.0),
        ("parallel fifths", 0.0), ("No errors, but the voices cross", 0.0), ("", 0.0),
        ("Everything", 0.0), ("I do not know", 0.0), (", ".join(KINDS), 0.0),
    ],
)  # fmt: skip
def test_no_errors_earns_one_exactly_where_there_are_none(value, answer, expected):
    assert value("counterpoint", answer, facts={"counterpoint": CLEAN}) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_listing_every_kind_never_earns_much(value, kind):
    single = {
        "parallel fifths": rows(upper="G4 A4", lower="C4 D4"),
        "parallel octaves": rows(upper="C5 D5", lower="C4 D4"),
        "direct fifths": rows(upper="E4 A4", lower="C4 D4"),
        "direct octaves": rows(upper="E4 C5", lower="A3 C4"),
        "voice crossing": rows(upper="E4 C4", lower="C4 E4"),
        "spacing": rows(soprano="G5 G5", alto="E4 E4", tenor="C4 C4", bass="C3 C3"),
        "range": rows(soprano="C5 C5", alto="G4 G4", tenor="E4 E4", bass="C2 C2"),
        "dissonance": rows(upper="E4 F4", lower="C4 C4"),
        "leading tone": rows(soprano="B4 G4", alto="G4 E4", tenor="D4 C4", bass="G3 C4"),
    }
    facts = {"counterpoint": single[kind], "key": "C major"}
    assert value("counterpoint", kind, facts=facts) == pytest.approx(1.0)
    assert value("counterpoint", ", ".join(KINDS), facts=facts) == 0.0
    assert value("counterpoint", "no errors", facts=facts) == 0.0


def test_an_overlap_that_is_there_may_be_named(value):
    facts = {"counterpoint": rows(upper="E4 A4", lower="C4 F4")}
    assert value("counterpoint", "voice overlap", facts=facts) == 0.0
    clean = {"counterpoint": rows(upper="G4 A4", lower="C4 D4")}
    with_overlap = {"counterpoint": rows(upper="E4 A4 F#5", lower="C4 D4 B4")}
    assert value("counterpoint", "parallel fifths, voice overlap", facts=clean) < 1.0
    assert value("counterpoint", "direct fifths, parallel fifths, voice overlap",
                 facts=with_overlap) == 1.0  # fmt: skip


def test_an_option_is_read_as_its_fault(value):
    options = ("Parallel fifths", "Voice crossing", "No errors")
    facts = {"counterpoint": rows(upper="G4 A4", lower="C4 D4")}
    assert value("counterpoint", "A", facts=facts, choices=options) == 1.0
    assert value("counterpoint", "C", facts=facts, choices=options) == 0.0


def test_a_score_in_abc_has_bars(value, judge):
    abc = "X:1\nM:2/4\nL:1/4\nV:S\nV:B\nK:C\nV:S\nE E|G A|]\nV:B\nC, C,|C, D,|]"
    assert value("counterpoint", "parallel fifths in bar 2", facts={"counterpoint": abc}) == 1.0
    listed = judge("counterpoint", "none", facts={"counterpoint": abc}).details["faults"]
    assert [fault["bar"] for fault in listed if fault["kind"] == "parallel fifths"] == [2]


def test_without_an_answer_block_nothing_is_earned(value):
    assert value("counterpoint", raw="no errors", facts={"counterpoint": CLEAN}) == 0.0
