"""What the rest of its sentence makes of a claim: "X has a skip, so no", "I wrote X, which is out".

Conventions
-----------
A later clause that rejects (``rejections``) denies what was doubted, takes back what the author
once noted (``memories``), and denies what was plainly said where that is the only value of its
type before it. Told of the past ("that was wrong") it takes back. What no clause rejects may be
rejected by the next sentence.
"""

from __future__ import annotations

from rewards.claims.context import Found
from rewards.claims.records import Modality, Polarity
from rewards.claims.stance.cues import Cues
from rewards.claims.stance.memories import MARKS, once_noted
from rewards.claims.stance.rejections import discarded, rejection
from rewards.claims.stance.verdicts import TYPES
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set

UNREAL = word_set("if were had unless")
"""Words that take up all that was said before them."""
_CORRECTS = word_set("wait sorry hmm hm scratch correction")
_TOPICS = (TYPES | {"tempo", "mood"}) - {"key_signature"}
_NEAR = 24
_IS = word_set("is only just simply merely means a an the , of")
_IT = phrases(
    "not what|not it|isn't it|ruled out|rule it|exclude it|eliminate it|reject it|discard it|"
    "dismiss it"
)
"""Verdicts that no sound earns, but that another is heard: "it is not what I hear"."""
Stance = tuple[Polarity, Modality]


def revised(sentence: Sentence) -> bool:
    """May a plain claim of a sentence be rejected by it, or be what the author once noted?"""
    return bool(sentence.once(rejection)) or not sentence.bag.isdisjoint(MARKS)


def reconsidered(
    sentence: Sentence, found: list[Found], one: Found, stance: Stance
) -> tuple[Polarity, Modality, Stance | None]:
    """The stance at the end of the sentence, and the one if the next sentence rejects it."""
    polarity, modality = stance
    noted = (
        modality == "asserted"
        and not sentence.bag.isdisjoint(MARKS)
        and once_noted(sentence, one.first, one.last)
    )
    if noted and polarity == "denied":  # "I wrote X, which is out", no "I heard no X"
        behind = not any(cue < one.first for cue in sentence.once(Cues).deny)
        return ("asserted", "retracted", None) if behind else (*stance, None)
    doubtful = modality in ("hedged", "hypothetical")
    if polarity == "denied" or modality == "retracted" or one.modality is not None:
        return polarity, modality, None
    if doubtful and not sentence.bag.isdisjoint(UNREAL):
        return polarity, modality, None
    taken, turned = noted, noted and discarded(sentence, one.last)
    places = [(at, how) for at, how in sentence.once(rejection) if at > one.last + 1]
    if places:
        at, how = places[0]
        alike = [other for other in found if other.type == one.type and other.first < at]
        if noted or doubtful:
            between = any(other.first > one.last for other in alike)
            turned = turned or not between
        elif how == "both":
            turned = len(alike) == 2 and one.type in _TOPICS | {"instrument"}
        elif how == "thing" and _one_value(sentence, alike) and at - one.last < _NEAR:
            words = sentence.words
            any_ = one.type == "instrument" and (
                words[max(0, one.first - 1)] in ("a", "an")
                or (one.first <= 1 and _names_it(words, at))
            )
            turned = (any_ or one.type in _TOPICS) and _CORRECTS.isdisjoint(words[one.last : at])
            taken = "was" in words[at : at + 4]
    if turned:
        return ("asserted", "retracted", None) if taken else ("denied", "asserted", None)
    lost: Stance = ("asserted", "retracted") if noted else ("denied", "asserted")
    return polarity, modality, lost if noted or doubtful else None


def _one_value(sentence: Sentence, alike: list[Found]) -> bool:
    """Is one value named, or one that is explained: "ternary form is only A B A"?"""
    if len(alike) == 2:
        between = sentence.words[alike[0].last + 1 : alike[1].first]
        return between[:1] in (["is"], ["means"]) and _IS.issuperset(between)
    return len(alike) == 1


def _names_it(words: list[str], at: int) -> bool:
    """Does a clause say of what it takes up that it is not the one that is heard?"""
    end = min(len(words), at + 7)
    return any(words[n : n + 2] in _IT for n in range(at, end))
