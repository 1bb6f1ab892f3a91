"""Answers that name several options at once: both, all, neither, "major or minor third".

Conventions
-----------
"Both" chooses the option that says so; "A and B" the one that sums these up; "a violin and then a
piano" the one that joins these two; "neither A nor B" the option "none" where these are all the
others. "Major or minor third" names two options that end alike.
"""

from __future__ import annotations

import re

from rewards.labels import letters_said, place
from rewards.option_forms import form
from rewards.options import Choice, Option, mentioned, read_options
from rewards.patterns import Pattern
from rewards.spelling.notes import parse_note, unaccented

BOTH = Pattern(r"\bboth\b", re.IGNORECASE)
_TWO_LABELS = Pattern(r"(?:both )?\(?([a-f])\)? (?:and|&) \(?([a-f])\)?", re.IGNORECASE)
_DENIES = Pattern(r"\b(?:neither|nor|not|no|none)\b", re.IGNORECASE)
_LABELS = Pattern(r"[(\[]([A-Z])[)\]]|(?<![\w#'])([A-HJ-Z])(?![\w#'])")
_A_WORD = 3  # letters of a part that running text is searched for: no "C and E"
_ELLIPSIS = Pattern(
    r"(?<![\w#-])(\w[\w#-]{0,20})(?:\s{0,3}/\s{0,3}|,?\s{1,3}(?:or|and)\s{1,3})"
    r"(?:an?\s+|the\s+)?(\w[\w#-]{0,20})\s{1,3}(\w{1,20})"
)


def denies_all(options: tuple[Option, ...], text: str) -> bool:
    """True for "neither A nor B", where one option is "none" and these are the others."""
    if [option.form for option in options].count("none") != 1 or not _DENIES.search(text):
        return False
    labels = {place(m[1] or m[2]) for m in _LABELS.finditer(text)}
    searched = unaccented(text)
    named = {i for i, option in enumerate(options) if option.pattern.search(searched)}
    others = {i for i, option in enumerate(options) if option.form != "none"}
    if labels == others and not named:
        return letters_said(text, len(options)) == set()
    return named == others and not mentioned(options, text)


def both(options: tuple[Option, ...], text: str) -> Choice:
    """The option that says both of what the text names."""
    saying = [i for i, option in enumerate(options) if BOTH.search(option.text)]
    if len(saying) == 1:
        return Choice(saying[0], "the answer says both, and so does this option")
    named = {options[i].form for i in mentioned(options, text)}
    joint = [
        i
        for i, option in enumerate(options)
        if re.search(r"\band\b|&|,", option.text) and named - {option.form}
        and all(name in option.form for name in named)
    ]  # fmt: skip
    if len(joint) == 1 or (len(named) == 1 and not joint):
        only = joint or [i for i, option in enumerate(options) if option.form in named]
        if re.search(r"\band\b|&", options[only[0]].text):
            return Choice(only[0], "the answer says both, and this option names both")
    return Choice(None, "the answer says both, and no option does")


def joined(options: tuple[Option, ...], text: str) -> Choice | None:
    """The option whose parts a text names, and no others: "a violin, accompanied by a piano".

    None where fewer than two are named, or parts are options themselves, which may be meant alone.
    """
    parts = {part for option in options if len(option.parts) > 1 for part in option.parts}
    if not parts or not parts.isdisjoint(option.form for option in options):
        return None
    if any(any(option.kinds) for option in options) or min(map(len, parts)) < _A_WORD:
        return None
    named = tuple(sorted(parts))
    said = {named[i] for i in mentioned(read_options(named), text)}
    if len(said) < 2:
        return None
    held = [i for i, option in enumerate(options) if option.parts == said]
    if len(held) == 1:
        return Choice(held[0], "the answer names what this option joins")
    if any(said.issuperset(option.parts) for option in options):
        return Choice(None, "the answer names more than an option joins")
    return None


def summed(options: tuple[Option, ...], text: str, chosen: set[int]) -> int | None:
    """The option "both", "all of the above" or "A and B", where these are joined by "and"."""
    sums = [i for i, option in enumerate(options) if option.form in ("both", "all of the above")]
    others = {
        i for i, option in enumerate(options) if option.form not in ("neither", "none")
    } - set(sums)
    joined = re.search(r"\band\b|&", text) and not re.search(r"\bor\b|/", text)
    notes = any(parse_note(options[i].text) is not None for i in chosen)
    for i, option in enumerate(options):
        if joined and not notes and chosen == _labels_summed(option):
            return i
    return sums[0] if len(sums) == 1 and joined and chosen == others else None


def of_labels(options: tuple[Option, ...], text: str, letters: set[int]) -> int | None:
    """The one option that sums up what labels name: "both A and B" the option "A and B"."""
    if not re.search(r"\band\b|&", text) or re.search(r"\bor\b|/", text):
        return None
    parts = frozenset(options[i].form for i in letters)
    held = [
        i
        for i, option in enumerate(options)
        if option.parts == parts or _labels_summed(option) == letters
    ]
    return held[0] if len(held) == 1 and held[0] not in letters else None


def _labels_summed(option: Option) -> set[int]:
    """The places that "A and B" or "both (A) and (B)" names: of its text, for as a form it would
    lose its A, an article. Beside notes it may be two more of them."""
    labels = _TWO_LABELS.fullmatch(option.text)
    return {place(labels[1]), place(labels[2])} if labels else set()


def elliptic(options: tuple[Option, ...], text: str) -> bool:
    """True for "major or minor third" where both thirds are options."""
    forms = {option.form for option in options}
    return any(
        form(f"{m[1]} {m[3]}") in forms and form(f"{m[2]} {m[3]}") in forms
        for m in _ELLIPSIS.finditer(text)
    )
