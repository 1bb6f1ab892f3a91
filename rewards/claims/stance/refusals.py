"""What stands behind a name and says that it is not there: "X is out", "X: none", "X, too slow".

Conventions
-----------
Read from the last token of a claim on, to the end of its clause; an inserted clause ("E flat
major, though it shares the signature, is denied") is stepped over. Links ("is", "has been",
"can be") and adverbs may stand before the word that rejects.
"""

from __future__ import annotations

from typing import Literal

from rewards.claims.stance import contrasts
from rewards.claims.stance.absences import TRACES, none_there
from rewards.claims.stance.cue_words import (
    CROSSES,
    FIRST,
    GONE,
    IDEAS,
    INSERTED,
    LABELS,
    NOTED,
    RETURNS,
)
from rewards.claims.stance.rejections import REJECTIONS, judged, predicated
from rewards.claims.stance.verdicts import TYPES
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set

_LINKS = word_set(
    "is are was were be been being has have had can could must may seems feels sounds 's would "
    "should therefore then thus also both all simply just itself reading option part parts "
    "folder stand desk line slot here now remains stays gets got at best so completely sits keeps "
    "far still way much clearly rather already"
)
_VERBS = word_set("is are was were be been 's would stays remains sits keeps")
_SET_ASIDE = word_set("rejected excluded discarded dismissed eliminated denied")
_FALLS = word_set("drops falls goes comes")
"""What falls "out" or "away" is rejected, unless it is heard and may stop playing."""
_HEARD = word_set("instrument note chord")
_ARTICLES = word_set("a an")
_PRESENT = word_set(
    "present heard there audible used involved included it right correct what here playing among "
    "part possible in supported borne justified warranted touched reached established confirmed "
    "tonicised tonicized played sounded stated"
)
"""What is "not" so is not there."""
_SO = word_set("so as that nearly this quite")
_LED = word_set("for as on in at which that listed named mentioned claimed suggested by")
"""Words that begin what is inserted between a name and its "no"."""
_FIRST_IDEA = FIRST
_IDEA = IDEAS | word_set("idea note choice attempt term word label")
_NOT = word_set("not cannot can't isn't aren't couldn't never wasn't doesn't didn't don't")
_COMES = word_set(
    "shows show appears appear arrives arrive enters enter comes come plays play sounds sound "
    "happens happen materialises materializes turns occurs occur occurred appeared came surfaces "
    "surface exists exist figures figure returns established confirmed touched reached "
    "explain account accommodate"
)
"""What never does so is not there."""
_NONE = word_set("no none nope nil nein zero absent empty nothing null false")
_NOES = _NONE | _SET_ASIDE
_VOTES = word_set(
    "too wrong impossible not never nowhere nothing rejected unlikely improbable implausible"
)
"""Words behind a colon that vote against what stands before it."""
_PLAUSIBLE = word_set("convincing plausible tenable credible true likely enough")
_OPTIONS = word_set("option candidate contender choice match fit possibility good serious")
_DOUBTED = word_set("less uncertain doubtful questionable")
_LACKS = word_set("missing absent lacking nowhere isn't aren't doesn't")
_PARTED = word_set(
    "thrown taken left crossed struck ruled set put tossed kicked weeded filtered knocked cast "
    "pushed laid"
)
""""X can be thrown out", "Y is set aside"."""
_PARTING = word_set(
    "rule rules ruled knocks cross crosses crossed strike strikes throws takes puts"
)
_CONTRADICTS = word_set("contradicts contradict conflicts clashes misses ignores")
_NO_SCORE = ["0", "/"]
_OPENING = 3
_SURE = 85
"""Percent, below which a value is doubted."""
REFUSALS = (
    TRACES | GONE | IDEAS | _PARTED | _NONE | _NOT | _FALLS | _FIRST_IDEA | _SET_ASIDE
    | word_set("ain't won't nope")
    | CROSSES
    | _VOTES | word_set("none than this these here would say")
    | _DOUBTED | _LACKS | REJECTIONS
    | word_set("off aside easy any one nobody than turns turned only merely")
    | _CONTRADICTS | word_set("inconsistent incompatible irreconcilable odds")
    | contrasts.MARKS | {"%", "0"}
)  # fmt: skip
"""Words without one of which behind it a name is not rejected."""
_FARTHEST = 7
_LONGEST_INSERTION = 14


