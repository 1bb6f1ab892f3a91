"""The parent's side of one child: ask it, outlive it.

Every wait has a deadline, and what comes back is bytes to be checked, nothing
more: the user's code may write to any pipe.
"""

from __future__ import annotations

import json
import os
import pickle
import select
import signal
import sys
import time
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rewards.errors import ConfigError
from rewards.isolation.child import end, milliseconds, start
from rewards.isolation.output import Echo
from rewards.isolation.spec import UserReward
from rewards.isolation.wire import Frames, pack
from rewards.json_line import refuse_constant
from rewards.records import Question, Response

LOAD_SECONDS = 60.0
"""For a process to start and run the user's file."""

Unit = tuple[Question, tuple[Response, ...]]


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


class Process:
    """A child with the reward loaded.

    Args:
        user: the reward.
        memory_gb: address space [GiB].
        echo: shows what its code prints, or None.

    Raises:
        ConfigError: the file cannot be used; one sentence of why.
        Gone: the child could not be started, ended or hung before it was ready.
    """

    def __init__(self, user: UserReward, memory_gb: float, echo: Echo | None = None) -> None:
        self._user = user
        self._calls = 0
        self._frames = Frames()
        self._worn = False
        try:
            self._child = start(echo)
        except OSError as failure:
            raise Gone(Death(f"a process could not be started ({failure})")) from failure
        self.end = weakref.finalize(self, end, self._child)
        """Kill it with all its descendants, unless it ended."""
        self._reads = select.poll()
        self._reads.register(self._child.answer, select.POLLIN)
        self._reads.register(self._child.output, select.POLLIN)
        self.scope = self._load(memory_gb)

    @property
    def output(self) -> str:
        """The last of what the user's code printed."""
        return self._child.printed.text

    def usable(self) -> bool:
        """False after a death, and in a process forked from the owner."""
        own = self._child.owner == os.getpid()
        return own and not self._worn and self._child.popen.poll() is None

    def judge(self, units: Sequence[Unit], deadline: float) -> Iterator[list[Any]]:
        """The parts of each unit as they come; ``deadline`` [s] for each unit.

        Raises:
            Died: the unit after the last one that was given hung or ended it.
            Gone: none of them was begun.
        """
        self._calls += 1
        within = deadline + LOAD_SECONDS
        last = time.monotonic() + within
        try:
            self._write(pickle.dumps((self._calls, units)), last, within)
            self._expect(self._frame(last, within), "begun", True)
        except Died as died:
            raise Gone(died.death) from None
        for index, (_, responses) in enumerate(units):
            frame = self._frame(time.monotonic() + deadline, deadline)
            self._expect(frame, "unit", index)
            parts = frame.get("parts")
            if not isinstance(parts, list) or len(parts) != len(responses):
                raise self._nonsense()
            yield parts
        # All is answered; what happens now costs nobody a value.
        try:
            frame = self._frame(time.monotonic() + deadline, deadline)
            self._expect(frame, "end", True)
            self._worn = frame.get("worn") is not None
        except Died:
            self._worn = True

    def stop(self) -> None:
        """Have it end soon, while another thread waits for its answers."""
        if self._child.owner == os.getpid():
            self._child.popen.terminate()

    def _load(self, memory_gb: float) -> str:
        last = time.monotonic() + LOAD_SECONDS
        try:
            setup = pickle.dumps((list(sys.path), self._user, memory_gb))
            self._write(setup, last, LOAD_SECONDS)
            reply = self._frame(last, LOAD_SECONDS)
        except Died as died:
            raise Gone(died.death) from None
        if isinstance(refused := reply.get("refused"), str):
            self.end()
            raise ConfigError(refused)
        if (scope := reply.get("ready")) not in ("completion", "group"):
            raise Gone(self._nonsense().death)
        return scope

    def _write(self, payload: bytes, last: float, within: float) -> None:
        writes = select.poll()
        writes.register(self._child.ask, select.POLLOUT)
        rest = memoryview(pack(payload))
        while rest:
            if not writes.poll(milliseconds(last)):
                raise self._hung(within)
            try:
                rest = rest[os.write(self._child.ask, rest[: 2**20]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise self._ended() from None

    def _frame(self, last: float, within: float) -> dict[str, Any]:
        late = False
        try:
            while (frame := self._frames.next()) is None:
                if late:
                    raise self._hung(within)
                # Who wakes too late, for the machine was busy or asleep, takes what is in the pipe.
                late = self._read(last, within)
            obj = json.loads(frame, parse_constant=refuse_constant)
        except (ValueError, RecursionError):
            raise self._nonsense() from None
        if not isinstance(obj, dict):
            raise self._nonsense()
        return obj

    def _read(self, last: float, within: float) -> bool:
        """Take what the child answers and prints: True if ``last`` is past, or raise at it."""
        ready = self._reads.poll(0)
        # A signal that comes just before a wait is seen after it: Ctrl-C must not wait long.
        while not ready and time.monotonic() < last:
            ready = self._reads.poll(min(milliseconds(last), 1000))
        late = time.monotonic() > last
        if not ready:
            raise self._hung(within)
        for fd, _ in ready:
            data = os.read(fd, 2**18)
            if fd == self._child.output:
                self._child.printed.feed(data)
                if not data:
                    self._reads.unregister(fd)
            elif not data:
                raise self._ended()
            else:
                self._frames.feed(data)
        return late

    def _expect(self, frame: dict[str, Any], name: str, value: Any) -> None:
        if frame.get("call") != self._calls or frame.get(name) != value:
            raise self._nonsense()

    def _hung(self, within: float) -> Died:
        self.end()
        return Died(Death(f"no answer within {within:g} s, killed{self._place()}", hung=True))

    def _nonsense(self) -> Died:
        self.end()
        return Died(Death("its process sent an answer of the wrong form, killed"))

    def _ended(self) -> Died:
        self.end()
        code = self._child.popen.returncode
        if code < 0:
            names = {number.value: number.name for number in signal.Signals}
            how = f"was ended by {names.get(-code, f'signal {-code}')}"
        else:
            how = f"ended with exit status {code}"
        return Died(Death(f"its process {how}{self._place()}"))

    def _place(self) -> str:
        return self._child.printed.place(self._user.path)
