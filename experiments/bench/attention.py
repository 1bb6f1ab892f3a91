"""Attention over a shared row, one layer: `python -m experiments.bench.attention`.

The row is [prefix, completion 1 ... G]; each completion reads the prefix and itself. Heads are
those of Music Flamingo's decoder: 28 queries on 4 keys of 128.

=========  ========================================================================
form       is
=========  ========================================================================
ours       ``policies/shared_row.py``: FlashAttention over stretches, two parts merged
flex       ``flex_attention``, compiled for this mask of blocks
cudnn      the same parts as ours by cuDNN's kernel; *first* is a call with lengths
           that it has not seen, for which it builds a plan
=========  ========================================================================

The last two need a GPU. Milliseconds, means of five calls after one that warms up.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from policies.partial_attention import merge
from policies.shared_row import SharedRow

HEADS, KV, SIZE = 28, 4, 128
SCALE = SIZE**-0.5
Pass = Callable[[bool], Tensor]
_aten = torch.ops.aten


@dataclass(frozen=True, slots=True)
class Case:
    """One row: queries (1, h, L, d), keys and values (1, k, L, d), and a gradient like ``q``."""

    prefix: int
    rows: int
    tokens: int
    q: Tensor
    k: Tensor
    v: Tensor
    grad: Tensor


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line for each form and length."""
    parser = argparse.ArgumentParser(description="Attention over a shared row")
    parser.add_argument("--prefix", type=int, nargs="+", default=[782, 4_532, 15_032], help="P")
    parser.add_argument("--group", type=int, default=8, help="G")
    parser.add_argument("--tokens", type=int, default=512, help="T")
    asked = parser.parse_args(arguments)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    print(torch.cuda.get_device_name() if device == "cuda" else "CPU", torch.__version__)
    print(f"{'P':>6} {'form':>8} {'forward':>9} {'and back':>9} {'first':>9}  distance")
    for prefix in asked.prefix:
        case = drawn(prefix, asked.group, asked.tokens, device)
        expected = ours(case)(False)
        for name, run in forms(case):
            first = timed(device, lambda run=run: run(True), 0)
            out = run(False)
            distance = float((out - expected).float().norm() / expected.float().norm())
            forward, both = (timed(device, lambda run=run, b=b: run(b), 5) for b in (False, True))
            print(f"{prefix:>6} {name:>8} {forward:>9.2f} {both:>9.2f} {first:>9.2f}  "
                  f"{distance:.4f}", flush=True)  # fmt: skip


def drawn(prefix: int, rows: int, tokens: int, device: str) -> Case:
    """Noise of these lengths; bfloat16 on a GPU."""
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    noise = torch.Generator(device).manual_seed(prefix)

    def random(heads: int) -> Tensor:
        shape = (1, prefix + rows * tokens, heads, SIZE)
        return torch.randn(shape, generator=noise, device=device, dtype=dtype).transpose(1, 2)

    q, k, v, grad = random(HEADS), random(KV), random(KV), random(HEADS)
    for each in (q, k, v):
        each.requires_grad_()
    return Case(prefix, rows, tokens, q, k, v, grad)


def forms(case: Case) -> Iterator[tuple[str, Pass]]:
    """What runs here, ``run(back)`` each: one pass, with its gradients or without."""
    yield "ours", ours(case)
    if case.q.is_cuda:
        yield "flex", flex(case)
        yield "cudnn", cudnn(case)


def ours(case: Case) -> Pass:
    """The learner's."""
    plan = SharedRow((case.prefix,), ((case.tokens,) * case.rows,))
    return _by_autograd(case, lambda: plan.attend(0, case.q, case.k, case.v, SCALE))


