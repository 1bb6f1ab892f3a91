"""Some float32 at once, as one value of the functions that numba compiles.

A loop over arrays keeps its sums in memory, because what it writes could be what it reads; a value
of lanes stays in a processor's registers. Its lanes fill two of the large ones, so that a number
multiplied with all of them adds to two sums, neither of which waits for the other.

``packed_kernels.py`` names the state of this file that it was written for: numba compiles a
function anew when its own file has changed, and not for a change of this one.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import config
from numba.core.codegen import get_host_cpu_features
from numba.extending import intrinsic, models, overload, register_model

_settings: Any = config
# As numba itself asks, which keeps machine code by them.
_FEATURES = _settings.CPU_FEATURES
_HAS = str(get_host_cpu_features() if _FEATURES is None else _FEATURES).split(",")
MANY = "+avx512f" in _HAS  # 32 registers of 16 numbers; else 16 or 32, of 8 or 4
WIDE = 32 if MANY else 16

_INT = ir.IntType(32)
_VALUE, _WHOLE = ir.VectorType(ir.FloatType(), WIDE), ir.VectorType(_INT, WIDE)
_EXPONENT, _MANTISSA = 127, 23  # of float32: the exponent of 1, and the bits behind one


class Lanes(types.Type):
    """``WIDE`` numbers of float32."""

    def __init__(self) -> None:
        super().__init__(name=f"lanes({WIDE})")


@register_model(Lanes)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _VALUE)


LANES = Lanes()


def _operation(typed: Callable[..., Any]) -> Any:
    return intrinsic(typed)  # whose own type would have callers give the first argument


@_operation
def load(typing, array, at):
    """``WIDE`` numbers of a flat array, from ``at`` on."""

    def write(context, builder, signature, values):
        found = builder.load(_place(context, builder, signature, values))
        found.align = 4
        return found

    return LANES(array, types.uint64), write


@_operation
def store(typing, array, at, lanes):
    """An array is these, from ``at`` on."""

    def write(context, builder, signature, values):
        builder.store(values[2], _place(context, builder, signature, values)).align = 4
        return context.get_dummy_value()

    return types.void(array, types.uint64, lanes), write


@_operation
def all_of(typing, number):
    """One number in all lanes."""

    def write(context, builder, signature, values):
        return _all(builder, values[0], _VALUE)

    return LANES(types.float32), write


@_operation
def larger(typing, one, other):
    """Lane by lane; ``one`` where either is NaN."""

    def write(context, builder, signature, values):
        return _further(builder, ">", *values)

    return LANES(one, other), write


@_operation
def smaller(typing, one, other):
    """Lane by lane; ``one`` where either is NaN."""

    def write(context, builder, signature, values):
        return _further(builder, "<", *values)

    return LANES(one, other), write


@_operation
def first(typing, lanes, count, rest):
    """The first ``count`` lanes, behind which all are ``rest``."""

    def write(context, builder, signature, values):
        numbers = ir.Constant(_WHOLE, list(range(WIDE)))
        end = _all(builder, builder.trunc(values[1], _INT), _WHOLE)
        inside = builder.icmp_unsigned("<", numbers, end)
        return builder.select(inside, values[0], _all(builder, values[2], _VALUE))

    return LANES(lanes, types.uint64, types.float32), write


@_operation
def floor(typing, lanes):
    """The whole numbers below, lane by lane."""

    def write(context, builder, signature, values):
        name, kind = f"llvm.floor.v{WIDE}f32", ir.FunctionType(_VALUE, [_VALUE])
        return builder.call(builder.module.declare_intrinsic(name, fnty=kind), values)

    return LANES(lanes), write


@_operation
def power_of_two(typing, lanes):
    """2^n of whole numbers -127 < n < 128, lane by lane."""

    def write(context, builder, signature, values):
        exponent, bits = (ir.Constant(_WHOLE, [n] * WIDE) for n in (_EXPONENT, _MANTISSA))
        whole = builder.add(builder.fptosi(values[0], _WHOLE), exponent)
        return builder.bitcast(builder.shl(whole, bits), _VALUE)

    return LANES(lanes), write


@_operation
def total(typing, lanes):
    """Their sum, made of halves."""

    def write(context, builder, signature, values):
        return _halves(builder, values[0], builder.fadd)

    return types.float32(lanes), write


@_operation
def largest(typing, lanes):
    """The largest lane; some lane if one is NaN."""

    def write(context, builder, signature, values):
        return _halves(builder, values[0], lambda low, high: _further(builder, ">", low, high))

    return types.float32(lanes), write


def _arithmetic(symbol: Any, name: str) -> None:
    @_operation
    def operation(typing, one, other):
        def write(context, builder, signature, values):
            return getattr(builder, name)(*values)

        return LANES(one, other), write

    @overload(symbol)
    def operate(one, other):
        if one == other == LANES:
            return lambda one, other: operation(one, other)
        return None


for _symbol, _name in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _arithmetic(_symbol, _name)


def _place(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    data = context.make_array(signature.args[0])(context, builder, values[0]).data
    return builder.bitcast(builder.gep(data, [values[1]]), _VALUE.as_pointer())


def _all(builder: Any, number: Any, kind: Any) -> Any:
    empty = ir.Constant(kind, ir.Undefined)
    alone = builder.insert_element(empty, number, ir.Constant(_INT, 0))
    return builder.shuffle_vector(alone, empty, ir.Constant(_WHOLE, [0] * WIDE))


def _further(builder: Any, which: str, one: Any, other: Any) -> Any:
    return builder.select(builder.fcmp_ordered(which, other, one), other, one)


def _halves(builder: Any, lanes: Any, join: Any) -> Any:
    count = WIDE
    while count > 1:
        count //= 2
        kind = ir.VectorType(_INT, count)
        low, high = (
            builder.shuffle_vector(
                lanes, ir.Constant(lanes.type, ir.Undefined), ir.Constant(kind, list(places))
            )
            for places in (range(count), range(count, 2 * count))
        )
        lanes = join(low, high)
    return builder.extract_element(lanes, ir.Constant(_INT, 0))
