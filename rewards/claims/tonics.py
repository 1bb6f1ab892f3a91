"""Keys of which only the tonic was said: their mode is told by what else is said of it.

Conventions
-----------
"The tonal centre is A. ... So it is minor" claims A minor; "the centre is D ... D dorian" claims
the mode alone. In this order: a key on that tonic that is named in full, a mode on it, the bare
mode that is said next, a chord on it, major; where a mode is asked, no key at all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from rewards.claims.records import Claim
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import QUALITIES
from rewards.spelling.keys import Key, parse_key
from rewards.spelling.modes import parse_mode
from rewards.spelling.notes import Note

_FAR = 400
"""Characters over which "it is minor" tells the mode of a tonic before it."""
_KEYS = ("key", "modulation")
_TRIADS = {QUALITIES["maj"]: "major", QUALITIES["min"]: "minor"}


def settled(claims: Sequence[Claim], bare: Collection[int], facet: str | None) -> list[Claim]:
    """The claims, with the mode of those keys that begin at a place of ``bare``."""
    if not bare:
        return list(claims)
    found: list[Claim] = []
    for claim in claims:
        key = parse_key(str(claim.value)) if claim.start in bare and claim.type in _KEYS else None
        if key is None:
            found.append(claim)
            continue
        others = [one for one in claims if one.start not in bare]
        mode = _mode(claim, key.tonic, others, facet)
        if mode:
            found.append(replace(claim, value=Key(key.tonic, mode).name))
        elif mode is None and facet != "mode":
            found.append(claim)
    return found


def _mode(claim: Claim, tonic: Note, others: Sequence[Claim], facet: str | None) -> str | None:
    """The mode of a tonic; empty if a church mode on it is claimed, None if nothing tells."""
    church = False
    for one in others:
        if one.polarity == "denied" or one.modality in ("hypothetical", "retracted"):
            continue
        if one.type == "key" or one.type == claim.type == "modulation":
            key = parse_key(str(one.value))
            if key is not None and key.tonic.name == tonic.name:
                return key.mode
        elif one.type == "mode" and one.modality == "asserted":
            said = parse_mode(str(one.value))
            church = church or (
                said is not None and said.tonic is not None and said.tonic.name == tonic.name
            )
    if church:
        return "" if claim.type == "key" else None
    told = [one for one in others if one.type == "mode" and _bare(one)]
    later = [one for one in told if 0 < one.start - claim.start < _FAR]
    for one in later or [one for one in reversed(told) if one.start < claim.start]:
        return str(one.value)
    if facet == "mode":
        return None
    qualities = {quality for one in others for quality in _qualities(one, tonic)}
    return qualities.pop() if len(qualities) == 1 else None


def _bare(claim: Claim) -> bool:
    """ "It is minor": said, or doubted."""
    said = claim.polarity == "asserted" and claim.modality in ("asserted", "hedged")
    return said and claim.value in ("major", "minor")


def _qualities(claim: Claim, tonic: Note) -> list[str]:
    """The modes of the triads on a tonic in a claim of chords."""
    if claim.type not in ("chord", "progression") or not claim.plain:
        return []
    names = claim.value if isinstance(claim.value, tuple) else (str(claim.value),)
    chords = [parse_chord(name) for name in names]
    return [
        _TRIADS[chord.intervals]
        for chord in chords
        if chord is not None
        and chord.root is not None
        and chord.root.same(tonic)
        and chord.intervals in _TRIADS
    ]
