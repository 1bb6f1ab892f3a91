"""The propositions of a sentence as claims: each with the stance of its author.

Conventions
-----------
Beside the cues of ``cues.py``: what is denied of one end of a list is denied of the list;
values that "or" joins are doubtful; what somebody else says is no claim.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from rewards.claims.context import Found
from rewards.claims.records import Claim, Modality, Polarity, Section
from rewards.claims.stance.afterthoughts import UNREAL, reconsidered, revised
from rewards.claims.stance.clauses import clauses
from rewards.claims.stance.cues import Cues
from rewards.claims.stance.generalities import general
from rewards.claims.stance.offers import offers, only_offered, optional
from rewards.claims.stance.rejections import rejected
from rewards.claims.stance.reports import own, reported
from rewards.claims.text.folding import Folded
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set

_CHOOSING = word_set(
    "choose choosing choice torn decide undecided waver hesitate tie toss-up deciding decision"
)
_EXCLUDES = word_set(
    "removes remove sinks kills disposes against paid away end "
    "rules rule ruling excludes excluding exclude eliminates eliminating eliminate dismiss discard"
)
_ORS = word_set("or oder ou")
_EXCLUSIVE = word_set("key mode meter cadence chord note interval form roman")
"""Types of which one thing has one value."""
_LEFT = word_set("genre mood form meter cadence key mode")
"""Types of values that something "leaves" to choose from."""
_ASKED = 7
"""How many words at the end of a question are what it asks."""
_VALUES = tuple("NACGMOXR0")
_DOUBTFULLY = phrases("perhaps|maybe|possibly|else")
_ANOTHER = (*phrases("its|the|a|an|another|in"), *_DOUBTFULLY)
_ALSO = phrases("as can|as is|as are|as does|so is|so are|so can|so does|nor is|nor does")
_FITS = word_set("fit fits possible work works plausible options share shares match candidates")
_OPEN = word_set("either candidates possibilities")
_WEIGHS = _OPEN | word_set("between both leaves")
"""Words without one of which a sentence speaks of no choice."""
_JOINTS = _ORS | word_set("/ vs versus")
_CHOICES = _ORS | word_set("/ and ,")
"""What joins values of which one may choose."""
_in_order = attrgetter("first", "last")


class _Manner(NamedTuple):
    """What a sentence does with whatever it names.

    Attributes:
        cues: the words that deny, doubt, suppose or take back.
        told: where somebody else says something, and to which stretch it reaches.
        weighs: it offers what may be so.
        offered: between which tokens something is only offered.
        general: up to which token it speaks in general.
        unsettled: what it says may be revised behind it.
        joined: an "or" joins values.
    """

    cues: Cues
    told: list[tuple[int, int]]
    weighs: bool
    offered: tuple[int, int] | None
    general: int
    unsettled: bool
    joined: bool

    def passes_over(self, one: Found) -> bool:
        """Is a name only said in general, or offered?"""
        if one.first < self.general:
            return True
        return self.offered is not None and self.offered[0] < one.first < self.offered[1]


def _manner(sentence: Sentence) -> _Manner:
    return _Manner(
        sentence.once(Cues), reported(sentence), offers(sentence), only_offered(sentence),
        general(sentence), revised(sentence), not sentence.bag.isdisjoint(_ORS),
    )  # fmt: skip


def stated(
    sentence: Sentence,
    found: list[Found],
    section: Section,
    text: Folded,
    at_risk: list[Claim] | None = None,
) -> list[Claim]:
    """The propositions of a sentence as claims, spans in the raw completion.

    What may be rejected by the next sentence is added to ``at_risk`` as it then stands: what
    somebody else says, what is doubted, what the author once noted.
    """
    at_risk = [] if at_risk is None else at_risk
    manner = sentence.once(_manner)
    claims: list[Claim] = []
    ends: dict[str, int] = {}
    for one in sorted(found, key=_in_order) if len(found) > 1 else found:
        if manner.told and _told_by_others(sentence, manner, one):
            denied = _claim(sentence, one, section, text, "denied", "asserted")
            (claims if rejected(sentence, one.last) else at_risk).append(denied)
            continue
        if one.type != "textbook" and manner.passes_over(one):
            continue
        stance = _stance(sentence, manner, one, _barrier(ends, one))
        if stance is None:
            continue
        polarity, modality = stance
        if sentence.asked and modality == "asserted" and _asked(sentence, one):
            modality = "hedged"
        weighed = manner.weighs and section == "think" and one.type != "textbook"
        if weighed and polarity == "asserted" and optional(sentence, one.first):
            modality = "hypothetical"
        if manner.unsettled or modality != "asserted":
            polarity, modality, lost = reconsidered(sentence, found, one, (polarity, modality))
            if lost is not None:
                at_risk.append(_claim(sentence, one, section, text, *lost))
        if manner.joined and polarity == modality == "asserted" and _one_of_two(sentence, one):
            modality = "hedged"
        if one.type == "note" and modality == "hypothetical" and not manner.cues.posited(one.first):
            continue  # "that would need an E flat in the bass" speaks of another value
        claims.append(_claim(sentence, one, section, text, polarity, modality))
    if len(claims) < 2:
        return claims
    if any(claim.polarity == "denied" for claim in claims):
        claims = _in_lists(sentence, _announced(claims), text)
    return _alternatives(sentence, claims, text)


def _told_by_others(sentence: Sentence, manner: _Manner, one: Found) -> bool:
    """Does somebody else say it, and not the author behind that?"""
    hard = sentence.once(clauses)[1]
    return any(
        one.first > at and hard[one.first] == to and not own(sentence, at, one.first)
        for at, to in manner.told
    )


def _barrier(ends: dict[str, int], one: Found) -> int:
    """The last token of a claim of another type before one, or -1; ``ends`` holds those of each."""
    kind = "key" if one.type in ("mode", "modulation") else one.type
    barrier = -1
    for type_, end in ends.items():
        if end > barrier and type_ != kind:
            barrier = end
    ends[kind] = max(one.last, ends.get(kind, -1))
    return barrier if barrier < one.first else -1


def _stance(
    sentence: Sentence, manner: _Manner, one: Found, barrier: int
) -> tuple[Polarity, Modality] | None:
    """What its author says of a proposition; None where it is no claim."""
    cues = manner.cues
    stance = cues.stance(one.type, one.first, one.last, barrier)
    if one.type == "textbook":
        return _of_theory(sentence, cues, one, "asserted" if stance is None else stance[1])
    if stance is None:
        return None if one.modality is None else ("asserted", "asserted")
    if one.type == "key_signature" and stance[1] in ("hypothetical", "hedged"):
        return _of_signs(sentence, cues, one, stance)
    return stance


def _of_signs(
    sentence: Sentence, cues: Cues, one: Found, stance: tuple[Polarity, Modality]
) -> tuple[Polarity, Modality] | None:
    """The stance of sharps or flats that are counted beside a doubt of the key."""
    polarity, modality = stance
    if modality == "hypothetical":
        if any(cue > one.last for cue in cues.suppose):
            return None  # "one sharp would mean G major" says something of G major
        if UNREAL.isdisjoint(sentence.words[cue] for cue in cues.suppose):
            return polarity, "asserted"
    elif sentence.words[one.last + 1 : one.last + 3] in (["either", "way"], ["in", "either"]):
        return polarity, "asserted"  # "four sharps either way"
    return stance


def _asked(sentence: Sentence, one: Found) -> bool:
    """Does a name stand where a question asks, but for an instrument that is there?"""
    given = one.type == "instrument" and sentence.words[max(0, one.first - 1)] == "the"
    return one.last >= len(sentence.words) - _ASKED and not given


def _one_of_two(sentence: Sentence, one: Found) -> bool:
    """ "D major or its relative", "D or Bm": is another value offered that is no claim itself?"""
    if one.type not in _EXCLUSIVE:
        return False
    words, kinds = sentence.words, sentence.kinds
    at = one.last + 1
    at += words[at : at + 1] == [","] and words[at + 2 : at + 3] in _DOUBTFULLY
    while kinds[at : at + 2] in (",N", ",A") and kinds[one.last] in "NA":
        at += 2  # "the tonic is D, A or G"
    if words[at : at + 1] != [] and words[at] in _ORS:
        numeral = kinds[at + 1 : at + 2] == "I" and kinds[at + 2 : at + 3] in ("", ",", ";")
        other = kinds[at + 1 : at + 2] in _VALUES or words[at + 1 : at + 2] in _ANOTHER
        return other or numeral
    return one.first > 1 and words[one.first - 1] in _ORS and kinds[one.first - 2] in _VALUES


def _of_theory(
    sentence: Sentence, stances: Cues, one: Found, modality: Modality
) -> tuple[Polarity, Modality]:
    """The stance of a proposition of theory: what is said around it is of the clip."""
    near = {
        cue
        for cue in (*stances.deny, *stances.hedge)
        if one.first - 2 <= cue <= one.last
        and (cue >= one.first or "," not in sentence.kinds[cue : one.first])
    }
    polarity: Polarity = "denied" if near.intersection(stances.deny) else "asserted"
    doubted = modality == "hedged" and not near.isdisjoint(stances.hedge)
    return polarity, "asserted" if modality in ("hypothetical", "hedged") and not doubted else (
        modality
    )


def _claim(
    sentence: Sentence,
    one: Found,
    section: Section,
    text: Folded,
    polarity: Polarity,
    modality: Modality,
) -> Claim:
    """A proposition as a claim, where its reader did not know better."""
    start, end = sentence.span(one.first, one.last)
    return Claim(
        one.type, one.value, text.raw(start), text.raw(end), section, one.subject, one.time,
        one.polarity or polarity, one.modality or modality,
    )  # fmt: skip


def _announced(claims: list[Claim]) -> list[Claim]:
    """Without what is named only to be denied: "A reel is four-square, so no reel"."""
    denied = {(one.type, one.value): one.start for one in claims if one.polarity == "denied"}
    return [
        one
        for one in claims
        if one.polarity == "denied" or one.start > denied.get((one.type, one.value), -1)
    ]


def _in_lists(sentence: Sentence, claims: list[Claim], text: Folded) -> list[Claim]:
    """ "not A, B or C", "A and B are out": what is said of one end is said of the list."""
    made = list(claims)
    excludes = not sentence.bag.isdisjoint(_EXCLUDES)
    joints = [_lists(sentence, one, other, text) for one, other in pairwise(made)]
    for n in range(1, len(made)):
        offered = joints[n - 1] in ("or", "nor") or (joints[n - 1] and "or" in joints[n:])
        offered = offered or (excludes and joints[n - 1] in ("and", ","))
        offered = offered or _as_well(sentence, made[n - 1], made[n], text)
        if offered and made[n - 1].polarity == "denied":
            made[n] = replace(made[n], polarity="denied")
    last = _first(sentence, made[-1].end, text)
    listed = sentence.words[last : last + 1] in ([":"], ["are"], ["were"])
    for n in range(len(made) - 2, -1, -1):
        joints_of_one = ("or", "nor") if made[n].type == "tempo" else ("and", "or", "nor", "/")
        listed = listed and joints[n] is not None
        comma = joints[n] == "," and listed
        if (joints[n] in joints_of_one or comma) and made[n + 1].polarity == "denied":
            listed = True
            made[n] = replace(made[n], polarity="denied", modality="asserted")
    return made


def _as_well(sentence: Sentence, one: Claim, other: Claim, text: Folded) -> bool:
    """ "X can be dismissed, as can Y", "and so is Y"."""
    between = sentence.words[_first(sentence, one.end, text) : _first(sentence, other.start, text)]
    rest = [word for word in between if word not in ("a", "an", "the")]
    return one.type == other.type and rest[-2:] in _ALSO


def _lists(sentence: Sentence, one: Claim, other: Claim, text: Folded) -> str | None:
    """The last word that joins two claims of one type in a list."""
    if one.type != other.type:
        return None
    between = sentence.words[_first(sentence, one.end, text) : _first(sentence, other.start, text)]
    rest = [word for word in between if word not in ("a", "an", "the")]
    return rest[-1] if rest and set(rest) <= {",", "or", "and", "nor", "/"} else None


def _first(sentence: Sentence, place: int, text: Folded) -> int:
    """The first token that begins there in the completion, or behind it."""
    return bisect_left(
        range(len(sentence.words)), place, key=lambda at: text.raw(sentence.start(at))
    )


def _alternatives(sentence: Sentence, claims: list[Claim], text: Folded) -> list[Claim]:
    """ "D major or B minor", "two keys fit: D major and B minor": both are doubtful."""
    words, kinds = sentence.words, sentence.kinds
    if len({claim.type for claim in claims}) == len(claims):
        return claims
    joints = _CHOICES if _weighed(sentence, claims) else _JOINTS
    if sentence.bag.isdisjoint(joints):
        return claims
    ors = [  # "an operetta, or zarzuela as we call it" is one thing
        text.raw(sentence.start(n))
        for n, word in enumerate(words)
        if word in joints and (word != "or" or kinds[n - 1] != ",")
    ]
    made = list(claims)
    for n, one in enumerate(claims):
        for m in range(n + 1, min(n + 4, len(claims))):
            after = bisect_left(ors, one.end)
            joined = after < len(ors) and ors[after] < claims[m].start
            if not joined or not _alike(one, claims[m]):
                continue
            if sentence.asked and "or" in sentence.bag:
                return [c for c in made if c.type != one.type]
            for place in (n, m):
                if made[place].modality == "asserted":
                    made[place] = replace(made[place], modality="hedged")
    return made


def _weighed(sentence: Sentence, claims: list[Claim]) -> bool:
    """Does a sentence speak of values between which one may choose?"""
    bag = sentence.bag
    return not bag.isdisjoint(_WEIGHS) and (
        sentence.words[0] == "between"
        or not bag.isdisjoint(_OPEN)
        or ("both" in bag and not bag.isdisjoint(_FITS))
        or ("between" in bag and not bag.isdisjoint(_CHOOSING))
        or ("leaves" in bag and any(claim.type in _LEFT for claim in claims))
    )


def _alike(one: Claim, other: Claim) -> bool:
    """Are two values of one type told close together, each as true?"""
    near = other.start - one.end <= 24 and one.type == other.type != "textbook"
    if not near or one.value == other.value:  # "the plagal or amen cadence"
        return False
    supposed = "hypothetical" in (one.modality, other.modality)
    return one.polarity == other.polarity == "asserted" and not supposed
