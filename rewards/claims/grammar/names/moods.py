"""Whether a word is a mood of the clip: "a gentle waltz", but "a gentle touch".

Conventions
-----------
``words`` are those of a sentence without dashes, ``spot`` the place of a name in them and
``size`` how many words it has.
"""

from __future__ import annotations

from collections.abc import Callable

from rewards.claims.grammar.names import mood_words as told
from rewards.claims.grammar.names.vocabulary_words import THEORY

Known = Callable[[str, str], bool]
"""Is a word the sure name of a type: ``known("sad", "mood")``?"""
_JOINTS = (",", "and", "but", "yet", "or")
_STOPS = ("", ",", ";", ":", "(")
_ARTICLES = ("the", "a", "an", "of", "its", "each", "one")
_HEADING = ("a", "an", "the", "this", "of", "in", "with", "is", "that", "for", "on", "by", "to")
"""What no adjective of a noun is."""
_TONED = ("", ",", ";", "and", "throughout", "overall")
"""Behind "a nostalgic tone", which is none of an instrument."""


def _at(words: list[str], spot: int) -> str:
    return words[spot] if 0 <= spot < len(words) else ""


def mood(words: list[str], spot: int, size: int, known: Known, *, doubtful: bool) -> bool:
    """Is a word a mood here, one that may be a sound only if it is ``doubtful``?"""
    if _of_something_else(words, spot, size, known):
        return False
    if not doubtful:
        return True
    last, following = _at(words, spot - 1), _at(words, spot + size)
    if words[spot] in told.EMOTIONS:
        of = last in ("of", "with") and _at(words, spot - 2) in told.FULL
        within = following == "in" and _at(words, spot + 2) in ("it", "this", "every", "the")
        of = of or (last in _JOINTS and known(_at(words, spot - 2), "mood"))
        return of or last in told.CONVEYS or within
    return words[spot] in told.FELT and _ownbeside(words, spot, size, known)


def _of_something_else(words: list[str], spot: int, size: int, known: Known) -> bool:
    """ "A sad minor chord", "happy to help", "an upbeat of two notes", "Sadly, ..."."""
    word, last, following = words[spot], _at(words, spot - 1), _at(words, spot + size)
    noun = spot + size
    while noun < spot + size + 2 and _at(words, noun) in told.BETWEEN:
        noun += 1
    toned = noun == spot + size and _at(words, noun) == "tone" and _at(words, noun + 1) in _TONED
    if (_at(words, noun) in THEORY or _at(words, noun) in told.NO_MOOD) and not toned:
        return True
    if _at(words, noun + 1) == "bpm":
        return True  # "a relaxed 95 BPM"
    if last in ("my", "your") or _of_author(words, spot):
        return True
    if following == "to" and last != "from":
        return word in told.PERSONAL or _at(words, spot + size + 1) in told.DONE
    if word == "upbeat" and last in _ARTICLES:
        return not _whole(words, spot, known)
    return False


def _of_author(words: list[str], spot: int) -> bool:
    """ "I am not fully confident"."""
    at = spot - 1
    while at > 0 and (words[at] in told.ADVERBS or words[at].endswith("ly")):
        at -= 1
    own = words[at] in ("am", "'m", "was") or words[spot + 1 : spot + 2] == ["about"]
    return at >= 0 and (own and words[at - 1] == "i")


def _whole(words: list[str], spot: int, known: Known) -> bool:
    """ "A dark, stripped-down techno track", "an energetic Eurodance production"."""
    start = spot
    while start and spot - start < 4 and words[start - 1] not in _HEADING:
        start -= 1
    if not start or words[start - 1] not in ("a", "an", "this"):
        return False
    for at in range(spot + 1, min(len(words), spot + 7)):
        word = words[at]
        if word in told.NOUNS or known(word, "genre"):
            return True
        if word in told.SOUNDS or word in _HEADING:
            return False
    return False


def _ownbeside(words: list[str], spot: int, size: int, known: Known) -> bool:
    """ "Furious, intense", "a gentle piano melody", "it feels dark", "cool and confident"."""
    word, following = words[spot], _at(words, spot + size)
    before, after = spot - 1, spot + size
    while _at(words, before) in told.ADVERBS:
        before -= 1
    while _at(words, after) in told.ADVERBS:
        after += 1
    lead = _at(words, before)
    if word in told.SAID and _whole(words, spot, known):
        return True
    if lead in _JOINTS and known(_at(words, before - 1), "mood"):
        return following not in told.SOUNDS
    if _two(words, before, after):
        return True
    if following in told.NOUNS and (word in told.FEELINGS or word == "dark"):
        return True
    if word not in told.SAID or not (not following or following in told.ON):
        return False
    made = lead in told.IT and not told.MAKES.isdisjoint(words[max(0, before - 3) : before])
    opens = lead in _STOPS or (lead == "and" and _at(words, before - 2) in _STOPS)
    opened = (opens and (word in told.FEELINGS or following == "as")) or made
    opened = opened or lead == "something"
    if lead == "as":
        return not told.DESCRIBED.isdisjoint(words[max(0, before - 5) : before])
    return opened or (
        lead in told.LINKS and not told.IT.isdisjoint(words[max(0, before - 5) : before])
    )


def _two(words: list[str], before: int, after: int) -> bool:
    """ "Cool and confident", "techno, dark and driving": two words of feeling fill a clause."""
    joint, other, end = _at(words, after), _at(words, after + 1), _at(words, after + 2)
    opens = _at(words, before) in _STOPS or _at(words, before) in told.LINKS
    if joint in _JOINTS and other in told.FELT and opens:
        return not end or (end in told.ON and end != ",")
    first = _at(words, before - 1)
    start = _at(words, before - 2)
    closes = joint in ("", ".", ";") or (joint in told.ON and joint != ",")
    return (
        _at(words, before) in _JOINTS
        and first in told.FELT
        and closes
        and (start in _STOPS or start in told.LINKS)
    )


def felt(words: list[str], spot: int, size: int, known: Known, *, asked: bool) -> bool:
    """Is a doubtful word a mood, in talk of moods (``asked``) or without?"""
    if asked and (_of_something_else(words, spot, size, known)):
        return False  # "quiet hope"
    return asked or mood(words, spot, size, known, doubtful=True)
