"""Tables with a line of headings: markdown, CSV, tabs.

Conventions
-----------
A table is one where a heading names times ("start", "onset", "Time (s)") and every line that
follows has as many cells. Headings are lower-cased, their unit goes to the cells ("(ms)").

==========================================  ==================================
written                                     read as
==========================================  ==================================
| Pitch | Onset (s) |                       [{"pitch": "C4", "onset": "0.5"}]
| C4    | 0.5       |
pitch,onset                                 the same
C4,0.5
==========================================  ==================================
"""

from __future__ import annotations

from functools import lru_cache

from rewards.patterns import Pattern

START = (
    "start", "start_time", "onset", "onset_time", "begin", "from", "time", "t", "timestamp",
    "start_s", "at", "time_s", "onset_s",
)  # fmt: skip
"""Headings of a column of times, and keys of the time in an object."""
_MARKS = ("|", "\t", ";", ",")
_UNIT = Pattern(r"[\s_]{0,4}[\[(]([\w:. ]{1,20})[\])]$|_(ms)$")
_WIDEST, _LEAD = 8, 4
"""The most columns, and the most lines of which one may be that of the headings."""


@lru_cache(maxsize=16)  # several readers ask for one text in a row
def grid(text: str) -> list[dict[str, str]] | None:
    """The lines of a folded text under its headings, or None where it is no such table.

    Read it, never change it.
    """
    lines = [line for line in text.split("\n") if line.strip()] if "\n" in text else []
    for at, head in enumerate(lines[:_LEAD]):
        if any(c.isdigit() for c in head):
            return None
        found = _under(head, lines[at + 1 :])
        if found:
            return found
    return None


def _under(head: str, lines: list[str]) -> list[dict[str, str]] | None:
    mark = next((mark for mark in _MARKS if mark in head), None)
    if mark is None:
        return None
    names, units = _headings(_cells(head, mark))
    if not 2 <= len(names) <= _WIDEST or not any(name in START for name in names):
        return None
    rows = [_cells(line, mark) for line in lines]
    if any(len(cells) != len(names) for cells in rows):
        return None
    return [
        {n: f"{cell} {u}".strip() for n, cell, u in zip(names, cells, units, strict=True)}
        for cells in rows
    ]


def _cells(line: str, mark: str) -> list[str]:
    line = line.strip()
    line = line.strip("|") if mark == "|" else line
    return [cell.strip(" \t\"'") for cell in line.split(mark)]


def _headings(cells: list[str]) -> tuple[list[str], list[str]]:
    """Their plain names, and the unit of each column ("" for seconds)."""
    names, units = [], []
    for cell in cells:
        low = cell.lower()
        unit = _UNIT.search(low)
        low = low[: unit.start()] if unit else low
        names.append("_".join(low.replace("-", " ").replace("_", " ").split()))
        said = (unit[1] or unit[2]) if unit else ""
        units.append(said if said in ("ms", "milliseconds", "min", "minutes") else "")
    return names, units
