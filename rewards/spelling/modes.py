"""Modes and scales: a tonic, if one is named, and the steps above it.

Conventions
-----------
Steps are semitones above the tonic. Major is Ionian, natural minor is Aeolian,
"minor" alone is natural; a melodic minor without a direction ascends; "diminished"
and "octatonic" without an order begin with a whole tone, as in music21; a "blues"
or "pentatonic" scale is minor, respectively major, unless it says otherwise. A
plagal mode has the final and the notes of its authentic one. Alterations are
applied: "minor with a raised sixth" is Dorian, "Lydian b7" the acoustic scale.

================================  ==========================================
written                           read as
================================  ==========================================
A dorian, A-dorisch, la dórico,   A Dorian
Ador, dorian on A, Tonic: A,
mode: dorian
the second mode of G major        A Dorian
a G major scale from A to A       A Dorian
A minor with a raised sixth       A Dorian
dorian, the dorian mode           Dorian, without a tonic
A dorian or aeolian               A Dorian and A Aeolian
A dorian, like A minor but with   A Dorian
================================  ==========================================
"""

from __future__ import annotations

import re
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.asides import concluded, settled
from rewards.spelling.mentions import Mention, asserted
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
from rewards.spelling.scales import NAME, SHORT, Scale, abbreviated, alter, rotate, scale_name

