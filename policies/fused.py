"""Parts of a decoder layer as one operation each, which keep less for the backward pass.

Of the library's form autograd keeps every intermediate: the norm's input in float32, its
quotient and what it hands on; gate, activation, up and their product. Here the backward
pass computes again what costs one pass over memory and keeps what costs a matrix product:

===================  =========================================  =====================
operation            is                                         keeps
===================  =========================================  =====================
``norm``             w x / sqrt(mean x^2 + e)                   x
``projected``        W n + b for several W, n = norm(x)         x
``turn``             rotary positions (arXiv 2104.09864)        nothing of x
``gated_mlp``        x + D (silu(G n) * U n), n = norm(x)       x, G n, U n
===================  =========================================  =====================

Values and gradients are the library's up to rounding; half precision is summed in float32,
and float64 stays float64, which the library's norm rounds. Gradients of weights are computed
where they are asked for; there is no second derivative.

Axes: ``L`` tokens, ``h`` hidden size, ``w`` width of the gated layer, ``d`` head size.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn.functional import linear as apply_linear
from torch.nn.functional import silu


def norm(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    """(..., h) divided by its root mean square, times ``weight`` (h,); arXiv 1910.07467."""
    given: Any = (x, weight, eps)
    return _Norm.apply(*given)


def projected(
    x: Tensor, weight: Tensor, eps: float, *linear: tuple[Tensor, Tensor | None]
) -> tuple[Tensor, ...]:
    """Linear layers, weight (o, h) and bias (o,), of the norm of (..., h): (..., o) of each."""
    given: Any = (x, weight, eps, *(tensor for pair in linear for tensor in pair))
    return _Projected.apply(*given)


def turn(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Heads (b, L, heads, d) turned by their tokens' angles (b, L, 1, d).

    Dimension i turns with i + d/2; both have the same angle.
    """
    given: Any = (x, cos, sin)
    return _Turn.apply(*given)


def gated_mlp(
    x: Tensor, weight: Tensor, eps: float, gate: Tensor, up: Tensor, down: Tensor
) -> Tensor:
    """The second half of a layer with its residual: (..., h) to (..., h).

    Args:
        x: the residual stream.
        weight, eps: of the norm, (h,).
        gate, up: (w, h). down: (h, w).
    """
    given: Any = (x, weight, eps, gate, up, down)
    return _GatedMlp.apply(*given)


class _Norm(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, eps: float) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.eps = eps
        return _normed(x, weight, eps)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        return *_normed_backward(upstream[0], x, weight, ctx.eps, ctx.needs_input_grad[1]), None


class _Projected(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, eps: float, *linear: Tensor | None
    ) -> tuple[Tensor, ...]:
        ctx.save_for_backward(x, weight, *linear[::2])
        ctx.eps = eps
        n = _normed(x, weight, eps)
        pairs: Any = zip(linear[::2], linear[1::2], strict=True)
        return tuple(apply_linear(n, matrix, bias) for matrix, bias in pairs)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, ...]:
        x, weight, *matrices = ctx.saved_tensors
        _, to_weight, _, *to_linear = ctx.needs_input_grad
        rows = x.reshape(-1, x.shape[-1])
        slopes = [one.reshape(-1, one.shape[-1]) for one in upstream]
        at_n = slopes[0] @ matrices[0]
        for slope, matrix in zip(slopes[1:], matrices[1:], strict=True):
            at_n.addmm_(slope, matrix)
        n = _normed(rows, weight, ctx.eps) if any(to_linear[::2]) else rows
        found: list[Tensor | None] = []
        for slope, to_matrix, to_bias in zip(slopes, to_linear[::2], to_linear[1::2], strict=True):
            found.append(slope.t() @ n if to_matrix else None)
            found.append(slope.sum(dim=0) if to_bias else None)
        at_x, at_weight = _normed_backward(at_n, rows, weight, ctx.eps, to_weight)
        return at_x.view(x.shape), at_weight, None, *found


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
        ctx: Any, x: Tensor, weight: Tensor, eps: float, gate: Tensor, up: Tensor, down: Tensor
    ) -> Tensor:
        rows = x.reshape(-1, x.shape[-1])
        n = _normed(rows, weight, eps)
        opened, raised = n @ gate.t(), n @ up.t()
        ctx.save_for_backward(x, weight, gate, up, down, opened, raised)
        ctx.eps = eps
        return torch.addmm(rows, silu(opened).mul_(raised), down.t()).view(x.shape)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, ...]:
        x, weight, gate, up, down, opened, raised = ctx.saved_tensors
        to_weight, to_gate, to_up, to_down = (ctx.needs_input_grad[n] for n in (1, 3, 4, 5))
        rows, grad = (one.reshape(-1, x.shape[-1]) for one in (x, upstream[0]))
        at_product = grad @ down
        active = silu(opened)
        at_raised = at_product * active
        at_down = grad.t() @ active.mul_(raised) if to_down else None
        del active
        at_opened = torch.ops.aten.silu_backward(at_product.mul_(raised), opened)
        del at_product
        at_n = at_opened @ gate
        at_n.addmm_(at_raised, up)
        n = _normed(rows, weight, ctx.eps) if to_gate or to_up else rows
        at_gate = at_opened.t() @ n if to_gate else None
        at_up = at_raised.t() @ n if to_up else None
        at_x, at_weight = _normed_backward(at_n, rows, weight, ctx.eps, to_weight)
        return at_x.add_(grad).view(x.shape), at_weight, None, at_gate, at_up, at_down


def _turned(x: Tensor, cos: Tensor, sin: Tensor, sign: int) -> Tensor:
    half = x.shape[-1] // 2
    out = x * cos
    out[..., :half].addcmul_(x[..., half:], sin[..., :half], value=-sign)
    out[..., half:].addcmul_(x[..., :half], sin[..., half:], value=sign)
    return out


def _normed(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    wide = x.to(_fine(x.dtype))
    return (wide * _inverse(wide, eps)).to(x.dtype).mul_(weight)


def _normed_backward(
    grad: Tensor, x: Tensor, weight: Tensor, eps: float, to_weight: bool
) -> tuple[Tensor, Tensor | None]:
    wide, slope = x.to(_fine(x.dtype)), grad.to(_fine(x.dtype))
    inverse = _inverse(wide, eps)
    n = wide * inverse
    at_weight = None
    if to_weight:
        at_weight = (slope * n).flatten(0, -2).sum(dim=0).to(weight.dtype)
    at_n = slope * weight
    mean = torch.linalg.vecdot(at_n, n)[..., None] / x.shape[-1]
    return at_n.sub_(n.mul_(mean)).mul_(inverse).to(x.dtype), at_weight


def _inverse(wide: Tensor, eps: float) -> Tensor:
    """1 / sqrt(mean x^2 + e), (..., 1)."""
    return torch.rsqrt(torch.linalg.vecdot(wide, wide)[..., None] / wide.shape[-1] + eps)


def _fine(dtype: torch.dtype) -> torch.dtype:
    return torch.promote_types(dtype, torch.float32)
