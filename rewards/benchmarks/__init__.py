"""Official scorers of public benchmarks, one module each, for reporting only.

People compare numbers that different scripts computed, and each script reads answers in its
own way. A module here does what one of them does, its misreadings included, and says which
file at which commit it follows. None of this trains anything: the rewards of
``rewards/scorers/`` do.

``NAMES`` lists them. A module is named like its benchmark, with ``_`` for ``-``, holds one
``BENCHMARK``, and is imported when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from rewards.errors import ConfigError, nearest

if TYPE_CHECKING:
    from rewards.benchmarks.records import Benchmark

NAMES = (
    "mmau",
    "mmar",
    "muchomusic",
    "rul-muchomusic",
    "cmi-key",
    "cmi-beats",
    "cmi-classes",
)


def get(name: str) -> Benchmark:
    """The official scorer of a benchmark.

    Raises:
        ConfigError: there is none of that name.
    """
    if name not in NAMES:
        hint = nearest(name, NAMES) or f"; expected one of {', '.join(NAMES)}"
        raise ConfigError(f"benchmark: got {name[:60]!r}{hint}")
    return import_module(f"{__name__}.{name.replace('-', '_')}").BENCHMARK