Refusal = Literal["denied", "hedged", "retracted"]


def refused(type_: str, sentence: Sentence, last: int) -> Refusal | None:
    """Whether what ends at token ``last`` is rejected by the words behind it, or spared by them."""
    at = last + 1
    if at == len(sentence.words):
        return None
    past = _past_insertion(sentence, at)
    if (refusal := _close_by(type_, sentence, last, past)) is not None:
        return refusal
    if (denied := _answered(type_, sentence, at)) is not None:
        return "denied" if denied else None
    colon = past > at and sentence.kinds[past - 1] == ":"
    if colon and not _NONE.isdisjoint(sentence.words[past : past + 1]):
        return "denied"
    return _behind_links(type_, sentence, last, past)


def _close_by(type_: str, sentence: Sentence, last: int, past: int) -> Refusal | None:
    """What the next words say at once; ``past`` is behind what is inserted."""
    words, at = sentence.words, last + 1
    if type_ == "tempo" and words[at] == "say":
        return "hedged"  # "a pulse of 76, say"
    if _marked_down(sentence, last):
        return "denied"
    if type_ in TYPES and words[at] == "(" and _less_than_sure(sentence, at + 1):
        return "hedged"
    if _missed(type_, sentence, last):
        return "denied"
    noted = words[at : at + 3] == [",", "which", "i"]
    if noted and not NOTED.isdisjoint(words[at + 3 : at + 6]):
        return "retracted"  # "a quartet, which I had first written"
    return "denied" if _ruled_out(type_, sentence, last, past) else None


def _marked_down(sentence: Sentence, last: int) -> bool:
    """A cross, "0/3", a "no" in its row."""
    words, at = sentence.words, last + 1
    crossed = last < _OPENING and words[-1] in CROSSES  # "4/4 ... the grid drifts ✘"
    return (
        crossed or words[at : at + 2] == _NO_SCORE or (words[0] == "|" and _voted_down(words, at))
    )


def _missed(type_: str, sentence: Sentence, last: int) -> bool:
    """It is told to be wrong, or not there, or awaited in vain."""
    at = last + 1
    if judged(sentence, at) or _inverted(sentence, at) or none_there(sentence, at):
        return True
    if type_ == "instrument" and contrasts.unlike(sentence, last):
        return True
    return type_ in LABELS and contrasts.awaited(sentence, last)


def _ruled_out(type_: str, sentence: Sentence, last: int, past: int) -> bool:
    """ "X is excluded", "that rules X out", "X contradicts the pace", "X ..., no", "X no way"."""
    words, at = sentence.words, last + 1
    if predicated(sentence, at) or (past > at and predicated(sentence, past)):
        any_ = type_ == "instrument" and not _ARTICLES.isdisjoint(words[max(0, last - 2) : last])
        if type_ not in _HEARD or any_:
            return True
    if words[at] in ("out", "off", "aside") and not _PARTING.isdisjoint(words[max(0, at - 7) : at]):
        return True
    if type_ in _WEIGHED and _clashes(words, at):
        return True
    return _told_no(sentence, at) or words[at : at + 2] == ["no", "way"]


