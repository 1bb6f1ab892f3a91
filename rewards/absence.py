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
# Between "which" and the denial stand only words that name what is asked: "Which instrument plays
# the melody but not the bass line?" asks for what is there.
_NAMING = (
    r"(?: +(?:of|the|these|those|this|that|following|listed|given|above|options?|choices|a|an|ones?"
    r"|musical|instruments?|genres?|moods?|styles?|emotions?|is|are|was|were|do|does|did|can|ca"
    r"|could|would|be|song|track|clip|piece|music|recording|excerpt|audio|mix|it|has|have)){0,14}"
)
_HEAD = rf"\b(?:which|what|name|identify|select|choose|pick|find|tell me){_NAMING}"
_ASKED = Pattern(
    rf"{_HEAD}(?: +(?:can)?not\b| ?n't\b| +never\b)(?!\W*(?:only|typically|usually|often)\b)"
    r"(?![^.?!\n]*\b(?:and|but|until|at first|at the (?:beginning|start))\b)"
    rf"|{_HEAD} +(?:absent|missing|lacking|excluded|left out)"
    r"(?= +(?:from|in|here)\b| *(?:[?.:(]|$))"
    rf"|{_HEAD} +(?:lack|without)(?= *(?:[?.:(]|$))"
    r"|\ball\b[^.?!\n]{0,120}\bexcept\b(?: +(?:for|which|one|which one))?(?= *(?:[?.:(\n]|$))"
)
_TOLD_BEFORE = Pattern(
    r"\b(?:answer(?: is|:)|missing|absent|leaves|left with|exception is|odd one out(?: is|:)"
    r"|(?:so|therefore|thus|hence) (?:it is|it's|it must be))[^.?!;\n]{0,40}$"
)
_TOLD_BEHIND = Pattern(
    r"[^.?!;\n]{0,12}\b(?:is|as|being) the (?:answer"
    r"|(?:one|instrument|genre|mood|option)[^.?!;\n]{0,20}(?:\bnot\b|n't\b|\bmissing|\babsent))"
)
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
    return _ASKED.search(fold(prompt).lower()) is not None


def concludes(before: str, behind: str) -> bool:
    """True if a name between two texts is told as what is absent: "so the answer is", "is the one".

    >>> concludes("So the missing instrument must be the ", "."), concludes("I hear a ", ".")
    (True, False)
    """
    told = _TOLD_BEFORE.search(fold(before[-120:]).lower())
    return told is not None or _TOLD_BEHIND.match(fold(behind[:80]).lower()) is not None


def unnegated(answer: str) -> str:
    """An answer without its one negation: "There is no trumpet" names what "trumpet" names.

    With none or several it stays as it is.

    >>> unnegated("The trumpet is not present.")
    'The trumpet is present.'
    """
    text = fold(answer)
    if len(_DENIAL.findall(text)) != 1:
        return answer
    return " ".join(_DENIAL.sub("", text).split())
