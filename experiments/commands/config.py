"""What the commands that take a configuration share.

def sft(config: ConfigFile, overrides: SftOverrides = None, print_config: PrintConfig = False):
    run = read(SftRun, [config], overrides, print_config)
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from experiments.resuming import FREE, check_place, resumed
from experiments.terminal import say

Schema = TypeVar("Schema")

ConfigFile = Annotated[
    Path, typer.Argument(metavar="CONFIG", help="A YAML file.", show_default=False)
]


def _overrides(help_: str) -> Any:
    return typer.Argument(metavar="[KEY=VALUE]...", help=help_, show_default=False)


GrpoOverrides = Annotated[list[str] | None, _overrides("Over the file: grpo.steps=40")]
SftOverrides = Annotated[list[str] | None, _overrides("Over the file: sft.steps=40")]
QuickstartOverrides = Annotated[
    list[str] | None, _overrides("Over experiments/quickstart.yaml: grpo.steps=40")
]
ScoresOverrides = Annotated[
    list[str] | None,
    _overrides("Over what --print-config shows: train=300 dev=15 test=25 for a small set"),
]
_RESUME = (
    "Go on where the run in OUT stopped, as its config.yaml says, whatever stands elsewhere now. "
    "Overrides must agree with it"
)
_LONGER = (
    "grpo.steps may be raised, of a finished run too, where the run becomes what a longer one "
    "would have been: with schedule constant, warm-up 0, no staleness, and no evaluation at the "
    "old end that was out of turn."
)


def _resume(*sections: str, more: str = "") -> Any:
    """The option of a command whose configuration has these sections."""
    free = [name for name in FREE if name == "logger" or name.startswith(sections)]
    return typer.Option("--resume", help=f"{_RESUME}, but for {', '.join(free)}. {more}")


SftResume = Annotated[bool, _resume("sft.")]
GrpoResume = Annotated[bool, _resume("grpo.", more=_LONGER)]
QuickstartResume = Annotated[bool, _resume("grpo.", "sft.", more=_LONGER)]
AcceptRewards = Annotated[
    bool,
    typer.Option(
        "--accept-rewards",
        help="With --resume: go on though files of rewards were edited. It is noted in the run.",
    ),
]
PrintConfig = Annotated[
    bool, typer.Option("--print-config", help="Show the resolved configuration, do nothing.")
]

TrustCode = Annotated[
    bool,
    typer.Option(
        "--trust-code", help="Run the code and send the keys that a run folder's rubric names."
    ),
]


def check_accepts(accept_rewards: bool, resume: bool) -> None:
    """Refuse --accept-rewards where no run is gone on with."""
    if accept_rewards and not resume:
        raise typer.BadParameter(
            "--accept-rewards: got no --resume, expected it too: a run that begins takes the "
            "files as they are"
        )


def model_named(name: str) -> str:
    """The checkpoint of a command's --model; for a run folder the one that is told.

    Raises:
        CheckpointError: see ``experiments/models.py``.
    """
    from experiments.models import model_of

    model, said = model_of(name)
    if said:
        say(said, err=True)
    return model


def read(
    schema: type[Schema],
    files: Sequence[Path],
    overrides: Sequence[str] | None,
    print_config: bool,
    resume: bool = False,
) -> Schema:
    """The configuration of a command; with ``print_config`` it is shown and the command ends.

    With ``resume`` it is that of the run in its ``out``, see ``experiments/resuming.py``.

    Raises:
        ConfigError: with one line for each thing that is wrong.
    """
    from experiments.config import load, to_yaml

    config = load(schema, files, overrides or [])
    if resume:
        if not any(given.startswith("out=") for given in overrides or ()):
            check_place(files, config)
        config, said = resumed(config, overrides or [])
        if said:
            say(said, err=True)
    if print_config:
        typer.echo(to_yaml(config), nl=False)
        raise typer.Exit
    return config
