"""The names of pitch in a sentence: notes, and what stands behind them.

Conventions
-----------
==========  ==============================  =============================================
item        written                         holds
==========  ==============================  =============================================
``note``    G, F#, A (beside a role), b     the note
``triad``   D major, h-Moll, la menor       a key or a chord: the context tells
``chord``   Am7, D major triad, G over B    the chord
``key``     D major scale                   the key
``mode``    D dorian, G major pentatonic    tonic, and the name of the mode
==========  ==============================  =============================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rewards.claims.grammar.pitch.inversions import inverted
from rewards.claims.grammar.pitch.qualities import altered, figured, goes_on, opens, spoken
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import Chord
from rewards.spelling.keys import Key
from rewards.spelling.notes import Note, solfege_note, unaccented

_BEGINS = re.compile("[NAnaCGMq]")
"""Kinds of tokens with which a name may begin."""
_DO = word_set("do ut re mi fa sol la si")
_SYLLABLES = word_set("ut re mi fa sol si")
"""Those that are no English words."""
_SIGNS = {
    "bemol": "flat", "bemolle": "flat", "diese": "sharp", "diesis": "sharp", "sostenido": "sharp",
}  # fmt: skip
_FOREIGN = word_set("menor mayor mineur majeur minore maggiore moll dur")
_SCALES = word_set("scale mode key tonality")
_AFTER_KEY = word_set(
    "is was and or in at then with it to seems sounds feels because since so but over throughout "
    "appears as on from might could would not has again all i we obviously clearly probably maybe "
    "after before though although should must fits stays remains contains needs takes requires "
    "shares carries consists becomes uses wants demands calls keeps lacks spells 's"
)
_SPANS = word_set("above below between from leap leaps jump up down apart higher lower interval")
_VERBS = word_set(
    "is in as and to or then on up down appears with has contains needs takes would gives falls "
    "acts serves functions feels rises resolves leads lies belongs spells makes moves requires "
    "carries was becomes forms sounds above below under underneath beneath over at before after "
    "while until during throughout for from against through where which that"
)
"""Words behind an "A" that is no article."""
_MAKING = phrases("making|makes|make|treating|considering|hear")
_AS_TONIC = phrases("the|our|as|home")
"""Around the "A" of "making A the tonic"."""
_BEFORE_LOWER = phrases("is|on|:|=")
"""Before a lower-case letter that ends its sentence and is a note: "the last note is b"."""
_ALTERS = frozenset(("a sharp", "a flat"))
_SPELLED = re.compile("[:,(]?[NA](?=[-,]?[NA][-,]?w?[NA])")
"""Notes right behind a chord: an "A" is its root only if it is the first."""
_LETTERED = word_set("option options choice choices answer answers section sections")
_MOST_WORDS = 7
_MOST_ITEMS = 40


@dataclass(slots=True)
class Item:
    """One name, from token ``first`` to ``last``; ``degree`` where its home is not known yet."""

    kind: Literal["note", "triad", "chord", "key", "mode"]
    first: int
    last: int
    note: Note
    chord: Chord | None = None
    mode: str | None = None
    degree: str = ""

    @property
    def name(self) -> str:
        """The name of the note, of a degree of no known home its value."""
        return self.degree or self.note.name

    @property
    def key(self) -> Key:
        """As a key; a bare note is major."""
        return Key(self.note, self.mode if self.mode in ("major", "minor") else "major")


def items(sentence: Sentence) -> list[Item]:
    """The names of a sentence, in order; of a longer list the first ``_MOST_ITEMS``.

    They are told once for all siblings of a group: nobody may change them.
    """
    found: list[Item] = []
    at, kinds = 0, sentence.kinds
    while len(found) < _MOST_ITEMS:
        begins = _BEGINS.search(kinds, at)
        if begins is None:
            break
        at = begins.start()
        kind = kinds[at]
        item = None
        if kind in "NAna":
            item = _from_note(sentence, at)
        elif kind == "C":
            chord = sentence.tokens[at].value
            chord, last = altered(sentence, at, chord) or (chord, at)
            turned, last = inverted(sentence, last, chord)
            item = Item("chord", at, last, sentence.tokens[at].value.root, turned)
        elif kind == "G":
            item = _triad(sentence.tokens[at].value, at, at)
        elif kind == "M":
            item = _fixed_do(sentence, at)
        if item is None and kind in "qM":
            item = _chord_on(sentence, at)
        if item is not None:
            found.append(item)
            at = item.last
        at += 1
    return found


def _fixed_do(sentence: Sentence, at: int) -> Item | None:
    """ "Do mineur", "mi bémol majeur", "re minor": the name whose mode stands at a token."""
    words = sentence.words
    sign = _SIGNS.get(unaccented(words[at - 1]), "") if at else ""
    first = at - 1 - bool(sign)
    names = _DO if words[at] in _FOREIGN else _SYLLABLES
    if first < 0 or words[first] not in names:
        return None
    note = solfege_note(words[first], sign)
    return _triad(Key(note, sentence.tokens[at].value), first, at)


def _triad(key: Key, first: int, last: int) -> Item:
    """A name in another tongue: a key or a chord, as "B minor" is."""
    return Item("triad", first, last, key.tonic, parse_chord(key.name), key.mode)


def _chord_on(sentence: Sentence, at: int) -> Item | None:
    """ "a diminished seventh chord on C sharp", "power chord built on A"."""
    kinds, words = sentence.kinds, sentence.words
    end = at
    while end < len(kinds) and kinds[end] in "Mqkd0-" and end - at < _MOST_WORDS:
        end += 1
    noun = "k" in kinds[at:end] or words[end - 1] == "seventh"
    root = end + 2 if words[end : end + 2] == ["built", "on"] else end + 1
    on = words[root - 1 : root] in (["on"], ["over"])
    if not noun or not on or kinds[root : root + 1] not in ("N", "A"):
        return None
    note = sentence.tokens[root].value
    name = " ".join(word for word in words[at:end] if word != "-")
    chord = parse_chord(f"{note.name} {name}")
    return None if chord is None else Item("chord", at, root, note, chord)


def _from_note(sentence: Sentence, at: int) -> Item | None:
    kinds, words, tokens = sentence.kinds, sentence.words, sentence.tokens
    note = tokens[at].value
    lower = kinds[at] in "na"
    listed = at > 0 and not lower and (kinds[at - 1] in ",NACMkq" or words[at - 1] == "and")
    article = words[at] == "a" and not listed
    step = at + 2 if kinds[at + 1 : at + 2] == "-" and kinds[at + 2 : at + 3] in "MOq" else at + 1
    following = kinds[step : step + 1]
    if (
        following == "O"
        and words[step] in ("harmonic", "melodic")
        and kinds[step + 1 : step + 2] == "M"
    ):
        step, following = step + 1, "M"
    if following == "O":
        behind = kinds[step + 1 : step + 2]
        noun = behind and behind in "wky" and words[step + 1] not in _AFTER_KEY
        if kinds[at] == "A" and at == 0 and noun:
            return None  # "A chromatic lament", "A blues scale": an article
        if words[step] in ("phrygian", "lydian") and words[step + 1 : step + 2] == ["dominant"]:
            return Item("mode", at, step + 1, note, mode=f"{tokens[step].value} dominant")
        return (
            Item("mode", at, step, note, mode=tokens[step].value)
            if not lower or words[at] != "a"
            else None
        )
    if following == "M":
        return _with_mode(sentence, at, step, note)
    if following == "q" and (kinds[at] == "A" or words[at] in _ALTERS) and at == 0:
        return None  # "A suspended fourth", "A sharp seventh": an article
    if following == "q" and not lower and _quality(sentence, step):
        return _spoken(sentence, at, step, note)
    if not lower and not article and (figured(sentence, at + 1) or opens(sentence, at + 1)):
        return _spoken(sentence, at, at + 1, note)
    if following == "k" and not article and not lower:
        if words[step] == "dominant-seventh" or words[step + 1 : step + 2] == ["with"]:
            named = _spoken(sentence, at, step, note)
            if named is not None:
                return named
        chord = parse_chord(f"{note.name} major")
        turned, last = inverted(sentence, step, chord)
        return Item("chord", at, last, note, turned)
    if lower:
        named = len(words[at]) > 1 or words[max(0, at - 2) : at] == ["key", "of"]
        ends = words[at - 1 : at] in _BEFORE_LOWER and following in ("", ";")
        named = named or (ends and sentence.bag.isdisjoint(_SCALES))
        return Item("note", at, at, note) if named and words[at] != "a" else None
    if _letters(sentence, at):
        return None
    whole = " " not in words[at] or words[at - 1 : at] in (["is"], ["chord"], ["plain"], ["then"])
    whole = whole or (kinds[at - 1 : at] in (",", ":") and kinds[step + 2 : step + 3] == ",")
    slash = words[step : step + 1] in (["over"], ["/"]) and whole and not _spaced(sentence, step)
    if slash and kinds[step + 1 : step + 2] in ("N", "A"):
        chord, last = inverted(sentence, at, parse_chord(f"{note.name} major"))
        if last > at:
            return Item("chord", at, last, note, chord)
    named = words[at - 1 : at] in (["an"], ["low"], ["high"], ["'s"])
    named = named or (words[at - 1 : at] in _MAKING and words[step : step + 1] in _AS_TONIC)
    noun = article and not named and words[at] == "a" and following and following in "wdqk0sy"
    noun = noun or (at == 0 and article and following == "C" and kinds[1:3] in ("C", "Cw"))
    rowed = at > 1 and kinds[at - 1] == "-" and kinds[at - 2] in "NA"
    if noun and not rowed and not _role_follows(words, at):
        return None
    return Item("note", at, at, note)


def _letters(sentence: Sentence, at: int) -> bool:
    """ "option B", "options C and D": the letters of what is offered."""
    words, kinds = sentence.words, sentence.kinds
    while at > 1 and words[at - 1] in (",", "and", "or") and kinds[at - 2] in "NA":
        at -= 2
    return bool(at) and words[at - 1] in _LETTERED


def _spaced(sentence: Sentence, at: int) -> bool:
    """ "C / G / Am": a stroke between blanks parts two chords."""
    tokens = sentence.tokens
    return tokens[at].word == "/" and tokens[at].start > tokens[at - 1].end


def _role_follows(words: list[str], at: int) -> bool:
    """ "A is the dominant", "A in the bass": no article."""
    return words[at + 1] in _VERBS


def _quality(sentence: Sentence, at: int) -> bool:
    return sentence.words[at] not in ("sixth", "6th", "added", "half") or sentence.kinds[
        at + 1 : at + 2
    ] in ("q", "k")


def _with_mode(sentence: Sentence, at: int, step: int, note: Note) -> Item | None:
    """ "D major" and what goes on with it: "triad", "seventh", "pentatonic", "over A"."""
    kinds, words, tokens = sentence.kinds, sentence.words, sentence.tokens
    mode = tokens[step].value
    following = kinds[step + 1 : step + 2]
    noun = kinds[at] == "A" and at == 0 and following == "w"
    if noun and words[step + 1] not in _AFTER_KEY:
        return None  # "A minor detail"
    if kinds[at] == "A" and at == 0 and following == "y":
        return None  # "A major key seems unlikely": an article
    if words[at] == "a" and kinds[at] == "a":
        lead = words[at - 1] if at else ""
        keyed = lead in ("in", "of") and not (following and kinds[step + 1] in "kqdy")
        if not keyed:
            return None  # "a minor chord": an article
    on = words[step + 2 : step + 3] == ["on"] and kinds[step + 3 : step + 4] in ("N", "A")
    on = on or words[step + 2 : step + 4] in (["on", "the"], ["built", "on"], ["over", "the"])
    spelled = _SPELLED.match(kinds, step + 2)
    on = on or (spelled is not None and words[spelled.end() - 1] != "a")
    if kinds[at] == "A" and at == 0 and following == "k" and on:
        return None  # "A minor triad on D", "A major triad on the second degree": an article
    behind = words[step + 1 : step + 3]
    if kinds[at] == "A" and at == 0 and (
        behind[:1] == ["sixth"] or (behind[:1] == ["seventh"] and not _SPANS.isdisjoint(behind))
    ):  # fmt: skip
        return None  # "A major sixth would have gone to F sharp": an interval
    if following == "d" or (words[at] == "a" and words[step + 1 : step + 3] == ["-", "key"]):
        return None
    if following == "O":
        return Item("mode", at, step + 1, note, mode=f"{mode} {tokens[step + 1].value}")
    named = _spoken(sentence, at, step, note) if goes_on(sentence, step + 1) else None
    if named is not None and (named.last > step or (following and following in "qk")):
        return named
    if following == "y" or (words[step + 1 : step + 2] and words[step + 1] in _SCALES):
        return Item("key", at, step, note, mode=mode)
    chord = parse_chord(f"{note.name} {mode}")
    turned, last = inverted(sentence, step, chord)
    if last > step:
        return Item("chord", at, last, note, turned)
    return Item("triad", at, step, note, chord, mode)


def _spoken(sentence: Sentence, at: int, step: int, note: Note) -> Item | None:
    """A chord in words, as long as it makes sense."""
    named = spoken(sentence, step, note)
    if named is None:
        return None
    turned, last = inverted(sentence, named[1], named[0])
    return Item("chord", at, last, note, turned)


def within(sentence: Sentence) -> frozenset[int]:
    """The tokens behind the root in the name of a chord: "minor-major seventh" is no interval."""
    found = sentence.once(items)
    return frozenset(
        at for item in found if item.kind == "chord" for at in range(item.first + 1, item.last + 1)
    )
