"""A clause that takes up what was said before and rejects it: "that is wrong", "so I rule it out".

Conventions
-----------
Such a clause stands behind a mark or a conjunction, or is a sentence of its own. Behind words
that lead into it ("but", "so", "hence") it is one of these, and nothing but a reason follows:

=============  =========================================================
a verdict      wrong; out; not that one either; doesn't fit; so no
of a pronoun   it isn't; which is false; that one goes too; they err
of the author  I rule it out; I don't trust it; I disagree; found none
a command      cross that one out; strike it
=============  =========================================================
"""

from __future__ import annotations

from typing import Literal

from rewards.claims.stance.cue_words import GONE
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set

_LEADS = word_set("but and yet however though so hence therefore thus then , - still well no nope")
_ADVERBIAL = word_set(
    "just simply really quite both all clearly plainly again actually here also now already "
    "likewise surely certainly definitely probably therefore outright straight 'd"
)
_PEOPLE = word_set("they he she we neither")
_AUTHOR = word_set("i we")
_THINGS = word_set("it that this which")
_ONES = word_set("one idea option claim candidate reading hypothesis theory label guess view")
_NEGATIVE = word_set(
    "isn't aren't wasn't weren't doesn't don't didn't wouldn't won't can't couldn't ain't never "
    "cannot not hardly"
)
_BE = word_set(
    "is are was were 's 're does do did will would can could must may should be seems looks sounds "
    "feels"
)
_WRONG = word_set(
    "wrong mistaken incorrect nonsense false impossible untrue misleading misled rubbish wishful "
    "silly absurd careless sloppy premature hasty"
)
_VERDICTS = _WRONG | GONE - word_set(
    "too silent tacet empty replaced avoided lacking inaudible missing off crossed ruled none"
)
_DISAGREE = word_set("disagree object differ beg dissent disagrees objects errs err")
_FALSE_THINGS = word_set(
    "mirage illusion mistake feint bluff trap myth misreading error stretch lie misunderstanding "
    "red fallacy cliche trick slip bug oversight"
)
_GETS = word_set("finds gets has receives earns makes meets")
_SUPPORT = word_set(
    "support basis evidence confirmation place business footing sense chance backing foundation"
)
_MUCH = word_set(
    "hasty premature simplistic slow fast quick brisk lively high low weak short long heavy light "
    "bright dark"
)
_GOES = word_set("goes falls drops fails collapses dies")
_COMES = word_set("comes came happens happened appears arrives materialises did does will fits")
_FITS = word_set(
    "fit work match hold apply suit do happen heard present permitted allowed supported confirmed "
    "tenable home"
)
_CASE = (
    ["that", "one"], ["this", "one"], ["what", "i"], ["what", "this"], ["what", "we"],
    ["borne", "out"],
    *(["the", word] for word in ("one", "case", "answer", "key", "tonic", "right", "home")),
)  # fmt: skip
_TRUST = word_set(
    "agree buy follow accept believe share trust hear see find confirm detect think get"
)
_OBJECTS = word_set("it that this them those him her so neither either any one none the both")
_JUDGED = word_set(
    "rule reject exclude discard dismiss eliminate refuse deny strike drop cross doubt scrap throw"
)
_HEARD = word_set("hear find trust see get detect found heard detected")
_REASONS = word_set("as for by from given on up")
_MAY = word_set("can may must would will could should do did had have 'll")
_BACK = word_set("withdraw recant regret retract withdrew recanted withdrawn cancelled recall")
_COMMANDS = _JUDGED | _BACK | {"do"}
_RETRACTS = _JUDGED | _BACK
_FAULTS = _VERDICTS | _GOES | _BACK
_BE_NOT = _BE | {"not"}
_JOINTS = word_set("but and yet so hence")
_PARTED = phrases("ruled out|crossed off|crossed out|rubbed out")
_PREDICATES = _NEGATIVE | _VERDICTS | _GOES | _BACK | _BE | _GETS | _ADVERBIAL | word_set(
    "too ruled crossed rubbed has"
)  # fmt: skip
_HEADS = (
    _PREDICATES | _PEOPLE | _THINGS | _JUDGED | _HEARD | word_set("i i'm my the there do")
)  # fmt: skip
REJECTIONS = (
    _NEGATIVE | _VERDICTS | _DISAGREE | _FALSE_THINGS | _GOES | _BACK | _JUDGED
    | word_set("little nothing none neither ruled crossed rubbed too no nope back go")
)  # fmt: skip
"""Words without which nothing is rejected so."""
REPLIES = (
    _NEGATIVE | _WRONG | _DISAGREE | _FALSE_THINGS | _BACK
    | word_set("rejected excluded discarded dismissed eliminated ruled rubbed gone struck")
)  # fmt: skip
"""Words by which a sentence that names nothing may reject the one before it."""
_WOULD = phrases("it would|that would|this would")
Rejection = Literal["", "people", "thing", "both"]
"""Whether somebody's opinion is rejected, or the thing itself, or the two that were named."""
_RIGHT = word_set("right it correct possible fits works matches here applies true convincing")


