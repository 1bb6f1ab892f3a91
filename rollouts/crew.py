"""The crew: Ray actors that may die or hang, and errands that get done whoever does.

Promises
--------
Execution is at least once: the errand of an actor that died is asked for again, of
another. An actor that is late is killed, its answer with it. There is one place that
waits, ``Crew.work``: it has a deadline for every actor, and every 30 s a line says what
is missing. Weights are published once per version and their hash is checked in each
actor; one that starts later is given them before anything else. Nothing listens beyond
loopback, unless a cluster is asked for.
"""

from __future__ import annotations

import logging
import re
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from policies.weights import weights_hash
from rewards.errors import RolloutError
from rollouts import cluster
from rollouts.actor import ActorSpec, RolloutActor
from rollouts.local_ray import start_ray
from rollouts.placement import place
from rollouts.traffic import room_for

_LOG = logging.getLogger(__name__)
_SAY_EVERY = 30.0  # seconds between lines about who is waited for
_STARTS = 3  # in a row without one actor that came up: the next would fail as well


@dataclass(frozen=True, slots=True)
class CrewSettings:
    """How the crew works.

    Attributes:
        actors: processes.
        deadline: seconds an actor has for one errand, or to start and load weights.
        max_restarts: actors that may be replaced in one call before the run stops.
        cluster: the address of a Ray cluster whose machines they are on
            (``rollouts/cluster.py``); None for a Ray of their own on this machine.
    """

    actors: int = 2
    deadline: float = 600.0
    max_restarts: int = 10
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Errand:
    """What an actor is asked: a call of one of its methods.

    Attributes:
        name: for people.
        method, args: of ``rollouts.actor.RolloutActor``.
        near: the actor that has heard what it takes; another, if that one is busy or gone.
    """

    name: str
    method: str
    args: tuple[Any, ...]
    near: str = ""


@dataclass(slots=True)
class _Member:
    """One actor and what it is doing.

    Attributes:
        seat: which of the crew it is; its place among the devices.
        task: Ray's reference to what it is to answer, or None.
        errand: what that is.
        since: when it was given, on the monotonic clock [s].
        up: True once it has answered anything.
    """

    name: str
    seat: int
    handle: Any
    task: Any = None
    errand: Errand | None = None
    since: float = 0.0
    up: bool = False

    def give(self, errand: Errand) -> None:
        self.errand, self.since = errand, time.monotonic()
        self.task = getattr(self.handle, errand.method).remote(*errand.args)

    def rest(self) -> None:
        self.task = self.errand = None


@dataclass(frozen=True, slots=True)
class Losses:
    """Actors that were replaced; what they were asked was done again.

    Attributes:
        died: processes that ended, or whose answer was lost.
        late: that were killed, for they gave no answer within the deadline.
    """

    died: int = 0
    late: int = 0


