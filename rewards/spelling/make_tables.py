"""Writes ``tables.json``, the tables that music21 can generate: see ``tables.py``.

Run ``python -m rewards.spelling.make_tables`` after adding an entry here or after music21
has corrected one. What a name means is taken from music21; here stands only which of its
names is which of ours, and which scale is a mode of another.

=====================  ===============================================================
scales                 ``music21.scale``; three from its copy of the Scala archive,
                       rounded to semitones; modes of those; blues with all its notes
signatures, numerals   ``music21.key.Key``, ``music21.roman.RomanNumeral``
intervals              ``music21.interval.Interval``, those that do not descend
chords, suffixes       ``music21.harmony.CHORD_TYPES``
=====================  ===============================================================
"""

from __future__ import annotations

import json
from typing import Any

from rewards.spelling.tables import FILE

_SCALES = {
    "major": "MajorScale", "minor": "MinorScale", "dorian": "DorianScale",
    "phrygian": "PhrygianScale", "lydian": "LydianScale", "mixolydian": "MixolydianScale",
    "locrian": "LocrianScale", "harmonic minor": "HarmonicMinorScale",
    "melodic minor": "MelodicMinorScale", "whole tone": "WholeToneScale",
    "chromatic": "ChromaticScale",
}  # fmt: skip
_OCTATONIC = {"half-whole octatonic": 1, "whole-half octatonic": 2}
_ARCHIVE = {
    "double harmonic": "arist_chrom", "major pentatonic": "penta_opt", "hirajoshi": "hirajoshi2",
}  # fmt: skip
_MODES = {
    "ukrainian dorian": ("harmonic minor", 4), "phrygian dominant": ("harmonic minor", 5),
    "lydian augmented": ("melodic minor", 3), "lydian dominant": ("melodic minor", 4),
    "aeolian dominant": ("melodic minor", 5), "half-diminished": ("melodic minor", 6),
    "altered": ("melodic minor", 7), "hungarian minor": ("double harmonic", 4),
    "suspended pentatonic": ("major pentatonic", 2), "minor pentatonic": ("major pentatonic", 5),
    "major blues": ("blues", 2),
}  # fmt: skip
"""Scale -> another scale, and the degree of it on which the first begins."""
_KEYS = ("major", "minor", "dorian", "phrygian", "lydian", "mixolydian", "locrian")
_QUALITIES = ("ddd", "dd", "d", "m", "P", "M", "A", "AA", "AAA")
_WIDEST = 22
_HARTE = {
    "maj": "major", "min": "minor", "aug": "augmented", "dim": "diminished",
    "sus4": "suspended-fourth", "sus2": "suspended-second", "7": "dominant-seventh",
    "maj7": "major-seventh", "min7": "minor-seventh", "minmaj7": "minor-major-seventh",
    "maj6": "major-sixth", "min6": "minor-sixth", "dim7": "diminished-seventh",
    "hdim7": "half-diminished-seventh", "aug7": "augmented-seventh", "1": "pedal", "5": "power",
    "maj9": "major-ninth", "maj11": "major-11th", "maj13": "major-13th", "min9": "minor-ninth",
    "min11": "minor-11th", "min13": "minor-13th", "9": "dominant-ninth", "11": "dominant-11th",
    "13": "dominant-13th",
}  # fmt: skip
"""In this order: the first name of the same tones is the one that is written."""
NO_SUFFIX = ("Neapolitan", "Italian", "French", "German", "pedal", "power", "Tristan")
"""Kinds that music21 writes with a name behind the root; no reader takes those for suffixes."""
_NUMERALS = {
    "major": "I I7 ii ii7 iii iii7 IV IV7 V V7 vi vi7 vii° viiø7",
    "minor": "i i7 ii° iiø7 III III7 iv iv7 v v7 V V7 VI VI7 VII VII7 vii° vii°7",
}
"""The chords of the scale, in minor those with the leading tone too."""
_SIXTHS = "It6 Fr43 Ger65 Sw43"


