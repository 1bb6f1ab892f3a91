"""Modes and scales: a tonic, or none, and the notes above it.

Conventions
-----------
``steps`` is the set of semitones above the tonic, as a mask of 12 bits. Names are read in
English, German, French, Spanish and Italian. "A minor" is the natural scale, like A
aeolian; harmonic and melodic (ascending) minor are scales of their own.

=====================  ========================================================
name                   semitones
=====================  ========================================================
major, ionian          0 2 4 5 7 9 11
minor, aeolian         0 2 3 5 7 8 10
dorian                 0 2 3 5 7 9 10
phrygian               0 1 3 5 7 8 10
lydian                 0 2 4 6 7 9 11
mixolydian             0 2 4 5 7 9 10
locrian                0 1 3 5 6 8 10
harmonic minor         0 2 3 5 7 8 11
melodic minor          0 2 3 5 7 9 11
major pentatonic       0 2 4 7 9
minor pentatonic       0 3 5 7 10
blues                  0 3 5 6 7 10
whole tone             0 2 4 6 8 10
octatonic              0 2 3 5 6 8 9 11, or 0 1 3 4 6 7 9 10 ("half-whole")
phrygian dominant      0 1 4 5 7 8 10
lydian dominant        0 2 4 6 7 9 10
double harmonic        0 1 4 5 7 8 11
hungarian minor        0 2 3 6 7 8 11
chromatic              all
=====================  ========================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.harte import mask_of
from rewards.spelling.keys import find_keys
from rewards.spelling.mentions import Mention
from rewards.spelling.notes import LETTER, SOLFEGE, Note, letter_note, solfege_note, unaccented

_SCALES: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("phrygian dominant", r"phrygian[\s-]+(?:dominant|major)|spanish phrygian|freygish|hijaz",
     (0, 1, 4, 5, 7, 8, 10)),
    ("lydian dominant", r"lydian[\s-]+dominant|acoustic(?=\s+scale)|overtone(?=\s+scale)",
     (0, 2, 4, 6, 7, 9, 10)),
    ("double harmonic", r"double[\s-]+harmonic(?:[\s-]+major)?|byzantine",
     (0, 1, 4, 5, 7, 8, 11)),
    ("hungarian minor", r"hungarian[\s-]+minor|gypsy[\s-]+minor", (0, 2, 3, 6, 7, 8, 11)),
    ("harmonic minor", r"harmonic[\s-]+minor|minor[\s-]+harmonic|harmonisch(?:es)?[\s-]+moll"
     r"|moll[\s-]+harmonisch|menor[\s-]+armonica|mineur[\s-]+harmonique|minore[\s-]+armonica",
     (0, 2, 3, 5, 7, 8, 11)),
    ("melodic minor", r"(?:ascending[\s-]+)?melodic[\s-]+minor|jazz[\s-]+minor"
     r"|melodisch(?:es)?[\s-]+moll|menor[\s-]+melodica|mineur[\s-]+melodique"
     r"|minore[\s-]+melodica", (0, 2, 3, 5, 7, 9, 11)),
    ("minor pentatonic", r"minor[\s-]+pentatonic|pentatonic[\s-]+minor|mollpentatonik"
     r"|pentatonica[\s-]+menor", (0, 3, 5, 7, 10)),
    ("major pentatonic", r"(?:major[\s-]+)?pentatonic(?:[\s-]+major)?|durpentatonik"
     r"|pentatonica[\s-]+mayor", (0, 2, 4, 7, 9)),
    ("blues", r"(?:minor[\s-]+)?blues(?=\s+scale|\s*$)", (0, 3, 5, 6, 7, 10)),
    ("whole tone", r"whole[\s-]+tone|ganzton(?:leiter)?", (0, 2, 4, 6, 8, 10)),
    ("half-whole octatonic", r"half[\s-]+whole(?:[\s-]+(?:diminished|octatonic))?",
     (0, 1, 3, 4, 6, 7, 9, 10)),
    ("octatonic", r"octatonic|(?:whole[\s-]+half[\s-]+)?diminished(?=\s+scale)",
     (0, 2, 3, 5, 6, 8, 9, 11)),
    ("chromatic", r"chromatic", tuple(range(12))),
    ("mixolydian", r"mi[xs]{1,2}olyd(?:ian|isch|ien)|mi[xs]{1,2}olidi[oa]",
     (0, 2, 4, 5, 7, 9, 10)),
    ("dorian", r"dori(?:an|sch|en|c[oa])", (0, 2, 3, 5, 7, 9, 10)),
    ("phrygian", r"phryg(?:ian|isch|ien)|frigi[oa]", (0, 1, 3, 5, 7, 8, 10)),
    ("lydian", r"lyd(?:ian|isch|ien)|lidi[oa]", (0, 2, 4, 6, 7, 9, 11)),
    ("locrian", r"locr(?:ian|ien|i[oa])|lokrisch", (0, 1, 3, 5, 6, 8, 10)),
    ("minor", r"(?:natural[\s-]+)?minor(?:[\s-]+natural)?|min|aeolian|aolisch|eoli(?:en|[oa])"
     r"|moll|menor|mineur|minore", (0, 2, 3, 5, 7, 8, 10)),
    ("major", r"(?:natural[\s-]+)?major|maj|ionian|ionisch|ionien|[ij]onic[oa]|dur|mayor|majeur"
     r"|maggiore", (0, 2, 4, 5, 7, 9, 11)),
)  # fmt: skip
_NAME = Pattern(
    "(?<![a-z])(?:"
    + "|".join(f"(?P<s{i}>{name})" for i, (_, name, _) in enumerate(_SCALES))
    + r")(?![a-z])(?:[\s-]+(?:mode|scale|key|tonality|modus|tonleiter))?(?!\s+(?:chord|triad|third"
    r"|sixth|second|seventh|pentatonic|blues))",
    re.IGNORECASE,
)
_GAP = r"[\s\-_:,]*(?:(?:scale|mode)\s*[:=]?\s*)?"
_BEFORE = Pattern(rf"{LETTER}{_GAP}$", re.IGNORECASE)
_BEFORE_DO = Pattern(rf"{SOLFEGE}{_GAP}(?:en\s+)?$", re.IGNORECASE)
_AFTER = Pattern(
    rf"[\s,(]*(?:mode\s+|scale\s+)?(?:on|of|in|from|with tonic|tonic|rooted on|starting on)"
    rf"(?:\s+the note)?\s*[:=]?\s*{LETTER}(?![\w#])\)?",
    re.IGNORECASE,
)
_ARTICLE = Pattern(r"\s*(?:mode|scale|key|tonality|feel|sound|flavou?r|quality|piece|melody)\b", 2)
_BACK = 28


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale: tonic (None where it is not said), name, mask of semitones above the tonic."""

    tonic: Note | None
    name: str
    steps: int

    @property
    def third(self) -> int | None:
        """Semitones of the third above the tonic: 4, 3 or none."""
        return 4 if self.steps >> 4 & 1 else 3 if self.steps >> 3 & 1 else None

    @property
    def called(self) -> str:
        """``A dorian``, or the mode alone."""
        return f"{self.tonic.name} {self.name}" if self.tonic else self.name


