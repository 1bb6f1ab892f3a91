"""Siblings compared with each other, shares with intervals, and how many things were looked at.

Conventions
-----------
A *stratum* holds siblings that may be compared: of one group, of one worth. If nothing but worth
is paid, which sibling of a stratum has which advantage is chance, so the permutations of a
stratum are equally likely and the sum over strata of (x - mean)(y - mean) has the mean 0 and the
variance sum of Sxx Syy / (n - 1), exactly. Its z is compared with the normal distribution; from
``LEAST`` strata on that is close (``tests/experiments/audit/test_statistics.py``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

LEAST = 30
"""Groups, or strata, in which something varies, below which nothing is said of it."""
_TWO_SIDED_99 = 2.576


@dataclass(frozen=True, slots=True)
class Change:
    """A mean early and late, and the 99 % interval of the difference."""

    early: float
    late: float
    low: float
    high: float

    @property
    def size(self) -> float:
        return self.late - self.early

    @property
    def error(self) -> float:
        """Standard error of the difference."""
        return (self.high - self.low) / 2 / _TWO_SIDED_99


def tail(z: float) -> float:
    """Chance of a value of at least z under the normal distribution."""
    return 0.5 * math.erfc(z / math.sqrt(2))


def centred(values_B: np.ndarray, strata_B: np.ndarray) -> np.ndarray:
    """Values less the mean of their stratum; strata are numbered from 0."""
    counts = np.maximum(np.bincount(strata_B), 1)
    return values_B - (np.bincount(strata_B, values_B) / counts)[strata_B]


def ranks(values_B: np.ndarray, strata_B: np.ndarray) -> np.ndarray:
    """Mean rank of each value within its stratum, from 0: one huge value counts as the largest.

    >>> ranks(np.array([5.0, 5.0, 900.0, 1.0]), np.array([0, 0, 0, 1]))
    array([0.5, 0.5, 2. , 0. ])
    """
    order = np.lexsort((values_B, strata_B))
    strata, values = strata_B[order], values_B[order]
    fresh = np.r_[True, (strata[1:] != strata[:-1]) | (values[1:] != values[:-1])]
    tie = np.cumsum(fresh) - 1
    first = np.flatnonzero(fresh)
    sizes = np.diff(np.r_[first, len(values)])
    begin = np.searchsorted(strata, strata)  # where its stratum begins
    found = np.empty(len(values))
    found[order] = first[tie] - begin + (sizes[tie] - 1) / 2
    return found


def numbered(*keys: np.ndarray) -> np.ndarray:
    """Rows with equal keys get one number, from 0."""
    rows = np.stack([np.unique(key, return_inverse=True)[1] for key in keys], axis=1)
    return np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1)


def mean_and_error(values: np.ndarray) -> tuple[float, float]:
    """Mean of independent values and its standard error; NaN without two of them."""
    if len(values) < 2:
        return (float(values[0]) if len(values) else math.nan), math.nan
    return float(values.mean()), float(values.std(ddof=1) / math.sqrt(len(values)))


def change(early: np.ndarray, late: np.ndarray) -> Change:
    """Of the mean of independent values."""
    (a, a_error), (b, b_error) = mean_and_error(early), mean_and_error(late)
    half = _TWO_SIDED_99 * math.hypot(a_error, b_error)
    return Change(a, b, b - a - half, b - a + half)


def means_by(values_B: np.ndarray, keys_B: np.ndarray) -> np.ndarray:
    """The mean of the values of each key, in order of the keys; NaN values are left out."""
    there = ~np.isnan(values_B)
    _, key_B = np.unique(keys_B[there], return_inverse=True)
    return np.bincount(key_B, values_B[there]) / np.bincount(key_B)


def above(excess: float, error: float) -> float:
    """Chance of such an excess where there is none; what is the same everywhere is certain.

    >>> above(0.0, 1.0), above(0.1, 0.0), above(0.1, math.nan)
    (0.5, 0.0, 1.0)
    """
    if math.isnan(error):
        return 1.0
    if error == 0:
        return 0.0 if excess > 0 else 1.0
    return tail(excess / error)
