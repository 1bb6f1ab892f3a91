"""Keys of which only the tonic was said: their mode is told by what else is said of it.

Conventions
-----------
"The tonal centre is A. ... So it is minor" claims A minor; "the centre is D ... D dorian" claims
the mode alone. In this order: a key on that tonic that is named in full, a mode on it, the bare
mode that is said next, a chord on it, the signature; where a mode is asked, no key at all. Where
nothing tells, "in D" is D major, and of "the tonic is D" no more is claimed: its value is "D".
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rewards.claims.degrees import HOMELESS, placed, unplaced
from rewards.claims.records import UNNAMED, Claim
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import QUALITIES
from rewards.spelling.keys import Key, parse_key
from rewards.spelling.modes import parse_mode
from rewards.spelling.notes import Note
from rewards.spelling.signatures import of_key

_FAR = 400
"""Characters over which "it is minor" tells the mode of a tonic before it."""
_BARE = ("major", "minor")
_KEYS = ("key", "modulation")
_TRIADS = {QUALITIES["maj"]: "major", QUALITIES["min"]: "minor"}


def settled(claims: Sequence[Claim], bare: Mapping[int, str], facet: str | None) -> list[Claim]:
    """The claims, with the mode of those keys that begin at a place of ``bare``."""
    if not bare:
        return list(claims)
    said = _Said([c for c in claims if c.start not in bare or c.type not in _KEYS])
    found: list[Claim] = []
    for claim in claims:
        key = parse_key(str(claim.value)) if claim.start in bare and claim.type in _KEYS else None
        if key is None:
            found.append(claim)
            continue
        mode = said.mode(claim, key.tonic, facet)
        if mode:
            found.append(replace(claim, value=Key(key.tonic, mode).name))
        elif mode is None and facet != "mode":
            open_ = bare[claim.start] == "tonic" and claim.type == "key"
            found.append(replace(claim, value=key.tonic.name) if open_ else claim)
    return found


def seated(claims: Sequence[Claim]) -> list[Claim]:
    """The claims, with bare church modes on the tonic that those with a tonic share.

    "That removes ionian ... which points to D dorian": D ionian.
    """
    modes = {n: parse_mode(str(one.value)) for n, one in enumerate(claims) if one.type == "mode"}
    tonics = {mode.tonic.name for mode in modes.values() if mode is not None and mode.tonic}
    found = list(claims)
    if len(tonics) == 1:
        for n, mode in modes.items():
            if mode is not None and mode.tonic is None and claims[n].value not in _BARE:
                found[n] = replace(claims[n], value=f"{next(iter(tonics))} {claims[n].value}")
    return found


def homed(claims: Sequence[Claim]) -> list[Claim]:
    """The claims, with propositions that were made before their key was named said of that key.

    "The dominant is B major. The key is E minor." Where none is named, they say nothing.
    """
    keys = [claim for claim in claims if claim.type == "key" and claim.plain]
    found = []
    for claim in claims:
        text = str(claim.value)
        if claim.type == "textbook" and f" {UNNAMED} is " in text:
            behind = [key for key in keys if key.start > claim.start] or keys
            if not behind:
                continue
            text = text.replace(f" {UNNAMED} is ", f" {behind[0].value} is ")
            claim = replace(claim, value=text)
        elif claim.type in HOMELESS and keys and unplaced(claim):
            claim = _at_home(claim, parse_key(str(keys[0].value)))
            if claim is None:
                continue
        found.append(claim)
    return found


def _at_home(claim: Claim, home: Key | None) -> Claim | None:
    value = home and placed(claim.type, str(claim.value), home)
    return replace(claim, value=value) if value else None


class _Said:
    """What the claims of a section tell of tonics, by their names."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self.keys: dict[tuple[str, str], str] = {}
        self.church: set[str] = set()
        self.modes: list[tuple[int, str]] = []
        self.triads: dict[str, set[str]] = {}
        self.signatures: set[object] = set()
        for claim in claims:
            if claim.polarity == "denied" or claim.modality in ("hypothetical", "retracted"):
                continue
            if claim.type in _KEYS:
                key = parse_key(str(claim.value))
                if key is not None:
                    self.keys.setdefault((claim.type, key.tonic.name), key.mode)
            elif claim.type == "mode":
                mode = parse_mode(str(claim.value))
                if claim.value in ("major", "minor"):
                    self.modes.append((claim.start, str(claim.value)))
                elif mode is not None and mode.tonic is not None and claim.plain:
                    self.church.add(mode.tonic.name)
            elif claim.type == "key_signature" and claim.plain:
                self.signatures.add(claim.value)
            elif claim.type in ("chord", "progression") and claim.plain:
                self._chords(claim)
        self.modes.sort()

    def _chords(self, claim: Claim) -> None:
        for name in claim.value if isinstance(claim.value, tuple) else (str(claim.value),):
            chord = parse_chord(name)
            if chord is not None and chord.root is not None and chord.intervals in _TRIADS:
                self.triads.setdefault(chord.root.name, set()).add(_TRIADS[chord.intervals])

    def mode(self, claim: Claim, tonic: Note, facet: str | None) -> str | None:
        """The mode of a tonic; empty if a church mode on it is claimed, None if nothing tells."""
        named = self.keys.get(("key", tonic.name))
        if named is None and claim.type == "modulation":
            named = self.keys.get(("modulation", tonic.name))
        if named is not None:
            return named
        if tonic.name in self.church:
            return "" if claim.type == "key" else None
        at = bisect_right(self.modes, (claim.start, "z"))
        if at < len(self.modes) and self.modes[at][0] - claim.start < _FAR:
            return self.modes[at][1]
        if at:
            return self.modes[at - 1][1]
        if facet == "mode":
            return None
        triads = self.triads.get(tonic.name, ())
        signs = self.signatures if claim.plain else ()
        signed = [mode for mode in _BARE if of_key(Key(tonic, mode)) in signs]
        return next((next(iter(told)) for told in (triads, signed) if len(told) == 1), None)
