"""Rewards that failed: how often and why, told where it is borne, an error where it is too much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rewards.errors import RewardError
from rewards.records import Part, Question, Score

_EXAMPLES = 3
_CHARACTERS = 160


@dataclass(slots=True)
class Failing:
    """How often a part gave an error, and how often it was not run any more.

    Attributes:
        failed, unrun: times.
        first, first_unrun: why, the first time.
    """

    failed: int = 0
    first: str = ""
    unrun: int = 0
    first_unrun: str = ""

    def count(self, part: Part, place: str = "") -> None:
        """Take note of a part that failed; ``place`` stands before the first reason."""
        if part.unrun:
            self.first_unrun = self.first_unrun if self.unrun else part.why
            self.unrun += 1
        else:
            self.first = self.first if self.failed else f"{place}{part.why}"
            self.failed += 1

    def told(self, name: str, what: str) -> list[str]:
        """A sentence for each of the two that there was.

        >>> found = Failing(2, "line 3: no gold", 5, "not run, for 2 before it hung")
        >>> print(*found.told("key", "lines"), sep="\\n")
        reward 'key' failed 2 times, first: line 3: no gold
        on 5 more it was not run, for 2 before it hung
        """
        said = []
        if self.failed:
            times = "once" if self.failed == 1 else f"{self.failed} times"
            said.append(f"reward '{name}' failed {times}, first: {self.first}")
        if self.unrun:
            subject = f"{self.unrun} more it" if self.failed else f"{self.unrun} {what} '{name}'"
            said.append(f"on {subject} was {self.first_unrun}")
        return said


def failing(scores: Iterable[Score]) -> dict[str, Failing]:
    """Part name -> how it failed; only those that did."""
    found: dict[str, Failing] = {}
    for score in scores:
        for name, part in score.parts.items():
            if part.failed:
                found.setdefault(name, Failing()).count(part)
    return found


def check_share(
    judged: Sequence[tuple[Question, str, Score]], limit: float, what: str, remedy: str
) -> None:
    """Refuse to go on where too many completions have a reward that failed.

    Of few completions one is a large share and tells little: it is borne, unless ``limit`` is 0 or
    it is all there are.

    Args:
        judged: questions, completions and their scores.
        limit: the greatest share that is borne, in [0, 1].
        what: the completions, as the error calls them.
        remedy: what to do, one clause.

    Raises:
        RewardError: how often each part failed, and for the first failures of different parts
            or questions the question, the completion and the text of the error.
    """
    bad = [(question, text, score) for question, text, score in judged if not score.valid]
    # The share itself: limit * len(judged) may come out below the whole number that it is.
    if not bad or len(bad) / len(judged) <= limit or (limit and len(bad) == 1 < len(judged)):
        return
    counts: Counter[str] = Counter()
    examples: dict[tuple[str, str], str] = {}
    for question, text, score in bad:
        for name, part in score.parts.items():
            if part.failed:
                counts[name] += 1
                examples.setdefault(
                    (name, question.id),
                    f"\n  - {name} on {question.id!r}: {part.why}"
                    f"\n    question: {_short(question.text)}"
                    f"\n    completion: {_short(text)}",
                )
    failed = ", ".join(f"{name!r} {count} times" for name, count in counts.most_common())
    raise RewardError(
        f"rewards failed on {len(bad)} of {len(judged)} {what}: expected at most {limit:.3g} of "
        f"them{', or one' * (limit > 0)} (failure_budget of the rubric); {failed}; {remedy}"
        f"{''.join(list(examples.values())[:_EXAMPLES])}"
    )


def _short(text: str) -> str:
    """One line, in quotes."""
    return repr(text if len(text) <= _CHARACTERS else text[: _CHARACTERS - 3] + "...")
