"""Which claims follow from others: they say little that is new.

Conventions
-----------
============================  ====================================================
claim                         entails
============================  ====================================================
key                           its signature; its mode; a mode on its tonic
mode with a tonic             its signature; the bare mode with its third
progression                   its chords
chord and key                 the numeral of that chord
tempo                         the terms whose range holds it
a value                       the denial of another value of its type
============================  ====================================================
"""

from __future__ import annotations

from collections.abc import Sequence

from rewards.claims.records import Claim
from rewards.claims.sameness import same_value, tonic_alone
from rewards.claims.text.words import word_set
from rewards.spelling.chords import parse_chord
from rewards.spelling.keys import Key, parse_key
from rewards.spelling.modes import parse_mode
from rewards.spelling.numerals import chord_of, parse_numeral
from rewards.spelling.signatures import of_key
from rewards.spelling.tempo_terms import TERMS

_ONE_VALUE = word_set("key mode key_signature tempo meter cadence interval form")


def entailed(claims: Sequence[Claim]) -> frozenset[int]:
    """Places of the claims that follow from other, plain ones."""
    plain = [claim for claim in claims if claim.plain]
    if len(plain) < 2 and len(claims) < 2:
        return frozenset()
    told = [str(c.value) for c in plain if c.type == "key" and tonic_alone(c.value) is None]
    keys = [key for value in told if (key := parse_key(value))]
    modes = [c for c in plain if c.type == "mode"]
    tempi = [
        float(c.value) for c in plain if c.type == "tempo" and not isinstance(c.value, (str, tuple))
    ]
    rows = {
        same_value("chord", name)
        for c in plain
        if c.type == "progression" and isinstance(c.value, tuple)
        for name in c.value
    }
    chords = [c for c in plain if c.type == "chord"]
    said = {c.type for c in plain}
    found = set()
    for place, claim in enumerate(claims):
        if claim.polarity == "denied":
            if claim.type in said and claim.type in _ONE_VALUE:
                found.add(place)
        elif (
            (claim.type in ("mode", "key_signature") and _from_keys(claim, keys, modes))
            or (claim.type == "chord" and same_value("chord", claim.value) in rows)
            or (claim.type == "roman" and _from_chords(claim, keys, chords))
            or (claim.type == "tempo_term" and _from_tempi(claim, tempi))
        ):
            found.add(place)
    return frozenset(found)


def _from_keys(claim: Claim, keys: list[Key], modes: list[Claim]) -> bool:
    if claim.type == "key_signature":
        return any(of_key(key) == claim.value for key in keys)
    said = parse_mode(str(claim.value))
    if said is None:
        return False
    for key in keys:
        if key.mode == said.mode and (said.tonic is None or said.tonic.same(key.tonic)):
            return True
    if said.tonic is not None:
        return False
    others = (parse_mode(str(one.value)) for one in modes if one is not claim)
    return any(o is not None and o.tonic is not None and o.third == said.third for o in others)


def _from_chords(claim: Claim, keys: list[Key], chords: list[Claim]) -> bool:
    if isinstance(claim.value, tuple) or not keys:
        return False
    for key in keys:
        numeral = parse_numeral(str(claim.value), key.mode == "minor")
        if numeral is None:
            continue
        root, mask, bass = chord_of(numeral, key)
        for one in chords:
            chord = parse_chord(str(one.value))
            if chord is None or chord.root is None:
                continue
            same = (chord.root.pitch_class, chord.intervals, chord.bass) == (root, mask, bass)
            if same and one.start < claim.start:
                return True
    return False


def _from_tempi(claim: Claim, tempi: list[float]) -> bool:
    low, high = TERMS.get(str(claim.value), (0, 0))
    return any(low <= bpm <= high for bpm in tempi)
