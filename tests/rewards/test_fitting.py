"""Options that a value fits without being it, and options with labels of their own."""

from __future__ import annotations

import pytest

from rewards.extract import choose
from rewards.numbering import unlabelled

EQUAL = ("violin", "violin", "flute", "oboe")
EMPTY = ("", "violin", "flute")
HELD = ("minor", "A minor", "C major", "E minor")


@pytest.mark.parametrize(
    ("choices", "answer", "chosen"),
    [
        (EQUAL, "flute", 2), (EQUAL, "B", 1), (EMPTY, "", None), (EMPTY, "C", 2),
        (EMPTY, "violin", 1), (HELD, "A minor.", 1), (HELD, "minor", 0),
        (HELD, "minor or A minor", None),
    ],
)  # fmt: skip
def test_empty_equal_and_nested_options_are_told_apart(choices, answer, chosen):
    assert choose(choices, answer).index == chosen


@pytest.mark.parametrize(
    ("choices", "answers"),
    [
        (("A. viola", "B. cello", "C. bass"), "B|cello|B. cello|(B) cello|option B|2nd"),
        (("(i) viola", "(ii) cello", "(iii) bass"), "ii|(ii)|II.|cello|(ii) cello|option ii|B"),
        (("1) viola", "2) cello", "3) bass"), "2|(2)|2.|cello|2) cello|option 2|B|number 2"),
    ],
)
def test_labels_that_options_carry_are_labels(choices, answers):
    for answer in answers.split("|"):
        assert choose(choices, answer).index == 1, answer
    assert choose(choices, f"{choices[0][:4]} cello").index is None


def test_options_that_only_begin_with_letters_keep_them():
    for choices in (
        ("A major", "B minor"),
        ("C. viola", "D. cello"),
        ("I. V", "IV. I"),
        ("A", "B"),
    ):
        assert unlabelled(choices) == choices


def test_a_value_that_fits_two_options_chooses_neither():
    assert choose(("80-100 BPM", "90-120 BPM"), "95 BPM").index is None
    assert choose(("augmented fourth", "diminished fifth", "octave"), "6 semitones").index is None
    assert choose(("3/4", "3/8", "4/4"), "a meter of three").index != 2
    assert choose(("joyful", "cheerful", "sad"), "happy").index is None
