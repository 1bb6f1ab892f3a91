"""`etude --version`."""

from __future__ import annotations

from importlib import metadata
from typing import Annotated

import typer

from experiments.terminal import say


def _show(wanted: bool) -> None:
    if wanted:
        say(f"etude {metadata.version('etude')}")
        raise typer.Exit


def root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Reinforcement learning of music audio-language models."""
