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

from rewards.claims.context import Found
from rewards.claims.records import Claim, Modality, Polarity, Section
from rewards.claims.stance.afterthoughts import SUMS, UNREAL, reconsidered
from rewards.claims.stance.clauses import clauses
from rewards.claims.stance.cues import Cues
from rewards.claims.stance.generalities import general
from rewards.claims.stance.offers import offers, only_offered, optional, turned_down, without_lists
from rewards.claims.stance.rejections import rejected
from rewards.claims.stance.reports import own, reported
from rewards.claims.text.folding import Folded
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set

_CHOOSING = word_set(
    "choose choosing choice torn decide undecided waver hesitate tie toss-up deciding decision"
)
_PAIRED = word_set("keys choices options candidates readings possibilities")
_EXCLUDES = word_set(
    "rules rule ruling excludes excluding exclude eliminates eliminating eliminate dismiss discard"
)
_AMONG = word_set("among of between amongst from")
_NEITHER = word_set(
    "applies apply fits fit works work holds hold matches match convinces is are will do does "
    "qualifies suits"
)
_FITS = word_set("fit fits possible work works plausible options share shares match candidates")
_CHOSEN_BY = word_set("fits fit matches seems works wins makes suits better explains agrees")


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
    stances = sentence.once(Cues)
    told = sentence.once(reported)
    hard = sentence.once(clauses)[1] if told else []
    claims = []
    latest = len(sentence.words) - 1
    weighs = sentence.once(offers)
    found_first = min(found, key=lambda one: one.first).type if weighs and found else ""
    ends: dict[str, int] = {}
    passed = sentence.once(only_offered)
    in_general = sentence.once(general)
    for one in sorted(found, key=lambda one: (one.first, one.last)):
        if told and any(
            one.first > at and hard[one.first] == to and not own(sentence, at, one.first)
            for at, to in told
        ):
            if rejected(sentence, one.last):
                claims.append(_claim(sentence, one, section, text, "denied", "asserted"))
            else:
                at_risk.append(_claim(sentence, one, section, text, "denied", "asserted"))
            continue
        if one.first < in_general and one.type != "textbook":
            continue
        offered = passed is not None and passed[0] < one.first < passed[1]
        if offered and one.type != "textbook":
            continue
        kind = "key" if one.type in ("mode", "modulation") else one.type
        others_end = [end for type_, end in ends.items() if type_ != kind]
        barrier = max(others_end) if others_end else -1
        ends[kind] = max(one.last, ends.get(kind, -1))
        barrier = barrier if barrier < one.first else -1
        stance = stances.stance(one.type, one.first, one.last, barrier)
        if stance is None and one.modality is None and one.type != "textbook":
            continue
        polarity, modality = stance or ("asserted", "asserted")
        if one.type == "textbook":
            polarity, modality = _of_theory(sentence, stances, one, modality)
        if one.type == "key_signature" and modality == "hypothetical":
            if any(cue > one.last for cue in stances.suppose):
                continue  # "one sharp would mean G major" says something of G major
            if UNREAL.isdisjoint(sentence.words[cue] for cue in stances.suppose):
                modality = "asserted"
        if one.type == "key_signature" and modality == "hedged" and _either_way(sentence, one.last):
            modality = "asserted"
        if sentence.asked and modality == "asserted" and one.last >= latest - 6:
            modality = "hedged"
        weighed = section == "think" and polarity == "asserted" and weighs and (
            modality in ("asserted", "hedged") and one.type != "textbook"
        )  # fmt: skip
        if weighed and optional(sentence, one.first):
            if turned_down(sentence) and one.type == found_first:
                polarity, modality = "denied", "asserted"
            else:
                modality = "hypothetical"
        polarity, modality, lost = reconsidered(sentence, found, one, (polarity, modality))
        if lost is not None:
            at_risk.append(_claim(sentence, one, section, text, *lost))
        unmet = one.type == "note" and modality == "hypothetical" and one.modality is None
        if unmet and not stances.posited(one.first):
            continue  # "that would need an E flat in the bass" speaks of another value
        claims.append(_claim(sentence, one, section, text, polarity, modality))
    if len(claims) < 2:
        return claims
    claims = _latter(sentence, _of_options(sentence, claims, text), text)
    claims = _summed_up(sentence, claims, text)
    claims = without_lists(_two_keys(sentence, claims, text))
    return _alternatives(sentence, _in_lists(sentence, claims, text), text)


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


