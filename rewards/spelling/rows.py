"""Labelled stretches of time: sections, chords, keys, notes.

Conventions
-----------
A row is (start [s], end [s], label); the end is None where only a start is given.
Times as in ``rewards/spelling/times.py``.

==========================================  ==================================
written                                     rows
==========================================  ==================================
[[0, 10, "intro"], ...] / objects           start, end (or duration), label
| label | start | end | and its lines       the same, by the headings
running text                                as in ``labelled_times.py``
==========================================  ==================================
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from rewards.spelling.grids import START, grid
from rewards.spelling.labelled_times import WIDEST, Row, labelled_times
from rewards.spelling.series import seconds, structure
from rewards.spelling.times import LAST, MOST, tokens

_END = ("end", "end_time", "offset", "offset_time", "stop", "to", "end_s", "until")
_LENGTH = ("duration", "dur", "length", "duration_s")
_LABEL = (
    "label", "name", "section", "segment", "chord", "key", "pitch", "note", "midi", "part", "title",
    "section_name", "note_name", "pitch_name", "midi_pitch", "midi_note", "midi_number", "value",
    "type", "frequency", "hz", "freq", "frequency_hz", "f0",
)  # fmt: skip


@lru_cache(maxsize=512)
def read_rows(text: str) -> tuple[Row, ...]:
    """The rows of a folded text, in the order of their starts.

    >>> read_rows("intro: 0-10 s; verse: 10-30 s")[1]
    Row(start=10.0, end=30.0, label='verse')
    """
    found = from_structure(structure(text)) if "[" in text or "{" in text or "(" in text else None
    if not found:
        found = from_structure(grid(text)) or labelled_times(text)
    kept = [row for row in found if _possible(row)]
    return tuple(sorted(kept[:MOST], key=lambda row: row.start))


def closed(rows: tuple[Row, ...], end: float) -> list[Row]:
    """The rows with an end each: where the next one starts, the last one at ``end``."""
    starts = [row.start for row in rows[1:]] + [end] * bool(rows)
    made = []
    for row, after in zip(rows, starts, strict=True):
        until = after if row.end is None or row.end > after > row.start else row.end
        # An end past the next start is cut there; the last one keeps its own.
        if row is rows[-1] and row.end is not None:
            until = row.end
        if until > row.start:
            made.append(Row(row.start, until, row.label))
    return made


def _possible(row: Row) -> bool:
    return 0.0 <= row.start <= LAST and (row.end is None or row.start < row.end <= LAST)


def from_structure(data: Any) -> list[Row] | None:
    """Rows out of parsed JSON; None where it has another shape."""
    if isinstance(data, Mapping) and _names(data, START) and _names(data, _LABEL):
        data = [data]
    if isinstance(data, Mapping):
        lists = [v for v in data.values() if isinstance(v, list) and v]
        nested = [v for v in lists if isinstance(v[0], (list, Mapping))]
        if len(nested) == 1:
            data = nested[0]
        else:  # {"intro": [0, 10], ...} or {"0:00": "Intro", ...}
            data = [[k, *v] if isinstance(v, list) else [k, v] for k, v in data.items()]
    if not isinstance(data, list) or not data:
        return None
    if all(isinstance(item, str) for item in data):
        return labelled_times("\n".join(data)) or None
    if len(data) in (2, 3) and not any(isinstance(item, (list, Mapping)) for item in data):
        data = [data]
    rows = [_of_mapping(i) if isinstance(i, Mapping) else _of_list(i) for i in data[: MOST + 1]]
    return [row for row in rows if row is not None]


def _names(data: Mapping[str, Any], fields: tuple[str, ...]) -> bool:
    """True if one of the fields has one value: the object is a row."""
    said = {str(key).lower() for key, value in data.items() if isinstance(value, (str, int, float))}
    return not said.isdisjoint(fields)


def _of_mapping(item: Mapping[str, Any]) -> Row | None:
    low = {str(key).lower(): value for key, value in item.items()}
    start, end, length, label = (
        next((low[key] for key in keys if low.get(key) is not None), None)
        for keys in (START, _END, _LENGTH, _LABEL)
    )
    label = label if label is not None else low.get("root", "")
    first, last, lasting = seconds(start), seconds(end), seconds(length)
    if first is None and isinstance(start, str) and tokens(start):  # {"time": "0:00-0:10"}
        both = labelled_times(f"{start}: x")
        first, last = (both[0].start, both[0].end) if both else (None, None)
    if first is None:
        return None
    if last is None and lasting is not None:
        last = first + lasting
    return Row(first, last, str(label)[:WIDEST])


def _of_list(item: Any) -> Row | None:
    if not isinstance(item, list):
        return None
    if len(item) in (2, 3) and type(item[0]) is float and type(item[-1]) is not list:
        end = item[1] if len(item) == 3 else None  # the usual rows
        if end is None or type(end) is float:
            return Row(item[0], end, str(item[-1])[:WIDEST])
    flat = [x for part in item[:4] for x in (part if isinstance(part, list) else [part])][:4]
    times = [seconds(x) for x in flat]
    if len(flat) >= 3 and times[0] is not None and times[1] is not None:
        return Row(times[0], times[1], str(flat[2])[:WIDEST])
    if len(flat) >= 3 and times[1] is not None and times[2] is not None:
        return Row(times[1], times[2], str(flat[0])[:WIDEST])
    if len(flat) == 2 and times[0] is not None:
        return Row(times[0], None, str(flat[1])[:WIDEST])
    if len(flat) == 2 and times[1] is not None:
        return Row(times[1], None, str(flat[0])[:WIDEST])
    return None
