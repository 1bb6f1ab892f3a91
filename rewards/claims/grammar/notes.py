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
    "baritone": "baritone", "middle": "middle", "higher": "top", "drone": "bass",
    "bassline": "bass", "soprano's": "top",
}  # fmt: skip
_PLACES = {
    "last": "final", "final": "final", "finalis": "final", "ends": "final", "end": "final",
    "lands": "final",
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
    "horn horns trumpets guitar piano lead voice fiddle sax saxophone harp organ singer soloist "
    "recorder piccolo euphonium cornet banjo trombones flutes clarinets"
)
_HOLDS = _SOUNDS | word_set(
    "have add adds gives give gets sing hold play take floats is held had played sang took kept "
    "sounded added sustained intones intoned supplies contributes"
)
_TAKES = word_set(
    "drops slides steps falls sits goes climbs leaps sinks jumps moves settles returns returned "
    "slips slipped descends rises rests lands comes arrives resolves dropped fell moved rose went "
    "entering enters entered begins starts ends finishes stays remains stepped landed settled "
    "passes leads descended climbed starting ending walks walked soar soars soared climb rise fall "
    "drop move end begin enter land settle stay sit creeps"
)
_TO = word_set("to on into onto at")
_SKIPPED = word_set(
    "the a an low high down then now finally simply again also up both all part voice line section "
    "player all back always first long its his her open not does doesn't never do don't single bare"
)
_PITCHED = word_set("voice pitch note tone part string")
_MEMBERS = _PITCHED | word_set("third fifth root seventh tonic")
"""What a note may be said to be: "the soprano has the third, F sharp"."""
_ADJECTIVES = word_set("low high long open sustained single bare deep")
_WITH = word_set("enters begins starts opens ends closes enter begin start")
"""Nouns behind "lower" or "top" that a note may follow: "upper voice C"."""
_SIDES = word_set("low lower upper high")
_APPEARS = word_set(
    "turns shows appears appeared sounds sounded occurs sits sticks rings glows sneaks creeps "
    "enters comes stays lies is heard surfaces pops turned showed crept"
)
_HANDS = {
    "left": "bass", "right": "top", "inner": "inner", "accompaniment": "accompaniment",
    "middle": "inner", "outer": "outer", "piano": "piano", "guitar": "guitar", "cello": "cello",
}  # fmt: skip
"""Where a note may turn up: a hand, a line."""
_TRIGGERS = _VOICES.keys() | _PLACES.keys() | _HOLDERS | _NOUNS | _HANDS.keys() | {"it", "that"}
"""Words without which a sentence gives no note a role."""
_PRONOUNS = word_set("it they")
_COUNTED = word_set("in m bar measure bars then further on and finally next")
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
        if subject is None and not listed:
            subject = _further(sentence, item, context)
        if subject is None and context.facet == "note" and _asked(sentence, item):
            subject = set()
        if subject is not None:
            said = Found("note", item.note.name, item.first, item.last, frozenset(subject))
            if sentence.words[item.last + 1 : item.last + 3] == ["is", "not"]:
                said.polarity = "denied"
            if sentence.words[item.first - 1] == "for":
                said.modality = "hedged"  # "the lower I take for G, the upper for D"
            context.add(said)


def _beside(sentence: Sentence, one: Item, other: Item) -> bool:
    """Are two notes members of a list, "G, B and D"?"""
    if sentence.words[one.last + 1 : other.first] == [",", "and"]:
        verb = sentence.words[other.last + 1 : other.last + 2]
        if verb and (verb[0] in _APPEARS or verb[0] in _HOLDS):
            return False  # "comes to rest on D, and C sharp is heard next to it"
    gap = other.first - one.last
    if gap > 3 or other.kind != "note" or one.kind != "note" or other.note.same(one.note):
        return False
    return all(word in (",", "and", "-") for word in sentence.words[one.last + 1 : other.first])


