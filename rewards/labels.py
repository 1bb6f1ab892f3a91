"""Labels of options: which one a text carries, and what stands beside it.

Conventions
-----------
The first option is (A), "option 1", "the first option". A bare number is a value,
never a label. Where every option is a note name, a letter by itself is a note.

==========================================  =====================
text                                        label, rest
==========================================  =====================
C, (C), C., [C], Option C, choice 3,        C, nothing
the third one, the last option
C) G major; C - G major; (C) G major        C, "G major"
C is correct because ...; C because ...     C, the explanation
G major (C); G major, which is option C     C, "G major"
not A, B or C, so D; of A, B, C it is C     one letter asserted
A or B; A B C D                             several letters
==========================================  =====================
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rewards.patterns import Pattern
from rewards.spelling.mentions import Mention, asserted
from rewards.spelling.numbers import ORDINALS

_FIRST = Pattern(
    r"(?:option|choice|letter|answer)(?:\s+|:\s*)[(\[]?([A-Za-z])[)\]]?(?:[\s:,.)=>-]+|$)(.*)"
    r"|[(\[{<]([A-Za-z])(?:[)\]}>]|$)[\s:,.=>-]*(.*)"
    r"|([A-Za-z])(?:[).]\s*|:(?:\s+|$)|\s+[-=]+>?\s+|,(?:\s+|(?=[\u3040-\u9fff]))|\s*\n\s*"
    r"|\s+(?=\()|$)(.*)",
    re.IGNORECASE | re.DOTALL,
)
_NUMBERS = ("one", "two", "three", "four", "five", "six")
_NUMBER = Pattern(
    r"(?:option|choice)\s+(?:number\s+|no\.?\s*|#\s*)?"
    rf"(\d{{1,2}}|{'|'.join(_NUMBERS)})(?:[\s:,.)-]+|$)(.*)",
    re.IGNORECASE | re.DOTALL,
)
_ORDER = ORDINALS[:6]
_ORDINAL = Pattern(
    rf"(?:the )?({'|'.join(_ORDER)}|last|[1-6](?:st|nd|rd|th)) (?:option|choice|answer|one)"
    r"(?:[\s:,.)-]+(.*)|$)",
    re.IGNORECASE | re.DOTALL,
)
_PLACE = Pattern(
    rf"(?:the )?({'|'.join(_ORDER)}|[1-6](?:st|nd|rd|th))|(?:number|no\.|#)\s?"
    rf"([1-6]|{'|'.join(_NUMBERS)})",
    re.IGNORECASE,
)
_LAST = Pattern(
    r"(.+?)(?:[\s,:>=-]*(?:[(\[]([A-Z])[)\]])|,?\s*(?:which is |that is |i\.e\. |= ?|-+> ?|- )?"
    r"\(?\b(?:option|choice|letter|answer)\s+\(?([A-Z])\)?|\s+(?:-+>?|=>?)\s+([A-Z]))",
    re.DOTALL,
)
_SENTENCE = Pattern(
    r"(?:option|choice|letter|answer)?\s*[(\[]?([A-Za-z])[)\]]?\s+"
    r"(?:(is (?:the )?(?:correct|right|best|most likely|my)\b.*)|((?:because|since)\b.*))",
    re.IGNORECASE | re.DOTALL,
)
_SPACED = Pattern(r"([B-Z])\s+(.+)", re.DOTALL)
_WITHIN = Pattern(
    r"\b(?:option|choice|letter)\s+[(\[]?([A-Z])\b|[(\[]([A-Z])[)\]]"
    r"|\b([A-Z])\s+is\s+(?:the\s+)?(?:correct|right|best|most|my|answer|closest|likeliest)"
    r"|\b(?:answer|choice|option)\s+is\s+[(\[]?([A-Z])\b"
    r"|(?:选项?|選項?|[是为為])([A-Z])(?![A-Za-z])|(?<![A-Za-z])([A-Z])(?:选项|選項|です)"
)
_BRACKETED = Pattern(r"[(\[]([A-Z])[)\]]")
_LETTER = Pattern(r"(?<![\w#'])[A-Z](?![\w#'])")
# Words that may stand between letters that are labels, and leave them labels.
_TALK = frozenset(
    """
    it is are its s not so but or nor neither either and the answer option options choice
    choices must be cannot can t isn isnt cant therefore hence thus of between among out from
    rather than instead i we choose chose pick select would say definitely clearly certainly
    probably maybe perhaps possibly likely most actually then leaves leaving only remains with
    go going eliminated eliminate wrong correct right incorrect could both all any one them
    these to as opposed anything except unlike rule rules ruled ruling think believe my final
    choosing should has have m am letter among fits fit best matches match leaves eliminating
    eliminates
    """.split()  # noqa: SIM905 - a list of quoted words would hide them
)


@dataclass(frozen=True, slots=True)
class Label:
    """A label's place among the options, and the text beside it."""

    index: int
    rest: str


