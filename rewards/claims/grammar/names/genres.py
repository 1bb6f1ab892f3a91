"""Whether the name of a genre is meant as one: "house", "the march of time", "jazz influences".

Conventions
-----------
``words`` are those of a sentence without dashes, ``spot`` the place of a name in them and
``size`` how many words it has.
"""

from __future__ import annotations

from collections.abc import Callable

from rewards.claims.grammar.names import genre_words as told
from rewards.claims.grammar.names.vocabulary_words import PIECES

Known = Callable[[str, str], bool]
"""Is a word the sure name of a type: ``known("sad", "mood")``?"""
_ARTICLES = ("a", "an", "the")
_STOPS = (",", ";", ":", "(")
_LEADS = (*_STOPS, ")", "so", "then", "and", "but", "that", "hence")
_ENDS = (",", ";", ")", ":")
_REASONS = ("because", "since", "as", "at", "though", "but", "either", "here", "for", "if")


def _at(words: list[str], spot: int) -> str:
    return words[spot] if 0 <= spot < len(words) else ""


def genre(words: list[str], spot: int, size: int) -> bool:
    """False where the sure name of a genre is only likened to, or tells of its people."""
    lead = [word for word in words[max(0, spot - 3) : spot] if word not in _ARTICLES]
    likened = lead[-1:] == ["like"] and told.SEEMS.isdisjoint(lead[-2:-1])
    likened = likened or lead[-1:] == ["resembles"] or lead[-2:] == ["reminiscent", "of"]
    following = _at(words, spot + size)
    if likened or following in told.NO_GENRE or lead[-1:] == ["most"]:
        return False
    if _another(words, spot, size) or _labelled(words, spot + size):
        return False
    if size > 1:
        return words[spot] != "dance" or _at(words, spot - 1) not in told.DANCES
    if words[spot] == "trap" and _at(words, spot - 1) in ("any", "a", "the", "no", "this"):
        return following in told.TRACKS or following in ("beat", "beats")
    if "who" in lead[-2:]:
        return False  # "people who analyse pop"
    among = lead[-1:] == ["in"] or (lead[:1] == ["in"] and lead[2:] in (["and"], ["or"]))
    return not among or told.USUAL.isdisjoint(words[:spot])  # "common in jazz and pop"


def meant_there(words: list[str], spot: int, size: int) -> bool:
    """ "That doesn't mean that the motet is in D": what it is, is taken for granted."""
    told = words[max(0, spot - 2) : spot] in (["that", "the"], ["that", "this"])
    return told and words[spot + size : spot + size + 1] in (["is"], ["has"], ["ends"], ["starts"])


def _another(words: list[str], spot: int, size: int) -> bool:
    """ "Metal strings", "nobody has lied": another sense of the word."""
    if words[spot] == "lied":
        return _at(words, spot - 1) in told.SAID_SO
    following = _at(words, spot + size)
    return following in told.OTHER_SENSES.get(words[spot], ()) and not _of_time(words, spot + size)


def _of_time(words: list[str], at: int) -> bool:
    """ "Of the old school", "of the 1970s"."""
    return words[at : at + 2] == ["of", "the"] and not told.OF_TIME.isdisjoint(
        words[at + 2 : at + 6]
    )


def _labelled(words: list[str], at: int) -> bool:
    """ "Post-punk is the label on the sleeve"."""
    after = words[at : at + 5]
    return after[:1] in (["is"], ["was"]) and after[1:3] in (["the", "label"], ["the", "tag"])


