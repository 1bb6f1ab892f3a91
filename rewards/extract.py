"""Which option an answer chooses, or none: one rule after the other.

Conventions
-----------
Options have no labels of their own; the first is (A), the second (B). The rules,
in their order; the first that speaks decides:

====  =====================================================================
rule  the answer
====  =====================================================================
1     is the text of an option (case and article aside, but not for Roman
      numerals and chord symbols: ``VI`` is not ``vi``)
2     is a label, alone or with a text that names the same option: "C",
      "(C) G major", "Option 3". A bare number is a value, and where every
      option is a note name a lone letter is a note: neither is a label
3     starts with "yes" or "no", where these are options
4     says "both" of something, and one option says so too
5     names one musical value, and one option is that value: "120.0 beats per
      minute", "e-Moll", "perfect authentic cadence"
6     mentions one option, denials and self-corrections aside, the longest
      option first: "Not the piano, it is the guitar"
====  =====================================================================

Two options named, a label beside another option's text, a range that spans
options: the answer chooses none. It is never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rewards.answers import bare, clean
from rewards.kinds import KINDS, values
from rewards.patterns import Pattern
from rewards.spelling.chords import parse_chord
from rewards.spelling.keys import parse_key
from rewards.spelling.mentions import Mention, asserted, distinct, settled
from rewards.spelling.notes import parse_note, unaccented
from rewards.spelling.numbers import COUNTS, find_quantities
from rewards.spelling.romans import parse_roman
from rewards.text import fold, plain

_LABEL_FIRST = Pattern(
    r"(?:option|choice|letter|answer)\s+[(\[]?([A-Za-z])[)\]]?(?:[\s:,.)-]+|$)(.*)"
    r"|[(\[]([A-Za-z])(?:[)\]]|$)[\s:,.-]*(.*)"
    r"|([A-Za-z])(?:[).]\s*|:(?:\s+|$)|\s+-+\s+|,\s+|$)(.*)",
    re.IGNORECASE | re.DOTALL,
)
_NUMBER_LABEL = Pattern(
    r"(?:option|choice)\s+(?:number\s+|no\.?\s*|#\s*)?(\d{1,2})(?:[\s:,.)-]+|$)(.*)",
    re.IGNORECASE | re.DOTALL,
)
_LABEL_LAST = Pattern(
    r"(.+?)[\s,:-]*(?:[(\[]([A-Z])[)\]]|\(?\b(?:option|choice|letter)\s+\(?([A-Z])\)?)", re.DOTALL
)
_LABEL_WITHIN = Pattern(
    r"\b(?:option|choice|letter)\s+[(\[]?([A-Z])\b|[(\[]([A-Z])[)\]]"
    r"|\b([A-Z])\s+is\s+(?:the\s+)?(?:correct|right|best|most|my|answer)"
)
_LABEL_SENTENCE = Pattern(
    r"(?:option|choice|letter|answer)?\s*[(\[]?([A-Za-z])[)\]]?\s+"
    r"(?:(is (?:the )?(?:correct|right|best|most likely|my)\b.*)|((?:because|since)\b.*))",
    re.IGNORECASE | re.DOTALL,
)
_LETTERS_ONLY = Pattern(r"\(?[A-Z]\)?(?:(?:\s*(?:,|/|&|\+|\band\b|\bor\b)\s*|\s+)\(?[A-Z]\)?)+")
_EXPLAINS = Pattern(
    r"(?:because|since|as|due|which|the|it|its|it's|this|that|there|from|based|given|i|we|you|with"
    r"|for|is|seems|sounds|would|my|clearly|probably|likely|definitely|in my)\b",
    re.IGNORECASE,
)
_YES_NO = frozenset({"yes", "no", "true", "false"})
_COUNT = Pattern(rf"\b(?:{'|'.join(COUNTS)})\b")
_ORDINAL = Pattern(
    r"(?:the )?(first|second|third|fourth|fifth|sixth|[1-6](?:st|nd|rd|th)) "
    r"(?:option|choice|answer)",
    re.IGNORECASE,
)
_ORDER = ("first", "second", "third", "fourth", "fifth", "sixth")
_JOINT = Pattern(r"\s*(?:,\s*and|,|\band)\s+")
_AMPERSAND = Pattern(r"\s*&\s*")
_BOTH = Pattern(r"\bboth\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Choice:
    """The index of the chosen option, or None, and why."""

    index: int | None
    why: str


@dataclass(frozen=True, slots=True)
class _Option:
    text: str
    plain: str
    strict: bool
    pattern: re.Pattern[str]
    kinds: tuple[Any, ...]
    number: Any


def choose(choices: tuple[str, ...], answer: str) -> Choice:
    """The option that ``answer`` (the inside of the answer block) chooses.

    Args:
        choices: the options, without labels, in order.
        answer: raw text.

    >>> choose(("C major", "A minor", "G major"), "(C) G major").index
    2
    """
    options = _options(choices)
    text = clean(answer)
    if not text:
        return Choice(None, "the answer is empty or too long to be read")
    raw = fold(answer.strip())
    for candidate in (raw, text):
        index = _exact(options, candidate)
        if index is not None:
            return Choice(index, "the answer is the text of an option")
    labelled = _labelled(options, text)
    return labelled if labelled is not None else _named(options, text)


@lru_cache(maxsize=4096)
def _options(choices: tuple[str, ...]) -> tuple[_Option, ...]:
    return tuple(_option(choice) for choice in choices)


def _option(choice: str) -> _Option:
    text = clean(choice) or fold(choice.strip())
    symbol = parse_chord(text) is not None and " " not in text and len(text) < 12
    strict = parse_roman(text) is not None or symbol
    found = find_quantities(text)
    return _Option(
        text=text,
        plain=_form(text),
        strict=strict,
        pattern=_pattern(text, strict),
        kinds=tuple(kind.parse(text) for kind in KINDS),
        number=found[0].value if len(found) == 1 else None,
    )


def _form(text: str) -> str:
    """What texts of options are compared by."""
    form = _AMPERSAND.sub(" and ", plain(bare(text)))
    return _COUNT.sub(lambda m: str(COUNTS[m[0]]), form)


def _parts(form: str) -> frozenset[str]:
    """What "both the horn and the organ" joins, in any order."""
    return frozenset(bare(part) for part in _JOINT.split(form.removeprefix("both ")))


def _pattern(text: str, strict: bool) -> re.Pattern[str]:
    """The option as a whole word in running text; signs of music are part of a word."""
    words = re.split(r"[\s\-_]+", unaccented(bare(text)))
    body = r"[\s\-_]+".join(
        "(?:and|&)" if word in ("and", "&") else re.escape(word) for word in words if word
    )
    if strict or not re.fullmatch(r"[\w\s\-',.&]+", text):
        before, after = r"(?<![\w#°/])", r"(?![\w#°ø+^Δ]|/\w|-\w)"
    else:
        before, after = r"(?<!\w)(?<!\w-)(?<!\w')", r"(?!\w)(?!-\w)(?!'\w)"
    return re.compile(before + body + after, re.NOFLAG if strict else re.IGNORECASE)


def _exact(options: tuple[_Option, ...], text: str) -> int | None:
    same = [i for i, option in enumerate(options) if option.text == text]
    if not same:
        form = _form(text)
        parts = _parts(form)
        same = [
            i
            for i, option in enumerate(options)
            if not option.strict
            and (option.plain == form or (len(parts) > 1 and _parts(option.plain) == parts))
        ]
    return same[0] if len(same) == 1 else None


def _labelled(options: tuple[_Option, ...], text: str) -> Choice | None:
    """What a label at the start or the end says; None if there is no label."""
    notes = all(parse_note(option.text) is not None for option in options)
    number = _NUMBER_LABEL.fullmatch(text)
    if number and 1 <= int(number[1]) <= len(options):
        return _agreed(options, int(number[1]) - 1, number[2])
    ordinal = _ORDINAL.fullmatch(text)
    if ordinal:
        word = ordinal[1].lower()
        index = _ORDER.index(word) if word in _ORDER else int(word[0]) - 1
        return _agreed(options, index, "") if index < len(options) else None
    if _LETTERS_ONLY.fullmatch(text) and not notes:
        letters = {_place(letter) for letter in re.findall(r"(?<![a-z])[A-Z](?![a-z])", text)}
        if len(letters) > 1 and max(letters) < len(options):
            return Choice(None, "the answer gives several labels")
    sentence = _LABEL_SENTENCE.fullmatch(text)
    if sentence and not notes and _place(sentence[1]) < len(options):
        return _agreed(options, _place(sentence[1]), sentence[2] or sentence[3])
    first = _LABEL_FIRST.fullmatch(text)
    if first:
        letter = first[1] or first[3] or first[5]
        rest = (first[2] or first[4] or first[6] or "").strip()
        if _place(letter) < len(options) and (first[1] or rest or not notes):
            return _agreed(options, _place(letter), rest)
        return (
            Choice(None, f"{letter!r} is a note, and no option is that note")
            if (notes and not rest and _kind_match(options, letter) is None)
            else None
        )
    spaced = re.fullmatch(r"([B-Z])\s+(.+)", text, re.DOTALL)
    if spaced and parse_key(text) is None and _place(spaced[1]) < len(options):
        index = _exact(options, spaced[2])
        if index is not None:
            return _agreed(options, _place(spaced[1]), spaced[2])
    last = _LABEL_LAST.fullmatch(text)
    if last and not notes and _place(last[2] or last[3]) < len(options):
        return _agreed(options, _place(last[2] or last[3]), last[1])
    return None


def _place(letter: str) -> int:
    return ord(letter.upper()) - ord("A")


def _agreed(options: tuple[_Option, ...], index: int, rest: str) -> Choice:
    """A label's option, if the text beside it names the same one or only explains."""
    label = chr(ord("A") + index)
    rest = clean(rest) if rest else ""
    if not rest:
        return Choice(index, f"the answer is the label {label}")
    named = _exact(options, rest)
    named = _named(options, rest).index if named is None else named
    if named == index:
        return Choice(index, f"label {label} and text agree")
    if named is None and _EXPLAINS.match(rest) and not _mentioned(options, rest):
        return Choice(index, f"the answer is the label {label} with an explanation")
    return Choice(None, f"label {label} and the text beside it do not name one option")


