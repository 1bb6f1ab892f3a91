"""Which of several values that exclude each other an author settles on.

Conventions
-----------
Who weighs keys names each of them, and a sentence that names one is easily taken for a claim. So
of values that cannot all be true of one thing (``contradictions.py``) one is *settled*: the last
where its author says that it is the one (``finals.py``), else that which the answer agrees
with, else the last that is stated outright, else the last. The others are taken back, and neither
earn nor cost:

==========================================================  =====================
of the think part                                           becomes
==========================================================  =====================
another value of a key, mode, signature, tempo, meter,      taken back
cadence, last chord, note of one voice and place, form, or
of the one interval or chord; half the answer's tempo
the same, stated outright of the whole: "It is in G         a contradiction still
major."; or last and concluded: "Therefore G major."
a key of the notes, or on the tonic, of the mode that the   taken back
answer names: "the notes of C major on D, so D dorian"
what is denied later, while another value of its type is    taken back
asserted, there or in the answer
==========================================================  =====================

No list of values gains by it: what pays is the one that is settled, which is a guess as before, and
``listings.py`` leaves no more than two to settle.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rewards.claims.records import BESIDE, FRAME, Claim
from rewards.claims.sameness import same_value
from rewards.claims.text.words import word_set
from rewards.claims.verify.contradictions import SINGLE, agree, place_of
from rewards.claims.verify.finals import final
from rewards.scorers.tempo import nearness as tempo_nearness
from rewards.spelling.modes import parse_mode
from rewards.spelling.scales import Scale

_TURNS = word_set(
    "no not never neither nor none if would could might may maybe but however yet though although "
    "while whereas or either versus vs against between rather instead unlike than first initially "
    "earlier reflex before option options candidate candidates answer choice choices say says "
    "claim claims wait actually scratch suppose were out remains left middle midway halfway phrase "
    "section theme antecedent bridge verse chorus trio later then briefly passing"
)
"""Words of a sentence in which something is weighed, supposed, denied or taken back, or said of
a place: "there is a half cadence in the middle"."""
_STATES = re.compile(
    r"(?:\b(?:is|are|remains|stays|(?:ends|closes) (?:in|on|with)|moves at|at)|['’]s)\s+"
    r"(?:(?:in|on|an?|the|clearly|firmly|about|around|of)\s+){0,4}$",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(
    r"\b(?:so|therefore|thus|hence|conclude)\b(?:,\s)?[^.,!?;]{0,40}$", re.IGNORECASE
)
ONLY_LISTED = re.compile(
    r"(?:\W|\d|\b(?:and|or|also|then|an?|the|in|[b-h]|keys?|time|met(?:er|re)|cadence|form|bpm)\b)*",
    re.IGNORECASE,
)
"""What may stand between candidates that are only listed."""
_BEGINS = re.compile(
    r"\b(?:starts|begins|opens|starting|beginning|opening) (?:out |off )?(?:in|on) $"
)
_FRAMES = re.compile(r",? (?:in|of)(?: the key of)? ")
_WORD = re.compile(r"[a-z]+")
_BEFORE, _AFTER = re.compile(r"[.!?;:]\s|\n"), re.compile(r"(?<!\.\w)[.!?;](?:\s|$)|\n|<")
_REACH = 300
"""Characters of a sentence that are looked at on each side of a claim."""


def settled(
    claims: Sequence[Claim], answers: Sequence[Claim], text: str, *, one_chord: bool = False
) -> list[Claim]:
    """The claims of a think part, with those taken back that its author gave up.

    Args:
        claims: in order, spans in ``text``.
        answers: what the answer stands for.
        text: the raw completion.
        one_chord: a chord is asked, and the row tells no other.
    """
    claims = _framed(claims, text)
    given_up = {id(claim) for claim in _outvoted(claims, answers, text)}
    for type_ in ("interval", "chord") if one_chord else ("interval",):
        given_up |= {id(claim) for claim in _on_the_way(type_, claims, answers, text)}
    given_up |= {id(claim) for claim in _denied_later(claims, answers)}
    given_up |= {id(claim) for claim in _explaining(claims, answers, text)}
    if not given_up:
        return list(claims)
    return [
        replace(claim, modality="retracted") if id(claim) in given_up else claim for claim in claims
    ]


def _framed(claims: Sequence[Claim], text: str) -> list[Claim]:
    """Keys right behind a row of numerals as their frame."""
    ends = [
        claim.end for claim in claims if claim.type == "roman" and isinstance(claim.value, tuple)
    ]
    if not ends:
        return list(claims)
    return [
        replace(claim, subject=claim.subject | {FRAME})
        if claim.type == "key" and any(_FRAMES.fullmatch(text, end, claim.start) for end in ends)
        else claim
        for claim in claims
    ]


def _outvoted(claims: Sequence[Claim], answers: Sequence[Claim], text: str) -> Iterable[Claim]:
    """Values that exclude the settled one and are not stated outright."""
    plain = [claim for claim in claims if claim.type in SINGLE and claim.plain]
    if len({claim.type for claim in plain}) == len(plain):
        return
    moves = any(claim.plain and claim.type == "modulation" for claim in claims)
    yield from _left(plain, answers, text) if moves else ()
    for group in of_one_thing(plain):
        type_ = group[0].type
        if len(group) == 1 or (type_ == "key" and moves):
            continue
        answer = next((a for a in answers if a.type == type_ and _same_place(a, group[0])), None)
        agreed = [claim for claim in group if answer is not None and agree(type_, claim, answer)]
        exact = [c for c in agreed if answer is not None and not _at_another_level(c, answer)]
        firm = exact or agreed or [claim for claim in group if outright(claim, text, last=True)]
        kept = (group if final(group[-1], text) else firm or group)[-1]
        for claim in group:
            last = claim is group[-1]
            same = agree(type_, claim, kept) and not (exact and _at_another_level(claim, kept))
            if not same and not outright(claim, text, last=last):
                yield claim


def _at_another_level(one: Claim, other: Claim) -> bool:
    """Are two tempi half and double of each other, so that one of them is given up?"""
    tempi = [claim.value for claim in (one, other) if claim.type == "tempo"]
    return len(tempi) == 2 and tempo_nearness(float(tempi[0]), float(tempi[1]))[0] < 1  # type: ignore[arg-type]


def _on_the_way(
    type_: str, claims: Sequence[Claim], answers: Sequence[Claim], text: str
) -> Iterable[Claim]:
    """Values without a place that were weighed on the way to the one that is answered."""
    heard = [answer for answer in answers if answer.type == type_]
    if not heard:
        return
    said = [claim for claim in claims if claim.type == type_ and claim.plain]
    agreed = [any(agree(type_, claim, answer) for answer in heard) for claim in said]
    if not any(agreed):
        return
    fitting = [claim for claim, right in zip(said, agreed, strict=True) if right]
    for claim, right in zip(said, agreed, strict=True):
        placed = place_of(type_, claim) or claim.number or claim.subject & BESIDE
        apart = any(_apart(claim, other, text) for other in fitting)
        if apart and not (right or placed or outright(claim, text, last=claim is said[-1])):
            yield claim


def _apart(one: Claim, other: Claim, text: str) -> bool:
    """Do two values stand in sentences of their own, with more between them than in a list?"""
    first, second = sorted((one, other), key=lambda claim: claim.start)
    between = text[first.end : second.start]
    return _AFTER.search(between) is not None and ONLY_LISTED.fullmatch(between) is None


def _left(claims: Sequence[Claim], answers: Sequence[Claim], text: str) -> Iterable[Claim]:
    """The key in which a clip begins that moves on to the answer's."""
    keys = [answer for answer in answers if answer.type == "key"]
    said = [claim for claim in claims if claim.type == "key"]
    settles = any(agree("key", claim, answer) for claim in said for answer in keys)
    for claim in said if settles else ():
        begins = _BEGINS.search(before(text, claim.start))
        if begins and not any(agree("key", claim, answer) for answer in keys):
            yield claim


