"""Ctrl-C and SIGTERM: the step in hand is finished and kept, then the command ends.

A second signal ends it at once; what was published before is whole either way.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def graceful_stop(say: str) -> Iterator[Callable[[], bool]]:
    """Yields a function that says whether the user asked to stop.

    Args:
        say: the line shown at the first signal.
    """
    asked, owner = False, os.getpid()

    def on_signal(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if os.getpid() != owner:  # a forked helper process: its parent decides
            return
        if asked:
            raise KeyboardInterrupt
        asked = True
        print(f"\n{say}", file=sys.stderr, flush=True)

    before = {n: signal.signal(n, on_signal) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
