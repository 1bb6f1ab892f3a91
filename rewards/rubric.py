"""Rewards composed: weights, gates, products, routing, and what becomes of failures.

A rubric is made from a plain mapping (YAML, for example)::

    parts:
      format:   {weight: 0.1, mode: mf_think}
      accuracy: {weight: 0.6, requires: [format]}
      theory:
        weight: {0: 0.25, 100: 0.1}     # from step 0 to 100 on a line, then constant
        times: {accuracy: 0.5}          # its value * (0.5 + 0.5 * accuracy)
        clip: [0, 0.9]
        when: {kind: [qa], facet: [key, chord]}
      lenient:  {reward: key, weight: 0.05, fifth: both}
      brevity:  {reward: my_rewards.py:brevity, weight: 0.1, words: 40, deadline: 5}
    combine: sum
    renormalise: true
    failure_budget: 0.05

===================  =================================================================
key of a part        meaning
===================  =================================================================
``reward``           a registered name, or FILE.py:NAME, which then runs in child
                     processes (``rewards/isolation``); the part's own name if not given
``weight``           at least 0, or steps with weights; 1 if not given
``requires``         gates: parts that must be scored at 1, else this one is 0
``times``            a part, or parts with shares in (0, 1]: value (1 - share (1 - other))
``clip``             least and greatest value of the reward, before ``times``
``when``             kinds and facets of the questions it is for
``deadline``,        of a reward in a file: seconds for a completion, GiB, processes
``memory_gb``,
``processes``
any other            a keyword-only parameter of the reward
===================  =================================================================

===================  =================================================================
key of the rubric    meaning
===================  =================================================================
``combine``          ``sum``: the weighted sum is compared within its group;
                     ``gdpo``: each part is, before the sum (arXiv 2601.05242)
``renormalise``      true: the weight of a part that does not apply is shared by the
                     others; false: such a part counts as 0
``failure_budget``   share of completions with a failed reward that ends a run (not a single one)
===================  =================================================================

``rewards/rubric_part.py`` tells what a part makes of its gates and factors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from rewards.asking.company import in_company
from rewards.errors import ConfigError, DataError
from rewards.fields import show
from rewards.groups import by_question
from rewards.records import Part, Question, Response, Score
from rewards.registry import Reward
from rewards.rubric_config import read_config, write_config
from rewards.rubric_part import Row, RubricPart
from rewards.rubric_tree import tree
from rewards.schedule import Schedule
from rewards.scorers import JUDGES

if TYPE_CHECKING:
    from rewards.adapters.trl import TrlReward
    from rewards.adapters.verl import VerlScore

Combine = Literal["sum", "gdpo"]

_NOTHING: Mapping[str, Sequence[Part]] = MappingProxyType({})

DEFAULT: Mapping[str, Any] = MappingProxyType(
    {
        "parts": {
            "format": {"weight": 0.1},
            "answer": {"weight": 0.6},
            "theory": {"weight": 0.25, "requires": ["format"], "times": {"answer": 0.5}},
            "consistency": {"weight": 0.05},
        }
    }
)
"""Right answers first, sound reasoning next, each part of what a chain of thought owes."""


@dataclass(frozen=True, slots=True)
class Rubric:
    """Parts in the order in which they are computed: before it, what a part depends on.

    Attributes:
        combine: how parts become advantages.
        renormalise: what becomes of the weight of a part that does not apply.
        failure_budget: share of completions with a failed reward that ends a run.
    """

    FAILURE_BUDGET: ClassVar[float] = 0.05

    parts: tuple[RubricPart, ...]
    combine: Combine = "sum"
    renormalise: bool = True
    failure_budget: float = FAILURE_BUDGET

    @classmethod
    def from_config(cls, config: Mapping[str, Any], home: Path | None = None) -> Rubric:
        """Build from a plain mapping (see the top of this module).

        Args:
            home: the folder of the file that it was read from: a reward's file that lies there,
                and not where it is looked for, is told of.

        Raises:
            ConfigError: one sentence per problem, all of them at once.
        """
        return cls(**read_config(config, home))

    @classmethod
    def of(cls, names: Iterable[str]) -> Rubric:
        """Registered rewards by name, each with weight 1.

        Raises:
            ConfigError: a name is unknown or given twice, there is none, or one bare text.
        """
        if isinstance(names, str):
            raise ConfigError(f"rewards: got the text {names!r}, expected a list: {[names]}")
        wanted = list(names)
        twice = sorted({name for name in wanted if wanted.count(name) > 1})
        if twice:
            raise ConfigError(f"rewards are named twice: got {', '.join(twice)}; name each once")
        return cls.from_config({"parts": {name: {} for name in wanted}})

    @classmethod
    def default(cls) -> Rubric:
        """0.1 format + 0.6 answer + 0.25 theory (0.5 + 0.5 answer) + 0.05 consistency.

        ``answer`` is the reward of the question's facet; without the format, theory is 0.
        """
        return cls.from_config(DEFAULT)

    @property
    def config(self) -> dict[str, Any]:
        """The plain mapping that ``from_config`` reads back to an equal rubric."""
        return write_config(self)

    def at(self, step: int) -> Rubric:
        """The rubric with the weights of a step, counted from 0."""
        return self._weighed(lambda schedule: schedule.at(step))

    def settled(self) -> Rubric:
        """The rubric with the weights that its schedules end with."""
        return self._weighed(lambda schedule: schedule.last)

    def score(self, question: Question, response: Response) -> Score:
        """Judge one completion. A failing reward becomes an ``error`` part.

        A reward over the group sees a group of one.

        Raises:
            ConfigError: a weight follows a schedule; see ``at``.
            DataError: the response is a text that nobody parsed.
        """
        return self.score_rows([(question, response)])[0]

    def score_group(self, question: Question, responses: Sequence[Response]) -> list[Score]:
        """Judge the completions of one question, in their order.

        A reward over the group sees them all; a reward in a file is called once.
        """
        return self.score_rows([(question, response) for response in responses])

    def score_rows(
        self, rows: Sequence[Row], known: Mapping[str, Sequence[Part]] = _NOTHING
    ) -> list[Score]:
        """Judge completions of any questions, in their order.

        Rows with an equal question are one group, wherever they stand.

        Args:
            known: parts by name, one for each row, that are taken as they are but for the
                weight: nobody judges.

        Raises:
            DataError: a row holds anything but a question and a parsed completion.
        """
        for question, response in rows:
            if not isinstance(response, Response):
                raise DataError(
                    f"a completion to score: got {show(response)}, expected a Response; "
                    "parse(text) makes one of a text"
                )
            if not isinstance(question, Question):
                raise DataError(f"a question to score: got {show(question)}, expected a Question")
        found: list[dict[str, Part]] = [{} for _ in rows]
        for part in self.parts:
            if part.name in known:
                for parts, own in zip(found, known[part.name], strict=True):
                    parts[part.name] = replace(own, weight=part.plain_weight)
                continue
            for parts, own in zip(found, part.judge_all(rows), strict=True):
                parts[part.name] = part.composed(own, parts)
        if self.opinions:
            for places in by_question(question for question, _ in rows):
                kept = in_company([found[place] for place in places], self.opinions)
                for place, parts in zip(places, kept, strict=True):
                    found[place] = parts
        return [Score(parts, self.renormalise) for parts in found]

    @property
    def opinions(self) -> tuple[str, ...]:
        """The parts that ask a model, which need not say the same twice."""
        return tuple(part.name for part in self.parts if part.reward in JUDGES)

    @property
    def comparing(self) -> tuple[str, ...]:
        """The parts that compare the completions of one question; a model's opinion does not."""
        return tuple(
            part.name
            for part in self.parts
            if part.judge.scope == "group" and part.reward not in JUDGES
        )

    @property
    def over_groups(self) -> bool:
        """Whether a part compares the completions of one question."""
        return bool(self.comparing)

    @property
    def in_batches(self) -> bool:
        """Whether it pays to judge many completions at once."""
        return self.shares_processes or bool(self.opinions)

    @property
    def shares_processes(self) -> bool:
        """Whether a reward runs in child processes, in which callers in threads take turns."""
        return any(not isinstance(part.judge, Reward) for part in self.parts)

    def as_trl(self, name: str = "rubric") -> TrlReward:
        """One of the ``reward_funcs`` of TRL's ``GRPOTrainer`` (``rewards/adapters/trl.py``).

        Args:
            name: what TRL logs it under.

        Raises:
            ConfigError: ``combine`` is not ``sum``.
        """
        from rewards.adapters.trl import TrlReward

        return TrlReward(self, name)

    def as_verl(self, missing: float | None = None) -> VerlScore:
        """verl's ``compute_score`` (``rewards/adapters/verl.py``).

        Args:
            missing: what a completion without a total counts as; None raises.

        Raises:
            ConfigError: ``combine`` is not ``sum``, a part compares completions, or has the
                name ``score`` or that of another part's column.
        """
        from rewards.adapters.verl import VerlScore

        return VerlScore(self, missing)

    def close(self) -> None:
        """End the child processes of rewards in files; the next call starts them again."""
        for part in self.parts:
            if not isinstance(part.judge, Reward):
                part.judge.close()

    def __enter__(self) -> Rubric:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __str__(self) -> str:
        return tree(self)

    def _weighed(self, weigh: Callable[[Schedule], float]) -> Rubric:
        parts = tuple(
            replace(part, weight=weigh(part.weight)) if isinstance(part.weight, Schedule) else part
            for part in self.parts
        )
        return replace(self, parts=parts)
