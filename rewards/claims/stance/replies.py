"""How a sentence replies to the one before it: answers its question, rejects what it said.

Conventions
-----------
What a question names is denied or asserted by an answer right behind it (``queries``). What was
doubted, said by others or once noted is lost where the next sentence rejects it
(``rejections``); what was plainly said only by a sentence of a few words that does nothing else
("Rejected."), which may also follow the discussion of a question ("X? That needs a B. Out.").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rewards.claims.context import Found
from rewards.claims.records import Claim
from rewards.claims.stance.queries import agreed, beside, doubts, refuses
from rewards.claims.stance.rejections import rejects, supposes
from rewards.claims.stance.verdicts import TYPES
from rewards.claims.text.sentences import Sentence

_NAMES = frozenset(("instrument", "genre", "mood"))
_BARE = 4
_SOON = 120


class Replies:
    """What the sentences before left open.

    Attributes:
        wondered: what was asked.
        at_risk: claims as they stand if the next sentence rejects them.
        denied: the sentence at hand denies what was asked.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.wondered: list[Claim] = []
        self.at_risk: list[Claim] = []
        self.denied = False
        self._said: Sequence[Claim] = ()
        self._asked: list[Claim] = []
        self._last: Sentence | None = None

    def replied(
        self, sentence: Sentence, found: Sequence[Found], claims: list[Claim]
    ) -> list[Claim]:
        """The claims so far, as they stand behind a sentence."""
        asked, self._asked, self.denied = self._asked, [], False
        long = len(sentence.words) > _BARE and not supposes(sentence)
        if long and not (self.wondered or self.at_risk):
            self._said = ()
            return claims
        topics = self._topics
        near = beside(self.text, self._ends, sentence)
        answers = near and bool(self.wondered)
        self.denied = answers and refuses(sentence)
        if self.denied:
            claims = self._refused(found, claims)
        elif answers and (yes := agreed(sentence, self.wondered, found)):
            claims = claims + [replace(claim, modality=yes) for claim in self.wondered]
        elif answers and {one.type for one in found}.isdisjoint(
            claim.type for claim in self.wondered
        ):
            self._asked = [_lost(claim) for claim in self.wondered]
        elif near and topics and claims and doubts(sentence):
            last = topics[-1].start
            claims = [
                replace(claim, modality="hedged") if claim.start == last and claim.plain else claim
                for claim in claims
            ]
        lost = self._rejected(sentence, asked, near=near)
        if lost:
            places = {(claim.type, claim.start) for claim in lost}
            claims = [claim for claim in claims if (claim.type, claim.start) not in places] + lost
        self.wondered, self.at_risk, self._said = [], [], ()
        return claims

    def left(self, sentence: Sentence, wondered: list[Claim], said: Sequence[Claim]) -> None:
        """Take down what a sentence leaves open."""
        self.wondered, self._said, self._last = wondered, said, sentence

    @property
    def _topics(self) -> list[Claim]:
        """What the sentence before said plainly of the clip."""
        return [claim for claim in self._said if claim.plain and claim.type != "textbook"]

    @property
    def _ends(self) -> int:
        return self._last.span(-1, -1)[1] if self._last is not None else 0

    def _refused(self, found: Sequence[Found], claims: list[Claim]) -> list[Claim]:
        types = {one.type for one in found}
        quick = [claim for claim in self.wondered if claim in claims and claim.type == "tempo"]
        return (
            [claim for claim in claims if claim not in self.wondered]
            + [replace(claim, modality="retracted") for claim in quick]
            + [
                _lost(claim)
                for claim in self.wondered
                if claim not in quick and (claim.type not in types or claim.type in _NAMES)
            ]
        )

    def _rejected(self, sentence: Sentence, asked: list[Claim], *, near: bool) -> list[Claim]:
        """What a sentence rejects that was not asked right before it."""
        topics = self._topics
        if not (self.at_risk or topics or asked) or not (how := rejects(sentence)):
            return []
        if near and self.at_risk:
            return self.at_risk
        long = len(sentence.words) > _BARE and not supposes(sentence)
        if how != "thing" or long or "a" in sentence.bag:
            return []
        if asked and sentence.span(0, 0)[0] - self._ends < _SOON:
            return asked
        single = [claim for claim in topics if claim.type in TYPES]
        one = near and len({claim.value for claim in single}) == 1
        return [_lost(claim) for claim in single] if one else []


def _lost(claim: Claim) -> Claim:
    return replace(claim, polarity="denied", modality="asserted")
