"""Nothing to judge by: a trainer whose rows hold no truth, under a name that is read, is told once.

Conventions
-----------
A row has truth where its question has a gold answer or facts. Rows without are no error:
``format`` and its like need none, and captions may stand among questions. That none has had
any so far is one, most often a column of another name.
"""

from __future__ import annotations

from collections.abc import Sequence

from rewards.records import Facts, Question, Response, Score
from rewards.rubric import Rubric

_NONE = Facts()


class Unlabelled:
    """Watches one trainer; callers in threads take turns."""

    def __init__(self) -> None:
        self._done = False

    def remark(
        self, rubric: Rubric, rows: Sequence[tuple[Question, Response]], scores: Sequence[Score]
    ) -> str | None:
        """Which rewards did not apply, once, if no row had any truth until now; else None."""
        if self._done:
            return None
        if any(question.answer is not None or question.facts != _NONE for question, _ in rows):
            self._done = True
            return None
        idle = [
            part.name
            for part in rubric.parts
            if part.name not in rubric.comparing  # which may lack siblings instead
            and all(score.parts[part.name].status == "not_applicable" for score in scores)
        ]
        if not rows or not idle:
            return None
        self._done = True
        return f"{', '.join(idle)} did not apply"
