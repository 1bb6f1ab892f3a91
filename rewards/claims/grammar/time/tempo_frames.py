"""Which number without "bpm" is a tempo.

Conventions
-----------
A number is a tempo in one of these frames; the plainer the number, the more it needs.

=============  ==========================================================================
frame          examples
=============  ==========================================================================
per            126 to the quarter; 98 of them per minute; fifty-four on the metronome
beat           crotchet = 152; the dotted pulse at 60; half note equals 112
noun           Tempo 116 on my phone; the speed remains 70; a pulse of 88
at             a shuffle at 118; I'd put it at one-fifty
said           I'd say 112; feels more like 78; around 150.; seventy-six or thereabouts
related        half, double or nearly a tempo that was named: "or 70 if you nod"
item           of a list of facts: "pop, 118, she's belting"; "the fast reading, 140,"
read off       the app blinks 63; the label printed 144; my phone shows 98
pointed at     where a tempo was named: "the 120 in my draft was careless"
counted        where the talk is of tempo: "I get 132", "so 190", "which makes 96"
=============  ==========================================================================
"""

from __future__ import annotations

from collections.abc import Sequence

from rewards.claims.context import Context
from rewards.claims.grammar.time.other_counts import counts_else
from rewards.claims.grammar.time.tempo_clauses import (
    NEARLY,
    TALK,
    ends_clause,
    lead_in,
    opens_clause,
)
from rewards.claims.grammar.time.tempo_numbers import SAID, kin
from rewards.claims.grammar.time.told_tempi import judged, pointed_at, put_at, read_off
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set

CUES = word_set(
    "tempo pulse metronome speed bpm clocked running session grid tapped tapping beats crotchet "
    "quarter minim pace click dotted tempi marking clock = fast slow slower faster steps m.m mm "
    "minute bpms beat-per-minute count counted foot toe tap taps stopwatch nod tactus "
    "uptempo midtempo reading half-time halftime double-time doubletime double halve halving"
)
_LEAD = word_set(
    "at around about to near approximately roughly is was got be say = of feels like nearly almost "
    "gives : circa ca approx over exactly bpm ~ sits maybe perhaps probably just between as means "
    "makes under equals counted count tapped really actually steady so it's clocked reading get "
    "find measured measure put remains stays keeps averaging hence therefore that's shy close"
)
_GAITS = word_set(
    "stroll walk crawl trot gallop sprint jog march dirge sprinter's walking brisk slow fast quick "
    "leisurely moderate relaxed lively"
)
_FACTS = frozenset(("genre", "key", "mode", "meter", "tempo_term"))
"""Types among which a number that is an item of its own is a tempo."""
_FIGURES = word_set(
    "reading count estimate figure value tempo pulse rate speed pace feel trot walk"
)


def is_tempo(
    sentence: Sentence, context: Context, first: int, last: int, value: float, *, cued: bool
) -> bool:
    """Is a number without a unit a tempo? ``cued``: the talk is of tempo."""
    if value < 30 or counts_else(sentence, first, last):
        return False
    if _of_beats(sentence, first) or _of_noun(sentence, first):
        return True
    heard = {found.type for found in context.found}
    loose = cued or bool(heard)
    if (40 if cued else 60) <= value <= 260 and (
        put_at(sentence, first, last, loose) or judged(sentence, first, last, loose)
    ):
        return True
    if _related(sentence, first, last, value, context.tempi):
        return True
    if 40 <= value <= 260 and (
        _paced(sentence, first, last)
        or _item(sentence, first, last, heard)
        or read_off(sentence, first, last)
        or (context.tempi and pointed_at(sentence, first, last))
    ):
        return True
    return cued and _counted(sentence, first, last, value, context.facet == "tempo")


def _of_beats(sentence: Sentence, first: int) -> bool:
    """ "Crotchet = 152", "half note equals 112", "the dotted pulse at 60"."""
    words = sentence.words
    at = lead_in(sentence, first)
    if at >= 0 and words[at] in ("=", "equals", "at", "is", ":"):
        at -= 1
    name = words[at] if at >= 0 else ""
    if name == "note":
        return words[at - 1 : at] in (["quarter"], ["half"], ["eighth"], ["dotted"], ["a"])
    if name in ("quarter", "crotchet", "minim", "quaver"):
        return True
    return name == "pulse" and at < first - 1


def _of_noun(sentence: Sentence, first: int) -> bool:
    """ "Tempo 116", "the speed remains 70", "the pulse sits near 92", "the beat might be 76"."""
    words = sentence.words
    at = first - 1
    while at >= 0 and first - at < 6 and (words[at] in NEARLY or words[at] in _LEAD):
        at -= 1
    while at >= 0 and words[at] in ("might", "may", "could", "must", "should", "not", "hovers"):
        at -= 1
    if at < 0:
        return False
    return words[at] in TALK or (words[at] == "beat" and at < first - 1)


def _related(
    sentence: Sentence, first: int, last: int, value: float, before: Sequence[float]
) -> bool:
    """ "Or 70 if you nod in half time", "maybe 133", "not 70"."""
    if not 30 <= value <= 400 or not kin(value, before):
        return False
    words = sentence.words
    lead = words[first - 1] if first else ""
    return (
        ends_clause(sentence, last) or lead in _LEAD or lead in ("or", "not", "at", "than", "get")
    )


def _item(sentence: Sentence, first: int, last: int, heard: set[str]) -> bool:
    """ "Pop, 118, she's belting", "E minor, 104.", "the fast reading, 140,"."""
    words = sentence.words
    opened = opens_clause(sentence, lead_in(sentence, first) + 1)
    if not opened or not ends_clause(sentence, last):
        return False
    head = words[max(0, first - 7) : max(0, first - 1)]
    if head[-1:] and head[-1] in _FIGURES:
        return True
    return not _FACTS.isdisjoint(heard) and len(words) > last + 1 - first


def _paced(sentence: Sentence, first: int, last: int) -> bool:
    """ "116 is a stroll", "one hop a bar, I'd say 108", "132 beats, give or take one"."""
    words, kinds = sentence.words, sentence.kinds
    following = words[last + 1 : last + 5]
    if first and words[first - 1] == "not" and following[:1] == ["but"]:
        return kinds[last + 2 : last + 3] == "0"  # "not 120 but 60 bpm"
    if following[:2] == ["is", "a"] and not _GAITS.isdisjoint(following[2:]):
        return True
    opened = first == 0 or kinds[first - 1] in ",;:"
    beats = following[:1] in (["beats"], ["steps"], ["paces"], ["strides"])
    ends = last + 2 >= len(words) or kinds[last + 2] in ",;)"
    return opened and beats and ends


def _counted(sentence: Sentence, first: int, last: int, value: float, asked: bool) -> bool:
    """A number that can only be a tempo, where the talk is of tempo."""
    words, kinds = sentence.words, sentence.kinds
    if asked or (len(words) == last + 1 - first and 40 <= value <= 220):
        return True  # "The speed? 110."
    ends = last + 1 == len(words) or kinds[last + 1] in ",;:)" or words[last + 1] in SAID
    if value >= 40 and ends and not sentence.bag.isdisjoint(TALK):
        return True
    return first > 0 and words[first - 1] in _LEAD
