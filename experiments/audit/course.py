"""The first fifth of the run against the last: what changed, and was it learning?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.audit.columns import Columns
from experiments.audit.features import UNITS
from experiments.audit.findings import Finding, Test, percent
from experiments.audit.statistics import LEAST, Change, above, change, means_by
from experiments.endings import evaluations

ROSE = 0.05
"""What a mean reward, or a share of right answers, must gain to have risen."""
WORSE = 0.1
"""By how much a share of spoilt completions must grow to matter."""
_STEPS = 10
"""Of fewer steps no course is told."""
_EVALUATIONS = 4


@dataclass(frozen=True, slots=True)
class Course:
    """Changes by what changed; held-out accuracies by state."""

    changes: Mapping[str, Change]
    parts: Mapping[str, Change]
    dev: Sequence[tuple[int, float]]


def fifths(columns: Columns) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the first and of the last fifth of the steps that were taken."""
    size = max(1, len(columns.steps) // 5)
    first, last = columns.steps[:size], columns.steps[-size:]
    rows = (np.isin(columns.step_B, part) for part in (first, last))
    return tuple(map(np.flatnonzero, rows))  # type: ignore[return-value]


def course(columns: Columns, metrics: Sequence[Mapping[str, Any]]) -> Course:
    """What changed, by the means of groups; nothing of a run of fewer than ten steps."""
    dev = evaluations(metrics)
    if len(columns.steps) < _STEPS:
        return Course({}, {}, dev)
    words = columns.features_BF[:, [*UNITS].index("number of words")].astype(np.float64)
    told = {
        "reward": columns.total_B,
        "right answers": columns.right_B,
        "ill formed": 1.0 - columns.form_B,
        "cut at the limit": columns.cut_B.astype(np.float64),
        "words": words,
        "different answers in a group": _different(columns),
    }
    given_BK = np.nan_to_num(columns.values_BK) * columns.weights_BK
    parts = dict(zip(columns.parts, given_BK.T, strict=True))
    return Course(_changes(columns, told), _changes(columns, parts), dev)


def look(found: Course) -> list[Test]:
    """Whether reward rose without learning, and whether completions were spoilt."""
    tests = []
    reward, right = found.changes.get("reward"), found.changes.get("right answers")
    if reward and right and not math.isnan(reward.error) and not math.isnan(right.error):
        tests += [_hollow(reward, right, found), _memorised(right, found)]
    for name, remedy in _SPOILT.items():
        spoilt = found.changes.get(name)
        if spoilt is None or math.isnan(spoilt.error):
            continue
        finding = Finding(
            f"more and more completions are {name}: {percent(spoilt.early)} in the first fifth, "
            f"{percent(spoilt.late)} in the last",
            (f"99 % interval of the change {100 * spoilt.low:+.1f} to {100 * spoilt.high:+.1f}",),
            remedy,
        )
        tests.append(
            Test(above(spoilt.size, spoilt.error), finding if spoilt.size >= WORSE else None)
        )
    return tests


_SPOILT = {
    "cut at the limit": "see what pays for length; or raise sampling.max_new_tokens",
    "ill formed": "give `format` more weight, or lower grpo.learning_rate",
}


def _hollow(reward: Change, right: Change, found: Course) -> Test:
    """The reward rose, and right answers by less than half of that, as far as can be told."""
    carried = max(found.parts, key=lambda name: found.parts[name].size, default="")
    finding = Finding(
        f"the reward rose, from {reward.early:.3f} to {reward.late:.3f}; right answers did not "
        f"follow, from {percent(right.early)} to {percent(right.late)}",
        (
            f"99 % intervals of the changes: reward {reward.low:+.3f} to {reward.high:+.3f}, right "
            f"answers {100 * right.low:+.1f} to {100 * right.high:+.1f} points",
            *([f"the rise is mostly of the part '{carried}': "
               f"{found.parts[carried].size:+.3f} of the reward"] if carried else []),
            *_dev(found.dev),
        ),
        "what is paid is not what is asked: see the shortcuts and parts of this report",
    )  # fmt: skip
    matters = reward.size >= ROSE and right.high < reward.size / 2
    return Test(above(reward.size, reward.error), finding if matters else None)


def _memorised(right: Change, found: Course) -> Test:
    """Right answers rose in training, and no late evaluation is above the first."""
    dev = found.dev
    finding = Finding(
        f"answers get better in training, {percent(right.early)} to {percent(right.late)}, and not "
        "on held-out questions",
        (*_dev(dev), "the questions of training come to be known, or the answers' shares"),
        "more questions, fewer passes over them, a lower grpo.learning_rate",
    )
    flat = len(dev) >= _EVALUATIONS and max(a for _, a in dev[-3:]) <= dev[0][1]
    matters = flat and right.size >= ROSE
    return Test(above(right.size, right.error), finding if matters else None)


def _dev(dev: Sequence[tuple[int, float]]) -> list[str]:
    if len(dev) < 2:
        return []
    (first, a), (last, b) = dev[0], dev[-1]
    return [f"dev accuracy: {percent(a)} at state {first}, {percent(b)} at state {last}"]


def _changes(columns: Columns, told: Mapping[str, np.ndarray]) -> dict[str, Change]:
    """Of all that is known in ``LEAST`` groups of either fifth."""
    early, late = fifths(columns)
    found = {}
    for name, values_B in told.items():
        groups = [means_by(values_B[rows], columns.unit_B[rows]) for rows in (early, late)]
        if min(map(len, groups)) >= LEAST:
            found[name] = change(*groups)
    return found


def _different(columns: Columns) -> np.ndarray:
    """Of each rollout the number of different answers of its group."""
    unit = columns.unit_B
    if not len(unit):
        return np.empty(0)
    pairs = np.unique(np.stack([unit, columns.answer_B], axis=1), axis=0)[:, 0]
    return np.bincount(pairs)[unit].astype(np.float64)
