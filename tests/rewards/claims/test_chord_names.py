"""The name of a chord is read to its end, however its quality is spelled."""

from __future__ import annotations

import pytest

from rewards.records import Facts, Question
from rewards.response import parse
from rewards.scorers.consistency import consistency
from rewards.scorers.theory import theory

SPELLED = {
    "G:minmaj7": ["G minor-major seventh", "G minor/major seventh", "G minor (major seventh)",
                  "G minor (maj7)", "G mM7", "GmM7", "G-Δ7", "G m(maj7)", "G min/maj7", "GmΔ",
                  "G minor triad with a major seventh", "G minor with a major seventh on top"],
    "G:hdim7": ["G half-diminished seventh", "G half-dim", "G minor seven flat five",
                "G minor seventh (flat five)", "G minor 7(b5)", "G m7b5", "G m7(b5)", "G ø7", "Gø"],
    "G:maj7": ["G M7", "G Δ7", "G∆", "G^7", "G ma7", "G maj7"],
    "G:min7": ["G m7", "G mi7", "G–7"],
    "G:min11": ["G m11"],
    "G:dim7": ["G o7", "G °7", "Go7"],
    "G:7(#9)": ["G 7#9", "G 7(#9)"],
    "Gb:hdim7": ["G flat m7b5", "G-flat ø7"],
    "G:maj7(9,#11)": ["Gmaj9#11", "G maj9#11", "G maj9 #11"],
    "G:(4,5,b7)": ["G dominant seventh sus4", "G seven sus four", "G7 sus 4", "G7(sus4)",
                   "G dominant seventh (sus4)", "G7 sus4", "G 7sus4"],
    "G:sus2": ["G suspended second", "Gsus2"],
    "G:maj(9)": ["G add9", "G add 9", "G major add nine", "G major (add9)",
                 "G major with an added ninth"],
    "G:min(9)": ["G minor add9", "G minor (add 9)"],
    "G:maj6(9)": ["G six-nine", "G six nine", "G 6/9", "G major six-nine"],
    "G:7(b9,#9,b13)": ["G altered", "G altered dominant", "G dominant seventh altered"],
    "G:7(b9)": ["G dominant seventh flat nine", "G dominant 7 (b9)", "G7 flat nine"],
    "G:maj7(#11)": ["G major seventh sharp eleven", "Gmaj7 (#11)"],
    "G:7": ["G triad with a flat seventh", "G dominant-seventh", "G major-minor seventh"],
}  # fmt: skip
WRITTEN = [(truth, name) for truth, names in SPELLED.items() for name in names]


@pytest.mark.parametrize(("truth", "name"), WRITTEN)
def test_a_quality_in_words_is_read_to_its_end(told, truth, name):
    assert told(f"[chord] It ends on a {name} chord.") == [f"chord {truth}"]
    assert told(f"[chord] {name}", section="answer") == [f"chord {truth}"]


@pytest.mark.parametrize(("truth", "name"), WRITTEN)
def test_who_thinks_the_symbol_and_answers_in_words_is_consistent(truth, name):
    row = Question("q", "Which chord?", facet="chord", answer=truth, facts=Facts(chord=truth))
    response = parse(f"<think>The last chord is {name}.</think> <answer>{name}</answer>")
    assert consistency(row, response).value == 1.0
    assert theory(row, response).value == pytest.approx(1 / 1.1)


@pytest.mark.parametrize("text", [
    "It is in G minor, major seventh leaps abound.",
    "G minor: seven bars, five repeats.",
    "It is in G minor - major only at the end.",
    "G minor with a relative major to follow.",
    "G minor, six bars.",
])  # fmt: skip
def test_what_goes_on_behind_a_key_is_no_part_of_its_name(told, text):
    assert told(f"[key] {text}")[0] == "key G minor"


@pytest.mark.parametrize("text", [
    "C / G / Am", "G 6/8 groove", "in G, flat five bars", "A 7-note row", "A 2+3 pattern in G",
    "a G 4-3 suspension", "A mood of calm", "A minor", "it moves to G m. 4",
])  # fmt: skip
def test_figures_and_signs_apart_make_no_chord_of_a_note(told, text):
    assert not any("(" in one or ":sus" in one or "maj6" in one for one in told(text))
    assert not any(one.startswith("chord G:min") for one in told(text))


@pytest.mark.parametrize("text", ["It is in Gm, surely.", "in G m, I say", "The piece is in Gm."])
def test_behind_in_the_symbol_of_a_triad_is_a_key(told, text):
    assert told(f"[key] {text}") == ["key G minor"]
    assert told(text) == ["key G minor"]


def test_a_seventh_in_the_name_of_a_chord_is_no_interval_and_no_signature(told):
    assert told("I hear a G minor-major seventh chord at the end.") == ["chord G:minmaj7"]
    assert told("[chord] I hear G minor 7 flat 5 at the end.") == ["chord G:hdim7"]
    assert told("[interval] A minor seventh", section="answer") == ["interval m7"]
