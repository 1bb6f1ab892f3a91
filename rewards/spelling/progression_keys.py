"""What stands around a progression: the key it is read in, and what is denied.

Conventions
-----------
==============================================  ============================
text                                            key, and what is left
==============================================  ============================
I V vi IV in C major; C: I V vi IV; I V (in C)  C major; I V vi IV
a: i iv V                                       A minor; i iv V
not C G Am F but Am F C G; Am F C G, not C ...  none; Am F C G
==============================================  ============================
"""

from __future__ import annotations

import re

from rewards.patterns import Pattern
from rewards.spelling.keys import Key, find_keys, parse_key
from rewards.spelling.mentions import ALL_BUT, taken_back

_I = re.IGNORECASE
NUMERAL_SIGN = Pattern(
    r"(?<![\w#/'])([#b]{0,2}(?:VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(?![A-Za-z]{3,}(?<!maj)"
    r"(?<!dim)(?<!aug)(?<!sus)(?<!add)))([°ø+oΔ]?[\w°ø+Δ#^/]{0,12}(?:\([#b]?\d{1,2}\))?)(?![\w']|\.\s?e\b)"
)
"""A Roman numeral in running text; ``parse_numeral`` has the last word."""
_DENIED = Pattern(
    r"\b(?:not|isn't|is not|rather than|instead of|never|neither|wrong|incorrect|hardly|scarcely"
    r"|pas|nicht|keine?)\b",
    _I,
)
ALTERNATIVE = Pattern(
    r"\b(?:or|alternatively|otherwise|vs\.?|versus|maybe|perhaps|possibly|could also be"
    r"|no,? wait|wait,? no|scratch that|actually|correction|i mean|sorry)\b|\?",
    _I,
)
_CUT_FROM = Pattern(r"\b(?:rather than|instead of|(?:and|,)\s*not)\b", _I)
_CLAUSES = Pattern(r";|\.\s|\n|\bbut\b|\b(?:it is|it's)\b", _I)
_KEY_LEAD = Pattern(
    r",?\s*\(?\b(?:in|the key is|key of|key:|key is|key)\s*:?\s*(?:the\s*)?(?:key of\s*)?$", _I
)
_KEY_HEAD = Pattern(r"\s*(?:in )?([A-Ga-g](?:#|b|[\s-](?:sharp|flat))?)(m)?\s*:\s*(?=[#b]?[ivIV])")
_KEY_BRACKET = Pattern(r"\(\s*(?:in |key of |key: )*([A-Ga-g][^()]{0,14})\)")
_KEY_AFTER = Pattern(r"\s*(?:progression|key|tonality|song|piece|tune|loop)\b", _I)


def names_key(text: str, start: int, end: int) -> bool:
    """ "a C major progression": the key of the list, not a chord of it."""
    return "m" in text[start:end].lower()[1:] and _KEY_AFTER.match(text, end) is not None


def without_denied(text: str) -> str:
    """What is left after "not ..., but", "rather than ..."; nothing of "C G Am F? no"."""
    if taken_back(text):
        return ""
    text = ALL_BUT.sub("not", text)
    if not _DENIED.search(text):
        return text
    kept = []
    for clause in _CLAUSES.split(text):
        cut = _CUT_FROM.search(clause)
        clause = clause[: cut.start()] if cut else clause
        if not _DENIED.search(clause):
            kept.append(clause)
    return " ".join(kept).strip(" ,")


def without_key(text: str) -> tuple[str, Key | None]:
    """The text without the key it is read in, and the key."""
    head = _KEY_HEAD.match(text)
    if head:
        minor = head[2] or head[1][0].islower()
        key = parse_key(f"{head[1]} {'minor' if minor else 'major'}")
        return text[head.end() :], key
    for mention in find_keys(text):
        lead = _KEY_LEAD.search(text[: mention.start])
        if lead:
            rest = f"{text[: lead.start()]} {text[mention.end :].lstrip(' :,.;')}"
            return rest.strip(" ,()"), mention.value
        if not text[: mention.start].strip() and text[mention.end :].lstrip().startswith(":"):
            return text[mention.end :].lstrip(" :"), mention.value
    bracket = _KEY_BRACKET.search(text) if text.count("(") == 1 else None
    key = parse_key(bracket[1]) if bracket and NUMERAL_SIGN.search(text) else None
    if bracket and key is not None:
        return f"{text[: bracket.start()]} {text[bracket.end() :]}".strip(), key
    return text, None
