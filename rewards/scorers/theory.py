"""Reward ``theory``: what the chain of thought claims about the music, verified.

Conventions
-----------
The think part is read into claims (``rewards/claims/``), each is held against the facts of the
row, against the textbook and against the others, and

    R = clip(max(0, P) * (0.3 + 0.7 sqrt(C)) - 0.3 min(2, K), 0, 1)

with P the weighed share of what is true, C the coverage of what the row can verify and K the
number of contradictions; ``rewards/claims/formula.py`` defines each. The answer is no
claim of the chain of thought, but it may contradict it.

========================================================  =====================
completion                                                value
========================================================  =====================
no think part, no claims, only claims that cannot be      0
told, textbook truths, denials, doubts, lists of values
the asked fact, and nothing else                          .91
it and true things that it follows from                   toward 1
it, and false things                                      less, down to 0
========================================================  =====================

Not applicable to a row without a fact that claims can be held against. The details hold every
claim with its span in the raw completion, verdict, weight, credit and points, and P, C and K; the
points of all claims, less .3 for each of two contradictions, are R before it is clipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rewards.claims.answers import given
from rewards.claims.formula import judge
from rewards.claims.priors import DEFAULT, load
from rewards.claims.reading import read
from rewards.claims.records import Claim
from rewards.claims.verify.facts import Known, known
from rewards.errors import ConfigError
from rewards.parameters import Problem
from rewards.records import Question, Response, Verdict
from rewards.registry import reward


def prior_problems(priors: str) -> Iterator[Problem]:
    """What is wrong with the path of a file of priors."""
    try:
        if priors:
            load(priors)
    except ConfigError as failure:
        yield "priors", str(failure).removeprefix("priors: ")


def _problems(*, priors: str) -> Iterator[Problem]:
    yield from prior_problems(priors)


@reward("theory", check=_problems)
def theory(question: Question, response: Response, *, priors: str = "") -> Verdict | None:
    """R of the chain of thought.

    Args:
        priors: path of a data set's ``priors.json``; the defaults without one.

    Raises:
        DataError: a fact of the row cannot be read.
        ConfigError: the file of priors cannot be read.
    """
    facts = known(question)
    if not facts.given:
        return None
    claims, answers = read(question, response), given(question, response)
    return verified(response, claims, answers, facts, priors)


def verified(
    response: Response,
    claims: Sequence[Claim],
    answers: Sequence[Claim],
    facts: Known,
    priors: str,
) -> Verdict:
    """R of claims that were read in a response, by whomever.

    Args:
        claims: of both sections, in order, spans in the raw completion.
        answers: what the answer stands for.
        facts: of the question.
        priors: as of ``theory``.

    Raises:
        ConfigError: the file of priors cannot be read.
    """
    result = judge(claims, answers, response.text, facts, load(priors) if priors else DEFAULT)
    counts = {"true": 0, "partly": 0, "false": 0, "unknown": 0}
    for one in result.judged:
        if one.claim.section == "think":
            counts[one.verdict] += 1
    why = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "no claims"
    details = {
        "P": round(result.support, 4),
        "C": round(result.coverage, 4),
        "K": len(result.contradictions),
        "contradictions": list(result.contradictions),
        "claims": [
            one.to_json(response.text) | {"points": round(one.weight * one.credit * result.unit, 4)}
            for one in result.judged
        ],
    }
    return Verdict(result.value, why, details)
