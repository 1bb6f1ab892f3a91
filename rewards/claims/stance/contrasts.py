"""What is compared with the clip: "an oboe is nasal; this is rounder", "a cello lies lower".

Conventions
-----------
"An X", "Xs" without an article and what they sound like speak of any X: where a contrast with
what is heard follows, or where they are "more" than it, no X is heard. What was expected and
never comes is not there either.
"""

from __future__ import annotations

from itertools import pairwise

from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set

_COMPARED = word_set("is has lies sits sounds speaks are have sound")
_MORE = word_set(
    "more lower brighter darker softer rounder warmer thinner sharper reedier woodier thicker "
    "deeper harsher"
)
_LIKELY = word_set("likely probable plausible convincing certain fitting common usual")
_SOUNDS = word_set("sustains decays rings dies fades speaks buzzes bends swells vibrates")
_CLIP = word_set("this here these what it")
_EXPECTS = word_set("expect expected expecting hoped awaited")
_NEVER = word_set("none nobody never nothing neither")
_SUBJECTS = word_set(", ; i we you it he she they that")
_DESCRIBES = word_set("is are has have sounds sound would could needs need speaks")
_COULD = word_set("could would can couldn't wouldn't can't cannot")
MARKS = _COULD | _MORE | _SOUNDS | _NEVER
"""Words without which nothing is compared."""


def unlike(sentence: Sentence, last: int) -> bool:
    """ "An oboe is reedy and could not be so hollow", "clarinets sound hollow; this does not"."""
    words, kinds = sentence.words, sentence.kinds
    lead = words[max(0, last - 3) : last]
    any_ = not {"a", "an"}.isdisjoint(lead) or (
        words[last].endswith("s") and {"the", "two", "of", "and"}.isdisjoint(lead)
    )
    rest = words[last + 1 : last + 16]
    article = lead[-1:] in (["a"], ["an"]) or lead[-2:-1] in (["a"], ["an"])
    if article and _differs(words, last, rest):
        return True
    would = "would" in rest[:5] and _SUBJECTS.isdisjoint(rest[: rest.index("would")])
    if not any_ or not (would or rest[0] in _DESCRIBES):
        return False
    for at in range(last + 2, min(len(words) - 1, last + 16)):
        if kinds[at] in ",;" and words[at + 1] in ("this", "here", "these"):
            return True
        if words[at] == "than" and words[at + 1] in ("this", "that", "what"):
            return True
    return would or any(
        word in _COULD and (after in ("not", "never") or word[-1] == "t")
        for word, after in pairwise(rest[1:])
    )


def _differs(words: list[str], last: int, rest: list[str]) -> bool:
    """ "A cello lies lower", "an organ sustains, this dies away", "a piccolo could, but ..."."""
    if rest[0] in _COMPARED and rest[1:2] and rest[1] in _MORE and not _LIKELY & {*rest[2:3]}:
        return "than" not in rest[2:5] or not {"this", "that", "what"}.isdisjoint(rest)
    if rest[0] in ("could", "can") and "but" in rest:
        return not _CLIP.isdisjoint(rest[rest.index("but") + 1 :][:1])
    if rest[0] not in _SOUNDS:
        return False
    return any(
        one in (",", ";") and other in _CLIP for one, other in pairwise(words[last + 1 : last + 9])
    )


def awaited(sentence: Sentence, last: int) -> bool:
    """ "I expected a tenor sax; nobody plays one", "the solo that one would expect never comes"."""
    words = sentence.words
    if _EXPECTS.isdisjoint(sentence.bag) or _NEVER.isdisjoint(words[last + 1 :]):
        return False
    return not _EXPECTS.isdisjoint(words[max(0, last - 6) : last + 7]) and (
        "or" not in words or "neither" in words[last + 1 :]
    )
