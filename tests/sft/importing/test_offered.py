"""Options in the text of a question, and the answer that is one of them."""

from __future__ import annotations

import pytest

from rewards.response import parse
from rewards.rubric import Rubric
from sft.importing.answers import option_of, spoken
from sft.importing.cells import options_of
from sft.importing.offered import labelled, offered
from sft.importing.question import made
from sft.importing.records import Draft, Options, Unusable
from sft.records import Trace

THREE = ("D minor", "A major", "E major")


@pytest.mark.parametrize(
    "text",
    [
        "Which key? Choose the correct option from the following options:\n"
        "(A) D minor\n(B) A major\n(C) E major",
        "Which key?\nA. D minor\nB. A major\nC. E major\nOutput the thinking process in <think>.",
        "Which key?\n A: D minor\n B: A major\n C: E major",
        "Which key?\nA) D minor\nB) A major\nC) E major",
        "Which key? (A) D minor. (B) A major. (C) E major.",
        "Which key? (A) D minor, (B) A major, (C) E major\nPlease think before you respond.",
        "Which key?\n(a) D minor\n(b) A major\n(c) E major",
        "Which key? (A)D minor (B)A major\n (C)E major",
        "Which key? A. D minor B. A major C. E major",
        "Which key? Choose from the following options: ['D minor', 'A major', 'E major'].",
        "Which key? Choose from the following options:\nD minor\nA major\nE major",
        "Which key? (choose from: D minor, A major, or E major)",
    ],
)
@pytest.mark.parametrize("answer", ["A major", "a major."])
def test_options_are_found_however_they_are_written(text: str, answer: str):
    found = offered(text, answer)
    assert tuple(one.removesuffix(".") for one in found) == THREE


@pytest.mark.parametrize("answer", ["B", "B.", "(B)", "B. A major", "(B) A major."])
def test_options_on_one_line_are_found_by_the_label_of_the_answer(answer: str):
    text = "Which key? A. D minor B. A major C. E major"
    assert offered(text, answer) == THREE
    assert offered(text, f"{answer}, by its ending") == ()
    assert offered("Which key? A. D minor B. A major", "C") == ()


@pytest.mark.parametrize(
    "text",
    [
        "Which key is it, A or B?",
        "What follows section A. and section C. here?",
        "Describe (A) the key.",
        "Chords from the following bars: C, G, and D are played. Which comes next?",
        "B. Goode plays. What is the key?",
    ],
)
def test_what_only_looks_like_options_is_none(text: str):
    assert offered(text, "A minor") == ()
    assert labelled(text) == ()


def test_an_option_s_text_wins_over_a_letter():
    assert option_of(("A", "D", "E", "G"), "D") == "D"  # the chord, not the fourth option
    assert option_of(("D minor", "A major", "E major", "G"), "D") == "G"
    assert option_of(THREE, "(B) A major") == "A major"
    assert option_of(THREE, "B") == "A major"
    assert option_of(("maybe viola", "viola"), "viola") == "viola"
    assert option_of(("low", "high"), "b") == "high"
    assert option_of(("Yes", "yes and no"), "YES") == "Yes"


@pytest.mark.parametrize("answer", ["F major", "(A) E major", "A major or E major", "Q"])
def test_an_answer_that_is_not_clearly_an_option_is_refused(answer: str):
    with pytest.raises(Unusable, match="expected one of the options"):
        option_of(THREE, answer)


@pytest.mark.parametrize(
    ("completion", "think", "answer"),
    [
        ("D major", None, "D major"),
        ("<answer>D major</answer>", None, "D major"),
        (
            "<think>Two sharps.</think> Hence, the final answer is: <answer> D </answer>",
            "Two sharps.",
            "D",
        ),
        ("<think>Two sharps.</think>\nSo the final answer is: D", "Two sharps.", "D"),
        ("<think>Two sharps.</think> D", "Two sharps.", "D"),
        ("<think> </think> <answer>D</answer>", None, "D"),
    ],
)
def test_think_and_answer_are_parted(completion: str, think: str | None, answer: str):
    assert spoken(completion) == (think, answer)


@pytest.mark.parametrize(
    "completion",
    ["", "  ", "<think>open", "<answer></answer>", "<think>a</think>", "<Answer>D</Answer>",
     "<answer>a</answer><answer>b</answer>", "<think><answer>D</answer></think>"],
)  # fmt: skip
def test_tags_that_do_not_pair_are_no_answer(completion: str):
    with pytest.raises(Unusable, match=r"^answer: "):
        spoken(completion)


@pytest.mark.parametrize(
    "completion",
    ["<thinking>Two sharps.</thinking> D major", "<reasoning>Two.</reasoning><answer>D</answer>",
     "[THINK]Two.[/THINK] D", "<|begin_of_thought|>Two.<|end_of_thought|> D",
     "\u25c1think\u25b7 D"],
)  # fmt: skip
def test_reasoning_of_another_template_is_told(completion: str):
    with pytest.raises(Unusable, match="expected it within <think>"):
        spoken(completion)


QUIZ = "Which key?\n(A) D minor\n(B) A major\n(C) E major"


