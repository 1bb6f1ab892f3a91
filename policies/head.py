"""The language-model head in slices: log-probs without the logits of a whole batch.

At a vocabulary of 150,000 the float32 logits of 2,048 tokens are 1.2 GB, and the
plain form holds them three times over before its backward pass. Here ``chunk``
tokens are looked at at a time; nothing of them is kept, and the backward pass
computes the logits of the slice again:

    log p(y) = l_y - log sum_v exp l_v          d log p(y) / d l_v = [v = y] - p_v

Peak memory is two (chunk, vocabulary) buffers in float32, whatever the number of
tokens. Where the head itself does not learn (an adapter on the decoder), the
gradient needs no logits again: sum_v p_v W_v is computed on the way forward.

Axes: ``N`` tokens, ``h`` hidden size, ``V`` vocabulary, ``C`` tokens of a slice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

_BLOCK = 16_384  # rows of a half-precision weight that are widened at once on a CPU


@dataclass(frozen=True, slots=True)
class Head:
    """What turns hidden states into a distribution.

    Attributes:
        weight: (V, h) of the linear head, which may be the embeddings' own.
        bias: (V,), or None.
        suppressed: ids that have no probability.
        fine: float32 products of half-precision weights; a logit of 20 in bfloat16
            is right to 0.06 only. No difference to float32 and float64 weights.
    """

    weight: Tensor
    bias: Tensor | None = None
    suppressed: tuple[int, ...] = ()
    fine: bool = True

    @torch.no_grad()
    def logprobs(self, hidden: Tensor, temperature: float) -> Tensor:
        """(N, h) to log-probs over the vocabulary, (N, V), float32 or finer; no gradient."""
        logits = _logits(hidden, self.weight, self.bias, (temperature, self.suppressed, self.fine))
        return logits.log_softmax(dim=-1)

    def chosen(
        self, hidden: Tensor, ids: Tensor, temperature: float, chunk: int
    ) -> tuple[Tensor, Tensor]:
        """Log-prob of one id a token, and the entropy there [nats].

        Args:
            hidden: (N, h); gradients flow to it and to the weight.
            ids: (N,) int64.
            temperature: of the distribution, above 0.
            chunk: tokens whose logits are in memory at once.

        Returns:
            log-probs (N,) and entropies (N,), float32 or finer; the entropies
            carry no gradient.
        """
        how = (temperature, self.suppressed, self.fine)
        given: Any = (hidden, self.weight, self.bias, ids, chunk, how)
        return _Chosen.apply(*given)


How = tuple[float, Sequence[int], bool]  # temperature, suppressed ids, float32 products


class _Chosen(torch.autograd.Function):
    """(log-probs, entropies) of chosen ids, slice by slice in both directions."""

    @staticmethod
    def forward(
        ctx: Any,
        hidden: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        ids: Tensor,
        chunk: int,
        how: How,
    ) -> tuple[Tensor, Tensor]:
        ctx.given = (chunk, how)
        to_hidden, to_weight, to_bias = ctx.needs_input_grad[:3]
        learns = to_weight or to_bias
        dtype = finer(hidden.dtype)
        logprobs = torch.empty(len(ids), dtype=dtype, device=hidden.device)
        entropies = torch.empty_like(logprobs)
        # The mean row of the head under the distribution, sum_v p_v W_v.
        means = torch.empty_like(hidden, dtype=dtype) if to_hidden and not learns else None
        chances = None
        for part in _parts(len(ids), chunk):
            whole = _logits(hidden[part], weight, bias, how).log_softmax(dim=-1)
            logprobs[part] = whole.gather(1, ids[part, None])[:, 0]
            chances = whole.exp()
            whole[:, list(how[1])] = 0  # 0 log 0 is 0
            entropies[part] = -torch.linalg.vecdot(chances, whole)
            del whole
            if means is not None:
                means[part] = _times(chances, weight)
        # A batch of one slice keeps what it has; it is no larger than the buffers were.
        kept = chances if learns and len(ids) <= chunk else None
        ctx.save_for_backward(hidden, weight, bias, ids, means, kept)
        ctx.mark_non_differentiable(entropies)
        return logprobs, entropies

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, ...]:
        hidden, weight, bias, ids, means, kept = ctx.saved_tensors
        chunk, how = ctx.given
        temperature, suppressed = how[0], list(how[1])
        scaled = upstream[0] / temperature
        if means is not None:
            own = weight[ids].to(means.dtype)
            own[torch.isin(ids, ids.new_tensor(suppressed))] = 0
            return (scaled[:, None] * (own - means)).to(hidden.dtype), *[None] * 5
        needed = zip(ctx.needs_input_grad, (hidden, weight, bias), strict=False)
        at_hidden, at_weight, at_bias = (
            torch.zeros_like(x, dtype=finer(x.dtype)) if need else None for need, x in needed
        )
        for part in _parts(len(ids), chunk):
            chances = kept
            if chances is None:
                chances = _logits(hidden[part], weight, bias, how).softmax(dim=-1)
            slope = chances * -scaled[part, None]
            del chances
            slope.scatter_add_(1, ids[part, None], scaled[part, None])
            slope[:, suppressed] = 0
            if at_hidden is not None:
                at_hidden[part] = _times(slope, weight)
            if at_weight is not None:
                _add_outer(at_weight, slope, hidden[part])
            if at_bias is not None:
                at_bias += slope.sum(dim=0)
            del slope
        found = zip((at_hidden, at_weight, at_bias), (hidden, weight, bias), strict=True)
        return *(None if g is None else g.to(x.dtype) for g, x in found), None, None, None


def _logits(hidden: Tensor, weight: Tensor, bias: Tensor | None, how: How) -> Tensor:
    """(C, V) in a buffer of its own."""
    temperature, suppressed, fine = how
    logits = _wide(hidden, weight) if fine else (hidden @ weight.t()).to(finer(hidden.dtype))
    if bias is not None:
        logits += bias
    if temperature != 1:
        logits /= temperature
    logits[:, list(suppressed)] = -torch.inf
    return logits


def _wide(hidden: Tensor, weight: Tensor) -> Tensor:
    """hidden (C, h) times W^T, (C, V), summed in float32 or finer."""
    dtype = finer(weight.dtype)
    if dtype == weight.dtype:
        return hidden @ weight.t()
    if hidden.is_cuda:
        return torch.mm(hidden, weight.t(), out_dtype=dtype)
    logits = hidden.new_empty(len(hidden), len(weight), dtype=dtype)
    for part in _parts(len(weight), _BLOCK):
        logits[:, part] = hidden.to(dtype) @ weight[part].to(dtype).t()
    return logits


def _times(slope: Tensor, weight: Tensor) -> Tensor:
    """slope (C, V) times W (V, h), (C, h), summed in float32 or finer."""
    if slope.dtype == weight.dtype:
        return slope @ weight
    if slope.is_cuda:
        return torch.mm(slope.to(weight.dtype), weight, out_dtype=slope.dtype)
    total = slope.new_zeros(len(slope), weight.shape[1])
    for part in _parts(len(weight), _BLOCK):
        total.addmm_(slope[:, part], weight[part].to(slope.dtype))
    return total


def _add_outer(total: Tensor, slope: Tensor, hidden: Tensor) -> None:
    """total (V, h) += slope^T (V, C) times hidden (C, h)."""
    if hidden.dtype != slope.dtype and slope.is_cuda:
        total += torch.mm(slope.t().to(hidden.dtype), hidden, out_dtype=total.dtype)
    else:
        total.addmm_(slope.t(), hidden.to(slope.dtype))


def _parts(count: int, size: int) -> list[slice]:
    return [slice(start, min(count, start + size)) for start in range(0, count, size)]


def finer(dtype: torch.dtype) -> torch.dtype:
    """What sums are taken in: float32, or the dtype itself where it is finer."""
    return torch.promote_types(dtype, torch.float32)
