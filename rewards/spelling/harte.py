"""Chord records, and Harte's syntax for them: ``A:min7``, ``C:maj(9)/3``, ``N``, ``X``.

Conventions
-----------
``intervals`` is the set of semitones above the root within the octave, as a mask
of 12 bits: bit 0 is the root, bit 4 a major third. As in mir_eval's reading of
the syntax, tones past the octave (9, 11, 13) leave the mask alone and stand in a
mask of their own, ``upper``, which no level of mir_eval compares; the bass belongs
to ``intervals``. "N" has no root and no intervals; "X" is a chord that the
vocabulary cannot say.

Source: C. Harte et al., Symbolic representation of musical chords, ISMIR 2005; the tones
of a shorthand are music21's, as kept in ``rewards/spelling/tables.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.notes import Note, letter_note
from rewards.spelling.tables import table


def mask_of(*semitones: int) -> int:
    """The mask of some intervals."""
    return sum(1 << step for step in set(semitones))


CHORDS = {name: tuple(tones) for name, tones in table("chords").items()}
"""Shorthand -> semitones above the root."""
QUALITIES = {name: mask_of(*(n for n in tones if n < 12)) for name, tones in CHORDS.items()}
UPPER = {name: mask_of(*(n - 12 for n in tones if n > 12)) for name, tones in CHORDS.items()}
"""The tones past the octave that a ninth, eleventh or thirteenth brings with it."""
_DEGREES = {
    int(number): widths["P" if "P" in widths else "M"]
    for number, widths in table("intervals").items()
}
_QUALITY_NAMES = {mask: name for name, mask in reversed(QUALITIES.items()) if name != "1"}
_EXTENDED = {(mask, UPPER[name]): name for name, mask in QUALITIES.items() if UPPER[name]}
_DEGREE_NAMES = ("1", "b2", "2", "b3", "3", "4", "b5", "5", "#5", "6", "b7", "7")
_UPPER_NAMES = {1: "b9", 2: "9", 3: "#9", 4: "b11", 5: "11", 6: "#11", 8: "b13", 9: "13", 10: "#13"}

_CHORD = Pattern(
    r"([A-Ga-g])(##?|bb?|):\s?([A-Za-z]+\d{0,2}|\d{1,2}|)(?:\(([^()]{0,80})\))?"
    r"(?:/([#b]{0,3}\d{1,2}))?"
)
_PLAIN = Pattern(r"([A-G])(##?|bb?|)(?:\(([^()]{1,80})\))?/([#b]{0,3}\d{1,2})")
_DEGREE = Pattern(r"(\*?)([#b]{0,3})(1[0-3]|[1-9])")


@dataclass(frozen=True, slots=True)
class Chord:
    """Root, mask of intervals, and the bass in semitones above the root.

    ``root`` is None for "N" (``intervals`` 0) and "X" (``intervals`` -1).
    ``upper`` is the mask of the tones past the octave, each an octave lower.
    """

    root: Note | None
    intervals: int
    bass: int = 0
    upper: int = 0

    @property
    def tones(self) -> int:
        """How many notes are named, those past the octave too."""
        return max(self.intervals, 0).bit_count() + self.upper.bit_count()

    @property
    def pitch_classes(self) -> frozenset[int]:
        """Within the octave, 0 to 11."""
        return self._sounding(self.intervals)

    @property
    def all_pitch_classes(self) -> frozenset[int]:
        """Of the sounding chord, ninths, elevenths and thirteenths included, 0 to 11."""
        return self._sounding(self.intervals | self.upper)

    def _sounding(self, mask: int) -> frozenset[int]:
        if self.root is None:
            return frozenset()
        root = self.root.pitch_class
        return frozenset((root + step) % 12 for step in range(12) if mask >> step & 1)

    @property
    def bass_pitch_class(self) -> int | None:
        """Of the lowest note, 0 to 11; None without a root."""
        return None if self.root is None else (self.root.pitch_class + self.bass) % 12

    def same(self, other: Chord, *, spelled: bool = False) -> bool:
        """Equal root (by spelling or by sound), tones and bass."""
        if self.root is None or other.root is None:
            return self.root is other.root and self.intervals == other.intervals
        alike = self.intervals == other.intervals and self.upper == other.upper
        alike = alike and self.bass == other.bass
        return alike and self.root.same(other.root, spelled=spelled)


NO_CHORD = Chord(None, 0)
UNKNOWN = Chord(None, -1)


def parse_harte(text: str) -> Chord | None:
    """The chord in Harte's syntax with a colon or a degree in the bass, or None."""
    found = _CHORD.fullmatch(text)
    if found:
        letter, signs, quality, extra, bass = found.groups()
    else:
        found = _PLAIN.fullmatch(text)
        if found is None:
            return None
        letter, signs, extra, bass = found.groups()
        quality = "" if extra else "maj"
    quality = quality.lower()
    if quality and quality not in QUALITIES:
        return None
    mask = QUALITIES[quality] if quality else (1 if extra else QUALITIES["maj"])
    upper = UPPER.get(quality, 0)
    edited = _edited(mask, upper, extra)
    low = degree_step(bass) if bass else 0
    if edited is None or low is None:
        return None
    return Chord(letter_note(letter, signs), edited[0] | 1 << low, low, edited[1])


@lru_cache(maxsize=4096)
def harte(chord: Chord) -> str:
    """A chord in Harte's syntax, with its tones past the octave, and its bass if not the root.

    >>> harte(parse_harte("A:min7/b7")), harte(parse_harte("D:7(b9)"))
    ('A:min7/b7', 'D:7(b9)')
    """
    if chord.root is None:
        return "N" if chord.intervals == 0 else "X"
    low = f"/{_DEGREE_NAMES[chord.bass]}" if chord.bass else ""
    name = _QUALITY_NAMES.get(chord.intervals)
    if name is None and chord.bass:  # a bass that is no tone of the chord
        name = _QUALITY_NAMES.get(chord.intervals & ~(1 << chord.bass))
    if chord.upper and (chord.intervals, chord.upper) in _EXTENDED:
        return f"{chord.root.name}:{_EXTENDED[chord.intervals, chord.upper]}{low}"
    added = [] if name else [_DEGREE_NAMES[s] for s in range(1, 12) if chord.intervals >> s & 1]
    added += [degree for step, degree in _UPPER_NAMES.items() if chord.upper >> step & 1]
    extra = f"({','.join(added)})" if added or name is None else ""
    return f"{chord.root.name}:{name or ''}{extra}{low}"


def _edited(mask: int, upper: int, extra: str | None) -> tuple[int, int] | None:
    """Both masks after the degrees in brackets; ``*3`` takes the third away."""
    for part in extra.split(",") if extra else ():
        degree = _DEGREE.fullmatch(part.strip())
        if degree is None:
            return None
        step = _DEGREES[int(degree[3])] + degree[2].count("#") - degree[2].count("b")
        bit = 1 << step % 12
        if step < 12:
            mask = mask & ~bit if degree[1] else mask | bit
        else:
            upper = upper & ~bit if degree[1] else upper | bit
    return mask, upper


def degree_step(degree: str) -> int | None:
    """Semitones above the root of a degree such as "b7", 0 to 11."""
    found = _DEGREE.fullmatch(degree)
    if found is None:
        return None
    return (_DEGREES[int(found[3])] + found[2].count("#") - found[2].count("b")) % 12
