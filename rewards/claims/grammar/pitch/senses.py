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
from rewards.claims.grammar.pitch.moves import KEYISH, TOWARDS, aimed, carried
from rewards.claims.grammar.pitch.sounding import OF_CHORDS, is_chord
from rewards.claims.text.sentences import Sentence

Sense = Literal["key", "chord"] | None
_COMING = beside.SOUNDING | {"to", "into"}
_LOOK_BACK = 14
_MEASURES = ("0s", "0u")
"""Counted signs, beats in a minute."""
_SOON = 4
"""How many words may stand before a name that answers a question."""


def sense(
    sentence: Sentence, context: Context, item: Item, last: tuple[Item, Sense] | None
) -> Sense:
    """What a name of the kinds "triad" and "key" stands for; ``last`` is the name before it."""
    near = sentence.words[item.first - 1] if item.first else ""
    if near in ("of", "in") and _of_numeral(sentence, item):
        return None
    if context.wondered and _replies(sentence, item):
        return context.wondered
    if (
        _of_the_piece(sentence, item, near)
        or (near in beside.PLACED and collected(sentence, item))
        or _named_home(sentence, context, item)
        or (near in TOWARDS and context.facet not in OF_CHORDS and carried(sentence, item))
    ):
        return "key"
    if item.kind == "triad" and not concluded(sentence, item) and (
        _acts(sentence, item) or is_chord(sentence, context, item)
    ):  # fmt: skip
        return None if told(sentence, item) else "chord"
    if last is not None and last[1] == "chord" and _follows(sentence, last[0], item):
        return "chord"
    if compared(sentence, item):
        return None
    if context.facet in KEYISH:
        return "key"
    if near in ("it's", "is", "'s") and _subject_is_chord(sentence, item):
        return "chord"
    if (
        _moved_to(sentence, context, item)
        or _keyed(sentence, context, item)
        or (last is not None and last[1] == "key" and _joined(sentence, last[0], item))
    ):
        return "key"
    return None


def _of_numeral(sentence: Sentence, item: Item) -> bool:
    """ "vii of D minor", "the vi chord of C major": a home of numerals alone."""
    kinds = sentence.kinds[max(0, item.first - 3) : item.first]
    near = before(sentence, item.first, 1)
    return (kinds[-2:] == "Rw" and near == ["of"]) or (kinds == "Rkw" and near in (["of"], ["in"]))


def _replies(sentence: Sentence, item: Item) -> bool:
    """Does a name open the sentence behind a question: "G minor", "I make it G minor"?"""
    return item.first < _SOON or sentence.words[item.first - 2 : item.first] == ["make", "it"]


def _moved_to(sentence: Sentence, context: Context, item: Item) -> bool:
    """Does a motion lead to a name where keys are known, asked or spoken of?"""
    beside_it = (*before(sentence, item.first, 1), *after(sentence, item.last, 1))
    if context.facet == "modulations" and not _COMING.isdisjoint(beside_it):
        return True
    return aimed(sentence, item) and (
        context.home is not None
        or context.facet == "modulations"
        or "T" in sentence.kinds
        or not beside.MODULATES.isdisjoint(sentence.bag)
        or any(one.type == "key" for one in context.found)
    )


def _of_the_piece(sentence: Sentence, item: Item, near: str) -> bool:
    """ "The song is E minor", "the key, C minor, waits", "A minor: i VI III"?"""
    words = sentence.words
    behind = words[item.last + 1] if item.last + 1 < len(words) else ""
    past = words[item.first - 2] if item.first > 1 else ""
    if near in ("is", "'s", "was") and past in beside.PIECES:
        return behind not in ("chord", "triad")
    if near == behind == "," and past == "key":
        return True
    if behind == ":" and sentence.kinds[item.last + 2 : item.last + 4] in ("RR", "IR"):
        return True
    return _beside_measures(sentence, item)


def _beside_measures(sentence: Sentence, item: Item) -> bool:
    """ "Three flats, so E flat major", "3/4, G minor", "A minor (no sharps)": told of a piece."""
    words, kinds = sentence.words, sentence.kinds
    at = item.first
    while at > 1 and (kinds[at - 1] in ",:;-" or words[at - 1] in beside.SO_IT_IS):
        at -= 1
    if 0 < at < item.first and (kinds[at - 1] == "X" or _measure(sentence, at - 2)):
        return True
    at = item.last + 2
    if at >= len(words) or words[at - 1] not in (",", "("):
        return False
    return kinds[at] == "X" or _measure(sentence, at)


def _measure(sentence: Sentence, at: int) -> bool:
    """ "Three flats", "no sharps", "90 bpm" from a token on."""
    kinds = sentence.kinds[max(0, at) : at + 2]
    return kinds in _MEASURES or (kinds[1:] == "s" and sentence.words[at] == "no")


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
    kinds, words = sentence.kinds, sentence.words
    if ("R" in kinds or "I" in kinds) and before(sentence, item.first, 2) in beside.FRAMES:
        return True
    follows = words[item.last + 1] if item.last + 1 < len(words) else ""
    if follows not in beside.SEEMING and follows not in beside.MODALS:
        return False
    tail = clause_of(sentence, item)[1][:9]
    if context.facet in OF_CHORDS or not sentence.bag.isdisjoint(beside.CHORD_NAMES):
        named = tail[:1] == ["as"] and tail[1:2] != ["a"]
        return named and not beside.KEY_NOUNS.isdisjoint(tail[1:4])
    verb = 0 if beside.MODALS.isdisjoint(tail[:1]) else 1
    seems = not beside.SEEMING.isdisjoint(tail[verb : verb + 1])
    return seems and not beside.VERDICTS.isdisjoint(tail[verb + 1 :])


def _acts(sentence: Sentence, item: Item) -> bool:
    """ "It slips to B minor, which acts as a tonic substitute"?"""
    tail = after(sentence, item.last, 6)
    if not tail or not (tail[0] == "," or tail[0] in beside.ACTS):
        return False
    acts = tail[2:] if tail[:2] == [",", "which"] else tail
    as_ = acts[1:2] in (["as"], ["like"]) and "key" not in tail
    return as_ and not beside.ACTS.isdisjoint(acts[:1])


def _joined(sentence: Sentence, one: Item, other: Item) -> bool:
    """ "D major or B minor", "C major to G major"."""
    between = sentence.words[one.last + 1 : other.first]
    return beside.JOINS.issuperset(between)


def _follows(sentence: Sentence, one: Item, other: Item) -> bool:
    """ "from G7 straight to C major"."""
    between = sentence.words[one.last + 1 : other.first]
    return between[-1:] in (["to"], ["into"]) and beside.STEPS.issuperset(between)


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
