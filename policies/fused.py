"""Parts of a decoder layer as one operation each, which keep less for the backward pass.

Of the library's form autograd keeps every intermediate: the norm's input in float32, its
quotient and what it hands on; gate, activation, up and their product. Here the backward
pass computes again what costs one pass over memory and keeps what costs a matrix product:

===================  =========================================  =====================
operation            is                                         keeps
===================  =========================================  =====================
``norm``             w x / sqrt(mean x^2 + e)                   x
``projected``        linear layers of n = norm(x)               x
``added``            x + a linear layer of y                    y
``turn``             rotary positions (arXiv 2104.09864)        nothing of x
``gated_mlp``        x + D (silu(G n) * U n), n = norm(x)       x, G n, U n
===================  =========================================  =====================

Of each norm it keeps one number a token besides. A linear layer may stand under an adapter
(``policies/linear.py``). Values and gradients are the library's up to rounding; half precision
is summed in float32, and float64 stays float64, which the library's norm rounds. Gradients of
weights are computed where they are asked for; there is no second derivative. Matrices that
are changed before the backward pass raise there, as torch's own: they are saved like x.

Axes: ``L`` tokens, ``h`` hidden size, ``w`` width of the gated layer, ``d`` head size.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn.functional import silu

from policies.head import finer
from policies.linear import Linear, product_onto, products, slopes_back


def norm(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    """(..., h) divided by its root mean square, times ``weight`` (h,); arXiv 1910.07467."""
    given: Any = (x, weight, eps)
    return _Norm.apply(*given)


def projected(x: Tensor, weight: Tensor, eps: float, *layers: Linear) -> tuple[Tensor, ...]:
    """Linear layers of the norm of (..., h): (..., o) of each."""
    given: Any = (x, weight, eps, layers, *(each for one in layers for each in one.tensors))
    return _Projected.apply(*given)


def added(x: Tensor, y: Tensor, layer: Linear) -> Tensor:
    """The residual stream (..., h) and on it a linear layer of (..., i)."""
    given: Any = (x, y, layer, *layer.tensors)
    return _Added.apply(*given)


def turn(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Heads (b, L, heads, d) turned by their tokens' angles (b, L, 1, d).

    Dimension i turns with i + d/2; both have the same angle.
    """
    given: Any = (x, cos, sin)
    return _Turn.apply(*given)


def gated_mlp(
    x: Tensor, weight: Tensor, eps: float, gate: Linear, up: Linear, down: Linear
) -> Tensor:
    """The second half of a layer with its residual: (..., h) to (..., h).

    Args:
        x: the residual stream.
        weight, eps: of the norm, (h,).
        gate, up: h to w. down: w to h. None with a bias or an adapter.
    """
    layers = (gate, up, down)
    given: Any = (x, weight, eps, layers, *(one.tensors[0] for one in layers))
    return _GatedMlp.apply(*given)


class _Norm(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, eps: float) -> Tensor:
        n, inverse = _normed(x, weight, eps)
        ctx.save_for_backward(x, weight, inverse)
        return n

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, ...]:
        x, weight, inverse = ctx.saved_tensors
        to_weight = ctx.needs_input_grad[1]
        return *_normed_backward(upstream[0], x, weight, inverse, to_weight), None


class _Projected(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        weight: Tensor,
        eps: float,
        layers: Sequence[Linear],
        *own: Tensor | None,
    ) -> tuple[Tensor, ...]:
        n, inverse = _normed(x.reshape(-1, x.shape[-1]), weight, eps)
        ctx.save_for_backward(x, weight, inverse, *own)
        ctx.layers = layers
        return tuple(out.view(*x.shape[:-1], out.shape[-1]) for out in products(n, layers))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, ...]:
        x, weight, inverse, *_ = ctx.saved_tensors
        _, to_weight, _, _, *needs = ctx.needs_input_grad
        rows = x.reshape(-1, x.shape[-1])
        n = _again(rows, weight, inverse) if any(needs) else None
        slopes = [one.reshape(-1, one.shape[-1]) for one in upstream]
        at_n, found = slopes_back(n, slopes, ctx.layers, needs)
        at_x, at_weight = _normed_backward(at_n, rows, weight, inverse, to_weight)
        return at_x.view(x.shape), at_weight, None, None, *found


