"""Times, and lists of times, as people and models write them.

Conventions
-----------
Times as in ``times.py``. A decimal comma counts where commas cannot part the list. What
numbers the entries of a list is no time ("beat 3", "(bar 3)", "3. 0.82").

==========================================  ==================================
written                                     read as
==========================================  ==================================
[0.38, 0.82] / {"beats": [0.38, 0.82]}      the times
0.38s,0.82s / 0.38 0.82 / lines, bullets    the times
1. 0.38 / beat 1: 0.38 s                    the times without their numbers
[[0.38, 1], [0.82, 2]] / 0.38 1 (lines)     the first of each pair
| beat | time | lines with headings         the column of times (``grids.py``)
every 0.5 s from 0.25 to 10                 the times of the rule (``steady.py``)
==========================================  ==================================

At most ``LIMIT`` characters and ``MOST`` items are read, in linear time.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rewards.answers import unstruck
from rewards.patterns import Pattern
from rewards.spelling.grids import START, grid
from rewards.spelling.mentions import Mention, asserted
from rewards.spelling.steady import without_step
from rewards.spelling.times import LAST, MOST, SECONDS, Token, tokens
from rewards.text import fold

LIMIT = 32_000
"""A series of more characters is not read."""
_I = re.IGNORECASE
_SLICE = 1_000
_FENCE = Pattern(r"'''[ ]?(?:json|python|text|csv|txt|lab|markdown|md)?\b")
_TABLE_RULE = Pattern(r"(?m)^[ \t|:+-]*-[ \t|:+-]*$")
_BOX = Pattern(r"\\(?:d?boxed|text)\s*\{([^{}]{0,40000})\}")
_COMMA = Pattern(r"(?<=\d),(?=\d)")
_NUMBERED = Pattern(r"(?m)^[ \t]*(?:[-*+>•][ \t]+)?(\d{1,4})(?:[.)][ \t]+|:[ \t]+)(?=\S)")
_BULLET = Pattern(r"(?m)^[ \t]*[-*+>•·][ \t]+")
_ORDINAL = Pattern(
    r"\b(?:(?:down)?beats?|bars?|measures?|onsets?|notes?|events?|hits?)\s{0,2}"
    r"(?:no\.?\s?|#\s?)?\d{1,4}\s{0,2}(?::|=|->|→|\||\(|\bat\b|\bis\b|\bon\b|-(?=\s))"
    r"|\b(?:(?:down)?beat|bar|measure|onset|note|event|hit|m\.)\s{0,2}(?:no\.?\s?|#\s?)?\d{1,4}\b"
    rf"(?![.:]\d|\s?,\s?\d|\s?(?:ms\b|min|milli|{SECONDS}))"
    r"|(?<!\S)\d{1,4}\)\s(?=\d)",
    _I,
)
"""Where a list counts its entries: "beat 1: ", "(bar 2)", "3) "."""
_INLINE = Pattern(r"(?<![\d.:])(\d{1,4})(?::|[.)]|\s?=|\s?->)\s(?=~?\d)")
_LETTER = Pattern(r"[b-mo-z]", _I)
_SLASH = Pattern(r"(?<=[\ds])\s?/\s?(?=\d{1,5}\.\d)")
_DENIES = Pattern(r"\b(?:not|rather|instead|neither|wrong|isn't|aren't|except)\b", _I)
_NAN = Pattern(r"(?<![\w])-?(?:nan|inf(?:inity)?|null)\b", _I)


@dataclass(frozen=True, slots=True)
class Times:
    """Ascending distinct times [s], and how many entries were no time at all."""

    times: tuple[float, ...]
    wrong: int = 0


@lru_cache(maxsize=256)
def folded(text: str) -> str:
    """The text in plain signs without markdown, boxes and fences; "" if over ``LIMIT``."""
    text = text.strip()
    if len(text) > LIMIT:
        return ""
    if not text.isascii() or "`" in text:
        text = "".join(fold(text[at : at + _SLICE]) for at in range(0, len(text), _SLICE))
        if len(text) > LIMIT:  # one character may become eighteen
            return ""
    text = unstruck(text)
    if "'''" in text:
        text = _FENCE.sub("", text)
    if "\\" in text:
        text = _BOX.sub(r"\1", text).replace("\\n", "\n")
    if "--" in text:
        text = _TABLE_RULE.sub("", text)
    return text.replace("**", "").replace("__", "").replace("$", "").strip().rstrip(".")


@lru_cache(maxsize=16)  # several readers ask for one text in a row
def structure(text: str) -> Any:
    """The text as JSON or as lists of Python, or None. Read it, never change it."""
    if text[:1] not in ("[", "{", "("):
        at = min((i for i in (text.find("[["), text.find("[{"), text.find('{"')) if i >= 0),
                 default=-1)  # fmt: skip
        if not 0 < at <= 80 or text[-1:] not in ("]", "}"):
            return None
        text = text[at:]
    for form in (text, text.translate(_PYTHON)):
        try:
            return json.loads(form)
        except (ValueError, RecursionError):
            continue
    return None


_PYTHON = str.maketrans({"(": "[", ")": "]", "'": '"'})


@lru_cache(maxsize=1024)
def read_times(text: str, name: str = "") -> Times | None:
    """The times that a folded text lists, or None where it lists none.

    ``name`` chooses among the lists of a JSON object, such as "beats".

    >>> read_times("0.38s, 0.82s").times
    (0.38, 0.82)
    """
    if text.strip(" .").lower() in ("[]", "none", "no", "()", f"no {name}", "{}"):
        return Times(())
    data = structure(text) if text[:1] in "[{(" or '{"' in text[:80] else grid(text)
    listed = _listed(data, name) if data is not None else None
    if listed is None:
        listed = _plain_times(text)
    if not listed:
        return None
    kept = [time for time in listed if 0.0 <= time <= LAST]
    return Times(tuple(sorted(set(kept))), len(listed) - len(kept))


_MILLI = ("_ms", "(ms)", " ms", "milliseconds")
_TIME_KEYS = (*START, "seconds")


def _listed(data: Any, name: str) -> list[float] | None:
    """Times out of parsed JSON; None where it has another shape."""
    if isinstance(data, Mapping):
        lists = {key: value for key, value in data.items() if isinstance(value, list)}
        key = name if name in data else next(iter(lists), "") if len(lists) == 1 else ""
        if key.lower().endswith(_MILLI) and all(isinstance(t, (int, float)) for t in data[key]):
            return [float(time) / 1000 for time in data[key]]
        data = data.get(key)
    if not isinstance(data, list):
        return None
    times: list[float] = []
    for item in data:
        if isinstance(item, list):
            item = item[0] if item else None
        elif isinstance(item, Mapping):
            item = next((item[key] for key in _TIME_KEYS if key in item), None)
        value = seconds(item)
        times.append(math.nan if value is None else value)
    return times


def seconds(item: Any) -> float | None:
    """One time out of JSON: a number, or a text such as "0:10"."""
    if isinstance(item, bool) or item is None:
        return None
    if isinstance(item, (int, float)):
        return float(item) if abs(item) < 1e12 else math.nan
    return _seconds_of_text(item) if isinstance(item, str) and len(item) <= 40 else None


@lru_cache(maxsize=4096)
def _seconds_of_text(item: str) -> float | None:
    found = tokens(item)
    return found[0].value if len(found) == 1 else None


_DECIMALS = Pattern(r"\d{1,9}\.\d{1,24}(?:(?:, ?| )\d{1,9}\.\d{1,24})*")


def _plain_times(text: str) -> list[float]:
    if _DECIMALS.fullmatch(text):  # the usual list, which nothing below reads otherwise
        return [float(part) for part in text.replace(",", " ").split()[: MOST + 1]]
    text, ruled = without_step(text)
    if ruled:
        return ruled
    text = uncounted(decimal_points(unnumbered(text), alone=True))
    text = _SLASH.sub(", ", text) if "/" in text else text
    found = tokens(text)
    if len(text) <= 4 * _SLICE and _DENIES.search(text):
        found = [m.value for m in asserted(text, [Mention(t, t.start, t.end) for t in found])]
    found = _firsts(text, found)
    wrong = len(_NAN.findall(text)) if "n" in text.lower() else 0
    return [token.value for token in found] + [math.nan] * wrong


def _firsts(text: str, found: list[Token]) -> list[Token]:
    """The time of each line's two numbers where the other counts beats, lines or bars."""
    if len(found) < 4 or len(found) % 2 or "\n" not in text:
        return found
    lines = [line for line in text.split("\n") if any(c.isdigit() for c in line)]
    if 2 * len(lines) != len(found):
        return found
    ones, others = found[::2], found[1::2]
    if all(not token.scale and token.value in range(1, 17) for token in others):
        return ones
    counts = not ones[0].scale and [token.value for token in ones] == list(range(1, len(ones) + 1))
    return others if counts else found


