"""What several values in a row say together: candidates say nothing, chords one progression.

Conventions
-----------
==========================================================  ====================================
of the think part                                           is
==========================================================  ====================================
more than two values of one thing that exclude each other,  candidates: none is asserted,
and nothing between them: "2/4, 3/4, 6/8, 4/4"; one that    whichever the answer picks
is said again behind them is chosen
two, with "and", a comma or a stroke between them, that     candidates
end their clause: "D major and B minor."
more than two, whatever stands between them                 the last that is concluded, else the
                                                            last, whichever the answer picks
two values, one of which "the latter", "the first" or "the  that one; the other is supposed
minor one" picks
chords, each in a sentence of its own, where the row of     one progression, in the order that
chords is asked: "There is a C chord. There is an F chord"  they are told in
==========================================================  ====================================

A chord that is said to be first, second, last or before the other takes that place. Chords with
times have theirs, and who also tells a row means that row. One chord of several is no row: it is a
chord that is there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from rewards.claims.records import REPLACED, Claim
from rewards.claims.sameness import same_value
from rewards.claims.verify.contradictions import SINGLE, agree, place_of
from rewards.claims.verify.settling import ONLY_LISTED, of_one_thing, outright

_PICKS = re.compile(
    r"\b(?:pick|choose|take|prefer|favou?r|with|for|on|is|'s|must be) the "
    r"(former|latter|first|second|major|minor)(?: one| key)?"
    r"(?=[.,;!<]|$|\s+(?:here|because|since|as)\b)",
    re.IGNORECASE,
)
_JOINED = re.compile(r"\s*(?:,|/|\band\b|,\s*and\b)\s*(?:in\s+|an?\s+|the\s+)?", re.IGNORECASE)
_OR = re.compile(
    r"\s*(?:/|,?\s*\b(?:or|oder|ou)\b)\s*(?:in\s+|an?\s+|the\s+|its\s+)?", re.IGNORECASE
)
_ENDS = re.compile(r"(?:\s*(?:cadence|time|met(?:er|re)|key|chord|bpm)\b)?\s*(?:$|[.;!?\n<])")
_MODES = ("major", "minor")
_APART = 20
"""Characters between two values that "the latter" tells apart: "G major/E minor"."""
_MOST = 2
"""As many are weighed against each other: "the choices are G major and E minor". Of more the answer
picks none, whatever stands between them."""


def unlisted(claims: Sequence[Claim], text: str, asked: str | None = None) -> list[Claim]:
    """The claims, in order, of which candidates that are only listed are supposed; intervals where
    one is ``asked``, for a line has many.
    """
    paired = _paired(claims)
    claims = _picked(claims, text) if paired else list(claims)
    said = Counter(claim.type for claim in claims if claim.type in SINGLE and _said(claim))
    many = max(said.values(), default=0) > _MOST
    left = _supposed(claims, _listed(claims, text, asked)) if many or paired else claims
    return _supposed(left, _passed(left, text)) if many else left


def _supposed(claims: Sequence[Claim], given_up: Iterator[Claim]) -> list[Claim]:
    spots = {(claim.type, claim.start) for claim in given_up}
    if not spots:
        return list(claims)
    return [
        replace(claim, modality="hypothetical") if (claim.type, claim.start) in spots else claim
        for claim in claims
    ]


def _picked(claims: Sequence[Claim], text: str) -> list[Claim]:
    """The claims, of two values that one takes up by its place that one asserted."""
    kept = list(claims)
    for match in _PICKS.finditer(text):
        said = [at for at, one in enumerate(kept) if one.end <= match.start() and _said(one)]
        pair = [at for at in said if kept[at].type in SINGLE][-2:]
        if len(pair) < 2:
            continue
        one, other = (kept[at] for at in pair)
        if one.type == other.type and other.start - one.end <= _APART:
            pick = match[1].lower()
            later = pick in ("latter", "second") or str(other.value).endswith(f" {pick}")
            if pick in _MODES and later == str(one.value).endswith(f" {pick}"):
                continue  # both are, or neither
            for at, chosen in zip(pair, (not later, later), strict=True):
                kept[at] = replace(kept[at], modality="asserted" if chosen else "hypothetical")
    return kept


def _paired(claims: Sequence[Claim]) -> bool:
    """Do two values of one type stand near each other? Patterns look at every letter."""
    ends: dict[str, int] = {}
    for claim in claims:
        if claim.type in SINGLE:
            if claim.start - ends.get(claim.type, -_APART - 1) <= _APART:
                return True
            ends[claim.type] = claim.end
    return False


def _listed(claims: Sequence[Claim], text: str, asked: str | None) -> Iterator[Claim]:
    """Candidates with nothing between them, but for one that is said again."""
    rows = _rows(claims, text, asked)
    if not rows:
        return
    inside = {(one.type, one.start) for row in rows for one in row}
    apart = [one for one in claims if (one.type, one.start) not in inside and _said(one)]
    for row in rows:
        later = [one for one in apart if one.start > row[-1].start and one.type == row[0].type]
        chosen = [same_value(one.type, one.value) for one in later]
        yield from (
            one for one in row if one.plain and same_value(one.type, one.value) not in chosen
        )


def _passed(claims: Sequence[Claim], text: str) -> Iterator[Claim]:
    """Of many values of one thing all but the one that is concluded, or said, last."""
    named = [claim for claim in claims if claim.plain and claim.type in SINGLE]
    for group in of_one_thing(named):
        type_ = group[0].type
        if len({same_value(type_, claim.value) for claim in group}) > _MOST:
            last = [claim for claim in group if outright(claim, text, last=True)] or group
            for claim in group:
                if not agree(type_, claim, last[-1]) and not outright(claim, text, last=False):
                    yield claim


def _said(claim: Claim) -> bool:
    return claim.polarity == "asserted" and claim.modality in ("asserted", "hedged")


def _rows(claims: Sequence[Claim], text: str, asked: str | None) -> list[list[Claim]]:
    """Claims of one thing, no two alike and nothing between them."""
    rows: list[list[Claim]] = []
    last: dict[object, list[Claim]] = {}
    ends: dict[str, tuple[object, int]] = {}
    moves = any(claim.plain and claim.type == "modulation" for claim in claims)
    for claim in claims:
        if claim.type not in SINGLE or not _said(claim) or (claim.type == "key" and moves):
            continue
        before = ends.get(claim.type)
        joined = before is not None and ONLY_LISTED.fullmatch(text, before[1], claim.start)
        place = "" if claim.type == asked == "interval" else place_of(claim.type, claim)
        if place is None and before and joined:
            place = before[0]  # "it ends on C major, F major or G major"
        if place is None:
            continue
        row = last.get((claim.type, place), [])
        if row and claim.start < row[-1].end:
            continue  # one name, read twice
        ends[claim.type] = place, claim.end
        values = [same_value(one.type, one.value) for one in row]
        if (
            row
            and same_value(claim.type, claim.value) not in values
            and not agree(claim.type, row[-1], claim)
            and joined
        ):
            row.append(claim)
        else:
            row = last[claim.type, place] = [claim]
            rows.append(row)
    return [row for row in rows if len(row) > _MOST or (len(row) == _MOST and _closed(row, text))]


def _closed(row: Sequence[Claim], text: str) -> bool:
    """Are two values one clause's list: "D major and B minor.", "6/8, 3/4"?"""
    one, other = row
    joined = _JOINED.fullmatch(text, one.end, other.start)
    return joined is not None and _ENDS.match(text, other.end) is not None


