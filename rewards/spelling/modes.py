"""Modes and scales: a tonic, if one is named, and the steps above it.

Conventions
-----------
Steps are semitones above the tonic. Major is Ionian, natural minor is Aeolian,
"minor" alone is natural; a melodic minor without a direction ascends; "diminished"
and "octatonic" without an order begin with a whole tone, as in music21; a "blues"
or "pentatonic" scale is minor, respectively major, unless it says otherwise. A
plagal mode has the final and the notes of its authentic one. Alterations are
applied: "minor with a raised sixth" is Dorian, "Lydian b7" the acoustic scale.
``mode_names.py`` tells where a mode is named; here, which of them a text asserts.

================================  ==========================================
written                           read as
================================  ==========================================
Tonic: A, mode: dorian            A Dorian
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
from rewards.spelling.mode_names import named_modes
from rewards.spelling.notes import LETTER, letter_note, unaccented
from rewards.spelling.scales import Scale

_TONIC = Pattern(
    r"\b(?:tonic|final|finalis|tonal cent(?:er|re)|root|home note|grundton)(?:\s+note)?(?:\s+is"
    r"|\s*[:=]|\s+on)?"
    rf"\s+{LETTER}(?![\w#'])|{LETTER}\s+(?:is|as)\s+(?:the |its )?(?:tonic|final|tonal|home|root)",
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
    every = named_modes(text)
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
    found = named_modes(text)
    whole = len(found) == 1 and (found[0].start, found[0].end) == (0, len(text))
    return found[0].value if whole else None


def mode_mentions(text: str) -> list[Mention[Scale]]:
    """What ``find_modes`` finds, as mentions of the whole text."""
    return [Mention(scale, 0, len(text)) for scale in find_modes(text)]


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
