"""``RUN/tensorboard/``: the numbers of ``metrics.jsonl`` as TensorBoard's event files.

Conventions
-----------
A view of the metrics, of which the lines are the original: it is written anew from them
whenever the run goes on, so that what a resumed run took back is not shown twice. The tag
of a number is its stage and its place in the line, "grpo/reward", "grpo/parts/accuracy",
"grpo_eval/topics/key"; what is null, or no float can hold, has no point. W&B reads the folder, too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from rewards.errors import ConfigError
from rollouts.metrics import MetricsWriter

Logger = Literal["none", "tensorboard"]

FOLDER = "tensorboard"
_FILES = "events.out.tfevents.*"


def open_metrics(run: Path, states: Mapping[str, int], logger: Logger) -> MetricsWriter:
    """``RUN/metrics.jsonl``, and the event files that follow it where ``logger`` says so.

    Raises:
        ConfigError: TensorBoard is not installed.
        StorageError, DataError: as ``MetricsWriter`` does.
    """
    check_logger(logger)
    path = run / "metrics.jsonl"
    if logger == "none":
        return MetricsWriter(path, states)
    return MetricsWriter(path, states, EventFiles(run / FOLDER))


def check_logger(logger: Logger) -> None:
    """Raises ConfigError where what the logger needs is not installed."""
    if logger == "tensorboard" and find_spec("tensorboard") is None:
        raise ConfigError(
            "logger: got tensorboard, which is not installed, expected none; run "
            "`pip install -c constraints.txt -e '.[tensorboard]'` in the checkout, or leave it out"
        )


class EventFiles:
    """Follows a metrics file; see ``rollouts.metrics.Follower``."""

    def __init__(self, folder: Path) -> None:
        from torch.utils.tensorboard import SummaryWriter

        for old in folder.glob(_FILES):
            old.unlink()
        self._events = SummaryWriter(str(folder))

    def write(self, line: Mapping[str, Any]) -> None:
        """The numbers of one line, at its step."""
        figures = {name: value for name, value in line.items() if name != "step"}
        for tag, value in _numbers(figures, line["stage"]):
            self._events.add_scalar(tag, value, line["step"])

    def sync(self) -> None:
        """Hand what was written to the system."""
        self._events.flush()

    def close(self) -> None:
        self._events.close()


def _numbers(tree: Mapping[str, Any], place: str) -> Iterator[tuple[str, float]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, f"{place}/{name}")
        elif isinstance(value, int | float) and abs(value) <= sys.float_info.max:
            yield f"{place}/{name}", float(value)
