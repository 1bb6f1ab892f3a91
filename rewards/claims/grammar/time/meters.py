"""Claims of meter: signatures, in digits or words, and beats to a bar."""

from __future__ import annotations

import re
from itertools import pairwise

from rewards.claims.context import Context, Found, before
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set

_UNITS = {
    "quarter": 4, "quarters": 4, "crotchet": 4, "crotchets": 4, "eighth": 8, "eighths": 8,
    "quaver": 8, "quavers": 8, "half": 2, "halves": 2, "minim": 2, "minims": 2,
}  # fmt: skip
_BARS = word_set("bar bars measure measures")
_GROUPS = {"duple": "duple", "triple": "triple", "quadruple": "duple"}
_METER = word_set("meter metre")
_NOUNS = _METER | {"time"}
_FELT = _NOUNS | {"feel"}
_STRETCHES = _BARS | word_set("phrase phrases times")
_TELLS = word_set(
    "is was 's be a an the not but or of in : , says say no either than meter metre rather likely "
    "clearly like surely probably"
)
"""What may stand before the figures of a meter."""
_TIME_IS = ["time", "is"]
_CLASSES = phrases("compound|simple")
_NAMED = _GROUPS.keys() | {"waltz", "common", "cut", "alla"}
"""Words without which a sentence of no number names no meter."""
TRIGGERS = word_set(
    "common cut breve in bar bars measure measures duple triple quadruple straight time beats"
)
_METER_IS = phrases("meter :|metre :|meter is|metre is")
_FIELDS = phrases("beats per bar :|beats per measure :|beats in bar :")
_STOP = word_set("time meter metre feel throughout for")
_COUNTS = _UNITS.keys() | word_set(
    "to per in a each every the beats beat pulses pulse those counts count clear strong slow fast "
    "quick stately of big steady main notes note felt dotted swung even equal full whole"
)
_COUNTED = _UNITS.keys() | {"beats", "pulses"}
_HOLDS = word_set("holds hold has have contains contain of with counts")
_IDLE = word_set("seems seem to appears always clearly about exactly only just each really")
_NEAR = 5
_FIGURES = re.compile("X|0(?=-0|0|-w)")
"""Tokens by whose kind figures may be those of a meter."""
_INVERTED = word_set("chord chords triad cadential cadence inversion position harmony")
_EACH = word_set("each split splits divided divides subdivided")


def read(sentence: Sentence, context: Context) -> None:
    """Take down the meters of a sentence."""
    kinds = sentence.kinds
    written = False
    for figure in _FIGURES.finditer(kinds):
        at = figure.start()
        if kinds[at] == "X":
            beats, _, unit = sentence.values[at].partition("/")
            figures = unit == "2" and not sentence.bag.isdisjoint(("figures", "figure", "figured"))
            if unit in ("2", "4", "8", "16") and beats != "1" and not figures:
                context.add(Found("meter", sentence.values[at], at, at))
                written = True
        elif kinds.startswith("-0", at + 1):
            written |= _words(sentence, context, at, at + 2)
        elif kinds[at + 1] == "-":
            written |= _timed(sentence, context, at)
        elif _is_of_meter(sentence, at):
            written |= _words(sentence, context, at, at + 1)
    if "0" in kinds or not sentence.bag.isdisjoint(_NAMED):
        _named(sentence, context, written)
    if context.found and any(one.type == "meter" for one in context.found):
        _reconciled(sentence, context)


def _reconciled(sentence: Sentence, context: Context) -> None:
    """Leave one meter where two are said of one thing."""
    found = [one for one in context.found if one.type == "meter"]
    if len(found) > 1 and len({one.value in _GROUPS.values() for one in found}) == 2:
        context.found = [one for one in context.found if one.value not in _GROUPS.values()]
        found = [one for one in found if one.value not in _GROUPS.values()]
    if len(found) == 2 and {one.value for one in found} == {"2/2", "2/4"}:
        context.found.remove(next(one for one in found if one.value == "2/4"))  # cut time's beats
    if sentence.words[0] == "in" and sentence.bag >= {"you", "'d"}:
        found[0].modality = "hypothetical"  # "in a four-four transcription you'd read 176"


