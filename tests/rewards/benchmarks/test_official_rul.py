"""RUL-MuChoMusic: rules of extraction, and the vote over the passes of a question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.benchmarks.rul_muchomusic import letter

OPTIONS = ("Harp", "Oboe", "Drums", "Flute")
PIECES = st.sampled_from(
    ["[[A]]", "[[E]]", "[[F]]", "answer is ", "ANSWER IS ", "I choose ", "chose ", "guess is ",
     "select  ", "B", "c", "d.", "Option C", "option D", "OPTION A", "(E)", "(B", " ", "harp",
     "Oboe", "ı", "\n"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=7).map("".join)


def told(said: str) -> str | None:
    return letter(said, OPTIONS)[0]


def after(said: str) -> str | None:
    """Rule 2 without a pattern: the last letter that stands alone after one of the words."""
    found = None
    for place in range(len(said)):
        one, rest = said[place : place + 1], said[place + 1 : place + 2]
        alone = one.upper() in tuple("ABCDE") and not (rest.isalnum() or rest == "_")
        before = said[:place].lower()
        leads = ("answer is ", "chose ", "choose ", "select ", "guess is ", "i guess ")
        if alone and before.endswith(leads):
            found = one.upper()
    return found


@given(TEXTS)
def test_the_rules_in_their_order(said):
    brackets = [p[0] for p in said.split("[[")[1:] if p[:1] in tuple("ABCDE") and p[1:3] == "]]"]
    named = [
        x for x in "ABCDE" if any(f"{lead}{x}" in said for lead in ("option ", "Option "))
        or f"({x})" in said
    ]  # fmt: skip
    texts = [x for x, o in zip("ABCD", OPTIONS, strict=True) if o.lower() in said.lower()]
    rules = [brackets[-1:], [after(said)] if after(said) else [], named, texts]
    assert told(said) == next((rule[0] for rule in rules if rule), None)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("[[A]] or rather [[B]]", "B"),
        ("[[B]], for the answer is C", "B"),
        ("[[b]]", None),
        ("[B]", None),
        ("The answer is B. I choose C", "C"),
        ("the answer is b", "B"),
        ("the answer is: B", None),
        ("the answer is  B", None),
        ("the answer is Bass", None),
        ("(D) is wrong, (B) it is", "B"),
        ("option C", "C"),
        ("OPTION C", None),
        ("an oboe", "B"),
        ("oboe and harp", "A"),
        ("", None),
    ],
)
def test_what_is_read_as_an_answer(said: str, found: str | None):
    assert told(said) == found


def test_the_article_after_answer_is_is_the_letter_a():
    assert told("The answer is a flute") == "A"


def test_a_prediction_that_repeats_its_options_answers_a():
    assert told("Of (A) Harp (B) Oboe (C) Drums (D) Flute it can only be the oboe") == "A"


def test_an_empty_option_is_passed_over():
    assert letter("flute", ("", "Oboe", "Flute"))[0] == "C"


def test_a_letter_without_an_option_is_answered_and_wrong(report, row):
    found = report("rul-muchomusic", row("rul-muchomusic", model_output="[[E]]"))
    assert (found.groups[-1].official, found.unanswered) == (0.0, 0)


def test_texts_are_compared_so_that_of_equal_options_either_letter_is_right(official):
    twice = {"A": "Harp", "B": "Oboe", "C": "Harp"}
    assert official("rul-muchomusic", letter_mapping=twice, model_output="[[C]]") == 1
    assert official("rul-muchomusic", letter_mapping=twice, model_output="[[B]]") == 0


def test_an_empty_gold_is_right_where_nothing_is_answered(official):
    assert official("rul-muchomusic", correct_answer="", model_output="I cannot hear it") == 1


def passes(*said: str) -> dict:
    mapping = {"A": "Harp", "B": "Oboe", "C": "Drums", "D": "Flute"}
    rows = [{"model_output": text, "letter_mapping": mapping} for text in said]
    return {"question_id": "7", "correct_answer": "Harp", "passes": rows}


@pytest.mark.parametrize(
    ("said", "agreed"),
    [
        (("[[A]]", "[[A]]", "[[B]]", "[[C]]"), 1),
        (("[[B]]", "[[B]]", "[[A]]", "[[C]]"), 0),
        (("[[A]]", "[[B]]", "[[A]]", "[[B]]"), 1),  # a tie goes to the first
        (("[[B]]", "[[A]]", "[[A]]", "[[B]]"), 0),
        (("?", "?", "?", "[[A]]"), 1),  # only answers vote
        (("[[E]]", "[[E]]", "[[E]]", "[[A]]"), 1),  # and only letters that have a text
        (("?", "?", "?", "?"), 0),
    ],
)
def test_most_passes_decide_a_question(said, agreed, report):
    found = report("rul-muchomusic", passes(*said), passes(*["[[A]]"] * 4))
    (figure,) = found.figures
    assert (figure.name, figure.value, figure.n) == ("leave-one-out accuracy", (agreed + 1) / 2, 2)
    assert found.groups[-1].n == 8
    assert found.groups[-1].official == (said.count("[[A]]") + 4) / 8


def test_one_shot_rows_have_no_vote(report, row):
    assert report("rul-muchomusic", row("rul-muchomusic")).figures == ()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"letter_mapping": ["Harp"]}, "letter_mapping: got ['Harp']"),
        ({"letter_mapping": {"B": "Harp", "A": "Oboe"}}, "letter_mapping: got the letters"),
        ({"letter_mapping": {"A": None}}, "letter_mapping: got"),
        ({"passes": {"model_output": ""}}, "passes: got"),
        ({"passes": ["[[A]]"]}, "passes: got"),
        ({"correct_answer": None}, "correct_answer: got null"),
    ],
)
def test_a_row_that_is_none_of_the_benchmark_is_malformed(wrong, told, report, row):
    ((_, sentence),) = report("rul-muchomusic", row("rul-muchomusic", **wrong)).read.malformed
    assert sentence.startswith(told)
