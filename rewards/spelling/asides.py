"""Mentions that are no further answer: reasons, comparisons, what was corrected on the way.

Conventions
-----------
For mentions that a text asserts (``mentions.py``).

==========================================  ==========================
text                                        what is left
==========================================  ==========================
C major, because its dominant is G major    C major (``unexplained``)
120 BPM, twice as fast as 60                120 (``unexplained``)
a guitar, more precisely an acoustic one    the second, where the first
                                            includes it (``settled``)
4/4 with a 12/8 feel                        4/4 (``unexplained``)
D major or B minor; so it is D major        the last (``concluded``)
==========================================  ==========================
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from rewards.patterns import Pattern
from rewards.spelling.mentions import Mention, T

_REASON = Pattern(
    r"\b(?:because|since|due to|given that|based on)\b"
    r"|[,;(]\s*(?:as(?! well| opposed| if| are| is)|for(?= (?:it|the|its|this))|which|where|whose"
    r"|being|(?:which (?:is|lies) )?between)\b",
    re.IGNORECASE,
)
_OPEN_REASON = Pattern(
    r"\b(?:or|either|maybe|perhaps|possibl[ey]|could|might|may|also|alternatively|equally"
    r"|too(?=\s*(?:[.,;!?)]|$))"
    r"|but|however|instead|actually|answer)\b|[a-z)]\s*/|\s/\s",
    re.IGNORECASE,
)
_COMPARED = Pattern(
    r"\b(?:than|above|below|(?:preceded|approached|prepared|introduced|reached) (?:by|from|via"
    r"|through)|expected|anticipated|would-be)\s+(?:the\s+|an?\s+|in\s+|that of\s+)?$"
    r"|\b(?:if|had|otherwise)\b(?![^.;!?\n]*\b(?:guess|choose|pick|say)\b)[^.;!?\n]{0,60}"
    r"\bwould (?:be|have been) (?:an?\s+|in\s+|the\s+)?$"
    r"|\b(?:whereas|while|whilst) (?:the\s+|an?\s+)?$"
    r"|\b(?:before|after|preceding|predating|following) (?:the|an?)\s+$"
    r"|[,(]\s*(?:which is |i\.e\.,? )?(?:the|its) (?:(?:relative|parallel) (?:major|minor)|root"
    r"|(?:sub-?|super)?(?:dominant|tonic|mediant)(?: seventh)?|leading tone|third|fifth|seventh)"
    r"(?: chord| note)? (?:of|in|to)\s+(?:the key of )?$",
    re.IGNORECASE,
)
_PREFERS = Pattern(r"\b(?:lean|favou?r|prefer|choos|pick|opt|go|going)\w{0,6}\b", re.IGNORECASE)
_OVER = Pattern(r"^\s?over (?:the )?$", re.IGNORECASE)
# "while F major is its relative major", "4/4 with a 12/8 feel".
_IS_RELATED = Pattern(
    r"\s(?:is|being|was) (?:only |just |merely |simply )?(?:the|its) (?:relative|parallel"
    r"|enharmonic|(?:sub-?|super)?(?:dominant|tonic|mediant)|leading tone)\b",
    re.IGNORECASE,
)
_WOULD = Pattern(
    r"\s(?:chord |key |third |one )?would (?:have|need|require|contain|use|sound \w+er"
    r"|be (?:(?:an?|one|two|three|half|\d) ){1,2}(?:semi-?tones?|half|whole|steps?|\w{4,9}er\b))",
    re.IGNORECASE,
)
"""After a value, tells what it would be like and is not: "a minor third would be smaller"."""
_WITH_A = Pattern(
    r"(?:[,;(]|\b(?:with|has|having))\s*(?:(?:an?|the|some|slight|strong|subtle|swung|swing"
    r"|shuffle|shuffled|triplet|compound)[\s,]+){0,3}\(?$",
    re.IGNORECASE,
)
_FEEL = Pattern(r"\)?[\s-](?:swing |swung |shuffle |triplet )?feel(?:ing)?\b", re.IGNORECASE)
# "120 BPM (half-time feel at 60)": the second says what the first is, in other terms.
_MULTIPLE = Pattern(
    r"(?:[,;(]|\b(?:with|in)\b)\s*"
    r"(?:(?!(?:or|maybe|perhaps|possibly|could|may|might|also)\b)[\w']{1,15}\s{1,3}){0,4}"
    r"(?:half|double|twice|triple|thrice|a third|one third|quadruple)"
    r"(?:[\s-]{1,3}(?:time|tempo|feel|of|as|fast|slow|the|speed|rate|at|around|about|is)){0,5}"
    r"\s{0,3}[:=]?\s{0,3}$",
    re.IGNORECASE,
)
_IN_MULTIPLE = Pattern(
    r"\s{0,3}(?:in|with|at|when|if|as)?\s{0,3}(?:felt |counted |heard )?(?:in |as |at )?(?:a )?"
    r"(?:half|double)[\s-](?:time|tempo)\b",
    re.IGNORECASE,
)
_OPENS_ASIDE = Pattern(
    r"\s{0,3}[,;(]\s{0,3}(?:which is |i\.e\.,? |that is,? |(?:though |although |but |and )?(?:it )?"
    r"(?:feels?|is felt|sounds?|can be felt) (?:like |as |at )(?:about |around )?)?$",
    re.IGNORECASE,
)
_CONCLUDES = Pattern(
    r"\b(?:so|therefore|thus|hence|confirm(?:s|ing)?|i conclude|final answer|go with|settle on"
    r"|makes? (?:it|this)|making (?:it|this)|indicat(?:es|ing)|points? to|pointing to|favou?rs?)"
    r"[\s:,]{1,3}(?:(?:that|it is|it's|this is|the|an?|in|is|must be|key|meter|mode|tempo"
    r"|note|chord|interval|cadence|answer|clearly|indeed|is in|final|last|closing|overall|whole"
    r"|home|main|actual|piece|song|music|sub-?dominant|dominant|mediant|tonic)\s){0,6}$",
    re.IGNORECASE,
)
_LOOK_BACK = 60
_PRECISELY = Pattern(
    r"\s*[,(]?\s*(?:to be (?:more )?(?:precise|exact|specific)|more precisely|specifically)\b",
    re.IGNORECASE,
)
_CORRECTION = Pattern(
    r"\b(?:more (?:precisely|specifically|exactly|accurately)|to be (?:more )?"
    r"(?:precise|exact|specific)|specifically|precisely|namely|in particular|or rather|that is"
    r"|i\.?\s?e\.?|actually|in fact|or better|viz)\b",
    re.IGNORECASE,
)


def unexplained(text: str, mentions: Sequence[Mention[T]]) -> list[Mention[T]]:
    """Without the mentions that only explain or compare with an earlier one.

    "the flute, because it is brighter than the oboe" keeps the flute. An
    explanation that leaves something open ("which could also be an oboe") counts.
    """
    if len(mentions) < 2:
        return list(mentions)
    kept = list(mentions)
    reason = _REASON.search(text, mentions[0].end)
    if reason is not None and not _OPEN_REASON.search(text, reason.end()):
        kept = [mention for mention in kept if mention.start < reason.start()]
    return kept[:1] + [m for m in kept[1:] if not _is_aside(text, mentions[0].end, m)]


def is_reason(text: str) -> bool:
    """True if a text begins as a reason and leaves nothing open."""
    return _REASON.match(text) is not None and not _OPEN_REASON.search(text)


def _is_aside(text: str, since: int, mention: Mention[Any]) -> bool:
    """True if a mention is what an earlier one is compared with or expressed by."""
    before = text[max(since, mention.start - _LOOK_BACK) : mention.start]
    if _COMPARED.search(before) or _MULTIPLE.search(before):
        return True
    if _IS_RELATED.match(text, mention.end) or _WOULD.match(text, mention.end):
        return True
    if _OVER.match(before) and _PREFERS.search(text[:since]):
        return True
    if _FEEL.match(text, mention.end) and _WITH_A.search(before):
        return not _OPEN_REASON.search(before)
    return bool(_OPENS_ASIDE.search(before) and _IN_MULTIPLE.match(text, mention.end))


def settled(
    text: str, mentions: Sequence[Mention[T]], includes: Callable[[T, T], bool]
) -> list[Mention[T]]:
    """Drop what a self-correction replaces, where the first value includes the second.

    "a guitar, more precisely an acoustic guitar" keeps the acoustic guitar.
    """
    kept = list(mentions)
    for first, second in pairwise(mentions):
        between = text[first.end : second.start]
        narrows = _CORRECTION.search(between) or _PRECISELY.match(text, second.end)
        if narrows and includes(first.value, second.value):
            kept.remove(first)
    return kept


def concluded(text: str, mentions: Sequence[Mention[T]]) -> list[Mention[T]]:
    """The last mention alone, where the text settles on one of several that it named before.

    "D major or B minor; the end is on D, so D major" keeps the last; nothing may follow it.
    """
    if len(mentions) < 2 or all(m.value != mentions[-1].value for m in mentions[:-1]):
        return list(mentions)
    last = mentions[-1]
    before = text[max(mentions[-2].end, last.start - _LOOK_BACK) : last.start]
    ends = not any(c.isalnum() for c in text[last.end :])
    return [last] if ends and _CONCLUDES.search(before) else list(mentions)
