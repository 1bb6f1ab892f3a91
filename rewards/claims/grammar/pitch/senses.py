"""What "D major" stands for: a key, a chord, or a name that is only compared.

Conventions
-----------
A chord where the words before it speak of chords ("it ends on", "the last sonority"), where the
name behind it in a row is one, or where the question asks for chords and nothing speaks of a key.
A key where its clause speaks of keys ("in", "tonality", "home"), says what the music is ("it is",
"points to") or holds nothing but the name; where the question asks for a key, wherever it is not
only compared. All else ("the refrain adds D minor") stands for nothing that can be told.
"""

from __future__ import annotations

from typing import Literal

from rewards.claims.context import Context, after, before
from rewards.claims.grammar.pitch import sense_words as beside
from rewards.claims.grammar.pitch.comparisons import clause_of, collected, compared, told
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.grammar.pitch.moves import KEYISH, aimed, carried
from rewards.claims.text.sentences import Sentence

Sense = Literal["key", "chord"] | None
_COMING = beside.SOUNDING | {"to", "into"}
_OF_CHORDS = beside.CHORDAL | {"chord"}
"""Facets of questions that chords answer."""
_LOOK_BACK = 14
_MEASURES = ("0s", "0u")
"""Counted signs, beats in a minute."""
_SOON = 4
"""How many words may stand before a name that answers a question."""


def sense(
    sentence: Sentence, context: Context, item: Item, last: tuple[Item, Sense] | None
) -> Sense:
    """What a name of the kinds "triad" and "key" stands for; ``last`` is the name before it."""
    if sentence.kinds[max(0, item.first - 2) : item.first] == "Rw" and (
        sentence.words[item.first - 1] == "of"
    ):
        return None  # "vii of D minor"
    if sentence.kinds[max(0, item.first - 3) : item.first] == "Rkw" and (
        sentence.words[item.first - 1] in ("of", "in")
    ):
        return None  # "the vi chord of C major"
    soon = item.first < _SOON or sentence.words[item.first - 2 : item.first] == ["make", "it"]
    if context.wondered and soon and item.kind == "triad":
        return context.wondered
    if item.kind == "triad" and _of_the_piece(sentence, item):
        return "key"
    if item.kind == "key" and context.facet == "chord" and _bare_name(sentence, item):
        return "chord"
    if collected(sentence, item):
        return "key"
    if _named_home(sentence, context, item) or (
        context.facet not in _OF_CHORDS and item.kind == "triad" and carried(sentence, item)
    ):
        return "key"
    if item.kind == "triad" and not concluded(sentence, item) and (
        _acts(sentence, item) or _is_chord(sentence, context, item)
    ):  # fmt: skip
        return None if told(sentence, item) else "chord"
    if last is not None and last[1] == "chord" and _follows(sentence, last[0], item):
        return "chord"
    if compared(sentence, item):
        return None
    if context.facet in KEYISH:
        return "key"
    led = aimed(sentence, item) and (
        context.home is not None
        or context.facet == "modulations"
        or "T" in sentence.kinds
        or not beside.MODULATES.isdisjoint(sentence.bag)
        or any(one.type == "key" for one in context.found)
    )
    if context.facet not in KEYISH and _subject_is_chord(sentence, item):
        return "chord"
    if led or _keyed(sentence, context, item):
        return "key"
    if context.facet == "modulations" and not _COMING.isdisjoint(
        [*before(sentence, item.first, 1), *after(sentence, item.last, 1)]
    ):
        return "key"
    leads_on = last is not None and sentence.words[last[0].last + 1 : item.first] in (
        ["to"], ["->"], ["-"],
    )  # fmt: skip
    if last is not None and last[1] == "key" and leads_on and context.facet == "modulations":
        return "key"
    if last is not None and last[1] == "key" and _joined(sentence, last[0], item):
        return "key"
    return None


