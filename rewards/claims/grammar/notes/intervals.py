"""Claims of intervals: a quality and a number, where the talk is of intervals."""

from __future__ import annotations

from rewards.claims.context import Context, Found
from rewards.claims.grammar.pitch.items import within
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set
from rewards.spelling.intervals import parse_interval

_QUALITIES = word_set("perfect major minor augmented diminished")
_BARE = {"octave": "P8", "tritone": "A4", "unison": "P1"}
"""Intervals that need no quality."""
_OPEN = word_set("open bare hollow")
_NAMED = _QUALITIES | _BARE.keys() | {"fifth"}
QUALITIES = _NAMED | {"semitones", "semitone", "steps", "fourth", "4th", "5th"}
"""Words without which a sentence names no interval."""
_NUMBERS = word_set(
    "unison second third fourth fifth sixth seventh octave ninth tenth 2nd 3rd 4th 5th 6th 7th"
)
_MANY = word_set("seconds thirds fourths fifths sixths sevenths")
_FORM = word_set("form forms make makes")
_LEAPS = word_set(
    "leap leaps leaping leapt jump jumps skip skips interval spans rises falls drops climbs "
    "descends ascends plunges"
)
_PLAIN = {"fourth": "P4", "4th": "P4", "fifth": "P5", "5th": "P5", "octave": "P8"}
"""What "a fifth" is where nothing is said of its quality."""
_MOVES = _LEAPS - {"interval", "spans"} | word_set(
    "leaped jumped skipped rose fell dropped climbed descended ascended plunged rise fall drop "
    "climb descend ascend rising falling dropping climbing descending ascending jumping skipping "
    "swoops slides slide sliding hops springs vaults dips sinks moves goes steps swings"
)
_SUBJECTS = word_set("it that this interval leap distance gap answer")
_DIRECTIONS = word_set("up down upward downward upwards downwards by a an of the")
_AFTER = phrases("lower|higher|time|chord|fret|beat|bar|below|above|apart")
_REGISTERS = word_set(
    "below above lower higher apart up down doubling register doublings substitute plus and over"
)
_CUES = word_set(
    "interval intervals leap leaps leaping leapt jump jumps apart between distance skip skips "
    "rising falling ascending descending opens opening upward downward wide rise fall drop climb "
    "climbs ascend descend rises falls drops spans semitones steps up down descends ascends higher "
    "hear voices against"
)
_OTHERS = word_set("it him her them me lower upper other first bass melody")
"""What an octave may be above."""
_PAIRS = word_set("voices outer pair both bar parts")
_MEET = word_set("in to at into hold holds form forms reach reaches make makes")
_MEASURES = word_set("has is spans contains covers equals measures means consists comprises counts")
_WIDTHS = word_set("semitones semitone half tones steps half-steps whole")
_TURNS = word_set("inverted inverts invert inverting inversion")
_INTO = word_set("becomes become gives yields to into turns inversion makes")
_THEORY = word_set("relative parallel consists")
_BY_WIDTH = ("P1", "m2", "M2", "m3", "M3", "P4", "A4", "P5", "m6", "M6", "m7", "M7", "P8")
"""By its semitones, the name of an interval that is told by them alone."""


def read(sentence: Sentence, context: Context) -> None:
    """Take down the intervals of a sentence."""
    asked = context.facet == "interval"
    bag = sentence.bag
    if not bag.isdisjoint(_BARE):
        _bare(sentence, context, asked)
    if "fifth" in bag and not bag.isdisjoint(_OPEN):
        _open(sentence, context)
    if "v" in sentence.kinds and (asked or not bag.isdisjoint(_CUES)):
        for at, kind in enumerate(sentence.kinds):
            if kind == "v" and not _defined(sentence, at, at):
                value = sentence.values[at]
                context.add(_weighed(sentence, Found("interval", value, at, at)))
    if not (bag.isdisjoint(_PLAIN) or bag.isdisjoint(_MOVES)):
        _moved(sentence, context)
    if asked and not bag.isdisjoint(_PLAIN):
        _told(sentence, context)
    if asked and bag.isdisjoint(_NAMED) and "v" not in sentence.kinds:
        _wide(sentence, context)
    qualified = not bag.isdisjoint(_QUALITIES) and bag.isdisjoint(_THEORY)
    if qualified and (asked or _talked_of(bag)):
        _qualified(sentence, context, asked)
    if "tritone" in bag:
        _said_twice(sentence, context)


