"""Whether a word is a mood of the clip: "a gentle waltz", but "a gentle touch".

Conventions
-----------
``words`` are those of a sentence without dashes, ``spot`` the place of a name in them and
``size`` how many words it has.
"""

from __future__ import annotations

from collections.abc import Callable

from rewards.claims.grammar.names.mood_words import (
    ADVERBS,
    BETWEEN,
    CONVEYS,
    DESCRIBED,
    EMOTIONS,
    FEELINGS,
    FELT,
    FULL,
    IT,
    LINKS,
    NO_MOOD,
    NOUNS,
    ON,
    PERSONAL,
    SAID,
    SOUNDS,
)
from rewards.claims.grammar.names.vocabulary_words import TALK, THEORY

Known = Callable[[str, str], bool]
"""Is a word the sure name of a type: ``known("sad", "mood")``?"""
_JOINTS = (",", "and", "but", "yet", "or")
_STOPS = ("", ",", ";", ":", "(")
_ARTICLES = ("the", "a", "an", "of", "its", "each", "one")


def _at(words: list[str], spot: int) -> str:
    return words[spot] if 0 <= spot < len(words) else ""


def mood(words: list[str], spot: int, size: int, known: Known, *, doubtful: bool) -> bool:
    """Is a word a mood here, one that may be a sound only if it is ``doubtful``?"""
    if _of_something_else(words, spot, size, known):
        return False
    if not doubtful:
        return True
    last, following = _at(words, spot - 1), _at(words, spot + size)
    if words[spot] in EMOTIONS:
        of = last == "of" and _at(words, spot - 2) in FULL
        return (of or last in CONVEYS) and following not in SOUNDS
    return words[spot] in FELT and _felt_beside(words, spot, size, known)


def _of_something_else(words: list[str], spot: int, size: int, known: Known) -> bool:
    """ "A sad minor chord", "happy to help", "an upbeat of two notes", "Sadly, ..."."""
    word, last, following = words[spot], _at(words, spot - 1), _at(words, spot + size)
    if spot == 0 and following == "," and word.endswith("ly"):
        return True
    noun = spot + size
    while noun < spot + size + 2 and _at(words, noun) in BETWEEN:
        noun += 1
    if _at(words, noun) in THEORY or _at(words, noun) in NO_MOOD:
        return True
    lead = words[max(0, spot - 4) : spot]
    if following == "about" and "i" in lead[-3:]:
        return True
    if following in ("that", "of") or (following == "to" and word in PERSONAL and last != "from"):
        return True
    if following == "with" and not {"i", "i'm", "am"}.isdisjoint(lead):
        return True
    if word == "upbeat" and last in _ARTICLES:
        return not (following in NOUNS or known(following, "genre"))
    return False


def _felt_beside(words: list[str], spot: int, size: int, known: Known) -> bool:
    """ "Furious, intense", "a gentle piano melody", "it feels dark", "cool and confident"."""
    word, following = words[spot], _at(words, spot + size)
    before, after = spot - 1, spot + size
    while _at(words, before) in ADVERBS:
        before -= 1
    while _at(words, after) in ADVERBS:
        after += 1
    lead = _at(words, before)
    if lead in _JOINTS and known(_at(words, before - 1), "mood"):
        return following not in SOUNDS
    if _at(words, after) in _JOINTS and known(_at(words, after + 1), "mood"):
        return _at(words, after + 2) not in SOUNDS
    if _two(words, before, after):
        return True
    paired = lead == "and" and _at(words, before - 2) in _STOPS and word in FEELINGS
    if paired and (not following or following in ON):
        return True  # "wry and playful"
    noun = following
    if known(following, "instrument") or known(following, "genre"):
        noun = _at(words, spot + size + 1)
    if (noun in NOUNS or known(following, "genre")) and (word in FEELINGS or word == "dark"):
        return True
    if word not in SAID or not (not following or following in ON):
        return False
    opened = lead in _STOPS and (word in FEELINGS or following == "as")
    if lead == "as":
        return not DESCRIBED.isdisjoint(words[max(0, before - 5) : before])
    return opened or (lead in LINKS and not IT.isdisjoint(words[max(0, before - 5) : before]))


def _two(words: list[str], before: int, after: int) -> bool:
    """ "Cool and confident", "techno, dark and driving": two words of feeling fill a clause."""
    joint, other, end = _at(words, after), _at(words, after + 1), _at(words, after + 2)
    opens = _at(words, before) in _STOPS or _at(words, before) in LINKS
    if joint in _JOINTS and other in FELT and opens:
        return not end or (end in ON and end != ",")
    first = _at(words, before - 1)
    start = _at(words, before - 2)
    closes = joint in ("", ".", ";") or (joint in ON and joint != ",")
    return (
        _at(words, before) in _JOINTS
        and first in FELT
        and closes
        and (start in _STOPS or start in LINKS)
    )


def felt(words: list[str], spot: int, size: int, known: Known, *, asked: bool) -> bool:
    """Is a doubtful word a mood, in talk of moods (``asked``) or without?"""
    if _at(words, spot + size) in SOUNDS and _at(words, spot - 1) not in TALK["mood"]:
        return False
    return asked or mood(words, spot, size, known, doubtful=True)
