"""What theory denies of a proposition: its truth, or the letters that it is written in.

``rewards/claims/verify/theory.py`` compares by sound, for a listener cannot hear a spelling. Who
writes a question of theory can see it: the leading tone of C sharp minor is B sharp, not C. So
degrees, and the tones of chords of thirds, are also held to their letters; chords that are
customarily written otherwise (diminished sevenths, augmented triads) are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rewards.checking.facts import MOST_SIGNS
from rewards.claims.verify.theory import DEGREES, PROPOSITION, holds
from rewards.scorers.key_signature import name as signature_name
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import QUALITIES
from rewards.spelling.keys import parse_key
from rewards.spelling.notes import Note, parse_note

_SAID = {
    "members": "the notes of {about} are {value}", "numeral": "{about} is {value}",
    "interval": "{about} are {value} apart", "semitones": "{about} has {value} semitones",
    "class": "{about} is {value}", "beats": "{about} has {value} beats",
    "bar": "a bar of {about} is {value} long", "close": "{about} ends on {value}",
    "degree": "{about} has a {value}", "note": "{about} has {value}",
}  # fmt: skip
"""Relation -> how "RELATION of X is Y" is said, where it is said otherwise."""
_LETTERS = "CDEFGAB"
_THIRDS = {0: 0, 3: 2, 4: 2, 6: 4, 7: 4, 10: 6, 11: 6}
"""Semitones above a root -> letters above its letter."""
_WRITTEN_IN_THIRDS = frozenset(
    QUALITIES[name] for name in ("maj", "min", "dim", "7", "maj7", "min7", "hdim7", "minmaj7")
)


def false(proposition: str) -> str | None:
    """A clause on a proposition that is false, or that is written in wrong letters, else None."""
    if holds(proposition) is False:
        return theory_denies(proposition)
    wrong = next(_misspelt(proposition), None)
    if wrong is None:
        return None
    got, expected = wrong
    return f"{_denied(proposition)}: it is written {expected}, which sounds like {got}"


def theory_denies(proposition: str) -> str:
    """A clause on a false proposition; tells where a relative was called parallel."""
    for name, other in (("relative", "parallel"), ("parallel", "relative")):
        if proposition.startswith(name) and holds(proposition.replace(name, other, 1)):
            return f"{_denied(proposition)}; it is the {other}"
    return _denied(proposition)


def too_many(said: str) -> str:
    """A clause on a number of signs that no signature has."""
    return f"got {said!r}, expected at most {MOST_SIGNS}: no signature has more"


def letter_above(note: Note, letters: int) -> str:
    """The letter so many letters above that of a note, which has its own at 0."""
    return _LETTERS[(_LETTERS.index(note.name[0]) + letters) % 7]


def written(note: Note, letter: str) -> Note | None:
    """The note that sounds like this one and has the letter; None where no signs reach it."""
    alike = (Note(note.fifths + 12 * turn) for turn in (0, 1, -1, 2, -2))
    return next((one for one in alike if one.name[0] == letter and len(one.name) < 4), None)


def _denied(proposition: str) -> str:
    return f"theory denies that {_in_words(proposition)}"


def _in_words(proposition: str) -> str:
    """A proposition as it is said: "the signature of Bb major is 3 flats"."""
    found = PROPOSITION.fullmatch(proposition)
    if found is None:
        return proposition
    relation, about, value = found.groups()
    if relation == "signature" and re.fullmatch(r"-?\d+", value):
        count = int(value)
        value = signature_name(count) if abs(count) <= MOST_SIGNS else "one that no key has"
    said = _SAID.get(relation, "the {relation} of {about} is {value}")
    return said.format(relation=relation.replace("_", " "), about=about, value=value)


def _misspelt(proposition: str) -> Iterator[tuple[str, str]]:
    """Each note that has another letter than its place: as it is, and as it is written."""
    found = PROPOSITION.fullmatch(proposition)
    for note, letter in _letters(*found.groups()) if found else ():
        right = written(note, letter)
        if right is not None and right != note:
            yield note.name, right.name


def _letters(relation: str, about: str, value: str) -> Iterator[tuple[Note, str]]:
    """Each note of a proposition and the letter of its place."""
    if relation in DEGREES:
        key, chord = parse_key(about), parse_chord(value)
        note = parse_note(value) or (chord.root if chord else None)
        if key is not None and note is not None:
            yield note, letter_above(key.tonic, DEGREES[relation])
    chord = parse_chord(about) if relation == "members" else None
    if chord is None or chord.root is None or chord.intervals not in _WRITTEN_IN_THIRDS:
        return
    for note in map(parse_note, value.split()):
        step = (note.pitch_class - chord.root.pitch_class) % 12 if note is not None else -1
        if note is not None and step in _THIRDS:  # else a note of a scale
            yield note, letter_above(chord.root, _THIRDS[step])
