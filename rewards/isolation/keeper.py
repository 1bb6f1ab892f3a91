"""The child that the parent starts: it forks the worker and outlives it.

No code of the user runs here, so this process stays able to act. When the
parent lets go of the pipe, sends SIGTERM or dies, or the worker ends, the keeper kills the
worker with all its descendants, those in sessions of their own included (it
adopts orphans), and ends the way the worker ended.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable
from typing import NoReturn

from rewards.isolation import limits

GRACE_SECONDS = 0.05
"""For a worker to end by itself, then for a hung one to say where it is."""


def main(ask: int, answer: int) -> NoReturn:
    """Run both sides; ``ask`` is read from, ``answer`` written to."""
    parent = os.getppid()
    limits.no_core()
    limits.adopt_orphans()
    for fd in (ask, answer):
        os.set_inheritable(fd, False)
    wakes, wake = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(wakes, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    keeper = os.getpid()
    worker = os.fork()
    if worker == 0:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        os.close(wakes)
        os.close(wake)
        limits.die_with(keeper)
        os.setsid()
        from rewards.isolation.worker import run

        run(ask, answer)
    # The pipes end where the worker and its descendants end.
    os.close(answer)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    os.dup2(null, 2)
    status = _watch(worker, ask, wakes, parent)
    _sweep(worker, status is None)
    _end_like(status)


def _watch(worker: int, ask: int, wakes: int, parent: int) -> int | None:
    """The worker's wait status, or None where the parent wants it gone."""
    poll = select.poll()
    poll.register(ask, 0)  # reports hang-up alone
    poll.register(wakes, select.POLLIN)
    while True:
        # Once a second: a copy of the pipe in a process forked from the parent
        # would keep it open after the parent's death.
        for fd, event in poll.poll(1000):
            if fd == ask and event & (select.POLLHUP | select.POLLERR | select.POLLNVAL):
                return _grace(worker)
            if fd == wakes and signal.SIGTERM in os.read(wakes, 4096):  # numbers of signals
                return _grace(worker)
        if (status := _reap(worker)) is not None:
            return status
        if os.getppid() != parent:
            return None


def _grace(worker: int) -> int | None:
    """An idle worker ends at the end of its input; a hung one is asked where it is."""
    status = _within(GRACE_SECONDS, lambda: _reap(worker))
    if status is None:
        os.kill(worker, signal.SIGUSR1)  # still there: nobody else takes its exit status
        status = _within(GRACE_SECONDS, lambda: _reap(worker))
    return status


def _within(seconds: float, found: Callable[[], int | None]) -> int | None:
    last = time.monotonic() + seconds
    while (value := found()) is None and time.monotonic() < last:
        time.sleep(0.002)
    return value


def _reap(worker: int) -> int | None:
    """Take the exit status of whoever ended; the worker's, if it is among them."""
    status = None
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            if ended[0] == worker:
                status = ended[1]
    return status


def _sweep(worker: int, alive: bool) -> None:
    """Kill until no descendant is left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(worker, signal.SIGKILL)
    if alive:
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
    try:
        while True:
            for child in children():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            os.waitpid(-1, 0)
    except ChildProcessError:
        return


def children() -> list[int]:
    """The living children of this process; none where there is no /proc."""
    me, found = os.getpid(), []
    if not os.path.isdir("/proc/self"):
        return []
    for name in os.listdir("/proc"):
        if name.isdecimal():
            # A process may end between the two calls.
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:
                state, its_parent = file.read().rpartition(b")")[2].split()[:2]
                if int(its_parent) == me and state != b"Z":
                    found.append(int(name))
    return found


def _end_like(status: int | None) -> NoReturn:
    if status is not None and os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(0 if status is None else os.waitstatus_to_exitcode(status) & 255)
