"""How far the name of a chord goes: "G minor-major seventh", "G7 flat nine", "G minor (add 9)".

Conventions
-----------
Behind a root, or the symbol of a chord, its quality goes on with

=====================  ==================================================
words of quality       minor, dominant, half-diminished, seventh, chord
figures                7, 9, 11, 13; 6 where nothing is counted; 6/9
degrees                flat five, #11, add 9, sus 4, suspended second
those in brackets      (major seventh), (b5), (flat 5), (add9)
what is added          with a major seventh (on top), with an added ninth
=====================  ==================================================

as long as that makes a chord. Hyphens stand between two words without a blank.
"""

from __future__ import annotations

import re

from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import Chord, harte
from rewards.spelling.notes import Note

_FIGURES = (7, 9, 11, 13)
_COUNTED = word_set("times bars bar beats beat measures notes seconds semitones steps strings")
_MOST = 9
_ENDS = frozenset(("", ",", ";", ":", ")", "N", "A", "C"))
"""Kinds of tokens behind a name that goes on with nothing: behind most."""
_PIECE = re.compile(
    r"(?:m7b5|(?:maj|min|dim)\d{1,2}|add\d{1,2}|sus[24]|alt|[b#](?:5|9|11|13))"
    r"(?:[b#](?:5|9|11|13)|sus4|\+)?"
)
"""What follows its root after a blank, or in brackets. "M7" is none: words are in lower case."""
_CLASSES = {
    "suspended": "u", "sus": "u", "sus4": "x", "sus2": "x", "added": "+", "add": "+",
    "altered": "l", "flat": "s", "sharp": "s", "with": "W", "an": "t", "a": "t", "the": "t",
    "/": "/", "-": "-", "on": "O",
}  # fmt: skip
_DEGREE = r"(?:[s+]-?[nFdq6]|u(?:-?[nd])?|x)"
_UNIT = rf"-?(?:[MqkFl]|{_DEGREE}|6[-/]?F|6(?=[ke]))|/M(?=-?[qF])"
_ADDED = r"Wt?(?:\+-?[nFdq6]|(?:M-?q|s-?[nFdq6])(?=[keO]))"
_GOES_ON = re.compile(rf"(?:{_UNIT}|\((?:{_UNIT})+\)|{_ADDED})+")
_OPENS = re.compile(rf"l|{_DEGREE}|6[-/]?F|\({_DEGREE}|-?q-[qx]")
"""What may stand right behind a root: "G add 9", "G six-nine", "G (b9)", "G half-dim"."""
_ALTERS = re.compile(rf"(?:-?{_DEGREE}|\({_DEGREE}+\)|{_ADDED})+")
"""What alters a chord that has its symbol: "G7 flat nine"; "F7 altered" is an F7 still."""


def spoken(sentence: Sentence, first: int, note: Note) -> tuple[Chord, int] | None:
    """The chord on a root whose quality begins at a token, and its last token."""
    return _longest(sentence, first, note.name, _GOES_ON)


def altered(sentence: Sentence, at: int, chord: Chord) -> tuple[Chord, int] | None:
    """The chord whose symbol stands at a token and is altered behind it."""
    if chord.bass or not goes_on(sentence, at + 1):
        return None
    return _longest(sentence, at + 1, harte(chord), _ALTERS)


def opens(sentence: Sentence, at: int) -> bool:
    """Does a quality begin at a token that is neither mode nor word of quality?"""
    if sentence.kinds[at : at + 1] in _ENDS or _class(sentence, at) not in "lsu+x6(-q":
        return False
    return _OPENS.match(_shape(sentence, at)) is not None


def goes_on(sentence: Sentence, at: int) -> bool:
    """May a quality go on at a token?"""
    return sentence.kinds[at : at + 1] not in _ENDS and _class(sentence, at) in "MqkFlsu+x6W(-/"


def figured(sentence: Sentence, at: int) -> bool:
    """ "E flat 7", "F minor seven": the figure of a chord, not so many bars."""
    kinds, words = sentence.kinds, sentence.words
    if kinds[at : at + 1] != "0" or sentence.values[at] not in _FIGURES:
        return False
    following = words[at + 1] if at + 1 < len(words) else ""
    counted = following in _COUNTED or kinds[at + 1 : at + 2] in ("s", "0", "u")
    alters = kinds[at + 2 : at + 3] in ("0", "d") and following in ("flat", "sharp")
    return (alters or not counted) and kinds[at + 1 : at + 3] != "-0"


def _longest(
    sentence: Sentence, first: int, name: str, pattern: re.Pattern[str]
) -> tuple[Chord, int] | None:
    shape = _shape(sentence, first)
    reach = pattern.match(shape)
    for end in range(reach.end() if reach else 0, 0, -1):
        if shape[end - 1] in "-/(Wt" or shape[:end].count("(") != shape[:end].count(")"):
            continue
        words = (word for word in sentence.words[first : first + end] if word != "-")
        chord = parse_chord(f"{name} {' '.join(words)}".replace(" / ", "/"))
        if chord is not None:
            return chord, first + end - 1
    return None


def _shape(sentence: Sentence, first: int) -> str:
    """One letter for each token from there on, "e" for an end."""
    count = min(len(sentence.words), first + _MOST)
    made = [_class(sentence, at) for at in range(first, count)]
    return "".join(made) + ("e" if count == len(sentence.words) else "")


def _class(sentence: Sentence, at: int) -> str:
    kind, word = sentence.kinds[at], sentence.words[at]
    if word in _CLASSES:
        return _CLASSES[word] if kind != "-" or _tied(sentence, at) else "."
    if kind in "Mqkd()":
        return kind
    if kind == "0":
        value = sentence.values[at]
        return "F" if figured(sentence, at) else "6" if value == 6 else "n"
    if kind == "w" and (word[-1:].isdigit() or word == "alt") and _PIECE.fullmatch(word):
        return "x"
    return "e" if kind in ",;:" else "."


def _tied(sentence: Sentence, at: int) -> bool:
    """Has a hyphen or stroke no blank beside it?"""
    start, end = sentence.span(at, at)
    before = sentence.span(at - 1, at - 1)[1] if at else start
    return before == start and (
        at + 1 < len(sentence.words) and sentence.span(at + 1, at + 1)[0] == end
    )
