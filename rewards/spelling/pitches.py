"""Pitches, and pitches beside their times.

Conventions
-----------
A pitch is a MIDI number, 60 for C4, 69 for A4 = 440 Hz, 0 to 127; fractions are parts of a
semitone. Octave numbers are scientific, from -1 to 9, and go with the letter: B#3 is C4.

=================================  ==========
written                            read as
=================================  ==========
C4, c4, middle C                   60
F#4, F♯4, F sharp 4, Gb4           66
60, MIDI 60, C4 (60)               60
440 Hz, 0.44 kHz                   69
rest, silence, unvoiced            0 Hz
=================================  ==========
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from rewards.patterns import Pattern
from rewards.spelling.notes import NATURALS
from rewards.spelling.times import DENIAL, DENIED, MOST, Token, tokens

_I = re.IGNORECASE
_NAME = (
    r"(?<![\w#])([A-G])(##|#|x|bb|b|♮|[\s-]?(?:double[\s-])?(?:sharp|flat)[\s-]?|)"
    r"(?:[\s_](?=\d(?![.\d])))?(-1|\d)(?![\w#]|\.\d)"
)
_NAMED = Pattern(rf"{_NAME}|\b(middle\sC)\b", _I)
_NUMBER = Pattern(
    r"(?:midi(?:\snote)?(?:\snumber)?\s?[:#=]?\s?)?(\d{1,3}(?:\.\d{1,12})?)(?:\smidi)?", _I
)
_MIDI = Pattern(r"\bmidi(?:\snote)?(?:\snumber)?\s?[:#=]?\s?(\d{1,3})(?![\d.])", _I)
_HERTZ = Pattern(r"(?<![\w.])(\d{1,5}(?:\.\d{1,15})?)\s?(k?)(?:hz|hertz)\b", _I)
_REST = Pattern(r"\b(?:rests?|silence|silent|unvoiced|pause|no pitch)\b", _I)
_GLOSS = Pattern(r"\s?\(\s?(?:midi(?:\snote)?\s?)?\d{2,3}\s?\)", _I)
_LASTING = Pattern(r"\bfor\b|\blast(?:s|ing)?\b|\bdur(?:ation)?\b|\blong\b|\+|\blength\b", _I)
HIGHEST = 24_000.0
"""[Hz]"""


@dataclass(frozen=True, slots=True)
class Pitch:
    """A frequency [Hz], 0 for a rest, and where it stands in the text."""

    hertz: float
    start: int
    end: int


@lru_cache(maxsize=4096)
def parse_pitch(text: str) -> float | None:
    """The MIDI number of a text that is one pitch, or None.

    >>> parse_pitch("F#4"), parse_pitch("66"), parse_pitch("440 Hz")
    (66.0, 66.0, 69.0)
    """
    text = text.strip(" .,:;'\"[]()")
    if not text or len(text) > 40:
        return None
    midi: float | None = None
    if named := _NAMED.match(text):
        rest = text[named.end() :].strip()
        midi = _midi_of_name(named) if not rest or rest[0] in "(=," else None
    elif number := _NUMBER.fullmatch(text):
        midi = float(number[1])
    elif hertz := _HERTZ.fullmatch(text):
        midi = midi_of(float(hertz[1]) * (1000.0 if hertz[2] else 1.0))
    return midi if midi is not None and 0.0 <= midi <= 127.0 else None


def _midi_of_name(match: re.Match[str]) -> float:
    if match[4]:
        return 60.0
    sign = match[2].strip(" -").lower()
    shift = -1 if sign.startswith("b") or "flat" in sign else 1 if sign and sign != "♮" else 0
    shift *= 2 if sign in ("##", "bb", "x") or "double" in sign else 1
    return float(12 * (int(match[3]) + 1) + NATURALS[match[1].upper()] + shift)


def find_pitches(text: str) -> list[Pitch]:
    """Named pitches, frequencies and rests of a text, in order."""
    found = [
        Pitch(hertz_of(_midi_of_name(m)), m.start(), m.end())
        for m in islice(_NAMED.finditer(text), MOST)
    ]
    if "midi" in text.lower():  # beside a name it is a gloss: "C4 (MIDI 60)"
        ends = {mention.end for mention in found}
        for m in islice(_MIDI.finditer(text), MOST):
            if int(m[1]) <= 127 and not ends.intersection(range(m.start() - 4, m.start() + 1)):
                found.append(Pitch(hertz_of(float(m[1])), m.start(), m.end()))
    if "hz" in text.lower() or "hertz" in text.lower():
        for m in islice(_HERTZ.finditer(text), MOST):
            hertz = float(m[1]) * (1000.0 if m[2] else 1.0)
            found.append(Pitch(hertz if hertz <= HIGHEST else 0.0, m.start(), m.end()))
    found += [Pitch(0.0, m.start(), m.end()) for m in islice(_REST.finditer(text), MOST)]
    return sorted(found, key=lambda pitch: pitch.start)


def timed_pitches(text: str) -> list[tuple[float, float | None, float]]:
    """(start [s], end [s] or None, frequency [Hz]) of the pitches named in a folded text.

    Each pitch has the one or two times that follow it, if the text begins with a pitch, else
    those before it; "for 0.5" is how long it lasts.
    """
    pitches = find_pitches(text)
    if not pitches:
        return []
    pieces, at = [], 0
    for pitch in pitches:
        pieces += [text[at : max(at, pitch.start)], " " * (pitch.end - max(at, pitch.start))]
        at = max(at, pitch.end)
    masked = _GLOSS.sub(lambda m: " " * len(m[0]), "".join(pieces) + text[at:])
    found = tokens(masked)
    if not found:
        return []
    leads = pitches[0].start < found[0].start
    rows, j = [], 0
    for i, pitch in enumerate(pitches):
        until = len(text) if i + 1 == len(pitches) else pitches[i + 1].start
        until = until if leads else pitch.start
        own: list[Token] = []
        while j < len(found) and found[j].start < until:
            own.append(found[j])
            j += 1
        firsts = (pitch.start, own[0].start) if own else ()
        if own and not any(DENIED.search(text[max(0, at - DENIAL) : at]) for at in firsts):
            rows.append((*_start_and_end(masked, own), pitch.hertz))
    return rows


def _start_and_end(text: str, own: list[Token]) -> tuple[float, float | None]:
    start = own[0].value
    if len(own) == 1:
        return start, None
    second = own[1].value
    lasting = _LASTING.search(text[own[0].end : own[1].start]) or second <= start
    return start, start + second if lasting else second


def midi_of(hertz: float) -> float | None:
    """The MIDI number of a frequency, or None outside 0 < f <= 24 kHz."""
    return 69.0 + 12.0 * math.log2(hertz / 440.0) if 0.0 < hertz <= HIGHEST else None


def hertz_of(midi: float) -> float:
    """The frequency [Hz] of a MIDI number."""
    return 440.0 * 2.0 ** ((midi - 69.0) / 12.0)
