"""The notes that a part has one after another, or at once: "the bass walks D, C, B".

Conventions
-----------
A row is two notes or more with nothing but joints between; the first has a part by a verb of
moving, or stands behind "bass line:" or "the roots are". Of any other verb ("the drones hum D and
A") a row has two notes: more spell a chord. What ends on several notes names candidates ("it ends
on C, D and E"), unless "then" or dashes tell a line.
"""

from __future__ import annotations

from rewards.claims.grammar.notes.frames import done
from rewards.claims.grammar.notes.subjects import (
    MOVES,
    Spot,
    lead,
    marked,
    part_of,
    placed,
    verb_before,
)
from rewards.claims.grammar.notes.words import CHORDAL, ENDS, SURELY, TO
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set

_JOINTS = word_set(", - and then to through via down up back next finally again on into a an the")
_HAS = word_set("has have had uses use used using")
_THEN = {"then", "finally", "next"}
_BEHIND = word_set("in on at over under above below before after while with for as so but of each")
"""Words behind a row that begin no clause of its last notes."""
_SPELT = word_set(
    "chord chords voicing triad harmony from up to above below interval intervals key keys scale "
    "members tuning tuned strings open voices parts instruments degrees inventory collection plays "
    "uses contains"
)
"""Words of what is spelled from the bass up, and is no line."""
_APART = word_set(", ; / - and or")
"""What parts candidates."""
_CLOSES = word_set("at here")
_FEW = 2
_HEAD = 9
_GAP = 4
"""How far two notes of a row are apart at most."""
_LONGEST = 12


def row(sentence: Sentence, found: list[Item], spot: int) -> list[set[str]] | None:
    """What each of the notes is said of that follow one another from an item on."""
    if spot + 1 == len(found) or found[spot + 1].first - found[spot].last > _GAP:
        return None
    run = [found[spot]]
    signs: set[str] = set()
    for other in found[spot + 1 : spot + _LONGEST]:
        between = sentence.words[run[-1].last + 1 : other.first]
        if len(between) >= _GAP or not _JOINTS.issuperset(between) or not between:
            break
        if other.kind != "note":
            return None  # "the bass goes G, D, Em": roots
        signs |= {*between}
        run.append(other)
    if len(run) < 2 or (len(run) == 2 and signs == {","}):
        return None
    while len(run) > 1 and _begins_clause(sentence, found, spot + len(run) - 1):
        run.pop()  # "lands on C, and E is on top"
    spot_ = lead(sentence, run[0])
    parts = _headed(sentence, spot_) or _moving(
        sentence, run, spot_, ordered=bool(signs & _THEN), dashed="-" in signs
    )
    return None if parts is None else _in_order(parts, len(run))


def candidate(sentence: Sentence, found: list[Item], spot: int) -> bool:
    """Is a note one of three or more, of which nothing says more: "the last note is C, D or E"?"""
    run = [spot]
    for step in (-1, 1):
        at = spot + step
        while 0 <= at < len(found) and _alike(
            sentence, found[min(at, at - step)], found[max(at, at - step)]
        ):
            run.append(at)
            at += step
    last = found[max(run)].last + 1
    ends = last == len(sentence.words) or sentence.kinds[last] in ",;:)"
    return len(run) > _FEW and (ends or sentence.words[last] in _CLOSES)


def _alike(sentence: Sentence, one: Item, other: Item) -> bool:
    if other.first - one.last > _FEW + 1 or not one.kind == other.kind == "note":
        return False
    return _APART.issuperset(sentence.words[one.last + 1 : other.first])


def _in_order(parts: set[str], count: int) -> list[set[str]]:
    """A part begins with the first of its notes and ends with the last."""
    voice = parts - {"first", "final"}
    made = [voice | {"earlier", "later"} for _ in range(count)]
    made[0] = voice | parts & {"first"} | {"earlier"}
    made[-1] = voice | parts & {"final"} | {"later"}
    return made


def _begins_clause(sentence: Sentence, found: list[Item], spot: int) -> bool:
    """Is a note behind "and" what the words behind it are said of, alone or with the next?"""
    words, at = sentence.words, found[spot].last + 1
    if words[found[spot].first - 1] != "and" or at == len(words) or sentence.kinds[at] != "w":
        return False
    if words[at] == "and" and spot + 1 < len(found):
        return _begins_clause(sentence, found, spot + 1)
    return words[at] not in _BEHIND and words[at] not in _JOINTS


def _headed(sentence: Sentence, spot: Spot) -> set[str] | None:
    """ "Bass line:", "descending bass, step by step:", "the roots in the bass are"."""
    words, kinds = sentence.words, sentence.kinds
    at, _ = spot
    while at > 0 and (words[at] in SURELY or words[at].endswith("ly")):
        at -= 1
    if at < 1 or words[at] not in (":", "is", "are", "=", "reads", "runs"):
        return None
    start = max(kinds.rfind(";", 0, at), kinds.rfind(":", 0, at)) + 1
    said = words[max(start, at - _HEAD) : at]
    said = said[said.index("to") + 1 :] if said[:2] == ["listen", "to"] else said
    if not _SPELT.isdisjoint(said):
        return None
    parts = [part_of(words, n) for n in range(at - len(said), at)]
    parts = [part for part in parts if part not in CHORDAL and part not in (None, "root")]
    first = placed(said) if {"notes", "pitches"} & {*said} else set()
    return {str(part) for part in parts[:1]} | first or None


def _moving(
    sentence: Sentence, run: list[Item], spot: Spot, *, ordered: bool, dashed: bool
) -> set[str] | None:
    """ "The bass walks", "the cello moves from", "drones on", "the bass alternates between"."""
    words, at = sentence.words, spot[0]
    at -= at > 0 and words[at] == "between"
    parts = done(sentence, run[0], (at, spot[1]))
    if not parts or (parts <= CHORDAL and not marked(sentence, run[0])):
        return None
    verb = verb_before(sentence, at - (words[at] in TO or words[at] == "from"))
    word = words[verb] if verb >= 0 else ""
    if word in ENDS and words[at] in ("on", "upon", "at") and not (ordered or dashed):
        return None
    few = len(run) < 3 and word not in _HAS  # those of its scale
    return parts if few or ordered or word in MOVES else None
