"""The learner's attention: one flat row of prefixes and the completions that share them.

    [prefix 1, prefix 2, ...,  completion 1.1, 1.2, ..., 2.1, 2.2, ...]

Each prefix reads itself; each completion reads its own past, and all completions
of a group read their prefix at once. So a group of G completions of T tokens
costs P^2 + G T (P + T) where the plain form costs G (P + T)^2; no row is padded
for the linear layers, no key is copied and no mask of (P + G T)^2 exists. What a
completion reads of its own and of its prefix are two parts of one softmax
(``policies/partial_attention.py``).

Axes: ``N`` groups, ``P`` tokens of a prefix, ``T`` of a completion, ``L`` of the
row, ``h`` heads, ``k`` key-value heads, ``d`` head size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

import torch
from torch import Tensor

from policies import varlen
from policies.partial_attention import attend_part, attend_part_backward, merge

_ALONE = 128  # tokens; shorter ones are padded to a common length, for fewer calls
_ALIKE = 4  # so many of one length side by side are a call as they lie


@dataclass(frozen=True, slots=True)
class SharedRow:
    """The plan of one flat row.

    Attributes:
        prefixes: P of each group.
        completions: T of each completion, by group; no group is empty.
    """

    prefixes: tuple[int, ...]
    completions: tuple[tuple[int, ...], ...]

    @property
    def head(self) -> int:
        """Tokens of all prefixes."""
        return sum(self.prefixes)

    @property
    def lengths(self) -> tuple[int, ...]:
        """Of all that reads itself: the prefixes, then the completions."""
        return (*self.prefixes, *(t for group in self.completions for t in group))

    @property
    def groups(self) -> list[tuple[slice, slice]]:
        """Of each group, the places of its completions and of its prefix."""
        sizes = [sum(group) for group in self.completions]
        own = _spans(sizes, self.head)
        return list(zip(own, _spans(self.prefixes), strict=True))

    def positions(self, device: torch.device) -> Tensor:
        """(1, L): a completion goes on where its prefix ends."""
        starts = [0] * len(self.prefixes)
        starts += [p for p, g in zip(self.prefixes, self.completions, strict=True) for _ in g]
        rows = [torch.arange(s, s + n) for s, n in zip(starts, self.lengths, strict=True)]
        return torch.cat(rows).to(device)[None]

    def predicting(self, device: torch.device) -> Tensor:
        """The place before each completion token: the first follows the prefix's last."""
        places: list[Tensor] = []
        for (own, prefix), lengths in zip(self.groups, self.completions, strict=True):
            for span in _spans(lengths, own.start):
                row = torch.arange(span.start - 1, span.stop - 1)
                row[0] = prefix.stop - 1
                places.append(row)
        return torch.cat(places).to(device)

    def attend(self, layer: int, q: Tensor, k: Tensor, v: Tensor, scale: float) -> Tensor:
        """(1, h, L, d) queries to (1, h, L, d)."""
        given: Any = (q, k, v, self, scale)
        return _Attention.apply(*given)


class _Attention(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, plan: SharedRow, scale: float) -> Tensor:
        ctx.given = (plan, scale)
        if varlen.serves(q):
            out, lse = varlen.forward(q, k, v, plan.lengths, plan.groups, scale)
            ctx.save_for_backward(q, k, v, out, lse)
            return out
        out = torch.empty_like(q)
        lse = q.new_empty(q.shape[:-1], dtype=torch.promote_types(q.dtype, torch.float32))
        for rows in _batches(plan.lengths, q.device):
            own_q, own_k, own_v = (rows.take(x) for x in (q, k, v))
            part, mass = attend_part(own_q, own_k, own_v, scale, causal=True)
            rows.put(out, part)
            rows.put(lse, mass)
        for own, prefix in plan.groups:
            part, mass = attend_part(
                q[:, :, own], k[:, :, prefix], v[:, :, prefix], scale, causal=False
            )
            merge(out[:, :, own], lse[:, :, own], part, mass)
        ctx.save_for_backward(q, k, v, out, lse)
        return out

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, ...]:
        (grad,) = upstream
        q, k, v, out, lse = ctx.saved_tensors
        plan, scale = ctx.given
        if varlen.serves(q):
            found = varlen.backward(grad, q, k, v, out, lse, plan.lengths, plan.groups, scale)
            return *found, None, None
        slopes = tuple(torch.empty_like(x) for x in (q, k, v))
        for rows in _batches(plan.lengths, q.device):
            own_q, own_k, own_v, own_out, mass = (rows.take(x) for x in (q, k, v, out, lse))
            parts = attend_part_backward(
                rows.take(grad, zero=True), own_q, own_k, own_v, own_out, mass, scale, causal=True
            )
            for slope, part in zip(slopes, parts, strict=True):
                rows.put(slope, part)
        for own, prefix in plan.groups:
            parts = attend_part_backward(
                grad[:, :, own], q[:, :, own], k[:, :, prefix], v[:, :, prefix],
                out[:, :, own], lse[:, :, own], scale, causal=False,
            )  # fmt: skip
            for slope, part, place in zip(slopes, parts, (own, prefix, prefix), strict=True):
                slope[:, :, place] += part
        return *slopes, None, None


