"""Faults of part-writing named in words: kinds, parts and bars.

Conventions
-----------
Denied faults do not count ("no parallel fifths, but ..."; "voice crossing: no").
Names of parts and numbers of bars belong to the fault that they follow in their
sentence, or, at its beginning, to the first one. Parts are numbers: 0 is the
highest voice; -1 is a part that the music does not have.

==========================================  ==================================
written                                     read as
==========================================  ==================================
parallel / consecutive fifths, 5ths         parallel fifths
parallel octaves, 8ves, unisons             parallel octaves
direct / hidden / exposed fifths, octaves   direct fifths, direct octaves
voices cross, tenor goes above the alto     voice crossing
too far apart, more than an octave between  spacing
out of range, too high, too low             range
dissonant, dissonance, unprepared           dissonance
leading tone / note unresolved              leading tone
parallels                                   either of the parallel kinds
voice overlap                               voice overlap
no errors, none, correct, error-free        no fault at all
==========================================  ==================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rewards.patterns import Pattern
from rewards.spelling.mentions import Mention, asserted
from rewards.voice_leading import (
    CROSSING,
    DIRECT_FIFTHS,
    DIRECT_OCTAVES,
    DISSONANCE,
    LEADING_TONE,
    PARALLEL_FIFTHS,
    PARALLEL_OCTAVES,
    RANGE,
    SPACING,
    role_of,
)

PARALLELS = "parallels"
_SINGLE = (RANGE, LEADING_TONE)
OVERLAP = "voice overlap"

_FIFTH = r"(?:perfect\s+)?(?:fifths?|5ths?|p5s?|quints?|quintes|quintas|quinten)"
_OCTAVE = r"(?:perfect\s+)?(?:octaves?|8ths?|8ves?|8vas?|p8s?|octavas|oktaven|unisons?|primes?)"
_PERFECT = rf"(?:{_FIFTH}|{_OCTAVE})\b"
_PARALLEL = r"(?:parallel|consecutive)"
_DIRECT = r"(?:direct|hidden|exposed|covered)(?:\s+parallel)?"
_INTERVALS = Pattern(
    rf"\b({_PARALLEL}|{_DIRECT})[\s-]+(?:motion\s+(?:in|by|of)\s+)?({_PERFECT})"
    rf"(?:(\s*(?:,\s*and|,\s*or|and|or|/|,|&|\+)\s*)(?:({_PARALLEL}|{_DIRECT})[\s-]+)?({_PERFECT}))?",
    re.IGNORECASE,
)
_REVERSED = Pattern(
    rf"\b({_FIFTH}|{_OCTAVE}|quint|oktav)[\s-]*(?:(?:that\s+)?mov(?:e|es|ing)\s+)?"
    r"(?:in\s+parallel|parall?[eèé]le?[nsa]\w{0,3})\b",
    re.IGNORECASE,
)
_IS_FIFTH = Pattern(_FIFTH + "|quint", re.IGNORECASE)
_WRONG = r"(?:error|fault|violation|problem)s?"
_LEADING = r"leading[\s-]*(?:tone|note)s?"
_OWNED = r"(?:its|the|their|normal|usual|comfortable|vocal|soprano|alto|tenor|bass)"
_PART = r"(?:soprano|alto|tenor|bass|upper|lower|top|bottom)"
_NOT_RESOLVED = (
    r"(?:unresolved|not\s+resolve\w*|n't\s+resolve\w*|fails?\s+to\s+resolve|never\s+resolves?"
    r"|without\s+resol\w+|not\s+rise|not\s+move|leaps?|falls)"
)
_OTHERS = (
    (
        CROSSING,
        r"(?:voice|part)s?[\s-]*cross\w*|\bcross(?:es|ed|ing)?\b|stimmkreuzung\w*"
        r"|cross(?:ed|ing)[\s-]+(?:of\s+)?(?:the\s+)?(?:voice|part)s?"
        r"|\b(?:goes|is|sings|lies|sounds|moves|rises|dips|drops|falls|climbs)\s+(?:above|below|over"
        rf"|under)\s+the\s+{_PART}\b(?!'?s?\s+(?:range|compass|tessitura|limit))"
        r"|croisements?|cruces?\s+de\s+voces",
    ),
    (OVERLAP, r"(?:voice|part)s?[\s-]*overlap\w*|overlap(?:s|ping|ped)?\b"),
    (
        SPACING,
        rf"\bspac(?:ing|ed)\b(?:\s+{_WRONG})?|too\s+(?:far|wide(?:ly)?)\s*(?:apart|spaced)?"
        r"|(?:more|greater|wider|larger|further)\s+than\s+(?:an|one|1)\s+octave"
        r"|exceeds?\s+an\s+octave",
    ),
    (
        RANGE,
        r"(?:out(?:side)?\s+(?:of\s+)?|not\s+(?:with)?in\s+|beyond\s+|exceed\w*\s+|leaves\s+"
        rf"|above\s+|below\s+)(?:{_OWNED}(?:'s)?\s+){{0,3}}(?:range|compass|tessitura)"
        rf"|\brange\b(?:\s+{_WRONG})?|too\s+(?:high|low)\b",
    ),
    (DISSONANCE, r"\bdissonan\w+|\bunprepared\s+(?:second|fourth|seventh|tritone|suspension)s?"),
    (
        LEADING_TONE,
        rf"(?:unresolved|unresolving|mishandled|frustrated|wrongly\s+resolved)\s+{_LEADING}"
        rf"|{_LEADING}\b[^.;:,\n]{{0,40}}?\b{_NOT_RESOLVED}\b"
        rf"|(?:does|do|did)\s+not\s+resolve\s+the\s+{_LEADING}"
        rf"|{_LEADING}(?:\s+(?:{_WRONG}|resolution)|(?=\s*(?:[,;.\n(:]|and\b|in\b|$)))",
    ),
    (PARALLELS, r"\bparallels\b|\bparallel\s+perfect\s+(?:intervals|consonances)"),
)
_OTHER = Pattern(
    "|".join(f"(?P<k{i}>{pattern})" for i, (_, pattern) in enumerate(_OTHERS)), re.IGNORECASE
)
_EXCEPT = Pattern(
    r"\b(?:no|nothing|without)\b[^.;:,\n]{0,40}?,?\s?\b(?:except(?:\s+for)?|apart\s+from|other\s+than"
    r"|besides|but\s+for|aside\s+from)\b",
    re.IGNORECASE,
)
_ABSENT = Pattern(
    r"\s*(?:is|are|looks?|seems?|remains?|stays?)\s+(?:\w{1,12}ly\s+|all\s+)?(?:fine|correct|ok(?:ay)?"
    r"|good|clean|normal|acceptable|respected|within|kept|observed|handled\s+well)\b"
    r"|\s*[:=?(-]\s*(?:none|no\b|not\b|absent|false|0\b|n/a|nil|ok\b|fine\b|correct)",
    re.IGNORECASE,
)
_FREE = Pattern(r"\b(?:free\s+(?:of|from)|avoids?|avoided|avoiding)\b", re.IGNORECASE)
_FAULT = r"(?:errors?|faults?|mistakes?|problems?|violations?|issues?|infractions?|flaws?|fehler)"
_NONE = Pattern(
    r"\b(?:no|zero|0|without(?:\s+any)?|(?:not|\w{1,8}n't)\s+(?:\w{1,12}\s+)?any|free\s+of|keine)\s+"
    r"(?:(?:voice[\s-]?leading|counterpoint|contrapuntal|part[\s-]?writing|obvious|apparent|such"
    rf"|clear|visible|rule|real)\s+){{0,3}}{_FAULT}\b(?!\s+(?:in|between|with|except))"
    r"|\berror[\s-]free\b|\b(?:fault|flaw)less\b|\bnothing\s+(?:is\s+)?wrong\b"
    r"|\b(?:follows|obeys|respects|keeps)\s+all\b"
    r"|\b(?:aucune\s+(?:faute|erreur)|sin\s+errores|ning[uú]n\s+error)\b"
    r"|^\W{0,4}(?:none|nothing|clean|correct|no\s+faults?|ok(?:ay)?|all\s+(?:is\s+)?(?:good|correct|fine|well))\b"
    r"|\b(?:leading|counterpoint|passage|excerpt|writing|everything|it)\s+(?:is|are|looks|sounds)\s+"
    r"(?:all\s+|entirely\s+|perfectly\s+)?(?:correct|clean|fine|good|sound)\b",
    re.IGNORECASE,
)
_NONE_HERE = Pattern(
    rf"\bno\s+(?:\S{{1,20}}\s+){{0,2}}{_FAULT}\s+in\s+(?:this|the)\s+(?:passage|excerpt|music"
    r"|example|counterpoint|given|score|piece|progression)\b",
    re.IGNORECASE,
)
_EITHER = Pattern(r"[\s,]*(?:or|oder|ou|vs\.?)[\s,]*(?:(?:maybe|perhaps|possibly|a|the)\s+)?")
_OR_MORE_OR_NONE = Pattern(
    r"\bor (?:maybe|perhaps|possibly|else|another|something|none|nothing|no (?:errors|faults))\b",
    re.IGNORECASE,
)
_SENTENCE = Pattern(r"[;\n]|(?<!\bm)(?<!\bmm)\.(?=\s|$)|(?<=[a-z)])\.(?=[A-Z])")
_BAR = Pattern(r"\b(?:bars?|measures?|mm?\.?|takt|mes\.)\s*(\d{1,4})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Claim:
    """One named fault: its kind, the groups of parts and the bars that it names."""

    kind: str
    parts: tuple[frozenset[int], ...] = ()
    bars: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says: its claims; that there is no fault; that it hedges."""

    claims: tuple[Claim, ...]
    none: bool
    hedged: bool


