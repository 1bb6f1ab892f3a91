"""`etude score`: stored completions through rewards, no model."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from experiments.commands.config import TrustCode
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
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Where to write; standard output if not given."),
    ] = None,
    trust_code: TrustCode = False,
) -> None:
    """Score completions that were stored before; one JSON object a line, in the same order.

    How many values each part gave, and their mean, is told on standard error. Malformed lines are
    reported by number and left out; a completion on which a reward failed has no total. Either
    makes the exit status 1. Ctrl-C keeps what was judged before, with -o OUT in OUT.part.
    """
    if rewards is not None and rubric is not None:
        raise typer.BadParameter("give either --rewards or --rubric, not both")
    if step is not None and rubric is None:
        raise typer.BadParameter("--step tells where a rubric's schedules stand: give --rubric too")
    from rewards.score_file import score_file

    chosen = _rubric(rewards, rubric, step, trust_code)
    _check_places(file, out)
    with chosen, file.open("rb") as lines, _writer(out) as stream:
        counts = score_file(lines, stream.write, chosen)
    _summarise(counts)
    _tell(counts, chosen)
    if counts.malformed or counts.failing:
        raise typer.Exit(1)


def _rubric(names: str | None, file: Path | None, step: int | None, trust_code: bool) -> Rubric:
    from experiments.rubrics import read_rubric
    from rewards.rubric import Rubric

    if file is not None:
        read = read_rubric(file, trust_code=trust_code)
        return read.settled() if step is None else read.at(step)
    return Rubric.of(PAPER if names is None else [name.strip() for name in names.split(",")])


def _check_places(file: Path, out: Path | None) -> None:
    """Say what is wrong with a path before anything is computed."""
    from rewards.errors import DataError

    if not file.exists() or file.is_dir():
        got = "a folder" if file.is_dir() else "nothing"
        raise DataError(f"{file}: got {got} at this path, expected a file of JSON lines")
    if out is None:
        return
    if out.is_dir() or not out.parent.is_dir():
        got = "a folder" if out.is_dir() else "a place in no folder"
        raise DataError(f"{out}: got {got}, expected a file to write in a folder that exists")
    for place in (out, _kept(out)):
        if place.exists() and place.samefile(file):
            raise DataError(
                f"{place}: got the input as the output, expected another file; change -o"
            )


@contextmanager
def _writer(out: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that appears under its name once it is whole.

    What was written before Ctrl-C is kept under a name that says that it is a part.
    """
    if out is None:
        yield sys.stdout
        return
    if out.exists() and not out.is_file():
        # A pipe or a device cannot be renamed over: it is written as it comes.
        with out.open("w", encoding="utf-8") as stream:
            yield stream
        return
    from rewards.errors import StorageError

    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8") as stream:
            yield stream
        part.replace(out)
    except KeyboardInterrupt as stop:
        lines = _whole_lines(part)
        if not lines:
            raise
        part.replace(_kept(out))
        judged = "1 line, which is" if lines == 1 else f"{lines} lines, which are"
        raise KeyboardInterrupt(f"after {judged} kept in {_kept(out)}") from stop
    except OSError as error:
        raise StorageError(
            f"{out}: cannot be written: {error}; what was there before is as it was"
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _kept(out: Path) -> Path:
    """Where the lines that were written before a stop are kept."""
    return out.with_name(f"{out.name}.part")


def _whole_lines(file: Path) -> int:
    """How many lines it has; one that is not whole is cut off."""
    count = size = 0
    with file.open("r+b") as stream:
        for line in stream:
            if line.endswith(b"\n"):
                count, size = count + 1, size + len(line)
        stream.truncate(size)
    return count


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
