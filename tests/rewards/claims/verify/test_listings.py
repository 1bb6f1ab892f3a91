"""Candidates in a list assert nothing; chords told one by one are the row they stand in."""

from __future__ import annotations

import pytest

from rewards.records import Facts, Question
from rewards.response import parse
from rewards.scorers.theory import theory

ALONE = 1 / 1.1
"""What the asked fact earns that is said and nothing else."""
LOOP = ("A:min", "F:maj", "C:maj", "G:maj")
CHORD = {"A:min": "an A minor chord", "F:maj": "an F major chord", "C:maj": "a C major chord",
         "G:maj": "a G major chord"}  # fmt: skip


def value(facet: str, truth: str, think: str, answer: str) -> float:
    row = Question("q", "What is it?", facet=facet, answer=truth, facts=Facts(**{facet: truth}))
    verdict = theory(row, parse(f"<think>{think}</think> <answer>{answer}</answer>"))
    assert verdict is not None
    return verdict.value


def told(*chords: str) -> float:
    """The value of chords of which each has its sentence."""
    return heard(" ".join(f"I hear {CHORD[chord]}." for chord in chords))


def heard(think: str) -> float:
    row = Question("q", "Which chords?", facet="progression", facts=Facts(progression=LOOP))
    verdict = theory(row, parse(f"<think>{think}</think> <answer>Am F C G</answer>"))
    assert verdict is not None
    return verdict.value


@pytest.mark.parametrize(("facet", "truth", "listed"), [
    ("meter", "3/4", ["2/2", "5/4", "3/4", "12/8"]),
    ("key", "B minor", ["A major", "B minor", "F minor"]),
    ("cadence", "PC", ["half cadence", "deceptive cadence", "plagal cadence"]),
    ("cadence", "PAC", ["HC", "DC", "PAC", "PC"]),
    ("mode", "E phrygian", ["E Lydian", "E Phrygian", "E Mixolydian", "E Locrian"]),
    ("tempo", 72, ["60 BPM", "72 BPM", "96 BPM"]),
])  # fmt: skip
@pytest.mark.parametrize("joint", [", ", "; ", ". ", "\n", " / ", ", and "])
def test_a_list_of_which_the_answer_picks_earns_nothing(facet, truth, listed, joint):
    for pick in listed:
        assert value(facet, truth, joint.join(listed) + ".", pick) == 0.0
        assert value(facet, truth, joint.join(listed * 2) + ".", pick) == 0.0


def test_a_value_that_is_said_again_is_chosen():
    listed = "2/2, 5/4, 3/4, 12/8."
    assert value("meter", "3/4", f"{listed} It is 3/4.", "3/4") >= ALONE - 1e-6
    assert value("meter", "3/4", f"{listed} It is 5/4.", "3/4") == 0.0


@pytest.mark.parametrize(("pick", "answer"), [
    ("I take the minor one", "B minor"), ("I go with the latter", "B minor"),
    ("I'm going with the major", "D major"), ("I pick the first", "D major"),
])  # fmt: skip
def test_of_two_that_are_weighed_the_thoughts_settle_one(pick, answer):
    weighed = "So the two choices are D major and B minor."
    assert value("key", answer, f"{weighed} {pick}.", answer) > 0.5
    other = "D major" if answer == "B minor" else "B minor"
    assert value("key", other, f"{weighed} {pick}.", other) == 0.0


@pytest.mark.parametrize(("facet", "truth", "other", "relation"), [
    ("key", "D major", "B minor", "its relative minor"),
    ("key", "D major", "D minor", "the parallel minor"),
    ("meter", "6/8", "3/4", "in 3/4"),
    ("cadence", "PAC", "half cadence", "an imperfect one"),
    ("chord", "D:maj", "Bm", "maybe Bm"),
    ("mode", "D dorian", "D aeolian", "D minor"),
    ("note", "D", "A", "A"),
])  # fmt: skip
@pytest.mark.parametrize("joint", [" or ", "/", " and ", ", "])
def test_two_values_that_are_only_listed_earn_nothing_whichever_the_answer_picks(
    facet, truth, other, relation, joint
):
    name = {"PAC": "perfect authentic cadence", "D:maj": "D major"}.get(truth, truth)
    for listed in (f"{name}{joint}{other}.", f"{other}{joint}{name}.", f"{name} or {relation}."):
        assert value(facet, truth, listed, name) == 0.0, listed
        assert value(facet, truth, listed, other) == 0.0, listed


