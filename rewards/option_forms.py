"""The form by which texts of options are compared, and what says that a number is a bound.

Conventions
-----------
Case, article, accents, hyphens and the way of joining ("and", "&", "+") do not matter, nor
whether a number, a rank or a decade is written in digits. Whatever means all of the options,
or none of them, has one form.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rewards.answers import bare
from rewards.patterns import Pattern
from rewards.spelling.numbers import COUNTS, ORDINALS
from rewards.text import plain

_COUNT = Pattern(rf"\b(?:{'|'.join(COUNTS)})\b")
# A run of blanks is tried from its start only: a long one would cost its square.
_JOIN = Pattern(r"(?<!\s)(?:\s*[&+]\s*|\s*'n'?\s*|\s+(?:plus|n)\s+)")
SLASH = Pattern(r"(?<!\s)\s*/\s*")
_ARROW = Pattern(r"(?<!\s)\s*(?:->|=>|→|⇒)\s*(?=\w)")
_CONTRACTED = Pattern(r"(?<=\w)n't\b")
_THING = (
    r"clip|excerpt|piece|song|track|recording|audio|example|sample|passage|version|phrase|verse"
    r"|section"
)
_ORDER = ORDINALS[:6]
_RANKS: dict[str, str] = dict(zip(("1st", "2nd", "3rd", "4th", "5th", "6th"), _ORDER, strict=True))
_RANK = Pattern(r"\b(?:1st|2nd|3rd|[4-6]th)\b")
_PLACES = dict(zip("123456", _ORDER, strict=True)) | {
    word: _ORDER[int(count) - 1] for word, count in COUNTS.items() if 1 <= int(count) <= 6
}
_NUMBERED = Pattern(rf"^({_THING}) (?:number |no\.? |#)?({'|'.join(_PLACES)})$")
_DECADE = Pattern(r"'?\b([2-9]0)'?s\b")
_DECADES = {
    "twenties": "20", "thirties": "30", "forties": "40", "fifties": "50", "sixties": "60",
    "seventies": "70", "eighties": "80", "nineties": "90",
}  # fmt: skip
BOUND = Pattern(
    r"\b(?:at least|at most|(?:no )?(?:more|less|fewer|greater|slower|faster|longer|shorter) than"
    r"|over|under|up to|above|below|almost|nearly|minimum|maximum)\s+(?:about |around )?"
    rf"(?=\d|(?:{'|'.join(COUNTS)})\b)",
    re.IGNORECASE,
)
_ALL = Pattern(
    r"all|all (?:of )?(?:them|these|those|the above|the options|the choices|the others?)"
    r"|all (?:of the )?(?:two|three|four|five|six|[2-6])(?: (?:of (?:them|these)|options))?"
    r"|everything(?: listed| mentioned)?(?: above)?|all of the above|the above all"
)
_NONE = Pattern(
    r"none|none (?:of )?(?:them|these|those|the above|the options|the choices|the others?)"
    r"|nothing(?: listed| mentioned)?(?: above)?|not any of (?:them|these|the above)"
    rf"|neither(?: of (?:them|these|those|the two)| one| option| (?:{_THING}))?"
)


@lru_cache(maxsize=2048)
def form(text: str) -> str:
    """What texts of options are compared by.

    >>> form("The Drum & Bass"), form("three voices")
    ('drum and bass', '3 voices')
    """
    steps = _ARROW.sub(" to " if len(_ARROW.findall(text)) == 1 else " - ", text)
    read = SLASH.sub("/", _JOIN.sub(" and ", plain(bare(steps)))).strip()
    read = _CONTRACTED.sub(" not", read.replace("can't", "cannot")).replace(" and then ", " then ")
    read = _RANK.sub(lambda m: _RANKS[m[0]], read)
    read = _NUMBERED.sub(lambda m: f"{_PLACES[m[2]]} {m[1]}", read)
    if _ALL.fullmatch(read):
        return "all of the above"
    if _NONE.fullmatch(read):
        return "none"
    read = _DECADE.sub(r"19\1s", f"{_DECADES[read]}s" if read in _DECADES else read)
    return _COUNT.sub(lambda m: str(COUNTS[m[0]]), read)


def is_bound(text: str) -> bool:
    """True for "at least 3" and the like, which is not one number."""
    found = BOUND.search(text)
    return found is not None and not re.search(r"\d", text[: found.start()])
