"""The other wordings of a key, a tempo or a meter, for texts that are matched as strings.

Conventions
-----------
Texts are plain (``rewards.text.plain``). A caption is too long to be read for all values;
so the one that is looked for is written in all its ways. "Am" may be a chord: it is no key
here.

===========  ====================================================================
value        also
===========  ====================================================================
A minor      a min, a moll, in am, key am (not "am" alone, it is a word)
C# minor     c sharp minor, c#m, c# min
92 BPM       92bpm, 92 beats per minute, tempo of 92, tempo is 92
4/4          four four, common time
===========  ====================================================================
"""

from __future__ import annotations

from functools import lru_cache

from rewards.patterns import Pattern
from rewards.text import plain

_KEY = Pattern(r"([a-g])\s?(#|b|sharp|flat|natural)?\s?(major|minor|maj|min|dur|moll)")
_TEMPO = Pattern(r"(?:(?:about|around|ca|approximately)\.?\s)?(\d{2,3}(?:\.\d{1,3})?)\s?(?:bpm"
                 r"|beats (?:per|a) minute)?")  # fmt: skip
_METER = Pattern(r"(\d{1,2})\s?/\s?(\d{1,2})(?:\s(?:time|meter|metre|time signature))?")
_COUNTS = {
    2: "two",
    3: "three",
    4: "four",
    5: "five",
    6: "six",
    7: "seven",
    9: "nine",
    12: "twelve",
}
_UNITS = {2: "two", 4: "four", 8: "eight"}
_METERS = {(4, 4): ("common time",), (2, 2): ("cut time", "alla breve"), (3, 4): ("waltz time",)}


@lru_cache(maxsize=4096)
def wordings(thing: str) -> tuple[str, ...]:
    """All plain wordings of a thing that is a key, a tempo or a meter; () for other things.

    >>> wordings("4/4")
    ('4/4', 'four four', 'common time')
    """
    text = plain(thing).strip(" .")
    key, tempo, meter = (p.fullmatch(text) for p in (_KEY, _TEMPO, _METER))
    if key:
        return _keys(key[1], key[2] or "", key[3])
    if tempo:
        said = tempo[1]
        units = (f"{said} bpm", f"{said}bpm", f"{said} beats per minute", f"{said} beats a minute")
        return *units, *(
            f"tempo {link}{said}" for link in ("", "of ", "is ", "of about ", "around ")
        )
    if meter:
        beats, unit = int(meter[1]), int(meter[2])
        spoken = (
            (f"{_COUNTS[beats]} {_UNITS[unit]}",) if beats in _COUNTS and unit in _UNITS else ()
        )
        return f"{beats}/{unit}", *spoken, *_METERS.get((beats, unit), ())
    return ()


def _keys(letter: str, sign: str, mode: str) -> tuple[str, ...]:
    signs = {"#": ("#", " sharp"), "b": ("b", " flat")}.get(
        {"sharp": "#", "flat": "b"}.get(sign, sign)
    )
    tonics = [f"{letter}{sign}" for sign in signs] if signs else [letter, f"{letter} natural"]
    minor = mode in ("minor", "min", "moll")
    modes = ("minor", "min", "moll") if minor else ("major", "maj", "dur")
    said = [f"{tonic} {name}" for tonic in tonics for name in modes]
    if minor:
        said += (
            [f"{tonics[0]}m"] if signs else [f"in {letter}m", f"key {letter}m", f"key of {letter}m"]
        )
    return tuple(said)
