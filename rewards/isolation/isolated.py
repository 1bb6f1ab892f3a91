"""``Isolated``: completions in, parts out, whatever the user's code does.

Conventions
-----------
========================================  =======================================
a unit (one completion, or the group)     its parts
========================================  =======================================
returns what a reward may return          as ``rewards/contract.py`` says
raises anything                           ``error``: type, text, line of the file
is not done within the deadline           ``timeout``: the processes are killed
ends its process (signal, ``os._exit``)   ``error``: how, and the line if known
comes after units that hung or died and   not run: as the last of them
cost 3 deadlines, or, if that is longer,
1/4 s for each unit of the call
========================================  =======================================

Answers come unit by unit, so the one that hung is known without a search: each
culprit costs the time it took, at most one deadline, and the start of one process,
and nobody else a value. What is bounded is that time, for each call and each of the
processes, not how many they are: many deaths are cheap, a hang costs its deadline.
The ``seconds`` of a part are what it took, until its process was gone where it hung or died;
in a group each has its share, and what was not run has none.
"""

from __future__ import annotations

import math
import pickle
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from rewards.contract import checked
from rewards.errors import ConfigError, RewardError
from rewards.isolation.output import Echo
from rewards.isolation.process import Death, Died, Gone, Process, Unit
from rewards.isolation.spec import read_spec
from rewards.isolation.units import units_of
from rewards.records import NOT_RUN, Part, Question, Response, Verdict

