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
    "tenor": "tenor", "root": "root", "pedal": "bass", "bottom": "bass",
}  # fmt: skip
_PLACES = {
    "last": "final", "final": "final", "ends": "final", "end": "final", "lands": "final",
    "closes": "final", "close": "final", "settles": "final", "finishes": "final",
    "first": "first", "start": "first", "starts": "first", "begins": "first", "opens": "first",
}  # fmt: skip
_AT = word_set("on at is : = therefore")
_VERBS = word_set(
    "ends end ended lands settles finishes closes close stops starts begins falls drops "
    "descends rises moves"
)
_SOUNDS = word_set("sings holds plays sustains touches hits reaches takes has repeats keeps")
_NOUNS = word_set("note pitch tone voice")


def read(sentence: Sentence, context: Context, found: list[Item]) -> None:
    """Take down the notes with a role."""
    for item in found:
        if item.kind != "note":
            continue
        subject = _role(sentence, item)
        if subject is not None:
            context.add(Found("note", item.note.name, item.first, item.last, frozenset(subject)))


def _role(sentence: Sentence, item: Item) -> set[str] | None:
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
        return {behind} | places
    article = stretch[:1] in (["a"], ["an"])
    stretch = stretch[1:] if article else stretch
    near = stretch[0] if stretch else ""
    said = set(stretch)
    voices = set([_VOICES[word] for word in stretch if word in _VOICES][:1])  # the nearest
    if near == ":" and (places or voices):
        listed = tail[:1] == [","] and len(tail) > 1 and len(tail[1].rstrip("#b")) == 1
        return None if listed else voices | places
    if near in _AT and (said & (_VERBS | _NOUNS) or (near == "on" and voices)):
        return (voices | places) or None
    if near in _SOUNDS and voices:
        return voices | places
    if near in ("low", "high", "note", "pitch", "tone") and (near == "low" or voices):
        return (voices | places) or {"bass"}
    if near in _VOICES and near not in ("low", "lower", "upper", "high"):
        return voices | places
    if near in (":", "is") and len(stretch) > 1 and stretch[1] in _VOICES:
        return voices | places
    if article and stretch[:2] in (["is", "it"], ["'s", "it"], ["'s", "that"]):
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
