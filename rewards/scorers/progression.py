"""Reward ``progression``: a series of chords.

Conventions
-----------
Chords are compared by root, triad and seventh; inversions and tensions past the seventh do
not count, nor do "N" and "X" in the truth. A truth in numerals is one in the key of the row, and
without a key one in any. Roman numerals with a key ("I V vi IV in C
major") are read in it; without one they are compared in the transposition that fits best.
``rewards/spelling/progressions.py`` says how answers are read.

=====================================================  =========================
the answer is                                          value
=====================================================  =========================
the progression                                        1.0
another                                                1 - edits / longer
the progression as a loop, several times               folded first; at most 0.9
chords and numerals of one progression                 the better of the two
chords and numerals that disagree                      the worse of the two
numerals with a bare 7 ("I7 IV7 V7")                   the better of the sevenths of
                                                       the scale and those of a blues
several progressions ("... or ..."), none, more than   0.0
64 chords
=====================================================  =========================

=====================================================  =====
step of the answer, against one of the truth           edits
=====================================================  =====
same root, triad and seventh                           0.0
same root and triad, one of them without a seventh     0.5
anything else                                          1.0
one too many, one missing                              1.0
=====================================================  =====

Edits are Levenshtein's, weighted by the second table.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rewards.errors import DataError
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.typed import answer_text, applies
from rewards.spelling.chords import parse_chord
from rewards.spelling.progression_steps import Progression, Step, step_of
from rewards.spelling.progressions import halves, read_progressions
from rewards.spelling.romans import parse_roman
from rewards.text import fold

LOOPED = 0.9


@reward("progression")
def progression(question: Question, response: Response) -> Verdict | None:
    """1 - edits / longer against ``facts.progression``.

    Raises:
        DataError: an item of the fact is no chord.
    """
    if not applies(question, "progression"):
        return None
    facts = question.facts
    truth, movable = reference(facts.progression or (), facts.key)
    if not truth:
        return None
    text = answer_text("progression", question, response)
    if isinstance(text, Verdict):
        return text
    value, why = _judged(truth, text, movable)
    return Verdict(value, why)


@lru_cache(maxsize=1024)
def reference(items: tuple[str, ...], key: str | None = None) -> tuple[tuple[Step, ...], bool]:
    """The steps of a fact, and whether they fit any key; one item may list the whole progression.

    Args:
        items: chords, or Roman numerals in the key.
        key: of the row. Without one numerals are those of any key.

    Raises:
        DataError: an item is no chord.
    """
    made: list[Step] = []
    for item in items:
        chord = parse_chord(fold(item))
        if chord is not None:
            step = step_of(chord)
            made += [step] if step is not None else []
            continue
        row = " - ".join(items)
        listed = read_progressions(fold(f"{row} in {key}" if key else row))
        numerals = any(parse_roman(fold(one).strip()) for one in items)
        kept = [reading for reading in listed if numerals or len(items) == 1]
        if not kept or len(kept[0].steps) < len(items):
            raise DataError(f"facts.progression: got {item[:40]!r}, expected one such as 'A:7'")
        return kept[0].steps, kept[0].movable
    return tuple(made), False


@lru_cache(maxsize=4096)
def _judged(truth: tuple[Step, ...], text: str, movable: bool) -> tuple[float, str]:
    readings = read_progressions(text)
    if not readings:
        return 0.0, f"the answer names no progression, or several: {text[:60]!r}"
    steps = readings[0].steps
    parted = halves(text)
    if parted and parted[0] != parted[1] and len(steps) > len(truth):
        return 0.0, "the answer names two progressions, expected 1"
    values = [_value(truth, reading, movable) for reading in readings]
    value = values[0]
    if len(values) > 1:
        value = max(values) if _agree(readings[0], readings[1]) else min(values)
    return value, f"{len(steps)} chords, expected {len(truth)}: {value:.2f}"


def _agree(first: Progression, second: Progression) -> bool:
    """Are the two the same but for sevenths that only one of them names?"""
    if len(first.steps) != len(second.steps):
        return False
    moves = range(12) if first.movable or second.movable else (0,)
    return any(
        all(
            _cost((a[0], a[1], a[2]), ((b[0] + by) % 12, b[1], b[2])) < 1.0
            for a, b in zip(one, other, strict=True)
        )
        for one in (first.steps, first.dominant)
        for other in (second.steps, second.dominant)
        for by in moves
        if one and other
    )


def _value(truth: tuple[Step, ...], said: Progression, movable: bool) -> float:
    readings = (said.steps, said.dominant) if said.dominant else (said.steps,)
    if not (said.movable or movable):
        return max(_fitted(truth, steps) for steps in readings)
    return max(
        _fitted(truth, tuple(((root + by) % 12, triad, top) for root, triad, top in steps))
        for steps in readings
        for by in range(12)
    )


def _fitted(truth: tuple[Step, ...], steps: tuple[Step, ...]) -> float:
    plain = likeness(truth, steps)
    loop = period(steps)
    if plain == 1.0 or loop == len(steps):
        return plain
    folded = truth[: period(truth)]
    return max(min(LOOPED, likeness(folded, steps[:loop])), min(LOOPED, plain))


def period(steps: tuple[Step, ...]) -> int:
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
    return max(0.0, 1.0 - row[-1] / max(len(truth), len(steps), 1))


def _cost(wanted: Step, given: Step) -> float:
    """Edits between two steps (see the second table)."""
    if wanted[:2] != given[:2]:
        return 1.0
    if wanted[2] == given[2]:
        return 0.0
    return 0.5 if -1 in (wanted[2], given[2]) else 1.0
