"""Claims of keys, modes, chords, progressions and modulations: what the names of pitch stand for.

Conventions
-----------
Names in a row are a progression (``rows.py``); of the others, "D major" is a key or a chord as its
context tells (``pitch/senses.py``), or nothing. A bare note is a key behind "in", "key of", "tonic
is" and the like (``keys.py``), a chord behind "the chord is". A key that the music moves to is a
modulation (``pitch/moves.py``); a mode takes its tonic from its sentence (``modes.py``).
"""

from __future__ import annotations

from dataclasses import dataclass

from rewards.claims.context import Context, Found, before
from rewards.claims.grammar.harmony.chord_frames import counted, interval, place, reached, shared
from rewards.claims.grammar.harmony.joints import joint
from rewards.claims.grammar.harmony.keys import MOVED, bare_key, take
from rewards.claims.grammar.harmony.modes import bare_modes, church_modes, coloured, tinged
from rewards.claims.grammar.harmony.neighbours import beside
from rewards.claims.grammar.harmony.rows import rows
from rewards.claims.grammar.pitch.comparisons import compared, told
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.grammar.pitch.moves import KEYISH
from rewards.claims.grammar.pitch.sense_words import CHORD_SUBJECTS
from rewards.claims.grammar.pitch.senses import Sense, fragment, sense
from rewards.claims.grammar.pitch.sounding import placed, time_of
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import QUALITIES, harte
from rewards.spelling.keys import Key

_STRONG_KEY = word_set("key tonality keys tonic home")
_FINAL = "final last ends closes finishes lands end close ending stops stop halts ended closing"
_FIRST = "first opening opens begins starts start"
EDGES = dict.fromkeys(_FINAL.split(), "final") | dict.fromkeys(_FIRST.split(), "first")
"""Words that place the chord behind them; the nearest counts."""
_BARS = word_set("bar bars measure measures")
_SAYS = word_set("say says pick choose answer vote with is")
_NAMING = word_set("is : chord therefore be plain =")
"""What stands right before a name that is said to be a chord."""
_SEEMS = word_set("is as might may could feels must")
_MOST_KEYS = 3
"""More keys than "in D or A" are no claims of keys."""
_NO_MODES = frozenset(("chord", "interval", "roman", "function"))
"""Facets of questions in which "it is minor" is said of a chord."""
_ONE_KEY = word_set("and the mode is it it's 's quality clearly , its tonality scale")
"""What stands between a tonic and the mode that makes one key of it."""
_THIRDS = word_set("third thirds")
_IS = word_set("is are sounds seems")
_IT_IS = phrases("it is|it 's")
_NOT = word_set("not no never neither without or but if would")
_TRIADS = (QUALITIES["maj"], QUALITIES["min"])


def read(sentence: Sentence, context: Context, found: list[Item]) -> None:
    """Take down what the names of a sentence stand for."""
    taken = rows(sentence, context, found) if len(found) > 1 else ()
    if "M" in sentence.kinds and context.facet not in _NO_MODES:
        bare_modes(sentence, context, found)
    if "O" in sentence.kinds:
        church_modes(sentence, context, found)
    if len(taken) < len(found):
        place = _Place(sentence, context, found)
        for item in found:
            if id(item) not in taken:
                place.last = item, _name(place, item)
    if context.found:
        _absorb(sentence, context)


def _absorb(sentence: Sentence, context: Context) -> None:
    """ "The tonic is F and the mode is minor": one key."""
    for key in [one for one in context.found if one.type == "key" and one.bare]:
        for mode in [one for one in context.found if one.type == "mode"]:
            between = sentence.words[key.last + 1 : mode.first]
            if mode.value in ("major", "minor") and between and _ONE_KEY.issuperset(between):
                context.found.remove(mode)
                key.value = f"{str(key.value).partition(' ')[0]} {mode.value}"
                key.bare = ""
        third = _third(sentence, key.last) if key.bare == "tonic" else None
        if third is not None:
            key.value, key.bare = f"{str(key.value).partition(' ')[0]} {third}", ""


def _third(sentence: Sentence, tonic: int) -> str | None:
    """The mode of a tonic by its third: "with a minor third", "the third is minor", "D, minor"."""
    words, kinds = sentence.words, sentence.kinds
    for at in range(tonic + 1, len(words)):
        if kinds[at] != "M" or kinds[at - 1] in "NAM":
            continue
        told = not _THIRDS.isdisjoint(words[at + 1 : at + 2])
        told = told or (words[at - 1] in _IS and not _THIRDS.isdisjoint(words[at - 2 : at - 1]))
        ends = at + 1 == len(words) or kinds[at + 1] in ",;)"
        if (told or (ends and kinds[at - 1] in ",;")) and _NOT.isdisjoint(words[tonic:at]):
            return sentence.values[at]
    return None


@dataclass(slots=True)
class _Place:
    """Where a name stands: its sentence, the other names there, and what the one before it was."""

    sentence: Sentence
    context: Context
    found: list[Item]
    last: tuple[Item, Sense] | None = None


