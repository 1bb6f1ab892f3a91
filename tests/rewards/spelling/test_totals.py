"""Counts told with what they are made of."""

from __future__ import annotations

import pytest

from rewards.spelling.totals import counted, total


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5 voices (3 women and 2 men)", 5),
        ("five: two violins, two violas and one cello", 5),
        ("3 women and 2 men, so 5", 5),
        ("3 + 2 = 5 voices", 5),
        ("3 women and 2 men, a total of 5", 5),
        ("7 (3+2+2)", 7),
        ("seven beats: 3 + 2 + 2", 7),
        ("7 (3+2+3)", None),
        ("7 (3, 2, 2)", None),
        ("5 or 6", None),
        ("5 (maybe 3 women and 3 men)", None),
        ("3 women and 2 men", None),
        ("5, 6", None),
        ("5 (6 voices)", None),
        ("5", None),
    ],
)
def test_a_total_is_the_number_that_the_others_make_up(text, number):
    found = total(text)
    assert (found.low if found else None) == number


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("twice", "2 times"),
        ("It comes once.", "It comes 1 time."),
        ("twice as fast", "twice as fast"),
        ("drei", "3"),
        ("Es gibt fünf Stimmen", "5"),
        ("dos voces", "2"),
        ("三种乐器", "3"),
        ("有两个", "2"),
        ("dosis", "dosis"),
    ],
)
def test_twice_counts_where_it_compares_nothing(text, read):
    assert counted(text) == read
