"""Claims that cannot all be true, and claims that follow from others."""

from __future__ import annotations

import pytest

from rewards import Question, parse
from rewards.claims.reading import distinct, read
from rewards.claims.records import Claim
from rewards.claims.verify.contradictions import contradictions
from rewards.claims.verify.entailment import entailed


def claims(text: str) -> list[Claim]:
    response = parse(f"<think>{text}</think><answer>-</answer>")
    return distinct(read(Question("q", "?"), response))


@pytest.mark.parametrize(("text", "count"), [
    ("The key is D major. The key is F minor.", 1),
    ("The key is D major. Then it modulates to A major.", 0),
    ("Three flats. The key is D major.", 1),
    ("Two sharps. The key is D major.", 0),
    ("It sounds minor. The key is D major.", 1),
    ("The tempo is 60 bpm. It could be 120 bpm.", 0),
    ("The tempo is 60 bpm. The tempo is 88 bpm.", 1),
    ("The tempo is 60 bpm, or 120 bpm in double time.", 0),
    ("The meter is 3/4. The meter is 4/4.", 1),
    ("A perfect authentic cadence. It is an authentic cadence.", 0),
    ("A half cadence. It is a plagal cadence.", 1),
    ("It is not in D major. The key is D major.", 1),
    ("The final chord is D major. The first chord is A7.", 0),
    ("The final chord is D major. The final chord is E minor.", 1),
    ("The bass ends on D and the soprano on F#.", 0),
    ("A piano plays. A violin plays.", 0),
    ("At first I thought F minor. The key is D major.", 0),
])  # fmt: skip
def test_contradictions_are_counted_once_a_kind(text, count):
    assert len(contradictions(claims(text), ())) == count


@pytest.mark.parametrize(("text", "types"), [
    ("The key is D major. Two sharps.", {"key_signature"}),
    ("The key is D minor. It sounds minor.", {"mode"}),
    ("It is D dorian. It sounds minor.", {"mode"}),
    ("The tempo is 120 bpm. Allegro.", {"tempo_term"}),
    ("The key is D major. It is not in F minor.", {"key"}),
    ("The key is D major. The meter is 3/4.", set()),
    ("Two sharps.", set()),
])  # fmt: skip
def test_what_follows_from_another_claim_is_found(text, types):
    found = claims(text)
    assert {found[place].type for place in entailed(found)} == types