def _name(place: _Place, item: Item) -> Sense:
    """Take down what one name stands for."""
    sentence, context = place.sentence, place.context
    time = time_of(sentence, item.first)
    if item.kind == "mode":
        _mode(sentence, context, item, time)
        return None
    if item.kind in ("chord", "triad") and shared(sentence, item):
        return None
    if item.kind == "chord":
        return _symbol(sentence, context, item, time)
    if item.kind in ("triad", "key") and _altered(sentence, context, item):
        name = " ".join(sentence.words[item.first + 1 : item.last + 1])
        if not (told(sentence, item) or compared(sentence, item)):
            context.add(Found("mode", f"{item.note.name} {name}", item.first, item.last))
        return None
    spells = context.facet == "chord" and _spells(sentence, place.found, item)
    if (
        item.kind in ("triad", "note")
        and not spells
        and (counted(sentence, context, item) or reached(sentence, context, item))
    ):
        _chord(sentence, context, item, time)
        if sentence.words[item.last + 1 : item.last + 2] == ["instead"]:
            context.found[-1].modality = "asserted"
        return "chord"
    if item.kind == "note":
        return _note(place, item, time, spells=spells)
    return _key_or_chord(place, item, time)


def _mode(sentence: Sentence, context: Context, item: Item, time: float | None) -> None:
    """ "D dorian", a claim of its own or what the music moves to."""
    if coloured(sentence, item.last) or tinged(sentence, item.first) or told(sentence, item):
        return
    moved = not MOVED.isdisjoint(before(sentence, item.first, 4)) and bool(
        {"to", "into"} & set(before(sentence, item.first, 2))
    )
    kind, time = ("modulation", time) if moved else ("mode", None)
    context.add(Found(kind, f"{item.note.name} {item.mode}", item.first, item.last, time=time))


def _symbol(sentence: Sentence, context: Context, item: Item, time: float | None) -> Sense:
    """ "Am7", "a D major triad": a chord, but for a key that is written so."""
    if interval(sentence, context, item):
        return None
    major = item.chord is not None and bool(item.chord.intervals & 1 << 4)
    if sentence.words[item.first] == "fm" and major:
        return None  # "FM synthesis"
    if _symbol_of_key(sentence, context, item):
        mode = "minor" if item.chord and item.chord.intervals & 8 else "major"
        take(sentence, context, item, Key(item.note, mode), time)
        return "key"
    if context.facet == "chord" and _taken_up(sentence, context, item):
        return "chord"
    if told(sentence, item) and before(sentence, item.first, 1) in (["a"], ["an"], ["the"], []):
        return None  # "a C major chord has an E": any such chord
    _chord(sentence, context, item, time)
    return "chord"


def _key_or_chord(place: _Place, item: Item, time: float | None) -> Sense:
    """ "D major": as its context tells."""
    sentence, context, last = place.sentence, place.context, place.last
    lead = before(sentence, item.first, 2)
    stands = sense(sentence, context, item, last)
    it_is = last is not None and last[1] == "chord" and lead in _IT_IS
    if it_is and context.facet not in KEYISH:
        _chord(sentence, context, item, time)  # "it would end on E minor, and it is G major"
        context.found[-1].modality = "asserted" if "would" in sentence.bag else None
        return "chord"
    framed = lead[-1:] in (["in"], ["of"])
    if stands == "chord" or (not framed and _beside_chord(sentence, place.found, item)):
        _chord(sentence, context, item, time)
        return "chord"
    if stands == "key":
        take(sentence, context, item, item.key, time)
    return stands


def _note(place: _Place, item: Item, time: float | None, *, spells: bool) -> Sense:
    """ "In D", "the chord is G": a key or a chord of which only the name is said."""
    sentence, context, last = place.sentence, place.context, place.last
    key = bare_key(sentence, context, item)
    goes_on = last is not None and last[1] == "key" and last[0].kind == "note"
    if key is None and last is not None and goes_on and len(context.found) < _MOST_KEYS:
        between = sentence.words[last[0].last + 1 : item.first]
        if between in (["or"], [",", "or"], ["or", "in"], ["/"]):
            key = context.on(item.note) or Key(item.note, context.mode or "major")
    tells = key is not None and _tells_tonic(sentence, context, place.found, item)
    if key is not None and not tells and not compared(sentence, item):
        take(sentence, context, item, key, time)
        return "key"
    if _named_chord(sentence, context, item) or (
        context.chords_asked
        and _alone(sentence, item)
        and placed(sentence, item, time)
        and not spells
    ):
        _chord(sentence, context, item, time)
        return "chord"
    return None


def _taken_up(sentence: Sentence, context: Context, item: Item) -> bool:
    """ "It is Abmaj7. The A flat chord prepares G7": the chord that was named, by its root."""
    words = sentence.words
    by_root = sentence.kinds[item.first] in "NA" and item.last == item.first + 1
    by_root = by_root and words[item.last] == "chord" and words[item.first - 1] == "the"
    return by_root and item.first > 0 and item.note.pitch_class in context.rooted


