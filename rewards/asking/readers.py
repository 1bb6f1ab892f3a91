"""Several readings of one text: what each of them lists counts.

Conventions
-----------
What a model lists by chance it does not list twice, so agreement raises the precision of a list by
more than it takes of its recall (experiments/README.md has both). The first reading is the
likeliest, as of one reader; the others are drawn, each by a seed of its own. Where one of them is
no answer, none is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rewards.asking.asker import Asker
from rewards.asking.claims import Reading
from rewards.asking.settings import Settings
from rewards.claims.records import Claim
from rewards.claims.sameness import same_value
from rewards.records import Abstention, Question


@dataclass(frozen=True, slots=True)
class Readers:
    """A model that reads a text several times.

    Attributes:
        settings: how it is asked, each time.
        number: of readings, at least 1.
    """

    settings: Settings
    number: int

    def ask(self, question: Question, text: str) -> tuple[Claim, ...] | Abstention:
        """The claims that all readings list, or why one of them lists none.

        Raises:
            RewardError, ConfigError: see ``Asker.ask``.
        """
        readings: list[tuple[Claim, ...]] = []
        for seed in range(self.number):
            told = Asker(self.settings, Reading(), seed or None).ask(question, text)
            if isinstance(told, Abstention):
                return told
            readings.append(told)
        return agreed(readings)


def agreed(readings: Sequence[Sequence[Claim]]) -> tuple[Claim, ...]:
    """The claims of the first reading whose value and stance the others have, too.

    Words, subject and time are the first's: the others may quote and name the part otherwise.
    """
    first, *others = readings
    common = set(map(_said, first)).intersection(*(map(_said, one) for one in others))
    return tuple(claim for claim in first if _said(claim) in common)


def _said(claim: Claim) -> object:
    return claim.type, same_value(claim.type, claim.value), claim.polarity, claim.modality
