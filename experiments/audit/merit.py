"""What right answers earn beside wrong siblings, and what else siblings differ by.

A group is *mixed* where a right and a wrong answer were learnt from. Among its pairs of a right
and a wrong sibling those are *turned* in which the wrong one has the greater advantage, *tied*
where both have the same. The groups are independent, so that their mean share has an error.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from experiments.audit.columns import Columns
from experiments.audit.findings import Finding, Test, percent
from experiments.audit.statistics import LEAST, above, centred, mean_and_error, numbered

TURNED = 0.05
"""Share of turned pairs from which on it matters: one lesson in twenty teaches the wrong answer."""
TOLD = 0.6
"""P(right above wrong) + P(tied) / 2 below which a reward hardly tells them apart; chance is .5."""
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Balance:
    """What siblings differ by, as shares of the sum of squared advantages.

    Attributes:
        worth: between answers of different worth. form: between well and ill formed ones of one
            worth. rest: among equals.
        judged: share of the groups whose answers a gold answer tells.
        mixed: groups. turned, tied: mean shares of their pairs.
        learnt: groups in which advantages differ.
    """

    worth: float
    form: float
    rest: float
    judged: float
    learnt: int
    mixed: int
    turned: float
    tied: float


@dataclass(frozen=True, slots=True)
class Pairs:
    """Mixed groups (M): shares of their pairs, and the most unjust pair of all."""

    turned_M: np.ndarray
    tied_M: np.ndarray
    worst: tuple[int, int] | None


def learnt(columns: Columns) -> np.ndarray:
    """Rows that were learnt from."""
    return np.flatnonzero(~np.isnan(columns.advantage_B + columns.total_B))


def equals(columns: Columns, rows: np.ndarray) -> np.ndarray:
    """The stratum of each row: one group, one worth, one form."""
    return numbered(columns.unit_B[rows], *_worths(columns, rows), columns.form_B[rows])


def _worths(columns: Columns, rows: np.ndarray) -> list[np.ndarray]:
    """Both, in steps of .05; -1 where nobody can tell."""
    both = (columns.worth_B[rows], columns.exact_B[rows])
    return [np.nan_to_num(np.round(worth * 20), nan=-1) for worth in both]


def balance(columns: Columns, pairs: Pairs) -> Balance:
    """The shares; NaN where nothing was learnt."""
    rows = learnt(columns)
    unit = numbered(columns.unit_B[rows]) if len(rows) else rows
    whole = centred(columns.advantage_B[rows], unit)
    worth = numbered(unit, *_worths(columns, rows)) if len(rows) else rows
    same = centred(columns.advantage_B[rows], worth) if len(rows) else whole
    least = centred(columns.advantage_B[rows], equals(columns, rows)) if len(rows) else whole
    all_, within, rest = (float((part**2).sum()) for part in (whole, same, least))
    share = (lambda part: part / all_) if all_ > _SAME else (lambda _: math.nan)
    square_by_unit = np.bincount(unit, whole**2) if len(rows) else np.empty(0)
    return Balance(
        share(all_ - within), share(within - rest), share(rest),
        float(np.mean(~np.isnan(columns.right_B))) if len(columns.right_B) else math.nan,
        int((square_by_unit > _SAME).sum()), len(pairs.turned_M),
        mean_and_error(pairs.turned_M)[0], mean_and_error(pairs.tied_M)[0],
    )  # fmt: skip


def mixed(columns: Columns) -> Pairs:
    """All pairs of a right and a wrong sibling, group by group."""
    rows = learnt(columns)
    right_B = columns.right_B
    rows = rows[~np.isnan(right_B[rows])]
    turned, tied = [], []
    worst, most = None, _SAME
    for own in np.split(rows, np.flatnonzero(np.diff(columns.unit_B[rows])) + 1):
        good, bad = own[right_B[own] == 1], own[right_B[own] == 0]
        if not len(good) or not len(bad):
            continue
        gap = columns.advantage_B[bad][None, :] - columns.advantage_B[good][:, None]
        turned.append((gap > _SAME).mean())
        tied.append((np.abs(gap) <= _SAME).mean())
        paid = gap
        if columns.combine == "sum":  # there advantages of different groups are of different scales
            paid = columns.total_B[bad][None, :] - columns.total_B[good][:, None]
        if paid.max() > most:
            i, j = np.unravel_index(paid.argmax(), paid.shape)
            worst, most = (int(good[i]), int(bad[j])), paid.max()
    return Pairs(np.array(turned), np.array(tied), worst)


def look(columns: Columns, pairs: Pairs) -> list[Test]:
    """Whether right answers are what is paid."""
    if len(pairs.turned_M) < LEAST:
        return []
    turned, error = mean_and_error(pairs.turned_M)
    told_M = 1 - pairs.turned_M - pairs.tied_M / 2
    told, told_error = mean_and_error(told_M)
    seen = f"in {len(pairs.turned_M)} groups that hold right and wrong answers"
    worst = pairs.worst
    shown = ((worst[0], "right"), (worst[1], "wrong, and paid more")) if worst else ()
    unjust = Finding(
        f"wrong answers earn more than right siblings: {percent(turned)} of the pairs",
        (
            f"{seen}, of all pairs of a right and a wrong sibling; 99 % interval "
            f"{percent(max(0.0, turned - 2.576 * error))} to {percent(turned + 2.576 * error)}",
        ),
        "see below which part pays them, and weigh it less or gate it by the answer "
        "(`times: {answer: ...}`)",
        shown,
    )
    blind = Finding(
        f"a right answer hardly counts: it is above a wrong sibling {percent(told)} of the time",
        (f"{seen}, ties counted half; 50 % is chance; {percent(float(pairs.tied_M.mean()))} ties",),
        "give `answer` or `accuracy` a weight, or more of one",
        shown,
    )
    # A p is small only beyond the threshold that it is of.
    return [
        Test(above(turned - TURNED, error), unjust),
        Test(above(TOLD - told, told_error), None if turned > TURNED else blind),
    ]
