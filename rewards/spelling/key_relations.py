"""Words that relate one key to another: "relative minor of", "or its parallel", "same as".

Conventions
-----------
Patterns, for ``rewards/spelling/keys.py``: those that end in ``$`` are searched in
the text before a key, the others are matched behind one or between two.
"""

from __future__ import annotations

import re

from rewards.patterns import Pattern
from rewards.spelling.notes import LETTER, Note

JOINED_TONIC = Pattern(
    r"(?<![\w#])([A-Ga-g])(##|#|bb|b|\s?(?:sharp|flat)|)\s*(?:/|\||\bor\b|,\s*or\b)\s*$",
    re.IGNORECASE,
)
JOINED_AFTER = Pattern(
    r"\s*(?:/|\||,?\s*\bor\b|\(or|[,;.?!]{1,3}(?=\s*(?:maybe|possibly|perhaps)\b))\s*"
    r"(?:maybe |possibly |perhaps |in )?([A-G])(##|#|bb|b|)"
    r"(?=\s*(?:$|[.,;)!?]))",
    re.IGNORECASE,
)
LEADING = Pattern(r"([A-G])(##|#|bb|b|)\s*[,;]\s*")
OR_RELATED = Pattern(
    r",?\s*(?:/|\(?(?:or|and)\b)\s*(?:maybe |possibly |perhaps |in |else ){0,2}(?:its |the )?"
    r"(relative|parallel)\b(?:\s+(major|minor)\b)?(?!\s+(?:(?:key\s+)?is\b|=|:))",
    re.IGNORECASE,
)
_FIFTH = (
    r"(?:(?:the\s|its\s)?(?:(sub)-?)?dominant(?:\s(?:major|minor))?(?:\skey)?{of}"
    r"|(?:an?\s)?(?:perfect\s)?(?:fifth\s{up}|fourth\s{down}|(fourth\s{up}|fifth\s{down})))"
)
OR_FIFTH = Pattern(
    r",?\s*\(?(?:/|\bor)\s*(?:maybe |possibly |perhaps |in |else ){0,2}"
    + _FIFTH.format(of="", up="(?:above|higher|up)", down="(?:below|lower|down)")
    + r"\W*$",
    re.IGNORECASE,
)
RELATION = Pattern(
    r"\b(relative|parallel)(?:\s+(major|minor))?(?:\s+key)?\s+(?:of|to)\s+$", re.IGNORECASE
)
RELATED_TO = Pattern(
    rf"(?:the\s+)?\b(relative|parallel)\s+(major|minor)(?:\s+key)?\s+(?:of|to)\s+{LETTER}(?![\w#])",
    re.IGNORECASE,
)
RELATED_AFTER = Pattern(
    r"(?:relative|parallel|dominant|subdominant)(?:\s+(?:major|minor))?(?:\s+(?:key|chord"
    r"|triad))?\s*"
    r"(?:of|to|:|is|=|being|would be|,)?\s*$",
    re.IGNORECASE,
)
OFFERED = Pattern(
    r"\b(?:perhaps|maybe|possibly|alternatively|else|(?:could|might|may)(?: also| well)? be)\b",
    re.IGNORECASE,
)
"""What makes a relation another answer: "perhaps its relative, B minor"."""
DOMINANT = Pattern(
    r"(?:^|\b(?:in|(?:it|this|key|answer|piece|song|music) is)\s)"
    + _FIFTH.format(of=r"\sof", up="above", down="below")
    + r"\s+$",
    re.IGNORECASE,
)
MOVED = Pattern(
    r"\b(?:modulat|mov|shift|go|turn|switch|chang|transition|pass)\w{0,5}\s(?:\w{1,12}\s)?(?:in)?to"
    r"\s(?:the|its)\s(?:key of the\s)?$",
    re.IGNORECASE,
)
"""Before a relation, makes the key another one: "modulates to the dominant, G major"."""
_TOUCHED = (
    r"(?:visit(?:s|ing)|(?:mov|pass)(?:es|ing) through|flirt(?:s|ing) with|touch(?:es|ing) on"
    r"|tonici[sz](?:es|ed|ing)|hint(?:s|ing) at|borrow(?:s|ed|ing) from|lean(?:s|ing) towards?)"
)
CONCEDED = Pattern(
    r"\b(?:(?:even )?though|although|while|whereas|despite)\b[^.;,\n]{0,40}\b"
    rf"{_TOUCHED}\s+(?:the )?$",
    re.IGNORECASE,
)
"""Before the first key, leaves it to the next one: "although it hints at F major, ..."."""
COMPARED = Pattern(
    r"(?:\bsame (?:[\w-]{1,15} ){1,3}as|\bsignature (?:as|with|of)|\bshar(?:es|ing) "
    r"(?:[\w-]{1,15} ){1,4}with|\b(?:[iv]{1,4}|degree|mode|notes?|step) (?:of|in)|\blike"
    r"|\bsimilar to|\bthan"
    r"|\bcompared (?:to|with)"
    r"|\brelated (?:keys? )?(?:to|of)|\bchords? from"
    rf"|\b{_TOUCHED}"
    r"|\bwith (?:an? )?(?:[\w-]{1,15} ){0,3}(?:modulations?|excursions?|cadences?"
    r"|tonici[sz]ations?)"
    r" (?:to|on|in|into))\s+(?:the )?$"
    r"|\b[ivIV]{1,4}°?\s?[=:]\s?$",
    re.IGNORECASE,
)
AND_ALSO = Pattern(r"\s*(?:,\s*and|,|and|&)\s*", re.IGNORECASE)
"""Joins to what is compared another one: "related to A major and G major"."""
POSSESSIVE = Pattern(r"'s\s+(relative|parallel)(?:\s+(major|minor))?\b", re.IGNORECASE)


def fifth_of(tonic: Note, dominant: re.Match[str]) -> Note:
    """Of C the G of "the dominant of" and "or its dominant", the F of "a fourth above"."""
    return Note(tonic.fifths + (-1 if dominant[1] or dominant[2] else 1))
