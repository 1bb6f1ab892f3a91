"""`etude audit`: whether the reward of a run is being gamed, and what else it teaches."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.audit import ROLLOUTS


def audit(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.", show_default=False)],
    rollouts: Annotated[
        int,
        typer.Option(min=1, help="Read at most so many, of steps that lie evenly over the run."),
    ] = ROLLOUTS,
) -> None:
    """Tell from a run's journal whether its reward is gamed, and what it teaches beside answers.

    Every answer is judged anew by the built-in rewards `answer`, `accuracy` and `format`. Told
    are: what siblings of a group differ by; features of the text and words that are paid among
    siblings whose answers are worth the same; wrong answers that earn more than right siblings;
    parts of the rubric that pay wrong answers or work against each other; a reward that rises
    without right answers; favourite answers, thoughts that never change, spoilt completions. No
    model is loaded, and no code of the run is executed; a run in progress can be audited.

    Exit status 0 where nothing is flagged, 1 where something is, 2 for wrong usage. Of reports on
    which there is nothing to flag at most one in a hundred has a flag.
    """
    from experiments.audit.printing import show
    from experiments.audit.report import audit as look
    from experiments.terminal import busy
    from rollouts.journal import steps

    if not steps(run):
        raise typer.BadParameter(
            f"'{run}' holds no rollouts; expected a run folder of `etude grpo` or a quickstart"
        )
    with busy("reading the journal"):
        found = look(run, rollouts)
    show(found, run)
    if found.findings:
        raise typer.Exit(1)
