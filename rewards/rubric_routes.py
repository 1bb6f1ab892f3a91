"""Which questions a part of a rubric is for.

Kinds are open: a question may be of any. A kind that a part is for and that neither the library
nor any question at hand has is most likely misspelled, and the part would judge nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rewards.errors import few, nearest
from rewards.records import Question

if TYPE_CHECKING:
    from rewards.rubric import Rubric

KINDS = ("qa", "caption")
"""What the library itself asks: a question with an answer, and for a description."""


@dataclass(frozen=True, slots=True)
class Route:
    """Which questions a part is for.

    Attributes:
        kind, facet: the kinds and facets it is for; () for all.
    """

    kind: tuple[str, ...] = ()
    facet: tuple[str, ...] = ()

    def admits(self, question: Question) -> bool:
        """Whether the part is for this question."""
        return (not self.kind or question.kind in self.kind) and (
            not self.facet or question.facet in self.facet
        )

    def meets(self, other: Route) -> bool:
        """Whether a question can be one that both are for."""
        pairs = ((self.kind, other.kind), (self.facet, other.facet))
        return all(not own or not theirs or {*own} & {*theirs} for own, theirs in pairs)

    def __str__(self) -> str:
        routes = {"kind": self.kind, "facet": self.facet}
        said = (f"{name} is {' or '.join(any_of)}" for name, any_of in routes.items() if any_of)
        return " and ".join(said)


def strange_kinds(rubric: Rubric, kinds: Collection[str]) -> list[str]:
    """A clause for each kind that a part is for and nobody knows.

    Args:
        kinds: of the questions at hand.
    """
    known = sorted({*KINDS, *kinds})
    listed = ", ".join(known)
    return [
        f"parts.{part.name}.when.kind: no question is of kind {kind!r}"
        f"{nearest(kind, known) or f'; known are {listed}'}"
        for part in rubric.parts
        for kind in (part.when.kind if part.when else ())
        if kind not in known
    ]


def unused(rubric: Rubric, questions: Collection[Question]) -> list[str]:
    """A clause for each part that is for none of these questions, so that it would judge nothing.

    A part with a strange kind is among them only if it has no other.
    """
    said = []
    for part in rubric.parts:
        if part.when is None or any(map(part.when.admits, questions)):
            continue
        route = part.when
        wanted = [
            f"{name} {' or '.join(map(repr, values))}"
            for name, values in (("kind", route.kind), ("facet", route.facet))
            if values
        ]
        found = [
            f"{name} {_listed({getattr(question, name) for question in questions})}"
            for name, values in (("kind", route.kind), ("facet", route.facet))
            if values
        ]
        said.append(
            f"parts.{part.name}.when: got questions of {' and '.join(found)}, expected some of "
            f"{' and '.join(wanted)}, for the part judges no other"
        )
    return said


def _listed(values: Collection[str | None]) -> str:
    return few(sorted("none" if value is None else repr(value) for value in values)) or "none"
