"""A matrix that few rows are multiplied with from the right, as a CPU does that fastest.

torch gives a product to a library that copies the matrix into blocks at every call, which for
sixteen rows takes as long as the product. From a mebibyte on it is kept here in the blocks of
oneDNN, torch's library for convolutions, through the operation that torch's compiler uses for
linear layers. That is no public interface: where it is missing, or means something else than
when this was written, and for float64, the matrix lies (i, o) and is multiplied as any other.

Axes: ``B`` rows, ``i`` inputs, ``o`` outputs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from torch import Tensor

_LARGE = 1 << 20  # bytes; the operation's own cost, some 10 us, outweighs the rest below
_ROWS = 16  # blocks that are laid out for as many serve from two rows on


@dataclass(frozen=True, slots=True)
class PackedMatrix:
    """A matrix (i, o) in float32 or float64, a copy of the layer's, in one of two forms.

    Attributes:
        width: o.
        plain: (i, o) as torch multiplies it; None where there are blocks.
        blocks: what oneDNN made of it, for ``_times`` alone.
    """

    width: int
    plain: Tensor | None
    blocks: Tensor | None = None

    @classmethod
    def of(cls, weight: Tensor) -> PackedMatrix:
        """A copy of (o, i), the matrix of a linear layer."""
        if weight.nbytes >= _LARGE and weight.dtype == torch.float32 and _known():
            return cls(len(weight), None, _blocks(weight.contiguous()))
        return cls(len(weight), weight.t().clone(memory_format=torch.contiguous_format))

    def into(self, x: Tensor, out: Tensor, bias: Tensor | None = None) -> Tensor:
        """``out`` (B, o) becomes x (B, i) times this, plus ``bias`` (o,)."""
        if self.plain is None:
            return out.copy_(_times(x, self.blocks, bias))
        if bias is None:
            return torch.mm(x, self.plain, out=out)
        return torch.addmm(bias, x, self.plain, out=out)

    def onto(self, total: Tensor, x: Tensor) -> Tensor:
        """``total`` (B, o) becomes itself plus x (B, i) times this."""
        if self.plain is None:
            return total.add_(_times(x, self.blocks, None))
        return total.addmm_(x, self.plain)


@cache
def _known() -> bool:
    """Whether this torch has the operation, and it gives the product."""
    x, weight, bias = torch.arange(6.0).view(2, 3), torch.arange(12.0).view(4, 3), torch.ones(4)
    try:
        found = _times(x, _blocks(weight), bias)
    except (AttributeError, RuntimeError, TypeError):
        return False
    return torch.equal(found, x @ weight.t() + bias)


def _blocks(weight: Tensor) -> Tensor:
    operation: Any = torch.ops.mkldnn._reorder_linear_weight
    return operation(weight, _ROWS)


def _times(x: Tensor, blocks: Tensor | None, bias: Tensor | None) -> Tensor:
    operation: Any = torch.ops.mkldnn._linear_pointwise
    return operation(x, blocks, bias, "none", [], "")
