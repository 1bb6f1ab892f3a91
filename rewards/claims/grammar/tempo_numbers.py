"""Which number without "bpm" is a tempo, and how numbers are said.

Conventions
-----------
A number is a tempo in one of these frames; the plainer the number, the more it needs.

=============  ==========================================================================
frame          examples
=============  ==========================================================================
per            126 to the quarter; 98 of them per minute; fifty-four on the metronome
beat           crotchet = 152; the dotted pulse at 60; half note equals 112
noun           Tempo 116 on my phone; the speed remains 70; a pulse of 88
at             a shuffle at 118; I'd put it at one-fifty
said           I'd say 112; feels more like 78; around 150.; seventy-six or thereabouts
related        half, double or nearly a tempo that was named: "or 70 if you nod"
counted        where the talk is of tempo: "I get 132", "so 190", "which makes 96"
=============  ==========================================================================
"""

from __future__ import annotations

from collections.abc import Sequence

from rewards.claims.records import Modality
from rewards.claims.sentences import Sentence
from rewards.claims.words import word_set

_NOTES = word_set(
    "beats beat crotchets crotchet quarter quarters quavers minims notes note steps strides taps "
    "pulses clicks strokes paces eighths hops of hits"
)
_PER = word_set("per a each the in / every")
_BEAT_NAMES = word_set("crotchet quarter quaver eighth minim half dotted beat pulse minute note")
_MEASURED = ("metronome", "clock", "dial", "click", "strobe", "stopwatch", "grid")
CUES = word_set(
    "tempo pulse metronome speed bpm clocked running session grid tapped tapping beats crotchet "
    "quarter minim pace click dotted tempi marking clock = fast slow slower faster steps m.m mm "
    "minute bpms beat-per-minute tapped count counted foot toe tap taps stopwatch nod tactus "
    "uptempo midtempo reading half-time halftime double-time doubletime double halve halving"
)
_EQUATES = word_set("equals = say is at feels")
_BEATS = word_set("beat beats hop hops step steps stride strides walk stroll trot crotchets")
"""Words that make a number from 50 to 220 a tempo where it is equated with something."""
_RUNS = word_set("walk ticks sits runs goes hovers moves clocks stays settles")
_GAITS = word_set(
    "stroll walk crawl trot gallop sprint jog march dirge sprinter's walking brisk slow fast quick "
    "leisurely moderate relaxed lively"
)
_SAID = word_set("perhaps maybe say probably possibly tops flat exactly or though")
"""What goes on behind a number that ends its clause."""
_TALK = word_set("tempo pulse metronome bpm speed pace tempi")
_LEAD = word_set(
    "at around about to near approximately roughly is was got be say = of feels like nearly "
    "almost gives : circa ca approx over exactly bpm ~ sits maybe perhaps probably just "
    "between as means makes under equals counted count tapped really actually steady so it's "
    "clocked reading got get find measured measure put remains stays keeps averaging hence "
    "therefore that's shy close"
)
_NEARLY = word_set(
    "around about roughly near circa ca approximately nearly almost some exactly say just shy of "
    "under over close to a an brisk steady easy slow fast leisurely maybe perhaps probably like "
    "more something ~ c approx precisely solid straight constant relaxed well only"
)
_UNITS = word_set(
    "seconds second s sec secs bars bar measures measure years minutes minute hz ms % percent "
    "times sharps flats semitones steps notes beats voices parts people players th st nd rd hits "
    "degrees rpm cents db khz hertz per-cent strings keys players copies singers frames taps "
    "feet mm cm kilos euros dollars tracks pages lines o'clock samples"
)
_NUMBERED = word_set("bar measure m no op track take page opus number figure take mm midi bwv k")
_EVENTS = word_set(
    "begins starts enters enter comes ends drops arrives appears returns changes switches "
    "modulates happens occurs begin start filter cutoff age aged degrees volume born died solo"
)
_JUDGES = word_set("say call make get feels feel reckon guess hear read clock tag nod land")
_ANYONE = word_set("you one someone somebody we you'd")
_DOUBTS = word_set("could might may guess would")
_SUMS = word_set("divided dividing over times x * plus minus multiplied subtract add")