_STEPS = {name: mask_of(*steps) for name, _, steps in _SCALES}


@lru_cache(maxsize=4096)
def parse_scale(text: str) -> Scale | None:
    """The one scale that a text names, or None.

    >>> parse_scale("Dorian on A").called
    'A dorian'
    """
    found = find_scales(text.strip().rstrip("."))
    return found[0].value if len(found) == 1 else None


def find_scales(text: str) -> list[Mention[Scale]]:
    """The scales that a text names, in order; keys without a mode word ("Am") too."""
    text = unaccented(text)
    found = [_mention(text, match) for match in _NAME.finditer(text)]
    taken = [m for m in found if m.value.tonic is not None]
    for key in find_keys(text):
        if key.value.mode not in _STEPS or (found and not _symbol(text, key)):
            continue
        if not any(m.start < key.end and key.start < m.end for m in taken):
            scale = Scale(key.value.tonic, key.value.mode, _STEPS[key.value.mode])
            found = [m for m in found if not (m.start < key.end and key.start < m.end)]
            found.append(Mention(scale, key.start, key.end))
    return sorted(found, key=lambda mention: mention.start)


def _symbol(text: str, key: Mention[object]) -> bool:
    """ "Am", "as-Moll", "a-Moll": a key that this module's pattern does not see whole."""
    return (
        key.end - key.start < 4
        or "moll" in text[key.start : key.end].lower()
        or ("dur" in text[key.start : key.end].lower())
    )


def _mention(text: str, match: re.Match[str]) -> Mention[Scale]:
    place = int((match.lastgroup or "s0")[1:])
    name = _SCALES[place][0]
    tonic, start, end = None, match.start(), match.end()
    since = max(0, start - _BACK)
    before = _BEFORE.search(text[since:start])
    solfege = _BEFORE_DO.search(text[since:start])
    article = (
        before is not None
        and before[1] == "a"
        and not before[2].strip()
        and (_ARTICLE.match(text, match.end()) or re.search(r"(?:mode|scale|key)$", match[0]))
    )
    if before and not article:
        tonic, start = letter_note(before[1], before[2]), since + before.start()
    elif solfege:
        tonic, start = solfege_note(solfege[1], solfege[2]), since + solfege.start()
    else:
        after = _AFTER.match(text, match.end())
        if after:
            tonic, end = letter_note(after[1], after[2]), after.end()
    return Mention(Scale(tonic, name, _STEPS[name]), start, end)