def flex(case: Case) -> Pass:
    """torch's, compiled."""
    from torch.nn.attention.flex_attention import create_block_mask, flex_attention

    device, length = case.q.device, case.q.shape[2]
    of = (
        torch.arange(length, device=device).sub(case.prefix).div(case.tokens, rounding_mode="floor")
    )
    of = of.clamp(min=-1)  # -1 is the prefix

    def reads(_b: Tensor, _h: Tensor, q: Tensor, k: Tensor) -> Tensor:
        return (q >= k) & ((of[k] == of[q]) | (of[k] == -1))

    mask = create_block_mask(reads, None, None, length, length, device=str(device), _compile=True)
    compiled: Any = torch.compile(flex_attention)
    return _by_autograd(
        case,
        lambda: compiled(case.q, case.k, case.v, block_mask=mask, scale=SCALE, enable_gqa=True),
    )


def cudnn(case: Case) -> Pass:
    """The prefix to itself, the completions to themselves and to the prefix: three calls."""
    q, k, v, head = case.q.detach(), case.k.detach(), case.v.detach(), case.prefix

    def own(x: Tensor) -> Tensor:
        """Completions (G, h, T, ...) of a row (1, h, L, ...)."""
        return x[0, :, head:].unflatten(1, (case.rows, case.tokens)).transpose(0, 1)

    def flat(x: Tensor) -> Tensor:
        return x.transpose(0, 1).flatten(1, 2)[None].contiguous()

    def run(back: bool) -> Tensor:
        first = _cudnn(q[:, :, :head], k[:, :, :head], v[:, :, :head], causal=True)
        alone = _cudnn(own(q), own(k), own(v), causal=True)
        shared = _cudnn(q[:, :, head:], k[:, :, :head], v[:, :, :head], causal=False)
        out, lse = flat(alone[0]), flat(alone[1].squeeze(-1))
        merge(out, lse, shared[0], shared[1].squeeze(-1))
        whole = torch.cat([first[0], out], dim=2)
        if back:
            grad = case.grad
            _cudnn_back(grad[:, :, :head], q[:, :, :head], k[:, :, :head], v[:, :, :head],
                        first[0], first[1], first, causal=True)  # fmt: skip
            mass = lse[0].unflatten(1, (case.rows, case.tokens)).transpose(0, 1)[..., None]
            _cudnn_back(own(grad).contiguous(), own(q), own(k), own(v), own(whole).contiguous(),
                        mass.contiguous(), alone, causal=True)  # fmt: skip
            _cudnn_back(grad[:, :, head:], q[:, :, head:], k[:, :, :head], v[:, :, :head],
                        out, lse[..., None], shared, causal=False)  # fmt: skip
        return whole

    return run


def _cudnn(q: Tensor, k: Tensor, v: Tensor, *, causal: bool) -> Any:
    return _aten._scaled_dot_product_cudnn_attention(
        q, k, v, None, True, 0.0, causal, False, scale=SCALE
    )


def _cudnn_back(
    grad: Tensor, q: Tensor, k: Tensor, v: Tensor, out: Tensor, lse: Tensor, forward: Any,
    *, causal: bool,
) -> None:  # fmt: skip
    lengths, seeds = forward[2:6], forward[6:8]
    _aten._scaled_dot_product_cudnn_attention_backward(
        grad, q, k, v, out, lse, *seeds, None, *lengths, 0.0, causal, scale=SCALE
    )


def _by_autograd(case: Case, attend: Callable[[], Tensor]) -> Pass:
    def run(back: bool) -> Tensor:
        with torch.set_grad_enabled(back):
            out = attend()
        if back:
            torch.autograd.grad(out, (case.q, case.k, case.v), case.grad)
        return out.detach()

    return run


def timed(device: str, run: Callable[[], object], repeats: int) -> float:
    """Mean milliseconds of a run after one that warms up; of the first one where 0 repeats."""
    began = time.perf_counter()
    run()
    if device == "cuda":
        torch.cuda.synchronize()
    if repeats:
        began = time.perf_counter()
        for _ in range(repeats):
            run()
        if device == "cuda":
            torch.cuda.synchronize()
    return 1e3 * (time.perf_counter() - began) / max(1, repeats)


if __name__ == "__main__":
    main()
