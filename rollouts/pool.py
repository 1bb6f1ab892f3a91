"""The pool: hands questions to Ray actors, refills the dead, publishes weights.

Promises
--------
Execution is at least once, effect exactly once: a group is known by (step,
index), the first valid answer counts and any later one is dropped and counted.
Every wait has a deadline; every 30 s a line says which groups are missing.
Weights are published once per version and their hash is checked in each actor;
an actor without the version refuses to sample. Nothing listens beyond loopback.
"""

from __future__ import annotations

import logging
import os
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
from rollouts.records import Group

_log = logging.getLogger(__name__)
_SAY_EVERY = 30.0  # seconds between lines about who is waited for


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """How the pool works.

    Attributes:
        actors: processes that sample.
        chunk: groups handed out at once. Which groups are sampled together
            depends on this number alone, never on who is free, so that runs
            repeat to the last bit.
        deadline: seconds an actor has for one chunk, or to start.
        max_restarts: actors that may be replaced before the run stops.
        deaths_to_quarantine: a chunk that killed so many actors is given up.
    """

    actors: int = 2
    chunk: int = 16
    deadline: float = 600.0
    max_restarts: int = 10
    deaths_to_quarantine: int = 2


@dataclass(slots=True)
class _Member:
    """One actor and what it is doing."""

    name: str
    handle: Any
    task: Any = None
    chunk: tuple[Ask, ...] = ()
    since: float = 0.0


def start_ray(cpus: int) -> None:
    """A private Ray on loopback, without a dashboard, authenticated by token; idempotent."""
    os.environ.setdefault("RAY_AUTH_MODE", "token")
    os.environ.setdefault("RAY_AUTH_TOKEN", os.urandom(32).hex())
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    # Actors are half of the step, not background work, which Ray takes them for.
    os.environ.setdefault("RAY_worker_niceness", "0")
    # An accelerator that an actor did not ask for is not hidden from the driver.
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    import ray

    if not ray.is_initialized():
        ray.init(
            num_cpus=cpus,
            include_dashboard=False,
            _node_ip_address="127.0.0.1",
            object_store_memory=256 * 2**20,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )


