"""Names with numerals in brackets, or the other way round: "Em (vi), C (IV)", "I (C) - V (G)".

Conventions
-----------
Three or more are a row of names, and one of numerals; of fewer each is a proposition of its own.
"""

from __future__ import annotations

from rewards.claims.text.sentences import Sentence

_NAMES = "NACM"
_LEAST = 3
_LONGEST = 4


def glossed(sentence: Sentence) -> bool:
    """Do three or more numerals of a sentence stand beside brackets, or two that lead on?"""
    kinds = sentence.kinds
    if "(" not in kinds:
        return False
    inside = sum(kinds.count(f"({kind})") for kind in "RI")
    outside = sum(kinds.count(f"{kind}(") + kinds.count(f"{kind}k(") for kind in "RI")
    most = max(inside, outside)
    return most >= _LEAST or (most == 2 and ("to" in sentence.bag or ")-" in kinds))


def parts(sentence: Sentence, start: int, end: int) -> list[int]:
    """The tokens between two names without the numerals beside them, and their brackets."""
    kinds = sentence.kinds
    start += kinds[start : start + 1] == "k"
    spots = [spot for spot in range(start, end) if sentence.words[spot] != "the"]
    if kinds[start : start + 3] in ("(R)", "(I)"):
        return spots[3:]
    if kinds[start : start + 1] == ")" and kinds[end - 1 : end] == "(":
        numeral = end - 3 if kinds[end - 2] == "k" else end - 2
        if kinds[numeral] in "RI":
            return [spot for spot in spots if start < spot < numeral]
    return spots


def past(sentence: Sentence, at: int) -> int:
    """Past the names and brackets that stand between two numerals, from token ``at`` on."""
    kinds = sentence.kinds
    if kinds[at : at + 2] == "k(":
        at += 1
    if kinds[at : at + 1] == "(":  # "I (C) - V (G)"
        end = kinds.find(")", at, at + _LONGEST)
        inside = kinds[at + 1 : end]
        return end + 1 if end > 0 and inside and not inside.strip(_NAMES) else at
    if kinds[at : at + 1] != ")":
        return at
    opening = kinds.find("(", at, at + 3 + _LONGEST)
    if opening < 0:
        return at
    start = opening
    while start > at + 1 and kinds[start - 1] in _NAMES:
        start -= 1
    return at + 1 if start < opening else at


def to_numeral(sentence: Sentence, at: int) -> int:
    """Past the name and the bracket before a numeral: the "C (" of "C (IV)"."""
    kinds = sentence.kinds
    start = at
    while at < len(kinds) and at < start + 3 and kinds[at] in _NAMES:
        at += 1
    return at + 1 if at > start and kinds[at : at + 1] == "(" else start
