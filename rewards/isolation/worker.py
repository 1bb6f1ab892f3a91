"""The process in which the user's code runs: completions in, one frame per unit out.

Conventions
-----------
A unit is a question with the responses that are judged together: one, or for a
reward over groups all of them. Frames up, each one JSON object:

================================================  =================================
frame                                             when
================================================  =================================
``{"ready": SCOPE}`` or ``{"refused": WHY}``      once, after loading
``{"call": N, "begun": true}``                    the units of call N are here
``{"call": N, "unit": I, "parts": [PART ...]}``   unit I is judged
``{"call": N, "end": true, "worn": WHY|null}``    all of them are; WHY to replace
                                                  this process
================================================  =================================

PART is ``[value, status, why, details, seconds]``. A unit that was begun and never
answered is the one that hung or ended the process: nothing has to be searched.
"""

from __future__ import annotations

import faulthandler
import json
import os
import pickle
import resource
import signal
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from rewards.contract import checked, checked_group, describe
from rewards.errors import ConfigError, RewardError
from rewards.isolation import limits, wire
from rewards.isolation.keeper import children
from rewards.isolation.loading import load, where
from rewards.isolation.spec import UserReward
from rewards.records import Abstention, Question, Response
from rewards.registry import Reward

MAX_CALLS = 1000
MAX_LEFT_BEHIND = 8
_MAX_WHY = 2000
_MAX_PART = 2**20
_MAX_UNIT = wire.MAX_ANSWER // 2
# Bound before the user's code runs, which may put something else in their place.
_exit, _pid, _clock = os._exit, os.getpid, time.perf_counter
_encode = json.JSONEncoder(allow_nan=False).encode


def run(ask: int, answer: int) -> NoReturn:
    """Serve until the input ends; never returns, not even by an exception."""
    status = 70
    try:
        _serve(ask, answer, _pid())
        status = 0
    except BaseException:  # noqa: BLE001 - a fork must not return into the keeper's code
        traceback.print_exc()
    finally:
        _exit(status)


def _serve(ask: int, answer: int, me: int) -> None:
    setup = wire.receive(ask)
    if setup is None:
        return
    sys.path[:], user, memory_gb = pickle.loads(setup)
    # To a copy, for the user's code may close 1 and 2.
    said = os.dup(2)
    faulthandler.enable(said, all_threads=False)
    faulthandler.register(signal.SIGUSR1, said, all_threads=False)
    limits.memory(memory_gb)
    try:
        reward = load(user)
        reply = {"ready": reward.scope}
    except ConfigError as failure:
        reward, reply = None, {"refused": f"{failure}{limits.too_little(failure, memory_gb)}"}
    _only(me)
    wire.send(answer, _encode(reply).encode())
    if reward is None:
        return
    judge = _Judge(reward, user, me, memory_gb)
    calls, idle = 0, _peak()
    while (frame := wire.receive(ask)) is not None:
        call, units = pickle.loads(frame)
        wire.send(answer, _encode({"call": call, "begun": True}).encode())
        for index, (question, responses) in enumerate(units):
            parts = judge.unit(question, responses)
            wire.send(answer, b'{"call": %d, "unit": %d, "parts": %s}' % (call, index, parts))
        calls += 1
        worn = _worn(calls, idle, memory_gb * 2**30)
        wire.send(answer, _encode({"call": call, "end": True, "worn": worn}).encode())


@dataclass(frozen=True, slots=True)
class _Judge:
    """The reward, called; whatever comes of it as JSON."""

    reward: Reward
    user: UserReward
    me: int
    memory_gb: float

    def unit(self, question: Question, responses: Sequence[Response]) -> bytes:
        """The parts of one unit."""
        name, params, count = self.reward.name, self.user.params, len(responses)
        start = _clock()
        try:
            if self.reward.scope == "group":
                outcome = self.reward.over(question, responses, **params)
            else:
                outcome = self.reward(question, responses[0], **params)
            _only(self.me)
            seconds = (_clock() - start) / count
            if self.reward.scope == "group":
                outcomes = checked_group(name, outcome, count)
            else:
                outcomes = [outcome]
            parts = [self._part(one, seconds) for one in outcomes]
            if (size := sum(map(len, parts))) > _MAX_UNIT:
                raise RewardError(
                    f"reward {name!r} gave a group's reasons and details of {size} characters: "
                    f"expected at most {_MAX_UNIT}"
                )
        # KeyboardInterrupt too: no Ctrl-C reaches this session, so the reward raised it.
        except BaseException as failure:  # noqa: BLE001
            _only(self.me)
            parts = [self._failed(failure, (_clock() - start) / count)] * count
        return f"[{', '.join(parts)}]".encode()

    def _part(self, outcome: object, seconds: float) -> str:
        name = self.reward.name
        try:
            found = checked(name, outcome)
            why = str(found.why)[:_MAX_WHY]
            if isinstance(found, Abstention):
                return _encode([None, "not_applicable", why, None, seconds])
            details = None if found.details is None else dict(found.details)
            text = _encode([float(found.value), "scored", why, details, seconds])
            if len(text) > _MAX_PART:
                raise RewardError(
                    f"reward {name!r} gave details of {len(text)} characters: "
                    f"expected at most {_MAX_PART}"
                )
        except BaseException as failure:  # noqa: BLE001 - a mapping may raise what it likes
            return self._failed(failure, seconds)
        return text

    def _failed(self, failure: BaseException, seconds: float) -> str:
        try:
            why = describe(failure)
        except BaseException as second:  # noqa: BLE001 - str() of it may even exit
            why = f"{type(failure).__name__}: its text ended in {type(second).__name__}"
        why += where(self.user.path, failure.__traceback__)
        why += limits.too_little(failure, self.memory_gb)
        return _encode([None, "error", why, None, seconds])


def _only(me: int) -> None:
    """A copy that the user's code forked ends where it would begin to answer."""
    if _pid() != me:
        _exit(0)


def _worn(calls: int, idle: int, most: float) -> str | None:
    """Why this process should be replaced, if it should; memory in bytes."""
    if calls >= MAX_CALLS:
        return f"{calls} calls"
    if (grown := _peak() - idle) > max(0.0, most - idle) / 2:
        return f"memory grew by {grown / 2**30:.2f} GiB"
    if (threads := threading.active_count() - 1) > MAX_LEFT_BEHIND:
        return f"{threads} threads left behind"
    if _has_children() and (left := len(children())) > MAX_LEFT_BEHIND:
        return f"{left} processes left behind"
    return None


def _peak() -> int:
    """The most memory that this process held so far [bytes]; counted in KiB but for macOS."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _has_children() -> bool:
    """Cheaper than to look through /proc."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True
