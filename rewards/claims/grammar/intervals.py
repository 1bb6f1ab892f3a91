"""Claims of intervals: a quality and a number, where the talk is of intervals."""

from __future__ import annotations

from rewards.claims.context import Context, Found
from rewards.claims.sentences import Sentence
from rewards.claims.words import word_set
from rewards.spelling.intervals import parse_interval

QUALITIES = word_set("perfect major minor augmented diminished")
_NUMBERS = word_set(
    "unison second third fourth fifth sixth seventh octave ninth tenth 2nd 3rd 4th 5th 6th 7th"
)
_CUES = word_set(
    "interval intervals leap leaps leaping leapt jump jumps apart between distance skip skips "
    "rising falling ascending descending opens opening upward downward wide "
    "rises falls drops spans semitones steps up down descends ascends"
)


def read(sentence: Sentence, context: Context) -> None:
    """Take down the intervals of a sentence."""
    words, kinds = sentence.words, sentence.kinds
    if sentence.bag.isdisjoint(QUALITIES):
        return
    asked = context.facet == "interval"
    if not asked and sentence.bag.isdisjoint(_CUES):
        return
    said: str | None = None
    for at, word in enumerate(words):
        if word not in QUALITIES:
            continue
        step = at + 2 if kinds[at + 1 : at + 2] == "-" else at + 1
        number = words[step] if step < len(words) else ""
        if number == "one" and said is not None and word in ("major", "minor"):
            value = parse_interval(f"{word} {said}")
            if value is not None:
                context.add(Found("interval", value.name, at, step))
        if number not in _NUMBERS or kinds[step + 1 : step + 2] in ("k", "q"):
            continue
        if (at and kinds[at - 1] in "NC") or words[step + 1 : step + 2] == ["inversion"]:
            continue
        value = parse_interval(f"{word} {number}")
        if value is not None:
            said = number
            context.add(Found("interval", value.name, at, step))