def rejects(sentence: Sentence, at: int = 0) -> Rejection:
    """Does the clause that begins at a token reject what was said before it, and how?"""
    words, start = sentence.words, at
    if at == 0 and supposes(sentence):
        return "thing"
    while at < len(words) and words[at] in _LEADS:
        at += 1
    if at < len(words) and words[at] not in _HEADS:
        return ""
    clause = _Clause(sentence, at)
    said = clause.said
    if not said:
        return "thing" if at - start > 1 and words[at - 1] in ("no", "nope") else ""
    head, one = said[0], 1 + (said[1:2] != [] and said[1] in _ONES)
    if head == "neither" and _neither(said):
        return "both"
    if head in _PEOPLE:
        return "people" if clause.predicate(1) else ""
    if head == "which" and said[1:2] in (["i"], ["we"]):
        return "thing" if clause.judges(2) else ""
    if head in _THINGS:
        return "thing" if clause.predicate(one) else ""
    if head in ("i", "i'm"):
        if said[1:2] != [] and said[1] in _DISAGREE:
            return "people"
        return "thing" if clause.judges(1) else ""
    if head in ("my", "the"):
        return "people" if said[2:3] != [] and said[2] in _DISAGREE else ""
    if head == "there":
        none = said[1:3] in (["is", "none"], ["are", "none"], ["'s", "none"]) or (
            said[1:2] in (["isn't"], ["aren't"]) and said[2:3] in (["one"], ["any"])
        )
        return "thing" if none and clause.closes(3) else ""
    commanded = head in _COMMANDS and clause.judges(0)
    commanded = commanded and said[:2] not in (["strike", "that"], ["drop", "that"])
    found = head in _HEARD and said[1:2] in (["none"], ["nothing"]) and clause.closes(2)
    headless = start == at > 0 and sentence.kinds[at - 1] == "," and head in _NEGATIVE
    headless = headless and said[1:2] not in (["fit"], ["work"], ["match"])
    alone = head != "be" and head not in _GOES and not headless and clause.predicate(0)
    return "thing" if commanded or found or alone else ""


def _neither(said: list[str]) -> bool:
    """ "neither is right", "neither of them fits"."""
    said = said[3:] if said[1:2] == ["of"] else said[1:]
    said = said[said[:1] != [] and said[0] in _BE :]
    return said[:1] != [] and said[0] in _RIGHT


def supposes(sentence: Sentence) -> bool:
    """ "It would be my answer if A were at the bottom": of what was named before."""
    return "if" in sentence.bag and sentence.words[:2] in _WOULD


def judged(sentence: Sentence, at: int) -> bool:
    """ "X I rule out", "X, we can discard": what the author does with a name before it."""
    at += sentence.kinds[at] == ","
    if _AUTHOR.isdisjoint(sentence.words[at : at + 3]):
        return False
    clause = _Clause(sentence, at)
    return clause.said[:1] in (["i"], ["we"]) and clause.judges(1, inverted=True)


def rejection(sentence: Sentence) -> list[tuple[int, Rejection]]:
    """Where the clauses of a sentence begin that reject what was said before them."""
    if sentence.bag.isdisjoint(REJECTIONS):
        return []
    words, kinds = sentence.words, sentence.kinds
    starts = [
        at for at in range(2, len(words)) if kinds[at - 1] in ",;:-(" or words[at - 1] in _JOINTS
    ]
    return [(at, how) for at in starts if (how := rejects(sentence, at))]


def discarded(sentence: Sentence, last: int) -> bool:
    """ "The 128 I jotted down was careless": does the clause of a name end with its "no"?"""
    for at in range(last + 2, min(len(sentence.words), last + 9)):
        if sentence.kinds[at] in ",;:":
            return False
        if sentence.words[at] in ("was", "is", "were") and _Clause(sentence, at).predicate(0):
            return True
    return False


def rejected(sentence: Sentence, last: int) -> bool:
    """Does a later clause of a sentence reject what ends at token ``last``?"""
    return any(at > last + 1 for at, _ in sentence.once(rejection))


def predicated(sentence: Sentence, at: int, subject: int = 0) -> bool:
    """Do the words from a token on say of a name before them that it is not so: "X goes too"?

    They may begin with a pronoun for it, of ``subject`` words: "X it is not".
    """
    words = sentence.words
    head = words[at] if subject == 0 and at < len(words) else "is"
    return head in _PREDICATES and head != "never" and _Clause(sentence, at).predicate(subject)