LOST_DEADLINES = 3
LOST_SECONDS = 0.25
"""What units that hang or die may cost in one call: so many deadlines, or so many seconds for
each of its units, the longer of the two. A process that is quick to start takes less, so that all
units may die."""
GONE_IN_A_ROW = 3
"""Processes that may end before they are asked."""
UNITS_AT_ONCE = 512
"""That are sent to a process at once: neither side holds more."""
_STATUSES = ("scored", "not_applicable", "error")
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Isolated:
    """The reward ``FILE.py:NAME``, run in processes of its own.

    Can be pickled: the source of the file travels, processes start where and when
    ``judge`` is first called. One call at a time; others wait. The first lines that the code
    prints while it judges are shown on standard error (``output.py``).

    Args:
        spec: file and function.
        deadline: for each completion, or group of them [s], above 0.
        memory_gb: address space of a process [GiB], at least 0.25; numpy, music21 and a
            torch for CPUs load within 1.
        processes: that work side by side, at least 1.
        params: keyword arguments of the function; what pickle can carry.

    Raises:
        ConfigError: the file cannot be used (tried in a child, which then ends), or an
            argument is out of range; names file, line and the nearest name.
    """

    def __init__(
        self,
        spec: str,
        *,
        deadline: float = 10.0,
        memory_gb: float = 2.0,
        processes: int = 1,
        params: Mapping[str, Any] = _NOTHING,
    ) -> None:
        _expect("deadline", deadline, 0.001, "seconds")
        _expect("memory_gb", memory_gb, 0.25, "gibibytes")
        if type(processes) is not int or processes < 1:
            raise ConfigError(f"processes: got {processes!r}, expected a whole number from 1")
        self.spec = spec
        self.deadline = deadline
        self.memory_gb = memory_gb
        self.processes = processes
        self._user = read_spec(spec, params)
        try:
            pickle.dumps(self._user)
        except Exception as failure:
            raise ConfigError(
                f"params of {self._user.shown}: cannot be handed to a process ({failure}); "
                "expected numbers, texts, lists and mappings"
            ) from failure
        self._set_up()
        try:
            process = Process(self._user, memory_gb)
        except Gone as gone:
            raise ConfigError(
                f"{self._user.path}: running the file failed: {gone.death.why}; expected a "
                "file that defines rewards and returns"
            ) from gone
        self.scope = process.scope
        process.end()

    def judge(self, pairs: Sequence[tuple[Question, Response]]) -> list[Part]:
        """One part of weight 1 for each pair, in order; no fault of the reward raises."""
        units, places = units_of(pairs, self.scope)
        with self._lock:
            judged = self._in_turn(units) if self.processes == 1 else self._side_by_side(units)
        parts: list[Part | None] = [None] * len(pairs)
        for at, group in zip(places, judged, strict=True):
            for place, part in zip(at, group, strict=True):
                parts[place] = part
        return [part for part in parts if part is not None]

    @property
    def output(self) -> str:
        """The last that the user's code printed, of each process."""
        return "".join(self._outputs)

    def close(self) -> None:
        """End the processes and all that they started; ``judge`` would start new ones."""
        for slot in range(self.processes):
            self._end(slot)

    def __enter__(self) -> Isolated:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in _OWN}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._set_up()

    def _set_up(self) -> None:
        self._lock = threading.Lock()
        self._slots: list[Process | None] = [None] * self.processes
        self._outputs = [""] * self.processes
        self._stopped = False
        self._echo = Echo(self._user.shown)

    def _in_turn(self, units: Sequence[Unit]) -> list[list[Part]]:
        try:
            return self._share(units, 0)
        except BaseException:  # Ctrl-C: the process is in the middle of a call
            self._end(0)
            raise

    def _side_by_side(self, units: Sequence[Unit]) -> list[list[Part]]:
        """Each process takes every n-th unit: neighbours are alike, so shares are even."""
        from concurrent.futures import ThreadPoolExecutor, wait  # children import this module too

        count = self.processes
        judged: list[list[Part]] = [[]] * len(units)
        self._stopped = False
        try:
            with ThreadPoolExecutor(count) as threads:
                try:
                    shares = [threads.submit(self._share, units[i::count], i) for i in range(count)]
                    for slot, share in enumerate(shares):
                        # A signal that comes just before a wait is seen after it: none is long.
                        while not wait([share], timeout=1.0).done:
                            pass
                        judged[slot::count] = share.result()
                except BaseException:  # Ctrl-C: the threads wait for answers
                    self._stopped = True
                    for process in filter(None, self._slots):
                        process.stop()
                    raise
        except BaseException:
            self.close()
            raise
        return judged

    def _share(self, units: Sequence[Unit], slot: int) -> list[list[Part]]:
        """The units in order, by one process after the other."""
        judged: list[list[Part]] = []
        lost, culprits, gone = 0.0, 0, 0
        most = max(LOST_DEADLINES * self.deadline, LOST_SECONDS * len(units))
        while len(judged) < len(units) and not self._stopped:
            begun = time.monotonic()
            try:
                process = self._ready(slot)
                if self._stopped:  # while it was made: nobody knew of it yet
                    break
                if culprits:
                    lost += time.monotonic() - begun
                begun = time.monotonic()
                upcoming = units[len(judged) : len(judged) + UNITS_AT_ONCE]
                for parts in self._answers(process, upcoming, slot):
                    judged.append(parts)
                    begun, gone = time.monotonic(), 0
            except Died as died:
                if isinstance(died, Gone) and (gone := gone + 1) < GONE_IN_A_ROW:
                    continue
                if isinstance(died, Gone):
                    return judged + _unrun(units[len(judged) :], died.death, f"{NOT_RUN}: ")
                took = time.monotonic() - begun
                judged.append(_blamed(units[len(judged)], died.death, took=took))
                lost, culprits = lost + took, culprits + 1
                if lost >= most:
                    why = (
                        f"{NOT_RUN}, for {culprits} before it hung or died and cost {lost:.3g} s, "
                        f"where a call may lose {most:.3g} s: "
                    )
                    return judged + _unrun(units[len(judged) :], died.death, why)
        return judged

    def _ready(self, slot: int) -> Process:
        process = self._slots[slot]
        if process is None or not process.usable():
            self._end(slot)
            try:
                process = Process(self._user, self.memory_gb, self._echo)
            except ConfigError as failure:  # it could be used before: something around it changed
                raise Gone(Death(f"{type(failure).__name__}: {failure}")) from failure
            self._slots[slot] = process
        return process

    def _answers(self, process: Process, units: Sequence[Unit], slot: int) -> Iterator[list[Part]]:
        try:
            for answer in process.judge(units, self.deadline):
                yield [self._part(part) for part in answer]
        finally:
            self._outputs[slot] = process.output
            if not process.usable():
                self._end(slot)

    def _part(self, answer: Any) -> Part:
        """One part as the child sent it, checked as if a stranger had."""
        try:
            value, status, why, details, seconds = answer
            if status not in _STATUSES or not isinstance(why, str):
                raise RewardError(
                    f"reward {self._user.name!r}: its process sent a wrong status, expected one of "
                    f"{', '.join(_STATUSES)} with a reason"
                )
            seconds = float(seconds) if isinstance(seconds, (int, float)) else math.nan
            seconds = seconds if 0 <= seconds < math.inf else 0.0
            if status != "scored":
                return Part(None, 1.0, status, why, None, seconds)
            checked(self._user.name, Verdict(value, why, details))
        except (TypeError, ValueError, OverflowError, RewardError) as failure:
            return Part(None, 1.0, "error", f"{type(failure).__name__}: {failure}")
        return Part(float(value), 1.0, "scored", why, details, seconds)

    def _end(self, slot: int) -> None:
        process, self._slots[slot] = self._slots[slot], None
        if process is not None:
            process.end()


_OWN = ("_lock", "_slots", "_outputs", "_stopped", "_echo")


def _blamed(unit: Unit, death: Death, before: str = "", took: float = 0.0) -> list[Part]:
    """The parts of a unit that a death left without any; it took so many seconds in all."""
    status, count = "timeout" if death.hung else "error", len(unit[1])
    return [Part(None, 1.0, status, before + death.why, None, took / count)] * count


def _unrun(units: Sequence[Unit], death: Death, before: str) -> list[list[Part]]:
    return [_blamed(unit, death, before) for unit in units]


def _expect(name: str, value: Any, least: float, unit: str) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not least <= value < math.inf:
        raise ConfigError(f"{name}: got {value!r}, expected {unit} of at least {least:g}")
