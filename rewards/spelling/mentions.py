"""What a text says of the values it mentions: asserted, denied, corrected.

Conventions
-----------
A mention is a value and the span of folded text in which it stands. A denial
reaches from its word to the end of the clause: to a comma, colon, full stop,
bracket, "but", "so", "it is". After "neither" it reaches over commas, to the end
of the sentence or to "but". A denial may also follow: "C major is wrong", "jazz? No."

==========================================  ==========================
text                                        asserted
==========================================  ==========================
It is not C major; it is D major.           D major
neither C major nor A minor                 nothing
not A minor, E minor or C major, so G major G major
D major rather than B minor                 D major
a guitar, more precisely an acoustic one    both: the caller may let the
                                            second stand for the first
C major, because its dominant is G major    both: ``unexplained`` leaves
                                            C major
120 BPM, twice as fast as 60                both: ``unexplained`` leaves 120
D major or something else                   D major: ``leaves_open`` is true
==========================================  ==========================
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Generic, TypeVar

from rewards.patterns import Pattern
from rewards.text import fold

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mention(Generic[T]):
    """A value and where it stands: ``text[start:end]``."""

    value: T
    start: int
    end: int


_LABEL = Pattern(r"[(\[][A-Z][)\]](?=\s?\w)")
_IDIOM = Pattern(
    r"\b(?:no doubt|without (?:a |any )?(?:doubt|question)|no question|not (?:only|just|merely)"
    r"|not sure but|why not|no less than|needless to say|if (?:i am|i'm) not mistaken"
    r"|not surprisingly|no wonder|if not|not (?:ruled out|excluded|impossible|implausible|unlikely)"
    r"|(?:cannot|can not|can't|could not|couldn't) (?:\w{1,10} ){0,2}?(?:rule|exclude|dismiss"
    r"|discount|eliminate)d?(?:ed)?(?: out)?"
    r"|(?:oh )?(?:wait|sorry|hold on),? no|no,? (?:wait|sorry|actually))\b",
    re.IGNORECASE,
)
_DENIAL = Pattern(
    r"\b(?:not|no|never|without|cannot|nor|rather than|instead of|as opposed to|opposed to"
    r"|other than|unlike|except|excluding|excludes?|(?:any|every)thing but|all but|far from"
    r"|rules? out|ruled out|ruling out|reject(?:s|ed|ing)?|eliminat(?:es?|ed|ing)"
    r"|exclud(?:ed|ing)|lacks?|lacking|absence of|doubt"
    r"|(?:i|we|had) (?:first |initially |at first )?thought"
    r"|(?:i|we) (?:first|initially|originally|at first) (?:heard|took|assumed|guessed|believed"
    r"|suspected|considered|said)"
    r"|(?:at first|initially),? (?:it |this )?(?:sound|seem|look)(?:s|ed)"
    r"|(?:might|may|could) (?:sound|seem|look|appear|feel)(?= [^.;!?\n]{0,80}\bbut\b"
    r"(?! (?:it )?(?:could|may|might|also|perhaps|maybe)\b))"
    r"|nicht|kein|keine)\b|(?<=\w)n't\b|\bcant\b|\bisnt\b",
    re.IGNORECASE,
)
# "I don't think it is C major": the denial reaches over the "it is" that it governs.
_DISBELIEF = Pattern(
    r"(\b(?:do|does|did|would|can|could)(?:n't| not)|\bcannot|\b(?:i|we)(?: do| would)? doubt"
    r"|\bnot (?:sure|certain|convinced|clear|possible|likely|true)|\bno way)"
    r"((?: (?:really|quite|honestly))?(?: (?:think|believe|say|feel|suppose|claim|agree|tell))?"
    r"(?: (?:that|if|whether))? (?:it is|it's|this is|that is)\b)",
    re.IGNORECASE,
)
_NEITHER = Pattern(r"\b(?:neither|none of(?! the above))\b", re.IGNORECASE)
_CLAUSE = Pattern(
    r"[,;:!?()\[\]\n]|\.(?=\s|$)|\s-\s|\b(?:(?<!thing )(?<!all )but|so|however|because|it is|it's"
    r"|this is|that is|i think|i hear|i believe|instead(?! of))\b",
    re.IGNORECASE,
)
_SENTENCE = Pattern(
    r"[;!?\n]|\.(?=\s|$)|(?<!thing )(?<!all )\bbut\b|\b(?:it is|it's|instead(?! of))\b",
    re.IGNORECASE,
)
_AFTERWARDS = Pattern(
    r"\s*(?:major |minor |key |one |option )?(?:(?:can|could|would|should|does|do|did|is|was|are)"
    r"(?:\s*n't|\s+not|not)\b"
    r"|(?:is|was|seems|looks|sounds|would be|must be|can be|are)\s+(?:clearly |certainly "
    r"|definitely |probably |just |simply )?(?:not|never|wrong|incorrect|false|impossible|unlikely"
    r"|absent|missing|excluded|eliminated|ruled out|out of the question|out)\b"
    r"|at first\b,?\s*(?:but|however|yet)\b"
    r"|\((?:wrong|incorrect|ruled out|no\)|not\)))",
    re.IGNORECASE,
)
# "jazz? No.", "seis por ocho no": nothing follows. Without its accents the Japanese word
# begins with another sign.
_DENIED_AT_LAST = Pattern(
    r"[)\]'\"]{0,2}(?:,? (?:right|correct))?(?:[\s,.:;?=>(\[-]{1,6}"
    r"(?:(?:absolutely|definitely|certainly|surely|clearly|probably|of course|oh) )?"
    r"(?:no|nope|nah|never|wrong|incorrect|false|not|hardly|non|pas|nein|nicht|falsch|n[aã]o|niet"
    rf"|nee|nej|{fold('нет')}|i (?:don't|do not) think so|i doubt it"
    r"|(?:it|this|that)(?:'s not| is not| isn't))(?:,? sorry)?"
    r"|[\s,.:;?=>-]{0,6}(?:不是?|不对|[でて]は(?:ない|ありません)|[じし]ゃ(?:ない|ありません)|いいえ"
    r"|아니요|아니다|아닙니다)(?:です|てす)?)[\s.!。)\]]{0,4}$",
    re.IGNORECASE,
)
_LISTED = Pattern(
    r"\s*(?:,|,?\s*\b(or|nor|and)\b|/|(&))\s*(?:an?\s+|the\s+|option\s+)?[(\[]?\s*",
    re.IGNORECASE,
)
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
    r"\b(?:than|above|below)\s+(?:the\s+|an?\s+|in\s+|that of\s+)?$"
    r"|[,(]\s*(?:which is |i\.e\.,? )?(?:the|its) (?:(?:relative|parallel) (?:major|minor)|root"
    r"|(?:sub-?|super)?(?:dominant|tonic|mediant)(?: seventh)?|leading tone|third|fifth|seventh)"
    r"(?: chord| note)? (?:of|in|to)\s+(?:the key of )?$",
    re.IGNORECASE,
)
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
    r"\b(?:so|therefore|thus|hence|confirm(?:s|ing)?|i conclude|final answer|go with|settle on)"
    r"[\s:,]{1,3}(?:(?:that|it is|it's|this is|the|an?|in|is|must be|key|meter|mode|tempo"
    r"|note|chord|interval|cadence|answer|clearly|indeed|is in)\s){0,6}$",
    re.IGNORECASE,
)
_LEFT_OPEN = Pattern(
    r"(?<!whether )\bor (?:(?:maybe|perhaps|possibly|even|in|of|an?) )*"
    r"(?:some(?:thing|one)?(?: (?:else|other|similar|like))?|another|any(?:thing)?(?: (?:else"
    r"|other))?|others?|similar|related|nearby|neighbou?ring|different|whatever|the like|not)\b"
    r"(?! than)"
    r"|\bor (?:(?:maybe|perhaps|possibly|even|in) )*its (?!enharmonic|equivalent|other name)\w"
    r"|\b(?:could|may|might|can) be any(?:thing)?\b"
    r"|\bis (?:only |just )?(?:one|a|another) (?:of (?:the|several|many) )?"
    r"(?:possib(?:ility|ilities|le \w+)|candidates?)\b",
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


def asserted(text: str, mentions: Sequence[Mention[T]]) -> list[Mention[T]]:
    """The mentions that the text does not deny, in order."""
    if not mentions:
        return []
    for blank in (_IDIOM, _LABEL):
        text = blank.sub(lambda m: "_" * len(m[0]), text)
    text = _DISBELIEF.sub(lambda m: m[1] + " " * len(m[2]), text)
    starts = [mention.start for mention in mentions]
    denials = [
        found.start()
        for found in _DENIAL.finditer(text)
        if not _within(mentions, starts, found.start(), found.end())
    ]
    neithers = [m.start() for m in _NEITHER.finditer(text)]
    clauses = [m.end() for m in _CLAUSE.finditer(text)] if denials else []
    sentences = [m.end() for m in _SENTENCE.finditer(text)] if neithers else []
    denied = [
        _reaches(denials, clauses, mention.start) or _reaches(neithers, sentences, mention.start)
        for mention in mentions
    ]
    after = [_AFTERWARDS.match(text, mention.end) is not None for mention in mentions]
    after[-1] = after[-1] or _DENIED_AT_LAST.match(text, mentions[-1].end) is not None
    if any(denied) or any(after):
        _deny_lists(text, mentions, denied, after)
    return [m for m, no, out in zip(mentions, denied, after, strict=True) if not no and not out]


def _deny_lists(
    text: str, mentions: Sequence[Mention[T]], denied: list[bool], after: list[bool]
) -> None:
    """ "not A, B or C", "A and B are wrong": a denial at either end is one of the list."""
    at = 0
    while at < len(mentions):
        end, joined = at, False
        while end + 1 < len(mentions):
            gap = _LISTED.fullmatch(text[mentions[end].end : mentions[end + 1].start])
            if gap is None:
                break
            end, joined = end + 1, joined or bool(gap[1] or gap[2])
        if joined and (denied[at] or after[end]):
            denied[at : end + 1] = [True] * (end + 1 - at)
        at = end + 1


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
    return bool(_OPENS_ASIDE.search(before) and _IN_MULTIPLE.match(text, mention.end))


def leaves_open(text: str) -> bool:
    """True if a text asserts that it might be something that it does not name.

    >>> leaves_open("D major or another key"), leaves_open("about 120 or so")
    (True, False)
    """
    said = [Mention(m[0], m.start(), m.end()) for m in _LEFT_OPEN.finditer(text)]
    # "No or something else": the one word before is the answer, it denies nothing.
    return bool(said) and (
        text[: said[0].start].strip(" ,").isalpha() or bool(asserted(text, said))
    )


def _within(mentions: Sequence[Mention[Any]], starts: list[int], start: int, end: int) -> bool:
    """True for the "no" of the option "No voice", which denies nothing beside it."""
    last = bisect_right(starts, start)
    return any(end < mention.end for mention in mentions[max(0, last - 2) : last])


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


def distinct(mentions: Iterable[Mention[T]], key: Callable[[T], object]) -> list[T]:
    """The first value of each class under ``key``, in order."""
    found: dict[object, T] = {}
    for mention in mentions:
        found.setdefault(key(mention.value), mention.value)
    return list(found.values())
