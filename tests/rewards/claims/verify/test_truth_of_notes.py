"""A note of no voice is one of the melody that is asked, at the place that is asked."""

from __future__ import annotations

import pytest

from rewards import Facts, Question, parse
from rewards.scorers.theory import theory


def value(question: str, truth: str, think: str) -> float:
    row = Question("q", question, facet="note", answer=truth, facts=Facts(note=truth))
    verdict = theory(row, parse(f"<think>{think}</think> <answer>{truth}</answer>"))
    assert verdict is not None
    return verdict.value


@pytest.mark.parametrize("think", [
    "It ends on C sharp.",
    "It closes on the submediant, C♯.",
    "The last note is the third degree, C sharp.",
])  # fmt: skip
def test_it_is_the_melody_that_is_asked(think):
    for question in ("What is the last note of the tune?", "On which note does it finish?"):
        assert value(question, "C#", think) > 0.9
        assert value(question, "A", think) == 0.0


def test_another_voice_and_another_place_tell_nothing():
    for think in ("The cello ends on C sharp.", "It begins on C sharp."):
        assert value("What is the last note of the melody?", "C#", think) == 0.0
    both = "It begins on E. It ends on C sharp."
    assert value("What is the last note of the melody?", "C#", both) > 0.9
    assert value("What is the last bass note?", "C#", "It ends on C sharp.") == 0.0


def paid(facts: Facts, facet: str, think: str, answer: str, text: str = "What is it?") -> float:
    row = Question("q", text, facet=facet, facts=facts)
    verdict = theory(row, parse(f"<think>{think}</think> <answer>{answer}</answer>"))
    assert verdict is not None
    return verdict.value


@pytest.mark.parametrize("think", ["C/E at the end.", "The last chord is C major over E."])
def test_a_chord_over_a_bass_tells_the_bass(think):
    facts = Facts(note="E", chord="C:maj/3")
    assert paid(facts, "note", think, "E", "What is the last bass note?") > 0.9
    other = Facts(note="G", chord="C:maj/5")
    assert paid(other, "note", think, "E", "What is the last bass note?") == 0.0


def test_a_chord_in_root_position_has_no_last_note_as_its_root():
    facts = Facts(note="C", chord="C:maj")
    for think in (
        "Final sonority: C-E-G in root position.",
        "The final chord is C-E-G in root position.",
    ):
        assert paid(facts, "note", think, "C", "What is the root of the final chord?") > 0.9


@pytest.mark.parametrize("think", [
    "It is dorian.", "Dorian.", "All white keys, centred on D. Dorian.",
])  # fmt: skip
def test_a_mode_without_its_tonic_tells_half_whatever_the_answer_says(think):
    facts = Facts(mode="D dorian")
    for answer in ("D dorian", "dorian"):
        assert 0.4 < paid(facts, "mode", think, answer) < 0.9
    assert paid(facts, "mode", think, "D aeolian") < paid(facts, "mode", think, "D dorian")
    assert paid(facts, "mode", think, "D dorian") < paid(facts, "mode", "D dorian.", "D dorian")


@pytest.mark.parametrize("think", [
    "D minor harmonic: a raised leading note throughout.", "It's the D harmonic minor scale.",
    "The scale is D melodic minor.", "D aeolian.",
])  # fmt: skip
def test_a_scale_of_a_minor_key_is_that_key(think):
    assert paid(Facts(key="D minor"), "key", think, "D minor") > 0.8
    assert paid(Facts(key="D major"), "key", think, "D minor") == 0.0
    assert paid(Facts(key="F minor"), "key", think, "D minor") == 0.0


@pytest.mark.parametrize(("voice", "think", "right"), [
    ("soprano", "Soprano G, bass C.", "G"), ("soprano", "Bass C, soprano G.", "G"),
    ("soprano", "The soprano sings G over a bass C.", "G"),
    ("soprano", "The soprano ends on G. The bass is C.", "G"),
    ("bass", "Soprano G, bass C.", "C"), ("bass", "Bass C, soprano G.", "C"),
    ("bass", "The soprano holds G and the bass drops to C.", "C"),
    ("bass", "The root is G and the bass has C.", "C"),
])  # fmt: skip
def test_only_a_note_of_the_voice_that_is_asked_bears_on_the_answer(voice, think, right):
    text, facts = f"What is the last {voice} note?", Facts(note=right)
    assert paid(facts, "note", think, right, text) > 0.9
    for wrong in {"C", "E", "G"} - {right}:
        assert paid(facts, "note", think, wrong, text) < 0.7


@pytest.mark.parametrize(("think", "wrong"), [
    ("Root C, bass E.", "E"), ("The bass is E, the root C.", "E"),
    ("The root is C and the bass has E.", "G"),
])  # fmt: skip
def test_the_bass_is_no_answer_where_the_root_is_asked(think, wrong):
    text, facts = "What is the root of the final chord?", Facts(note="C", chord="C:maj/3")
    assert paid(facts, "note", think, "C", text) > 0.9
    assert paid(facts, "note", think, wrong, text) < 0.7
