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
from torch.nn.functional import pad

from policies.attention import Prefill
from policies.packed import Weights, blocks, up
from policies.packed_kernels import NARROW, ROWS, WIDE


class Past(NamedTuple):
    """What rows read: their prompt, which a group shares, and what each has drawn; flat arrays.

    Attributes:
        keys: (L, N, k, P^ / 64, d, 64).
        values: (L, N, k, d^ / 32, P, 32), P a multiple of 4.
        own_keys: (L, B, k, T^ / 32, d, 32); ``own_values`` (L, B, k, d^ / 32, T, 32), T likewise.
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
    layers, places = range(weights.layers), up(tokens, ROWS)
    keys = torch.stack([blocks(prefill.keys[n].mT, WIDE) for n in layers])
    length = prefill.values[0].shape[2]
    prefix = up(length, ROWS)
    values = torch.stack(
        [blocks(pad(prefill.values[n], (0, 0, 0, prefix - length)), NARROW) for n in layers]
    )
    own = weights.layers * count * rows * kv
    cos, sin = rotary(prefill.values[0], lengths[:, None] + torch.arange(places))
    half = size // 2
    return Past(
        keys=keys.flatten().numpy(),
        values=values.flatten().numpy(),
        own_keys=np.zeros(own * size * up(places, NARROW), dtype=np.float32),
        own_values=np.zeros(own * up(size, NARROW) * places, dtype=np.float32),
        cos=cos[..., :half].flatten().numpy(),
        sin=sin[..., :half].flatten().numpy(),
        lengths=lengths.numpy(),
        prefix=prefix,
        tokens=places,
        groups=count,
        rows=count * rows,
    )
