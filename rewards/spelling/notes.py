"""Notes: letters, accidentals, German and fixed-do names.

Conventions
-----------
A note is its place on the line of fifths, C = 0, G = 1, F = -1, one sharp +7:
spelled notes are equal if the places are, sounding ones if they are modulo 12.
Tonics and roots go to double accidentals: 35 of them.

==============  ==========================================================
written         forms
==============  ==========================================================
letters         ``F#``, ``Gb``, ``B b``, ``Fx``, ``Abb``, "C sharp",
                "C-sharp", "C double sharp", "B natural"
German          ``H``, ``B`` (B flat), ``Es``, ``As``, ``Fis``, ``Ces``,
                ``Heses``: beside Dur or Moll, or but for letters that
                are English names, too, as a whole text
fixed do        "re", "ré", "do#", "si bemol", "fa dièse", "sol sostenido",
                "mi bemolle": beside a mode word, or as a whole text
octaves         ``F#4``, 0 to 8 and not read; ``G7`` is a chord, "the note
                G7" a note
==============  ==========================================================
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.mentions import Mention

NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
"""Semitones of the letters above C."""
_LINE = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}
_LETTERS = "FCGDAEB"

# "Ebmaj7" and "Bbmadd9" are flat, "about" and "ebb" are words.
_FLAT = (
    r"bb?(?:(?![a-z]{2})|(?=maj|min|m[ai](?![a-z])|m(?:M|add|sus|b5)|dim|aug|sus|add|dom|dur|moll"
    r"|hdim|alt|(?:no|omit)\d))"
)
_APART = (
    r"(?-i:(?<=[A-G])\s[#b](?=\s*(?:$|[,;:/|\d-]|\.(?!\w)|m(?![a-z])|maj|min|dim|aug|dom|sus|add"
    r"|chord|triad)|\s[A-G](?![a-z])))"
)
"""A sign that a blank parts from its capital letter: "B b7"."""
ACCIDENTAL = (
    rf"(?:##|\^?#|{_APART}|\s#$|x(?![a-z])|{_FLAT}"
    r"|[\s-]*(?:double|doubly)[\s-]*(?:sharp|flat)(?:s|ed)?"
    r"|\s(?-i:[#b])(?=\s(?:maj|min|may|men|dur|moll))|[\s-]*(?:sharp|flat)s?(?!\w)|\s*♮"
    r"|[\s-]natural(?![\s-]+min)|)"
)
LETTER = rf"(?<![\w#])([A-Ga-g])({ACCIDENTAL})"
GERMAN = (
    r"(?<![\w#])(heses|asas|eses|ces(?:es)?|des(?:es)?|fes(?:es)?|ges(?:es)?|as|es|hes|bes"
    r"|(?:his|cis|dis|eis|fis|gis|ais)(?:is)?|[a-h](?:##|#|bb|b)?)"
)
_DO = {"do": "C", "ut": "C", "re": "D", "mi": "E", "fa": "F", "sol": "G", "la": "A", "si": "B"}
SOLFEGE = (
    r"(?<![\w#'])(do|ut|re|mi|fa|sol|la|si)[\s-]*"
    r"(doble[\s-]+(?:bemol|sostenido)|double[\s-]+(?:diese|bemol)|doppio[\s-]+(?:diesis|bemolle)"
    r"|diesis|diese|sostenido|sustenido|bemolle|bemol|sharp|flat|##|#|bb|b(?![a-z])|b(?=m(?![a-z])|maj|min)|)"
)
# Japanese letters, "flat B", and signs that run on into a letter.
_KANA = Pattern(r"[ハニホヘトイロ](?=[長短]調)")
_KANA_NOTES = dict(zip("ハニホヘトイロ", "CDEFGAB", strict=True))
_CHINESE = Pattern(r"([升降嬰変變])([A-Ga-g])(?![#b])")
_RUN_ON = Pattern(r"[\u3005-\u9fff](?=[A-G][#b]?\s?[大小长長短])")
_OCTAVE = Pattern(r"(?<=[A-Ga-g#b])[0-8]$")
_SEVENTH = Pattern(r"[A-Ga-g](?:[#b]{1,2}|x|[\s-]?(?:sharp|flat))?\s?7")
_WORD_ON = Pattern(
    r"(?![0-68](?![\w(°ø+Δ]))(?:[\w#°øΔ+]|'\w|\.\w|\(?[#b]\d|\((?:add|sus|maj|no|[79])|-$)"
)
_NOUN_ON = Pattern(
    r"\s+(?!(?:is|was|or|and|as|above|below|in|on|at|over|because|since|which)\b)[a-z]"
)
_DETERMINED = Pattern(r"\b(?:the|an|open|note|pitch|low|high)\s$", re.IGNORECASE)
_IS_HARMONY = Pattern(
    r"[0-8]?\s+(?:(?:flat |sharp )?(?:major|minor|maj|min|dur|moll|(?:half-)?diminished|augmented"
    r"|suspended|sus\d?|7th|seventh|dominant (?:7th|7|seventh)|power)\b|chords?\b|triad)",
    re.IGNORECASE,
)
_EXPLAINED_BY = Pattern(
    r"\b(?:tonic|root|(?:leading )?tone|second|third|fourth|fifth|sixth|seventh|octave|degree|step"
    r"|semitone|dominant|subdominant|mediant|key|scale)\s+(?:of|in|above|below|to"
    r"|from)\s+(?:the\s+)?$"
    r"|\b(?:above|below)\s+(?:the\s+|middle\s+|low\s+|high\s+)?$",
    re.IGNORECASE,
)
_LETTER_NOTE = Pattern(LETTER, re.IGNORECASE)
_GERMAN_NOTE = Pattern(rf"{GERMAN}(?<![a-g])(?<![#b])", re.IGNORECASE)
_SOLFEGE_NOTE = Pattern(SOLFEGE, re.IGNORECASE)
_ARTICLE = Pattern(
    r"^(?:(?:the|an|a)\s+)?(?:note|pitch|pitch class|tone|it is|it's)\s+", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Note:
    """A pitch class with its spelling, as a place on the line of fifths."""

    fifths: int

    @property
    def pitch_class(self) -> int:
        """Semitones above C, 0 to 11."""
        return self.fifths * 7 % 12

    @property
    def name(self) -> str:
        """``F#``, ``Bb``, ``C##``."""
        sharps, place = divmod(self.fifths + 1, 7)
        return _LETTERS[place] + ("#" * sharps if sharps >= 0 else "b" * -sharps)

    def same(self, other: Note, *, spelled: bool = False) -> bool:
        """Equal by spelling, else by sound."""
        apart = self.fifths - other.fifths
        return apart == 0 if spelled else apart % 12 == 0  # twelve fifths are seven octaves


