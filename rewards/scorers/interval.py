"""Reward ``interval``: quality and number.

Conventions
-----------
Intervals as in ``rewards/spelling/intervals.py``; their direction does not matter. A number
of semitones names the sound alone.

====================================================  ==========================
the answer is                                         value
====================================================  ==========================
the interval                                          1.0
the same sound by another name (A4 for d5), or in     0.6; 1 where
semitones                                             ``facts.spelling`` is false
the same name an octave wider or narrower (M10, M3)   0.5
another, none, several, an impossible one             0.0
("perfect third")
====================================================  ==========================

Oracle of the tests: ``music21.interval.Interval``.
"""

from __future__ import annotations

from functools import lru_cache

from rewards.errors import DataError
from rewards.kinds import kind_of, values
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.typed import answer_text, applies
from rewards.spelling.intervals import Interval, parse_interval
from rewards.spelling.mentions import asserted
from rewards.spelling.numbers import find_quantities
from rewards.text import fold

OTHER_NAME = 0.6
OTHER_OCTAVE = 0.5


@reward("interval")
def interval(question: Question, response: Response) -> Verdict | None:
    """Value of the answer's interval against ``facts.interval``.

    Raises:
        DataError: the fact is no interval.
    """
    if not applies(question, "interval"):
        return None
    written = fold(question.facts.interval or "").strip()
    truth = parse_interval(written)
    if truth is None:
        raise DataError(f"facts.interval: got {written[:40]!r}, expected one such as 'd5'")
    text = answer_text(question, response)
    if isinstance(text, Verdict):
        return text
    sound = 1.0 if question.facts.spelling is False else OTHER_NAME
    said = values(kind_of("interval"), text)
    steps = semitones(text)
    if len(said) > 1 or len(steps) > 1:
        return Verdict(0.0, "the answer names several intervals, expected 1")
    if said and steps and said[0].semitones != steps[0]:
        return Verdict(0.0, f"{said[0].name} is not {steps[0]} semitones")
    if said:
        return _named(truth, said[0], sound)
    if steps:
        same = steps[0] == truth.semitones
        return Verdict(sound * same, f"{steps[0]} semitones, {truth.name} has {truth.semitones}")
    return Verdict(0.0, f"the answer names no interval: {text[:60]!r}")


def _named(truth: Interval, got: Interval, sound: float) -> Verdict:
    details = {"interval": got.name}
    if got == truth:
        return Verdict(1.0, f"{got.name} is the interval", details)
    if got.semitones == truth.semitones:
        return Verdict(sound, f"{got.name} sounds like {truth.name}", details)
    apart = got.number - truth.number
    if got.quality == truth.quality and apart in (-7, 7):
        return Verdict(OTHER_OCTAVE, f"{got.name} is {truth.name} in another octave", details)
    return Verdict(0.0, f"{got.name} is not {truth.name}", details)


@lru_cache(maxsize=4096)
def semitones(text: str) -> tuple[int, ...]:
    """The distinct numbers of semitones that a cleaned text asserts."""
    text = text.replace("half step", "semitone").replace("whole step", "whole tone")
    found = [
        round(m.value.low)
        for m in asserted(text, find_quantities(text))
        if m.value.unit == "semitone" and m.value.low == m.value.high
    ]
    if not found and text.strip(" .").lower() in ("a whole tone", "whole tone", "a tone"):
        found = [2]
    if not found and text.strip(" .").lower() in ("a semitone", "semitone"):
        found = [1]
    return tuple(dict.fromkeys(found))