def _is_of_meter(sentence: Sentence, at: int) -> bool:
    """ "Six eight time", "a six eight feel", "the meter is six eight, not three four"."""
    words, kinds = sentence.words, sentence.kinds
    lead, following = words[max(0, at - 1) : at], words[at + 2 : at + 3]
    if not _FELT.isdisjoint(following):
        return True
    if following == ["-"] or not (_STRETCHES.isdisjoint(following) and _TELLS.issuperset(lead)):
        return False  # "two four-bar phrases", "four four bars", "the snare hits two four"
    row = kinds[max(0, at - 1) : at] == "0" or kinds[at + 2 : at + 3] == "0"
    if row or (lead == [","] and kinds[max(0, at - 3) : at - 1] == "00"):
        return False  # "one two, three four"
    return not _METER.isdisjoint(sentence.bag) or words[max(0, at - 2) : at] == _TIME_IS


def _words(sentence: Sentence, context: Context, first: int, last: int) -> bool:
    """ "three-four"; in digits the hyphen makes a range."""
    beats, unit, word = sentence.values[first], sentence.values[last], sentence.words[first]
    if word.isdigit() or unit not in (2, 4, 8, 16) or not 2 <= beats <= 16:
        return False
    inverted = context.facet != "meter" or not _INVERTED.isdisjoint(sentence.bag)
    if "six" in (sentence.words[max(0, first - 1)], word) and unit == 4 and inverted:
        return False  # the six-four chord
    if sentence.kinds[last + 1 : last + 3] in ("-0", "-R"):
        return False  # "two-five-one"
    context.add(Found("meter", f"{int(beats)}/{int(unit)}", first, last))
    return True


def _timed(sentence: Sentence, context: Context, at: int) -> bool:
    """ "Three-quarter time", "six-eighth meter"."""
    words, beats = sentence.words, sentence.values[at]
    unit = _UNITS.get(words[at + 2])
    if unit is None or words[at + 3 : at + 4] == [] or words[at + 3] not in _NOUNS:
        return False
    context.add(Found("meter", f"{int(beats)}/{unit}", at, at + 3))
    return True


def _named(sentence: Sentence, context: Context, written: bool) -> None:
    """ "Common time", "compound duple", "in three"; ``written``: figures told a meter."""
    words, kinds, bag = sentence.words, sentence.kinds, sentence.bag
    if bag.isdisjoint(TRIGGERS):
        return
    counted = "in" in bag and "0" in kinds
    if written and not counted and bag.isdisjoint(("common", "cut", "breve")):
        return
    for at, word in enumerate(words):
        if kinds[at] != "0" and word not in _NAMED:
            continue
        following = words[at + 1] if at + 1 < len(words) else ""
        if word == "waltz" and following in ("time", "meter", "metre"):
            context.add(Found("meter", "3/4", at, at + 1))
        elif word == "common" and following in ("time", "meter", "metre"):
            context.add(Found("meter", "4/4", at, at + 1))
        elif word in _GROUPS and (
            following in _NOUNS
            or words[at - 1 : at] in _CLASSES
            or words[max(0, at - 2) : at] in _METER_IS
        ):
            compound = "compound " * (words[at - 1 : at] == ["compound"])
            last = at + (following in _NOUNS)
            context.add(Found("meter", compound + _GROUPS[word], at - bool(compound), last))
        elif (word, following) in (("cut", "time"), ("alla", "breve")):
            context.add(Found("meter", "2/2", at, at + 1))
        elif kinds[at] == "0" and 2 <= sentence.values[at] <= 12:
            _told(sentence, context, at, following, written)


