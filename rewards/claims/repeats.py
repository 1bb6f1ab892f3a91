"""Claims that only say again what another of their text says more fully."""

from __future__ import annotations

from rewards.claims.records import Claim
from rewards.claims.sameness import same_value

_MEMBERS = {"progression": "chord", "roman": "roman"}


def without_members(claims: list[Claim]) -> list[Claim]:
    """Without chords and numerals that only repeat one of a row before them."""
    members: dict[object, int] = {}
    for row in claims:
        kind = _MEMBERS.get(row.type)
        for name in row.value if kind and isinstance(row.value, tuple) else ():
            members.setdefault((kind, same_value(kind, name)), row.start)
    if not members:
        return claims
    return [
        claim
        for claim in claims
        if isinstance(claim.value, tuple)
        or claim.subject
        or not claim.plain
        or claim.start
        < members.get((claim.type, same_value(claim.type, claim.value)), claim.start + 1)
    ]


def without_bare_modes(claims: list[Claim]) -> list[Claim]:
    """Without "dorian" where "D dorian" stands in the same section, too."""
    placed = {
        (str(claim.value).partition(" ")[2], claim.polarity, claim.section)
        for claim in claims
        if claim.type == "mode"
    }
    return [
        claim
        for claim in claims
        if claim.type != "mode"
        or str(claim.value) in ("major", "minor")
        or (str(claim.value), claim.polarity, claim.section) not in placed
    ]
