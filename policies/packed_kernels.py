"""A decoding step as machine code for a CPU: few rows against packed weights and keys.

A step multiplies some rows with matrices that are read once. A library for large products copies
the matrix at every call, which for eight rows takes as long as the product, and reads it at a
fraction of the memory's rate. Here a matrix lies in blocks as wide as the lanes of
``policies/lanes.py``, (blocks, inputs, WIDE), and as many rows meet a block together as have their
sums in registers. All that a step calls stands in this file and that one, whose state is named
below, for numba would go on with old code of any other (``policies/compiled.py``).

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
from policies.lanes import (
    MANY,
    WIDE,
    all_of,
    first,
    floor,
    larger,
    largest,
    load,
    power_of_two,
    smaller,
    store,
    total,
)

LANES_STATE = "c45aa46e0aa4"  # whoever changes lanes.py must change this

_U, _F = np.uint64, np.float32
_ZERO, _ONE, _TWO, _FOUR, _EIGHT = _U(0), _U(1), _U(2), _U(4), _U(8)
_WIDE = _U(WIDE)
_ADD, _SET = _ONE, _ZERO  # numba would compile a product twice for True and False


def _block(rows: int) -> Any:
    """1, 2, 4 or 8 rows times one block."""

    @compiled()
    def block(x, x_at, x_step, w, w_at, out, out_at, out_step, inputs, add):
        s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = all_of(_F(0))
        for i in range(inputs):
            a, v = x_at + i, load(w, w_at + i * _WIDE)
            s0 = s0 + all_of(x[a]) * v
            if rows > 1:
                s1 = s1 + all_of(x[a + x_step]) * v
            if rows > 2:
                s2 = s2 + all_of(x[a + _TWO * x_step]) * v
                s3 = s3 + all_of(x[a + _U(3) * x_step]) * v
            if rows > 4:
                s4 = s4 + all_of(x[a + _FOUR * x_step]) * v
                s5 = s5 + all_of(x[a + _U(5) * x_step]) * v
                s6 = s6 + all_of(x[a + _U(6) * x_step]) * v
                s7 = s7 + all_of(x[a + _U(7) * x_step]) * v
        _keep(out, out_at, s0, add)
        if rows > 1:
            _keep(out, out_at + out_step, s1, add)
        if rows > 2:
            _keep(out, out_at + _TWO * out_step, s2, add)
            _keep(out, out_at + _U(3) * out_step, s3, add)
        if rows > 4:
            _keep(out, out_at + _FOUR * out_step, s4, add)
            _keep(out, out_at + _U(5) * out_step, s5, add)
            _keep(out, out_at + _U(6) * out_step, s6, add)
            _keep(out, out_at + _U(7) * out_step, s7, add)

    return block


@compiled()
def _keep(out, at, lanes, add):
    store(out, at, load(out, at) + lanes if add else lanes)


_eight, _four, _two, _one = _block(8), _block(4), _block(2), _block(1)


@compiled()
def _product(x, x_at, x_step, w, w_at, w_step, out, out_at, out_step, rows, inputs, blocks, add):
    """``out`` (rows, blocks WIDE) becomes x (rows, inputs) w, with ``_ADD`` itself plus that.

    ``*_at`` is where an array begins, ``*_step`` how far it is from row to row, or from one block
    of ``w`` to the next: a past has room for more inputs than there are.
    """
    for block in range(blocks):
        w_from, a, to = w_at + block * w_step, x_at, out_at + block * _WIDE
        left = rows
        while MANY and left >= _EIGHT:
            _eight(x, a, x_step, w, w_from, out, to, out_step, inputs, add)
            a, to, left = a + _EIGHT * x_step, to + _EIGHT * out_step, left - _EIGHT
        while left >= _FOUR:
            _four(x, a, x_step, w, w_from, out, to, out_step, inputs, add)
            a, to, left = a + _FOUR * x_step, to + _FOUR * out_step, left - _FOUR
        if left >= _TWO:
            _two(x, a, x_step, w, w_from, out, to, out_step, inputs, add)
            a, to, left = a + _TWO * x_step, to + _TWO * out_step, left - _TWO
        if left:
            _one(x, a, x_step, w, w_from, out, to, out_step, inputs, add)


@compiled()
def _exp(x):
    """e^x for x <= 87 to 1e-7 of it.

    e^x = 2^n e^y with |y| <= ln 2 / 2, of which a polynomial of degree 7 is enough (Cephes, expf).
    """
    x = larger(x, all_of(_F(-87)))  # below, float32 has no whole precision; NaN stays
    n = floor(x * all_of(_F(1.44269504088896341)) + all_of(_F(0.5)))
    y = x - n * all_of(_F(0.693359375)) + n * all_of(_F(2.12194440e-4))
    p = all_of(_F(1.9875691500e-4))
    p = p * y + all_of(_F(1.3981999507e-3))
    p = p * y + all_of(_F(8.3334519073e-3))
    p = p * y + all_of(_F(4.1665795894e-2))
    p = p * y + all_of(_F(1.6666665459e-1))
    p = p * y + all_of(_F(5.0000001201e-1))
    return (p * y * y + y + all_of(_F(1))) * power_of_two(n)


@compiled()
def _norm(x, out, begin, end, step, tiny):
    """Rows over their length, to whose square ``tiny`` is added."""
    for row in range(begin, end):
        squares = all_of(_F(0))
        for at in range(row * step, row * step + step, _WIDE):  # zeros behind the hidden size
            squares = squares + load(x, at) * load(x, at)
        factor = all_of(_F(1) / np.sqrt(total(squares) + tiny))
        for at in range(row * step, row * step + step, _WIDE):
            store(out, at, load(x, at) * factor)


@compiled()
def _scores(scores, at, left):
    """The lanes at ``at``; ``left`` of them are scores, and no other can be one."""
    return first(load(scores, at), left, _F(-np.inf))


@compiled()
def _highest(scores, at, length, top):
    """The larger ones of ``top`` and of scores, lane by lane."""
    for c in range(_ZERO, length, _WIDE):
        top = larger(top, _scores(scores, at + c, length - c))
    return top


@compiled()
def _weigh(scores, at, length, top, sums):
    """Scores become e^(score - top); ``sums`` and these, lane by lane.

    What stands behind them adds less to a sum of at least 1 than float32 can tell.
    """
    for c in range(_ZERO, length, _WIDE):
        weights = _exp(_scores(scores, at + c, length - c) - top)
        store(scores, at + c, weights)
        sums = sums + weights
    return sums


@compiled()
def _softmax(scores, at, length, own, seen):
    """Scores of the prompt and of the own past become weights; their sum comes back."""
    top = _highest(scores, at, length, all_of(_F(-np.inf)))
    top = all_of(largest(_highest(scores, own, seen, top)))
    sums = _weigh(scores, at, length, top, all_of(_F(0)))
    return total(_weigh(scores, own, seen, top, sums))


@compiled()
def _log_softmax(scores, begin, end):
    """Scores become the logarithms of their softmax."""
    top, sums = all_of(_F(-np.inf)), all_of(_F(0))
    for at in range(begin, end, _WIDE):
        top = larger(top, load(scores, at))
    top = all_of(largest(top))
    for at in range(begin, end, _WIDE):
        sums = sums + _exp(load(scores, at) - top)
    rest = all_of(np.log(total(sums)))
    for at in range(begin, end, _WIDE):
        store(scores, at, load(scores, at) - top - rest)


@compiled()
def _up(size):
    """``size``, or the next multiple of a block above it."""
    return (size + _WIDE - _ONE) // _WIDE * _WIDE


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
    place = (group * tokens + at) * half
    for head in range(kv):
        index = (layer * _U(past.rows) + slot) * kv + head
        read = row * _up((heads + _TWO * kv) * size) + (heads + head) * size
        to = index * _up(tokens) * size + at // _WIDE * size * _WIDE + at % _WIDE
        _turn(qkv, read, past.own_keys, to, _WIDE, past.cos, past.sin, place, half)
        for block in range(_ZERO, size, _WIDE):
            source = read + kv * size + block
            to = (index * _up(size) + block) * tokens + at * _WIDE
            for c in range(min(_WIDE, size - block)):
                past.own_values[to + c] = qkv[source + c]


@compiled()
def _attend(qkv, read, past, weights, layer, begin, end, slots, group, at, scratch):
    """What rows ``begin`` to ``end``, of one group, read of prompt and own past at ``at``."""
    heads, kv, size = _U(weights.heads), _U(weights.kv), _U(weights.size)
    each, half, tokens = heads // kv, size // _TWO, _U(past.tokens)
    queries, scores, found, sums = scratch
    count, wide = (end - begin) * each, _up(size)
    length, seen = _U(past.lengths[group]), at + _ONE
    prefix = _up(_U(past.prefix))
    span = prefix + _up(seen)
    qkv_step = _up((heads + _TWO * kv) * size)
    place = (group * tokens + at) * half
    for head in range(kv):
        for n in range(count):
            x = (begin + n // each) * qkv_step + (head * each + n % each) * size
            _turn(qkv, x, queries, n * size, _ONE, past.cos, past.sin, place, half)
        shared = (layer * _U(past.groups) + group) * kv + head
        _product(
            queries, _ZERO, size, past.keys, shared * prefix * size, size * _WIDE, scores, _ZERO,
            span, count, size, _up(length) // _WIDE, _SET,
        )  # fmt: skip
        for row in range(end - begin):
            own = (layer * _U(past.rows) + slots[begin + row]) * kv + head
            _product(
                queries, row * each * size, size, past.own_keys, own * _up(tokens) * size,
                size * _WIDE, scores, row * each * span + prefix, span, each, size,
                _up(seen) // _WIDE, _SET,
            )  # fmt: skip
        for n in range(count):
            sums[n] = _softmax(scores, n * span, length, n * span + prefix, seen)
        _product(
            scores, _ZERO, span, past.values, shared * _U(past.prefix) * wide,
            _U(past.prefix) * _WIDE, found, _ZERO, wide, count, length, wide // _WIDE, _SET,
        )  # fmt: skip
        for row in range(end - begin):
            own = (layer * _U(past.rows) + slots[begin + row]) * kv + head
            _product(
                scores, row * each * span + prefix, span, past.own_values, own * tokens * wide,
                tokens * _WIDE, found, row * each * wide, wide, each, seen, wide // _WIDE, _ADD,
            )  # fmt: skip
        for n in range(count):
            to = (begin + n // each) * heads * size + (head * each + n % each) * size
            share = _F(1) / sums[n]
            for c in range(size):
                read[to + c] = found[n * wide + c] * share


@compiled()
def _spread(out, begin, end, step, bias, bias_at):
    """Rows become the bias that stands at ``bias_at``."""
    for row in range(begin, end):
        for c in range(_ZERO, step, _WIDE):
            store(out, row * step + c, load(bias, bias_at + c))


@compiled()
def _times(x, x_step, inputs, w, layer, out, out_step, begin, end, add):
    """Rows times a layer's matrix."""
    _product(
        x, begin * x_step, x_step, w, layer * inputs * out_step, inputs * _WIDE, out,
        begin * out_step, out_step, end - begin, inputs, out_step // _WIDE, add,
    )  # fmt: skip


