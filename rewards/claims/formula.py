"""From judged claims to one number.

Conventions
-----------
For the distinct claims i of the think part that the facts, or theory, can tell::

    w_i = WORTH[type] * min(1, -log2 p0(value) / 4)
    u_i = 1 true, 2 s - 1 partly true, -1 false; min(u, 0) if hedged
    P = sum(w u) / (sum(w) + k)
    C = sum over facets of WORTH * best s / sum of WORTH
    R = clip(max(0, P) * (0.3 + 0.7 sqrt(C)) - 0.3 min(2, K), 0, 1)

- A claim that says less than the fact (``verify/implication.py``), or leaves its home to the row
  ("it ends on the mediant"), weighs as much as it covers.
- A claim that follows from another asserted one (``verify/entailment.py``) weighs a quarter.
- Of several true claims about one fact the heaviest counts; false ones count each.
- True propositions of pure theory weigh .05 each; they and true denials ("no bagpipe, no sitar"
  is sure without hearing) together at most a tenth of what is said and true of the clip. False
  ones weigh their full worth.
- A proposition of theory that names the asked fact states it, where nothing else does
  (``verify/conclusions.py``).
- Of values that exclude each other one is settled (``verify/settling.py``).
- What is retracted or supposed neither earns nor costs, nor does a doubt about a fact that is
  asserted elsewhere.
- K counts contradictions (``verify/contradictions.py``), also between think part and answer.

Where the question asks a facet that the row verifies, C is the coverage of that facet and k a
tenth of the weight of its true value: to say it and nothing else earns .91. Else (a caption)
C runs over all facets of the row, and k is .5: no one safe claim comes near 1.

As P falls by false claims, a further claim helps only if it is true with a probability above
(1 + P) / 2: guessing does not pay, nor does length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

from rewards.claims.coverage import coverage, type_of
from rewards.claims.priors import TEXTBOOK, Priors
from rewards.claims.reading import distinct
from rewards.claims.records import Answer, Checked, Claim, Judged
from rewards.claims.verify.conclusions import concluded
from rewards.claims.verify.contradictions import contradictions
from rewards.claims.verify.entailment import entailed
from rewards.claims.verify.facts import Known
from rewards.claims.verify.implication import less
from rewards.claims.verify.listings import rowed, unlisted
from rewards.claims.verify.settling import settled
from rewards.claims.verify.truth import check
from rewards.spelling.harte import harte

PRIOR_MASS = 0.5
"""k where nothing is asked: half a claim of full weight."""
ASKED_SHARE = 0.1
"""k as a share of the weight of the asked fact's true value: it alone earns 1 / 1.1."""
ENTAILED = 0.25


@dataclass(frozen=True, slots=True)
class Result:
    """The number, its terms, and every claim with its verdict.

    ``unit`` is what w u = 1 adds to R: the w u of all claims times it, less .3 min(2, K), is R
    before it is clipped.
    """

    value: float
    unit: float
    support: float
    coverage: float
    contradictions: tuple[str, ...]
    judged: tuple[Judged, ...]


def judge(
    claims: Sequence[Claim], answers: Sequence[Claim], text: str, known: Known, priors: Priors
) -> Result:
    """R of the claims of a completion against the facts of its row.

    Args:
        claims: of both sections, as ``reading.read`` gives them.
        answers: what the answer stands for, as ``answers.given`` tells.
        text: the raw completion.
        known: the facts.
        priors: the chances of guesses.
    """
    answers = [claim for claim in answers if claim.plain]
    think = [claim for claim in claims if claim.section == "think"]
    think = unlisted(think, text, known.asked)
    think = distinct(rowed(think, known.asked, len(known.sequence)))
    wanted = type_of(known.asked) if known.asked else None
    think = concluded(think, wanted, answers, text, known.relation)
    think = settled(think, answers, text, one_chord=wanted == "chord" and not known.sequence)
    answer = distinct([claim for claim in claims if claim.section == "answer"])
    weighed = _weighed(think, known, priors)
    total = sum(one.weight for one in weighed)
    gained = sum(one.weight * one.credit for one in weighed)
    asked = known.asked
    mass = PRIOR_MASS if asked is None else _asked_mass(known, priors)
    support = gained / (total + mass)
    covered = coverage(weighed, known)
    clashes = contradictions(think, answers, known.subject)
    reach = 0.3 + 0.7 * sqrt(covered)
    value = min(1.0, max(0.0, max(0.0, support) * reach - 0.3 * min(2, len(clashes))))
    judged = (*weighed, *(_unweighed(claim, check(claim, known)) for claim in answer))
    return Result(value, reach / (total + mass), support, covered, tuple(clashes), judged)


