"""`etude sft` and `etude grpo`: the two stages on data and checkpoints of your own."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.commands.config import (
    ConfigFile,
    GrpoOverrides,
    PrintConfig,
    Resume,
    SftOverrides,
    read,
)

if TYPE_CHECKING:
    from experiments.schemas import GrpoRun


def sft(
    config: ConfigFile,
    overrides: SftOverrides = None,
    resume: Resume = False,
    print_config: PrintConfig = False,
) -> None:
    """The cold start: supervised fine-tuning on chains of thought.

    --resume goes on as OUT/config.yaml says, whatever CONFIG says now.
    Overrides must agree with it then.
    """
    from experiments.schemas import SftRun

    run = read(SftRun, [config], overrides, print_config, resume)
    from experiments.runfolder import run_folder
    from experiments.screen import screen
    from experiments.stopping import graceful_stop
    from experiments.training import cold_start

    say = _hint("sft", str(run.out / "config.yaml"))
    with run_folder(run, resume=resume), graceful_stop(say) as stop, screen() as shown:
        model = cold_start(run, shown, stop, resume=resume)
    typer.echo(f"checkpoint  {model}")


def grpo(
    config: ConfigFile,
    overrides: GrpoOverrides = None,
    resume: Resume = False,
    seeds: Annotated[
        str | None,
        typer.Option(help="Several runs, OUT-seed-N each, and a table: 1,2,3", show_default=False),
    ] = None,
    print_config: PrintConfig = False,
) -> None:
    """Reinforcement learning with composable rewards.

    --resume goes on as OUT/config.yaml says, whatever CONFIG says now.
    Overrides must agree with it then, but for grpo.actors,
    grpo.checkpoint_every, grpo.checkpointing, grpo.head_chunk and
    grpo.micro_tokens. grpo.steps may be raised, of a finished run too, where
    the run becomes what a longer one would have been: with schedule constant,
    warm-up 0, and no evaluation at the old end that was out of turn.
    """
    from experiments.schemas import GrpoRun

    if seeds is None:
        run = read(GrpoRun, [config], overrides, print_config, resume)
        done = _grpo(run, resume, _hint("grpo", str(run.out / "config.yaml")))
        typer.echo(f"report      {done['report']}\ncheckpoint  {done['model']}")
        return
    rows, say = [], _hint("grpo", str(config), *(overrides or []), "--seeds", seeds)
    for seed in _seeds(seeds):
        base = read(GrpoRun, [config], overrides, print_config)
        given = [*(overrides or []), f"seed={seed}", f"out={base.out}-seed-{seed}"]
        run = read(GrpoRun, [config], given, False, resume)
        rows.append({"seed": seed, **_grpo(run, resume, say)})
    _show_seeds(rows)


def _hint(*words: str) -> str:
    """What is said at Ctrl-C: a command that goes on as it is printed."""
    again = shlex.join(["etude", *words, "--resume"])
    return f"stopping after this step; go on with: {again}"


def _grpo(run: GrpoRun, resume: bool, say: str) -> dict[str, Any]:
    from experiments.runfolder import run_folder
    from experiments.screen import screen
    from experiments.stopping import graceful_stop
    from experiments.training import reinforce

    with run_folder(run, resume=resume), graceful_stop(say) as stop, screen() as shown:
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
