"""Faults that an answer names in words, against those of the given parts."""

from __future__ import annotations

from functools import lru_cache

from rewards.counterpoint.given import Fact, Given, read_given, shown
from rewards.records import Verdict
from rewards.spelling.faults import OVERLAP, PARALLELS, Claim, read_faults
from rewards.text import fold
from rewards.voice_leading import PARALLEL_FIFTHS, PARALLEL_OCTAVES, overlaps, roles_of


@lru_cache(maxsize=1024)
def faults_named(fact: Fact, text: str) -> Verdict:
    """The verdict on a cleaned text that should name the faults of the given parts."""
    given = read_given(*fact)
    voices = given.piece.voices
    names = tuple(voice.name for voice in voices)
    reading = read_faults(text, names, roles_of(voices))
    kinds = sorted({fault.kind for fault in given.faults})
    details = {"faults": shown(given, given.faults), "named": [c.kind for c in reading.claims]}
    if reading.hedged:
        return Verdict(0.0, "the answer offers alternatives", details)
    if not reading.claims:
        if not reading.none:
            return Verdict(0.0, f"the answer names no fault: {fold(text)[:60]!r}", details)
        why = f"there is {', '.join(kinds)}" if kinds else "there is no fault"
        return Verdict(float(not kinds), why, details)
    value = _f1(given, reading.claims)
    why = f"named {', '.join(dict.fromkeys(c.kind for c in reading.claims))}; "
    return Verdict(value, why + f"there is {', '.join(kinds) or 'no fault'}", details)


def _f1(given: Given, claims: tuple[Claim, ...]) -> float:
    voices = given.piece.voices
    place = {voice.name: i for i, voice in enumerate(voices)}
    true: dict[str, list[tuple[frozenset[int], int | None]]] = {}
    for fault in given.faults:
        parts = frozenset(place[name] for name in fault.parts)
        true.setdefault(fault.kind, []).append((parts, given.bar_of(fault.onset)))
    named: dict[str, list[float]] = {}
    for claim in claims:
        kind = claim.kind
        if kind == OVERLAP and overlaps(voices):
            continue
        if kind == PARALLELS:
            kind = PARALLEL_FIFTHS if PARALLEL_FIFTHS in true else PARALLEL_OCTAVES
        named.setdefault(kind, []).append(_credit(claim, true.get(kind, []), len(voices)))
    earned = sum(sum(credits) / len(credits) for credits in named.values())
    right = sum(1 for credits in named.values() if max(credits) > 0)
    if not named or len(named) - right > right:
        return 0.0
    return 2.0 * earned / (len(named) + len(true))


def _credit(claim: Claim, true: list[tuple[frozenset[int], int | None]], count: int) -> float:
    """What one named fault is worth, in [0, 1] (see the top of this module)."""
    if not true:
        return 0.0
    credit = 1.0
    groups = [group for group in claim.parts if len(group) < count or -1 in group]
    if groups:
        hit = [group for group in groups if any(group <= parts for parts, _ in true)]
        credit = len(hit) / len(groups)
        true = [(parts, bar) for parts, bar in true if any(group <= parts for group in hit)] or true
    bars = [bar for _, bar in true if bar is not None]
    # The motion into a bar may be named by the bar that it leaves.
    if claim.bars and bars and not any(b in (bar, bar - 1) for b in claim.bars for bar in bars):
        credit *= 0.5
    return credit
