"""`etude replay`: a step computed again, and the first difference named."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Run = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.", show_default=False)]


def replay(
    run: Run,
    step: Annotated[int, typer.Option(min=0, help="Counted from 0.", show_default=False)],
    rubric: Annotated[Path | None, typer.Option(help="Judge by this rubric instead.")] = None,
) -> None:
    """Scores, advantages, log-probs and loss of a step, from journal and checkpoint.

    Exit status 1 if something differs. With --rubric: what that rubric makes of the step's
    rollouts, beside what the run's own did.
    """
    if rubric is not None:
        _judge_again(run, step, rubric)
        return
    import torch

    from experiments.runfolder import read_run
    from experiments.screen import screen
    from rollouts.replay import replay as recompute

    spec = read_run(run)
    torch.set_num_threads(1)  # as the run did: sums in another order round differently
    with screen() as shown:
        stage = shown.stage(f"replaying step {step}", step + 1)
        checks = recompute(spec, step, tell=stage.at)
        stage.done()
    for check in checks:
        if check.difference is None:
            how = "equal" if check.worst == 0 else f"equal within {check.worst:.1e}"
            typer.echo(f"{check.name:<11} {how} ({check.count} values)")
        else:
            typer.echo(f"{check.name:<11} DIFFERS: {check.difference}")
    if any(check.difference for check in checks):
        raise typer.Exit(1)


def _judge_again(run: Path, step: int, file: Path) -> None:
    """The step's rollouts under another rubric: means before and after, and what turns round."""
    from rich.console import Console
    from rich.table import Table

    from experiments.rubrics import read_rubric
    from rollouts.rejudge import rejudge

    with read_rubric(file) as rubric:
        found = rejudge(run, step, rubric)
    table = Table("mean of", box=None, pad_edge=False)
    for head in ("run", str(file.name), "failed"):
        table.add_column(head, justify="right")
    for name, row in found.means.items():
        before, after = ("-" if value is None else f"{value:.3f}" for value in row)
        table.add_row(name, before, after, str(found.failed.get(name, "")))
    Console().print(table)
    typer.echo(
        f"{found.changed} of {found.rollouts} totals change; of {found.pairs} pairs of siblings "
        f"that differed or differ, {found.turned} turn round"
    )
