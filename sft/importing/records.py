"""What stands between a file of somebody's data set and the questions that are made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from rewards.errors import DataError
from rewards.records import Question

Why = Literal["row", "question", "answer", "repeated", "clip"]
WHYS: dict[Why, str] = {
    "row": "a row that cannot be read",
    "question": "no question that a questions file can hold",
    "answer": "an answer that cannot be taken",
    "repeated": "a row again",
    "clip": "a clip that is missing, elsewhere or no recording",
}
"""Why a row is left out, in the order of the summary."""


class Unusable(DataError):
    """One row that is left out; ``why`` is a key of ``WHYS``."""

    def __init__(self, sentence: str, why: Why = "question"):
        super().__init__(sentence)
        self.why: Why = why


@dataclass(frozen=True, slots=True)
class Where:
    """The place of a row in its file, counted from 1; as text "line 3" or "row 3"."""

    unit: Literal["line", "row"]
    number: int

    def __str__(self) -> str:
        return f"{self.unit} {self.number}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file.

    Attributes:
        where: it stands in its file.
        value: as it was decoded.
    """

    where: Where
    value: Any


@dataclass(frozen=True, slots=True)
class Left:
    """A row that was left out.

    Attributes:
        where: it stands in its file.
        why: a key of ``WHYS``.
        sentence: what was got and what was expected.
    """

    where: Where
    why: Why
    sentence: str


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a row, each in its place: blank ones and repeated ones, too.

    Attributes:
        texts: without labels; "" for a blank one.
        labels: what the row calls each, or (): by letters, the first is A.
    """

    texts: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What a row says, in no particular form yet: nothing of it is checked but its types.

    Attributes:
        text: the question, with options where the row writes them there.
        answer: the gold answer, or None.
        think: the reasoning of a trace, or None.
        clip: a path as the row writes it, the bytes of a recording, or None.
        options: those that the row lists; none where it lists none.
        facts: name -> value, as text or as JSON has it.
        start, duration: the stretch of the clip [s], where the row tells one.
    """

    text: str
    answer: str | None = None
    think: str | None = None
    clip: str | bytes | None = None
    id: str | None = None
    options: Options = Options()
    kind: str | None = None
    facet: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    topic: str | None = None
    source: str | None = None
    start: Any = None
    duration: Any = None


@dataclass(frozen=True, slots=True)
class Made:
    """A row that became a question.

    Attributes:
        where: it stands in its file.
        question: without an id yet where the row has none: "". Its clip's path is the file's
            place below the folder that is written.
        think: the reasoning of its trace, or None.
        remarks: names of ``REMARKS`` of ``sft/importing/question.py``, each with what it is about.
    """

    where: Where
    question: Question
    think: str | None = None
    remarks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """How a file is read.

    Attributes:
        form: a name of ``FORMS``, or None: recognised from the rows.
        columns: field of a question -> the columns that hold it.
        text: what is asked where no column holds it.
        facet: the fact that every answer is, or None.
        kind: of every question, or None: told by each row.
        clips: the folder that paths of clips begin in.
        dev: the share of the clips that is held out, 0 to 1 (both excluded), or None.
    """

    clips: Path
    form: str | None = None
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    text: str | None = None
    facet: str | None = None
    kind: str | None = None
    dev: float | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file.

    Attributes:
        form: in which it was read.
        recognised: True where nobody named the form.
        rows: how many it has.
        questions: file name -> how many questions stand there.
        choices, captions: how many questions have options, or are captions.
        unanswered: how many questions have no gold answer.
        traces: how many were written; ``held_out`` more answer questions of dev.
        priors: of how many kinds of fact the shares were written.
        clips: how many different recordings the questions are about.
        linked, copied: how many of them were brought below the folder, and how.
        left: the rows that were left out.
        remarks: sentences on what was read in a way that its user may want to know.
    """

    form: str
    recognised: bool
    rows: int
    questions: Mapping[str, int]
    choices: int
    captions: int
    unanswered: int
    traces: int
    held_out: int
    priors: int
    clips: int
    linked: int
    copied: int
    left: tuple[Left, ...]
    remarks: tuple[str, ...]