def alternatives(claims: Sequence[Claim], type_: str, text: str) -> list[Claim]:
    """The two values of a type between which the author leaves it open: "D major or B minor"."""
    said = [claim for claim in claims if claim.type == type_ and _said(claim)]
    if len({same_value(type_, claim.value) for claim in said}) != _MOST:
        return []
    pairs = [(a, b) for a, b in pairwise(said) if a.modality == b.modality == "hedged"]
    open_ = [pair for pair in pairs if _OR.fullmatch(text, pair[0].end, pair[1].start)]
    return list(open_[-1]) if open_ else []


def rowed(claims: Sequence[Claim], asked: str | None, count: int) -> list[Claim]:
    """The claims, in order, with chords that are told one by one as one progression.

    Args:
        asked: the fact that the question asks.
        count: the chords of the row.
    """
    if asked not in ("progression", "chords"):
        return list(claims)
    told = [
        claim for claim in claims
        if claim.type == "chord" and claim.plain and REPLACED not in claim.subject
    ]  # fmt: skip
    rows = any(claim.type == "progression" and claim.plain for claim in claims)
    if rows or not told or any(claim.time is not None for claim in told):
        return list(claims)
    order = _ordered(told)
    if len(order) < min(2, count):
        return list(claims)
    value = tuple(str(claim.value) for claim in order)
    row = Claim("progression", value, told[0].start, told[-1].end, told[0].section)
    apart = [claim for claim in claims if claim not in told]
    return sorted([*apart, row], key=lambda claim: claim.start)


def _ordered(told: Sequence[Claim]) -> list[Claim]:
    """Chords in the order in which they sound, as far as it is said, else as they are told."""
    order: list[Claim] = []
    for claim in told:
        if order and order[-1].value == claim.value:
            continue
        order.insert(len(order) - ("before" in claim.subject and bool(order)), claim)
    free = [claim for claim in order if not claim.number]
    free.sort(key=lambda claim: ("final" in claim.subject) - ("first" in claim.subject))
    placed = {claim.number: claim for claim in reversed(order) if claim.number}
    for number in sorted(placed):
        closes = free and "final" in free[-1].subject
        free.insert(min(number - 1, len(free) - bool(closes)), placed[number])
    return free
