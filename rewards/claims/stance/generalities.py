"""What is said of music in general: "half cadences end on V", "in any major key IV is major".

Conventions
-----------
A general clause opens with what is always so ("in any", "by definition"), with a plural ("plagal
cadences", "tonic chords", "songs in G major"), with one that stands for all of its kind ("a
deceptive cadence resolves V to vi", "6/8 means six eighth notes") or says what is common ("C major
is a common ending"). It lasts to a semicolon, to a "but" or "so", or to a word that points at the
clip ("here", "this"). Only propositions of theory are read in it. So is what is told of another
work: "Mozart's Requiem is in D minor".
"""

from __future__ import annotations

from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrase_set, word_set

_OPENINGS = phrase_set(
    "in any|in every|in general|by definition|in pop|in jazz|in rock|as a|to modulate|"
    "common targets|most songs|most pieces|many songs|many pieces|in minor|in major|by convention|"
    "in theory|recall that|jazz players|folk singers|people associate|composers like"
)
_RULE = ("as", "a", "rule")
_PLURALS = word_set(
    "cadences chords triads keys scales modes songs pieces sevenths players singers composers "
    "tunes musicians guitarists pianists waltzes ballads modulations numerals ones"
)
_VERBS = word_set(
    "end need are go have resolve close use differ sound rest press contain like love prefer tend "
    "want require such often usually rarely can do work serve move lead consist"
)
_BEFORE = word_set(
    "half plagal perfect imperfect authentic deceptive phrygian interrupted major minor dominant "
    "tonic subdominant diminished augmented seventh fiddle folk jazz pop guitar church most many "
    "some relative parallel in g d a c e f b"
)
_ONES = word_set("a an the")
_TELLS = word_set("resolves needs requires consists differs means goes contains comprises")
_DEFINED = word_set("when where if")
"""Words behind an "is" that define."""
_USUAL = word_set("common usual typical frequent popular")
_BEING = word_set("is are")
_DEGREES = word_set("a the very most also more so quite rather")
_NAMES = word_set("cadence chord triad seventh key scale mode pedal substitute")
_ENDINGS = _NAMES | word_set("ending progression meter tempo cadences chords keys progressions")
_MOVES = word_set("ends closes moves leads finishes stops lands rests goes")
_PLACES = word_set("dominant tonic subdominant submediant i iv v vi ii supertonic")
"""Where any such cadence ends, and no particular one: "a half cadence ends on the dominant"."""
_HABITS = word_set("usually typically generally commonly normally often always frequently")
_RULES = word_set("normally ordinarily usually")
"""Before what is expected, and not heard: "Normally Gm7 C7 Fmaj7"."""
_POINTS = word_set("but so here this these it's i we yet hence therefore now however in-this")
_MOST = 5
_OF_CLIP = word_set("the this that these here it its i we my our his her their a an")
_COMPOSERS = word_set(
    "bach mozart beethoven haydn handel chopin schubert schumann brahms liszt mendelssohn vivaldi "
    "tchaikovsky dvorak debussy ravel satie verdi wagner mahler bruckner pachelbel rossini grieg "
    "rachmaninoff rachmaninov shostakovich prokofiev stravinsky scarlatti telemann corelli beatles"
)
_THIS = word_set(
    "this it here i we that piece recording clip excerpt music track melody theme tune song like"
)
_COPULAS = word_set("is are was were")
_MARKS = _RULES | _PLURALS | _TELLS | _HABITS
_OPENED = frozenset(pair[1] for pair in _OPENINGS)
_ACTS = _MOVES | _BEING
_RARE = _COMPOSERS | _USUAL


def general(sentence: Sentence) -> int:
    """The token before which a sentence speaks of music in general; 0 if it does not."""
    opened = _may_open(sentence) and _opens(sentence)
    if not opened:
        if sentence.bag.isdisjoint(_RARE):
            return 0
        if sentence.bag.isdisjoint(_COMPOSERS) or not _of_a_work(sentence):
            return _usual(sentence)
    words, kinds = sentence.words, sentence.kinds
    for at in range(1, len(words)):
        if kinds[at] == ";" or words[at] in _POINTS:
            return at
    return len(words)


