"""Key signatures: how many sharps (positive) or flats (negative).

Conventions
-----------
From 7 flats (-7) to 7 sharps (7); a key stands for its signature, a mode for that
of the major scale with its notes. A bare number counts as in the facts: sharps
above 0, flats below.

=====================================  ======================================
written                                read as
=====================================  ======================================
two sharps, 2#, ##, sharps: 2, dos     2
sostenidos, deux dièses, zwei Kreuze
3 flats (Bb, Eb, Ab), three flats      -3
no sharps or flats, none, 0, natural   0
F# and C#; Bb, Eb; F and C are sharp   2; -2; 2 (in any order; a gap is no
                                       signature)
D major; B minor; A mixolydian         2
2 sharps and 1 flat, 2 or 3 sharps     two values: a hedge
3 sharps (F#, C#)                      a contradiction: two values
=====================================  ======================================
"""

from __future__ import annotations

import re
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.keys import Key, find_keys
from rewards.spelling.mentions import Mention, asserted
from rewards.spelling.notes import LETTER, Note, find_notes, letter_note, unaccented
from rewards.spelling.numbers import CHINESE
from rewards.spelling.open_ends import bounds_only
from rewards.spelling.tables import table

_ONES = (
    "no|zero|none|0", "one|single|un|une|uno|una|ein|eine|1",
    "two|a pair of|deux|dos|due|zwei|dois|2",
    "three|trois|tres|tre|drei|3", "four|quatre|cuatro|quattro|vier|quatro|4",
    "five|cinq|cinco|cinque|funf|5", "six|seis|sei|sechs|6", "seven|sept|siete|sette|sieben|sete|7",
)  # fmt: skip
_COUNT = "|".join(_ONES)
_COUNTS = {word: number for number, words in enumerate(_ONES) for word in words.split("|")}
_UP = r"sharps?|#(?:'?s)?|kreuze?|dieses?|diesis|sostenidos?|sustenidos?"
_DOWN = r"flats?|b(?:'?s)?|(?-i:Be)|bemols?|bemoles|bemois|bemolle|bemolli"
_NUMBERED = Pattern(
    rf"(?<![\w.])(?<!ty[\s-])(?:(?!no\s*,)({_COUNT})\s*-?\s*(?:or|/|to|and|,|-|o|ou|oder)\s*)?"
    rf"({_COUNT}|\d{{1,3}})"
    rf"[\s-]{{0,3}}(?:({_UP})|({_DOWN}))(?![\w])"
    r"(?:\s*(?:or|/|nor)\s*(sharps?|flats?)(?!\w))?",
    re.IGNORECASE,
)
_LABELLED = Pattern(
    rf"(?<!\w)(?:(sharps|#s?)|(flats))\s*(?:[:=]|is|are|\()\s*({_COUNT}|\d{{1,3}})(?!\w)",
    re.IGNORECASE,
)
_TONES = r"[A-G](?:(?:\s*,\s*and\s+|\s*,\s*|\s+and\s+|\s*&\s*)(?:the )?[A-G]){1,6}"
# "F and C are sharp", "B, E and A flat", "sharps on F and C": one sign for all of them.
_SHARED = Pattern(
    rf"\b({_TONES})(?:\s+are)?(?:\s+(?:both|all))?\s+"
    r"(?:(sharp)(?:s|ed|ened)?|flat(?:s|t?ed|tened)?)\b(?!\s+or\b)"
    r"|\b(?:(sharps)|flats)(?:\s+are)?\s+(?:on|for|at|before)\s+(?:the\s+)?(?:notes?\s+)?"
    rf"({_TONES})(?![\w#])"
)
_CHINESE = Pattern(r"([零一二两兩三四五六七])[个個]?(升|降)[号號记記]")
_NOTHING = Pattern(
    r"(?<!\w)(?:no (?:accidentals?|key signature|signs|flats?/sharps?|sharps?/flats?)"
    r"|without (?:any )?(?:sharps|flats|accidentals)(?: (?:or|and) (?:sharps|flats))?"
    r"|neither sharps nor flats|neither flats nor sharps|not any (?:sharps|flats)(?: or \w+)?"
    r"|(?:all|only) (?:white keys|naturals|natural notes)|(?:an )?(?:empty|blank"
    r"|open) (?:key )?signature"
    r"|(?:no|not have|doesn't have|has no|does not have) any (?:sharps|flats)(?: (?:or"
    r"|nor) (?:sharps|flats))?"
    r"|(?:keine?|ohne) vorzeichen"
    r"|(?:sin|sans|senza) (?:alteracion|alteration|alterazion)\w{0,3})(?!\w)",
    re.IGNORECASE,
)
_OR_NONE = Pattern(
    r"\bor (?:perhaps |maybe |possibly )?(?:no (?:sharps?|flats?|accidentals?|signs)|none)\b",
    re.IGNORECASE,
)
_WHOLE_NOTHING = Pattern(r"(?:none|nothing|naturals?|empty|blank|all naturals?)", re.IGNORECASE)
_WHOLE_NUMBER = Pattern(r"([+-]?)\s?([0-7])")
_WHOLE_SIGNS = Pattern(r"(#{1,7})|(b{2,7})")
_WHOLE_WORD = Pattern(rf"(minus |negative )?({_COUNT})", re.IGNORECASE)
_TWICE = Pattern(rf"\b({_COUNT})\s\((\d)\)(?=\s)", re.IGNORECASE)
_BARE_LIST = Pattern(
    r"\s*(?:[:(=-]|on|namely|for)\s*(?:on |the notes? )?"
    r"([A-G](?![\w#])(?:\s*(?:,\s*and|,|and|&|\s)\s*[A-G](?![\w#])){0,6})"
    r"(?=\s*(?:[).,;]|$))"
)
_NOTE_LIST = Pattern(r"\s*(?:[,;]?\s*(?:[:(=-]|namely|which are|i\.e\.,?|on|that is,?)\s*)")
_ONE_NOTE = Pattern(rf"[\s,&]{{0,4}}(?:and )?(?:the )?{LETTER}", re.IGNORECASE)
_MODE_WORD = Pattern(r"(?!sharp|flat|natural|double|key|tonic)\b[a-z]{3}|[a-g#]m", re.IGNORECASE)
_AROUND = Pattern(
    r"[\s.,;:()&+/=-]+|\b(?:the|a|key|signature|of|with|has|and|in|is|are|it|namely|on)\b",
    re.IGNORECASE,
)
_LONGEST = 100
NO_KEYS, CLASH = 99, 98
"""In the place of a signature: one that no key has; signs that are not those of their number."""
_OF_KEYS = {
    (mode, letter_note(tonic[0], tonic[1:]).fifths): count
    for mode, tonics in table("signatures").items()
    for tonic, count in tonics.items()
}


