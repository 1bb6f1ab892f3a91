"""Options as a question prints them: all of them, or an error."""

from __future__ import annotations

import pytest

from sft.option_lines import MOST_OPTIONS, option_lines


def test_no_option_is_dropped() -> None:
    assert option_lines(("a", "b", "c", "d", "e  and\nf")).splitlines() == [
        "A. a", "B. b", "C. c", "D. d", "E. e and f",
    ]  # fmt: skip
    assert len(option_lines(["x"] * MOST_OPTIONS).splitlines()) == MOST_OPTIONS
    with pytest.raises(ValueError, match="longer"):
        option_lines(["x"] * (MOST_OPTIONS + 1))
