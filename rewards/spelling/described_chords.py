"""The chords that a text means, without those that only describe another.

Conventions
-----------
==============================================  ===========================
text                                            chords
==============================================  ===========================
C major (C E G); Am7, i.e. A C E G              one: notes only describe
C E G; A-C-E-G                                  one: notes spell it out
C major (C/E); A minor, more precisely Am7      the second, it says more
Am7 (A minor)                                   the first
C major or C/E; Am7, C6                         two
ii7 in G major, V7 of C                         one: a numeral with its key
==============================================  ===========================
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rewards.patterns import Pattern
from rewards.spelling.chord_fields import includes, with_quality
from rewards.spelling.chord_mentions import find_chords
from rewards.spelling.harte import NO_CHORD, QUALITIES, Chord
from rewards.spelling.mentions import Mention
from rewards.spelling.notes import Note, parse_note
from rewards.spelling.numeral_chords import chord_in_key

_I = re.IGNORECASE
_LOOK_BACK = 48
_LETTER = r"[A-G](?:##|#|bb?|x|[\s-](?:sharp|flat))?[0-8]?"
_NOTE_NAME = Pattern(_LETTER)
_NAMED_ROLE = Pattern(rf"{_LETTER}\s*\((?:the )?(?:root|third|fifth|seventh|ninth|[1357])\)?")
_ROLE = (
    r"(?:root|bass|third|fifth|seventh|ninth|lowest note|top(?: note)?|leading tone|chord tone"
    r"|notes?|tone)"
)
_ROLE_BEFORE = Pattern(
    rf"\b{_ROLE}(?:\s*[,:=]\s*|\s+(?:is|being|of|on)?\s*)(?:an? |the )?$|\bbecause of (?:the )?$",
    _I,
)
_ROLE_AFTER = Pattern(
    rf",?\s*(?:\(\s*)?(?:is|being|as|in|at|on)?\s*(?:the|its|a)?\s*(?:(?:major|minor|perfect"
    rf"|diminished|augmented) )?{_ROLE}\b",
    _I,
)
_LABEL = Pattern(r"\(?[A-F]\)\s+|(?:option|choice)\s+\(?[A-F]\)?\s*[:.)-]?\s*", _I)
_NONE_SAID = Pattern(r"(?:N\.?\s?C\.?|no chords?|none)\s*(?:[,(;:.-]|because|since|as)", _I)
_OPENS = Pattern(
    r"\(|->|→|:|=|\s-\s|-|,|\bnotes?\b|\bconsist|\bcontain|\bmade\b|\bspell|\btones?\b|\bwith\b"
    r"|\bform|\bmak(?:e|ing)|\bi\.?e\b|\bi\.\s?e|\bnamely\b|\bthat is\b|\bare\b|\broot\b",
    _I,
)
_OPEN = Pattern(
    r"\b(?:or|not|rather|instead|could|might|also|either|maybe|perhaps|possibly|vs|versus)\b"
    r"|[?%]",
    _I,
)
_SAID_AGAIN = Pattern(
    r"\s*(?:\bchord\b|\btriad\b)?\s*(?:[(=:]|[,;]?\s*\(?(?:i\.?\s?e\.?|that is|namely"
    r"|more (?:precisely|specifically|exactly)|to be (?:precise|exact|specific)|specifically"
    r"|or rather|also (?:written|called|known as)|lead sheet|symbol|written|notated|viz)\b)"
    r"[\s:,(]*(?:as )?(?:an? |the )?",
    _I,
)
_JOINT = Pattern(
    r"[\s,;/&+-]*(?:\band\b|\bthen\b|\bthe\b|\b(?:major|minor|perfect|diminished)\b"
    r"|\b(?:root|third|fifth|seventh|ninth)\b|[\s,:()&-])*",
    _I,
)
_SPELLED = Pattern(
    r"(?:(?:(?:the )?(?:chord )?(?:notes?|tones?)(?: are| is|:)?|[Tt]he (?:\w{4,8} )?chord is)\s*)?"
    rf"({_LETTER}(?:(?:\s*-\s*|\s*,\s*(?:and )?|\s+and |\s+){_LETTER}){{2,4}})",
)
_TURN_ORDER = tuple(QUALITIES[name] for name in ("maj", "min", "dim", "7", "maj7", "minmaj7"))
"""Chords of which each inversion is told from all other chords by its notes."""


def described_chords(text: str) -> list[Mention[Chord]]:
    """The chords of a text without those that only describe another (see the table)."""
    spelled = spelled_out(text)
    if spelled is not None:
        return [Mention(spelled, 0, len(text))]
    found = find_chords(text)
    if not found:
        none = _NONE_SAID.match(text)
        if none:
            return [Mention(NO_CHORD, 0, none.end())]
        chord = chord_in_key(text)
        return [Mention(chord, 0, len(text))] if chord else []
    label = _LABEL.match(text)
    if label and len(found) > 1 and found[0].start < label.end() <= found[1].start:
        found = found[1:]
    if len(found) < 2:
        return with_quality(text, found[0])
    found = _without_notes(text, found)
    kept = list(found)
    for first, second in pairwise(found):
        between = text[first.end : second.start]
        if _OPEN.search(text[first.start : second.end]) or not _SAID_AGAIN.fullmatch(between):
            continue
        if includes(first.value, second.value) and first in kept:
            kept.remove(first)
        elif includes(second.value, first.value) and second in kept:
            kept.remove(second)
    return with_quality(text, kept[0]) if len(kept) == 1 else kept


def _without_notes(text: str, found: list[Mention[Chord]]) -> list[Mention[Chord]]:
    """Without the notes that spell a chord out."""
    roles = [m for m in found if _NAMED_ROLE.fullmatch(text[m.start : m.end])]
    named = [m for m in found if m not in roles and not _NOTE_NAME.fullmatch(text[m.start : m.end])]
    high = [m for m in found if text[m.end - 1].isdigit()]
    if not named and len(high) == 1:  # the G7 of "G, B, D, F: G7" is no note of its octave
        named = high
    lead = named[0] if named else found[0]
    if lead.value.root is None:
        return found
    notes = [m for m in found if m not in named and m is not lead]
    tones = {*lead.value.all_pitch_classes}
    roles += [m for m in notes if _has_role(text, m)]
    roles = [m for m in roles if m.value.pitch_classes & tones]
    if roles and named:
        found = [m for m in found if m not in roles]
        notes = [m for m in notes if m not in roles]
    if not notes or (not named and len(notes) < 2):
        return found
    between = text[min(lead.end, notes[-1].end) : max(lead.start, notes[0].start)]
    low, high = min(lead.start, notes[0].start), max(lead.end, notes[-1].end)
    if not _OPENS.search(between) or _OPEN.search(text[low:high]):
        return found
    classes = {m.value.root.pitch_class for m in notes if m.value.root}
    listed = len(notes) > 1 and all(
        _JOINT.fullmatch(text[a.end : b.start]) for a, b in pairwise(notes)
    )
    if classes <= tones and (listed or len(notes) > 2 or "(" in between or "root" in between):
        return [m for m in found if m not in notes]
    return found


def _has_role(text: str, mention: Mention[Chord]) -> bool:
    """ "the third is E", "with G in the bass": a note of the chord, no chord."""
    before = text[max(0, mention.start - _LOOK_BACK) : mention.start]
    return bool(_ROLE_BEFORE.search(before) or _ROLE_AFTER.match(text, mention.end))


def spelled_out(text: str) -> Chord | None:
    """The chord whose notes are listed, and nothing else: "A C E G", "E-G-C"."""
    found = _SPELLED.fullmatch(text.rstrip("."))
    if found is None:
        return None
    notes = [parse_note(m[0].rstrip("012345678")) for m in _NOTE_NAME.finditer(found[1])]
    return chord_of_notes([note for note in notes if note is not None])


def chord_of_notes(notes: Sequence[Note]) -> Chord | None:
    """The chord of some notes, the lowest first, or None.

    The first note is the root if that makes a chord; else it may be inverted.
    """
    for at, root in enumerate(notes):
        mask = sum({1 << (note.pitch_class - root.pitch_class) % 12 for note in notes})
        if mask in QUALITIES.values() and (at == 0 or mask in _TURN_ORDER):
            return Chord(root, mask, (notes[0].pitch_class - root.pitch_class) % 12)
    return None
