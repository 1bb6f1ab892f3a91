"""Cadences: their labels and the names that stand for them.

Conventions
-----------
======== ======================================================================
label    written
======== ======================================================================
PAC      perfect authentic cadence, V-I PAC; "perfect cadence"
IAC      imperfect authentic cadence
AC       authentic cadence, full cadence: which of the two is not said
HC       half cadence, semicadence, imperfect cadence, open cadence
PC       plagal cadence, amen cadence, church cadence
DC       deceptive cadence, interrupted cadence, evaded, false, broken cadence
Phrygian Phrygian (half) cadence
======== ======================================================================

British names are read as such: "perfect cadence" is authentic, "imperfect
cadence" a half cadence, "interrupted cadence" a deceptive one.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.mentions import Mention

_NAMES = (
    ("Phrygian", r"phrygian(?:[\s-]+half)?|phryg\.?"),
    ("IAC", r"imperfect[\s-]+authentic|i\.?a\.?c\.?"),
    ("PAC", r"perfect[\s-]+authentic|p\.?a\.?c\.?|perfect(?=[\s-]+cadence)"),
    ("AC", r"authentic|full(?=[\s-]+(?:cadence|close))"),
    ("HC", r"half(?=[\s-]+(?:cadence|close))|half|semi-?cadence|h\.?c\.?|imperfect(?=[\s-]+cadence)"
           r"|open(?=[\s-]+cadence)"),
    ("PC", r"plagal|amen|church(?=[\s-]+cadence)|p\.?c\.?"),
    ("DC", r"deceptive|interrupted|evaded(?=[\s-]+cadence)|false(?=[\s-]+cadence)"
           r"|broken(?=[\s-]+cadence)|d\.?c\.?"),
)  # fmt: skip
_CADENCE = Pattern(
    r"(?<![\w.-])(?:" + "|".join(f"(?P<n{i}>{name})" for i, (_, name) in enumerate(_NAMES)) + r")"
    r"(?![\w])(?:[\s-]+(?:cadence|close)s?)?(?:\s*\((?:p\.?a\.?c|i\.?a\.?c|h\.?c|p\.?c|d\.?c)\.?\))?",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def parse_cadence(text: str) -> str | None:
    """The label of the cadence that the text names and nothing else, or None.

    >>> parse_cadence("perfect authentic cadence")
    'PAC'
    """
    text = re.sub(r"^(?:an?|the)\s+", "", text.strip().rstrip("."), flags=re.IGNORECASE)
    found = _CADENCE.fullmatch(text) or _CADENCE.fullmatch(f"{text} cadence")
    return _label(found) if found else None


def find_cadences(text: str) -> list[Mention[str]]:
    """The cadences that a text names, in order."""
    return [Mention(_label(m), m.start(), m.end()) for m in _CADENCE.finditer(text)]


def _label(match: re.Match[str]) -> str:
    return next(label for i, (label, _) in enumerate(_NAMES) if match[f"n{i}"])
