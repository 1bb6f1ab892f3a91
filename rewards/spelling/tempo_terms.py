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

English, German, French, Spanish and Chinese marks are read as the Italian ones ("langsam" is
lento, "schnell" allegro, "vif" vivace, "broad" largo, "medium tempo" moderato). Of a
compound ("Allegro moderato", "Andante con moto") the first word counts. A mark in another
language that describes the Italian term beside it ("Adagio (slow)", "Allegro, fast and
lively") is no second one, if their tempi meet or lie within 15 % of each other.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.asides import concluded, unexplained
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
    "lent": "lento", "lentement": "lento", "tres lent": "largo", "modere": "moderato",
    "vite": "allegro", "vif": "vivace", "tres vif": "presto", "anime": "allegro",
    "slow": "lento", "slowly": "lento", "very slow": "largo", "very slowly": "largo",
    "moderate": "moderato", "moderately": "moderato", "moderate tempo": "moderato",
    "walking pace": "andante", "lively": "vivace", "fast": "allegro", "quick": "allegro",
    "very fast": "presto", "brisk": "allegro", "briskly": "allegro", "quickly": "allegro",
    "up tempo": "allegro", "uptempo": "allegro", "rapid": "presto", "very quick": "presto",
    "extremely fast": "prestissimo", "as fast as possible": "prestissimo", "fairly slow": "andante",
    "extremely slow": "grave", "broad": "largo", "broadly": "largo", "very lively": "presto",
    "moderately fast": "allegretto", "medium fast": "allegretto", "moderately slow": "andante",
    "medium slow": "andante", "medium": "moderato", "medium tempo": "moderato",
    "mid tempo": "moderato", "midtempo": "moderato", "walking tempo": "andante",
    "walking speed": "andante", "leisurely": "andante", "geschwind": "allegro", "eilig": "presto",
    "zugig": "allegro", "ziemlich schnell": "allegro", "getragen": "adagio", "ruhig": "adagio",
    "tres vite": "presto",
    "rapide": "allegro", "large": "largo", "assez vif": "allegretto", "rapido": "allegro",
    "muy rapido": "presto", "vivo": "vivace", "vivacissimo": "presto", "veloce": "presto",
    "allegrissimo": "presto", "lentissimo": "grave", "larghissimo": "grave",
    "广板": "largo", "慢板": "adagio", "行板": "andante", "小行板": "andantino",
    "中板": "moderato", "小快板": "allegretto", "快板": "allegro", "急板": "presto",
    "alegro": "allegro", "alegretto": "allegretto", "adiago": "adagio", "andate": "andante",
}  # fmt: skip
# Marks of manner that no class of tempi is given for.
_MANNERS = Pattern(
    r"\b(?:maestoso|(?:tempo )?rubato|con moto|cantabile|ad libitum|tempo (?:i|primo|giusto)"
    r"|a tempo|tempo di (?:valse|minuetto|marcia|polacca)|l'istesso tempo|swing|ballad|sostenuto"
    r"|agitato|con (?:brio|fuoco)|senza misura)\b",
    re.IGNORECASE,
)
_NEAR = 1.15
_NAMES = {name: name for name in TERMS} | _OTHER
_NAME = Pattern(
    r"(?<!\w)(?:"
    + "|".join(sorted(_NAMES, key=len, reverse=True)).replace(" ", r"[\s-]+")
    + r")(?!\w)",
    re.IGNORECASE,
)
_BLANKS = Pattern(r"[\s-]+")
_JOINS = Pattern(
    r"[^\S\n-]*(?:-|,?\s*(?:(?:ma\s+)?(?:non\s+troppo|molto|assai|e|con|piu|quasi|poco)\s*){1,4})?",
    2,
)
_FOLLOWING = ("moderato", "vivace", "vivo")
"""What may follow another mark directly: "Allegro moderato", but not "Andante Adagio"."""


_OR = Pattern(r"\b(?:or|oder|ou|o)\b|(?<!\d)/(?!\d)|\?", re.IGNORECASE)


@lru_cache(maxsize=4096)
def terms(text: str) -> tuple[str, ...]:
    """The distinct terms that a text asserts; of a compound the first.

    >>> terms("Allegro moderato")
    ('allegro',)
    """
    text = unaccented(text)
    mentions: list[Mention[str]] = []
    for found in _NAME.finditer(text):
        name = _BLANKS.sub(" ", found[0].lower())
        last = mentions[-1] if mentions else None
        if last and _is_compound(text[last.end : found.start()], name):
            mentions[-1] = Mention(last.value, last.start, found.end())
        else:
            mentions.append(Mention(name, found.start(), found.end()))
    mentions = concluded(text, unexplained(text, asserted(text, mentions)))
    if len(mentions) > 1 and not _OR.search(text[mentions[0].end : mentions[-1].start]):
        mentions = _undescribed(mentions)
    return tuple(dict.fromkeys(_NAMES[mention.value] for mention in mentions))


def _is_compound(between: str, name: str) -> bool:
    joined = _JOINS.fullmatch(between) is not None
    return joined and (name in _FOLLOWING or any(c.isalpha() for c in between))


def manners(text: str) -> frozenset[str]:
    """The marks of manner without a class ("Maestoso") that a text asserts."""
    text = unaccented(text)
    mentions = [Mention(m[0].lower(), m.start(), m.end()) for m in _MANNERS.finditer(text)]
    return frozenset(mention.value for mention in asserted(text, mentions))


def _undescribed(mentions: list[Mention[str]]) -> list[Mention[str]]:
    """Without the marks that describe the one Italian term, or else the first mark."""
    italian = [m for m in mentions if m.value in TERMS]
    if len({m.value for m in italian}) > 1:
        return mentions
    lead = (italian or mentions)[0]
    return [
        m
        for m in mentions
        if m is lead or m.value in TERMS or not near(_NAMES[lead.value], _NAMES[m.value])
    ]


def near(one: str, other: str) -> bool:
    """True if the tempi of two terms meet, or nearly."""
    (low, high), (least, most) = TERMS[one], TERMS[other]
    return least <= high * _NEAR and low <= most * _NEAR
