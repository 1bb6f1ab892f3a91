"""What was found, and the rows it was found in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rewards.records import Question

Kind = Literal["malformed", "repeated", "gold", "unpaid", "sections", "facts", "theory", "clip"]
KINDS: dict[Kind, str] = {
    "malformed": "a line that is no row",
    "repeated": "an id again, a row again, or with another answer",
    "gold": "a gold answer that the rewards do not accept",
    "unpaid": "an answer of a trace that its question's reward does not pay",
    "sections": "a think or answer of a trace that is empty, or holds a tag",
    "facts": "facts that cannot be read, or contradict each other",
    "theory": "an answer or target that music theory or the facts deny",
    "clip": "a clip that is missing, cannot be decoded or holds no sound",
}
"""Kind -> what it is, in the order of the summary."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        line: of the file, from 1.
        id: of the row, "" where it has none.
        kind: a key of ``KINDS``.
        sentence: what is wrong, what was got, what was expected.
    """

    line: int
    id: str
    kind: Kind
    sentence: str


@dataclass(frozen=True, slots=True)
class Row:
    """A question of the file, and its line."""

    line: int
    question: Question

    def found(self, kind: Kind, sentence: str) -> Finding:
        """A finding in this row."""
        return Finding(self.line, self.question.id, kind, sentence)


@dataclass(frozen=True, slots=True)
class Target:
    """A trace of the file, its line, and the question that it answers where that is known."""

    line: int
    id: str
    think: str
    answer: str
    question: Question | None

    def found(self, kind: Kind, sentence: str) -> Finding:
        """A finding in this target."""
        return Finding(self.line, self.id, kind, sentence)