def _told(sentence: Sentence, context: Context, at: int, following: str, written: bool) -> None:
    """ "In three", "straight four", "bars of three", "beats per bar: 3"."""
    words, beats = sentence.words, int(sentence.values[at])
    last = words[at - 1] if at else ""
    if last in ("in", "straight", "of") and beats < 8 and _ends(sentence, at, following):
        if last == "in" and not _split(sentence, at):
            context.add(Found("meter", f"{beats}/{8 if beats > 5 else 4}", at - 1, at))
            return
        if last == "straight" and beats in (3, 4):
            context.add(Found("meter", f"{beats}/4", at - 1, at))
            return
        if last == "of" and words[at - 2 : at - 1] == ["bars"] and beats != 6:
            context.add(Found("meter", f"{beats}/4", at - 2, at))
            return
    if last == ":" and words[max(0, at - 4) : at] in _FIELDS:
        context.add(Found("meter", f"{beats}/4", at, at))
    elif following in _COUNTED and _holds(sentence, at):
        unit = _UNITS.get(following, 4)
        context.add(Found("meter", f"{beats}/{unit}", at, at + 1))
    elif not written and beats < 6 and _alone(sentence, at):
        context.add(Found("meter", f"{beats}/4", at, at + 1))
    elif not _BARS.isdisjoint(sentence.bag) and not any(
        found.type == "meter" and found.value not in _GROUPS.values() for found in context.found
    ):
        _counted(sentence, context, at, beats)


def _ends(sentence: Sentence, at: int, following: str) -> bool:
    """Does a clause end with a number, or with a "time" or the like behind it?"""
    return not following or sentence.kinds[at + 1] in ",;:)" or following in _STOP


def _split(sentence: Sentence, at: int) -> bool:
    """ "Cut in two", "grouped in three", "eight felt in two": what is told in how many parts."""
    kinds, lead = sentence.kinds, before(sentence, at, 2)
    if kinds[at - 2 : at - 1] == "0" or (lead[0] == "felt" and kinds[at - 3] == "0"):
        return True
    return lead[0].startswith(("cut", "split", "divid", "group", "subdiv"))


def _holds(sentence: Sentence, at: int) -> bool:
    """ "The measure holds five quarter notes", "bars of three beats", "the bar seems to have"."""
    words = sentence.words
    following = words[at + 1 : at + 2]
    if not following or following[0] not in _COUNTED:
        return False
    lead = before(sentence, at, 5)
    while lead and lead[-1] in _IDLE:
        lead.pop()
    if not lead or lead.pop() not in _HOLDS:
        return False
    while lead and lead[-1] in _IDLE:
        lead.pop()
    return bool(lead) and lead[-1] in _BARS


def _alone(sentence: Sentence, at: int) -> bool:
    """ "Three beats, the third short": nothing else in its clause."""
    kinds = sentence.kinds
    if sentence.words[at + 1 : at + 2] != ["beats"] or (at and kinds[at - 1] not in ",;:"):
        return False
    return kinds[at + 2 : at + 3] in ("", ",", ";")


def _counted(sentence: Sentence, context: Context, at: int, beats: int) -> None:
    """ "three crotchets to the bar", "two beats to a bar, each in three parts"."""
    words = sentence.words
    stretch = words[at + 1 : at + 8]
    bar = next((n for n, word in enumerate(stretch) if word in _BARS), None)
    if bar is None or not {"to", "per", "in", "a", "each", "every"} & set(stretch[:bar]):
        return
    if any(sentence.kinds[at + 1 + n] in ",;:0." for n in range(bar)):
        return
    if not _COUNTS.issuperset(stretch[:bar]):
        return
    unit = next((_UNITS[word] for word in stretch[:bar] if word in _UNITS), None)
    noun = {"beats", "beat", "pulses", "those", "counts"} & set(stretch[:bar])
    if unit is None and not noun and (bar > 3 or beats > 7):
        return  # "eight to the bar"
    rest = words[at + bar + 2 :]
    if _dotted(words[max(0, at - _NEAR) : at + bar]):
        beats, unit = 3 * beats, 2 * (unit or 4)
    elif unit is None and {"three", "threes", "triplets"} & set(rest) and _EACH & set(rest):
        beats, unit = 3 * beats, 8
    context.add(Found("meter", f"{beats}/{unit or 4}", at, at + bar + 1))


def _dotted(words: list[str]) -> bool:
    """ "A dotted quarter beat, two per bar"; not "a dotted rhythm"."""
    return any(one == "dotted" and other in _UNITS for one, other in pairwise(words))
