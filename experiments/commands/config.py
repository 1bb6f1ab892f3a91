"""What the commands that take a configuration share.

def sft(config: ConfigFile, overrides: Overrides = None, print_config: PrintConfig = False):
    run = read(SftRun, [config], overrides, print_config)
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import typer

Schema = TypeVar("Schema")

ConfigFile = Annotated[
    Path, typer.Argument(metavar="CONFIG", help="A YAML file.", show_default=False)
]
Overrides = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[KEY=VALUE]...", help="Over the file: grpo.steps=40", show_default=False
    ),
]
PrintConfig = Annotated[
    bool, typer.Option("--print-config", help="Show the resolved configuration, do nothing.")
]


def read(
    schema: type[Schema],
    files: Sequence[Path],
    overrides: Sequence[str] | None,
    print_config: bool,
) -> Schema:
    """The configuration of a command; with ``print_config`` it is shown and the command ends.

    Raises:
        ConfigError: with one line for each thing that is wrong.
    """
    from experiments.config import load, to_yaml

    config = load(schema, files, overrides or [])
    if print_config:
        typer.echo(to_yaml(config), nl=False)
        raise typer.Exit
    return config