def _talked_of(bag: frozenset[str]) -> bool:
    """Is the talk of intervals, or of one that is no member of a chord?"""
    if not bag.isdisjoint(_CUES) or bag >= {"augmented", "second"} or bag >= {"above", "root"}:
        return True
    if not (bag.isdisjoint(_FORM) or bag.isdisjoint(("notes", "voices", "pitches"))):
        return True
    return not (bag.isdisjoint(("above", "below")) or bag.isdisjoint(_OTHERS))


def _said_twice(sentence: Sentence, context: Context) -> None:
    """Leave out a tritone beside "d5" and "A4": one sound, and its plain name."""
    named = {found.value for found in context.found if found.type == "interval"}
    if "d5" in named and "A4" in named:
        context.found = [
            found
            for found in context.found
            if found.type != "interval" or sentence.words[found.first] != "tritone"
        ]


def _bare(sentence: Sentence, context: Context, asked: bool) -> None:
    """ "It leaps an octave", "an octave above him", "the voices end in a unison"."""
    words, kinds = sentence.words, sentence.kinds
    for at, word in enumerate(words):
        if word not in _BARE or _defined(sentence, at, at):
            continue
        following = words[at + 1] if at + 1 < len(words) else ""
        ends = not following or kinds[at + 1] in ",;:)"
        last = words[at - 1] if at else ""
        if last not in ("a", "an", "not", "is", "") and not (last == "the" and (ends or following)):
            continue
        if last == "the" and not (ends or following in ("above", "below", "over")):
            continue
        if following in ("above", "below", "over"):
            rest = [one for one in words[at + 2 : at + 4] if one not in ("the", "its")]
            other = at + 2 < len(words) and kinds[at + 2] in "NA"
            if other or (rest and rest[0] in _OTHERS):
                context.add(_weighed(sentence, Found("interval", _BARE[word], at, at)))
            continue
        if following in _REGISTERS:
            continue
        lead = words[max(0, at - 5) : at]
        leaps = not _LEAPS.isdisjoint((*lead[-4:], following))
        met = not sentence.bag.isdisjoint(_PAIRS) and lead[-2:-1] and lead[-2] in _MEET
        between = word == "tritone" and not sentence.bag.isdisjoint(("between", "apart", "leap"))
        if asked or leaps or met or between:
            context.add(_weighed(sentence, Found("interval", _BARE[word], at, at)))


def _moved(sentence: Sentence, context: Context) -> None:
    """ "It leaps up a fifth", "the bass falls a fourth": by how much a line moves."""
    words, told = sentence.words, {one.first for one in context.found if one.type == "interval"}
    for at, word in enumerate(words):
        if word not in _PLAIN or at in told or words[at - 1 : at] not in (["a"], ["an"]):
            continue
        start = at - 1
        while start and words[start - 1] in _DIRECTIONS:
            start -= 1
        if start and words[start - 1] in _MOVES and words[at + 1 : at + 2] not in _AFTER:
            context.add(_weighed(sentence, Found("interval", _PLAIN[word], at, at)))


def _told(sentence: Sentence, context: Context) -> None:
    """ "That's a fifth, then.": a perfect one, as whoever names no quality means."""
    words, kinds = sentence.words, sentence.kinds
    for at, word in enumerate(words):
        said = words[max(0, at - 3) : at]
        if word not in _PLAIN or word in _BARE or said[-1:] != ["a"]:
            continue
        ends = at + 1 == len(words) or kinds[at + 1] in ",;:"
        verb = said[-2:-1]
        told = verb in (["is"], ["'s"]) and not _SUBJECTS.isdisjoint(said)
        if ends and (told or verb == ["it's"]):
            context.add(_weighed(sentence, Found("interval", _PLAIN[word], at, at)))