def _altered(sentence: Sentence, context: Context, item: Item) -> bool:
    """ "G harmonic minor", where a mode or a scale is spoken of."""
    altered = item.last == item.first + 2 and (
        sentence.words[item.first + 1] in ("harmonic", "melodic")
    )
    return altered and (
        context.facet == "mode" or not sentence.bag.isdisjoint(("scale", "scales", "mode"))
    )  # fmt: skip


def _tells_tonic(sentence: Sentence, context: Context, found: list[Item], item: Item) -> bool:
    """Does a note only tell the tonic of a key or mode that the sentence names in full?"""
    apart = before(sentence, item.first, 1) == ["in"]
    chords = {one.first for one in context.found if one.type in ("chord", "progression")}
    return any(
        (one.kind == "mode" or (one.kind in ("triad", "key") and not apart))
        and one.first not in chords
        and one.note.same(item.note)
        for one in found
    ) or any(  # "mixolydian, with A as home"
        one.type == "mode" and str(one.value).startswith(f"{item.note.name} ")
        for one in context.found
    )


def _beside_chord(sentence: Sentence, found: list[Item], item: Item) -> bool:
    """ "B flat minor, then D flat seven": a name in a row with a chord."""
    at = next(n for n, one in enumerate(found) if one is item)
    pairs = [(found[at - 1], item)] if at else []
    pairs += [(item, found[at + 1])] if at + 1 < len(found) else []
    return any(
        "chord" in (one.kind, other.kind)
        and joint(sentence, one, other) not in (None, {"and"}, {",", "and", "a"})
        for one, other in pairs
    )


def _symbol_of_key(sentence: Sentence, context: Context, item: Item) -> bool:
    """ "Key: Bm", "in F#m", "tonality: Cmaj"; "I say Dm" where a key is asked."""
    plain = item.chord is not None and item.chord.intervals in _TRIADS and not item.chord.bass
    if not plain or sentence.kinds[item.first] != "C" or item.first != item.last:
        return False
    lead = before(sentence, item.first, 3)
    tail = sentence.words[item.last + 1 : item.last + 4]
    if tail[:1] and tail[0] in _SEEMS and not {"home", "tonic"}.isdisjoint(tail):
        return True  # "I considered whether Em might be home"
    if lead[-1:] == ["in"]:
        return True
    alone = context.facet == "key" and fragment(sentence, context, item)
    named = bool(_STRONG_KEY & set(lead)) and lead[-1] in (":", "is", "of", "=", "as")
    told_so = context.facet == "key" and lead[-1:] and lead[-1] in _SAYS
    chords = sentence.bag.isdisjoint(("chord", "chords"))
    return alone or named or bool(told_so and chords)


def _chord(sentence: Sentence, context: Context, item: Item, time: float | None) -> None:
    chord = item.chord if item.kind == "chord" else item.chord or parse_chord(item.key.name)
    if chord is None:
        return
    numbered = place(sentence, item.first)
    near = before(sentence, item.first, 7)
    verdict = near[-2:] == ["final", ":"] and len(near) == 2  # "Final: Am7"
    said = next((EDGES[word] for word in reversed(near) if word in EDGES and not verdict), None)
    said = numbered or said
    around = beside(sentence, context, item.first, item.last) or frozenset(filter(None, (said,)))
    bare = "root" if item.kind == "note" else ""
    context.add(Found("chord", harte(chord), item.first, item.last, around, time, bare=bare))


def _named_chord(sentence: Sentence, context: Context, item: Item) -> bool:
    """ "the chord is G", "the last chord: D", "a chord of C"."""
    near, kind = sentence.words[item.first - 1], sentence.kinds[item.first - 1]
    if not item.first or (kind != "0" and near not in _NAMING):
        return False
    lead = before(sentence, item.first, 4)
    behind = sentence.kinds[item.last + 1 : item.last + 3]
    if kind == "0" and not _BARS.isdisjoint(lead):
        ends = behind[:1] in ("", ",", ";") and not {*sentence.kinds}.isdisjoint("Ck")
        return ends or sentence.words[item.last + 1 : item.last + 2] == ["="]
    if behind[:1] in ("N", "A") or behind in (",N", ",A", "-N", "-A"):
        return False
    return near in _NAMING and not CHORD_SUBJECTS.isdisjoint(lead) and "it" not in lead


def _spells(sentence: Sentence, found: list[Item], item: Item) -> bool:
    """ "At 0:11: C, D, F sharp, A": is a note one of three or more that spell the asked chord?"""
    kinds = sentence.kinds
    beside = kinds[item.last + 1 : item.last + 3] in (",N", ",A")
    beside = beside or kinds[max(0, item.first - 2) : item.first] in ("N,", "A,")
    return beside and sum(one.kind == "note" for one in found) > 2 and kinds.count("T") < 2


def _alone(sentence: Sentence, item: Item) -> bool:
    """Between marks: a chord of a list with times."""
    kinds = sentence.kinds
    left = item.first == 0 or kinds[item.first - 1] in ",;:T-(0"
    right = item.last + 1 == len(kinds) or kinds[item.last + 1] in ",;:.-)"
    return left and right
