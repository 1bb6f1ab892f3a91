"""Where points fall in cumulative distributions, compiled for a CPU.

A library's cumulative sum writes all of it, in numbers twice as wide, before the first is looked
at; of a vocabulary's sum one place is wanted.
"""

from __future__ import annotations

import numpy as np

from policies.compiled import compiled


@compiled("reassoc")
def _total(chances):
    total = 0.0
    for chance in chances:
        total += np.float64(chance)
    return total


@compiled()
def fall(chances, points, tokens):
    """``tokens`` (B,) int64 become those at which points fall.

    That is the first whose cumulative sum, in float64, is above its point's share of the total:
    never one without a chance, and where rounding puts a point beyond the sum, the last that has
    one. Where all are NaN, the last of the vocabulary.

    Args:
        chances: (B, V) of any sum.
        points: (B,) float64 in [0, 1].
    """
    for row in range(len(tokens)):
        share = points[row] * _total(chances[row])
        seen, tokens[row] = 0.0, chances.shape[1] - 1
        for token in range(chances.shape[1]):
            if chances[row, token] > 0:
                seen += np.float64(chances[row, token])
                tokens[row] = token
                if seen > share:
                    break
