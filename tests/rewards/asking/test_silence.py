"""Where a run begins, a model that does not answer is an error."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rewards import Part, Score
from rewards.asking.silence import check_heard
from rewards.errors import RewardError

SILENT = "the judge gave no opinion: unreachable"
OF_SIBLING = "the model read no claims of a sibling: timeout"


def scores(reasons: Sequence[str | None]) -> list[Score]:
    """A score for each: None of an opinion, else why there is none."""
    rule = Part(1.0, 1.0, "scored")
    return [
        Score({
            "rule": rule,
            "asks": Part(0.5, 1.0, "scored") if why is None
            else Part(None, 1.0, "not_applicable", why),
        })
        for why in reasons
    ]  # fmt: skip


@pytest.mark.parametrize(
    "reasons",
    [
        [],
        [None, None],
        [None, SILENT],
        ["no fact tells", "no fact tells"],
        ["no fact tells", None, OF_SIBLING],
        [SILENT, OF_SIBLING, OF_SIBLING, None],
    ],
)
def test_what_is_answered_or_not_asked_for_is_no_silence(reasons):
    check_heard(scores(reasons), "rollouts")


@pytest.mark.parametrize(
    ("reasons", "share"),
    [
        ([SILENT], "1 of 1"),
        ([None, SILENT, SILENT], "2 of 3"),
        (["no fact tells", SILENT], "1 of 1"),
        ([OF_SIBLING, SILENT, SILENT], "2 of 3"),
        ([OF_SIBLING, SILENT, OF_SIBLING], "1 of 3"),
    ],
)
def test_silence_on_most_is_told_with_its_part_its_share_and_its_reason(reasons, share):
    said = rf"silent: part 'asks' on {share} rollouts, first: {SILENT}; expected an answer"
    with pytest.raises(RewardError, match=said):
        check_heard(scores(reasons), "rollouts")


def test_each_part_is_told():
    silent = Part(None, 1.0, "not_applicable", SILENT)
    with pytest.raises(RewardError, match=r"part 'a' on 1 of 1 rollouts, .*; part 'b' on 1 of 1 "):
        check_heard([Score({"a": silent, "b": silent})], "rollouts")
