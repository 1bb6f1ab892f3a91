"""Claims are marked where they stand and listed with what they earned, whatever a journal says."""

from __future__ import annotations

import math
from typing import Any

import pytest

from experiments.judged_claims import judgements
from experiments.report.claims import Stretch, thought
from rewards.records import Facts, Part, Question
from rewards.response import parse
from rewards.rubric import Rubric

TEXT = "<think> Two sharps, so D major. It is in 4/4. </think><answer>D major</answer>"
WHOLE = (Stretch("Two sharps, so D major. It is in 4/4."),)


def told(details: Any):
    return judgements({"theory": Part(0.5, 1.0, "scored", details=details)})


def marked(claims: Any, text: str = TEXT, most: int = 4000) -> tuple[Stretch, ...] | None:
    found = told({"claims": claims})
    return thought(text, found[0] if found else None, most)


def test_the_claims_of_the_theory_reward_are_marked_and_told_with_verdict_and_reason():
    question = Question("q", "Which key?", facet="key", facts=Facts(key="D major", meter="3/4"))
    (found,) = judgements(Rubric.of(["theory"]).score(question, parse(TEXT)).parts)
    stretches = thought(TEXT, found, 4000)
    assert stretches is not None
    assert "".join(stretch.text for stretch in stretches) == WHOLE[0].text
    verdicts = {stretch.text: stretch.verdict for stretch in stretches if stretch.verdict}
    assert verdicts == {"Two sharps": "true", "D major": "true", "4/4": "false"}
    numbered = {stretch.text: found.claims[stretch.number - 1] for stretch in stretches}
    assert "4/4 is not 3/4" in numbered["4/4"].why
    assert numbered["D major"].words(TEXT) == "D major"
    assert found.claims[-1].stance == "in the answer"


@pytest.mark.parametrize(("row", "stance"), [
    ({"polarity": "asserted", "modality": "asserted", "section": "think"}, ""),
    ({"polarity": "denied", "section": "answer"}, "denied, in the answer"),
    ({"polarity": "asserted", "modality": "hypothetical"}, "hypothetical"),
    ({"modality": "retracted", "section": "think"}, "retracted"),
    ({"polarity": "denied", "modality": "hedged"}, "denied, hedged"),
    ({"modality": "shouted", "section": ["answer"]}, ""),
])  # fmt: skip
def test_what_a_thought_plainly_asserts_has_no_stance_and_all_else_its_own(row, stance: str):
    (found,) = told({"claims": [{"span": [0, 3], "verdict": "true", **row}]})
    assert found.claims[0].stance == stance


@pytest.mark.parametrize("think", [
    "Two sharps, so D major. It is in 4/4.",
    "Two sharps and a C sharp, in 3/4. The dominant of D major is A. So it is D major.",
    "It is in D major. It is in E major.",
    "It is in G minor, in 7/8.",
    "Perhaps D major. No drums.",
])  # fmt: skip
def test_the_points_less_the_contradictions_are_the_value(think: str):
    facts = Facts(key="D major", key_signature=2, meter="3/4", instruments=("piano",))
    question = Question("q", "Which key?", facet="key", facts=facts)
    part = Rubric.of(["theory"]).score(
        question, parse(f"<think>{think}</think><answer>D major</answer>")
    ).parts["theory"]  # fmt: skip
    (found,) = judgements({"theory": part})
    total = sum(claim.points or 0.0 for claim in found.claims)
    total -= 0.3 * min(2, len(found.contradictions))
    assert part.value == pytest.approx(min(1.0, max(0.0, total)), abs=1e-3)


def test_without_a_think_part_there_is_nothing():
    assert thought("<answer>D major</answer>", None, 4000) is None


def test_parts_without_claims_leave_the_thought_whole():
    assert told({"key": "D major"}) == ()
    assert thought(TEXT, None, 99) == WHOLE


def test_a_claim_within_another_is_marked_within_it():
    inner, outer = ({"span": [23, 24], "verdict": "true"}, {"span": [23, 30], "verdict": "false"})
    found = marked([inner, outer])
    assert found is not None
    (claim,) = [stretch for stretch in found if stretch.verdict]
    assert (claim.text, claim.verdict, claim.number) == ("D major", "false", 1)
    assert claim.inside == (Stretch("D", "true", 2, (Stretch("D"),)), Stretch(" major"))


def test_of_claims_that_cross_the_first_is_marked_and_both_are_listed():
    claims = [{"span": [8, 18], "verdict": "true"}, {"span": [12, 30], "verdict": "false"}]
    found = marked(claims)
    assert found is not None
    assert [(s.text, s.number) for s in found if s.verdict] == [("Two sharps", 1)]
    assert len(told({"claims": claims})[0].claims) == 2


def test_claims_within_claims_end_at_some_depth():
    claims = [{"span": [8, 45 - n], "verdict": "true"} for n in range(30)]
    found, depth = marked(claims), 0
    while found and (inner := [stretch for stretch in found if stretch.verdict]):
        found, depth = inner[0].inside, depth + 1
    assert 2 <= depth <= 5


def test_a_long_thought_is_cut_between_claims():
    claims = [{"span": [8, 18], "verdict": "true"}, {"span": [23, 30], "verdict": "true"}]
    found = marked(claims, most=18)
    assert found is not None
    assert [s.text for s in found] == ["Two sharps", ", so D m", " … (19 more characters)"]


@pytest.mark.parametrize("details", [[1], "claims", 3, ["claims"], {"claims": 3}, None])
def test_details_that_are_no_mapping_of_claims_tell_nothing(details: Any):
    assert told(details) == ()


@pytest.mark.parametrize("number", [10**400, math.inf, math.nan, True, "1", None, [1]])
def test_a_number_that_is_none_is_not_told(number: Any):
    claim = {"span": [8, 18], "verdict": "true", "weight": number, "points": number}
    (found,) = told({"claims": [claim], "P": number, "C": number, "contradictions": number})
    assert (found.claims[0].weight, found.claims[0].points) == (None, None)
    assert (found.support, found.coverage, found.contradictions) == (None, None, ())


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
def test_what_is_no_claim_of_the_thought_is_not_marked(claim: Any):
    assert marked([claim]) == WHOLE


def test_a_strange_value_is_text():
    claim = {"span": [8, 18], "verdict": "true", "value": {"<": [1]}, "weight": "x", "why": None}
    (found,) = told({"claims": [claim], "contradictions": [3, "a\x1bb"]})
    assert (found.claims[0].value, found.claims[0].why) == ("{'<': [1]}", "None")
    assert found.contradictions == ("a\x1bb",)


def test_a_flood_of_claims_is_bounded():
    claims = [{"span": [8, 18], "verdict": "true", "value": "x" * 10**5}] * 10**4
    (found,) = told({"claims": claims, "contradictions": ["y" * 10**5] * 10**4})
    assert len(found.claims) < 1000
    assert len(found.claims[0].value) < 1000
    assert sum(map(len, found.contradictions)) < 10**6
