"""A run whose rewards fail is stopped, with what one needs to mend them."""

from __future__ import annotations

from collections.abc import Sequence

from rewards.failing import check_share
from rollouts.records import Group


def check_budget(groups: Sequence[Group], limit: float) -> None:
    """Stop a run if more than ``limit`` of a step's rollouts have a reward that failed.

    Raises:
        RewardError: see ``rewards.failing.check_share``.
    """
    judged = [
        (group.question, rollout.completion.text, rollout.score)
        for group in groups
        for rollout in group.rollouts
    ]
    remedy = (
        "mend the reward and go on with --resume --accept-rewards, from the last checkpoint; or "
        "begin another run, from this one's best with model.path=RUN"
    )
    check_share(judged, limit, "rollouts", remedy)
