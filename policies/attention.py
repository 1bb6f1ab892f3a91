"""Attention over a prefix that is stored once and shared by a group.

transformers lets a model call a registered function for its attention. Ours
hands the layer's queries, keys and values to a *plan* that travels through the
language model as a keyword, so one decoder serves three passes over the same
rows, without a mask of (P + G T)^2 and without copying the prompt G times:

==============  =====================================================  ==========
plan            what attends to what                                   used by
==============  =====================================================  ==========
``Prefill``     each prompt to itself; its keys and values are kept    sampler
``Decode``      one new token a row to the prefix and its own past     sampler
``SharedRow``   [prefix, completion 1 ... G]: prefix to itself, each   learner
                completion to the prefix and to itself
==============  =====================================================  ==========

Without a plan the function is transformers' own ``sdpa``, so ``forward`` and
``generate`` of a policy's model behave as they always do.

Axes: ``N`` prompts (groups), ``G`` completions of each, ``P`` prefix tokens
(padded right), ``T`` completion tokens, ``h`` heads, ``k`` key-value heads,
``d`` head size.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from policies import prefix_attention

NAME = "etude_shared_prefix"
# On a CPU one masked call beats two that are merged while the prefix is short.
MERGED_FROM = 512


@dataclass(slots=True)
class Prefill:
    """Causal attention over N right-padded prompts; keeps keys and values by layer."""

    keys: dict[int, Tensor] = field(default_factory=dict)
    values: dict[int, Tensor] = field(default_factory=dict)

    def attend(self, layer: int, q: Tensor, k: Tensor, v: Tensor, scale: float) -> Tensor:
        """(N, h, P, d) queries to (N, h, P, d); padding comes last, so no real token sees it."""
        self.keys[layer], self.values[layer] = k, v
        return scaled_dot_product_attention(q, k, v, is_causal=True, scale=scale, enable_gqa=True)


@dataclass(slots=True)
class Decode:
    """One token a row: G rows of each prompt read its prefix once, then their own past.

    Attributes:
        prefix: the prefill whose keys and values are read.
        padding: (N, 1, 1, P) float, 0 at tokens and -inf at padding.
        rows: G.
        length: T, the size of the buffers of the rows' own keys and values.
        step: tokens the rows already hold; set before each pass.
    """

    prefix: Prefill
    padding: Tensor
    rows: int
    length: int
    step: int = 0
    keys: dict[int, Tensor] = field(default_factory=dict)
    values: dict[int, Tensor] = field(default_factory=dict)

    def attend(self, layer: int, q: Tensor, k: Tensor, v: Tensor, scale: float) -> Tensor:
        """(N G, h, 1, d) queries to (N G, h, 1, d)."""
        batch, heads, _, size = q.shape
        kv = k.shape[1]
        groups, repeat = batch // self.rows, heads // kv
        own_k, own_v = self._extend(layer, k, v)
        prefix_k, prefix_v = self.prefix.keys[layer], self.prefix.values[layer]
        grouped = q.view(groups, self.rows, kv, repeat, size).transpose(1, 2)
        grouped = grouped.reshape(groups, kv, self.rows * repeat, size) * scale
        over_prefix = grouped @ prefix_k.transpose(-1, -2) + self.padding
        own_q = q.view(batch, kv, repeat, size) * scale
        over_own = own_q @ own_k.transpose(-1, -2)
        width = over_prefix.shape[-1]
        over_prefix = over_prefix.view(groups, kv, self.rows, repeat, width).transpose(1, 2)
        over_prefix = over_prefix.reshape(batch, kv, repeat, width)
        scores = torch.cat([over_prefix, over_own], dim=-1)
        # Half precision sums its weights in float32, as the kernels of the other plans do.
        fine = torch.promote_types(scores.dtype, torch.float32)
        weights = scores.softmax(dim=-1, dtype=fine).to(v.dtype)
        to_prefix = weights[..., :width].view(groups, self.rows, kv, repeat, width).transpose(1, 2)
        to_prefix = to_prefix.reshape(groups, kv, self.rows * repeat, width) @ prefix_v
        to_prefix = to_prefix.view(groups, kv, self.rows, repeat, size).transpose(1, 2)
        out = to_prefix.reshape(batch, kv, repeat, size) + weights[..., width:] @ own_v
        return out.reshape(batch, heads, 1, size)

    def keep(self, groups: Tensor) -> None:
        """Go on with these prompts only (indices into N): finished groups cost nothing more."""
        rows = torch.arange(self.rows, device=groups.device)
        batch = (groups[:, None] * self.rows + rows).flatten()
        self.padding = self.padding[groups]
        for layer in self.keys:
            self.keys[layer] = self.keys[layer][batch]
            self.values[layer] = self.values[layer][batch]
            self.prefix.keys[layer] = self.prefix.keys[layer][groups]
            self.prefix.values[layer] = self.prefix.values[layer][groups]

    def _extend(self, layer: int, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        if layer not in self.keys:
            shape = (*k.shape[:2], self.length, k.shape[-1])
            self.keys[layer], self.values[layer] = k.new_empty(shape), v.new_empty(shape)
        self.keys[layer][:, :, self.step] = k[:, :, 0]
        self.values[layer][:, :, self.step] = v[:, :, 0]
        stop = self.step + 1
        return self.keys[layer][:, :, :stop], self.values[layer][:, :, :stop]


@dataclass(frozen=True, slots=True)
class SharedRow:
    """One flat row per group, [prefix, completion 1, ..., completion G].

    Costs P^2 + G T (P + T) instead of G (P + T)^2.

    Attributes:
        prefix: P.
        rows: G.
        visible: (N, 1, 1, T, P + T) bool, what each completion token may read.
        lengths: of the prefixes, where the two parts are computed apart and merged
            (``policies/prefix_attention.py``); None where one masked call is faster.
    """

    prefix: int
    rows: int
    visible: Tensor
    lengths: tuple[int, ...] | None = None

    @classmethod
    def of(cls, prefix_lengths: Tensor, prefix: int, rows: int, tokens: int) -> SharedRow:
        """The plan for N prefixes of these lengths (N,), padded right to ``prefix``."""
        device = prefix_lengths.device
        reads_prefix = torch.arange(prefix, device=device) < prefix_lengths[:, None]
        own = torch.ones(tokens, tokens, dtype=torch.bool, device=device).tril()
        count = len(prefix_lengths)
        visible = torch.cat(
            [
                reads_prefix[:, None, :].expand(count, tokens, prefix),
                own.expand(count, tokens, tokens),
            ],
            dim=-1,
        )
        apart = device.type == "cuda" or prefix >= MERGED_FROM
        lengths = tuple(prefix_lengths.tolist()) if apart else None
        return cls(prefix, rows, visible[:, None, None], lengths)

    def attend(self, layer: int, q: Tensor, k: Tensor, v: Tensor, scale: float) -> Tensor:
        """(N, h, P + G T, d) queries to (N, h, P + G T, d)."""
        head, tail = slice(0, self.prefix), slice(self.prefix, None)
        out_prefix = scaled_dot_product_attention(
            q[:, :, head], k[:, :, head], v[:, :, head],
            is_causal=True, scale=scale, enable_gqa=True,
        )  # fmt: skip
        own_q, own_k, own_v = (self._split(x[:, :, tail]) for x in (q, k, v))
        if self.lengths is not None:
            shared = (k[:, :, head], v[:, :, head])
            out = prefix_attention.attend(own_q, shared, (own_k, own_v), self.lengths, scale)
            return torch.cat([out_prefix, self._join(out, len(q))], dim=-2)
        full_k = torch.cat([self._share(k[:, :, head]), own_k], dim=-2)
        full_v = torch.cat([self._share(v[:, :, head]), own_v], dim=-2)
        visible = self.visible.expand(-1, self.rows, -1, -1, -1).flatten(0, 1)
        out = scaled_dot_product_attention(
            own_q, full_k, full_v, attn_mask=visible, scale=scale, enable_gqa=True
        )
        return torch.cat([out_prefix, self._join(out, len(q))], dim=-2)

    def _join(self, x: Tensor, groups: int) -> Tensor:
        """(N G, h, T, d) to (N, h, G T, d)."""
        return x.unflatten(0, (groups, self.rows)).transpose(1, 2).flatten(2, 3)

    def _split(self, x: Tensor) -> Tensor:
        """(N, h, G T, d) to (N G, h, T, d)."""
        return x.unflatten(2, (self.rows, -1)).transpose(1, 2).flatten(0, 1)

    def _share(self, x: Tensor) -> Tensor:
        """(N, k, P, d) to (N G, k, P, d)."""
        return x[:, None].expand(-1, self.rows, -1, -1, -1).flatten(0, 1)


Plan = Prefill | Decode | SharedRow


def _attention(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    plan: Plan | None = None,
    **kwargs: Any,
) -> tuple[Tensor, Tensor | None]:
    if plan is None:
        return sdpa_attention_forward(
            module, query, key, value, attention_mask, scaling=scaling, **kwargs
        )
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    out = plan.attend(module.layer_idx, query, key, value, scale)
    return out.transpose(1, 2).contiguous(), None


def register() -> None:
    """Make the function known to transformers under ``NAME``; idempotent."""
    AttentionInterface.register(NAME, _attention)
    AttentionMaskInterface.register(NAME, sdpa_mask)