def unnumbered(text: str) -> str:
    """Without the marks of a list: bullets, and numbers that count 1, 2, 3."""
    if "\n" not in text:
        return _BULLET.sub("", text, count=1)
    numbers = [int(n) for n in _NUMBERED.findall(text)]
    first = numbers[0] if len(numbers) > 1 else 2
    if first < 2 and numbers == list(range(first, first + len(numbers))):
        text = _NUMBERED.sub("", text)
    return _BULLET.sub("", text)


def uncounted(text: str) -> str:
    """Without the words and numbers that count the entries: "beat 1: ", "(bar 2)", "3: "."""
    if ")" in text or _LETTER.search(text):
        without = _ORDINAL.sub(" ", text)
        text = without if any(c.isdigit() for c in without) else text
    counts = [int(n) for n in _INLINE.findall(text[: 4 * _SLICE])]
    if len(counts) > 1 and counts[0] < 2 and counts == list(range(counts[0], counts[-1] + 1)):
        text = _INLINE.sub(" ", text)
    return text


_UNIT_AFTER = Pattern(rf"(?<=\d),(?=\d{{1,6}}\s?{SECONDS})")
_TIGHT = Pattern(r"\d,\d{1,9},\S")


def decimal_points(text: str, *, alone: bool) -> str:
    """Decimal commas as points: "0,38 s", and ("alone") "0,38 0,82; 1,25"."""
    if "," not in text:
        return text
    text = _UNIT_AFTER.sub(".", text)
    if not alone or "." in text or any(mark in text for mark in "[({") or _TIGHT.search(text):
        return text
    # Where each number has a comma and something else parts them, commas are decimal.
    parts = [part.strip(",") for part in re.split(r"[\s;]+", text.strip(" .")) if part.strip(",")]
    if len(parts) > 1 and all(re.fullmatch(r"\d{1,6},\d{1,6}s?", part) for part in parts):
        return _COMMA.sub(".", text)
    return text
