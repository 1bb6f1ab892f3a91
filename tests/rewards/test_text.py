"""Folding: what looks alike reads alike."""

from __future__ import annotations

import time

import pytest

from rewards.answers import clean
from rewards.text import fold, plain


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("С\u200b♯ mіnor", "C# minor"), ("Ｂ♭７", "Bb7"), ("C⁷", "C7"),
        ("F𝄪", "F##"), ("B𝄫", "Bbb"),
        ("F♯︎", "F#"), ("viiº", "vii°"), ("BØ7", "Bø7"), ("C∆", "CΔ"), ("3⁄4", "3/4"), ("80–90",
        "80-90"),
        ("Α minor", "A minor"), ("В", "B"),
        ("АСЕН", "ACEH"), ("D\u00a0major", "D major"), ("\u202eD", "D"), ("\ufeffD", "D"),
        ("“D”", '"D"'), ("plain ascii", "plain ascii"),
    ],
)  # fmt: skip
def test_look_alikes_fold_to_plain_signs(written, read):
    assert fold(written) == read
    assert fold(fold(written)) == read


def test_plain_drops_case_accents_and_hyphens():
    assert plain("  Ré-Majeur\t") == "re majeur"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("**D minor**", "D minor"), ("\\boxed{\\text{D minor}}", "D minor"), ("$\\boxed{D}$", "D"),
        ('"D minor".', "D minor"), ("'D minor'", "D minor"), ("The final answer is: D minor.",
        "D minor"),
        ("I think it's D minor", "D minor"), ("[D minor]", "D minor"), ("(C)", "(C)"),
        ("So, the correct answer is probably D minor", "D minor"), ("- D minor", "D minor"),
        ("F\\sharp minor", "F# minor"), ("\\frac{6}{8}", "6/8"), ("N.C.", "N.C."), ("", ""),
        ("x" * 1001, ""), ("The answer is", "The answer is"), ("\nD\n\nminor\n", "D\nminor"),
    ],
)  # fmt: skip
def test_dress_does_not_matter(written, read):
    assert clean(written) == read


@pytest.mark.parametrize("piece", ["\u0301\u0327", "ﷺ", "\u200b", "e\u0301", "В"])
def test_folding_is_bounded(piece):
    text = piece * (256_000 // len(piece))
    start = time.process_time()
    fold(text)
    plain(text)
    clean(text)
    assert time.process_time() - start < 2.0
