"""Claims of keys, modes, chords, progressions and modulations: who a name of pitch stands for.

Conventions
-----------
"D major" is a key; a chord where the words before it speak of chords ("it ends on", "the
last sonority"), or where the question asks for chords and nothing speaks of a key. A bare
note is a key behind "in", "key of", "tonic is" and the like. Names in a row, parted by dashes,
commas or "then", are a progression if chords are among them.
"""

from __future__ import annotations

from itertools import pairwise

from rewards.claims.context import Context, Found, before
from rewards.claims.grammar.items import Item
from rewards.claims.grammar.keys import MOVED, bare_key, take
from rewards.claims.grammar.modes import bare_modes, church_modes, coloured
from rewards.claims.grammar.senses import Sense, placed, sense, time_of
from rewards.claims.sentences import Sentence
from rewards.claims.theory import harte
from rewards.claims.words import word_set
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import QUALITIES
from rewards.spelling.keys import Key

_STRONG_KEY = word_set("key tonality keys tonic home")
_ROW_WORDS = word_set(
    "to then and followed by into resolving resolves moving moves leading leads going goes back "
    "finally a an falls falling before"
)
_MEMBERS = word_set("third fifth seventh root bass note ninth")
_ROW_NOUNS = word_set("chords changes progression loop vamp sequence turnaround")
_TRIADS = (QUALITIES["maj"], QUALITIES["min"])


def read(sentence: Sentence, context: Context, found: list[Item]) -> None:
    """Take down what the names of a sentence stand for."""
    taken = _rows(sentence, context, found)
    if "M" in sentence.kinds and context.facet not in ("chord", "interval"):
        bare_modes(sentence, context, found)
    if "O" in sentence.kinds:
        church_modes(sentence, context, found)
    last: tuple[Item, Sense] | None = None
    for item in found:
        if id(item) not in taken:
            last = item, _name(sentence, context, found, item, last)


def _name(
    sentence: Sentence,
    context: Context,
    found: list[Item],
    item: Item,
    last: tuple[Item, Sense] | None,
) -> Sense:
    """Take down what one name stands for."""
    time = time_of(sentence, item.first)
    if item.kind == "mode":
        if coloured(sentence, item.last):
            return None
        moved = not MOVED.isdisjoint(before(sentence, item.first, 4)) and bool(
            {"to", "into"} & set(before(sentence, item.first, 2))
        )
        kind = "modulation" if moved else "mode"
        time = time if moved else None
        value = f"{item.note.name} {item.mode}"
        context.add(Found(kind, value, item.first, item.last, time=time))
        return None
    if item.kind == "chord" and _symbol_of_key(sentence, context, item):
        mode = "minor" if item.chord and item.chord.intervals & 8 else "major"
        take(sentence, context, item, Key(item.note, mode), time)
        return "key"
    if item.kind == "chord":
        _chord(sentence, context, item, time)
        return "chord"
    if item.kind in ("triad", "key"):
        stands = sense(sentence, context, item, last)
        if stands == "chord" or _beside_chord(sentence, found, item):
            _chord(sentence, context, item, time)
            return "chord"
        if stands == "key":
            take(sentence, context, item, item.key, time)
        return stands
    key = bare_key(sentence, context, item)
    on_mode = any(
        one.kind in ("mode", "triad", "key") and one.note.same(item.note) for one in found
    ) or any(one.type == "mode" and _tonic_of(one, item) for one in context.found)
    if key is not None and not on_mode:
        take(sentence, context, item, key, time)
        return "key"
    if _named_chord(sentence, context, item) or (
        context.chords_asked and _alone(sentence, item) and placed(sentence, item, time)
    ):
        item.chord = parse_chord(f"{item.note.name} major")
        _chord(sentence, context, item, time)
        return "chord"
    return None


def _tonic_of(mode: Found, item: Item) -> bool:
    """ "mixolydian, with A as home": does a note only tell the tonic of a mode?"""
    return str(mode.value).partition(" ")[0] == item.note.name


def _beside_chord(sentence: Sentence, found: list[Item], item: Item) -> bool:
    """ "B flat minor, then D flat seven": a name in a row with a chord."""
    at = next(n for n, one in enumerate(found) if one is item)
    pairs = [(found[at - 1], item)] if at else []
    pairs += [(item, found[at + 1])] if at + 1 < len(found) else []
    return any(
        "chord" in (one.kind, other.kind) and _joint(sentence, one, other) not in (None, {"and"})
        for one, other in pairs
    )


def _symbol_of_key(sentence: Sentence, context: Context, item: Item) -> bool:
    """ "Key: Bm", "in F#m", "tonality: Cmaj"."""
    plain = item.chord is not None and item.chord.intervals in _TRIADS and not item.chord.bass
    if not plain or sentence.kinds[item.first] != "C" or item.first != item.last:
        return False
    lead = before(sentence, item.first, 3)
    alone = context.facet == "key" and len(sentence.words) == item.last + 1 - item.first
    named = bool(_STRONG_KEY & set(lead)) and lead[-1] in (":", "is", "of", "=", "as")
    return alone or named or (lead[-1:] == ["in"] and not context.chords_asked)


