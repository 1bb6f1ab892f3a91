"""`etude bench`: a prediction file as the official scorer of its benchmark scores it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.outputs import check_input, check_output, writer
from experiments.terminal import say, table
from experiments.text import counted, excerpt
from rewards.benchmarks import NAMES
from rewards.errors import DataError

if TYPE_CHECKING:
    from rewards.benchmarks.report import Report, Scored

MAX_BYTES = 2**30
_SHOWN = 200  # characters of a prediction


def bench(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help=f"One of {', '.join(NAMES)}.", show_default=False)
    ],
    predictions: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="In the benchmark's own form, as a JSON list or JSON Lines, or answers that "
            "`etude eval -o` kept.",
            show_default=False,
        ),
    ],
    show: Annotated[
        int, typer.Option(min=0, help="List so many of the rows on which the two disagree.")
    ] = 0,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="Write both values of each row, with reasons, over an older file."
        ),
    ] = None,
) -> None:
    """Score predictions as a benchmark's official script does, and beside it as Etude does.

    For reporting: the script's rules are kept with their misreadings. Of Etude's own answers the
    script is given the text of <answer>, or the whole text where there is none.

    Malformed rows are reported by number and left out. They, and rows on which Etude's reward
    failed, make the exit status 1.
    """
    from rewards.benchmarks import get
    from rewards.benchmarks.report import row_to_json, score_predictions

    chosen = get(name)
    check_input(predictions)
    if out is not None:
        check_output(out, predictions)
    try:
        report = score_predictions(_read(predictions), chosen)
    except DataError as failure:
        raise DataError(f"{predictions}: {failure}") from failure
    if out is not None:
        with writer(out) as stream:
            stream.writelines(json.dumps(row_to_json(one)) + "\n" for one in report.scored)
    if report.scored:
        _show(report, show)
    _tell(report)
    if report.read.malformed or report.failed:
        raise typer.Exit(1)


def _read(file: Path) -> bytes:
    with file.open("rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise DataError(f"got more than {MAX_BYTES:,} bytes, expected at most so many; split it")
    return data


def _show(report: Report, most: int) -> None:
    """Which script is followed, what it was given, both values by group, and where they differ."""
    say(f"{report.benchmark.title}, scored as {report.benchmark.follows}", _given(report))
    rows = [
        (row.label, str(row.n), _percent(row.official), _percent(row.ours)) for row in report.groups
    ]
    rows += [(one.name, str(one.n), _percent(one.value), "") for one in report.figures]
    table(("", "n", "official", report.benchmark.ours), rows)
    total = counted(len(report.scored), "prediction")
    say(f"in {report.unanswered} of {total} the script finds no answer")
    _show_differences(report, most)


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.2%}"


def _given(report: Report) -> str:
    read = report.read
    official = len(report.scored) - read.answers
    parts = [f"{report.benchmark.field} of {official}"] if official else []
    if read.tagged:
        parts.append(f"the text of <answer> of {read.tagged}")
    if whole := read.answers - read.tagged:
        parts.append(f"the whole completion of {whole}, without such a block")
    return f"the script is given {', '.join(parts)}"


def _show_differences(report: Report, most: int) -> None:
    ours, found = report.benchmark.ours, report.differing
    judged = sum(one.part.value is not None for one in report.scored)
    below = sum(one.difference < 0 for one in found)
    apart = f", {below} below and {len(found) - below} above" if found else ""
    hint = " (--show N lists them, -o FILE writes all)" if found and not most else ""
    say(f"{ours} differs on {len(found)} of the {judged} that it judges{apart}{hint}")
    for one in found[:most]:
        say("", *_difference(one, ours))


def _difference(one: Scored, ours: str) -> list[str]:
    return [
        f"{one.entry.id}: {excerpt(one.entry.said, _SHOWN)}",
        f"  gold      {excerpt(one.entry.gold, _SHOWN)}",
        f"  official  {one.mark.value:.3g}  {one.mark.why}",
        f"  {ours:<8}  {one.mark.value + one.difference:.3g}  {one.part.why}",
    ]


def _tell(report: Report) -> None:
    """On standard error: what was left out, by the script's rule or as malformed, and failed."""
    read = report.read
    if read.left_out:
        say(
            f"{counted(read.left_out, 'row')} without {report.benchmark.field}, left out as the "
            "official script leaves them out",
            err=True,
        )
    for number, sentence in read.malformed:
        say(f"row {number}: {sentence}", err=True)
    if read.malformed:
        say(f"{len(read.malformed)} malformed and left out", err=True)
    if report.failed:
        first = report.failed[0]
        say(
            f"reward {report.benchmark.ours!r} failed on {len(report.failed)}, first: "
            f"{first.entry.id}: {first.part.why}",
            err=True,
        )