def _may_open(sentence: Sentence) -> bool:
    """Does a sentence hold a word without which it does not open as a general one?"""
    words, bag = sentence.words, sentence.bag
    return (
        (words[0] in ("a", "an") and not bag.isdisjoint(_ACTS))
        or not bag.isdisjoint(_MARKS)
        or tuple(words[:2]) in _OPENINGS
        or (sentence.kinds[0] == "X" and not bag.isdisjoint(_OPENED))
    )


def _opens(sentence: Sentence) -> bool:
    words = sentence.words
    pair = tuple(words[:2])
    if words[0] in _RULES and words[1:2] != ["for"]:
        return True
    if pair in _OPENINGS and (pair != _RULE[:2] or tuple(words[:3]) == _RULE):
        return True
    at = 0
    while at < min(_MOST, len(words)) and words[at] in _BEFORE:
        at += 1
    if words[at : at + 1] and words[at] in _PLURALS:
        following = words[at + 1] if at + 1 < len(words) else ""
        return following in _VERBS or (following == "in" and not _VERBS.isdisjoint(words[at + 2 :]))
    if _habitual(sentence):
        return True
    if sentence.kinds[0] == "X" and _defines(sentence, 1):
        return True
    if words[0] not in _ONES:
        return False
    at = 1
    while at < min(_MOST, len(words)) and words[at] in _BEFORE:
        at += 1
    names = words[at : at + 1]
    if not names or names[0] not in _NAMES:
        return False
    moved = words[0] != "the" and not _MOVES.isdisjoint(words[at + 1 : at + 2])
    if moved and not _PLACES.isdisjoint(words[at + 2 : at + 7]):
        return True
    defined = words[0] != "the" and _defines(sentence, at + 1)
    return defined or not _TELLS.isdisjoint(words[at + 1 : at + 2])


def _defines(sentence: Sentence, at: int) -> bool:
    """ "A half cadence is when ...", "a plagal cadence is IV-I", "6/8 means six eighth notes"."""
    words, kinds = sentence.words, sentence.kinds
    if words[at : at + 1] == ["is"]:
        return kinds[at + 1 : at + 2] == "R" or not _DEFINED.isdisjoint(words[at + 1 : at + 2])
    return words[at : at + 1] == ["means"]


def _usual(sentence: Sentence) -> int:
    """Where what is said to be common ends: "D minor is very common", "a common chord is C"."""
    words = sentence.words
    if sentence.bag.isdisjoint(_USUAL):
        return 0
    at = start = next(n for n, word in enumerate(words) if word in _USUAL)
    while start and words[start - 1] in _DEGREES:
        start -= 1
    if start == 0:
        named = not _ENDINGS.isdisjoint(words[at + 1 : at + 4])
        return len(words) if named and not _BEING.isdisjoint(words[at + 2 : at + 5]) else 0
    told = words[start - 1] in _BEING and words[0] not in _ONES and start <= _MOST
    return at if told and _POINTS.isdisjoint(words[:start]) else 0


def _habitual(sentence: Sentence) -> bool:
    """ "A ii chord usually has predominant function", "vi often substitutes for the tonic"."""
    words, kinds = sentence.words, sentence.kinds
    usual = next((n for n, word in enumerate(words[: _MOST + 1]) if word in _HABITS), 0)
    lead = words[:usual]
    if "as" in lead[-2:]:
        return False  # "strings swell as they always do"
    many = usual == 2 or any(w.endswith("s") and len(w) > 4 and w != "always" for w in lead)
    if lead and many and _OF_CLIP.isdisjoint(lead):
        return True  # "House tracks are usually between 118 and 130 BPM", "dubstep is usually"
    at = words[:1] in (["a"], ["an"])
    if kinds[at : at + 1] not in ("R", "I"):
        return False
    at += 1 + (kinds[at + 1 : at + 2] == "k")
    at += words[at : at + 1] in (["can"], ["will"], ["is"])
    return not _HABITS.isdisjoint(words[at : at + 1])


def _of_a_work(sentence: Sentence) -> bool:
    """ "Mozart's Requiem is in D minor", "the Toccata by Bach is in D minor, too"."""
    words = sentence.words
    at = next(n for n, word in enumerate(words) if word in _COMPOSERS)
    named = words[at + 1 : at + 2] == ["'s"] or words[at - 1 : at] == ["by"]
    own = not _THIS.isdisjoint(words[:at]) or "it" in words[at:]
    return named and not own and not _COPULAS.isdisjoint(words[at:])
