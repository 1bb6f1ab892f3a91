"""What was read of a journal: a row for each rollout, and what its questions are."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rewards.rubric import Combine


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, as far as a report needs it."""

    id: str
    topic: str
    gold: str | None
    open: bool


@dataclass(slots=True)
class Columns:
    """What was read, by rollout (B). Text columns are numbers of distinct texts.

    Attributes:
        steps: that were taken; of: that there are.
        asked: the questions; question_B: places in it.
        unit_B: a number for each group. step_B, group_B, sample_B: its ids.
        total_B: NaN where there is none.
        advantage_B: NaN where nothing was learnt from it.
        worth_B, exact_B: of the answer, by ``answer`` and by ``accuracy``, in [0, 1]; NaN where
            no gold answer or fact tells. form_B: whether well formed. cut_B: at the token limit.
        answer_B, thought_B: the same number for the same text; -1 for none.
        features_BF: as ``features.UNITS``, NaN for one that does not apply.
        words: number of a word -> the word; words_B: the words of each, once each. answers:
            number of an answer -> the answer.
        parts: names; values_BK and weights_BK: NaN and 0 where a part is not scored.
        combine: how they become an advantage, see ``rollouts.advantages``.
    """

    steps: list[int]
    of: list[int]
    asked: list[Asked]
    question_B: np.ndarray
    unit_B: np.ndarray
    step_B: np.ndarray
    group_B: np.ndarray
    sample_B: np.ndarray
    total_B: np.ndarray
    advantage_B: np.ndarray
    worth_B: np.ndarray
    exact_B: np.ndarray
    form_B: np.ndarray
    cut_B: np.ndarray
    answer_B: np.ndarray
    thought_B: np.ndarray
    features_BF: np.ndarray
    words: list[str]
    words_B: list[np.ndarray]
    answers: list[str]
    parts: list[str]
    values_BK: np.ndarray
    weights_BK: np.ndarray
    combine: Combine

    @property
    def right_B(self) -> np.ndarray:
        """1 for a right answer, 0 for another, NaN where no gold answer tells."""
        best = np.fmax(self.worth_B, self.exact_B)
        return np.where(np.isnan(best), math.nan, best >= 1)

    def names(self, row: int) -> str:
        """A rollout as `etude replay` takes it."""
        return f"--step {self.step_B[row]} --rollout {self.group_B[row]}/{self.sample_B[row]}"
