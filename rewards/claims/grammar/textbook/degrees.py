"""Propositions of degrees: "A is the dominant of D", "in D the dominant is A", "its dominant, A".

Conventions
-----------
The key stands behind the degree ("of D", "in the key of D"), or before it in its sentence ("in D
major ..."), or it is the one that was named last, where the degree comes first ("its dominant is
A"), or, if none was yet, the one that will be
(``tonics.py``): then X is ``UNNAMED``. What a chord does ("A is the dominant" without a key) is a
function.
"""

from __future__ import annotations

from itertools import pairwise

from rewards.claims.context import Context, Found
from rewards.claims.degrees import DEGREES
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.records import UNNAMED
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set
from rewards.spelling.harte import harte
from rewards.spelling.keys import Key

SIGNS = DEGREES | word_set(
    "leading leading-tone seventh 7th degree step raised third 3rd fifth 5th"
)
"""Words that begin, or are, a degree."""
_NUMERALS = {"V": "dominant", "IV": "subdominant"}
_NAMED = ("dominant", "subdominant", "leading_tone")
"""Degrees that a name alone may be said to be: "A minor, the submediant" tells of a chord."""
_COUNTED = ("degree", "step", "seventh", "7th")
_ORDINALS = {
    "fifth": "dominant", "5th": "dominant", "fourth": "subdominant", "4th": "subdominant",
    "seventh": "leading_tone", "7th": "leading_tone",
}  # fmt: skip
"""Degrees by number: "the fifth degree of E flat is B flat"."""
_THIRDS = {"third": "mediant", "3rd": "mediant", "fifth": "dominant", "5th": "dominant"}
_RESOLVES = frozenset(("resolves", "rises", "leads", "moves", "goes", "pulls", "resolving"))
_NOUNS = ("chord", "triad", "note", "key", "side")
_ARE = phrases("is|being|=|:|would be|is the note|is the")
_APPOSED = phrases(
    ",|, the|, which is the|, i.e , the|, its|, i.e the|, that is the|(|( the|, as the"
)
"""What may stand between a name and its degree, beside "is"."""
_FAR = 14
_ASIDE = 8
_HAVE = phrases("has|takes|uses|needs|wants|with")
_LEADS = phrases("in|of|to|for|from")
_RELATED = frozenset(("relative", "parallel"))
_POINTED = phrases("that|this|the")


