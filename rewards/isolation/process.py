"""The parent's side of one child: start it, ask it, outlive it.

Every wait has a deadline, and what comes back is bytes to be checked, nothing
more: the user's code may write to any pipe.
"""

from __future__ import annotations

import json
import os
import pickle
import select
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rewards.errors import ConfigError
from rewards.isolation.output import Output
from rewards.isolation.spec import UserReward
from rewards.isolation.wire import Frames, pack
from rewards.records import Question, Response

LOAD_SECONDS = 60.0
"""For a process to start and run the user's file."""
END_SECONDS = 5.0
"""For the keeper to sweep up; then it is killed as well."""

Unit = tuple[Question, tuple[Response, ...]]

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


@dataclass(frozen=True, slots=True)
class Death:
    """How a child ended, in words, and whether it hung."""

    why: str
    hung: bool = False


class Died(Exception):
    """The child ended, hung or talked nonsense while it judged a unit."""

    def __init__(self, death: Death) -> None:
        super().__init__(death.why)
        self.death = death


class Gone(Died):
    """The child was not there any more when it was asked: no unit is to blame."""


@dataclass(slots=True)
class _Pipes:
    ask: int
    answer: int
    output: int
    open: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.open |= {self.ask, self.answer, self.output}

    def close(self, *fds: int) -> None:
        for fd in fds:
            if fd in self.open:
                self.open.discard(fd)
                os.close(fd)


