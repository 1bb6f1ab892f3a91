"""What a question names, and whether the sentence behind it answers: "Is that a kora? No."

Conventions
-----------
A question claims nothing. A sentence right behind it may deny all that it names ("No", "I can't
hear one", "Come on", "..., but no") or assert it ("Yes", "You bet"). What one "couldn't swear
to" stays open.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from rewards.claims.context import Found
from rewards.claims.records import Claim, Modality, Section
from rewards.claims.text.folding import Folded
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set

_ASKS = word_set(
    "is are was were does do did can could would should what which who whose how why where when "
    "am has have will"
)
_OPENS = (",", "or", "and", "so", "but", "then")
_HESITATES = word_set("but hang on hold hmm wait well okay ok so and then now")
_OF_KEYS = word_set("key tonality tonic home")
_OF_CHORDS = word_set("chord harmony triad sonority")
_LONGEST = 14
_NO = word_set("no nope nah not hardly too never neither impossible none unlikely nowhere")
_UNSURE = word_set("swear certain sure bet tell")
"""Of what one "couldn't swear to" it stays doubtful."""
_NEEDS = word_set("would 'd need needs needed")
_PERHAPS = word_set("possibly perhaps maybe probably likely plausible")
_YES = word_set("yes yep yeah indeed definitely absolutely certainly sure present")


def asked_about(
    sentence: Sentence, found: list[Found], section: Section, text: Folded
) -> list[Claim]:
    """What a question names: no claim, unless the next sentence answers it."""
    claims = []
    for one in sorted(found, key=lambda one: (one.first, one.last)):
        start, end = map(text.raw, sentence.span(one.first, one.last))
        claims.append(
            Claim(
                one.type, one.value, start, end, section, one.subject, one.time,
                "asserted", "hedged",
            )
        )  # fmt: skip
    return claims


def beside(text: str, end: int, sentence: Sentence) -> bool:
    """Does a sentence follow the one that ended there?"""
    return not text[end : sentence.start(0)].strip(" ?!\n\"'.*-")


def refuses(sentence: Sentence) -> bool:
    """ "No.", "I can't hear one", "..., so no"."""
    words = sentence.words
    if not sentence.bag.isdisjoint(_UNSURE):
        return False
    if (
        words[0] in _NO
        or words[-2:] in (["so", "no"], [",", "no"], ["no", "again"])
        or words[1:2] == ["not"]
    ):
        return True
    if not sentence.bag.isdisjoint(("nowhere", "neither", "absent", "missing")):
        return True
    if words[:2] in (["come", "on"], ["forget", "it"]) or (
        "no" in words[2:] and words[words.index("no") - 1] == "but"
    ):
        return True
    if words[0] in ("that", "it", "this") and words[1:2] in (["would"], ["'d"], ["wouldn't"]):
        return True
    denies = any(word.endswith("n't") or word in ("not", "cannot") for word in words)
    if words[:2] in (["for", "that"], ["for", "it"]) and not sentence.bag.isdisjoint(_NEEDS):
        return True  # "Plagal? For that I'd need C minor"
    if words[-1] == "there" and (denies or "never" in words):
        return True  # "It never goes there"
    return denies and not sentence.bag.isdisjoint(("one", "any", "it", "so", "that"))


def agreed(
    sentence: Sentence, wondered: Sequence[Claim], found: Sequence[Found]
) -> Modality | None:
    """ "Yes.", "You bet it is", "The offbeats say yes"; "Quite possibly", "I think so".

    "Are those bells? Maybe glockenspiel" names another instrument.
    """
    words = sentence.words
    other = not {claim.type for claim in wondered}.isdisjoint(one.type for one in found)
    if (not _PERHAPS.isdisjoint(words[:2]) and not other) or (
        words[-1] == "so" and words[-2:-1] in (["think"], ["believe"], ["guess"], ["suspect"])
    ):  # fmt: skip
        return "hedged"
    sure = (
        words[0] in _YES
        or words[:2] == ["you", "bet"]
        or words[-2:] in (["say", "yes"], ["say", "so"])
    )
    sure = sure or (words[-1] == "so" and words[-2:-1] in (["suggests"], ["says"], ["indicates"]))
    return "asserted" if sure else None


def doubts(sentence: Sentence) -> bool:
    """ "Perhaps.", "Quite possibly.": of what the sentence before said."""
    words = sentence.words
    return {*words} <= _PERHAPS | {"quite", "very", "most"}


def asks_for(sentence: Sentence) -> Literal["", "key", "chord"]:
    """What a question wants to know that a name of pitch alone does not tell: "Home key?"."""
    if not sentence.asked or len(sentence.words) > _LONGEST:
        return ""
    inside = "in" in sentence.bag and any(
        word == "in" and sentence.kinds[at + 1 : at + 3] == "NM"
        for at, word in enumerate(sentence.words)
    )
    if inside or not sentence.bag.isdisjoint(_OF_KEYS):
        return "key"  # "Home key?", "Is it in C major?"
    return "" if sentence.bag.isdisjoint(_OF_CHORDS) else "chord"


def asks(sentence: Sentence) -> bool:
    """Does a sentence begin like a question, "hang on, couldn't it be G" too?"""
    words = sentence.words
    comma = sentence.kinds.find(",", 0, 4)
    if sentence.asked and comma > 0 and _HESITATES.issuperset(words[:comma]):
        return words[comma + 1 : comma + 2] != [] and words[comma + 1].removesuffix("n't") in _ASKS
    opening = [word for word in words[:3] if word not in _OPENS]
    return bool(opening) and opening[0] in _ASKS
