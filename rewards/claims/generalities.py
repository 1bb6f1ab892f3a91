"""What is said of music in general: "half cadences end on V", "in any major key IV is major".

Conventions
-----------
A general clause opens with what is always so ("in any", "by definition"), with a plural ("plagal
cadences", "tonic chords", "songs in G major") or with one that stands for all of its kind ("a
deceptive cadence resolves V to vi"). It lasts to a semicolon, to a "but" or "so", or to a word
that points at the clip ("here", "this"). Only propositions of theory are read in it.
"""

from __future__ import annotations

from rewards.claims.sentences import Sentence
from rewards.claims.words import word_set

_OPENINGS = {
    ("in", "any"), ("in", "every"), ("in", "general"), ("by", "definition"), ("in", "pop"),
    ("in", "jazz"), ("in", "rock"), ("as", "a"), ("to", "modulate"), ("common", "targets"),
    ("most", "songs"), ("most", "pieces"), ("many", "songs"), ("many", "pieces"),
    ("jazz", "players"), ("folk", "singers"), ("people", "associate"), ("composers", "like"),
}  # fmt: skip
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
_NAMES = word_set("cadence chord triad seventh key scale mode")
_POINTS = word_set("but so here this these it's i we yet hence therefore now however in-this")
_MOST = 5
_MARKS = _PLURALS | _TELLS | {pair[1] for pair in _OPENINGS}


def general(sentence: Sentence) -> int:
    """The token before which a sentence speaks of music in general; 0 if it does not."""
    if sentence.bag.isdisjoint(_MARKS) or not _opens(sentence):
        return 0
    words, kinds = sentence.words, sentence.kinds
    for at in range(1, len(words)):
        if kinds[at] == ";" or words[at] in _POINTS:
            return at
    return len(words)


def _opens(sentence: Sentence) -> bool:
    words = sentence.words
    pair = tuple(words[:2])
    if pair in _OPENINGS and (pair != _RULE[:2] or tuple(words[:3]) == _RULE):
        return True
    at = 0
    while at < min(_MOST, len(words)) and words[at] in _BEFORE:
        at += 1
    if words[at : at + 1] and words[at] in _PLURALS:
        following = words[at + 1] if at + 1 < len(words) else ""
        return following in _VERBS or (following == "in" and not _VERBS.isdisjoint(words[at + 2 :]))
    if words[0] not in _ONES:
        return False
    at = 1
    while at < min(_MOST, len(words)) and words[at] in _BEFORE:
        at += 1
    names = words[at : at + 1]
    return bool(names) and names[0] in _NAMES and not _TELLS.isdisjoint(words[at + 1 : at + 2])
