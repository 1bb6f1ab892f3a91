"""Propositions of relative and parallel keys: "the relative minor of D is B minor".

Conventions
-----------
The other key is named ("of D", "D's relative"), owns it ("its relative minor"), or is the one that
was named last ("the relative minor, B minor"). A key that is only told to be a relative is no
other claim; one that stands beside its name ("to G major, the relative of E minor") is.
"""

from __future__ import annotations

from rewards.claims.context import Context, Found
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.records import UNNAMED
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set
from rewards.spelling.harte import QUALITIES
from rewards.spelling.keys import Key
from rewards.spelling.signatures import of_key

WORDS = frozenset(("relative", "parallel", "relatives"))
_TOLD = word_set(
    "not isn't is being as the also in fact of course simply just actually 's was indeed really"
)
_APPOSED = word_set(", the then which is that ( of course i.e its")
_LINKS = phrases(
    "is|=|:|would be|being|,|(|is therefore|, namely|, i.e|, that is|, i.e ,|is then|is thus|"
    "here is|should be|must be|was|, which is"
)
_TO = ("to", "into", "in", "reaches", "visits", "through", ":", "so", "hence", "is")
_REACHED = phrases("to|into|in|reaches|visits|through")
_THEY = phrases("they are|both are|these are|two are")
_NAMED = ("note", "triad", "key", "chord")