def read_label(text: str, count: int, *, notes: bool) -> Label | None:
    """The label at the start or the end of a cleaned text, if one of ``count`` is.

    Args:
        text: cleaned.
        count: of options.
        notes: every option is a note name.
    """
    numbered = _numbered(text, count)
    if numbered is not None:
        return numbered if numbered.index < count else None
    sentence = _SENTENCE.fullmatch(text)
    if sentence and not notes and place(sentence[1]) < count:
        return Label(place(sentence[1]), sentence[2] or sentence[3])
    last = _LAST.fullmatch(text)
    spoken = bool(last and last[3])
    first = None if notes and spoken else _FIRST.fullmatch(text)  # "C, option D" begins with a note
    if first:
        rest = (first[2] or first[4] or first[6] or "").strip()
        index = place(first[1] or first[3] or first[5])
        if index < count and (first[1] or rest or not notes):
            return Label(index, rest)
        return None
    if last is None or (notes and not spoken):  # "Ab (C)" may be two notes
        return None
    group = last.lastindex or 0
    said = Mention(place(last[group]), last.start(group), last.end(group))
    return Label(said.value, last[1]) if said.value < count and asserted(text, [said]) else None


def spaced_label(text: str, count: int) -> Label | None:
    """ "B Pipe organ"; "A organ" is left out, its A is an article."""
    found = _SPACED.fullmatch(text)
    if found and place(found[1]) < count:
        return Label(place(found[1]), found[2])
    return None


def lone_note(text: str) -> bool:
    """True if the text is one letter, perhaps in brackets."""
    found = _FIRST.fullmatch(text)
    return bool(found and not found[1] and not (found[2] or found[4] or found[6] or "").strip())


def letters_said(text: str, count: int) -> set[int] | None:
    """The labels that a text of nothing but labels asserts; None for another text.

    >>> letters_said("It is not A, B or C, so it is D", 4)
    {3}
    """
    text = _BRACKETED.sub(r" \1 ", text)
    found = [
        Mention(place(m[0]), m.start(), m.end())
        for m in _LETTER.finditer(text)
        if m[0] != "I" or place("I") < count
    ]
    if not found or any(mention.value >= count for mention in found):
        return None
    words = re.findall(r"[^\W\d_]+|\d+", _LETTER.sub(" ", text))
    if any(word.lower() not in _TALK for word in words):
        return None
    return {mention.value for mention in asserted(text, found)}


def labels_within(text: str, count: int) -> set[int]:
    """The labels that stand in running text, denied ones apart."""
    found = [
        Mention(place(m[m.lastindex or 0]), m.start(), m.end()) for m in _WITHIN.finditer(text)
    ]
    return {m.value for m in asserted(text, found) if m.value < count}


def place(letter: str) -> int:
    """0 for A."""
    return ord(letter.upper()) - ord("A")


def positional(text: str) -> int | None:
    """The place that "the second", "2nd" or "number 2" says; None for other texts."""
    found = _PLACE.fullmatch(text)
    if found is None:
        return None
    word = (found[1] or found[2]).lower()
    for names in (_ORDER, _NUMBERS):
        if word in names:
            return names.index(word)
    return int(word[0]) - 1


def _numbered(text: str, count: int) -> Label | None:
    number = _NUMBER.fullmatch(text)
    if number:
        word = number[1].lower()
        index = _NUMBERS.index(word) if word in _NUMBERS else int(word) - 1
        return Label(index, number[2]) if index >= 0 else None
    ordinal = _ORDINAL.fullmatch(text)
    if ordinal:
        word = ordinal[1].lower()
        if word == "last":
            return Label(count - 1, ordinal[2] or "")
        index = _ORDER.index(word) if word in _ORDER else int(word[0]) - 1
        return Label(index, ordinal[2] or "")
    return None
