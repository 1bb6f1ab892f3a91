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
from rewards.claims.grammar.pitch.comparisons import clause_of, collected, compared, told
from rewards.claims.grammar.pitch.items import Item
from rewards.claims.grammar.pitch.moves import KEYISH, aimed
from rewards.claims.grammar.pitch.sense_words import (
    ACTS,
    ADVERBS,
    APPOSED,
    BARE,
    BEHIND,
    CHORD_CUES,
    CHORD_DEGREES,
    CHORD_NOUNS,
    CHORDAL,
    CONCLUDING,
    ENDS,
    EVIDENCE,
    FAILS,
    FILLERS,
    FROM_KEYS,
    JOINS,
    KEY_CUES,
    KEY_NOUNS,
    KEY_TALK,
    LINKS,
    MODULATES,
    MOVING,
    NO_CHORD,
    ONTO,
    OPINIONS,
    OWN,
    POINTS,
    REIGNS,
    SAYS,
    SEATED,
    SOUNDING,
    STEPS,
    STRETCHES,
    STRONG_KEY,
    SUBJECTS,
    TAKES,
    TINGES,
    WEAK,
)
from rewards.claims.text.sentences import Sentence

Sense = Literal["key", "chord"] | None
_KEYED_FACETS = KEYISH | {"modulations"}
_OF_CHORDS = CHORDAL | {"chord"}
"""Facets of questions that chords answer."""
_LOOK_BACK = 14


def sense(
    sentence: Sentence, context: Context, item: Item, last: tuple[Item, Sense] | None
) -> Sense:
    """What a name of the kinds "triad" and "key" stands for; ``last`` is the name before it."""
    if sentence.kinds[max(0, item.first - 2) : item.first] == "Rw" and (
        sentence.words[item.first - 1] == "of"
    ):
        return None  # "vii of D minor"
    if item.kind == "key" and context.facet == "chord" and _bare_name(sentence, item):
        return "chord"
    if collected(sentence, item):
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
        or not MODULATES.isdisjoint(sentence.bag)
        or any(one.type == "key" for one in context.found)
    )
    if led or _keyed(sentence, context, item):
        return "key"
    if context.facet == "modulations" and sentence.words[max(0, item.first - 1)] in ("to", "into"):
        return "key"
    leads_on = last is not None and sentence.words[last[0].last + 1 : item.first] in (
        ["to"], ["->"], ["-"],
    )  # fmt: skip
    if last is not None and last[1] == "key" and leads_on and context.facet == "modulations":
        return "key"
    if last is not None and last[1] == "key" and _joined(sentence, last[0], item):
        return "key"
    return None


def concluded(sentence: Sentence, item: Item) -> bool:
    """ "two sharps, which points to D major": is a key what signs of a key tell?"""
    if sentence.bag.isdisjoint(EVIDENCE):
        return False
    lead = before(sentence, item.first, 4)
    while lead and lead[-1] in ADVERBS - {"so"}:
        lead = lead[:-1]
    return lead[-1:] != [] and (
        lead[-1] in CONCLUDING or (lead[-1] == "to" and lead[-2:-1] in POINTS)
    )


def _acts(sentence: Sentence, item: Item) -> bool:
    """ "It slips to B minor, which acts as a tonic substitute"?"""
    tail = after(sentence, item.last, 6)
    start = 2 if tail[:2] == [",", "which"] else 0
    acts = tail[start : start + 2]
    return len(acts) == 2 and acts[0] in ACTS and acts[1] in ("as", "like") and "key" not in tail


def _bare_name(sentence: Sentence, item: Item) -> bool:
    """ "B-Dur", "la menor", and no "D major scale"."""
    following = sentence.kinds[item.last + 1 : item.last + 2]
    return following != "y"


def _joined(sentence: Sentence, one: Item, other: Item) -> bool:
    between = sentence.words[one.last + 1 : other.first]
    return len(between) <= 4 and JOINS.issuperset(between)


def _follows(sentence: Sentence, one: Item, other: Item) -> bool:
    """ "from G7 straight to C major"."""
    between = sentence.words[one.last + 1 : other.first]
    return 0 < len(between) <= 3 and between[-1] in ("to", "into") and STEPS.issuperset(between)


def _keyed(sentence: Sentence, context: Context, item: Item) -> bool:
    """Do the words around a name make it a key?"""
    lead, tail, mark = clause_of(sentence, item)
    while lead and lead[-1] in ADVERBS:
        lead = lead[:-1]
    near = lead[-1] if lead else ""
    if near == "from" and context.facet == "modulations":
        return True
    if near == "from" and not FROM_KEYS.isdisjoint(before(sentence, item.first, 9)):
        return True
    if near in ("in", "into", "unlike"):
        return True
    if lead[-3:-1] in (["in", "a"], ["in", "an"], ["in", "the"]) or (
        near == "on" and lead[-2:-1] in (["sits"], ["dwells"], ["centers"], ["centres"])
    ):  # fmt: skip
        return True  # "in a brooding C minor", "it sits on C minor"
    if not KEY_NOUNS.isdisjoint(lead) or not KEY_NOUNS.isdisjoint(tail[:4]):
        return True
    if mark == ":" and not KEY_NOUNS.isdisjoint(before(sentence, item.first, 4)):
        return True
    if near in LINKS and (not SUBJECTS.isdisjoint(lead) or BARE.issuperset(lead[:-1])):
        return True
    if tail[:1] and (tail[0] in NO_CHORD or tail[0] in REIGNS):
        return True
    if tail[:1] == ["never"] and tail[1:2] and tail[1] in FAILS:
        return True  # "D major never materialises"
    if near == "of" and not STRETCHES.isdisjoint(lead[-2:-1]):
        return True
    if not OPINIONS.isdisjoint(lead[-6:]):
        return True
    return fragment(sentence, context, item)


