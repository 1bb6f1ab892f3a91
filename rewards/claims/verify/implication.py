"""What says less than another value of its type, and follows from it.

Conventions
-----------
Who says the broader of two true values is right, and says less. It contradicts nothing, covers
half of the fact, and beside the closer value it says nothing.

============================  ====================  =======================================
type                          closer                broader
============================  ====================  =======================================
meter                         6/8                   duple, compound duple
key                           D minor               the tonic D
cadence                       PAC                   AC
chord                         A:min/b3              A:min, of which no bass is said
instrument, genre, mood       acoustic guitar       guitar
============================  ====================  =======================================
"""

from __future__ import annotations

from rewards.claims.records import Value
from rewards.claims.sameness import tonic_alone
from rewards.spelling.cadences import narrower
from rewards.spelling.chords import parse_chord
from rewards.spelling.keys import parse_key
from rewards.spelling.meters import parse_meter
from rewards.spelling.ontology import Vocabulary, ontology

VOCABULARIES: dict[str, Vocabulary] = {
    "instrument": "instruments", "genre": "genre", "mood": "mood",
}  # fmt: skip


def follows(type_: str, broad: Value, close: Value) -> bool:
    """Is ``broad`` true of whatever ``close`` is true of, and says less?"""
    broad, close = str(broad), str(close)
    if type_ == "key":
        tonic, key = tonic_alone(broad), parse_key(close)
        untold = tonic_alone(close) is None
        return tonic is not None and untold and key is not None and key.tonic.same(tonic)
    if type_ == "cadence":
        return broad != close and narrower(broad, close) == close
    if type_ == "meter":
        return _loosens(broad, close)
    if type_ == "chord":
        return _without_bass(broad, close)
    if type_ in VOCABULARIES:
        return broad in ontology(VOCABULARIES[type_]).ancestors(close)
    return False


def _loosens(broad: str, close: str) -> bool:
    loose, exact = parse_meter(broad), parse_meter(close)
    if loose is None or exact is None or loose.unit is not None or exact.unit is None:
        return False
    if loose.beats == 0:
        return exact.grouping.startswith("compound")
    felt = exact.grouping == f"compound {loose.grouping}" and not loose.simple
    return felt or loose.grouping == exact.grouping


def _without_bass(broad: str, close: str) -> bool:
    one, other = parse_chord(broad), parse_chord(close)
    if one is None or other is None or one.root is None or other.root is None:
        return False
    same = one.root.same(other.root) and one.intervals == other.intervals
    return same and one.bass == 0 != other.bass


def says_part(type_: str, value: Value, truth: Value) -> bool:
    """Does a value follow from the truth, but for a bass of which one of two is silent?"""
    return follows(type_, value, truth) or (type_ == "chord" and follows(type_, truth, value))


def less(type_: str, value: Value, true: Value) -> bool:
    """May a value stand beside the true one: of one line with it, or some of its chord?"""
    if type_ == "chord":
        return _some(str(value), str(true))
    return follows(type_, value, true) or follows(type_, true, value)


def _some(triad: str, whole: str) -> bool:
    """Are the tones of one chord some of another's of its root: "G major and an F, G7"?"""
    one, other = parse_chord(triad), parse_chord(whole)
    if one is None or other is None or one.root is None or other.root is None:
        return False
    some = one.intervals & other.intervals == one.intervals != other.intervals
    return one.root.same(other.root) and some and one.bass in (0, other.bass)
