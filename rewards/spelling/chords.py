"""Chords: Harte syntax, lead sheets and words, to (root, intervals, bass).

Conventions
-----------
``intervals`` is a set of semitones above the root within the octave, as a mask
of 12 bits: bit 0 is the root, bit 4 a major third. As in Harte's syntax and
mir_eval's reading of it, tones past the octave (9, 11, 13) leave the mask
alone, and the bass belongs to it. "N" has no root and no intervals, "X" is a
chord that the vocabulary cannot say.

===========  ===================================================================
syntax       examples
===========  ===================================================================
Harte        ``A:min7``, ``D#:7/1``, ``C:maj(9)/3``, ``G:sus4(b7)``, ``N``, ``X``
lead sheet   ``Am7``, ``A-7``, ``F#m7b5/C``, ``C°7``, ``Bø7``, ``C6/9``, ``CΔ``,
             ``G7sus4``, ``E7(#9)``, ``Dadd9``, ``N.C.``
words        "A minor seventh", "F sharp half-diminished", "C major over E",
             "a-Moll", "re mayor"
===========  ===================================================================

Source: C. Harte et al., Symbolic representation of musical chords, ISMIR 2005.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rewards.spelling.mentions import Mention
from rewards.spelling.notes import ACCIDENTAL, Note, letter_note, parse_note


def mask_of(*semitones: int) -> int:
    """The mask of some intervals."""
    return sum(1 << step for step in set(semitones))


QUALITIES = {
    "maj": mask_of(0, 4, 7), "min": mask_of(0, 3, 7), "aug": mask_of(0, 4, 8),
    "dim": mask_of(0, 3, 6), "sus4": mask_of(0, 5, 7), "sus2": mask_of(0, 2, 7),
    "7": mask_of(0, 4, 7, 10), "maj7": mask_of(0, 4, 7, 11), "min7": mask_of(0, 3, 7, 10),
    "minmaj7": mask_of(0, 3, 7, 11), "maj6": mask_of(0, 4, 7, 9), "min6": mask_of(0, 3, 7, 9),
    "dim7": mask_of(0, 3, 6, 9), "hdim7": mask_of(0, 3, 6, 10), "aug7": mask_of(0, 4, 8, 10),
    "1": mask_of(0), "5": mask_of(0, 7),
}  # fmt: skip
for _base, _names in (("maj7", "maj9 maj11 maj13"), ("min7", "min9 min11 min13"), ("7", "9 11 13")):
    QUALITIES.update(dict.fromkeys(_names.split(), QUALITIES[_base]))
_DEGREES = (0, 0, 2, 4, 5, 7, 9, 11, 12, 14, 16, 17, 19, 21)


@dataclass(frozen=True, slots=True)
class Chord:
    """Root, mask of intervals, and the bass in semitones above the root.

    ``root`` is None for "N" (``intervals`` 0) and "X" (``intervals`` -1).
    ``tones`` counts the notes that are named, those past the octave too.
    """

    root: Note | None
    intervals: int
    bass: int = 0
    tones: int = 0

    @property
    def pitch_classes(self) -> frozenset[int]:
        """Of the sounding chord, 0 to 11."""
        if self.root is None:
            return frozenset()
        root = self.root.pitch_class
        return frozenset((root + step) % 12 for step in range(12) if self.intervals >> step & 1)

    def key(self, *, spelled: bool = False) -> tuple[int | None, int, int]:
        """What makes two chords one: root, intervals and bass."""
        if self.root is None:
            return None, self.intervals, 0
        root = self.root.fifths if spelled else self.root.pitch_class
        return root, self.intervals, self.bass


NO_CHORD = Chord(None, 0)
UNKNOWN = Chord(None, -1)

_HARTE = re.compile(
    r"([A-Ga-g])([#b]{0,4}):\s?([A-Za-z]+\d{0,2}|\d{1,2}|)(?:\(([^()]{0,80})\))?(?:/([#b]{0,3}\d{1,2}))?"
)
_HARTE_PLAIN = re.compile(r"([A-G])([#b]{0,4})(?:\(([^()]{1,80})\))?/([#b]{0,3}\d{1,2})")
_DEGREE = re.compile(r"(\*?)([#b]{0,3})(1[0-3]|[1-9])")
_ROOT = re.compile(rf"([A-Ga-g])({ACCIDENTAL})", re.IGNORECASE)
_BASS = re.compile(
    r"\s*(?:/|\bover\b|\bwith (?:an? )?(?=[A-G])|\bon\b)\s*(?:an? )?([A-Ga-g](?:##|#|bb|b|[\s-]*(?:sharp|flat))?)"
    r"(?:\s+(?:in|as) (?:the )?bass)?$",
    re.IGNORECASE,
)
_INVERSION = re.compile(r",?\s*(?:\(|in |its )*(root position|(first|second|third|1st|2nd|3rd) inversion)\)?$", re.IGNORECASE)


def _shift(signs: str) -> int:
    return signs.count("#") - signs.count("b")


def _harte(text: str) -> Chord | None:
    found = _HARTE.fullmatch(text)
    if found:
        letter, signs, quality, extra, bass = found.groups()
    else:
        plain = _HARTE_PLAIN.fullmatch(text)
        if plain is None:
            return None
        letter, signs, extra, bass = plain.groups()
        quality = "" if extra else "maj"
    quality = quality if quality in QUALITIES else quality.lower()
    if quality and quality not in QUALITIES:
        return None
    mask = QUALITIES[quality] if quality else (1 if extra else QUALITIES["maj"])
    tones = bin(mask).count("1") + {"9": 1, "11": 2, "13": 3}.get(quality.lstrip("majin"), 0)
    for part in extra.split(",") if extra else ():
        degree = _DEGREE.fullmatch(part.strip())
        if degree is None:
            return None
        step = _DEGREES[int(degree[3])] + _shift(degree[2])
        tones += -1 if degree[1] else 1
        if step < 12:
            mask = mask & ~(1 << step % 12) if degree[1] else mask | 1 << step % 12
    mask |= 0 if _omits_root(extra) else 1
    low = _degree_step(bass)
    if low is None:
        return None
    return Chord(letter_note(letter, signs[:2] if len(signs) < 3 else ""), mask | 1 << low, low, tones) \
        if len(signs) < 3 else None  # fmt: skip


def _omits_root(extra: str | None) -> bool:
    return bool(extra) and "*1" in [part.strip() for part in (extra or "").split(",")]


def _degree_step(degree: str | None) -> int | None:
    if not degree:
        return 0
    found = _DEGREE.fullmatch(degree)
    return (_DEGREES[int(found[3])] + _shift(found[2])) % 12 if found else None


_SUFFIX = tuple(
    (re.compile(pattern), action)
    for pattern, action in (
        (r"(?:maj|Maj|MAJ|ma|Ma|M|Δ|\^|j)7?(?=9|11|13)", "major seventh"),
        (r"(?:maj|Maj|MAJ|ma|Ma|M|j)7|Δ7?|\^7?", "major seventh"),
        (r"(?:ø|Ø|h(?:alf-?)?dim)7?", "half diminished"),
        (r"°7|o7|dim7|Dim7", "diminished seventh"),
        (r"°|o(?![a-z])|dim|Dim", "diminished"),
        (r"aug|Aug|\+(?!\d)|\+(?=7|9|M|maj)", "augmented"),
        (r"maj|Maj|MAJ|ma(?![a-z])|Ma(?![a-z])|M", "major"),
        (r"min|Min|MIN|mi(?![a-z])|Mi(?![a-z])|m(?!a)|-(?!\d+[^\d]*5|5)", "minor"),
        (r"m(?=aj|a7)", "minor"),
        (r"sus2sus4|sus24|sus2/?4", "sus24"), (r"sus2", "sus2"), (r"sus4?|4(?!\d)", "sus4"),
        (r"(?:add|Add)(b9|#9|9|2)", "add2"), (r"(?:add|Add)(#11|11|4)", "add4"),
        (r"(?:add|Add)(b?13|6)", "add6"),
        (r"6/9|69|6\(9\)", "sixth"), (r"6", "sixth"), (r"2(?!\d)", "add2"),
        (r"(?:no|omit)(?:3(?:rd)?)", "no3"), (r"(?:no|omit)(?:5(?:th)?)", "no5"),
        (r"b5|-5", "b5"), (r"#5|\+5", "#5"),
        (r"(?:b|-)(?:9|13)|(?:#|\+)(?:9|11|13)|b10|alt", "tension"),
        (r"dom", "dominant"),
        (r"7", "seventh"), (r"9|11|13", "extended"), (r"5(?!\d)", "power"),
    )
)  # fmt: skip


def _suffix(text: str) -> tuple[int, int] | None:
    """Mask and number of tones of what follows the root of a lead-sheet symbol."""
    text = re.sub(r"[\s(),]", "", text)
    if len(text) > 24:
        return None
    third, fifth, sixth, seventh, added, tones = 4, 7, None, None, set[int](), 0
    quality = ""
    at = 0
    while at < len(text):
        for pattern, action in _SUFFIX:
            found = pattern.match(text, at)
            if found:
                break
        else:
            return None
        at = found.end()
        if action in ("major", "minor", "augmented", "diminished", "half diminished",
                      "diminished seventh", "dominant"):  # fmt: skip
            if quality:
                return None
            quality = action
        if action == "major seventh":
            if quality not in ("", "minor", "augmented", "diminished") or seventh is not None:
                return None
            seventh = 11
        elif action == "minor":
            third = 3
        elif action == "augmented":
            fifth = 8
        elif action.endswith("diminished") or action == "diminished seventh":
            third, fifth = 3, 6
            seventh = {"diminished": None, "half diminished": 10, "diminished seventh": 9}[action]
        elif action == "seventh" or action == "extended":
            if seventh is None:
                seventh = 11 if quality == "major" else 10
            tones += {"9": 1, "11": 2, "13": 3}.get(found[0], 0)
        elif action == "sixth":
            sixth = 9
            tones += int(found[0] != "6")
        elif action == "power":
            third = -1
        elif action in ("sus2", "sus4", "sus24"):
            third = -1
            added |= {"sus2": {2}, "sus4": {5}, "sus24": {2, 5}}[action]
        elif action in ("add2", "add4", "add6"):
            # "add9" lies past the octave, "add2" within it.
            within = found[0][-1] in "246" and not found[0].endswith("#11")
            added |= {{"add2": 2, "add4": 5, "add6": 9}[action]} if within else set()
            tones += 1
        elif action in ("b5", "#5"):
            fifth = 6 if action == "b5" else 8
        elif action == "no3":
            third = -1
        elif action == "no5":
            fifth = -1
        elif action == "tension":
            tones += 1
            if seventh is None and sixth is None:
                seventh = 10
    steps = [step for step in (third, fifth, sixth, seventh) if step is not None and step >= 0]
    mask = mask_of(0, *steps, *added)
    return mask, bin(mask).count("1") + tones


_WORDS = (
    (r"half[\s-]*dim(?:inished)?", "hdim"), (r"minor[\s-]+major", "mmaj"), (r"dominant", "dom"),
    (r"diminished|dim\.", "dim"), (r"augmented|aug\.", "aug"),
    (r"major|mayor|majeur|maggiore|maior|dur|maj\.", "maj"),
    (r"minor|menor|mineur|minore|moll|min\.", "min"),
    (r"suspended|sus", "sus"), (r"added|add", "add"), (r"power", "5"), (r"without|omit|no", "no"),
    (r"sharp", "#"), (r"flat(?:ted)?", "b"), (r"altered", "alt"),
    (r"seventh|7th|seven", "7"), (r"sixth|6th|six", "6"), (r"ninth|9th|nine", "9"),
    (r"eleventh|11th|eleven", "11"), (r"thirteenth|13th|thirteen", "13"),
    (r"fourth|4th|four", "4"), (r"second|2nd|two", "2"), (r"fifth|5th|five", "5"),
    (r"third|3rd|three", "3"), (r"triad|chord|harmony|akkord|in root position", ""),
)  # fmt: skip
_WORD = re.compile(
    "|".join(rf"(?P<w{i}>(?<![a-z])(?:{pattern})(?![a-z]))" for i, (pattern, _) in enumerate(_WORDS)),
    re.IGNORECASE,
)


def _spoken(text: str) -> str:
    """Quality words as the suffix of a lead-sheet symbol."""
    text = _WORD.sub(lambda m: _WORDS[int((m.lastgroup or "w0")[1:])][1], text)
    return re.sub(r"(?<=[a-z\d])\s*-\s*(?=[a-z\d])", "", text)


_LEAD = re.compile(r"^(?:the|an?(?=\s+[A-Ga-g](?:[#b\s-]|$)))\s+|^(?:chord|triad)[\s:]+", re.IGNORECASE)
_LEAD_CASED = re.compile(r"^(?:a|an|the|The|An)\s+(?=[A-G])")
_NONE = re.compile(r"N\.?\s?C\.?|N|no[\s-]chord|none", re.IGNORECASE)


@lru_cache(maxsize=8192)
def parse_chord(text: str) -> Chord | None:
    """The chord that the text names and nothing else, or None.

    >>> parse_chord("Am7") == parse_chord("A minor seventh chord") == parse_chord("A:min7")
    True
    """
    text = text.strip().rstrip(".").strip() if not re.fullmatch(r"N\.?C\.", text.strip()) else text.strip()
    if not text or len(text) > 80:
        return None
    if text == "X":
        return UNKNOWN
    if _NONE.fullmatch(text):
        return NO_CHORD
    chord = _harte(text)
    if chord is not None or (":" in text and not _LEAD.match(text)):
        return chord
    chord = _symbol(text)
    if chord is None:
        shorter = _LEAD_CASED.sub("", _LEAD.sub("", text, count=1), count=1)
        chord = parse_chord(shorter) if shorter != text else None
    return chord or _foreign(text)


def _symbol(text: str) -> Chord | None:
    text, bass_step = _inversion(text)
    bass_note = None
    bass = _BASS.search(text)
    if bass and bass.start() > 0:
        bass_note = parse_note(bass[1])
        text = text[: bass.start()]
    root = _ROOT.match(text)
    if root is None:
        return None
    suffix = text[root.end() :]
    if root[1].islower() and not re.match(r"[\s-]*(?:maj|min|dim|aug|dom|half|sus|m?7|seventh|m$|m7)", suffix):
        return None
    read = _suffix(suffix) or _suffix(_spoken(suffix))
    if read is None:
        return None
    mask, tones = read
    note = letter_note(root[1], root[2])
    step = (bass_note.pitch_class - note.pitch_class) % 12 if bass_note else 0
    if bass_step:
        members = [s for s in range(12) if mask >> s & 1]
        if bass_step >= len(members):
            return None
        step = members[bass_step]
    return Chord(note, mask | 1 << step, step, tones)


def _inversion(text: str) -> tuple[str, int]:
    found = _INVERSION.search(text)
    if not found:
        return text, 0
    order = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3}
    return text[: found.start()], order.get((found[2] or "").lower(), 0)


def _foreign(text: str) -> Chord | None:
    """German and fixed-do triads: "h-Moll", "re mayor"."""
    from rewards.spelling.keys import parse_key

    text = re.sub(r"[\s-]*(?:chord|triad|akkord|dreiklang)$", "", text, flags=re.IGNORECASE)
    key = parse_key(text) if re.search(r"dur|moll|m[aei][yjgni]\w+r", text, re.IGNORECASE) else None
    if key is None or key.mode not in ("major", "minor"):
        return None
    return Chord(key.tonic, QUALITIES["maj" if key.mode == "major" else "min"], 0, 3)


_CANDIDATE = re.compile(
    r"(?<![\w#/°ø])[A-Ga-g](?:[#b]{0,2}:[^\s;]{1,40}|"
    rf"{ACCIDENTAL}(?:[\s-]*(?:half[\s-]*diminished|minor[\s-]+major|major|minor|maj|min|m(?![a-z])"
    r"|dominant|dom|diminished|dim|augmented|aug|suspended|sus|added|add|power|seventh|seven|7th"
    r"|sixth|6th|ninth|9th|eleventh|11th|thirteenth|13th|fourth|4th|second|2nd|fifth|5th"
    r"|sharp|flat|Dur|Moll|dur|moll|six|nine|(?<=sus\s)four|(?<=sus\s)two|[-#b+]?\d{1,2}(?![\d.]))(?![a-z]))+"
    r"(?:/[A-G][#b]?|\s+(?:over|with)\s+(?:an? )?[A-G](?:[#b]|[\s-](?:sharp|flat))?(?:\s+in the bass)?)?"
    rf"|{ACCIDENTAL}[\w#+°øΔ^()/,-]*)"
)


def find_chords(text: str) -> list[Mention[Chord]]:
    """The chords that a text names, in order."""
    found: list[Mention[Chord]] = []
    for m in _CANDIDATE.finditer(text):
        mention = _candidate(text, m.start(), m.end())
        if mention and not _is_article(text, mention):
            found.append(mention)
    return found


def _candidate(text: str, start: int, end: int) -> Mention[Chord] | None:
    """The longest start of the candidate that reads as a chord."""
    piece = text[start:end]
    whole = piece.rstrip(".,)-") if piece.count("(") < piece.count(")") else piece.rstrip(".,")
    for cut in (whole, piece, *re.findall(r"^[^\s(/,]+", piece), *re.findall(r"^\S+", whole)):
        chord = parse_chord(cut) if cut else None
        if chord is not None:
            return Mention(chord, start, start + len(cut))
    return None


def _is_article(text: str, mention: Mention[Chord]) -> bool:
    piece = text[mention.start : mention.end]
    after = text[mention.end :]
    if piece == "A":
        role = re.match(r"\s*(?:$|[.,;:!?)/|]|chord[.\s]*$|major|or\b|and\b|is\b)", after)
        named = re.search(r"\b(?:an|the|chord|is|:|or|and)\s+$", text[: mention.start])
        return role is None and named is None
    if piece.startswith("a ") and re.match(r"\s*(?:chord|triad|harmony)", after):
        return True
    if piece.startswith("a ") and mention.start > 0:
        return re.search(r"\b(?:is|has|with|hear|as|like)\s+$", text[: mention.start]) is not None
    return False
