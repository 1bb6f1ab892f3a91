"""From the rewards of a step's groups to advantages.

Sources
-------
GRPO   DeepSeekMath, arXiv 2402.03300, section 4.1.2.
batch  arXiv 2508.08221: the mean of the group, the spread of the batch.
GDPO   arXiv 2601.05242: each reward normalised within its group, then the sum in the batch.

What is done with advantages is in ``policies/losses.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

Scale = Literal["group", "batch", "none"]
STD_EPSILON = 1e-4  # keeps nearly equal rewards from exploding; the value that TRL uses


def group_advantages(rewards_G: np.ndarray, *, scale: bool = True) -> np.ndarray:
    """A_i = (r_i - mean) / (std + 1e-4) within one group (2402.03300, section 4.1.2).

    Args:
        rewards_G: (G,) rewards of the valid rollouts of one group.
        scale: divide by the sample standard deviation (ddof 1); False leaves
            the centred rewards, as Dr. GRPO does.

    Returns:
        (G,) float64. Exactly 0 for a group of equal rewards and for fewer than
        two rollouts: neither says which rollout was better.

    >>> group_advantages(np.array([1.0, 1.0, 1.0]))
    array([0., 0., 0.])
    >>> group_advantages(np.array([0.0, 1.0]), scale=False)
    array([-0.5,  0.5])
    """
    rewards = np.asarray(rewards_G, dtype=np.float64)
    if len(rewards) < 2 or np.all(rewards == rewards[0]):
        return np.zeros_like(rewards)
    centred = rewards - rewards.mean()
    return centred / (rewards.std(ddof=1) + STD_EPSILON) if scale else centred


def scaled_advantages(groups: Sequence[np.ndarray], scale: Scale) -> list[np.ndarray]:
    """Centred rewards of each group, over the spread of the group, of the batch, or of nothing.

    Args:
        groups: (G,) rewards of the valid rollouts of each group.
        scale: "group" as ``group_advantages``; "batch" divides by the sample standard
            deviation of all rewards of the step, so that a group that differs little
            counts little; "none" leaves the centred rewards.

    Returns:
        For each group (G,) float64; exactly 0 for a group of equal rewards.

    >>> scaled_advantages([np.array([0.0, 1.0]), np.array([1.0, 1.0])], "none")
    [array([-0.5,  0.5]), array([0., 0.])]
    """
    found = [group_advantages(rewards, scale=scale == "group") for rewards in groups]
    if scale != "batch" or sum(map(len, groups)) < 2:
        return found
    spread = np.concatenate(groups).std(ddof=1) + STD_EPSILON
    return [centred / spread for centred in found]


def gdpo_advantages(
    values: Sequence[np.ndarray], weights: Sequence[np.ndarray]
) -> list[np.ndarray]:
    """Each reward against its own group, then their weighted sum against the batch (2601.05242).

    A_gjk = (r_gjk - mean_j) / (std_j + 1e-4); S_gj = sum_k w_gjk A_gjk;
    A_gj = (S_gj - mean) / (std + 1e-4) with mean and std of S over all groups.

    Args:
        values: for each group (G, K) values of K rewards, NaN where one does not apply.
        weights: for each group (G, K) weights; where the value is NaN they are not read.

    Returns:
        For each group (G,) float64. Exactly 0 for a group in which no reward differs, or
        where the differences cancel: it says nothing about which rollout was better.

    >>> level, steep = np.array([[1.0], [1.0]]), np.array([[0.0], [1.0]])
    >>> gdpo_advantages([level, steep], [np.ones((2, 1))] * 2)[0]
    array([0., 0.])
    """
    sums = [decoupled(v, w).sum(axis=1) for v, w in zip(values, weights, strict=True)]
    if not any(map(np.any, sums)):
        return sums
    flat = np.concatenate(sums)
    mean, spread = flat.mean(), flat.std(ddof=1) + STD_EPSILON
    return [(own - mean) / spread if np.any(own) else own for own in sums]


def decoupled(values_GK: np.ndarray, weights_GK: np.ndarray) -> np.ndarray:
    """(G, K) float64: what each reward gives to each rollout before the batch; 0 for NaN."""
    given = np.zeros(values_GK.shape, dtype=np.float64)
    for k, column in enumerate(np.asarray(values_GK, dtype=np.float64).T):
        there = ~np.isnan(column)
        given[there, k] = weights_GK[there, k] * group_advantages(column[there])
    return given