def doubtful(words: list[str], spot: int, known: Known, *, asked: bool) -> bool:
    """Is a word a genre that mostly means something else: "classical" guitar, "house"?"""
    word, last, following = words[spot], _at(words, spot - 1), _at(words, spot + 1)
    if following in told.NO_GENRE or _another(words, spot, 1):
        return False
    if word in told.BARE_GENRES and _of_time(words, spot + 1):
        return last != "the"
    if word in told.SURE:
        sure = (*told.SURE[word], "not", "than")
        behind = following in sure and following not in told.LEADS
        if last in sure or behind or _described(words, spot):
            return True
    if (word in told.ERAS or word in told.BARE_GENRES) and (
        _candidate(words, spot) or _denied(words, spot)
    ):
        return True
    if word in told.ERAS:
        return _era(words, spot)
    if word in told.BARE_GENRES:
        if following in told.TRACKS or (following in told.FEELS and word not in told.NO_FEEL):
            return word not in told.NO_TRACKS and (word, following) not in told.NO_PAIRS
        if fills(words, spot) or last in told.DECADES or _goes_on(words, spot + 1):
            return True
        if last == "of" and _at(words, spot - 2) in told.MEASURES:
            return True
        if last == "like" and _at(words, spot - 2) in told.SEEMS and not following.endswith("s"):
            return True
        if last in ("and", "or", ",", "/") and known(_at(words, spot - 2), "genre"):
            return not following or following in _ENDS or following in ("or", "and", "are", "is")
        if following in ("and", "or", "/", "nor") and known(_at(words, spot + 2), "genre"):
            return last not in ("the", "this", "his", "her")
    if not asked:
        return False
    return word not in told.NEVER_GENRES or fills(words, spot)


def _described(words: list[str], spot: int) -> bool:
    """ "A quick march, 2/4": a dance or a form by its name, with an article and adjectives."""
    if words[spot] not in told.NAMED_PIECES:
        return False
    for at in range(spot - 1, max(-1, spot - 4), -1):
        if words[at] in ("a", "an"):
            return True
        described = words[at] in told.DESCRIBES
        if not described and not words[at][:1].isdigit():
            return False
    return False


def _goes_on(words: list[str], at: int) -> bool:
    """ "House at 128", "soul through and through", "country in every fibre", "dub rather than"."""
    after = words[at : at + 2]
    if after[:1] == ["would"]:  # "Trance would have ..."
        return at == 1 or words[at - 2] in (*_STOPS, "a", "an", "and", "but")
    return after[:1] != [] and (
        after[0] in told.ENDLESS or after in (["in", "every"], ["to", "the"], ["rather", "than"])
    )


def _denied(words: list[str], spot: int) -> bool:
    """ "Nothing baroque about it", "no trace of swing", "not quite rock"."""
    last, before = _at(words, spot - 1), _at(words, spot - 2)
    if last == "nothing" or (before == "not" and last in told.EXACTLY):
        return True
    if last in ("isn't", "not", "wasn't") and words[spot] in told.BARE_GENRES:
        return _at(words, spot + 1) in _REASONS
    return (
        last == "of"
        and before in told.TRACES
        and not told.DENIES.isdisjoint(words[max(0, spot - 4) : spot])
    )


def _candidate(words: list[str], spot: int) -> bool:
    """ "Rock can be ruled out", "classical: plausible", "so house fits best"."""
    opens = spot == 0 or words[spot - 1] in _LEADS
    if not opens:
        return False
    return _at(words, spot + 1) in told.COPULAS and not told.JUDGED.isdisjoint(
        words[spot + 2 : spot + 6]
    )


def _era(words: list[str], spot: int) -> bool:
    """ "Viennese classical", "of the Baroque", "Romantic idiom", "the idiom late Romantic"."""
    last, following = _at(words, spot - 1), _at(words, spot + 1)
    romantic = words[spot] == "romantic"
    if following == "in" and _at(words, spot + 2) in told.ERA_TALK:
        return True
    if following in told.ERA_NOUNS and not (romantic and following in PIECES):
        return True
    if (
        following in told.ERA_SCORING
        and _at(words, spot + 2) in told.ERA_NOUNS
        and (not romantic or _at(words, spot + 2) not in PIECES)
    ):
        return True  # "a Baroque keyboard piece"
    if last in told.ERA_LEADS:
        return True
    head = words[max(0, spot - 5) : spot]
    return not told.ERA_TALK.isdisjoint(head)


def fills(words: list[str], spot: int) -> bool:
    """Is a word all that its clause says, but for an adverb or an "it is a"?"""
    start = spot
    while start and words[start - 1] in told.PLAIN and words[start - 1] not in _STOPS:
        start -= 1
    opens = start == 0 or words[start - 1] in _STOPS
    return opens and (spot + 1 == len(words) or words[spot + 1] in (",", ";", ")", "or", "with"))
