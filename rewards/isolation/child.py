"""A child and its three pipes: how it is started, and how it ends with all it started."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from rewards.isolation.output import Echo, Output

END_SECONDS = 5.0
"""For the keeper to sweep up; then it is killed as well."""

_HOME = str(Path(__file__).resolve().parents[2])
_START = (
    "import sys; sys.path.insert(0, {home!r}); "
    "from rewards.isolation.keeper import main; main({ask}, {answer})"
)
# One thread each, for OpenBLAS reserves address space per thread; strings hash
# alike in every child, so that the order of a set is no source of noise; a
# surrogate that is printed breaks no reward.
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "PYTHONHASHSEED": "0",
    "PYTHONIOENCODING": "utf-8:backslashreplace",
}


@dataclass(slots=True)
class Child:
    """A keeper, which has a worker.

    Attributes:
        popen: the keeper.
        ask: written to; while it is open, the child goes on.
        answer: read from, not blocking.
        output: what the user's code prints comes here; not blocking.
        printed: what was read from it.
        owner: the process that started it.
    """

    popen: subprocess.Popen[bytes]
    ask: int
    answer: int
    output: int
    printed: Output
    owner: int = field(default_factory=os.getpid)
    ended: bool = False


def start(echo: Echo | None = None) -> Child:
    """Start a keeper; it waits for what to load.

    Args:
        echo: shows what is printed, or None.

    Raises:
        OSError: there is no process or no pipe to be had.
    """
    pipes: list[tuple[int, int]] = []
    try:
        for _ in range(3):
            pipes.append(os.pipe())
        (its_ask, ask), (answer, its_answer), (output, its_output) = pipes
        popen = subprocess.Popen(
            [sys.executable, "-P", "-u", "-c",
             _START.format(home=_HOME, ask=its_ask, answer=its_answer)],
            stdin=subprocess.DEVNULL,
            stdout=its_output,
            stderr=its_output,
            pass_fds=(its_ask, its_answer),
            start_new_session=True,
            env=_ENVIRONMENT | dict(os.environ),
        )  # fmt: skip
    except OSError:
        for fd in (fd for pipe in pipes for fd in pipe):
            os.close(fd)
        raise
    for fd in (its_ask, its_answer, its_output):
        os.close(fd)
    for fd in (ask, answer, output):
        os.set_blocking(fd, False)
    return Child(popen, ask, answer, output, Output(echo))


def end(child: Child) -> None:
    """Let the keeper sweep up, and take its exit status; a forked copy only lets go."""
    if child.ended:
        return
    child.ended = True
    os.close(child.ask)
    if os.getpid() == child.owner:
        last = time.monotonic() + END_SECONDS
        _drain(child, last)
        child.printed.end()
        try:
            child.popen.wait(max(0.0, last - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.popen.kill()  # its worker dies with it
            child.popen.wait()
    os.close(child.answer)
    os.close(child.output)


def _drain(child: Child, last: float) -> None:
    """Read what is still printed until nobody is left to print."""
    poll = select.poll()
    poll.register(child.output, select.POLLIN)
    while poll.poll(milliseconds(last)) and time.monotonic() < last:
        data = os.read(child.output, 2**18)
        if not data:
            return
        child.printed.feed(data)


def milliseconds(last: float) -> float:
    """From now until ``last`` on the monotonic clock, at least 0."""
    return max(0.0, 1000 * (last - time.monotonic()))
