"""Chords with another tone below than the root: "in first inversion", "over B".

Conventions
-----------
What is inverted is told behind the name of a chord, with or without a comma or bracket.
"""

from __future__ import annotations

from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases
from rewards.spelling.harte import Chord

ORDERS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3}
_TONES = {"third": 1, "3rd": 1, "fifth": 2, "5th": 2, "seventh": 3, "7th": 3}
_STARTS = frozenset((",", "(", "in", "a", "with", "over", "/", "its", "the", *ORDERS))
"""Words that may begin what inverts a chord."""
_LOW = phrases("in the bass|at the bottom|on the bottom|in bass")


def inverted(sentence: Sentence, last: int, chord: Chord | None) -> tuple[Chord | None, int]:
    """A chord that ends at token ``last`` with what inverts it behind, and its last token."""
    words = sentence.words
    if last + 1 >= len(words) or words[last + 1] not in _STARTS:
        return chord, last
    if chord is None or chord.root is None:
        return chord, last
    if words[last + 1 : last + 5] == ["with", "an", "added", "sixth"]:
        return Chord(chord.root, chord.intervals | 1 << 9, chord.bass, chord.upper), last + 4
    return _of_order(sentence, last, chord) or _over(sentence, last, chord) or (chord, last)


def _of_order(sentence: Sentence, last: int, chord: Chord) -> tuple[Chord, int] | None:
    """ "in first inversion", "(second inversion)", "with its third in the bass"."""
    words, kinds = sentence.words, sentence.kinds
    at = last + 1
    if kinds[at : at + 1] and kinds[at] in ",(":
        at += 1
    if words[at : at + 1] in (["in"], ["a"], ["with"]):
        at += 1
    if words[at : at + 1] in (["its"], ["the"], ["a"]):
        at += 1
    word = words[at] if at < len(words) else ""
    if word in _TONES:
        for low in _LOW:
            if words[at + 1 : at + 1 + len(low)] == low:
                return _turned(chord, _TONES[word], at + len(low))
    if word in ORDERS:
        end = at + 2 if kinds[at + 1 : at + 2] == "-" else at + 1
        if words[end : end + 1] == ["inversion"]:
            return _turned(chord, ORDERS[word], end)
    return None


def _turned(chord: Chord, place: int, last: int) -> tuple[Chord, int] | None:
    members = [step for step in range(12) if chord.intervals >> step & 1]
    if place >= len(members):
        return None
    return Chord(chord.root, chord.intervals, members[place], chord.upper), last


def _over(sentence: Sentence, last: int, chord: Chord) -> tuple[Chord, int] | None:
    """ "over B", "/B", "with C# in the bass"."""
    words, kinds = sentence.words, sentence.kinds
    at = last + 1
    if words[at : at + 1] not in (["over"], ["with"], ["/"]) or chord.bass:
        return None
    spaced = words[at] == "/" and sentence.start(at) > sentence.end(at - 1)
    if spaced or kinds[at + 1 : at + 2] not in ("N", "A") or chord.root is None:
        return None
    low = sentence.values[at + 1]
    deep = words[at + 2 : at + 5] == ["in", "the", "bass"]
    if (words[at] == "with" and not deep) or kinds[at + 2 : at + 3] in ("M", "k"):
        return None
    step = (low.pitch_class - chord.root.pitch_class) % 12
    turned = Chord(chord.root, chord.intervals | 1 << step, step, chord.upper)
    return turned, at + 4 if deep else at + 1