@compiled()
def _gate(x, begin, end, width, out):
    """silu(gate) up, of rows whose gate and up lie side by side."""
    one = all_of(_F(1))
    for at in range(begin * width, end * width, _WIDE):
        gate = load(x, at + at // width * width)
        up = load(x, at + at // width * width + width)
        share = one / (one + _exp(smaller(all_of(_F(0)) - gate, all_of(_F(87)))))
        store(out, at, gate * share * up)


@compiled()
def step(weights, past, ids, slots, groups, at, begin, end, buffers, scratch):
    """Log-probs of some rows' next tokens, after their token number ``at``.

    Args:
        weights, past: see there; the rows' own past is written.
        ids: (B,), the tokens.
        slots: (B,), where each row's own past lies.
        groups: (B,), the prompt of each, those of one side by side.
        at: the token's number, from 0.
        begin, end: the rows.
        buffers: x and normed (B, H^), qkv (B, ((h + 2k) d)^), read (B, h d),
            gate_up (B, 2 I^), gated (B, I^), and logits (B, V^), which become log-probs.
        scratch: of this thread alone, with room for the G r queries of a group: queries (., d),
            scores (., P^ + T^), what they found (., d^) and their sums (.,).
    """
    x, normed, qkv, read, gate_up, gated, logits = buffers
    at, begin, end = _U(at), _U(begin), _U(end)
    hidden, inner, width = _U(weights.hidden), _U(weights.heads * weights.size), _U(weights.gated)
    qkv_step = _up(inner + _U(2 * weights.kv * weights.size))
    x_step, gate_step, head_step = _up(hidden), _up(width), _up(_U(weights.vocabulary))
    for row in range(begin, end):
        for c in range(hidden):
            x[row * x_step + c] = weights.embed[_U(ids[row]) * hidden + c]
    for layer in range(_U(weights.layers)):
        _norm(x, normed, begin, end, x_step, weights.floors[_TWO * layer])
        _spread(qkv, begin, end, qkv_step, weights.qkv_bias, layer * qkv_step)
        _times(normed, x_step, hidden, weights.qkv, layer, qkv, qkv_step, begin, end, _ADD)
        here = begin
        while here < end:
            group, after = groups[here], here
            while after < end and groups[after] == group:
                _remember(qkv, past, weights, layer, after, slots[after], group, at)
                after += _ONE
            _attend(qkv, read, past, weights, layer, here, after, slots, group, at, scratch)
            here = after
        _times(read, inner, inner, weights.out, layer, x, x_step, begin, end, _ADD)
        _norm(x, normed, begin, end, x_step, weights.floors[_TWO * layer + _ONE])
        _times(
            normed, x_step, hidden, weights.gate_up, layer, gate_up, _TWO * gate_step, begin, end,
            _SET,
        )  # fmt: skip
        _gate(gate_up, begin, end, gate_step, gated)
        _times(gated, gate_step, width, weights.down, layer, x, x_step, begin, end, _ADD)
    _norm(x, normed, begin, end, x_step, weights.floors[_U(2 * weights.layers)])
    _spread(logits, begin, end, head_step, weights.head_bias, _ZERO)
    _times(normed, x_step, hidden, weights.head, _ZERO, logits, head_step, begin, end, _ADD)
    for row in range(begin, end):
        _log_softmax(logits, row * head_step, row * head_step + head_step)
