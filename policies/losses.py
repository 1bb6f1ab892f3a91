"""The objectives of group relative policy optimisation, as pure functions of flat tensors.

=============  ================================================  ====================
loss           per token                                         divided by
=============  ================================================  ====================
``grpo``       -min(r A, clip(r) A)                              T of its row, rows
``dr_grpo``    the same                                          rows x max tokens
``dapo``       the same                                          tokens of the batch
``bnpo``       the same                                          tokens of the batch
``gspo``       the same, r the geometric mean over the row       T of its row, rows
``cispo``      -stop(min(r, 1 + high)) A log p                   tokens of the batch
=============  ================================================  ====================

r = p / p_old. Sources: GRPO 2402.03300, equation 3; Dr. GRPO 2503.20783; DAPO
2503.14476, equations 8 (asymmetric clip) and 12; BNPO as TRL has it, by the tokens
of the local batch, which in one process are those of the batch; GSPO 2507.18071,
equations 5 and 7; CISPO 2506.13585, equations 4 and 5 (TRL writes the bound 1 + high
as its ``epsilon_high``). Dual clip: 1912.09729: where A < 0 the loss grows
no further than r = ``dual_clip``. KL estimates: Schulman, "Approximating KL
divergence" (2020).

Flat arrays: ``N`` completion tokens of all rows, one after another. Every loss is a
sum over tokens divided by numbers that are known before the forward, so any split
of a batch into whole rows gives the gradients of the whole. A masked token has no
part in any sum, nor in the count of tokens; its row is counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from policies.objective import Objective


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a micro-batch of whole rows, flat.

    Attributes:
        logprobs_N: of the policy that learns, float32 with gradient.
        old_N: of the policy before the first inner update, detached.
        sampler_N: of the sampler, as the tokens were drawn.
        advantages_N: the advantage of the token's row.
        row_N: int64, the token's row, counted from 0 in this micro-batch.
        mask_N: bool, False where a token has no part in the loss.
        reference_N: of the reference policy, detached, or None without KL.
    """

    logprobs_N: Tensor
    old_N: Tensor
    sampler_N: Tensor
    advantages_N: Tensor
    row_N: Tensor
    mask_N: Tensor
    reference_N: Tensor | None = None

    def row_sums(self, values_N: Tensor) -> Tensor:
        """The sum over the unmasked tokens of each token's row, (N,)."""
        rows = int(self.row_N[-1]) + 1 if len(self.row_N) else 0
        kept = torch.where(self.mask_N, values_N, torch.zeros_like(values_N))
        sums = kept.new_zeros(rows).index_add(0, self.row_N, kept)
        return sums[self.row_N]

    @property
    def lengths_N(self) -> Tensor:
        """Unmasked tokens of each token's row, at least 1."""
        return self.row_sums(torch.ones_like(self.old_N)).clamp(min=1)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Of the whole batch: its rows, and their unmasked tokens."""

    rows: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Found:
    """What the objective gives for a micro-batch.

    Attributes:
        loss: the scalar to differentiate, this micro-batch's part of the batch's.
        clipped_low, clipped_high: unmasked tokens whose ratio the clip holds, by its lower
            bound where the advantage is negative, by its upper where it is positive.
        kl: sum of the KL estimate over the unmasked tokens [nats], None without one.
    """

    loss: Tensor
    clipped_low: int
    clipped_high: int
    kl: float | None


def evaluate(objective: Objective, tokens: Tokens, sizes: Sizes) -> Found:
    """The loss of these tokens as a part of a batch of these sizes."""
    per_token, below, above = _surrogate(objective, tokens)
    if objective.importance != "none":
        per_token = per_token * importance_weights(objective, tokens)
    kl = None
    if tokens.reference_N is not None:
        kl_N = KLS[objective.kl](tokens.logprobs_N, tokens.reference_N)
        per_token = per_token + objective.kl_weight * kl_N
        kl = float(kl_N.detach()[tokens.mask_N].sum())
    # Not multiplied by 0: what is masked may be infinite.
    kept = torch.where(tokens.mask_N, per_token, torch.zeros_like(per_token))
    loss = LOSSES[objective.loss](kept, tokens, sizes, objective)
    low, high = (int((bites & tokens.mask_N).sum()) for bites in (below, above))
    return Found(loss, low, high, kl)


def _surrogate(objective: Objective, tokens: Tokens) -> tuple[Tensor, Tensor, Tensor]:
    """The policy term per token, and where the clip bites from below and from above."""
    low, high = 1 - objective.clip_low, 1 + objective.clip_high
    advantage = tokens.advantages_N
    log_ratio = tokens.logprobs_N - tokens.old_N
    if objective.loss == "gspo":
        log_ratio = tokens.row_sums(log_ratio) / tokens.lengths_N
    ratio = log_ratio.exp()
    below, above = (ratio < low) & (advantage < 0), (ratio > high) & (advantage > 0)
    if objective.loss == "cispo":
        bounded = ratio.clamp(max=high).detach()
        return -bounded * advantage * tokens.logprobs_N, torch.zeros_like(below), above
    clipped = ratio.clamp(low, high)
    if objective.dual_clip is not None:
        ratio = ratio.clamp(max=objective.dual_clip)
    return -torch.minimum(ratio * advantage, clipped * advantage), below, above


def importance_weights(objective: Objective, tokens: Tokens) -> Tensor:
    """old / sampler, of each token or of its row, truncated or masked; (N,), detached."""
    level, _, rule = objective.importance.partition("_")
    gap = (tokens.old_N - tokens.sampler_N).detach()
    weights = (tokens.row_sums(gap) if level == "sequence" else gap).exp()
    low, high = objective.importance_low, objective.importance_high
    if rule == "truncate":
        return weights.clamp(low, high)
    return weights.masked_fill((weights < low) | (weights > high), 0.0)


def k1(logprobs_N: Tensor, reference_N: Tensor) -> Tensor:
    """l - r per token: unbiased for KL(policy || reference), of either sign.

    As a loss its own gradient, that of l, has the expectation 0 and pulls nowhere; it
    has the gradient of ``k2`` instead, which is that of the KL in expectation.
    """
    gap, square = logprobs_N - reference_N, k2(logprobs_N, reference_N)
    return gap.detach() + square - square.detach()


def k2(logprobs_N: Tensor, reference_N: Tensor) -> Tensor:
    """(l - r)^2 / 2 per token: never negative; biased, with the gradient of the KL."""
    return (logprobs_N - reference_N).square() / 2


def k3(logprobs_N: Tensor, reference_N: Tensor) -> Tensor:
    """exp(r - l) - (r - l) - 1 per token: unbiased for KL(policy || reference), never negative."""
    gap = reference_N - logprobs_N
    return gap.exp() - gap - 1


def _over_rows(kept_N: Tensor, tokens: Tokens, sizes: Sizes, objective: Objective) -> Tensor:
    return (kept_N / tokens.lengths_N).sum() / max(1, sizes.rows)


def _over_tokens(kept_N: Tensor, tokens: Tokens, sizes: Sizes, objective: Objective) -> Tensor:
    return kept_N.sum() / max(1, sizes.tokens)


def _over_limit(kept_N: Tensor, tokens: Tokens, sizes: Sizes, objective: Objective) -> Tensor:
    return kept_N.sum() / (max(1, sizes.rows) * objective.max_tokens)


LOSSES: dict[str, Callable[[Tensor, Tokens, Sizes, Objective], Tensor]] = {
    "bnpo": _over_tokens,
    "cispo": _over_tokens,
    "dapo": _over_tokens,
    "dr_grpo": _over_limit,
    "grpo": _over_rows,
    "gspo": _over_rows,
}
KLS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {"k1": k1, "k2": k2, "k3": k3}
