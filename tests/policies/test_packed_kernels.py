"""The compiled arithmetic of a decoding step against numpy in float64."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import torch
from numba import njit

from policies import lanes
from policies import packed_kernels as kernels
from policies.lanes import WIDE, load, store
from policies.packed import together

_U = np.uint64


def _sizes(*values: int) -> list[np.uint64]:
    return [_U(value) for value in values]


def test_a_change_of_the_lanes_changes_the_file_that_is_compiled_with_them():
    state = sha256(Path(lanes.__file__).read_bytes()).hexdigest()[:12]
    assert state == kernels.LANES_STATE, (
        f'write LANES_STATE = "{state}" in policies/packed_kernels.py'
    )


@pytest.mark.parametrize("rows", range(1, 18))
@pytest.mark.parametrize("add", [0, 1])
def test_a_product_is_numpys_and_touches_no_other_row(rows: int, add: int):
    """Of a matrix with room for more inputs than are asked for."""
    noise, width = np.random.default_rng(1), 2 * WIDE
    x = noise.standard_normal((rows, 21)).astype(np.float32)
    w = noise.standard_normal((21, width)).astype(np.float32)
    out = noise.standard_normal((rows + 1, width)).astype(np.float32)
    expected = out.astype(np.float64)
    expected[:rows] = add * expected[:rows] + x.astype(np.float64) @ w
    packed = together([torch.from_numpy(np.pad(w, ((0, 4), (0, 0))))])
    kernels._product(
        x.ravel(), *_sizes(0, 21), packed, *_sizes(0, 25 * WIDE), out.reshape(-1),
        *_sizes(0, width, rows, 21, 2, add),
    )  # fmt: skip
    assert np.abs(out - expected).max() < 1e-5


@njit
def _powers(x: np.ndarray, out: np.ndarray) -> None:
    for at in range(0, len(x), WIDE):
        store(out, _U(at), kernels._exp(load(x, _U(at))))


def test_powers_of_e_are_right_to_the_rounding_of_float32_and_never_infinite():
    x = np.linspace(-87, 87, 20_032, dtype=np.float32)
    found = np.empty_like(x)
    _powers(x, found)
    assert np.abs(found / np.exp(x.astype(np.float64)) - 1).max() < 2.5e-7
    x[:3] = -np.inf, np.nan, 0
    _powers(x, found)
    assert 0 <= found[0] < 2e-38
    assert np.isnan(found[1])
    assert found[2] == 1


@pytest.mark.parametrize(("length", "seen"), [(1, 1), (63, 64), (64, 1), (130, 65)])
@pytest.mark.parametrize("spread", [1.0, 1e4])
def test_weights_over_prompt_and_past_are_a_softmax_whatever_stands_behind_them(
    length: int, seen: int, spread: float
):
    scores = (np.random.default_rng(2).standard_normal(512) * spread).astype(np.float32)
    there = np.r_[0:length, 256 : 256 + seen]
    high = scores[there].astype(np.float64)
    scores[length:256] = scores[256 + seen :] = 1e9
    expected = np.exp(high - high.max()) / np.exp(high - high.max()).sum()
    total = kernels._softmax(scores, *_sizes(0, length, 256, seen))
    assert np.abs(scores[there] / total - expected).max() < 1e-6


@pytest.mark.parametrize("length", [WIDE, 2 * WIDE, 10 * WIDE])
@pytest.mark.parametrize("spread", [1.0, 1e4])
def test_log_probs_are_the_logarithms_of_a_softmax_and_what_cannot_be_stays_so(
    length: int, spread: float
):
    logits = (np.random.default_rng(3).standard_normal(384) * spread).astype(np.float32)
    logits[3:length:5] = -np.inf
    high = logits[:length].astype(np.float64)
    before = logits[length:].copy()
    expected = high - high.max() - np.log(np.exp(high - high.max()).sum())
    kernels._log_softmax(logits, *_sizes(0, length))
    there = np.isfinite(expected)
    found, expected = logits[:length], expected[there]
    assert np.isneginf(found[~there]).all()
    assert (np.abs(found[there] - expected) <= 1e-6 * np.maximum(1, np.abs(expected))).all()
    assert np.array_equal(logits[length:], before)
