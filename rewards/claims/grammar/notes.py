"""Claims of single notes: who plays them, and where."""

from __future__ import annotations

from rewards.claims.context import Context, Found, after, before
from rewards.claims.grammar.items import Item
from rewards.claims.sentences import Sentence
from rewards.claims.words import word_set

_VOICES = {
    "bass": "bass", "lowest": "bass", "lower": "bass", "low": "bass", "soprano": "top",
    "top": "top",
    "melody": "top", "tune": "top", "highest": "top", "upper": "top", "alto": "alto",
    "tenor": "tenor", "root": "root", "pedal": "bass", "bottom": "bass", "basses": "bass",
    "tenors": "tenor", "altos": "alto", "sopranos": "top", "treble": "top", "trebles": "top",
    "baritone": "baritone", "drone": "bass", "bassline": "bass", "soprano's": "top",
}  # fmt: skip
_PLACES = {
    "last": "final", "final": "final", "ends": "final", "end": "final", "lands": "final",
    "closes": "final", "close": "final", "settles": "final", "finishes": "final",
    "opening": "first", "first": "first", "start": "first",
    "starts": "first", "begins": "first", "opens": "first",
}  # fmt: skip
_AT = word_set("on at is : = therefore")
_VERBS = word_set(
    "ends end ended lands settles finishes closes close stops starts begins falls drops "
    "descends rises moves"
)
_SOUNDS = word_set("sings holds plays sustains touches hits reaches takes has repeats keeps")
_NOUNS = word_set("note pitch tone voice final finalis drone pedal")
_HOLDERS = word_set(
    "cello viola violin violins violas cellos flute oboe clarinet bassoon trumpet trombone tuba "
    "horn horns trumpets guitar piano lead voice"
)
_HOLDS = _SOUNDS | word_set("have add adds gives give gets sing hold play take floats is")
_TAKES = word_set("drops slides steps falls sits goes climbs leaps sinks jumps moves settles")
_TO = word_set("to on into onto at")
_TRIGGERS = _VOICES.keys() | _PLACES.keys() | _HOLDERS | _NOUNS | {"it", "that"}
"""Words without which a sentence gives no note a role."""
_SKIPPED = word_set("the a an low high down then now finally simply again also up")
_LOW = word_set("bass pedal drone")


def read(sentence: Sentence, context: Context, found: list[Item]) -> None:
    """Take down the notes with a role."""
    if sentence.bag.isdisjoint(_TRIGGERS):
        return
    for spot, item in enumerate(found):
        if item.kind != "note" or sentence.words[item.first - 1 : item.first] == ["no"]:
            continue
        listed = bool(spot) and _beside(sentence, found[spot - 1], item)
        if not listed and spot + 1 < len(found):
            listed = _beside(sentence, item, found[spot + 1])
        subject = _role(sentence, item, listed=listed)
        if subject is not None:
            context.add(Found("note", item.note.name, item.first, item.last, frozenset(subject)))


def _beside(sentence: Sentence, one: Item, other: Item) -> bool:
    """Are two notes members of a list, "G, B and D"?"""
    gap = other.first - one.last
    if gap > 3 or other.kind != "note" or one.kind != "note" or other.note.same(one.note):
        return False
    return all(word in (",", "and", "-") for word in sentence.words[one.last + 1 : other.first])


def _held(stretch: list[str]) -> set[str] | None:
    """ "the cello has a", "bass drops to", "altos the": who has the note behind it."""
    words = [word for word in stretch[:7] if word not in _SKIPPED]
    if not words:
        return None
    place = 1
    if words[0] in _TO and len(words) > 2:
        if words[1] not in _TAKES:
            return None
        place = 2
    elif words[0] not in _HOLDS:
        return None
    voice = words[place] if place < len(words) else ""
    if voice in _VOICES:
        return {_VOICES[voice]}
    return {voice} if voice in _HOLDERS and words[0] != "is" else None


def _role(sentence: Sentence, item: Item, *, listed: bool) -> set[str] | None:
    """What a note is said to be, or None where it is only mentioned."""
    tail = after(sentence, item.last, 5)
    stretch: list[str] = []
    for word in reversed(before(sentence, item.first, 8)):
        if word in (",", ";", "(", ")", "but", "so"):
            break
        stretch.append(word)
    places = {_PLACES[word] for word in stretch if word in _PLACES}
    behind = _behind(tail)
    if behind is not None:
        return None if listed and _closes_list(sentence, item) else {behind} | places
    if tail[:1] and tail[0] in _LOW and stretch[:1] in (["a"], ["an"], ["the"]):
        return {"bass"}
    held = None if listed else _held(stretch)
    if held is not None:
        return held | places
    article = stretch[:1] in (["a"], ["an"], ["the"])
    stretch = stretch[1:] if article else stretch
    near = stretch[0] if stretch else ""
    said = set(stretch)
    voices = set([_VOICES[word] for word in stretch if word in _VOICES][:1])  # the nearest
    if near == ":" and (places or voices):
        listed = tail[:1] == [","] and len(tail) > 1 and len(tail[1].rstrip("#b")) == 1
        return None if listed else voices | places
    if near in _AT and (said & (_VERBS | _NOUNS) or (near == "on" and voices)):
        return (voices | places) or None
    if near == "with" and said & {"opens", "begins", "starts"}:
        return voices | places
    if near in ("hear", "get", "find") and voices and "in" in said:
        return voices | places
    if near in _SOUNDS and voices:
        return voices | places
    if near in ("low", "high", "note", "pitch", "tone") and (near == "low" or voices):
        return (voices | places) or {"bass"}
    if near in _VOICES and near not in ("low", "lower", "upper", "high"):
        return voices | places
    if near in (":", "is") and len(stretch) > 1 and stretch[1] in _VOICES:
        return voices | places
    if (
        article
        and sentence.words[item.first - 1] != "the"
        and stretch[:2] in (["is", "it"], ["'s", "it"], ["'s", "that"])
    ):
        return set()
    return None


def _behind(tail: list[str]) -> str | None:
    """ "in the bass", "on top", "as its bass"."""
    words = [word for word in tail if word not in ("the", "a", "its", "is", "sounds")]
    if len(words) > 2 and words[0] not in ("in", "on", "as", "at") and words[0].isalpha():
        words = words[1:]
    if len(words) > 1 and words[0] in ("in", "on", "as", "at", "into"):
        return _VOICES.get(words[1])
    return None


def _closes_list(sentence: Sentence, item: Item) -> bool:
    """Does a list end with this note?"""
    return sentence.kinds[item.first - 1 : item.first] == "," or sentence.words[
        item.first - 1 : item.first
    ] == ["and"]