def _of_the_piece(sentence: Sentence, item: Item) -> bool:
    """ "The song is E minor", "the key, C minor, waits", "A minor: i VI III", "in E, our key"?"""
    lead = before(sentence, item.first, 4)
    while lead and lead[-1] in beside.ADVERBS:
        lead.pop()
    behind = sentence.words[item.last + 1 : item.last + 4]
    if lead[-1:] in (["is"], ["'s"], ["was"]) and not beside.PIECES.isdisjoint(lead[-2:-1]):
        return behind[:1] not in (["chord"], ["triad"])
    if lead[-2:] == ["key", ","] and behind[:1] == [","]:
        return True
    if lead[-1:] == ["in"] and behind[:1] == [","] and behind[1:] in beside.HOMES:
        return True
    if behind[:1] == [":"] and sentence.kinds[item.last + 2 : item.last + 4] in ("RR", "IR"):
        return True
    return _beside_measures(sentence, item)


def _beside_measures(sentence: Sentence, item: Item) -> bool:
    """ "Three flats, so E flat major", "3/4, G minor", "A minor (no sharps)": told of a piece."""
    words, kinds = sentence.words, sentence.kinds
    at = item.first
    while at > 1 and (kinds[at - 1] in ",:;-" or words[at - 1] in beside.SO_IT_IS):
        at -= 1
    unsigned = words[at - 2 : at - 1] == ["no"] and kinds[at - 1] == "s"
    if 1 < at < item.first and (
        unsigned or kinds[at - 2 : at] in _MEASURES or kinds[at - 1] == "X"
    ):
        return True
    at = item.last + 2
    unsigned = words[at : at + 1] == ["no"] and kinds[at + 1 : at + 2] == "s"
    measured = unsigned or kinds[at : at + 2] in _MEASURES or kinds[at : at + 1] == "X"
    return measured and words[at - 1] in (",", "(")


def _subject_is_chord(sentence: Sentence, item: Item) -> bool:
    """ "The penultimate harmony has G sharp over a bass E, so it's E major"."""
    lead = before(sentence, item.first, 3)
    it = lead[-1:] == ["it's"] or lead[-2:] in (["it", "is"], ["it", "'s"], ["that", "'s"])
    head = sentence.words[:5]
    return it and not beside.CHORD_SUBJECTS.isdisjoint(head) and "in" not in head


def concluded(sentence: Sentence, item: Item) -> bool:
    """ "two sharps, which points to D major": is a key what signs of a key tell?"""
    if sentence.bag.isdisjoint(beside.EVIDENCE):
        return False
    lead = before(sentence, item.first, 4)
    while lead and lead[-1] in beside.ADVERBS - {"so"}:
        lead = lead[:-1]
    return lead[-1:] != [] and (
        lead[-1] in beside.CONCLUDING or (lead[-1] == "to" and lead[-2:-1] in beside.POINTS)
    )


def _named_home(sentence: Sentence, context: Context, item: Item) -> bool:
    """ "C major as the key", "E minor seems the best label", "relative to F, ii V"?"""
    lead = before(sentence, item.first, 2)
    if lead in beside.FRAMES and not {"R", "I"}.isdisjoint(sentence.kinds):
        return True
    follows = sentence.words[item.last + 1 : item.last + 2]
    if beside.SEEMING.isdisjoint(follows) and beside.MODALS.isdisjoint(follows):
        return False
    tail = clause_of(sentence, item)[1][:9]
    if context.facet in _OF_CHORDS or not sentence.bag.isdisjoint(beside.CHORD_NAMES):
        return (
            tail[:1] == ["as"] and tail[1:2] != ["a"] and not beside.KEY_NOUNS.isdisjoint(tail[1:4])
        )
    start = 1 if tail[:1] and tail[0] in beside.MODALS else 0
    seems = tail[start : start + 1] != [] and tail[start] in beside.SEEMING
    return seems and not beside.VERDICTS.isdisjoint(tail[start + 1 :])


def _acts(sentence: Sentence, item: Item) -> bool:
    """ "It slips to B minor, which acts as a tonic substitute"?"""
    tail = after(sentence, item.last, 6)
    start = 2 if tail[:2] == [",", "which"] else 0
    acts = tail[start : start + 2]
    return (
        len(acts) == 2
        and acts[0] in beside.ACTS
        and acts[1] in ("as", "like")
        and "key" not in tail
    )


