"""What a reward made of the claims of a completion, as a journal keeps it.

The details of a part (``theory``) hold its claims, P, C and K (``rewards/scorers/theory.py``). A
stranger may have written them: whatever has not the form of a claim or of a number is left out, and
the words of a claim are those of the completion, never the details' own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from experiments.text import shorten
from rewards.records import Part

VERDICTS = {
    "true": "true", "partly": "partly true", "false": "false", "unknown": "cannot be told",
}  # fmt: skip
"""A verdict -> as people read it."""
_STANCES = ("hedged", "retracted", "hypothetical")
_MOST = 400
"""Claims, and contradictions, that are read: a reader of thoughts takes fewer down."""
_MOST_WHY = 300
_HUGE = 1e9  # from here on it is no weight, and may be no float


@dataclass(frozen=True, slots=True)
class Claimed:
    """One claim and what became of it.

    Attributes:
        start, stop: its span in the raw completion.
        type, value: as ``rewards/claims/records.py`` has them, the value as text.
        stance: "denied, hedged, in the answer", or "" for what a thought plainly asserts.
        verdict: a key of ``VERDICTS``.
        why: one clause.
        weight: how much it counts; None where the details do not tell.
        points: what it adds to the reward's value or takes from it; None likewise.
    """

    start: int
    stop: int
    type: str
    value: str
    stance: str
    verdict: str
    why: str
    weight: float | None
    points: float | None

    def words(self, text: str, most: int = 80) -> str:
        """Its words in the raw completion, on one line."""
        return shorten(" ".join(text[self.start : self.stop].split()), most)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The claims of a completion, in order, and what they come to.

    Attributes:
        name: of the part.
        claims: in the order in which they begin; of two that begin together the longer first.
        support, coverage: P and C; None where the details do not tell.
        contradictions: a clause for each.
    """

    name: str
    claims: tuple[Claimed, ...]
    support: float | None
    coverage: float | None
    contradictions: tuple[str, ...]


def judgements(parts: Mapping[str, Part]) -> tuple[Judgement, ...]:
    """One of each part whose details hold claims, none at all among them."""
    return tuple(
        Judgement(
            name,
            tuple(sorted(_claims(rows), key=lambda claim: (claim.start, -claim.stop))),
            _number(part.details.get("P")),
            _number(part.details.get("C")),
            tuple(_sentences(part.details.get("contradictions"))),
        )
        for name, part in parts.items()
        if isinstance(part.details, Mapping)
        and isinstance(rows := part.details.get("claims"), list)
    )


def _claims(rows: list[Any]) -> Iterator[Claimed]:
    for row in rows[:_MOST]:
        if not isinstance(row, Mapping):
            continue
        span, verdict = row.get("span"), row.get("verdict")
        if not isinstance(span, (list, tuple)) or [type(place) for place in span] != [int, int]:
            continue
        if isinstance(verdict, str) and verdict in VERDICTS and 0 <= span[0] < span[1]:
            yield Claimed(
                span[0], span[1], _text(row.get("type")), _text(row.get("value")), _stance(row),
                verdict, _text(row.get("why")), _number(row.get("weight")),
                _number(row.get("points")),
            )  # fmt: skip


def _stance(row: Mapping[str, Any]) -> str:
    denied = ["denied"] if row.get("polarity") == "denied" else []
    modality = row.get("modality")
    stance = [modality] if modality in _STANCES else []
    answer = ["in the answer"] if row.get("section") == "answer" else []
    return ", ".join([*denied, *stance, *answer])


def _text(value: Any) -> str:
    return shorten(" ".join(map(str, value)) if isinstance(value, list) else str(value), _MOST_WHY)


def _number(value: Any) -> float | None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _HUGE
    return float(value) if number else None


def _sentences(value: Any) -> Iterator[str]:
    rows = value[:_MOST] if isinstance(value, list) else []
    return (_text(row) for row in rows if isinstance(row, str))
