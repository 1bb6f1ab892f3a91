"""What becomes of scores outside: numbers of one shape, and a limit on failures.

Conventions
-----------
Other trainers want the same numeric columns of each completion. A part gives two: NAME, its
value, and NAME_scored, 1 or 0. Without a value NAME is 0 too, and it is the second that says
so: the mean of a part is the mean of NAME over the mean of NAME_scored.
"""

from __future__ import annotations

from collections.abc import Sequence

from rewards.errors import ConfigError
from rewards.failing import check_share
from rewards.records import Question, Response, Score
from rewards.rubric import Rubric


def check_sums(rubric: Rubric, what: str) -> None:
    """Refuse a rubric whose parts are to be compared before they are summed.

    Raises:
        ConfigError: ``combine`` is not ``sum``.
    """
    if rubric.combine != "sum":
        raise ConfigError(
            f"{what} gets one number for each completion: got combine: {rubric.combine}, which "
            "compares the parts within a group before their sum, expected combine: sum; "
            "set it in the rubric"
        )


def check_columns(rubric: Rubric) -> None:
    """Refuse parts of which one has the name of another's column.

    Raises:
        ConfigError: a part is called NAME_scored, and another NAME.
    """
    names = {part.name for part in rubric.parts}
    for name in names:
        if f"{name}_scored" in names:
            raise ConfigError(
                f"part '{name}_scored': got the name of the column that says whether {name!r} is "
                "scored, expected one of its own; give it another name"
            )


def why_none(score: Score) -> str:
    """Why there is no total, one clause."""
    failed = [f"{name}: {part.why}" for name, part in score.parts.items() if part.failed]
    if failed:
        return f"a reward failed ({failed[0]})"
    said = "; ".join(f"{name}: {part.why}" for name, part in score.parts.items())
    return f"no part of the rubric applies ({said[:300]})"


def numbers(score: Score) -> dict[str, float]:
    """NAME and NAME_scored of each part, in the order of the rubric."""
    found: dict[str, float] = {}
    for name, part in score.parts.items():
        found[name] = 0.0 if part.value is None else part.value
        found[f"{name}_scored"] = float(part.value is not None)
    return found


def check_budget(
    rubric: Rubric, rows: Sequence[tuple[Question, Response]], scores: Sequence[Score]
) -> None:
    """Stop where more than ``failure_budget`` of the completions of one call have failed.

    Raises:
        RewardError: see ``rewards.failing.check_share``.
    """
    judged = [
        (question, response.text, score)
        for (question, response), score in zip(rows, scores, strict=True)
    ]
    remedy = "mend the reward and go on from the last checkpoint"
    check_share(judged, rubric.failure_budget, "completions", remedy)
