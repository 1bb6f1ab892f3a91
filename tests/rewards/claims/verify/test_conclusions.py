"""A proposition of theory that names the asked fact states it; a definition does not."""

from __future__ import annotations

import pytest

from rewards.records import Facts, Question
from rewards.response import parse
from rewards.scorers.consistency import consistency
from rewards.scorers.theory import theory

ALONE = 1 / 1.1
"""What the asked fact earns that is said and nothing else."""


def value(facet: str, truth: str, think: str, answer: str | None = None) -> float:
    fact = -3 if truth == "3 flats" else truth
    row = Question("q", "What is it?", facet=facet, answer=truth, facts=Facts(**{facet: fact}))
    verdict = theory(row, parse(f"<think>{think}</think> <answer>{answer or truth}</answer>"))
    assert verdict is not None
    return verdict.value


@pytest.mark.parametrize(("facet", "truth", "think"), [
    ("interval", "m6", "E and C make a minor sixth."),
    ("interval", "P4", "D up to G is a perfect fourth, so that is what I hear."),
    ("interval", "m7", "From B up to A there are ten semitones, so a minor seventh."),
    ("chord", "G:min", "The triad G, B flat, D is G minor."),
    ("chord", "E:7", "E, G sharp, B and D: E7."),
    ("mode", "E phrygian", "E, F, G, A, B, C, D: E Phrygian."),
    ("key", "B minor", "The scale is B C# D E F# G A, which is B natural minor."),
    ("key", "F major", "F G A B♭ C D E, so F major."),
    ("key", "C minor", "This is the relative minor of E flat major, namely C minor."),
    ("roman", "IV", "B flat major is IV in F major."),
    ("key", "D minor", "D minor, which has one flat."),
    ("key", "D minor", "It is D minor (one flat in the signature)."),
    ("key", "D minor", "It is the relative minor of F major."),
    ("key", "E minor", "We are in the parallel minor of E major."),
    ("key_signature", "3 flats", "E flat major has three flats."),
    ("key_signature", "3 flats", "C minor has three flats."),
])  # fmt: skip
def test_reason_and_name_in_one_sentence_earn_what_the_name_earns(facet, truth, think):
    assert value(facet, truth, think) >= ALONE - 1e-6
    assert value(facet, truth, "Hm. " + think + " Yes.") >= ALONE - 1e-6


@pytest.mark.parametrize(("facet", "truth", "think"), [
    ("chord", "D:maj", "A D major triad consists of D, F sharp and A."),
    ("chord", "D:min", "D minor has D, F and A."),
    ("mode", "A dorian", "A Dorian has the notes A, B, C, D, E, F sharp and G."),
    ("interval", "P5", "C to G would be a perfect fifth."),
    ("interval", "P5", "If the upper note were G, then C to G is a perfect fifth."),
    ("key", "E minor", "The relative minor of G major is E minor."),
    ("key", "D minor", "D minor has one flat."),
])  # fmt: skip
def test_what_is_defined_or_weighed_is_no_conclusion(facet, truth, think):
    assert value(facet, truth, think) == 0.0


@pytest.mark.parametrize(("truth", "think"), [
    ("E:minmaj7", "It's a minor-major seventh chord: E G B D♯."),
    ("A:9", "A9 contains A, C#, E, G, B."),
    ("F:maj6", "This is an F sixth chord: F, A, C and D."),
    ("G:min7", "Gm7 has G, B flat, D and F."),
])  # fmt: skip
def test_a_chord_that_the_clip_has_or_whose_symbol_the_answer_repeats_is_named(truth, think):
    symbol = {"E:minmaj7": "EmM7", "A:9": "A9", "F:maj6": "F6", "G:min7": "Gm7"}[truth]
    assert value("chord", truth, think, symbol) >= ALONE - 1e-6