@lru_cache(maxsize=4096)
def read_faults(text: str, names: tuple[str, ...], roles: tuple[str | None, ...]) -> Reading:
    """The faults that a cleaned text asserts of voices with these names and roles."""
    text = _FREE.sub("without", _EXCEPT.sub("only", text))
    found = _mentions(text)
    kept = [m for m in asserted(text, found) if not _ABSENT.match(text, m.end)]
    none = bool(asserted(text, [Mention(m[0], m.start(), m.end()) for m in _NONE.finditer(text)]))
    if _OR_MORE_OR_NONE.search(text):
        return Reading((), False, True)
    if not kept:
        denied = bool(found)
        return Reading((), none or denied or _NONE_HERE.search(text) is not None, False)
    between = (text[a.end : b.start] for a, b in pairwise(kept))
    hedged = none or any(_EITHER.fullmatch(gap) for gap in between)
    return Reading(tuple(_located(text, kept, names, roles)), False, hedged)


def _mentions(text: str) -> list[Mention[str]]:
    found: list[Mention[str]] = []
    for m in _INTERVALS.finditer(text):
        found.append(Mention(_interval(m[1], m[2]), m.start(), m.end(2)))
        if m[5]:
            start = m.start(4) if m[4] else m.start(5)
            found.append(Mention(_interval(m[4] or m[1], m[5]), start, m.end(5)))
    for m in _REVERSED.finditer(text):
        found.append(Mention(_interval("parallel", m[1]), m.start(), m.end()))
    for m in _OTHER.finditer(text):
        kind = _OTHERS[int((m.lastgroup or "k0")[1:])][0]
        found.append(Mention(kind, m.start(), m.end()))
    found.sort(key=lambda m: (m.start, -m.end))
    apart: list[Mention[str]] = []
    for mention in found:
        if not apart or mention.start >= apart[-1].end:
            apart.append(mention)
    return apart