def _behind_links(type_: str, sentence: Sentence, last: int, at: int) -> Refusal | None:
    """ "X is not the right label", "X, as a form, drops out": over links to what rejects."""
    words, kinds = sentence.words, sentence.kinds
    linked, spared = at > last + 1, False
    for spot in range(at, min(len(words), at + _FARTHEST)):
        word = words[spot]
        if _taken_back(type_, words, spot):
            return "retracted"
        if word in _DOUBTED and linked:
            return "hedged"
        if word == "too" and type_ == "instrument" and "the" in words[max(0, last - 2) : last]:
            return None  # "the drums are too loose for that": there they are
        parted = word in _PARTED and words[spot + 1 : spot + 2] in _ASIDE
        if parted and (linked or "be" in words[spot - 1 : spot]):
            return "hedged" if spared else "denied"  # "locrian can be thrown out"
        if word in GONE:
            if (word in RETURNS and not linked) or not _ends(sentence, spot):
                return None
            return "hedged" if spared else "denied"
        if word in _NOT:
            if _absent(type_, sentence, spot + 1):
                return "denied"
            spared = True
        elif spared and word in _COMES:
            return "denied"
        elif kinds[spot] in ",;:()" or (word not in _LINKS and not word.endswith("ly")):
            return None
        linked = linked or spared or word in _VERBS
    return None


def _taken_back(type_: str, words: list[str], at: int) -> bool:
    """ "... was my first guess", "that 70 was only the half-time feel", "turns out to be"."""
    word = words[at]
    if word in ("was", "were", "been") and _first_idea(words[at + 1 : at + 5]):
        return True
    if word == "was" and words[at + 1 : at + 2] in _ONLY and (type_ == "tempo" or type_ in TYPES):
        return True
    return word in ("turns", "turned") and words[at + 1 : at + 4] == ["out", "to", "be"]


def _clashes(words: list[str], at: int) -> bool:
    """ "X contradicts the fast tempo", "X is inconsistent with the tune"."""
    at += 2 if words[at] == "and" else 0  # "X and Y contradict"
    if at >= len(words):
        return False
    if words[at] in _CONTRADICTS:
        return True
    return words[at] in ("is", "are", "seems") and words[at + 1 : at + 3] in _INCONSISTENT


def _voted_down(words: list[str], at: int) -> bool:
    """ "| plagal | Cm | no |": does a later cell of a row of a table say no?"""
    cells = [n + 1 for n in range(at, len(words) - 1) if words[n] == "|"]
    return any(words[n] in _NOES or words[n] in CROSSES for n in cells)


def _less_than_sure(sentence: Sentence, at: int) -> bool:
    """ "F# minor (55 %)"."""
    words, kinds = sentence.words, sentence.kinds
    number = words[at].rstrip("%") if at < len(words) else ""
    told = number.isdigit() and (words[at].endswith("%") or words[at + 1 : at + 2] == ["%"])
    return told and ")" in kinds[at : at + 3] and int(number) < _SURE


_BETWEEN = word_set("at which though either")
_WEIGHED = (TYPES | LABELS) - {"instrument"}
"""Types of which one that "contradicts the pace" is not there."""
_INCONSISTENT = phrases("inconsistent with|incompatible with|irreconcilable with|at odds")
_ONLY = phrases("only|merely")
_AGAIN = word_set("wait sorry scratch that that's actually i make rather")
_ASIDE = phrases("out|off|aside|away|from")


def _answered(type_: str, sentence: Sentence, at: int) -> bool | None:
    """ "X: no", "X - too slow", "X (none)", "jazz: no swing": is what a mark leads to a "no"?"""
    words, kinds = sentence.words, sentence.kinds
    mark = kinds[at]
    at += mark in ",:-("
    reply = words[at : at + 2]
    if not reply or reply[0] in CROSSES:
        return True if reply else None
    if reply[0] in _NOES:
        if mark == "-" and not _AGAIN.isdisjoint(words[at + 1 : at + 3]):
            return False  # "G major - no, wait"
        ends = len(reply) == 1 or kinds[at + 1] in ",;:)"
        if ends and (mark != "," or len(reply) == 1 or reply[0] in _SET_ASIDE):
            return True
        if ends and reply == ["no", ","] and (at <= _OPENING + 1 or any(
            word in _NOT or word in ("no", "isn't", "nobody") for word in words[at + 2 : at + 5]
        )):  # fmt: skip
            return _AGAIN.isdisjoint(words[at + 2 : at + 4])  # "Playful, no, nothing bounces"
    if mark not in ":-":
        return None
    if reply[0] in _VOTES or predicated(sentence, at):
        return True
    rest = words[at : at + 10]
    lacks = rest[0] == "no" or not _LACKS.isdisjoint(rest)
    return True if mark == ":" and type_ in ("genre", "mood", "form") and lacks else None


