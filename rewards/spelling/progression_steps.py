"""Steps: what of a chord counts in a progression.

Conventions
-----------
A step is a root, a triad and a seventh: inversions, ninths and what lies beyond do not
count. ``C/E`` and ``C`` are one step, ``C`` and ``C7`` two.
"""

from __future__ import annotations

from dataclasses import dataclass

from rewards.spelling.harte import Chord, mask_of

Step = tuple[int, int, int]
"""Root pitch class, mask of the triad, seventh above the root or -1."""

_TRIAD = mask_of(*range(9)) & ~mask_of(1)
_DIMINISHED = mask_of(0, 3, 6, 9)
_THIRDS = mask_of(3, 4)


@dataclass(frozen=True, slots=True)
class Progression:
    """One reading of a text.

    Attributes:
        steps: in order.
        movable: numerals without a key, which fit any.
        dominant: the same numerals with the minor seventh on every major chord, which is what
            "I7 IV7 V7" says of a blues; () where that is no other reading.
    """

    steps: tuple[Step, ...]
    movable: bool = False
    dominant: tuple[Step, ...] = ()


def step_of(chord: Chord) -> Step | None:
    """Root, triad and seventh of a chord; None for "N" and "X"."""
    if chord.root is None:
        return None
    mask = chord.intervals
    if chord.bass in (1, 2, 5) and mask & _THIRDS:
        mask &= ~mask_of(chord.bass)
    return make_step(chord.root.pitch_class, mask)


def make_step(root: int, mask: int) -> Step:
    """A step from a root and the mask of semitones above it."""
    seventh = 10 if mask & 1 << 10 else 11 if mask & 1 << 11 else -1
    if seventh < 0 and mask & _DIMINISHED == _DIMINISHED:
        seventh = 9
    return root, mask & _TRIAD, seventh
