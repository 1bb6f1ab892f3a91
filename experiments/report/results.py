"""``RUN/results.json``: what the run achieved on held-out questions.

Conventions
-----------
Accuracies lie in [0, 1]; None where a column was not measured for a row. The
last row is over all topics and its topic is "overall".

    {"columns": ["chance", "untrained", "cold start", "GRPO", "other clip", "silence"],
     "rows": [{"topic": "key", "n": 120, "values": {"chance": 0.083, "GRPO": 0.71, ...}},
              {"topic": "overall", "n": 600, "values": {...}}],
     "gain": {"start": "cold start", "end": "GRPO", "mean": 0.12, "low": 0.09, "high": 0.15}}

``gain`` compares two columns over all questions; low and high are the bounds of
its 95 % paired bootstrap interval. It is null where nothing was compared.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rewards.errors import DataError
from rollouts.files import publish, read_bounded

OVERALL = "overall"
MAX_FILE_BYTES = 16 * 2**20
MAX_QUESTIONS = 10**9
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True)
class ResultsRow:
    """One topic: how many questions, and the accuracy of each column in [0, 1]."""

    topic: str
    n: int
    values: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Gain:
    """Accuracy of column ``end`` minus that of ``start``, with its interval."""

    start: str
    end: str
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Results:
    """The table of ``results.json``."""

    columns: tuple[str, ...]
    rows: tuple[ResultsRow, ...]
    gain: Gain | None = None

    @property
    def overall(self) -> Mapping[str, float | None]:
        """The values over all topics, of the last row; empty where there is no such row."""
        last = self.rows[-1] if self.rows else None
        return last.values if last is not None and last.topic == OVERALL else {}

    @property
    def controls(self) -> tuple[str, ...]:
        """The columns after the gain's end: the same policy, deprived of something."""
        return self.columns[self.columns.index(self.gain.end) + 1 :] if self.gain else ()


def write_results(run: Path, results: Results) -> Path:
    """Publish ``RUN/results.json``; raises StorageError."""
    path = run / "results.json"
    publish(path, json.dumps(asdict(results), indent=2, allow_nan=False).encode() + b"\n")
    return path


def read_results(run: Path) -> Results | None:
    """``RUN/results.json``, or None where there is none.

    Raises:
        DataError: where it has another shape than this module's.
    """
    path = run / "results.json"
    if not path.exists():
        return None
    try:
        tree = json.loads(read_bounded(path, MAX_FILE_BYTES))
        rows = tuple(_row(row) for row in tree["rows"])
        gain = tree.get("gain") and Gain(
            start=str(tree["gain"]["start"]),
            end=str(tree["gain"]["end"]),
            **{name: _within(-1, 1, tree["gain"][name]) for name in ("mean", "low", "high")},
        )
        columns = tuple(str(column) for column in tree["columns"])
        if gain and not {gain.start, gain.end} <= {*columns}:
            raise ValueError(f"gain from {gain.start!r} to {gain.end!r}, columns {columns}")
        return Results(columns, rows, gain or None)
    except DataError:
        raise
    except _UNREADABLE as error:
        raise DataError(
            f"cannot use {path}: got {error!r}, expected columns, rows and gain as described"
            " in experiments/report/results.py; evaluate the run again"
        ) from error


def _row(tree: Mapping[str, Any]) -> ResultsRow:
    values = {
        str(column): None if value is None else _within(0, 1, value)
        for column, value in tree["values"].items()
    }
    return ResultsRow(str(tree["topic"]), int(_within(0, MAX_QUESTIONS, tree["n"])), values)


def _within(least: int, most: int, value: Any) -> float:
    number = float(value)
    if not least <= number <= most:  # true of NaN too
        raise ValueError(f"{number} is not between {least} and {most}")
    return number
