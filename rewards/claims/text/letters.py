"""The letter of an option, where it ends a sentence: "so the answer is B", "I choose (C)."."""

from __future__ import annotations

import re

_LETTER = re.compile(
    r"\b(?:answer|option|choice|choose|pick|select|[Ss]o|[Tt]herefore|[Tt]hus|[Hh]ence)\b"
    r"(?: is| must be| should be|:|,)*"
    r"(?: option| choice)? ?\(?([A-H])\)?(?=\s*(?:[.!\n]|$| fits| matches| is correct))"
)


def chosen(text: str, choices: tuple[str, ...]) -> tuple[int, int] | None:
    """Which option the last such letter chooses, and where it stands; None if there is none.

    An option may be the note of that name: where one is a single letter, none is chosen so.
    """
    if not choices or any(len(choice) == 1 for choice in choices):
        return None
    said = list(_LETTER.finditer(text))
    place = "ABCDEFGH".index(said[-1][1]) if said else len(choices)
    return (place, said[-1].start(1)) if place < len(choices) else None
