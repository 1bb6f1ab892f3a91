"""What may part two names of a row: dashes, commas, "to", "then", and words that tell of motion.

Conventions
-----------
Between two names of which one is a chord for sure, and where chords are spoken of, more words may
stand ("on Am, goes to F, then ends on G") than between names that may be keys. A count of bars or
beats ("for two bars") and an aside between commas part nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from rewards.claims.degrees import DEGREES
from rewards.claims.grammar.pitch.glosses import glossed, parts
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set

ROW_NOUNS = word_set("chords changes progression loop vamp sequence turnaround")
"""What a row of chords is called."""
_WORDS = word_set(
    "& to then and followed by into resolving resolves moving moves leading leads going goes back "
    "finally a an falls falling before yields yielding gives giving way again up down"
)
_TOLD_WORDS = _WORDS | DEGREES | word_set(
    "through via drops descends climbs steps slides next which leading returning it on ends lands "
    "closes continues with starts begins resolve lead move leads ending closing finishing finishes "
    "starting beginning"
)  # fmt: skip
"""What parts the chords of a row that is told: "on Am, goes to F, then C and ends on G"."""
_OPENS = word_set("starts begins opens ends continues closes starting ending")
_COUNTERS = word_set("bar bars beat beats measure measures of")
_UNITS = word_set("bar bars beat beats measure measures seconds counts")
_PARTING = _TOLD_WORDS | _COUNTERS | {"for", "the"}
"""What may begin what parts two names, marks and numbers apart."""
_ASIDES = word_set("after for at by with as then though")
"""What begins an aside between two chords: "on A7 and then, after a silence, on D"."""
_LONGEST = 5
"""No more words and marks part two names of a row."""


def joint(sentence: Sentence, one: Item, other: Item, *, chordal: bool = False) -> set[str] | None:
    """What parts two names of a row; None if they belong to none.

    ``chordal``: a chord stands earlier in the row.
    """
    words, kinds = sentence.words, sentence.kinds
    if not _may_part(sentence, one.last + 1, other.first) or "mode" in (one.kind, other.kind):
        return None
    if one.kind == "note" and words[one.last][-1].isdigit():
        return None  # "my B3 goes G flat major"
    start = _past_duration(sentence, one.last + 1)
    start += kinds[start] == "k"  # "a D7 chord to a G chord"
    between = _spots(sentence, start, other.first)
    if len(between) > _LONGEST:
        return None
    if not between:
        return {" "}
    if kinds[start : other.first] == ")(":
        return {"|"}  # "[Fm] [Db] [Ab]"
    signs = {words[spot] for spot in between}
    if not signs.isdisjoint(("gives", "giving")) and "way" not in signs:
        return None
    if "with" in signs and signs.isdisjoint(_OPENS):
        return None  # "E minor seven, with A7 slipped in"
    named = chordal or "chord" in (one.kind, other.kind)
    told = named or not sentence.bag.isdisjoint(ROW_NOUNS)
    joining = _TOLD_WORDS if told else _WORDS
    described = "then" in signs or one.kind == other.kind == "chord"  # "then a quick G"
    for spot in between:
        if not (
            kinds[spot] in "-,|/"
            or words[spot] in joining
            or (words[spot] == "the" and words[spot + 1] in DEGREES)
            or (described and words[spot - 1] in ("a", "an"))
        ):
            return None
    return signs


def _may_part(sentence: Sentence, start: int, end: int) -> bool:
    """May what stands right behind a name part it from another? Most names end their row there."""
    words = sentence.words
    return (
        start >= end
        or words[start] in _PARTING
        or sentence.kinds[start] in "-,|/k()0"
        or words[start - 1] == "a"  # a note here, but "then a quick G"
    )


def _spots(sentence: Sentence, start: int, end: int) -> Sequence[int]:
    """The tokens that part two names, without counts, glosses and asides."""
    words, kinds = sentence.words, sentence.kinds
    between: Sequence[int] = range(start, _before_count(sentence, start, end))
    if "(" in kinds and glossed(sentence):
        between = parts(sentence, start, end)
    if kinds.count(",", start, end) < 2:
        return between
    commas = [spot for spot in between if words[spot] == ","]
    if len(commas) == 2 and words[commas[0] + 1] in _ASIDES:
        return [spot for spot in between if not commas[0] <= spot < commas[1]]
    return between


def _before_count(sentence: Sentence, start: int, end: int) -> int:
    """Before the "two of" of "four bars E7, two of A7"."""
    kinds, words = sentence.kinds, sentence.words
    at = end
    while at > start and (
        words[at - 1] in _COUNTERS or (kinds[at - 1] == "0" and words[at - 1].isalpha())
    ):
        at -= 1
    return at if "0" in kinds[at:end] else end


def _past_duration(sentence: Sentence, at: int) -> int:
    """Behind the "for two bars" of "G for two bars, then C", and behind the "(2 bars)"."""
    words, kinds = sentence.words, sentence.kinds
    if kinds[at : at + 2] == "(0" and kinds[at + 3 : at + 4] == ")" and words[at + 2] in _UNITS:
        return at + 4
    if words[at : at + 1] != ["for"] or kinds[at + 1 : at + 2] not in ("0", "a"):
        return at
    end = at + 2 + (not _UNITS.isdisjoint(words[at + 2 : at + 3]))
    return end + (kinds[end : end + 1] == ";")