def of_key(key: Key) -> int | None:
    """The signature of a key or church mode; None beyond seven signs."""
    return _OF_KEYS.get((key.mode, key.tonic.fifths))


def of_signs(notes: list[Note]) -> int | None:
    """The signature whose signs are exactly these notes, or None."""
    places = {note.fifths for note in notes}
    for count in (len(places), -len(places)):
        if places == set(signs(count)):
            return count
    return None


def signs(count: int) -> range:
    """Places of the raised (6 is F sharp) or lowered (-2 is B flat) notes."""
    return range(6, 6 + count) if count >= 0 else range(-2, -2 + count, -1)


@lru_cache(maxsize=4096)
def parse_signature(text: str) -> int | None:
    """The signature that the text states by number or by its signs and nothing else, or None.

    One sign alone is a note, and neither a bare number nor a key is a signature in itself.

    >>> parse_signature("two sharps (F#, C#)"), parse_signature("Bb and Eb"), parse_signature("Bb")
    (2, -2, None)
    """
    if len(text) > _LONGEST or _whole(unaccented(text).strip(), 1) is not None:
        return None
    counted, _ = _counted(text)
    signs_named = find_notes(text)
    if not counted and len(signs_named) < 2:
        return None
    rest = list(text)
    for mention in (*counted, *signs_named):
        rest[mention.start : mention.end] = " " * (mention.end - mention.start)
    if _AROUND.sub("", "".join(rest)):
        return None
    found = find_signatures(text)
    return found[0] if len(found) == 1 and abs(found[0]) <= 7 else None


def signature_mentions(text: str) -> list[Mention[int]]:
    """What ``find_signatures`` finds, as mentions of the whole text; a bare number is none."""
    bare = _WHOLE_NUMBER.fullmatch(text) or _WHOLE_WORD.fullmatch(text)
    if bare and text.strip().lower() not in ("none", "no"):
        return []
    return [Mention(count, 0, len(text)) for count in find_signatures(text)]


@lru_cache(maxsize=4096)
def find_signatures(text: str, unsigned: int = 1) -> tuple[int, ...]:
    """The distinct signatures that a folded text asserts; several contradict each other.

    What is no signature is there as ``NO_KEYS`` (or minus it) and ``CLASH``: past seven signs,
    so that it agrees with nothing.

    Args:
        text: a cleaned answer.
        unsigned: the sign of a bare number, -1 where the question asks for flats.
    """
    text = _SHARED.sub(_spelled_out, unaccented(text).strip().rstrip("."))
    text = _TWICE.sub(lambda m: m[2] if _COUNTS[m[1].lower()] == int(m[2]) else m[0], text)
    whole = _whole(text, unsigned)
    if whole is not None:
        return (whole,)
    counted, masked = _counted(text)
    said = asserted(masked, counted)
    counts = [NO_KEYS if bounds_only(text, m) else m.value for m in said]
    if any(counts):  # "two sharps and no flats"
        counts = [count for count in counts if count] + [0] * bool(_OR_NONE.search(text))
    keys = find_keys(text)
    # A list of bare tonics gives many mentions of one span: look at each span once.
    spans = {span for span in {(m.start, m.end) for m in keys} if _has_mode(text, span)}
    if _lists_signs(text):
        keys = [m for m in keys if (m.start, m.end) in spans]
    named = [of_key(m.value) for m in asserted(masked, keys)]
    found = counts + [NO_KEYS if count is None else count for count in named]
    listed = _listed(text, spans)
    if not found:
        count = of_signs([m.value for m in asserted(text, listed)])
        return () if count is None or not listed else (count,)
    stated = set(found)
    if len(stated) == 1:
        count = found[0]
        for mention in counted:
            stated |= _contradiction(text, mention, count, {start for start, _ in spans})
    return tuple(sorted(stated))


