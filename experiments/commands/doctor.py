"""`etude doctor`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.config import model_named
from experiments.terminal import busy, say, styled, table

if TYPE_CHECKING:
    from policies.footprint import Sizes, Work

SECONDS = 180.0  # of a song, most of it
CARDS = (24, 80, 140)  # GB of the cards that people rent


def doctor(
    model: Annotated[
        str | None,
        typer.Option(
            help="A checkpoint or a run: what would a GRPO step of it need?", show_default=False
        ),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(
            help="With --model: length of a clip; 180 if not given, or the most that it hears.",
            show_default=False,
        ),
    ] = None,
    rows: Annotated[int, typer.Option(help="With --model: completions of a question.")] = 8,
    tokens: Annotated[int, typer.Option(help="With --model: length of a completion.")] = 512,
) -> None:
    """Look at versions, cores, memory, disk, devices and the network settings.

    Exit status 1 if something that Etude needs is missing. With --model: estimate the
    memory of a step instead, and say what fits and what would make it fit.
    """
    if model is not None:
        _fit(model, seconds, rows, tokens)
        return
    from experiments.columns import lines_of
    from experiments.doctor import examine

    styles = {"ok": "green", "note": "yellow", "missing": "bold red"}
    with busy("importing torch and Ray"):
        findings = list(examine(Path.cwd()))
    cells = [("", "here", "needed", "tested", "", "")]
    cells += [(f.what, f.here, f.expected, f.tested, f.verdict, f.remedy) for f in findings]
    looks = ["bold", *(styles[finding.verdict] for finding in findings)]
    for lines, look in zip(lines_of(cells), looks, strict=True):
        styled(look, *lines)
    missing = [finding.what for finding in findings if finding.verdict == "missing"]
    if missing:
        say(f"missing: {', '.join(missing)}")
        raise typer.Exit(1)
    say("everything needed is here")


def _fit(model: str, seconds: float | None, rows: int, tokens: int) -> None:
    """The step's memory for each way to do it, on each card."""
    from experiments.models import base_of, hears
    from policies.footprint import Work, sizes_of
    from policies.locate import local_folder
    from rewards.errors import ConfigError

    for name, value in (("seconds", seconds), ("rows", rows), ("tokens", tokens)):
        if value is not None and value <= 0:
            raise ConfigError(f"--{name} is out of range: got {value:g}, expected more than 0")
    named = local_folder(model_named(model))
    folder = base_of(named)
    if folder != named:
        say(f"'{named}' is an adapter: its base, {folder}, is taken", err=True)
    sizes, longest = sizes_of(folder), hears(folder).longest
    seconds = min(SECONDS, longest) if seconds is None else seconds
    work = Work(seconds=seconds, rows=rows, tokens=tokens)
    parts = (("encoder", sizes.encoder), ("decoder", sizes.decoder), ("head", sizes.head))
    counts = ", ".join(f"{name} {count / 1e6:,.1f}M" for name, count in parts)
    say(
        f"{counts} parameters, in bfloat16",
        f"one group: {seconds:g} s of audio = {sizes.audio_tokens(seconds):,} tokens, "
        f"{rows} completions of {tokens:,}",
    )
    if seconds > longest:
        say(f"it hears {longest:g} s at most: a run refuses a longer clip")
    _show_fit(sizes, work)
    say(
        "estimates; a tenth is added before they are held against a card",
        "8-bit base: model.base_8bit=true, with the extra int8 (bitsandbytes)",
    )


def _show_fit(sizes: Sizes, work: Work) -> None:
    from policies.footprint import GB, footprint, longest_clip, plans

    ways = [(name, plan, footprint(sizes, plan)) for name, plan in plans(work)]
    names = (name.replace(", ", "\n").replace("full ", "full\n") for name, _, _ in ways)
    purposes = ("weights", "gradients", "optimizer", "activations", "backward", "head", "cache")
    lines = [
        (what, *(f"{getattr(found, what) / GB:.1f}" for _, _, found in ways))
        for what in (*purposes, "total")
    ]
    for card in CARDS:
        cells = []
        for _, plan, found in ways:
            longest = longest_clip(sizes, plan, card * GB)
            clip = f"to {longest:,.0f} s" if longest else "no"
            cells.append("fits" if found.fits(card * GB) else clip)
        lines.append((f"on {card} GB", *cells))
    table(("GB", *names), lines)