def fragment(sentence: Sentence, context: Context, item: Item) -> bool:
    """Is a name all that its clause says?"""
    lead, tail, mark = clause_of(sentence, item)
    if tail[:1] in (["is"], ["was"]) and tail[1:2] and tail[1].endswith("ing"):
        return False  # "one bar later, however, D minor is waiting"
    return FILLERS.issuperset(lead) and _stands_alone(sentence, context, item, tail, mark)


def _stands_alone(
    sentence: Sentence, context: Context, item: Item, tail: list[str], mark: str
) -> bool:
    """ "Synthwave, F minor, 104": but for "1: A minor" and "a raised third, C major"."""
    if tail and tail[0] not in BEHIND:
        return False
    if (
        context.facet in ("roman", "cadence")
        and sentence.kinds[item.last + 1 : item.last + 2] == ","
    ):
        return False
    head = before(sentence, item.first, _LOOK_BACK)
    if mark == ":" and sentence.kinds[max(0, item.first - 2) : item.first] == "0:":
        return False
    if mark == "," and head[-3:-2] in (["bar"], ["measure"], ["m"]):
        return False
    return not mark or {"chord", "sonority", "triad", "harmony", "root"}.isdisjoint(head)


def _is_chord(sentence: Sentence, context: Context, item: Item) -> bool:
    lead = before(sentence, item.first, 8)
    near = lead[-1] if lead else ""
    if lead[-3:-1] in (["in", "a"], ["in", "an"]):
        return False
    if "changes" in lead and lead[lead.index("changes") - 1] == "key":
        return False  # "the key changes from A minor to A major"
    if near == "on" and lead[-2:-1] and lead[-2] in ENDS:
        return True  # "we would end on D minor"
    apposed = len(lead) > 1 and near == "," and lead[-2] in APPOSED
    if apposed and lead[-2] in ("chord", "triad", "harmony", "sonority"):
        return True
    if near == "of" and not TINGES.isdisjoint(lead[-2:-1]):
        return True
    takes = lead[-2:-1] if near in ("by", "with", "a", "an", "the") else lead[-1:]
    if not TAKES.isdisjoint(takes):
        return True
    like = False
    past: list[str] = []
    for word in reversed(lead[:-2] if apposed else lead):
        if word in (",", ";", ":", "(", ")"):
            if word == ":" and lead[lead.index(":") - 1] in ("triad", "chord", "sonority"):
                return True
            break
        if apposed and word == "tonic":
            continue
        if word in STRONG_KEY or word in ("feels", "feel"):
            return False
        if word == "like":
            like = True
        weak = (like and word == "sounds") or (context.facet == "key" and word in WEAK)
        weak = weak or (word == "changes" and near == "to")
        weak = weak or (word in MOVING and context.facet is None and aimed(sentence, item))
        weak = weak or (context.facet not in _OF_CHORDS and not SAYS.isdisjoint(past))
        past.append(word)
        if word in (CHORD_NOUNS if context.facet in KEYISH else CHORD_CUES) and not weak:
            return True
        if word in ("in", "into") and near in ("in", "into", "the"):
            return False
    tail = after(sentence, item.last, 4)
    behind = tail[:1] in ([","], ["("]) and not CHORD_DEGREES.isdisjoint(tail[1:4])
    if behind and "relative" not in tail and context.facet not in _KEYED_FACETS:
        return True
    if tail[:2] == ["is", "followed"]:
        return True
    numbered = "R" in sentence.kinds and near not in ("in", "of", "to")
    if numbered and not SOUNDING.isdisjoint(sentence.words[item.last + 1 : item.last + 6]):
        return True  # "F major and G major also appear; these are VI and VII"
    if near in ("a", "an"):
        return not tail or tail[0] not in NO_CHORD
    if "picardy" in sentence.bag and item.mode == "major" and near != "in":
        return True
    time = time_of(sentence, item.first)
    if (context.chords_asked and placed(sentence, item, time)) or placed(sentence, item, None):
        return True
    if near in ("in", "into") or {"home", "tonic", "throughout", "all"} & set(tail):
        return False
    if context.facet not in _OF_CHORDS and aimed(sentence, item):
        return False
    if tail[:1] and tail[0] in SOUNDING and context.facet not in KEYISH:
        return True
    own = not OWN.isdisjoint(lead) and not OPINIONS.isdisjoint(lead)
    if near in ONTO and not own and SEATED.isdisjoint(lead[-3:]):
        return True
    if context.facet == "chord":
        if not sentence.bag.isdisjoint(("tonality", "key")):
            return False
        return near not in KEY_CUES
    if not lead and tail[:1] == [","]:
        return False
    if "s" in sentence.kinds[: item.first]:
        return False  # "two sharps, which points to D major"
    return context.facet in CHORDAL and not (set(lead) | set(tail[:2])) & KEY_TALK


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
    for spot in range(at + 1, min(len(kinds), at + 5)):
        if kinds[spot] == "T" and sentence.words[spot - 1] in ("at", "(", "from"):
            return sentence.tokens[spot].value
        if kinds[spot] in ",;":
            break
    for spot in range(at - 1, -1, -1):
        if kinds[spot] == "T":
            return sentence.tokens[spot].value
    for spot in range(at + 1, min(len(kinds), at + 6)):
        if kinds[spot] == "T":
            return sentence.tokens[spot].value
    return None
