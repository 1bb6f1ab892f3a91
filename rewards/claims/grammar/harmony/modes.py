"""Claims of modes: "so it is dorian", "mixolydian on D", "it sounds minor".

Conventions
-----------
The tonic of a church mode stands beside it ("D dorian", "dorian on D"), elsewhere in its sentence
("dorian, with D as final", "E dorian or aeolian"), or is not told. Modes that are only listed
("three modes have a major third: ionian, lydian, mixolydian") and colours ("a dorian sixth") are
no claims.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rewards.claims.context import Context, Found, before
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.stance.cue_words import FITTING
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set
from rewards.spelling.modes import parse_mode
from rewards.spelling.notes import Note
from rewards.text import fold

_DEGREES = word_set("third sixth seventh thirds second degree")
_OWNED = word_set("relative parallel its e the harmonic melodic from to pentatonic")
_NO_ENDS = word_set("one of feel dominant")
_HEADS = word_set("tonality mode key")
_QUALITIES = word_set("third thirds quality chord triad")
_CHORDS = word_set("chord triad")
_OF = phrases("of|to|from|with")
_OF_CHORDS = phrases("chord|triad|interval|third|seventh|sixth")
_SO = word_set("so thus hence therefore consequently then")
_MADE = phrases("makes it|make it|making it|made it")
_VAGUE = word_set("everything something anything nothing all")
""""Everything minor" is no mode."""
_SPOKEN = word_set(
    "sounds sound sounded is 's it's quality mode feels in isn't hardly clearly definitely not "
    "never been be rather than"
)
_CHURCH = word_set("dorian phrygian lydian mixolydian locrian ionian aeolian pentatonic")
_NO_MODE = word_set(
    "cadence half colour color flavour flavor inflection sixth fourth second seventh tinge touch "
    "sound close ending chord degree hint lament line run bass descent figure moment shade tint "
    "streak leaning twist dominant touches feature trait element elements flavours flavors "
    "inflections whiff colours colors tinges hints notes typical characteristic"
)
_CLOSES = word_set("cadence half close one")
_FINALS = word_set("home final finalis tonic centre center root")
_CENTRED = word_set("centred centered based built resting rests hijaz freygish")
"""What stands on a tonic; the last two are names of a mode themselves, in other tongues."""
_TELLS = word_set("has have needs needed requires differs uses contains shares would")
"""Words behind a mode of which something is said in general."""
_LISTED = 3
_SPELLED = re.compile("[:(][NA][-,]?[NA]")
"""Behind a mode of which only the notes are told: "Aeolian: A B C D E F G"."""
_NOUNS = phrases("mode|scale")
_WORKS = word_set("tune melody piece song mode scale line reading setting would'")
_HYPHENED = word_set("key mode sounding tonality toned tinged ish")
_CHARACTERS = word_set("feel sound mood character side colour color quality atmosphere nature cast")
"""What is minor where the mode is: "a minor feel"."""
_PREVAILS = phrases("is back|takes over")
_AFTER = word_set("in for at , ; . and but when as throughout with )")
_ANY = word_set("any every each all most other another")
_COPULAS = word_set("is be mode was")
_ALTERED = word_set("harmonic melodic")
_WEIGHING = word_set(
    "or nor not either out eliminates excludes exclude eliminate rules leaves leaving leave left "
    "remain between neither"
)
_APART = word_set("above below over under from")


def coloured(sentence: Sentence, last: int) -> bool:
    """ "a dorian sixth", "A chromatic lament": is the word behind a mode what is meant?"""
    words = sentence.words
    if words[last] == "blues" and words[last + 1 : last + 2] != ["scale"]:
        return True  # "a B flat blues" is a piece
    return bool(words[last + 1 : last + 2]) and (words[last + 1] in _NO_MODE)


def _within(found: list[Item], at: int) -> bool:
    """Does a token belong to a name of pitch?"""
    return any(item.first <= at <= item.last for item in found)


def _only_names(sentence: Sentence, at: int) -> bool:
    """ "the dorian", "a hint of mixolydian", "a phrygian cadence"."""
    words = sentence.words
    lead, tail = words[max(0, at - 4) : at], words[at + 1 : at + 4]
    if lead[-2:] == ["borrowed", "from"] or _SPELLED.match(sentence.kinds, at + 1):
        return True
    if coloured(sentence, at + _dominant(words, at)) or tinged(sentence, at):
        return True
    return words[at] == "phrygian" and ("cadence" in lead or not _CLOSES.isdisjoint(tail))


def _dominant(words: list[str], at: int) -> bool:
    """ "Phrygian dominant": a mode of its own; a lydian dominant is as often a chord."""
    return words[at : at + 2] == ["phrygian", "dominant"]


def tinged(sentence: Sentence, at: int) -> bool:
    """ "a whiff of mixolydian"."""
    lead = sentence.words[max(0, at - 2) : at]
    return lead[-1:] == ["of"] and lead[0] in _NO_MODE


def church_modes(sentence: Sentence, context: Context, found: list[Item]) -> None:
    """Take down the modes whose tonic does not stand before them."""
    words = sentence.words
    places = [
        at
        for at, word in enumerate(words)
        if (word in _CHURCH or _altered_minor(sentence, context, at))
        and not _within(found, at)
        and not _only_names(sentence, at)
        and (word != "pentatonic" or _tonic(sentence, found, at))
    ]
    if len(places) >= _LISTED and sentence.bag.isdisjoint(_WEIGHING):
        return
    for at in places:
        name, last = words[at], at
        if name in _ALTERED:
            name, last = f"{name} minor", at + 1
        elif _dominant(words, at):
            name, last = f"{name} dominant", at + 1
        tonic = _tonic(sentence, found, last)
        supposed = _supposed(sentence, last)
        if words[last + 1 : last + 2] and words[last + 1] in _TELLS and not supposed:
            continue  # "lydian has a raised fourth"
        if tonic is not None and name == "pentatonic":
            name = f"{tonic.mode or 'major'} pentatonic"
        note = _offered(context.choices, name) if tonic is None else tonic.note
        note = note or context.tonic
        value = name if note is None else f"{note.name} {name}"
        made = Found("mode", value, at, last)
        if supposed:
            made.polarity, made.modality = "asserted", "hypothetical"
        context.add(made)


@lru_cache(maxsize=256)
def _offered(choices: tuple[str, ...], name: str) -> Note | None:
    """The tonic of the only option that is of a mode: "A dorian" for "dorian"."""
    meant = parse_mode(name)
    modes = [parse_mode(fold(choice)) for choice in choices]
    tonics = [mode.tonic for mode in modes if mode and meant and mode.steps == meant.steps]
    return tonics[0] if len(tonics) == 1 else None


def _altered_minor(sentence: Sentence, context: Context, at: int) -> bool:
    """ "Harmonic minor", where a mode is asked."""
    return (
        context.facet == "mode"
        and sentence.words[at] in _ALTERED
        and sentence.words[at + 1 : at + 2] == ["minor"]
    )


def _supposed(sentence: Sentence, last: int) -> bool:
    """ "Phrygian would have", "an ionian tune would carry", "lydian would raise it"?"""
    words = sentence.words
    at = last + 1
    while at < len(words) and at - last <= 2 and words[at] in _WORKS:
        at += 1
    return words[at : at + 1] in (["would"], ["'d"]) and (
        sentence.kinds[last + 1] not in ",;:" and not FITTING & {*words[at + 1 : at + 4]}
    )


def _tonic(sentence: Sentence, found: list[Item], at: int) -> Item | None:
    """What a mode stands on: "on D", "with D as final", "centred on D", "E dorian or"."""
    words = sentence.words
    for item in found:
        lead, tail = words[max(0, item.first - 3) : item.first], words[item.last + 1 :][:4]
        if item.kind in ("note", "triad"):
            on = at + 1 + (words[at + 1 : at + 2] in _NOUNS)
            on += words[on : on + 1] == [","]
            if item.first == on + 1 and words[on] == "on":
                return item
            named = tail[:1] and tail[0] in ("as", "for", "is") and not _FINALS.isdisjoint(tail[:4])
            placed = lead[-1:] == ["on"] and not _CENTRED.isdisjoint(lead)
            placed = placed or (
                lead[-1:]
                and lead[-1] in ("is", "on", "=", ":", "of")
                and not _FINALS.isdisjoint(lead)
            )
            far = not _APART.isdisjoint(words[max(0, item.first - 5) : item.first])
            if (named or placed) and not far:
                return item
    return None


def _characterised(words: list[str], at: int) -> bool:
    """ "A minor feel", "minor in character", "the minor is back", "it stays in the major"."""
    lead, tail = words[max(0, at - 3) : at], words[at + 1 : at + 3]
    if lead[-1:] in (["a"], ["the"], ["its"]) and not _CHARACTERS.isdisjoint(tail[:1]):
        return lead[-2:-1] != ["from"]
    if lead[-1:] == ["the"] and tail in _PREVAILS:
        return True
    stays = [word for word in lead if word != "the"][-2:] in (["stays", "in"], ["remains", "in"])
    return stays and (not tail or tail[0] in _AFTER)


@dataclass(slots=True)
class _Spot:
    """A "major" or "minor" that no name of pitch goes with, and what stands beside it."""

    sentence: Sentence
    at: int
    lead: list[str]
    """Up to four words before it."""
    follows: str
    kind: str
    """The word behind it, and its kind."""

    @classmethod
    def of(cls, sentence: Sentence, at: int) -> _Spot:
        follows = "".join(sentence.words[at + 1 : at + 2])
        return cls(sentence, at, before(sentence, at, 4), follows, sentence.kinds[at + 1 : at + 2])

    @property
    def near(self) -> str:
        return self.lead[-1] if self.lead else ""

    @property
    def ends(self) -> bool:
        """Its clause ends behind it."""
        return self.kind in ("", ",", ";", ")") or self.follows in ("and", "but")

    @property
    def hyphened(self) -> bool:
        """ "Minor-key", "major-sounding"."""
        behind = self.sentence.words[self.at + 2 : self.at + 3]
        return self.follows == "-" and not _HYPHENED.isdisjoint(behind)

    @property
    def keyed(self) -> bool:
        """ "A minor key", "minor-sounding"."""
        return self.follows in ("key", "mode", "tonality") or self.hyphened


def bare_modes(sentence: Sentence, context: Context, found: list[Item]) -> None:
    """Take down "it sounds minor", a mode without a tonic."""
    at = -1
    while (at := sentence.kinds.find("M", at + 1)) >= 0:
        if _within(found, at) or sentence.words[at] in ("maj", "min"):
            continue
        spot = _Spot.of(sentence, at)
        mode = sentence.values[at]
        if spot.kind == "O" and spot.follows == "pentatonic" and spot.near != "the":
            context.add(Found("mode", f"{mode} pentatonic", at, at + 1))
        elif spot.near not in _ANY and _characterised(sentence.words, at):
            context.add(Found("mode", mode, at, at))
        elif not _of_something_else(spot) and _claimed(spot, context):
            last = at + 1 if spot.follows in ("key", "mode", "tonality") else at
            context.add(Found("mode", mode, at, last))
            if {"not", "isn't", "hardly", "never"}.isdisjoint(spot.lead):
                context.mode = mode


def _of_something_else(spot: _Spot) -> bool:
    """ "A minor third", "its relative minor", "the sharps of a major scale": no mode of a piece."""
    lead, near, keyed = spot.lead, spot.near, spot.keyed
    other = (spot.kind and spot.kind in "dqkM-nO") or spot.follows in _NO_ENDS
    if (other and not keyed) or (keyed and near in _ANY) or lead[-2:] == ["for", "a"]:
        return True
    named = near == "the" and keyed and spot.follows != "-" and lead[-2:-1] not in _OF
    owned = near in _OWNED and not (named or (near == "its" and keyed))
    signed = spot.sentence.kinds[max(0, spot.at - 1)] == "s" and spot.follows == "scale"
    chordal = lead[-2:-1] in _OF_CHORDS and near in ("is", "was")
    return owned or signed or near in _VAGUE or chordal


def _claimed(spot: _Spot, context: Context) -> bool:
    """Is the mode said of the piece, and not of a chord or a degree?"""
    sentence, at, lead, near = spot.sentence, spot.at, spot.lead, spot.near
    asked, told, keyed = context.facet == "mode", _told(spot), spot.keyed
    if not told and not _DEGREES.isdisjoint(lead) and "it's" not in lead:
        return False
    qualities, reach = (_CHORDS, 7) if told else (_QUALITIES, 12)
    if not asked and not qualities.isdisjoint(before(sentence, at, reach)):
        return False
    if near in ("is", "was") and lead[-2:-1] == ["it"] and "chord" in before(sentence, at, 10):
        return False  # "whenever a chord on A turns up it is major"
    ends = spot.ends or keyed
    opens = keyed and (
        at == 0 or spot.hyphened or sentence.kinds[at - 1] in ",;:A" or near in ("a", "the", "its")
    )
    opens = opens or (at == 0 and spot.kind == ",") or (near in (":", "leans") and ends)
    headed = near in (":", "=") and not _HEADS.isdisjoint(lead[-3:-1])
    spoken = ends and not _SPOKEN.isdisjoint(lead)
    return asked or opens or told or lead[-2:] in _MADE or headed or spoken


def _told(spot: _Spot) -> bool:
    """ "So minor.", "the mode is minor", "minor it is"."""
    words, kinds, at, lead, near = (
        spot.sentence.words, spot.sentence.kinds, spot.at, spot.lead, spot.near,
    )  # fmt: skip
    if words[at + 1 : at + 3] == ["it", "is"]:
        return True
    if not spot.ends:
        return False
    so = near in _SO and "quality" not in words[:at] and (at < 2 or kinds[at - 2] in ",;:(-")
    so = so or (near in ("is", "'s", "it's") and not _SO.isdisjoint(lead[-3:-1]))
    return so or (near in _COPULAS and not _HEADS.isdisjoint(lead[-3:]))
