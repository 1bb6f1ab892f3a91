"""Attention over a part of what a query may read, and how parts are put together.

Attention over two sets of keys A and B is the mean of attention over each, by the
mass that each has (log-sum-exp of its scores; FlashAttention, arXiv 2205.14135,
section 3.1):

    lse = log(exp lse_A + exp lse_B),   out = exp(lse_A - lse) out_A + exp(lse_B - lse) out_B

Its backward pass falls apart likewise: the weight of a key is exp(score - lse), so
the kernel of one part gives that part's gradients when it is handed the *whole*
``out`` and ``lse``. No part is copied and no mask is built.

Shapes: queries (b, h, Q, d), keys and values (b, k, K, d) with h a multiple of k,
``out`` like the queries, ``lse`` (b, h, Q) in float32 or finer [nats].
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import pad

_aten = torch.ops.aten
_SCORES = 1 << 24  # scores at once where no kernel serves; 64 MB in float32


def attend_part(
    q: Tensor, k: Tensor, v: Tensor, scale: float, *, causal: bool
) -> tuple[Tensor, Tensor]:
    """``out`` and ``lse`` over these keys; ``causal`` needs as many keys as queries."""
    if q.device.type == "cpu":
        return _aten._scaled_dot_product_flash_attention_for_cpu(q, k, v, 0.0, causal, scale=scale)
    if _efficient(q):
        wide_k, wide_v = _repeat(k, q, k.dtype), _repeat(v, q, v.dtype)
        out, lse, *_ = _aten._scaled_dot_product_efficient_attention(
            q, wide_k, wide_v, None, True, 0.0, causal, scale=scale
        )
        return out, lse[..., : q.shape[2]]
    outs, lses = [], []
    for rows in _slices(q, k):
        scores = _scores(q, k, scale, rows, causal=causal)
        lse = scores.logsumexp(dim=-1)
        weights = scores.sub_(lse[..., None]).exp_()
        outs.append((weights @ _repeat(v, q, lse.dtype)).to(q.dtype))
        lses.append(lse)
    return torch.cat(outs, dim=2), torch.cat(lses, dim=2)


def attend_part_backward(
    grad: Tensor, q: Tensor, k: Tensor, v: Tensor, out: Tensor, lse: Tensor, scale: float,
    *, causal: bool,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """Gradients of this part's queries, keys and values, given the whole ``out`` and ``lse``."""
    if q.device.type == "cpu":
        return _aten._scaled_dot_product_flash_attention_for_cpu_backward(
            grad, q, k, v, out, lse, 0.0, causal, scale=scale
        )
    wide_k, wide_v = _repeat(k, q, lse.dtype), _repeat(v, q, lse.dtype)
    if _efficient(q):
        whole_blocks = pad(lse, (0, -lse.shape[-1] % 32))
        unused = torch.zeros((), dtype=torch.long, device=q.device)  # random state, for dropout
        found = _aten._scaled_dot_product_efficient_attention_backward(
            grad, q, wide_k, wide_v, None, out, whole_blocks, unused, unused, 0.0,
            [True, True, True, False], causal, scale=scale,
        )  # fmt: skip
        return found[0], _fold(found[1], k), _fold(found[2], v)
    at_q, at_k, at_v = [], torch.zeros_like(wide_k), torch.zeros_like(wide_v)
    for rows in _slices(q, k):
        weights = _scores(q, k, scale, rows, causal=causal).sub_(lse[:, :, rows, None]).exp_()
        slope = grad[:, :, rows].to(lse.dtype)
        at_v += weights.transpose(-1, -2) @ slope
        mean = (slope * out[:, :, rows]).sum(dim=-1, keepdim=True)
        inner = weights * (slope @ wide_v.transpose(-1, -2) - mean) * scale
        at_q.append((inner @ wide_k).to(q.dtype))
        at_k += inner.transpose(-1, -2) @ q[:, :, rows].to(lse.dtype)
    return torch.cat(at_q, dim=2), _fold(at_k, k), _fold(at_v, v)


def merge(out: Tensor, lse: Tensor, other: Tensor, other_lse: Tensor) -> None:
    """Put another part into ``out`` and ``lse``, in place."""
    whole = torch.logaddexp(lse, other_lse)
    ours, theirs = (lse - whole).exp_()[..., None], (other_lse - whole).exp_()[..., None]
    out.mul_(ours).addcmul_(other, theirs)
    lse.copy_(whole)


def _efficient(q: Tensor) -> bool:
    """Whether the memory-efficient kernel of a GPU takes these queries."""
    return q.is_cuda and q.dtype == torch.float32


def _slices(q: Tensor, k: Tensor) -> list[slice]:
    step = max(1, _SCORES // (q.shape[0] * q.shape[1] * k.shape[2]))
    return [slice(i, min(i + step, q.shape[2])) for i in range(0, q.shape[2], step)]


def _scores(q: Tensor, k: Tensor, scale: float, rows: slice, *, causal: bool) -> Tensor:
    fine = torch.promote_types(q.dtype, torch.float32)
    scores = q[:, :, rows].to(fine) @ _repeat(k, q, fine).transpose(-1, -2) * scale
    if causal:
        places = torch.arange(k.shape[2], device=q.device)
        scores.masked_fill_(places > places[rows, None], -torch.inf)
    return scores


def _repeat(x: Tensor, q: Tensor, dtype: torch.dtype) -> Tensor:
    """One key-value head for each head of the queries."""
    return x.to(dtype).repeat_interleave(q.shape[1] // x.shape[1], dim=1)


def _fold(wide: Tensor, x: Tensor) -> Tensor:
    """The gradient of the repeated heads back on those they repeat."""
    return wide.unflatten(1, (x.shape[1], -1)).sum(dim=2).to(x.dtype)
