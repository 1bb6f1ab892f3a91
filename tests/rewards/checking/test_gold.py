"""Gold answers: values of their facet, options under their labels."""

from __future__ import annotations

from typing import Any

import pytest


def row(text: str = "What do you hear?", **fields: Any) -> dict[str, Any]:
    return {"id": "a", "text": text, **fields}


@pytest.mark.parametrize(
    ("facet", "answer", "said"),
    [
        ("key", "Q sharp major", "a key"),
        ("mode", "foo", "a mode"),
        ("key_signature", "9 sharps", "a key signature"),
        ("meter", "17/5", "a meter"),
        ("tempo", "9000 BPM", "a tempo"),
        ("chord", "Zmaj7", "a chord"),
        ("roman", "VIII7", "a Roman numeral"),
        ("cadence", "sideways", "a cadence"),
        ("interval", "perfect third", "an interval"),
        ("note", "Z", "a note"),
    ],
)
def test_gold_that_is_no_value_of_its_facet_is_found_without_a_fact(check, facet, answer, said):
    found = check(row(facet=facet, answer=answer)).findings
    sentences = [one.sentence for one in found if one.kind == "gold"]
    assert sentences == [f"answer: got {answer!r}: the answer cannot be read as {said}"], found
    chosen = check(row(facet=facet, answer=answer, choices=[answer, "none"])).findings
    assert not [one for one in chosen if one.kind == "gold"]


@pytest.mark.parametrize(
    ("facet", "answers"),
    [
        ("key", "C major|It is in E flat major.|cis-moll|D dorian|atonal|minor|No, it is not."),
        ("mode", "dorian|D dorian|minor pentatonic|major"),
        ("key_signature", "2|three|no sharps or flats|Bb, Eb|D major"),
        ("meter", "4/4|common time|free|triple|compound duple|5/4 (3+2)|7/8"),
        ("tempo", "60|about 120 BPM|120-124 BPM|Allegro|slow|2 beats per second"),
        ("chord", "Cmaj7|A:min7|N|no chord|It is a G major chord|diminished|D, F#, A"),
        ("roman", "V7/V|bVI|ii6/5|N6|Ger65|viio7"),
        ("cadence", "PAC|half cadence|none|V-I|The phrase ends with a half cadence."),
        ("interval", "P5|a fifth|tritone|7 semitones|half step"),
        ("note", "F sharp|the note G|G4|Yes"),
        ("form", "fugue|AABA"),
        ("progression", "twelve-bar blues|ii-V-I"),
        ("tempo_term", "Giocoso|Allegro"),
        ("genre", "zydeco"),
        ("instruments", "theremin, spoons"),
        ("lyrics", "la la"),
        ("mood", "zesty"),
    ],
)
def test_gold_in_any_words_and_of_open_facets_is_left_in_peace(check, facet, answers):
    rows = [
        {**row(f"{n}?", facet=facet, answer=answer), "id": str(n)}
        for n, answer in enumerate(answers.split("|"))
    ]
    assert check(*rows).findings == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Key? (A) C major (B) D major", None),
        ("Key? A) C major, B) D major", None),
        ("Key?\n1. C major\n2. D major", None),
        ("Is it C major or D major?", None),
        ("In part A. Is it (D) major?", None),
        ("Key? (A) D major (B) C major", "labels 'D major' as A, but it is number 2 of the list"),
        ("Key? A. d major\nB. c major", "labels 'D major' as A"),
        ("Key? 1. C major 3. D major", "labels 'D major' as 3"),
    ],
)  # fmt: skip
def test_options_are_labelled_in_the_order_of_the_list(check, text, said):
    asked = row(text, choices=["C major", "D major"], answer="D major")
    found = [one.sentence for one in check(asked).findings]
    assert len(found) == (said is not None)
    assert all(said in sentence for sentence in found)


def test_the_longest_option_is_the_one_that_is_labelled(check):
    asked = row("(A) C minor (B) C", choices=["C minor", "C"], answer="C")
    assert not check(asked).findings
