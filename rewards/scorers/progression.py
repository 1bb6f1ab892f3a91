"""Reward ``progression``: a series of chords.

Conventions
-----------
Chords are compared by root and quality; inversions and tensions past the seventh do not
count. Roman numerals with a key
("I V vi IV in C major") are read in it; without one they are compared in the transposition
that fits best.

=====================================================  =========================
the answer is                                          value
=====================================================  =========================
the progression                                        1.0
another                                                1 - edits / longer; a
                                                       seventh that only one of
                                                       the two names is half an
                                                       edit
the progression as a loop, several times               folded first; at most 0.9
several progressions ("... or ..."), none, more than   0.0
64 chords
=====================================================  =========================

One progression in two spellings ("I-V-vi-IV (C-G-Am-F)") is one. Edits are Levenshtein's.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rewards.errors import DataError
from rewards.patterns import Pattern
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.typed import answer_text, applies
from rewards.spelling.chord_mentions import find_chords
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import mask_of
from rewards.spelling.keys import Key, find_keys
from rewards.spelling.notes import Note
from rewards.spelling.numerals import chord_of, parse_numeral
from rewards.text import fold

Step = tuple[int, int, int]
"""Root pitch class, mask of the triad, seventh above the root or -1."""

MOST = 64
LOOPED = 0.9
_TRIAD = mask_of(*range(9)) & ~mask_of(1)
_SPLIT = Pattern(
    r"\s*(?:->|=>|→|⟶|\||,|;|\n|\s-+\s|-{2,}|\bthen\b|\bto\b|\bfollowed by\b|\band\b|\s/\s"
    r"|(?<=\w)\s*-\s*(?=[#b]?[A-GIViv](?![\da-z]{0,1}5))|:\||\|:)\s*",
    2,
)
_OR = Pattern(r"\s*(?:,|;)?\s*\b(?:or|alternatively|otherwise)\b\s*", 2)
_KEY = Pattern(r",?\s*\(?\b(?:in|key of|key:)\s*(?:the\s*)?(?:key of\s*)?$", 2)
_LEAD = Pattern(
    r"^(?:(?:the|it|this)\s+)?(?:(?:chord\s+)?progression|chords?|sequence|harmony|loop)\s*(?:is|are|:|"
    r"=|goes)+\s*:?\s*",
    2,
)
_BRACKETS = Pattern(r"[()]")
_DRESS = " .,;:!?*'\"[]{}"
_C_MAJOR, _A_MINOR = Key(Note(0), "major"), Key(Note(3), "minor")


@reward("progression")
def progression(question: Question, response: Response) -> Verdict | None:
    """1 - edits / longer against ``facts.progression``.

    Raises:
        DataError: an item of the fact is no chord.
    """
    if not applies(question, "progression"):
        return None
    truth = reference(question.facts.progression or ())
    text = answer_text(question, response)
    if isinstance(text, Verdict):
        return text
    readings = said(text)
    if not readings:
        return Verdict(0.0, f"the answer names no progression: {text[:60]!r}")
    values = [_value(truth, steps, loose) for steps, loose in readings]
    value = min(values)  # two readings of one answer have to agree
    return Verdict(value, f"{len(readings[0][0])} chords, expected {len(truth)}")


@lru_cache(maxsize=1024)
def reference(items: tuple[str, ...]) -> tuple[Step, ...]:
    """The steps of a fact; one item may list the whole progression.

    Raises:
        DataError: an item is no chord.
    """
    made: list[Step] = []
    for item in items:
        chord = parse_chord(fold(item))
        steps = [_step(chord.root.pitch_class, chord.intervals)] if chord and chord.root else None
        listed = steps or (_chords(_parts(fold(item))) if len(items) == 1 else None)
        if not listed:
            raise DataError(f"facts.progression: got {item[:40]!r}, expected one such as 'A:7'")
        made.extend(listed)
    return tuple(made)


@lru_cache(maxsize=4096)
def said(text: str) -> tuple[tuple[tuple[Step, ...], bool], ...]:
    """The progressions that a cleaned text gives, each with: may it be transposed?

    Several only where one is another spelling of the other; alternatives give none.
    """
    if _OR.search(text):
        return ()
    text, key = _without_key(_LEAD.sub("", text, count=1))
    pieces = [piece.strip(_DRESS) for piece in _BRACKETS.split(text)]
    readings = []
    for piece in pieces:
        if not piece:
            continue
        parts = _parts(piece)
        chords = _chords(parts)
        if chords:
            readings.append((tuple(chords), False))
            continue
        numerals = _numerals(parts, key)
        if numerals:
            readings.append((tuple(numerals), key is None))
    if not readings:
        found = [m.value for m in find_chords(text)[: MOST + 1]]
        steps = [_step(c.root.pitch_class, c.intervals) for c in found if c.root]
        readings = [(tuple(steps), False)] if len(steps) > 1 else []
    return tuple(r for r in readings if len(r[0]) <= MOST) if len(readings) < 3 else ()


def _parts(text: str) -> list[str]:
    """The chords of a list, however they are set apart; by blanks if by nothing else."""
    parts = [part.strip(_DRESS) for part in _SPLIT.split(text)]
    parts = [part for part in parts if part]
    whole = [part for part in parts if parse_chord(part) or parse_numeral(part)]
    if len(whole) == len(parts):
        return parts
    words = [word.strip(_DRESS) for part in parts for word in part.split()]
    return [word for word in words if word not in ("", "-", "|", "–", "%")]


def _chords(parts: Sequence[str]) -> list[Step] | None:
    if len(parts) > MOST:
        return None
    made = []
    for part in parts:
        chord = parse_chord(part)
        if chord is None or chord.root is None or parse_numeral(part):
            return None
        made.append(_step(chord.root.pitch_class, chord.intervals))
    return made or None


def _numerals(parts: Sequence[str], key: Key | None) -> list[Step] | None:
    """Steps of Roman numerals; a first or last minor tonic makes a bare list minor."""
    if len(parts) < 2 or len(parts) > MOST:
        return None
    minor = "i" in (parts[0], parts[-1]) and "I" not in parts
    home = key or (_A_MINOR if minor else _C_MAJOR)
    made = []
    for part in parts:
        numeral = parse_numeral(part, home.mode == "minor")
        if numeral is None:
            return None
        root, mask, _ = chord_of(numeral, home)
        made.append(_step(root, mask))
    return made


def _step(root: int, mask: int) -> Step:
    seventh = next((step for step in (10, 11) if mask >> step & 1), -1)
    triad = mask & _TRIAD
    if seventh < 0 and mask_of(0, 3, 6, 9) & mask == mask_of(0, 3, 6, 9):
        seventh = 9
    return root, triad, seventh


def _without_key(text: str) -> tuple[str, Key | None]:
    for mention in find_keys(text):
        lead = _KEY.search(text[: mention.start])
        if lead:
            return f"{text[: lead.start()]} {text[mention.end :]}".strip(" ,()"), mention.value
        if not text[: mention.start].strip() and text[mention.end :].lstrip().startswith(":"):
            return text[mention.end :].lstrip(" :"), mention.value
    return text, None


def _value(truth: tuple[Step, ...], steps: tuple[Step, ...], transposable: bool) -> float:
    if not transposable:
        return _fitted(truth, steps)
    return max(
        _fitted(truth, tuple(((root + by) % 12, triad, top) for root, triad, top in steps))
        for by in range(12)
    )


def _fitted(truth: tuple[Step, ...], steps: tuple[Step, ...]) -> float:
    plain = likeness(truth, steps)
    period = _period(steps)
    if plain == 1.0 or period == len(steps):
        return plain
    folded = truth[: _period(truth)]
    return max(min(LOOPED, likeness(folded, steps[:period])), min(LOOPED, plain))


def _period(steps: tuple[Step, ...]) -> int:
    """Length of the shortest loop that gives the steps by whole repeats."""
    count = len(steps)
    for length in range(1, count):
        if count % length == 0 and steps == steps[:length] * (count // length):
            return length
    return count


def likeness(truth: Sequence[Step], steps: Sequence[Step]) -> float:
    """1 - edits / longer, 0 to 1."""
    row = [float(n) for n in range(len(steps) + 1)]
    for i, wanted in enumerate(truth, 1):
        before, row[0] = row[0], float(i)
        for j, given in enumerate(steps, 1):
            changed = before + _cost(wanted, given)
            before, row[j] = row[j], min(changed, row[j] + 1.0, row[j - 1] + 1.0)
    return max(0.0, 1.0 - row[-1] / max(len(truth), len(steps)))


def _cost(wanted: Step, given: Step) -> float:
    if wanted[0] != given[0]:
        return 1.0
    if wanted[1] != given[1]:
        return 1.0
    if wanted[2] == given[2]:
        return 0.0
    return 0.5 if -1 in (wanted[2], given[2]) else 1.0
