"""Meters: time signatures, their names, and their grouping classes.

Conventions
-----------
A meter is beats over a unit; the unit is None where only the grouping is said
("triple meter"). Numerators go from 1 to 32, units are powers of two to 64.

======================  ==============  =====================================
grouping class          meters          names
======================  ==============  =====================================
duple                   2, 4, 8, 16/x   "duple meter", "quadruple meter"
triple                  3/x             "triple meter"
compound duple          6/x, 12/x       "compound duple"
compound triple         9/x             "compound triple"
either of the two                       "compound meter"
n                       5/x, 7/x, ...   "quintuple", "septuple"
======================  ==============  =====================================

"common time" is 4/4, "cut time" and "alla breve" 2/2, "waltz time" 3/4; "in
three" is 3/4, "in six" 6/8, "in two" 2/4; "3+2/8" and "3/8 + 2/8" are 5/8. "Six eighth
notes per bar" is 6/8, and so are two dotted quarters; "four beats per bar" leaves the
unit open, unless the text says what gets the beat. German, French, Spanish, Italian, Chinese
and Japanese names are read too ("Sechsachteltakt", "trois-quatre", "tres por cuatro", "tre
quarti", "四三拍"). What only says how a signature is felt or filled ("6/8, felt in two",
"4/4, eight eighth notes per bar") is no second meter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.mentions import Mention
from rewards.spelling.numbers import CHINESE, COUNTS

_COUNTS = {word: number for word, number in COUNTS.items() if 2 <= number <= 12}
_UNITS = {"one": 1, "two": 2, "half": 2, "four": 4, "quarter": 4, "eight": 8, "eighth": 8,
          "sixteen": 16, "sixteenth": 16}  # fmt: skip
_NAMED: dict[str, tuple[int, int | None]] = {
    "common time": (4, 4), "common meter": (4, 4), "common metre": (4, 4), "cut common": (2, 2),
    "cut time": (2, 2), "alla breve": (2, 2), "waltz": (3, 4), "imperfect time": (4, 4),
    "simple duple": (2, None), "simple triple": (3, None), "simple quadruple": (4, None),
    "compound duple": (6, None), "compound triple": (9, None), "compound quadruple": (12, None),
    "duple": (2, None), "triple": (3, None), "quadruple": (4, None), "quintuple": (5, None),
    "compound time": (0, None), "compound meter": (0, None), "compound metre": (0, None),
    "compound": (0, None), "tempo ordinario": (4, 4), "perfect time": (3, 4),
    "deux temps": (2, None), "trois temps": (3, None), "quatre temps": (4, None),
    "dos tiempos": (2, None), "tres tiempos": (3, None), "cuatro tiempos": (4, None),
    "zweiertakt": (2, None), "dreiertakt": (3, None), "vierertakt": (4, None),
    "compasillo": (4, 4), "septuple": (7, None), "binary": (2, None), "ternary": (3, None),
}  # fmt: skip
_DEFAULT_UNIT = {2: 4, 3: 4, 4: 4, 5: 4, 6: 8, 7: 8, 8: 8, 9: 8, 12: 8}

_NOTE_UNITS = {"half": 2, "minim": 2, "quarter": 4, "crotchet": 4, "eighth": 8, "quaver": 8,
               "sixteenth": 16, "semiquaver": 16}  # fmt: skip

_GERMAN_COUNTS = {"zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "neun": 9,
                  "zwölf": 12}  # fmt: skip
_GERMAN_UNITS = {"halbe": 2, "viertel": 4, "achtel": 8}
_ROMANCE_COUNTS = {
    "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "nueve": 9, "doce": 12,
    "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "neuf": 9, "douze": 12,
    "due": 2, "tre": 3, "quattro": 4, "cinque": 5, "sei": 6, "sette": 7, "nove": 9, "dodici": 12,
}  # fmt: skip
_ROMANCE_UNITS = {"dos": 2, "cuatro": 4, "ocho": 8, "deux": 2, "quatre": 4, "huit": 8, "mezzi": 2,
                  "quarti": 4, "ottavi": 8, "cuartos": 4, "octavos": 8}  # fmt: skip
_SIGNS = {sign: n for n, sign in enumerate(CHINESE)} | {"十二": 12, "十六": 16}

_COUNT = "|".join(_COUNTS)
_SUM = Pattern(r"(?<![\w/.+-])\d{1,2}\s*/\s*(\d{1,2})(?:\s*\+\s*\d{1,2}\s*/\s*\1){1,7}(?![\d/])")
_FRACTION = Pattern(
    r"(?<![\w/.+-])(\d{1,2}(?:\s*\+\s*\d{1,2}){0,7})\s*/\s*(\d{1,2})(?![\d/])(?!\.\d)"
    r"|(?<![\w/.+-])\((\d{1,2}(?:\s*\+\s*\d{1,2}){1,7})\)\s*/\s*(\d{1,2})(?![\d/])"
)
_HYPHEN = Pattern(
    r"(?<![\w/.-])(\d{1,2})\s?(?:-|over|:|\s)\s?(\d{1,2})(?=\s*-?(?:time|met(?:er|re)|signature|feel|bar|beat)\b|$)",
    re.IGNORECASE,
)
_WORDS = Pattern(
    rf"\b({_COUNT})(?:[\s-]+(?:over[\s-]+)?|/)({'|'.join(_UNITS)})s?\b(?!\s*(?:beats|pulses|bars|-?notes?\b|rests?\b|per\b))",
    re.IGNORECASE,
)
_NAME = "|".join(sorted(_NAMED, key=len, reverse=True)).replace(" ", "[ -]")
_NAMES = Pattern(rf"\b({_NAME})\b(?!-)", re.IGNORECASE)
_GERMAN = Pattern(
    rf"\b({'|'.join(_GERMAN_COUNTS)})[\s-]?({'|'.join(_GERMAN_UNITS)})(?:[\s-]?takt)?\b",
    re.IGNORECASE,
)
_ROMANCE = Pattern(
    rf"\b({'|'.join(_ROMANCE_COUNTS)})(?:[\s-]|\s(?:por|par)\s)({'|'.join(_ROMANCE_UNITS)})\b",
    re.IGNORECASE,
)
_SIGN = r"十[二六]|[一二三四五六七八九]"
_EASTERN = Pattern(
    rf"(\d{{1,2}}|{_SIGN})(?:分の|分之)(\d{{1,2}}|{_SIGN})(?:拍|$)"
    rf"|([二四八]|十六)({_SIGN})拍"
)
_ITEMS = Pattern(
    r"\b(?:numerator|(?:top|upper) number|beats[ _]per[ _](?:bar|measure))"
    r"(?: is|:| =)? ?(\d{1,2}|[a-z]{3,9})\b[,;.]? (?:and )?(?:the |a )?"
    r"(?:denominator|(?:bottom|lower) number|beat[ _](?:unit|value))(?: is|:| =| of)? ?"
    r"(\d{1,2}|[a-z]{3,9})\b",
    re.IGNORECASE,
)
_IN = Pattern(
    r"\bin (?:an? )?(?:(?:slow|fast|brisk|quick|gentle|moderate|steady|easy|lilting) )?"
    rf"({_COUNT}|\d{{1,2}})"
    r"(?=\s*(?:$|[.,;!?)]|time|met(?:er|re)|feel|or\b|and\b|but\b|not\b))",
    re.IGNORECASE,
)
_AROUND = Pattern(
    r"^(?:an?|the|in(?=\s+\d))\s+|^(?:the )?(?:time signature|met(?:er|re)|time)\s*(?:is|:|=)?\s+"
    r"|[\s-]*(?:time signature|time|met(?:er|re)|feel|signature|takt)?[\s.]*$",
    re.IGNORECASE,
)
_PER_BAR = Pattern(
    rf"\b({_COUNT}|\d{{1,2}})\s+(dotted[\s-]+)?(?:({'|'.join(_NOTE_UNITS)})s?(?:[\s-]+notes?)?"
    r"(?:[\s-]+(?:beats?|pulses?))?|(?:main |strong )?(?:beats?|pulses|counts))"
    r"\s+(?:per|an?|in (?:an?|each|every|the)|to (?:an?|the|each)|each|every|for each)"
    r"\s+(?:bar|measure)s?\b",
    re.IGNORECASE,
)
_BEAT_UNIT = Pattern(
    rf"\b(dotted[\s-])?({'|'.join(_NOTE_UNITS)})(?:[\s-]note)?s? (?:(?:gets?|getting|receives?"
    r"|receiving|has|takes?|carr(?:ies|ying)|is|are|as|equals?|equal to|represents?|counts? as)"
    r" (?:the|one|a|each) (?:main )?(?:beat|pulse)|(?:beats?|pulses?)\b)"
    rf"|\b(?:each|every|one|the) (?:beat|pulse) (?:is|being|equals?|equal to|gets?) "
    rf"(?:an? |the |one )?(dotted[\s-])?({'|'.join(_NOTE_UNITS)})\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Meter:
    """Beats over a unit; ``unit`` None where only the grouping is known.

    No beats at all stand for "compound": groups of three, it is not said how many.
    ``simple`` where the text says so: beats that divide by two.
    """

    beats: int
    unit: int | None
    simple: bool = field(default=False, compare=False)

    @property
    def grouping(self) -> str:
        """The class in which meters are felt alike."""
        named = {0: "compound", 2: "duple", 4: "duple", 8: "duple", 16: "duple",
                 3: "triple"}  # fmt: skip
        compound = {6: "compound duple", 12: "compound duple", 9: "compound triple"}
        return named.get(self.beats) or compound.get(self.beats) or str(self.beats)

    @property
    def name(self) -> str:
        """``6/8``, or the grouping class."""
        return f"{self.beats}/{self.unit}" if self.unit else self.grouping


def _meter(beats: int, unit: int | None) -> Meter | None:
    if (
        not 0 <= beats <= 32
        or (beats == 0 and unit)
        or (unit is not None and unit not in (1, 2, 4, 8, 16, 32, 64))
    ):
        return None
    return Meter(beats, unit)


@lru_cache(maxsize=4096)
def parse_meter(text: str) -> Meter | None:
    """The meter that the text names and nothing else, or None.

    >>> parse_meter("six-eight time").name
    '6/8'
    """
    text = _AROUND.sub("", text.strip())
    if text in ("C", "c"):
        return Meter(4, 4)
    if text in ("C|", "¢", "₵"):
        return Meter(2, 2)
    for whole in (text, f"{text} time"):
        found = [m for m in find_meters(whole) if m.start == 0 and m.end >= len(text)]
        if len(found) == 1:
            return found[0].value
    return None


def find_meters(text: str) -> list[Mention[Meter]]:
    """The meters that a text names, in order; groupings give way to a signature of that class."""
    found: dict[int, Mention[Meter]] = {}

    def add(match: re.Match[str], meter: Meter | None) -> None:
        free = not any(m.start < match.end() and match.start() < m.end for m in found.values())
        if meter is not None and free:
            found[match.start()] = Mention(meter, match.start(), match.end())

    for m in _SUM.finditer(text):
        parts = re.findall(r"(\d{1,2})\s*/", m[0])
        add(m, _meter(sum(map(int, parts)), int(m[1])))
    for m in _FRACTION.finditer(text):
        beats = sum(int(part) for part in (m[1] or m[3]).split("+"))
        add(m, _meter(beats, int(m[2] or m[4])))
    for m in _HYPHEN.finditer(text):
        add(m, _meter(int(m[1]), int(m[2])))
    for m in _WORDS.finditer(text):
        add(m, _meter(_COUNTS[m[1].lower()], _UNITS[m[2].lower()]))
    for m in _GERMAN.finditer(text):
        add(m, _meter(_GERMAN_COUNTS[m[1].lower()], _GERMAN_UNITS[m[2].lower()]))
    for m in _ROMANCE.finditer(text):
        add(m, _meter(_ROMANCE_COUNTS[m[1].lower()], _ROMANCE_UNITS[m[2].lower()]))
    if not text.isascii():
        for m in _EASTERN.finditer(text):
            add(m, _meter(_signed(m[2] or m[4]), _signed(m[1] or m[3])))
    for m in _ITEMS.finditer(text):
        add(m, _meter(_count(m[1]), _count(m[2])))
    for m in _NAMES.finditer(text):
        name = m[1].lower().replace("-", " ")
        loose = _meter(*_NAMED[name])
        add(m, replace(loose, simple=True) if loose and name.startswith("simple") else loose)
    written = [m.value for m in found.values() if m.value.unit]
    for m in _IN.finditer(text):
        beats = _count(m[1])
        if not any(_felt_in(meter, beats) for meter in written):
            add(m, _meter(beats, _DEFAULT_UNIT.get(beats)))
    for m in _PER_BAR.finditer(text):
        got = _per_bar(m, text)
        if got is not None and not any(_fills(meter, got) for meter in written):
            add(m, got)
    mentions = [found[start] for start in sorted(found)]
    exact = [m.value for m in mentions if m.value.unit]
    return [m for m in mentions if m.value.unit or not _describes(m.value, exact)]


def _per_bar(match: re.Match[str], text: str) -> Meter | None:
    """The meter of so many beats, or notes of a name, in a bar; the text may say the unit."""
    beats, unit, dotted = _count(match[1]), _NOTE_UNITS.get((match[3] or "").lower()), match[2]
    said = None if unit else _BEAT_UNIT.search(text)
    if said:
        dotted, unit = said[1] or said[3], _NOTE_UNITS[(said[2] or said[4]).lower()]
    if not dotted:
        return _meter(beats, unit)
    # A dotted note has three of the next smaller ones.
    return _meter(3 * beats, 2 * unit) if unit else None


def _felt_in(meter: Meter, beats: int) -> bool:
    """Is a signature felt in so many beats? "6/8 in two", "4/4 in two", "3/4 in one"."""
    compound = meter.beats % 3 == 0 and meter.beats == 3 * beats
    return compound or beats == meter.beats or (meter.beats, beats) == (4, 2)


def _fills(meter: Meter, got: Meter) -> bool:
    """Do the notes or beats just fill the bar of the signature?"""
    if got.unit is None or meter.unit is None:
        return False
    return got.beats * meter.unit == meter.beats * got.unit


def _count(word: str) -> int:
    """The number of a word or of digits; 99, which no meter has, for another word."""
    word = word.lower()
    return _COUNTS.get(word) or _UNITS.get(word) or (int(word) if word.isdigit() else 99)


def _signed(word: str) -> int:
    """The number of digits or of Chinese signs."""
    return int(word) if word.isdigit() else _SIGNS[word]


def _describes(loose: Meter, exact: list[Meter]) -> bool:
    """ "3/4, a triple meter": the second says nothing else."""
    if loose.beats == 0:
        return any(meter.beats > 3 and meter.beats % 3 == 0 for meter in exact)
    same = any(loose.grouping == meter.grouping or loose.beats == meter.beats for meter in exact)
    # Six eighths are felt as two beats, nine as three.
    felt = not loose.simple and any(
        meter.grouping == f"compound {loose.grouping}" for meter in exact
    )
    return same or felt