@pytest.mark.parametrize(
    "draft",
    [
        Draft(QUIZ, "A major", "It sounds bright and ends on A."),
        Draft(QUIZ, "(B) A major", "It sounds bright and ends on A."),
        Draft(QUIZ, "B", "It sounds bright and ends on A."),
        Draft("Which key?", "A major", "It sounds bright and ends on A.", options=Options(THREE)),
        Draft("Which chord?", "D", "It sounds like D.", options=Options(("A", "D", "E", "B"))),
        Draft("Which count?", "4", "Four are heard.", options=Options(("3", "4", "12"))),
        Draft("Which key?", "A major", "It sounds bright and ends on A."),
    ],
)
def test_gold_answers_and_imported_traces_earn_the_whole_default_rubric(draft: Draft):
    row = made(draft, "row 1", None, facet=None, kind=None)
    with Rubric.of(("format", "accuracy")) as rubric:
        trace = Trace("a", row.think or "", row.question.answer or "")
        score = rubric.score(row.question, parse(trace.text()))
        assert {name: part.value for name, part in score.parts.items()} == {
            "format": 1.0,
            "accuracy": 1.0,
        }
        wrong = parse("<think>It is dark and low here.</think> <answer>F minor</answer>")
        assert rubric.score(row.question, wrong).parts["accuracy"].value == 0.0


def test_options_that_the_text_labels_keep_its_order():
    text = "Which?\nA. cello\nB. viola"
    row = made(
        Draft(text, "B", options=Options(("viola", "cello"))), "row 1", None, facet=None, kind=None
    )
    assert row.question.choices == ("cello", "viola")
    assert (row.question.text, row.question.answer) == (text, "viola")


def test_options_that_stand_twice_or_are_blank_stand_once_and_are_told():
    draft = Draft("How many?", "nine", options=Options(("four", "nine", "", "four")))
    row = made(draft, "row 1", None, facet=None, kind=None)
    assert row.question.choices == ("four", "nine")
    assert row.question.text.endswith("A. four\nB. nine")
    assert set(row.remarks) == {"twice", "blank"}
    with pytest.raises(Unusable, match="different options"):
        made(Draft("How many?\nA. four\nB. four", "four"), "row 1", None, facet=None, kind=None)


@pytest.mark.parametrize(
    ("listed", "answer"),
    [
        (("viola", "", "cello", "oboe"), "C"),
        (("viola", "viola", "cello", "oboe"), "C"),
        (("viola", "viola", "cello", "oboe"), "The answer is (C)"),
    ],
)
def test_a_label_has_its_place_in_the_row_s_own_list(listed: tuple[str, ...], answer: str):
    draft = Draft("Which?", answer, options=Options(listed))
    row = made(draft, "row 1", None, facet=None, kind=None)
    assert (row.question.choices, row.question.answer) == (("viola", "cello", "oboe"), "cello")


def test_labels_of_a_row_may_stand_in_another_order_or_begin_with_0():
    shuffled = options_of(["C. oboe", "A. viola", "B. cello"], "choices")
    assert shuffled == Options(("oboe", "viola", "cello"), ("C", "A", "B"))
    for said in ("A", "(a)", "A. viola", "viola", "The answer is (A).", "It is the viola."):
        assert option_of(shuffled.texts, said, shuffled.labels) == "viola"
    with pytest.raises(Unusable):
        option_of(shuffled.texts, "A. cello", shuffled.labels)
    assert options_of(["0. viola", "1. cello"], "choices").labels == ("0", "1")
    for texts in (["9. Sinfonie", "5. Sinfonie"], ["C. P. E. Bach", "J. S. Bach"], ["A. x", "y"]):
        assert options_of(texts, "choices") == Options(tuple(texts))


@pytest.mark.parametrize("cell", ['["rock", "pop"]', "['rock', 'pop']", "rock, pop", "rock;pop"])
def test_names_are_read_from_a_cell_however_a_table_writes_them(cell: str):
    draft = Draft("Which genre?", "rock", facts={"genre": cell})
    assert made(draft, "row 1", None, facet=None, kind=None).question.facts.genre == ("rock", "pop")


@pytest.mark.parametrize("cell", ["-3", -3.0, -3, "3 flats"])
def test_a_signature_is_a_number_in_a_table(cell: object):
    draft = Draft("Which key?", "x", facts={"key_signature": cell})
    row = made(draft, "row 1", None, facet=None, kind=None)
    assert row.question.facts.key_signature == -3
    asked = Draft("How many flats?", "3", facet="key_signature")
    assert made(asked, "row 1", None, facet=None, kind=None).question.facts.key_signature is None


def test_a_blank_option_is_no_answer():
    draft = Draft("Which?", "B", options=Options(("viola", "", "cello")))
    with pytest.raises(Unusable, match="got 'B', which is a blank option"):
        made(draft, "row 1", None, facet=None, kind=None)


@pytest.mark.parametrize("said", ["2", "2.", "(2)", "cello", "2. cello"])
def test_an_answer_may_be_the_row_s_own_label(said: str):
    options = options_of(["1. viola", "2. cello", "3. oboe"], "choices")
    assert options == Options(("viola", "cello", "oboe"), ("1", "2", "3"))
    assert option_of(options.texts, said, options.labels) == "cello"
    assert option_of(("1", "2", "3"), "2", ("b", "c", "a")) == "2"  # a text wins


@pytest.mark.parametrize(
    "draft",
    [
        Draft("Which?", "x", facts={"tempo": "-3"}),
        Draft("Which?", "x", facts={"genre": "['rock' 'pop']"}),
        Draft("Which?", "x", facts={"key_signature": "2.5"}),
        Draft("Wh\ud800?", "x"),
        Draft("Which?", "x", start=-1.0),
        Draft("Which?", "x", start=float("nan")),
        Draft("?", "x", "\udc00 thinks"),
        Draft("?", "x", "so <answer>y</answer>"),
        Draft("?", None, "thinks"),
        Draft("Which?", "x", facet="kee"),
    ],
)
def test_what_no_questions_file_could_hold_is_refused(draft: Draft):
    with pytest.raises(Unusable):
        made(draft, "row 1", "a.wav", facet=None, kind=None)
