"""What a field beside a chord says of its quality: "chord: C, quality: minor".

Conventions
-----------
==========================================  ===========================
text                                        chords
==========================================  ===========================
chord: C, quality: minor                    C minor: a root alone is no chord yet
chord: Am7, quality: minor                  Am7: the field only says less
chord: C major, quality: minor              two
==========================================  ===========================
"""

from __future__ import annotations

import re

from rewards.patterns import Pattern
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import Chord
from rewards.spelling.mentions import Mention

_QUALITY_FIELD = Pattern(r"\b(?:quality|type|kind|mode)\s?[:=]\s?([^,;\n()]{1,40})", re.IGNORECASE)
_ROOT = Pattern(r"[A-G](?:##|#|bb?|x|[\s-](?:sharp|flat))?")


def with_quality(text: str, only: Mention[Chord]) -> list[Mention[Chord]]:
    """The chord, and what a field of its own says of it where that is another one.

    Of a root alone the field says the quality: "chord: C, quality: minor".
    """
    field, root = _QUALITY_FIELD.search(text), only.value.root
    if field is None or root is None or only.start <= field.start() < only.end:
        return [only]
    other = parse_chord(f"{root.name} {field[1].strip()}")
    if other is None or includes(only.value, other) or includes(other, only.value):
        return [only]
    second = Mention(other, field.start(), field.end())
    bare = _ROOT.fullmatch(text[only.start : only.end])
    return [second] if bare else sorted((only, second), key=lambda m: m.start)


def includes(wide: Chord, narrow: Chord) -> bool:
    """Does the second chord only say more than the first: "A minor", "Am7"; "C", "C/E"?"""
    if wide.root is None or narrow.root is None or not wide.root.same(narrow.root):
        return False
    if wide.bass not in (0, narrow.bass):
        return False
    return wide.intervals & ~narrow.intervals == 0 and wide.upper & ~narrow.upper == 0