_ALTERED = Pattern(
    r"[\s,(]*(?:(?:scale|mode)\s*)?(?:(?:but\s+)?(?:with|and)\s+)?(?:an?\s+|the\s+|its\s+)?"
    r"(#|b(?=\d)|raised|sharp(?:ed|ened)?|augmented|major|lowered|flat(?:t?ed|tened)?|natural"
    r"|minor)[\s-]*"
    r"(?:(\d)(?:nd|rd|th)?|(second|third|fourth|fifth|sixth|seventh))(?![\w-])\)?",
    re.IGNORECASE,
)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")
_GAP = (
    r"[\s\-_:;,(\[=|/]{0,8}(?:(?:and |, )?(?:the |in the )?(?:mode|scale|tonality)\s*(?:is "
    r"|[:=])?\s*"
    r"|is |in |as )?(?:the |an? )?$"
)
_LETTER_BEFORE = Pattern(LETTER + rf"(?:-(?:based|cent(?:er|r)ed))?{_GAP}", re.IGNORECASE)
_GERMAN_BEFORE = Pattern(GERMAN + r"[\s\-_]*$", re.IGNORECASE)
_DO_BEFORE = Pattern(SOLFEGE + _GAP, re.IGNORECASE)
_AFTER = Pattern(
    r"\s*(?:mode|scale)?\s*(?:\((?=[A-G][#b]?\))|[,;(]?\s*(?:(?:and )?(?:with )?(?:the |an? |its )?"
    r"(?:tonic|final|root|key|tonal cent(?:er|re))(?: note)?(?:\s*(?:is|of|on|note)\b|\s*[:=])?"
    r"|on|in|of|de|di|auf|sur|starting (?:on|from)|beginning on"
    r"|(?:built|rooted|based|founded) (?:on|in)"
    r"|centered on|centred on|from)\s+(?:the note |the tonic |tonic )?)"
    rf"(?:{LETTER}|{SOLFEGE})(?![\w#'])\)?",
    re.IGNORECASE,
)
_ROTATED = Pattern(
    rf"\s*(?:scale\s*)?(?:,\s*)?(?:(?:but )?(?:starting|beginning|started|played|built) (?:on|from)"
    rf"|from)\s+(?:its |the )?(?:({'|'.join(_ORDINALS)})(?: degree)?"
    rf"|{LETTER}(?: to [A-G]\S?)?)(?![\w#'])",
    re.IGNORECASE,
)
_PLACE = (
    rf"\b(?:({'|'.join(_ORDINALS)})|([1-7])(?:st|nd|rd|th))\s+(?:mode|rotation)\s+of\s+(?:the\s+)?"
)
_MODE_OF = Pattern(rf"{_PLACE}$", re.IGNORECASE)
_MODE_OF_TONIC = Pattern(
    rf"{_PLACE}(?:key of )?{LETTER}(?![\w#']|\s?(?:/|or\b)\s?[A-G][#b]?\W*$)", re.IGNORECASE
)
_TONIC = Pattern(
    r"\b(?:tonic|final|finalis|tonal cent(?:er|re)|root|home note|grundton)(?:\s+note)?(?:\s+is"
    r"|\s*[:=]|\s+on)?"
    rf"\s+{LETTER}(?![\w#'])|{LETTER}\s+(?:is|as)\s+(?:the |its )?(?:tonic|final|tonal|home|root)",
    re.IGNORECASE,
)
_NO_MODE = Pattern(
    r"\s*-?\s*(?:chords?|triads?|arpeggios?|thirds?|sixths?|seconds?|sevenths?|7|9|intervals?"
    r"|cadences?|function|pentachord)\b",
    re.IGNORECASE,
)
_COMPARED = Pattern(
    r"(?:\b(?:same|similar|identical) (?:[\w-]{1,15} ){0,4}(?:as|to)|\bshar(?:es"
    r"|ing) (?:[\w-]{1,15} )"
    r"{1,5}with|\b(?:[iv]{1,4}|degree|mode|notes?|tones?|pitches|step|version|variant) (?:of|in)"
    r"|\blike"
    r"|\bthan|\b(?:those|that) of|\b(?:above|below)|\bcompared (?:to|with)|\bsignature of"
    r"|\busing|\bparent(?: (?:scale|key|mode))?(?: is| of|:)?"
    r"|\b(?:relative|parallel)(?: \w{1,5})?(?: of| to|:| is)?"
    r"|\bit is|\bfrom)"
    r"\s+(?:an? |the )?(?:natural |ordinary |normal |regular )?$",
    re.IGNORECASE,
)
_JOINS = Pattern(
    r"[\s)]*(?:mode|scale)?\s*(?:,|/|\||&|\+|;|\bor\b|\band\b|\bo\b|\bou\b|\boder\b"
    r"|\(or\b)\s*(?:or |and )?"
    r"(?:maybe |possibly |perhaps |even |else ){0,2}(?:in )?(?:the )?",
    re.IGNORECASE,
)
_CHOICE = Pattern(r"/|\||\bor\b|\bou\b|\boder\b|\bmaybe\b|\bpossibly\b|\bperhaps\b", re.IGNORECASE)
_EDGES = Pattern(
    r"^(?:(?:in )?(?:the|an) |in )?(?:(?:mode|scale)[:\s]+)?"
    r"|\s+(?:mode|scale|key|tonality)$",
    re.IGNORECASE,
)
_ARTICLE = Pattern(r"\s*(?:key|mode|tonality|scale|feel\w*|sound\w*|piece|tune)\b", re.IGNORECASE)


@lru_cache(maxsize=4096)
def parse_mode(text: str) -> Scale | None:
    """The one mode or scale that a folded text asserts, or None.

    >>> sorted(parse_mode("A dorian").steps)
    [0, 2, 3, 5, 7, 9, 10]
    """
    found = find_modes(text)
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=4096)
def find_modes(text: str, spelled: bool = False) -> tuple[Scale, ...]:
    """The distinct modes that a folded text asserts; more than one is a hedge."""
    text = unaccented(text)
    every = _mentions(text)
    said = (m.start for m in asserted(text, every) if not _said_of(text, m, m.start))
    first = next(said, -1)
    mentions = [m for m in every if not _said_of(text, m, first)] or every
    mentions = asserted(text, mentions)
    mentions = _with_shared_tonic(text, mentions)
    mentions = settled(text, mentions, lambda a, b: _includes(a, b, spelled))
    mentions = concluded(text, mentions)
    found: list[Scale] = []
    for mention in mentions:
        if not any(mention.value.same(scale, spelled=spelled) for scale in found):
            found.append(mention.value)
    return tuple(found)


