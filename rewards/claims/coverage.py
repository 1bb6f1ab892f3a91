"""How much of what a row can verify is said and true: C of ``formula.py``.

Conventions
-----------
============================  ==============================================================
facet                         is covered by
============================  ==============================================================
instruments, genre, mood,     each its share
modulations
progression, chords           a row, or a true stretch of one, as long as it is; chords that
                              have a time or place each their share (of a caption any chord)
key                           also by its signature, a half
mode, key_signature           also by the key
note                          also by a chord that names it: its root, its bass ("C/E")
the others                    their best support
============================  ==============================================================
"""

from __future__ import annotations

from collections.abc import Sequence

from rewards.claims.priors import WORTH
from rewards.claims.records import CLAIMS, PLACES, Judged
from rewards.claims.verify.facts import Known, note_of
from rewards.scorers.progression import period
from rewards.spelling.chords import parse_chord
from rewards.spelling.ontology import ontology

_SIGNATURE = 0.5
"""What a true signature covers of a key: it leaves two."""


def coverage(judged: Sequence[Judged], known: Known) -> float:
    """C, 0 to 1: the covered share of the asked facet, or of all, weighed by their worth."""
    facets = (known.asked,) if known.asked else known.given
    worth = {facet: WORTH[type_of(facet)] for facet in facets if type_of(facet) in WORTH}
    total = sum(worth.values())
    if not total:
        return 0.0
    plain = [one for one in judged if one.claim.plain and one.support is not None]
    return sum(worth[facet] * _best(facet, plain, known) for facet in worth) / total


def type_of(facet: str) -> str:
    """The type of the claims of a facet."""
    return CLAIMS.get(facet, facet)


def _best(facet: str, judged: Sequence[Judged], known: Known) -> float:
    """The best support of what was said about a facet, 0 to 1."""
    if facet in ("instruments", "genre", "mood"):
        names, members = known.names[facet], ontology(facet).members
        slots = {f"{facet}:{name}" for name in names}
        best = dict.fromkeys(slots, 0.0)
        for one in judged:
            name = one.slot.partition(":")[2]
            for slot in slots & {one.slot, *(f"{facet}:{m}" for m in members.get(name, ()))}:
                best[slot] = max(best[slot], one.support or 0.0)
        return sum(best.values()) / max(1, len(names))
    if facet == "modulations" and known.modulations:
        best = {
            one.slot: one.support or 0.0 for one in judged if one.slot.startswith("modulation:")
        }
        return sum(best.values()) / len(known.modulations)
    if facet in ("chords", "progression"):
        rows = [_share(one, known) for one in judged if one.slot == "progression"]
        right = {one.slot for one in judged if _counts(one, known) and one.support == 1.0}
        share = min(1.0, len(right) / max(1, len(known.sequence)))
        return max([share, *rows])
    slots = {facet, *_ALSO.get(facet, ())}
    found = [one.support or 0.0 for one in judged if one.slot in slots]
    if facet == "key":
        found += [
            _SIGNATURE * (one.support or 0.0) for one in judged if one.slot == "key_signature"
        ]
    if facet == "note" and known.note is not None:
        chords = [parse_chord(str(one.claim.value)) for one in judged if one.slot == "chord"]
        notes = [note_of(chord, known.subject) for chord in chords]
        found += [float(known.note.same(note)) for note in notes if note]
    return max(found, default=0.0)


def _share(row: Judged, known: Known) -> float:
    """What a row of chords covers: of a true stretch its share of the truth, or of its loop."""
    said = len(row.claim.value) if isinstance(row.claim.value, tuple) else 0
    share = min(1.0, said / max(1, period(known.steps)))
    return share if row.support == 1.0 else row.support or 0.0


def _counts(one: Judged, known: Known) -> bool:
    """Is it a chord of the row? Where chords in order are asked, one of no place is none."""
    placed = one.claim.time is not None or one.slot in _SPOTS
    return one.slot.startswith("chord") and (placed or known.asked != "progression")


_SPOTS = {"chord:first", "chord:final", *(f"chord:{n}" for n in range(2, len(PLACES) + 1))}
_ALSO = {"mode": ("key",), "key_signature": ("key",)}
