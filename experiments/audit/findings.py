"""What is looked for, what is flagged: every test of a report shares one rate of false alarms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

ALARMS = 0.01
"""Of a run that pays for nothing but worth, the share of reports with a flag, at most."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is flagged.

    Attributes:
        title: what, in one line.
        evidence: sentences with the figures.
        remedy: what to do.
        rollouts: (row of the columns, what it shows), to be read.
    """

    title: str
    evidence: tuple[str, ...]
    remedy: str
    rollouts: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Test:
    """One thing that was looked at.

    Attributes:
        p: chance of as much where there is nothing.
        finding: what it would say; None where the effect is too small to matter.
    """

    p: float
    finding: Finding | None


def level(tests: int) -> float:
    """What the p of each of so many tests must be below: Bonferroni's."""
    return ALARMS / max(1, tests)


def passed(tests: Sequence[Test], below: float) -> list[Finding]:
    """The findings whose p is below that, the surest first."""
    sure = sorted(
        ((test.p, i) for i, test in enumerate(tests) if test.finding and test.p < below),
    )
    return [finding for _, i in sure if (finding := tests[i].finding) is not None]


def percent(share: float) -> str:
    """
    >>> percent(0.1234), percent(float("nan"))
    ('12.3 %', '-')
    """
    return "-" if math.isnan(share) else f"{100 * share:.1f} %"


def chance(p: float) -> str:
    """
    >>> chance(0.0123), chance(1e-80)
    ('0.012', 'below 1e-12')
    """
    return "below 1e-12" if p < 1e-12 else f"{p:.2g}"
