"""A model that reads a text, once or several times.

Conventions
-----------
What a model lists by chance it does not list twice, so what several readings agree on is more often
meant (experiments/README.md has the figures). The first reading is the likeliest, as of one reader;
the others are drawn, each by a seed of its own. Where one of the requests is not answered, the text
is not read: a list that was not checked as those of the siblings would be worth something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rewards.asking.asker import Asker
from rewards.asking.claims import Reading
from rewards.asking.settings import Settings
from rewards.asking.siblings import side_by_side
from rewards.claims.records import Claim
from rewards.claims.sameness import same_value
from rewards.parameters import Problem
from rewards.records import Abstention, Question


@dataclass(frozen=True, slots=True)
class Reader:
    """A model that reads.

    Attributes:
        settings: how it is asked, each time.
        readings: of a text, at least 1; what all of them list counts.
    """

    settings: Settings
    readings: int

    def problems(self) -> Iterator[Problem]:
        """What is wrong with it."""
        if self.readings < 1:
            yield "readings", f"got {self.readings}, expected at least 1"
        yield from self.settings.problems()

    def claims(
        self, question: Question, texts: Iterable[str]
    ) -> dict[str, tuple[Claim, ...] | Abstention]:
        """The claims of each text, or why they are not told.

        Raises:
            RewardError, ConfigError: see ``Asker.ask``.
        """
        askers = [Asker(self.settings, Reading(), seed or None) for seed in range(self.readings)]
        return {
            text: said if isinstance(said, Abstention) else agreed(said)
            for text, said in side_by_side(askers, question, texts).items()
        }


def agreed(readings: Sequence[Sequence[Claim]]) -> tuple[Claim, ...]:
    """The claims of the first reading whose value and stance the others have, too.

    Words, subject and time are the first's: the others may quote and name the part otherwise.
    """
    first, *others = readings
    common = set(map(_said, first)).intersection(*(map(_said, one) for one in others))
    return tuple(claim for claim in first if _said(claim) in common)


def _said(claim: Claim) -> object:
    return claim.type, same_value(claim.type, claim.value), claim.polarity, claim.modality
