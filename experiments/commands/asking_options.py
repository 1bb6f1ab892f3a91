"""The options of `etude eval` and `etude ask` that say how a checkpoint is asked.

A value that is out of range is refused here, by the name that was typed: behind it stand settings
that have other names.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer


def _drawn(value: float) -> float:
    if value != 0 and not 0.001 <= value <= 10:
        raise typer.BadParameter(f"got {value:g}, expected 0 (greedy), or 0.001 to 10")
    return value


def _seconds(value: float | None) -> float | None:
    if value is not None and not 0 < value < math.inf:
        raise typer.BadParameter(f"got {value:g}, expected seconds over 0; leave it out for all")
    return value


def _moment(value: float) -> float:
    if not 0 <= value < math.inf:
        raise typer.BadParameter(f"got {value:g}, expected a number of seconds from 0 on")
    return value


def _texts(value: list[str] | None) -> list[str] | None:
    if not all(value or ()):
        raise typer.BadParameter(
            "got an empty text, which ends nothing, expected one that an answer can contain"
        )
    return value


def _device(value: str) -> str:
    if value not in ("auto", "cpu", "cuda"):
        raise typer.BadParameter(f"got {value!r}, expected auto, cpu or cuda")
    return value


Model = Annotated[
    str,
    typer.Option(
        help="A run folder, a checkpoint folder or a name on the hub.", show_default=False
    ),
]
Device = Annotated[str, typer.Option(help="auto, cpu or cuda.", callback=_device)]
Config = Annotated[
    Path | None,
    typer.Option(help="Ask as this configuration says; as the checkpoint's run if not given."),
]
MaxNewTokens = Annotated[int | None, typer.Option(min=1, help="At most.", show_default=False)]
Stop = Annotated[
    list[str] | None,
    typer.Option(
        help="A text that ends an answer; repeatable.", show_default=False, callback=_texts
    ),
]
Suffix = Annotated[str | None, typer.Option(help="Appended to every question.", show_default=False)]
Temperature = Annotated[float, typer.Option(help="0 is greedy.", callback=_drawn)]
SamplesTemperature = Annotated[
    float | None,
    typer.Option(min=0.001, max=10, help="Of several samples.", show_default=False),
]
Start = Annotated[float, typer.Option(help="Where the clip begins, in seconds.", callback=_moment)]
Duration = Annotated[float | None, typer.Option(help="Its length, in seconds.", callback=_seconds)]
