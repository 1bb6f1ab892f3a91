"""Claims of intervals: a quality and a number, where the talk is of intervals."""

from __future__ import annotations

from rewards.claims.context import Context, Found
from rewards.claims.sentences import Sentence
from rewards.claims.words import word_set
from rewards.spelling.intervals import parse_interval

_QUALITIES = word_set("perfect major minor augmented diminished")
_BARE = {"octave": "P8", "tritone": "A4", "unison": "P1"}
"""Intervals that need no quality."""
QUALITIES = _QUALITIES | _BARE.keys()
"""Words without which a sentence names no interval."""
_NUMBERS = word_set(
    "unison second third fourth fifth sixth seventh octave ninth tenth 2nd 3rd 4th 5th 6th 7th"
)
_FORM = word_set("form forms make makes")
_LEAPS = word_set("leap leaps leaping leapt jump jumps skip skips interval spans")
_REGISTERS = word_set(
    "below above lower higher apart up down doubling register doublings substitute plus and"
)
_CUES = word_set(
    "interval intervals leap leaps leaping leapt jump jumps apart between distance skip skips "
    "rising falling ascending descending opens opening upward downward wide "
    "rises falls drops spans semitones steps up down descends ascends"
)


def read(sentence: Sentence, context: Context) -> None:
    """Take down the intervals of a sentence."""
    words, kinds = sentence.words, sentence.kinds
    asked = context.facet == "interval"
    over = "above" in sentence.bag and "root" in sentence.bag
    bag = sentence.bag
    over = over or (
        not bag.isdisjoint(_FORM) and not bag.isdisjoint(("notes", "voices", "pitches"))
    )
    if not (asked or over) and sentence.bag.isdisjoint(_CUES):
        return
    for at, word in enumerate(words):
        leaps = not _LEAPS.isdisjoint((*words[max(0, at - 4) : at], *words[at + 1 : at + 2]))
        if word in _BARE and (asked or leaps):
            following = words[at + 1 : at + 2]
            ends = at + 1 == len(words) or kinds[at + 1] in ",;:)"
            article = words[at - 1 : at] in (["a"], ["an"], ["not"], ["is"], [])
            article = article or (words[at - 1 : at] == ["the"] and ends)
            if article and not (following and following[0] in _REGISTERS):
                context.add(Found("interval", _BARE[word], at, at))
    said: str | None = None
    for at, word in enumerate(words):
        if word not in _QUALITIES:
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
