"""Times, and labelled stretches of time, as people and models list them.

Conventions
-----------
Seconds; "1:30" and "0:01:30.5" are clock times, "500 ms" is .5. Times are finite and lie
within 0 to 30,000 s; others are dropped. At most ``MOST`` are read.

==========================================  ==================================
written                                     read as
==========================================  ==================================
0.38s,0.82s / [0.38, 0.82] / - 0.38 s       times; numbers of list items ("1.",
                                            "2)") are none
[[0, 1.5, "D:maj"], ...]                    spans with labels
0.0 1.5 D:maj (a line each)                 spans with labels
0-1.5: D, 1.5-3: A7 / from 0 to 1.5 s D     spans with labels
intro (0:00-0:10), verse (0:10-0:30)        spans with labels
[0:00] intro [0:10] verse                   starts with labels: each ends where
                                            the next one starts
==========================================  ==================================
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.text import READ_LIMIT, fold

MOST = 5_000
LATEST = 30_000.0
LONGEST = 64_000
"""Characters of an answer that are read."""

_CHUNK = 3 * READ_LIMIT
_UNIT = r"(?:\s*(ms|msec|milliseconds?|s|secs?|seconds?|mins?|minutes?)(?![a-z]))?"
_TIME = (
    r"(?<![\w.:])(?:(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d(?:\.\d{1,9})?)|"
    rf"(-?\d{{1,9}}(?:\.\d{{1,12}})?|\.\d{{1,12}})(?:e-?\d{{1,2}})?{_UNIT})(?![\w:]|\.\d)"
)
_ONE = Pattern(_TIME, re.IGNORECASE)
_PLAIN = re.sub(r"\((?!\?)", "(?:", _TIME)
_SPAN = Pattern(
    rf"(?:\bfrom\s+|\bbetween\s+)?({_PLAIN})(?:\s*(?:-|to|until|till|through|and|~|->|→)\s*)"
    rf"({_PLAIN})",
    re.IGNORECASE,
)
_LAB = Pattern(rf"^[\s\-*•]*({_PLAIN})[\s,;\t]+({_PLAIN})[\s,;:\t]+(\S[^\n]*)$", 2 | 8)
_ITEM = Pattern(
    r"^[ \t]*\(?\d{1,4}[.)][ \t]+(?=\S*\d)|^[ \t]*(?:beat|bar|onset|no\.?)\s*\d{1,4}\s*[:=]", 2 | 8
)
_DRESS = re.compile(
    r"^(?:[\s,;:.\-()\[\]|=>*•]|\b(?:is|at|then|and|the|from|to|lasts?|starts?|begins?)\b)+"
    r"|(?:[\s,;:.\-(\[|=>*•]|\b(?:is|at|then|and|from|starts?|begins?|starting|between)\b)+$",
    re.IGNORECASE,
)
_WORD = Pattern(r"[A-Za-z]")
_FENCE = Pattern(r"```\w{0,10}")


@dataclass(frozen=True, slots=True)
class Span:
    """A labelled stretch [s]; ``end`` is None where it is not said."""

    start: float
    end: float | None
    label: str


def readable(text: str) -> str:
    """The folded text, of up to ``LONGEST`` characters."""
    text = _FENCE.sub(" ", text[:LONGEST])
    if text.isascii():
        return text
    return "".join(fold(text[at : at + _CHUNK]) for at in range(0, len(text), _CHUNK))[:LONGEST]


@lru_cache(maxsize=1024)
def times(text: str) -> tuple[float, ...]:
    """The times of a readable text, ascending, each once.

    >>> times("0.5s, 1.0 s and 0:01.5")
    (0.5, 1.0, 1.5)
    """
    text = _ITEM.sub(" ", text)
    found: list[float] = []
    for match in _ONE.finditer(text):
        value = _seconds(match)
        if value is not None:
            found.append(value)
            if len(found) == MOST:
                break
    return tuple(sorted(set(found)))


@lru_cache(maxsize=1024)
def spans(text: str) -> tuple[Span, ...]:
    """The labelled stretches of a readable text, by their starts.

    >>> spans("intro: 0-10 s; verse: 10-30 s")[1]
    Span(start=10.0, end=30.0, label='verse')
    """
    found = _from_json(text)
    if found is None:
        lines = [_lab(match) for match in _LAB.finditer(text)]
        found = [span for span in lines if span] or _ranges(text) or _starts(text)
    return tuple(sorted(found[:MOST], key=lambda span: span.start))


def number_rows(text: str) -> list[list[float | str]] | None:
    """The rows of a JSON list of lists or of objects; None where the text is none."""
    start = text.find("[")
    if start < 0 or "[[[" in text or text.count("[") > MOST:
        return None
    body = text[start : text.rfind("]") + 1]
    for candidate in (body, f"[{body}]"):
        try:
            value = json.loads(candidate)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, list) and value and all(isinstance(v, (list, dict)) for v in value):
            rows = [list(v.values()) if isinstance(v, dict) else v for v in value]
            return [[x for x in row if isinstance(x, (int, float, str))] for row in rows]
    return None


def seconds(text: str) -> float | None:
    """The time that a text is, or None."""
    match = _ONE.fullmatch(text.strip())
    return _seconds(match) if match else None


def _seconds(match: re.Match[str]) -> float | None:
    if match[4] is None:
        value = 3600.0 * int(match[1] or 0) + 60.0 * int(match[2]) + float(match[3])
    else:
        value = float(match[4])
        unit = (match[5] or "").lower()
        if unit.startswith(("ms", "milli")):
            value /= 1000.0
        elif unit.startswith("min"):
            value *= 60.0
    return value if 0.0 <= value <= LATEST else None


def _as_seconds(value: float | str) -> float | None:
    if isinstance(value, str):
        return seconds(value)
    if isinstance(value, bool) or not math.isfinite(value) or not 0.0 <= value <= LATEST:
        return None
    return float(value)


def _from_json(text: str) -> list[Span] | None:
    rows = number_rows(text)
    if rows is None:
        return None
    found: list[Span] = []
    for row in rows:
        if len(row) == 3:
            start, end = _as_seconds(row[0]), _as_seconds(row[1])
            label = str(row[2])
            if start is None or end is None:  # {"label": ..., "start": ..., "end": ...}
                start, end, label = _as_seconds(row[1]), _as_seconds(row[2]), str(row[0])
            if start is not None and end is not None and start < end:
                found.append(Span(start, end, label))
        elif len(row) == 2:
            start = _as_seconds(row[0])
            if start is not None:
                found.append(Span(start, None, str(row[1])))
    return _chained(found)


def _lab(match: re.Match[str]) -> Span | None:
    start, end = seconds(match[1]), seconds(match[2])
    if start is None or end is None or start >= end:
        return None
    return Span(start, end, match[3].strip(" ,;\"'"))


def _ranges(text: str) -> list[Span]:
    matches = list(_SPAN.finditer(text))
    ends = [(match.start(), match.end()) for match in matches]
    found: list[Span] = []
    for match, label in zip(matches, _labels(text, ends), strict=True):
        start, end = _both(match[1], match[2])
        if start is not None and end is not None and start < end:
            found.append(Span(start, end, label))
    return found


def _both(first: str, second: str) -> tuple[float | None, float | None]:
    """Two ends; a unit after the second is that of both."""
    one, other = seconds(first), seconds(second)
    unit = re.search(r"(ms|mins?|minutes?|milliseconds?)$", second.strip(), re.IGNORECASE)
    if unit and not re.search(r"[a-z:]", first, re.IGNORECASE):
        one = seconds(f"{first.strip()} {unit[1]}")
    return one, other


def _starts(text: str) -> list[Span]:
    text = _ITEM.sub(lambda match: " " * len(match[0]), text)
    matches = [match for match in _ONE.finditer(text) if _seconds(match) is not None][:MOST]
    places = [(match.start(), match.end()) for match in matches]
    found = [
        Span(_seconds(match) or 0.0, None, label)
        for match, label in zip(matches, _labels(text, places), strict=True)
        if label
    ]
    return _chained(found)


def _chained(found: list[Span]) -> list[Span]:
    """Stretches without an end last until the next one starts."""
    found = sorted(found, key=lambda span: span.start)
    return [
        Span(span.start, found[i + 1].start, span.label)
        if span.end is None and i + 1 < len(found) and found[i + 1].start > span.start
        else span
        for i, span in enumerate(found)
    ]


def _labels(text: str, places: list[tuple[int, int]]) -> list[str]:
    """The label beside each place: before it if text stands before the first, else after."""
    if not places:
        return []
    bounds = [0, *(end for _, end in places)]
    starts = [*(start for start, _ in places), len(text)]
    gaps = [text[a:b] for a, b in zip(bounds, starts, strict=True)]
    before = _WORD.search(_DRESS.sub("", gaps[0])) is not None
    chosen = gaps[:-1] if before else gaps[1:]
    return [_label(gap) for gap in chosen]


def _label(gap: str) -> str:
    gap = gap.strip().strip("\"'")
    for _ in range(3):
        shorter = _DRESS.sub("", gap).strip()
        if shorter == gap:
            break
        gap = shorter
    return gap.strip("\"'").rstrip(")] ").strip() if "(" not in gap else gap.strip()
