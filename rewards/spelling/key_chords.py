"""Lists of chords in an answer that names a key: "D major; chords: D, A, Bm, G".

Conventions
-----------
Such a list names chords, though each of them might be a key. It is one where the words around
it say so ("the chords D and Bm", "the D-A-Bm-G progression", "I-V-vi: D A Bm"), or where three
or more symbols stand in a row, some of them bare letters ("Bm, G, D, A"). "D major, B minor"
and "D or Bm" are keys.
"""

from __future__ import annotations

import re

from rewards.patterns import Pattern

_SYMBOL = (
    r"[A-G](?:#|b(?![a-z])|b(?=m)|[\s-](?:sharp|flat))?"
    r"(?:\s?(?P<word{0}>major|minor|maj|min|diminished|augmented)(?![a-z])"
    r"|(?P<sign{0}>m|dim|aug|sus|maj)?\d{{0,2}})"
    r"(?:/[A-G][#b]?)?(?![\w#'])"
)
_ONE = Pattern(rf"(?<![\w#]){_SYMBOL.format('')}")
_APART = Pattern(r"\s?(?:,\s?(?:and\s)?|->?|→|/|\||\band\b|&)\s?|\s")
_LEADS_TO = ("->", "→")
"""Before a key in words: what the list is said to prove."""
_NOUN = r"(?:chords?|triads?|progressions?|harmon(?:y|ies)|changes|vamp|loop)"
_BEFORE = Pattern(
    rf"(?:\b{_NOUN}\b|(?<![A-Za-z])[ivIV]{{1,3}}[°\d]?(?=\s?:))"
    r"(?:\s(?:are|is|of|includes?|being|such as|like|namely|used|here|moves?|goes|go|from|mainly"
    r"|mostly|the|e\.g\.)){0,4}\s?[:=(-]?\s?$",
    re.IGNORECASE,
)
_AFTER = Pattern(
    rf"\s?(?:{_NOUN}\b|(?:are|is|being) (?:all |both )?"
    r"(?:diatonic|chords?|the (?:main |primary |only )?chords?)\b)",
    re.IGNORECASE,
)
_IN_BRACKETS = Pattern(r"\b(?:chords?|triad)\s?\(\s?$", re.IGNORECASE)
_LOOK_BACK = 60


def chord_lists(text: str) -> list[tuple[int, int]]:
    """Where lists of chords stand in a folded text, in order."""
    spans: list[tuple[int, int]] = []
    run: list[re.Match[str]] = []
    for symbol in [*_ONE.finditer(text), None]:
        gap = text[run[-1].end() : symbol.start()][:8] if symbol and run else "no gap"
        if symbol and _APART.fullmatch(gap) and not (symbol["word"] and gap.strip() in _LEADS_TO):
            run.append(symbol)
            continue
        if run and _are_chords(text, run):
            spans.append((run[0].start(), run[-1].end()))
        run = [symbol] if symbol else []
    return spans


def _are_chords(text: str, run: list[re.Match[str]]) -> bool:
    start, end = run[0].start(), run[-1].end()
    if len(run) < 2:
        return _IN_BRACKETS.search(text[max(0, start - 12) : start]) is not None
    if _BEFORE.search(text[max(0, start - _LOOK_BACK) : start]) or _AFTER.match(text, end):
        return True
    signs = [symbol["sign"] for symbol in run if not symbol["word"]]
    return len(run) > 2 and len(signs) == len(run) and None in signs and any(signs)
