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


@dataclass(frozen=True, slots=True)
class Linear:
    """
    Attributes:
        weight: W, (o, i).
        bias: b, (o,), or None.
        down, up: A (r, i) and B (o, r), or None without an adapter.
        scale: s.
    """

    weight: Tensor
    bias: Tensor | None = None
    down: Tensor | None = None
    up: Tensor | None = None
    scale: float = 1.0

    @property
    def tensors(self) -> tuple[Tensor | None, ...]:
        """W, b, A and B."""
        return self.weight, self.bias, self.down, self.up

    def merged(self) -> Tensor:
        """W + s B A, (o, i); W itself without an adapter."""
        if self.down is None or self.up is None:
            return self.weight
        return self.weight + self.scale * (self.up @ self.down).to(self.weight.dtype)


def matrices(module: Any) -> Linear | None:
    """The layer's matrices as they count now; None where it is more than them.

    More are: weights in 8 bits, a variant of LoRA or a bias of its own, dropout that is on,
    several adapters at once.
    """
    if type(module) is nn.Linear:
        return Linear(module.weight, module.bias)
    if not _plain_lora(module):
        return None
    base = module.base_layer
    active = [name for name in module.active_adapters if name in module.lora_A]
    if module.disable_adapters or module.merged or not active:
        whole = not (module.merged and module.disable_adapters)  # else it must be unmerged
        return Linear(base.weight, base.bias) if whole else None
    dropout = module.lora_dropout[active[0]]
    if len(active) > 1 or (dropout.training and not isinstance(dropout, nn.Identity)):
        return None
    down, up = (each[active[0]].weight for each in (module.lora_A, module.lora_B))
    return Linear(base.weight, base.bias, down, up, module.scaling[active[0]])


def _plain_lora(module: Any) -> bool:
    # By name, so that nothing of PEFT is imported where no adapter is.
    return (
        type(module).__module__ == "peft.tuners.lora.layer"
        and type(module).__name__ == "Linear"
        and type(module.base_layer) is nn.Linear
        and not module.lora_variant
        and not any(module.lora_bias.values())
    )


def products(x: Tensor, layers: Sequence[Linear]) -> list[Tensor]:
    """What layers make of the same (R, i): (R, o) of each."""
    outs = [apply_linear(x, one.weight, one.bias) for one in layers]
    for out, one, low in zip(outs, layers, _lows(x, layers), strict=True):
        if one.up is not None and low is not None:
            out.addmm_(low, one.up.to(x.dtype).t())
    return outs


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
    at_x = upstream[0] @ layers[0].weight
    for slope, one in zip(upstream[1:], layers[1:], strict=True):
        at_x.addmm_(slope, one.weight)
    back = [None if one.up is None else slope @ one.up.to(slope.dtype)
            for slope, one in zip(upstream, layers, strict=True)]  # fmt: skip
    downs = _downs(layers, at_x.dtype)
    if downs is not None:
        at_x.addmm_(torch.cat([each for each in back if each is not None], dim=1), downs)
    found: list[Tensor | None] = []
    lows = [None] * len(layers) if x is None else _lows(x, layers)
    for n, (one, slope, low) in enumerate(zip(layers, upstream, lows, strict=True)):
        to_weight, to_bias, to_down, to_up = needs[4 * n : 4 * n + 4]
        at_down = _outer(back[n], x, one.down) if to_down else None
        found.append(_outer(slope, x, one.weight) if to_weight else None)
        found.append(slope.sum(dim=0) if to_bias else None)
        found.append(None if at_down is None else at_down * one.scale)
        found.append(_outer(slope, low, one.up) if to_up else None)
    return at_x, found


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