def relatives(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """Take propositions down; returns the tokens that belong to them alone."""
    words, used = sentence.words, set()
    names = [item for item in found if item.kind in _NAMED and _key(item, None) is not None]
    for at, word in enumerate(words):
        if word == "relatives" or (word in WORDS and words[at + 1 : at + 2] == ["keys"]):
            used |= _pairs(sentence, context, names, at)
        elif word in WORDS:
            used |= _one(sentence, context, names, at)
    return used


def _one(sentence: Sentence, context: Context, names: list[Item], at: int) -> set[int]:
    words = sentence.words
    tail = words[at + 1 : at + 2]
    mode = tail[0] if tail in (["minor"], ["major"]) else None
    end = at + (mode is not None)
    end += words[end + 1 : end + 2] == ["key"]
    left = [item for item in names if item.last < at]
    right = [item for item in names if item.first > end]
    about: Item | Key | None = None
    value: Item | None = None
    beside = False
    if words[end + 1 : end + 2] in (["of"], ["to"]) and right:
        lead = words[end + 2 : right[0].first]
        if lead not in ([], ["the", "key", "of"], ["the"]):
            return set()
        about = right[0]
        link = words[about.last + 1 : right[1].first] if len(right) > 1 else None
        named = bool(left) and words[left[-1].last + 1 : at] == ["is", "the"]
        if link in _LINKS and not (named and link == [","]):
            value = right[1]
        elif left:
            between = words[left[-1].last + 1 : at]
            beside = "," in between
            if "," in between[:-1] and between[between.index(",") + 1] in ("being", "the", "as"):
                between = between[between.index(",") :]  # "D minor would fit, being the relative"
            known = _APPOSED | {"being", "as"} if beside else _TOLD
            value = left[-1] if between and known.issuperset(between) else None
    elif words[at - 1 : at] in (["'s"], ["("]) and left and left[-1].last == at - 2:
        if right and words[end + 1 : right[0].first] in _LINKS:
            about, value = left[-1], right[0]
    elif words[at - 1 : at] in (["its"], ["whose"]) and words[at - 2 : at - 1] != ["or"]:
        link = words[end + 1 : right[0].first] if right else ["?"]
        if right and link in (*_LINKS, []):
            owners = [item for item in left if item.kind in ("key", "triad")] or left
            value, about = right[0], owners[-1] if owners else context.key
            beside = link[:1] in ([","], ["("])
            if about is None:
                return set(range(value.first, value.last + 1))
        elif left and words[left[-1].last + 1 : at - 1] == [","]:  # "F major, its relative major"
            value, about, beside = left[-1], context.key, left[-1].first > 0
        elif left and words[left[-1].last + 1 : at - 1] == ["is"]:
            value, about = left[-1], context.home or context.key  # "B flat minor is its relative"
        elif left and left[-1].last == at - 2:  # "... of B major, and G sharp minor its relative"
            value, about = left[-1], left[-2] if len(left) > 1 else context.key
    elif words[at - 1 : at] in (["the"], ["a"]):
        link = words[end + 1 : right[0].first] if right else []
        between = words[left[-1].last + 1 : at] if left else []
        ends = end + 1 >= len(words) or sentence.kinds[end + 1] in ",;:)"
        if right and link in _LINKS:
            value, beside = right[0], link[0] in (",", "(")
        elif left and ends and between in (["is", "the"], [",", "the"], ["being", "the"]):
            value, beside = left[-1], between[0] == ","
        homes = [item.key for item in left if words[item.first - 1] in ("in", "of")]
        homes += [home for home in (context.key, context.home) if home is not None]
        fits = [home for home in homes if value and _fits(words[at], value, home, mode)]
        true = (home for home in fits if value and _holds(words[at], value, home, mode))
        about = next(true, fits[0] if fits else None)
        if value is not None and not (homes or beside) and value.mode != "note":
            said = _key(value, mode)
            text = f"{words[at]} of {UNNAMED} is {said.name if said else UNNAMED}"
            context.add(Found("textbook", text, min(at, value.first), max(end, value.last)))
            return set(range(min(at, value.first), max(end, value.last) + 1))
    if value is None or about is None:
        return set()
    key = about if isinstance(about, Key) else _key(about, _other(mode, words[at]))
    said = _key(value, mode)
    if key is None or said is None or key.same(said):
        return set()
    first, last = min(at, value.first), max(end, value.last)
    named = about if isinstance(about, Item) else None
    owned = named is not None and named.last < at and _owns(words, named.last + 1, at)
    if named is not None and not owned:
        first, last = min(first, named.first), max(last, named.last)
    context.pair = key, said
    context.add(Found("textbook", f"{words[at]} of {key.name} is {said.name}", first, last))
    home = context.home is not None and context.home.same(key) and value.first > 0
    reached = words[at - 1 : at] == ["the"] and words[max(0, at - 2) : at - 1] in _REACHED
    if home and beside and words[value.first - 1] not in _TO and not reached:
        return set(range(first, last + 1))  # "and F major, the relative of D minor, would ..."
    if owned or not beside:
        return set(range(at if owned else first, last + 1))
    return set() if named is None else set(range(at, named.last + 1))


def _owns(words: list[str], first: int, at: int) -> bool:
    """ "In C major, whose relative ...", "in C major; its relative ...": that key was claimed."""
    between = words[first:at]
    if between in (["("], ["whose"]):
        return True
    return between[:1] in ([","], [";"]) and between[-1:] in (["its"], ["whose"])


def _fits(word: str, value: Item, home: Key, mode: str | None) -> bool:
    """Can a key be meant as the relative, or parallel, of the one at home?"""
    said = _key(value, mode)
    return said is not None and said.mode != home.mode and (
        word == "relative" or said.tonic.same(home.tonic)
    )  # fmt: skip


def _holds(word: str, value: Item, home: Key, mode: str | None) -> bool:
    """Is a key that was named the relative, or parallel, of that home?"""
    said = _key(value, mode)
    return _fits(word, value, home, mode) and said is not None and (
        word == "parallel" or of_key(said) == of_key(home)
    )  # fmt: skip


def _key(item: Item, mode: str | None) -> Key | None:
    """The key of a name; ``mode`` where it has none."""
    if item.kind == "chord":
        chord = item.chord
        if chord is None or chord.bass or chord.intervals not in (
            QUALITIES["maj"], QUALITIES["min"],
        ):  # fmt: skip
            return None
        return Key(item.note, "minor" if chord.intervals == QUALITIES["min"] else "major")
    if item.mode in ("major", "minor"):
        return item.key
    return Key(item.note, mode or "major")


def _other(mode: str | None, word: str) -> str:
    """ "the relative minor of D": D is major then."""
    return "minor" if mode == "major" and word in WORDS else "major"


def _pairs(sentence: Sentence, context: Context, names: list[Item], at: int) -> set[int]:
    """ "E major and C sharp minor are relatives", "they are parallel keys"."""
    relation = "parallel" if sentence.words[at] == "parallel" else "relative"
    if context.pair is not None and sentence.words[max(0, at - 2) : at] in _THEY:
        text = f"{relation} of {context.pair[0].name} is {context.pair[1].name}"
        context.add(Found("textbook", text, at - 1, at))
        return {at - 1, at}
    left = [item for item in names if item.last < at and item.kind in ("key", "triad")][-2:]
    told = len(left) > 1 and sentence.words[left[0].last + 1 : left[1].first] == ["and"]
    if not told or sentence.words[left[1].last + 1 : at] not in (["are"], ["are", "close"]):
        return set()
    text = f"{relation} of {left[0].key.name} is {left[1].key.name}"
    context.add(Found("textbook", text, left[0].first, at))
    return set(range(left[0].first, at + 1))
