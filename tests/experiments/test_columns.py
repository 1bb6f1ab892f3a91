"""Rows as lines: a remark stands beside its row where there is room, else below it."""

from __future__ import annotations

from experiments.columns import lines_of

REMARK = "thirty characters and some more in a remark"
ROWS = [("spread", "0.5", REMARK), ("failed", "3 of 36", "")]


def test_a_remark_with_thirty_characters_of_room_stands_beside_its_row() -> None:
    spread, failed = lines_of(ROWS, 47)
    assert spread == [
        "spread  0.5      thirty characters and some",
        "                 more in a remark",
    ]
    assert failed == ["failed  3 of 36"]


def test_a_remark_with_less_room_stands_below_its_row() -> None:
    spread, failed = lines_of(ROWS, 46)
    assert spread == ["spread  0.5", "    thirty characters and some more in a", "    remark"]
    assert failed == ["failed  3 of 36"]


def test_no_rows_are_no_lines() -> None:
    assert lines_of([], 80) == []
