"""Claims of pure theory: relations between names, whatever the clip.

Conventions
-----------
Read before the claims about the clip: "D major has two sharps" says nothing of the clip, and
its sharps are no second claim.
"""

from __future__ import annotations

from itertools import pairwise

from rewards.claims.context import Context, Found
from rewards.claims.grammar.degrees import DEGREES, degrees, named_numerals
from rewards.claims.grammar.items import Item
from rewards.claims.grammar.members import HAS, members
from rewards.claims.sentences import Sentence
from rewards.claims.words import word_set
from rewards.spelling.intervals import parse_interval
from rewards.spelling.keys import Key

_DEGREE_SIGNS = DEGREES.keys() | {"leading", "degree"}
_DEMANDS = word_set("need demand require want show carry take wear call")
"""What a key "would" do with its sharps."""


_SPANS = word_set(
    "is are makes make be gives give forms form spans equals yields covers comprises measures = :"
)
"""Verbs by which two notes are said to be some interval apart."""


def read(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """Take propositions down; returns the tokens that belong to them alone."""
    used: set[int] = set()
    if not found:
        return used
    kinds = sentence.kinds
    counted = "0" in kinds and not sentence.bag.isdisjoint(HAS)
    if "s" in kinds or "R" in kinds or counted:
        used |= _signatures(sentence, context, found)
    if "0" in kinds and "s" in kinds:
        used |= _owned(sentence, context, found)
    bag = sentence.bag
    if not bag.isdisjoint(("relative", "parallel", "relatives")):
        used |= _related(sentence, context, found)
    if not bag.isdisjoint(_DEGREE_SIGNS) or "R" in kinds:
        used |= degrees(sentence, context, found)
    if "R" in kinds:
        used |= named_numerals(sentence, context, [i for i in found if i.first not in used])
    if len(found) > 2:
        used |= members(sentence, context, found)
    if (
        not bag.isdisjoint(("perfect", "major", "minor", "augmented", "diminished"))
        and len(found) > 1
    ):
        used |= _intervals(sentence, context, found)
    return used


def _span(one: Item, last: int) -> set[int]:
    return set(range(one.first, last + 1))


def _signatures(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """ "D major has two sharps"; after it "B flat three" goes on."""
    words, kinds, used = sentence.words, sentence.kinds, set()
    unit = last_count = 0
    for item in found:
        if item.kind not in ("note", "triad", "key"):
            continue
        verb = words[item.last + 1] if item.last + 1 < len(words) else ""
        if words[item.last + 1 : item.last + 3] == [",", "which"] and item.last + 3 < len(words):
            verb, at = words[item.last + 3], item.last + 4
        else:
            at = item.last + (2 if verb in HAS else 1)
        if verb == "'s" and "signature" in words[item.last + 2 : item.last + 4]:
            at = item.last + 2 + words[item.last + 2 : item.last + 4].index("signature") + 2
            verb = words[at - 1] if at <= len(words) else ""
        needed = words[item.last + 2 : item.last + 3]
        owns = not HAS.isdisjoint(needed)
        owns = owns and needed != ["with"]  # "E major, with four sharps": that of the clip
        if (verb == "would" and (owns or not _DEMANDS.isdisjoint(needed))) or (
            verb == "," and owns
        ):
            verb, at = "has", item.last + 3
        if verb in HAS and words[at : at + 1] and words[at] in ("only", "just", "also", "exactly"):
            at += 1
        if words[item.first - 2 : item.first] in (["so", "does"], ["as", "does"]) and last_count:
            text = f"signature of {item.key.name} is {last_count}"
            context.add(Found("textbook", text, item.first - 2, item.last))
            used |= _span(item, item.last)
            continue
        if at >= len(words) or kinds[at] != "0" or not 1 <= sentence.tokens[at].value <= 7:
            continue
        if at + 1 < len(words) and kinds[at + 1] == "s":
            unit = -1 if words[at + 1].startswith("flat") else 1
            last = at + 1
        elif unit or (verb in HAS and _listed(words, at)):
            unit = unit or (
                -1 if context.facet == "key_signature" and "flat" in str(sentence.bag) else 0
            )
            if not unit:
                unit = -1 if any(i.note.fifths < -1 for i in found) else 1
            last = at
        else:
            continue
        if verb == "with":
            continue  # "E major with four sharps": that of the clip
        count = last_count = unit * int(sentence.tokens[at].value)
        context.add(Found("textbook", f"signature of {item.key.name} is {count}", item.first, last))
        used |= _span(item, last)
    return used


def _owned(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """ "Three sharps belong to A major", "the signature of E flat major is three flats"."""
    words, kinds = sentence.words, sentence.kinds
    at = kinds.find("0s")
    keys = [item for item in found if item.kind in ("key", "triad")]
    if at < 0 or not keys or not 1 <= sentence.tokens[at].value <= 7:
        return set()
    count = int(sentence.tokens[at].value) * (-1 if words[at + 1].startswith("flat") else 1)
    behind = [item for item in keys if item.first > at]
    ahead = [item for item in keys if item.last < at]
    owners: list[Item] = []
    if behind and words[at + 2 : behind[0].first] in (
        ["belong", "to"], ["belongs", "to"], ["are", "the", "signature", "of"],
        ["is", "the", "signature", "of"],
    ):  # fmt: skip
        owners = behind[:1]
    elif ahead and words[ahead[-1].last + 1 : at] == ["is"]:
        lead = words[max(0, ahead[-1].first - 2) : ahead[-1].first]
        owners = ahead[-1:] if lead == ["signature", "of"] else []
    elif len(ahead) > 1 and words[ahead[-1].last + 1 : at] in (["share"], ["both", "have"]):
        owners = ahead[-2:] if words[ahead[-2].last + 1 : ahead[-1].first] == ["and"] else []
    used: set[int] = set()
    for owner in owners:
        first, last = min(owner.first, at), max(owner.last, at + 1)
        context.add(Found("textbook", f"signature of {owner.key.name} is {count}", first, last))
        used |= {*range(owner.first, owner.last + 1), at, at + 1}
    return used


def _listed(words: list[str], at: int) -> bool:
    rest = words[at + 1 : at + 3]
    return not rest or rest[0] in (",", ";", "and", "while") or rest == ["as", "well"]


def _related(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """ "the relative minor of D is B minor", "A major is the relative major of F# minor"."""
    words, used = sentence.words, set()
    for at, word in enumerate(words):
        if word == "relatives" or words[at : at + 2] == ["relative", "keys"]:
            used |= _relatives(sentence, context, found, at)
        if word not in ("relative", "parallel"):
            continue
        left = [item for item in found if item.last < at]
        right = [item for item in found if item.first > at]
        about, value = None, None
        tail = words[at + 1 : at + 4]
        related = words[at + 1 : at + 2] in (["to"], ["of"]) and right and right[0].first == at + 2
        if related and left and words[left[-1].last + 1 : at] in (["is"], [","], ["is", "the"]):
            about, value = right[0], left[-1]
        elif "of" in tail and right:
            about = right[0]
            is_next = words[right[0].last + 1 : right[0].last + 2]
            if len(right) > 1 and is_next and is_next[0] in ("is", "would", "=", ","):
                value = right[1]
            elif left and words[left[-1].last + 1 : at] in (
                ["is", "the"],
                ["the"],
                ["as", "the"],
                [",", "the"],
            ):
                value = left[-1]
        elif words[at - 1 : at] == ["'s"] and left and left[-1].last == at - 2 and right:
            about = left[-1]
            value = right[0] if "is" in words[at : right[0].first] else None
        elif (
            right
            and words[at - 1 : at] == ["its"]
            and words[at - 2 : at - 1] != ["or"]
            and (
                {"is", ","} & set(words[at : right[0].first]) or (left and right[0].first < at + 3)
            )
            and right[0].first <= at + 4
        ):
            value, about = right[0], left[-1] if left else None
            if about is None and context.key is not None:
                about = Item("key", at, at, context.key.tonic, mode=context.key.mode)
        elif (
            left
            and context.key is not None
            and words[left[-1].last + 1 : at] == ["is", "the"]
            and (at + 2 >= len(words) or sentence.kinds[at + 2] in ",;:)")
        ):  # "A is the relative major"
            value = left[-1]
            about = Item("key", at, at, context.key.tonic, mode=context.key.mode)
        if value is not None and about is None and words[at - 1 : at] == ["its"]:
            used |= _span(value, value.last)
        if about is None or value is None or about.kind == "chord" or value.kind == "chord":
            continue
        mode = "minor" if "minor" in tail[:1] else "major" if "major" in tail[:1] else None
        about_key = _opposite(about, mode)
        said = value.key if value.mode else Key(value.note, mode or "major")
        first, last = min(about.first, value.first, at), max(about.last, value.last)
        context.add(Found("textbook", f"{word} of {about_key.name} is {said.name}", first, last))
        used |= set(range(first, last + 1))
    return used


def _relatives(sentence: Sentence, context: Context, found: list[Item], at: int) -> set[int]:
    """ "E major and C sharp minor are relatives"."""
    left = [item for item in found if item.last < at and item.kind in ("key", "triad")]
    if len(left) < 2 or sentence.words[left[-2].last + 1 : left[-1].first] != ["and"]:
        return set()
    if sentence.words[left[-1].last + 1 : at] not in (["are"], ["are", "close"], ["being"]):
        return set()
    one, other = left[-2], left[-1]
    text = f"relative of {one.key.name} is {other.key.name}"
    context.add(Found("textbook", text, one.first, at))
    return set(range(one.first, at + 1))


def _opposite(item: Item, mode: str | None) -> Key:
    """ "the relative minor of D": D is major then."""
    if item.mode in ("major", "minor"):
        return item.key
    return Key(item.note, "minor" if mode == "major" else "major")


def _intervals(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """ "C up to A is a major sixth"."""
    words, used = sentence.words, set()
    for one, other in pairwise(found):
        if one.kind != "note" or other.kind != "note":
            continue
        between = words[one.last + 1 : other.first]
        lead = words[max(0, one.first - 3) : one.first]
        spanned = between == ["and"] and "between" in lead
        tail = words[other.last + 1 : other.last + 10]
        spanned = spanned or (between == ["-"] and tail[:1] != [] and tail[0] in _SPANS)
        if ("to" not in between or len(between) > 3) and not spanned:
            continue
        listed = _SPANS | {",", ":"} if "from" in lead or spanned else _SPANS
        for n in range(len(tail) - 1):
            chord = tail[n + 1][-1:].isdigit()  # "on a D7"
            spoken = tail[n].isalpha() and not chord
            value = parse_interval(f"{tail[n]} {tail[n + 1]}") if spoken else None
            if value is not None and not listed.isdisjoint(tail[:n]):
                text = f"interval of {one.note.name} and {other.note.name} is {value.name}"
                last = other.last + n + 2
                context.add(Found("textbook", text, one.first, last))
                used |= set(range(one.first, last + 1))
                break
    return used
