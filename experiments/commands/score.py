"""`etude score`: stored completions through rewards, no model."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.config import TrustCode
from experiments.outputs import check_input, check_output, writer
from experiments.terminal import say

if TYPE_CHECKING:
    from rewards.rubric import Rubric
    from rewards.score_file import Counts

PAPER = ("format", "accuracy")


def score(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.jsonl",
            help='One {"id", "question": {...}, "completion"} a line.',
            show_default=False,
        ),
    ],
    rewards: Annotated[
        str | None,
        typer.Option(help=f"Names, such as key,meter; {','.join(PAPER)} if nothing is given."),
    ] = None,
    rubric: Annotated[
        Path | None,
        typer.Option(help="A rubric, as YAML, or of a run folder, or: default."),
    ] = None,
    step: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Of the run that the rubric's schedules follow; their end if not given.",
            show_default=False,
        ),
    ] = None,
    line: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Show this line alone, part by part and claim by claim.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="Where to write, over an older file; standard output if not given."
        ),
    ] = None,
    trust_code: TrustCode = False,
) -> None:
    """Score completions that were stored before; one JSON object a line, in the same order.

    How many values each part gave, and their mean, is told on standard error. Malformed lines are
    reported by number and left out; a completion on which a reward failed has no total. Either
    makes the exit status 1. Ctrl-C keeps what was judged before, with -o OUT in OUT.part.

    With --line: what that completion earned and why, and what was made of each claim of its
    thought, as `etude replay --rollout` shows one of a run.
    """
    if line is not None and out is not None:
        raise typer.BadParameter("--line shows on the screen: got --out, too; leave one out")
    if rewards is not None and rubric is not None:
        raise typer.BadParameter("got both --rewards and --rubric, expected one; leave one out")
    if step is not None and rubric is None:
        raise typer.BadParameter(
            "--step tells where a rubric's schedules stand: got none; give --rubric too"
        )
    from experiments.screen import in_turn, slow_stages
    from rewards.errors import DataError
    from rewards.json_line import count_lines
    from rewards.score_file import score_file

    chosen = _rubric(rewards, rubric, step, trust_code)
    check_input(file)
    if line is not None:
        _show_line(file, line, chosen)
        return
    if out is not None:
        check_output(out, file)
    total = count_lines(file) if file.is_file() else None  # a pipe is read once
    scores_on_screen = out is None and os.isatty(1)
    with (
        slow_stages() as told, chosen, file.open("rb") as lines, writer(out) as stream
    ):  # fmt: skip
        coming: Iterable[bytes] = lines
        if total is not None and not scores_on_screen:
            coming = in_turn(lines, total, told("scoring"))
        counts = score_file(coming, stream.write, chosen)
        if not counts.scored and not counts.malformed:
            # In here, so that an older output stays.
            raise DataError(f"{file}: holds no completion; expected one JSON object a line")
    _summarise(counts)
    _tell(counts, chosen)
    if counts.malformed or counts.failing:
        raise typer.Exit(1)


def _show_line(file: Path, number: int, rubric: Rubric) -> None:
    """What one completion earned; exit status 1 if a reward failed."""
    from experiments.showing import show
    from rewards.score_file import score_line

    with rubric, file.open("rb") as lines:
        line, score = score_line(lines, number, rubric)
    show(line.question, line.completion, score)
    if any(part.failed for part in score.parts.values()):
        raise typer.Exit(1)


def _rubric(names: str | None, file: Path | None, step: int | None, trust_code: bool) -> Rubric:
    from experiments.rubrics import read_rubric
    from rewards.rubric import Rubric

    if file is not None:
        read = read_rubric(file, trust_code=trust_code)
        return read.settled() if step is None else read.at(step)
    return Rubric.of(PAPER if names is None else [name.strip() for name in names.split(",")])


def _summarise(counts: Counts) -> None:
    """On standard error: of each part and the total, how many values there are, and their mean."""
    if not counts.scored:
        return
    rows = [("part", "scored", "mean")]
    for name, tally in (*counts.parts.items(), ("total", counts.totals)):
        mean = "-" if tally.mean is None else f"{tally.mean:.3f}"
        rows.append((name, str(tally.count), mean))
    first, second, _ = (max(map(len, column)) for column in zip(*rows, strict=True))
    for name, count, mean in rows:
        say(f"{name:<{first}}  {count:>{second}}  {mean:>5}", err=True)


def _tell(counts: Counts, rubric: Rubric) -> None:
    """On standard error: what was left out, and which rewards failed or had nothing to do."""
    for line, sentence in counts.malformed:
        prefix = "" if sentence.startswith(f"line {line}:") else f"line {line}: "
        say(f"{prefix}{sentence}", err=True)
    if counts.malformed:
        say(f"{len(counts.malformed)} left out, {counts.scored} scored", err=True)
    for name, found in sorted(counts.failing.items()):
        say(*found.told(name, "lines"), err=True)
    if counts.failing:
        say("where a reward failed there is no total: the rest is no score", err=True)
    from rewards.rubric_routes import strange_kinds

    for sentence in strange_kinds(rubric, counts.kinds) if counts.scored else ():
        say(sentence, err=True)
    if rubric.over_groups and counts.scored and not counts.siblings:
        names = " and ".join(map(repr, rubric.comparing))
        say(
            f"{names} had nothing to compare: got one completion of each question, expected "
            "several; lines are siblings if their questions have the same id or, without one, "
            "are equal",
            err=True,
        )