class Crew:
    """N actors; ``close`` leaves no process behind.

    Attributes:
        restarts: actors replaced in the call at hand.
        lost: actors replaced since ``take_losses`` was last asked.
        first_failure: of the call at hand, in words.
    """

    def __init__(self, spec: ActorSpec, settings: CrewSettings):
        self.settings = settings
        self.lost, self.restarts = Losses(), 0
        self.first_failure = ""
        self._made = self._failed_starts = 0
        self._weights: Errand | None = None
        self._given_up = False
        self.spec = self._assemble(spec)
        self._members = [self._start(seat) for seat in range(settings.actors)]

    def close(self) -> None:
        """Ends the actors, and the Ray that they run in, unless that is a cluster."""
        import ray

        for member in self._members:
            ray.kill(member.handle, no_restart=True)
        self._members = []
        ray.shutdown()

    def give_up(self) -> None:
        """Makes the thread that waits for the actors raise, within a second or so."""
        self._given_up = True

    def publish(self, weights: Mapping[str, np.ndarray], version: int) -> None:
        """Give all actors these weights as ``version``, and wait until they have them.

        Raises:
            RolloutError: if an actor received something else, or too many died.
        """
        import ray

        sent = (ray.put(dict(weights)), version, weights_hash(weights))
        self._weights = Errand("weights", "load", sent)
        self._begin()
        for member in self._members:
            member.give(self._weights)
        self._wait(deque(), lambda errand, answer: None, lambda errand: (errand,))

    def work(
        self,
        errands: Sequence[Errand],
        keep: Callable[[Errand, Any], None],
        lost: Callable[[Errand], Sequence[Errand]] = lambda errand: (errand,),
    ) -> None:
        """Until all errands are done.

        Args:
            keep: takes an errand's answer.
            lost: what to ask for instead of an errand whose actor died.

        Raises:
            RolloutError: if too many actors died.
            EtudeError: what an actor reports.
        """
        self._begin()
        self._wait(deque(errands), keep, lost)

    def take_losses(self) -> Losses:
        """The actors replaced since this was last asked."""
        found, self.lost = self.lost, Losses()
        return found

    # -- waiting ----------------------------------------------------------------------

    def _begin(self) -> None:
        """A new account: nothing of an aborted call is waited for or counted."""
        self.restarts = self._failed_starts = 0
        self.first_failure = ""
        for member in self._members:
            member.rest()

    def _wait(
        self,
        waiting: deque[Errand],
        keep: Callable[[Errand, Any], None],
        lost: Callable[[Errand], Sequence[Errand]],
    ) -> None:
        """Until nothing waits and nobody is busy. All waiting is here."""
        said = time.monotonic()
        while waiting or any(member.task is not None for member in self._members):
            if self._given_up:
                raise RolloutError(
                    f"the actors are not waited for any more: got {self._missing() or 'nothing'} "
                    "still to come, expected an end after the error that was first; mend that"
                )
            self._hand_out(waiting)
            if time.monotonic() - said > _SAY_EVERY:
                said = time.monotonic()
                _LOG.warning("waiting for %s", self._missing())
            for dropped in self._collect(keep):
                waiting.extend(lost(dropped))

    def _hand_out(self, waiting: deque[Errand]) -> None:
        idle = {member.name: member for member in self._members if member.task is None}
        for errand in list(waiting):
            if errand.near in idle:
                waiting.remove(errand)
                idle.pop(errand.near).give(errand)
        for member in idle.values():
            if waiting:
                member.give(waiting.popleft())

    def _collect(self, keep: Callable[[Errand, Any], None]) -> list[Errand]:
        """Take what is answered within a second; the errands of actors that are gone."""
        import ray

        tasks = [member.task for member in self._members if member.task is not None]
        ready, _ = ray.wait(tasks, num_returns=1, timeout=1.0)
        dropped: list[Errand | None] = []
        for member in list(self._members):
            if member.task in ready:
                dropped.append(self._take(member, keep))
            elif member.task is not None and self._overdue(member):
                self.lost = replace(self.lost, late=self.lost.late + 1)
                limit = f"{self.settings.deadline:g} s"
                dropped.append(self._bury(member, f"'{member.name}' gave no answer within {limit}"))
        return [errand for errand in dropped if errand is not None]

    def _take(self, member: _Member, keep: Callable[[Errand, Any], None]) -> Errand | None:
        import ray
        from ray.exceptions import RayError, RayTaskError

        try:
            answer: Any = ray.get(member.task, timeout=self.settings.deadline)
        except RayTaskError as error:
            raise _cause(error) from error
        except RayError as error:  # it died, or its answer was lost
            self.lost = replace(self.lost, died=self.lost.died + 1)
            return self._bury(member, _last_sentence(error))
        errand = member.errand
        member.up, self._failed_starts = True, 0
        member.rest()
        if errand is self._weights:
            self._check_hash(member, answer)
        elif errand is not None:
            keep(errand, answer)
        return None

    def _check_hash(self, member: _Member, received: str) -> None:
        _, version, digest = self._weights.args if self._weights else (None, None, None)
        if received != digest:
            raise RolloutError(
                f"actor '{member.name}' received other weights: got hash {received}, expected "
                f"{digest} for version {version}; the object store is damaged, start again"
            )

    # -- actors -----------------------------------------------------------------------

    def _assemble(self, spec: ActorSpec) -> ActorSpec:
        """A Ray for the actors; what each of them is built from there."""
        settings = self.settings
        if settings.cluster is None:
            start_ray(settings.actors, room_for(spec, settings.actors))
            return spec
        cluster.join(settings.cluster, settings.actors, spec.opening.device)
        here = {"model": spec.model.absolute(), "clips": spec.clips.absolute()}
        return replace(spec, code=cluster.code_digest(), **here)

    def _start(self, seat: int) -> _Member:
        import ray

        self._made += 1
        name = f"actor-{self._made}"
        spec, options = place(self.spec, seat, cluster=self.settings.cluster is not None)
        remote = ray.remote(max_restarts=0, max_task_retries=0, **options)(RolloutActor)
        return _Member(name, seat, remote.remote(spec, name))

    def _bury(self, member: _Member, why: str) -> Errand | None:
        """Replace an actor that died or hangs; its errand, but for weights."""
        import ray

        ray.kill(member.handle, no_restart=True)
        _LOG.warning("actor '%s' is replaced: %s", member.name, why)
        self.first_failure = self.first_failure or why
        self.restarts += 1
        self._failed_starts += not member.up
        if self._failed_starts >= _STARTS or self.restarts > self.settings.max_restarts:
            raise RolloutError(
                f"rollout actors keep dying: got {self.restarts} deaths in one step, "
                f"{self._failed_starts} of them in a row before the actor was up, expected at "
                f"most {self.settings.max_restarts} and {_STARTS - 1}; the first said: "
                f"{self.first_failure}"
            )
        fresh = self._start(member.seat)
        self._members[self._members.index(member)] = fresh
        if self._weights is not None:
            fresh.give(self._weights)
        return None if member.errand is self._weights else member.errand

    def _overdue(self, member: _Member) -> bool:
        return time.monotonic() - member.since > self.settings.deadline

    def _missing(self) -> str:
        busy = [m for m in self._members if m.errand is not None]
        return ", ".join(f"{m.name}: {m.errand.name}" for m in busy if m.errand)


def _cause(error: Any) -> BaseException:
    """The error that the actor raised, as itself where it can be had."""
    cause = getattr(error, "cause", None)
    return cause if isinstance(cause, BaseException) else RolloutError(str(error))


def _last_sentence(error: Exception) -> str:
    """What a remote traceback comes down to: its last "SomeError: text", else its last line."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    named = [i for i, line in enumerate(lines) if re.match(r"[A-Za-z_][\w.]*: ", line)]
    return " ".join(line.strip() for line in lines[named[-1] if named else -1 :])
