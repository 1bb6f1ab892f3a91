"""Claims of key signatures: so many sharps or flats, or none.

Conventions
-----------
"Five flats", "a single sharp", "a three-flat key", and a number whose sign was said before in the
sentence ("not four sharps but three"); "no sharps or flats", "an empty signature". What is counted
on from another signature, or compared with it, is none.
"""

from __future__ import annotations

from rewards.claims.context import Context, Found
from rewards.claims.grammar.pitch.items import within
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set

_SIGNS = {"sharps": 1, "sharp": 1, "flats": -1, "flat": -1}
_MORE = word_set(
    "more fewer less extra additional another adding add adds further lose loses losing gain gains "
    "per each"
)
_NEEDS = word_set("demand need require call want ask take")
_NOTHING = word_set("accidentals sharps flats signs")
_ONE = word_set("single lone solitary sole")
_EMPTY = word_set("empty blank")
_NONE = word_set("no neither zero without 0")
_JOINS = word_set("or and / nor no zero , either 0")
_ALIKE = word_set("same collection notes pitches scale as")
"""Words before a signature that is only like that of the clip: "the same notes as a two-sharp"."""
_AGAIN = phrases("not|but|than|,|or|so|makes|with")
"""What stands before a number whose sign was said."""
_BEHIND = word_set(
    "i we at in for during instead then now if here rather not but , ; : ) before after"
)
_FAR = 6
_ORDER = "fcgdaeb"
"""The notes that signatures sharpen, in their order, and flatten from its end."""
_ALTERED = {"sharpened": 1, "sharped": 1, "flattened": -1, "flatted": -1}
_MARKS = _NONE | _EMPTY | _ALTERED.keys() | _SIGNS.keys()
"""Words that begin or end a signature; a number may go on from one."""


def read(sentence: Sentence, context: Context) -> None:
    """Take down the signatures of a sentence."""
    words, kinds = sentence.words, sentence.kinds
    said: tuple[int, int] | None = None  # the last token and the sign of the one before
    for at, word in enumerate(words):
        if word not in _MARKS and kinds[at] != "0":
            continue
        if word in _NONE and words[at + 1 : at + 2] and words[at + 1] in _NOTHING:
            _add_none(sentence, context, at)
        elif word in _EMPTY and "signature" in words[max(0, at - 4) : at + 4]:
            context.add(Found("key_signature", 0, at, at))
        elif word in _ALTERED and words[at - 1] in ("are", "all", "being"):
            _add_altered(sentence, context, at)
        elif word in _SIGNS and kinds[at] == "s" and at not in sentence.once(within):
            back = at - 2 if kinds[at - 1 : at] == "-" else at - 1
            count = _count(sentence, back)
            if not count and (word.endswith("s") or words[back] in _MORE):
                said = at, _SIGNS[word]  # "loads of sharps, five I believe"; "one more flat, so"
            if not count or kinds[at + 1 : at + 2] in ("d", "q") or words[at + 1 : at + 2] in (
                ["note"], ["side"], ["tone"],
            ):  # fmt: skip
                continue
            lead = words[max(0, back - 4) : back]
            lead = lead[max((n + 1 for n, one in enumerate(lead) if one == ","), default=0) :]
            said = at, _SIGNS[word]
            if _counted_on(lead, words[at + 1 : at + 3]):
                continue
            if {"same", "as"} <= {*words[max(0, back - 8) : back]} and _ALIKE & {*words[:back]}:
                continue
            other, joint = _count(sentence, back - 2), words[back - 1 : back]
            apart = joint == ["or"] or words[back - 3 : back - 2] + joint == ["between", "and"]
            doubt = "hedged" if other and apart else None
            context.add(Found("key_signature", said[1] * count, back, at, modality=doubt))
        elif said and kinds[at] == "0" and at - said[0] <= _FAR and _elliptical(sentence, at):
            count = _count(sentence, at)
            if count:
                context.add(Found("key_signature", said[1] * count, at, at))
                said = at, said[1]


def _count(sentence: Sentence, at: int) -> int:
    """The number of signs that a token tells, 0 if it tells none."""
    if at < 0:
        return 0
    if sentence.words[at] in _ONE:
        return 1
    if sentence.kinds[at] != "0":
        return 0
    value = sentence.values[at]
    return int(value) if 1 <= value <= 7 and value == int(value) else 0


def _elliptical(sentence: Sentence, at: int) -> bool:
    """ "Not four sharps but three", "five at the close, three at the start"."""
    words = sentence.words
    if words[at - 1 : at] not in _AGAIN:
        return False
    following = words[at + 1 : at + 2]
    return not following or following[0] in _BEHIND


def _add_none(sentence: Sentence, context: Context, at: int) -> None:
    """ "No sharps or flats", "neither sharps nor flats", "zero sharps and zero flats"."""
    words = sentence.words
    end = at + 2
    while words[end : end + 1] and words[end] in _JOINS and end - at < 5:
        end += 1
    both = end > at + 2 and words[end : end + 1] != [] and words[end] in _NOTHING
    if both:
        last = end if both else at + 1
        context.add(Found("key_signature", 0, at, last, polarity="asserted"))


def _add_altered(sentence: Sentence, context: Context, at: int) -> None:
    """ "F, C and G are sharpened": where these are the notes of a signature, in any order."""
    words = sentence.words
    last = at - 1
    while last and words[last] in ("are", "all", "being"):
        last -= 1
    first = last
    while first >= 0 and (words[first] in _ORDER or words[first] in (",", "and")):
        first -= 1
    letters = [word for word in words[first + 1 : last + 1] if word in _ORDER]
    sign = _ALTERED[words[at]]
    order = _ORDER[::sign]
    if len(letters) > 1 and sorted(letters) == sorted(order[: len(letters)]):
        context.add(Found("key_signature", sign * len(letters), first + 1, at))


def _counted_on(lead: list[str], tail: list[str]) -> bool:
    """ "down a fifth with one flat more", "from four flats to five": no signature of the clip."""
    if not _MORE.isdisjoint((*lead, *tail)) or lead[-1:] == ["from"]:
        return True
    return "would" in lead and not _NEEDS.isdisjoint(lead)
