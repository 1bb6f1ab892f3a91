"""How a reward that failed is told, with how often and why: `etude score` and `etude eval`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rewards.records import Part, Score


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
