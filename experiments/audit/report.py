"""A run audited: what was read, what it teaches, what is flagged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from experiments.audit import ROLLOUTS, course, habits, merit, parts, shortcuts
from experiments.audit.columns import Columns
from experiments.audit.findings import Finding, level, passed
from experiments.audit.reading import read
from rollouts.files import OnSkip, log_skip
from rollouts.metrics import read_metrics


@dataclass(frozen=True, slots=True)
class Audit:
    """What there is to report.

    Attributes:
        columns: what was read.
        balance: what siblings differ by.
        parts: what each part teaches; idle: the names of those that never told siblings apart.
        course: the first fifth against the last.
        tests: how many there were.
        findings: what is flagged.
    """

    columns: Columns
    balance: merit.Balance
    parts: Sequence[parts.Taught]
    idle: Sequence[str]
    course: course.Course
    tests: int
    findings: Sequence[Finding]


def audit(run: Path, most: int = ROLLOUTS, on_skip: OnSkip = log_skip) -> Audit:
    """Read the journal of a run, also of one in progress, and test what it teaches.

    Args:
        most: rollouts that are read, of steps that lie evenly over the run.
        on_skip: is told of what cannot be read.
    """
    metrics = run / "metrics.jsonl"
    lines = read_metrics(metrics, on_skip) if metrics.exists() else []
    return audit_of(read(run, most, on_skip), lines)


def audit_of(columns: Columns, lines: Sequence[dict]) -> Audit:
    """The same of what was read already; ``lines`` are those of the metrics."""
    pairs = merit.mixed(columns)
    taught = parts.taught(columns)
    ran = course.course(columns, lines)
    tests = [
        *merit.look(columns, pairs), *parts.look(columns, taught), *course.look(ran),
        *habits.look(columns),
    ]  # fmt: skip
    equals = shortcuts.among_equals(columns)
    count = len(tests) + len(shortcuts.signals(columns, equals))
    below = level(count)
    return Audit(
        columns, merit.balance(columns, pairs), taught, parts.idle(taught, columns), ran, count,
        [*shortcuts.shortcuts(columns, equals, below), *passed(tests, below)],
    )  # fmt: skip
