"""The value a typed reward reads: options and labels, denials, explanations."""

from __future__ import annotations

import pytest

from rewards.spelling.asides import unexplained
from rewards.spelling.mentions import Mention, asserted

KEYS = ("G major", "A minor", "C major", "E minor")
LISTED = "What is the key? (A) G major (B) A minor (C) C major (D) E minor"


@pytest.mark.parametrize(
    ("answer", "credit"),
    [
        ("B", 1.0), ("(B) A minor", 1.0), ("Option 2", 1.0), ("A minor", 1.0), ("B. A minor", 1.0),
        ("A minor, no sharps or flats", 1.0), ("an A minor key", 1.0), ('{"answer": "B"}', 1.0),
        ("Not A, C or D, so B", 1.0), ("B, because the dominant is E major", 1.0),
        ("A minor, the relative minor of C major", 1.0), (f"{LISTED} B", 1.0),
        ("A minor - it has the same notes as C major", 1.0), (f"{LISTED}\nAnswer: A minor", 1.0),
        (LISTED, 0.0), ("A or B", 0.0), ("(C) A minor", 0.0), ("A B C D", 0.0),
        ("A minor or C major", 0.0), ("(B) C major", 0.0), ("neither A nor B", 0.0),
        ("B, because C major", 0.0), ("B, because C major has the same notes", 1.0),
    ],
)  # fmt: skip
def test_options_and_labels_mean_the_same_to_key_and_accuracy(value, answer, credit):
    given = {"text": LISTED, "choices": KEYS}
    assert value("key", answer, facts={"key": "A minor"}, **given) == credit
    assert value("accuracy", answer, gold="A minor", **given) == credit


@pytest.mark.parametrize(
    ("reward", "fact", "answer", "credit"),
    [
        ("key", "A minor", "the key of A minor", 1.0),
        ("key", "A minor", "What is it? A minor", 1.0),
        ("key", "A minor", "A minor, which shares its notes with C major", 1.0),
        ("key", "A minor", "A minor, because the leading tone G# points to A", 1.0),
        ("key", "A minor", "not C major, G major or E minor, but A minor", 1.0),
        ("key", "A minor", "A minor because it is not C major", 1.0),
        ("key", "A minor", "I first thought C major, but it is A minor", 1.0),
        ("key", "A minor", "A minor, which could also be C major", 0.0),
        ("key", "A minor", "C major? No wait, A minor", 0.0),
        ("key", "A minor", "A minor; C major", 0.0),
        ("chord", "C:maj", "C major (C E G)", 1.0),
        ("chord", "C:maj", "a C major triad", 1.0),
        ("chord", "C:maj", "C major, because it has C, E and G", 1.0),
        ("chord", "G:7", "G7, the dominant of C major", 1.0),
        ("chord", "G:7", "G7, or the dominant of C major", 0.0),
        ("meter", "6/8", "6/8, which is not 3/4", 1.0),
        ("meter", "6/8", "6/8 rather than 3/4", 1.0),
        ("meter", "6/8", "6/8, which could be 3/4", 0.0),
        ("tempo", 120.0, "a tempo of 120 BPM", 1.0),
        ("note", "F#", "F#, not F", 1.0),
        ("note", "F#", "F#, the third of D major", 1.0),
    ],
)
def test_a_value_with_its_description_is_one_value(value, reward, fact, answer, credit):
    assert value(reward, answer, facts={reward: fact}, text="What is it?") == credit


def letters(text: str) -> list[Mention[str]]:
    return [Mention(c, i, i + 1) for i, c in enumerate(text) if c.isupper() and c != "I"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("not A, B or C, so D", "D"), ("not A, but B", "B"), ("not A; B", "B"), ("A, not B", "A"),
        ("not A, B", "B"), ("not A or B", ""), ("neither A, B nor C", ""), ("A is wrong, B", "B"),
        ("A, B, not C", "AB"), ("not A. B or C", "BC"), ("at first it sounds like A, but B", "B"),
        ("wait, no, A", "A"), ("A, no wait, B", "AB"), ("no doubt A", "A"), ("not just A", "A"),
    ],
)  # fmt: skip
def test_denial_reaches_over_a_list_but_not_over_a_clause(text, kept):
    assert "".join(m.value for m in asserted(text, letters(text))) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("A because of B", "A"), ("A, since it follows B", "A"), ("A is brighter than B", "A"),
        ("A, the dominant of B", "A"), ("A, a fifth above B", "A"), ("A, which leads to B", "A"),
        ("A, which may also be B", "AB"), ("A or B", "AB"), ("because of A it is B", "AB"),
        ("A as well as B", "AB"), ("A, because B or C", "ABC"), ("A, B", "AB"), ("A", "A"),
    ],
)  # fmt: skip
def test_explanations_and_comparisons_name_no_second_value(text, kept):
    assert "".join(m.value for m in unexplained(text, letters(text))) == kept
