"""What an answer leaves open: something that it does not name, or all above or below a value.

Conventions
-----------
==========================================  ==========================
text
==========================================  ==========================
D major or something else, or its relative  leaves open
any key such as D major                     leaves open
about 120 or so                             does not
at least 120, 120 or more, >= 2 sharps      a bound: no value
just over 120                               a value
==========================================  ==========================
"""

from __future__ import annotations

import re
from typing import Any

from rewards.patterns import Pattern
from rewards.spelling.mentions import Mention, asserted

_LEFT_OPEN = Pattern(
    r"(?<!whether )\bor (?:(?:maybe|perhaps|possibly|even|in|of|an?) )*"
    r"(?:some(?:thing|one)?(?: (?:else|other|similar|like))?|another|any(?:thing)?(?: (?:else"
    r"|other))?|others?|similar|related|nearby|neighbou?ring|different|whatever|the like|not)\b"
    r"(?! than)"
    r"|\bor (?:(?:maybe|perhaps|possibly|even|in) )*its (?!enharmonic|equivalent|other name)\w"
    r"|(?<=[\u3040-\u9fff])(?:或者?|还是|還是|または|もしくは|あるいは)(?=[\u3040-\u9fff])"
    r"|\b(?:could|may|might|can) be any(?:thing)?\b"
    r"|\bis (?:only |just )?(?:one|a|another) (?:of (?:the|several|many) )?"
    r"(?:possib(?:ility|ilities|le \w+)|candidates?)\b"
    r"|\bany(?: \w{1,12}){1,4},? (?:such as|like|e\.g\.?,?|for (?:example|instance),?) "
    r"|\b(?:all|every|many|several|some)(?: \w{1,12}){0,2} (?:keys?|modes?|chords?|met(?:er|re)s?"
    r"|tempos?|tempi|cadences?|intervals?|notes?),? (?:including|such as|like) ",
    re.IGNORECASE,
)
_COMPARATIVE = (
    r"(?:more|less|fewer|faster|slower|higher|lower|greater|smaller|larger|bigger|wider|narrower"
    r"|shorter|longer)"
)
_BOUND_BEFORE = Pattern(
    rf"(?<!just )(?<!slightly )(?<!little )(?<!bit )\b(?:at least|at most|{_COMPARATIVE} than|over"
    r"|under|above|below|up to)\s+(?:an?\s|the\s)?$|(?:^|(?<=\s))[<>≤≥]=?\s?$",
    re.IGNORECASE,
)
_BOUND_AFTER = Pattern(
    rf"\+(?![\w/+-])|,? or (?:{_COMPARATIVE}|above|below|up|over|under)\b(?! than| \w+ly\b)"
    r"|,? and (?:up|upwards?|above|over|more)(?=\W*$)",
    re.IGNORECASE,
)
_LOOK_BACK = 24


def leaves_open(text: str) -> bool:
    """True if a text asserts that it might be something that it does not name.

    >>> leaves_open("D major or another key"), leaves_open("about 120 or so")
    (True, False)
    """
    said = [Mention(m[0], m.start(), m.end()) for m in _LEFT_OPEN.finditer(text)]
    # "No or something else": the one word before is the answer, it denies nothing.
    return bool(said) and (
        text[: said[0].start].strip(" ,").isalpha() or bool(asserted(text, said))
    )


def bounds_only(text: str, value: Mention[Any]) -> bool:
    """True if a value only bounds what is meant: "over 120", "two sharps or more"."""
    before = text[max(0, value.start - _LOOK_BACK) : value.start]
    return bool(_BOUND_BEFORE.search(before) or _BOUND_AFTER.match(text, value.end))
