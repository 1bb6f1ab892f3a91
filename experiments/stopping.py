"""Ctrl-C and SIGTERM: the step in hand is finished and kept, then the command ends.

A second signal ends it at once; what was published before is whole either way. The signal may
have reached more than us (a scheduler tells each process of a job): what fails from then on,
because others ended first, is part of the stop and no fault of the data.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from experiments.terminal import say
from rewards.errors import first_line


@contextmanager
def graceful_stop(told: str) -> Iterator[Callable[[], bool]]:
    """Yields a function that says whether the user asked to stop.

    Args:
        told: the line shown at the first signal.

    Raises:
        KeyboardInterrupt: at the second signal; and with a sentence where an error ended the
            work after the first.
    """
    asked, owner = False, os.getpid()

    def on_signal(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if os.getpid() != owner:  # a forked helper process: its parent decides
            return
        if asked:
            raise KeyboardInterrupt
        asked = True
        say("", told, err=True)

    before = {n: signal.signal(n, on_signal) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: asked
    except Exception as error:
        if not asked:
            raise
        raise KeyboardInterrupt(
            "before the work in hand was done, which ended in "
            f"{type(error).__name__} ({first_line(error)}); what was kept before is whole"
        ) from error
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
