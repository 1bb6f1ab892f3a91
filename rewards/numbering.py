"""Options that carry labels of their own: "B. viola", "(ii) viola", "2) viola".

Conventions
-----------
They do where each of them begins with its place, as a letter, a number or a Roman numeral,
all in one way. The labels are then no part of the options, and an answer that begins with
one names it: "iii" and "(iii) cello" are the third.
"""

from __future__ import annotations

from functools import lru_cache

from rewards.patterns import Pattern

_ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
_LABEL = Pattern(r"\s*[(\[]?([A-Za-z]|\d{1,2}|[ivxIVX]{1,4})(?:[)\]][.:]?\s*|[.:]\s+)(?=\S)")
_SAID = Pattern(
    r"(?:(?:option|choice|number|answer)\s+)?[(\[]?(\d{1,2}|[ivxIVX]{1,4})"
    r"(?:[)\]][.:]?\s*|[.:]\s+|\s*$)(.*)"
)


@lru_cache(maxsize=4096)
def unlabelled(choices: tuple[str, ...]) -> tuple[str, ...]:
    """The options without the labels that they carry.

    >>> unlabelled(("A. viola", "B. cello")), unlabelled(("A. viola", "C. cello"))
    (('viola', 'cello'), ('A. viola', 'C. cello'))
    """
    found = [_LABEL.match(choice) for choice in choices]
    if _style(choices) is None:
        return choices
    return tuple(
        choice[m.end() :] if m else choice for choice, m in zip(choices, found, strict=True)
    )


def lettered(choices: tuple[str, ...], text: str) -> str:
    """The text with the option's own label in front as a letter: "iii. cello" is "(C) cello"."""
    style, said = _style(choices), _SAID.fullmatch(text)
    if style not in ("number", "roman") or said is None:
        return text
    label = said[1].lower()
    if label.isdigit() is (style == "roman") or (style == "roman" and label not in _ROMANS):
        return text
    place = _ROMANS.index(label) if style == "roman" else int(label) - 1
    return f"({chr(ord('A') + place)}) {said[2]}".strip() if 0 <= place < len(choices) else text


@lru_cache(maxsize=4096)
def _style(choices: tuple[str, ...]) -> str | None:
    """How all options are labelled, or None."""
    found = [_LABEL.match(choice) for choice in choices]
    labels = [m[1].lower() for m in found if m]
    if len(labels) < max(2, len(choices)):
        return None
    places = range(len(labels))
    if labels == [chr(ord("a") + place) for place in places]:
        return "letter"
    if labels == [str(place + 1) for place in places]:
        return "number"
    return "roman" if labels == list(_ROMANS[: len(labels)]) else None
