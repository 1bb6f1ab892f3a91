"""Which option an answer chooses, or none: one rule after the other.

Conventions
-----------
Options have no labels of their own; the first is (A), the second (B). The rules,
in their order; the first that speaks decides:

====  =====================================================================
rule  the answer
====  =====================================================================
1     is the text of an option (``rewards/options.py``): case and article
      aside, but not for Roman numerals and chord symbols: ``VI`` is not
      ``vi``
2     lists options, then concludes: "Of A, B and C, it is C". What it
      concludes is the answer
3     is a label (``rewards/labels.py``), alone or with a text that names the
      same option: "C", "(C) G major", "Option 3", "not A or B, so C". A bare
      number is a value, and where every option is a note name a lone letter
      is a note: neither is a label
4     starts with "yes" or "no", where these are options
5     says "both" of something, and one option says so too
6     names one musical value, and one option is that value: "120.0 beats per
      minute", "e-Moll", "perfect authentic cadence"; or fits one option alone
      (``rewards/fitting.py``): "7 semitones" the perfect fifth
7     mentions one option, by its own or another name, denials, self-corrections
      and explanations aside, the longest option first: "Not the piano, it is
      the guitar"
8     is a long piece of one option: "stays on one note"
====  =====================================================================

Two options named, a label beside another option's text, a range that spans
options: the answer chooses none. It is never guessed.
"""

from __future__ import annotations

import re
from typing import Any

from rewards.answers import clean
from rewards.excerpts import excerpt
from rewards.fitting import by_width, fit
from rewards.headed import POINTS, headed
from rewards.joint import BOTH, both, denies_all, elliptic, joined, of_labels, summed
from rewards.kinds import KINDS, kind_of, values
from rewards.labels import (
    labels_within,
    letters_said,
    lone_note,
    positional,
    read_label,
    spaced_label,
)
from rewards.numbering import lettered
from rewards.option_forms import is_bound
from rewards.options import Choice, Option, exact, mentioned, read_options
from rewards.patterns import Pattern
from rewards.spelling.asides import is_reason
from rewards.spelling.forms import whole_form
from rewards.spelling.intervals import find_intervals, offers_number
from rewards.spelling.keys import parse_key
from rewards.spelling.mentions import Mention, asserted
from rewards.spelling.modes import whole_mode
from rewards.spelling.notes import parse_note
from rewards.spelling.open_ends import leaves_open
from rewards.spelling.totals import counted, total
from rewards.synonyms import synonyms
from rewards.text import fold
from rewards.yes_no import REFUSAL, yes_no

_FORM = KINDS.index(kind_of("form"))
_EXPLAINS = Pattern(
    r"(?:because|since|as|due|which|the|it|its|it's|this|that|there|from|based|given|i|we|you|with"
    r"|for|is|seems|sounds|would|my|clearly|probably|likely|definitely|in my|not|rather than"
    r"|instead of|definitely|obviously|surely|weil|denn|porque|parce que|car|perch[eé])\b"
    r"|因[为為]|なぜなら|왜냐하면",
    re.IGNORECASE,
)
_EITHER = Pattern(r"\beither\b[^.;\n]{0,80}\bor\b", re.IGNORECASE)
_LISTS = Pattern(
    r"(?:of|among|amongst|between|from|out of|given|considering|comparing|the options|options"
    r"|choices|the choices|although|though|even though|while|despite)\b",
    re.IGNORECASE,
)
_CONCLUDES = Pattern(
    r"(?:^|[\s,;:.!?)])(?:(?:the |my )?(?:(?:final|correct|right|best) )*(?:answer|choice|option)"
    r"(?:\s+is\b|\s*[:=])|(?:it|this(?: one)?|the \w{1,20})(?:'s| is| must be| has to be)\b"
    r"|i(?:'d| would| will)? (?:choose|pick|select|go with|go for|say|hear|think it is)\b"
    r"|(?:so|thus|hence|therefore),?(?=\s))"
    r"\s*:?\s*",
    re.IGNORECASE,
)


_CONFIDENCE = Pattern(
    r"[\s,;:(-]{1,4}(?:with |about |~)?(?:confidence\s?[:=]?\s?)?\d{1,3}(?:\.\d)?\s?%"
    r"(?: (?:confiden\w{2,3}|sure|certain|sicher))?\)?$",
    re.IGNORECASE,
)
"""How sure the author is, behind the answer: "C (90%)"."""