def degrees(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """ "A is the dominant of D major", "the dominant of D is A", "V of C is G"."""
    words, kinds = sentence.words, sentence.kinds
    used = _leading(sentence, context, found) if "leading" in sentence.bag else set()
    for at, word in enumerate(words):
        if (word not in SIGNS and kinds[at] != "R") or at in used:
            continue
        degree = _degree(sentence, at)
        if degree is None and kinds[at] == "R" and kinds[at - 1 : at] != "-":
            relation = _NUMERALS.get(sentence.values[at])
            degree = None if relation is None else (relation, at)
        if degree is None:
            continue
        relation, last = degree
        if word in _COUNTED and last == at:  # from the number on
            at -= 1 + (words[at - 1] == "scale")
        step = last + 2 if words[last + 1 : last + 2] and words[last + 1] in _NOUNS else last + 1
        towards = relation == "leading_tone" and words[step : step + 1] in (["to"], ["for"])
        if words[step : step + 1] in (["of"], ["in"]) or towards:
            if words[step + 1 : step + 4] == ["the", "key", "of"]:
                step += 3
            used |= _of_a_key(sentence, context, found, (relation, at, step))
        elif kinds[at] != "R":
            used |= _of_the_home(sentence, context, found, (relation, at, last))
    return used


def _leading(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """ "D minor has C# as leading tone", "leading tones: G sharp for A major, E sharp for ..."."""
    words, used = sentence.words, set()
    for one, other in pairwise(found):
        between, last = words[one.last + 1 : other.first], other.last
        tone, key = one, other
        told = between == ["for"] and "leading" in words[: one.first]
        if words[max(0, one.first - 2) : one.first] in (["leading", "tone"], ["leading", "note"]):
            told = told or (between[-1:] == ["to"] and not _RESOLVES.isdisjoint(between))
        if one.kind != "note":
            tone, key, behind = other, one, words[last + 1 : last + 4]
            told = between in _HAVE and behind[:1] == ["as"] and "leading" in behind
            last += 2 + behind.index("leading") if told else 0
        if told and tone.kind == "note" and (key.kind in ("key", "triad") or key is other):
            text = f"leading_tone of {key.key.name} is {tone.note.name}"
            context.add(Found("textbook", text, one.first, last))
            used |= set(range(one.first, last + 1))
    return used


def _degree(sentence: Sentence, at: int) -> tuple[str, int] | None:
    """The degree that a token begins, and its last token."""
    words = sentence.words
    word = words[at] if at < len(words) else ""
    if word in DEGREES:
        return None if words[max(0, at - 2) : at] == ["pre", "-"] else (word, at)
    if word == "leading" and words[at + 1 : at + 2] in (["tone"], ["note"]):
        return "leading_tone", at + 1
    if word in ("seventh", "7th") and words[max(0, at - 1) : at] == ["raised"]:
        return "leading_tone", at
    if word in _THIRDS and words[at - 1 : at] == ["the"] and words[at + 1 : at + 2] == ["of"]:
        return _THIRDS[word], at  # "the third of G major is B"
    if word in ("degree", "step") and at:
        relation = _ORDINALS.get(words[at - 2 if words[at - 1] == "scale" else at - 1])
        return None if relation is None else (relation, at)
    return None


def _of_a_key(
    sentence: Sentence, context: Context, found: list[Item], place: tuple[str, int, int]
) -> set[int]:
    """A degree with its key behind it, from the token ``at`` to the "of" or "in" at ``step``."""
    relation, at, step = place
    words = sentence.words
    right = [item for item in found if item.first > step]
    left = [item for item in found if item.last < at]
    if left and words[left[-1].first - 1] in ("before", "after", "below", "above"):
        left = []  # "the C# before D is a leading tone to D"
    if not right or right[0].first > step + 4 or right[0].kind in ("chord", "mode"):
        return set()
    if _spelled(sentence, right):
        return set()  # "the tonic triad of the latter is C sharp, E, G sharp"
    about = right[0]
    key = (context.on(about.note) if about.kind == "note" else None) or about.key
    value: Item | None = None
    if len(right) > 1:
        link = words[about.last + 1 : right[1].first]
        comma = link == [","] and not (left and words[left[-1].last + 1 : at] == ["is", "the"])
        if (link in _ARE or comma) and not _spelled(sentence, right[1:]):
            value = right[1]
    numeral = sentence.kinds[at] == "R"  # "V of C is G"; "G is V of C" is a numeral
    if value is None and left and not numeral and _answers(words[left[-1].last + 1 : at]):
        value = left[-1]
    if value is None or value.kind == "mode" or (numeral and value.kind != "note"):
        return set()
    first, end = min(value.first, at), max(value.last, about.last)
    text = f"{relation} of {key.name} is {_named(value)}"
    context.add(Found("textbook", text, first, end))
    used = set(range(first, end + 1))
    apart = value.last < at and not {",", "("}.isdisjoint(words[value.last + 1 : at])
    if apart or words[value.first - 1] == ":":  # "it rests on E, the dominant of A", "E (...)"
        used -= set(range(value.first, value.last + 1))
    return used | _goes_on(sentence, context, found, (key, end))


def _goes_on(
    sentence: Sentence, context: Context, found: list[Item], said: tuple[Key, int]
) -> set[int]:
    """ "C is the subdominant of G and D the dominant", "... and the dominant is D"."""
    key, end = said
    words = sentence.words
    right = next((item for item in found if item.first > end), None)
    if right is None or right.kind == "mode":
        return set()
    lead = words[end + 1 : right.first]
    lead = lead[1:] if lead[:1] == [","] else lead
    if lead in (["and"], [], ["while"]) and end + 1 < right.first:
        at = right.last + 1
        at += words[at : at + 1] == ["is"]
        at += words[at : at + 1] in (["the"], ["its"])
        degree = _degree(sentence, at)
        first = right.first
    else:
        lead = lead[lead[:1] in (["and"], ["while"]) :]
        at = right.first - len(lead)
        at += words[at : at + 1] in (["the"], ["its"])
        degree, first = _degree(sentence, at), at
        if degree is not None and words[degree[1] + 1 : right.first] not in (*_ARE, []):
            degree = None
    if degree is None or words[degree[1] + 1 : degree[1] + 2] in (["of"], ["in"]):
        return set()
    last = max(degree[1], right.last)
    text = f"{degree[0]} of {key.name} is {_named(right)}"
    context.add(Found("textbook", text, first, last))
    return set(range(first, last + 1)) | _goes_on(sentence, context, found, (key, last))


def _of_the_home(
    sentence: Sentence, context: Context, found: list[Item], place: tuple[str, int, int]
) -> set[int]:
    """ "in C major G is the dominant", "its dominant is A major": of the key that was named."""
    relation, at, last = place
    words, kinds = sentence.words, sentence.kinds
    last += words[last + 1 : last + 2] in (["chord"], ["triad"])
    behind = kinds[last + 1 : last + 2]
    if relation == "tonic":
        return _tonic(sentence, context, found, at, last)
    if behind and behind in "qkM-":
        return set()
    owned = words[at - 1 : at] in (["its"], ["whose"], ["'s"])
    value = _value(sentence, found, (at, last), owned=owned)
    if value is None or value.kind == "mode":
        return set()
    answers = value.last < at
    if answers and relation not in _NAMED:
        return set()
    homes = _homes(words, [one for one in found if one.last < at and one is not value], owned=owned)
    key = context.key
    if homes:
        key = (context.on(homes[-1].note) if homes[-1].kind == "note" else None) or homes[-1].key
    keyed = words[value.first - 1 : value.first] == ["in"]
    named = homes or keyed or words[at - 1 : at] == ["its"]
    if answers and not named and (context.chords_asked or not _plain(words, relation, value, at)):
        return set()
    if key is None and owned and words[at - 1] != "its":
        return set(range(value.first, value.last + 1))
    if key is None and keyed:
        return set()  # "IV in A major, the subdominant"
    first, end = min(value.first, at), max(value.last, last)
    apart = answers and not {",", "("}.isdisjoint(words[value.last + 1 : at])
    own = set(range(value.first, value.last + 1)) if apart else set()  # "it ends on B, the ..."
    home = UNNAMED if key is None else key.name
    context.add(Found("textbook", f"{relation} of {home} is {_named(value)}", first, end))
    used = set(range(at, last + 1)) if keyed else set(range(first, end + 1)) - own
    return used if key is None else used | _goes_on(sentence, context, found, (key, end))


def _value(
    sentence: Sentence, found: list[Item], degree: tuple[int, int], *, owned: bool
) -> Item | None:
    """What a degree, from its first to its last token, is told to be: behind it, or before."""
    words, (at, last) = sentence.words, degree
    right = [item for item in found if item.first > last]
    if right and (owned or words[at - 1 : at] in (["the"], ["and"])):
        link = words[last + 1 : right[0].first]
        rest = words[right[0].last + 1 : right[0].last + 3]
        told = link in _ARE or (link == [","] and (owned or rest == [",", "is"]))
        if told and not _spelled(sentence, right):
            return right[0]
    left = next((item for item in reversed(found) if item.last < at), None)
    return left if left is not None and _answers(words[left.last + 1 : at]) else None


def _homes(words: list[str], left: list[Item], *, owned: bool) -> list[Item]:
    """The names before a degree that may be the key it is one of."""
    related = len(left) > 1 and words[left[-2].last + 1 : left[-1].first]
    if owned and related and not _RELATED.isdisjoint(related):
        left = left[:-1]  # "F minor is the relative of A flat major; its leading tone": of F minor
    return [item for item in left if item.kind in ("key", "triad", "note") and (
        (words[item.first - 1 : item.first] in _LEADS and not _passed(words, item.first)) or (
            owned and item is left[-1] and item.kind != "note"))]  # fmt: skip


def _plain(words: list[str], relation: str, value: Item, at: int) -> bool:
    """ "A is the dominant", "G sharp, the leading tone": told of a note, whatever the key is."""
    if value.kind != "note" or words[value.first - 1 : value.first] in _POINTED:
        return False
    between = words[value.last + 1 : at]
    tone = relation == "leading_tone" and between in (["as", "the"], [",", "the"])
    return tone or between == ["is", "the"]


def _passed(words: list[str], first: int) -> bool:
    """ "Not in F major", "the relative minor of F major": is a key no home of what follows?"""
    return words[first - 2] == "not" or not _RELATED.isdisjoint(words[max(0, first - 3) : first])


def _spelled(sentence: Sentence, row: list[Item]) -> bool:
    """ "The supertonic triad is A C E": the notes of a chord."""
    if len(row) < 3 or any(item.kind != "note" for item in row[:3]):
        return False
    words = sentence.words
    return all(
        words[one.last + 1 : other.first] in ([], [","], ["-"], ["and"], [",", "and"])
        for one, other in pairwise(row[:3])
    )


def _tonic(sentence: Sentence, context: Context, found: list[Item], at: int, last: int) -> set[int]:
    """ "C is the tonic and G the dominant": the second is a degree of the first."""
    left = [item for item in found if item.last < at and item.kind in ("note", "triad")]
    if not left or not says(sentence.words[left[-1].last + 1 : at]):
        return set()
    key = (context.on(left[-1].note) if left[-1].kind == "note" else None) or left[-1].key
    return _goes_on(sentence, context, found, (key, last))


def _named(value: Item) -> str:
    """A name as the value of a relation."""
    major = value.chord is not None and value.chord.intervals & 0b10010 == 0b10000
    if value.kind == "note" or (value.kind in ("chord", "triad") and major):
        return value.note.name
    return harte(value.chord) if value.kind == "chord" and value.chord else value.key.name


def _answers(between: list[str]) -> bool:
    """ "A is the", "A, the", "A (the": do these words give a name its degree?"""
    clause = between[-4:] == [",", "which", "is", "the"] and len(between) <= _FAR
    aside = len(between) <= _ASIDE and between[-3:] in ([",", "i.e", "the"],)
    aside = aside or (len(between) <= _ASIDE and between[-2:] in ([",", "the"], [",", "a"]))
    return says(between) or between in _APPOSED or clause or aside or between == ["for", "its"]


def says(between: list[str]) -> bool:
    """ "is the", "is therefore the", "acts as"."""
    link = {"is", "as", "becomes", "=", "being", "isn't", "be"} & set(between)
    return bool(link) and len(between) <= 5 and not {",", ";", "but", "because"} & set(between)
