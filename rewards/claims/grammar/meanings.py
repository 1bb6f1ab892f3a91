"""Whether a word that may be an instrument, a genre or a mood is meant as one.

Conventions
-----------
``words`` are those of a sentence without dashes, ``spot`` the place of a name in them and
``size`` how many words it has. What names mean in general is told in ``vocabulary_words.py``.
"""

from __future__ import annotations

from collections.abc import Callable

from rewards.claims.grammar import vocabulary_words as told
from rewards.claims.grammar.lists import NO_BASS

Known = Callable[[str, str], bool]
"""Is a word the sure name of a type: ``known("sad", "mood")``?"""
_ARTICLES = ("a", "an", "the")
_STOPS = (",", ";", ":", "(")
_ENDS = (",", ";", ")", ":")


def _at(words: list[str], spot: int) -> str:
    return words[spot] if 0 <= spot < len(words) else ""


def instrument(words: list[str], spot: int, size: int) -> bool:
    """False where an instrument's name stands for something else, or for all of its kind."""
    last, following = _at(words, spot - 1), _at(words, spot + size)
    if _of_somebody(words, spot) or _of_all(words, spot, size) or following in told.STOPS:
        return False
    if following == "like" and _at(words, spot + size + 1) not in _ARTICLES:
        return False  # "a flute-like tone", but "a kick like a door"
    if following in told.CALLS and not told.LIKENED.isdisjoint(words[max(0, spot - 5) : spot]):
        return False
    if following == "note" and words[spot] == "vocal":
        return False
    if following in ("stop", "stops", "register") and "organ" in words:
        return False
    if size != 1:
        return True
    word = words[spot]
    if word == "brass":
        return not following.startswith("player")
    if word == "voice":
        return last not in told.NOT_BEFORE_VOICE and not following.startswith(("lead", "exchange"))
    if word == "strings":
        if last == "no" and following == "attached":
            return False
        counted = last in told.REGISTERS and (
            _at(words, spot - 2) in told.NOT_BEFORE_STRINGS or not told.FRETTED.isdisjoint(words)
        )
        return (
            last not in told.NOT_BEFORE_STRINGS
            and not counted
            and following != "plucked"
            and (following != "of")
        )
    if word == "harp":
        return len(last) != 1 or not last.isalpha() or last == "a"
    if word in ("horn", "claps"):
        lead = words[max(0, spot - 2) : spot]
        return lead != ["around", "the"] and last not in ("audience", "crowd", "she", "he")
    if word in ("kick", "kicks"):
        return last != "to" and following not in told.VERBAL
    if word == "piano":
        return following != "roll" and told.LOUDNESS.isdisjoint(words[max(0, spot - 4) : spot])
    if word == "recorder":
        return following not in ("on", "off", "running", "was") and last != "voice"
    return True


def _of_somebody(words: list[str], spot: int) -> bool:
    """ "my piano", "as a trumpet player", "brighter than a flute", "bows it like a cello"."""
    lead = words[max(0, spot - 3) : spot]
    near = [word for word in lead if word not in _ARTICLES]
    if not near:
        return False
    if near[-1] in ("my", "your", "his", "our"):
        return True
    if near[-1] in told.OWNED and near[-2:-1] in (["my"], ["our"], ["your"]):
        return True
    if near[-1] == "like":
        if lead[-1:] == ["like"] and len(near) > 1:
            return False  # "a flute-like synth"
        return len(near) < 2 or not near[-2].startswith(("sound", "much", "more", "feel"))
    return near[-2:] in (["i", "am"], ["i", "play"], ["i'm", "as"], ["i", "played"]) or (
        near[-1] == "as" and len(lead) > 1 and lead[-1] in ("a", "an") and spot < 6
    )


def _of_all(words: list[str], spot: int, size: int) -> bool:
    """ "a flute can ...", "fiddlers love it", "a key for horns", "my uncle, a pianist"."""
    last, following = _at(words, spot - 1), _at(words, spot + size)
    name = words[spot + size - 1]
    if not told.IMITATES.isdisjoint(words[max(0, spot - 2) : spot]):
        return True
    if following in told.GENERAL and last not in (*told.THE, "no"):
        return _at(words, spot + size + 1) not in ("be", "appears", "enters", "plays", "comes")
    if name.endswith(told.PERSONS):
        modal = following in told.WOULD or not told.WOULD.isdisjoint(words[max(0, spot - 3) : spot])
        if modal and last != "the" and following != "be":
            return True
    if name.endswith(told.PLAYERS) and following in told.OFTEN and last not in told.THE:
        return True
    if last == "for" and not told.IDIOMATIC.isdisjoint(words[max(0, spot - 6) : spot]):
        return True
    aside = last in ("a", "an") and _at(words, spot - 2) == "," and following == ","
    owner = words[max(0, spot - 4) : spot - 2]
    return aside and not {"my", "our", "his", "her"}.isdisjoint(owner)