def _bare_name(sentence: Sentence, item: Item) -> bool:
    """ "B-Dur", "la menor", and no "D major scale"."""
    following = sentence.kinds[item.last + 1 : item.last + 2]
    return following != "y"


def _joined(sentence: Sentence, one: Item, other: Item) -> bool:
    between = sentence.words[one.last + 1 : other.first]
    return len(between) <= 4 and beside.JOINS.issuperset(between)


def _follows(sentence: Sentence, one: Item, other: Item) -> bool:
    """ "from G7 straight to C major"."""
    between = sentence.words[one.last + 1 : other.first]
    return (
        0 < len(between) <= 3 and between[-1] in ("to", "into") and beside.STEPS.issuperset(between)
    )


def _keyed(sentence: Sentence, context: Context, item: Item) -> bool:
    """Do the words around a name make it a key?"""
    lead, tail, mark = clause_of(sentence, item)
    while lead and lead[-1] in beside.ADVERBS:
        lead = lead[:-1]
    near = lead[-1] if lead else ""
    if near == "from" and (
        context.facet == "modulations"
        or not beside.FROM_KEYS.isdisjoint(before(sentence, item.first, 9))
    ):
        return True
    if near in ("in", "into", "unlike") or _described(sentence, item):
        return True
    if near in ("on", "around") and not beside.CIRCLING.isdisjoint(lead[-3:]):
        return True
    if not beside.KEY_NOUNS.isdisjoint(lead) or not beside.KEY_NOUNS.isdisjoint(tail[:4]):
        return True
    if mark == ":" and not beside.KEY_NOUNS.isdisjoint(before(sentence, item.first, 4)):
        return True
    if near in beside.LINKS and (
        not beside.SUBJECTS.isdisjoint(lead) or beside.BARE.issuperset(lead[:-1])
    ):
        return True
    if tail[:1] and (tail[0] in beside.NO_CHORD or tail[0] in beside.REIGNS):
        return True
    if tail[:1] == ["never"] and tail[1:2] and tail[1] in beside.FAILS:
        return True  # "D major never materialises"
    if not beside.OPINIONS.isdisjoint(lead[-6:]):
        return True
    return fragment(sentence, context, item)


def _described(sentence: Sentence, item: Item) -> bool:
    """ "In a brooding C minor", "in a rather gloomy, overcast B minor"?"""
    at = item.first - 1
    while at > 0 and item.first - at < 6:
        if sentence.words[at] in ("a", "an", "the", "its"):
            return sentence.words[at - 1] == "in"
        if sentence.kinds[at] not in "w," or sentence.words[at] == "in":
            return False
        at -= 1
    return False


def fragment(sentence: Sentence, context: Context, item: Item) -> bool:
    """Is a name all that its clause says?"""
    lead, tail, mark = clause_of(sentence, item)
    lead = lead[1:] if mark and lead[:1] == ["-"] else lead  # "0:52 - C minor"
    return beside.FILLERS.issuperset(lead) and _stands_alone(sentence, context, item, tail, mark)


def _stands_alone(
    sentence: Sentence, context: Context, item: Item, tail: list[str], mark: str
) -> bool:
    """ "Synthwave, F minor, 104": but for "1: A minor" and "a raised third, C major"."""
    if tail and tail[0] not in beside.BEHIND:
        return False
    if (
        context.facet in ("roman", "cadence")
        and sentence.kinds[item.last + 1 : item.last + 2] == ","
        and sentence.kinds[item.last + 2 : item.last + 4] != "0s"
    ):
        return False
    head = before(sentence, item.first, _LOOK_BACK)
    return not mark or {"chord", "sonority", "triad", "harmony", "root"}.isdisjoint(head)