def _chord(sentence: Sentence, context: Context, item: Item, time: float | None) -> None:
    if item.chord is None:
        return
    near = before(sentence, item.first, 7)
    if "T" in sentence.kinds[item.first - len(near) : item.first]:
        near = near[sentence.kinds[item.first - len(near) : item.first].rindex("T") :]
    lead = set(near)
    if {("at", "first"), ("first", "inversion")} & set(pairwise(near)):
        lead.discard("first")
    subject = set()
    if lead & {"final", "last", "ends", "closes", "finishes", "lands", "end", "close", "ending"}:
        subject.add("final")
    elif lead & {"first", "opening", "opens", "begins", "starts", "start"}:
        subject.add("first")
    context.add(Found("chord", harte(item.chord), item.first, item.last, frozenset(subject), time))


def _named_chord(sentence: Sentence, context: Context, item: Item) -> bool:
    """ "the chord is G", "the last chord: D", "a chord of C"."""
    lead = before(sentence, item.first, 4)
    if context.facet == "chord" and len(sentence.words) == 1:
        return True
    behind = sentence.kinds[item.last + 1 : item.last + 3]
    listed = behind[:1] in ("N", "A") or behind in (",N", ",A")
    if lead[-1:] in (["is"], [":"]) and lead[-3:-2] in (["bar"], ["measure"]):
        return not listed
    if listed or sentence.kinds[item.first - 1] in "NA":
        return False
    if not lead or not {"chord", "harmony", "sonority", "triad"} & set(lead):
        return False
    if not _MEMBERS.isdisjoint(before(sentence, item.first, 7)):
        return False
    return lead[-1] in ("is", ":", "chord", "of", "therefore", "a", "an", "be", "plain", "=")


def _alone(sentence: Sentence, item: Item) -> bool:
    """Between marks: a chord of a list with times."""
    kinds = sentence.kinds
    left = item.first == 0 or kinds[item.first - 1] in ",;:T-(0"
    right = item.last + 1 == len(kinds) or kinds[item.last + 1] in ",;:.-)"
    return left and right


def _rows(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """Take down progressions; the ids of the items that belong to one."""
    taken: set[int] = set()
    at = 0
    while at < len(found):
        row = [found[at]]
        signs: set[str] = set()
        while at + len(row) < len(found) and len(row) < 64:
            joint = _joint(sentence, row[-1], found[at + len(row)])
            if joint is None:
                break
            signs |= joint
            row.append(found[at + len(row)])
        if len(row) > 1 and _is_progression(sentence, context, row, signs):
            chords = [item.chord or parse_chord(f"{item.note.name} major") for item in row]
            value = tuple(harte(chord) for chord in chords if chord is not None)
            context.add(Found("progression", value, row[0].first, row[-1].last))
            taken.update(id(item) for item in row)
        at += len(row)
    return taken


def _joint(sentence: Sentence, one: Item, other: Item) -> set[str] | None:
    """What parts two names of a row; None if they belong to none."""
    between = range(one.last + 1, other.first)
    if len(between) > 3 or one.kind == "mode" or other.kind == "mode":
        return None
    signs = {sentence.words[spot] for spot in between}
    allowed = all(
        sentence.kinds[spot] in "-,|" or sentence.words[spot] in _ROW_WORDS for spot in between
    )
    return signs or {" "} if allowed else None


def _is_progression(sentence: Sentence, context: Context, row: list[Item], signs: set[str]) -> bool:
    named = sum(item.kind == "chord" for item in row)
    if any(item.kind == "key" for item in row) or (" " in signs and len(signs) > 1 and named < 2):
        return False
    cued = context.facet in ("chords", "progression") or not sentence.bag.isdisjoint(
        ("chords", "progression", "loop", "vamp", "changes", "sequence", "harmony")
    )
    if signs == {"/"} or (signs <= {"and"} and named < 2 and "chords" not in sentence.bag):
        return False
    closing = "cadence" in sentence.bag and all(item.kind != "note" for item in row)
    moved = bool(signs & {"to", "->"}) and (named == 1 or closing)
    if len(row) == 2 and not cued and not moved and (named < 2 or signs <= {"and"}):
        return False
    if moved or named == len(row) or (named and len(row) > 2):
        return signs != {" "} or len(row) > 2
    if named == 0 and all(item.kind == "note" for item in row):
        if signs <= {",", "and"} or signs == {" "}:
            return len(row) > 2 and signs != {" "} and _listed_chords(sentence, row[0].first)
        return cued or (context.facet == "cadence" and "to" in signs)
    moves = bool(signs & {"-", "->", "then", "to"})
    if (len(row) > 2 and moves) or (context.facet in ("cadence", "roman") and moves):
        return not sentence.bag & {"key", "keys", "modulates", "modulating", "modulation"}
    return cued and len(row) > 1 and bool(signs - {"and"})


def _listed_chords(sentence: Sentence, at: int) -> bool:
    """ "the chords are E, B and A", "A, D and E, the three-chord trick": no notes of one chord."""
    if not sentence.bag.isdisjoint(("notes", "tones", "pitches", "note", "spells", "spell")):
        return False
    if {"three", "chord"} <= sentence.bag and "trick" in sentence.bag:
        return True
    lead = before(sentence, at, 7)
    if "R" in sentence.kinds and lead[-1:] == [":"]:
        return True
    return not _ROW_NOUNS.isdisjoint(lead) and "chord" not in lead
