"""Group relative policy optimisation, as pure functions of tensors.

Sources
-------
GRPO   DeepSeekMath, arXiv 2402.03300, equations 3, 4 and 21.
DAPO   arXiv 2503.14476, equation 8 (asymmetric clip), 12 (token-level mean).
k3     Schulman, "Approximating KL divergence" (2020).
GDPO   arXiv 2601.05242: each reward normalised within its group, then the sum in the batch.

Flat arrays: ``N`` completion tokens of all rows in a batch, one after another;
``row_N`` says which of ``B`` rows a token belongs to. Every loss is a sum of
per-token terms divided by a number that is known before the forward, so any
split of a batch into micro-batches gives the gradients of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

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


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a micro-batch, flat.

    Attributes:
        logprobs_N: of the policy that learns, float32 with gradient.
        old_N: of the policy before the first inner update, detached.
        advantages_N: the advantage of the token's row.
        lengths_N: T of the token's row.
        reference_N: of the reference policy, detached, or None without KL.
    """

    logprobs_N: Tensor
    old_N: Tensor
    advantages_N: Tensor
    lengths_N: Tensor
    reference_N: Tensor | None = None


@dataclass(frozen=True, slots=True)
class Sizes:
    """Of the whole batch: rows with an advantage, and their tokens."""

    rows: int
    tokens: int


def clipped_surrogate(tokens: Tokens, low: float, high: float) -> tuple[Tensor, Tensor]:
    """-min(ratio A, clip(ratio, 1 - low, 1 + high) A) per token, and where the clip bites.

    2503.14476, equation 8; with ``low == high`` it is 2402.03300, equation 3.
    """
    ratio = (tokens.logprobs_N - tokens.old_N).exp()
    clipped = ratio.clamp(1 - low, 1 + high)
    advantage = tokens.advantages_N
    loss = -torch.minimum(ratio * advantage, clipped * advantage)
    bites = ((ratio < 1 - low) & (advantage < 0)) | ((ratio > 1 + high) & (advantage > 0))
    return loss, bites


def k3(logprobs_N: Tensor, reference_N: Tensor) -> Tensor:
    """exp(r - l) - (r - l) - 1 per token: unbiased for KL(policy || reference), never negative."""
    gap = reference_N - logprobs_N
    return gap.exp() - gap - 1


def grpo_loss(per_token_N: Tensor, tokens: Tokens, sizes: Sizes) -> Tensor:
    """Mean over rows of the mean over their tokens (2402.03300, equation 3)."""
    return (per_token_N / tokens.lengths_N).sum() / sizes.rows


def dapo_loss(per_token_N: Tensor, tokens: Tokens, sizes: Sizes) -> Tensor:
    """Mean over all tokens of the batch (2503.14476, equation 12)."""
    return per_token_N.sum() / sizes.tokens


LOSSES: dict[str, Callable[[Tensor, Tokens, Sizes], Tensor]] = {
    "dapo": dapo_loss,
    "grpo": grpo_loss,
}
