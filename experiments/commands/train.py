"""`etude sft` and `etude grpo`: the two stages on data and checkpoints of your own."""

from __future__ import annotations

import shlex
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from experiments.commands.config import (
    AcceptRewards,
    ConfigFile,
    GrpoOverrides,
    GrpoResume,
    PrintConfig,
    SftOverrides,
    SftResume,
    check_accepts,
    read,
)
from experiments.resuming import CONFIG
from experiments.terminal import say, table

if TYPE_CHECKING:
    from experiments.loading import Loaded
    from experiments.schemas import GrpoRun, SftRun

Run = TypeVar("Run", "SftRun", "GrpoRun")


def sft(
    config: ConfigFile,
    overrides: SftOverrides = None,
    resume: SftResume = False,
    print_config: PrintConfig = False,
) -> None:
    """The cold start: supervised fine-tuning on chains of thought."""
    from experiments.schemas import SftRun

    run = read(SftRun, [config], overrides, print_config, resume)
    from experiments.loading import load_sft
    from experiments.runfolder import run_folder
    from experiments.screen import screen, slow_stages

    (run,) = _started([run])
    hint = _hint("sft", str(run.out / CONFIG))
    with run_folder(run, resume=resume) as go_on:
        with slow_stages() as told:
            data = load_sft(run, told)
        _tell(data)
        go_on()
        from experiments.stopping import graceful_stop
        from experiments.training import train_sft  # torch, after all that is refused without

        with graceful_stop(hint) as stop, screen() as shown:
            model = train_sft(run, data, shown, stop, resume=resume)
    say(f"checkpoint  {model}")


def grpo(
    config: ConfigFile,
    overrides: GrpoOverrides = None,
    resume: GrpoResume = False,
    accept_rewards: AcceptRewards = False,
    seeds: Annotated[
        str | None,
        typer.Option(help="Several runs, OUT-seed-N each, and a table: 1,2,3", show_default=False),
    ] = None,
    print_config: PrintConfig = False,
) -> None:
    """Reinforcement learning with composable rewards."""
    from experiments.schemas import GrpoRun

    check_accepts(accept_rewards, resume)
    if seeds is None:
        run = read(GrpoRun, [config], overrides, print_config, resume)
        (done,) = _grpo([run], resume, accept_rewards, _hint("grpo", str(run.out / CONFIG)))
        say(f"report      {done['report']}", f"checkpoint  {done['model']}")
        return
    hint = _hint("grpo", str(config), *(overrides or []), "--seeds", seeds)
    base, numbers = read(GrpoRun, [config], overrides, print_config), _seeds(seeds)
    given = [
        [*(overrides or []), f"seed={seed}", f"out={base.out}-seed-{seed}"] for seed in numbers
    ]
    runs = [read(GrpoRun, [config], own, False, resume) for own in given]
    done = _grpo(runs, resume, accept_rewards, hint)
    _show_seeds([{"seed": run.seed, **row} for run, row in zip(runs, done, strict=True)])


def _hint(*words: str) -> str:
    """What is said at Ctrl-C: a command that goes on as it is printed."""
    again = shlex.join(["etude", *words, "--resume"])
    return f"stopping after this step; go on with: {again}"


def _grpo(
    runs: list[GrpoRun], resume: bool, accept_rewards: bool, hint: str
) -> list[dict[str, Any]]:
    """One run after the other; what can be refused without torch is, before the first."""
    from experiments.loading import load_grpo
    from experiments.runfolder import run_folder
    from experiments.screen import screen, slow_stages

    runs = _started(runs)
    with ExitStack() as folders:
        ready = [folders.enter_context(run_folder(run, resume=resume)) for run in runs]
        with slow_stages() as told:
            loaded = [load_grpo(run, told) for run in runs]
        _tell(loaded[0])
        from experiments.stopping import graceful_stop
        from experiments.training import train_grpo  # torch, after all that is refused without

        done = []
        for run, data, go_on in zip(runs, loaded, ready, strict=True):
            with graceful_stop(hint) as stop, screen() as shown:
                done.append(
                    train_grpo(
                        run, data, shown, stop,
                        resume=resume, accept_rewards=accept_rewards, go_on=go_on,
                    )
                )  # fmt: skip
        return done


def _started(runs: list[Run]) -> list[Run]:
    """The runs with the checkpoint that each starts from, where ``model.path`` names a run."""
    from experiments.models import model_of

    paths = [run.model.path for run in runs]
    found = [(path, "") if path == "tiny" else model_of(path) for path in paths]
    for sentence in dict.fromkeys(said for _, said in found if said):
        say(sentence, err=True)
    return [
        replace(run, model=replace(run.model, path=path))
        for run, (path, _) in zip(runs, found, strict=True)
    ]


def _tell(data: Loaded) -> None:
    for sentence in data.said:
        say(sentence, err=True)


def _seeds(text: str) -> list[int]:
    try:
        seeds = [int(part) for part in text.split(",")]
    except ValueError as error:
        raise typer.BadParameter(
            f"--seeds: got {text!r}, expected numbers such as 1,2,3"
        ) from error
    if len({*seeds}) < len(seeds):
        raise typer.BadParameter(f"--seeds: got {text!r}, expected each number once")
    return seeds


def _show_seeds(rows: list[dict[str, Any]]) -> None:
    if not rows[0]["asked"]:
        table(("seed", "steps"), [(str(row["seed"]), str(row["steps"])) for row in rows])
        say("no accuracy: give data.test, or data.dev")
        return
    gains = [100 * (row["after"] - row["before"]) for row in rows]
    cells = [
        (
            str(row["seed"]), f"{row['before']:.1%}", f"{row['after']:.1%}", f"{gain:+.1f}",
            str(row["steps"]),
        )
        for row, gain in zip(rows, gains, strict=True)
    ]  # fmt: skip
    table(("seed", "start", "trained", "gain", "steps"), cells)
    chosen = ", by which checkpoints were chosen too" if rows[0]["asked"] == "dev" else ""
    mean = sum(gains) / len(gains)
    say(f"mean gain {mean:+.1f} points on the {rows[0]['asked']} questions{chosen}")
