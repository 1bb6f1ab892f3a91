"""Which tone of a chord is the lowest, where words say so.

Conventions
-----------
The order of an inversion is the number of the chord tone in the bass: 0 for the root, 1
for the third, 2 for the fifth, 3 for the seventh.

==================================================  =====
words at the end of a chord                         order
==================================================  =====
root position, Grundstellung, estado fundamental    0
first inversion, premier renversement, primera      1
inversión, erste Umkehrung, primo rivolto
with the fifth in the bass                          2
Sextakkord, Quartsextakkord                         1, 2
==================================================  =====
"""

from __future__ import annotations

import re

from rewards.patterns import Pattern

_I = re.IGNORECASE
_INVERSION = Pattern(
    r",?\s*(?:\(|in |en |im |dans |al )*(?:the |der |la |le |its |su )?(?:(?:root[\s-]position"
    r"|grundstellung|(?:estado|etat|stato|posicion|position) fondamentale?"
    r"|(?:estado|posicion) fundamental)"
    r"|(first|second|third|1st|2nd|3rd|primera?|segunda|tercera|premiere?|deuxieme|troisieme"
    r"|erster?|zweiter?|dritter?|primo|secondo|terzo|[123](?:a|o|er|e|\.))[\s-]*"
    r"(?:inversi[oó]n|renversement|umkehrung|rivolto))\)?$",
    _I,
)
_LOW_DEGREE = Pattern(
    r",?\s*\(?(?:with |over )(?:the |its |an? )?(root|third|3rd|fifth|5th|seventh|7th)"
    r"(?: in the bass| as (?:the )?bass(?: note)?| at the bottom)\)?$",
    _I,
)
_SIXTH_CHORD = Pattern(r"[\s-]*(quart)?sext-?akkord$", _I)
_BEGINNINGS = {
    "ro": 0, "fi": 1, "1": 1, "pri": 1, "pre": 1, "ers": 1, "thir": 3, "sec": 2, "2": 2, "seg": 2,
    "deu": 2, "zwe": 2, "3": 3, "ter": 3, "tro": 3, "dri": 3,
}  # fmt: skip
MEMBERS = {"root": 0, "third": 1, "3rd": 1, "fifth": 2, "5th": 2, "seventh": 3, "7th": 3}
"""The tone of a chord -> the order of the inversion that has it in the bass."""


def without_inversion(text: str) -> tuple[str, int]:
    """The text without its inversion in words, and the order of that, 0 where none is said.

    >>> without_inversion("C major, first inversion")
    ('C major', 1)
    """
    found = _INVERSION.search(text)
    if found:
        word = (found[1] or "root").lower()
        order = next(n for start, n in _BEGINNINGS.items() if word.startswith(start))
        return text[: found.start()], order
    found = _LOW_DEGREE.search(text)
    if found:
        return text[: found.start()], MEMBERS[found[1].lower()]
    found = _SIXTH_CHORD.search(text)
    if found and found.start():
        return text[: found.start()], 2 if found[1] else 1
    return text, 0
