"""What names are known by: a width, a class, a count, numerals, a degree, a note.

Conventions
-----------
Each reader yields the marks of one kind, of which nothing is compared or denied ("one semitone
more", "two beats each", "no flat second"). ``definitions.py`` puts them to their names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rewards.claims.context import Found
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set

Named = tuple[str, int, int]
"""What stands in a proposition, first token, last token."""
WIDTHS = word_set("semitone semitones halftone halftones")
STEPS = WIDTHS | {"tones", "steps", "tone", "step"}
_BEATS = word_set("beats pulses")
_STRESSED = word_set("main strong big felt clear equal full")
_UNITS = {
    "quarter": 4, "quarters": 4, "crotchets": 4, "eighth": 8, "eighths": 8, "quavers": 8,
    "half": 2, "halves": 2, "minims": 2, "sixteenth": 16, "sixteenths": 16,
}  # fmt: skip
_CLASSES = word_set("simple compound duple triple quadruple")
SHIFTS = {
    "flat": "flat", "flattened": "flat", "lowered": "flat", "flatted": "flat", "minor": "flat",
    "raised": "raised", "sharp": "raised", "sharpened": "raised", "sharped": "raised",
    "major": "major",
}  # fmt: skip
_DEGREES = {
    "second": "second", "2nd": "second", "third": "third", "3rd": "third", "fourth": "fourth",
    "4th": "fourth", "fifth": "fifth", "5th": "fifth", "sixth": "sixth", "6th": "sixth",
    "seventh": "seventh", "7th": "seventh",
}  # fmt: skip
STOPS = {"tonic": "I", "dominant": "V", "i": "I", "v": "V"}
METRIC = _CLASSES | _BEATS | _UNITS.keys()
COMPARES = word_set(
    "more less fewer above below wider narrower larger smaller bigger than short away off higher "
    "lower plus minus beyond over under extra up down inverted inverts inversion would not no "
    "never unlike instead rather without nor neither if and or but another first per each"
)
"""Words by which a mark is another's, or nobody's."""
_PER_BAR = phrases("per bar|per measure|each bar|each measure|in each")


def _free(sentence: Sentence, first: int, last: int) -> bool:
    """Is a mark compared with nothing: "one semitone more", "two beats each"?"""
    words = sentence.words
    behind = words[last + 1 : last + 3]
    if behind in _PER_BAR:
        behind = []
    return COMPARES.isdisjoint((*words[max(0, first - 2) : first], *behind))


def widths(sentence: Sentence) -> Iterator[Named]:
    """ "Seven semitones", "seven half-steps", "three whole tones"."""
    words = sentence.words
    for at, kind in enumerate(sentence.kinds):
        unit = words[at + 1 : at + 4] if kind == "0" else []
        last, each = at + 1, 1
        if unit and unit[0] in ("half", "whole"):
            last, each = at + 2 + (unit[1:2] == ["-"]), 1 if unit[0] == "half" else 2
        stepped = unit[last - at - 1 : last - at] != [] and words[last] in STEPS
        if stepped and (last > at + 1 or words[last] in WIDTHS) and _free(sentence, at, last):
            yield str(int(sentence.values[at]) * each), at, last


def classes(sentence: Sentence) -> Iterator[Named]:
    """ "Compound duple", "triple"."""
    words, at = sentence.words, 0
    while at < len(words):
        end = at
        while end < len(words) and words[end] in _CLASSES:
            end += 1
        if end > at and _free(sentence, at, at):
            yield " ".join(words[at:end]), at, end - 1
        at = max(end, at + 1)


def counts(sentence: Sentence) -> Iterator[Named]:
    """ "Three beats", "two main beats"."""
    words = sentence.words
    for at, kind in enumerate(sentence.kinds):
        last = at + 1 + (words[at + 1 : at + 2] != [] and words[at + 1] in _STRESSED)
        counted = kind == "0" and words[last : last + 1] != [] and words[last] in _BEATS
        if counted and _free(sentence, at, last):
            yield str(int(sentence.values[at])), at, last


def lengths(sentence: Sentence) -> Iterator[Named]:
    """ "Four quarter notes" of a bar, not "two eighths to a beat"."""
    words = sentence.words
    for at, kind in enumerate(sentence.kinds):
        unit = _UNITS.get(words[at + 1]) if kind == "0" and at + 1 < len(words) else None
        of_beats = not {"beat", "beats", "group", "groups"}.isdisjoint(words[at : at + 6])
        of_beats = of_beats or "of" in words[max(0, at - 2) : at]
        last = at + 1 + (words[at + 2 : at + 3] in (["notes"], ["note"]))
        if unit is not None and not of_beats and _free(sentence, at, last):
            yield f"{int(sentence.values[at])}/{unit}", at, last


def closes(sentence: Sentence, found: Sequence[Found]) -> Iterator[Named]:
    """ "V moves to I", "on the tonic"."""
    words = sentence.words
    for one in found:
        if one.type == "roman" and isinstance(one.value, tuple):
            yield " ".join(one.value), one.first, one.last
    for at, word in enumerate(words):
        on = words[at - 1 : at] == ["on"] or words[max(0, at - 2) : at] == ["on", "the"]
        if word in STOPS and on and _free(sentence, at, at):
            yield STOPS[word], at, at


def altered(sentence: Sentence) -> Iterator[Named]:
    """ "A flattened second", "its raised sixth"."""
    words = sentence.words
    for at in range(len(words) - 1):
        shift, degree = SHIFTS.get(words[at]), _DEGREES.get(words[at + 1])
        ends = sentence.kinds[at + 2 : at + 3] in ("", ",", ";", ")")
        sure = ends or (words[at] not in ("major", "minor") and sentence.kinds[at + 2] != "k")
        if shift and degree and sure and COMPARES.isdisjoint(words[max(0, at - 2) : at]):
            yield f"{shift} {degree}", at, at + 1


def notes(sentence: Sentence) -> Iterator[Named]:
    """ "A B flat": one note, and no row of them."""
    for at, kind in enumerate(sentence.kinds):
        lead = sentence.words[at - 1 : at]
        alone = sentence.kinds[at + 1 : at + 2] in ("", ",", ";", ")") and _free(sentence, at, at)
        if kind == "N" and alone and lead in (["a"], ["an"], ["the"], ["of"], ["has"]):
            yield sentence.values[at].name, at, at
