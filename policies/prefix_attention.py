"""Attention of G completions to a prefix that stands in memory once, with its gradient.

A completion token attends to the prefix and to its own past. The two are
computed apart and merged by their log-sum-exp, so that no key is copied G times
and no mask of T x (P + T) is made:

    prefix   the queries of all G rows, of all heads that share a key head, are
             one long sequence of queries to the prefix: N k blocks of G r T x P
    own      causal attention of each completion to itself: N G h blocks of T x T
    merged   lse = log(e^lse_1 + e^lse_2),  o = sum_i e^(lse_i - lse) o_i

The backward pass of a flash kernel needs of the forward only its output and its
log-sum-exp: p = e^(q k - lse) and dS = p (dP - sum(do o)). Given the *merged*
two, each part's kernel returns exactly its part of the gradients, which is how
ring attention adds its blocks (Liu et al., arXiv 2310.01889).

Axes: ``N`` groups, ``G`` completions of each, ``P`` prefix tokens (padded
right), ``T`` completion tokens, ``h`` query heads, ``k`` key heads, ``r = h/k``,
``d`` head size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

_aten = torch.ops.aten


@dataclass(frozen=True, slots=True)
class _Seen:
    """One kernel call's output (B, h, S, d), log-sum-exp (B, h, S) and random state."""

    out: Tensor
    lse: Tensor
    state: tuple[Any, ...] = ()


def attend(
    q: Tensor,
    prefix: tuple[Tensor, Tensor],
    own: tuple[Tensor, Tensor],
    lengths: tuple[int, ...],
    scale: float,
) -> Tensor:
    """What each completion token reads from the prefix and from its own past.

    Args:
        q: (N G, h, T, d), groups side by side.
        prefix: keys and values, each (N, k, P, d).
        own: keys and values, each (N G, k, T, d).
        lengths: tokens of each prefix, N of them; what lies behind is padding.
        scale: of the scores.

    Returns:
        (N G, h, T, d), differentiable once in q, the prefix and own.
    """
    return _Merged.apply(q, *prefix, *own, lengths, scale)  # type: ignore[return-value]


class _Merged(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        q: Tensor,
        prefix_k: Tensor,
        prefix_v: Tensor,
        own_k: Tensor,
        own_v: Tensor,
        lengths: tuple[int, ...],
        scale: float,
    ) -> Tensor:
        groups, repeat = len(lengths), q.shape[1] // own_k.shape[1]
        q = q.contiguous()
        first = _over_prefix(_fold(q, groups, repeat), prefix_k, prefix_v, lengths, scale)
        second = _forward(q, _spread(own_k, repeat), _spread(own_v, repeat), scale, causal=True)
        out_1 = _unfold(first.out, q.shape, repeat)
        lse_1 = _unfold(first.lse[..., None], (*q.shape[:3], 1), repeat)[..., 0]
        lse = torch.logaddexp(lse_1, second.lse)
        share_1, share_2 = (lse_1 - lse).exp(), (second.lse - lse).exp()
        out = (share_1[..., None] * out_1 + share_2[..., None] * second.out).to(q.dtype)
        ctx.save_for_backward(q, prefix_k, prefix_v, own_k, own_v, out, lse)
        ctx.lengths, ctx.scale = lengths, scale
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> tuple[Tensor | None, ...]:
        q, prefix_k, prefix_v, own_k, own_v, out, lse = ctx.saved_tensors
        groups, repeat = len(ctx.lengths), q.shape[1] // own_k.shape[1]
        grad = grads[0].contiguous()
        folded_grad, folded_q, folded_out, folded_lse = (
            _fold(x, groups, repeat) for x in (grad, q, out, lse[..., None])
        )
        to_q, to_prefix_k, to_prefix_v = _over_prefix_backward(
            folded_grad, folded_q, folded_out, folded_lse[..., 0].contiguous(),
            prefix_k, prefix_v, ctx.lengths, ctx.scale,
        )  # fmt: skip
        own_to_q, to_own_k, to_own_v = _backward(
            grad,
            q,
            _spread(own_k, repeat),
            _spread(own_v, repeat),
            out,
            lse,
            ctx.scale,
            causal=True,
        )
        to_q = _unfold(to_q, q.shape, repeat) + own_to_q
        to_own_k, to_own_v = _gather(to_own_k, repeat), _gather(to_own_v, repeat)
        return to_q, to_prefix_k, to_prefix_v, to_own_k, to_own_v, None, None


# -- shapes -------------------------------------------------------------------------


def _fold(x: Tensor, groups: int, repeat: int) -> Tensor:
    """(N G, h, T, c) to (N, k, G r T, c): one sequence of queries per key head."""
    x = x.unflatten(0, (groups, -1)).unflatten(2, (-1, repeat))  # N G k r T c
    return x.transpose(1, 2).flatten(2, 4)


