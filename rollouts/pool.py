"""The pool: hands questions and gradients to actors, publishes weights.

Promises
--------
Effect is exactly once: a group is known by (step, index), and the first answer counts. A
question that keeps killing actors is set aside and reported. Actors die, hang and are
replaced in ``rollouts/crew.py``. An actor without the version refuses to sample, and to
compute gradients.
"""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from policies.audio_policy import AudioPolicy
from policies.gradients import Shard, ShardGradients
from policies.weights import from_arrays, learning_weights
from rewards.errors import RolloutError, few
from rewards.records import Question
from rollouts.actor import ActorSpec, Ask
from rollouts.crew import Crew, CrewSettings, Errand
from rollouts.records import Group

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PoolSettings(CrewSettings):
    """How the pool works.

    Attributes:
        chunk: groups handed out at once. Which groups are sampled together
            depends on this number alone, never on who is free, so that runs
            repeat to the last bit.
        deaths_to_quarantine: a chunk that killed so many actors is asked one
            question at a time; a question that did is given up.
    """

    chunk: int = 16
    deaths_to_quarantine: int = 2


class Pool:
    """N rollout actors as one sampler, and as one source of gradients; a context manager.

    Attributes:
        crew: the actors.
        quarantined: ids of the questions that are left out because they kill actors.
        scoring: in the last ``roll_out``, the share of the actors' time that judging took.
    """

    def __init__(
        self,
        spec: ActorSpec,
        settings: PoolSettings | None = None,
        quarantined: Sequence[str] = (),
    ):
        self.settings = settings or PoolSettings()
        self.quarantined = list(quarantined)
        if quarantined:
            _LOG.warning("left out, for they killed actors: %s", few([*map(repr, quarantined)]))
        self.scoring = 0.0
        self._version: int | None = None
        self._heard: dict[str | None, str] = {}  # clip -> the actor that sampled about it
        self.crew = Crew(spec, self.settings)

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leaves no process behind."""
        self.crew.close()

    def give_up(self) -> None:
        """Ends, with an error, what another thread waits for here; only ``close`` may follow."""
        self.crew.give_up()

    def publish(self, weights: Mapping[str, np.ndarray], version: int) -> None:
        """Give all actors these weights as ``version``; see ``Crew.publish``."""
        self._version = version
        self.crew.publish(weights, version)

    def roll_out(self, step: int, questions: Sequence[Question], version: int) -> list[Group]:
        """One judged group per question, in order; quarantined questions are left out.

        Raises:
            RolloutError: if too many actors died, or none of the questions is left.
            EtudeError: what an actor reports, such as a clip that cannot be read.
        """
        asks = [Ask(step, index, question) for index, question in enumerate(questions)]
        killers = {*self.quarantined}
        done: dict[int, Group] = {}
        sampling = scoring = 0.0  # seconds, of all actors
        deaths: Counter[str] = Counter()
        self._heard = {}

        def errand(chunk: Sequence[Ask]) -> Errand:
            name = f"groups {[ask.index for ask in chunk]}"
            return Errand(name, "roll_out", (tuple(chunk), version))

        def keep(_: Errand, answer: Any) -> None:
            nonlocal sampling, scoring
            sampling, scoring = sampling + answer.sampling, scoring + answer.scoring
            print(answer.printed, end="", file=sys.stderr, flush=True)
            for group in answer.groups:
                self._heard[group.clip_sha256] = group.actor
                done.setdefault(group.index, group)

        def lost(dropped: Errand) -> list[Errand]:
            chunk = dropped.args[0]
            deaths[dropped.name] += 1
            if deaths[dropped.name] < self.settings.deaths_to_quarantine:
                return [dropped]
            if len(chunk) > 1:  # one of them kills: ask one by one to find which
                return [errand([ask]) for ask in chunk]
            self._set_aside(chunk[0], deaths[dropped.name])
            return []

        size = self.settings.chunk
        chunks = [
            [ask for ask in asks[start : start + size] if ask.question.id not in killers]
            for start in range(0, len(asks), size)
        ]
        self.crew.work([errand(chunk) for chunk in chunks if chunk], keep, lost)
        self.scoring = scoring / (sampling + scoring) if scoring else 0.0
        if asks and not done:
            raise RolloutError(
                f"no rollouts of step {step}: got {len(asks)} questions that are all in "
                f"quarantine, expected some that kill no actor; the log names them"
            )
        return [done[index] for index in sorted(done)]

    def gradients(self, shards: Sequence[Shard]) -> list[ShardGradients]:
        """See ``policies.gradients.Gradients``: each shard by an actor, under the weights held.

        Raises:
            RolloutError: if too many actors died.
            DeafError: if a prompt would not be heard.
        """
        errands = [
            Errand(f"gradients {n}", "gradients", (shard, self._version), self._hearer(shard))
            for n, shard in enumerate(shards)
        ]
        done: dict[str, ShardGradients] = {}

        def keep(errand: Errand, answer: Any) -> None:
            done.setdefault(errand.name, _owned(answer))

        self.crew.work(errands, keep)
        return [done[errand.name] for errand in errands]

    def follow(self, policy: AudioPolicy) -> None:
        """See ``policies.gradients.Gradients``: the same version, moved on."""
        if self._version is not None:
            self.publish(learning_weights(policy), self._version)

    def _hearer(self, shard: Shard) -> str:
        """The actor that has heard most of its clips: it need not hear them again."""
        heard = Counter(self._heard.get(prompt.clip_sha256) for prompt in shard.batch.prompts)
        return heard.most_common(1)[0][0] or ""

    def _set_aside(self, ask: Ask, deaths: int) -> None:
        self.quarantined.append(ask.question.id)
        _LOG.error(
            "question '%s' killed %d actors and is left out from now on; the first failure: %s",
            ask.question.id,
            deaths,
            self.crew.first_failure,
        )


def _owned(answer: ShardGradients) -> ShardGradients:
    """An actor's answer as copies: a row that is a view of it keeps all of it in the object store,
    gradients included, for as long as somebody reads the row.
    """
    logprobs, entropies = (
        tuple(tuple(row.copy() for row in group) for group in rows)
        for rows in (answer.logprobs, answer.entropies)
    )
    values = from_arrays(answer.values)  # type: ignore[arg-type]
    return replace(answer, values=values, logprobs=logprobs, entropies=entropies)