def make() -> dict[str, dict[str, Any]]:
    """The tables, made by music21 in about a second."""
    intervals = _intervals()
    kinds = _kinds(intervals)
    return {
        "scales": _scales(),
        "signatures": {mode: _signatures(mode) for mode in _KEYS},
        "intervals": intervals,
        "chords": {name: kinds[kind][0] for name, kind in _HARTE.items()},
        "suffixes": {
            suffix: tones
            for kind, (tones, suffixes) in kinds.items()
            for suffix in suffixes
            if kind not in NO_SUFFIX
        },
        "major numerals": _numerals("major", _NUMERALS["major"]),
        "minor numerals": _numerals("minor", _NUMERALS["minor"]),
        "augmented sixths": _numerals("minor", _SIXTHS),
    }


def _scales() -> dict[str, list[int]]:
    from music21 import scale

    made = {name: getattr(scale, made_by)("C") for name, made_by in _SCALES.items()}
    made |= {name: scale.OctatonicScale("C", order) for name, order in _OCTATONIC.items()}
    made |= {name: scale.ScalaScale("C", file) for name, file in _ARCHIVE.items()}
    up = scale.Direction.ASCENDING
    scales = {name: _steps(scale.getPitches(direction=up)) for name, scale in made.items()}
    # music21 draws some of the notes of a blues scale; all it can draw are the scale.
    blues = scale.WeightedHexatonicBlues("C")
    scales["blues"] = _steps([p for _ in range(100) for p in blues.getPitches("C4", "C5")])
    for name, (parent, degree) in _MODES.items():
        first = scales[parent][degree - 1]
        scales[name] = sorted((step - first) % 12 for step in scales[parent])
    return scales


def _steps(pitches: list[Any]) -> list[int]:
    return sorted({round(pitch.ps) % 12 for pitch in pitches})


def _signatures(mode: str) -> dict[str, int]:
    from music21.key import Key, KeySignature

    tonics = [KeySignature(sharps).asKey(mode).tonic.name for sharps in range(-7, 8)]
    return {tonic.replace("-", "b"): Key(tonic, mode).sharps for tonic in tonics}


def _intervals() -> dict[str, dict[str, int]]:
    from music21.interval import Interval, IntervalException

    found: dict[str, dict[str, int]] = {str(number): {} for number in range(1, _WIDEST + 1)}
    for number, widths in found.items():
        for quality in _QUALITIES:
            try:
                width = round(Interval(quality + number).semitones)
            except IntervalException:  # music21 knows no perfect third either
                continue
            if width >= 0:
                widths[quality] = width
    return found


def _kinds(intervals: dict[str, dict[str, int]]) -> dict[str, tuple[list[int], list[str]]]:
    """Kind of chord -> semitones above the root ("1,-3,5" names them by degrees), suffixes."""
    from music21.harmony import CHORD_TYPES

    def tone(degree: str) -> int:
        widths = intervals[degree.strip("#-")]
        natural = widths["P"] if "P" in widths else widths["M"]
        return natural + degree.count("#") - degree.count("-")

    kinds: Any = CHORD_TYPES
    return {
        kind: ([tone(degree) for degree in degrees.split(",")], suffixes)
        for kind, (degrees, suffixes) in kinds.items()
    }


def _numerals(mode: str, names: str) -> dict[str, list[int]]:
    from music21.key import Key
    from music21.roman import RomanNumeral

    found: dict[str, list[int]] = {}
    for name in names.split():
        chord = RomanNumeral(name.replace("°", "o"), Key("C", mode)).closedPosition()
        low, *others = (round(pitch.ps) for pitch in chord.pitches)
        found[name] = [low % 12, *(low % 12 + note - low for note in others)]
    return found


def text(tables: dict[str, dict[str, Any]]) -> str:
    """The file: JSON, a line for each entry."""
    rooms = []
    for name, entries in tables.items():
        lines = [f"    {_json(key)}: {_json(value)}" for key, value in entries.items()]
        rooms.append(f"  {_json(name)}: {{\n" + ",\n".join(lines) + "\n  }")
    return "{\n" + ",\n".join(rooms) + "\n}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    FILE.write_text(text(make()), encoding="utf-8")
