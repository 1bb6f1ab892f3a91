"""Keys: a tonic and a mode, however they are written.

Conventions
-----------
A key is major, minor, or in another mode ("dorian", ...); Ionian is major and
Aeolian is minor. A tonic without a mode is major ("in D"), but only where the
text has no key with a mode.

==============================  ==========================================
written                         read as
==============================  ==========================================
D major, D Maj, D:maj, DM       D major
Dm, d minor, D natural minor    D minor
D-Dur, es-Moll, H-Dur, b-Moll   D major, E flat minor, B major, B flat minor
re mayor, la bémol mineur       D major, A flat minor
in D, key of D, D is the tonic  D major
Re M, la m (as a whole text)    D major, A minor
D major or its relative minor   D major and B minor
D大调, 降B小调, ニ長調          D major, B flat minor, D major
C#/Db major                     C sharp major and D flat major
D major or minor, D major minor D major and D minor
major or D minor                D major and D minor
A minor chord, a minor key      no key
relative (major) of B minor     D major
D major, mode: minor            D major and D minor
==============================  ==========================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.bare_tonics import bare_tonics
from rewards.spelling.key_chords import chord_lists
from rewards.spelling.key_relations import (
    AND_ALSO,
    COMPARED,
    CONCEDED,
    DOMINANT,
    JOINED_AFTER,
    JOINED_TONIC,
    LEADING,
    MOVED,
    OFFERED,
    OR_FIFTH,
    OR_RELATED,
    POSSESSIVE,
    RELATED_AFTER,
    RELATED_TO,
    RELATION,
    fifth_of,
)
from rewards.spelling.mentions import Mention
from rewards.spelling.notes import (
    GERMAN,
    LETTER,
    SOLFEGE,
    Note,
    german_note,
    letter_note,
    solfege_note,
    unaccented,
)

_MAJOR = (
    "major|maj|mayor|majeur|majeure|maggiore|maior|dur|ionian|ionisch|大调|大調|长调|長調|メシャー"
)
_MINOR = (
    "minor|min|menor|mineur|mineure|minore|moll|aeolian|eolian|aolisch|小调|小調|短调|短調|マイナー"
)
_CHURCH = "dorian|phrygian|lydian|mixolydian|locrian"
_MODE = rf"(?:{_MAJOR}|{_MINOR}|{_CHURCH})(?![a-z])"
_GAP = (
    r"[\s\-_:;,(\[=|/]{0,8}"
    r"(?:(?:and )?(?:the )?(?:mode|scale|quality|tonality)\s*(?:is\s*|[:=]\s*))?"
    r"(?:in (?=ma|mi))?(?:(?:natural|harmonic|melodic)\s+)?"
)
_NO_KEY = (
    r"(?!(?:(?<=maj|min)\.)?(?:[^\S\n]*|-)(?:chords?|triads?|arpeggios?|third|sixth|second"
    r"|interval|cadence|seventh|ninth|eleventh|thirteenth|7th|9th|[679]|1[13]|add)\b)"
)
_LETTER_KEY = Pattern(rf"{LETTER}{_GAP}({_MODE}){_NO_KEY}", re.IGNORECASE)
_GERMAN_KEY = Pattern(rf"{GERMAN}[\s\-_]*(dur|moll)(?![a-z])", re.IGNORECASE)
_SOLFEGE_KEY = Pattern(rf"{SOLFEGE}{_GAP}({_MODE}){_NO_KEY}", re.IGNORECASE)
_SHORT_KEY = Pattern(
    r"(?<![\w#])([A-Ga-g])(##|#|x|bb|b|)(m|M)(?![\w#+^°ø(-]|/(?![A-G][#b]?[mM]\b))"
)
_MODE_FIRST = Pattern(
    rf"(?<!relative )(?<!parallel )\b(major|minor)\s+(?:key|scale|mode|tonality)\s*"
    rf"(?:of|on|with tonic|,\s*tonic)?\s+{LETTER}(?![\w#])",
    re.IGNORECASE,
)
_JOINED_MODE = Pattern(
    r"\s*(?:/|\||&|\bor\b|\band\b|,\s*or\b|\(or|(?<=[a-z])[\s-])\s*(?:possibly |perhaps |maybe )?"
    rf"({_MODE})(?!\s*[A-G]\b){_NO_KEY}",
    re.IGNORECASE,
)
_MODE_BEFORE = Pattern(rf"(?<![a-z])({_MODE})\s*(?:/|\||,?\s*\bor\b)\s*(?:in\s)?$", re.IGNORECASE)
_MODE_ALONE = Pattern(rf"(?<![a-z]){_MODE}", re.IGNORECASE)
_MODE_FIELD = Pattern(
    rf"(?<!chord )\b(?:mode|quality)\s?[:=]\s?({_MODE})"
    rf"|[,;]\s(?:the )?mode (?:is )?({_MODE})\W{{0,3}}$|^mode (?:is )?({_MODE})\s?[,;]",
    re.IGNORECASE,
)
_LOOK_BACK = 60
_ONE_KEY = 9
"""A text of so few characters holds no list of chords beside a key."""
_ARTICLE = Pattern(r"\s*(?:key|mode|tonality|scale|mood|feel\w*|sound\w*|quality|piece|tune)\b")


@dataclass(frozen=True, slots=True)
class Key:
    """A tonic and a mode: "major", "minor" or another mode in lower case."""

    tonic: Note
    mode: str

    @property
    def name(self) -> str:
        """``Bb minor``."""
        return f"{self.tonic.name} {self.mode}"

    @property
    def signature(self) -> int | None:
        """Sharps (positive) or flats of a major or minor key; may pass 7."""
        if self.mode not in ("major", "minor"):
            return None
        return self.tonic.fifths - (3 if self.mode == "minor" else 0)

    def same(self, other: Key, *, spelled: bool = False) -> bool:
        """Equal mode, and tonic by spelling or by sound."""
        return self.mode == other.mode and self.tonic.same(other.tonic, spelled=spelled)


def mode_name(word: str) -> str:
    """ "major" or "minor" for their names in any tongue; other modes as they are."""
    word = word.lower()
    if word == "m" or re.fullmatch(_MINOR, word):
        return "minor"
    return "major" if re.fullmatch(_MAJOR, word) else word


@lru_cache(maxsize=4096)
def parse_key(text: str) -> Key | None:
    """The key that the text names and nothing else, or None.

    >>> parse_key("es-Moll").name
    'Eb minor'
    """
    text = text.strip().rstrip(".").strip()
    found = [m for m in find_keys(text) if m.start == 0 and m.end == len(text)]
    return found[0].value if len(found) == 1 else None


def find_keys(text: str) -> list[Mention[Key]]:
    """The keys that a text names, in order; tonics alone only if there is nothing else."""
    text = unaccented(text)
    full = _full_keys(text)
    if full:
        return _with_mode(text, _with_joined(text, full))
    related = [
        Mention(key, m.start(), m.end())
        for m in RELATED_TO.finditer(text)
        if (key := _related_to(m)) is not None
    ]
    if related:
        return related
    loose = [
        Mention(Key(letter_note(m[2], m[3]), mode_name(m[1])), m.start(), m.end())
        for m in _MODE_FIRST.finditer(text)
    ]
    if loose:
        return loose
    modes = {mode_name(mode) for mode in _MODE_ALONE.findall(text)}
    bare = bare_tonics(text, modes)
    return [Mention(Key(note, mode), start, end) for note, mode, start, end in bare]


def _full_keys(text: str) -> list[Mention[Key]]:
    found: dict[int, Mention[Key]] = {}
    for m in _GERMAN_KEY.finditer(text):
        found[m.start()] = Mention(Key(german_note(m[1]), mode_name(m[2])), m.start(), m.end())
    for m in _LETTER_KEY.finditer(text):
        if m.start() not in found and not _is_article(text, m):
            closed = ("(" in m[0] or "[" in m[0]) and text[m.end() : m.end() + 1] in (")", "]")
            end = m.end() + closed
            key = Key(letter_note(m[1], m[2]), mode_name(m[3]))
            found[m.start()] = Mention(key, m.start(), end)
    for m in _SHORT_KEY.finditer(text):
        verb = m[0] == "am" and m[0] != text  # "I am not sure"
        if m.start() not in found and not verb:
            mode = "minor" if m[3] == "m" else "major"
            found[m.start()] = Mention(Key(letter_note(m[1], m[2]), mode), m.start(), m.end())
    for m in _SOLFEGE_KEY.finditer(text):
        if m.start() not in found:
            key = Key(solfege_note(m[1], m[2]), mode_name(m[3]))
            found[m.start()] = Mention(key, m.start(), m.end())
    kept = [found[start] for start in sorted(found)]
    lists = chord_lists(text) if kept and len(text) > _ONE_KEY else []
    return [m for m in kept if not any(start <= m.start < end for start, end in lists)]


def _is_article(text: str, match: re.Match[str]) -> bool:
    """ "a minor key": an article, not a tonic."""
    if match[1] != "a" or match[2].strip():
        return False
    named = text.endswith("key of ", 0, match.start())
    return _ARTICLE.match(text, match.end()) is not None and not named


def _with_joined(text: str, keys: list[Mention[Key]]) -> list[Mention[Key]]:
    """Apply relations, leave out what is compared, add what a neighbour shares."""
    mentions: list[Mention[Key]] = []
    compared = 0
    for mention in keys:
        key, since = mention.value, max(0, mention.start - _LOOK_BACK)
        before = text[since : mention.start]
        gap = text[max(since, mentions[-1].end) : mention.start] if mentions else ""
        also = compared and AND_ALSO.fullmatch(text[compared : mention.start][:8])
        if relation := RELATION.search(before):
            start = since + relation.start()
            start -= 4 if text.endswith("the ", 0, start) else 0
            if related := _told(key, relation):
                mentions.append(Mention(related, start, mention.end))
        elif (told := RELATED_AFTER.search(gap)) and not (
            OFFERED.search(gap) or MOVED.search(gap[: told.start()])
        ):
            continue  # "D major, whose relative minor is B minor": said about D major
        elif not mentions and mention is not keys[-1] and CONCEDED.search(before):
            continue  # "although it hints at F major, it is in D minor"
        elif not mentions and (dominant := DOMINANT.search(before)):
            fifth = Key(fifth_of(key.tonic, dominant), key.mode)
            mentions.append(Mention(fifth, since + dominant.start(), mention.end))
        elif mentions and (also or COMPARED.search(before)):
            compared = mention.end  # "A minor, same signature as C major": said about A minor
        elif of := POSSESSIVE.match(text, mention.end):
            if related := _told(key, of):
                mentions.append(Mention(related, mention.start, of.end()))
        else:
            mentions += _with_neighbours(text, mention, since, mentions)
    return mentions


def _with_neighbours(
    text: str, mention: Mention[Key], since: int, earlier: list[Mention[Key]]
) -> list[Mention[Key]]:
    """A key, and those that share its tonic or mode or are told by their relation to it."""
    key, start, before = mention.value, mention.start, text[since : mention.start]
    found: list[Mention[Key]] = []
    joined = JOINED_TONIC.search(before)
    if joined and (joined[1].isupper() or joined[2]):
        start = since + joined.start()
        tonic = letter_note(joined[1], joined[2])
        found.append(Mention(Key(tonic, key.mode), start, mention.end))
    first = _MODE_BEFORE.search(before)
    if first and all(m.end <= since + first.start() for m in (found or earlier)[-1:]):
        start = since + first.start()
        found.append(Mention(Key(key.tonic, mode_name(first[1])), start, mention.end))
    leading = None if earlier or found or since else LEADING.fullmatch(before)
    if leading and not (tonic := letter_note(leading[1], leading[2])).same(key.tonic):
        found.append(Mention(Key(tonic, "major"), 0, mention.start))
    found.append(Mention(key, start, mention.end))
    if other := _JOINED_MODE.match(text, mention.end):
        found.append(Mention(Key(key.tonic, mode_name(other[1])), mention.start, mention.end))
    if after := JOINED_AFTER.match(text, mention.end):
        tonic = letter_note(after[1], after[2])
        found.append(Mention(Key(tonic, "major"), after.start(1), after.end()))
    hedge = OR_RELATED.match(text, mention.end)
    if hedge and (related := _told(key, hedge)):
        found.append(Mention(related, hedge.start(1), hedge.end()))
    if fifth := OR_FIFTH.match(text, mention.end):
        offered = Key(fifth_of(key.tonic, fifth), key.mode)
        found.append(Mention(offered, mention.end, fifth.end()))
    return found


def _with_mode(text: str, keys: list[Mention[Key]]) -> list[Mention[Key]]:
    """With the key in the mode that a field of its own gives, where no other has that mode."""
    field = _MODE_FIELD.search(text)
    modes = {mention.value.mode for mention in keys}
    if field is None or not keys or not modes <= {"major", "minor"}:
        return keys
    mode = mode_name(field[1] or field[2] or field[3])
    if mode in modes:
        return keys
    other = Mention(Key(keys[0].value.tonic, mode), field.start(), field.end())
    return sorted([*keys, other], key=lambda mention: mention.start)


def _told(key: Key, match: re.Match[str]) -> Key | None:
    """What "relative minor", "parallel" or the like is to a key, the mode being the other one."""
    opposite = "minor" if key.mode == "major" else "major"
    return _related(key, match[1].lower(), (match[2] or opposite).lower())


def _related(key: Key, relation: str, mode: str) -> Key | None:
    """The relative or parallel key in ``mode``; None if the phrase is wrong."""
    if key.mode == mode or key.mode not in ("major", "minor"):
        return None
    if relation == "parallel":
        return Key(key.tonic, mode)
    return Key(Note(key.tonic.fifths + (3 if mode == "minor" else -3)), mode)


def _related_to(match: re.Match[str]) -> Key | None:
    """ "the relative minor of C": the mode of C is the other one."""
    mode = match[2].lower()
    tonic = letter_note(match[3], match[4])
    return _related(Key(tonic, "major" if mode == "minor" else "minor"), match[1].lower(), mode)
