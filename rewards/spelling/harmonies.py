"""Notes, triads, seventh chords and keys as one thing: a root, with or without a quality.

Conventions
-----------
A relation of theory ("the dominant of E flat") may be answered by a note, a chord or a
key. A key is read as its triad; a bare note has no quality.

==========================================  =============================
written                                     read as
==========================================  =============================
B flat, Bb, si bemol                        B flat
B flat major, Bb:maj, B-Dur, sib majeur     B flat major
Dm, D minor chord                           D minor
Bb7, B flat dominant seventh                B flat 7
Bb (Bb D F); Bb, for the scale is Eb F ...  B flat: lists only explain
E minor (one sharp, F#)                     E minor
==========================================  =============================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rewards.answers import bare
from rewards.patterns import Pattern
from rewards.spelling.mentions import Mention, asserted
from rewards.spelling.notes import (
    GERMAN,
    LETTER,
    SOLFEGE,
    Note,
    find_notes,
    german_note,
    letter_note,
    parse_note,
    solfege_note,
    unaccented,
)

_SEVENTH = r"[\s-]*(?:seventh|7th|7)"
_QUALITIES: tuple[tuple[str, str], ...] = (
    ("hdim7", rf"half[\s-]*diminished(?:{_SEVENTH})?|m(?:in)?7b5|ø7?"),
    ("dim7", rf"(?:fully[\s-]+)?diminished{_SEVENTH}|dim7|°7"),
    ("dim", r"diminished|dim|°"),
    ("aug", r"augmented|aug|\+"),
    ("maj7", rf"major{_SEVENTH}|maj\s?7|(?-i:M7)"),
    ("min7", rf"minor{_SEVENTH}|min7|(?-i:m7)"),
    ("7", rf"dominant{_SEVENTH}|7(?:th)?"),
    ("major", r"major|maj|(?-i:M)|dur|mayor|majeur|maggiore|maior"),
    ("minor", r"minor|min|(?-i:m)|moll|menor|mineur|minore"),
)
_QUALITY = "|".join(form for _, form in _QUALITIES)
_NO_HARMONY = r"(?!\w|[\s-]+(?:third|sixth|second|interval)\b)"
_HARMONY = Pattern(
    rf"(?:{LETTER}|{SOLFEGE})[\s:(-]{{0,3}}(?:(?:natural|harmonic|melodic)[\s-]+)?"
    rf"({_QUALITY}){_NO_HARMONY}",
    re.IGNORECASE,
)
_OR_QUALITY = Pattern(rf"\s?(?:\bor\b|/)\s?({_QUALITY}){_NO_HARMONY}", re.IGNORECASE)
_GERMAN = Pattern(rf"{GERMAN}[\s-]*(dur|moll)(?![a-z])", re.IGNORECASE)
_BETWEEN = Pattern(r"[\s,-]*(?:and\s+)?")
_OPENS = Pattern(
    r"(?:\(|\[|:|=|\bnotes?\b|\bconsist|\bcontain|\bmade\b|\bspelled\b|\btones?\b|\bscale\b)"
)
_SIGNATURE = Pattern(r"\b(?:sharps?|flats?)[\s,:(-]{0,4}(?:(?:namely|which (?:is|are)|is|are) )?$")
_LONG_LIST = 5


@dataclass(frozen=True, slots=True)
class Harmony:
    """A root and the quality of its chord or key, None for a bare note."""

    root: Note
    quality: str | None

    @property
    def name(self) -> str:
        """``Bb major``, or ``Bb``."""
        return f"{self.root.name} {self.quality}" if self.quality else self.root.name


@lru_cache(maxsize=4096)
def find_harmonies(text: str) -> tuple[Mention[Harmony], ...]:
    """What a folded text asserts, in order, without the lists that explain."""
    text = unaccented(text).strip().rstrip(".")
    whole = parse_note(bare(text))
    if whole is not None:
        return (Mention(Harmony(whole, None), 0, len(text)),)
    named = _named(text)
    taken = [(m.start, m.end) for m in named]
    notes = [
        Mention(Harmony(m.value, None), m.start, m.end)
        for m in find_notes(text)
        if not any(start <= m.start < end for start, end in taken)
    ]
    mentions = sorted([*named, *notes], key=lambda mention: mention.start)
    return tuple(asserted(text, _without_lists(text, mentions)))


def _named(text: str) -> list[Mention[Harmony]]:
    found: dict[int, Mention[Harmony]] = {}
    for m in _GERMAN.finditer(text):
        quality = "major" if m[2].lower() == "dur" else "minor"
        found[m.start()] = Mention(Harmony(german_note(m[1]), quality), m.start(), m.end())
    for m in _HARMONY.finditer(text):
        article = m[1] == "a" and not m[2].strip() and m.start() > 0
        if m.start() in found or article:
            continue
        root = letter_note(m[1], m[2]) if m[1] else solfege_note(m[3], m[4])
        found[m.start()] = Mention(Harmony(root, _quality(m[5])), m.start(), m.end())
        other = _OR_QUALITY.match(text, m.end())
        if other:
            found[other.start()] = Mention(
                Harmony(root, _quality(other[1])), other.start(), other.end()
            )
    return list(found.values())


def _quality(written: str) -> str:
    return next(name for name, form in _QUALITIES if re.fullmatch(form, written, re.IGNORECASE))


def _without_lists(text: str, mentions: list[Mention[Harmony]]) -> list[Mention[Harmony]]:
    """Drop runs of bare notes that spell a chord or a scale behind what was said."""
    runs: list[list[Mention[Harmony]]] = []
    for mention in mentions:
        last = runs[-1][-1] if runs else None
        bare_pair = last and last.value.quality is None and mention.value.quality is None
        if last and bare_pair and _BETWEEN.fullmatch(text[last.end : mention.start]):
            runs[-1].append(mention)
        else:
            runs.append([mention])
    kept: list[Mention[Harmony]] = []
    for run in runs:
        opened = kept and _OPENS.search(text[kept[-1].end : run[0].start])
        roots = {mention.value.root.pitch_class for mention in run}
        spells = len(run) > 2 and opened and kept[0].value.root.pitch_class in roots
        signs = (
            kept
            and run[0].value.quality is None
            and _SIGNATURE.search(text[kept[-1].end : run[0].start])
        )
        if not (spells or signs or len(run) >= _LONG_LIST):
            kept += run
    return kept or mentions
