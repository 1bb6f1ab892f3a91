"""Degrees of the scale that stand for a note or a chord: "the mediant", "degree 3 of C minor".

Conventions
-----------
==========================  =====================================================
written                     name
==========================  =====================================================
the mediant, its dominant   "3", "5"
the leading tone, note      "leading_tone"
the dominant seventh        "5-7"
the third degree, scale     "3"
degree 3, the third of the
scale, of the tonic triad,
of G major
raised, flattened before    "#" or "b" before the number
==========================  =====================================================

The key may stand behind it ("of C minor", "in the key of G").
"""

from __future__ import annotations

from dataclasses import dataclass

from rewards.claims.grammar.pitch.item import Item
from rewards.claims.grammar.pitch.items import items
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set

NAMES = {
    "tonic": "1", "supertonic": "2", "mediant": "3", "subdominant": "4", "dominant": "5",
    "submediant": "6", "subtonic": "b7",
}  # fmt: skip
OFFICES = {place: name for name, place in NAMES.items()} | {
    "leading_tone": "leading_tone", "5-7": "V7", "leading_tone-7": "vii°7",
}  # fmt: skip
"""Degree, or the seventh chord on it -> its name as a chord, or numeral."""
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5, "6th": 6, "7th": 7,
}  # fmt: skip
_STEPS = word_set("degree step")
MARKS = NAMES.keys() | _STEPS | {"leading"} | _ORDINALS.keys()
"""Words without which a sentence names no degree."""
_RAISED = word_set("raised sharpened augmented sharp")
_LOWERED = word_set("lowered flattened flat")
_OF_SCALE = phrases("of the scale|of the key|of the home key|of this key|of its scale")
_OF_TONIC = phrases("of the tonic triad|of the tonic chord|of the tonic|of the home chord")
_MEMBERS = word_set("third fifth 3rd 5th")
"""Members of a triad that are degrees as well where it stands on the tonic."""
_HENCE = phrases("so|hence|thus|i.e|namely|therefore")
_NOUNS = word_set("note pitch degree tone")
_CHORDS = word_set("chord triad harmony")
_NO_DEGREES = word_set("pedal key region function area side minor major quality")


@dataclass(frozen=True, slots=True)
class Degree:
    """A name of a degree from token ``first`` to ``last``, with its key to ``end``.

    ``chordal``: it is said to be a chord; ``told``: a name of pitch stands beside it.
    """

    name: str
    first: int
    last: int
    end: int
    about: Item | None = None
    chordal: bool = False
    told: bool = False


def degrees(sentence: Sentence) -> tuple[Degree, ...]:
    """The degrees of a sentence, in order."""
    found: list[Degree] = []
    at, words, named = 0, sentence.words, sentence.once(items)
    while at < len(words):
        degree = _degree(sentence, at, named) if words[at] in MARKS else None
        if degree is not None:
            found.append(degree)
            at = degree.end
        at += 1
    return tuple(found)


def without_homes(sentence: Sentence, named: list[Item]) -> list[Item]:
    """The names of a sentence without the keys that stand behind degrees."""
    homes = {one.about.first for one in sentence.once(degrees) if one.about is not None}
    return [item for item in named if item.first not in homes] if homes else named


def _degree(sentence: Sentence, at: int, named: list[Item]) -> Degree | None:
    words = sentence.words
    said = _name(words, at) or _numbered(sentence, at)
    if said is None:
        return None
    name, last = said
    if words[at] in _STEPS and at and words[at - 1] in ("scale", "-"):
        at -= 1 + (words[at - 1] == "-")
    lead = words[at - 1] if at else ""
    if name.isdigit() and lead in _RAISED | _LOWERED:
        name, at = ("#" if lead in _RAISED else "b") + name, at - 1
    last += words[last + 1 : last + 2] != [] and words[last + 1] in _NOUNS
    seventh = words[last + 1 : last + 2] == ["seventh"]
    name, last = f"{name}-7" if seventh else name, last + seventh
    noun = words[last + 1 : last + 2] != [] and words[last + 1] in _CHORDS
    chordal, last = noun or seventh, last + noun
    following = words[last + 1] if last + 1 < len(words) else ""
    if following in _NO_DEGREES or sentence.kinds[last + 1 : last + 2] in ("N", "A", "C"):
        return None
    end, about = last, None
    if following in ("of", "in"):
        step = last + 2
        step += 3 * (words[step : step + 3] == ["the", "key", "of"])
        about = next((item for item in named if item.first == step), None)
        end = about.last if about else last
    return Degree(name, at, last, end, about, chordal, _told(sentence, end, named))


def _name(words: list[str], at: int) -> tuple[str, int] | None:
    """The degree of a name ("mediant", "leading tone") and its last token."""
    word = words[at]
    if word in NAMES:
        return NAMES[word], at
    if word != "leading":
        return None
    at += 1 + (words[at + 1 : at + 2] == ["-"])
    return ("leading_tone", at) if words[at : at + 1] in (["tone"], ["note"]) else None


def _numbered(sentence: Sentence, at: int) -> tuple[str, int] | None:
    """The degree of a number: "third degree", "scale degree 3", "third of the scale"."""
    words = sentence.words
    word = words[at]
    if word in _STEPS and sentence.kinds[at + 1 : at + 2] == "0":
        value = sentence.values[at + 1]
        return (f"{value:g}", at + 1) if value in range(1, 8) else None
    place = _ORDINALS.get(word)
    if place is None:
        return None
    step = at + 1 + (words[at + 1 : at + 2] == ["scale"])
    step += words[step : step + 1] == ["-"]
    if words[step : step + 1] and words[step] in _STEPS:
        step += 3 if words[step + 1 : step + 4] == ["of", "the", "scale"] else 0
        return str(place), step
    noun = at + (words[at + 1 : at + 2] == ["note"])
    if words[noun + 1 : noun + 2] != ["of"]:
        return None
    tails = _OF_SCALE + _OF_TONIC if word in _MEMBERS else _OF_SCALE
    ends = (noun + len(tail) for tail in tails if words[noun + 1 : noun + 1 + len(tail)] == tail)
    key = next((item for item in sentence.once(items) if item.first == at + 2), None)
    of_key = key is not None and key.kind in ("triad", "key") and words[at + 1] == "of"
    end = at if of_key and word in _MEMBERS else next(ends, None)
    return None if end is None else (str(place), end)


def _told(sentence: Sentence, last: int, named: list[Item]) -> bool:
    """Is the note named beside a degree: "the mediant, so B"; not "the tonic triad, G-B-D"?"""
    if sentence.kinds[last + 1 : last + 2] not in (",", "("):
        return False
    step = last + 2 + (sentence.words[last + 2 : last + 3] in _HENCE)
    beside = next((item for item in named if item.first == step), None)
    return beside is not None and sentence.kinds[beside.last + 1 : beside.last + 2] != "-"
