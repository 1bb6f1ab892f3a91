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
    """What a step needs of one layer."""

    def __init__(self, layer: Any):
        own, mlp = layer.self_attn, layer.mlp
        self.before = partial(norm, layer.input_layernorm)
        self.between = partial(norm, layer.post_attention_layernorm)
        self.qkv = _Beside(own.q_proj, own.k_proj, own.v_proj)
        self.out = _Onto(own.o_proj)
        self.gate_up = _Beside(mlp.gate_proj, mlp.up_proj)
        self.down = _Onto(mlp.down_proj)


class _Beside:
    """Linear layers of one input; the first halves of their adapters are one product."""

    def __init__(self, *modules: Any):
        self.layers = [_Step(module) for module in modules]
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

    def __init__(self, module: Any):
        self.layer = _Step(module)

    def __call__(self, x: Tensor, y: Tensor) -> None:
        one = self.layer
        if one.weight is None or one.bias is not None:
            x += one(y)
        else:
            x.addmm_(y, one.weight.t())
        if one.down is not None and one.up is not None:
            x.addmm_(linear(y, one.down), one.up)


class _Step:
    """One linear layer, its weight where it lies and its adapter in the weight's precision.

    Attributes:
        weight, bias: (o, i) and (o,); no weight where the layer is more than its matrices.
        down, up: s A (r, i) and B^T (r, o); None without an adapter.
    """

    def __init__(self, module: Any):
        self.module, found = module, matrices(module)
        self.weight = self.bias = self.down = self.up = None
        if found is not None:
            self.weight, self.bias = found.weight, found.bias
            if found.down is not None and found.up is not None:
                self.down = (found.down * found.scale).to(found.weight.dtype)
                self.up = found.up.to(found.weight.dtype).t().contiguous()

    def __call__(self, x: Tensor) -> Tensor:
        """(B, i) to (B, o) without the adapter."""
        return self.module(x) if self.weight is None else linear(x, self.weight, self.bias)


def norm(module: Any, x: Tensor) -> Tensor:
    """(B, hidden) by a Qwen2 norm."""
    # transformers takes its mean in float32, in double precision too.
    if x.dtype == torch.float64:
        return module(x)
    return rms_norm(x, module.weight.shape, module.weight, module.variance_epsilon)
