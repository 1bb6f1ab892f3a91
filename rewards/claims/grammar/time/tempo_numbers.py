"""How the number of a tempo is said, what unit it has, and what it says of itself."""

from __future__ import annotations

from collections.abc import Sequence

from rewards.claims.records import Modality
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set

_NOTES = word_set(
    "beats beat crotchets crotchet quarter quarters quavers minims notes note steps strides taps "
    "pulses clicks strokes paces eighths hops of hits"
)
_PER = word_set("per a each the in / every")
_BEAT_NAMES = word_set("crotchet quarter quaver eighth minim half dotted beat pulse minute note")
_MEASURED = word_set("metronome clock dial click strobe stopwatch grid phone app watch playlist")
_OWNED = word_set("the my our a his her this")
_EARLIER = word_set(
    "draft earlier before old first previous jotted wrote noted pencilled gave had put initial last"
)
_POLITE = phrases("if i must|if you insist|if i had|if one must")
SAID = word_set("perhaps maybe say probably possibly tops flat exactly or though")
"""What goes on behind a number that ends its clause."""
_UNREAL = word_set("if then were unless had could half double option otherwise reading")
_ROUGHLY = word_set("around about roughly a an the near close to probably approximately some")
_SUBJECTS = word_set("tempo metronome marking speed bpm pace number term indication")
_OWN = phrases("i|we|guess|estimate|answer|bet|choice")
_STOPS = word_set(", ; : but so not never")
_ANYONE = word_set("you one someone somebody we you'd")
_DOUBTS = word_set("could might may guess would")


def number(sentence: Sentence, at: int) -> tuple[float, int]:
    """The value of number words in a row, "one hundred and twenty", and the last of them."""
    words, kinds, values = sentence.words, sentence.kinds, sentence.values
    total = values[at]
    last = at
    if words[at][-1].isdigit():
        return total, at
    while True:
        step = last + 1
        if step < len(words) and (kinds[step] == "-" or words[step] == "and"):
            step += 1
        if step >= len(words) or kinds[step] != "0" or words[step][-1].isdigit():
            return total, last
        value = values[step]
        if value == 100 and total < 10:
            total *= 100
        elif (total >= 100 or 20 <= total < 100) and value < min(total, 100):
            total += value
        elif total < 4 and value >= 10:  # "one twenty"
            total = 100 * total + value
        else:
            return total, last
        last = step


def unit(sentence: Sentence, last: int) -> int | None:
    """The last token of "bpm", "beats per minute" or "to the quarter" behind a number."""
    words, kinds = sentence.words, sentence.kinds
    step = last + 2 if kinds[last + 1 : last + 2] == "-" else last + 1
    if step >= len(words):
        return None
    stretch = words[step : step + 6]
    word, following, third = (*stretch, "", "")[:3]
    if kinds[step] == "u" or word == "clicks":
        return step
    if word in ("on", "by") and following in _OWNED:
        at = next((n for n, other in enumerate(stretch[2:4], 2) if other in _MEASURED), None)
        if at is not None:
            return step + at
    if word == "to" and following in ("the", "a") and third in _BEAT_NAMES:
        return step + (3 if third == "dotted" and len(stretch) > 3 else 2)
    if word in ("a", "each") and following == "minute":
        return step + 1
    if word == "per" and following in _BEAT_NAMES:
        return step + 1
    for n, word in enumerate(stretch):
        if word in ("minute", "min") and n and {*stretch[:n]} & _NOTES and stretch[n - 1] in _PER:
            return step + n
    return None


def lower_end(sentence: Sentence, at: int, value: float) -> tuple[int, float]:
    """ "120-124 bpm" is its middle; what ranges further is told by a value of -1."""
    kinds = sentence.kinds
    between = (
        sentence.words[at - 1] == "and" and "between" in sentence.words[max(0, at - 4) : at - 2]
    )
    joined = between or kinds[at - 1] == "-" or sentence.words[at - 1] == "to" if at > 1 else False
    if joined and kinds[at - 2] == "0" and 20 <= sentence.values[at - 2] < value:
        lower = sentence.values[at - 2]
        near = 0.8 * value <= lower or sentence.words[max(0, at - 3)] == "from"
        return at - 2, (lower + value) / 2 if near else -1.0
    return at, value


def stance(
    sentence: Sentence, first: int, last: int, value: float, before: Sequence[float]
) -> Modality | None:
    """Where a number tells it itself: "140, or 70 if you nod in half time", "you'd read 176"."""
    words = sentence.words
    rest = words[last + 1 : last + 12]
    if polite(rest[:3]):
        return "asserted"
    noted = words[first - 1 : first] in (["the"], ["that"]) and rest[:1] in (
        ["i"],
        ["in"],
        ["from"],
    )
    if noted and before and not _EARLIER.isdisjoint(rest[1:6]):
        return "retracted"  # "the 120 in my draft", "the 128 I jotted down"
    if rest[:1] == ["if"] and rest[1:2] not in (["that"], ["anything"]):
        return "hypothetical"
    lead = words[max(0, first - 7) : first]
    if not {"would", "'d", "you'd"}.isdisjoint(lead[-4:]) and not _ANYONE.isdisjoint(lead[-4:]):
        return "hypothetical"
    if "thereabouts" in rest[:4] and SAID.isdisjoint(lead) and _DOUBTS.isdisjoint(lead):
        return "asserted"
    if "would" in lead and not reckoned(sentence, first):
        at = len(lead) - 1 - lead[::-1].index("would")
        own = lead[max(0, at - 1) : at] in _OWN
        if not own and _STOPS.isdisjoint(lead[at:]):
            return "hypothetical"  # "dubstep would be half-time at 70"
    if reckoned(sentence, first) and not kin(value, before):
        return "asserted"
    if words[0] == "if" and words[1:2] and words[1] in _ANYONE and kin(value, before):
        return "hypothetical"
    first_of_two = rest[:1] == ["or"] or rest[:2] == [",", "or"]
    if first_of_two and "if" in rest and SAID.isdisjoint(lead) and _DOUBTS.isdisjoint(lead):
        return "asserted"
    return None


def polite(rest: Sequence[str]) -> bool:
    """ "80 if I must be exact", "sixty if you insist", "70 if pressed"?"""
    return rest in _POLITE or rest[:2] in (["if", "pressed"], ["if", "forced"], ["if", "pushed"])


def reckoned(sentence: Sentence, first: int) -> bool:
    """ "The metronome would read 60": no more than a polite "reads"."""
    words = sentence.words
    lead = words[max(0, first - 6) : first]
    if "would" not in lead or not sentence.bag.isdisjoint(_UNREAL):
        return False
    at = lead.index("would")
    plain = lead[at + 1 : at + 2] in (["be"], ["read"], ["say"])
    plain = plain and all(word in _ROUGHLY for word in lead[at + 2 :])
    return plain and not _SUBJECTS.isdisjoint(words[:first])


def kin(value: float, before: Sequence[float]) -> bool:
    """Is a value half, double, thrice or nearly a tempo that was named?"""
    ratios = (0.5, 2.0, 3.0, 1 / 3, 1.0)
    near = any(abs(value - one * ratio) <= 0.02 * value for one in before for ratio in ratios)
    return near or any(0.9 <= value / one <= 1.1 for one in before[-1:])