def _named(options: tuple[_Option, ...], text: str) -> Choice:
    """What the words say, labels apart."""
    said = _yes_no(options, text)
    if said is not None:
        return said
    if asserted(text, [Mention("both", m.start(), m.end()) for m in _BOTH.finditer(text)]):
        return _both(options, text)
    typed = _kind_match(options, text)
    if typed is not None:
        return typed
    found = _mentioned(options, text)
    labels = {
        _place(m.value)
        for m in asserted(text, [
            Mention(m[1] or m[2] or m[3], m.start(), m.end()) for m in _LABEL_WITHIN.finditer(text)
        ])
        if _place(m.value) < len(options)
    }  # fmt: skip
    chosen = set(found) | labels
    if len(chosen) == 1:
        return Choice(chosen.pop(), "the answer mentions this option alone")
    if not chosen:
        return Choice(None, "the answer names no option")
    names = ", ".join(options[i].text for i in sorted(chosen))[:200]
    return Choice(None, f"the answer names several options: {names}")


def _yes_no(options: tuple[_Option, ...], text: str) -> Choice | None:
    forms = [option.plain for option in options]
    if not any(form in _YES_NO for form in forms):
        return None
    first = re.match(r"(yes|no|true|false)\b(?!-)", text, re.IGNORECASE)
    if first is None or first[1].lower() not in forms:
        return None
    clauses = {plain(clause) for clause in re.split(r"[,.;:!?/\n]|\b(?:and|or)\b", text)}
    if any(form in clauses and form != first[1].lower() for form in forms):
        return Choice(None, "the answer says yes and no")
    return Choice(forms.index(first[1].lower()), "the first word answers")


