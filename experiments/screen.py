"""What a long command shows while it works: one calm line per stage.

On a terminal the lines are bars that name the stage, the step, a figure that
matters and the time left. Elsewhere (a log, CI) a stage prints a plain line for each
tenth of its way, and where that is long every 20 s; of what takes two seconds its end.
Results go to standard output; this goes to standard error.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from experiments.endings import failures
from experiments.terminal import say
from experiments.text import counted, one_line

Row = TypeVar("Row")

_SAY_EVERY = 20.0  # seconds between lines where there is no terminal
_SHARES = 10  # of the way, each worth a line there
_SAY_NOT_WITHIN = 2.0  # seconds: what is quick is not told in tenths
_REDRAW = 0.1  # seconds between two looks at a stage of many small steps


@dataclass(slots=True)
class Stage:
    """One line of the screen.

    Attributes:
        name: of the stage.
        total: steps in all.
        reached: the step it came to.
        told: the step of its last plain line.
    """

    name: str
    total: int
    bars: Any = None
    task: Any = None
    reached: int = 0
    told: int = 0
    began: float = field(default_factory=time.monotonic)
    said: float = field(default_factory=time.monotonic)

    def at(self, done: int, note: str = "", *, now: bool = False) -> None:
        """The stage has come to step ``done``.

        Args:
            done: steps.
            note: a short figure, such as "reward .61".
            now: it is worth a line also where there is no terminal and the last was a moment ago.
        """
        self.reached = done
        if self.bars is not None:
            self.bars.update(self.task, completed=done, note=one_line(note))
        elif now or self._is_due():
            self.told = done
            self._say(f"{done}/{self.total}  {note}")

    def done(self, note: str = "") -> None:
        """The stage is over, perhaps before its last step."""
        if self.bars is not None:
            steps = self.reached or self.total
            self.bars.update(self.task, total=steps, completed=steps, note=one_line(note))
            self.bars.stop_task(self.task)
        else:
            self._say(f"done in {time.monotonic() - self.began:.0f} s  {note}")

    def _is_due(self) -> bool:
        waited = time.monotonic() - self.said
        before, now = (_SHARES * step // max(1, self.total) for step in (self.told, self.reached))
        return waited > _SAY_EVERY or (now > before and waited >= _SAY_NOT_WITHIN)

    def _say(self, text: str) -> None:
        self.said = time.monotonic()
        say(f"{self.name:<22} {text}".rstrip(), err=True)


@dataclass(slots=True)
class Screen:
    """Makes stages."""

    bars: Any = None

    def stage(self, name: str, total: int) -> Stage:
        """A new line at the bottom."""
        task = None if self.bars is None else self.bars.add_task(name, total=total, note="")
        return Stage(name, total, self.bars, task)

    def say(self, sentence: str) -> None:
        """A line that stays, above the bars where there are any."""
        say(sentence, err=True)


def reward_note(line: Mapping[str, Any]) -> str:
    """A step's mean reward and the parts behind it, for the screen.

    Named are the part that moves the policy most where there are several, with its share of
    the advantage, that nothing was learnt, and parts that failed. A step may have no reward that
    was scored.

    >>> reward_note({"reward": 0.5, "part_share": {"theory": 0.25, "answer": 0.75},
    ...     "part_errors": {"theory": 2}, "unscored": 0.4})
    'reward 0.50, 40% not scored, 75% by answer, theory failed 2 times'
    """
    if line["reward"] is None:
        notes = ["no reward"]
    else:
        notes = [f"reward {line['reward']:.2f}"]
    if line.get("unscored"):
        notes.append(f"{line['unscored']:.0%} not scored")
    shares = line.get("part_share", {})
    if len(shares) > 1:
        most = max(shares, key=lambda name: shares[name])
        notes.append(f"{shares[most]:.0%} by {most}")
    if "tokens" in line and not line["tokens"]:
        notes.append("no signal")
    notes += [f"{name} failed {counted(count, 'time')}" for name, count in failures(line).items()]
    return ", ".join(notes)


def dev_note(accuracy: float | None, step: int | None = None) -> str:
    """The dev accuracy for the screen, and of which step; nothing where nothing was evaluated.

    >>> dev_note(0.125, 40)
    'dev accuracy 12.5% at step 40'
    >>> dev_note(None)
    ''
    """
    if accuracy is None:
        return ""
    return f"dev accuracy {accuracy:.1%}" + (f" at step {step}" if step is not None else "")


@contextmanager
def screen() -> Iterator[Screen]:
    """The screen of a command that trains or asks; what libraries have to say is kept off it."""
    hush()
    with stages() as shown:
        yield shown


@contextmanager
def stages() -> Iterator[Screen]:
    """The screen of one command."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    if not console.is_terminal:
        yield Screen()
        return
    columns = (
        TextColumn("{task.description:<22}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}", markup=False),
    )
    with Progress(*columns, console=console, refresh_per_second=4) as bars:
        yield Screen(bars)


Told = Callable[[str], Callable[[int, int], None] | None]
"""Name of a stage -> what is told of done and total while it lasts, or nothing."""


def untold(name: str) -> None:
    """Nobody is told of a stage."""


@contextmanager
def slow_stages() -> Iterator[Callable[[str], Callable[[int, int], None]]]:
    """Stages of a start, of which a user hears only where they take longer than two seconds."""
    with ExitStack() as opened:
        shown: list[Screen] = []

        def told(name: str) -> Callable[[int, int], None]:
            began = time.monotonic()
            due = began + _SAY_NOT_WITHIN
            stage: Stage | None = None

            def advance(done: int, total: int) -> None:
                nonlocal stage, due
                if (now := time.monotonic()) < due and (stage is None or done < total):
                    return
                due = now + _REDRAW
                if not shown:
                    shown.append(opened.enter_context(stages()))
                if stage is None:
                    stage = shown[0].stage(name, total)
                    stage.began = stage.said = began
                stage.at(done)
                if done >= total:
                    stage.done()

            return advance

        yield told


def in_turn(rows: Iterable[Row], total: int, advance: Callable[[int, int], None]) -> Iterator[Row]:
    """The rows as they come; one is done when the next is asked for."""
    for done, row in enumerate(rows):
        if done:
            advance(done, total)
        yield row
    advance(total, total)


def hush() -> None:
    """Libraries' bars and notices would tear the screen; their errors still come through."""
    import warnings

    import datasets
    import transformers

    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    datasets.disable_progress_bars()
    warnings.filterwarnings("ignore", category=FutureWarning, module="(trl|transformers|ray)")
