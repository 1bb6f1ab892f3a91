"""Keys and values as ``policies/packed_kernels.py`` reads them.

A prompt's keys are a matrix that the queries of its group are multiplied with, and so are its
values; both lie in blocks as weights do. What a row draws is written to blocks of its own.

Axes: ``L`` layers, ``N`` prompts, ``B`` rows, ``k`` key heads, ``d`` head size, ``P`` prefix
tokens, ``T`` tokens that a row may draw; x^ is x rounded up to whole blocks.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from policies.attention import Prefill
from policies.packed import Weights, together, up


class Past(NamedTuple):
    """What rows read: their prompt, which a group shares, and what each has drawn; flat arrays.

    Attributes:
        keys: (L, N, k, P^ / WIDE, d, WIDE).
        values: (L, N, k, d^ / WIDE, P, WIDE).
        own_keys: (L, B, k, T^ / WIDE, d, WIDE).
        own_values: (L, B, k, d^ / WIDE, T, WIDE).
        cos, sin: (N, T, d/2), of the places after each prompt.
        lengths: (N,) tokens of each prompt.
        prefix, tokens, groups, rows: P, T, N, B as they are stored.
    """

    keys: np.ndarray
    values: np.ndarray
    own_keys: np.ndarray
    own_values: np.ndarray
    cos: np.ndarray
    sin: np.ndarray
    lengths: np.ndarray
    prefix: int
    tokens: int
    groups: int
    rows: int


def past_of(
    weights: Weights, rotary: Any, prefill: Prefill, lengths: Tensor, rows: int, tokens: int
) -> Past:
    """The past of rows that have drawn nothing; arguments as of ``PackedStep``."""
    count, kv, size = len(lengths), weights.kv, weights.size
    layers = range(weights.layers)
    own = weights.layers * count * rows * kv
    cos, sin = rotary(prefill.values[0], lengths[:, None] + torch.arange(tokens))
    half = size // 2
    return Past(
        keys=together(prefill.keys[n].mT for n in layers),
        values=together(prefill.values[n] for n in layers),
        own_keys=np.zeros(own * size * up(tokens), dtype=np.float32),
        own_values=np.zeros(own * up(size) * tokens, dtype=np.float32),
        cos=cos[..., :half].flatten().numpy(),
        sin=sin[..., :half].flatten().numpy(),
        lengths=lengths.numpy(),
        prefix=prefill.values[0].shape[2],
        tokens=tokens,
        groups=count,
        rows=count * rows,
    )
