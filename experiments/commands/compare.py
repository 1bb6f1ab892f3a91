"""`etude compare`: two runs, or two files of answers, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.resuming import CONFIG
from experiments.terminal import say, table

if TYPE_CHECKING:
    from experiments.comparing import Answers


def _side(metavar: str) -> Any:
    help_ = "A run folder, or answers that `etude eval -o` kept."
    return typer.Argument(metavar=metavar, help=help_, show_default=False)


def compare(a: Annotated[Path, _side("A")], b: Annotated[Path, _side("B")]) -> None:
    """Two runs side by side: settings, how training went, where they part, held-out answers.

    They part at the first step, group and sample at which something differs in their journals:
    questions, prompts, seeds, tokens, rewards, or what was learnt from them.

    Answers are those of the trained models to the questions that both were asked, of data.test, or
    of data.dev where a run has none: accuracy per
    topic, how many questions one of them alone has right, and the gain of B over A with its
    interval. Of two checkpoints compare the answers that `etude eval -o` keeps.
    """
    from experiments.comparing import answers, check_side, settings, training
    from experiments.config_values import shown

    for side in (a, b):
        check_side(side)
    say(f"A  {a}", f"B  {b}")
    if a.is_dir() and b.is_dir():
        unlike = settings(a, b)
        _show("setting", {name: (shown(x), shown(y)) for name, (x, y) in unlike.items()})
        if not unlike:
            say("", "no setting differs")
        one, other = training(a), training(b)
        for head in {**one, **other}:
            left, right = one.get(head, {}), other.get(head, {})
            both = {**left, **right}
            _show(head, {name: (left.get(name, "-"), right.get(name, "-")) for name in both})
        _show_parting(a, b)
    found = answers(a, b)
    if found is None:
        say("", "no held-out question that both have answered")
    else:
        _show_answers(found, "dev answers" if _on_dev(a) or _on_dev(b) else "held-out answers")


def _show(head: str, rows: dict[str, tuple[str, str]]) -> None:
    if rows:
        say("")
        table((head, "A", "B"), [(name, *values) for name, values in rows.items()])


def _show_parting(a: Path, b: Path) -> None:
    """The first difference of their journals, and the commands that show it."""
    from experiments.parting import parting

    found = parting(a, b)
    if found is None:
        return
    say("")
    if found.step is None:
        say(found.meaning)
        return
    at = f", group {found.place[0]}, sample {found.place[1]}" if found.place else ""
    say(f"they part at step {found.step}{at}, of {found.shared} steps that both have")
    say(*(f"  {stage}: {told}" for stage, told in found.stages.items()), found.meaning)
    if found.place:
        where = f"--step {found.step} --rollout {found.place[0]}/{found.place[1]}"
        say(*(f"etude replay {side} {where}" for side in (a, b)))


def _on_dev(side: Path) -> bool:
    """Whether a run had no test questions, so that it was asked those that chose its checkpoint."""
    from experiments.runfolder import read_config
    from experiments.schemas import GrpoRun

    config = read_config(side / CONFIG) if side.is_dir() else None
    return isinstance(config, GrpoRun) and config.data.test is None


def _show_answers(found: Answers, what: str) -> None:
    heads = (what, "n", "A", "B", "B - A", "only A right", "only B right")
    rows = [
        (
            topic.name.replace("_", " "), str(topic.n), f"{topic.a:.1%}", f"{topic.b:.1%}",
            f"{100 * (topic.b - topic.a):+.1f}", str(topic.only_a), str(topic.only_b),
        )
        for topic in found.topics
    ]  # fmt: skip
    say("")
    table(heads, rows)
    gain, low, high = (100 * x for x in (found.gain.mean, found.gain.low, found.gain.high))
    say("", f"B over A: {gain:+.1f} points (95 % of paired bootstraps {low:+.1f} to {high:+.1f})")
    if found.left_out:
        say(f"left out: {found.left_out} questions that only one of them was asked")