def letter_note(letter: str, accidental: str) -> Note:
    """The note of a letter and what ``ACCIDENTAL`` (or fixed-do names) matched after it."""
    sign = accidental.strip(" -^\t\n").lower()
    if not sign or "natural" in sign or sign == "♮":
        shift = 0
    else:
        down = sign.startswith("b") or "flat" in sign or "bemol" in sign
        double = sign in ("##", "bb", "x") or sign.startswith("dou") or "dopp" in sign
        double = double or sign.startswith("doble")
        shift = (-1 if down else 1) * (2 if double else 1)
    return Note(_LINE[letter.upper()] + 7 * shift)


def german_note(name: str) -> Note:
    """The note of a German name, for text beside Dur or Moll: ``b`` is B flat."""
    name = name.lower()
    if len(name) > 1 and name[1] in "#b":  # "Bb-Dur", "F#-Moll": international letters
        return letter_note("B" if name[0] == "h" else name[0], name[1:])
    if name == "b":
        return Note(_LINE["B"] - 7)
    if name in ("as", "asas", "es", "eses"):
        return Note(_LINE[name[0].upper()] - 7 * (len(name) // 2))
    letter = "B" if name[0] in "hb" else name[0].upper()
    return Note(_LINE[letter] + 7 * (name.count("is") - name.count("es")))


def solfege_note(name: str, accidental: str) -> Note:
    """The note of a fixed-do name."""
    return letter_note(_DO[name.lower()], accidental)


def unaccented(text: str) -> str:
    """The text without accents, of the same length: spans stay true."""
    if text.isascii():
        return text
    text = _KANA.sub(lambda m: _KANA_NOTES[m[0]], text)
    text = _CHINESE.sub(lambda m: m[2] + ("#" if m[1] in "升嬰" else "b"), text)
    text = _RUN_ON.sub(" ", text)
    return "".join(map(_unaccented_character, text))


@lru_cache(maxsize=4096)
def _unaccented_character(c: str) -> str:
    return unicodedata.normalize("NFD", c)[0] if c.isalpha() else c


@lru_cache(maxsize=4096)
def parse_note(text: str) -> Note | None:
    """The note that the text is, or None.

    >>> parse_note("C double sharp").name
    'C##'
    """
    whole = unaccented(text.strip().rstrip("."))
    text = _ARTICLE.sub("", whole, count=1)
    if text == whole and _SEVENTH.fullmatch(text):
        return None
    found = _LETTER_NOTE.fullmatch(_OCTAVE.sub("", text))
    if found:
        return letter_note(found[1], found[2])
    found = _SOLFEGE_NOTE.fullmatch(text)
    if found:
        return solfege_note(found[1], found[2])
    return german_note(text) if _GERMAN_NOTE.fullmatch(text) else None


def find_notes(text: str) -> list[Mention[Note]]:
    """Notes in running text: capital letters, or letters with an accidental.

    A lone "A" before another word is the article, unless the word names a role
    ("A is the tonic"). A letter that names a key or a chord is no note, nor is one
    that only explains the note before it ("A, the fifth of D").
    """
    mentions = []
    for found in _LETTER_NOTE.finditer(text):
        if found[1].islower() and not found[2].strip():
            continue
        if _WORD_ON.match(text, found.end()):
            continue
        if found[0] == "A" and _NOUN_ON.match(text, found.end()) and not _determined(text, found):
            continue
        if _IS_HARMONY.match(text, found.end()):
            continue
        if mentions and _EXPLAINED_BY.search(text[max(0, found.start() - 40) : found.start()]):
            continue
        mentions.append(Mention(letter_note(found[1], found[2]), found.start(), found.end()))
    return mentions


def _determined(text: str, found: re.Match[str]) -> bool:
    """ "the A string": the letter before a noun is no article."""
    return _DETERMINED.search(text[max(0, found.start() - 8) : found.start()]) is not None
