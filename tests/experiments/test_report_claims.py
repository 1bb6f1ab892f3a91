"""Claims are marked where they stand, whatever the journal says of them."""

from __future__ import annotations

import math
from typing import Any

import pytest

from experiments.report.claims import Stretch, thought
from rewards.records import Facts, Part, Question
from rewards.response import parse
from rewards.rubric import Rubric

TEXT = "<think> Two sharps, so D major. It is in 4/4. </think><answer>D major</answer>"


def marked(claims: Any, text: str = TEXT, most: int = 4000) -> tuple[Stretch, ...] | None:
    part = Part(0.5, 1.0, "scored", details={"claims": claims})
    return thought(text, {"theory": part}, most)


def test_the_claims_of_the_theory_reward_are_marked_with_verdict_and_reason():
    question = Question("q", "Which key?", facet="key", facts=Facts(key="D major", meter="3/4"))
    score = Rubric.of(["theory"]).score(question, parse(TEXT))
    found = thought(TEXT, score.parts, 4000)
    assert found is not None
    assert "".join(stretch.text for stretch in found) == "Two sharps, so D major. It is in 4/4."
    verdicts = {stretch.text: stretch.verdict for stretch in found if stretch.verdict}
    assert verdicts == {"Two sharps": "true", "D major": "true", "4/4": "false"}
    assert "4/4 is not 3/4" in found[-2].note


def test_without_a_think_part_there_is_nothing():
    assert thought("<answer>D major</answer>", {}, 4000) is None


def test_parts_without_claims_leave_the_thought_whole():
    part = Part(1.0, 1.0, "scored", details={"key": "D major"})
    assert thought(TEXT, {"key": part}, 99) == (Stretch("Two sharps, so D major. It is in 4/4."),)


def test_of_claims_within_each_other_the_outer_one_is_marked():
    inner, outer = ({"span": [23, 24], "verdict": "true"}, {"span": [23, 30], "verdict": "false"})
    found = marked([inner, outer])
    assert found is not None
    assert [(s.text, s.verdict) for s in found if s.verdict] == [("D major", "false")]


def test_a_long_thought_is_cut_between_claims():
    claims = [{"span": [8, 18], "verdict": "true"}, {"span": [23, 30], "verdict": "true"}]
    found = marked(claims, most=18)
    assert found is not None
    assert [s.text for s in found] == ["Two sharps", ", so D m", " … (19 more characters)"]


@pytest.mark.parametrize("details", [[1], "claims", 3, ["claims"], {"claims": 3}])
def test_details_that_are_no_mapping_of_claims_leave_the_thought_whole(details: Any):
    part = Part(1.0, 1.0, "scored", details=details)
    assert thought(TEXT, {"key": part}, 99) == (Stretch("Two sharps, so D major. It is in 4/4."),)


@pytest.mark.parametrize("weight", [10**400, math.inf, math.nan, True, "1"])
def test_a_weight_that_is_none_is_not_shown(weight: Any):
    found = marked([{"span": [8, 18], "verdict": "true", "weight": weight}])
    assert found is not None
    assert found[0].note == "None None: true, None"


@pytest.mark.parametrize(
    "claim",
    [
        None,
        "claim",
        {},
        {"span": [8, 18]},
        {"span": [8, 18], "verdict": "<b>"},
        {"span": [8, 18], "verdict": ["true"]},
        {"span": [18, 8], "verdict": "true"},
        {"span": [-5, 9], "verdict": "true"},
        {"span": [8, 10**9], "verdict": "true"},
        {"span": [8.0, 18.0], "verdict": "true"},
        {"span": [True, 18], "verdict": "true"},
        {"span": "ab", "verdict": "true"},
        {"span": [60, 70], "verdict": "true"},
    ],
)
def test_what_is_no_claim_of_the_thought_is_left_out(claim: Any):
    assert marked([claim]) == (Stretch("Two sharps, so D major. It is in 4/4."),)


def test_a_strange_value_is_text_in_the_note():
    claim = {"span": [8, 18], "verdict": "true", "value": {"<": [1]}, "weight": "x", "why": None}
    found = marked([claim])
    assert found is not None
    assert found[0].note == "None {'<': [1]}: true, None"
