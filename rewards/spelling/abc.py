"""ABC notation: what is needed to judge the leading of voices, in linear time.

Conventions
-----------
ABC 2.1: accidentals hold to the end of the bar, in every octave; repeats are read
once; an incomplete first bar has number 0. A line of prose among the music is
skipped and counted.

=============================================  ===============================
read                                           not read (skipped)
=============================================  ===============================
fields M, L, K, V, also inline ``[K:Dm]``      other fields, words, comments
``octave=``, ``clef=treble-8``, ``name=``      ``transpose=``, ``middle=``
notes, accidentals, octaves, lengths, rests    chord symbols, decorations,
chords, ties, tuplets, broken rhythm, bars     slurs, grace notes, overlays
=============================================  ===============================

Source: the ABC music standard 2.1, https://abcnotation.com/wiki/abc:standard:v2.1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rewards.patterns import Pattern
from rewards.spelling.abc_fields import ALTER, bar_of, signature_of, unit_of, units_of
from rewards.spelling.notes import letter_note
from rewards.spelling.scores import MOST_NOTES, QUARTER, Piece, Tone, Voice, strands

LIMIT = 16_384
"""Longer texts are not read."""

_LENGTH = r"\d{0,3}(?:/{1,5}\d{0,3})?"
_TOKEN = Pattern(
    r"\[(?P<field>[A-Za-z]):(?P<of>[^\]\n]{0,80})\]"
    r"|(?P<skip>\"[^\"\n]{0,100}\"|![^!\s]{1,30}!|\+[a-z()<>]{1,20}\+|\{[^}\n]{0,60}\}|&[^|\n]{0,400})"
    r"|(?P<bar>\[\||:{0,4}\|{1,3}[\]:]{0,4}(?:\[?\d)?|::|\[\d)"
    r"|\((?P<tuplet>[2-9](?::\d?){0,2})"
    rf"|(?P<sign>\^\^?|__?|=)?(?P<note>[A-Ga-g])(?P<octave>[,']{{0,8}})(?P<length>{_LENGTH})(?P<tie>-?)"
    rf"|(?P<rest>[xzXZ])(?P<pause>{_LENGTH})"
    rf"|(?P<open>\[)|(?P<close>\])(?P<times>{_LENGTH})(?P<chordtie>-?)"
    r"|(?P<broken>>{1,3}|<{1,3})"
    r"|(?P<prose>[A-Za-z])"
)
_FIELD = Pattern(r"\s{0,8}([A-Za-z]):(?![|:])(.*)")
_LABEL = Pattern(
    r"\s{0,8}[-*]?\s{0,4}(soprano|alto|tenor|bass|upper|lower|treble|counterpoint|cantus)"
    r"(?: (?:voice|part|line))?\s{0,4}[:=]\s{0,4}",
    re.IGNORECASE,
)
_DECORATIONS = frozenset("HLMOPSTUVuvy")
_SEMITONES = {letter: letter_note(letter, "").pitch_class for letter in "CDEFGAB"}
_TUPLETS = {2: 3, 3: 2, 4: 3, 5: 2, 6: 2, 7: 2, 8: 3, 9: 2}
_BROKEN = {1: (1.5, 0.5), 2: (1.75, 0.25), 3: (1.875, 0.125)}


@dataclass(frozen=True, slots=True)
class Tune:
    """A read text: the piece, its header for a text that leaves it out, skipped lines."""

    piece: Piece
    header: str
    skipped: int


@dataclass(slots=True)
class _Pen:
    """Where a voice stands while it is read."""

    name: str
    signature: dict[str, int]
    unit: float
    octaves: int = 0
    time: float = 0.0
    altered: dict[str, int] = field(default_factory=dict)
    tones: list[Tone] = field(default_factory=list)
    tied: set[int] = field(default_factory=set)
    tuplet: tuple[float, int] = (1.0, 0)
    next_factor: float = 1.0
    chord: list[tuple[int, float]] | None = None
    last: tuple[int, float] = (0, 0.0)  # index of the first tone of the last event, its length


class _Reader:
    """One pass over the lines."""

    def __init__(self) -> None:
        self.pens: dict[str, _Pen] = {}
        self.signature: dict[str, int] = {}
        self.unit: float | None = None
        self.meter: float | None = None
        self.fields: dict[str, str] = {}
        self.bars: set[int] = {0}
        self.notes = 0
        self.skipped = 0
        self.pen = self._voice("1")

    def _voice(self, name: str) -> _Pen:
        if name not in self.pens:
            self.pens[name] = _Pen(name, dict(self.signature), self.unit_quarters())
        return self.pens[name]

    def unit_quarters(self) -> float:
        """Quarters in a unit length."""
        if self.unit is not None:
            return self.unit
        return 0.25 if self.meter is not None and self.meter < 3.0 else 0.5

    def set_field(self, letter: str, value: str) -> None:
        """Follow a field; those of no consequence do nothing."""
        value = value.split("%", 1)[0].strip()
        pens = [self.pen] if self.notes else list(self.pens.values())
        if letter == "V" and value:
            self._select(value)
        elif letter == "K":
            self.fields["K"] = value
            signature = signature_of(value)
            for pen in pens:
                pen.signature = signature
            if not self.notes:
                self.signature = signature
                self.pen = self.pens[next(iter(self.declared()), "1")]
        elif letter in "LM":
            self._measure(letter, value)
            for pen in pens:
                pen.unit = self.unit_quarters()

    def declared(self) -> list[str]:
        """The voices that a V field named."""
        return [word for word in self.fields.get("V", "").split("\n") if word]

    def _measure(self, letter: str, value: str) -> None:
        self.fields[letter] = value
        if letter == "L":
            self.unit = unit_of(value) or self.unit
        else:
            self.meter = bar_of(value)

    def _select(self, value: str) -> None:
        name = value.split()[0]
        if name not in self.declared():
            self.fields["V"] = f"{self.fields.get('V', '')}\n{name}"
        self.pen = self._voice(name)
        called = re.search(r'\b(?:name|nm)="?([^"\s]{1,30})', value)
        if called:
            self.pen.name = called[1]
        octave = re.search(r"\boctave=(-?\d)", value)
        clef = re.search(r"\b(?:clef=)?(?:treble|alto|tenor|bass|[gcf])([+-])8\b", value)
        if octave:
            self.pen.octaves = int(octave[1])
        elif clef:
            self.pen.octaves = 1 if clef[1] == "+" else -1

    def line(self, line: str) -> None:
        """Read one line of text."""
        found = _FIELD.fullmatch(line)
        if found:
            self.set_field(found[1], found[2])
            return
        label = _LABEL.match(line)
        if label:
            line = line[label.end() :]
        tokens = list(_TOKEN.finditer(line.split("%", 1)[0]))
        if any(token["prose"] and token["prose"] not in _DECORATIONS for token in tokens):
            self.skipped += 1
            return
        if label and any(token["note"] for token in tokens):
            self._select(label[1].lower())
        for token in tokens:
            self._token(token)
            if self.notes > MOST_NOTES:
                return
        self.pen.chord = None

    def _token(self, token: re.Match[str]) -> None:
        pen = self.pen
        if token["note"]:
            self._note(token)
        elif token["rest"]:
            whole = self.meter or 4.0
            length = units_of(token["pause"]) * (whole if token["rest"] in "XZ" else pen.unit)
            self._sound([], length, False)
        elif token["bar"]:
            pen.altered = {}
            if not token["bar"].startswith("[") or token["bar"] == "[|":
                self.bars.add(round(pen.time * QUARTER))
        elif token["open"]:
            pen.chord = []
        elif token["close"] and pen.chord is not None:
            chord, pen.chord = pen.chord, None
            if chord:
                length = chord[0][1] * units_of(token["times"])
                self._sound([pitch for pitch, _ in chord], length, bool(token["chordtie"]))
        elif token["broken"]:
            self._break(token["broken"])
        elif token["tuplet"]:
            p, q, r = (*(int(n) if n else 0 for n in token["tuplet"].split(":")), 0, 0)[:3]
            pen.tuplet = ((q or _TUPLETS[p]) / p, r or p)
        elif token["field"]:
            self.set_field(token["field"], token["of"])

    def _note(self, token: re.Match[str]) -> None:
        pen, letter = self.pen, token["note"].upper()
        if token["sign"]:
            pen.altered[letter] = ALTER[token["sign"]]
        alter = pen.altered.get(letter, pen.signature.get(letter, 0))
        octave = 5 if token["note"].islower() else 4
        octave += token["octave"].count("'") - token["octave"].count(",") + pen.octaves
        pitch = min(127, max(0, 12 * (octave + 1) + _SEMITONES[letter] + alter))
        length = units_of(token["length"]) * pen.unit
        if pen.chord is not None:
            pen.chord.append((pitch, length))
        else:
            self._sound([pitch], length, bool(token["tie"]))

    def _sound(self, pitches: list[int], length: float, tie: bool) -> None:
        """Write a note, a chord or (no pitch) a rest."""
        pen = self.pen
        factor, left = pen.tuplet
        if left:
            length *= factor
            pen.tuplet = (factor, left - 1)
        length *= pen.next_factor
        pen.next_factor = 1.0
        onset, end = round(pen.time * QUARTER), round((pen.time + length) * QUARTER)
        pen.last = (len(pen.tones), length)
        recent = range(len(pen.tones) - 1, max(-1, len(pen.tones) - 9), -1)
        for pitch in pitches:
            held = (i for i in recent if pen.tones[i][1:] == (onset, pitch))
            at = next(held, None) if pitch in pen.tied else None
            if at is not None:
                pen.tones[at] = pen.tones[at]._replace(end=end)
            elif end > onset:
                pen.tones.append(Tone(onset, end, pitch))
                self.notes += 1
        pen.tied = set(pitches) if tie else set()
        pen.time += length

    def _break(self, sign: str) -> None:
        pen = self.pen
        longer, shorter = _BROKEN[len(sign)]
        first, second = (longer, shorter) if sign[0] == ">" else (shorter, longer)
        at, length = pen.last
        pen.time += length * (first - 1.0)
        end = round(pen.time * QUARTER)
        pen.tones[at:] = [tone._replace(end=end) for tone in pen.tones[at:]]
        pen.last = (at, 0.0)
        pen.next_factor = second


def parse_abc(text: str, header: str = "") -> Tune | None:
    """Read a tune, or None where there is no note, or too much text.

    Args:
        text: up to ``LIMIT`` characters; up to ``MOST_NOTES`` notes are read.
        header: fields that hold until the text has its own.

    >>> parse_abc("K:D\\nF2").piece.voices[0].tones[0].pitch
    66
    """
    if len(text) > LIMIT:
        return None
    reader = _Reader()
    for line in f"{header}\n{text}".split("\n"):
        reader.line(line.rstrip("\\\r "))
        if reader.notes > MOST_NOTES:
            return None
    voices: list[Voice] = []
    for identifier, pen in reader.pens.items():
        if pen.tones:
            taken = any(voice.name == pen.name for voice in voices)
            voices += strands(f"{pen.name} {identifier}" if taken else pen.name, pen.tones)
    if not voices:
        return None
    end = max(tone.end for voice in voices for tone in voice.tones)
    bars = tuple(sorted(bar for bar in reader.bars if bar < end))
    short = len(bars) > 1 and reader.meter is not None and bars[1] < reader.meter * QUARTER
    fields = {"L": "1/16" if reader.unit_quarters() < 0.5 else "1/8"} | reader.fields
    shown = "\n".join(f"{name}:{fields[name]}" for name in "MLK" if fields.get(name))
    return Tune(Piece(tuple(voices), bars, 0 if short else 1), shown, reader.skipped)
