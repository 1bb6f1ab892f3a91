"""The words that a model quotes are found in the text as its author wrote it."""

from __future__ import annotations

import random

import pytest

from rewards.asking.claims import Reading
from rewards.asking.places import place

TEXT = "Two sharps, so D major. I’d say it’s in 3/4 — F♯  minor\nis “out”, café and Ａ７… done."


@pytest.mark.parametrize(
    ("quote", "stands"),
    [
        ("it’s in 3/4", "it’s in 3/4"), ("it's in 3/4", "it’s in 3/4"),
        ("F# minor is \"out\"", "F♯  minor\nis “out”"), ("F♯ minor", "F♯  minor"),
        ("3/4 - F#", "3/4 — F♯"), (" D major. ", " D major. "), ("A7...", "Ａ７…"),
        ("café and", "café and"),
    ],
)  # fmt: skip
def test_words_are_found_whatever_signs_they_are_quoted_with(quote, stands):
    start, end = place(quote, TEXT, 0)
    assert TEXT[start:end] == stands


@pytest.mark.parametrize("quote", ["", " \n", "in 6/8", "it’s in 3/8", "G# minor", "\u200b"])
def test_other_words_are_not(quote):
    assert place(quote, TEXT, 0) is None


def test_the_words_behind_the_claim_before_come_first():
    text = "it’s C, no: it’s D; it’s C"
    assert place("it's C", text, 0) == (0, 6)
    assert place("it's C", text, 7) == (20, 26)
    assert place("it's D", text, 20) == (12, 18)
    assert place("it's C", "it's C, no: it’s D; it’s C", 7) == (20, 26)


def test_any_stretch_is_found_where_it_stands():
    chance = random.Random(3)
    for _ in range(2000):
        text = "".join(chance.choice("ab’' \n♯#—é…ß1") for _ in range(30))
        start = chance.randrange(25)
        quote = text[start : start + chance.randrange(1, 6)]
        found = place(quote, text, start)
        if quote.strip():
            assert found == (start, start + len(quote))


def test_no_typography_hides_a_false_claim():
    """What a policy writes with curly quotes and signs is judged as what a model quotes of it."""
    one = {"type": "meter", "value": "3/4", "polarity": "asserted", "modality": "asserted",
           "subject": "", "time": None}  # fmt: skip
    listed = {"claims": [{"quote": "I'd say it's in 3/4", **one}]}
    found = Reading().read(listed, TEXT)
    assert [TEXT[c.start : c.end] for c in found] == ["I’d say it’s in 3/4"]
