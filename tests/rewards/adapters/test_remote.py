"""What OpenRLHF and slime send is read as they mean it; what is malformed is named."""

from __future__ import annotations

import json

import pytest

from rewards import Facts, Question, Rubric
from rewards.adapters.remote import Unscored, read_request, write_answer
from rewards.errors import DataError

GOOD = "<think>It rests on D, and F is sharp.</think><answer>D major</answer>"
BAD = "<think>It rests on D, and F is sharp.</think><answer>E major</answer>"
PROMPT = "<|im_start|>user\nKey?<|im_end|>\n<|im_start|>assistant\n"


def ask(payload: object, *names: str, missing: float | None = None) -> object:
    request = read_request(payload)
    scores = Rubric.of(names or ["format", "accuracy"]).score_rows(request.rows)
    return write_answer(request, scores, missing)


def test_openrlhf_sends_prompt_and_completion_as_one_and_gets_lists():
    answer = ask(
        {
            "query": [f"{PROMPT}{GOOD}<|im_end|>", f"<s>{PROMPT}{BAD}</s>\n<|endoftext|>\n"],
            "prompts": [PROMPT, PROMPT],
            "labels": ["D major", json.dumps({"answer": "E major", "facts": {"key": "E major"}})],
        },
        "format", "accuracy", "key",
    )  # fmt: skip
    assert answer == {
        "rewards": [1.0, 1.0],
        "scores": [1.0, 1.0],
        "extra_logs": {
            "format": [1.0, 1.0], "format_scored": [1.0, 1.0],
            "accuracy": [1.0, 1.0], "accuracy_scored": [1.0, 1.0],
            "key": [0.0, 1.0], "key_scored": [0.0, 1.0],
        },
    }  # fmt: skip


SAYS_D = {"answer": "D major", "facet": "key", "facts": {"key": "D major"}, "id": "q1"}


@pytest.mark.parametrize(
    "fields",
    [
        {"label": SAYS_D},
        {"label": json.dumps(SAYS_D)},
        {"question": SAYS_D},
        {"question": json.dumps(SAYS_D), "label": None},
        {"question": {**SAYS_D, "text": "Key?"}, "label": "D major"},
        SAYS_D,
        {**SAYS_D, "label": "D major"},
        {**SAYS_D, "answer": None, "label": "D major", "facts": '{"key": "D major"}'},
        {**SAYS_D, "answer": None, "solution": "D major"},
    ],
)
def test_truth_beside_the_response_makes_one_question_wherever_it_stands(fields):
    (row,) = read_request({"prompt": "Key?", "response": GOOD, **fields}).rows
    expected = Question("q1", "Key?", facet="key", answer="D major", facts=Facts(key="D major"))
    assert row[0] == expected
    batch = {name: [value] for name, value in fields.items() if name != "label"}
    labels = {"labels": [fields["label"]]} if "label" in fields else {}
    (row,) = read_request({"query": ["Key?x"], "prompts": ["Key?"], **batch, **labels}).rows
    assert row[0] == expected


def test_a_blank_label_is_none_as_openrlhf_sends_it_for_a_data_set_without():
    payload = {"query": ["Key?" + GOOD], "prompts": ["Key?"], "labels": [""]}
    answer = ask(payload, "format", "accuracy")
    assert isinstance(answer, dict)
    assert answer["rewards"] == [1.0]
    assert answer["extra_logs"]["accuracy_scored"] == [0.0]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lable", "'lable', did you mean 'label'?; known: prompt, response, label, question"),
        ("labels", "did you mean 'label'?"),
        ("anwser", "did you mean 'answer'?"),
        ("metadata", "unknown field 'metadata'; known: prompt"),
    ],
)
def test_a_field_of_another_name_is_refused_with_the_nearest(name, said):
    with pytest.raises(DataError) as failure:
        read_request({"prompt": "Key?", "response": GOOD, name: "D major"})
    assert said in str(failure.value)


@pytest.mark.parametrize("prompt", ["Key?", [{"role": "user", "content": "Key?"}], None])
def test_slime_sends_one_sample_and_gets_one_number(prompt):
    assert ask({"prompt": prompt, "response": GOOD, "label": "D major"}) == 1.0
    assert ask({"prompt": prompt, "response": BAD, "label": "D major"}) == 0.5


def test_the_prompt_is_the_question_where_the_label_has_no_text():
    (row,) = read_request({"prompt": "Key?", "response": GOOD, "label": "D major"}).rows
    assert (row[0].text, row[0].answer) == ("Key?", "D major")
    label = {"text": "Which key?", "answer": "D major", "id": "q1"}
    (row,) = read_request({"prompt": "Key?", "response": GOOD, "label": label}).rows
    assert (row[0].text, row[0].id) == ("Which key?", "q1")


def test_a_row_without_a_total_is_named_unless_missing_says_what_it_counts_as():
    payload = {"query": ["Key?x", "Key?y"], "prompts": ["Key?"] * 2, "labels": ["D", None]}
    with pytest.raises(Unscored, match="row 1 has no score: no part"):
        ask(payload, "accuracy")
    answer = ask(payload, "accuracy", missing=0.25)
    assert isinstance(answer, dict)
    assert answer["rewards"] == [0.0, 0.25]


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ([], "expected an object"),
        ({"text": "x"}, "expected query, prompts and labels"),
        ({"query": "x", "prompts": ["x"], "labels": [1]}, "query: got 'x', expected a list"),
        ({"query": ["x"], "labels": ["x"]}, "prompts: got null"),
        ({"query": ["xy"], "prompts": ["x"], "labels": []}, "labels: got 0 values, expected 1"),
        ({"query": [], "prompts": [], "labels": []}, "expected 1 to"),
        ({"query": ["x"], "prompts": ["y"], "labels": [None]}, "row 0: query: got 'x'"),
        ({"query": ["x"], "prompts": ["x"], "labels": ["{"]}, "row 0: is not JSON"),
        ({"query": ["x"], "prompts": ["x"], "labels": [{"facet": "kye"}]}, "row 0: facet"),
        ({"query": ["x"], "prompts": ["x"], "label": ["D"]}, "did you mean 'labels'"),
        ({"query": ["x"], "prompts": ["x"], "answer": "D"}, "answer: got 'D', expected a list"),
        ({"query": ["x"], "prompts": ["x"], "answer": []}, "answer: got 0 values, expected 1"),
        ({"response": "x", "label": "D", "answer": "E"}, "answer is 'E' and label is 'D'"),
        ({"response": "x", "label": "D", "question": {"answer": "E"}}, "label is 'D' and question"),
        ({"response": "x", "label": {"answer": "D"}, "question": {"answer": "D"}}, "in question"),
        ({"response": "x", "label": {"answer": "D"}, "facet": "key"}, "what stands in facet"),
        ({"response": None, "prompt": "x"}, "response: got null"),
        ({"response": "x", "prompt": 3}, "prompt: got 3"),
    ],
)
def test_what_has_neither_form_is_refused_with_its_field(payload, said):
    with pytest.raises(DataError) as failure:
        read_request(payload)
    assert said in str(failure.value)