def _latter(sentence: Sentence, claims: list[Claim], text: Folded) -> list[Claim]:
    """ "Between G major and E minor, the latter fits better": E minor is asserted."""
    word = "latter" if "latter" in sentence.bag else "former"
    if word not in sentence.bag or len(claims) < 2:
        return claims
    at = sentence.words.index(word)
    place = text.raw(sentence.tokens[at].start)
    pair = [n for n, claim in enumerate(claims) if claim.end <= place][-2:]
    types = {claims[n].type for n in pair}
    if len(pair) < 2 or len(types) > 1 or "textbook" in types:
        return claims
    if not _CHOSEN_BY.isdisjoint(sentence.words[at + 1 : at + 4]):
        taken, left = pair[::-1] if word == "latter" else pair
        claims = list(claims)
        claims[taken] = replace(claims[taken], polarity="asserted", modality="asserted")
        claims[left] = replace(claims[left], modality="hedged")
    return claims


def _either_way(sentence: Sentence, last: int) -> bool:
    """ "Four sharps either way"."""
    return sentence.words[last + 1 : last + 3] in (["either", "way"], ["in", "either"])


def _between(words: list[str]) -> bool:
    """ "Halfway between folk and country", "somewhere between calm and sad"."""
    at = words.index("between")
    return words[at - 1 : at] in (
        ["halfway"], ["somewhere"], ["lies"], ["hovers"], ["is"], ["sits"],
    )  # fmt: skip


def _two_of(words: list[str]) -> bool:
    """ "Two keys fit", "the two remaining choices"."""
    at = words.index("two")
    return not _PAIRED.isdisjoint(words[at + 1 : at + 3])


def _in_lists(sentence: Sentence, claims: list[Claim], text: Folded) -> list[Claim]:
    """ "not A, B or C", "A and B are out": what is said of one end is said of the list."""
    if not any(claim.polarity == "denied" for claim in claims):
        return claims
    made = list(claims)
    excludes = not sentence.bag.isdisjoint(_EXCLUDES)
    joints = [_lists(sentence, one, other, text) for one, other in pairwise(made)]
    for n in range(1, len(made)):
        offered = joints[n - 1] in ("or", "nor") or (joints[n - 1] and "or" in joints[n:])
        offered = offered or (excludes and joints[n - 1] in ("and", ","))
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