class _Clause:
    """The words of a clause without adverbs."""

    def __init__(self, sentence: Sentence, at: int) -> None:
        words = sentence.words
        end = min(len(words), at + 12)
        self.sentence = sentence
        self.spots = [n for n in range(at, end) if words[n] not in _ADVERBIAL]
        self.said = [words[n] for n in self.spots]

    def closes(self, at: int, *, reason: bool = False) -> bool:
        """Does the clause end before its word ``at``, but for a ``reason``?"""
        if at >= len(self.spots):
            return True
        ends = self.sentence.kinds[self.spots[at]] in ",;:)-"
        ends = ends or self.said[at] in ("though", "but", "too", "either", "because", "since")
        ends = ends or self.said[at : at + 2] == ["as", "well"]
        spot = self.spots[at]
        ends = ends or self.sentence.words[spot : spot + 2] == ["at", "all"]
        return ends or (reason and self.said[at] in _REASONS)

    def predicate(self, at: int) -> bool:
        """ "isn't", "is false", "was a slip", "goes too", "can be ruled out", "too slow"."""
        said = self.said
        word = said[at] if at < len(said) else ""
        if word == "never":
            return said[at + 1 : at + 2] != [] and said[at + 1] in _COMES and self.closes(at + 2)
        while word in _BE and at + 1 < len(said) and said[at + 1] in _BE_NOT:
            at, word = at + 1, said[at + 1]
        if word in _NEGATIVE:
            at += said[at + 1 : at + 2] == ["be"]
            follows = said[at + 1 : at + 3]
            if follows in _CASE or (follows[:1] == ["worth"] and len(follows) > 1):
                return True
            fits = follows[:1] != [] and follows[0] in _FITS and self.closes(at + 2, reason=True)
            right = follows[:1] in (["so"], ["right"], ["possible"]) or (
                at and follows[:1] == ["it"]
            )
            right = right and self.closes(at + 2)
            return fits or right or (at > 0 and self.closes(at + 1))
        if word in _GETS and said[at + 1 : at + 2] in (["no"], ["little"]):
            nothing = said[at + 2 : at + 3] != [] and said[at + 2] in _SUPPORT
            return nothing and (self.closes(at + 3))
        if word in _BE:
            if said[at + 1 : at + 3] in (["easy", "to"], ["simple", "to"]):
                return said[at + 3 : at + 4] != [] and said[at + 3] in _JUDGED
            if said[at + 1 : at + 4] == ["nothing", "of", "the"]:
                return True
            at, word = at + 1, said[at + 1] if at + 1 < len(said) else ""
            if word in ("a", "an", "pure", "my", "the"):
                return not _FALSE_THINGS.isdisjoint(said[at + 1 : at + 3])
        if word == "too":
            much = said[at + 1 : at + 2]
            return much != [] and much[0] in _MUCH and self.closes(at + 2, reason=True)
        if said[at : at + 2] in _PARTED or said[at : at + 3] == ["has", "to", "go"]:
            return True
        if word == "out":
            return self.closes(at + 1, reason=True) or said[at + 1 : at + 3] == ["of", "place"]
        if word in _GOES and self.sentence.words[self.spots[at] + 1 :][:1] == ["on"]:
            return False  # "that goes on and on"
        return word in _FAULTS and (
            self.closes(at + 1, reason=True)
            or said[at + 1] in ("out", "through", "away", "it", "them")
        )

    def judges(self, at: int, *, inverted: bool = False) -> bool:
        """ "I rule it out", "I don't trust it", "we won't", "I hear none", "I take it back".

        ``inverted``: what is judged stands before: "X I rule out".
        """
        said = self.said
        while at + 1 < len(said) and said[at] in _MAY and said[at + 1] != "not":
            at += 1
        if at >= len(said):
            return False
        at += said[at] in _MAY
        word, follows = said[at] if at < len(said) else "", said[at + 1 : at + 3]
        if word in _NEGATIVE:
            trusts = follows[:1] != [] and (
                follows[0] in _TRUST or (inverted and follows[0] in ("call", "make"))
            )
            return self.closes(at + 1) or (
                trusts and (inverted or self.closes(at + 2) or follows[-1] in _OBJECTS)
            )
        if inverted and word in _JUDGED:
            return self.closes(at + 1, reason=True) or follows[0] == "out"
        if not follows:
            return False
        if word in _HEARD:
            return follows[0] in ("none", "neither", "nothing")
        if word == "call":
            return follows[-1] in _WRONG
        if word in ("was", "am", "'m", "stand"):
            return follows[0] == "corrected" or follows[0] in _WRONG
        if word in ("take", "took"):
            return follows[-1] == "back"
        return word in _RETRACTS and follows[0] in _OBJECTS
