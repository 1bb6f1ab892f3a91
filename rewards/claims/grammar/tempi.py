"""Claims of tempo: beats per minute, and the terms of a score."""

from __future__ import annotations

from rewards.claims.context import Context, Found
from rewards.claims.sentences import Sentence
from rewards.claims.words import word_set
from rewards.spelling.tempo_terms import TERMS

LOWEST, HIGHEST = 20.0, 400.0
_NOTES = word_set(
    "beats beat crotchets crotchet quarter quarters quavers minims notes note steps strides taps "
    "pulses clicks strokes"
)
_PER = word_set("per a each the in /")
_CUES = word_set(
    "tempo pulse metronome speed bpm clocked running session grid tapped tapping beats crotchet "
    "quarter minim pace click dotted tempi marking clock = fast slow slower faster steps m.m mm "
    "minute bpms beat-per-minute tapped count counted foot toe tap taps stopwatch nod tactus "
    "uptempo midtempo reading"
)
_BEATS = word_set("beat beats hop hops step steps stride strides walk stroll trot crotchets")
"""Words that make a number from 50 to 220 a tempo where it is equated with something."""
_EQUATES = word_set("equals = say is at feels")
_RUNS = word_set("walk ticks sits runs goes hovers moves clocks stays settles")
_GAITS = word_set(
    "stroll walk crawl trot gallop sprint jog march dirge sprinter's walking brisk slow fast quick "
    "leisurely moderate relaxed lively"
)
_DEFINES = word_set(
    ": is runs covers spans starts begins ranges lies means needs goes from requires"
)
_BOUNDS = word_set("under over above below starts begins from needs requires between")
"""Words by which a term is told to be so many beats, whatever the clip."""
_SAID = word_set("perhaps maybe say probably possibly tops flat exactly or though")
"""What goes on behind a number that ends its clause."""
_TALK = word_set("tempo pulse metronome bpm speed")
_LEAD = word_set(
    "at around about to near approximately roughly is was got be say = of feels like nearly "
    "almost gives : circa ca approx over exactly bpm ~ sits maybe perhaps probably just "
    "between as means makes under equals counted count tapped really actually steady so it's "
    "clocked reading got get find measured measure put"
)
_UNITS = word_set(
    "seconds second s sec secs bars bar measures measure years minutes minute hz ms % percent "
    "times sharps flats semitones steps notes beats voices parts people players th st nd rd"
)
TERM_WORDS = frozenset(TERMS)


def read(sentence: Sentence, context: Context) -> None:
    """Take down the tempi and tempo terms of a sentence."""
    defined: frozenset[int] = frozenset()
    if not sentence.bag.isdisjoint(TERM_WORDS):
        defined = _defined(sentence)
        _terms(sentence, context, defined)
    kinds = sentence.kinds
    if "0" not in kinds and "B" not in kinds:
        return
    asked = context.facet == "tempo"
    marked = any(found.type == "tempo_term" for found in context.found)
    cued = asked or context.tempo_said or marked or not sentence.bag.isdisjoint(_CUES)
    at = 0
    while at < len(kinds):
        if kinds[at] == "B":
            _add(context, sentence.tokens[at].value, at, at)
        elif kinds[at] == "0" and at not in defined:
            value, last = _number(sentence, at)
            end = _unit(sentence, last)
            if end is not None:
                first, value = _range(sentence, at, value)
                if first == at or sentence.words[first - 1 : first] != ["from"]:
                    _add(context, value, first, end)  # no claim: "it climbs from 90 to 110 bpm"
            elif value >= 30 and (
                _listed(sentence, at, last, value)
                or _paced(sentence, at, last, value)
                or (cued and _bare(sentence, at, last, value, asked))
            ):
                _add(context, value, at, last)
            at = last
        at += 1


def _add(context: Context, value: float, first: int, last: int) -> None:
    if LOWEST <= value <= HIGHEST:
        context.tempo_said = True
        context.add(Found("tempo", int(value) if value == int(value) else value, first, last))


def _number(sentence: Sentence, at: int) -> tuple[float, int]:
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


def _unit(sentence: Sentence, last: int) -> int | None:
    """The last token of "bpm" or "beats per minute" behind a number."""
    words, kinds = sentence.words, sentence.kinds
    step = last + 2 if kinds[last + 1 : last + 2] == "-" else last + 1
    if kinds[step : step + 1] == "u" or words[step : step + 1] == ["clicks"]:
        return step
    if words[step : step + 2] == ["on", "the"] and words[step + 2 : step + 3] in (
        ["clock"], ["metronome"], ["dial"], ["click"],
    ):  # fmt: skip
        return step + 2
    stretch = words[step : step + 5]
    if stretch[:3] == ["to", "the", "minute"] or stretch[:2] in (
        ["a", "minute"],
        ["per", "minute"],
    ):
        return step + (2 if stretch[0] == "to" else 1)
    for n, word in enumerate(stretch):
        if word in ("minute", "min") and n and {*stretch[:n]} & _NOTES and stretch[n - 1] in _PER:
            return step + n
    return None


