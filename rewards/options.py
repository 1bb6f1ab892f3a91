"""The options of a question, and the one whose text a text is.

Conventions
-----------
Texts of options are compared by their form (``rewards/option_forms.py``). An option that is
a Roman numeral or a chord symbol is *strict*: there case and signs matter. A weaker way of
being an option's text is tried only where the stronger ones find none, and counts only where
it leads to one option:

1.  the text itself
2.  its form, or the same parts joined in another order ("piano and violin")
3.  without the generic noun ("C major" for "C major scale"), one side of its brackets
    ("rondo" or "ABACA" for "Rondo (ABACA)"), singular or plural, without any blanks
    ("postrock", "lofi hip-hop")
4.  at least half of its words, three at least, in a row ("stays on one note"), or the
    first or last words, where other options have the rest ("slower" beside "gets faster",
    "acoustic" for the acoustic beside the electric guitar, not beside "guitar")
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rewards.answers import bare, clean
from rewards.kinds import KINDS
from rewards.numbering import unlabelled
from rewards.option_forms import BOUND, SLASH, form
from rewards.patterns import Pattern
from rewards.spelling.asides import concluded, settled, unexplained
from rewards.spelling.chords import parse_chord
from rewards.spelling.mentions import Mention, asserted, distinct
from rewards.spelling.notes import unaccented
from rewards.spelling.numbers import find_quantities
from rewards.spelling.romans import PRONOUN, parse_roman
from rewards.text import UNSPACED, fold

# A run of blanks is tried from its start only: a long one would cost its square.
_JOINT = Pattern(r"(?<!\s)\s*(?:[,;]\s*and\s|[,;\n]|\s(?:and|with|plus)\s|[&+])\s*(?:[-*]\s+)?")
_THEN = Pattern(r"(?<!\s)\s*,?\s+(?:and\s+)?then\s+")
_ADDED = Pattern(r"\d{1,3}(?:\s?\+\s?\d{1,3}){1,15}")
_BETWEEN = Pattern(r"(?<!\s)\s*(?:->|[-,>|])\s*|\s+")
_GLOSS = Pattern(r"([^()]{2,60}?)\s*\(([^()]{1,60})\)")
# Before a name or behind it: "Maqam Rast", "the Yaman raga".
_TITLE = r"(?:ma[qk]am|raa?ga?|taa?la?|thaat|palo|dastgah|usul)"
_NOUN = Pattern(
    r" (?:scale|chord|triad|cadence|key|mode|meter|metre|time|time signature|tempo|instrument"
    rf"|music|interval|section|style|genre|texture|motion|rhythm|form|{_TITLE})$|^{_TITLE} "
)
SUBJECT = Pattern(
    r"^(?:it|this|that|they|there|he|she|(?:the )?(?:music|piece|song|track|clip|excerpt|tempo"
    r"|melody|rhythm|volume|dynamics?|pitch|meter|key|harmony|texture|line|voice|beat)) "
)
_THERE = Pattern(r"^there (?:is|are) (?:only |exactly )?")
# Other signs carry meaning: "C#" without its sign would be "C".
_PLAIN_SIGNS = Pattern(r"[\w\s\-/'&.,]+")


@dataclass(frozen=True, slots=True)
class Choice:
    """The index of the chosen option, or None, and why.

    ``clash`` where a label and the text beside it contradict each other.
    """

    index: int | None
    why: str
    clash: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One option, read once.

    Attributes:
        text: cleaned.
        form: what texts are compared by.
        names: what it is called beside its form, "rondo" and "abaca" of "Rondo (ABACA)".
        parts: the forms of what it joins by "and" or commas.
        series: its Roman numerals or chord symbols in order, if it is a row of them.
        strict: case and signs matter.
        pattern: the option as whole words in running text.
        kinds: its value of each of ``KINDS``, or None.
        number: the one quantity in it, or None.
    """

    text: str
    form: str
    names: tuple[str, ...]
    parts: frozenset[str] | tuple[str, ...]
    series: tuple[str, ...] | None
    strict: bool
    pattern: re.Pattern[str]
    kinds: tuple[Any, ...]
    number: Any


