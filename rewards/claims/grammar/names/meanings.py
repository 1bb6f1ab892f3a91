"""Whether the name of an instrument is meant as one that is heard.

Conventions
-----------
``words`` are those of a sentence without dashes, ``spot`` the place of a name in them and
``size`` how many words it has. What names mean in general is told in ``vocabulary_words.py``.
"""

from __future__ import annotations

from itertools import pairwise

from rewards.claims.grammar.names import vocabulary_words as told
from rewards.claims.text.words import word_set

_ARTICLES = ("a", "an", "the")
_OWNERS = ("my", "your", "his", "our")
_KIN = word_set("my our his her")
_BESIDE_SOMEBODY = told.OWNED.union(_OWNERS) | word_set("for to with like am play played as")
"""Without one of these before its name an instrument is not that of somebody, or of something."""


def _at(words: list[str], spot: int) -> str:
    return words[spot] if 0 <= spot < len(words) else ""


def instrument(words: list[str], spot: int, size: int) -> bool:
    """False where an instrument's name stands for something else, or for all of its kind."""
    last, following = _at(words, spot - 1), _at(words, spot + size)
    if following in told.STOPS or _of_somebody(words, spot):
        return False
    if _of_all(words, spot, size, last, following):
        return False
    if following == "like" and not _likened(words, spot, size):
        return False  # "a flute-like tone"
    if following in told.CALLS and not told.LIKENED.isdisjoint(words[max(0, spot - 5) : spot]):
        return False
    if size != 1:
        return True
    word = words[spot]
    if word == "fretless":
        return following not in told.FRETTED and following != "instrument"
    if word == "brass":
        return not following.startswith("player")
    if word == "voice":
        return last not in told.NOT_BEFORE_VOICE and not following.startswith(
            ("lead", "exchange", "record", "memo")
        )
    if word == "strings":
        counted = last in told.REGISTERS and (
            _at(words, spot - 2) in told.NOT_BEFORE_STRINGS or not told.FRETTED.isdisjoint(words)
        )
        return (
            last not in told.NOT_BEFORE_STRINGS
            and not counted
            and following not in ("plucked", "of")
        )
    if word == "harp":
        return len(last) != 1 or not last.isalpha() or last == "a"
    if word in ("horn", "claps"):
        lead = words[max(0, spot - 2) : spot]
        return lead != ["around", "the"] and last not in ("audience", "crowd", "she", "he")
    if word in ("kick", "kicks"):
        return last != "to" and following not in told.VERBAL
    if word == "piano":
        near = {*words[max(0, spot - 4) : spot], *(words[spot + 1 : spot + 4] if last else ())}
        return following != "roll" and told.LOUDNESS.isdisjoint(near)
    if word == "recorder":
        return following not in ("on", "off", "running", "was") and last != "voice"
    return True


def _likened(words: list[str], spot: int, size: int) -> bool:
    """ "A kick like a door", "a recorder like mine", "strings like wet paper": what sounds so."""
    to = _at(words, spot + size + 1)
    return to in _ARTICLES or to in told.OTHERS or words[spot + size - 1] == "strings"


def _of_somebody(words: list[str], spot: int) -> bool:
    """ "my piano", "as a trumpet player", "brighter than a flute", "bows it like a cello"."""
    lead = words[max(0, spot - 3) : spot]
    near = [word for word in lead if word not in _ARTICLES]
    if not near or near[-1] not in _BESIDE_SOMEBODY:
        return False
    if near[-1] in _OWNERS or near[-2:] in (["room", "for"], ["space", "for"]):
        return True
    if near[-1] in told.OWNED and near[-2:-1] in (["my"], ["our"], ["your"]):
        return True
    if near[-2:] in (["compared", "to"], ["compared", "with"], ["similar", "to"], ["akin", "to"]):
        return True
    if near[-1] == "like":
        if lead[-1:] == ["like"] and len(near) > 1:
            return False  # "a flute-like synth"
        return len(near) < 2 or not near[-2].startswith(("sound", "much", "more", "feel"))
    return near[-2:] in (["i", "am"], ["i", "play"], ["i'm", "as"], ["i", "played"]) or (
        near[-1] == "as" and len(lead) > 1 and lead[-1] in ("a", "an") and spot < 6
    )


def _of_all(words: list[str], spot: int, size: int, last: str, following: str) -> bool:
    """ "a flute can ...", "fiddlers love it", "a key for horns", "my uncle, a pianist"."""
    if "only" in words[max(0, spot - 2) : spot]:
        return False  # "only a French horn can do that"
    if following in told.GENERAL and last not in told.THE and last != "no":
        return _at(words, spot + size + 1) not in ("be", "appears", "enters", "plays", "comes")
    name = words[spot + size - 1]
    person = last != "the" and following != "be" and name.endswith(told.PERSONS)
    if person and not told.WOULD.isdisjoint((following, *words[max(0, spot - 3) : spot])):
        return True
    if following in told.OFTEN and name.endswith(told.PLAYERS) and last not in told.THE:
        return True
    if following == "would" and _at(words, spot + size + 1) in told.WRITTEN:
        return True  # "a French horn would see C on the page"
    second = words[spot - 2] if spot > 1 else ""
    suited = last == "for" or (second == "for" and last in ("a", "an"))
    if suited and not told.IDIOMATIC.isdisjoint(words[max(0, spot - 6) : spot + 6]):
        return True
    lead = words[max(0, spot - 6) : spot]
    if not told.TEXTS.isdisjoint(lead[:-1]) and _mentioned(lead):
        return True  # "the lyrics mention a fiddle"
    aside = second == "," and following == "," and last in ("a", "an")
    return aside and not _KIN.isdisjoint(words[max(0, spot - 4) : spot - 2])


def _mentioned(lead: list[str]) -> bool:
    """ "The lyrics mention"."""
    return any(one in told.TEXTS and other in told.MENTIONS for one, other in pairwise(lead))
