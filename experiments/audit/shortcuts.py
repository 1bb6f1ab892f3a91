"""What is paid among equals: siblings whose answers are worth the same and have the same form.

Among them the surface of a text should not tell its advantage. It is tried by the features of
``features.UNITS``, as ranks within the stratum, and by each word that divides enough strata.
The strongest is taken, what it explains is taken off the advantages, and the next must explain
as much of what is left: a run that pays for length is told once, not by each word of long texts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from experiments.audit.columns import Columns
from experiments.audit.course import fifths
from experiments.audit.features import UNITS
from experiments.audit.findings import Finding, chance, percent
from experiments.audit.merit import equals, learnt
from experiments.audit.parts import given
from experiments.audit.statistics import LEAST, centred, change, means_by, numbered, ranks, tail

MATTERS = 0.05
"""Share of the sum of squared advantages: a twentieth of what a run teaches."""
DECIDES, RARE = 0.5, 0.01
"""Or a correlation that decides what equals earn, a quarter of their variance, in a hundredth: what
few completions do yet is what a policy comes to do."""
_MOST_FOUND = 4
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Signal:
    """How a feature goes along with the advantage among equals.

    Attributes:
        name: a feature of ``UNITS``, or a word.
        word: its number, or None for a feature.
        p: two-sided.
        share: of the sum of squared advantages that it explains.
        correlation: within a stratum, weighted by how much its advantages differ.
        strata: in which both vary.
    """

    name: str
    word: int | None
    p: float
    share: float
    correlation: float
    strata: int

    @property
    def matters(self) -> bool:
        decides = abs(self.correlation) >= DECIDES and self.share >= RARE
        return self.share >= MATTERS or decides


@dataclass(slots=True)
class Equals:
    """Rows whose stratum has advantages that differ, with what is still unexplained of them."""

    rows: np.ndarray
    strata: np.ndarray
    left: np.ndarray
    whole: float


def among_equals(columns: Columns) -> Equals:
    """The rows that were learnt from and differ from an equal sibling."""
    rows = learnt(columns)
    if not len(rows):
        return Equals(rows, rows, np.empty(0), 0.0)
    advantage = columns.advantage_B[rows]
    whole = float((centred(advantage, numbered(columns.unit_B[rows])) ** 2).sum())
    strata = equals(columns, rows)
    left = centred(advantage, strata)
    differ = (np.bincount(strata, left**2) > _SAME)[strata]
    return Equals(rows[differ], numbered(strata[differ]), left[differ], whole)


def signals(columns: Columns, them: Equals) -> list[Signal]:
    """Every feature and word that varies in enough strata."""
    if not len(them.rows):
        return []
    features = (
        _feature(them, name, columns.features_BF[them.rows, place])
        for place, name in enumerate(UNITS)
    )
    return [*(signal for signal in features if signal is not None), *_words(columns, them)]


def shortcuts(columns: Columns, them: Equals, below: float) -> list[Finding]:
    """What is paid among equals, the strongest first.

    Args:
        below: what a p must be below.
    """
    found: list[Finding] = []
    while len(found) < _MOST_FOUND:
        paid = [s for s in signals(columns, them) if s.p < below and s.matters]
        if not paid:
            break
        paid.sort(key=lambda signal: -signal.share)
        x, there = _values(columns, them, paid[0])
        found.append(_told(columns, them, paid[0], paid[1:6], x, there))
        _take_off(them, paid[0], x, there)
    return found


def _take_off(them: Equals, best: Signal, x: np.ndarray, there: np.ndarray) -> None:
    """What it explains, from what is left of the advantages."""
    strata = numbered(them.strata[there])
    xt = centred(ranks(x[there], strata), strata)
    syy = np.bincount(strata, centred(them.left[there], strata) ** 2)
    unit = xt / np.sqrt(np.maximum(np.bincount(strata, xt**2), _SAME))[strata]
    them.left[there] -= best.correlation * unit * np.sqrt(syy)[strata]


def _feature(them: Equals, name: str, x: np.ndarray) -> Signal | None:
    there = ~np.isnan(x)
    if not there.any():
        return None
    strata = numbered(them.strata[there])
    xt = centred(ranks(x[there], strata), strata)
    yt = centred(them.left[there], strata)
    sxy, sxx, syy = (np.bincount(strata, values) for values in (xt * yt, xt**2, yt**2))
    n = np.bincount(strata)
    (pooled,) = _pooled(np.zeros(len(n), np.int64), 1, sxy, sxx, syy, n)
    return _signal(name, None, pooled, them.whole)


def _words(columns: Columns, them: Equals) -> list[Signal]:
    """The same for the presence of each word, all words at once."""
    lengths = np.array([len(columns.words_B[row]) for row in them.rows])
    if not lengths.sum():
        return []
    word = np.concatenate([columns.words_B[row] for row in them.rows]).astype(np.int64)
    stratum, left = np.repeat(them.strata, lengths), np.repeat(them.left, lengths)
    n, syy = np.bincount(them.strata), np.bincount(them.strata, them.left**2)
    keys, places, k = np.unique(word * len(n) + stratum, return_inverse=True, return_counts=True)
    of, where = keys // len(n), keys % len(n)
    sxx, size = k - k**2 / n[where], len(columns.words)
    found = _pooled(of, size, np.bincount(places, left), sxx, syy[where], n[where])
    rows = zip(columns.words, range(size), found, strict=True)
    return [s for name, word, row in rows if (s := _signal(name, word, row, them.whole))]


def _pooled(
    of: np.ndarray, size: int, sxy: np.ndarray, sxx: np.ndarray, syy: np.ndarray, n: np.ndarray
) -> np.ndarray:
    """Sums over the strata in which both vary, for each of so many features.

    Args:
        of: the feature that a row of sums is of; the others are those sums, and the size, of a
            stratum.

    Returns:
        (size, 4): r Syy with the correlation r of a stratum; Syy; the variance of the first under
        permutation, Syy^2 / (n - 1); the number of strata.
    """
    both = (sxx > _SAME) & (syy > _SAME)
    of, sxy, sxx, syy, n = (column[both] for column in (of, sxy, sxx, syy, n))
    each = (sxy / np.sqrt(sxx * syy) * syy, syy, syy**2 / (n - 1), np.ones(len(of)))
    return np.stack([np.bincount(of, column, size) for column in each], axis=1)


def _signal(name: str, word: int | None, pooled: np.ndarray, whole: float) -> Signal | None:
    told, spread, variance, strata = map(float, pooled)
    if strata < LEAST:
        return None
    correlation = told / spread
    p = 2 * tail(abs(told) / math.sqrt(variance))
    return Signal(name, word, p, correlation**2 * spread / whole, correlation, int(strata))


def _values(columns: Columns, them: Equals, signal: Signal) -> tuple[np.ndarray, np.ndarray]:
    """The feature of each row, and which rows have one."""
    if signal.word is None:
        x = columns.features_BF[them.rows, [*UNITS].index(signal.name)].astype(np.float64)
        return x, ~np.isnan(x)
    x = np.array([float(signal.word in columns.words_B[row]) for row in them.rows])
    return x, np.ones(len(x), bool)


def _told(
    columns: Columns, them: Equals, best: Signal, also: list[Signal], x: np.ndarray,
    there: np.ndarray,
) -> Finding:  # fmt: skip
    rows, strata, x = them.rows[there], numbered(them.strata[there]), x[there]
    by_rank = centred(ranks(x, strata), strata)
    # Ranks as the instrument of the raw values: one huge value does not make the slope.
    by_sum = columns.combine == "sum"  # else a total says nothing of what is learnt from
    earned, name = (columns.total_B, "reward") if by_sum else (columns.advantage_B, "advantage")
    paid = centred(earned[rows], strata)
    each = float(by_rank @ paid / (by_rank @ centred(x, strata)))
    what = f"the word '{best.name}'" if best.word is not None else f"the {best.name}"
    unit = "having it" if best.word is not None else f"one {UNITS[best.name]} more"
    evidence = [
        f"among siblings whose answers are worth the same, in {best.strata} sets of them: "
        f"{unit} goes with {each:+.4f} of the {name}; correlation "
        f"{best.correlation:+.2f}, p {chance(best.p)}; it explains {percent(best.share)} of all "
        "that siblings differ by",
        *_by_part(columns, rows, by_rank, strata),
        _followed(columns, best),
    ]
    if also:
        named = ", ".join(f"'{s.name}'" if s.word is not None else s.name for s in also)
        evidence.append(f"goes along with it, and is not told apart here: {named}")
    way = "pays" if best.correlation > 0 else "punishes"
    learnt = centred(columns.advantage_B[rows], strata)
    return Finding(
        f"the reward {way} {what}, whatever the answer is worth",
        tuple(evidence),
        "read the two siblings; if it was not meant, cap or take out the part that pays it",
        _pair(rows, strata, x, by_rank * best.correlation, learnt, best),
    )


def _by_part(columns: Columns, rows: np.ndarray, xt: np.ndarray, strata: np.ndarray) -> list[str]:
    """Through which part it is paid."""
    paid = np.array([xt @ centred(column, strata) for column in given(columns)[rows].T])
    whole = float(paid.sum())
    if len(paid) < 2 or not whole:
        return []
    k = int(np.argmax(paid / whole))
    share = min(1.0, float(paid[k]) / whole)
    return [f"paid by the part '{columns.parts[k]}': {percent(share)} of it"]


def _followed(columns: Columns, best: Signal) -> str:
    """Whether the policy went where it is paid."""
    if best.word is None:
        x = columns.features_BF[:, [*UNITS].index(best.name)].astype(np.float64)
    else:
        x = np.array([float(best.word in words) for words in columns.words_B])
    early, late = fifths(columns)
    moved = change(*(means_by(x[rows], columns.unit_B[rows]) for rows in (early, late)))
    if math.isnan(moved.error):
        return "whether the policy follows cannot be told yet"
    form = (lambda v: percent(v)) if best.word is not None else (lambda v: f"{v:.2f}")
    means = f"{form(moved.early)} in the first fifth of the run, {form(moved.late)} in the last"
    sure = abs(moved.size) > 3 * moved.error
    follows = "the policy follows" if sure and moved.size * best.correlation > 0 else (
        "the policy goes the other way" if sure else "the policy does not follow yet"
    )  # fmt: skip
    return f"{follows}: {means}"


def _pair(
    rows: np.ndarray, strata: np.ndarray, x: np.ndarray, xt: np.ndarray, yt: np.ndarray,
    best: Signal,
) -> tuple[tuple[int, str], tuple[int, str]]:  # fmt: skip
    """Two equals that show it: of the stratum in which it is clearest."""
    sxy = np.bincount(strata, xt * yt)
    sxx, syy = np.bincount(strata, xt**2), np.bincount(strata, yt**2)
    fit = sxy / np.sqrt(np.maximum(sxx * syy, _SAME))
    own = np.flatnonzero(strata == np.argmax(np.where(fit > 0.7, sxy, sxy - sxy.max() - 1)))
    more, less = own[np.argmax(xt[own] + 1e-6 * yt[own])], own[np.argmin(xt[own] + 1e-6 * yt[own])]

    def note(place: int) -> str:
        if best.word is not None:
            return "with it" if x[place] else "without it"
        return f"{best.name}: {x[place]:g}"

    return (int(rows[more]), note(more)), (int(rows[less]), note(less))
