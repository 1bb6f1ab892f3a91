"""`etude doctor`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.config import model_named
from experiments.terminal import busy, say, styled, table
from experiments.text import counted

if TYPE_CHECKING:
    from experiments.holding import Place
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
    actors: Annotated[
        int, typer.Option(help="With --model: beside the learner, in what is here.")
    ] = 2,
) -> None:
    """Look at versions, cores, memory, disk, devices and the network settings.

    Exit status 1 if something that Etude needs is missing. With --model: estimate the
    memory of a step instead, and say what fits a card and this machine, and what would make
    it fit.
    """
    if model is not None:
        _fit(model, seconds, rows, tokens, actors)
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


def _fit(model: str, seconds: float | None, rows: int, tokens: int, actors: int) -> None:
    """The step's memory for each way to do it, on each card and on this machine."""
    from experiments.holding import here
    from experiments.models import base_of, ear_of
    from policies.footprint import Work, sizes_of
    from policies.locate import local_folder
    from rewards.errors import ConfigError

    given = {"seconds": seconds, "rows": rows, "tokens": tokens, "actors": actors}
    for name, value in given.items():
        if value is not None and not 0 < value < math.inf:
            raise ConfigError(
                f"--{name} is out of range: got {value:g}, expected more than 0, and finite"
            )
    named = local_folder(model_named(model))
    folder = base_of(named)
    if folder != named:
        say(f"'{named}' is an adapter: its base, {folder}, is taken", err=True)
    sizes, longest = sizes_of(folder), ear_of(folder).bounds.longest
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
    there = here(actors)
    _show_fit(sizes, work, there)
    say(
        *_told(there),
        "estimates; a tenth is added before they are held against a card",
        "8-bit base: model.base_8bit=true, with the extra int8 (bitsandbytes)",
    )


def _told(there: Sequence[Place]) -> list[str]:
    """What "here" is, in words."""
    from policies.footprint import GB

    def processes(place: Place) -> str:
        learner = ["the learner"] if place.learner else []
        actors = [counted(place.actors, "actor")] if place.actors else []
        return " and ".join([*learner, *actors]) or "what travels, or is offloaded,"

    on = [f"{processes(place)} in {place.held / GB:.1f} GB of {place.name}" for place in there]
    form = "" if there[0].on_gpu else ", in float32, and what travels between them"
    return [f"here: {'; '.join(on)}{form}"]


def _show_fit(sizes: Sizes, work: Work, there: Sequence[Place]) -> None:
    from experiments.holding import verdict
    from policies.footprint import GB, footprint, longest_clip, plans

    ways = [(name, plan, footprint(sizes, plan)) for name, plan in plans(work)]
    names = (name.replace(", ", "\n").replace("full ", "full\n") for name, _, _ in ways)
    purposes = ("weights", "gradients", "optimizer", "activations", "backward", "head", "cache")
    lines = [
        (told, *(f"{getattr(found, what) / GB:.1f}" for _, _, found in ways))
        for told, what in (*zip(purposes, purposes, strict=True), ("total", "total"),
                           ("in memory", "host"))
    ]  # fmt: skip
    for card in CARDS:
        cells = []
        for _, plan, found in ways:
            longest = longest_clip(sizes, plan, lambda step, card=card: step.fits(card * GB))
            clip = f"to {longest:,.0f} s" if longest else "no"
            cells.append("fits" if found.fits(card * GB) else clip)
        lines.append((f"on {card} GB", *cells))
    lines.append(("here", *(verdict(sizes, plan, there) for _, plan, _ in ways)))
    table(("GB", *names), lines)
