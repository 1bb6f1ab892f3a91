"""`etude quickstart`: the whole recipe on real music, on two cores, in minutes."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.config import (
    AcceptRewards,
    PrintConfig,
    QuickstartOverrides,
    QuickstartResume,
    check_accepts,
    read,
)
from experiments.terminal import say, table

if TYPE_CHECKING:
    from experiments.report import Results
    from experiments.schemas import QuickstartRun

CONFIG = Path(__file__).resolve().parents[1] / "quickstart.yaml"


def quickstart(
    overrides: QuickstartOverrides = None,
    out: Annotated[
        Path | None, typer.Option(help="The run folder.", show_default="runs/quickstart")
    ] = None,
    resume: QuickstartResume = False,
    accept_rewards: AcceptRewards = False,
    print_config: PrintConfig = False,
) -> None:
    """Real scores, sound, cold start, GRPO, a table and a report."""
    from experiments.schemas import QuickstartRun as Run

    check_accepts(accept_rewards, resume)
    given = list(overrides or [])
    if out is not None:
        given.append(f"out={out}")
    config = placed(read(Run, [CONFIG], given, print_config, resume))

    import torch

    from experiments.quickstart import Quickstart, Stopped
    from experiments.runfolder import run_folder
    from experiments.screen import screen
    from experiments.stopping import graceful_stop
    from policies.memory import keep_freed_memory

    torch.set_num_threads(1)  # the second core samples; see experiments/README.md
    keep_freed_memory()
    again = shlex.join(["etude", "quickstart", "--out", str(config.out), "--resume"])
    told = f"stopping after this step; go on with: {again}"
    with run_folder(config, resume=resume) as go_on, graceful_stop(told) as stop:
        go_on()
        try:
            with screen() as shown:
                results, report = Quickstart(config, shown, stop, accept_rewards).run()
        except Stopped as stopped:
            raise KeyboardInterrupt from stopped
    show_results(results)
    test = config.data_folder / "test.jsonl"
    model = config.out / "model"
    say(
        "",
        f"report      {report}",
        f"rollouts    etude view {config.out}",
        f"checkpoint  {model}   (stock transformers loads it)",
        f"again       etude eval --model {model} --questions {test}",
        f'ask         etude ask --model {model} --clip FILE.wav "What is the final chord?"',
    )


def placed(config: QuickstartRun) -> QuickstartRun:
    """The run with a data folder of its own, where another run's data set is in the way."""
    from experiments import specs
    from sft.corpus.folder import folder_for

    folder = folder_for(config.data_folder, specs.corpus_settings(config.data))
    if folder != config.data_folder:
        say(f"{config.data_folder} is of other settings; this run's data: {folder}", err=True)
    return replace(config, data_folder=folder)


def show_results(results: Results) -> None:
    """The table on standard output, with the gain under it."""
    rows = []
    for row in results.rows:
        values = [row.values.get(column) for column in results.columns]
        shown = ["" if value is None else f"{100 * value:.1f}" for value in values]
        rows.append((row.topic.replace("_", " "), str(row.n), *shown))
    say("")
    table(("", "n", *results.columns), rows, title="accuracy on held-out pieces [%]")
    if results.gain is not None:
        gain = results.gain
        say(
            "",
            f"{gain.end} over {gain.start}: {100 * gain.mean:+.1f} points "
            f"(95 % of paired bootstraps {100 * gain.low:+.1f} to {100 * gain.high:+.1f})",
        )
