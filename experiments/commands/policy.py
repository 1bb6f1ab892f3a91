"""`etude policy export`: a trained model for others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from experiments.commands.config import model_named
from experiments.terminal import say


def export(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="RUN", help="A run folder, or a checkpoint folder.", show_default=False
        ),
    ],
    out: Annotated[Path, typer.Option(help="A new folder.", show_default=False)],
    step: Annotated[
        int | None, typer.Option(min=0, help="Of the run; its best evaluated step if not given.")
    ] = None,
    merge: Annotated[
        bool, typer.Option("--merge", help="Add an adapter to its base and write full weights.")
    ] = False,
    base: Annotated[
        str | None, typer.Option(help="What others know an adapter's base as, e.g. a hub name.")
    ] = None,
) -> None:
    """Write a stock transformers checkpoint or a PEFT adapter, with its model card."""
    from experiments.runfolder import check_not_of_run
    from experiments.screen import hush
    from policies.export import CARD
    from policies.export import export as write

    hush()
    check_not_of_run(out)
    folder, facts = _checkpoint(source, step)
    written = write(folder, out, merge=merge, base=base, facts=facts)
    size = sum(path.stat().st_size for path in written.rglob("*") if path.is_file())
    say(f"model  {written}   ({folder.name}, {size / 1e6:.1f} MB)")
    say(f"card   {written / CARD}")


def _checkpoint(source: Path, step: int | None) -> tuple[Path, dict[str, Any]]:
    """The folder to export, and what the run says of it."""
    from experiments.models import best_of
    from policies import checkpoint
    from policies.checkpoint_folder import published, step_name, step_of
    from rewards.errors import CheckpointError
    from rollouts.run import CHECKPOINTS

    run = source / CHECKPOINTS
    found = best_of(source)
    if found is None:
        if step is not None:
            raise CheckpointError(
                f"'{source}' has no steps to choose from: got --step {step}, expected a run folder "
                "with checkpoints; leave --step out"
            )
        return Path(model_named(str(source))), {}
    folder, progress = found
    if step is None and step_of(folder) == 0 < progress.step:
        say(
            f"no step of '{source}' was better on the dev questions than the start, which is "
            f"taken; --step {progress.step} takes the newest",
            err=True,
        )
    if step is not None:
        folder = run / step_name(step)
    if not checkpoint.is_whole(folder):
        known = ", ".join(str(step_of(path)) for path in published(run))
        raise CheckpointError(
            f"'{source}' has no checkpoint of step {step_of(folder)}: expected one of "
            f"{known}; take another --step"
        )
    facts: dict[str, Any] = {"GRPO steps": step_of(folder)}
    if folder.name == step_name(progress.best_step) and progress.best_accuracy >= 0:
        facts["accuracy on the development questions"] = f"{progress.best_accuracy:.3f}"
    return folder, facts
