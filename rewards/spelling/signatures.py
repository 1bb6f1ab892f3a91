"""Key signatures: a number of sharps or flats.

Conventions
-----------
Sharps are positive, flats negative, none is 0.

================================  =====================================
written                           read as
================================  =====================================
two sharps, 2#, 2 sharps          2
3 flats, 3b, bbb, "-3"            -3
no sharps or flats, none, 0       0
F# and C#; Bb, Eb, Ab             2; -3, if in the order of signatures
D major, B minor                  2, for a key stands for its signature
================================  =====================================
"""

from __future__ import annotations

import re
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.keys import find_keys
from rewards.spelling.mentions import Mention, asserted
from rewards.spelling.notes import find_notes
from rewards.spelling.numbers import COUNTS

_I = re.IGNORECASE
_COUNT = "|".join(word for word, count in COUNTS.items() if count <= 7)
_NONE = Pattern(
    r"\b(?:no|without|zero|neither|0)\s+(?:any\s+)?(?:sharps?|flats?)"
    r"(?:\s*(?:or|and|nor|,|/)\s*(?:no\s+)?(?:sharps?|flats?))"
    r"|\b(?:no|without|zero)\s+(?:any\s+)?(?:accidentals|key signature|signature)"
    r"|\b(?:empty|open|blank)\s+(?:key\s+)?signature|\b(?:0|zero)\s+(?:sharps|flats)"
    r"|\ball\s+natural(?:s|\s+notes)?\b|\bno\s+#\s*(?:/|or)\s*b\b",
    _I,
)
_NUMBERED = Pattern(rf"(?<![\w.])(?:([1-7])|\b({_COUNT}))\s*-?\s*(sharps?|flats?|#|b)(?![\w#])", _I)
_SIGNS = Pattern(r"(?<![\w#])(?:(#(?:\s?#){0,6})|(b(?:\s?b){0,6}))(?![\w#])")
_SIGNED = Pattern(r"([+-])\s*([1-7])")
_SHARPS = "FCGDAEB"
_ZERO = frozenset({"0", "none", "zero", "no", "no accidentals", "nothing"})
_NAMED_KEY = Pattern(r"[a-z]{3}|[Mm]$", _I)


@lru_cache(maxsize=4096)
def signatures(text: str) -> tuple[int, ...]:
    """The distinct signatures that a cleaned text asserts.

    A list of accidentals and a key beside a number have to agree with it: both count.

    >>> signatures("two sharps (F# and C#), so D major")
    (2,)
    """
    if text.strip(" .").lower() in _ZERO:
        return (0,)
    signed = _SIGNED.fullmatch(text.strip(" ."))
    if signed:
        return (int(signed[2]) * (1 if signed[1] == "+" else -1),)
    found: list[Mention[int]] = []
    for match in _NONE.finditer(text):
        found.append(Mention(0, match.start(), match.end()))
    text = _NONE.sub(lambda match: "_" * len(match[0]), text)
    counted = [
        Mention(_number(m[1], m[2]) * (-1 if m[3][0] in "fb" else 1), m.start(), m.end())
        for m in _NUMBERED.finditer(text)
    ]
    counted += [
        Mention(m[1].count("#") if m[1] else -m[2].count("b"), m.start(), m.end())
        for m in _SIGNS.finditer(text)
    ]
    found += asserted(text, counted)
    keys = [
        Mention(m.value.signature, m.start, m.end)
        for m in asserted(text, find_keys(text))
        if m.value.signature is not None
        and _NAMED_KEY.search(text[m.start : m.end])
        and not any(one.start <= m.start < one.end for one in found)
    ]
    listed = _listed(text, [*found, *keys])
    said = [m.value for m in (*found, *keys)] + ([] if listed is None else [listed])
    return tuple(dict.fromkeys(said))


def _number(digit: str | None, word: str | None) -> int:
    return int(digit) if digit else COUNTS[(word or "").lower()]


def _listed(text: str, others: list[Mention[int]]) -> int | None:
    """The signature that a list of accidentals spells, in any order; None for another list."""
    names = {
        m.value.name
        for m in asserted(text, find_notes(text))
        if not any(o.start <= m.start < o.end for o in others) and len(m.value.name) == 2
    }
    if not names:
        return None
    for order, sign, factor in ((_SHARPS, "#", 1), (_SHARPS[::-1], "b", -1)):
        if names == {f"{letter}{sign}" for letter in order[: len(names)]}:
            return factor * len(names)
    return None