def whole_mode(text: str) -> Scale | None:
    """The mode that the text names and nothing else, or None; "blues" alone is a genre.

    >>> whole_mode("Dorian on D").name, whole_mode("it is rather dorian")
    ('D dorian', None)
    """
    if len(text) > 60 or text.strip().lower() == "blues":
        return None
    text = unaccented(_EDGES.sub("", text.strip()))
    found = _mentions(text)
    whole = len(found) == 1 and (found[0].start, found[0].end) == (0, len(text))
    return found[0].value if whole else None


def mode_mentions(text: str) -> list[Mention[Scale]]:
    """What ``find_modes`` finds, as mentions of the whole text."""
    return [Mention(scale, 0, len(text)) for scale in find_modes(text)]


def _mentions(text: str) -> list[Mention[Scale]]:
    found: list[Mention[Scale]] = []
    past = 0
    for m in SHORT.finditer(text):
        steps, name = abbreviated(m[3] or m[4] or m[5])
        found.append(Mention(Scale(letter_note(m[1], m[2]), steps, name), m.start(), m.end()))
    taken = [(m.start, m.end) for m in found]
    for m in NAME.finditer(text):
        inside = any(start <= m.start() < end for start, end in taken)
        if m.start() < past or inside or _NO_MODE.match(text, m.end()):
            continue
        mention = _mention(text, m, past)
        past = mention.end
        found.append(mention)
    for m in _MODE_OF_TONIC.finditer(text):  # "the fifth mode of C": of C major
        if not any(mention.start < m.end() and m.start() < mention.end for mention in found):
            major = Scale(letter_note(m[3], m[4]), *scale_name("major"))
            found.append(Mention(rotate(major, _place(m)), m.start(), m.end()))
    return sorted(found, key=lambda mention: mention.start)


def _mention(text: str, m: re.Match[str], past: int) -> Mention[Scale]:
    """The mode of one name, with the tonic before or after it and what alters it."""
    steps, name = scale_name(m[0])
    end = m.end()
    for _ in range(3):
        change = _ALTERED.match(text, end)
        if change is None:
            break
        degree = int(change[2]) if change[2] else _ORDINALS.index(change[3].lower()) + 1
        steps, end = alter(steps, degree, change[1].lower()), change.end()
        name = f"{name} {change[0].strip(' ,()')}"[:60]
    tonic, start = _tonic_before(text, m, past)
    rotated = _ROTATED.match(text, end) if tonic else None
    if tonic and rotated and len(steps) == 7:
        return _turned(Scale(tonic, steps, name), rotated, start)
    of = _MODE_OF.search(text[max(0, start - 40) : start])
    if tonic and of and len(steps) == 7:
        scale = rotate(Scale(tonic, steps, name), _place(of))
        return Mention(scale, start - len(of[0]), end)
    if tonic is None:
        after = _AFTER.match(text, end)
        if after and (after[1] is None or after[1].isupper() or after[2].strip()):
            tonic = (
                letter_note(after[1], after[2]) if after[1] else solfege_note(after[3], after[4])
            )
            end = after.end()
    return Mention(Scale(tonic, steps, name), start, end)


def _place(of: re.Match[str]) -> int:
    """0 for "first mode", 4 for "5th mode"."""
    return _ORDINALS.index(of[1].lower()) if of[1] else int(of[2]) - 1


def _tonic_before(text: str, m: re.Match[str], past: int) -> tuple[Note | None, int]:
    """The tonic that stands directly before a mode's name, and where it begins."""
    since = max(past, m.start() - 40)
    before = text[since : m.start()]
    if re.search(r"(?:isch|dur|moll)[\w-]*$", m[0], re.IGNORECASE):
        german = _GERMAN_BEFORE.search(before)
        if german:
            return german_note(german[1]), since + german.start()
    letter = _LETTER_BEFORE.search(before)
    if letter:
        lone = letter[1] == "a" and not letter[2].strip()
        article = lone and (_ARTICLE.match(text, m.end()) or since + letter.start() > 0)
        if not (article and not re.search(r"(?:in|of|on) $", text[: since + letter.start()])):
            return letter_note(letter[1], letter[2]), since + letter.start()
    do = _DO_BEFORE.search(before)
    if do and not (do[1].lower() == "la" and re.match(r"(?:gamme|mode)", m[0], re.IGNORECASE)):
        return solfege_note(do[1], do[2]), since + do.start()
    return None, m.start()