def _spelled_out(match: re.Match[str]) -> str:
    """ "F# and C#" of "F and C are sharp"."""
    sign = "#" if match[2] or match[3] else "b"
    return re.sub(r"\b([A-G])\b", rf"\1{sign}", match[1] or match[4])


def _whole(text: str, unsigned: int) -> int | None:
    """A text that is a number, or says that there is nothing."""
    number = _WHOLE_NUMBER.fullmatch(text)
    if number:
        sign = {"+": 1, "-": -1}.get(number[1], unsigned)
        return sign * int(number[2])
    written = _WHOLE_SIGNS.fullmatch(text)
    if written:
        return len(written[1] or "") - len(written[2] or "")
    word = _WHOLE_WORD.fullmatch(text)
    if word:
        return (-1 if word[1] else unsigned) * _COUNTS[word[2].lower()]
    return 0 if _WHOLE_NOTHING.fullmatch(text) else None


def _counted(text: str) -> tuple[list[Mention[int]], str]:
    """Signatures by number, and the text with their own words for "no" blotted out."""
    found: list[Mention[int]] = []
    for m in _NUMBERED.finditer(text):
        sign = 1 if m[3] else -1
        numbers = [_COUNTS.get(word.lower(), NO_KEYS) for word in (m[1], m[2]) if word]
        found += [Mention(sign * number, m.start(), m.end()) for number in numbers]
        if m[5] and numbers[-1]:  # "2 sharps or flats"
            found.append(Mention(-sign * numbers[-1], m.start(), m.end()))
    for m in _LABELLED.finditer(text):
        number = _COUNTS.get(m[3].lower(), NO_KEYS)
        if not any(f.start < m.end() and m.start() < f.end for f in found):
            found.append(Mention(number if m[1] else -number, m.start(), m.end()))
    for m in _CHINESE.finditer(text):
        number = CHINESE.index("二" if m[1] in "两兩" else m[1])
        found.append(Mention(number if m[2] == "升" else -number, m.start(), m.end()))
    found += [Mention(0, m.start(), m.end()) for m in _NOTHING.finditer(text)]
    letters = list(text)
    for mention in found:
        if mention.value == 0:
            letters[mention.start : mention.end] = "_" * (mention.end - mention.start)
    return sorted(found, key=lambda mention: mention.start), "".join(letters)


def _has_mode(text: str, span: tuple[int, int]) -> bool:
    """True for "D major" and "Bm", false for a tonic alone."""
    return _MODE_WORD.search(text[span[0] : span[1]]) is not None


def _lists_signs(text: str) -> bool:
    """True if the text names a note with a sharp or a flat: the sign, not the key of it."""
    return any(not -1 <= m.value.fifths <= 5 for m in find_notes(text))


def _listed(text: str, named: set[tuple[int, int]]) -> list[Mention[Note]]:
    """The notes with a sharp or a flat that stand outside of key names."""
    inside = {place for start, end in named for place in range(start, end)}
    return [m for m in find_notes(text) if not -1 <= m.value.fifths <= 5 and m.start not in inside]


def _contradiction(text: str, mention: Mention[int], count: int, keys: set[int]) -> set[int]:
    """A list of signs right behind a number that is not the list of that number."""
    letters = _BARE_LIST.match(text, mention.end)
    if letters:
        raised = 7 if count > 0 else -7
        named = [m.value for m in find_notes(letters[1])]
        if all(-1 <= note.fifths <= 5 for note in named):
            named = [Note(note.fifths + raised) for note in named]
        return set() if of_signs(named) == count else {CLASH}
    opened = _NOTE_LIST.match(text, mention.end)
    if opened is None:
        return set()
    notes, at = [], opened.end()
    while (m := _ONE_NOTE.match(text, at)) and m[2].strip() and m.start(1) not in keys:
        if text[m.end() : m.end() + 1].isalpha():
            break
        notes.append(letter_note(m[1], m[2]))
        at = m.end()
    return set() if not notes or of_signs(notes) == count else {CLASH}
