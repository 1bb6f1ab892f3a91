"""What follows the root of a lead-sheet symbol: ``m7b5``, ``°7``, ``6/9``, ``7(#9)``.

Conventions
-----------
Read from left to right, the longest sign first. A seventh is minor unless "maj"
stands before it ("minor major seventh", ``mM7``); after ``°`` it is diminished.
A 9, 11 or 13 brings the seventh with it, "add9" does not.

=============================  =============================================
signs                          tones
=============================  =============================================
(nothing), maj, M              major triad
m, min, mi, -                  minor triad
°, o, dim / ø, hdim            diminished / half-diminished, with its seventh
+, aug                         augmented
maj7, M7, Δ, ^, j7             major seventh
6, 6/9, 69                     sixth
sus, sus2, sus4, 4             no third
5                              root and fifth
b5, -5, #5, +5, no3, omit5     change the fifth, leave a tone out
b9, #9, #11, b13, alt          a tension on a seventh chord
=============================  =============================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rewards.patterns import Pattern
from rewards.spelling.harte import mask_of

_LONGEST = 24
_MAJ = r"(?:maj|Maj|MAJ|ma|Ma|M|j)"
_TRIADS = {
    "major": {}, "minor": {"third": 3}, "augmented": {"fifth": 8}, "dominant": {},
    "diminished": {"third": 3, "fifth": 6},
    "half diminished": {"third": 3, "fifth": 6, "seventh": 10},
    "diminished seventh": {"third": 3, "fifth": 6, "seventh": 9},
}  # fmt: skip
_CHANGES = {
    "sus2": {"third": None}, "sus4": {"third": None}, "sus24": {"third": None},
    "no3": {"third": None}, "no5": {"fifth": None}, "power": {"third": None},
    "b5": {"fifth": 6}, "#5": {"fifth": 8}, "sixth": {"sixth": 9},
}  # fmt: skip
_ADDED = {"sus2": (2,), "sus4": (5,), "sus24": (2, 5), "add2": (2,), "add4": (5,), "add6": (9,)}
_BEYOND = {"9": 1, "11": 2, "13": 3, "6/9": 1, "69": 1}
_SIGNS = tuple(
    (Pattern(pattern), action)
    for pattern, action in (
        (_MAJ + r"7?(?=9|11|13)|[Δ^]7?|" + _MAJ + "7", "major seventh"),
        (r"(?:ø|h(?:alf-?)?dim)7?", "half diminished"),
        (r"°7|o7|[dD]im7", "diminished seventh"),
        (r"°|o(?![a-z])|[dD]im", "diminished"),
        (r"[aA]ug|\+(?![\d])|\+(?=7|9)", "augmented"),
        (r"maj|Maj|MAJ|[mM]a(?![a-z])|M", "major"),
        (r"min|Min|MIN|[mM]i(?![a-z])|m(?!a)|m(?=aj|a7)|-(?!5)", "minor"),
        (r"sus2/?(?:sus)?4", "sus24"), (r"sus2", "sus2"), (r"sus4?|4", "sus4"),
        (r"[aA]dd2|2", "add2"), (r"[aA]dd4", "add4"), (r"[aA]dd6", "add6"),
        (r"[aA]dd(?:[b#]?9|#?11|b?13)", "beyond"),
        (r"6/9|69|6", "sixth"),
        (r"(?:no|omit)3(?:rd)?", "no3"), (r"(?:no|omit)5(?:th)?", "no5"),
        (r"[b-]5", "b5"), (r"[#+]5", "#5"),
        (r"[b-](?:9|13)|[#+](?:9|11|13)|alt", "tension"),
        (r"dom", "dominant"), (r"7|9|11|13", "seventh"), (r"5", "power"),
    )
)  # fmt: skip
_IGNORED = Pattern(r"[\s(),]")


@dataclass(slots=True)
class _Tones:
    third: int | None = 4
    fifth: int | None = 7
    sixth: int | None = None
    seventh: int | None = None
    added: set[int] = field(default_factory=set)
    beyond: int = 0
    triad: str = ""


def parse_suffix(text: str) -> tuple[int, int] | None:
    """Mask of intervals and number of tones, or None.

    >>> parse_suffix("m7b5") == parse_suffix("ø7")
    True
    """
    text = _IGNORED.sub("", text)
    if len(text) > _LONGEST:
        return None
    tones, at = _Tones(), 0
    while at < len(text):
        found, action = _sign(text, at)
        if found is None or not _apply(tones, action, found[0]):
            return None
        at = found.end()
    steps = [tones.third, tones.fifth, tones.sixth, tones.seventh]
    mask = mask_of(0, *(step for step in steps if step is not None), *tones.added)
    return mask, mask.bit_count() + tones.beyond


def _sign(text: str, at: int) -> tuple[re.Match[str] | None, str]:
    for pattern, action in _SIGNS:
        found = pattern.match(text, at)
        if found:
            return found, action
    return None, ""


def _apply(tones: _Tones, action: str, sign: str) -> bool:
    """Enter one sign; False if it contradicts what stands before it."""
    if action in _TRIADS:
        if tones.triad:
            return False
        tones.triad = action
    for name, value in (_TRIADS.get(action) or _CHANGES.get(action) or {}).items():
        setattr(tones, name, value)
    tones.added.update(_ADDED.get(action, ()))
    if action == "major seventh":
        if tones.triad not in ("", "minor", "augmented", "diminished") or tones.seventh is not None:
            return False
        tones.seventh = 11
    elif action == "seventh":
        if tones.seventh is None:
            tones.seventh = 11 if tones.triad == "major" else 10
        tones.beyond += _BEYOND.get(sign, 0)
    elif action == "tension":
        tones.beyond += 1
        if tones.seventh is None and tones.sixth is None:
            tones.seventh = 10
    elif action in ("beyond", "sixth"):
        tones.beyond += int(sign != "6")
    return True
