"""What a text says of the values it mentions: asserted or denied.

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
every key but D major; non-jazz             nothing
a guitar, more precisely an acoustic one    both
==========================================  ==========================

What is said beside a value and is no other one: ``asides.py``. What an answer leaves open
beside the values that it names: ``open_ends.py``.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
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
    r"|other than|unlike|except|excluding|excludes?|far from|(?:opposite|contrary|reverse) of"
    r"|(?:hardly|scarcely)(?! (?:audib|noticeab|perceptib|surpris))"
    r"|rules? out|ruled out|ruling out|reject(?:s|ed|ing)?|eliminat(?:es?|ed|ing)"
    r"|exclud(?:ed|ing)|lacks?|lacking|absence of|doubt"
    r"|(?:i|we|had) (?:first |initially |at first )?thought"
    r"|(?:i|we) (?:first|initially|originally|at first) (?:heard|took|assumed|guessed|believed"
    r"|suspected|considered|said)"
    r"|(?:at first|initially),? (?:it |this )?(?:sound|seem|look)(?:s|ed)"
    r"|(?:might|may|could) (?:sound|seem|look|appear|feel)(?= [^.;!?\n]{0,80}\bbut\b"
    r"(?! (?:it )?(?:could|may|might|also|perhaps|maybe)\b))"
    r"|(?:mistaken|mistook) (?:it |this )?for|confused with"
    r"|(?:might|may|could) be(?= [^.;!?\n]{1,60}\bbut (?:i|we)(?:'d| would|'ll| will)?"
    r" (?:say|go|pick|choose|think|believe|answer|settle)\b"
    r"| [^.;!?\n]{1,60}\bbut (?!it\b|th[ai])(?:[\w#]{1,12} ){1,4}(?:is|remains)"
    r" (?!unclear|ambiguous|uncertain|not|hard|difficult|also|possible))"
    r"|nicht|kein(?:e[mnrs]?)?|pas(?! de )|non (?:[eè]|c'[eè]|sono)|n[aã]o|niet|geen)\b"
    r"|(?<=\w)n't\b|\bcant\b|\bisnt\b|不是|并非|没有|沒有",
    re.IGNORECASE,
)
# "non-jazz", but "a non-diatonic G7".
_NON = Pattern(r"\bnon[\s-]$", re.IGNORECASE)
ALL_BUT = Pattern(
    r"\b(?:any|every|all)(?:thing|one)?(?: (?:other|possible))?(?: (?:keys?|modes?|chords?|notes?"
    r"|met(?:er|re)s?|tempos?|cadences?|intervals?|forms?|instruments?|genres?|moods?|options?"
    r"|answers?|faults?|errors?))? (?:but|besides|save|apart from|aside from)\b",
    re.IGNORECASE,
)
"""Every value of a kind except the one that follows."""
_NOT_IN_BRACKETS = Pattern(r"\bnot\s?[(\[]", re.IGNORECASE)
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
    r"[,;:!?()\[\]\n]|\.(?=\s|$)|\s-\s|\b(?:but|mais|sino|sondern|so|however|because"
    r"|it is|it's|this is|that is|i think|i hear|i believe|instead(?! of))\b",
    re.IGNORECASE,
)
_SENTENCE = Pattern(
    r"[;!?\n]|:(?=[^,;:]{1,40}$)|\.(?=\s|$)|\b(?:but|it is|it's|instead(?! of))\b",
    re.IGNORECASE,
)
_AFTERWARDS = Pattern(
    r"\s*(?:major |minor |key |one |option )?(?:(?:can|could|would|should|does|do|did|is|was|are)"
    r"(?:\s*n't|\s+not|not)\b"
    r"|(?:is|was|seems|looks|sounds|would be|must be|can be|are)\s+(?:clearly |certainly "
    r"|definitely |probably |just |simply )?(?:not|never|wrong|incorrect|false|impossible|unlikely"
    r"|absent|missing|excluded|eliminated|ruled out|out of the question|out)\b"
    r"|(?:[でて]は|[じし]ゃ)な[くい]|[이가] 아니[라고]"
    r"|at first\b,?\s*(?:but|however|yet)\b"
    r"|\((?:wrong|incorrect|ruled out|no\)|not\)))",
    re.IGNORECASE,
)
# "jazz? No.", "seis por ocho no": nothing follows. Without its accents the Japanese word
# begins with another sign.
_DENIED_AT_LAST = Pattern(
    r"[)\]'\"]{0,2}(?:,? (?:right|correct))?(?:[\s,.:;?=>(\[-]{1,6}"
    r"(?:(?:absolutely|definitely|certainly|surely|clearly|probably|of course|oh) )?"
    r"(?:no|nope|nah|not really|not quite|never|wrong|incorrect|false|not|hardly|non|pas"
    rf"|nein|nicht|falsch|n[aã]o|niet|nee|nej|{fold('нет')}|i (?:don't|do not) think so|i doubt it"
    r"|(?:no,? )?(?:scratch|strike|forget|ignore) that(?:,? (?:i|we) (?:don't|do not) know)?"
    r"|(?:it|this|that)(?:'s not| is not| isn't))(?:,? sorry)?"
    r"|[\s,.:;?=>-]{0,6}(?:不是?|不对|[でて]は(?:ない|ありません)|[じし]ゃ(?:ない|ありません)|いいえ"
    r"|아니요|아니다|아닙니다)(?:です|てす)?)[\s.!。)\]]{0,4}$",
    re.IGNORECASE,
)
_TAKEN_BACK = Pattern(
    r"[^?]{1,4000}\?\s{0,3}(?:no|nope|non|nein|not)[\s.!]{0,4}"
    r"|[^,;.!?\n]{1,200}\b(?:is|are) (?:wrong|incorrect|false)[\s.!]{0,4}",
    re.IGNORECASE,
)
_LISTED = Pattern(
    r"\s*(?:,|,?\s*\b(or|nor|and)\b|/|(&))\s*(?:an?\s+|the\s+|option\s+)?[(\[]?\s*",
    re.IGNORECASE,
)


def asserted(text: str, mentions: Sequence[Mention[T]]) -> list[Mention[T]]:
    """The mentions that the text does not deny, in order."""
    if not mentions:
        return []
    for blank in (_IDIOM, _LABEL):
        text = blank.sub(lambda m: "_" * len(m[0]), text)
    for denial in (ALL_BUT, _NOT_IN_BRACKETS):
        text = denial.sub(lambda m: "not".ljust(len(m[0])), text)
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
        _reaches(denials, clauses, mention.start)
        or _reaches(neithers, sentences, mention.start)
        or _NON.search(text[max(0, mention.start - 5) : mention.start]) is not None
        for mention in mentions
    ]
    after = [_AFTERWARDS.match(text, mention.end) is not None for mention in mentions]
    after[-1] = after[-1] or _DENIED_AT_LAST.match(text, mentions[-1].end) is not None
    if any(denied) or any(after):
        _deny_lists(text, mentions, denied, after)
    return [m for m, no, out in zip(mentions, denied, after, strict=True) if not no and not out]


def taken_back(text: str) -> bool:
    """True if a text denies at its end all that it lists: "C G Am F? no"."""
    return _TAKEN_BACK.fullmatch(text) is not None


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


def distinct(mentions: Iterable[Mention[T]], key: Callable[[T], object]) -> list[T]:
    """The first value of each class under ``key``, in order."""
    found: dict[object, T] = {}
    for mention in mentions:
        found.setdefault(key(mention.value), mention.value)
    return list(found.values())