class Pool:
    """N rollout actors as one sampler; a context manager that leaves no process behind."""

    def __init__(self, spec: ActorSpec, settings: PoolSettings | None = None):
        self.spec = spec
        self.settings = settings or PoolSettings()
        self.quarantined: list[Ask] = []
        self.late_answers = 0
        self._restarts = 0
        self._made = 0
        self._deaths: Counter[tuple[Ask, ...]] = Counter()
        self._weights: tuple[Any, int, str] | None = None
        self._first_failure = ""
        start_ray(self.settings.actors)
        self._members = [self._start() for _ in range(self.settings.actors)]

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the actors and this Ray."""
        import ray

        for member in self._members:
            ray.kill(member.handle, no_restart=True)
        self._members = []
        ray.shutdown()

    # -- weights --------------------------------------------------------------------

    def publish(self, weights: Mapping[str, np.ndarray], version: int) -> None:
        """Give all actors these weights as ``version``.

        Raises:
            RolloutError: if an actor received something else.
        """
        import ray

        digest = weights_hash(weights)
        self._weights = (ray.put(dict(weights)), version, digest)
        for member in list(self._members):
            if not self._load(member):
                self._replace(member)

    def _load(self, member: _Member) -> bool:
        """True if the actor holds the current version now; False if it died."""
        import ray

        if self._weights is None:
            return True
        reference, version, digest = self._weights
        try:
            received = ray.get(
                member.handle.load.remote(reference, version, digest),
                timeout=self.settings.deadline,
            )
        except (ray.exceptions.RayActorError, ray.exceptions.GetTimeoutError) as error:
            self._remember(error)
            return False
        if received != digest:
            raise RolloutError(
                f"actor '{member.name}' received other weights: got hash {received}, expected "
                f"{digest} for version {version}; the object store is damaged, start again"
            )
        return True

    # -- rollouts -------------------------------------------------------------------

    def roll_out(self, step: int, questions: Sequence[Question], version: int) -> list[Group]:
        """One judged group per question, in order; quarantined questions are left out.

        Raises:
            RolloutError: if too many actors died, or an actor reports a bug.
        """
        asks = [Ask(step, index, question) for index, question in enumerate(questions)]
        size = self.settings.chunk
        waiting = deque(tuple(asks[i : i + size]) for i in range(0, len(asks), size))
        done: dict[int, Group] = {}
        said = time.monotonic()
        while waiting or any(member.task is not None for member in self._members):
            self._hand_out(waiting, version)
            self._collect(waiting, done)
            if time.monotonic() - said > _SAY_EVERY:
                said = time.monotonic()
                _log.warning("step %d waits for %s", step, self._missing())
        return [done[index] for index in sorted(done)]

    def _hand_out(self, waiting: deque[tuple[Ask, ...]], version: int) -> None:
        for member in self._members:
            if member.task is None and waiting:
                member.chunk = waiting.popleft()
                member.task = member.handle.roll_out.remote(member.chunk, version)
                member.since = time.monotonic()

    def _collect(self, waiting: deque[tuple[Ask, ...]], done: dict[int, Group]) -> None:
        import ray

        tasks = [member.task for member in self._members if member.task is not None]
        ready, _ = ray.wait(tasks, num_returns=1, timeout=1.0)
        for member in list(self._members):
            if member.task in ready:
                self._take(member, waiting, done)
            elif member.task is not None and self._overdue(member):
                self._remember(f"no answer within {self.settings.deadline:g} s")
                self.late_answers += 1
                self._give_up(member, waiting)

    def _take(
        self, member: _Member, waiting: deque[tuple[Ask, ...]], done: dict[int, Group]
    ) -> None:
        import ray

        try:
            groups = ray.get(member.task)
        except ray.exceptions.RayActorError as error:
            self._remember(error)
            self._give_up(member, waiting)
            return
        except ray.exceptions.RayTaskError as error:
            raise _cause(error) from error
        for group in groups:
            done.setdefault(group.index, group)
        member.task, member.chunk = None, ()

    def _give_up(self, member: _Member, waiting: deque[tuple[Ask, ...]]) -> None:
        """Replace an actor that died or hangs; its chunk goes back, or into quarantine."""
        chunk = member.chunk
        self._replace(member)
        self._deaths[chunk] += 1
        if self._deaths[chunk] < self.settings.deaths_to_quarantine:
            waiting.append(chunk)
        elif len(chunk) > 1:
            # One of several questions kills: ask them one by one to find which.
            waiting.extend((ask,) for ask in chunk)
        else:
            self.quarantined.append(chunk[0])
            _log.error(
                "question '%s' killed %d actors and is left out: %s",
                chunk[0].question.id,
                self._deaths[chunk],
                self._first_failure,
            )

    # -- actors -----------------------------------------------------------------------

    def _start(self) -> _Member:
        import ray

        self._made += 1
        name = f"actor-{self._made}"
        remote = ray.remote(num_cpus=1, max_restarts=0, max_task_retries=0)(RolloutActor)
        return _Member(name, remote.remote(self.spec, name))

    def _replace(self, member: _Member) -> None:
        import ray

        ray.kill(member.handle, no_restart=True)
        self._restarts += 1
        if self._restarts > self.settings.max_restarts:
            raise RolloutError(
                f"rollout actors keep dying: got {self._restarts} deaths, expected at most "
                f"{self.settings.max_restarts}; the first said: {self._first_failure}"
            )
        fresh = self._start()
        self._members[self._members.index(member)] = fresh
        if not self._load(fresh):
            self._replace(fresh)

    def _overdue(self, member: _Member) -> bool:
        return time.monotonic() - member.since > self.settings.deadline

    def _missing(self) -> str:
        busy = [m for m in self._members if m.task is not None]
        return ", ".join(f"{m.name}: groups {[ask.index for ask in m.chunk]}" for m in busy)

    def _remember(self, failure: object) -> None:
        self._first_failure = self._first_failure or str(failure).strip().splitlines()[-1]


def _cause(error: Any) -> BaseException:
    """The error that the actor raised, as itself where it can be had."""
    cause = getattr(error, "cause", None)
    return cause if isinstance(cause, BaseException) else RolloutError(str(error))
