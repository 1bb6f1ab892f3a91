"""Score stored completions: JSON Lines in, JSON Lines out, one pass, no model.

Conventions
-----------
What a line holds is said in ``rewards/score_lines.py``; lines go out in the order in which
they came.

A malformed line is reported with its number and left out; the others count.

Lines are scored as they come; where a reward is called for many completions at once, a
few hundred of them together.

Lines are siblings, completions of one question, if their questions have the same ``id`` or,
without one, are equal; the outer ``id`` names the completion. Where a reward compares
siblings, these must follow each other: a line whose question was left behind is malformed,
and so is one that gives the ``id`` of a question to another.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from rewards.errors import DataError
from rewards.failing import Failing
from rewards.fields import show
from rewards.groups import by_question
from rewards.records import Part, Question, Score
from rewards.response import parse
from rewards.rubric import Rubric
from rewards.score_lines import Line, read_line, score_to_json

_AT_ONCE = 256  # lines
_KINDS = 32  # that are kept, so that memory does not grow with the file


@dataclass(slots=True)
class Tally:
    """Values, of which nothing is kept but what their mean needs."""

    count: int = 0
    sum: float = 0.0

    def add(self, value: float | None) -> None:
        """Count a value, if it is one."""
        if value is not None:
            self.count += 1
            self.sum += value

    @property
    def mean(self) -> float | None:
        """Of the values; None where there was none."""
        return self.sum / self.count if self.count else None


@dataclass(slots=True)
class Counts:
    """What became of the lines.

    Attributes:
        scored: lines written.
        parts: part name -> its values.
        totals: the totals of the lines that have one.
        malformed: (line number, what is wrong with it), in order.
        failing: part name -> its ``error`` and ``timeout`` parts, and those not even run.
        siblings: lines that were judged beside another completion of their question; counted
            where a reward compares them.
        kinds: of the questions; of those that no part is for the first few.
    """

    scored: int = 0
    parts: dict[str, Tally] = field(default_factory=dict)
    totals: Tally = field(default_factory=Tally)
    malformed: list[tuple[int, str]] = field(default_factory=list)
    failing: dict[str, Failing] = field(default_factory=dict)
    siblings: int = 0
    kinds: set[str] = field(default_factory=set)

    def count(self, name: str, part: Part, line: int) -> None:
        """Take note of a part of a line."""
        self.parts.setdefault(name, Tally()).add(part.value)
        if part.failed:
            self.failing.setdefault(name, Failing()).count(part, f"line {line}: ")


def score_file(
    lines: Iterable[bytes | str], write: Callable[[str], object], rubric: Rubric
) -> Counts:
    """Score each line as it comes; memory does not grow with the file.

    Args:
        lines: the lines of the file, bytes or text; blank ones are skipped.
        write: takes one line of output, its newline included.
        rubric: what to score with.

    Returns:
        The counts. The caller exits with 1 if ``malformed`` or ``failing`` is not empty.
    """
    desk = _Desk(rubric, write)
    for number, row in enumerate(lines, start=1):
        if not row.strip():
            continue
        try:
            desk.take(read_line(row, number))
        except DataError as failure:
            desk.counts.malformed.append((number, str(failure)))
    desk.judge()
    return desk.counts


def score_line(lines: Iterable[bytes | str], number: int, rubric: Rubric) -> tuple[Line, Score]:
    """One line of a file and what it earns, beside its siblings where a reward compares them.

    Args:
        lines: as of ``score_file``; read as far as need be.
        number: of the line, from 1.

    Raises:
        DataError: there is no such line, or it is malformed; malformed siblings are left out.
    """
    siblings: list[Line] = []
    chosen, count = None, 0
    for count, row in enumerate(lines, start=1):
        if not row.strip() or (count < number and not rubric.over_groups):
            continue
        try:
            line = read_line(row, count)
        except DataError:
            if count == number:
                raise
            continue
        if siblings and line.question.id != siblings[-1].question.id:
            if chosen is not None:
                break
            siblings.clear()
        elif siblings and line.question != siblings[-1].question:
            if count == number:
                raise DataError(_of_another(line))
            continue
        siblings.append(line)
        if count == number:
            chosen = line
        if chosen is not None and not rubric.over_groups:
            break
    if chosen is None:
        got = "a blank line" if count >= number else f"a file of {count} lines"
        raise DataError(f"line {number}: got {got}, expected a completion there")
    scores = rubric.score_rows([(line.question, parse(line.completion)) for line in siblings])
    return chosen, scores[siblings.index(chosen)]


@dataclass(slots=True)
class _Desk:
    """Lines that wait to be scored together, and what became of the others.

    Attributes:
        waiting: in the order of the file.
        asked: id -> question, of those that wait.
        left_behind: ids of questions that were scored, where siblings count.
    """

    rubric: Rubric
    write: Callable[[str], object]
    counts: Counts = field(default_factory=Counts)
    waiting: list[Line] = field(default_factory=list)
    asked: dict[str, Question] = field(default_factory=dict)
    left_behind: set[str] = field(default_factory=set)

    def take(self, line: Line) -> None:
        """Let a line wait; score those before it where they are complete.

        Raises:
            DataError: its siblings were scored before, or its question has the id of another.
        """
        if self.rubric.over_groups:
            self._check_siblings(line)
        if self.waiting and self._is_complete(line):
            self.judge()
        self.waiting.append(line)
        self.asked[line.question.id] = line.question
        if not self.rubric.in_batches and not self.rubric.over_groups:
            self.judge()

    def judge(self) -> None:
        """Score and write what waits."""
        rows = [(line.question, parse(line.completion)) for line in self.waiting]
        for question, _ in rows:
            if len(self.counts.kinds) < _KINDS or any(
                part.when is not None and question.kind in part.when.kind
                for part in self.rubric.parts
            ):
                self.counts.kinds.add(question.kind)
        for line, score in zip(self.waiting, self.rubric.score_rows(rows), strict=True):
            for name, part in score.parts.items():
                self.counts.count(name, part, line.number)
            self.counts.totals.add(score.total)
            self.counts.scored += 1
            self.write(json.dumps(score_to_json(line.shown_id, score), allow_nan=False) + "\n")
        if self.rubric.over_groups:
            groups = by_question(question for question, _ in rows)
            self.counts.siblings += sum(len(places) for places in groups if len(places) > 1)
            self.left_behind.update(self.asked)
        self.waiting.clear()
        self.asked.clear()

    def _check_siblings(self, line: Line) -> None:
        question = line.question
        if question.id in self.left_behind:
            raise DataError(
                f"line {line.number}: question: got {show(question.text)}, whose other completions "
                "were scored before, expected them to follow each other, for a reward compares "
                "them; sort the file by question, or give different questions an id each"
            )
        if self.asked.get(question.id, question) != question:
            raise DataError(_of_another(line))

    def _is_complete(self, line: Line) -> bool:
        """Whether what waits can be scored before ``line``: siblings are never parted."""
        if self.rubric.over_groups and line.question.id == self.waiting[-1].question.id:
            return False
        return len(self.waiting) >= _AT_ONCE or not self.rubric.in_batches


def _of_another(line: Line) -> str:
    return (
        f"line {line.number}: question.id: got {show(line.question.id)}, the id of another "
        "question, expected one for each, for a reward compares the completions of one"
    )