def _range(sentence: Sentence, at: int, value: float) -> tuple[int, float]:
    """ "120-124 bpm" is its middle."""
    kinds = sentence.kinds
    between = (
        sentence.words[at - 1] == "and" and "between" in sentence.words[max(0, at - 4) : at - 2]
    )
    joined = between or kinds[at - 1] == "-" or sentence.words[at - 1] == "to" if at > 1 else False
    if joined and kinds[at - 2] == "0" and 0.8 * value <= sentence.tokens[at - 2].value < value:
        return at - 2, (sentence.tokens[at - 2].value + value) / 2
    return at, value


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
    beats = following[:1] in (["beats"], ["steps"])
    ends = last + 2 >= len(words) or kinds[last + 2] in ",;)"
    return opened and beats and ends and (first == 0 or kinds[first - 1] == ":")


def _bare(sentence: Sentence, first: int, last: int, value: float, asked: bool) -> bool:
    """A number without a unit that can only be a tempo."""
    words, kinds = sentence.words, sentence.kinds
    if words[last + 1 : last + 2] in (["-"], ["to"]) and kinds[last + 2 : last + 3] == "0":
        return False  # the lower end of a range
    if first and words[first - 1] == "between" and words[last + 1 : last + 2] == ["and"]:
        return False
    if first > 1 and words[first - 2 : first] in (["half", "of"], ["twice", "of"]):
        return False
    if len(words) == last + 1 - first and 40 <= value <= 220:
        return True  # "The speed? 110."
    if first and words[first - 1] in ("than", "times", "x", "*"):
        return False
    if words[last + 1 : last + 3] == ["in", "half"] or words[last + 1 : last + 2] == ["times"]:
        return False  # "thirty-eight in half a minute"
    if words[last + 1 : last + 2] and (words[last + 1] in _UNITS or kinds[last + 1] in "u0s/"):
        return False
    if first and (
        kinds[first - 1] in "/0" or words[first - 1] in ("bar", "measure", "m", "no", "op")
    ):
        return False
    if asked:
        return True
    ends = last + 1 == len(words) or kinds[last + 1] in ",;:)" or words[last + 1] in _SAID
    if value >= 40 and ends and not sentence.bag.isdisjoint(_TALK):
        return True
    if value >= 40 and ends and words[last + 1 : last + 2] in (["perhaps"], ["maybe"], ["say"]):
        return True
    return first > 0 and words[first - 1] in _LEAD


def _defined(sentence: Sentence) -> frozenset[int]:
    """The terms, and their numbers, of which it is told what they are: "Andante is 76 to 108"."""
    words, kinds = sentence.words, sentence.kinds
    pairs: list[list[int]] = []
    ranged = False
    for at, word in enumerate(words):
        if word not in TERM_WORDS:
            continue
        spot = next((n for n in range(at + 1, min(at + 6, len(words))) if kinds[n] == "0"), None)
        if spot is None or not {",", ";"}.isdisjoint(kinds[at:spot]):
            continue
        if any(words[n] in TERM_WORDS for n in range(at + 1, spot)):
            continue
        between = set(words[at + 1 : spot])
        end = spot
        while end + 2 < len(words) and words[end + 1] in ("-", "to") and kinds[end + 2] == "0":
            end += 2
        open_ = words[end + 1 : end + 2] == ["or"] or not _BOUNDS.isdisjoint(between)
        ranged = ranged or ((end > spot or open_) and not _DEFINES.isdisjoint(between))
        pairs.append([at, *range(spot, end + 1)])
    if len(pairs) > 1 or ranged:
        return frozenset(n for pair in pairs for n in pair)
    return frozenset()


def _terms(sentence: Sentence, context: Context, defined: frozenset[int]) -> None:
    last = -2
    for at, word in enumerate(sentence.words):
        if (
            at not in defined
            and word in TERM_WORDS
            and not (
                word == "grave"
                and sentence.words[at - 1 : at] in (["the"], ["a"], ["her"], ["his"])
            )
        ):
            if at != last + 1:  # of "Allegro moderato" the first counts
                context.add(Found("tempo_term", word, at, at))
            last = at
