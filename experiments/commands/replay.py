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

    Exit status 1 if something differs.
    """
    import torch

    from experiments.rubrics import read_rubric
    from experiments.runfolder import read_run
    from experiments.screen import screen
    from rollouts.replay import replay as recompute

    spec = read_run(run)
    torch.set_num_threads(1)  # as the run did: sums in another order round differently
    with screen() as shown:
        stage = shown.stage(f"replaying step {step}", step + 1)
        chosen = None if rubric is None else read_rubric(rubric)
        checks = recompute(spec, step, rubric=chosen, tell=stage.at)
        stage.done()
    for check in checks:
        if check.difference is None:
            how = "equal" if check.worst == 0 else f"equal within {check.worst:.1e}"
            typer.echo(f"{check.name:<11} {how} ({check.count} values)")
        else:
            typer.echo(f"{check.name:<11} DIFFERS: {check.difference}")
    if any(check.difference for check in checks):
        raise typer.Exit(1)
