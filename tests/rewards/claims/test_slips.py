"""What only looks like a denial, a doubt or a claim of the whole."""

from __future__ import annotations

import pytest

from rewards import Facts, Question, parse
from rewards.scorers.theory import theory


@pytest.mark.parametrize(("text", "claims"), [
    ("IV instead of I = deceptive cadence.", ["cadence DC"]),
    ("It is not a deceptive cadence.", ["cadence DC denied"]),
    ("2/4 has two beats, 3/4 three.", ["meter 2/4", "meter 3/4"]),
    ("G♯ is not in A minor's signature.", []),
    ("It is not in A minor.", ["key A minor denied"]),
    ("There are no other instruments than flute and harp.",
     ["instrument flute", "instrument harp"]),
    ("No instruments besides a tuba.", ["instrument tuba"]),
    ("No flute and no harp.", ["instrument flute denied", "instrument harp denied"]),
    ("A gentle 70 BPM.", ["tempo 70"]),
    ("Eliminate those, and what remains must be F major.", ["key F major"]),
])  # fmt: skip
def test_a_denial_ends_where_its_phrase_ends(told, text, claims):
    assert [one for one in told(text) if not one.startswith("roman")] == claims


@pytest.mark.parametrize(("text", "claims"), [
    ("La tonalité est si bémol majeur et non sol mineur.",
     ["key Bb major", "key G minor denied"]),
    ("La tonalidad es fa sostenido menor, no la mayor.", ["key F# minor", "key A major denied"]),
    ("È in mi bemolle maggiore e non do minore.", ["key Eb major", "key C minor denied"]),
    ("So re minor, D with F.", ["key D minor"]),
    ("It stays in mi minor.", ["key E minor"]),
    ("Es-Dur oder c-Moll.", ["key Eb major hedged", "key C minor hedged"]),
    ("Mi bémol majeur ou do mineur.", ["key Eb major hedged", "key C minor hedged"]),
])  # fmt: skip
def test_fixed_do_is_read_with_its_signs_and_denials(told, text, claims):
    assert told(f"[key] {text}") == claims


def key(truth: str, think: str) -> float:
    row = Question("q", "In which key is it?", facet="key", answer=truth, facts=Facts(key=truth))
    verdict = theory(row, parse(f"<think>{think}</think> <answer>{truth}</answer>"))
    assert verdict is not None
    return verdict.value


def test_of_two_the_one_is_asserted_that_is_taken_up_by_its_place():
    pair = "Three flats means E flat major or C minor"
    assert key("C minor", f"{pair}; I choose the latter.") > 0.9
    assert key("C minor", f"{pair}; I choose the second.") > 0.9
    assert key("Eb major", f"{pair}; I go with the former.") > 0.9
    assert key("C minor", f"{pair}; I choose the former.") < 0.3


def test_the_key_in_which_a_clip_begins_is_not_that_of_the_whole_that_is_concluded():
    begins = "It begins in F major, but it closes in D minor, so overall D minor."
    assert key("D minor", begins) > 0.9
    assert key("F major", begins) < 0.3


@pytest.mark.parametrize("turn", [
    "I apologize for the confusion.", "I apologise.", "Upon closer listening, no.",
    "Upon further listening I correct that.", "On closer inspection the third is lower.",
    "I made an error.", "I made a mistake there.", "My statement was incorrect.",
    "Correcting myself:", "Let me recheck.", "Let me recount.",
])  # fmt: skip
def test_models_take_back_in_their_own_words_what_they_replace(told, turn):
    assert told(f"The final chord is G major. {turn} The final chord is G minor.") == [
        "chord G:maj retracted", "chord G:min",
    ]  # fmt: skip
    assert told(f"It is in 3/4. {turn} It is in 6/8.") == ["meter 3/4 retracted", "meter 6/8"]
    assert told(f"The key is G major. {turn} A piano plays.")[0] == "key G major"


@pytest.mark.parametrize("row", [
    "a-Moll - F-Dur - C-Dur - G-Dur", "a-Moll, F-Dur, C-Dur, G-Dur",
    "It goes a-Moll, F-Dur, C-Dur and G-Dur.",
    "The chords are la mineur, fa majeur, do majeur, sol majeur.", "Am, F-Dur, C, G",
])  # fmt: skip
def test_a_row_of_names_in_another_tongue_is_a_progression_where_chords_are_asked(told, row):
    assert told(f"[progression] {row}") == ["progression A:min-F:maj-C:maj-G:maj"]
