"""Yes and no, true and false, where they are the options; and refusals to say.

Conventions
-----------
The first word answers, or the verb ("It does not"): "No, there is no doubt" is a no.
"Yes" and "true" stand for each other, also in German, French and Spanish. "No idea" is a
refusal, and an answer of which another clause says the opposite is none.
"""

from __future__ import annotations

import re

from rewards.options import Choice, Option
from rewards.patterns import Pattern
from rewards.spelling.notes import unaccented
from rewards.text import fold, plain

# Folded as texts are: in "да" the second letter passes for a Latin one.
_YES = frozenset(
    fold(
        "yes yeah yep yup true correct si oui ja sim wahr richtig vrai verdadero"
        " cierto vero да 是 是的 对 はい"
    ).split()
)
_NO = frozenset(
    fold(
        "no nope false incorrect untrue wrong nein non nao falsch faux falso"
        " нет Нет НЕТ 否 不 不是 いいえ"
    ).split()
)
_INITIALS = {"T": "true", "F": "false"}
_FIRST_WORD = Pattern(
    rf"(?:{'|'.join(sorted(_YES | _NO, key=len, reverse=True))})\b(?!-)", re.IGNORECASE
)
_NOT_TRUE = Pattern(r"\b(?:not|isn't) (?:true|correct)\b|\b(?:untrue|incorrect)\b", re.IGNORECASE)
_NOT_FALSE = Pattern(
    r"(?:\w{1,20} ){0,3}(?:not|isn't) (?:false|incorrect|untrue|wrong)", re.IGNORECASE
)
_SURELY = r"absolutely|definitely|certainly|indeed|of course|surely|exactly"
_AFFIRMS = Pattern(rf"(?:{_SURELY})", re.IGNORECASE)
_DENIES = Pattern(
    rf"(?:(?:{_SURELY}|probably) )?not(?: at all| really)?\s*(?:[,.;:!(]|$)", re.IGNORECASE
)
_STATES = Pattern(
    r"(?:it|they|this|that|there|the \w{1,20}) (?:does|do|did|is|are|was|were|has|have|can)"
    r"(\s?not|n?'t)?",
    re.IGNORECASE,
)
REFUSAL = Pattern(
    r"n/?a\b|n\.a\.|(?:i have |i've )?(?:no|not any) (?:idea|clue|opinion|answer|information"
    r"|way (?:to|of))\b",
    re.IGNORECASE,
)


def yes_no(options: tuple[Option, ...], text: str) -> Choice | None:
    """What the first word says, where an option is yes, no, true or false."""
    sides: dict[str, int] = {}
    for side, words in (("yes", ("yes", "true")), ("no", ("no", "false"))):
        alone = [i for i, option in enumerate(options) if option.form in words]
        first = [i for i, o in enumerate(options) if o.form.partition(",")[0] in words]
        if alone or len(first) == 1:
            sides[side] = (alone or first)[-1]
    if not sides:
        return None
    states = _STATES.fullmatch(text)
    if states:
        said = "no" if states[1] else "yes"
        return Choice(sides.get(said), f"the answer says {said}")
    if _AFFIRMS.fullmatch(text):
        return Choice(sides.get("yes"), "the answer says yes")
    if _DENIES.match(text):
        return Choice(sides.get("no"), "the answer says no")
    if _NOT_FALSE.fullmatch(text):
        return Choice(sides.get("yes"), "the answer denies that it is false")
    first = _FIRST_WORD.match(_INITIALS.get(text.upper(), unaccented(text)))
    if REFUSAL.search(text):
        return Choice(None, "the answer refuses")
    if first is None:
        denied = _NOT_TRUE.search(text) and "no" in sides
        return Choice(sides["no"], "the answer denies the statement") if denied else None
    said, other = ("yes", _NO) if first[0].lower() in _YES else ("no", _YES)
    if said not in sides:
        return None
    clauses = {plain(clause) for clause in re.split(r"[,.;:!?/\n]|\b(?:and|or)\b", text)}
    if clauses & other:
        return Choice(None, "the answer says yes and no")
    return Choice(sides[said], "the first word answers")