def _interval(motion: str, interval: str) -> str:
    fifth = _IS_FIFTH.match(interval) is not None
    if motion.lower().startswith(("parallel", "consecutive")):
        return PARALLEL_FIFTHS if fifth else PARALLEL_OCTAVES
    return DIRECT_FIFTHS if fifth else DIRECT_OCTAVES


def _located(
    text: str, kept: list[Mention[str]], names: tuple[str, ...], roles: tuple[str | None, ...]
) -> list[Claim]:
    """Each mention with the parts and bars of its stretch of the sentence."""
    pattern = _part_pattern(names)
    ends = [m.end() for m in _SENTENCE.finditer(text)]
    claims: list[Claim] = []
    place, since = 0, 0
    for this, mention in enumerate(kept):
        while place < len(ends) and ends[place] <= mention.start:
            since, place = ends[place], place + 1
        until = ends[place] if place < len(ends) else len(text)
        last = kept[this - 1].end if this else 0
        first = last < since or this == 0
        follows = kept[this + 1].start if this + 1 < len(kept) else len(text)
        # Words before the first fault of a sentence speak of it where none do after it.
        stretch = text[mention.start : min(until, follows)]
        parts = _parts(stretch, pattern, names, roles)
        if (first and not parts) or (len(parts) == 1 and mention.value not in _SINGLE):
            before = text[max(since, kept[this - 1].end if this else 0) : mention.start]
            ahead = _parts(before, pattern, names, roles)
            parts = ahead[-1:] + parts if parts else ahead
        bars = [int(m[1]) for m in _BAR.finditer(stretch)]
        if first and not bars:
            bars = [int(m[1]) for m in _BAR.finditer(text[since : mention.start])]
        claims.append(Claim(mention.value, _grouped(mention.value, parts), tuple(bars)))
    return claims