def _held(stretch: list[str]) -> set[str] | None:
    """ "the cello has a", "bass drops to", "altos the": who has the note behind it."""
    words = [word for word in stretch[:7] if word not in _SKIPPED]
    if not words:
        return None
    if "voice" in stretch[:7]:
        words.append("voice")
    if words[0] == "with" and len(words) > 1 and words[1] in _WITH:
        words = ["on", *words[1:]]
    place = 1
    if words[0] in _TO and len(words) > 2:
        if words[2:3] == ["from"]:  # "falls from C to"
            words = [words[0], *words[3:]]
        if words[1:3] == ["rest", "to"]:  # "comes to rest on"
            words = words[2:]
        if not words[1:2] or (words[1] not in _TAKES and words[1] != "come"):
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
    behind = _behind(tail) or _appears(sentence, item)
    if behind is not None:
        return None if listed and _closes_list(sentence, item) else {behind} | places
    if tail[:1] and tail[0] in _LOW and stretch[:1] in (["a"], ["an"], ["the"]):
        return {"bass"}
    held = None if listed else _held(stretch)
    if held is not None:
        return held | places
    stretch = stretch[1:] if stretch[:1] == ["not"] else stretch
    article = stretch[:1] in (["a"], ["an"], ["the"])
    if not listed and _apposed(sentence, item):
        return _apposed(sentence, item)
    stretch = stretch[1:] if article else stretch
    if stretch[:3] == ["low", "the", "on"]:
        return None  # "chugs on the low E": a string
    if (
        stretch[:1]
        and stretch[0] in _APPEARS
        and stretch[1:2]
        and stretch[1] in _VOICES
        and (stretch[2:3] in (["on"], ["the"], ["in"], ["at"]))
    ):
        return {_VOICES[stretch[1]]}  # "on top sits a B natural"
    if stretch[:1] and stretch[0] in _PITCHED and stretch[1:2] and not listed:
        voice = _VOICES.get(stretch[1])
        if voice and stretch[2:3] not in (["in"], ["of"]):
            return {voice}
    if stretch[:1] == ["be"] and len(stretch) > 2 and stretch[1] in _PITCHED:
        return {_VOICES[stretch[2]]} if stretch[2] in _VOICES else None
    if stretch[:3] in (["for", "take", "i"], ["for", "took", "i"]) and stretch[3:4]:
        return {_VOICES[stretch[3]]} if stretch[3] in _VOICES else None
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
    if near in _VOICES and near not in ("low", "lower", "upper", "high", "middle", "higher"):
        return voices | places
    if near in (":", "is", "=") and len(stretch) > 1 and stretch[1] in _VOICES:
        return voices | places
    if (
        article
        and sentence.words[item.first - 1] != "the"
        and stretch[:2] in (["is", "it"], ["'s", "it"], ["'s", "that"])
    ):
        return set()
    return None


def _further(sentence: Sentence, item: Item, context: Context) -> set[str] | None:
    """The role of the note before, where one follows it: "the bass has C, then it slips to B"."""
    said = [one for one in context.found if one.type == "note" and one.last < item.first]
    if not said or item.first - said[-1].last > 12:
        return None
    lead: list[str] = []
    for word in reversed(before(sentence, item.first, 8)):
        if word in (",", ";", "(", ")", "but", "so"):
            break
        lead.append(word)
    lead = [word for word in lead if word not in ("the", "a", "an", "down", "up", "back")]
    if lead[:1] and lead[0] in _SIDES and "bass" in said[-1].subject | {"top"}:
        return {_VOICES.get(lead[0], "top")}
    if lead[:1] == ["for"] and lead[1:2] and lead[1] in _SIDES:
        return {_VOICES.get(lead[1], "top")}
    if not lead or lead[0] not in _TO:
        return None
    moved = lead[1:3] and lead[1] in _TAKES and lead[2:3] and lead[2] in _PRONOUNS
    counted = all(word in _COUNTED or word.isdigit() for word in lead[1:])
    return set(said[-1].subject) if moved or counted else None


def _asked(sentence: Sentence, item: Item) -> bool:
    """ "It isn't E flat", where a note is asked."""
    lead = before(sentence, item.first, 3)
    tail = after(sentence, item.last, 1)
    ends = item.last + 1 == len(sentence.words) or sentence.kinds[item.last + 1] in ",;:)"
    be = lead[-1:] == ["be"] and lead[-2:-1] in (["could"], ["may"], ["might"], ["must"])
    is_ = be or lead[-2:] in (
        ["it", "is"],
        ["it", "isn't"],
        ["is", "not"],
        ["it", "'s"],
        ["it's", "not"],
    )
    return is_ and (ends or tail in (["either"], ["because"], ["that"]))


def _apposed(sentence: Sentence, item: Item) -> set[str] | None:
    """ "The lead holds his note, an F"."""
    words = sentence.words
    at = item.first - 1
    while at > 3 and (words[at] in _ADJECTIVES or words[at] in ("a", "an", "the")):
        at -= 1
    if at < 3 or words[at] != "," or words[at - 1] not in _MEMBERS:
        return None
    for word in reversed(words[max(0, at - 6) : at - 1]):
        if word in _VOICES:
            return {_VOICES[word]}
        if word in _HOLDERS:
            return {word}
    return None


def _appears(sentence: Sentence, item: Item) -> str | None:
    """ "An F sharp turns up in the left hand", "C sharp is not the bass note"."""
    words, at = sentence.words, item.last + 1
    at += words[at : at + 2] == [",", "is"]
    if words[at : at + 1] not in ([], ["is"], ["isn't"]) and words[at] not in _APPEARS:
        return None
    rest = [word for word in words[at + 1 : at + 7] if word not in ("the", "a", "not", "up")]
    for n, word in enumerate(rest[:3]):
        if word in ("in", "on", "at") and n + 1 < len(rest):
            place = rest[n + 1]
            voiced = place in _VOICES and place not in _SIDES
            return _VOICES[place] if voiced else _HANDS.get(place)
    if rest[:1] and rest[0] in _VOICES and rest[1:2] and rest[1] in _PITCHED:
        return _VOICES[rest[0]]
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
