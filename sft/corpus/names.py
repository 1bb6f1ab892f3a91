"""Spelled pitches on the line of fifths.

Conventions
-----------
A spelled pitch class is its place on the line of fifths: ... Bb -2, F -1, C 0,
G 1, D 2 ... F# 6, C# 7. Its sounding pitch class is ``7 * place mod 12`` (C = 0).
A key signature is the place of its major tonic: -3 has three flats. Names are
English with ``#`` and ``b``: "F#", "Bb". Spelling follows the score: a transposed
piece is the old one moved along the line, so that an E major chord keeps a G#.

| triad | places above the root | Harte | words |
|---|---|---|---|
| major | 0, 1, 4 | maj | major |
| minor | 0, 1, -3 | min | minor |
"""

from __future__ import annotations

LETTERS = "FCGDAEB"
TRIADS: dict[frozenset[int], str] = {frozenset({0, 1, 4}): "maj", frozenset({0, 1, -3}): "min"}
QUALITIES = {"maj": "major", "min": "minor"}
MINOR_SIGNATURE = -3
"""A minor key has the signature of the major key three places to the left."""

SIGNATURES = range(-5, 7)
"""The twelve signatures that a transposed piece may have: five flats to six sharps."""


def place(step: str, alter: int) -> int:
    """The place of a letter and its accidentals (-1 for each flat).

    >>> place("C", 0), place("F", 1), place("B", -1)
    (0, 6, -2)
    """
    return LETTERS.index(step.upper()) - 1 + 7 * alter


def name(place_: int) -> str:
    """The name of a place.

    >>> [name(p) for p in (-2, -1, 0, 6, 14)]
    ['Bb', 'F', 'C', 'F#', 'C##']
    """
    octave, letter = divmod(place_ + 1, 7)
    return LETTERS[letter] + ("#" * octave if octave >= 0 else "b" * -octave)


def pitch_class(place_: int) -> int:
    """The sounding pitch class, 0 to 11, C = 0.

    >>> pitch_class(6) == pitch_class(-6) == 6
    True
    """
    return 7 * place_ % 12


def signature(tonic: int, mode: str) -> int:
    """Sharps (positive) or flats of a major or minor key.

    >>> signature(place("D", 0), "major"), signature(place("C", 0), "minor")
    (2, -3)
    """
    return tonic + (MINOR_SIGNATURE if mode == "minor" else 0)


def steps_for(semitones: int, current_signature: int) -> int:
    """How far along the line of fifths a transposition by semitones moves.

    Of the enharmonic ways the one whose new signature lies in ``SIGNATURES``.

    >>> steps_for(1, 0), steps_for(6, 0), steps_for(0, -6)
    (-5, 6, 12)
    """
    target = (current_signature + 7 * semitones - SIGNATURES.start) % 12 + SIGNATURES.start
    return target - current_signature


def triad(places: frozenset[int]) -> tuple[int, str] | None:
    """Root and Harte quality of a complete major or minor triad, else None.

    >>> triad(frozenset({0, 1, 4})), triad(frozenset({3, 0, 4})), triad(frozenset({0, 1}))
    ((0, 'maj'), (3, 'min'), None)
    """
    for root in places:
        quality = TRIADS.get(frozenset(p - root for p in places))
        if quality is not None:
            return root, quality
    return None
