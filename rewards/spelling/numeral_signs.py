"""Signs and words beside a Roman numeral, rewritten to the signs that ``romans.py`` reads.

Conventions
-----------
=============================================  ========================
written                                        rewritten
=============================================  ========================
V^{6}_{5}, V(7), V dom7, V seven, V 6 5        V65, V7, V7, V7, V6/5
vii half-diminished 7, half-diminished vii     viiø7
vii dim7, fully diminished vii7, vii o 7       vii°7
diminished vii, augmented III                  vii°, III+
flat VI, b VII                                 bVI, bVII
V7 of V, (V65)/V; V7 / V                       V7/V, V65/V; V7/V
=============================================  ========================

A blank on both sides of a slash may part two answers ("V7 / IV"): it joins no more than a
dominant (V, vii) to V or to a minor degree.
"""

from __future__ import annotations

from rewards.patterns import Pattern

_I = 2
_AFTER = r"(?<=[ivIV])"
_PLAIN = r"[#b]?[ivIV]{1,3}"
_CHORD = r"triad\s|chord\s|on\s|the\s"
_HALF = r"(?:half[\s-]*dim(?:inished|\.)?|ø)"
_SEVENTH = r"(?:7th|7|seventh)(?:\schord)?(?!\w)"
_REWRITES = (
    (Pattern(r"\\(?:flat|sharp|circ)\b"), ""),
    (Pattern(r"(?<=\w)\^\{?\\?circ\}?"), "°"),
    (Pattern(r"[\^_{}\[\]]"), ""),
    (Pattern(r"\(((?:\d|maj|ø|°)[\d/]{0,3})\)"), r"\1"),
    (Pattern(r"\bflat[\s-](?=[ivIV]{1,3}(?![A-Za-z]))", _I), "b"),
    (Pattern(r"\bsharp[\s-](?=[ivIV]{1,3}(?![A-Za-z]))", _I), "#"),
    (Pattern(r"(?:(?<=\s)|^)([b#])\s(?=[ivIV]{2,3}(?![A-Za-z]))"), r"\1"),
    (Pattern(rf"\b{_HALF}\s(?:{_CHORD})?({_PLAIN})7?(?![\w°ø])", _I), r"\1ø7"),
    (Pattern(rf"\bfully?[\s-]+dim\w*\s(?:{_CHORD})?({_PLAIN})7?(?![\w°ø])", _I), r"\1°7"),
    (Pattern(rf"\bdim(?:inished|\.)?\s(?:{_CHORD})?({_PLAIN})(?=\d|(?![\w°ø]))", _I), r"\1°"),
    (Pattern(rf"\baug(?:mented|\.)?\s(?:{_CHORD})?({_PLAIN})(?=\d|(?![\w+]))", _I), r"\1+"),
    (Pattern(r"\(([#b]?[ivIV]{1,3}[°øo+]?\d{0,2})\)(?=/)"), r"\1"),
    (Pattern(r"(?<=[ivIV])([64])-([245])(?![\w/-])"), r"\1/\2"),
    (Pattern(r"(?<=[iv])\s+[o°](?:\s*(?=7|6|4)|(?!\w))"), "°"),
    (Pattern(rf"{_AFTER}\s*{_HALF}\s*(?:7th|7|seventh)?(?!\w)", _I), "ø7"),
    (Pattern(rf"{_AFTER}\s*(?:fully?[\s-]+)?dim(?:inished|\.)?[\s-]*{_SEVENTH}", _I), "°7"),
    (Pattern(rf"{_AFTER}\s*dim(?:inished|\.)?(?!\w)", _I), "°"),
    (Pattern(rf"{_AFTER}\s*aug(?:mented|\.)?(?!\w)", _I), "+"),
    (Pattern(rf"{_AFTER}\s*(?:major|maj\.?)[\s-]*{_SEVENTH}", _I), "maj7"),
    (Pattern(rf"{_AFTER}\s*(?:dom(?:inant|\.)?)[\s-]*{_SEVENTH}", _I), "7"),
    (Pattern(r"(?<=[iv])\s+minor[\s-]*(?:7th|7|seventh)(?!\w)"), "7"),
    (Pattern(rf"(?<=[ivIV°])\s+with\s(?:an?|the)\s(?:added\s|minor\s)?{_SEVENTH}", _I), "7"),
    (Pattern(r"(?<=[ivIV°])[\s-]*(?:seventh|7th|seven)(?:\s+chord)?(?!\w)", _I), "7"),
    (Pattern(rf"{_AFTER}\s+min(?:or|\.)?[\s-]?7(?!\w)"), "m7"),
    (Pattern(rf"{_AFTER}\s+six[\s-]four(?!\w)", _I), "64"),
    (Pattern(rf"{_AFTER}\s+six[\s-]five(?!\w)", _I), "65"),
    (Pattern(rf"{_AFTER}[\s-]+(?=(?:7|6/5|65|4/3|43|4/2|42|2|6/4|64|6)(?![\w/]))"), ""),
    (Pattern(r"(?<=\d)\s(?=[345](?!\w))"), "/"),
    (Pattern(r"ø7[\s-]*(?=6/?5|4/?3|4/?2)"), "ø"),
    (Pattern(r"(?<=[°ø])\s(?=(?:7|6/5|65|4/3|43|4/2|42|6)(?![\w/]))"), ""),
    (Pattern(r"(?<=[ivIV])\s+(?=m7(?!\w))"), ""),
    (Pattern(r"(?<=[IV])\smajor(?=$|[,.;])"), ""),
    (Pattern(r"\b(Ger|Gr|Fr|It)\.?\saug(?:mented|\.)?\s?(?=6)"), r"\1+"),
    (Pattern(r"\s+of\s+(?:the\s+)?(?=[#b]?[ivIV]{1,3}(?!\w))"), "/"),
    (Pattern(r"(?<![A-Za-z])((?:VII|V|vii)[°øo]?\d{0,2}(?:/\d)?)\s/\s?(?=(?:V|ii|iii|vi)(?!\w))"),
     r"\1/"),
)  # fmt: skip


def plain_signs(text: str) -> str:
    """The text with its numerals in plain signs.

    >>> plain_signs("V^{6}_{5} of V")
    'V65/V'
    """
    for pattern, new in _REWRITES:
        text = pattern.sub(new, text)
    return text
