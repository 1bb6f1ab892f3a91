"""Attention to a shared prefix, against one dense softmax over [prefix, own past]."""

from __future__ import annotations

import pytest
import torch

from policies.prefix_attention import attend

DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


def drawn(groups, rows, heads, kv, prefix, tokens, size, dtype, device="cpu"):
    torch.manual_seed(prefix * 100 + tokens)

    def normal(*shape):
        return torch.randn(shape, dtype=torch.float64).to(device, dtype).requires_grad_()

    return (
        normal(groups * rows, heads, tokens, size),
        *(normal(groups, kv, prefix, size) for _ in "kv"),
        *(normal(groups * rows, kv, tokens, size) for _ in "kv"),
    )


def dense(q, prefix_k, prefix_v, own_k, own_v, lengths, scale):
    """The definition: every row with its own copy of the prefix, one masked softmax."""
    rows, repeat = q.shape[0] // len(lengths), q.shape[1] // own_k.shape[1]
    keys, values = (
        torch.cat([whole.repeat_interleave(rows, 0), own], dim=2).repeat_interleave(repeat, 1)
        for whole, own in ((prefix_k, own_k), (prefix_v, own_v))
    )
    tokens, prefix = q.shape[2], prefix_k.shape[2]
    reads = torch.arange(prefix) < torch.tensor(lengths)[:, None]
    reads = reads.repeat_interleave(rows, 0)[:, None, None].expand(-1, 1, tokens, -1)
    own = torch.ones(tokens, tokens, dtype=torch.bool).tril().expand(q.shape[0], 1, -1, -1)
    visible = torch.cat([reads, own], dim=-1).to(q.device)
    scores = (q @ keys.mT * scale).masked_fill(~visible, -torch.inf)
    return scores.softmax(-1) @ values


SHAPES = [
    # groups, rows, heads, key heads, prefix, tokens, head size, lengths
    (1, 1, 1, 1, 1, 1, 8, (1,)),
    (1, 8, 4, 2, 37, 5, 16, (37,)),
    (3, 2, 4, 1, 40, 9, 8, (40, 3, 17)),
    (2, 3, 6, 6, 65, 33, 16, (65, 64)),
    (2, 5, 4, 2, 19, 1, 24, (1, 19)),
]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(("dtype", "close"), [(torch.float64, 1e-12), (torch.float32, 2e-6)])
@pytest.mark.parametrize("shape", SHAPES)
def test_equals_one_dense_softmax_with_its_gradients(shape, dtype, close, device):
    if device == "cuda" and dtype == torch.float64:
        pytest.skip("no fused kernel computes in double precision on a GPU")
    *sizes, lengths = shape
    inputs = drawn(*sizes, dtype, device)
    weight = torch.randn_like(inputs[0])
    scale = sizes[-1] ** -0.5
    got = attend(inputs[0], inputs[1:3], inputs[3:5], lengths, scale)
    expected = dense(*inputs, lengths, scale)
    torch.testing.assert_close(got, expected, atol=close, rtol=close)
    ours = torch.autograd.grad((got * weight).sum(), inputs)
    theirs = torch.autograd.grad((expected * weight).sum(), inputs)
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, atol=20 * close, rtol=20 * close)


def test_half_precision_stays_near_the_exact_result():
    *sizes, lengths = (2, 4, 4, 2, 50, 20, 16, (50, 31))
    inputs = drawn(*sizes, torch.bfloat16)
    exact = dense(*(x.detach().double() for x in inputs), lengths, 0.25)
    got = attend(inputs[0], inputs[1:3], inputs[3:5], lengths, 0.25)
    assert got.dtype == torch.bfloat16
    assert float((got.detach().double() - exact).norm() / exact.norm()) < 1e-2


def test_what_lies_behind_a_short_prefix_is_never_read():
    *sizes, lengths = (2, 2, 2, 2, 12, 3, 8, (12, 7))
    inputs = drawn(*sizes, torch.float32)
    before = attend(inputs[0], inputs[1:3], inputs[3:5], lengths, 0.3)
    with torch.no_grad():
        for padded in inputs[1:3]:
            padded[1, :, 7:] = 1e4
    after = attend(inputs[0], inputs[1:3], inputs[3:5], lengths, 0.3)
    assert torch.equal(before, after)
    grads = torch.autograd.grad(after.sum(), inputs[1:3])
    assert all(not grad[1, :, 7:].any() for grad in grads)


def test_the_backward_survives_a_second_forward_as_checkpointing_runs_it():
    from torch.utils.checkpoint import checkpoint

    *sizes, lengths = (1, 3, 4, 2, 21, 6, 8, (21,))
    inputs = drawn(*sizes, torch.float64)

    def run(*x):
        return attend(x[0], x[1:3], x[3:5], lengths, 0.5).square().sum()

    plain = torch.autograd.grad(run(*inputs), inputs)
    again = torch.autograd.grad(checkpoint(run, *inputs, use_reentrant=False), inputs)
    assert all(torch.equal(a, b) for a, b in zip(plain, again, strict=True))