def number(sentence: Sentence, at: int) -> tuple[float, int]:
    """The value of number words in a row, "one hundred and twenty", and the last of them."""
    tokens, kinds = sentence.tokens, sentence.kinds
    total = tokens[at].value
    last = at
    if tokens[at].word[-1].isdigit():
        return total, at
    while True:
        step = (
            2
            if kinds[last + 1 : last + 2] == "-" or sentence.words[last + 1 : last + 2] == ["and"]
            else 1
        )
        if kinds[last + step : last + step + 1] != "0" or tokens[last + step].word[-1].isdigit():
            return total, last
        value = tokens[last + step].value
        if value == 100 and total < 10:
            total *= 100
        elif (total >= 100 or 20 <= total < 100) and value < min(total, 100):
            total += value
        elif total < 4 and value >= 10:  # "one twenty"
            total = 100 * total + value
        else:
            return total, last
        last += step


def unit(sentence: Sentence, last: int) -> int | None:
    """The last token of "bpm", "beats per minute" or "to the quarter" behind a number."""
    words, kinds = sentence.words, sentence.kinds
    step = last + 2 if kinds[last + 1 : last + 2] == "-" else last + 1
    if kinds[step : step + 1] == "u" or words[step : step + 1] == ["clicks"]:
        return step
    stretch = words[step : step + 6]
    if stretch[:2] in (["on", "the"], ["by", "the"]) and stretch[2:3] and stretch[2] in _MEASURED:
        return step + 2
    if stretch[:2] in (["to", "the"], ["to", "a"]) and stretch[2:3] and stretch[2] in _BEAT_NAMES:
        return step + (3 if stretch[2] == "dotted" and len(stretch) > 3 else 2)
    if stretch[:2] in (["a", "minute"], ["each", "minute"]):
        return step + 1
    if stretch[:1] == ["per"] and stretch[1:2] and stretch[1] in _BEAT_NAMES:
        return step + 1
    for n, word in enumerate(stretch):
        if word in ("minute", "min") and n and {*stretch[:n]} & _NOTES and stretch[n - 1] in _PER:
            return step + n
    return None


def lower_end(sentence: Sentence, at: int, value: float) -> tuple[int, float]:
    """ "120-124 bpm" is its middle."""
    kinds = sentence.kinds
    between = (
        sentence.words[at - 1] == "and" and "between" in sentence.words[max(0, at - 4) : at - 2]
    )
    joined = between or kinds[at - 1] == "-" or sentence.words[at - 1] == "to" if at > 1 else False
    if joined and kinds[at - 2] == "0" and 0.8 * value <= sentence.tokens[at - 2].value < value:
        return at - 2, (sentence.tokens[at - 2].value + value) / 2
    return at, value


def stance(
    sentence: Sentence, first: int, last: int, value: float, before: Sequence[float]
) -> Modality | None:
    """Where a number tells it itself: "140, or 70 if you nod in half time", "you'd read 176"."""
    words = sentence.words
    rest = words[last + 1 : last + 12]
    if rest[:1] == ["if"] and rest[1:2] not in (["that"], ["anything"]):
        return "hypothetical"
    lead = words[max(0, first - 7) : first]
    if "or" in lead and "if" in lead[lead.index("or") :]:
        return "hypothetical"  # "60 or, if someone prefers, 180"
    if not {"would", "'d", "you'd"}.isdisjoint(lead[-4:]) and not _ANYONE.isdisjoint(lead[-4:]):
        return "hypothetical"
    if words[0] == "if" and words[1:2] and words[1] in _ANYONE and _kin(value, before):
        return "hypothetical"
    first_of_two = rest[:1] == ["or"] or rest[:2] == [",", "or"]
    if first_of_two and "if" in rest and _SAID.isdisjoint(lead) and _DOUBTS.isdisjoint(lead):
        return "asserted"
    return None


def is_tempo(
    sentence: Sentence,
    first: int,
    last: int,
    value: float,
    *,
    cued: bool,
    asked: bool,
    before: Sequence[float],
) -> bool:
    """Is a number without a unit a tempo? ``before``: the tempi that were named."""
    if value < 30 or _counts(sentence, first, last):
        return False
    if _of_beats(sentence, first) or _of_noun(sentence, first):
        return True
    if 40 <= value <= 260 and (_at(sentence, first, last) or _judged(sentence, first, last)):
        return True
    if _related(sentence, first, last, value, before):
        return True
    if _listed(sentence, first, last, value) or _paced(sentence, first, last, value):
        return True
    return cued and _counted(sentence, first, last, value, asked)


