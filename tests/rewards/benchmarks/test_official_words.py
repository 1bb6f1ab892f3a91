"""MMAU and MMAR: sets of words, as their ``string_match`` compares them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.benchmarks.mmau import mark, words
from rewards.benchmarks.rows import official as entry_of
from rewards.errors import DataError

PIECES = st.sampled_from(
    ["Man", "woman", " ", " ", ", ", "a", "4/4", "C#", "_x", "İ", "ſ", "ß", "٣", "not", "", "-"]
)
TEXTS = st.lists(PIECES, max_size=6).map("".join)


def judged(gold: str, said: str, *choices: str) -> float:
    return mark(entry_of({}, 1, said, gold, options=choices)).value


def letters_of(text: str) -> set[str]:
    """The words of a text, character by character: what is no letter, digit or _ parts them."""
    lowered = text.lower()
    return set("".join(c if c.isalnum() or c == "_" else " " for c in lowered).split(" ")) - {""}


@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=4))
def test_right_is_gold_within_prediction_within_what_no_wrong_choice_adds(gold, said, choices):
    has, right = letters_of(said), letters_of(gold)
    wrong = set().union(*(letters_of(c) for c in choices if letters_of(c) != right)) - right
    assert judged(gold, said, *choices) == (bool(has) and right <= has and not has & wrong)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("Man", 1),
        ("man.", 1),
        ("It is a MAN!", 1),
        ("not a man", 1),
        ("man or woman", 0),
        ("The answer is Woman", 0),
        ("mankind", 0),
        ("", 0),
        ("?!", 0),
    ],
)
def test_words_count_and_what_is_said_of_them_does_not(said: str, value: float):
    assert judged("Man", said, "Man", "Woman") == value


def test_an_article_of_a_wrong_choice_makes_a_sentence_wrong():
    assert judged("Man", "It is a man", "Man", "A woman") == 0
    assert judged("A man", "It is a man", "A man", "A woman") == 1


def test_a_letter_is_no_answer():
    assert judged("Man", "(A)", "Man", "Woman") == 0
    assert judged("Man", "(A) Man", "Man", "Woman") == 1
    assert judged("Man", "(A) Man", "Man", "A woman") == 0


def test_a_wrong_choice_of_the_same_words_is_right():
    assert judged("Guitar, Piano", "Piano, Guitar", "Guitar, Piano", "Piano, Guitar") == 1
    assert judged("From near to far", "from far to near", "From near to far") == 1


def test_a_choice_that_is_part_of_the_gold_is_not_told_from_it_but_is_not_enough():
    assert judged("acid jazz", "acid jazz", "jazz", "acid jazz") == 1
    assert judged("acid jazz", "jazz", "jazz", "acid jazz") == 0
    assert judged("jazz", "acid jazz", "jazz", "acid jazz") == 0


def test_repeated_choices_change_nothing():
    assert judged("Man", "man", "Man", "Man", "Woman", "Woman") == 1


def test_a_sharp_sign_is_no_word_and_a_gold_without_words_is_in_every_prediction():
    assert words("C# 120.5 4/4 lip_trill") == {"c", "120", "5", "4", "lip_trill"}
    assert judged("C#", "C", "C#", "C") == 1
    assert judged("#", "anything", "#") == 1


def test_case_is_lowered_as_python_does_and_not_folded():
    assert words("İX ẞ ſ") == {"i", "x", "ß", "ſ"}  # the dot above of "i̇" is no word character
    assert judged("straße", "STRASSE", "straße") == 0


def test_a_prediction_without_a_word_is_unanswered_and_counts(report, row):
    found = report("mmau", row("mmau"), row("mmau", model_output=" ... "))
    assert found.unanswered == 1
    assert found.groups[-1].official == 0.5


def test_rows_without_a_prediction_leave_the_denominator(report, row):
    bare = row("mmau")
    del bare["model_output"]
    found = report("mmau", row("mmau"), bare, bare, row("mmau", model_output="Woman"))
    assert (found.read.left_out, found.groups[-1].n, found.groups[-1].official) == (2, 2, 0.5)


def test_the_field_that_the_readme_of_mmau_names_is_not_read(report, row):
    renamed = row("mmau", model_prediction="Man")
    del renamed["model_output"]
    with pytest.raises(DataError, match="rename model_prediction, which the script does not read"):
        report("mmau", renamed)


def test_figures_are_told_by_the_official_groups(report, row):
    found = report(
        "mmau",
        row("mmau"),
        row("mmau", model_output="Woman", difficulty="hard"),
        row("mmau", task="speech", **{"sub-category": None}),
    )
    assert [(one.label, one.n, one.official) for one in found.groups] == [
        ("task: music", 2, 0.5),
        ("task: speech", 1, 1.0),
        ("difficulty: easy", 2, 1.0),
        ("difficulty: hard", 1, 0.0),
        ("sub-category: Counting", 2, 0.5),
        ("overall", 3, 2 / 3),
    ]


@pytest.mark.parametrize(
    ("name", "wrong", "told"),
    [
        ("mmau", {"task": "noise"}, "task: got 'noise'"),
        ("mmau", {"difficulty": None}, "difficulty: got null"),
        ("mmau", {"model_output": None}, "model_output: got null"),
        ("mmau", {"answer": 4}, "answer: got 4"),
        ("mmau", {"choices": "Man"}, "choices: got 'Man'"),
        ("mmar", {"modality": "mix"}, "modality: got 'mix'"),
        ("mmar", {"category": "Layer"}, "category: got 'Layer'"),
    ],
)
def test_where_the_script_would_stop_the_row_is_malformed(name, wrong, told, report, row):
    found = report(name, row(name), row(name, **wrong))
    assert len(found.scored) == 1
    ((number, sentence),) = found.read.malformed
    assert number == 2
    assert sentence.startswith(told)


def test_mmar_reads_its_own_fields(report, row):
    found = report("mmar", row("mmar"), row("mmar", answer_prediction="Woman", modality="speech"))
    assert [one.label for one in found.groups] == [
        "modality: music", "modality: speech", "category: Signal Layer", "overall"
    ]  # fmt: skip
    assert found.groups[-1].official == 0.5
