"""Times: one as it is written, and where a text has them.

Conventions
-----------
Times become seconds; a bare number is seconds. What only looks like a time is left out.

==========================================  ==================================
written                                     seconds
==========================================  ==================================
0.38s, 380 ms, .38                          0.38
1:30, 90 s, 1 min 30 s, 1.5 min             90
0:01:30.5                                   90.5
500, 1000 and 1500 ms                       0.5, 1, 1.5
8 beats, 120 BPM, 4/4, A7, 12-bar, 440 Hz   none
==========================================  ==================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from rewards.patterns import Pattern

MOST = 5_000
"""No list of music has more events or rows."""
LAST = 30_000.0
"""The latest time [s]; mir_eval takes none above it."""

_I = re.IGNORECASE
NUMBER = r"(?:\d{1,9}(?:\.\d{0,24})?|\.\d{1,24})(?:e[-+]?\d{1,2})?"
SECONDS = r"(?:seconds?|secs?|s|sekunden)\b"
_TOKEN = Pattern(
    r"(?<![\w#.:/^+])(?P<sign>(?:(?<=[\[(,;])|(?<=[^\d\s]\s)|(?<=\n)|^)-)?"
    r"(?:(?:(?P<h>\d{1,2}):)?(?P<m>\d{1,3}):(?P<s>[0-5]\d(?:[.,]\d{1,9})?)(?!\d|:\d)"
    r"|(?P<min>\d{1,3})\s?m(?:in(?:ute)?s?)?\.?(?:\s|\s?and\s)?(?P<sec>\d{1,2}(?:\.\d{1,9})?)\s?"
    rf"{SECONDS}"
    rf"|(?P<n>{NUMBER})(?![\d.]*\d)"
    r"(?:\s?(?P<unit>milliseconds?|msecs?|ms|seconds?|secs?|sekunden|s|minutes?|mins?|m)\b)?)"
    r"(?!\w|/\d)(?(s)|(?(unit)|(?![^\S\n]?(?:hz\b|bpm\b|%|(?:beats?|downbeats?|bars?|measures?"
    r"|onsets?|events?|segments?|sections?|chords?|keys?|parts?|times)\b(?!\s*\d)))))"
    r"(?!-(?:bar|part|note)\b)",
    _I,
)
_HARTE = Pattern(r"[A-G][#b]{0,2}(?::|-)$|[\w:]\($")
DENIED = Pattern(r"\b(?:not|neither|nor|never)\s(?:from\s|at\s|between\s|the\s|an?\s)?$", _I)
"""Before a row, what it denies: "not 0-2: C". Searched in the last ``DENIAL`` characters."""
DENIAL = 24
_SCALE = {"ms": 0.001, "mil": 0.001, "mse": 0.001, "m": 60.0, "min": 60.0}
_LISTED = Pattern(r"\s?(?:,|;|/|&|\band\b)?\s?(?:and\s)?")


@dataclass(frozen=True, slots=True)
class Token:
    """A time [s] and where it stands in the text."""

    value: float
    start: int
    end: int
    scale: float = 0.0
    """Seconds of its unit, 1 for a clock; 0 where it is a bare number."""


def tokens(text: str) -> list[Token]:
    """The times that a text names, in order; at most ``MOST + 1``."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        before = text[max(0, match.start() - 4) : match.start()]
        inside = before[-1:] != "(" or (
            text[match.end() : match.end() + 1] == ")" and not match["s"]
        )
        if before[-1:] in (":", "-", "(") and inside and _HARTE.search(before):
            continue
        found.append(_token(match))
        if len(found) > MOST:
            break
    return _with_units(text, found)


def _with_units(text: str, found: list[Token]) -> list[Token]:
    """ "500, 1000 and 1500 ms": the one unit, at the end of a list, is that of all."""
    scale = found[-1].scale if len(found) > 1 else 0.0
    if scale in (0.0, 1.0) or any(token.scale for token in found[:-1]):
        return found
    for one, other in pairwise(found):
        if other.start - one.end > 8 or not _LISTED.fullmatch(text[one.end : other.start]):
            return found
    return [replace(t, value=t.value * (1.0 if t.scale else scale), scale=scale) for t in found]


def _token(match: re.Match[str]) -> Token:
    scale = 1.0
    if match["s"]:
        value = 3600 * int(match["h"] or 0) + 60 * int(match["m"])
        value += float(match["s"].replace(",", "."))
    elif match["min"]:
        value = 60 * int(match["min"]) + float(match["sec"])
    else:
        scale = scale_of(match["unit"]) if match["unit"] else 0.0
        value = float(match["n"]) * (scale or 1.0)
    return Token(-value if match["sign"] else value, match.start(), match.end(), scale)


def scale_of(unit: str) -> float:
    """The seconds of a unit of time; "m" is a minute."""
    return _SCALE.get(unit.lower()[:3], 1.0)