class Process:
    """A keeper with its worker, the reward loaded.

    Raises:
        ConfigError: the file cannot be used; one sentence of why.
        Gone: the child ended or hung before it was ready.
    """

    def __init__(self, user: UserReward, memory_gb: float) -> None:
        self._user = user
        self._owner = os.getpid()
        self._calls = 0
        self._frames = Frames()
        self._output = Output()
        self.worn = False
        self._start()
        setup = pickle.dumps((list(sys.path), user, memory_gb))
        last = time.monotonic() + LOAD_SECONDS
        try:
            self._write(setup, last)
            reply = self._frame(last)
        except Died as died:
            raise Gone(died.death) from None
        if isinstance(refused := reply.get("refused"), str):
            self.end()
            raise ConfigError(refused)
        if (scope := reply.get("ready")) not in ("completion", "group"):
            self.end()
            raise Gone(Death("a first answer of the wrong form"))
        self.scope = scope

    @property
    def output(self) -> str:
        """The last of what the user's code printed."""
        return self._output.text

    def usable(self) -> bool:
        """False after a death, and in a process forked from the owner."""
        return self._owner == os.getpid() and not self.worn and self._popen.poll() is None

    def judge(self, units: Sequence[Unit], deadline: float) -> Iterator[list[Any]]:
        """The parts of each unit as they come; ``deadline`` [s] for each unit.

        Raises:
            Died: the unit after the last one that was given hung or ended it.
            Gone: none of them was begun.
        """
        self._calls += 1
        last = time.monotonic() + deadline + LOAD_SECONDS
        try:
            self._write(pickle.dumps((self._calls, units)), last)
            self._expect(self._frame(last), "begun", True)
        except Died as died:
            raise Gone(died.death) from None
        for index in range(len(units)):
            frame = self._frame(time.monotonic() + deadline, deadline)
            self._expect(frame, "unit", index)
            parts = frame.get("parts")
            if not isinstance(parts, list) or len(parts) != len(units[index][1]):
                raise self._nonsense()
            yield parts
        # All is answered; what happens now costs nobody a value.
        try:
            frame = self._frame(time.monotonic() + deadline)
            self._expect(frame, "end", True)
            self.worn = frame.get("worn") is not None
        except Died:
            self.worn = True

    def stop(self) -> None:
        """Have it end soon, while another thread waits for its answers."""
        if self._owner == os.getpid():
            self._popen.terminate()

    def end(self) -> None:
        """Kill it with all its descendants, unless it ended."""
        self._close()

    def _start(self) -> None:
        ask_read, ask = os.pipe()
        answer, answer_write = os.pipe()
        output, output_write = os.pipe()
        for fd in (ask, answer, output):
            os.set_blocking(fd, False)
        start = _START.format(home=_HOME, ask=ask_read, answer=answer_write)
        pipes = _Pipes(ask, answer, output)
        try:
            self._popen = subprocess.Popen(
                [sys.executable, "-P", "-u", "-c", start],
                stdin=subprocess.DEVNULL,
                stdout=output_write,
                stderr=output_write,
                pass_fds=(ask_read, answer_write),
                start_new_session=True,
                env=_ENVIRONMENT | dict(os.environ),
            )
        except OSError as failure:
            pipes.close(*pipes.open)
            raise Gone(Death(f"a process could not be started ({failure})")) from failure
        finally:
            for fd in (ask_read, answer_write, output_write):
                os.close(fd)
        self._pipes = pipes
        self._reads = select.poll()
        self._reads.register(answer, select.POLLIN)
        self._reads.register(output, select.POLLIN)
        self._close = weakref.finalize(self, _end, self._popen, pipes, self._output, self._owner)

    def _write(self, payload: bytes, last: float) -> None:
        writes = select.poll()
        writes.register(self._pipes.ask, select.POLLOUT)
        rest = memoryview(pack(payload))
        while rest:
            if not writes.poll(_milliseconds(last)):
                raise self._hung(None)
            try:
                rest = rest[os.write(self._pipes.ask, rest[: 2**20]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise self._ended() from None

    def _frame(self, last: float, deadline: float | None = None) -> dict[str, Any]:
        while True:
            try:
                frame = self._frames.next()
                if frame is not None:
                    break
            except ValueError:
                raise self._nonsense() from None
            ready = self._reads.poll(_milliseconds(last))
            if not ready or time.monotonic() > last:
                raise self._hung(deadline)
            for fd, _ in ready:
                data = os.read(fd, 2**18)
                if fd == self._pipes.output:
                    self._output.feed(data)
                    if not data:
                        self._reads.unregister(fd)
                elif not data:
                    raise self._ended()
                else:
                    self._frames.feed(data)
        try:
            obj = json.loads(frame, parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise self._nonsense() from None
        if not isinstance(obj, dict):
            raise self._nonsense()
        return obj

    def _expect(self, frame: dict[str, Any], name: str, value: Any) -> None:
        if frame.get("call") != self._calls or frame.get(name) != value:
            raise self._nonsense()

    def _hung(self, deadline: float | None) -> Died:
        self.end()
        place = self._output.place(self._user.path)
        within = "in time" if deadline is None else f"within {deadline:g} s"
        return Died(Death(f"no answer {within}, killed{place}", hung=True))

    def _nonsense(self) -> Died:
        self.end()
        return Died(Death("its process sent an answer of the wrong form, killed"))

    def _ended(self) -> Died:
        self.end()
        code = self._popen.returncode
        place = self._output.place(self._user.path)
        if code < 0:
            how = f"was ended by {signal.Signals(-code).name}"
        else:
            how = f"ended with exit status {code}"
        return Died(Death(f"its process {how}{place}"))


def _end(popen: subprocess.Popen[bytes], pipes: _Pipes, output: Output, owner: int) -> None:
    """Lets the keeper sweep up, and takes its exit status; a forked copy only lets go."""
    if os.getpid() != owner:
        pipes.close(*tuple(pipes.open))
        return
    pipes.close(pipes.ask)
    last = time.monotonic() + END_SECONDS
    poll = select.poll()
    poll.register(pipes.output, select.POLLIN)
    while poll.poll(_milliseconds(last)) and time.monotonic() < last:
        data = os.read(pipes.output, 2**18)
        if not data:
            break
        output.feed(data)
    try:
        popen.wait(max(0.0, last - time.monotonic()))
    except subprocess.TimeoutExpired:
        popen.kill()  # its worker dies with it
        popen.wait()
    pipes.close(pipes.answer, pipes.output)


def _milliseconds(last: float) -> float:
    return max(0.0, 1000 * (last - time.monotonic()))


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not a finite number")
