"""Tempo terms: their names, and the tempi that players take for them.

Conventions
-----------
The classes overlap, as usage does [BPM]:

=============  ========  =============  ========  =============  ========
grave           20 - 45  adagietto       65 - 80  allegro        115 - 168
largo           40 - 66  andante         72 - 108 vivace         140 - 180
lento           40 - 66  andantino       78 - 112 presto         165 - 208
larghetto       55 - 72  moderato        92 - 124 prestissimo    190 - 300
adagio          52 - 80  allegretto     102 - 128
=============  ========  =============  ========  =============  ========

English, German and French marks are read as the Italian ones ("langsam" is lento,
"schnell" allegro, "vif" vivace). Of a compound ("Allegro moderato", "Andante con moto")
the first word counts.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.mentions import Mention, asserted
from rewards.spelling.notes import unaccented

TERMS = {
    "grave": (20, 45), "largo": (40, 66), "lento": (40, 66), "larghetto": (55, 72),
    "adagio": (52, 80), "adagietto": (65, 80), "andante": (72, 108), "andantino": (78, 112),
    "moderato": (92, 124), "allegretto": (102, 128), "allegro": (115, 168), "vivace": (140, 180),
    "presto": (165, 208), "prestissimo": (190, 300),
}  # fmt: skip
_OTHER = {
    "langsam": "lento", "sehr langsam": "largo", "breit": "largo", "massig": "moderato",
    "maßig": "moderato", "massig bewegt": "moderato", "gehend": "andante", "schnell": "allegro",
    "sehr schnell": "presto", "lebhaft": "vivace", "rasch": "allegro",
    "lent": "lento", "tres lent": "largo", "modere": "moderato", "vite": "allegro",
    "vif": "vivace", "tres vif": "presto", "anime": "allegro",
    "slow": "lento", "slowly": "lento", "very slow": "largo", "very slowly": "largo",
    "moderate": "moderato", "moderately": "moderato", "moderate tempo": "moderato",
    "walking pace": "andante", "lively": "vivace", "fast": "allegro", "quick": "allegro",
    "very fast": "presto", "brisk": "allegro",
}  # fmt: skip
_NAMES = {name: name for name in TERMS} | _OTHER
_NAME = Pattern(
    r"(?<!\w)(?:"
    + "|".join(sorted(_NAMES, key=len, reverse=True)).replace(" ", r"\s+")
    + r")(?!\w)",
    re.IGNORECASE,
)
_JOINS = Pattern(
    r"[\s-]*(?:,?\s*(?:ma\s+)?(?:non\s+troppo|molto|assai|e|con|piu|quasi|poco)\s*)*", 2
)


@lru_cache(maxsize=4096)
def terms(text: str) -> tuple[str, ...]:
    """The distinct terms that a text asserts; of a compound the first.

    >>> terms("Allegro moderato")
    ('allegro',)
    """
    text = unaccented(text)
    mentions: list[Mention[str]] = []
    for found in _NAME.finditer(text):
        value = _NAMES[" ".join(found[0].lower().split())]
        last = mentions[-1] if mentions else None
        if last and _JOINS.fullmatch(text[last.end : found.start()]):
            mentions[-1] = Mention(last.value, last.start, found.end())
        else:
            mentions.append(Mention(value, found.start(), found.end()))
    return tuple(dict.fromkeys(mention.value for mention in asserted(text, mentions)))
