"""What a text says of the values it mentions: asserted, denied, corrected.

Conventions
-----------
A mention is a value and the span of folded text in which it stands. A denial
reaches from its word to the end of the clause: to a comma, colon, full stop,
bracket, "but", "so", "it is". After "neither" it reaches over commas, to the end
of the sentence or to "but". A denial may also follow: "C major is wrong".

==========================================  ==========================
text                                        asserted
==========================================  ==========================
It is not C major; it is D major.           D major
neither C major nor A minor                 nothing
D major rather than B minor                 D major
a guitar, more precisely an acoustic one    both: the caller may let the
                                            second stand for the first
==========================================  ==========================
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

from rewards.patterns import Pattern

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mention(Generic[T]):
    """A value and where it stands: ``text[start:end]``."""

    value: T
    start: int
    end: int


_IDIOM = Pattern(
    r"\b(?:no doubt|without (?:a |any )?(?:doubt|question)|no question|not (?:only|just|merely)"
    r"|not sure but|why not|no less than|needless to say|if (?:i am|i'm) not mistaken"
    r"|not surprisingly|no wonder)\b",
    re.IGNORECASE,
)
_DENIAL = Pattern(
    r"\b(?:not|no|never|without|cannot|nor|rather than|instead of|as opposed to|opposed to"
    r"|other than|unlike|except|excluding|excludes?|anything but|far from|rules? out|ruled out"
    r"|ruling out|reject(?:s|ed|ing)?|rejecting|eliminat(?:es?|ed|ing)|exclud(?:ed|ing)"
    r"|lacks?|lacking|absence of|doubt|nicht|kein|keine)\b|(?<=\w)n't\b|\bcant\b|\bisnt\b",
    re.IGNORECASE,
)
_NEITHER = Pattern(r"\b(?:neither|none of)\b", re.IGNORECASE)
_CLAUSE = Pattern(
    r"[,;:!?()\[\]\n]|\.(?=\s|$)|\s-\s|\b(?:(?<!anything )but|so|however|because|it is|it's"
    r"|this is|that is|i think|i hear|i believe|instead(?! of))\b",
    re.IGNORECASE,
)
_SENTENCE = Pattern(
    r"[;!?\n]|\.(?=\s|$)|(?<!anything )\bbut\b|\b(?:it is|it's|instead(?! of))\b", re.IGNORECASE
)
_AFTERWARDS = Pattern(
    r"\s*(?:major |minor |key |one |option )?(?:(?:can|could|would|should|does|do|did|is|was|are)"
    r"(?:\s*n't|\s+not|not)\b"
    r"|(?:is|was|seems|looks|sounds|would be|must be|can be|are)\s+(?:clearly |certainly "
    r"|definitely |probably |just |simply )?(?:not|never|wrong|incorrect|false|impossible|unlikely"
    r"|excluded|eliminated|ruled out|out of the question|out)\b"
    r"|\((?:wrong|incorrect|ruled out|no\)|not\)))",
    re.IGNORECASE,
)
_CORRECTION = Pattern(
    r"\b(?:more (?:precisely|specifically|exactly|accurately)|to be (?:more )?"
    r"(?:precise|exact|specific)|specifically|precisely|namely|in particular|or rather|that is"
    r"|i\.?\s?e\.?|actually|in fact|or better|viz)\b",
    re.IGNORECASE,
)


def asserted(text: str, mentions: Sequence[Mention[T]]) -> list[Mention[T]]:
    """The mentions that the text does not deny, in order."""
    if not mentions:
        return []
    text = _IDIOM.sub(lambda m: "_" * len(m[0]), text)
    denials = [m.start() for m in _DENIAL.finditer(text)]
    neithers = [m.start() for m in _NEITHER.finditer(text)]
    clauses = [m.end() for m in _CLAUSE.finditer(text)] if denials else []
    sentences = [m.end() for m in _SENTENCE.finditer(text)] if neithers else []
    return [
        mention
        for mention in mentions
        if not _reaches(denials, clauses, mention.start)
        and not _reaches(neithers, sentences, mention.start)
        and not _AFTERWARDS.match(text, mention.end)
    ]


def _reaches(denials: list[int], bounds: list[int], at: int) -> bool:
    """True if a denial stands between the last bound before ``at`` and ``at``."""
    last = bisect_right(bounds, at)
    since = bounds[last - 1] if last else 0
    first = bisect_left(denials, since)
    return first < len(denials) and denials[first] < at


def settled(
    text: str, mentions: Sequence[Mention[T]], includes: Callable[[T, T], bool]
) -> list[Mention[T]]:
    """Drop what a self-correction replaces, where the first value includes the second.

    "a guitar, more precisely an acoustic guitar" keeps the acoustic guitar.
    """
    kept = list(mentions)
    for first, second in pairwise(mentions):
        between = text[first.end : second.start]
        if _CORRECTION.search(between) and includes(first.value, second.value):
            kept.remove(first)
    return kept


def distinct(mentions: Iterable[Mention[T]], key: Callable[[T], object]) -> list[T]:
    """The first value of each class under ``key``, in order."""
    found: dict[object, T] = {}
    for mention in mentions:
        found.setdefault(key(mention.value), mention.value)
    return list(found.values())