class _Added(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, y: Tensor, layer: Linear, *own: Tensor | None) -> Tensor:
        ctx.save_for_backward(y if any(ctx.needs_input_grad[3:]) else None, *own)
        ctx.layer, ctx.shape = layer, y.shape
        rows, inputs = (each.reshape(-1, each.shape[-1]) for each in (x, y))
        return product_onto(rows, inputs, layer).view(x.shape)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, ...]:
        y, *_ = ctx.saved_tensors
        rows = None if y is None else y.reshape(-1, y.shape[-1])
        slope = upstream[0].reshape(-1, upstream[0].shape[-1])
        at_y, found = slopes_back(rows, [slope], [ctx.layer], ctx.needs_input_grad[3:])
        return upstream[0], at_y.view(ctx.shape), None, *found


class _Turn(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        ctx.save_for_backward(cos, sin)
        return _turned(x, cos, sin, 1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, ...]:
        cos, sin = ctx.saved_tensors
        return _turned(upstream[0], cos, sin, -1), None, None


class _GatedMlp(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        weight: Tensor,
        eps: float,
        layers: Sequence[Linear],
        *own: Tensor | None,
    ) -> Tensor:
        rows = x.reshape(-1, x.shape[-1])
        gate, up, down = layers
        n, inverse = _normed(rows, weight, eps)
        opened, raised = gate.bare(n), up.bare(n)
        ctx.save_for_backward(x, weight, inverse, opened, raised, *own)
        ctx.layers = layers
        return down.onto(rows, silu(opened).mul_(raised)).view(x.shape)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, ...]:
        x, weight, inverse, opened, raised, *_ = ctx.saved_tensors
        gate, up, down = ctx.layers
        _, to_weight, _, _, to_gate, to_up, to_down = ctx.needs_input_grad
        rows, grad = (one.reshape(-1, x.shape[-1]) for one in (x, upstream[0]))
        at_product = grad @ down.dense(grad.dtype)
        active = silu(opened)
        at_raised = at_product * active
        at_down = grad.t() @ active.mul_(raised) if to_down else None
        del active
        at_opened = torch.ops.aten.silu_backward(at_product.mul_(raised), opened)
        del at_product
        at_n = at_opened @ gate.dense(grad.dtype)
        at_n.addmm_(at_raised, up.dense(grad.dtype))
        n = _again(rows, weight, inverse) if to_gate or to_up else rows
        at_gate = at_opened.t() @ n if to_gate else None
        at_up = at_raised.t() @ n if to_up else None
        at_x, at_weight = _normed_backward(at_n, rows, weight, inverse, to_weight)
        return at_x.add_(grad).view(x.shape), at_weight, None, None, at_gate, at_up, at_down


def _turned(x: Tensor, cos: Tensor, sin: Tensor, sign: int) -> Tensor:
    half = x.shape[-1] // 2
    out = x * cos
    out[..., :half].addcmul_(x[..., half:], sin[..., :half], value=-sign)
    out[..., half:].addcmul_(x[..., :half], sin[..., half:], value=sign)
    return out


def _normed(x: Tensor, weight: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    """The norm of (..., h), and 1 / sqrt(mean x^2 + e), (..., 1) in float32 or finer."""
    if x.is_cuda:
        return torch.ops.aten._fused_rms_norm(x, weight.shape, weight, eps)
    wide = x.to(finer(x.dtype))
    inverse = torch.rsqrt(torch.linalg.vecdot(wide, wide)[..., None] / wide.shape[-1] + eps)
    return (wide * inverse).to(x.dtype).mul_(weight), inverse


def _again(x: Tensor, weight: Tensor, inverse: Tensor) -> Tensor:
    """The norm of (..., h), whose ``inverse`` is known."""
    return (x * inverse).to(x.dtype).mul_(weight)


def _normed_backward(
    grad: Tensor, x: Tensor, weight: Tensor, inverse: Tensor, to_weight: bool
) -> tuple[Tensor, Tensor | None]:
    if x.is_cuda:
        return torch.ops.aten._fused_rms_norm_backward(
            grad, x, weight.shape, inverse, weight, [True, to_weight]
        )
    wide, slope = x.to(finer(x.dtype)), grad.to(finer(x.dtype))
    n = wide * inverse
    at_weight = None
    if to_weight:
        at_weight = (slope * n).flatten(0, -2).sum(dim=0).to(weight.dtype)
    at_n = slope * weight
    mean = torch.linalg.vecdot(at_n, n)[..., None] / x.shape[-1]
    return at_n.sub_(n.mul_(mean)).mul_(inverse).to(x.dtype), at_weight
