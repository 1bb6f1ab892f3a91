"""Reward ``chord``: one chord, compared at a level of mir_eval.

Conventions
-----------
Chords are (root, mask of intervals, bass) as in ``rewards/spelling/harte.py``.
The value is 1 or 0 at the level ``facts.chord_metric``, else at the reference's:

=========================================  ============
reference                                  level
=========================================  ============
maj, min, N                                ``majmin``
7, maj7, min7 (9, 11 and 13 among them)    ``sevenths``
dim, aug                                   ``triads``
all others                                 ``tetrads``
=========================================  ============

==================  ========================================================
level               1 if
==================  ========================================================
``root``            roots are equal
``thirds``          and both or none have a minor third
``triads``          and all tones up to the augmented fifth are equal
``majmin``          the same; the reference is major, minor or N
``sevenths``        all tones are equal; the reference is one of the first two
                    rows above
``tetrads``         all tones below the octave are equal, of ``C7alt`` those of
                    ``C7``
``mirex``           three pitch classes are common
``..._inv``         and the basses are equal; mir_eval has no ``root_inv`` and
                    no ``mirex_inv``
==================  ========================================================

A reference outside the level's vocabulary ("X", a power chord at ``majmin``) is
not applicable. Roots are compared by sound unless ``facts.spelling`` is true.

Source: mir_eval 0.8, ``mir_eval.chord``; its -1 is our "not applicable". Two
deliberate differences: an answer "X", or of more than seven notes, is worth 0 at
every level (mir_eval's ``mirex`` and ``root`` can give it 1); ``aug7`` and
``maj11`` are read (mir_eval's grammar admits them, its tables do not). One more for
answers to a fact such as ``C:7(b5)``: Harte's list adds the flat fifth to the natural
one; ``C7b5``, which puts it in its place, is as right. And an added second is the added
ninth: ``Cadd2`` is ``Cadd9``.
"""

from __future__ import annotations

from dataclasses import replace

from rewards.errors import DataError
from rewards.patterns import Pattern
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.typed import applies, one_value
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import QUALITIES, Chord, mask_of
from rewards.text import fold

MOST_TONES = 7
_FIFTH_ADDED = Pattern(r"\((?:[^*)]{0,20},)?[#b]5")
_FIRST_EIGHT = mask_of(*range(8))
_MAJMIN = (QUALITIES["maj"], QUALITIES["min"])
_SEVENTHS = (*_MAJMIN, QUALITIES["7"], QUALITIES["maj7"], QUALITIES["min7"], 0)
_MINOR_THIRD = mask_of(3)
_ANY_THIRD = mask_of(3, 4)
_SECOND = mask_of(2)


@reward("chord")
def chord(question: Question, response: Response) -> Verdict | None:
    """Compare the answer's chord with ``facts.chord``.

    Raises:
        DataError: the fact is no chord.
    """
    if not applies(question, "chord"):
        return None
    written = fold(question.facts.chord or "").strip()
    truth = parse_chord(written)
    if truth is None:
        raise DataError(f"facts.chord: got {written[:60]!r}, expected one such as 'A:min7'")
    level = question.facts.chord_metric or default_level(truth)
    if not in_vocabulary(level, truth):
        return None
    got = one_value("chord", question, response)
    if isinstance(got, Verdict):
        return got
    if got.intervals < 0 or got.tones > MOST_TONES or bin(got.intervals).count("1") > MOST_TONES:
        return Verdict(0.0, "the answer is no chord that could be wrong")
    spelled = bool(question.facts.spelling)
    same = compare(level, truth, _seconds_as(truth, got), spelled=spelled)
    if not same and _FIFTH_ADDED.search(written):
        altered = replace(truth, intervals=truth.intervals & ~mask_of(7))
        same = compare(level, altered, got, spelled=spelled)
    relation = "equals" if same else "differs from"
    return Verdict(float(same), f"the chord {relation} {written} at the level {level}")


def _seconds_as(truth: Chord, got: Chord) -> Chord:
    """The answer with its added second where the reference has it, within the octave or past it."""
    if not got.intervals & _ANY_THIRD:
        return got
    if got.intervals & _SECOND and truth.upper & _SECOND and got.bass != 2:
        return replace(got, intervals=got.intervals & ~_SECOND, upper=got.upper | _SECOND)
    if got.upper & _SECOND and truth.intervals & _SECOND:
        return replace(got, intervals=got.intervals | _SECOND)
    return got


def default_level(truth: Chord) -> str:
    """The level of a reference (see the first table)."""
    if truth.intervals in (*_MAJMIN, 0) or truth.intervals < 0:
        return "majmin"
    if truth.intervals in _SEVENTHS:
        return "sevenths"
    return "triads" if truth.intervals in (QUALITIES["dim"], QUALITIES["aug"]) else "tetrads"


def in_vocabulary(level: str, truth: Chord) -> bool:
    """False where mir_eval would give -1 for the reference."""
    if truth.intervals < 0:
        return False
    level = level.removesuffix("_inv")
    if level == "majmin":
        return truth.intervals & _FIRST_EIGHT in _MAJMIN or truth.intervals == 0
    if level == "sevenths":
        return truth.intervals in _SEVENTHS
    if level == "mirex":
        return not 0 < bin(truth.intervals).count("1") < 3
    return True


def compare(level: str, truth: Chord, got: Chord, *, spelled: bool = False) -> bool:
    """Are the chords equal at this level? ``truth`` lies in its vocabulary.

    Raises:
        DataError: there is no such level.
    """
    name = level.removesuffix("_inv")
    if name == "mirex":
        common = len(truth.pitch_classes & got.pitch_classes) >= 3
        same_bass = level == name or truth.bass_pitch_class == got.bass_pitch_class
        return (common and same_bass) or truth.intervals == got.intervals == 0
    masks = {
        "root": 0, "thirds": _MINOR_THIRD, "triads": _FIRST_EIGHT, "majmin": _FIRST_EIGHT,
        "sevenths": -1, "tetrads": -1,
    }  # fmt: skip
    if name not in masks:
        raise DataError(f"facts.chord_metric: got {level!r}, expected one of {', '.join(masks)}")
    if truth.root is None or got.root is None:
        return truth.root is got.root and truth.intervals == got.intervals
    same_bass = truth.bass == got.bass or not level.endswith("_inv")
    same_tones = (truth.intervals ^ got.intervals) & masks[name] == 0
    return truth.root.same(got.root, spelled=spelled) and same_tones and same_bass
