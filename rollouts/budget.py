"""A run whose rewards fail is stopped, with what one needs to mend them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rewards.errors import RewardError
from rollouts.records import Group

_EXAMPLES = 3
_CHARACTERS = 160


def check_budget(groups: Sequence[Group], limit: float) -> None:
    """Stop a run if more than ``limit`` of a step's rollouts have a reward that failed.

    Raises:
        RewardError: how often each part failed, and for the first failures of different parts
            or questions the question, the completion and the text of the error.
    """
    rollouts = [(group.question, r) for group in groups for r in group.rollouts]
    bad = [(question, rollout) for question, rollout in rollouts if not rollout.score.valid]
    if len(bad) <= limit * len(rollouts):
        return
    counts: Counter[str] = Counter()
    examples: dict[tuple[str, str], str] = {}
    for question, rollout in bad:
        for name, part in rollout.score.parts.items():
            if not part.failed:
                continue
            counts[name] += 1
            examples.setdefault(
                (name, question.id),
                f"\n  - {name} on {question.id!r}: {part.why}"
                f"\n    question: {_short(question.text)}"
                f"\n    completion: {_short(rollout.completion.text)}",
            )
    failed = ", ".join(f"{name!r} {count} times" for name, count in counts.most_common())
    raise RewardError(
        f"rewards failed on {len(bad)} of {len(rollouts)} rollouts: expected at most {limit:.3g} "
        f"of them (failure_budget of the rubric); {failed}; mend the reward and begin another run; "
        "one whose rewards are as they were resumes"
        f"{''.join(list(examples.values())[:_EXAMPLES])}"
    )


def _short(text: str) -> str:
    """One line, in quotes."""
    return repr(text if len(text) <= _CHARACTERS else text[: _CHARACTERS - 3] + "...")
