"""Small scores: several voices of notes with onsets, and how a text lists them.

Conventions
-----------
Times are whole ticks, ``QUARTER`` to the quarter note, so that simultaneous is
equal. Pitches are MIDI numbers: by sound, B sharp 3 is C4. A note of a list has
no length: it lasts until the next one of its voice.

====================================  =====================================
written                               read as
====================================  =====================================
``[[0, "E5", "soprano"], ...]``       one note a bracket: onset, pitch, part
``{"onset": 0, "pitch": "E5"}``       the same
``0 E5 soprano``, ``1.5, 64, 2``      one note a line; 64 is a MIDI number
``soprano: E5 D5 C5``                 one note to each onset that is given
a part with several notes at once     as many voices, the highest first
====================================  =====================================
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rewards.patterns import Pattern
from rewards.spelling.notes import NATURALS

QUARTER = 480
"""Ticks in a quarter note: 128th notes, triplets and quintuplets come out whole."""

MOST_VOICES = 8
MOST_NOTES = 1_024
_SNAP = QUARTER // 96
_PITCH = Pattern(r"([A-Ga-g])(##|#|x|bb|b|)(-1|[0-9])")
_NAMES = Pattern(r"\"?\b(?:onset|start|offset|beat|time|pitch|note|part|voice)\"?\s{0,4}[:=]")
_EDGE = Pattern(r"[\[\](){}\n]")
_ROW = Pattern(
    r"[\s,;|*-]{0,8}(\d{1,4}(?:\.\d{1,12}|/\d{1,3})?)['\"]?[\s,;:|]{1,8}"
    r"['\"]?([A-Ga-g](?:##|#|x|bb|b|)[0-9]|\d{1,3})['\"]?"
    r"(?:[\s,;:|]{1,8}['\"]?(\w[\w .-]{0,30})['\"]?)?[\s,;|]{0,8}"
)
_LABEL = Pattern(r"\s{0,8}[-*]?\s{0,4}([A-Za-z]\w{0,20}(?: \w{1,20})?)\s{0,4}[:=]\s{0,4}")

_BETWEEN = ("-", "->", "→", "and", "then")
_LEAD = 8
"""Words that may stand before the pitches of a line: "The added voice is D5 A4"."""
_DRESS = str.maketrans(dict.fromkeys(",|;[]()'\"", " "))


class Tone(NamedTuple):
    """A note: from onset to end [ticks], and its pitch (MIDI)."""

    onset: int
    end: int
    pitch: int


@dataclass(frozen=True, slots=True)
class Voice:
    """A part of which at most one note sounds at a time."""

    name: str
    tones: tuple[Tone, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """Voices, and where the bars begin [ticks], the first with number ``first_bar``."""

    voices: tuple[Voice, ...]
    bars: tuple[int, ...] = ()
    first_bar: int = 1


@lru_cache(maxsize=1024)
def midi_pitch(text: str) -> int | None:
    """The MIDI number of "F#4" or "66", or None.

    >>> midi_pitch("C4")
    60
    """
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) <= 3:
        return int(text) if int(text) <= 127 else None
    found = _PITCH.fullmatch(text)
    if not found:
        return None
    shift = {"": 0, "#": 1, "##": 2, "x": 2, "b": -1, "bb": -2}[found[2]]
    pitch = 12 * (int(found[3]) + 1) + NATURALS[found[1].upper()] + shift
    return pitch if 0 <= pitch <= 127 else None


def ticks(quarters: float) -> int:
    """Quarters as ticks; 0.33 and 0.333 are the same third."""
    exact = round(quarters * QUARTER)
    third = round(quarters * 6) * (QUARTER // 6)
    return third if abs(third - exact) <= _SNAP else exact


def voices_of(rows: Iterable[tuple[float, int, str]]) -> tuple[Voice, ...]:
    """Voices out of (onset [quarters], MIDI pitch, part), in order of appearance."""
    parts: dict[str, list[tuple[int, int]]] = {}
    for onset, pitch, part in rows:
        parts.setdefault(part, []).append((ticks(onset), pitch))
    last = max((onset for notes in parts.values() for onset, _ in notes), default=0)
    voices: list[Voice] = []
    for name, notes in parts.items():
        notes = sorted(set(notes))
        onsets = sorted({onset for onset, _ in notes})
        until = dict(zip(onsets, [*onsets[1:], max(last + QUARTER, onsets[-1] + 1)], strict=True))
        voices += strands(name, [Tone(onset, until[onset], pitch) for onset, pitch in notes])
    return tuple(voices)


def strands(name: str, tones: list[Tone]) -> list[Voice]:
    """A part as voices of one note at a time, the highest first."""
    at: dict[int, list[Tone]] = {}
    for tone in tones:
        at.setdefault(tone.onset, []).append(tone)
    most = max((len(chord) for chord in at.values()), default=0)
    if most <= 1:
        return [Voice(name, tuple(tones))]
    lines: list[list[Tone]] = [[] for _ in range(most)]
    for onset in sorted(at):
        for line, tone in zip(lines, sorted(at[onset], key=lambda t: -t.pitch), strict=False):
            line.append(tone)
    return [Voice(f"{name}.{rank}", tuple(line)) for rank, line in enumerate(lines, 1)]


def listed(text: str) -> list[tuple[float, int, str]]:
    """The (onset, pitch, part) that a text lists, in brackets or line by line."""
    if "=" in text or ":" in text:
        text = _NAMES.sub("", text)
    rows = []
    for chunk in _EDGE.split(text):
        found = _ROW.fullmatch(chunk)
        pitch = midi_pitch(found[2]) if found else None
        if found is None or pitch is None:
            continue
        over, _, under = found[1].partition("/")
        if under and not int(under):
            continue
        rows.append((float(over) / float(under or 1), pitch, (found[3] or "added").strip()))
    return rows


def sung(text: str, onsets: tuple[int, ...]) -> tuple[Voice, ...]:
    """Lines of pitch names, one name to each onset [ticks]; () where a count differs."""
    voices = []
    for line in text.split("\n"):
        label = _LABEL.match(line)
        words = line[label.end() :] if label else line
        names = [n.rstrip(".") for n in words.translate(_DRESS).split() if n not in _BETWEEN]
        first = next((i for i, n in enumerate(names[:_LEAD]) if midi_pitch(n) is not None), 0)
        names = names[first:] if not any(map(str.isdigit, "".join(names[:first]))) else names
        if not names or midi_pitch(names[0]) is None or any(map(str.isdigit, names)):
            continue
        pitches = [midi_pitch(name) for name in names]
        if None in pitches:
            continue
        if len(pitches) != len(onsets):
            return ()
        ends = (*onsets[1:], onsets[-1] + QUARTER)
        tones = tuple(
            Tone(onset, end, pitch)
            for onset, end, pitch in zip(onsets, ends, pitches, strict=True)
            if pitch is not None
        )
        voices.append(Voice(label[1] if label else f"added {len(voices) + 1}", tones))
    return tuple(voices)
