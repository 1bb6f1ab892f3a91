"""The tables of theory that music21 generates, kept as data.

Conventions
-----------
``rewards/spelling/tables.json`` is written by ``python -m rewards.spelling.make_tables`` and
never by hand; a test makes it anew and compares. music21 itself is not needed to read it.
Numbers are semitones, in equal temperament.

==================  ==============================  ========================================
table               entry                           meaning
==================  ==============================  ========================================
scales              ``"dorian": [0, 2, 3, ...]``    steps above the tonic
signatures          ``"dorian": {"D": 0, ...}``     sharps (positive) or flats of the mode
                                                    on each tonic, up to seven
intervals           ``"3": {"m": 3, "M": 4, ...}``  number -> quality -> width, 0 or more
chords              ``"min9": [0, 3, 7, 10, 14]``   Harte's shorthand -> tones above the root
suffixes            ``"m7b5": [0, 3, 6, 10]``       lead-sheet suffix -> the same
major numerals,     ``"ii7": [2, 5, 9, 12]``        chord of the key -> its notes above the
minor numerals                                      tonic, the lowest first
augmented sixths    ``"It6": [8, 12, 18]``          the same
==================  ==============================  ========================================

Where the readers differ from music21 on purpose (``tests/rewards/spelling/test_tables.py``
holds them to it):

==========================  ============================  ================================
written                     music21                       here
==========================  ============================  ================================
melodic minor               natural minor going down      the same up and down
bIII, bVI, bVII in minor    lowered twice                 III, VI, VII
#vi, #vii° in minor         raised twice                  vi, vii°
I+7, bVI7, #ii7: sevenths   the note of the scale with    minor
on chords outside the key   that letter
C+11                        augmented, with an eleventh   C7 with a raised eleventh
CN6, CIt+6, Ctristan        chords on C                   no chords: numerals, names
diminished unison           one semitone down             no interval
==========================  ============================  ================================
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("tables.json")


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, Any]]:
    return json.loads(FILE.read_text(encoding="utf-8"))


def table(name: str) -> dict[str, Any]:
    """The table of that name, as it stands in the file, which is read once.

    >>> table("intervals")["3"]["M"]
    4
    """
    return _tables()[name]
