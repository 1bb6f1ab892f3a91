"""Labels in running text, and the times beside them.

Conventions
-----------
==========================================  ==================================
written                                     rows
==========================================  ==================================
0.0 1.5 D:maj (lab lines, tables)           start, end, label
0.0-1.5: D:maj, 1.5-3.0: A7                 the label follows its times
intro (0-10 s), verse from 10 to 30         the label stands before its times
Intro (0-10 s): soft piano (lines)          the same, with a description
[0:00] Intro [0:10] Verse                   starts with labels
not 0-2: C; neither C 0-2 nor G 2-4         none
==========================================  ==================================

Labels stand all before their times or all after them, whichever the separators
between the rows say. Nothing here knows what a label means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rewards.patterns import Pattern
from rewards.spelling.series import decimal_points, unnumbered
from rewards.spelling.times import DENIAL, DENIED, LAST, Token, tokens

_I = re.IGNORECASE
ROWS = 2_000
"""More rows of running text are not read."""
_VOTERS = 100
WIDEST = 160
"""Characters beside a time in which its label is looked for."""

_RANGE = Pattern(
    r"\s{0,3}(?:-|--|~|->|→|\.\.\.?|to|until|till|through|thru|up to|bis|and|\(end:?"
    r"|,?\s?end\s?[=:])\s{0,3}",
    _I,
)
_LASTS = Pattern(
    r"\s?[(\[]\s?(?:duration:?\s?)?\d{1,5}(?:\.\d{1,6})?\s?(?:s|secs?|seconds)(?:\slong)?\s?[)\]]",
    _I,
)
"""Behind two times, how long they lie apart: "0-15 s (15 s)"."""
_BEGINNING = Pattern(r"\b(?:the )?(?:very )?(?:beginning|start|top)(?=\s(?:to|until|till|-))", _I)
_ENDING = Pattern(r"\b(?:to|until|till|through) the (?:very )?end\b(?!\s(?:at|of)\b)", _I)
_UNTIL = Pattern(r"\b(?:until|till|up to|ends? at)\s(?:the (?:very )?end at\s)?$", _I)
_LASTING = Pattern(r"\b(?:lasts?|lasting|takes?)\s(?:up )?(?:for )?(?:about |around )?$", _I)
_OPENS_WITH = Pattern(
    r"^\W*(?:(?:the|this) \w{2,12} |it )?(?:begins?|starts?|opens?) with"
    r" (?=[^\d.,;]{2,60}[.,;])",
    _I,
)
"""A first section told without a time: "it opens with an intro; at 0:10 the verse"."""
_DESCRIBED = Pattern(r"\s?[)\]:,-]")
_COUNTED = Pattern(
    r"(?:section|segment|part|time|start|stamp|chunk|interval|no\.?)s?\W*(?:\w|\d{1,3})?\W*$", _I
)
"""What stands before times and only counts them: "Section 2 (0:10-0:30): verse"."""
_BESIDE = Pattern(r"[\"']?[ \t]{0,8}[,;|\t ][ \t|]{0,8}[\"']?")
_FILLER = Pattern(
    r"(?:there|is|are|at|then|and|next|finally|followed by|with|the|from|to|lasts?|lasting|starts?"
    r"|starting|begins?|beginning|between|of|for|in|it|on|s|secs?|seconds?|until|runs?|goes|plays?"
    r"|end|label|by|boundar(?:y|ies)|(?:sections?|segments?|changes?)(?=\s|$))(?![\w'#:-])|(?-i:an?)(?=\s)",
    _I,
)
_TRAILING = Pattern(
    r"(?<![\w#])(?:is|are|at|then|and|next|finally|followed by|with|the|from|to|lasts?|lasting"
    r"|starts?|starting|begins?|beginning|between|of|for|in|until|runs?|goes|plays?|where)$",
    _I,
)
_PARTING = ("\n", ";", "|", ". ", ",", " and ", " then ")
_APART = ("\n", ";", "|", ", ", ". ")
_LISTED = Pattern(r"\s?(?:,|;|&|\band\b)\s?(?:and\s)?")
_DENIED_LABEL = Pattern(r"(?:not|neither|nor|never)\s", _I)
_EDGE = " \t\r\n,;:.|=>*•\"'"


@dataclass(frozen=True, slots=True)
class Row:
    """A label with its times [s]."""

    start: float
    end: float | None
    label: str


@dataclass(frozen=True, slots=True)
class _Place:
    """One or two times as they stand in the text."""

    start: float
    end: float | None
    left: int
    right: int


def labelled_times(text: str) -> list[Row]:
    """The rows of a folded text, in its order; at most ``ROWS + 1``."""
    text = unnumbered(decimal_points(text, alone=False))
    text = _OPENS_WITH.sub("0 s ", text, count=1)
    text = _ENDING.sub(f"to {LAST:.0f} s", _BEGINNING.sub("0 s", text))
    found = tokens(text)
    places = _ranges(text, found) or _pairs(text, found) or _starts(text, found)
    if not places:
        return []
    places = places[: ROWS + 1]
    edges = [0, *(place.right for place in places)]
    lefts = [*(place.left for place in places), len(text)]
    gaps = [_ends(text[a:b]) for a, b in zip(edges, lefts, strict=True)]
    lead = _labels_lead(gaps)
    labels = _before(gaps) if lead else _after(gaps)
    return [
        Row(place.start, place.end, label)
        for place, label in zip(places, labels, strict=True)
        if not (lead and _DENIED_LABEL.match(label)) and not _is_denied(text, place)
    ]


def _is_denied(text: str, place: _Place) -> bool:
    """True if a denial stands before the time; one before its label leaves the time."""
    return DENIED.search(text[max(0, place.left - DENIAL) : place.left]) is not None


def _ends(gap: str) -> str:
    return gap if len(gap) <= 2 * WIDEST else f"{gap[:WIDEST]}\n{gap[-WIDEST:]}"


def _ranges(text: str, found: list[Token]) -> list[_Place]:
    """Times joined by a dash or a word."""
    return _joined(text, found, _RANGE)


def _pairs(text: str, found: list[Token]) -> list[_Place]:
    """Times side by side, as in lab lines and tables, if most of the times are.

    One pair among three is none ("8, 16 and 24 s"), nor are those of a list of times alone.
    """
    places = _joined(text, found, _BESIDE)
    many = len(places) > 1 or len(found) == 2
    named = 2 * len(places) == len(found) or any(c.isalpha() for c in text)
    return places if many and named and 3 * len(places) >= len(found) else []


def _joined(text: str, found: list[Token], joint: Pattern) -> list[_Place]:
    places: list[_Place] = []
    taken = -1
    for i, (one, two) in enumerate(pairwise(found)):
        if i <= taken or two.start - one.end > 14:
            continue
        between = text[one.end : two.start]
        if not joint.fullmatch(between):
            continue
        if joint is _BESIDE and bool(one.scale) != bool(two.scale):
            continue  # "Verse 1, 0:40"
        if between.strip().lower() == "and" and "between" not in text[: one.start][-12:].lower():
            continue
        start = one.value * two.scale if two.scale and not one.scale else one.value
        lasts = _LASTS.match(text, two.end)
        places.append(_Place(start, two.value, one.start, lasts.end() if lasts else two.end))
        taken = i + 1 + bool(lasts)
    return places


def _starts(text: str, found: list[Token]) -> list[_Place]:
    """Single times: those with a unit where most labels could have numbers of their own."""
    marked: list[Token] = []
    for token in reversed(found):  # the unit of "12, 20 and 40 s" is that of all
        after = text[token.end : marked[-1].start] if marked and not token.scale else ""
        clock = bool(after) and ":" in text[marked[-1].start : marked[-1].end]
        if token.scale or (len(after) < 8 and _LISTED.fullmatch(after) and not clock):
            marked.append(token)
    marked.reverse()
    if marked and 2 * len(marked) >= len(found):
        found = marked
    if found and all(
        _UNTIL.search(before) or (token is found[0] and _LASTING.search(before))
        for token in found
        for before in (text[max(0, token.start - 24) : token.start],)
    ):
        starts = [0.0, *(token.value for token in found)]
        return [_Place(a, t.value, t.start, t.end) for a, t in zip(starts, found, strict=False)]
    return [_Place(token.value, None, token.start, token.end) for token in found]


def _labels_lead(gaps: list[str]) -> bool:
    """True if the labels stand before their times."""
    votes = 0
    for gap in gaps[1:-1][:_VOTERS]:
        for mark in _PARTING:
            if mark in gap:
                left, right = gap[: gap.index(mark)], gap[gap.rindex(mark) + len(mark) :]
                said = bool(_label(left)), bool(_label(right))
                if said[0] != said[1]:
                    votes += 1 if said[1] else -1
                    break
                if mark == "\n" and all(said) and _DESCRIBED.match(left):
                    votes += 0 if _COUNTED.search(right) else 1
                    break
    if votes:
        return votes > 0
    first, last = bool(_label(gaps[0])), bool(_label(gaps[-1]))
    opens = gaps[-1].lstrip(" )]")[:1] in (":", "=")
    return first and not (last and (opens or gaps[0].rstrip().endswith(":")))


def _before(gaps: list[str]) -> list[str]:
    labels = []
    for gap in gaps[:-1]:
        gap = gap[-WIDEST:]
        for mark in _APART:
            right = gap[gap.rindex(mark) + len(mark) :] if mark in gap else ""
            if _label(right):
                gap = right
                break
        _head, colon, tail = gap.rpartition(": ")
        labels.append(_label(tail) if colon and _label(tail) else _label(gap))
    return labels


def _after(gaps: list[str]) -> list[str]:
    labels = []
    for gap in gaps[1:]:
        gap = gap[:WIDEST]
        for mark in _APART:
            parts = [part for part in gap.split(mark) if _label(part)] if mark in gap else []
            if parts:
                gap = parts[0]
                break
        labels.append(_label(gap))
    return labels


@lru_cache(maxsize=8192)
def _label(gap: str) -> str:
    """What is left of the text beside a time without marks and small words."""
    gap = gap.strip(_EDGE)
    if gap.isalnum() and not _FILLER.fullmatch(gap):
        return gap
    for _ in range(8):
        short = gap.strip(_EDGE).lstrip(")]}-").rstrip("([{-").strip(_EDGE)
        for opening, closing in ("()", "[]"):
            if short.endswith(closing) and short.count(closing) > short.count(opening):
                short = short[:-1]
            if short.startswith(opening) and short.count(opening) > short.count(closing):
                short = short[1:]
            if short.startswith(opening) and short.endswith(closing):
                short = short[1:-1]
        filler = _FILLER.match(short)
        short = short[filler.end() :] if filler else short
        short = _TRAILING.sub("", short)
        if short == gap:
            break
        gap = short
    return gap if any(c.isalnum() for c in gap) else ""