def _of_options(sentence: Sentence, claims: list[Claim], text: Folded) -> list[Claim]:
    """Without the list in "of Largo, Andante and Presto only Andante fits"."""
    if sum(claim.type == claims[0].type for claim in claims) < 3 or _AMONG.isdisjoint(
        sentence.words[: max(1, len(sentence.words) // 2)]
    ):
        return claims
    first = _first(sentence, claims[0].start, text)
    lead = [word for word in sentence.words[max(0, first - 2) : first] if word not in ("a", "the")]
    if not lead or lead[-1] not in _AMONG:
        return claims
    end = 1
    while end < len(claims) and _lists(sentence, claims[end - 1], claims[end], text):
        end += 1
    rest = claims[end:]
    repeated = end > 2 and claims[end - 1].value in [claim.value for claim in claims[: end - 1]]
    if repeated:  # "among Largo, Andante and Presto, Andante fits"
        return claims[end - 1 :]
    alike = any(claim.type == claims[0].type for claim in rest)
    return rest if alike and (end > 2 or lead[-1] == "between") else claims


def _summed_up(sentence: Sentence, claims: list[Claim], text: Folded) -> list[Claim]:
    """ "C says Allegro, D says Presto; both too fast", "...; neither applies": all denied."""
    if SUMS.isdisjoint(sentence.bag):
        return claims
    words, kinds = sentence.words, sentence.kinds
    for at in range(2, len(words) - 1):
        if words[at] not in SUMS or kinds[at - 1] not in ",;:-":
            continue
        rest = [
            word for word in words[at + 1 :] if word not in ("of", "them", "these", "are", "is")
        ]
        denied = rest[:1] and (
            rest[0] in ("too", "out", "wrong", "impossible", "excluded")
            if words[at] in ("both", "all")
            else rest[0] in _NEITHER
        )
        if denied:
            end = text.raw(sentence.tokens[at].start)
            return [
                replace(claim, polarity="denied", modality="asserted")
                if claim.end <= end and claim.type != "textbook"
                else claim
                for claim in claims
            ]
    return claims


def _lists(sentence: Sentence, one: Claim, other: Claim, text: Folded) -> str | None:
    """The last word that joins two claims of one type in a list."""
    if one.type != other.type:
        return None
    between = sentence.words[_first(sentence, one.end, text) : _first(sentence, other.start, text)]
    rest = [word for word in between if word not in ("a", "an", "the")]
    return rest[-1] if rest and set(rest) <= {",", "or", "and", "nor", "/"} else None


def _first(sentence: Sentence, place: int, text: Folded) -> int:
    """The first token that begins there in the completion, or behind it."""
    return bisect_left(sentence.tokens, place, key=lambda token: text.raw(token.start))


def _two_keys(sentence: Sentence, claims: list[Claim], text: Folded) -> list[Claim]:
    """ "That leaves E major and C sharp minor": of two keys in one breath neither is asserted."""
    made = list(claims)
    for n, (one, other) in enumerate(pairwise(claims)):
        keys = one.type == other.type == "key" and one.plain and other.plain
        joined = keys and _lists(sentence, one, other, text) in ("and", "/")
        if joined and one.value != other.value:
            made[n] = replace(one, modality="hedged")
            made[n + 1] = replace(other, modality="hedged")
    return made


def _alternatives(sentence: Sentence, claims: list[Claim], text: Folded) -> list[Claim]:
    """ "D major or B minor", "two keys fit: D major and B minor": both are doubtful."""
    bag = sentence.bag
    weighed = not bag.isdisjoint(("either", "candidates", "candidate", "possibilities"))
    weighed = weighed or ("both" in bag and not bag.isdisjoint(_FITS))
    weighed = weighed or ("between" in bag and not bag.isdisjoint(_CHOOSING))
    weighed = weighed or ("two" in bag and _two_of(sentence.words))
    kinds = frozenset(("genre", "mood", "form", "meter", "cadence"))
    weighed = weighed or ("leaves" in bag and any(claim.type in kinds for claim in claims))
    weighed = weighed or ("between" in bag and _between(sentence.words))
    joints = ("or", "/", "and", ",") if weighed else ("or", "/", "vs", "versus")
    if bag.isdisjoint(joints):
        return claims
    at = [n for n, word in enumerate(sentence.words) if word in joints]
    ors = [text.raw(sentence.tokens[n].start) for n in at]
    made = list(claims)
    for n, one in enumerate(claims):
        for m in range(n + 1, min(n + 4, len(claims))):
            other = claims[m]
            after = bisect_left(ors, one.end)
            joined = after < len(ors) and ors[after] < other.start
            near = other.start - one.end <= 24 and one.type == other.type != "textbook"
            near = near and "hypothetical" not in (one.modality, other.modality)
            if joined and near and one.polarity == other.polarity == "asserted":
                if sentence.asked and "or" in bag:
                    return [c for c in made if c.type != one.type]
                for place in (n, m):
                    if made[place].modality == "asserted":
                        made[place] = replace(made[place], modality="hedged")
    return made
