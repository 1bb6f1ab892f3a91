"""A weight that changes over the steps of a run."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

LAST_STEP = 10**9
MOST_WEIGHT = 10**6


@dataclass(frozen=True, slots=True)
class Schedule:
    """Linear between its points, constant before the first and beyond the last.

    Attributes:
        points: (step, weight), steps ascending from 0 to ``LAST_STEP``, weights from 0 to
            ``MOST_WEIGHT``: sums and slopes of these are finite, and keep the small ones.

    >>> Schedule(((0, 0.2), (100, 0.05))).at(50)
    0.125
    """

    points: tuple[tuple[int, float], ...]

    def at(self, step: int) -> float:
        """The weight at a step, counted from 0."""
        after = bisect_right(self.points, step, key=lambda point: point[0])
        if after == 0:
            return self.points[0][1]
        if after == len(self.points):
            return self.points[-1][1]
        (start, low), (end, high) = self.points[after - 1], self.points[after]
        return low + (high - low) * (step - start) / (end - start)

    @property
    def last(self) -> float:
        """The weight in the end."""
        return self.points[-1][1]

    def __str__(self) -> str:
        return " -> ".join(f"{weight:g} at {step}" for step, weight in self.points)