def _told_no(sentence: Sentence, at: int) -> bool:
    """ "E flat major, three semitones, no." """
    if sentence.kinds[at] != ",":
        return False
    close = sentence.kinds.find(",", at + 2, at + 6)
    if close < 0 or sentence.words[close + 1 : close + 2] != ["no"]:
        return False
    if not _AGAIN.isdisjoint(sentence.words[at:close]) or "hmm" in sentence.words[at:close]:
        return False  # "G major, sorry, no"
    return close + 2 == len(sentence.words) or sentence.kinds[close + 2] == ";"


def _inverted(sentence: Sentence, at: int) -> bool:
    """ "House at 128 it definitely is not", "a polka, which it isn't", "F minor it can't be"."""
    words, kinds, start = sentence.words, sentence.kinds, at
    while at < min(len(words), start + 4) and (words[at] in _BETWEEN or kinds[at] in "0B,"):
        at += 1
    it = at < len(words) and words[at] in ("it", "this", "that") and words[start:at] != [","]
    return it and predicated(sentence, at, 1)


def _absent(type_: str, sentence: Sentence, at: int) -> bool:
    """Behind a "not": "present", "the right label", and of a player's sound "so nasal"."""
    words = sentence.words
    after = words[at : at + 3]
    if not after:
        return False
    if after[0] in _SO and type_ in LABELS and len(after) > 1 and words[at - 1] != "never":
        return _bare(sentence, at)
    if after[0] in _PLAUSIBLE or (after[0] in ("a", "an") and after[1:2] and after[1] in _OPTIONS):
        return True
    ends = at + 1 == len(words) or sentence.kinds[at + 1] in ",;:)"
    return after[0] in ("present", "heard", "there", "audible", "involved") or (
        after[0] in _PRESENT and ends
    )


def _bare(sentence: Sentence, at: int) -> bool:
    """ "A violin is not so nasal": said of any violin, and so none is heard."""
    return "the" not in sentence.words[max(0, at - 6) : at]


def _first_idea(words: list[str]) -> bool:
    """ "was my first guess", "was my reflex", "was a thought"."""
    if words[:1] == ["my"] and words[1:2] and words[1] in IDEAS - {"answer", "verdict", "estimate"}:
        return True
    return words[:2] == ["a", "thought"] or (
        not _FIRST_IDEA.isdisjoint(words[:3]) and not _IDEA.isdisjoint(words[1:4])
    )


def _past_insertion(sentence: Sentence, at: int) -> int:
    """Behind ", though ...,": the place where the clause of a name goes on."""
    words, kinds = sentence.words, sentence.kinds
    if kinds[at : at + 1] not in (",", "(") or at + 1 >= len(words):
        return at
    word = words[at + 1]
    negated = word.endswith("n't") or word == "never"
    if kinds[at] == "," and (negated or word in ("is", "are", "was", "were", "can", "must")):
        return at + 1  # "A, Largo, is too slow"
    if kinds[at] == "," and word in _FALLS and "," in words[max(0, at - 4) : at]:
        return at + 1  # "the last option, locrian, drops out"
    if kinds[at] == "," and word not in INSERTED and word not in _LED and not word.endswith("ed"):
        return at
    end = min(len(words), at + _LONGEST_INSERTION)
    for spot in range(at + 2, end):
        if kinds[spot] in ",):":
            return spot + 1
    return at


def _ends(sentence: Sentence, at: int) -> bool:
    """False for "out of tune", "missing its third", "silent at first": something else is meant."""
    words, kinds = sentence.words, sentence.kinds
    word = words[at]
    following = words[at + 1] if at + 1 < len(words) else ""
    if word == "struck":
        return not following or following in (",", "out", "off", "from")
    return not (word == "too" and (not following or kinds[at + 1] in ",;:)"))
