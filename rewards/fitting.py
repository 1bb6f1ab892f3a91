"""The option that a value fits, where none of the options *is* that value.

Conventions
-----------
Asked after the exact comparison of ``rewards/kinds.py``. A value chooses an option only
where it fits one alone; several values in a text choose none.

==========================  ============================================================
options                     what fits
==========================  ============================================================
intervals, "7 semitones"    the same width, by name or in semitones
intervals                   the number without the quality, "a fifth"
"C4", "E4"                  the note without its octave
"3/4", "triple"             a meter and its class, in either direction
"80-100 BPM", "over 120"    a number or a narrower range inside
"around 96 BPM"             a number within 4 %
cadences                    the chords, "IV-I"; "V-I" does not tell which authentic one
chords                      the same in another inversion
"p", "mf"                   "piano", "mezzo forte"
modes on a tonic            the mode without it
Roman numerals              the name of the degree, "the dominant", and the reverse
==========================  ============================================================
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import eq
from typing import Any

from rewards.kinds import kind_of, values
from rewards.option_forms import BOUND, is_bound
from rewards.options import Choice, Option
from rewards.patterns import Pattern
from rewards.spelling.asides import unexplained
from rewards.spelling.cadences import find_cadences, find_motions, parse_cadence
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import Chord
from rewards.spelling.intervals import bare_numbers, find_intervals, offers_number, parse_interval
from rewards.spelling.mentions import Mention, asserted, distinct
from rewards.spelling.meters import Meter, parse_meter
from rewards.spelling.modes import whole_mode
from rewards.spelling.notes import parse_note
from rewards.spelling.numbers import Quantity, find_quantities
from rewards.spelling.romans import parse_roman
from rewards.spelling.scales import Scale
from rewards.spelling.semitones import find_widths
from rewards.text import plain

NEAR = 0.04
"""How far from "about 96" a number may lie, as in the reward ``tempo``."""

_PITCH = Pattern(r"[A-G](?:##?|bb?)?\d")
_ABOUT = Pattern(r"\b(?:about|around|approx(?:imately)?|roughly|circa|ca)\b|[~≈]", re.IGNORECASE)
_FROM = Pattern(
    r"at least|no (?:less|fewer|slower|shorter)|(?<!no )(?:more|greater|faster|longer)|over|above"
    r"|minimum",
    re.IGNORECASE,
)
_TRITONE = Pattern(r"\btri-?tone\b", re.IGNORECASE)
_DEGREE = Pattern(
    r"(?:the )?(tonic|supertonic|mediant|sub-?dominant|dominant|submediant|leading[\s-]tone)"
    r"(?: (?:chord|triad|harmony))?",
    re.IGNORECASE,
)
_DEGREES = {
    "tonic": "i", "supertonic": "ii", "mediant": "iii", "subdominant": "iv", "dominant": "v",
    "submediant": "vi", "leadingtone": "vii",
}  # fmt: skip
_DYNAMICS = {
    sign: sign for sign in ("ppp", "pp", "p", "mp", "mf", "f", "ff", "fff")
} | {
    "pianissimo": "pp", "piano": "p", "mezzo piano": "mp", "mezzo forte": "mf", "mezzopiano": "mp",
    "mezzoforte": "mf", "forte": "f", "fortissimo": "ff",
}  # fmt: skip
JOINT = frozenset({"none", "neither", "both", "all of the above"})


@dataclass(frozen=True, slots=True)
class _Rule:
    """What an option is to this rule (or None), what a text says, and when these two fit."""

    name: str
    option: Callable[[str], Any]
    said: Callable[[str], list[Any]]
    fits: Callable[[Any, Any], bool]


def fit(options: tuple[Option, ...], text: str) -> Choice | None:
    """The one option that a cleaned text fits, by the first rule that reads all; or None."""
    ordinary = [i for i, option in enumerate(options) if option.form not in JOINT]
    if len(ordinary) < 2:
        return None
    texts = tuple(options[i].text for i in ordinary)
    for rule in _RULES:
        read = _read(rule, texts)
        said = rule.said(text) if None not in read else []
        pairs = zip(ordinary, read, strict=True)
        hits = [i for i, value in pairs if any(rule.fits(value, one) for one in said)]
        if hits and len(said) == len(hits) == 1:
            return Choice(hits[0], f"the answer fits this option alone, read as {rule.name}")
        if hits:
            return Choice(None, f"the answer fits no one option alone, read as {rule.name}")
    return None


@lru_cache(maxsize=4096)
def _read(rule: _Rule, texts: tuple[str, ...]) -> tuple[Any, ...]:
    """What options are to a rule; the same for all answers to a question."""
    return tuple(rule.option(text) for text in texts)


def by_width(text: str) -> bool:
    """True if a text tells an interval by its sound: "4 semitones", "a tritone"."""
    return bool(find_widths(text)) or _TRITONE.search(text) is not None


def _one(found: Iterable[Any]) -> Any:
    """The only one, or None."""
    distinct_ones = list(dict.fromkeys(found))
    return distinct_ones[0] if len(distinct_ones) == 1 else None


def _widths(text: str) -> list[int]:
    named = find_intervals(text)
    if offers_number(text, named):
        return []
    sounds = [Mention(m.value.semitones, m.start, m.end) for m in named]
    mentions = sorted(sounds + find_widths(text), key=lambda m: m.start)
    return distinct(unexplained(text, asserted(text, mentions)), lambda width: width)


def _width(text: str) -> int | None:
    return _one(_widths(text)) if len(text) <= 60 else None


def _number_of_interval(text: str) -> int | None:
    interval = parse_interval(text)
    return interval.number if interval else None


def _bare_numbers(text: str) -> list[int]:
    named = [] if find_intervals(text) else bare_numbers(text)
    return distinct(unexplained(text, asserted(text, named)), lambda number: number)


def _pitch_class(text: str) -> Any:
    return parse_note(text.rstrip("0123456789")) if _PITCH.fullmatch(text) else None


def _span(text: str) -> tuple[Quantity, bool] | None:
    """The numbers that an option admits, and whether it says that it is rough."""
    found = find_quantities(text)
    if len(found) != 1:
        return None
    value = found[0].value
    limit = BOUND.search(text)
    if limit is None:
        return value, _ABOUT.search(text) is not None
    low, high = (value.low, math.inf) if _FROM.match(limit[0]) else (-math.inf, value.high)
    return Quantity(low, high, value.unit), False


def _numbers(text: str) -> list[tuple[Quantity, bool]]:
    rough = _ABOUT.search(text) is not None
    if is_bound(text):
        bound = _span(text)
        return [bound] if bound else []
    said = values(kind_of("tempo"), text)
    return [(number, rough) for number in said]


def _inside(option: tuple[Quantity, bool], said: tuple[Quantity, bool]) -> bool:
    (span, rough), (number, about) = option, said
    if span.unit and number.unit and span.unit != number.unit:
        return False
    if span.low != span.high and (span.low, span.high) == (number.low, number.high):
        return True
    # An end of a range is not the range, and a bound no number inside.
    if span.low < number.low and number.high < span.high and math.isfinite(number.middle):
        return True
    near = abs(span.middle - number.middle) <= NEAR * abs(span.middle)
    return (rough or about) and span.low == span.high and near


def _same_class(option: Meter, said: Meter) -> bool:
    if option.unit and said.unit:
        return False
    named = sorted((option.grouping, said.grouping), key=len)
    return option.beats == said.beats or named[0] == named[1] or named == [
        "compound", f"compound {named[1].partition(' ')[2]}"
    ]  # fmt: skip


def _cadences(text: str) -> list[str]:
    mentions = find_cadences(text) or find_motions(text)
    return distinct(unexplained(text, asserted(text, mentions)), lambda label: label)


def _mode_alone(text: str) -> list[Scale]:
    return [mode for mode in values(kind_of("mode"), text) if mode.tonic is None]


def _same_mode(option: Scale, said: Scale) -> bool:
    """ "Minor" fits the harmonic minor too."""
    return option.steps == said.steps or said.mode in option.mode.split()


def _same_notes(option: Chord, said: Chord) -> bool:
    """Whatever the inversion."""
    return replace(option, bass=0).same(replace(said, bass=0))


def _dynamic(text: str) -> list[str]:
    word = re.sub(r" (?:dynamics?|marking|level)$", "", plain(text))
    return [_DYNAMICS[word]] if word in _DYNAMICS else []


def _symbol(text: str) -> Chord | None:
    return None if " " in text else parse_chord(text)


def _degree(text: str) -> str | None:
    numeral = re.match(r"[#b]?([IViv]+)", text) if parse_roman(text) else None
    return numeral[1].lower() if numeral else None


def _degree_alone(text: str) -> list[str]:
    degree = _degree(text)
    return [degree] if degree else []


def _named_degree(text: str) -> list[str]:
    named = _DEGREE.fullmatch(text)
    return [_DEGREES[re.sub(r"[\s-]", "", named[1].lower())]] if named else []


_RULES = (
    _Rule("a dynamic mark", lambda text: _one(_dynamic(text)), _dynamic, eq),
    _Rule("the width of an interval", _width, _widths, eq),
    _Rule("the number of an interval", _number_of_interval, _bare_numbers, eq),
    _Rule(
        "a pitch", _pitch_class, lambda text: values(kind_of("note"), text), lambda o, s: o.same(s)
    ),
    _Rule("a chord", _symbol, lambda text: [c for c in [_symbol(text)] if c], _same_notes),
    _Rule("a meter", parse_meter, lambda text: values(kind_of("meter"), text), _same_class),
    _Rule("a number", _span, _numbers, _inside),
    _Rule("a cadence", parse_cadence, _cadences, eq),
    _Rule("a mode", whole_mode, _mode_alone, _same_mode),
    _Rule("a function", lambda text: _one(_named_degree(text)), _degree_alone, eq),
    _Rule("a degree", _degree, _named_degree, eq),
)
