"""A flat row of shared prefixes against the textbook: each completion behind its own copy."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from policies import partial_attention
from policies.partial_attention import attend_part, attend_part_backward
from policies.shared_row import SharedRow

HEADS, SIZE, SCALE = 4, 8, 8**-0.5
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
PLANS = {
    "one": SharedRow((5,), ((3,),)),
    "equal": SharedRow((6,), ((4, 4, 4),)),
    "all alike": SharedRow((4, 4), ((4, 4), (4,))),
    "ragged": SharedRow((5, 1, 9), ((4, 1, 7), (2,), (3, 3, 12, 1))),
    "long": SharedRow((200, 40, 130), ((150, 150, 3), (140, 1), (9, 9))),
}


def _qkv(plan: SharedRow, kv: int, dtype: torch.dtype, device: str = "cpu") -> list[Tensor]:
    noise = torch.Generator().manual_seed(1)
    length = sum(plan.lengths)
    drawn = [
        torch.randn(1, length, heads, SIZE, generator=noise, dtype=torch.float64)
        for heads in (HEADS, kv, kv)
    ]
    # As a decoder hands them over: heads are a view of the projection.
    return [x.to(device, dtype).transpose(1, 2).requires_grad_() for x in drawn]


def _textbook(plan: SharedRow, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    k, v = (x.repeat_interleave(HEADS // k.shape[1], dim=1) for x in (k, v))
    out = torch.zeros_like(q)
    for (own, prefix), lengths in zip(plan.groups, plan.completions, strict=True):
        start = own.start
        for length in lengths:
            places = [*range(prefix.start, prefix.stop), *range(start, start + length)]
            start += length
            scores = q[:, :, places] @ k[:, :, places].transpose(-1, -2) * SCALE
            later = torch.ones(scores.shape[-2:], dtype=torch.bool, device=q.device).triu(1)
            out[:, :, places] = (
                scores.masked_fill(later, -torch.inf).softmax(dim=-1) @ (v[:, :, places])
            )
    return out


def _slopes(out: Tensor, given: list[Tensor]) -> tuple[Tensor, ...]:
    weights = torch.randn(out.shape, generator=torch.Generator().manual_seed(2))
    return torch.autograd.grad((out * weights.to(out)).sum(), given)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
@pytest.mark.parametrize("kv", [1, 2, 4])
@pytest.mark.parametrize(("dtype", "within"), [(torch.float64, 1e-12), (torch.float32, 5e-6)])
def test_values_and_gradients_are_the_textbooks(
    plan: SharedRow, kv: int, dtype: torch.dtype, within: float, device: str
) -> None:
    given = _qkv(plan, kv, dtype, device)
    out = plan.attend(0, *given, SCALE)
    expected = _textbook(plan, *given)
    assert out.dtype == dtype
    assert torch.allclose(out, expected, rtol=0, atol=within)
    for ours, theirs in zip(_slopes(out, given), _slopes(expected, given), strict=True):
        assert float((ours - theirs).abs().max()) < within * max(1, float(theirs.abs().max()))


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_half_precision_stays_near_the_textbook(plan: SharedRow, device: str) -> None:
    given = _qkv(plan, 2, torch.bfloat16, device)
    exact = [x.detach().double().requires_grad_() for x in given]
    out, expected = plan.attend(0, *given, SCALE), _textbook(plan, *exact)
    assert out.dtype == torch.bfloat16
    assert float(((out - expected).norm() / expected.norm()).detach()) < 1e-2
    for ours, theirs in zip(_slopes(out, given), _slopes(expected, exact), strict=True):
        assert float((ours - theirs).norm() / theirs.norm()) < 2e-2


@pytest.mark.parametrize("causal", [True, False])
def test_where_no_kernel_serves_the_definition_does(
    causal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    q, k, v = (x.detach().contiguous() for x in _qkv(PLANS["equal"], 2, torch.float64))
    keys = q.shape[2] if causal else 5
    k, v = k[:, :, :keys], v[:, :, :keys]
    kernel = attend_part(q, k, v, SCALE, causal=causal)
    lower = kernel[1] + 0.7  # of a softmax that other keys are part of
    grad = torch.randn(q.shape, generator=torch.Generator().manual_seed(3), dtype=q.dtype)
    kernel_slopes = attend_part_backward(grad, q, k, v, kernel[0], lower, SCALE, causal=causal)

    class Elsewhere:
        type = "elsewhere"

    class Far(Tensor):
        device = property(lambda self: Elsewhere)
        is_cuda = property(lambda self: False)

    monkeypatch.setattr(partial_attention, "_SCORES", 100)  # a few queries at a time
    monkeypatch.setattr(torch, "arange", lambda n, device: torch.tensor(range(n)))
    far = q.as_subclass(Far)
    plain = attend_part(far, k, v, SCALE, causal=causal)
    plain_slopes = attend_part_backward(grad, far, k, v, kernel[0], lower, SCALE, causal=causal)
    for ours, theirs in zip((*kernel, *kernel_slopes), (*plain, *plain_slopes), strict=True):
        assert torch.allclose(ours, torch.as_tensor(theirs), rtol=0, atol=1e-12)


def test_a_second_forward_as_checkpoints_run_it_gives_the_same_gradients() -> None:
    plan = PLANS["ragged"]
    given = _qkv(plan, 2, torch.float64)

    def run(*x: Tensor) -> Any:
        return plan.attend(0, *x, SCALE).square()

    plain = _slopes(run(*given), given)
    again = _slopes(checkpoint(run, *given, use_reentrant=False), given)
    assert all(torch.equal(a, b) for a, b in zip(plain, again, strict=True))


def test_places_and_positions_by_hand() -> None:
    plan = SharedRow((3, 2), ((2, 1), (2,)))
    cpu = torch.device("cpu")
    # Row: a0 a1 a2 b0 b1 | a3 a4, a3' | b2 b3
    assert plan.positions(cpu).tolist() == [[0, 1, 2, 0, 1, 3, 4, 3, 2, 3]]
    assert plan.predicting(cpu).tolist() == [2, 5, 2, 4, 8]
    assert plan.groups == [(slice(5, 8), slice(0, 3)), (slice(8, 10), slice(3, 5))]
    assert plan.head == 5
