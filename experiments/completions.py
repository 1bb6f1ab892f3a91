"""Completions that were stored before, with their questions: of a run, or of a file."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from rewards.errors import DataError
from rewards.records import Question, Response
from rewards.response import parse

Pairs = list[tuple[Question, Response]]


def read_pairs(place: Path, most: int) -> tuple[Pairs, str]:
    """At most ``most`` completions, and where they are from, in words.

    Of a run folder, steps at even distances over the whole run; of a file in the form
    that ``etude score`` reads, the first lines.

    Raises:
        DataError: there is nothing to read, or lines are malformed; names them.
    """
    pairs, said = _of_run(place, most) if place.is_dir() else _of_file(place, most)
    if not pairs:
        raise DataError(f"{place}: holds no completion; expected a run's rollouts or JSON lines")
    return pairs, said


def _of_file(file: Path, most: int) -> tuple[Pairs, str]:
    from rewards.questions import listed
    from rewards.score_lines import read_line

    read, wrong = [], []
    try:
        with file.open("rb") as rows:
            numbered = ((n, row) for n, row in enumerate(rows, start=1) if row.strip())
            for number, row in islice(numbered, most + 1):
                try:
                    read.append(read_line(row, number))
                except DataError as failure:
                    wrong.append(str(failure))
    except OSError as failure:
        raise DataError(
            f"{file}: cannot be read ({failure.strerror or failure}); expected a run folder or a "
            'file of {"id", "question", "completion"} lines'
        ) from failure
    if wrong:
        raise DataError(listed(file, wrong))
    pairs = [(line.question, parse(line.completion)) for line in read[:most]]
    return pairs, f"{'the first lines of ' if len(read) > most else ''}{file}"


def _of_run(run: Path, most: int) -> tuple[Pairs, str]:
    from rollouts.journal import read_rollouts, steps

    recorded = steps(run)
    if not recorded:
        raise DataError(f"{run}: holds no rollouts; expected a run folder of `etude grpo`")
    size = sum(len(group.rollouts) for group in read_rollouts(run, recorded[-1]))
    wanted = _evenly(recorded, max(1, most // max(1, size)))
    pairs = [
        (group.question, parse(rollout.completion.text))
        for step in wanted
        for group in read_rollouts(run, step)
        for rollout in group.rollouts
    ]
    said = f"{len(wanted)} of {len(recorded)} steps" if len(wanted) < len(recorded) else "all steps"
    return pairs[:most], f"{said} of {run}"


def _evenly(recorded: list[int], count: int) -> list[int]:
    """That many of them, the first and the last included; one alone is the last."""
    if count >= len(recorded):
        return recorded
    if count == 1:
        return recorded[-1:]
    last = len(recorded) - 1
    return [recorded[round(i * last / (count - 1))] for i in range(count)]