def _ends(sentence: Sentence, last: int) -> bool:
    """Does a clause end with a number, or with "or so" behind it?"""
    words = sentence.words
    if last + 1 == len(words) or sentence.kinds[last + 1] in ",;:)":
        return True
    if words[last + 1] == "though":
        return True
    return words[last + 1 : last + 3] in (["or", "so"], ["or", "thereabouts"], ["give", "or"])


def _counts(sentence: Sentence, first: int, last: int) -> bool:
    """ "40 seconds", "bar 64", "sixty over 0.8", "98 to 102": no tempo, or only a part of one."""
    words, kinds = sentence.words, sentence.kinds
    following = words[last + 1] if last + 1 < len(words) else ""
    near = words[first - 1] if first else ""
    if following in ("-", "to") and kinds[last + 2 : last + 3] == "0":
        return True
    if near == "between" and following == "and":
        return True
    if near == "to" and first > 2 and kinds[first - 2] == "0" and words[first - 3] == "from":
        return True  # "from 90 to 120"
    if following in _UNITS or (following and kinds[last + 1] in "u0s/"):
        beats = following in ("beats", "steps", "taps") and _opened(sentence, first)
        return not (beats and (last + 2 >= len(words) or kinds[last + 2] in ",;)"))
    if near in _NUMBERED or (first and kinds[first - 1] in "/0"):
        return True
    if following in _SUMS or near in ("than", "times", "x", "*", "dividing", "by", "minus", "plus"):
        return True
    if following == "in" and words[last + 2 : last + 3] == ["half"]:
        return True  # "thirty-eight in half a minute"
    if words[last + 1 : last + 3] == ["equals", "it"] or words[max(0, first - 2) : first] in (
        ["half", "of"], ["twice", "of"],
    ):  # fmt: skip
        return True
    return following in ("w", "=") and kinds[last + 2 : last + 3] == "0"


def _opened(sentence: Sentence, first: int) -> bool:
    return first == 0 or sentence.kinds[first - 1] in ",;:"


def _back(sentence: Sentence, first: int) -> int:
    """The place before a number and what blurs it: "roughly", "close to"."""
    at = first - 1
    while at >= 0 and first - at < 5 and sentence.words[at] in _NEARLY:
        at -= 1
    return at


def _of_beats(sentence: Sentence, first: int) -> bool:
    """ "Crotchet = 152", "half note equals 112", "the dotted pulse at 60"."""
    words = sentence.words
    at = _back(sentence, first)
    if at >= 0 and words[at] in ("=", "equals", "at", "is", ":"):
        at -= 1
    name = words[at] if at >= 0 else ""
    if name == "note":
        return words[at - 1 : at] in (["quarter"], ["half"], ["eighth"], ["dotted"], ["a"])
    if name in ("quarter", "crotchet", "minim", "quaver"):
        return True
    return name == "pulse" and at < first - 1


def _of_noun(sentence: Sentence, first: int) -> bool:
    """ "Tempo 116", "the speed remains 70", "the pulse sits near 92", "the beat might be 76"."""
    words = sentence.words
    at = first - 1
    while at >= 0 and first - at < 6 and (words[at] in _NEARLY or words[at] in _LEAD):
        at -= 1
    while at >= 0 and words[at] in ("might", "may", "could", "must", "should", "not", "hovers"):
        at -= 1
    if at < 0:
        return False
    return words[at] in _TALK or (words[at] == "beat" and at < first - 1)


def _at(sentence: Sentence, first: int, last: int) -> bool:
    """ "A shuffle at 118", "I'd put it at one-fifty", "but at 132 that idea evaporates"."""
    words = sentence.words
    at = _back(sentence, first)
    if at < 0 or words[at] != "at":
        return False
    if at == 0:
        return _ends(sentence, last)
    head = words[max(0, at - 5) : at]
    return _EVENTS.isdisjoint(head) or not sentence.bag.isdisjoint(_TALK)


