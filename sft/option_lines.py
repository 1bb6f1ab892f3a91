"""Options as a question prints them."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_uppercase

MOST_OPTIONS = len(ascii_uppercase)


def option_lines(options: Sequence[str]) -> str:
    """A line for each, behind its letter; ``MOST_OPTIONS`` at most.

    >>> print(option_lines(("C major", "A minor")))
    A. C major
    B. A minor
    """
    letters = ascii_uppercase[: len(options)]
    lines = zip(letters, options, strict=True)
    return "\n".join(f"{letter}. {' '.join(option.split())}" for letter, option in lines)
