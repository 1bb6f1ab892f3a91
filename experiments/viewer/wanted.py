"""What a reader asked for: which groups of a step, in which order.

Conventions
-----------
A page's address says it, so that it can be kept and sent: ``/step/40?show=mixed&order=spread``.
A value that is none of those offered counts as the first.

==========  =====================================================================
``topic``   groups that are counted under it; "" for all
``text``    in the question, its id, its answer or any completion; case does not matter
``show``    ``all``; ``mixed``: siblings earned differently, so the group teaches;
            ``alike``: they did not; ``failed``: a part of a rollout is an error or a
            timeout; ``cut``: a completion met the length limit
``order``   ``asked``; ``worst`` or ``best`` mean reward first; ``spread``: that of the
            rewards, largest first
``first``   place of the first group that a page shows, from 0
==========  =====================================================================
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

from rollouts.records import Group

PER_PAGE = 24
_MOST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """A reader's choice; see the table above."""

    topic: str = ""
    text: str = ""
    show: str = "all"
    order: str = "asked"
    first: int = 0

    @classmethod
    def of(cls, query: str) -> Wanted:
        """From the query of an address; what it does not hold is not asked for."""
        given = {name: values[-1] for name, values in parse_qs(query).items()}
        first = given.get("first", "")
        return cls(
            topic=given.get("topic", ""),
            text=given.get("text", "")[:_MOST_TEXT],
            show=_one_of(SHOWS, given.get("show", "")),
            order=_one_of(ORDERS, given.get("order", "")),
            first=int(first) if first.isdecimal() and len(first) < 9 else 0,
        )

    def query(self, *, first: int = 0) -> str:
        """The query of the address that asks for this, from another place on."""
        asked = {"topic": self.topic, "text": self.text, "show": self.show, "order": self.order}
        plain = {"topic": "", "text": "", "show": "all", "order": "asked"}
        changed = {name: value for name, value in asked.items() if value != plain[name]}
        return urlencode(changed | ({"first": str(first)} if first else {}))

    def choose(self, groups: Sequence[Group]) -> list[int]:
        """Places of the groups that are wanted, in the order that is."""
        shown = SHOWS[self.show]
        found = [
            place
            for place, group in enumerate(groups)
            if (not self.topic or group.question.counted_as == self.topic)
            and shown(group)
            and self._says(group)
        ]
        return sorted(found, key=lambda place: ORDERS[self.order](groups[place]))

    def _says(self, group: Group) -> bool:
        sought = self.text.casefold()
        question = group.question
        own = (question.id, question.text, question.answer or "")
        said = (rollout.completion.text for rollout in group.rollouts)
        return not sought or any(sought in text.casefold() for text in (*own, *said))


def totals(group: Group) -> list[float]:
    """What its rollouts earned, those that have a total."""
    found = (rollout.score.total for rollout in group.rollouts)
    return [total for total in found if total is not None]


def spread(group: Group) -> float:
    """Standard deviation of the totals, 0 of fewer than two."""
    return statistics.pstdev(totals(group) or [0.0])


def _mean(group: Group, absent: float) -> float:
    return statistics.fmean(totals(group) or [absent])


def _failed(group: Group) -> bool:
    parts = (part for rollout in group.rollouts for part in rollout.score.parts.values())
    return any(part.failed for part in parts)


def _cut(group: Group) -> bool:
    return any(rollout.completion.finish_reason == "length" for rollout in group.rollouts)


SHOWS: dict[str, Callable[[Group], bool]] = {
    "all": lambda group: True,
    "mixed": lambda group: spread(group) > 0,
    "alike": lambda group: spread(group) == 0,
    "failed": _failed,
    "cut": _cut,
}
ORDERS: dict[str, Callable[[Group], float]] = {
    "asked": lambda group: group.index,
    "worst": lambda group: _mean(group, 2.0),
    "best": lambda group: -_mean(group, -1.0),
    "spread": lambda group: -spread(group),
}


def _one_of(offered: Collection[str], given: str) -> str:
    return given if given in offered else next(iter(offered))
