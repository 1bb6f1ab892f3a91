"""MuChoMusic: one character of A to D, else the first option contained, else -1."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.benchmarks.muchomusic import choice

OPTIONS = ["drums", "piano", "harp", "oboe"]
PREFIX = "The correct answer is:"
PIECES = st.sampled_from(
    ["A", "B", "C", "D", "E", "drums", "Piano", "OBOE", " ", "a ", PREFIX, "İ", "(B)", "\n", ""]
)
TEXTS = st.lists(PIECES, max_size=6).map("".join)


@given(TEXTS, st.lists(TEXTS, min_size=1, max_size=4))
def test_the_rules_of_the_paper_one_letter_then_the_options_text(said, options):
    """Restated from the docstring of ``extract_responses``."""
    *_, read = said.split(PREFIX)
    mentioned = [letter for letter in "ABCD" if read.count(letter)]
    if len(mentioned) == 1:
        expected = "ABCD".index(mentioned[0])
    else:
        contained = [o.strip().lower() for o in options]
        places = [i for i, o in enumerate(contained) if read.lower().strip().find(o) >= 0]
        expected = min(places, default=-1)
    assert choice(said, options)[0] == expected


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("B", 1),
        ("(B) piano", 1),
        ("The correct answer is: B", 1),
        ("A, no. The correct answer is: B. The correct answer is: C", 2),
        ("the correct answer is: harp", 2),
        ("harp", 2),
        ("pIaNo", 1),
        ("it is the piano and the harp", 1),
        ("E", -1),
        ("b", -1),
        ("", -1),
        ("pia no", -1),
    ],
)
def test_what_is_read_as_an_answer(said: str, place: int):
    assert choice(said, OPTIONS)[0] == place


def test_a_letter_is_any_capital_from_a_to_d_in_any_word():
    assert choice("Acoustic harp", OPTIONS)[0] == 0
    assert choice("I cannot tell. Do you hear a harp?", OPTIONS)[0] == 3
    assert choice("AAA Audio", OPTIONS)[0] == choice("PIANO", OPTIONS)[0] == 0


def test_two_letters_make_the_letters_void():
    assert choice("A or B", OPTIONS)[0] == -1
    assert choice("(B) Drums", ["piano", "drums"])[0] == 1
    assert choice("(B) Drums", ["drums", "piano"])[0] == 0


def test_an_option_that_is_part_of_another_wins_where_it_stands_first():
    assert choice("acid jazz", ["jazz", "acid jazz"])[0] == 0
    assert choice("acid jazz", ["acid jazz", "jazz"])[0] == 0


def test_of_repeated_options_the_first_is_taken_and_an_empty_one_is_in_every_text():
    assert choice("harp", ["oboe", "harp", "harp"])[0] == 1
    assert choice("harp", ["oboe", " ", "harp"])[0] == 1


def test_a_letter_without_an_option_is_answered_and_wrong(report, row):
    two = {"answers": ["Drums", "Piano"], "answer_orders": [1, 0]}
    found = report("muchomusic", row("muchomusic", model_output="D", **two))
    assert (found.groups[-1].official, found.unanswered) == (0.0, 0)


def test_the_right_option_is_at_the_place_of_zero(official):
    assert official("muchomusic", answer_orders=[3, 0, 2, 1], model_output="B") == 1
    assert official("muchomusic", answer_orders=[0, 3, 2, 1], model_output="B") == 0
    assert official("muchomusic", answer_orders=[0, 3, 2, 1], model_output="Drums!!") == 0  # D
    assert official("muchomusic", answer_orders=[0, 3, 2, 1], model_output="drums") == 1


def test_ifr_is_the_share_of_answered_rows(report, row):
    said = ["B", "C", "?", "none of these"]
    found = report("muchomusic", *(row("muchomusic", model_output=text) for text in said))
    assert found.groups[-1].official == 0.25
    (ifr,) = found.figures
    assert (ifr.name, ifr.value, ifr.n) == ("IFR", 0.5, 4)
    assert found.unanswered == 2


def test_a_row_counts_in_each_of_its_categories_and_once_in_the_whole_of_them(report, row):
    found = report(
        "muchomusic",
        row("muchomusic", knowledge=["melody", "harmony", "melody"], genre=""),
        row("muchomusic", knowledge=[], reasoning=["mood and expression"], model_output="C"),
    )
    assert [(one.label, one.n, one.official) for one in found.groups] == [
        ("knowledge: harmony", 1, 1.0),
        ("knowledge: melody", 1, 1.0),
        ("knowledge: overall", 1, 1.0),
        ("reasoning: mood and expression", 1, 0.0),
        ("reasoning: overall", 1, 0.0),
        ("genre: Ska", 1, 0.0),
        ("overall", 2, 0.5),
    ]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"answer_orders": [1, 2, 3, 4]}, "answer_orders: got"),
        ({"answer_orders": [0, 1]}, "answer_orders: got"),
        ({"answer_orders": [False, 1, 2, 3]}, "answer_orders: got"),
        ({"answer_orders": "0123"}, "answer_orders: got"),
        ({"answers": None}, "answers: got"),
        ({"reasoning": "mood"}, "reasoning: got"),
        ({"model_output": ["B"]}, "model_output: got"),
    ],
)
def test_a_row_that_is_none_of_the_benchmark_is_malformed(wrong, told, report, row):
    ((number, sentence),) = report("muchomusic", row("muchomusic", **wrong)).read.malformed
    assert number == 1
    assert sentence.startswith(told)


def test_a_row_without_a_prediction_stops_the_script_and_is_malformed(report, row):
    bare = row("muchomusic")
    del bare["model_output"]
    found = report("muchomusic", row("muchomusic"), bare)
    assert found.read.malformed == [(2, "model_output: is missing, expected a string")]