def _turned(scale: Scale, match: re.Match[str], start: int) -> Mention[Scale]:
    """A scale that is said to begin on another of its notes."""
    ordered = sorted(scale.steps)
    if match[1]:
        return Mention(rotate(scale, _ORDINALS.index(match[1].lower())), start, match.end())
    first = letter_note(match[2], match[3])
    up = (first.pitch_class - scale.tonic.pitch_class) % 12 if scale.tonic else 0
    turned = rotate(scale, ordered.index(up)) if up in scale.steps else scale
    return Mention(turned, start, match.end())


def _said_of(text: str, mention: Mention[Scale], first: int) -> bool:
    """True if the mention only serves to compare: "like A minor", "notes of G major".

    "It is minor" is said of a mode that stands before, and not of the ``first`` asserted one.
    """
    if mention.value.mode.startswith("mode "):
        return False
    before = text[max(0, mention.start - 70) : mention.start]
    compared = mention.start > 0 and _COMPARED.search(before)
    said_first = mention.start == first and before.lower().rstrip().endswith("it is")
    return bool(compared) and len(before.split()) > 2 and not said_first


def _with_shared_tonic(text: str, mentions: list[Mention[Scale]]) -> list[Mention[Scale]]:
    """Give a mode without a tonic that of the mention before, or drop it as a description."""
    if any(m.value.tonic for m in mentions):
        kept: list[Mention[Scale]] = []
        for place, mention in enumerate(mentions):
            if mention.value.tonic:
                kept.append(mention)
            elif not kept and _offered(text, mention, mentions[place + 1]):
                tonic = next(m.value.tonic for m in mentions[place:] if m.value.tonic)
                scale = Scale(tonic, *_what(mention.value))
                kept.append(Mention(scale, mention.start, mention.end))
            elif kept and _joined(text, kept[-1], mention):
                scale = Scale(kept[-1].value.tonic, *_what(mention.value))
                kept.append(Mention(scale, mention.start, mention.end))
        return kept
    church = [m for m in mentions if m.value.mode not in ("major", "minor")]
    if church and not _CHOICE.search(text):
        thirds = {m.value.third for m in church}
        mentions = [m for m in mentions if m in church or m.value.third not in thirds]
    tonics = {
        letter_note(m[1] or m[3], m[2] if m[1] else m[4])
        for m in _TONIC.finditer(text)
        if (m[1] or m[3]).isupper()
    }
    if len(tonics) == 1:
        tonic = tonics.pop()
        return [
            Mention(Scale(tonic, m.value.steps, m.value.mode), m.start, m.end) for m in mentions
        ]
    return mentions


def _what(scale: Scale) -> tuple[frozenset[int], str]:
    return scale.steps, scale.mode


def _offered(text: str, first: Mention[Scale], second: Mention[Scale]) -> bool:
    """True for "dorian or aeolian on A": both are on the tonic of the second."""
    between = text[first.end : second.start]
    return _JOINS.fullmatch(between) is not None and _CHOICE.search(between) is not None


def _joined(text: str, first: Mention[Scale], second: Mention[Scale]) -> bool:
    """True if the second is offered beside the first: "A dorian or aeolian"."""
    between = text[first.end : second.start]
    if _JOINS.fullmatch(between) is None:
        return False
    describes = second.value.mode in ("major", "minor") and not _CHOICE.search(between)
    return not (describes and second.value.third == first.value.third)


def _includes(first: Scale, second: Scale, spelled: bool) -> bool:
    """ "minor, more precisely dorian": the general word includes the mode."""
    if first.mode not in ("major", "minor") or first.third != second.third:
        return False
    if first.tonic is None or second.tonic is None:
        return first.tonic is None
    return first.tonic.same(second.tonic, spelled=spelled)
