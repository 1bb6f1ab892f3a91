"""The options of a multiple-choice question.

Conventions
-----------
Four options, the right one among them, in random order. A pitch, chord or key stands
among neighbours that a beginner would confuse with it. The four are a pattern along the
line of fifths, and the right one takes each place of the pattern equally often: who does
not listen learns nothing from how the options lie to one another.

| of | patterns |
|---|---|
| notes | four fifths in a row; four semitones in a row; the notes of a seventh chord |
| chords, keys | four fifths in a row, same mode; a chain of relatives and parallels |
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sft.corpus.names import name, signature

COUNT = 4
NOTE_PATTERNS = ((0, 1, 2, 3), (0, -5, 2, -3), (0, 4, 1, 5))
FIFTHS = (0, 1, 2, 3)
RELATIVES = ((3, "minor"), (0, "major"), (0, "minor"), (-3, "major"))
"""A minor, C major, C minor, E flat major: each the relative or parallel of the next."""


def note_options(place: int, rng: np.random.Generator) -> tuple[str, ...]:
    """The note and three others."""
    pattern = NOTE_PATTERNS[int(rng.integers(len(NOTE_PATTERNS)))]
    role = int(rng.integers(COUNT))
    others = [place + step - pattern[role] for i, step in enumerate(pattern) if i != role]
    return shuffled([name(place), *(name(_plain(other)) for other in others)], rng)


def mode_options(place: int, mode: str, rng: np.random.Generator) -> tuple[str, ...]:
    """The major or minor key (or chord) on a place, and three others."""
    if rng.random() < 0.5:
        role = int(rng.integers(COUNT))
        others = [(place + step - role, mode) for i, step in enumerate(FIFTHS) if i != role]
    else:
        roles = [i for i, (_, own) in enumerate(RELATIVES) if own == mode]
        role = roles[int(rng.integers(len(roles)))]
        base = place - RELATIVES[role][0]
        others = [(base + step, own) for i, (step, own) in enumerate(RELATIVES) if i != role]
    return shuffled([f"{name(place)} {mode}", *(_usual(*other) for other in others)], rng)


def pick_options(answer: str, others: Sequence[str], rng: np.random.Generator) -> tuple[str, ...]:
    """The answer and three of the others."""
    picked = rng.permutation(len(others))[: COUNT - 1]
    return shuffled([answer, *(others[int(i)] for i in picked)], rng)


def shuffled(options: Sequence[str], rng: np.random.Generator) -> tuple[str, ...]:
    """The options in random order."""
    return tuple(options[int(i)] for i in rng.permutation(len(options)))


def _plain(place: int) -> int:
    """The same pitch class without double accidentals."""
    return place - 12 if place > 8 else place + 12 if place < -6 else place


def _usual(tonic: int, mode: str) -> str:
    """A key as it is usually spelled, with at most six accidentals in its signature."""
    sharps = signature(tonic, mode)
    return f"{name(tonic - 12 if sharps > 6 else tonic + 12 if sharps < -6 else tonic)} {mode}"
