"""What follows the root of a lead-sheet symbol: ``m7b5``, ``°7``, ``6/9``, ``7(#9)``.

Conventions
-----------
Read from left to right, the longest sign first. A seventh is minor unless "maj"
stands before it ("minor major seventh", ``mM7``); after ``°`` it is diminished.
A 9, 11 or 13 brings the seventh with it, "add9" does not. Tones past the octave
stand apart, as in ``rewards/spelling/harte.py``; an altered one replaces the
natural one of its degree.

=============================  =============================================
signs                          tones
=============================  =============================================
(nothing), maj, M              major triad
m, min, mi, -                  minor triad
°, o, 0, dim / ø, hdim, h7     diminished / half-diminished, with its seventh
+, aug                         augmented
maj7, M7, Δ, ^, j7, 7M         major seventh
m#7, m+7                       minor triad, major seventh
Mm7, mm7, MM7                  triad, then seventh
b7                             minor seventh
6, 6/9, 69                     sixth
sus, sus2, sus4, 4             no third
add2, 2, add4, add6            one more tone within the octave
5                              root and fifth
b5, -5, 5-, #5, +5, no3, omit5 change the fifth, leave a tone out
bb7 (after dim)                diminished seventh
9, 11, 13 / add9, add#11       past the octave, with / without the seventh
b9, #9, #11, b13, alt          a tension on a seventh chord; alt: b9, #9, b13
=============================  =============================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rewards.patterns import Pattern
from rewards.spelling.harte import UPPER, mask_of

_LONGEST = 24
_MAJ = r"(?:maj|Maj|MAJ|ma|Ma|MA|M|j)"
_MIN = r"min|Min|MIN|[mM]i(?!n)|MI(?!N)|m(?!a(?![dlu])|A)|(?<![\d/])-(?!5)"
_ADD = r"(?:[aA]dd|ADD)"
_TRIADS = {
    "major": {}, "minor": {"third": 3}, "augmented": {"fifth": 8}, "dominant": {"seventh": 10},
    "diminished": {"third": 3, "fifth": 6},
    "half diminished": {"third": 3, "fifth": 6, "seventh": 10},
    "diminished seventh": {"third": 3, "fifth": 6, "seventh": 9},
}  # fmt: skip
_CHANGES = {
    "sus2": {"third": None}, "sus4": {"third": None}, "sus24": {"third": None},
    "no3": {"third": None}, "no5": {"fifth": None}, "power": {"third": None},
    "b5": {"fifth": 6}, "#5": {"fifth": 8}, "sixth": {"sixth": 9},
    "minor seventh": {"seventh": 10},
}  # fmt: skip
_ADDED = {"sus2": (2,), "sus4": (5,), "sus24": (2, 5), "add2": (2,), "add4": (5,), "add6": (9,)}
_CARRY_MAJOR = ("", "major", "minor", "augmented", "diminished")
_PAST = {"9": 2, "11": 5, "13": 9}
_SIGNS = tuple(
    (Pattern(pattern), action)
    for pattern, action in (
        (r"Mm(?=7)", "nothing"), (r"mm(?=7)", "minor"), (r"MM7", "major seventh"),
        (_MAJ + r"7?(?=9|11|13)|[Δ^]7?|" + _MAJ + r"7|7(?:M(?![Ii])|maj)", "major seventh"),
        (r"(?:ø|[hH](?:alf-?)?dim|HDIM)7?|h7", "half diminished"),
        (r"°7|[o0]7|(?:[dD]im|DIM)7", "diminished seventh"), (r"bb7", "lowest seventh"),
        (r"(?<=[mni-])\+7", "raised"), (r"(?<=7)[dD]im5", "b5"), (r"(?<=7)[aA]ug5", "#5"),
        (r"°|o(?![a-z])|o(?=b9)|^0|[dD]im5?|DIM", "diminished"),
        (r"[aA]ug5?|AUG|\+(?![\d])|(?<!\d)\+(?=7|9|13)", "augmented"),
        (r"maj|Maj|MAJ|MA(?!J)|[mM]a(?![a-z])|M(?![IiAa])", "major"),
        (_MIN, "minor"),
        (r"(?:sus|SUS)2/?(?:sus)?4", "sus24"), (r"/?(?:sus|SUS)2", "sus2"),
        (r"/?(?:[sS]us|SUS)(?:4|(?!\d))|(?:(?<=7)/)?4", "sus4"), (r"(?:sus|SUS)(?=7|9|13)", "sus4"),
        (_ADD + r"[bm-]?7", "minor seventh"), (_ADD + r"(?=" + _MAJ + r"7)", "nothing"),
        (_ADD + "2|2", "add2"), (_ADD + "4", "add4"), (_ADD + "6", "add6"),
        (_ADD + r"(?:[b#+-]?9|[#+]?11|b?13)", "beyond"),
        (r"6/9|69|(?:(?<=7)/)?6", "sixth"),
        (r"(?:no|omit)3(?:rd)?", "no3"), (r"(?:no|omit)5(?:th)?", "no5"),
        (r"/?[b-]5|/?5(?:-|b(?![\db]))", "b5"), (r"/?[#+]5|/?5[+#](?!\d)", "#5"),
        (r"b7", "minor seventh"),
        (r"/?[b-](?:9|13)|/?[#+](?:9|11|13)|[aA]lt", "tension"),
        (r"/?(?:9|13)(?:-|b(?!\d))|(?<=7)/?(?:9|11)(?:\+(?!\d)|#(?!\d))", "tension"),
        (r"[dD]om|DOM", "dominant"), (r"[#+]7|/(?=maj|M|ma)", "raised"),
        (r"(?:(?<=[46])/)?7|(?:(?<=[79])/)?(?:9|11|13)", "seventh"), (r"5", "power"),
    )
)  # fmt: skip
_IGNORED = Pattern(r"[\s(),.\[\]]")


@dataclass(slots=True)
class _Tones:
    third: int | None = 4
    fifth: int | None = 7
    sixth: int | None = None
    seventh: int | None = None
    added: set[int] = field(default_factory=set)
    upper: set[int] = field(default_factory=set)
    triad: str = ""
    extended: tuple[str, ...] = ()


def parse_suffix(text: str) -> tuple[int, int] | None:
    """Mask of intervals within the octave and mask of those past it, or None.

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
    return mask, mask_of(*tones.upper)


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
    if action == "major seventh" or (action == "raised" and sign != "/"):
        carries = tones.triad == "minor" if action == "raised" else tones.triad in _CARRY_MAJOR
        if not carries or tones.seventh is not None:
            return False
        tones.seventh = 11
    elif action == "raised":
        return tones.triad == "minor"
    elif action == "lowest seventh":
        if tones.triad != "diminished":
            return False
        tones.seventh = 9
    elif action == "seventh":
        sign = sign.lstrip("/")
        if sign in tones.extended:
            return False
        tones.extended += (sign,)
        if tones.seventh is None:
            tones.seventh = 11 if tones.triad == "major" else _lower_seventh(tones)
        _go_past(tones, sign)
    elif action == "tension":
        _go_past(tones, sign)
        if tones.seventh is None and tones.sixth is None:
            tones.seventh = _lower_seventh(tones)
    elif action in ("beyond", "sixth"):
        _go_past(tones, sign)
    return True


def _lower_seventh(tones: _Tones) -> int:
    """Diminished on a diminished triad, else minor."""
    return 9 if tones.triad == "diminished" else 10


def _go_past(tones: _Tones, sign: str) -> None:
    """Enter the tones past the octave that a sign names."""
    if sign.lower() == "alt":
        tones.upper.update((1, 3, 8))
        return
    sign = re.sub(r"^/?(9|11|13)([b#+-])$", r"\2\1", sign)
    found = re.search(r"([b#+-]?)(9|11|13)$", sign)
    if found is None:
        return
    degree, shift = found[2], {"": 0, "b": -1, "-": -1}.get(found[1], 1)
    if shift:
        tones.upper.discard(_PAST[degree])
        tones.upper.add(_PAST[degree] + shift)
    elif sign[0] in "aA6":
        tones.upper.add(_PAST[degree])
    else:
        tones.upper.update(step for step in _PAST.values() if UPPER[degree] >> step & 1)