def _is_chord(sentence: Sentence, context: Context, item: Item) -> bool:
    lead = before(sentence, item.first, 8)
    near = lead[-1] if lead else ""
    if near == "on" and lead[-2:-1] and lead[-2] in beside.ENDS:
        return True  # "we would end on D minor"
    apposed = len(lead) > 1 and near == "," and lead[-2] in beside.APPOSED
    if near == "of" and not beside.TINGES.isdisjoint(lead[-2:-1]):
        return True
    takes = lead[-2:-1] if near in ("by", "with", "a", "an", "the") else lead[-1:]
    commanded = takes == ["strike"] and sentence.words[item.first - 1] in sentence.words[:2]
    if not beside.TAKES.isdisjoint(takes) and not commanded:
        return True
    past: list[str] = []
    for word in reversed(lead[:-2] if apposed else lead):
        if word in (",", ";", ":", "(", ")"):
            if word == ":" and lead[lead.index(":") - 1] in beside.HEADS:
                return True
            break
        if word in beside.STRONG_KEY or word in ("feels", "feel"):
            return False
        weak = word == "sounds" and "like" in lead
        weak = weak or (context.facet == "key" and word in beside.WEAK)
        weak = weak or (word in beside.MOVING and context.facet is None and aimed(sentence, item))
        weak = weak or (
            word == "harmony" and context.facet not in _OF_CHORDS and aimed(sentence, item)
        )
        weak = weak or (context.facet not in _OF_CHORDS and not beside.SAYS.isdisjoint(past))
        past.append(word)
        if (
            word in (beside.CHORD_NOUNS if context.facet in KEYISH else beside.CHORD_CUES)
            and not weak
        ):
            return True
        if word in ("in", "into") and near in ("in", "into", "the"):
            return False
    tail = after(sentence, item.last, 4)
    if tail[:2] == [",", "sounding"] or tail[:1] == ["sounding"]:
        return True
    if tail[1:3] == ["on", "its"] and tail[0] in beside.RESTS and tail[3:] != ["tonic"]:
        return True  # "E flat major standing on its third"
    numbered = "R" in sentence.kinds and near not in ("in", "of", "to")
    if numbered and not beside.SOUNDING.isdisjoint(sentence.words[item.last + 1 : item.last + 6]):
        return True  # "F major and G major also appear; these are VI and VII"
    if near in ("a", "an"):
        return not tail or tail[0] not in beside.NO_CHORD
    if "picardy" in sentence.bag and item.mode == "major":
        return True
    time = time_of(sentence, item.first)
    if (context.chords_asked and placed(sentence, item, time)) or placed(sentence, item, None):
        return True
    if {"home", "tonic", "throughout", "all", "most"} & set(tail):
        return False
    if context.facet not in _OF_CHORDS and aimed(sentence, item):
        return False
    own = not beside.OWN.isdisjoint(lead) and not beside.OPINIONS.isdisjoint(lead)
    if near in beside.ONTO and not own and beside.SEATED.isdisjoint(lead[-3:]):
        return True
    if context.facet == "chord":
        if not sentence.bag.isdisjoint(("tonality", "key")):
            return False
        return near not in beside.KEY_CUES
    if not lead and tail[:1] == [","]:
        return False
    return context.facet in beside.CHORDAL and not (set(lead) | set(tail[:2])) & beside.KEY_TALK


def placed(sentence: Sentence, item: Item, time: float | None) -> bool:
    """Behind a time or the number of a bar."""
    lead = before(sentence, item.first, 3)
    if lead[-1:] and lead[-1] in (":", "is", "=", "has", "-"):
        lead = lead[:-1]
    return time is not None or (len(lead) > 1 and lead[-2] in ("m", "mm", "bar", "measure"))


def time_of(sentence: Sentence, at: int) -> float | None:
    """The time that stands before a token, or right behind it."""
    kinds = sentence.kinds
    if "T" not in kinds:
        return None
    behind = [n for n in range(at + 1, min(len(kinds), at + 6)) if kinds[n] == "T"]
    first = behind[:1] if behind and {",", ";"}.isdisjoint(kinds[at + 1 : behind[0]]) else []
    if first:
        return sentence.values[first[0]]
    left = kinds.rfind("T", 0, at)
    spots = [left] if left >= 0 else behind
    return sentence.values[spots[0]] if spots else None
