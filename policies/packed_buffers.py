"""What the calls of ``policies/packed_step.py`` write into, and the views of it they take.

``N`` groups, ``G`` rows of each, ``B = N G``, ``P`` prefix tokens, ``T`` tokens that a row
may draw, ``h`` query heads, ``k`` key heads, ``r = h/k``, ``d`` head size, ``H`` hidden
size. Rows are in the order (N, G, k, r, d) where linear layers see them and in that of
(N, k, G, r, d) where a group meets its prefix.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from policies.packed import Packed


@dataclass(frozen=True, slots=True)
class Scores:
    """Those of one step, whose past has ``t`` tokens.

    Attributes:
        own: (N k G, r, t) over a row's past; ``own_grouped`` the same as (N k, G r, t).
        whole: (N k, G r, P + t).
        weights: their softmax; ``to_prefix`` (N k, G r, P) and ``to_own`` (N k G, r, t) of it.
    """

    own: Tensor
    own_grouped: Tensor
    whole: Tensor
    weights: Tensor
    to_prefix: Tensor
    to_own: Tensor


class Buffers:
    """For as many rows as decode now.

    Attributes:
        x: (B, H), the residual stream; ``normed`` what a norm makes of it.
        qkv: (B, (h + 2k) d); ``q_drawn``, ``k_drawn``, ``v_drawn`` are its parts in the order
            of groups, ``turning`` its queries and keys as (N, G, h + k, d/2) complex.
        queries: (N, k, G, r, d), for a prefix (N k, G r, d), for the own past (N k G, r, d).
        over_prefix: scores (N k, G r, P).
        read_over_prefix, read_over_own: what was read, in the views of the queries;
            ``read_grouped`` and ``read`` the same in the order of rows, ``read_rows`` (B, h d).
        gate_up: (B, 2 I) and its halves.
        logits: (B, V).
    """

    def __init__(self, packed: Packed, groups: int, rows: int, prefix: int, tokens: int):
        layer, heads, size = packed.layers[0], packed.heads, packed.size
        count, new = groups * rows, packed.embed.new_empty
        kv = (layer.qkv.width // size - heads) // 2
        order = (groups, kv, rows, heads // kv, size)
        self.prefix = prefix

        self.x, self.normed = new(2, count, packed.embed.shape[1])
        self.logits = new(count, packed.head.width)
        self.qkv = new(count, layer.qkv.width)
        q, k, v = (
            part.view(groups, rows, kv, -1, size).transpose(1, 2)
            for part in self.qkv.split((heads * size, kv * size, kv * size), dim=1)
        )
        self.q_drawn, self.k_drawn, self.v_drawn = q, k.squeeze(3), v.squeeze(3)
        turning = self.qkv[:, : (heads + kv) * size]
        self.turning = torch.view_as_complex(turning.view(groups, rows, heads + kv, -1, 2))

        self.queries, read = new(order), new(order)
        self.for_prefix, self.read_over_prefix = (
            x.flatten(2, 3).flatten(0, 1) for x in (self.queries, read)
        )
        self.for_own, self.read_over_own = (x.flatten(0, 2) for x in (self.queries, read))
        self.read_grouped = read.transpose(1, 2)
        self.read = new(self.read_grouped.shape)
        self.read_rows = self.read.view(count, heads * size)
        self.gate_up = new(count, layer.gate_up.width)
        self.gate, self.up = self.gate_up.chunk(2, dim=1)

        self.over_prefix = new(*self.for_prefix.shape[:2], prefix)
        self._own = new(count * heads * tokens)
        self._whole, self._weights = new(2, count * heads * (prefix + tokens))

    def scores(self, past: int) -> Scores:
        """For a step that reads ``past`` of the rows' own tokens; each in one piece."""
        grouped, alone = self.for_prefix.shape[:2], self.for_own.shape[:2]
        queries, width = grouped.numel(), self.prefix + past
        own = self._own[: queries * past]
        weights = self._weights[: queries * width]
        return Scores(
            own=own.view(*alone, past),
            own_grouped=own.view(*grouped, past),
            whole=self._whole[: queries * width].view(*grouped, width),
            weights=weights.view(*grouped, width),
            to_prefix=weights.view(*grouped, width)[..., : self.prefix],
            to_own=weights.view(*alone, width)[..., self.prefix :],
        )
