"""A linear layer as its matrices, bare or under plain LoRA (arXiv 2106.09685).

    y = W x + b + s B A x

PEFT computes the second part in the precision of the adapter, float32 over a half-precision
base: each layer widens its input and keeps that copy for the backward pass. Whoever takes the
matrices from here rounds the small A and B instead, and what is learned stays in float32.

Axes: ``R`` tokens, ``i`` inputs, ``o`` outputs, ``r`` the adapter's rank.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import linear as apply_linear

from policies.eight_bits import Int8Weight, int8_weight

_LORA = (("peft.tuners.lora.layer", "Linear"), ("peft.tuners.lora.bnb", "Linear8bitLt"))


@dataclass(frozen=True, slots=True)
class Linear:
    """One layer.

    Attributes:
        weight: W, (o, i), which learns only as a tensor.
        bias: b, (o,), or None.
        down, up: A (r, i) and B (o, r), or None without an adapter.
        scale: s.
    """

    weight: Tensor | Int8Weight
    bias: Tensor | None = None
    down: Tensor | None = None
    up: Tensor | None = None
    scale: float = 1.0

    @property
    def tensors(self) -> tuple[Tensor | None, ...]:
        """What may learn: W, b, A and B."""
        weight = self.weight if isinstance(self.weight, Tensor) else None
        return weight, self.bias, self.down, self.up

    def bare(self, x: Tensor) -> Tensor:
        """W x + b of (R, i), (R, o)."""
        if isinstance(self.weight, Tensor):
            return apply_linear(x, self.weight, self.bias)
        return self.weight.times(x)

    def onto(self, x: Tensor, y: Tensor) -> Tensor:
        """x + W y + b of (R, o) and (R, i), (R, o)."""
        if isinstance(self.weight, Tensor) and self.bias is None:
            return torch.addmm(x, y, self.weight.t())
        return self.bare(y).add_(x)

    def dense(self, dtype: torch.dtype) -> Tensor:
        """W, (o, i); in ``dtype`` where it is held in 8 bits."""
        return self.weight if isinstance(self.weight, Tensor) else self.weight.dense(dtype)

    def merged(self) -> Tensor:
        """W + s B A, (o, i); W itself without an adapter."""
        weight = self.dense(torch.float32)
        if self.down is None or self.up is None:
            return weight
        return weight + self.scale * (self.up @ self.down).to(weight.dtype)


def matrices(module: Any) -> Linear | None:
    """The layer's matrices as they count now; None where it is more than them.

    More are: a variant of LoRA or a bias of its own, dropout that is on, several adapters at
    once, a class that is not known here.
    """
    bare = _bare(module)
    if bare is not None or not _plain_lora(module):
        return bare
    base = _bare(module.base_layer)
    active = [name for name in module.active_adapters if name in module.lora_A]
    if base is None or module.disable_adapters or module.merged or not active:
        whole = not (module.merged and module.disable_adapters)  # else it must be unmerged
        return base if whole else None
    dropout = module.lora_dropout[active[0]]
    if len(active) > 1 or (dropout.training and not isinstance(dropout, nn.Identity)):
        return None
    down, up = (each[active[0]].weight for each in (module.lora_A, module.lora_B))
    return Linear(base.weight, base.bias, down, up, module.scaling[active[0]])


def _bare(module: Any) -> Linear | None:
    if type(module) is nn.Linear:
        return Linear(module.weight, module.bias)
    weight = int8_weight(module)
    return None if weight is None else Linear(weight, module.bias)


def _plain_lora(module: Any) -> bool:
    # By name, so that nothing of PEFT is imported where no adapter is.
    return (
        (type(module).__module__, type(module).__name__) in _LORA
        and not module.lora_variant
        and not any(module.lora_bias.values())
    )


def products(x: Tensor, layers: Sequence[Linear]) -> list[Tensor]:
    """What layers make of the same (R, i): (R, o) of each."""
    return _adapted([one.bare(x) for one in layers], x, layers)


def product_onto(x: Tensor, y: Tensor, layer: Linear) -> Tensor:
    """x (R, o) and what a layer makes of y (R, i)."""
    return _adapted([layer.onto(x, y)], y, [layer])[0]


def slopes_back(
    x: Tensor | None, upstream: Sequence[Tensor], layers: Sequence[Linear], needs: Sequence[bool]
) -> tuple[Tensor, list[Tensor | None]]:
    """The gradients of ``products``.

    Args:
        x: (R, i) as it was given; None where no matrix needs a gradient.
        upstream: (R, o) of each layer.
        needs: of W, b, A and B of each layer in turn, whether a gradient is asked for.

    Returns:
        That of x, (R, i), and those of W, b, A and B of each layer in turn.
    """
    dtype = upstream[0].dtype
    at_x = upstream[0] @ layers[0].dense(dtype)
    for slope, one in zip(upstream[1:], layers[1:], strict=True):
        at_x.addmm_(slope, one.dense(dtype))
    back = [None if one.up is None else slope @ one.up.to(slope.dtype)
            for slope, one in zip(upstream, layers, strict=True)]  # fmt: skip
    downs = _downs(layers, dtype)
    if downs is not None:
        at_x.addmm_(torch.cat([each for each in back if each is not None], dim=1), downs)
    found: list[Tensor | None] = []
    lows = [None] * len(layers) if x is None else _lows(x, layers)
    for n, (one, slope, low) in enumerate(zip(layers, upstream, lows, strict=True)):
        to_weight, to_bias, to_down, to_up = needs[4 * n : 4 * n + 4]
        at_down = _outer(back[n], x, one.down) if to_down else None
        found.append(_outer(slope, x, one.tensors[0]) if to_weight else None)
        found.append(slope.sum(dim=0) if to_bias else None)
        found.append(None if at_down is None else at_down * one.scale)
        found.append(_outer(slope, low, one.up) if to_up else None)
    return at_x, found


def _adapted(outs: list[Tensor], x: Tensor, layers: Sequence[Linear]) -> list[Tensor]:
    """What layers give without their adapters, and these on it, in place."""
    for out, one, low in zip(outs, layers, _lows(x, layers), strict=True):
        if one.up is not None and low is not None:
            out.addmm_(low, one.up.to(x.dtype).t())
    return outs


def _downs(layers: Sequence[Linear], dtype: torch.dtype) -> Tensor | None:
    """s A of all layers, one below the other."""
    found = [(one.down * one.scale).to(dtype) for one in layers if one.down is not None]
    return torch.cat(found) if found else None


def _lows(x: Tensor, layers: Sequence[Linear]) -> list[Tensor | None]:
    """s A x of each layer, (R, r); None without an adapter. One product for all."""
    downs = _downs(layers, x.dtype)
    if downs is None:
        return [None] * len(layers)
    ranks = [0 if one.down is None else len(one.down) for one in layers]
    parts = (x @ downs.t()).split(ranks, dim=1)
    return [part if rank else None for part, rank in zip(parts, ranks, strict=True)]


def _outer(slope: Tensor | None, x: Tensor | None, like: Tensor | None) -> Tensor:
    """slope^T (o, R) times x (R, i), in the precision of the matrix that it is a gradient of."""
    assert slope is not None
    assert x is not None
    assert like is not None
    if like.dtype == x.dtype:
        return slope.t() @ x
    if x.is_cuda:
        return torch.mm(slope.t(), x, out_dtype=like.dtype)
    return slope.to(like.dtype).t() @ x.to(like.dtype)
