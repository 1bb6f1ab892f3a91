"""Predictions scored as the official script does, and beside it by a reward of Etude."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rewards.benchmarks.reading import Read, read_predictions
from rewards.benchmarks.records import Benchmark, Entry, Figure, Mark
from rewards.records import Part
from rewards.rubric import Rubric


@dataclass(frozen=True, slots=True)
class Scored:
    """An entry, what the official script makes of it, and what the reward does."""

    entry: Entry
    mark: Mark
    part: Part

    @property
    def difference(self) -> float:
        """The reward's value less the official one; 0 where they agree or there is none."""
        return 0.0 if self.part.value is None else self.part.value - self.mark.value


@dataclass(frozen=True, slots=True)
class GroupRow:
    """Means over the entries of a group. ``ours`` is None where the reward gave no value."""

    label: str
    n: int
    official: float
    ours: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """All that is told of a file.

    Attributes:
        read: what became of its rows.
        scored: its entries, in order.
        groups: by kind and name; the last is all of them.
        figures: what else the official script reports.
    """

    benchmark: Benchmark
    read: Read
    scored: tuple[Scored, ...]
    groups: tuple[GroupRow, ...]
    figures: tuple[Figure, ...]

    @property
    def unanswered(self) -> int:
        """Entries in which the official script finds no answer."""
        return sum(not one.mark.answered for one in self.scored)

    @property
    def differing(self) -> list[Scored]:
        """Where the two disagree, in order."""
        return [one for one in self.scored if one.difference]

    @property
    def failed(self) -> list[Scored]:
        """Where the reward failed."""
        return [one for one in self.scored if one.part.failed]


def score_predictions(data: bytes, benchmark: Benchmark) -> Report:
    """Score a prediction file.

    Raises:
        DataError: nothing can be scored, or the official script would stop at the whole.
    """
    read = read_predictions(data, benchmark)
    if not read.entries:
        return Report(benchmark, read, (), (), ())
    marks = benchmark.mark(read.entries)
    with Rubric.of([benchmark.ours]) as rubric:
        rows = [(entry.question, entry.response) for entry in read.entries]
        parts = [score.parts[benchmark.ours] for score in rubric.score_rows(rows)]
    scored = tuple(map(Scored, read.entries, marks, parts))
    figures = tuple(benchmark.figures(read.entries, marks))
    return Report(benchmark, read, scored, tuple(_groups(scored)), figures)


def row_to_json(one: Scored) -> dict[str, Any]:
    """The object of one line of output."""
    return {
        "id": one.entry.id,
        "official": one.mark.value,
        "ours": one.part.value,
        "agree": one.part.value is not None and not one.difference,
        "answered": one.mark.answered,
        "why": one.mark.why,
        "why_ours": one.part.why,
    }


def _groups(scored: Sequence[Scored]) -> list[GroupRow]:
    members: dict[tuple[str, str], list[Scored]] = defaultdict(list)
    for one in scored:
        for group in one.entry.groups:
            members[group].append(one)
    kinds = list(dict.fromkeys(kind for kind, _ in members))
    ordered = sorted(members, key=lambda group: (kinds.index(group[0]), group[1]))
    rows = [_row(f"{kind}: {name}", members[kind, name]) for kind, name in ordered]
    return [*rows, _row("overall", scored)]


def _row(label: str, members: Sequence[Scored]) -> GroupRow:
    official = sum(one.mark.value for one in members) / len(members)
    ours = [one.part.value for one in members if one.part.value is not None]
    return GroupRow(label, len(members), official, sum(ours) / len(ours) if ours else None)
