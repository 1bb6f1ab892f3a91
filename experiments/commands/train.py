"""`etude sft` and `etude grpo`: the two stages on data and checkpoints of your own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.commands.config import ConfigFile, Overrides, PrintConfig, read

if TYPE_CHECKING:
    from experiments.schemas import GrpoRun

Resume = Annotated[bool, typer.Option("--resume", help="Go on where the run stopped.")]


def sft(
    config: ConfigFile,
    overrides: Overrides = None,
    resume: Resume = False,
    print_config: PrintConfig = False,
) -> None:
    """The cold start: supervised fine-tuning on chains of thought."""
    from experiments.schemas import SftRun

    run = read(SftRun, [config], overrides, print_config)
    from experiments.runfolder import open_run
    from experiments.screen import screen
    from experiments.stopping import graceful_stop
    from experiments.training import cold_start

    open_run(run.out, run, resume=resume)
    with graceful_stop("stopping after this step; go on with --resume") as stop, screen() as shown:
        model = cold_start(run, shown, stop, resume=resume)
    typer.echo(f"checkpoint  {model}")


def grpo(
    config: ConfigFile,
    overrides: Overrides = None,
    resume: Resume = False,
    seeds: Annotated[
        str | None,
        typer.Option(help="Several runs, OUT-seed-N each, and a table: 1,2,3", show_default=False),
    ] = None,
    print_config: PrintConfig = False,
) -> None:
    """Reinforcement learning with composable rewards."""
    from experiments.schemas import GrpoRun

    if seeds is None:
        run = read(GrpoRun, [config], overrides, print_config)
        done = _grpo(run, resume)
        typer.echo(f"report      {done['report']}\ncheckpoint  {done['model']}")
        return
    rows = []
    for seed in _seeds(seeds):
        base = read(GrpoRun, [config], overrides, print_config)
        given = [*(overrides or []), f"seed={seed}", f"out={base.out}-seed-{seed}"]
        rows.append({"seed": seed, **_grpo(read(GrpoRun, [config], given, False), resume)})
    _show_seeds(rows)


def _grpo(run: GrpoRun, resume: bool) -> dict[str, Any]:
    from experiments.runfolder import open_run
    from experiments.screen import screen
    from experiments.stopping import graceful_stop
    from experiments.training import reinforce

    open_run(run.out, run, resume=resume)
    say = "stopping after this step; go on with --resume"
    with graceful_stop(say) as stop, screen() as shown:
        return reinforce(run, shown, stop, resume=resume)


def _seeds(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",")]
    except ValueError as error:
        raise typer.BadParameter(
            f"--seeds: got {text!r}, expected numbers such as 1,2,3"
        ) from error


def _show_seeds(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("seed", "start", "trained", "gain", "steps", box=None, pad_edge=False)
    for row in rows:
        gain = row["after"] - row["before"]
        table.add_row(
            str(row["seed"]), f"{row['before']:.1%}", f"{row['after']:.1%}",
            f"{100 * gain:+.1f}", str(row["steps"]),
        )  # fmt: skip
    gains = [100 * (row["after"] - row["before"]) for row in rows]
    console = Console()
    console.print(table)
    console.print(f"mean gain {sum(gains) / len(gains):+.1f} points", highlight=False)
