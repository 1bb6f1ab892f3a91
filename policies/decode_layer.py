"""A decoder layer's weights as a step of ``policies/decode_step.py`` uses them.

A step's rows are few, so what counts is how many kernels read the weights and how many more
there are. An adapter is two products with its small matrices: the first of all layers beside
one another at once, the second onto what the layer gave; a residual is summed by the product.

Axes: ``B`` rows, ``i`` inputs, ``o`` outputs, ``r`` an adapter's rank.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import linear, rms_norm

from policies.linear import matrices


class DecodeLayer:
    """What a step in ``dtype`` needs of one layer."""

    def __init__(self, layer: Any, dtype: torch.dtype):
        own, mlp = layer.self_attn, layer.mlp
        self.before = partial(norm, layer.input_layernorm)
        self.between = partial(norm, layer.post_attention_layernorm)
        self.qkv = _Beside(dtype, own.q_proj, own.k_proj, own.v_proj)
        self.out = _Onto(dtype, own.o_proj)
        self.gate_up = _Beside(dtype, mlp.gate_proj, mlp.up_proj)
        self.down = _Onto(dtype, mlp.down_proj)


class _Beside:
    """Linear layers of one input; the first halves of their adapters are one product."""

    def __init__(self, dtype: torch.dtype, *modules: Any):
        self.layers = [_Step(dtype, module) for module in modules]
        downs = [one.down for one in self.layers if one.down is not None]
        self.down = torch.cat(downs) if downs else None

    def __call__(self, x: Tensor) -> list[Tensor]:
        outs = [one(x) for one in self.layers]
        if self.down is None:
            return outs
        low, at = linear(x, self.down), 0
        for out, one in zip(outs, self.layers, strict=True):
            if one.up is not None:
                out.addmm_(low[:, at : at + len(one.up)], one.up)
                at += len(one.up)
        return outs


class _Onto:
    """A linear layer whose result is added to the residual stream."""

    def __init__(self, dtype: torch.dtype, module: Any):
        self.layer = _Step(dtype, module)

    def __call__(self, x: Tensor, y: Tensor) -> None:
        one = self.layer
        if one.weight is None:
            x += one(y)
        else:
            x.addmm_(y, one.weight)
        if one.down is not None and one.up is not None:
            x.addmm_(linear(y, one.down), one.up)


class _Step:
    """One linear layer, its weight where it lies and its adapter in the precision of a step.

    Attributes:
        weight: W^T (i, o) where the layer is that alone and its adapter, else None.
        down, up: s A (r, i) and B^T (r, o); None without an adapter.
    """

    def __init__(self, dtype: torch.dtype, module: Any):
        self.weight = self.down = self.up = None
        found = matrices(module)
        self.bare = module if found is None else found.bare
        if found is not None:
            if isinstance(found.weight, Tensor) and found.bias is None:
                self.weight = found.weight.t()
            if found.down is not None and found.up is not None:
                self.down = (found.down * found.scale).to(dtype)
                self.up = found.up.to(dtype).t().contiguous()

    def __call__(self, x: Tensor) -> Tensor:
        """(B, i) to (B, o) without the adapter, where that is known apart."""
        return self.bare(x)


def norm(module: Any, x: Tensor) -> Tensor:
    """(B, hidden) by a Qwen2 norm."""
    return rms_norm(x, module.weight.shape, module.weight, module.variance_epsilon)