def _judged(sentence: Sentence, first: int, last: int) -> bool:
    """ "I'd say 112", "feels more like 78 to me", ", around 150.", "76 or thereabouts"."""
    words = sentence.words
    at = _back(sentence, first)
    ends = _ends(sentence, last)
    vague = words[last + 1 : last + 3]
    opened = at < 0 or sentence.kinds[at] in ",;:"
    if vague in (["or", "thereabouts"], ["-", "ish"]) or (opened and vague == ["or", "so"]):
        return True
    if at >= 0 and words[at] in ("feels", "feel") and at < first - 1:
        return True
    at -= at > 0 and words[at] == "it"
    own = at > 0 and not {"i", "'d", "i'd", "we"}.isdisjoint(words[max(0, at - 2) : at])
    if own and ends and (words[at] in _JUDGES or words[first - 1] == "say"):
        return words[at] in ("say", "call", "reckon", "guess") or words[first - 1] == "say"
    blurred = words[first - 1 : first] and words[first - 1] in (
        "around",
        "about",
        "roughly",
        "circa",
    )
    return bool(blurred) and ends and opened


def _kin(value: float, before: Sequence[float]) -> bool:
    """Is a value half, double, thrice or nearly a tempo that was named?"""
    ratios = (0.5, 2.0, 3.0, 1 / 3, 1.0)
    near = any(abs(value - one * ratio) <= 0.02 * value for one in before for ratio in ratios)
    return near or any(0.9 <= value / one <= 1.1 for one in before[-1:])


def _related(
    sentence: Sentence, first: int, last: int, value: float, before: Sequence[float]
) -> bool:
    """ "Or 70 if you nod in half time", "maybe 133", "not 70"."""
    if not 30 <= value <= 400 or not _kin(value, before):
        return False
    words = sentence.words
    lead = words[first - 1] if first else ""
    return _ends(sentence, last) or lead in _LEAD or lead in ("or", "not", "at", "than", "get")


def _listed(sentence: Sentence, first: int, last: int, value: float) -> bool:
    """ "F minor, 104.": a number at the end of a list of facts."""
    kinds = sentence.kinds
    closes = last + 1 == len(kinds) and kinds[first - 1 : first] == ","
    return closes and 50 <= value <= 220 and bool({"M", "X", "G"} & set(kinds))


def _paced(sentence: Sentence, first: int, last: int, value: float) -> bool:
    """ "116 is a stroll", "one hop a bar, I'd say 108", "132 beats, give or take one"."""
    if not 50 <= value <= 220:
        return False
    words, kinds = sentence.words, sentence.kinds
    following = words[last + 1 : last + 5]
    if first and words[first - 1] == "not" and following[:1] == ["but"]:
        return kinds[last + 2 : last + 3] == "0"  # "not 120 but 60 bpm"
    if following[:2] == ["is", "a"] and not _GAITS.isdisjoint(following[2:]):
        return True
    ends = last + 1 == len(words) or kinds[last + 1] in ",;)" or following[0] in _SAID
    if ends and first and words[first - 1] in _EQUATES and not sentence.bag.isdisjoint(_BEATS):
        return words[first - 1] != "at" or not sentence.bag.isdisjoint(_RUNS)
    opened = first == 0 or kinds[first - 1] in ",;:"
    beats = following[:1] in (["beats"], ["steps"], ["paces"], ["strides"])
    ends = last + 2 >= len(words) or kinds[last + 2] in ",;)"
    return opened and beats and ends


def _counted(sentence: Sentence, first: int, last: int, value: float, asked: bool) -> bool:
    """A number that can only be a tempo, where the talk is of tempo."""
    words, kinds = sentence.words, sentence.kinds
    if len(words) == last + 1 - first and 40 <= value <= 220:
        return True  # "The speed? 110."
    if asked:
        return True
    ends = last + 1 == len(words) or kinds[last + 1] in ",;:)" or words[last + 1] in _SAID
    if value >= 40 and ends and not sentence.bag.isdisjoint(_TALK):
        return True
    if value >= 40 and ends and words[last + 1 : last + 2] in (["perhaps"], ["maybe"], ["say"]):
        return True
    return first > 0 and words[first - 1] in _LEAD
