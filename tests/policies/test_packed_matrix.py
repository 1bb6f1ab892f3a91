"""A packed matrix multiplies as any other, in whatever blocks it lies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from policies import packed_matrix
from policies.packed_matrix import PackedMatrix

WIDE, NARROW = (520, 516), (5, 7)  # (o, i), above a mebibyte and below


@pytest.fixture
def forgotten() -> Iterator[None]:
    """What is known of the operation is asked anew, before and after."""
    packed_matrix._known.cache_clear()
    yield
    packed_matrix._known.cache_clear()


def drawn(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)), dtype=dtype)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("shape", [WIDE, NARROW])
@pytest.mark.parametrize("rows", [1, 2, 16, 40])
def test_products_are_those_of_the_matrix(
    dtype: torch.dtype, shape: tuple[int, int], rows: int
) -> None:
    (outs, ins), weight = shape, drawn(*shape, dtype=dtype)
    matrix = PackedMatrix.of(weight)
    x, bias, total = (drawn(rows, n, dtype=dtype) for n in (2 * ins, outs, outs))
    x, bias = x[:, :ins], bias[0]  # rows that do not lie side by side, as the gate's do not
    product = x.double() @ weight.double().t()
    out = torch.empty(rows, outs, dtype=dtype)
    within = {"rtol": 0, "atol": 1e-3 if dtype == torch.float32 else 1e-10}
    torch.testing.assert_close(matrix.into(x, out).double(), product, **within)
    assert matrix.into(x, out, bias) is out
    torch.testing.assert_close(out.double(), product + bias, **within)
    expected = total.double() + product
    assert matrix.onto(total, x) is total, "the residual stream is one buffer"
    torch.testing.assert_close(total.double(), expected, **within)


def test_a_wide_matrix_lies_in_blocks_and_a_narrow_one_does_not() -> None:
    assert PackedMatrix.of(drawn(*WIDE)).plain is None
    assert PackedMatrix.of(drawn(*NARROW)).blocks is None
    assert PackedMatrix.of(drawn(*WIDE, dtype=torch.float64)).blocks is None


def test_it_is_a_copy() -> None:
    for shape in (WIDE, NARROW):
        weight = drawn(*shape)
        matrix, x = PackedMatrix.of(weight), drawn(2, shape[1])
        before = matrix.into(x, torch.empty(2, shape[0]))
        weight.zero_()
        assert torch.equal(before, matrix.into(x, torch.empty(2, shape[0])))


@pytest.mark.parametrize("fault", ["missing", "another meaning"])
@pytest.mark.usefixtures("forgotten")
def test_another_torch_gets_the_plain_product(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    def other(x: Tensor, blocks: Tensor, bias: Tensor | None) -> Tensor:
        if fault == "missing":
            raise AttributeError("'_OpNamespace' 'mkldnn' object has no attribute")
        return x.new_zeros(len(x), blocks.shape[0])

    monkeypatch.setattr(packed_matrix, "_times", other)
    assert PackedMatrix.of(drawn(*WIDE)).blocks is None