def _wide(sentence: Sentence, context: Context) -> None:
    """ "Seven semitones", "the distance is 7 half steps", and no other count."""
    words, told = sentence.words, []
    for at, kind in enumerate(sentence.kinds):
        stretch = " ".join(words[at + 1 : at + 4]).replace("half - ", "half-").replace(" ", "-")
        if kind == "0" and stretch.startswith(("semitone", "half-step", "half-tone")):
            told.append((int(sentence.values[at]), at))
    if len(told) == 1 and told[0][0] < len(_BY_WIDTH):
        context.add(Found("interval", _BY_WIDTH[told[0][0]], told[0][1], told[0][1]))


def _open(sentence: Sentence, context: Context) -> None:
    """ "An open fifth"."""
    words = sentence.words
    for at in range(len(words) - 1):
        string = words[at + 2 : at + 3] in (["string"], ["fret"], ["position"])
        if words[at] in _OPEN and words[at + 1] == "fifth" and not string:
            context.add(Found("interval", "P5", at, at + 1))


def _qualified(sentence: Sentence, context: Context, asked: bool) -> None:
    """ "A perfect fifth", and behind it "a minor one"."""
    words, kinds = sentence.words, sentence.kinds
    said: str | None = None
    for at, word in enumerate(words):
        if word not in _QUALITIES:
            continue
        step = at + 2 if kinds[at + 1 : at + 2] == "-" else at + 1
        number = words[step] if step < len(words) else ""
        number = number[:-1] if number in _MANY and words[at - 1] != "by" else number
        if number == "one" and said is not None and word in ("major", "minor"):
            value = parse_interval(f"{word} {said}")
            if value is not None:
                context.add(Found("interval", value.name, at, step))
        if number not in _NUMBERS:
            continue
        if at and kinds[at - 1] in "NC":
            continue
        if not asked and at in sentence.once(within):
            continue  # "G minor-major seventh"
        value = parse_interval(f"{word} {number}")
        if value is not None and not _defined(sentence, at, step):
            said = number
            context.add(_weighed(sentence, Found("interval", value.name, at, step)))


def _defined(sentence: Sentence, first: int, last: int) -> bool:
    """ "A major third has four semitones": so has any."""
    words = sentence.words
    if words[first - 1 : first] not in (["a"], ["an"], ["any"], ["every"], ["the"]):
        return False
    behind = words[last + 1 : last + 6]
    if behind[:1] in (["inverts"], ["becomes"]):
        return True  # "a minor third inverts to a major sixth"
    at = last + 1 + (behind[:1] == ["also"])
    counts = "0" in sentence.kinds[last + 2 : last + 6] and not _WIDTHS.isdisjoint(behind)
    counts = counts or sentence.kinds[at + 1 : at + 3] in ("0", "0,", "0;")  # "... has five"
    return counts and words[at] in _MEASURES


def _inverted(sentence: Sentence, first: int) -> bool:
    """ "Inverted, it becomes a minor sixth", "the inversion of a major third"."""
    lead = sentence.words[max(0, first - 4) : first]
    return not (_TURNS.isdisjoint(sentence.bag) or _INTO.isdisjoint(lead))


def _weighed(sentence: Sentence, found: Found) -> Found:
    """ "A major sixth would have gone to F sharp": it is only compared."""
    if _inverted(sentence, found.first):
        found.polarity, found.modality = "asserted", "hypothetical"
    behind = sentence.words[found.last + 1 : found.last + 3]
    if behind[:1] == ["would"] and behind[1:] not in (["be"], ["need"], ["require"], ["not"]):
        found.polarity, found.modality = "asserted", "hypothetical"
    return found