def _weighed(claims: Sequence[Claim], known: Known, priors: Priors) -> list[Judged]:
    follows = entailed(claims)
    made: list[Judged] = []
    for place, claim in enumerate(claims):
        checked = check(claim, known)
        if checked.support is None or claim.modality in ("retracted", "hypothetical"):
            made.append(_unweighed(claim, checked))
            continue
        weight = priors.weight(claim, true=checked.support > 0, chance=checked.chance)
        weight *= checked.covers
        if place in follows and claim.type != "textbook":
            weight *= ENTAILED
        credit = 2.0 * checked.support - 1.0
        if claim.modality == "hedged":
            credit = min(0.0, credit)
        made.append(
            Judged(
                claim, _verdict(checked.support), checked.support * checked.covers, weight, credit,
                checked.why, checked.slot,
            )
        )  # fmt: skip
    return _bounded(_once_a_fact(_settled(made)))


def _settled(judged: list[Judged]) -> list[Judged]:
    """A doubt about a fact that is asserted elsewhere costs nothing.

    "Two sharps, so D major or B minor; it closes on D: D major" is sound reasoning.
    """
    sure = {one.slot for one in judged if one.claim.plain and one.slot}
    return [
        replace(one, weight=0.0, why=f"{one.why}; the thoughts settle it")
        if one.claim.modality == "hedged" and one.slot in sure
        else one
        for one in judged
    ]


def _once_a_fact(judged: list[Judged]) -> list[Judged]:
    """Of the true claims about one fact only the heaviest weighs."""
    best: dict[str, int] = {}
    for place, one in enumerate(judged):
        if one.credit > 0 and one.weight > 0 and one.slot != "textbook":
            first = best.setdefault(one.slot, place)
            if one.weight > judged[first].weight:
                best[one.slot] = place
    kept = set(best.values())
    closer = {one.slot: one.claim for one in judged if one.verdict == "true" and one.claim.plain}
    return [
        one
        if (place in kept or one.slot == "textbook" or one.credit <= 0)
        and not (one.verdict == "partly" and one.claim.plain and _less(one, closer))
        else replace(one, weight=0.0, why=f"{one.why}, as said already")
        for place, one in enumerate(judged)
    ]


def _less(one: Judged, closer: dict[str, Claim]) -> bool:
    """Is there a true claim that says the same more closely: "a jig, so folk", "G and F: G7"?"""
    other = closer.get(one.slot)
    return other is not None and less(one.claim.type, one.claim.value, other.value)


def _bounded(judged: list[Judged]) -> list[Judged]:
    """True theory and true denials together weigh at most a tenth of what is said and true."""
    true = [one for one in judged if one.credit > 0 and one.weight > 0]
    said = sum(one.weight for one in true if not _costless(one))
    free = sum(_free(one) for one in true if _costless(one))
    if not free:
        return judged
    scale = min(1.0, 0.1 * said / free)
    return [
        replace(one, weight=_free(one) * scale)
        if one.credit > 0 and one.weight > 0 and _costless(one)
        else one
        for one in judged
    ]


def _costless(one: Judged) -> bool:
    """Whether a true claim could be sure without hearing."""
    return one.slot == "textbook" or one.claim.polarity == "denied"


def _free(one: Judged) -> float:
    """The weight before the bound."""
    return TEXTBOOK if one.slot == "textbook" else one.weight


def _unweighed(claim: Claim, checked: Checked) -> Judged:
    return Judged(
        claim, _verdict(checked.support), checked.support, 0.0, 0.0, checked.why, checked.slot
    )


def _verdict(support: float | None) -> Answer:
    if support is None:
        return "unknown"
    return "true" if support >= 1.0 else "false" if support <= 0.0 else "partly"


def _asked_mass(known: Known, priors: Priors) -> float:
    """k of a question: a tenth of the weight of the true value of its facet."""
    facet = known.asked or ""
    value = _true_value(facet, known)
    claim = Claim(type_of(facet), value, 0, 0, "think")
    weight = priors.weight(claim, true=True)
    return min(PRIOR_MASS, ASKED_SHARE * weight)


def _true_value(facet: str, known: Known) -> str | float | tuple[str, ...]:
    if facet == "key" and known.key:
        return known.key.name
    if facet == "tempo" and known.tempo:
        return known.tempo
    if facet == "meter" and known.meter:
        return known.meter.name
    if facet == "chord" and known.chord:
        return harte(known.chord)
    if facet == "cadence" and known.cadence:
        return known.cadence
    if facet == "mode" and known.scale:
        return known.scale.name
    if facet in ("instruments", "genre", "mood") and known.names[facet]:
        return min(known.names[facet])
    return ""
