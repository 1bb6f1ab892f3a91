"""Chords in Harte's syntax, on lead sheets and in words.

Conventions
-----------
===========  ===================================================================
syntax       examples
===========  ===================================================================
Harte        ``A:min7``, ``D#:7/1``, ``G:sus4(b7)``, ``N``, ``X``
lead sheet   ``Am7``, ``A-7``, ``F#m7b5/C``, ``C°7``, ``Bø7``, ``C6/9``, ``CΔ``,
             ``E7(#9)``, ``Dadd9``, ``N.C.``
words        "A minor seventh", "F sharp half-diminished", "C major over E",
             "D minor, first inversion", "a-Moll", "re mayor"
===========  ===================================================================

A lone capital letter is a major chord, but "A" before another word is the
article, and so is "a" in "a minor chord".
"""

from __future__ import annotations

import re
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.harte import NO_CHORD, QUALITIES, UNKNOWN, Chord, parse_harte
from rewards.spelling.keys import parse_key
from rewards.spelling.lead_sheet import parse_suffix
from rewards.spelling.mentions import Mention
from rewards.spelling.notes import ACCIDENTAL, letter_note, parse_note

_LONGEST = 80
_MOST_CANDIDATES = 64
_I = re.IGNORECASE
_ROOT = Pattern(rf"([A-Ga-g])({ACCIDENTAL})", _I)
_SMALL = Pattern(r"[\s-]*(?:maj|min|dim|aug|dom|half|fully|sus|m?7|seventh|m$)")
_BASS = Pattern(
    r"\s*(?:/|\bover\b|\bwith\b|\bon\b)\s*(?:an? )?([A-Ga-g](?:##|#|bb|b|[\s-]*(?:sharp|flat))?)"
    r"(?:\s+(?:in|as) (?:the )?bass)?$",
    _I,
)
_INVERSION = Pattern(
    r",?\s*(?:\(|in )*(?:root position|(first|second|third|1st|2nd|3rd) inversion)\)?$", _I
)
_ORDER = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3}
_NONE = Pattern(r"N\.?\s?C\.?|N|no[\s-]chord|none", _I)
_LEAD = Pattern(
    r"^(?:the|an?(?=\s+[A-Ga-g](?:[#b\s-]|$)))\s+|^(?:chord|triad)[\s:]+|^an?\s+(?=[A-G])", _I
)
_TAIL = Pattern(r"[\s-]*(?:chord|triad|akkord|dreiklang)$", _I)
_FOREIGN = Pattern(r"(?:dur|moll|m[aei][yjgni]\w+r\w?)$", _I)
_WORDS = (
    (r"half[\s-]*dim(?:inished)?", "hdim"), (r"fully", ""), (r"minor[\s-]+major", "mmaj"),
    (r"dominant", "dom"), (r"diminished|dim\.", "dim"), (r"augmented|aug\.", "aug"),
    (r"major|maj\.", "maj"), (r"minor|min\.", "min"), (r"suspended|sus", "sus"),
    (r"added|add", "add"), (r"power", "5"), (r"without|omit|no", "no"), (r"sharp", "#"),
    (r"flat(?:ted)?", "b"), (r"altered", "alt"), (r"seventh|7th|seven", "7"),
    (r"sixth|6th|six", "6"), (r"ninth|9th|nine", "9"), (r"eleventh|11th|eleven", "11"),
    (r"thirteenth|13th|thirteen", "13"), (r"fourth|4th|four", "4"), (r"second|2nd|two", "2"),
    (r"fifth|5th|five", "5"), (r"third|3rd|three", "3"), (r"triad|chord|harmony|akkord", ""),
)  # fmt: skip
_WORD = Pattern(
    "|".join(rf"(?P<w{i}>(?<![a-z])(?:{word})(?![a-z]))" for i, (word, _) in enumerate(_WORDS)), _I
)
_HYPHENS = Pattern(r"(?<=[a-z\d])\s*-\s*(?=[a-z\d])")

_SPOKEN = (
    r"half[\s-]*diminished|minor[\s-]+major|major|minor|maj|min|m(?![a-z])|dominant|dom|fully"
    r"|diminished|dim|augmented|aug|suspended|sus|added|add|power|seventh|seven|7th|sixth|6th"
    r"|ninth|9th|eleventh|11th|thirteenth|13th|fourth|4th|second|2nd|fifth|5th|sharp|flat|Dur|Moll"
    r"|dur|moll|six|nine|(?<=sus\s)four|(?<=sus\s)two|[-#b+]?\d{1,2}(?![\d.])"
)
_CANDIDATE = Pattern(
    r"(?<![\w#°ø])(?:[A-Ga-g](?:[#b]{0,2}:[^\s;]{1,40}"
    rf"|{ACCIDENTAL}(?:[\s-]*(?:{_SPOKEN})(?![a-z]))+(?:/[A-G][#b]?(?![\w#]|\s*(?:maj|min))"
    r"|\s+(?:over|with)\s+(?:an? )?[A-G](?:[#b]|[\s-](?:sharp|flat))?(?:\s+in the bass)?)?)"
    rf"|[A-G]{ACCIDENTAL}[\w#+°øΔ^()/,-]{{0,40}})"
)
# "A-C-E-G" spells notes; it does not begin with A minor.
_LISTED = Pattern(r"[A-G][#b]{0,2}(?=-[A-G])")
_BEFORE_MARK = Pattern(r"[^\s(/,]+")
_BEFORE_BLANK = Pattern(r"\S+")
_NAMED_A = Pattern(r"\s*(?:$|[.,;:!?)/|]|chord[.\s]*$|major|or\b|and\b|is\b)")
_BEFORE_A = Pattern(r"\b(?:an|the|chord|is|:|or|and)\s+$")
_WORD_FOLLOWS = Pattern(r"\s+[a-z]")
_OR_QUALITY = Pattern(r"\s*(?:/|,?\s*or)\s*(major|minor|diminished|augmented)\b", _I)
_IN_KEY = Pattern(r"\bin (?:the key of )?$", _I)
_CHORD_WORD = Pattern(r"\s*(?:chord|triad|harmony)")
_BEFORE_SMALL_A = Pattern(r"\b(?:is|has|with|hear|as|like)\s+$")


