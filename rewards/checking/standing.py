"""Which claims of a text its author stands by, and which are about the whole of a piece.

Conventions
-----------
A claim is left out where its sentence gives a sign that it may be right as it stands:

=============  =======================================  =====================================
sign           for example                              what is left out
=============  =======================================  =====================================
a mistake      one might think, not to be confused      all that the sentence says
a part         the second half, the trio, opens in      values that a part has of its own
a loan         borrowed from the parallel minor         keys behind the word
a relation     "relative of G major is E minor" where   the key that is so named
               G major is a key of the piece, too
two frames     in G major C is IV, in F major C is V    both keys
two spellings  six sharps, or six flats                 both signatures
=============  =======================================  =====================================

The signs are many and no more than signs: what is not sure is not told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rewards.claims.records import Claim
from rewards.claims.sameness import same_value
from rewards.claims.text.words import word_set
from rewards.claims.verify.theory import PROPOSITION
from rewards.patterns import Pattern

SENTENCE_ENDS = re.compile(r"[.!?](?:\s|$)|\n|<")
_OF_A_PART = word_set("key mode key_signature meter tempo tempo_term")
_CIRCLE = 12  # fifths to the note that sounds the same
_RELATIONS = word_set("relative parallel")
_ORDER = "first|second|third|fourth|last|final|middle|central|next|opening|closing|slow|fast|[abc]"
_MISTAKEN = Pattern(
    r"\b(?:(?:might|may|could|would|can|easily|often|sometimes) (?:first |at first |easily |well )?"
    r"(?:think|believe|say|assume|expect|guess|call|take|hear|read|suppose|write)|confus\w*"
    r"|mistak\w*|misread\w*|misheard|misconception|tempting|wrong(?:ly)?|incorrect(?:ly)?|errors?"
    r"|erroneous(?:ly)?|false(?:ly)?|first (?:wrote|thought|said|guess|heard)|initially"
    r"|not to be|contrary to|rather than|instead of|as if)\b",
    re.IGNORECASE,
)
_PART = Pattern(
    rf"\b(?:(?:{_ORDER}) (?:half|part|section|phrase|theme|strain|sentence|period|subject|verse"
    r"|movement|bars|measures)|verses?|chorus(?:es)?|bridge|trio|coda|intro(?:duction)?|outro"
    r"|interlude|refrain|episodes?|development|exposition|recapitulation|(?:bars?|measures?) \d+"
    r"|(?:opens|opening|begins|beginning|starts|starting|ends|ending|closes|closing|finishes"
    r"|continues) in"
    r"|(?:returns?|turns?|shifts?|changes?|switch(?:es)?) (?:back )?(?:to|into))\b",
    re.IGNORECASE,
)
_LOAN = Pattern(
    r"\b(?:borrow\w*|mixture|tonici[sz]\w*|touch(?:es|ing) (?:on|upon)|hints? (?:at|of)"
    r"|flirts? with|inflect\w*|colou?r\w*|shades? of)\b",
    re.IGNORECASE,
)


def meant(claims: Iterable[Claim], text: str) -> list[Claim]:
    """The claims of which no word says that they are, or may be, a mistake."""
    return [claim for claim in claims if not _MISTAKEN.search(_sentence(claim, text)[0])]


def of_the_whole(claims: Sequence[Claim], text: str) -> list[Claim]:
    """The claims that are not said of a part of the piece, nor of a key it only leans on."""
    plain = [claim for claim in claims if claim.plain]
    keys = {str(claim.value) for claim in plain if claim.type == "key"}
    signs = {claim.value for claim in plain if claim.type == "key_signature"}
    related = [claim for claim in claims if _relates(claim, keys)]
    frames = {key for claim in claims if (key := _frame(claim)) is not None}

    def elsewhere(claim: Claim) -> bool:
        if claim.type == "key_signature" and isinstance(claim.value, int):
            return not signs.isdisjoint((claim.value - _CIRCLE, claim.value + _CIRCLE))
        framed = len(frames) > 1 and claim.value in frames
        return claim.type == "key" and (framed or any(_within(claim, one) for one in related))

    return [claim for claim in claims if not (_of_a_part(claim, text) or elsewhere(claim))]


def comparable(answer: Sequence[Claim], think: Sequence[Claim]) -> list[Claim]:
    """The claims of an answer of whose type the think part has one value.

    A clip has many chords, notes and cadences, and the one that is asked need not be the last
    that is told of.
    """
    told: dict[str, set[object]] = {}
    for claim in think:
        told.setdefault(claim.type, set()).add(same_value(claim.type, claim.value))
    return [claim for claim in answer if len(told.get(claim.type, ())) == 1]


def _of_a_part(claim: Claim, text: str) -> bool:
    if claim.type not in _OF_A_PART:
        return False
    sentence, place = _sentence(claim, text)
    loan = _LOAN.search(sentence) if claim.type == "key" else None
    return bool(_PART.search(sentence)) or (loan is not None and loan.end() <= place)


def _relates(claim: Claim, keys: set[str]) -> bool:
    """Does it call one of its keys the relative or parallel of another of them?"""
    found = PROPOSITION.fullmatch(str(claim.value)) if claim.type == "textbook" else None
    return found is not None and found[1] in _RELATIONS and {found[2], found[3]} <= keys


def _frame(claim: Claim) -> str | None:
    """The key in which a chord is called by a numeral."""
    found = PROPOSITION.fullmatch(str(claim.value)) if claim.type == "textbook" else None
    return found[2].partition(" in ")[2] if found and found[1] == "numeral" else None


def _within(claim: Claim, other: Claim) -> bool:
    named = str(other.value).endswith(f" is {claim.value}")
    return named and other.start <= claim.start and claim.end <= other.end


def _sentence(claim: Claim, text: str) -> tuple[str, int]:
    """The sentence that a claim ends in, and where it begins there."""
    ends = [found.end() for found in SENTENCE_ENDS.finditer(text, 0, claim.start)]
    start = ends[-1] if ends else 0
    end = SENTENCE_ENDS.search(text, claim.end)
    return text[start : end.start() if end else len(text)], claim.start - start
