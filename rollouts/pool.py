"""The pool: hands questions to Ray actors, refills the dead, publishes weights.

Promises
--------
Execution is at least once, effect exactly once: a group is known by (step,
index), and the first answer counts. An actor that is late is killed, its answer
with it. There is one place that waits, ``Pool._work``: it has a deadline for
every actor, and every 30 s a line says what is missing. Weights are published
once per version and their hash is checked in each actor; an actor without the
version refuses to sample. Nothing listens beyond loopback.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from policies.weights import weights_hash
from rewards.errors import RolloutError
from rewards.records import Question
from rollouts.actor import ActorSpec, Ask, RolloutActor
from rollouts.local_ray import start_ray
from rollouts.records import Group

_log = logging.getLogger(__name__)
_SAY_EVERY = 30.0  # seconds between lines about who is waited for
_STARTS = 3  # in a row without one actor that came up: the next would fail as well


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """How the pool works.

    Attributes:
        actors: processes that sample.
        chunk: groups handed out at once. Which groups are sampled together
            depends on this number alone, never on who is free, so that runs
            repeat to the last bit.
        deadline: seconds an actor has for one chunk, or to start and load weights.
        max_restarts: actors that may be replaced in one step before the run stops.
        deaths_to_quarantine: a chunk that killed so many actors is asked one
            question at a time; a question that did is given up.
    """

    actors: int = 2
    chunk: int = 16
    deadline: float = 600.0
    max_restarts: int = 10
    deaths_to_quarantine: int = 2


@dataclass(slots=True)
class _Member:
    """One actor and what it is doing.

    Attributes:
        task: Ray's reference to what it is to answer, or None.
        chunk: what it samples; () while it loads weights.
        since: when the task was given, on the monotonic clock [s].
        up: True once it has answered anything.
    """

    name: str
    handle: Any
    task: Any = None
    chunk: tuple[Ask, ...] = ()
    since: float = 0.0
    up: bool = False

    def give(self, task: Any, chunk: tuple[Ask, ...] = ()) -> None:
        self.task, self.chunk, self.since = task, chunk, time.monotonic()


class Pool:
    """N rollout actors as one sampler; a context manager that leaves no process behind.

    Attributes:
        quarantined: what was left out because it kills actors.
        late_answers: tasks that were not answered within the deadline.
    """

    def __init__(self, spec: ActorSpec, settings: PoolSettings | None = None):
        self.spec = spec
        self.settings = settings or PoolSettings()
        self.quarantined: list[Ask] = []
        self.late_answers = 0
        self._made = 0
        self._restarts = 0
        self._failed_starts = 0
        self._first_failure = ""
        self._deaths: Counter[tuple[int, ...]] = Counter()
        self._weights: tuple[Any, int, str] | None = None
        self._waiting: deque[tuple[Ask, ...]] = deque()
        self._done: dict[int, Group] = {}
        start_ray(self.settings.actors)
        self._members = [self._start() for _ in range(self.settings.actors)]

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the actors, and the Ray that the pool runs in."""
        import ray

        for member in self._members:
            ray.kill(member.handle, no_restart=True)
        self._members = []
        ray.shutdown()

    def publish(self, weights: Mapping[str, np.ndarray], version: int) -> None:
        """Give all actors these weights as ``version``, and wait until they have them.

        Raises:
            RolloutError: if an actor received something else, or too many died.
        """
        import ray

        self._begin()
        self._weights = (ray.put(dict(weights)), version, weights_hash(weights))
        for member in self._members:
            self._load(member)
        self._work()

    def roll_out(self, step: int, questions: Sequence[Question], version: int) -> list[Group]:
        """One judged group per question, in order; quarantined questions are left out.

        Raises:
            RolloutError: if too many actors died, or none of the questions is left.
            EtudeError: what an actor reports, such as a clip that cannot be read.
        """
        self._begin()
        asks = [Ask(step, index, question) for index, question in enumerate(questions)]
        killers = {ask.question.id for ask in self.quarantined}
        size = self.settings.chunk
        for start in range(0, len(asks), size):
            chunk = tuple(a for a in asks[start : start + size] if a.question.id not in killers)
            if chunk:
                self._waiting.append(chunk)
        self._work(version)
        if asks and not self._done:
            raise RolloutError(
                f"no rollouts of step {step}: got {len(asks)} questions that are all in "
                f"quarantine, expected some that kill no actor; the log names them"
            )
        return [self._done[index] for index in sorted(self._done)]

    # -- work -----------------------------------------------------------------------

    def _begin(self) -> None:
        """A new account: nothing of an aborted call is waited for or counted."""
        self._waiting.clear()
        self._deaths.clear()
        self._done = {}
        self._restarts = self._failed_starts = 0
        self._first_failure = ""
        for member in self._members:
            member.task, member.chunk = None, ()

    def _work(self, version: int | None = None) -> None:
        """Until nothing waits and nobody is busy. All waiting of the pool is here."""
        said = time.monotonic()
        while self._waiting or any(member.task is not None for member in self._members):
            self._hand_out(version)
            if time.monotonic() - said > _SAY_EVERY:
                said = time.monotonic()
                _log.warning("waiting for %s", self._missing())
            self._collect()

    def _hand_out(self, version: int | None) -> None:
        for member in self._members:
            if member.task is None and self._waiting:
                chunk = self._waiting.popleft()
                member.give(member.handle.roll_out.remote(chunk, version), chunk)

    def _collect(self) -> None:
        import ray

        tasks = [member.task for member in self._members if member.task is not None]
        ready, _ = ray.wait(tasks, num_returns=1, timeout=1.0)
        for member in list(self._members):
            if member.task in ready:
                self._take(member)
            elif member.task is not None and self._overdue(member):
                self.late_answers += 1
                limit = f"{self.settings.deadline:g} s"
                self._bury(member, f"'{member.name}' gave no answer within {limit}")

    def _take(self, member: _Member) -> None:
        import ray
        from ray.exceptions import RayError, RayTaskError

        try:
            answer: Any = ray.get(member.task, timeout=self.settings.deadline)
        except RayTaskError as error:
            raise _cause(error) from error
        except RayError as error:  # it died, or its answer was lost
            self._bury(member, _last_sentence(error))
            return
        member.up, self._failed_starts = True, 0
        if member.chunk:
            print(answer.printed, end="", file=sys.stderr, flush=True)
            for group in answer.groups:
                self._done.setdefault(group.index, group)
        else:
            self._check_hash(member, answer)
        member.task, member.chunk = None, ()

    def _check_hash(self, member: _Member, received: str) -> None:
        _, version, digest = self._weights or (None, None, None)
        if received != digest:
            raise RolloutError(
                f"actor '{member.name}' received other weights: got hash {received}, expected "
                f"{digest} for version {version}; the object store is damaged, start again"
            )

    # -- actors -----------------------------------------------------------------------

    def _start(self) -> _Member:
        import ray

        self._made += 1
        name = f"actor-{self._made}"
        remote = ray.remote(num_cpus=1, max_restarts=0, max_task_retries=0)(RolloutActor)
        return _Member(name, remote.remote(self.spec, name))

    def _load(self, member: _Member) -> None:
        if self._weights is not None:
            member.give(member.handle.load.remote(*self._weights))

    def _bury(self, member: _Member, why: str) -> None:
        """Replace an actor that died or hangs; its chunk goes back, or into quarantine."""
        import ray

        ray.kill(member.handle, no_restart=True)
        self._first_failure = self._first_failure or why
        self._restarts += 1
        self._failed_starts += not member.up
        if self._failed_starts >= _STARTS or self._restarts > self.settings.max_restarts:
            raise RolloutError(
                f"rollout actors keep dying: got {self._restarts} deaths in one step, "
                f"{self._failed_starts} of them in a row before the actor was up, expected at "
                f"most {self.settings.max_restarts} and {_STARTS - 1}; the first said: "
                f"{self._first_failure}"
            )
        fresh = self._start()
        self._members[self._members.index(member)] = fresh
        self._load(fresh)
        if member.chunk:
            self._ask_again(member.chunk)

    def _ask_again(self, chunk: tuple[Ask, ...]) -> None:
        place = tuple(ask.index for ask in chunk)
        self._deaths[place] += 1
        if self._deaths[place] < self.settings.deaths_to_quarantine:
            self._waiting.append(chunk)
        elif len(chunk) == 1:
            self.quarantined.append(chunk[0])
            _log.error(
                "question '%s' killed %d actors and is left out from now on; the first failure: %s",
                chunk[0].question.id,
                self._deaths[place],
                self._first_failure,
            )
        else:
            # One of several questions kills: ask them one by one to find which.
            self._waiting.extend((ask,) for ask in chunk)

    def _overdue(self, member: _Member) -> bool:
        return time.monotonic() - member.since > self.settings.deadline

    def _missing(self) -> str:
        busy = [m for m in self._members if m.task is not None]
        return ", ".join(
            f"{m.name}: {f'groups {[a.index for a in m.chunk]}' if m.chunk else 'weights'}"
            for m in busy
        )


def _cause(error: Any) -> BaseException:
    """The error that the actor raised, as itself where it can be had."""
    cause = getattr(error, "cause", None)
    return cause if isinstance(cause, BaseException) else RolloutError(str(error))


def _last_sentence(error: Exception) -> str:
    """What a remote traceback comes down to: its last "SomeError: text", else its last line."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    named = [i for i, line in enumerate(lines) if re.match(r"[A-Za-z_][\w.]*: ", line)]
    return " ".join(line.strip() for line in lines[named[-1] if named else -1 :])
