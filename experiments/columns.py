"""Rows as lines of text: cells below each other, the last one a remark of any length."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence

_GAP = 2
_ROOM = 30  # characters; a remark with less beside its row stands below it
_INDENT = 4


def lines_of(rows: Sequence[Sequence[str]], width: int | None = None) -> list[list[str]]:
    """The lines of each row, none wider than ``width``, none ending in blanks.

    Args:
        rows: all of one length; the last cell of each is its remark, "" for none.
        width: characters of a line; those of the screen if None. Cells before the remark are
            never broken.

    >>> lines_of([("spread", "0.000", "every value is the same"), ("failed", "3 of 36", "")], 40)
    [['spread  0.000', '    every value is the same'], ['failed  3 of 36']]
    """
    width = width or shutil.get_terminal_size().columns
    widths = [max(map(len, column)) + _GAP for column in zip(*rows, strict=True)][:-1]
    left = sum(widths)
    beside = width - left >= _ROOM
    found = []
    for *cells, remark in rows:
        padded = [f"{cell:<{room}}" for cell, room in zip(cells, widths, strict=True)]
        row = "".join(padded)
        indent = left if beside else _INDENT
        broken = textwrap.wrap(remark, max(_ROOM, width - indent))
        if beside and broken:
            row += broken.pop(0)
        found.append([row.rstrip(), *(" " * indent + line for line in broken)])
    return found