def choose(choices: tuple[str, ...], answer: str) -> Choice:
    """The option that ``answer`` (the inside of the answer block) chooses.

    Args:
        choices: the options, without labels, in order.
        answer: raw text.

    >>> choose(("C major", "A minor", "G major"), "(C) G major").index
    2
    """
    options = read_options(choices)
    text = clean(answer)
    if not text:
        return Choice(None, "the answer is empty or too long to be read")
    raw = fold(answer.strip())
    # To the letter first: "maybe viola" and "viola" say the same once they are undressed.
    whole = [i for i, choice in enumerate(choices) if choice.strip() == answer.strip()]
    same = whole or [i for i, option in enumerate(options) if option.text == text]
    for candidate in (raw, text, text.rstrip(".")):
        index = same[0] if len(same) == 1 else exact(options, candidate)
        if index is not None:
            return Choice(index, "the answer is the text of an option")
    if REFUSAL.match(text):
        return Choice(None, "the answer refuses")
    if leaves_open(text):
        return Choice(None, "the answer leaves open what else it might be")
    explained = headed(options, text)
    if explained is not None:
        return explained
    if "%" in text and not any("%" in option.text for option in options):
        text = _CONFIDENCE.sub("", text)
    text = lettered(choices, text)
    if all(option.number is not None for option in options):
        text = counted(text)
    concluded = _concluded(options, text)
    return concluded if concluded is not None else _chosen(options, text)


def _chosen(options: tuple[Option, ...], text: str) -> Choice:
    if denies_all(options, text):
        return Choice(
            [o.form for o in options].index("none"), "the answer denies all other options"
        )
    labelled = _labelled(options, text)
    return labelled if labelled is not None else _named(options, text)


def _concluded(options: tuple[Option, ...], text: str) -> Choice | None:
    """What stands behind a list of options, or behind "although"; None without either."""
    conclusions = list(_CONCLUDES.finditer(text))
    if not conclusions or conclusions[-1].end() == len(text):
        return None
    last = conclusions[-1]
    head, tail = text[: last.start()].strip(), clean(text[last.end() :])
    if not (head and tail):
        return None
    index = exact(options, tail)
    found = _chosen(options, tail) if index is None else Choice(index, "")
    if found.index is None:
        return None
    lists = _LISTS.match(head) or head.endswith("?")
    named = set(mentioned(options, head))
    if len(options) > 2:
        named.add(found.index)  # all others are told apart first
    if not lists and len(named) < len(options):
        return None
    return Choice(found.index, "the answer lists options and concludes with this one")


def _labelled(options: tuple[Option, ...], text: str) -> Choice | None:
    """What a label says; None if there is no label."""
    notes = all(parse_note(option.text) is not None for option in options)
    words = set(re.findall(r"\w+", text.lower()))
    forms = whole_form(text) is not None and sum(bool(o.kinds[_FORM]) for o in options) > 1
    if not notes and not forms and not any(words & {o.form, o.text.lower()} for o in options):
        letters = letters_said(text, len(options))
        if letters is not None and len(letters) > 1:
            own = read_label(text, len(options), notes=notes)
            texts = {option.text.lower() for option in options}
            if own is not None and clean(own.rest).lower() in texts:  # "(C) A and B"
                return _agreed(options, own.index, own.rest)
            joint = of_labels(options, text, letters)
            if joint is not None:
                return Choice(joint, "the answer joins the labels that this option sums up")
            return Choice(None, "the answer gives several labels")
        if letters is not None and not letters:
            return Choice(None, "the answer denies the labels it gives")
        if letters:
            return Choice(min(letters), "the answer gives this label alone")
    label = read_label(text, len(options), notes=notes)
    if label is not None:
        return _agreed(options, label.index, label.rest)
    said = text.strip("()[]. ")
    if notes and lone_note(text) and not (_kind_match(options, said) or fit(options, said)):
        return Choice(None, f"{text!r} is a note, and no option is that note")
    spaced = spaced_label(text, len(options))
    tonic = spaced and (parse_key(text) is not None or whole_mode(text) is not None)
    if spaced and not tonic and exact(options, spaced.rest) is not None:
        return _agreed(options, spaced.index, spaced.rest)
    return None


def _agreed(options: tuple[Option, ...], index: int, rest: str) -> Choice:
    """A label's option, if the text beside it names the same one or only explains."""
    label = chr(ord("A") + index)
    rest = clean(rest).strip("()") if rest else ""
    if not rest:
        return Choice(index, f"the answer is the label {label}")
    named = exact(options, rest)
    named = _named(options, rest).index if named is None else named
    if named == index and not _enumerates(options, rest):
        return Choice(index, f"label {label} and text agree")
    explains = _EXPLAINS.match(rest) and not mentioned(options, rest)
    if _compares(options, rest):
        return Choice(index, f"the answer is the label {label} with a reason")
    if named is None and (explains or letters_said(rest, len(options)) in (set(), {index})):
        return Choice(index, f"the answer is the label {label} with an explanation")
    why = f"label {label} and the text beside it do not name one option"
    return Choice(None, why, clash=True)


