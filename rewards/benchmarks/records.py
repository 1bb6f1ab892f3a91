"""What an official scorer sees of a row, what it makes of it, and what a scorer is.

Conventions
-----------
A row of a prediction file becomes an ``Entry`` (several, where it holds several predictions),
each entry a ``Mark``. Marks are in [0, 1], as are all figures. ``number`` counts rows from 1:
lines of JSON Lines, places of a JSON list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rewards.records import Question, Response


@dataclass(frozen=True, slots=True)
class Entry:
    """One prediction.

    Attributes:
        number: of its row.
        id: of its row, as the file has it; the number where it has none.
        said: the text that the official script reads, and nothing else of the row.
        gold: the right answer as the script has it.
        question: what Etude's reward judges ``response`` by.
        options: in the order of their letters, where there are options.
        place: of the right one among ``options``, where the script goes by places.
        groups: (kind, name), such as ("task", "music"): what the script tells figures of.
        question_id: where several predictions to one question are put to a vote, the question.
    """

    number: int
    id: str
    said: str
    gold: str
    question: Question
    response: Response
    options: tuple[str, ...] = ()
    place: int | None = None
    groups: tuple[tuple[str, str], ...] = ()
    question_id: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What the official script makes of an entry.

    Attributes:
        value: in [0, 1].
        why: one sentence.
        answered: False where the script itself finds no answer; it counts all the same.
        choice: what it took for the answer, where it takes one.
        more: further values of the entry, by name.
    """

    value: float
    why: str
    answered: bool = True
    choice: str | None = None
    more: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A number over the whole file that the script reports beside the mean of the marks."""

    name: str
    value: float
    n: int


Figures = Callable[[Sequence[Entry], Sequence[Mark]], Sequence[Figure]]


def no_figures(entries: Sequence[Entry], marks: Sequence[Mark]) -> Sequence[Figure]:
    """For scripts that report means of marks alone."""
    return ()


@dataclass(frozen=True, slots=True)
class Benchmark:
    """An official scorer.

    Attributes:
        name: on the command line.
        title: as its authors write it.
        follows: the file and the commit that it does the same as.
        field: of an official row, what holds the prediction.
        read: an official row and its number -> entries; none where the script leaves the row
            out. Raises DataError for a row at which the script would stop.
        recast: an entry of Etude's own answers -> as the script would see it. Raises DataError
            where the question lacks what the script needs.
        mark: all entries of a file -> their marks.
        figures: what else the script reports.
        ours: the reward of Etude that it is held against.
    """

    name: str
    title: str
    follows: str
    field: str
    read: Callable[[Mapping[str, Any], int], Sequence[Entry]]
    recast: Callable[[Entry], Entry]
    mark: Callable[[Sequence[Entry]], list[Mark]]
    figures: Figures = no_figures
    ours: str = "accuracy"
