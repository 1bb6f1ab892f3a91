"""Functions that numba compiles for the processor at hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit

# A product and a sum may be one operation; nothing else is done in another order than it stands.
_FAST = {"contract", "nsz", "arcp"}


def compiled(*more: str) -> Callable[[Callable[..., Any]], Any]:
    """Decorates a function with machine code of it, made at the first call on a machine.

    Another process need not make it again where the disk can be written. Only a change of the
    function's own file makes it anew, none of this one: what it calls belongs there, too.

    Args:
        more: licences of LLVM beside those that keep the order of sums.
    """
    how = {"error_model": "numpy", "nogil": True, "fastmath": _FAST | set(more)}

    def decorate(function: Callable[..., Any]) -> Any:
        try:
            return njit(function, cache=True, **how)
        except RuntimeError:  # numba found no folder for it
            return njit(function, **how)

    return decorate
