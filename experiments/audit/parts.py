"""What each part of the rubric teaches: how much, from whom, against whom.

The advantage is divided among the parts as ``rollouts.advantages`` divides it, over all groups
of the steps that were learnt from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from experiments.audit.columns import Columns
from experiments.audit.findings import Finding, Test, percent
from experiments.audit.merit import learnt
from experiments.audit.statistics import LEAST, centred, mean_and_error, numbered, tail
from policies.grpo import decoupled

TAUGHT = 0.05
"""Share of the advantage below which a part is not worth a word, whatever it does."""
HARM = 0.05
"""Of a part's value, that wrong answers have more of it than right ones."""
AGAINST = -0.3
"""Correlation of two parts among siblings from which on one takes back what the other gives: a
tenth of the variance of either."""
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Taught:
    """One part.

    Attributes:
        weight: its mean share of the weights where it is scored.
        varies: share of the groups in which siblings differ in it.
        share: of the advantage, in [0, 1].
        favour: its mean value for right answers less that for wrong siblings, over mixed groups;
            error: of that; mixed: such groups.
    """

    name: str
    weight: float
    varies: float
    share: float
    favour: float
    error: float
    mixed: int


def given(columns: Columns) -> np.ndarray:
    """(B, K) float64: what each part gives to the advantage of a rollout, but for the scale of it.

    As ``rollouts.advantages`` has it: also of siblings that had a total and were not learnt from.
    0 where there is no total.
    """
    given_BK = np.zeros(columns.values_BK.shape)
    rows = np.flatnonzero(~np.isnan(columns.total_B))
    if not len(rows):
        return given_BK
    values_BK, weights_BK = columns.values_BK[rows], columns.weights_BK[rows]
    unit = numbered(columns.unit_B[rows])
    if columns.combine == "gdpo":
        for group in np.split(np.argsort(unit, kind="stable"), np.cumsum(np.bincount(unit))[:-1]):
            given_BK[rows[group]] = decoupled(values_BK[group], weights_BK[group])
    else:
        for k, column in enumerate((np.nan_to_num(values_BK) * weights_BK).T):
            given_BK[rows, k] = centred(column, unit)
    return given_BK


def taught(columns: Columns) -> list[Taught]:
    """Every part with a weight, in the rubric's order."""
    rows = learnt(columns)
    if not len(rows):
        return []
    unit = numbered(columns.unit_B[rows])
    values_BK, weights_BK = columns.values_BK[rows], columns.weights_BK[rows]
    # What was truncated counts among its siblings, as in the run; what had no total never does.
    updated = np.isin(columns.step_B, columns.step_B[rows]) & ~np.isnan(columns.total_B)
    size_BK, of = np.abs(given(columns)[updated]), numbered(columns.unit_B[updated])
    size_UK = np.stack([np.bincount(of, column) for column in size_BK.T], axis=1)
    whole_U = size_UK.sum(axis=1)
    differs = whole_U > _SAME
    shares_K = (
        (size_UK[differs] / whole_U[differs, None]).mean(axis=0)
        if differs.any()
        else np.full(len(columns.parts), np.nan)
    )
    favours = [_favour(columns, rows, unit, column) for column in values_BK.T]
    return [
        Taught(
            name, _mean(weights_BK[weights_BK[:, k] > 0, k]), float((size_UK[:, k] > _SAME).mean()),
            float(shares_K[k]), *mean_and_error(favours[k]), len(favours[k]),
        )
        for k, name in enumerate(columns.parts)
    ]  # fmt: skip


def look(columns: Columns, parts: list[Taught]) -> list[Test]:
    """Parts that pay wrong answers, and parts that work against each other."""
    return [*_perverse(parts), *_at_odds(columns, parts)]


def idle(parts: list[Taught], columns: Columns) -> list[str]:
    """Parts that never told siblings apart: no flag, for they do no harm."""
    groups = len(np.unique(columns.unit_B[learnt(columns)]))
    return [part.name for part in parts if part.varies == 0 and groups >= LEAST]


def _perverse(parts: list[Taught]) -> list[Test]:
    tests = []
    for part in parts:
        if part.mixed < LEAST or not part.error > 0:
            continue
        finding = Finding(
            f"the part '{part.name}' pays wrong answers more than right siblings",
            (
                f"by {-part.favour:.3f} of its value, in {part.mixed} groups that hold both; it has"
                f" {percent(part.share)} of the advantage",
            ),
            "see what it pays (`etude view`), and mend it or weigh it less",
        )
        matters = part.favour <= -HARM and part.share >= TAUGHT
        tests.append(Test(tail(-part.favour / part.error), finding if matters else None))
    return tests


def _at_odds(columns: Columns, parts: list[Taught]) -> list[Test]:
    if len(parts) < 2:
        return []
    rows = learnt(columns)
    unit = numbered(columns.unit_B[rows])
    n = np.bincount(unit)
    given_BK = np.stack([centred(column, unit) for column in given(columns)[rows].T], axis=1)
    tests = []
    for i, j in combinations(range(len(parts)), 2):
        a, b = given_BK[:, i], given_BK[:, j]
        saa, sbb, sab = (np.bincount(unit, product) for product in (a * a, b * b, a * b))
        both = (saa > _SAME) & (sbb > _SAME)
        if both.sum() < LEAST:
            continue
        r = float((sab[both] / np.sqrt(saa[both] * sbb[both])).mean())
        z = -float(sab[both].sum()) / math.sqrt(
            float((saa * sbb / np.maximum(n - 1, 1))[both].sum())
        )
        finding = Finding(
            f"the parts '{parts[i].name}' and '{parts[j].name}' work against each other",
            (
                f"their correlation among siblings is {r:+.2f} in {int(both.sum())} groups in "
                "which both differ: what one pays the other takes back",
            ),
            "let one of them apply where the other does not, or weigh one by the other (`times`)",
        )
        share = min(parts[i].share, parts[j].share)
        tests.append(Test(tail(z), finding if r <= AGAINST and share >= TAUGHT else None))
    return tests


def _favour(columns: Columns, rows: np.ndarray, unit: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Right less wrong, of each mixed group in which the part is scored."""
    right = columns.right_B[rows]
    means = []
    for side in (1, 0):
        own = (right == side) & ~np.isnan(values)
        size = np.bincount(unit[own], minlength=unit.max() + 1)
        total = np.bincount(unit[own], values[own], unit.max() + 1)
        means.append(np.where(size, total / np.maximum(size, 1), math.nan))
    gap = means[0] - means[1]
    return gap[~np.isnan(gap)]


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else math.nan
