"""Reward ``key_signature``: how many sharps or flats?

Conventions
-----------
Sharps are positive, flats negative. A key in the answer stands for its signature: D major
and B minor are two sharps both, so naming both is no hedge.

=============================================  =====
the answer is                                  value
=============================================  =====
the number of sharps or flats, a list of       1.0
them, or a key with this signature
another signature, none, several               0.0
=============================================  =====
"""

from __future__ import annotations

from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.typed import answer_text, applies
from rewards.spelling.signatures import signatures


@reward("key_signature")
def key_signature(question: Question, response: Response) -> Verdict | None:
    """1 if the answer is the signature ``facts.key_signature``, else 0."""
    if not applies(question, "key_signature"):
        return None
    truth = question.facts.key_signature
    text = answer_text(question, response)
    if isinstance(text, Verdict):
        return text
    said = signatures(text)
    if len(said) != 1:
        return Verdict(0.0, f"the answer names {len(said)} signatures, expected 1")
    same = said[0] == truth
    return Verdict(
        float(same),
        f"{shown(said[0])} {'is' if same else 'is not'} {shown(truth or 0)}",
        {"key_signature": said[0]},
    )


def shown(signature: int) -> str:
    """``2 sharps``, ``1 flat``, ``no sharps or flats``."""
    if signature == 0:
        return "no sharps or flats"
    name = "sharp" if signature > 0 else "flat"
    return f"{abs(signature)} {name}{'s' if abs(signature) > 1 else ''}"