def test_symbols_that_are_explained_are_no_candidates():
    nines = "A9 contains A, C#, E, G, B. D9 contains D, F#, A, C, E."
    assert value("chord", "A:9", nines, "A9") == 0.0
    assert value("chord", "A:9", "An A9 contains A, C#, E, G, B.", "A9") == 0.0
    assert value("chord", "A:9", "A9 contains A, C#, E, G, B.", "D9") == 0.0


def test_a_false_reason_or_a_false_name_costs():
    assert value("interval", "m6", "E and C make a major sixth.", "major sixth") == 0.0
    assert value("interval", "m6", "E and D make a minor sixth.") < 0.3
    assert value("chord", "A:min", "C, E, G: C major.", "C major") == 0.0


@pytest.mark.parametrize(("think", "answer", "earns"), [
    ("E to C sharp is a major sixth. E to C is a minor sixth.", "minor sixth", True),
    ("E to C is a minor sixth. C to E is a major third.", "minor sixth", True),
    ("E to C is a minor sixth. C to E is a major third.", "major third", False),
    ("I hear a perfect fifth. E to C is a minor sixth.", "perfect fifth", False),
])  # fmt: skip
def test_of_several_the_one_counts_that_the_answer_agrees_with(think, answer, earns):
    assert (value("interval", "m6", think, answer) > 0.5) is earns


@pytest.mark.parametrize(("answer", "follows"), [("minor sixth", 1.0), ("major third", 0.0)])
def test_an_answer_follows_from_what_theory_concluded(answer, follows):
    row = Question("q", "Which interval?", facet="interval", answer="m6")
    said = parse(f"<think>E and C make a minor sixth.</think> <answer>{answer}</answer>")
    verdict = consistency(row, said)
    assert verdict is not None
    assert verdict.value == follows


@pytest.mark.parametrize(("facet", "truth", "think"), [
    ("mode", "E phrygian", "It has the notes of C major, yet E is home: E Phrygian."),
    ("mode", "A dorian", "It is A minor with a raised sixth, i.e. A Dorian."),
    ("mode", "F lydian", "Fourth mode of C major, so F Lydian."),
    ("key", "B minor", "The dominant is F sharp major. The key is B minor."),
    ("key", "D minor", "V is A major, so D minor."),
    ("key", "A minor", "The relative major is C major, so the key is A minor."),
    ("key", "G minor", "In G minor the relative major is B flat major."),
    ("key", "D minor", "The leading tone C sharp and the final D minor chord show D minor."),
    ("chord", "D:7", "D7 (dominant of G)."),
    ("chord", "E:min", "It is the tonic triad of E minor: E minor."),
    ("cadence", "PC", "It is what people call the Amen cadence, i.e. a plagal cadence."),
])  # fmt: skip
def test_a_true_explanation_costs_nothing(facet, truth, think):
    assert value(facet, truth, think) >= ALONE - 1e-6


@pytest.mark.parametrize(("facet", "truth", "think", "answer"), [
    ("mode", "E phrygian", "It is in C major. It is E Phrygian.", "E Phrygian"),
    ("mode", "E phrygian", "The notes are those of D major, on E: E Phrygian.", "E Phrygian"),
    ("key", "B minor", "The dominant is G major. The key is B minor.", "B minor"),
    ("key", "B minor", "The dominant is F sharp major.", "B minor"),
    ("interval", "m6", "A minor sixth is eight semitones.", "major third"),
    ("interval", "P5", "A perfect fifth spans seven semitones.", "perfect fifth"),
])  # fmt: skip
def test_a_false_explanation_costs_and_a_definition_earns_nothing(facet, truth, think, answer):
    assert value(facet, truth, think, answer) < 0.5


def test_what_is_left_when_all_others_are_denied_is_claimed() -> None:
    left = "Candidate one, C minor: no, it isn't. Candidate two, F major: not that. "
    last = "Candidate three, D minor: what would fit."
    assert value("key", "D minor", left + last) > 0.5
    assert value("key", "D minor", last) == 0.0
    assert value("key", "D minor", left + last, answer="F major") == 0.0