@dataclass(frozen=True, slots=True)
class _Padded:
    """Places in the flat row of short stretches that are padded to one length, (b, T) of them.

    Attributes:
        shape: b, T.
        places: (b T,), a padded place repeating its stretch's last.
        padding: those among them that are padded; ``real`` the others, ``at`` their places.
    """

    shape: tuple[int, int]
    places: Tensor
    padding: Tensor
    real: Tensor
    at: Tensor


@dataclass(frozen=True, slots=True)
class _Rows:
    """Stretches of the flat row that one call attends within, as a batch (b, T).

    Attributes:
        count: b.
        span: where they lie, if they lie side by side and have one length.
        padded: where they lie otherwise.
    """

    count: int
    span: slice
    padded: _Padded | None = None

    def take(self, x: Tensor, *, zero: bool = False) -> Tensor:
        """(1, h, L, ...) to (b, h, T, ...); a copy, ``zero`` where padded, only with padding."""
        if self.padded is None:
            part = x[:, :, self.span]
            if self.count == 1:
                return part
            return part[0].unflatten(1, (self.count, -1)).transpose(0, 1)
        found = x[0].transpose(0, 1).index_select(0, self.padded.places)  # whole tokens
        if zero:
            found.index_fill_(0, self.padded.padding, 0)
        return found.unflatten(0, self.padded.shape).transpose(1, 2)

    def put(self, x: Tensor, values: Tensor) -> None:
        """The inverse of ``take``, into ``x``."""
        if self.padded is None:
            self.take(x).copy_(values)
        else:
            tokens = values.transpose(1, 2).flatten(0, 1).index_select(0, self.padded.real)
            x[0].transpose(0, 1).index_copy_(0, self.padded.at, tokens)


@lru_cache(maxsize=32)  # every layer asks for the same ones, forward and backward
def _batches(lengths: tuple[int, ...], device: torch.device) -> list[_Rows]:
    """Stretches of like length together: runs of equal ones as they lie, short ones padded."""
    spans = _spans(lengths)
    found: list[_Rows] = []
    short: dict[int, list[slice]] = {}
    for length, run in groupby(spans, key=lambda span: span.stop - span.start):
        side_by_side = list(run)
        if length > _ALONE or len(side_by_side) >= min(_ALIKE, len(spans)):
            whole = slice(side_by_side[0].start, side_by_side[-1].stop)
            found.append(_Rows(len(side_by_side), whole))
        else:
            short.setdefault(length.bit_length(), []).extend(side_by_side)
    found += [_Rows(len(rows), slice(0), _padded(rows, device)) for rows in short.values()]
    return found


def _padded(rows: list[slice], device: torch.device) -> _Padded:
    width = max(span.stop - span.start for span in rows)
    starts = torch.tensor([span.start for span in rows])[:, None]
    stops = torch.tensor([span.stop for span in rows])[:, None]
    places = starts + torch.arange(width)
    real = (places < stops).flatten()
    places = places.minimum(stops - 1).flatten()
    tensors = (places, (~real).nonzero()[:, 0], real.nonzero()[:, 0], places[real])
    return _Padded((len(rows), width), *(tensor.to(device) for tensor in tensors))


def _spans(lengths: Sequence[int], start: int = 0) -> list[slice]:
    """The places of stretches of these lengths, end to end."""
    spans = []
    for length in lengths:
        spans.append(slice(start, start + length))
        start += length
    return spans
