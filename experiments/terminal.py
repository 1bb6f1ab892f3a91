"""What commands say on a terminal. Texts of strangers are shown there, never obeyed.

Names, answers and errors come from data sets, models, checkpoints and libraries that quote them.
A terminal obeys escape sequences, rich its markup, and a line break makes a line of our own. So
this module alone prints (``tests/laws/test_terminal.py``); what a program reads, JSON and YAML, is
escaped by its format.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from io import TextIOWrapper

from experiments.text import one_line, visible


def take_any_character() -> None:
    """Show an escape where a terminal lacks a character, as standard error does anyway."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def say(*lines: str, err: bool = False) -> None:
    """Print lines on standard output, or on standard error; a line break within one is shown."""
    stream = sys.stderr if err else sys.stdout
    print("\n".join(map(one_line, lines)), file=stream, flush=True)


def styled(style: str, *lines: str) -> None:
    """``say`` on standard output, on a terminal in a style of rich."""
    from rich.console import Console
    from rich.text import Text

    Console().print(Text("\n".join(map(one_line, lines)), style=style), soft_wrap=True)


def write(text: str) -> None:
    """Print a piece of a text on standard output, at once; its line breaks are kept."""
    sys.stdout.write(visible(text))
    sys.stdout.flush()


def table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], *, texts: int = 0, title: str = ""
) -> None:
    """Print a table on standard output: a column of names, then figures, to the right.

    Args:
        heads: of the columns; none is shown where all are "".
        rows: cells.
        texts: how many of the last columns are running text: to the left, its line breaks kept.
        title: above it, in the middle.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    last = len(heads) - texts
    made = Table(
        title=Text(visible(title)) if title else None,
        box=None, pad_edge=False, show_header=any(heads),
    )  # fmt: skip
    for place, head in enumerate(heads):
        figures = 0 < place < last
        made.add_column(
            Text(visible(head)), justify="right" if figures else "left", overflow="fold"
        )
    for row in rows:
        made.add_row(
            *(Text(one_line(cell)) for cell in row[:last]),
            *(Text(visible(cell)) for cell in row[last:]),
        )
    Console().print(made)


def busy(what: str) -> AbstractContextManager[object]:
    """On a terminal: something moves while this lasts."""
    from rich.console import Console
    from rich.text import Text

    return Console(stderr=True).status(Text(one_line(what)))


class Speaker(logging.Handler):
    """Says what is logged, on standard error."""

    def emit(self, record: logging.LogRecord) -> None:
        say(*self.format(record).split("\n"), err=True)
