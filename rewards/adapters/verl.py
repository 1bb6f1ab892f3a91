"""A rubric as verl's ``compute_score``.

Conventions
-----------
verl loads a function from a file (``reward.custom_reward_function.path`` and ``.name``;
``verl/trainer/ppo/reward.py``). verl 0.9.1's own loader and its managers ``naive``, ``gdpo`` and
``dapo`` took what stands here. Such a file is two lines::

    from rewards import Rubric
    compute_score = Rubric.default().as_verl()

It is called once for each completion, by several threads at once, with

==================  ==================================================================
argument            holds
==================  ==================================================================
``solution_str``    the completion
``ground_truth``    the gold answer; or a question as a mapping or as JSON text; a blank
                    one is none
``extra_info``      may hold the columns of a question (``rewards/adapters/columns.py``);
                    what verl adds to it is left alone. ``ground_truth`` wins over
                    these columns, but an object ``question`` must have no other answer
==================  ==================================================================

and returns ``{"score": total, NAME: value, NAME_scored: 0 or 1, ...}``: floats under the same
names for each completion, since verl gathers them by name and takes means
(``verl/trainer/ppo/metric_utils.py``); ``rewards/adapters/outcomes.py`` explains the pairs.

verl cannot leave a completion out. One without a total (nothing applies, or a reward failed)
raises, which ends the run, unless ``missing`` says what it counts as.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from rewards.adapters.columns import NO_TEXT, question_of, with_truth
from rewards.adapters.messages import completion_text
from rewards.adapters.outcomes import check_columns, check_sums, numbers, why_none
from rewards.errors import ConfigError, DataError, RewardError
from rewards.fields import show
from rewards.questions import FIELDS
from rewards.response import parse
from rewards.rubric import Rubric


class VerlScore:
    """What ``Rubric.as_verl`` returns. It survives pickle, without its rubric's processes."""

    __name__ = "compute_score"

    def __init__(self, rubric: Rubric, missing: float | None = None) -> None:
        check_sums(rubric, "verl's compute_score")
        check_columns(rubric)
        if rubric.over_groups:
            raise ConfigError(
                f"{' and '.join(map(repr, rubric.comparing))} of the rubric compares the "
                "completions of a question: verl's compute_score sees one at a time; leave it out"
            )
        for part in rubric.parts:
            if part.name == "score":
                raise ConfigError("part 'score': in verl that is the total; give it another name")
        if missing is not None and not math.isfinite(missing):
            raise ConfigError(f"missing: got {missing}, expected a finite number or None")
        self.rubric, self.missing = rubric.settled(), missing

    def __call__(
        self,
        data_source: str,
        solution_str: str,
        ground_truth: Any,
        extra_info: Mapping[str, Any] | None = None,
        **ignored: Any,
    ) -> dict[str, float]:
        """The total under ``score``, and the parts.

        Raises:
            DataError: the row makes no question, or ``solution_str`` is no completion.
            RewardError: there is no total, and ``missing`` does not say what it counts as.
        """
        where = f"a row of {data_source!r}"
        if not isinstance(extra_info, Mapping | None):
            raise DataError(f"{where}: extra_info: got {show(extra_info)}, expected an object")
        columns = {
            name: value
            for name, value in (extra_info or {}).items()
            if name in FIELDS or name == "question"
        }
        question = question_of(with_truth(columns, ground_truth, where=where), NO_TEXT, where=where)
        rows = [(question, parse(completion_text(solution_str, where=f"{where}: solution_str")))]
        score = self.rubric.score_rows(rows)[0]
        value = score.total
        if value is None:
            value = self.missing
        if value is None:
            raise RewardError(
                f"{where} has no score: {why_none(score)}; verl cannot leave a completion out, so "
                "mend the reward, route the row away, or say what it counts as: "
                "as_verl(missing=0.0)"
            )
        return {"score": value, **numbers(score)}
