"""Every random choice is a function of ids, never of a global generator.

Retry, reordering, resume and replay are then one mechanism: the same ids give
the same numbers, whoever draws them and whenever.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np


def derive_seed(run_seed: int, purpose: str, *ids: int | str) -> int:
    """A 64-bit seed for one purpose and one tuple of ids.

    >>> derive_seed(1, "sample", 3, 0, 7) == derive_seed(1, "sample", 3, 0, 7)
    True
    >>> derive_seed(1, "sample", 3, 0, 7) == derive_seed(1, "sample", 3, 0, 8)
    False
    """
    message = repr((int(run_seed), purpose, *ids)).encode()
    return int.from_bytes(blake2b(message, digest_size=8).digest(), "big")


def generator(run_seed: int, purpose: str, *ids: int | str) -> np.random.Generator:
    """A numpy generator (Philox, counter-based) seeded by ``derive_seed``."""
    return np.random.Generator(np.random.Philox(key=derive_seed(run_seed, purpose, *ids)))
