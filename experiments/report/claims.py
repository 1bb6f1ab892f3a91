"""A chain of thought with its claims marked where they stand, and numbered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from experiments.judged_claims import Claimed, Judgement
from rewards.response import spans

_DEEPEST = 4
"""Claims within claims that are marked; what lies deeper is only listed."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some words of a thought.

    Attributes:
        text: the words.
        verdict: "true", "partly", "false" or "unknown", None outside of claims.
        number: of the claim among those of its judgement, from 1; 0 outside of claims.
        inside: the words of a claim again, with the claims that lie within it.
    """

    text: str
    verdict: str | None = None
    number: int = 0
    inside: tuple[Stretch, ...] = ()


_Numbered = tuple[int, Claimed]


def thought(text: str, judgement: Judgement | None, most: int) -> tuple[Stretch, ...] | None:
    """The think part of a completion in stretches, at most ``most`` characters of it.

    Of claims that overlap, but do not lie within each other, the first is marked.

    Returns:
        None if there is no think part. Blanks at either end are left out.
    """
    span = spans(text)[0]
    if span is None:
        return None
    start, stop = span
    inside = text[start:stop]
    start += len(inside) - len(inside.lstrip())
    stop = max(start, stop - (len(inside) - len(inside.rstrip())))
    end = min(stop, start + most)
    numbered = list(enumerate(judgement.claims, start=1)) if judgement else []
    shown = [(n, claim) for n, claim in numbered if start <= claim.start and claim.stop <= end]
    found = _stretches(text, start, end, shown, _DEEPEST)
    if end < stop:
        found += (Stretch(f" … ({stop - end:,} more characters)"),)
    return found


def _stretches(
    text: str, at: int, end: int, claims: Sequence[_Numbered], depth: int
) -> tuple[Stretch, ...]:
    """The words from ``at`` to ``end``, claims in the order in which they begin."""
    found: list[Stretch] = []
    for place, (number, claim) in enumerate(claims if depth else ()):
        if claim.start < at:
            continue  # within one that is marked, or across its end
        behind = claims[place + 1 :]
        within = [(n, one) for n, one in behind if one.stop <= claim.stop]
        inside = _stretches(text, claim.start, claim.stop, within, depth - 1)
        words = text[claim.start : claim.stop]
        found += [Stretch(text[at : claim.start]), Stretch(words, claim.verdict, number, inside)]
        at = claim.stop
    found.append(Stretch(text[at:end]))
    return tuple(stretch for stretch in found if stretch.text)