@lru_cache(maxsize=8192)
def parse_chord(text: str) -> Chord | None:
    """The chord that the text names and nothing else, or None.

    >>> parse_chord("Am7") == parse_chord("A minor seventh chord") == parse_chord("A:min7")
    True
    """
    text = text.strip()
    if text == "X":
        return UNKNOWN
    if _NONE.fullmatch(text):
        return NO_CHORD
    text = text.rstrip(".").strip()
    if not text or len(text) > _LONGEST:
        return None
    chord = parse_harte(text)
    if chord is None and ":" not in text:
        chord = _symbol(text)
    if chord is None:
        shorter = _LEAD.sub("", text, count=1)
        chord = parse_harte(shorter) or _symbol(shorter) if shorter != text else None
    return chord or _foreign(text)


def _symbol(text: str) -> Chord | None:
    inverted = _INVERSION.search(text)
    order = _ORDER.get((inverted[1] or "").lower(), 0) if inverted else 0
    text = text[: inverted.start()] if inverted else text
    bass = _BASS.search(text)
    bass_note = parse_note(bass[1]) if bass and bass.start() > 0 else None
    text = text[: bass.start()] if bass and bass_note else text
    found = _ROOT.match(text)
    if found is None:
        return None
    suffix = text[found.end() :]
    if found[1].islower() and not _SMALL.match(suffix):
        return None
    read = parse_suffix(suffix) or parse_suffix(_spoken(suffix))
    if read is None:
        return None
    mask, tones = read
    root = letter_note(found[1], found[2])
    members = [step for step in range(12) if mask >> step & 1]
    if order >= len(members):
        return None
    low = (bass_note.pitch_class - root.pitch_class) % 12 if bass_note else members[order]
    return Chord(root, mask | 1 << low, low, tones)


def _spoken(text: str) -> str:
    """Quality words as the suffix of a lead-sheet symbol."""
    text = _WORD.sub(lambda m: _WORDS[int((m.lastgroup or "w0")[1:])][1], text)
    return _HYPHENS.sub("", text)


def _foreign(text: str) -> Chord | None:
    """German and fixed-do triads: "h-Moll", "re mayor"."""
    text = _TAIL.sub("", text)
    key = parse_key(text) if _FOREIGN.search(text) else None
    if key is None or key.mode not in ("major", "minor"):
        return None
    return Chord(key.tonic, QUALITIES["maj" if key.mode == "major" else "min"], 0, 3)


def find_chords(text: str) -> list[Mention[Chord]]:
    """The chords that a text names, in order."""
    found: list[Mention[Chord]] = []
    at = 0
    for _ in range(_MOST_CANDIDATES):
        candidate = _CANDIDATE.search(text, at)
        if candidate is None:
            break
        mention = _candidate(text, candidate.start(), candidate.end())
        at = mention.end if mention else candidate.start() + 1
        if mention and not _is_article(text, mention):
            found.append(mention)
            found.extend(_other_quality(text, mention))
    return found


def _other_quality(text: str, mention: Mention[Chord]) -> list[Mention[Chord]]:
    """ "C minor or major" offers two chords on one root."""
    other = _OR_QUALITY.match(text, mention.end)
    root = mention.value.root
    chord = parse_chord(f"{root.name} {other[1]}") if other and root else None
    return [Mention(chord, mention.start, mention.end)] if chord else []


def _candidate(text: str, start: int, end: int) -> Mention[Chord] | None:
    """The longest start of the candidate that reads as a chord."""
    piece = text[start:end]
    whole = piece.rstrip(".,)-" if piece.count("(") < piece.count(")") else ".,")
    starts = [pattern.match(whole) for pattern in (_LISTED, _BEFORE_MARK, _BEFORE_BLANK)]
    for cut in (whole, piece, *(found[0] for found in starts if found)):
        chord = parse_chord(cut) if cut else None
        if chord is not None:
            return Mention(chord, start, start + len(cut))
    return None


def _is_article(text: str, mention: Mention[Chord]) -> bool:
    piece, before = text[mention.start : mention.end], text[: mention.start]
    if _IN_KEY.search(before):
        return True
    if piece == "A":
        return not (_NAMED_A.match(text, mention.end) or _BEFORE_A.search(before))
    if piece in ("Do", "Go"):  # G diminished, but also a verb
        return _WORD_FOLLOWS.match(text, mention.end) is not None
    if not piece.startswith("a "):
        return False
    chord_follows = _CHORD_WORD.match(text, mention.end) is not None
    return chord_follows or _BEFORE_SMALL_A.search(before) is not None
