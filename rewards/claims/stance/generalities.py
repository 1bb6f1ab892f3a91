"""What is said of music in general: "half cadences end on V", "in any major key IV is major".

Conventions
-----------
A general clause opens with what is always so ("in any", "by definition"), with a plural ("plagal
cadences", "tonic chords", "songs in G major") or with one that stands for all of its kind ("a
deceptive cadence resolves V to vi"). It lasts to a semicolon, to a "but" or "so", or to a word
that points at the clip ("here", "this"). Only propositions of theory are read in it.
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
_NAMES = word_set("cadence chord triad seventh key scale mode pedal substitute")
_MOVES = word_set("ends closes moves leads ends finishes stops lands rests goes")
_PLACES = word_set("dominant tonic subdominant submediant i iv v vi ii supertonic")
"""Where any such cadence ends, and no particular one: "a half cadence ends on the dominant"."""
_HABITS = word_set("usually typically generally commonly normally often always frequently")
_RULES = word_set("normally ordinarily usually")
"""Before what is expected, and not heard: "Normally Gm7 C7 Fmaj7"."""
_POINTS = word_set("but so here this these it's i we yet hence therefore now however in-this")
_MOST = 5
_MARKS = _RULES | _PLURALS | _TELLS | _HABITS | {pair[1] for pair in _OPENINGS}


def general(sentence: Sentence) -> int:
    """The token before which a sentence speaks of music in general; 0 if it does not."""
    opened = sentence.words[0] in ("a", "an") and not sentence.bag.isdisjoint(_MOVES)
    if (not opened and sentence.bag.isdisjoint(_MARKS)) or not _opens(sentence):
        return 0
    words, kinds = sentence.words, sentence.kinds
    for at in range(1, len(words)):
        if kinds[at] == ";" or words[at] in _POINTS:
            return at
    return len(words)


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
    return not _TELLS.isdisjoint(words[at + 1 : at + 2])


def _habitual(sentence: Sentence) -> bool:
    """ "A ii chord usually has predominant function", "vi often substitutes for the tonic"."""
    words, kinds = sentence.words, sentence.kinds
    at = words[:1] in (["a"], ["an"])
    if kinds[at : at + 1] not in ("R", "I"):
        return False
    at += 1 + (kinds[at + 1 : at + 2] == "k")
    at += words[at : at + 1] in (["can"], ["will"], ["is"])
    return not _HABITS.isdisjoint(words[at : at + 1])
