"""Where a text names a mode or scale, with the tonic beside it and what alters or turns it.

Conventions
-----------
================================  ==========================================
written                           read as
================================  ==========================================
A dorian, A-dorisch, la dórico,   A Dorian
Ador, dorian on A, dorian (A)
the second mode of G major        A Dorian
a G major scale from A to A       A Dorian
A minor with a raised sixth       A Dorian
dorian, the dorian mode           Dorian, without a tonic
================================  ==========================================
"""

from __future__ import annotations

import re

from rewards.patterns import Pattern
from rewards.spelling.mentions import Mention
from rewards.spelling.notes import (
    GERMAN,
    LETTER,
    SOLFEGE,
    Note,
    german_note,
    letter_note,
    solfege_note,
)
from rewards.spelling.numbers import ORDINALS
from rewards.spelling.scales import NAME, SHORT, Scale, abbreviated, alter, rotate, scale_name

_ALTERED = Pattern(
    r"[\s,(]*(?:(?:scale|mode)\s*)?(?:(?:but\s+)?(?:with|and)\s+)?(?:an?\s+|the\s+|its\s+)?"
    r"(#|b(?=\d)|raised|sharp(?:ed|ened)?|augmented|major|lowered|flat(?:t?ed|tened)?|natural"
    r"|minor)[\s-]*"
    r"(?:(\d)(?:nd|rd|th)?|(second|third|fourth|fifth|sixth|seventh))(?![\w-])\)?",
    re.IGNORECASE,
)
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
    rf"|from)\s+(?:its |the )?(?:({'|'.join(ORDINALS)})(?: degree)?"
    rf"|{LETTER}(?: to [A-G]\S?)?)(?![\w#'])",
    re.IGNORECASE,
)
_PLACE = (
    rf"\b(?:({'|'.join(ORDINALS)})|([1-7])(?:st|nd|rd|th))\s+(?:mode|rotation)\s+of\s+(?:the\s+)?"
)
_MODE_OF = Pattern(rf"{_PLACE}$", re.IGNORECASE)
_MODE_OF_TONIC = Pattern(
    rf"{_PLACE}(?:key of )?{LETTER}(?![\w#']|\s?(?:/|or\b)\s?[A-G][#b]?\W*$)", re.IGNORECASE
)
_NO_MODE = Pattern(
    r"\s*-?\s*(?:chords?|triads?|arpeggios?|thirds?|sixths?|seconds?|sevenths?|7|9|intervals?"
    r"|cadences?|function|pentachord)\b",
    re.IGNORECASE,
)
_ARTICLE = Pattern(r"\s*(?:key|mode|tonality|scale|feel\w*|sound\w*|piece|tune)\b", re.IGNORECASE)


def named_modes(text: str) -> list[Mention[Scale]]:
    """The modes of an unaccented text in order, each with its tonic where one stands beside it."""
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
        degree = int(change[2]) if change[2] else ORDINALS.index(change[3].lower()) + 1
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
    return ORDINALS.index(of[1].lower()) if of[1] else int(of[2]) - 1


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
        return Mention(rotate(scale, ORDINALS.index(match[1].lower())), start, match.end())
    first = letter_note(match[2], match[3])
    up = (first.pitch_class - scale.tonic.pitch_class) % 12 if scale.tonic else 0
    turned = rotate(scale, ordered.index(up)) if up in scale.steps else scale
    return Mention(turned, start, match.end())
