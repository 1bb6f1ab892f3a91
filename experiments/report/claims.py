"""A chain of thought with its claims marked: which words earned or cost what.

The claims come from the details of a reward's part (``theory``), as a journal keeps
them: a stranger may have written them. Whatever has not the form of a claim is left
out, and a claim's words are those of the completion, never the details' own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rewards.records import Part
from rewards.response import spans

_VERDICTS = ("true", "partly", "false", "unknown")
_STANCES = ("hedged", "retracted", "hypothetical")
_MOST_WHY = 200
_HUGE = 1e9  # from here on it is no weight, and may be no float


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some words of a thought.

    Attributes:
        text: the words.
        verdict: "true", "partly", "false" or "unknown", None outside of claims.
        note: what is to say of the claim, "" outside of claims.
    """

    text: str
    verdict: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Claim:
    start: int
    stop: int
    verdict: str
    note: str


def thought(text: str, parts: Mapping[str, Part], most: int) -> tuple[Stretch, ...] | None:
    """The think part of a completion in stretches, at most ``most`` characters of it.

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
    found: list[Stretch] = []
    at = start
    for claim in _claims(parts):
        if claim.start < at or claim.stop > end:
            continue  # beyond what is shown, or within another claim
        found.append(Stretch(text[at : claim.start]))
        found.append(Stretch(text[claim.start : claim.stop], claim.verdict, claim.note))
        at = claim.stop
    found.append(Stretch(text[at:end]))
    if end < stop:
        found.append(Stretch(f" … ({stop - end:,} more characters)"))
    return tuple(stretch for stretch in found if stretch.text)


def _claims(parts: Mapping[str, Part]) -> list[_Claim]:
    """The claims of all parts that have some, the longer of two that begin together first."""
    details = [part.details for part in parts.values()]
    listed = [told.get("claims") for told in details if isinstance(told, Mapping)]
    found = [claim for rows in listed if isinstance(rows, list) for claim in _read(rows)]
    return sorted(found, key=lambda claim: (claim.start, -claim.stop))


def _read(rows: list[Any]) -> Iterator[_Claim]:
    for row in rows:
        if not isinstance(row, Mapping):
            continue
        span, verdict = row.get("span"), row.get("verdict")
        if not isinstance(span, (list, tuple)) or [type(place) for place in span] != [int, int]:
            continue
        if verdict in _VERDICTS and 0 <= span[0] < span[1]:
            yield _Claim(span[0], span[1], verdict, _note(row))


def _note(row: Mapping[str, Any]) -> str:
    """ "key D major, denied, hedged: false, the key is G major (weight 1)"."""
    value = row.get("value")
    shown = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    stance = [row["modality"]] if row.get("modality") in _STANCES else []
    if row.get("polarity") == "denied":
        stance.insert(0, "denied")
    head = ", ".join([f"{row.get('type')} {shown}", *stance])
    weight = row.get("weight")
    worth = ""
    if isinstance(weight, (int, float)) and not isinstance(weight, bool) and abs(weight) < _HUGE:
        worth = f" (weight {weight:.2g})"
    return f"{head}: {row['verdict']}, {row.get('why')}"[:_MOST_WHY] + worth