def _enumerates(options: tuple[Option, ...], rest: str) -> bool:
    """A text of nothing but options, two or more: "C E G" may be a chord, but where these are
    options it is a list of them.
    """
    pieces = re.split(r"[\s,;/]+", rest)
    return len(pieces) > 1 and all(exact(options, piece) is not None for piece in pieces)


def _compares(options: tuple[Option, ...], rest: str) -> bool:
    """A reason that tells the option from others: "B, since the violin is above the piano".

    "B, because the piano" gives another option for a reason.
    """
    _, _, told = rest.partition(" ")
    return is_reason(rest) and not POINTS.search(rest) and exact(options, told) is None


def _named(options: tuple[Option, ...], text: str) -> Choice:
    """What the words say, labels apart."""
    said = yes_no(options, text)
    if said is not None:
        return said
    parts = joined(options, text)
    if parts is not None:
        return parts
    if asserted(text, [Mention("both", m.start(), m.end()) for m in BOTH.finditer(text)]):
        return both(options, text)
    if elliptic(options, text):
        return Choice(None, "the answer names two options that end alike")
    typed = None if by_width(text) else _kind_match(options, text)
    if typed is None or typed.index is None:
        fitted = fit(options, text)
        typed = fitted if fitted is not None else typed or _kind_match(options, text)
    if typed is not None:
        return typed
    chosen = set(mentioned(options, text)) | synonyms(options, text)
    chosen |= labels_within(text, len(options))
    if len(chosen) == 1:
        if _EITHER.search(text) and not _EITHER.search(options[min(chosen)].text):
            return Choice(None, "the answer offers something else beside this option")
        return Choice(chosen.pop(), "the answer mentions this option alone")
    if not chosen:
        index = excerpt(options, text)
        if index is not None:
            return Choice(index, "the answer is a long piece of this option")
        place = None if any(any(o.kinds) or o.number for o in options) else positional(text)
        if place is not None and place < len(options):
            return Choice(place, "the answer is the place of this option")
        return Choice(None, "the answer names no option")
    index = summed(options, text, chosen)
    if index is not None:
        return Choice(index, "the answer joins all that this option sums up")
    names = ", ".join(options[i].text for i in sorted(chosen))[:200]
    return Choice(None, f"the answer names several options: {names}")


def _kind_match(options: tuple[Option, ...], text: str) -> Choice | None:
    """The option that is the one musical value of the text; None if no kind speaks."""
    for position, kind in enumerate(KINDS):
        typed = [option.kinds[position] for option in options]
        if kind.name == "tempo":
            if None in typed:
                typed = [option.number for option in options]
            if None in typed:
                continue
            if is_bound(text):
                return Choice(None, "the answer gives a bound, not a number")
        if all(value is None for value in typed):
            continue
        said: list[Any] = values(kind, text)
        if kind.name == "interval" and offers_number(text, find_intervals(text)):
            return Choice(None, "the answer names several values, read as interval")
        if kind.name == "tempo":
            summed_up = total(text) if len(said) > 1 else None
            said = [summed_up] if summed_up else in_units(typed, said)
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
            said = values(kind, text, spelled=True)
            hits = [[i for i in hits[0] if kind.same(typed[i], one, True)] for one in said]
        shared = kind.name == "mode" and len(hits[0]) == 1 and said[0].tonic is None
        if shared and sum(f" {text.lower()}" in f" {option.form}" for option in options) > 1:
            return Choice(None, "the answer is a part of several options")
        parts = (kind.name == "roman" or None in typed) and kind.parse(text) is None
        if parts and hits[0] and set(mentioned(options, text)) - set(hits[0]):
            if kind.name == "roman":
                return Choice(None, "the answer names several Roman numerals")
            continue  # other options stand beside this one: "major and minor"
        if len(said) == 1 and len(hits[0]) == 1:
            return Choice(hits[0][0], f"the answer is the {kind.name} of this option")
        if None not in typed:
            what = "several values" if len(said) > 1 else "a value that is no option"
            return Choice(None, f"the answer names {what}, read as {kind.name}")
    return None


def in_units(typed: list[Any], said: list[Any]) -> list[Any]:
    """The numbers in units of the options, if any is: "120 BPM, half a second per beat"."""
    units = {value.unit for value in typed if value is not None}
    units |= {"thing"} if units == {""} else set()
    fitting = [number for number in said if number.unit in units or not number.unit]
    return fitting or said