def mood(words: list[str], spot: int, size: int, known: Known, *, doubtful: bool) -> bool:
    """Is a word a mood here, one that may be a sound only if it is ``doubtful``?"""
    last, following = _at(words, spot - 1), _at(words, spot + size)
    if following in told.THEORY or (spot == 0 and following == "," and words[0].endswith("ly")):
        return False
    if following == "about" and "i" in words[max(0, spot - 3) : spot]:
        return False
    if following in ("to", "that", "of") or (words[spot] == "upbeat" and last == "the"):
        return False
    if following == "with" and not {"i", "i'm", "am"}.isdisjoint(words[max(0, spot - 4) : spot]):
        return False
    if not doubtful:
        return True
    if words[spot] in told.EMOTIONS:
        of = last == "of" and _at(words, spot - 2) in told.FULL
        return (of or last in told.CONVEYS) and following not in told.SOUNDS
    if words[spot] not in told.FELT:
        return False
    before, after = spot - 1, spot + size
    while _at(words, before) in told.ADVERBS:
        before -= 1
    while _at(words, after) in told.ADVERBS:
        after += 1
    joints = (",", "and", "but", "yet", "or")
    if _at(words, before) in joints and known(_at(words, before - 1), "mood"):
        return following not in told.SOUNDS
    if _at(words, after) in joints and known(_at(words, after + 1), "mood"):
        return _at(words, after + 2) not in told.SOUNDS
    noun = following in told.PIECES or known(following, "genre")
    if noun and (words[spot] in told.FEELINGS or words[spot] == "dark"):
        return True
    if words[spot] not in told.SAID or not (not following or following in told.ON):
        return False
    opened = words[spot] in told.FEELINGS and (before < 0 or words[before] in (",", ";", ":"))
    said = _at(words, before) in told.LINKS
    return opened or (said and not told.IT.isdisjoint(words[max(0, before - 5) : before]))


def felt(words: list[str], spot: int, size: int, known: Known, *, asked: bool) -> bool:
    """Is a doubtful word a mood, in talk of moods (``asked``) or without?"""
    if _at(words, spot + size) in told.SOUNDS and _at(words, spot - 1) not in told.TALK["mood"]:
        return False
    return asked or mood(words, spot, size, known, doubtful=True)


def genre(words: list[str], spot: int, size: int) -> bool:
    """False where the sure name of a genre is only likened to, or tells of its people."""
    lead = [word for word in words[max(0, spot - 3) : spot] if word not in _ARTICLES]
    likened = lead[-1:] == ["like"] and told.SEEMS.isdisjoint(lead[-2:-1])
    following = _at(words, spot + size)
    if likened or following in told.TALKED_ABOUT | told.THEORY | told.LIKE:
        return False
    if following in told.OTHER_SENSES.get(words[spot], ()):
        return False
    if size > 1:
        return True
    if words[spot] == "trap" and _at(words, spot - 1) in ("any", "a", "the", "no", "this"):
        return following in told.TRACKS or following in ("beat", "beats")
    if "who" in lead[-2:]:
        return False  # "people who analyse pop"
    usual = lead[-1:] == ["in"] and not told.USUAL.isdisjoint(words[:spot])
    return not usual


def doubtful_genre(words: list[str], spot: int, known: Known, *, asked: bool) -> bool:
    """Is a word a genre that mostly means something else: "classical" guitar, "house"?"""
    word, last, following = words[spot], _at(words, spot - 1), _at(words, spot + 1)
    if following in told.THEORY | told.LIKE or following in told.OTHER_SENSES.get(word, ()):
        return False
    if word in told.SURE:
        sure = (*told.SURE[word], "not", "than")
        if last in sure or following in sure:
            return True
    if word in told.ERAS:
        return _era(words, spot)
    if asked and last in ("is", ":", "be", "as") and (not following or following in _ENDS):
        return True
    if following in told.TRACKS and word in told.BARE_GENRES:
        return word not in ("march", "swing", "fusion", "progressive", "reel", "lullaby")
    if word in told.BARE_GENRES:
        if fills(words, spot) or last in told.DECADES or _at(words, spot + 1) in told.ENDLESS:
            return True
        if last == "of" and _at(words, spot - 2) in told.MEASURES:
            return True
        if last in ("suppose", "nor", "neither", "school", "pure"):
            return True
        if last in ("and", "or", ",", "/") and known(_at(words, spot - 2), "genre"):
            return not following or following in _ENDS or following in ("or", "and", "are", "is")
        if following in ("and", "or", "/", "nor") and known(_at(words, spot + 2), "genre"):
            return not last or last in ("be", "is", "not", "a", "either", "between", ",", "of")
    if not asked:
        return False
    return word not in told.NEVER_GENRES or fills(words, spot)


def _era(words: list[str], spot: int) -> bool:
    """ "Viennese classical", "of the Baroque", "Romantic idiom", "the idiom late Romantic"."""
    last, following = _at(words, spot - 1), _at(words, spot + 1)
    if following in told.ERA_NOUNS and not (words[spot] == "romantic" and following in told.PIECES):
        return True
    if last in told.ERA_LEADS:
        return True
    ends = not following or following in _ENDS or following in told.LINKS or following == "through"
    if last == "the" and _at(words, spot - 2) == "of":
        return ends
    head = words[max(0, spot - 5) : spot]
    return ends and not {"period", "manner", "idiom", "era", "style", "genre"}.isdisjoint(head)


def fills(words: list[str], spot: int) -> bool:
    """Is a word all that its clause says, but for an adverb or an "it is a"?"""
    start = spot
    while start and words[start - 1] in told.PLAIN | {"a", "an", "this", "it", "so", "that"}:
        start -= 1
    opens = start == 0 or words[start - 1] in _STOPS
    return opens and (spot + 1 == len(words) or words[spot + 1] in (",", ";", ")", "or", "with"))


def bass(words: list[str], spot: int, band: bool) -> bool:
    """ "a walking bass", and in a band "the bass", are instruments, no voices."""
    last, following = _at(words, spot - 1), _at(words, spot + 1)
    if following in NO_BASS:
        return False
    return (
        last in told.BASSES
        or last in ("no", "nor")
        or words[max(0, spot - 2) : spot] in (["there", "a"], ["hear", "a"])
        or (band and last in ("the", "a", "no", "and", "with", ",", ""))
    )
