"""Worker processes that end with the process that started them.

Those of a pool wait for work for ever once their parent was killed: each of them holds the
other end of the queue that it reads. A death among them is told in a sentence.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread

from rewards.errors import DataError


@contextmanager
def workers(processes: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of this many; an error in the block drops what has not begun.

    Raises:
        DataError: one of them was killed.
    """
    # Spawned, not forked: the caller may already run torch's or Ray's threads.
    pool = ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_end_with_parent
    )
    try:
        yield pool
    except BrokenProcessPool as death:
        raise DataError(
            "a process that makes the data set was killed, by the system or by somebody: got no "
            "answer from it, expected its share; look at the memory there is, then give the "
            "command again"
        ) from death
    finally:
        pool.shutdown(cancel_futures=True)  # else Ctrl-C would wait for all the others


def _end_with_parent() -> None:
    """In a worker: a thread ends it when its parent has ended, however that was."""
    parent = parent_process()
    if parent is not None:
        Thread(target=_wait_and_end, args=(parent.sentinel,), daemon=True).start()


def _wait_and_end(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)  # what it was writing lies in a folder that nobody will publish
