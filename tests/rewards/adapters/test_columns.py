"""A row of somebody's table becomes the question that a questions file would hold."""

from __future__ import annotations

import json

import numpy as np
import pytest

from rewards import Facts, Question
from rewards.adapters.columns import question_of
from rewards.adapters.messages import completion_text, prompt_text
from rewards.errors import DataError
from rewards.questions import question_to_json

ROW = Question(
    "q7", "What is the key?", facet="key", choices=("D major", "B minor"), answer="B minor",
    facts=Facts(key="B minor", chords=((0.0, 1.5, "B:min"),)),
)  # fmt: skip


@pytest.mark.parametrize("form", [lambda row: row, dict, json.dumps])
def test_a_question_column_holds_an_object_of_a_questions_file_or_its_json(form):
    columns = {"question": form(question_to_json(ROW)), "split": "train", "index": 3}
    assert question_of(columns, "the prompt", where="row 0") == ROW
    assert question_of({"question": ROW}, "the prompt", where="row 0") == ROW


def test_flat_columns_make_the_same_question():
    flat = question_to_json(ROW)
    assert question_of(flat, "the prompt", where="row 0") == ROW
    flat["facts"] = json.dumps(flat["facts"])
    assert question_of(flat, "the prompt", where="row 0") == ROW


def test_what_a_table_fills_up_with_none_is_absent():
    columns = {
        "question": {"id": "a", "text": "Key?", "clip": None, "choices": [],
                     "facts": {"key": "D major", "tempo": None, "metadata": {"Genre": None}}},
        "facet": None,
        "choices": np.array([], dtype=object),
    }  # fmt: skip
    found = question_of(columns, "", where="row 0")
    assert found == Question("a", "Key?", facts=Facts(key="D major", metadata={}))


def test_arrays_become_lists_and_numbers_of_arrays_numbers():
    columns = {
        "choices": np.array(["D major", "B minor"], dtype=object), "answer": np.str_("D major"),
        "facts": {"tempo": np.float64(92), "beats": np.array([0.5, 1.0])}, "id": np.int64(7),
    }  # fmt: skip
    found = question_of(columns, "Key?", where="row 0")
    assert found.choices == ("D major", "B minor")
    assert (found.id, found.facts.tempo, found.facts.beats) == ("7", 92.0, (0.5, 1.0))


def test_without_a_text_the_prompt_is_asked_and_rows_alike_are_one_question():
    one = question_of({"answer": "D major"}, "Key?", where="row 0")
    assert (one.text, one.answer) == ("Key?", "D major")
    assert question_of({"answer": "D major"}, "Key?", where="row 9") == one
    assert question_of({"answer": "E major"}, "Key?", where="row 0").id != one.id
    assert question_of({"question": "Which key?"}, "Key?", where="row 0").text == "Which key?"


def test_the_gold_answer_may_stand_in_several_places_and_must_be_the_same():
    for columns in (
        {"solution": "D major"},
        {"solution": np.str_("D major"), "answer": "D major", "question": {"answer": "D major"}},
        {"solution": None, "question": {"answer": "D major"}},
    ):
        assert question_of(columns, "Key?", where="row 0").answer == "D major"


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"facet": "kye"}, "row 4: facet: got 'kye'"),
        ({"question": {"text": "?", "anser": "x"}}, "did you mean 'answer'"),
        ({"question": "{broken"}, "row 4: question: is not JSON"),
        ({"question": 7}, "row 4: question: got 7, expected an object"),
        ({"answer": "D", "solution": "E"}, "row 4: answer is 'D' and solution is 'E'"),
        ({"answer": "D", "question": {"answer": "E"}}, "question.answer is 'E': expected one gold"),
        ({"facts": "the key of D"}, "row 4: facts: got 'the key of D', expected an object"),
        ({"facts": {"tempo": float("nan")}}, "facts.tempo"),
        ({"facts": '{"tempo": NaN}'}, "not a finite number"),
        ({"question": '{"a":' * 40 + "1" + "}" * 40}, "nested too deeply"),
        ({"answer": "C", "choices": ["A", "B"]}, "expected the text of one of the choices"),
    ],
)
def test_a_row_that_makes_no_question_is_named_with_its_field(columns, said):
    with pytest.raises(DataError) as failure:
        question_of(columns, "Key?", where="row 4")
    assert said in str(failure.value)


def test_prompts_and_completions_are_texts_or_turns():
    turns = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "audio"}, {"type": "text", "text": "Key?"}]},
    ]
    assert prompt_text("Key?", where="x") == prompt_text(turns, where="x") == "Key?"
    assert completion_text("hm", where="x") == "hm"
    assert completion_text([{"role": "assistant", "content": "hm"}], where="x") == "hm"
    parted = [{"role": "assistant", "content": "<answer>D</answer>", "reasoning_content": "D!"}]
    assert completion_text(parted, where="x") == "<think>D!</think><answer>D</answer>"
    assert completion_text([{"role": "assistant", "content": None}], where="x") == ""


@pytest.mark.parametrize("wrong", [None, 3, [], ["text"], [{"role": "user", "content": "?"}]])
def test_a_completion_of_another_form_is_an_error(wrong):
    with pytest.raises(DataError, match=r"row 0: .*expected a text or a list of turns"):
        completion_text(wrong, where="row 0")
