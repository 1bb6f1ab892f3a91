"""What is counted of a text, by hand."""

from __future__ import annotations

import math

from experiments.audit.features import UNITS, features
from rewards.records import Question
from rewards.response import parse

ASKED = "Which instrument carries the melody?"


def counted(question: Question, text: str) -> dict[str, float]:
    return dict(zip(UNITS, features(question, parse(text)), strict=True))


def test_every_feature_is_counted_as_it_is_named():
    question = Question("q", ASKED, choices=("flute", "violin", "oboe"), answer="flute")
    text = (
        "So: <think>Maybe the melody is the flute's, maybe the violin's.\n"
        "**It** ends on F# as a Bassoon may.</think> <answer>violin</answer>"
    )
    assert counted(question, text) == {
        "number of words": 25,
        "words of the thought": 19,
        "words of the answer": 1,
        "words outside the blocks": 5,  # "So", and the tags
        "options named": 2,
        "place of the option answered": 2,
        "notes named": 1,
        "hedges": 2,
        "words said before": 7,
        "words of the question said again": 1,
        "marks of layout": 3,
    }


def test_options_that_are_not_offered_or_not_told_apart_have_no_place():
    open_ = counted(Question("q", ASKED, answer="flute"), "<answer>flute</answer>")
    assert math.isnan(open_["options named"])
    assert math.isnan(open_["place of the option answered"])
    question = Question("q", ASKED, choices=("flute", "violin"), answer="flute")
    for answer, place in (("flute", 1), ("flute or violin", None), ("oboe", None)):
        found = counted(question, f"<answer>{answer}</answer>")["place of the option answered"]
        assert math.isnan(found) if place is None else found == place