@pytest.mark.parametrize("frame", ["{} fits.", "I try {}.", "Then comes {}."])
def test_of_many_values_the_last_counts_whatever_the_answer_picks(frame):
    keys = ["A major", "B minor", "F minor"]
    text = " ".join(frame.format(key) for key in keys)
    assert value("key", "B minor", text, "B minor") == 0.0
    concluded = text + " So it is in B minor."
    assert value("key", "B minor", concluded, "A major") < value(
        "key", "B minor", concluded, "B minor"
    )


def test_chords_one_by_one_earn_what_their_row_earns():
    assert told(*LOOP) == pytest.approx(heard("The chords are Am, F, C and G."))
    assert (
        told("C:maj", "A:min", "G:maj", "F:maj") == heard("The chords are C, Am, G and F.") == 0.0
    )
    for order in (LOOP[::-1], LOOP[2:] + LOOP[:2]):
        assert told(*order) < 0.5 < told(*LOOP)


def test_a_chord_of_a_row_earns_its_place():
    earned = [told(*LOOP[:count]) for count in (1, 2, 3, 4)]
    assert earned == sorted(earned)
    assert len({*earned}) == 4
    closing = (
        "It closes on a G major chord. It opens on an A minor chord, then F major, then C major."
    )
    assert heard("There is an F major chord. It closes on a G major chord.") < earned[-1]
    assert heard(closing) > 0.5


def test_a_loop_that_is_told_once_is_all_of_it():
    row = Question("q", "Chords?", facet="progression", facts=Facts(progression=LOOP * 2))
    verdict = theory(row, parse("<think>The chords are Am, F, C, G.</think> <answer>x</answer>"))
    assert verdict is not None
    assert verdict.value == pytest.approx(ALONE, abs=1e-3)


def test_one_chord_is_no_row():
    one, two = heard("I hear an F major chord."), heard("I hear Am, then F.")
    assert 0.0 < one < 0.3 < two < ALONE
    assert heard("I hear an E major chord.") == 0.0
    assert heard("The second chord is F.") > one
    assert heard("The second chord is C.") == 0.0


@pytest.mark.parametrize("text", [
    "The last chord is G. The first chord is Am. The third chord is C. The second chord is F.",
    "The last chord is G, the first is Am, the third is C, the second is F.",
    "The second chord is F. The third chord is C. The fourth chord is G. The first chord is Am.",
    "Chord 1 is Am. Chord 4 is G. Chord 2 is F. The third chord is C.",
])  # fmt: skip
def test_chords_that_are_numbered_stand_in_their_order(text):
    assert heard(text) == pytest.approx(ALONE, abs=1e-3)
    assert heard(text.replace("third", "x").replace("second", "third").replace("x", "second")) < 0.5


NOTES = ["C", "D", "E", "F", "G"]


@pytest.mark.parametrize("frame", [
    "It ends on {}.", "The final note is {}.", "The melody closes on {}.", "The last note: {}.",
    "The melody lands on {} at the end.",
])  # fmt: skip
@pytest.mark.parametrize("joint", [", ", " and ", " or ", "/", "; ", ", or "])
@pytest.mark.parametrize("count", [3, 5])
def test_a_list_of_last_notes_earns_nothing(frame, joint, count):
    for truth in NOTES[:count]:
        listed = frame.format(joint.join(NOTES[:count]))
        assert value("note", truth, listed, truth) == 0.0, listed
    assert value("note", "E", "It ends on E.", "E") >= ALONE - 1e-6


@pytest.mark.parametrize("line", ["It ends on F, then E, then D.", "The tune falls F, E and D."])
def test_a_line_that_ends_on_a_note_is_no_list(line):
    row = Question("q", "What is the last note?", facet="note", facts=Facts(note="D"))
    verdict = theory(row, parse(f"<think>{line}</think> <answer>D</answer>"))
    assert verdict is not None
    assert verdict.value > 0.5


@pytest.mark.parametrize("listed", [
    "C major, D minor, E minor, F major or G major", "C major, F major, or G major",
])  # fmt: skip
@pytest.mark.parametrize(
    "frame", ["It ends on {}.", "The final chord is {}.", "The last chord: {}."]
)
def test_a_list_of_last_chords_earns_nothing(frame, listed):
    for truth in ("C:maj", "F:maj", "G:maj"):
        assert value("chord", truth, frame.format(listed), truth.replace(":maj", " major")) == 0.0
