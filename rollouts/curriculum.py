"""Which questions a step asks: fresh ones, more of what is being learned.

A group teaches only if its rollouts differ. With pass rate p the chance of that
grows with p (1 - p), so topics are drawn in proportion to it, above a floor
that keeps looking at the others. A rollout passes with full marks in the part of
its score that weighs most. Within a topic the questions come in shuffled
epochs. Both are functions of the run's seed, the step and the groups seen, so a
resumed run asks what the uninterrupted one would have asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from policies.seeds import generator
from rewards.records import Question, Score
from rollouts.records import Group


@dataclass(frozen=True, slots=True)
class CurriculumSettings:
    """How topics are weighed.

    Attributes:
        by_pass_rate: False asks all questions in plain shuffled epochs.
        floor: least share of the weight that a topic keeps, in (0, 1].
        memory: weight of the past in the running pass rate, in [0, 1).
    """

    by_pass_rate: bool = True
    floor: float = 0.25
    memory: float = 0.9


@dataclass(slots=True)
class Curriculum:
    """Chooses P questions a step.

    Attributes:
        questions: the training questions.
        seed: of the run.
        settings: see ``CurriculumSettings``.
        pass_rate: running share of rollouts that pass, per topic, in [0, 1].
        asked: questions asked so far per topic; the data cursor.
    """

    questions: Sequence[Question]
    seed: int
    settings: CurriculumSettings
    pass_rate: dict[str, float] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    _topics: dict[str, list[Question]] = field(default_factory=dict, init=False)
    _orders: dict[str, tuple[int, np.ndarray]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        for question in self.questions:
            self._topics.setdefault(self._topic(question), []).append(question)

    def choose(self, step: int, count: int) -> list[Question]:
        """The questions of this step, (P,)."""
        topics = self._topics
        names = sorted(topics)
        weights = np.array([self._weight(name, len(topics[name])) for name in names])
        rng = generator(self.seed, "topics", step)
        drawn = rng.choice(len(names), size=count, p=weights / weights.sum())
        return [self._next(names[i], topics[names[i]]) for i in drawn]

    def observe(self, groups: Sequence[Group]) -> None:
        """Learn from a step's groups how often each topic is answered right."""
        seen: dict[str, list[float]] = defaultdict(list)
        for group in groups:
            for rollout in group.rollouts:
                value = _marks(rollout.score)
                if value is not None:
                    seen[self._topic(group.question)].append(float(value == 1.0))
        keep = self.settings.memory
        for topic, values in seen.items():
            before = self.pass_rate.get(topic, float(np.mean(values)))
            self.pass_rate[topic] = keep * before + (1 - keep) * float(np.mean(values))

    def met(self) -> list[Question]:
        """The questions asked so far, each once."""
        found: list[Question] = []
        for topic, questions in self._topics.items():
            count = self.asked.get(topic, 0)
            order = self._order(topic, 0, len(questions))[:count].tolist()
            found += [questions[place] for place in order]
        return found

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return {"pass_rate": dict(self.pass_rate), "asked": dict(self.asked)}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from ``state``."""
        self.pass_rate = dict(state["pass_rate"])
        self.asked = dict(state["asked"])

    def _topic(self, question: Question) -> str:
        if not self.settings.by_pass_rate:
            return "all"
        return question.counted_as

    def _weight(self, topic: str, size: int) -> float:
        if topic not in self.pass_rate:
            return float(size)
        rate = self.pass_rate[topic]
        learnable = 4 * rate * (1 - rate)
        return size * max(self.settings.floor, learnable)

    def _next(self, topic: str, questions: Sequence[Question]) -> Question:
        cursor = self.asked.get(topic, 0)
        self.asked[topic] = cursor + 1
        epoch, place = divmod(cursor, len(questions))
        return questions[int(self._order(topic, epoch, len(questions))[place])]

    def _order(self, topic: str, epoch: int, size: int) -> np.ndarray:
        """The places of a topic's questions as an epoch asks them, (size,).

        That of the last epoch is kept: of a million questions it takes as long to draw as a
        small model takes to sample a group.
        """
        kept = self._orders.get(topic)
        if kept is None or kept[0] != epoch:
            kept = epoch, generator(self.seed, "epoch", topic, epoch).permutation(size)
            self._orders[topic] = kept
        return kept[1]


def is_state(value: Any) -> bool:
    """Whether a value is of the form that ``Curriculum.state`` gives."""
    if not isinstance(value, dict) or value.keys() != {"pass_rate", "asked"}:
        return False
    rates, asked = value["pass_rate"], value["asked"]
    if not isinstance(rates, dict) or not isinstance(asked, dict):
        return False
    shares = all(type(rate) in (int, float) and 0 <= rate < 1.001 for rate in rates.values())
    return shares and all(type(count) is int and count >= 0 for count in asked.values())


def _marks(score: Score) -> float | None:
    """The value of the part that weighs most of those that apply, None where it failed."""
    applied = [part for part in score.parts.values() if part.status != "not_applicable"]
    return max(applied, key=lambda part: part.weight).value if applied else None
