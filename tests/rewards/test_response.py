"""The parser: one answer block, outside the think part, in linear time."""

from __future__ import annotations

import time

import pytest

from rewards import Facts, Question, Rubric
from rewards.errors import DataError
from rewards.response import parse, untagged


@pytest.mark.parametrize(
    ("text", "think", "answer"),
    [
        ("<think>a b</think><answer>C</answer>", "a b", "C"),
        ("<think>a b</think> Hence: <answer>C</answer>", "a b", "C"),
        ("<answer>C</answer>", None, "C"),
        ("<answer> C\n</answer> and more", None, " C\n"),
        ("<answer>C</answer><think>late</think>", "late", "C"),
        ("<think>is it <answer>C</answer>?</think><answer>D</answer>",
        "is it <answer>C</answer>?", "D"),
        ("<think>is it <answer>C</answer>?</think>", "is it <answer>C</answer>?", None),
        ("<think>never closed <answer>C</answer>", None, None),
        ("opened by the template</think><answer>C</answer>", "opened by the template", "C"),
        ("<answer>C</answer></think><answer>D</answer>", "<answer>C</answer>", "D"),
        ("<answer>C</answer><answer>D</answer>", None, None),
        ("<answer>C</answer><answer>C</answer>", None, None),
        ("<answer><answer>C</answer></answer>", None, None),
        ("<answer>C</answer></answer>", None, None),
        ("<answer>C", None, "C"),
        ("<think>a b</think> <answer>C ", "a b", "C "),
        ("<think>a<answer>C", None, None),
        ("<answer>B</answer><answer>C", None, None),
        ("<answer>C<think>a</think>", "a", None),
        ("<Answer>C", None, None),
        ("C</answer>", None, None),
        ("<ANSWER>C</ANSWER>", None, None),
        ("<answer>C</answer><Answer>D</Answer>", None, None),
        ("<answer id=1>C</answer>", None, None),
        ("<answer>C<think>hm</think></answer>", "hm", None),
        ("<think>a<answer>C</think></answer>", "a<answer>C", None),
        ("<think><think>a</think><answer>C</answer></think><answer>D</answer>",
         "<think>a</think><answer>C</answer>", "D"),
        ("", None, None),
        ("< < > <answer", None, None),
    ],
)  # fmt: skip
def test_parts_of_a_completion(text, think, answer):
    response = parse(text)
    assert (response.text, response.think, response.answer) == (text, think, answer)


def test_text_without_tags_is_what_follows_the_think_part():
    assert untagged("<think>a</think> so C") == " so C"
    assert untagged("plain") == "plain"
    assert untagged("<think>a") is None
    assert untagged("<answer>C") is None


@pytest.mark.parametrize(
    "piece",
    ["<answer>", "<think>", "</think>", "<", "<answer ", "< answer", "<think><answer>", "a"],
)
def test_time_grows_with_the_text_and_no_faster(piece):
    text = piece * (128_000 // len(piece))
    start = time.process_time()
    parse(text)
    untagged(text)
    assert time.process_time() - start < 2.0


def test_an_answer_that_a_sampler_left_open_counts_for_every_reward_alike():
    question = Question("q", "Key?", facet="key", answer="D major", facts=Facts(key="D major"))
    left_open = parse("<think>It closes on D.</think> <answer>D major")
    score = Rubric.of(["accuracy", "key", "answer", "format"]).score(question, left_open)
    assert [part.value for part in score.parts.values()] == [1.0, 1.0, 1.0, 0.0]


@pytest.mark.parametrize("nothing", [None, b"<answer>D</answer>", 3, ["D"]])
def test_what_is_no_text_is_an_error_of_ours_that_shows_it(nothing):
    with pytest.raises(DataError, match=r"a completion: got .*, expected its text"):
        parse(nothing)
