"""FlashAttention over stretches of unequal length, for half precision on an NVIDIA GPU.

Two kernel calls a layer serve all groups: one causal over every stretch by itself,
one of all completions of a group over their prefix.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

import torch
from torch import Tensor

from policies.partial_attention import merge

Groups = Sequence[tuple[slice, slice]]


def serves(q: Tensor) -> bool:
    """Whether the kernel takes these queries (1, h, L, d)."""
    half = q.dtype in (torch.float16, torch.bfloat16)
    return q.is_cuda and half and q.shape[-1] % 8 == 0 and q.shape[-1] <= 256


def forward(
    q: Tensor, k: Tensor, v: Tensor, lengths: tuple[int, ...], groups: Groups, scale: float
) -> tuple[Tensor, Tensor]:
    """``out`` (1, h, L, d) and ``lse`` (1, h, L) of every stretch and of what it shares."""
    q, k, v = _flat(q), _flat(k), _flat(v)
    edges, widest = _edges(lengths, q.device), max(lengths)
    out, lse = _call(q, k, v, edges, edges, widest, widest, scale, causal=True)
    head = groups[0][0].start
    own, prefixes = tuple(_width(o) for o, _ in groups), tuple(_width(p) for _, p in groups)
    part, mass = _call(
        q[head:], k[:head], v[:head], _edges(own, q.device), _edges(prefixes, q.device),
        max(own), max(prefixes), scale, causal=False,
    )  # fmt: skip
    out, part = out.transpose(0, 1)[None], part.transpose(0, 1)[None]
    merge(out[:, :, head:], lse[:, :, head:], part, mass)
    return out, lse


def backward(
    grad: Tensor, q: Tensor, k: Tensor, v: Tensor, out: Tensor, lse: Tensor,
    lengths: tuple[int, ...], groups: Groups, scale: float,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """Gradients of q, k and v."""
    grad, q, k, v, out = _flat(grad), _flat(q), _flat(k), _flat(v), _flat(out)
    edges, widest = _edges(lengths, q.device), max(lengths)
    slopes = _call_backward(
        grad, q, k, v, out, lse[0], edges, edges, widest, widest, scale, causal=True
    )
    head = groups[0][0].start
    own, prefixes = tuple(_width(o) for o, _ in groups), tuple(_width(p) for _, p in groups)
    parts = _call_backward(
        grad[head:], q[head:], k[:head], v[:head], out[head:],
        lse[0, :, head:].contiguous(), _edges(own, q.device), _edges(prefixes, q.device),
        max(own), max(prefixes), scale, causal=False,
    )  # fmt: skip
    for slope, part, place in zip(
        slopes, parts, (slice(head, None), slice(head), slice(head)), strict=True
    ):
        slope[place] += part
    at_q, at_k, at_v = (slope.transpose(0, 1)[None] for slope in slopes)
    return at_q, at_k, at_v


def _call(
    q: Tensor, k: Tensor, v: Tensor, edges_q: Tensor, edges_k: Tensor, most_q: int, most_k: int,
    scale: float, *, causal: bool,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    out, lse, *_ = torch.ops.aten._flash_attention_forward(
        q, k, v, edges_q, edges_k, most_q, most_k, 0.0, causal, False, scale=scale
    )
    return out, lse[None]


def _call_backward(
    grad: Tensor, q: Tensor, k: Tensor, v: Tensor, out: Tensor, lse: Tensor, edges_q: Tensor,
    edges_k: Tensor, most_q: int, most_k: int, scale: float, *, causal: bool,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    no_dropout = torch.zeros(2, dtype=torch.uint64, device=q.device)
    return torch.ops.aten._flash_attention_backward(
        grad, q, k, v, out, lse, edges_q, edges_k, most_q, most_k, 0.0, causal, no_dropout,
        no_dropout[:0], scale=scale,
    )  # fmt: skip


def _flat(x: Tensor) -> Tensor:
    """(1, h, L, d) to (L, h, d), the kernel's order."""
    return x[0].transpose(0, 1).contiguous()


@lru_cache(maxsize=64)  # every layer asks for the same ones, and a copy to the GPU waits for it
def _edges(lengths: tuple[int, ...], device: torch.device) -> Tensor:
    return torch.tensor([0, *accumulate(lengths)], dtype=torch.int32, device=device)


def _width(span: slice) -> int:
    return span.stop - span.start
