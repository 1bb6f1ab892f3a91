"""Of values that exclude each other one is settled; what is stated outright still counts."""

from __future__ import annotations

import pytest

from rewards.claims.answers import given
from rewards.claims.reading import distinct, read
from rewards.claims.verify.settling import settled
from rewards.records import Facts, Question
from rewards.response import parse
from rewards.scorers.consistency import consistency
from rewards.scorers.theory import theory
from rewards.spelling.keys import parse_key

TONICS = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]
KEYS = [f"{tonic} {mode}" for tonic in TONICS for mode in ("major", "minor")]


def question(facet: str = "key", text: str = "What is the key?") -> Question:
    return Question(
        "q", text, facet=facet, facts=Facts(key="D major", meter="3/4"), answer="D major"
    )


def completion(think: str, answer: str) -> str:
    return f"<think>{think}</think> <answer>{answer}</answer>"


def plain(think: str, answer: str, facet: str = "key") -> list[str]:
    response = parse(completion(think, answer))
    claims = [c for c in read(question(facet), response) if c.section == "think"]
    kept = settled(distinct(claims), given(question(facet), response), response.text)
    return [str(claim.value) for claim in kept if claim.plain and claim.type in ("key", "meter")]


@pytest.mark.parametrize(
    ("think", "answer", "kept"),
    [
        ("Weights: G major a tenth, D major the rest.", "D major", ["D major"]),
        ("The bass says D major, my ear B minor.", "D major", ["D major"]),
        ("The capo shapes spell G major. What sounds is D major.", "D major", ["D major"]),
        ("My sketch had D major, and then G major.", "none", ["G major"]),
        ("So it is in D major. The relative, B minor, shares that.", "none", ["D major"]),
        ("It is in D major. It is in G major.", "D major", ["D major", "G major"]),
        ("The piece is in G major. It closes on a chord of D major.", "D major", ["G major"]),
    ],
)
def test_the_value_of_the_answer_is_settled_else_the_last(
    think: str, answer: str, kept: list[str]
) -> None:
    assert plain(think, answer) == kept


def test_what_is_denied_later_was_weighed_where_another_value_stands() -> None:
    kept = plain("It opens in 3/4, I barred a waltz in 4/4. It is not in 4/4.", "3/4", "meter")
    assert kept == ["3/4"]
    assert plain("It is in D major. It is not in D major.", "none") == ["D major"]


def test_two_keys_that_are_stated_outright_still_contradict() -> None:
    verdict = theory(
        question(), parse(completion("It is in D major. It is in G major.", "D major"))
    )
    assert verdict is not None
    assert verdict.details is not None
    assert verdict.details["contradictions"][0] == "two values of key: D major and G major"


@pytest.mark.parametrize("guess", KEYS)
def test_a_list_of_all_keys_pays_no_more_than_the_guess(guess: str) -> None:
    """Whatever stands beside it, the settled value is one guess."""

    def value(think: str) -> float:
        verdict = theory(question(), parse(completion(think, guess)))
        return verdict.value if verdict is not None else 0.0

    alone = value(f"It sounds like {guess} to me.")
    assert parse_key(guess) is not None
    for listed in (
        ", ".join(KEYS) + f". {guess}.",
        ". ".join(f"Now {key}" for key in KEYS) + f". {guess}.",
        " ".join(f"Candidate: {key}." for key in KEYS),
        f"{guess}. " + " ".join(f"Key {key}, not {key}." for key in KEYS),
    ):
        assert value(listed) <= alone + 1e-9, listed


def test_what_is_said_of_a_place_is_no_rival_of_the_whole() -> None:
    row = Question("q", "Which cadence?", facet="cadence", facts=Facts(cadence="PAC"))
    ends = "It ends with a perfect authentic cadence."
    values = [
        theory(row, parse(completion(think, "perfect authentic cadence")))
        for think in (ends, f"There is a half cadence in the middle. {ends}")
    ]
    assert all(verdict is not None and verdict.value > 0.9 for verdict in values)


def test_a_thought_that_was_given_up_is_not_inconsistent() -> None:
    said = parse(completion("The shapes spell D major; the fingers, G major.", "D major"))
    verdict = consistency(question(), said)
    assert verdict is not None
    assert verdict.value == 1.0


@pytest.mark.parametrize(
    "think",
    [
        "It is in G major.",
        "I hear D major. Therefore G major.",
        "My ear says D major. So: G major.",
    ],
)
def test_an_answer_against_the_conclusion_is_inconsistent(think: str) -> None:
    verdict = consistency(question(), parse(completion(think, "D major")))
    assert verdict is not None
    assert verdict.value == 0.0
