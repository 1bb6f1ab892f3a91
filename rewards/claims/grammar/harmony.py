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

from rewards.claims.context import Context, Found, after, before
from rewards.claims.grammar.items import Item
from rewards.claims.grammar.keys import MOVED, bare_key, bare_modes, church_modes, take
from rewards.claims.sentences import Sentence
from rewards.claims.theory import harte
from rewards.claims.words import word_set
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import QUALITIES
from rewards.spelling.keys import Key

_CHORD_CUES = word_set(
    "chord chords triad triads sonority harmony harmonies progression ends ended finishes "
    "finish lands closes resolves resolving resolved cadences arrives followed sounds vamp loop "
    "changes sequence option spells outlines arpeggiates arpeggiated strums strummed strikes "
    "hits plays rings landing closing ending finishing built voicing inversion"
)
_KEY_CUES = word_set("in into key tonality signature tonic centre center scale home keys")
_STRONG_KEY = word_set("key tonality keys tonic home")
_ROW_WORDS = word_set(
    "to then and followed by into resolving resolves moving moves leading leads going goes back "
    "finally a an falls falling before"
)
_APPOSED = word_set(
    "chord triad harmony sonority tonic dominant subdominant submediant mediant supertonic"
)
_MEMBERS = word_set("third fifth seventh root bass note ninth")
_WEAK = word_set("sounds ending closing end plays built rings resolves harmony landing")
"""Words of chords that speak of keys as well, where a key is asked."""
_ROW_NOUNS = word_set("chords changes progression loop vamp sequence turnaround")
_TRIADS = (QUALITIES["maj"], QUALITIES["min"])
_CHORDAL = ("cadence", "roman", "progression", "chords")
_KEY_TALK = word_set(
    "in into key tonality signature tonic centre center scale home keys major minor"
)


def read(sentence: Sentence, context: Context, found: list[Item]) -> None:
    """Take down what the names of a sentence stand for."""
    taken = _rows(sentence, context, found)
    if "M" in sentence.kinds and context.facet not in ("chord", "interval"):
        bare_modes(sentence, context, found)
    if "O" in sentence.kinds:
        church_modes(sentence, context, found)
    for item in found:
        if id(item) in taken:
            continue
        time = _time(sentence, item.first)
        if item.kind == "mode":
            moved = not MOVED.isdisjoint(before(sentence, item.first, 4)) and bool(
                {"to", "into"} & set(before(sentence, item.first, 2))
            )
            if moved:
                context.add(Found("modulation", f"{item.note.name} {item.mode}", item.first,
                    item.last, time=time))  # fmt: skip
                continue
            context.add(Found("mode", f"{item.note.name} {item.mode}", item.first, item.last))
        elif item.kind == "chord" and _symbol_of_key(sentence, context, item):
            mode = "minor" if item.chord and item.chord.intervals & 8 else "major"
            take(sentence, context, item, Key(item.note, mode), time)
        elif item.kind == "chord" or (item.kind == "triad" and _is_chord(sentence, context, item)):
            _chord(sentence, context, item, time)
        elif item.kind in ("triad", "key"):
            take(sentence, context, item, item.key, time)
        elif item.kind == "note":
            key = bare_key(sentence, context, item)
            on_mode = any(one.kind == "mode" and one.note.same(item.note) for one in found)
            if key is not None and not on_mode:
                take(sentence, context, item, key, time)
            elif _named_chord(sentence, context, item) or (
                context.chords_asked and _alone(sentence, item) and _placed(sentence, item, time)
            ):
                item.chord = parse_chord(f"{item.note.name} major")
                _chord(sentence, context, item, time)


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


def _is_chord(sentence: Sentence, context: Context, item: Item) -> bool:
    lead = before(sentence, item.first, 8)
    apposed = len(lead) > 1 and lead[-1] == "," and lead[-2] in _APPOSED
    if apposed and lead[-2] in ("chord", "triad", "harmony", "sonority"):
        return True
    like = False
    for word in reversed(lead[:-2] if apposed else lead):
        if word in (",", ";", ":", "(", ")"):
            if word == ":" and lead[lead.index(":") - 1] in ("triad", "chord", "sonority"):
                return True
            break
        if apposed and word == "tonic":
            continue
        if word in _STRONG_KEY or word in ("feels", "feel"):
            return False
        if word == "like":
            like = True
        weak = (like and word == "sounds") or (context.facet == "key" and word in _WEAK)
        weak = weak or (word == "changes" and lead[-1] == "to")
        if word in _CHORD_CUES and not weak:
            return True
        if word in ("in", "into") and lead[-1] in ("in", "into", "the"):
            return False
    tail = after(sentence, item.last, 4)
    if lead[-1:] and lead[-1] in ("a", "an") and item.kind == "triad":
        return not tail or tail[0] not in (
            "piece",
            "song",
            "tune",
            "work",
            "feel",
            "context",
            "sound",
        )
    if context.chords_asked and _placed(sentence, item, _time(sentence, item.first)):
        return True
    if (lead[-1:] and lead[-1] in ("in", "into")) or {"home", "tonic", "throughout", "all"} & set(
        tail
    ):
        return False
    if tail[:1] and tail[0] in (
        "arrives",
        "follows",
        "appears",
        "arrive",
        "sounds",
        "next",
        "enters",
        "resolves",
        "comes",
        "rings",
        "leads",
    ):
        return True
    if context.facet == "chord":
        if not sentence.bag.isdisjoint(("tonality", "key")):
            return False
        return not (lead and lead[-1] in _KEY_CUES)
    return context.facet in _CHORDAL and not (set(lead) | set(tail[:2])) & _KEY_TALK


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


def _placed(sentence: Sentence, item: Item, time: float | None) -> bool:
    """Behind a time or the number of a bar."""
    lead = before(sentence, item.first, 2)
    return time is not None or (len(lead) == 2 and lead[0] in ("m", "mm", "bar", "measure"))


def _alone(sentence: Sentence, item: Item) -> bool:
    """Between marks: a chord of a list with times."""
    kinds = sentence.kinds
    left = item.first == 0 or kinds[item.first - 1] in ",;:T-(0"
    right = item.last + 1 == len(kinds) or kinds[item.last + 1] in ",;:.-)"
    return left and right


def _time(sentence: Sentence, at: int) -> float | None:
    """The time that stands before a token, or right behind it."""
    kinds = sentence.kinds
    for spot in range(at + 1, min(len(kinds), at + 5)):
        if kinds[spot] == "T" and sentence.words[spot - 1] in ("at", "(", "from"):
            return sentence.tokens[spot].value
        if kinds[spot] in ",;":
            break
    for spot in range(at - 1, -1, -1):
        if kinds[spot] == "T":
            return sentence.tokens[spot].value
    for spot in range(at + 1, min(len(kinds), at + 6)):
        if kinds[spot] == "T":
            return sentence.tokens[spot].value
    return None


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
