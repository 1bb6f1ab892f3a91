"""The compiled arithmetic of a decoding step against numpy in float64."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from policies import packed_kernels as kernels
from policies.packed import blocks

_U = np.uint64


def _sizes(*values: int) -> list[np.uint64]:
    return [_U(value) for value in values]


@pytest.mark.parametrize("name", ["_wide", "_narrow", "_pair"])
@pytest.mark.parametrize("rows", [1, 4, 7])
@pytest.mark.parametrize("add", [0, 1])
def test_a_product_is_numpys_and_touches_no_other_row(name: str, rows: int, add: int):
    width = kernels.WIDE if name == "_wide" else kernels.NARROW
    noise = np.random.default_rng(1)
    x = noise.standard_normal((rows + 3, 20)).astype(np.float32)
    w = noise.standard_normal((20, 2 * width)).astype(np.float32)
    out = noise.standard_normal((rows + 1, 2 * width)).astype(np.float32)
    expected = out.astype(np.float64)
    expected[:rows] = add * expected[:rows] + x[:rows].astype(np.float64) @ w
    packed = blocks(torch.from_numpy(w), width).flatten().numpy()
    tile = np.empty(4 * width, dtype=np.float32)
    getattr(kernels, name)(
        x.ravel(), *_sizes(0, 20), packed, *_sizes(0), out.reshape(-1),
        *_sizes(0, 2 * width, rows, 20, 2), tile, _U(add),
    )  # fmt: skip
    assert np.abs(out - expected).max() < 1e-5


def test_powers_of_e_are_right_to_the_rounding_of_float32_and_never_infinite():
    x = np.linspace(-87, 0, 20_001, dtype=np.float32)
    found = np.array([kernels._exp(one) for one in x], dtype=np.float64)
    expected = np.exp(x.astype(np.float64))
    assert np.abs(found / expected - 1).max() < 2.5e-7
    assert 0 <= kernels._exp(np.float32(-np.inf)) < 2e-38
    assert np.isnan(kernels._exp(np.float32(np.nan)))


@pytest.mark.parametrize(("length", "seen"), [(1, 1), (63, 64), (64, 1), (130, 65)])
@pytest.mark.parametrize("spread", [1.0, 1e4])
def test_weights_over_prompt_and_past_are_a_softmax_and_nothing_behind_them(
    length: int, seen: int, spread: float
):
    scores = (np.random.default_rng(2).standard_normal(512) * spread).astype(np.float32)
    there = np.r_[0:length, 256 : 256 + seen]
    high = scores[there].astype(np.float64)
    expected = np.exp(high - high.max()) / np.exp(high - high.max()).sum()
    total = kernels._softmax(scores, *_sizes(0, length, 256, seen), np.empty(64, np.float32))
    assert np.abs(scores[there] / total - expected).max() < 1e-6
    for begin, size in ((0, length), (256, seen)):
        assert not scores[begin + size : begin + size + -size % 4].any()


@pytest.mark.parametrize("length", [1, 32, 33, 303])
@pytest.mark.parametrize("spread", [1.0, 1e4])
def test_log_probs_are_the_logarithms_of_a_softmax_and_what_cannot_be_stays_so(
    length: int, spread: float
):
    logits = (np.random.default_rng(3).standard_normal(384) * spread).astype(np.float32)
    logits[3:length:5] = -np.inf
    high = logits[:length].astype(np.float64)
    before = logits[352:].copy()
    expected = high - high.max() - np.log(np.exp(high - high.max()).sum())
    kernels._log_softmax(logits, *_sizes(0, length), np.empty(64, np.float32))
    there = np.isfinite(expected)
    found, expected = logits[:length], expected[there]
    assert np.isneginf(found[~there]).all()
    assert (np.abs(found[there] - expected) <= 1e-6 * np.maximum(1, np.abs(expected))).all()
    assert np.array_equal(logits[352:], before)
