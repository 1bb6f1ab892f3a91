"""The parser: one answer block, outside the think part, in linear time."""

from __future__ import annotations

import time

import pytest

from rewards.response import open_answer, parse, untagged


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
        ("<answer>C", None, None),
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


def test_an_open_block_is_read_only_where_it_is_asked_for():
    assert open_answer("<think>a</think><answer>C") == "C"
    assert open_answer("<think>a<answer>C") is None
    assert open_answer("<answer>B</answer><answer>C") is None
    assert open_answer("<answer>C<think>a</think>") is None


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
    open_answer(text)
    untagged(text)
    assert time.process_time() - start < 2.0
