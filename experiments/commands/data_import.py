"""`etude data import`: a data set of somebody as questions, clips and traces."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.data import SHOWN, progress_bars
from experiments.terminal import say, table

if TYPE_CHECKING:
    from sft.importing.records import Imported


def bring(
    file: Annotated[
        Path,
        typer.Argument(help="JSON, JSON Lines, CSV, TSV or Parquet.", show_default=False),
    ],
    out: Annotated[
        Path,
        typer.Option(
            help="The folder to write: questions, clips, traces, priors.", show_default=False
        ),
    ],
    clips: Annotated[
        Path | None,
        typer.Option(help="Where paths of clips begin; the folder of FILE if not given."),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option(
            help="conversations, messages, choices, muchomusic or columns; recognised from the "
            "rows if not given.",
            show_default=False,
        ),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD=COLUMN",
            help="text, answer, answer_index (0: the first option), clip, choices, think, start, "
            "duration, end, id, kind, facet, topic, "
            "source or facts.NAME, and the column that holds it; repeatable, choices too.",
            show_default=False,
        ),
    ] = None,
    text: Annotated[
        str | None,
        typer.Option(help="What is asked where no column holds it.", show_default=False),
    ] = None,
    facet: Annotated[
        str | None,
        typer.Option(
            help="The fact that the answers are, such as key: its reward then judges them.",
            show_default=False,
        ),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            help="qa or caption, for all rows; told by each row if not given.", show_default=False
        ),
    ] = None,
    dev: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            help="Hold out this share of the clips, with all their questions, in dev.jsonl.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Bring an existing data set into the form that every command reads.

    Read as they are: rows of Audio Flamingo, Music Flamingo and MuFun (conversations), chat
    messages, MMAU, MMAR and MMAU-Pro (choices), MuChoMusic. Any other table: name its columns,
    as in --column text=question --column answer=label --column clip=file.

    Writes questions.jsonl, dev.jsonl, traces.jsonl (of answers with <think>) and priors.json (how
    often each fact is true in questions.jsonl, for the reward theory). Recordings below OUT stay
    where they are; others are hard-linked to OUT/clips, or copied where that cannot be.
    The same file gives the same bytes; other files of these names are never overwritten.

    A row that cannot be used is told by its place and left out; then the exit status is 1.
    """
    from sft.importing.columns import read_columns
    from sft.importing.load import load
    from sft.importing.records import Settings

    settings = Settings(
        clips=clips or file.parent,
        form=form,
        columns=read_columns(column or []),
        text=text,
        facet=facet,
        kind=kind,
        dev=dev,
    )
    with progress_bars() as progress:
        found = load(file, out, settings, progress)
    _report(file, out, found)
    if found.left:
        raise typer.Exit(1)


def _report(file: Path, out: Path, found: Imported) -> None:
    """The rows that were left out, what was made of the others, and what to do next."""
    from sft.importing.folder import DEV, QUESTIONS
    from sft.importing.records import WHYS

    for one in found.left[:SHOWN]:
        say(f"{file}: {one.where}: {one.sentence}")
    if len(found.left) > SHOWN:
        say(f"and {len(found.left) - SHOWN} more")
    for remark in found.remarks:
        say(f"remark: {remark}")
    how = "recognised" if found.recognised else "as told"
    missing = len({one.sentence for one in found.left if one.why == "clip"})
    rows = [
        ("rows", found.rows),
        ("questions", found.questions[QUESTIONS]),
        ("questions held out for dev", found.questions.get(DEV, 0)),
        ("with options", found.choices),
        ("captions", found.captions),
        ("without an answer", found.unanswered),
        ("traces", found.traces),
        ("traces of dev, not written", found.held_out),
        ("kinds of fact in priors.json", found.priors),
        ("recordings", found.clips),
        ("recordings linked", found.linked),
        ("recordings copied", found.copied),
        ("recordings not found", missing),
    ]
    always = ("rows", "questions", "with options", "traces", "recordings")
    shown = [(what, str(count)) for what, count in rows if count or what in always]
    for why, words in WHYS.items():
        if count := sum(one.why == why for one in found.left):
            shown.append((f"left out: {words}", str(count)))
    table((f"form {found.form}, {how}", "count"), shown)
    say(f"written to {out}", f"next  etude data check {out / QUESTIONS}")
