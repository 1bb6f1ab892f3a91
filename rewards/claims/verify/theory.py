"""The textbook: propositions of pure theory, true or false by tables.

Conventions
-----------
A proposition is text in one form, "RELATION of X is Y". Names are compared by sound: a
listener cannot hear their spelling. A key without a mode is major.

=======================================  ==================================================
proposition                              true if
=======================================  ==================================================
``dominant of D major is A``             Y, or its root, is that degree of X; a quality that
(``subdominant``, ``leading_tone``,      Y has must be one the degree has
``tonic``, ``mediant``, ...)
``relative of D major is B minor``       the same signature, the other mode
``parallel of D major is D minor``       the same tonic, the other mode
``signature of D major is 2``            sharps (positive) or flats (negative)
``members of D major is D F# A``         Y are the tones of the chord X, or the notes of the
                                         scale X, in any order; or, where four or more notes
                                         are given for a triad, none is outside its scale
``numeral of A:7 in D major is V7``      the numeral is that chord in that key
``interval of C and G is P5``            from the first note up to the second
=======================================  ==================================================

``definitions.py`` tells what intervals, meters, cadences and modes are.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rewards.claims.verify.definitions import DEFINITIONS
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import QUALITIES, Chord
from rewards.spelling.intervals import parse_interval
from rewards.spelling.keys import Key, parse_key
from rewards.spelling.modes import parse_mode
from rewards.spelling.notes import parse_note
from rewards.spelling.numerals import Numeral, chord_of, chords_of_key, parse_numeral
from rewards.spelling.scales import STEPS
from rewards.spelling.signatures import of_key

DEGREES = {
    "tonic": 0, "supertonic": 1, "mediant": 2, "subdominant": 3, "dominant": 4, "submediant": 5,
    "leading_tone": 6,
}  # fmt: skip
"""Relation -> place in the scale, 0 is the tonic."""
_MINOR_SEVENTH = 0b01
"""Of the two bits of a mask that are a minor and a major seventh."""
PROPOSITION = re.compile(r"(\w+) (?:of|between) (.+) is ([^ ].*)")
"""The relation, X and Y."""


@lru_cache(maxsize=8192)
def holds(proposition: str) -> bool | None:
    """Is the proposition true? None for one that the tables cannot judge.

    >>> holds("signature of D major is 2"), holds("dominant of D major is G")
    (True, False)
    """
    found = PROPOSITION.fullmatch(proposition)
    if found is None:
        return None
    relation, about, value = found.groups()
    if relation in DEFINITIONS:
        return DEFINITIONS[relation](about, value)
    if relation == "interval":
        return _interval(about, value)
    if relation == "members":
        return _members(about, value)
    if relation == "numeral":
        return _numeral(about, value)
    key = parse_key(about)
    if key is None or key.mode not in ("major", "minor"):
        return None
    if relation == "signature":
        return of_key(key) == int(value) if re.fullmatch(r"-?\d{1,2}", value) else None
    if relation in ("relative", "parallel"):
        return _related(relation, key, value)
    return _degree(DEGREES[relation], key, value) if relation in DEGREES else None


def scale_of(key: Key) -> frozenset[int]:
    """Pitch classes of a major or natural minor scale."""
    steps = STEPS["minor" if key.mode == "minor" else "major"]
    return frozenset((key.tonic.pitch_class + step) % 12 for step in steps)


def _related(relation: str, key: Key, value: str) -> bool | None:
    other = parse_key(value)
    if other is None:
        return None
    opposite = "minor" if key.mode == "major" else "major"
    bare = parse_note(value) is not None
    step = 0 if relation == "parallel" else 9 if key.mode == "major" else 3
    same = (other.tonic.pitch_class - key.tonic.pitch_class) % 12 == step
    return same and (bare or other.mode == opposite)


def _degree(place: int, key: Key, value: str) -> bool | None:
    note = parse_note(value)
    chord = None if note else parse_chord(value)
    root = note or (chord.root if chord else None)
    if root is None:
        return None
    step = (root.pitch_class - key.tonic.pitch_class) % 12
    mode = "minor" if key.mode == "minor" else "major"
    if step != (11 if place == 6 else STEPS[mode][place]):
        return False
    if chord is None:
        return True
    allowed = (QUALITIES[name] for name in chords_of_key(mode)[step])
    return any(chord.intervals & mask == mask for mask in allowed)


def _members(about: str, value: str) -> bool | None:
    notes = [parse_note(name) for name in value.split()]
    if not notes or None in notes:
        return None
    said = frozenset(note.pitch_class for note in notes if note)
    chord = parse_chord(about)
    if chord is not None and said == chord.all_pitch_classes:
        return True
    scale = parse_mode(about)
    if scale is not None and scale.tonic is not None and len(said) > 4:
        tonic = scale.tonic.pitch_class
        return said == frozenset((tonic + step) % 12 for step in scale.steps)
    if scale is not None and scale.tonic is not None and len(said) > 3 and ":" not in about:
        return all((tone - scale.tonic.pitch_class) % 12 in scale.steps for tone in said)
    if chord is None or chord.root is None:
        return None
    # Two tones of a triad are no wrong spelling of it, they are not all of it.
    return said < chord.all_pitch_classes and len(said) > 1


def _numeral(about: str, value: str) -> bool | None:
    name, _, place = about.partition(" in ")
    chord, key = parse_chord(name), parse_key(place)
    if chord is None or chord.root is None or key is None:
        return None
    numeral = parse_numeral(value, key.mode == "minor")
    if numeral is None:
        return None
    root, mask, bass = chord_of(numeral, key)
    if root != chord.root.pitch_class or _sevenths_differ(numeral, mask, chord):
        return False
    # "A7 is V" leaves the seventh out, "A is V7" adds one: the triad decides.
    triad = mask & 0b111111111 & ~0b10
    plain = chord.intervals & 0b111111111 & ~0b10
    return triad & plain == triad and bass in (0, chord.bass)


def _sevenths_differ(numeral: Numeral, mask: int, chord: Chord) -> bool:
    """ "C major seventh is V7 in F": a 7 is that of the scale, or, in jazz, the minor one."""
    meant, heard = (bits >> 10 & 0b11 for bits in (mask, chord.intervals))
    allowed = (meant,) if numeral.seventh == "major" else (meant, _MINOR_SEVENTH)
    return bool(meant and heard) and heard not in allowed


def _interval(about: str, value: str) -> bool | None:
    names = about.split(" and ")
    ends = [parse_note(name) for name in names]
    interval = parse_interval(value)
    if len(ends) != 2 or ends[0] is None or ends[1] is None or interval is None:
        return None
    up = (ends[1].pitch_class - ends[0].pitch_class) % 12
    return interval.semitones % 12 in (up, (12 - up) % 12)