def _unfold(x: Tensor, shape: tuple[int, ...], repeat: int) -> Tensor:
    """Back to (N G, h, T, c)."""
    batch, _, tokens, width = shape
    x = x.view(*x.shape[:2], batch // x.shape[0], repeat, tokens, width)  # N k G r T c
    return x.transpose(1, 2).reshape(shape)


def _spread(x: Tensor, repeat: int) -> Tensor:
    """(B, k, T, d) to (B, h, T, d); a completion's keys are few."""
    return x if repeat == 1 else x.repeat_interleave(repeat, dim=1)


def _gather(x: Tensor, repeat: int) -> Tensor:
    """The gradient of ``_spread``."""
    return x if repeat == 1 else x.unflatten(1, (-1, repeat)).sum(2)


# -- the prefix, groups of several lengths ------------------------------------------


def _over_prefix(q: Tensor, k: Tensor, v: Tensor, lengths: tuple[int, ...], scale: float) -> _Seen:
    ragged = min(lengths) < k.shape[2]
    if not ragged or q.device.type == "cpu":
        mask = _padding(k, lengths) if ragged else None
        return _forward(q, k, v, scale, mask=mask)
    # The fast kernels take no mask: a group with padding is computed without it.
    seen = [
        _forward(q[n : n + 1], k[n : n + 1, :, :size], v[n : n + 1, :, :size], scale)
        for n, size in enumerate(lengths)
    ]
    return _Seen(torch.cat([one.out for one in seen]), torch.cat([one.lse for one in seen]))


def _over_prefix_backward(
    grad: Tensor, q: Tensor, out: Tensor, lse: Tensor,
    k: Tensor, v: Tensor, lengths: tuple[int, ...], scale: float,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    ragged = min(lengths) < k.shape[2]
    if not ragged or q.device.type == "cpu":
        mask = _padding(k, lengths) if ragged else None
        return _backward(grad, q, k, v, out, lse, scale, mask=mask)
    to_q, to_k, to_v = torch.empty_like(q), torch.zeros_like(k), torch.zeros_like(v)
    for n, size in enumerate(lengths):
        one, short = slice(n, n + 1), (slice(n, n + 1), slice(None), slice(size))
        to_q[one], to_k[short], to_v[short] = _backward(
            grad[one], q[one], k[short], v[short], out[one], lse[one], scale
        )
    return to_q, to_k, to_v


def _padding(k: Tensor, lengths: tuple[int, ...]) -> Tensor:
    """(N, 1, 1, P): 0 at tokens, -inf at padding."""
    beyond = torch.arange(k.shape[2]) >= torch.tensor(lengths)[:, None]
    return torch.zeros(beyond.shape, dtype=k.dtype).masked_fill_(beyond, -torch.inf)[:, None, None]


# -- the kernels --------------------------------------------------------------------


def _flash(q: Tensor) -> bool:
    return q.dtype in (torch.float16, torch.bfloat16) and q.shape[-1] % 8 == 0


def _forward(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    scale: float,
    *,
    causal: bool = False,
    mask: Tensor | None = None,
) -> _Seen:
    if q.device.type == "cpu":
        out, lse = _aten._scaled_dot_product_flash_attention_for_cpu(
            q, k, v, 0.0, causal, attn_mask=mask, scale=scale
        )
        return _Seen(out, lse)
    if _flash(q):
        out, lse, *state = _aten._scaled_dot_product_flash_attention(
            q, k, v, 0.0, causal, False, scale=scale
        )
        return _Seen(out, lse, tuple(state))
    out, lse, *state = _aten._scaled_dot_product_efficient_attention(
        q, k, v, None, True, 0.0, causal, scale=scale
    )
    return _Seen(out, lse[..., : q.shape[2]], tuple(state))


def _backward(
    grad: Tensor, q: Tensor, k: Tensor, v: Tensor, out: Tensor, lse: Tensor, scale: float,
    *, causal: bool = False, mask: Tensor | None = None,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    if q.device.type == "cpu":
        return _aten._scaled_dot_product_flash_attention_for_cpu_backward(
            grad, q, k, v, out, lse, 0.0, causal, attn_mask=mask, scale=scale
        )
    # No dropout, so the random state that the kernels ask for is never read.
    none = torch.zeros(2, dtype=torch.uint64, device=q.device)
    if _flash(q):
        return _aten._scaled_dot_product_flash_attention_backward(
            grad, q, k, v, out, lse,
            None, None, q.shape[2], k.shape[2],  # no packed sequences
            0.0, causal, none, none[:0], scale=scale,
        )  # fmt: skip
    seed = torch.zeros((), dtype=torch.long, device=q.device)
    room = -lse.shape[-1] % 32  # this kernel keeps rows of whole blocks
    lse = torch.nn.functional.pad(lse, (0, room))
    to_q, to_k, to_v, _ = _aten._scaled_dot_product_efficient_attention_backward(
        grad, q, k, v, None, out, lse, seed, seed, 0.0, [True, True, True, False], causal,
        scale=scale,
    )  # fmt: skip
    return to_q, to_k, to_v