@lru_cache(maxsize=4096)
def read_options(choices: tuple[str, ...]) -> tuple[Option, ...]:
    """The options of a question."""
    choices = unlabelled(choices)
    forms = [form(clean(choice)) for choice in choices]
    forms += [name for choice in choices for name in _glossed(clean(choice))]
    return tuple(_option(choice, forms) for choice in choices)


def _glossed(text: str) -> tuple[str, ...]:
    """The forms of "Rondo (ABACA)" without its brackets and of what stands in them."""
    found = _GLOSS.fullmatch(text)
    return (form(found[1]), form(found[2])) if found else ()


def _option(choice: str, forms: list[str]) -> Option:
    text = clean(choice) or fold(choice.strip())
    symbol = parse_chord(text) is not None and " " not in text and len(text) < 12
    symbol = symbol and text.lower() != "none"
    series = _series(text)
    strict = parse_roman(text) is not None or symbol or series is not None
    names = tuple(name for name in _glossed(text) if name and forms.count(name) == 1)
    found = find_quantities(text)
    bounded = BOUND.search(text) is not None
    return Option(
        text=text,
        form=form(text),
        parts=_parts(text),
        series=series,
        strict=strict,
        names=names,
        pattern=_pattern(text, strict, names, plural=f"{form(text)}s" not in forms),
        kinds=tuple(None if bounded else kind.parse(text) for kind in KINDS),
        number=found[0].value if len(found) == 1 and not bounded else None,
    )


def exact(options: tuple[Option, ...], text: str) -> int | None:
    """The option that the text is, by the first way that finds one (rules 1 to 3)."""
    if len(text) > 1 and text[0] in "+-" and text[1].isdigit():
        same = [i for i, option in enumerate(options) if option.text == text]
        return same[0] if len(same) == 1 else None
    said = _THERE.sub("", form(text))
    if said == "0" and sum(option.form[:1].isdigit() for option in options) == len(options) - 1:
        said = "none"
    for way in _WAYS:
        same = [i for i, option in enumerate(options) if way(option, text, said)]
        if same:
            return same[0] if len(same) == 1 else None
    return None


def mentioned(options: tuple[Option, ...], text: str) -> list[int]:
    """Indexes of the options that a text names, in the order of the text."""
    searched = unaccented(text)
    mentions: list[Mention[int]] = []
    for index in sorted(range(len(options)), key=lambda i: -len(options[i].text)):
        for found in options[index].pattern.finditer(searched):
            if not any(m.start < found.end() and found.start() < m.end for m in mentions):
                mentions.append(Mention(index, found.start(), found.end()))
    mentions.sort(key=lambda mention: mention.start)
    kept = settled(
        text,
        unexplained(text, asserted(text, mentions)),
        lambda a, b: options[a].form in options[b].form,
    )
    kept = concluded(text, kept)
    return distinct(kept, lambda index: index)


def _parts(text: str) -> frozenset[str] | tuple[str, ...]:
    """What "both the horn and the organ" joins, in any order; chords keep theirs."""
    parts = _split(text)
    if len(parts) > 2 and all(parse_chord(part) or parse_roman(part) for part in parts):
        return tuple(parts)
    return frozenset(form(part) for part in parts)


def _split(text: str) -> list[str]:
    text = re.sub(r"^(?:both|[-*])\s+", "", text, count=1, flags=re.IGNORECASE)
    return [part.strip() for part in _JOINT.split(text)]


def sequence(text: str) -> tuple[str, ...]:
    """The forms of what "sax, then piano and bass" joins, in order."""
    return tuple(form(part) for part in _split(_THEN.sub(", ", text)))


def _series(text: str) -> tuple[str, ...] | None:
    """The symbols of "I-V-vi-IV"; None for other texts."""
    parts = tuple(_BETWEEN.split(text))
    if len(parts) < 2 or not all(parse_chord(part) or parse_roman(part) for part in parts):
        return None
    return parts


