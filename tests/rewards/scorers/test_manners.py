"""Length, repetition, tags: how a completion is written."""

from __future__ import annotations

import pytest

from rewards import Question, get, parse
from rewards.errors import ConfigError

PROSE = "The bass walks down to the tonic while the upper voices hold the third and close softly"


def think(text: str, answer: str = "D major") -> str:
    return f"<think>{text}</think> <answer>{answer}</answer>"


@pytest.mark.parametrize(
    ("words", "credit"), [(0, 0.0), (1, 0.2), (5, 1.0), (10, 1.0), (15, 0.5), (20, 0.0), (90, 0.0)]
)
def test_length_pays_nothing_within_its_bounds_and_falls_outside(value, words, credit):
    raw = think(" ".join(["word"] * words))
    assert value("length", raw=raw, least=5, most=10, on="think") == pytest.approx(credit)


def test_by_default_chains_of_the_paper_fit(value):
    assert value("length", raw=think(PROSE)) == 1.0
    assert value("length", raw=think("word " * 600)) == 0.0
    for words, credit in ((2, 2 / 3), (3, 1.0), (250, 1.0), (375, 0.5)):
        assert value("length", "word " * words, on="answer") == pytest.approx(credit)


def test_a_bound_below_may_be_none(value):
    assert value("length", "word", least=0, on="answer") == 1.0
    assert value("length", "", least=0, on="answer") == 0.0


@pytest.mark.parametrize(
    ("name", "params"),
    [("length", {"least": 9, "most": 3}), ("repetition", {"n": 0}), ("diversity", {"n": -1})],
)
def test_bounds_that_no_text_can_meet_are_refused_in_a_rubric_and_in_a_call(judge, name, params):
    with pytest.raises(ConfigError, match=f"parts.{name}.{next(iter(params))}: got "):
        judge(name, "x", **params)
    with pytest.raises(ConfigError, match=f"^{name}: {next(iter(params))}: got "):
        get(name)(Question("q", "?"), parse("x"), **params)


def test_repetition_is_the_share_of_distinct_runs(value):
    assert value("repetition", raw=think(PROSE)) == 1.0
    assert value("repetition", raw="a b a b a b", n=2) == pytest.approx(2 / 5)
    assert value("repetition", raw="la " * 400) < 0.01
    assert value("repetition", raw="我我我我我我我我我我", n=2) == pytest.approx(1 / 9)
    assert value("repetition", raw="") == 0.0
    assert value("repetition", raw="one two") == 1.0


@pytest.mark.parametrize(
    ("raw", "credit"),
    [
        (think(PROSE), 1.0), ("<think>a b c</think>", 0.5), ("<answer>D</answer>", 0.5),
        ("D major", 0.0), ("", 0.0), ("<think>a<answer>D</answer>", 0.75),
        ("<answer>D</answer><think>a</think>", 0.5), (think("a") + "<answer>E</answer>", 0.5),
        ("<THINK>a</THINK><answer>D</answer>", 0.5), ("<think ><answer>", 0.25),
        ("</answer></think><answer><think>", 0.25), ("<think>" * 70, 0.0),
    ],
)  # fmt: skip
def test_each_tag_that_stands_once_and_in_place_is_a_quarter(value, raw, credit):
    assert value("tags", raw=raw) == credit
