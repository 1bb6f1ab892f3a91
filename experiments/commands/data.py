"""`etude data`: data sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.config import Overrides, PrintConfig, read

if TYPE_CHECKING:
    from sft.corpus.build import DataSummary


def scores(
    out: Annotated[Path, typer.Option(help="The folder to make.", show_default=False)],
    overrides: Overrides = None,
    print_config: PrintConfig = False,
) -> None:
    """Real scores of the installed music21 corpus: clips, questions and traces.

    A folder that holds the same data already is left as it is.
    """
    from experiments.schemas import ScoresConfig

    config = read(ScoresConfig, [], overrides, print_config)
    from sft.corpus.build import build

    with progress_bars() as progress:
        summary = build(out, config.settings(), progress)
    _show(summary)


@contextmanager
def progress_bars() -> Iterator[Callable[[str, int, int], None]]:
    """A function of (stage, done, total) that keeps one bar per stage on standard error."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=Console(stderr=True)) as progress:

        def advance(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage, total=total)
            progress.update(tasks[stage], completed=done, total=total)

        yield advance


def _show(summary: DataSummary) -> None:
    """The questions by facet and split, with the share of the commonest answer."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    splits = list(summary.clips)
    numbers = [*(f"{split} questions" for split in splits), "commonest answer"]
    table = Table("facet", box=None, pad_edge=False)
    for name in numbers:
        table.add_column(name, justify="right")
    for facet in summary.questions[splits[0]]:
        counts = [str(summary.questions[split].get(facet, 0)) for split in splits]
        share = summary.majority[splits[-1]].get(facet)
        table.add_row(facet, *counts, f"{share:.0%}" if share is not None else "")
    table.add_row("clips", *(str(summary.clips[split]) for split in splits), "")
    console = Console()
    console.print(table)
    found = "found in" if summary.reused else "written to"
    console.print(Text(f"{found} {summary.folder}"), soft_wrap=True)