def of_one_thing(claims: Iterable[Claim]) -> Iterable[list[Claim]]:
    """Claims of one type and place together."""
    groups: dict[object, list[Claim]] = {}
    for claim in claims:
        where = place_of(claim.type, claim)
        if where is not None:
            groups.setdefault((claim.type, where), []).append(claim)
    return groups.values()


def _same_place(one: Claim, other: Claim) -> bool:
    return place_of(one.type, one) == place_of(other.type, other)


def _denied_later(claims: Sequence[Claim], answers: Sequence[Claim]) -> Iterable[Claim]:
    denials = [c for c in claims if c.polarity == "denied" and c.modality == "asserted"]
    if not denials:
        return
    types = {claim.type for claim in denials}
    last = {(claim.type, same_value(claim.type, claim.value)): claim.start for claim in denials}
    said = [
        (claim, (claim.type, same_value(claim.type, claim.value)))
        for claim in (*claims, *answers)
        if claim.type in types and claim.plain
    ]
    for claim, name in said:
        if last.get(name, -1) > claim.start and any(
            type_ == name[0] and value != name[1] for _, (type_, value) in said
        ):
            yield claim


def _explaining(claims: Sequence[Claim], answers: Sequence[Claim], text: str) -> Iterable[Claim]:
    """Keys by which a mode that is settled is explained."""
    for answer in answers:
        mode = parse_mode(str(answer.value)) if answer.type == "mode" else None
        if mode is None or mode.tonic is None or mode.mode in ("major", "minor"):
            continue
        named = [c for c in claims if c.type == "mode" and c.plain and agree("mode", c, answer)]
        for claim in claims if named else ():
            key = parse_mode(str(claim.value)) if claim.type == "key" and claim.plain else None
            if key is None or key.tonic is None:
                continue
            related = key.tonic.same(mode.tonic) or _notes(key) == _notes(mode)
            behind = min((c.start for c in named if c.start > claim.end), default=len(text))
            apart = _AFTER.search(text, claim.end, behind) is not None
            if related and not (apart and outright(claim, text, last=False)):
                yield claim


def _notes(scale: Scale) -> frozenset[int]:
    tonic = scale.tonic.pitch_class if scale.tonic else 0
    return frozenset((tonic + step) % 12 for step in scale.steps)


def outright(claim: Claim, text: str, *, last: bool) -> bool:
    """Whether a claim is its sentence's statement or conclusion, and nothing there is weighed."""
    concluded = last and _CONCLUDES.search(text[max(0, claim.start - 60) : claim.start])
    if not (concluded or states(text, claim.start)):
        return False
    after = text[claim.start : claim.end + _REACH]
    end = _AFTER.search(after, claim.end - claim.start)
    sentence = before(text, claim.start) + (after[: end.end()] if end else after)
    words = _WORD.findall(sentence.lower().replace("n't", " not").replace("n’t", " not"))
    return "?" not in sentence and _TURNS.isdisjoint(words)


def states(text: str, place: int) -> bool:
    """Is what begins at a place said of something: "it is in D major", "this is the ..."?"""
    return _STATES.search(before(text, place)[-60:]) is not None


def before(text: str, place: int) -> str:
    """What stands before a place in its sentence."""
    return _BEFORE.split(text[max(0, place - _REACH) : place])[-1]
