"""Questions of what is not there: "Which instrument is NOT present?"

Conventions
-----------
What answers such a question is denied by whoever names it, and is none of the facts. Only what a
clip has several of can be asked for like that: instruments, genres, moods.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.text import fold

ABSENT = ("instrument", "genre", "mood")
"""Types of claims that answer such a question."""
_NOT = r"(?:\b(?:can)?not|n't|\bnever|\bnowhere)"
_THERE = (
    r"(?:present|heard|hear|audible|plays?|played|playing|used|featured|included|involved|there"
    r"|found|sounds?|sounding|appears?|occurs?|employed|detected|part|represented|contained|one of"
    r"|belongs?|fits?|match|describe|apply|convey|conveyed|express|expressed"
    r"|(?:an?|the) (?:instrument|genre|style|mood)"
    r"|in (?:the|this) (?:clip|recording|piece|mix|music|track|song|excerpt|audio|ensemble))"
)
_ASKED = Pattern(
    r"\b(?:which|what|name|identify|select|choose|pick|find)\b[^.?!]{0,120}?"
    rf"(?:\b(?:absent|missing|lacking)\b|{_NOT}\b(?: \w{{1,12}}){{0,2}}? {_THERE}\b)"
    r"|\b(?:present|heard|play|plays|used|featured|included)\b[^.?!]{0,60}?\bexcept\b"
)

# "Name the instruments, and do not describe the mood."
_ORDER = Pattern(r"(?:^|[.?!;:,]|\b(?:and|but|please))\s*(?:do not|don't|never)\b[^.?!;:]*")
_DENIAL = Pattern(
    r"\b(?:(?:there is|there's|i hear|it has) )?no\b"
    r"|\b(?:can)?not\b|n't\b|\b(?:absent|missing|lacking)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def asks_for_absent(prompt: str) -> bool:
    """True if a question asks what is not in the clip.

    >>> asks_for_absent("Which of these instruments is NOT present?")
    True
    >>> asks_for_absent("Which instrument is present?")
    False
    """
    return _ASKED.search(_ORDER.sub(" ", fold(prompt).lower())) is not None


def unnegated(answer: str) -> str:
    """An answer without its negations: "There is no trumpet" names what "trumpet" names.

    >>> unnegated("The trumpet is not present.")
    'The trumpet is present.'
    """
    return " ".join(_DENIAL.sub("", fold(answer)).split())
