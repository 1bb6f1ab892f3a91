"""A step under another rubric: what it would have paid for, counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import pytest

from rewards.errors import ReplayError
from rewards.records import Part, Question, Response, Score
from rewards.registry import reward
from rewards.response import parse
from rewards.rubric import Rubric
from rollouts.journal import JournalWriter, read_rollouts
from rollouts.records import Group
from rollouts.rejudge import rejudge
from rollouts.replay import check_scores
from rollouts.run import GrpoSpec

pytestmark = pytest.mark.usefixtures("here")
Make = Callable[..., GrpoSpec]


def with_its_name(group: Group) -> Group:
    """Every text begins with the rollout's name, so that a reward can tell them apart."""
    rollouts = [
        replace(r, completion=replace(r.completion, text=f"{group.index}/{r.sample} says"))
        for r in group.rollouts
    ]
    return replace(group, rollouts=tuple(rollouts))


def judged(group: Group, judge: Rubric) -> Group:
    texts = [parse(r.completion.text) for r in group.rollouts]
    pairs = zip(group.rollouts, judge.score_group(group.question, texts), strict=True)
    return replace(group, rollouts=tuple(replace(r, score=s) for r, s in pairs))


def test_another_rubric_shows_what_it_would_have_paid_for(
    finished: GrpoSpec, own_rewards: None
) -> None:
    groups = read_rollouts(finished.run, 0)
    same = rejudge(finished.run, 0, Rubric.from_config(dict(finished.rubric)))
    assert (same.changed, same.turned, same.failed) == (0, 0, {})
    assert same.rollouts == sum(len(group.rollouts) for group in groups)
    assert all(before == after for before, after in (same.total, *same.parts.values()))

    @reward("turned")
    def turned(text: str) -> float:
        score = next(
            rollout.score
            for group in groups
            for rollout in group.rollouts
            if rollout.completion.text == text
        )
        return 1.0 - (score.total or 0.0)

    found = rejudge(finished.run, 0, Rubric.of(["turned"]))
    assert found.turned == found.pairs > 0
    before, after = found.total
    assert before is not None
    assert after == pytest.approx(1.0 - before)
    assert found.parts["turned"] == (None, after)


def test_exactly_the_rollouts_whose_totals_change_are_counted(
    finished: GrpoSpec, own_rewards: None
) -> None:
    """Planted: three change their value, one fails, one is paid for by another part alone."""
    worth = {f"{i}/{j}": 0.25 * (j + 1) for i in range(3) for j in range(3)}

    @reward("worth")
    def worth_of(text: str) -> float:
        return worth[text.split()[0]]

    @reward("bonus")
    def bonus(text: str) -> float | None:
        return extra.get(text.split()[0])

    extra: dict[str, float] = {}
    config = {"parts": {"worth": {}, "bonus": {}}}
    judge = Rubric.from_config(config).at(0)

    groups = [judged(with_its_name(group), judge) for group in read_rollouts(finished.run, 0)]
    JournalWriter(finished.run, "learner").write_rollouts(0, groups)
    same = rejudge(finished.run, 0, judge)
    assert (same.rollouts, same.changed, same.pairs, same.turned) == (9, 0, 9, 0)

    worth |= {"0/0": 0.9, "1/1": 0.51, "2/2": 0.0}
    del worth["1/2"]  # now it fails
    extra["2/0"] = 1.0
    found = rejudge(finished.run, 0, judge)
    assert (found.rollouts, found.changed) == (9, 5)
    # 0/0 passes 0/1 and 0/2; 2/2 falls below 2/0 and 2/1; 2/0 passes 2/1. Of 1/2 no order is known.
    assert (found.pairs, found.turned) == (9, 5)
    assert found.failed == {"worth": 1}
    before, after = found.parts["worth"]
    assert before == pytest.approx(0.5)
    assert after == pytest.approx((0.9 + 0.5 + 0.75 + 0.25 + 0.51 + 0.25 + 0.5 + 0.0) / 8)
    assert found.parts["bonus"] == (None, 1.0)
    checked = check_scores(read_rollouts(finished.run, 0), judge)
    assert checked.difference == (
        "reward 'worth' of rollout run/0/0/0: got ('scored', 0.9), expected ('scored', 0.25)"
    )


@pytest.mark.parametrize("missing", [0, 2])
def test_siblings_of_one_total_and_those_without_one_have_no_order(
    finished: GrpoSpec, own_rewards: None, missing: int
) -> None:
    @reward("even")
    def even(text: str) -> float | None:
        return None if f"/{missing} " in text else 0.5

    judge = Rubric.of(["even"])
    groups = [judged(with_its_name(group), judge) for group in read_rollouts(finished.run, 0)]
    JournalWriter(finished.run, "learner").write_rollouts(0, groups)
    found = rejudge(finished.run, 0, judge)
    assert (found.pairs, found.turned, found.changed) == (0, 0, 0)
    assert (found.total, found.parts) == ((0.5, 0.5), {"even": (0.5, 0.5)})


def test_rollouts_that_were_not_run_are_not_counted_as_failed(finished: GrpoSpec) -> None:
    class Hangs:
        """As a rubric whose reward in a file hangs on the first of each group."""

        def at(self, step: int) -> Hangs:
            return self

        def score_group(self, question: Question, responses: list[Response]) -> list[Score]:
            whys = ["no answer within 1 s", *["not run, for 1 before it hung"] * 2]
            return [Score({"hangs": Part(None, 1.0, "timeout", why)}) for why in whys]

    found = rejudge(finished.run, 0, cast(Rubric, Hangs()))
    assert (found.failed, found.unrun) == ({"hangs": 3}, {"hangs": 6})


def test_rollouts_that_are_not_there_cannot_be_judged_again(finished: GrpoSpec) -> None:
    with pytest.raises(ReplayError, match="no rollouts of step 99"):
        rejudge(finished.run, 99, Rubric.of(["format"]))