def _grouped(kind: str, parts: list[int]) -> tuple[frozenset[int], ...]:
    """Single parts for a range or a leading tone, else pairs in order of naming."""
    size = 1 if kind in _SINGLE else 2
    return tuple(frozenset(parts[i : i + size]) for i in range(0, len(parts), size))


@lru_cache(maxsize=256)
def _part_pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    own = "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True) if len(n) > 1)
    return re.compile(
        (rf"\b(?P<own>{own})\b|" if own else "")
        + r"\b(?P<word>(?i:sopran(?:o|os|e)?|(?:contr)?alt(?:o|os|us)?|tenore?s?|bass(?:es|o|us)?"
        r"|bajo|upper|lower|top|bottom|outer|inner))\b"
        r"|\b(?P<letters>[SATB]\s{0,2}[-/&+,]\s{0,2}[SATB]|SA|ST|SB|AT|AB|TB)\b"
        r"|\b(?i:voices?|parts?|v)[\s:.]{0,2}(?P<number>\d)(?:\s*(?:and|&|-|/|,)\s*(?P<second>\d))?\b"
    )


def _parts(
    text: str, pattern: re.Pattern[str], names: tuple[str, ...], roles: tuple[str | None, ...]
) -> list[int]:
    found: list[int] = []
    for m in pattern.finditer(text):
        groups = m.groupdict()
        if groups.get("own"):
            found.append(names.index(groups["own"]))
        elif m["word"]:
            found += _worded(m["word"].lower(), roles)
        elif m["letters"]:
            found += [_by_role(role_of(c) or "", roles) for c in m["letters"] if c in "SATB"]
        else:
            for number in (m["number"], m["second"]):
                if number:
                    at = int(number) - 1
                    own = names.index(number) if number in names else at
                    found.append(own if 0 <= own < len(names) else -1)
    return found


def _worded(word: str, roles: tuple[str | None, ...]) -> list[int]:
    last = len(roles) - 1
    if word in ("upper", "top"):
        return [0]
    if word in ("lower", "bottom"):
        return [last]
    if word == "outer":
        return [0, last]
    if word == "inner":
        return list(range(1, last))
    return [_by_role(role_of(word) or role_of(word.rstrip("s")) or "", roles)]


def _by_role(role: str, roles: tuple[str | None, ...]) -> int:
    if role in roles:
        return roles.index(role)
    if not any(roles):  # unnamed voices: the outer ones may be called soprano and bass
        return {"soprano": 0, "bass": len(roles) - 1}.get(role, -1)
    return -1
