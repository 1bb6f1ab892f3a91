"""`etude replay`: a step computed again, and the first difference named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.config import TrustCode
from experiments.terminal import say, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rollouts.records import Group, Rollout, UpdateRow
    from rollouts.rejudge import Means

Run = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.", show_default=False)]


def replay(
    run: Run,
    step: Annotated[int, typer.Option(min=0, help="Counted from 0.", show_default=False)],
    rubric: Annotated[Path | None, typer.Option(help="Judge by this rubric instead.")] = None,
    rollout: Annotated[
        str | None,
        typer.Option(
            metavar="GROUP/SAMPLE", help="Show this one, such as 0/2.", show_default=False
        ),
    ] = None,
    trust_code: TrustCode = False,
) -> None:
    """Scores, advantages, log-probs and loss of a step, from journal and checkpoint.

    Exit status 1 if something differs. With --rubric: what that rubric makes of the step's
    rollouts, beside what the run's own did. With --rollout: what one of them said, what it
    earned and why, a judge's reasons too, and what was made of each claim of its thought; with
    both, what it would have earned by that rubric, beside.

    A run folder may be a stranger's: code that its rubric names runs with --trust-code only.
    """
    if rollout is not None:
        _show(run, step, rollout, rubric, trust_code)
        return
    if rubric is not None:
        _judge_again(run, step, rubric, trust_code)
        return
    import torch

    from experiments.runfolder import read_run
    from experiments.screen import screen
    from rollouts.replay import replay as recompute

    spec = read_run(run, trust_code=trust_code)
    torch.set_num_threads(1)  # as the run did: sums in another order round differently
    with screen() as shown:
        stage = shown.stage(f"replaying step {step}", step + 1)
        checks = recompute(spec, step, tell=stage.at)
        stage.done()
    for check in checks:
        if check.difference is None:
            how = "equal" if check.worst == 0 else f"equal within {check.worst:.1e}"
            taken = f"; {check.taken}" if check.taken else ""
            say(f"{check.name:<11} {how} ({check.count} values{taken})")
        else:
            say(f"{check.name:<11} DIFFERS: {check.difference}")
    if any(check.difference for check in checks):
        raise typer.Exit(1)


def _judge_again(run: Path, step: int, file: Path, trust_code: bool) -> None:
    """The step's rollouts under another rubric: means before and after, and what turns round."""
    from experiments.rubrics import read_rubric
    from rollouts.rejudge import rejudge

    with read_rubric(file, trust_code=trust_code) as rubric:
        found = rejudge(run, step, rubric)
    counts = {"failed": found.failed} | ({"not run": found.unrun} if found.unrun else {})

    def shown(means: Means) -> Iterator[str]:
        return ("-" if mean is None else f"{mean:.3f}" for mean in means)

    rows = [("total", *shown(found.total), *("" for _ in counts))]
    for name, means in found.parts.items():
        rows.append((name, *shown(means), *(str(of.get(name, "")) for of in counts.values())))
    table(("mean of", "run", file.name, *counts), rows)
    say(
        f"{found.changed} of {found.rollouts} totals change; of {found.pairs} pairs of siblings "
        f"that differed or differ, {found.turned} turn round"
    )


def _show(run: Path, step: int, name: str, rubric: Path | None, trust_code: bool) -> None:
    """One rollout as the journal has it; what another rubric makes of it, beside."""
    from experiments.rubrics import read_rubric
    from experiments.showing import learnt_from, show
    from rollouts.rejudge import judged_again

    group, rollout, row = _found(run, step, name)
    again = None
    if rubric is not None:
        with read_rubric(rubric, trust_code=trust_code) as judge:
            scores = judged_again(group, judge.at(step))
        again = rubric.name, scores[group.rollouts.index(rollout)]
    show(group.question, rollout.completion.text, rollout.score, learnt_from(row), again)


def _found(run: Path, step: int, name: str) -> tuple[Group, Rollout, UpdateRow | None]:
    """The rollout called GROUP/SAMPLE, and what was learnt from it."""
    from rewards.errors import ReplayError
    from rollouts.journal import read_updates, rollouts_of

    there = {
        f"{group.index}/{rollout.sample}": (group, rollout)
        for group in rollouts_of(run, step)
        for rollout in group.rollouts
    }
    if name not in there:
        names = [*there]
        raise ReplayError(
            f"--rollout: step {step} of '{run}' has no rollout {name!r}: expected one from "
            f"{names[0]} to {names[-1]}"
        )
    rows = (row for update in read_updates(run, step) for row in update.rows)
    row = next((row for row in rows if f"{row.group}/{row.sample}" == name), None)
    return *there[name], row
