"""Claims of form: "AABA", "A, B and A prime", "a rondo".

Conventions
-----------
Single letters are sections where the sentence speaks of form, begins with A and takes new letters
in order; elsewhere they are notes and chords. The name of a form that is only told of ("rondo
form needs a second episode") is none of the clip.
"""

from __future__ import annotations

from rewards.claims.context import Context, Found
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set

_NAMES = {
    "rondo": "rondo", "binary": "binary", "ternary": "ternary", "strophic": "strophic",
    "sonata": "sonata", "variations": "theme and variations",
    "fugue": "fugue", "fugal": "fugue", "variation": "theme and variations",
    "ritornello": "ritornello",
}  # fmt: skip
_NEED_FORM = word_set("sonata fugue fugal variation ritornello")
_PARTED = word_set("binary ternary")
_COUNTS = word_set("meter metre pulse rhythm subdivision division beat grouping feel time")
"""What is binary or ternary without being a form."""
_PLANS = word_set("form plan structure layout scheme design song cycle")
_SPEAKS = _PLANS - {"song", "cycle"} | word_set(
    "section sections letters parts outline loop episode episodes refrain rondo binary ternary "
    "strain strains development"
)
"""Words of sentences that speak of form."""
_CHORDS = word_set("chord chords progression bass melody soprano note notes key major minor")
_SLIGHT = word_set("small slight subtle minor tiny tempo dynamic timing little these some few")
_BANDS = frozenset(("abba", "abab"))
_JOINTS = ("-", ",", "/", "and", "then")
_LETTERS = "abcdefg"
_NEXT = {"verse": "chorus", "chorus": "verse"}
_SIGNS = _NAMES.keys() | {"a", "composed", "verse", "12", "twelve"}
"""Words with which the name of a form begins or ends; letters in a row ("AABA") are a kind."""
TRIGGERS = _NAMES.keys() | {"verse", "bar", "composed", "blues", "form", "prime"} | _SPEAKS


def read(sentence: Sentence, context: Context) -> None:
    """Take down the forms of a sentence."""
    words = sentence.words
    kinds = sentence.kinds
    asked = context.facet == "form" or "form" in sentence.bag
    spoken = asked or not sentence.bag.isdisjoint(_SPEAKS)
    past = -1
    for at, word in enumerate(words):
        if at <= past or (word not in _SIGNS and kinds[at] != "L"):
            continue
        if word == "sonata" and (last := _sonata_rondo(words, at)):
            past = last
            context.add(Found("form", "sonata rondo", at, last))
        elif word in _NAMES:
            counted = word in _PARTED and not _COUNTS.isdisjoint(words[at + 1 : at + 2])
            if (
                (asked or (spoken and word == "sonata") or word not in _NEED_FORM)
                and (not counted or asked)
                and not (word == "variations" and _slight(words, at))
                and (word != "variation" or words[at + 1 : at + 2] in (["form"], ["set"]))
            ):
                rounded = word == "binary" and words[at - 1 : at] == ["rounded"]
                value = "rounded binary" if rounded else _NAMES[word]
                past = at + (words[at + 1 : at + 2] == ["form"])
                context.add(Found("form", value, at - rounded, past))
        elif word == "composed" and words[max(0, at - 2) : at] == ["through", "-"]:
            context.add(Found("form", "through-composed", at - 2, at))
        elif word == "a" and spoken and (found := _sections(sentence, at, asked=asked)):
            past, letters = found
            context.add(Found("form", letters, at, past))
        elif kinds[at] == "L" and (word not in _BANDS or spoken or len(words) == 1):
            context.add(Found("form", sentence.values[at], at, at))
        elif word == "verse" and (last := _verse_chorus(sentence, at, spoken)):
            past = last
            context.add(Found("form", "verse-chorus", at, last))
        elif word in ("12", "twelve") and (last := _twelve(sentence, at)):
            context.add(Found("form", "12-bar blues", at, last))


def _sonata_rondo(words: list[str], at: int) -> int:
    """The last token of "sonata-rondo", 0 where there is none."""
    last = at + 1 + (words[at + 1 : at + 2] == ["-"])
    return last if words[last : last + 1] == ["rondo"] else 0


def _slight(words: list[str], at: int) -> bool:
    """ "Slight variations in timing", "variations of the riff"."""
    return not _SLIGHT.isdisjoint(words[max(0, at - 2) : at]) or words[at + 1 : at + 2] in (
        ["in"], ["of"],
    )  # fmt: skip


def _sections(sentence: Sentence, at: int, *, asked: bool) -> tuple[int, str] | None:
    """Last token and letters of "A A B A", "A-B-A", "A, B and A prime"; three letters or more."""
    kinds, words = sentence.kinds, sentence.words
    if not asked and (kinds[at] != "A" or not sentence.bag.isdisjoint(_CHORDS)):
        return None
    letters, end = "A", at
    while True:
        step, joints = end + 1, 0
        aside = words[step : step + 6] if words[step : step + 1] == ["("] else []
        if ")" in aside and aside[1][0].isdigit():
            step += aside.index(")") + 1  # "A (0:00), B (0:32)"
        while words[step : step + 1] and words[step] in _JOINTS:
            step, joints = step + 1, joints + 1
        if step >= len(words) or len(words[step]) != 1 or words[step] not in _LETTERS:
            break
        letter = words[step].upper()
        if letter > chr(ord(max(letters.replace("'", ""))) + 1):
            break  # a letter is left out: these are no sections
        letters, end = letters + letter, step
        if words[end + 1 : end + 2] == ["prime"]:
            letters, end = letters + "'", end + 1
    if words[end + 1 : end + 2] == ["or"] or "options" in sentence.bag:
        return None
    enough = len(letters.replace("'", "")) > 2 and "B" in letters
    return (end, letters) if enough and (asked or letters.count("A") > 1) else None


def _verse_chorus(sentence: Sentence, at: int, spoken: bool) -> int | None:
    """The last token of "verse-chorus", "verse and chorus", "verse, chorus, verse", as a plan."""
    words = sentence.words
    end, count = at, 1
    while words[end + 1 : end + 2] and words[end + 1] in _JOINTS:
        step = end + 2 + (words[end + 1] == "," and words[end + 2 : end + 3] == ["and"])
        if words[step : step + 1] != [_NEXT[words[end]]]:
            break
        end, count = step, count + 1
    if count > 2:
        return end
    if count < 2 or words[at + 1] not in ("-", "/", "and"):
        return None
    planned = not _PLANS.isdisjoint(words[at + 3 : at + 5])
    return end if planned or (spoken and words[at + 1] != "and") else None


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
