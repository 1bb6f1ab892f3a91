"""Which questions a rubric can judge, told before a completion is sampled.

Conventions
-----------
Almost every reward of the library knows by the question alone whether it applies: whether the
fact, the gold answer, the facet is there. It is asked once a question, with the empty
completion, which costs some microseconds. Nothing is said of the others, which are taken to
apply wherever they are routed to:

==========================================  ================================================
a reward of ``FILE.py:NAME``, or of one's   only running it would tell
own that was registered
``consistency``, ``diversity``, ``judge``   depend on the completions too
==========================================  ================================================

Of more than ``TRIED`` questions so many are tried, evenly spread over the file. A part of
weight 0 serves others and scores no question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rewards.errors import few
from rewards.records import Question
from rewards.response import parse
from rewards.scorers import JUDGES, NAMES

if TYPE_CHECKING:
    from rewards.rubric import Rubric
    from rewards.rubric_part import RubricPart

BY_COMPLETION = ("consistency", "diversity", *JUDGES)
TRIED = 6000


@dataclass(frozen=True, slots=True)
class Reach:
    """What a rubric judges of some questions.

    Attributes:
        asked: how many there are.
        tried: how many of them were looked at.
        idle: parts that apply to none of those.
        unjudged: of those that no part scores, what tables count them under.
    """

    asked: int
    tried: int
    idle: tuple[str, ...]
    unjudged: Counter[str]

    @property
    def nothing(self) -> bool:
        """Whether no question can be scored at all; of some, nobody can tell."""
        return 0 < self.asked == self.tried == self.unjudged.total()

    def __str__(self) -> str:
        """A clause for what is left unjudged, and one for the idle parts; "" where all is well."""
        of = f"{self.tried} questions"
        of += f" that were tried of {self.asked}" if self.tried < self.asked else ""
        said = []
        if count := self.unjudged.total():
            topics = [topic for topic, _ in self.unjudged.most_common()]
            said.append(f"no part applies to {count} of {of} ({few(topics)})")
        if self.idle:
            verb = "applies" if len(self.idle) == 1 else "apply"
            said.append(f"{few(self.idle)} {verb} to none of {of}")
        return "; ".join(said)


def reach(rubric: Rubric, questions: Sequence[Question]) -> Reach:
    """Which parts apply to which questions; runs no reward that is not the library's."""
    step = max(1, -(-len(questions) // TRIED))
    tried = questions[::step]
    empty = [(question, parse("")) for question in tried]
    idle: list[str] = []
    judged = [False] * len(tried)
    for part, told in zip(rubric.parts, rubric.settled().parts, strict=True):
        if _tells(part):
            applies = [found.status != "not_applicable" for found in told.judge_all(empty)]
        else:
            applies = [part.when is None or part.when.admits(question) for question in tried]
        if not any(applies):
            idle.append(part.name)
        if part.counts:
            judged = [one or other for one, other in zip(judged, applies, strict=True)]
    unjudged = Counter(
        question.counted_as for question, seen in zip(tried, judged, strict=True) if not seen
    )
    return Reach(len(questions), len(tried), tuple(idle), unjudged)


def _tells(part: RubricPart) -> bool:
    """Whether the question alone decides if the part applies."""
    return part.reward in NAMES and part.reward not in BY_COMPLETION
