"""Claims of form: "AABA", "a rondo"."""

from __future__ import annotations

from rewards.claims.context import Context, Found
from rewards.claims.sentences import Sentence
from rewards.claims.words import word_set

_NAMES = {
    "rondo": "rondo", "binary": "binary", "ternary": "ternary", "strophic": "strophic",
    "sonata": "sonata", "variations": "theme and variations",
    "fugue": "fugue", "fugal": "fugue",
}  # fmt: skip
_NEED_FORM = word_set("sonata fugue fugal")
_PARTED = word_set("binary ternary")
_COUNTS = word_set("meter metre pulse rhythm subdivision division beat grouping feel time")
"""What is binary or ternary without being a form."""
_PLANS = word_set("form plan structure layout scheme design song cycle")
_BANDS = frozenset(("abba", "abab"))
TRIGGERS = _NAMES.keys() | {"verse", "bar", "composed", "blues", "form"}


def read(sentence: Sentence, context: Context) -> None:
    """Take down the forms of a sentence."""
    words = sentence.words
    kinds = sentence.kinds
    if "L" not in kinds and sentence.bag.isdisjoint(TRIGGERS):
        return
    asked = context.facet == "form" or "form" in sentence.bag
    lettered = -1
    for at, word in enumerate(words):
        if word in _NAMES:
            counted = word in _PARTED and not _COUNTS.isdisjoint(words[at + 1 : at + 2])
            if asked or not (word in _NEED_FORM or counted):
                context.add(Found("form", _NAMES[word], at, at))
        elif word == "composed" and words[max(0, at - 2) : at] == ["through", "-"]:
            context.add(Found("form", "through-composed", at - 2, at))
        elif word == "a" and asked and at > lettered and (last := _sections(sentence, at)):
            lettered = last
            letters = "".join(words[n] for n in range(at, last + 1) if kinds[n] != "-")
            context.add(Found("form", letters.upper(), at, last))
        elif kinds[at] == "L" and (word not in _BANDS or asked):
            context.add(Found("form", sentence.tokens[at].value, at, at))
        elif word == "verse" and (last := _verse_chorus(sentence, at, asked)):
            context.add(Found("form", "verse-chorus", at, last))
        elif word in ("12", "twelve") and (last := _twelve(sentence, at)):
            context.add(Found("form", "12-bar blues", at, last))


def _sections(sentence: Sentence, at: int) -> int | None:
    """The last letter of "A A B A", "A-B-A"; None for fewer than three, or for none but A."""
    kinds, words = sentence.kinds, sentence.words
    end, count = at, 1
    while True:
        step = end + 2 if kinds[end + 1 : end + 2] == "-" else end + 1
        if step >= len(words) or len(words[step]) != 1 or words[step] not in "abcd":
            break
        end, count = step, count + 1
    return end if count > 2 and "b" in words[at : end + 1] else None


def _verse_chorus(sentence: Sentence, at: int, asked: bool) -> int | None:
    """The last token of "verse-chorus" or "verse and chorus", where it is a plan."""
    words = sentence.words
    if words[at + 1 : at + 3] not in (["-", "chorus"], ["/", "chorus"], ["and", "chorus"]):
        return None
    planned = words[at + 3 : at + 4] and words[at + 3] in _PLANS
    return at + 2 if asked or planned else None


def _twelve(sentence: Sentence, at: int) -> int | None:
    """The last token of "twelve-bar blues", and of "twelve bars" in a blues."""
    words = sentence.words
    step = at + 2 if words[at + 1 : at + 2] == ["-"] else at + 1
    if words[step : step + 1] not in (["bar"], ["bars"]):
        return None
    if words[step + 1 : step + 2] == ["blues"]:
        return step + 1
    formed = words[at - 1 : at] == ["form"] or words[step + 1 : step + 2] == ["form"]
    return step if formed and "blues" in sentence.bag else None
