"""A decoding step as machine code for a CPU: few rows against packed weights and keys.

A step multiplies some rows with matrices that are read once. A library for large products copies
the matrix at every call, which for eight rows takes as long as the product, and reads it at a
fraction of the memory's rate. Here a matrix lies in blocks of 64 columns, (blocks, inputs, 64), and
four rows meet four of its inputs at a time: sixteen multiply-adds for eight reads. All that a step
calls stands in this file, or numba would go on with old code of it (``policies/compiled.py``).

The sums of a row are made in one order, whatever stands beside it: what a row draws depends neither
on its batch nor on the number of threads.

All arrays are flat, all sizes and offsets unsigned, for numba would look for negative ones at
every index. ``B`` rows, ``H`` hidden size, ``h`` query heads, ``k`` key heads, ``r = h/k``, ``d``
head size, ``I`` width of the gated layer, ``V`` vocabulary, ``L`` layers, ``P`` prefix tokens,
``T`` tokens that a row may draw; x^ is x rounded up to whole blocks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from policies.compiled import compiled

WIDE, NARROW, ROWS = 64, 32, 4  # columns of a block, of a block of values, rows at a time

_U, _F = np.uint64, np.float32
_ZERO, _ONE, _TWO, _FOUR = _U(0), _U(1), _U(2), _U(ROWS)
_WIDE, _NARROW = _U(WIDE), _U(NARROW)
_LANES = _U(32)  # numbers side by side, of which a row's largest and sum are made
_ADD, _SET = _ONE, _ZERO  # numba would compile a product twice for True and False


def _product(width: int, together: int = ROWS) -> Any:
    """Rows times a matrix in blocks of ``width`` columns, ``together`` rows, 2 or 4, at a time."""
    one, two, three = _U(width), _U(2 * width), _U(3 * width)
    at_once = _U(together)

    @compiled()
    def product(
        x, x_at, x_step, w, w_at, out, out_at, out_step, rows, inputs, blocks, tile, add
    ):  # fmt: skip
        """``out`` (rows, blocks width) becomes x (rows, inputs) w, with ``_ADD`` itself plus that.

        ``*_at`` is where an array begins, ``*_step`` from row to row; ``inputs`` is a multiple
        of 4. Rows behind the last, up to a whole number ``together``, are read, and left out of
        the result; ``tile`` has room for that many x ``width``.
        """
        for block in range(blocks):
            begin, to = w_at + block * inputs * one, out_at + block * one
            for first in range(_ZERO, rows, at_once):
                for c in range(at_once * one):
                    tile[c] = _F(0)
                a = x_at + first * x_step
                b, d, e = a + x_step, a + _TWO * x_step, a + _U(3) * x_step
                for i in range(_ZERO, inputs, _FOUR):
                    a0, a1, a2, a3 = x[a + i], x[a + i + _ONE], x[a + i + _TWO], x[a + i + _U(3)]
                    b0, b1, b2, b3 = x[b + i], x[b + i + _ONE], x[b + i + _TWO], x[b + i + _U(3)]
                    d0, d1, d2, d3 = x[d + i], x[d + i + _ONE], x[d + i + _TWO], x[d + i + _U(3)]
                    e0, e1, e2, e3 = x[e + i], x[e + i + _ONE], x[e + i + _TWO], x[e + i + _U(3)]
                    at = begin + i * one
                    for c in range(one):
                        w0, w1 = w[at + c], w[at + one + c]
                        w2, w3 = w[at + two + c], w[at + three + c]
                        # From the sum on: a sum of products by itself is an operation more.
                        tile[c] = tile[c] + a0 * w0 + a1 * w1 + a2 * w2 + a3 * w3
                        tile[one + c] = tile[one + c] + b0 * w0 + b1 * w1 + b2 * w2 + b3 * w3
                        if together == ROWS:
                            tile[two + c] = tile[two + c] + d0 * w0 + d1 * w1 + d2 * w2 + d3 * w3
                            tile[three + c] = (
                                tile[three + c] + e0 * w0 + e1 * w1 + e2 * w2 + e3 * w3
                            )
                for row in range(min(at_once, rows - first)):
                    o, t = to + (first + row) * out_step, row * one
                    if add:
                        for c in range(one):
                            out[o + c] += tile[t + c]
                    else:
                        for c in range(one):
                            out[o + c] = tile[t + c]

    return product


_wide, _narrow, _pair = _product(WIDE), _product(NARROW), _product(NARROW, 2)


@compiled()
def _few(x, x_at, x_step, w, w_at, out, out_at, out_step, rows, inputs, blocks, tile, add):
    """``_narrow`` for rows that may be too few to be taken by four."""
    if rows <= _TWO:
        _pair(x, x_at, x_step, w, w_at, out, out_at, out_step, rows, inputs, blocks, tile, add)
    else:
        _narrow(x, x_at, x_step, w, w_at, out, out_at, out_step, rows, inputs, blocks, tile, add)


@compiled()
def _exp(x):
    """e^x for x <= 0 to 1e-7 of it, in operations that a processor does to many numbers at once.

    e^x = 2^n e^y with |y| <= ln 2 / 2, of which a polynomial of degree 7 is enough (Cephes, expf).
    """
    x = _F(-87.0) if x < _F(-87.0) else x  # below, float32 has no whole precision; NaN stays
    n = np.floor(x * _F(1.44269504088896341) + _F(0.5))
    y = x - n * _F(0.693359375) + n * _F(2.12194440e-4)
    p = _F(1.9875691500e-4)
    p = p * y + _F(1.3981999507e-3)
    p = p * y + _F(8.3334519073e-3)
    p = p * y + _F(4.1665795894e-2)
    p = p * y + _F(1.6666665459e-1)
    p = p * y + _F(5.0000001201e-1)
    power = np.int32((np.int32(n) + np.int32(127)) << np.int32(23)).view(np.float32)
    return (p * y * y + y + _F(1)) * power


@compiled()
def _fill(lanes, value):
    """32 ``lanes`` are this."""
    for c in range(_LANES):
        lanes[c] = value


@compiled()
def _sum(lanes):
    """Of 32 ``lanes``, which are overwritten."""
    for c in range(_U(8)):
        lanes[c] = (lanes[c] + lanes[_U(8) + c]) + (lanes[_U(16) + c] + lanes[_U(24) + c])
    for c in range(_FOUR):
        lanes[c] += lanes[_FOUR + c]
    return (lanes[_ZERO] + lanes[_ONE]) + (lanes[_TWO] + lanes[_U(3)])


@compiled()
def _larger(a, b):
    """The larger one; ``a`` where one is NaN."""
    return b if b > a else a


@compiled()
def _largest(lanes):
    """Of 32 ``lanes``, which are overwritten."""
    for c in range(_U(8)):
        low = _larger(lanes[c], lanes[_U(8) + c])
        lanes[c] = _larger(low, _larger(lanes[_U(16) + c], lanes[_U(24) + c]))
    for c in range(_FOUR):
        lanes[c] = _larger(lanes[c], lanes[_FOUR + c])
    return _larger(_larger(lanes[_ZERO], lanes[_ONE]), _larger(lanes[_TWO], lanes[_U(3)]))


@compiled()
def _norm(x, out, first, last, step, width, floor, lanes):
    """Rows over their length, to which ``floor`` adds its root."""
    for row in range(first, last):
        at = row * step
        _fill(lanes, _F(0))
        for begin in range(at, at + step, _LANES):  # zeros from ``width`` on
            for c in range(_LANES):
                lanes[c] += x[begin + c] * x[begin + c]
        factor = _F(1) / np.sqrt(_sum(lanes) + floor)
        for c in range(at, at + width):
            out[c] = x[c] * factor


@compiled()
def _close(scores, at, length):
    """Places from ``length`` to whole lanes can be no score."""
    for c in range(at + length, at + _up(length, _LANES)):
        scores[c] = -np.inf


@compiled()
def _raise(scores, at, length, lanes):
    """32 ``lanes`` become the largest of themselves and of the scores, up to whole lanes."""
    for begin in range(at, at + length, _LANES):
        for c in range(_LANES):
            lanes[c] = _larger(lanes[c], scores[begin + c])


@compiled()
def _weigh(scores, at, length, top, lanes):
    """Scores become e^(score - top), which 32 ``lanes`` sum; up to three behind them 0."""
    for begin in range(at, at + length, _LANES):
        for c in range(_LANES):
            weight = _exp(scores[begin + c] - top)
            scores[begin + c] = weight
            lanes[c] += weight
    for c in range(at + length, at + _up(length, _FOUR)):
        scores[c] = _F(0)


@compiled()
def _softmax(scores, at, length, own, seen, lanes):
    """Scores of the prompt and of the own past become weights; their sum comes back."""
    _close(scores, at, length)
    _close(scores, own, seen)
    _fill(lanes, _F(-np.inf))
    _raise(scores, at, length, lanes)
    _raise(scores, own, seen, lanes)
    top = _largest(lanes)
    _fill(lanes, _F(0))
    _weigh(scores, at, length, top, lanes)
    _weigh(scores, own, seen, top, lanes)
    return _sum(lanes)


@compiled()
def _log_softmax(scores, at, length, lanes):
    """Scores become the logarithms of their softmax."""
    _close(scores, at, length)
    _fill(lanes, _F(-np.inf))
    _raise(scores, at, length, lanes)
    top = _largest(lanes)
    _fill(lanes, _F(0))
    for begin in range(at, at + length, _LANES):
        for c in range(_LANES):
            lanes[c] += _exp(scores[begin + c] - top)
    total = np.log(_sum(lanes))
    for c in range(at, at + length):
        scores[c] = scores[c] - top - total


@compiled()
def _up(size, whole):
    """``size``, or the next multiple of ``whole`` above it."""
    return (size + whole - _ONE) // whole * whole


@compiled()
def _turn(x, at, out, to, step, cos, sin, place, half):
    """One head, turned to its place in the text, to every ``step``-th number from ``to`` on."""
    for c in range(half):
        near, far = x[at + c], x[at + half + c]
        out[to + c * step] = near * cos[place + c] - far * sin[place + c]
        out[to + (half + c) * step] = far * cos[place + c] + near * sin[place + c]


@compiled()
def _remember(qkv, past, weights, layer, row, slot, group, at):
    """Keys and values of a row's new token go to its own past."""
    heads, kv, size = _U(weights.heads), _U(weights.kv), _U(weights.size)
    tokens, half = _U(past.tokens), size // _TWO
    key_room, value_room = _up(tokens, _NARROW) * size, tokens * _up(size, _NARROW)
    place = (group * tokens + at) * half
    for head in range(kv):
        index = (layer * _U(past.rows) + slot) * kv + head
        read = row * _up((heads + _TWO * kv) * size, _WIDE) + (heads + head) * size
        to = index * key_room + at // _NARROW * size * _NARROW + at % _NARROW
        _turn(qkv, read, past.own_keys, to, _NARROW, past.cos, past.sin, place, half)
        for block in range(_ZERO, size, _NARROW):
            source = read + kv * size + block
            to = index * value_room + (block // _NARROW * tokens + at) * _NARROW
            for c in range(min(_NARROW, size - block)):
                past.own_values[to + c] = qkv[source + c]


@compiled()
def _attend(qkv, read, past, weights, layer, first, last, slots, group, at, scratch):
    """What rows ``first`` to ``last``, of one group, read of prompt and own past at ``at``."""
    heads, kv, size = _U(weights.heads), _U(weights.kv), _U(weights.size)
    each, half, tokens = heads // kv, size // _TWO, _U(past.tokens)
    queries, scores, found, sums, tile = scratch
    count, wide_size = (last - first) * each, _up(size, _NARROW)
    length, seen = _U(past.lengths[group]), at + _ONE
    prefix, room = _up(_U(past.prefix), _WIDE), _up(tokens, _NARROW)
    span = prefix + _up(seen, _WIDE)
    row_width = _up((heads + _TWO * kv) * size, _WIDE)
    place = (group * tokens + at) * half
    for head in range(kv):
        for n in range(count):
            x = (first + n // each) * row_width + (head * each + n % each) * size
            _turn(qkv, x, queries, n * size, _ONE, past.cos, past.sin, place, half)
        shared = (layer * _U(past.groups) + group) * kv + head
        _wide(
            queries, _ZERO, size, past.keys, shared * prefix * size, scores, _ZERO, span,
            count, size, _up(length, _WIDE) // _WIDE, tile, _SET,
        )  # fmt: skip
        for row in range(last - first):
            own = (layer * _U(past.rows) + slots[first + row]) * kv + head
            _few(
                queries, row * each * size, size, past.own_keys, own * room * size, scores,
                row * each * span + prefix, span, each, size, _up(seen, _NARROW) // _NARROW, tile,
                _SET,
            )  # fmt: skip
        for n in range(count):
            sums[n] = _softmax(scores, n * span, length, n * span + prefix, seen, tile)
        _narrow(
            scores, _ZERO, span, past.values, shared * _U(past.prefix) * wide_size, found, _ZERO,
            wide_size, count, _up(length, _FOUR), wide_size // _NARROW, tile, _SET,
        )  # fmt: skip
        for row in range(last - first):
            own = (layer * _U(past.rows) + slots[first + row]) * kv + head
            _few(
                scores, row * each * span + prefix, span, past.own_values,
                own * tokens * wide_size, found, row * each * wide_size, wide_size, each,
                _up(seen, _FOUR), wide_size // _NARROW, tile, _ADD,
            )  # fmt: skip
        for n in range(count):
            to = (first + n // each) * heads * size + (head * each + n % each) * size
            share = _F(1) / sums[n]
            for c in range(size):
                read[to + c] = found[n * wide_size + c] * share


@compiled()
def _spread(out, first, last, step, bias, at):
    """Rows become the bias that stands at ``at``."""
    for row in range(first, last):
        for c in range(step):
            out[row * step + c] = bias[at + c]


@compiled()
def _times(x, x_step, inputs, w, layer, out, out_step, first, last, tile, add):
    """Rows times a layer's matrix."""
    _wide(
        x, first * x_step, x_step, w, layer * inputs * out_step, out, first * out_step, out_step,
        last - first, inputs, out_step // _WIDE, tile, add,
    )  # fmt: skip


@compiled()
def _gate(x, first, last, step, width, out):
    """silu(gate) up, of rows whose gate and up lie side by side."""
    for row in range(first, last):
        gate, up, to = row * step, row * step + width, row * width
        for c in range(width):
            value = x[gate + c]
            low = _exp(-abs(value))  # of the smaller side, which cannot overflow
            share = (_F(1) if value > _F(0) else low) / (_F(1) + low)
            out[to + c] = value * share * x[up + c]


@compiled()
def step(weights, past, ids, slots, groups, at, first, last, rows, buffers, scratch):
    """Log-probs of some rows' next tokens, after their token number ``at``.

    Args:
        weights, past: see there; the rows' own past is written.
        ids: (B^,), the tokens; B^ is a multiple of 4.
        slots: (B^,), where each row's own past lies.
        groups: (B^,), the prompt of each, those of one side by side.
        at: the token's number, from 0.
        first, last: the rows, multiples of 4.
        rows: B; those behind read nothing.
        buffers: x and normed (B^, H^), qkv (B^, ((h + 2k) d)^), read (B^, h d),
            gate_up (B^, (2 I)^), gated (B^, I), and logits (B^, V^), which become log-probs.
        scratch: of this thread alone, with room for three queries more than the G r of a group:
            queries (., d), scores (., P^ + T^), what they found (., d^), their sums (.,), and a
            tile of 4 x 64.
    """
    x, normed, qkv, read, gate_up, gated, logits = buffers
    tile = scratch[4]
    at, first, last = _U(at), _U(first), _U(last)
    hidden, inner = _U(weights.hidden), _U(weights.heads * weights.size)
    gate_width, gate_step = _U(weights.gated), _up(_U(2 * weights.gated), _WIDE)
    qkv_step = _up(inner + _U(2 * weights.kv * weights.size), _WIDE)
    wide, head_step = _up(hidden, _WIDE), _up(_U(weights.vocabulary), _WIDE)
    read_to = min(last, _U(rows))
    for row in range(first, last):
        for c in range(hidden):
            x[row * wide + c] = weights.embed[_U(ids[row]) * hidden + c]
    for layer in range(_U(weights.layers)):
        _norm(x, normed, first, last, wide, hidden, weights.floors[_TWO * layer], tile)
        _spread(qkv, first, last, qkv_step, weights.qkv_bias, layer * qkv_step)
        _times(normed, wide, hidden, weights.qkv, layer, qkv, qkv_step, first, last, tile, _ADD)
        begin = first
        while begin < read_to:
            group, end = groups[begin], begin
            while end < read_to and groups[end] == group:
                _remember(qkv, past, weights, layer, end, slots[end], group, at)
                end += _ONE
            _attend(qkv, read, past, weights, layer, begin, end, slots, group, at, scratch)
            begin = end
        _times(read, inner, inner, weights.out, layer, x, wide, first, last, tile, _ADD)
        _norm(x, normed, first, last, wide, hidden, weights.floors[_TWO * layer + _ONE], tile)
        _times(
            normed, wide, hidden, weights.gate_up, layer, gate_up, gate_step, first, last, tile,
            _SET,
        )  # fmt: skip
        _gate(gate_up, first, last, gate_step, gate_width, gated)
        _times(
            gated, gate_width, gate_width, weights.down, layer, x, wide, first, last, tile, _ADD
        )  # fmt: skip
    _norm(x, normed, first, last, wide, hidden, weights.floors[_U(2 * weights.layers)], tile)
    _spread(logits, first, last, head_step, weights.head_bias, _ZERO)
    _times(
        normed, wide, hidden, weights.head, _ZERO, logits, head_step, first, last, tile, _ADD
    )  # fmt: skip
    for row in range(first, read_to):
        _log_softmax(logits, row * head_step, _U(weights.vocabulary), tile)
