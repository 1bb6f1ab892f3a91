"""One piece of text between blanks, read once: notes, symbols, numbers and the words of music.

Conventions
-----------
``lex`` turns a piece ("(F#m7,") into tokens, each of one kind and, for most kinds, with a
value. A piece is looked up after its first reading: prose has few different ones.

====  =====================  =============================  ====================
kind  is                     written                        value
====  =====================  =============================  ====================
N     note                   F#, Bb, E-flat, G, H, Fis      Note
A     note or article        A                              Note
n     note or letter         a to g, f#                     Note
C     chord symbol           Am7, D/F#, A:min7              Chord
R     Roman numeral          V7, ii, viio7                  its form
I     numeral or pronoun     I, i                           its form
0     number                 88, ~81, twelve                float
X     meter                  6/8                            its name
T     time                   0:45                           seconds
M     mode                   major, min, Moll               "major" or "minor"
O     other mode             dorian, pentatonic             its name
G     German key             h-Moll, B-Dur                  Key
s     signs                  sharp, flats, naturals         "sharp", "flat", "natural"
q     quality of a chord     diminished, dominant, sus4
d     number of an interval  third, octave
v     interval               P5, m6                         its name
k     chord                  chord, triad, harmony
y     key                    key, tonality, tonic
u     unit of tempo          bpm
w     any other word
-     dash or arrow          -, ->, |, /
,     comma; also ; : ( )    as written
.     end of a sentence      . ! ?, end of a line
====  =====================  =============================  ====================
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from rewards.spelling.chords import parse_chord
from rewards.spelling.keys import parse_key
from rewards.spelling.meters import parse_meter
from rewards.spelling.notes import german_note, letter_note
from rewards.spelling.numbers import COUNTS
from rewards.spelling.romans import parse_roman

LONGEST = 64
"""A piece without blanks that is longer is no word and no symbol."""


class Token(NamedTuple):
    """Kind, value, span in the folded text, and the word in lower case."""

    kind: str
    value: Any
    start: int
    end: int
    word: str


_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBERS = COUNTS | {word: 20 + 10 * place for place, word in enumerate(_TENS)}
_NUMBERS["hundred"] = 100
_KINDS = {
    "M": (
        "major=major maj=major dur=major mayor=major majeur=major maggiore=major "
        "minor=minor min=minor moll=minor menor=minor mineur=minor minore=minor"
    ),
    "O": (
        "dorian phrygian lydian mixolydian locrian ionian=major aeolian=minor pentatonic blues "
        "chromatic whole-tone octatonic harmonic melodic"
    ),
    "s": "sharp sharps=sharp flat flats=flat natural naturals=natural",
    "q": (
        "diminished dim augmented aug half-diminished dominant suspended sus sus4 sus2 seventh "
        "7th ninth 9th sixth 6th eleventh 11th thirteenth 13th half fully fully-diminished added "
        "power"
    ),
    "d": (
        "unison second third fourth fifth octave tenth twelfth fifteenth tritone 2nd 3rd 4th 5th "
        "8ve octaves"
    ),
    "k": "chord chords triad triads harmony harmonies arpeggio sonority dominant-seventh",
    "y": "key keys tonality scale tonic home centre center mode",
    "u": "bpm",
}
WORDS: dict[str, tuple[str, str]] = {}
for _kind, _words in _KINDS.items():
    for _word in _words.split():
        _name, _, _value = _word.partition("=")
        WORDS[_name] = (_kind, _value or _name)

_NOTE = re.compile(r"([A-Ga-g])(##|#|bb|b|x|)([0-8]?)")
_GERMAN_NOTE = re.compile(r"H|[CDEFGA]is")
"""German names of notes that are no words of other tongues."""
_CHORD = re.compile(
    r"[A-G](?:##?|bb?)?(?:m(?![a-ln-z])|maj|min|m[ai]\d|dim|aug|sus|add|alt|no\d|M|Δ|°|ø|\^|\+"
    r"|-[Δ°ø\d]|\d|/[A-G#b\d]"
    r"|:|\(|b\d|#\d|o7)[\w#+°øΔ^/(),:-]*"
)
_TAIL = re.compile(
    r"(?:m(?:in?)?|(?:m|m?M)aj?|m?M|o)(?=[\d(/])|(?:m|min)?[Δ°ø^]|\d{1,2}(?:[#b]|sus|alt|add)"
    r"|m(?=[,;:)]|$)"
)
"""What goes on with the symbol of a chord behind a blank: "G mM7", "C 7#9"; no word, no figure."""
_ROMAN = re.compile(
    r"[#b]{0,2}(?:VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i|N6|Cad|K6|Ger|It\+?6|Fr\+?6)"
    r"[\w°ø+/#]*"
)
_INTERVAL = re.compile(r"P[1458]|[Mm](?:[23679]|10)")
_FORM = re.compile(r"(?=a+'?b)a[abcd']{1,15}")
_TIME = re.compile(r"(\d{1,2}):([0-5]\d)(?:\.\d+)?")
_METER = re.compile(r"\d{1,2}/\d{1,2}")
_FIGURE = re.compile(r"[~=@c]?(?:ca\.?)?(\d{1,4}(?:\.\d{1,3})?)(bpm|BPM|ish|hz|s|ms|k|x|%)?")
_GERMAN = re.compile(r"(?:[A-Ha-h]|[A-Ha-h](?:is|es|s))-?(?:Dur|dur|Moll|moll)")
_OPENING = "([{\"'*_<"
_CLOSING = ".,;:!?)]}\"'*_>"
_SPLIT = re.compile(r"->|=>|-+>?|>|\||~|=|\+|\.\.+|[,;()]|(?<!\d):|:(?!\d)")
_STROKE = re.compile("/")
_APOSTROPHE_S = re.compile(r"'(?:s|d|re|ll|m|ve)$")
_SIGNS = {"->": "-", "=>": "-", ">": "-", "|": "-", "/": "/", "~": "w", "=": "w", "+": "w"}


@lru_cache(maxsize=32768)
def lex(piece: str) -> tuple[Token, ...]:
    """The tokens of a piece without blanks, or of the end of a line; spans from its start.

    >>> [(t.kind, t.word) for t in lex("(F#m7,")]
    [('(', '('), ('C', 'f#m7'), (',', ',')]
    """
    if piece == "\n":
        return (Token(".", None, 0, 1, piece),)
    found: list[Token] = []
    start, end = 0, len(piece)
    while start < end and piece[start] in _OPENING:
        if piece[start] in "([":
            found.append(Token("(", None, start, start + 1, "("))
        start += 1
    tail: list[Token] = []
    while end > start and piece[end - 1] in _CLOSING:
        sign = piece[end - 1]
        if sign in ")]" and piece[start:end].count("(") >= piece[start:end].count(")") > 0:
            break  # "G7(b9)" keeps its bracket
        if sign in ".!?" and piece[end - 3 : end] == "...":
            tail.append(Token(",", None, end - 3, end, ","))
            end -= 3
            continue
        if sign in ",;:.!?)]":
            kind = {"]": ")", "!": ".", "?": "."}.get(sign, sign)
            tail.append(Token(kind, None, end - 1, end, sign))
        end -= 1
    if end > start:
        found += _core(piece[start:end], start)
    return (*found, *reversed(tail))


def goes_on(piece: str) -> bool:
    """May a piece go on with the symbol of a chord whose root stands before it?"""
    return _TAIL.match(piece) is not None


def _core(text: str, at: int) -> list[Token]:
    """The tokens of a piece without its outer signs."""
    if len(text) > LONGEST:
        return [Token("w", None, at, at + len(text), "")]
    one = _one(text)
    if one is not None:
        return [Token(one[0], one[1], at, at + len(text), text.lower())]
    cut = _APOSTROPHE_S.search(text)
    if cut and cut.start() and "-" not in text:
        head = _core(text[: cut.start()], at)
        return [*head, Token("w", None, at + cut.start(), at + len(text), cut[0])]
    parted = _SPLIT.search(text)
    if not parted and "/" not in text:
        return [Token("w", None, at, at + len(text), text.lower())]
    found: list[Token] = []
    past = 0
    for sign in (_SPLIT if parted else _STROKE).finditer(text):
        if sign.start() > past:
            found += _part(text[past : sign.start()], at + past)
        kind = _SIGNS.get(sign[0], sign[0] if sign[0] in ",;:()" else "-")
        kind = "," if sign[0].startswith("..") else kind
        found.append(Token(kind, None, at + sign.start(), at + sign.end(), sign[0]))
        past = sign.end()
    if past < len(text):
        found += _part(text[past:], at + past)
    return found


def _part(text: str, at: int) -> list[Token]:
    """What stands between signs: "V7/V" of "V7/V-V7-I" is one token, "C/then" is not."""
    one = _one(text)
    if one is None and "/" in text:
        return _core(text, at)
    kind, value = one if one is not None else ("w", None)
    return [Token(kind, value, at, at + len(text), text.lower())]


def _one(text: str) -> tuple[str, Any] | None:
    """Kind and value of what is one symbol or one word of the tables, else None."""
    lower = text.lower()
    if lower in WORDS:
        return WORDS[lower]
    first = text[0]
    if first.isdigit() or (first in "~=@c" and text[-1] in "0123456789mMxs"):
        return _figure(text)
    note = _NOTE.fullmatch(text)
    if note and note[3] in ("", "2", "3", "4"):
        value = letter_note(note[1], note[2])
        if text == "A":
            return "A", value
        return ("N" if note[1].isupper() else "a" if text == "a" else "n"), value
    if _GERMAN_NOTE.fullmatch(text):
        return "N", german_note(text)
    if first in "PMm" and _INTERVAL.fullmatch(text):
        return "v", text
    if "A" <= first <= "G" and _CHORD.fullmatch(text):
        chord = parse_chord(text)
        if chord is not None and chord.root is not None:
            return "C", chord
    if first in "IViv#bNCKGF" and _ROMAN.fullmatch(text):
        form = parse_roman(text)
        if form is not None:
            return ("I" if text in ("I", "i") else "R"), form
    if _FORM.fullmatch(lower):
        return "L", lower.upper()
    if lower in _NUMBERS:
        return "0", float(_NUMBERS[lower])
    if lower.endswith(("dur", "moll")) and _GERMAN.fullmatch(text):
        key = parse_key(text if "-" in text else text.replace("dur", "-dur"))
        return None if key is None else ("G", key)
    return None


def _figure(text: str) -> tuple[str, Any] | None:
    time = _TIME.fullmatch(text)
    if time:
        return "T", 60.0 * int(time[1]) + int(time[2])
    if _METER.fullmatch(text):
        meter = parse_meter(text)
        return None if meter is None else ("X", meter.name)
    number = _FIGURE.fullmatch(text)
    if number is None:
        return None
    if number[2] and number[2].lower() == "bpm":
        return "B", float(number[1])
    return ("0", float(number[1])) if number[2] in (None, "ish") else ("w", None)