def _both(options: tuple[_Option, ...], text: str) -> Choice:
    saying = [i for i, option in enumerate(options) if _BOTH.search(option.text)]
    if len(saying) == 1:
        return Choice(saying[0], "the answer says both, and so does this option")
    named = {options[i].plain for i in _mentioned(options, text)}
    joint = [
        i
        for i, option in enumerate(options)
        if re.search(r"\band\b|&|,", option.text) and named - {option.plain}
        and all(name in option.plain for name in named)
    ]  # fmt: skip
    if len(joint) == 1 or (len(named) == 1 and not joint):
        only = joint or [i for i, option in enumerate(options) if option.plain in named]
        if re.search(r"\band\b|&", options[only[0]].text):
            return Choice(only[0], "the answer says both, and this option names both")
    return Choice(None, "the answer says both, and no option does")


def _kind_match(options: tuple[_Option, ...], text: str) -> Choice | None:
    """The option that is the one musical value of the text; None if no kind speaks."""
    for position, kind in enumerate(KINDS):
        typed = [option.kinds[position] for option in options]
        if kind.name == "tempo" and None in typed:
            typed = [option.number for option in options]
            if None in typed:
                continue
        if all(value is None for value in typed):
            continue
        said = values(kind, text)
        if not said:
            continue
        hits = [
            [
                i
                for i, value in enumerate(typed)
                if value is not None and kind.same(value, one, False)
            ]
            for one in said
        ]
        if len(said) == 1 and len(hits[0]) > 1:  # both C sharp and D flat are options
            hits = [[i for i in hits[0] if kind.same(typed[i], said[0], True)]]
        if len(said) == 1 and len(hits[0]) == 1:
            return Choice(hits[0][0], f"the answer is the {kind.name} of this option")
        if None not in typed:
            what = "several values" if len(said) > 1 else "a value that is no option"
            return Choice(None, f"the answer names {what}, read as {kind.name}")
    return None


def _mentioned(options: tuple[_Option, ...], text: str) -> list[int]:
    """Indexes of the options that a text names, in the order of the text."""
    searched = unaccented(text)
    mentions: list[Mention[int]] = []
    for index in sorted(range(len(options)), key=lambda i: -len(options[i].text)):
        for found in options[index].pattern.finditer(searched):
            if not any(m.start < found.end() and found.start() < m.end for m in mentions):
                mentions.append(Mention(index, found.start(), found.end()))
    mentions.sort(key=lambda mention: mention.start)
    kept = settled(
        text, asserted(text, mentions), lambda a, b: options[a].plain in options[b].plain
    )
    return distinct(kept, lambda index: index)