def _same_text(option: Option, text: str, said: str) -> bool:
    if option.series is not None and _series(text) == option.series:
        return True
    return option.text == text or SLASH.sub("/", text) == SLASH.sub("/", option.text)


def _same_form(option: Option, text: str, said: str) -> bool:
    if option.strict or not said:
        return False
    if option.form == said:
        return True
    if len(option.parts) < 2 or option.parts != _parts(text):
        return False
    wanted = sequence(option.text)
    # "3+2+2" groups beats, and "long, short, short" says a thing twice: both have an order.
    ordered = _ADDED.fullmatch(option.text) or len(set(wanted)) < len(wanted)
    return not ordered or wanted == sequence(text)


def _same_noun(option: Option, text: str, said: str) -> bool:
    if option.strict or not said:
        return False
    return _NOUN.sub("", option.form) == _NOUN.sub("", said)


def _same_name(option: Option, text: str, said: str) -> bool:
    if option.strict or not said:
        return False
    told = {said, _NOUN.sub("", said), *([_letters(said)] if len(said) > 8 else [])}
    return not told.isdisjoint(option.names)


def _same_statement(option: Option, text: str, said: str) -> bool:
    """ "The piece modulates" is "It modulates"."""
    stated = SUBJECT.sub("", said)
    return not option.strict and bool(stated) and SUBJECT.sub("", option.form) == stated


def _same_number(option: Option, text: str, said: str) -> bool:
    if option.strict or len(said) < 4:
        return False
    return option.form == f"{said}s" or said == f"{option.form}s"


def _same_letters(option: Option, text: str, said: str) -> bool:
    if option.strict or not (_PLAIN_SIGNS.fullmatch(text) and _PLAIN_SIGNS.fullmatch(option.text)):
        return False
    letters = _letters(said)
    return len(letters) > 4 and letters == _letters(option.form)


def _letters(read: str) -> str:
    return re.sub(r"[\s\-'.]", "", read)


_WAYS: tuple[Callable[[Option, str, str], bool], ...] = (
    _same_text, _same_form, _same_noun, _same_name, _same_statement, _same_number, _same_letters,
)  # fmt: skip


def _pattern(text: str, strict: bool, names: tuple[str, ...], *, plural: bool) -> re.Pattern[str]:
    """The option as a whole word in running text; signs of music are part of a word."""
    words = re.split(r"[\s\-_]+", unaccented(bare(text)))
    body = r"[\s\-_]+".join(
        r"(?:and|&|\+|plus|with)" if word in ("and", "&", "+") else re.escape(word)
        for word in words
        if word
    )
    if strict or not re.fullmatch(r"[\w\s\-',.&]+", text):
        before, after = r"(?<![\w#°/])", r"(?![\w#°ø+^Δ]|/\w|-\w)"
        before += PRONOUN if text == "I" else ""
    else:
        before, after = r"(?<!\w)(?<!\w-)(?<!\w')", r"(?!\w)(?!-\w)(?!'\w)"
        if text.isdigit():
            before, after = r"(?<![\w/.])", r"(?![\w/%]|\.\d)"
        if re.search(r"[a-z]{2}[^sui\W]s$", text) and text.lower() != "blues":
            body += "?"
        elif plural and re.search(r"[a-z]{2}[a-rt-z]$", text):
            body += "s?"
    if len(text) > 1 and UNSPACED.fullmatch(text[0] + text[-1]):
        before = after = ""  # no blanks part the words of a Chinese or Japanese sentence
    elif len(text) > 1 and "\uac00" <= text[-1] <= "\ud7a3":
        after = ""  # a Korean word carries its particle
    if not strict:
        stated = SUBJECT.sub("", form(text))
        told = [re.escape(name) for name in names if re.fullmatch(r"[a-z][a-z ]{3,}", name)]
        if stated != form(text) and re.fullmatch(r"[a-z]+(?: [a-z]+){2,}", stated):
            told.append(rf"{stated}(?! or\b|/)")  # "the singer sings an octave higher"
        body = "|".join((body, *told))
    return re.compile(f"{before}(?:{body}){after}", re.NOFLAG if strict else re.IGNORECASE)
