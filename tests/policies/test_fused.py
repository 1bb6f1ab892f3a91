"""Operations of a decoder layer in one, against their definitions and autograd's gradients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from policies.fused import added, gated_mlp, norm, projected, turn
from policies.linear import Linear

ROWS, HIDDEN, WIDE, HEADS, EPS = 7, 8, 12, 3, 1e-6
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


def _norm_by_hand(x: Tensor, weight: Tensor) -> Tensor:
    return weight * x / (x.pow(2).mean(-1, keepdim=True) + EPS).sqrt()


def _mlp_by_hand(x: Tensor, weight: Tensor, gate: Tensor, up: Tensor, down: Tensor) -> Tensor:
    n = _norm_by_hand(x, weight)
    opened = n @ gate.t()
    return x + (opened * torch.sigmoid(opened) * (n @ up.t())) @ down.t()


def _turn_by_hand(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """As complex numbers: dimension i is the real part, i + d/2 the imaginary one."""
    half = x.shape[-1] // 2
    numbers = torch.complex(x[..., :half], x[..., half:])
    numbers = numbers * torch.complex(cos[..., :half], sin[..., :half])
    return torch.cat([numbers.real, numbers.imag], dim=-1)


def _drawn(*shapes: Sequence[int], dtype: torch.dtype, device: str) -> list[Tensor]:
    noise = torch.Generator().manual_seed(3)
    drawn = [torch.randn(*shape, generator=noise, dtype=torch.float64) for shape in shapes]
    return [x.to(device, dtype).requires_grad_() for x in drawn]


def _angles(dtype: torch.dtype, device: str) -> tuple[Tensor, Tensor]:
    angles = torch.linspace(-3, 3, ROWS * HIDDEN // 2, dtype=torch.float64).view(1, ROWS, 1, -1)
    angles = torch.cat([angles, angles], dim=-1)
    return angles.cos().to(device, dtype), angles.sin().to(device, dtype)


def _case(
    name: str, dtype: torch.dtype, device: str
) -> tuple[Callable[..., Tensor], Callable[..., Tensor], list[Tensor]]:
    """The operation, its definition, and what both are given."""
    if name == "norm":
        given = _drawn((2, ROWS, HIDDEN), (HIDDEN,), dtype=dtype, device=device)
        return lambda x, weight: norm(x, weight, EPS), _norm_by_hand, given
    if name == "projected":
        shapes = ((2, ROWS, HIDDEN), (HIDDEN,), (WIDE, HIDDEN), (WIDE,), (HEADS, HIDDEN))
        given = _drawn(*shapes, dtype=dtype, device=device)

        def run(x: Tensor, weight: Tensor, one: Tensor, bias: Tensor, two: Tensor) -> Tensor:
            return torch.cat(projected(x, weight, EPS, Linear(one, bias), Linear(two)), dim=-1)

        def by_hand(x: Tensor, weight: Tensor, one: Tensor, bias: Tensor, two: Tensor) -> Tensor:
            n = _norm_by_hand(x, weight)
            return torch.cat([n @ one.t() + bias, n @ two.t()], dim=-1)

        return run, by_hand, given
    if name == "adapted":  # W, A and B of two layers, one with a bias as well
        shapes = ((2, ROWS, HIDDEN), (HIDDEN,), (WIDE, HIDDEN), (WIDE,), (3, HIDDEN), (WIDE, 3),
                  (HEADS, HIDDEN), (2, HIDDEN), (HEADS, 2))  # fmt: skip
        given = _drawn(*shapes, dtype=dtype, device=device)

        def run_adapted(x: Tensor, weight: Tensor, *own: Tensor) -> Tensor:
            layers = Linear(*own[:4], 2.0), Linear(own[4], None, own[5], own[6], 0.5)
            return torch.cat(projected(x, weight, EPS, *layers), dim=-1)

        def adapted_by_hand(x: Tensor, weight: Tensor, *own: Tensor) -> Tensor:
            n, (one, bias, down, up, two, low, high) = _norm_by_hand(x, weight), own
            first = n @ (one + 2 * up @ down).t() + bias
            return torch.cat([first, n @ (two + 0.5 * high @ low).t()], dim=-1)

        return run_adapted, adapted_by_hand, given
    if name == "added":
        shapes = ((2, ROWS, HIDDEN), (2, ROWS, WIDE), (HIDDEN, WIDE), (HIDDEN,), (3, WIDE),
                  (HIDDEN, 3))  # fmt: skip
        given = _drawn(*shapes, dtype=dtype, device=device)

        def added_by_hand(
            x: Tensor, y: Tensor, w: Tensor, b: Tensor, down: Tensor, up: Tensor
        ) -> Tensor:
            return x + y @ (w + 3 * up @ down).t() + b

        return lambda x, y, *own: added(x, y, Linear(*own, 3.0)), added_by_hand, given
    if name == "turn":
        cos, sin = _angles(dtype, device)
        given = _drawn((2, ROWS, HEADS, HIDDEN), dtype=dtype, device=device)
        exact = [each.double() for each in _angles(torch.float64, device)]
        return (
            lambda x: turn(x, cos, sin),
            lambda x: _turn_by_hand(x.double(), *exact).to(x.dtype),
            given,
        )
    shapes = ((2, ROWS, HIDDEN), (HIDDEN,), (WIDE, HIDDEN), (WIDE, HIDDEN), (HIDDEN, WIDE))
    given = _drawn(*shapes, dtype=dtype, device=device)
    return lambda x, w, *rest: gated_mlp(x, w, EPS, *map(Linear, rest)), _mlp_by_hand, given


def _slopes(out: Tensor, given: Sequence[Tensor]) -> tuple[Tensor, ...]:
    weights = torch.randn(out.shape, generator=torch.Generator().manual_seed(2))
    return torch.autograd.grad((out * weights.to(out)).sum(), given)


CASES = ("norm", "projected", "adapted", "added", "turn", "gated_mlp")


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(("dtype", "within"), [(torch.float64, 1e-12), (torch.float32, 1e-4)])
def test_values_and_gradients_are_the_definitions(
    name: str, dtype: torch.dtype, within: float, device: str
) -> None:
    run, definition, given = _case(name, dtype, device)
    out, expected = run(*given), definition(*given)
    assert torch.allclose(out, expected, rtol=within, atol=within)
    for ours, theirs in zip(_slopes(out, given), _slopes(expected, given), strict=True):
        assert ours.dtype == dtype
        assert torch.allclose(ours, theirs, rtol=within, atol=within)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("name", CASES)
def test_half_precision_is_summed_in_single(name: str, device: str) -> None:
    run, definition, given = _case(name, torch.bfloat16, device)
    exact = [x.detach().double().requires_grad_() for x in given]
    out, expected = run(*given), definition(*exact)
    assert out.dtype == torch.bfloat16
    assert float((out - expected).detach().norm() / expected.detach().norm()) < 5e-3
    for ours, theirs in zip(_slopes(out, given), _slopes(expected, exact), strict=True):
        assert float((ours - theirs).norm() / theirs.norm()) < 1e-2


@pytest.mark.parametrize("name", CASES)
def test_only_what_learns_has_a_gradient(name: str) -> None:
    run, _, given = _case(name, torch.float64, "cpu")
    everything = _slopes(run(*given), given)
    for learns in range(len(given)):
        for n, tensor in enumerate(given):
            tensor.requires_grad_(n == learns)
        (alone,) = _slopes(run(*given), [given[learns]])
        assert torch.allclose(alone, everything[learns], rtol=0, atol=1e-13)


@pytest.mark.parametrize("name", CASES)
def test_checkpoints_give_the_same_gradients_and_given_tensors_stay(name: str) -> None:
    run, _, given = _case(name, torch.float64, "cpu")
    before = [x.detach().clone() for x in given]
    plain = _slopes(run(*given), given)
    run_again: Any = checkpoint(run, *given, use_reentrant=False)
    again = _slopes(run_again, given)
    assert all(torch.equal(a, b) for a, b in zip(plain, again, strict=True))
    assert all(torch.equal(a, b) for a, b in zip(given, before, strict=True))


@pytest.mark.parametrize("device", DEVICES)
def test_an_adapter_in_single_over_a_half_precision_base_learns_in_single(device: str) -> None:
    run, definition, given = _case("adapted", torch.bfloat16, device)
    adapters = (4, 5, 7, 8)
    mixed = [x.detach().to(torch.float32 if n in adapters else x.dtype).requires_grad_()
             for n, x in enumerate(given)]  # fmt: skip
    exact = [x.detach().double().requires_grad_() for x in mixed]
    out, expected = run(*mixed), definition(*exact)
    assert out.dtype == torch.bfloat16
    slopes = zip(_slopes(out, mixed), _slopes(expected, exact), strict=True)
    for n, (ours, theirs) in enumerate(slopes):
        assert ours.dtype == mixed[n].dtype
        assert float((ours - theirs).norm() / theirs.norm()) < 1e-2


@pytest.mark.parametrize("name", ["projected", "adapted", "added", "gated_mlp"])
def test_a_matrix_that_changed_before_the_backward_pass_is_told(name: str) -> None:
    """A second pass through a graph after a step of the optimizer gives no wrong gradients."""
    run, _, given = _case(name, torch.float64, "cpu")
    out = run(*given).sum()
    with torch.no_grad():
        given[-1].mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        out.backward()


@pytest.mark.parametrize("name", CASES)
def test_strides_are_no_matter(name: str) -> None:
    run, definition, given = _case(name, torch.float64, "cpu")
    x, *rest = (one.detach() for one in given)
    spread = torch.stack([x, x], dim=-1)[..., 0].requires_grad_()  # every other number
    outs = [form(spread, *rest) for form in (run, definition)]
    slope = torch.ones((), dtype=torch.float64).expand(outs[0].shape)  # all of them one number
    (ours,), (theirs,) = (torch.autograd.grad(out, spread, slope) for out in outs)
    assert torch.allclose(*outs, rtol=0, atol=1e-12)
    assert torch.allclose(ours, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", [name for name in CASES if name != "turn"])
def test_no_tokens_give_none(name: str) -> None:
    run, _, given = _case(name, torch.float64, "cpu")
    none = [one[:, :0] if one.dim() == 3 else one for one in given]
    out = run(*none)
    assert out.numel() == 0
    assert [one.shape for one in _slopes(out, none)] == [one.shape for one in none]
