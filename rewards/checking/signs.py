"""Signatures that no key has: nine sharps, less than none, sharps and flats at once.

Conventions
-----------
A number of signs above seven is told wherever it stands, unless its sentence says that there is
no such key, or counts signs as they come in the music. Sharps beside flats are told only of a
signature, for a piece has both as accidentals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rewards.checking.denials import too_many
from rewards.checking.facts import MOST_SIGNS
from rewards.checking.said import count_of
from rewards.patterns import Pattern
from rewards.spelling.numbers import COUNTS

_WORDS = "|".join(sorted(COUNTS, key=len, reverse=True))
_COUNT = rf"(?:\d{{1,3}}|{_WORDS})"
_MANY = Pattern(
    r"(?:(?<=has )|(?<=have )|(?<=is )|(?<=are )|(?<=of )|(?<=with )|(?<=shows ))"
    rf"(?P<less>[-\u2212]|minus |negative )(?P<below>{_COUNT})[ -](?:sharps|flats)\b"
    rf"|(?<![\w.,/-])(?<!\bat )(?<!\bop )(?P<count>{_COUNT})[ -](?:sharps|flats)\b",
    re.IGNORECASE,
)
_ONE = r"(?:an?|one|two|three|four|five|six|seven|[1-7])"
_MIXED = Pattern(
    rf"\b{_ONE} sharps? (?:and|plus) {_ONE} flats?\b|\b{_ONE} flats? (?:and|plus) {_ONE} sharps?\b"
    r"|\bboth (?:sharps and flats|flats and sharps)\b",
    re.IGNORECASE,
)
_SIGNATURE = Pattern(r"\bsignature\b", re.IGNORECASE)
_SPARED = Pattern(
    r"\b(?:no|not|never|nor|neither|cannot|can't|none|without|instead|would|theoretical\w*|unusual"
    r"|impossible|wrong|accidentals?|altogether|total|in all|bars?|measures?|page|pages|together"
    r"|chromatic|notes?|except|or|old|double|between|respectively|signatures|mix|keys)\b|n't\b",
    re.IGNORECASE,
)
_ASKED = Pattern(
    r"\bhow many (?:sharps|flats)(?: (?:or|and) (?:sharps|flats))? (?:does|do|has|have|are|is) (?:"
    r"there )?(?:it|this|the|its|in (?:it|its|this|the))\b[^.?!]{0,40}\??$",
    re.IGNORECASE,
)
_COUNTED = Pattern(
    r"\b(?:bars?|measures?|notes?|melody|phrase|passage|line|first|last|page|written|printed|altogether"
    r"|total|solo|tune|part|appear\w*|accidental\w*|theme|not|never)\b",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"[^.!?;\n]+(?:\.(?=\d)[^.!?;\n]+)*")


def impossible(text: str) -> Iterator[str]:
    """A clause for the first signature of a text that no key has."""
    for sentence in _SENTENCES.findall(text):
        if _SPARED.search(sentence):
            continue
        for found in _MANY.finditer(sentence):
            if found["less"] and _number(found["below"]):
                yield f"got {found[0]!r}, expected a number from 0 to {MOST_SIGNS}"
                return
            if found["count"] and _number(found["count"]) > MOST_SIGNS:
                yield too_many(found[0])
                return
        mixed = _MIXED.search(sentence)
        if mixed and _SIGNATURE.search(sentence):
            yield _mixture(mixed[0])
            return


def no_signature(question: str, answer: str) -> str | None:
    """Why no signature is the answer to a question for the signs of a piece, or None."""
    text = question.strip()
    if _ASKED.search(text) and not _COUNTED.search(text):
        count = count_of(answer.rstrip("."))
        if count is not None and count > MOST_SIGNS:
            return too_many(answer)
    elif not _SIGNATURE.search(text) or _SPARED.search(text):
        return None
    mixed = None if _SPARED.search(answer) else _MIXED.search(answer)
    return _mixture(mixed[0]) if mixed else None


def _mixture(said: str) -> str:
    return f"got {said!r}, expected sharps or flats: no signature has both"


def _number(word: str) -> int:
    return int(word) if word.isdigit() else COUNTS[word.lower()]
