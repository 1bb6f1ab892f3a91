"""Claims of cadences: their names, and how a phrase is said to close."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate

from rewards.claims.context import Context, Found
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set
from rewards.spelling.cadences import find_cadences

_NAMES = word_set(
    "cadence cadences pac iac hc plagal deceptive deceptively amen half-cadence close interrupted "
    "halbschluss trugschluss ganzschluss kadenz semicadence authentic"
)
_ENDS = word_set(
    "ends end ending stops stop halts halt pauses pause rests closes stopping halting stopped "
    "hangs ended pausing rest"
)
_CLOSES = _NAMES - {"close"} | word_set(
    "perfect imperfect full half open suspended evaded false broken surprise avoided dominant "
    "phrygian phryg phrygische phrygischer phrygisches phc church leading contrapuntal plagale "
    "ac dc pc vollkommene vollkommener unvollkommene unvollkommener authentische authentischer"
)
"""Words without one of which a "close" is no cadence."""
_LABELS = word_set("ac dc pc phc")
"""Names of cadences where cadences are asked."""
TRIGGERS = _NAMES | _LABELS | {"dominant", "half", "perfect", "v", "v7"}
"""Words without which a sentence names no cadence."""
_BY_NUMERALS = {
    ("V", "I"): "AC", ("IV", "I"): "PC", ("V", "VI"): "DC", ("IV", "V"): "HC", ("II", "V"): "HC",
}  # fmt: skip
_AROUND = 6
_MOVES = word_set("turn move motion progression resolution gesture one kind ending")
"""Nouns behind the name of a cadence, beside "cadence" itself."""
_BARE = word_set("half perfect full open amen")
"""Names that need a "cadence", unless cadences are asked."""
_LEADS = word_set(
    "is 's hence so thus therefore : not than as be been put write wrote written marked said say "
    "call it answer answered part label was"
)
_DEFINES = word_set("must requires needs demands means consists always typically usually")
_JOINS = word_set("so and both or that but hence")
_VERBS = word_set("is isn't was wasn't are and : | ? would can cannot can't needs fails goes drops")
_GOES_ON = word_set("because since first but as and at though until when")
_NO_REST = word_set("melody bass tune voice soprano singer top line tenor alto must")


def read(sentence: Sentence, context: Context) -> None:
    """Take down the cadences of a sentence."""
    words = sentence.words
    names = _NAMES | _LABELS if context.facet == "cadence" else _NAMES
    if not sentence.bag.isdisjoint(names):
        past, closes = -1, not sentence.bag.isdisjoint(_CLOSES)
        for at, word in enumerate(words):
            if word in names and at > past and (closes or word != "close"):
                past = _around(sentence, context, at)
        if not any(found.type == "cadence" for found in context.found) and "R" in sentence.kinds:
            _of_numerals(sentence, context)
    named = context.facet == "cadence" or "cadence" in sentence.bag
    if named and not sentence.bag.isdisjoint(("half", "perfect")):
        _bare(sentence, context)
    asked = context.facet == "cadence" and "R" in sentence.kinds
    if asked or "dominant" in sentence.bag:
        _rests(sentence, context, asked=asked)


def _rests(sentence: Sentence, context: Context, *, asked: bool) -> None:
    """ "It ends on the dominant", "the phrase stops on V" where cadences are asked."""
    words, kinds = sentence.words, sentence.kinds
    for at, word in enumerate(words):
        numeral = asked and kinds[at] == "R" and sentence.values[at] in ("V", "V7")
        on = at - 1 if numeral else at - 2
        if not (numeral or word == "dominant") or words[on:at] not in (["on"], ["on", "the"]):
            continue
        lead = words[max(0, on - 5) : on]
        ends = not _ENDS.isdisjoint(lead) and _NO_REST.isdisjoint(lead)
        if ends and kinds[at + 1 : at + 2] != "q":
            context.add(Found("cadence", "HC", on - 1, at))


def _bare(sentence: Sentence, context: Context) -> None:
    """ "So it is half", "hence perfect", where cadences are asked; "Cadence: half"."""
    words = sentence.words
    for at, word in enumerate(words):
        if word not in ("half", "perfect"):
            continue
        ends = at + 1 == len(words) or sentence.kinds[at + 1] in ",;:)"
        lead = words[max(0, at - 3) : at]
        asked = ends or words[at + 1] in _GOES_ON
        weighed = context.facet == "cadence" and _weighed(sentence, at)
        asked = asked and (context.facet == "cadence" or (ends and "cadence" in lead))
        one = words[at + 1 : at + 2] == ["one"] and lead[-1:] in (["a"], ["the"], ["no"])
        if (asked and (at == 0 or words[at - 1] in _LEADS)) or one or weighed:
            context.add(Found("cadence", "HC" if word == "half" else "PAC", at, at + one))


def _weighed(sentence: Sentence, at: int) -> bool:
    """ "Half is out", "so half and deceptive are gone", "| half | a stop |"."""
    words = sentence.words
    opens = at == 0 or sentence.kinds[at - 1] in ",;:-(" or words[at - 1] in _JOINS
    return opens and words[at + 1 : at + 2] != [] and words[at + 1] in _VERBS


def _of_numerals(sentence: Sentence, context: Context) -> None:
    """ "a V7-I cadence", "cadence (IV-I)": named by its numerals alone."""
    words, kinds = sentence.words, sentence.kinds
    for at in range(len(words) - 2):
        if kinds[at] != "R" or kinds[at + 1] != "-" or kinds[at + 2] not in "RI":
            continue
        near = {*words[at + 3 : at + 5], *words[max(0, at - 3) : at]}
        if (
            not near & {"cadence", "cadences", "cadential", "close", "ending"}
            or kinds[at + 3 : at + 4] == "-"
        ):
            continue
        pair = [sentence.values[at].rstrip("0123456789"), sentence.values[at + 2]]
        value = _BY_NUMERALS.get((pair[0].upper(), pair[1].upper()))
        if value is not None and (at == 0 or kinds[at - 1] != "-"):
            context.add(Found("cadence", value, at, at + 2))


def _around(sentence: Sentence, context: Context, at: int) -> int:
    """Reads the words around one; returns the last token read."""
    words = sentence.words
    if words[at] == "deceptively":
        context.add(Found("cadence", "DC", at, at))
        return at
    first, last = max(0, at - _AROUND), min(len(words), at + 4)
    starts = [0, *accumulate(len(word) + 1 for word in words[first : last - 1])]
    read_to = at
    for mention in find_cadences(" ".join(words[first:last]) + " "):
        i = first + bisect_right(starts, mention.start) - 1
        j = first + bisect_left(starts, mention.end) - 1
        said = words[i : j + 1]
        bare = len(said) == 1 and said[0] in _BARE
        if len(said) == 1 and words[j + 1 : j + 2] and words[j + 1] in _MOVES:
            j += 1
        if words[i - 1 : i] in (["a"], ["an"]) and not _DEFINES.isdisjoint(words[j + 1 : j + 2]):
            read_to = j  # "a half cadence must stop on the dominant": any such
            continue
        modal = said == ["phrygian"] and "cadence" not in words[max(0, i - 4) : i]
        value = mention.value
        after = words[j + 1 : j + 3]
        if value == "AC" and after in (
            ["and", "perfect"], ["and", "imperfect"], [",", "perfect"], [",", "imperfect"],
        ):  # fmt: skip
            value, j = "PAC" if words[j + 2] == "perfect" else "IAC", j + 2
        if not bare and not modal and i > read_to - _AROUND:
            context.add(Found("cadence", value, i, j))
            read_to = max(read_to, j)
    return read_to
