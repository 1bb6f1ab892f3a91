"""The value of a claim, written by somebody else than the reader: a model, or a label.

Each is brought to the form that the reader gives (``records.py``), by the parsers of
``rewards/spelling/``; what is no value of its type is none.

>>> told("key", "D-Dur"), told("chord", "Am7"), told("roman", "ii V I")
('D major', 'A:min7', ('ii', 'V', 'I'))
>>> told("key", "loud") is None
True
"""

from __future__ import annotations

import re
from collections.abc import Callable

from rewards.claims.records import Value
from rewards.claims.verify.theory import holds
from rewards.spelling.cadences import parse_cadence
from rewards.spelling.chords import parse_chord
from rewards.spelling.forms import parse_form
from rewards.spelling.harte import harte
from rewards.spelling.intervals import parse_interval
from rewards.spelling.keys import parse_key
from rewards.spelling.meters import parse_meter
from rewards.spelling.modes import parse_mode
from rewards.spelling.notes import parse_note
from rewards.spelling.ontology import Vocabulary, ontology
from rewards.spelling.romans import parse_roman
from rewards.spelling.tempo_terms import terms
from rewards.text import fold

MOST = 200
"""Characters of a value that are read."""
FUNCTIONS = frozenset(("tonic", "subdominant", "predominant", "dominant", "secondary dominant"))
_NUMBER = re.compile(r"\d{1,4}(?:\.\d{1,3})?")
_CALLED_FORM = re.compile(r"\s+form$", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:not|no|never|non|anti|un|but|without|less|nothing)\b")
_SIGNS = re.compile(r"[+-]?[0-7]")


def told(type_: str, text: str) -> Value | None:
    """The value of a claim of that type, None where the text is none.

    Args:
        type_: as in the table of ``rewards/claims/records.py``.
        text: a value; the members of a row between blanks.
    """
    reader = _READERS.get(type_)
    return reader(text.strip()) if reader and len(text) <= MOST else None


def _key(text: str) -> str | None:
    note = parse_note(text)
    if note is not None:
        return note.name
    key = parse_key(fold(text))
    return key.name if key else None


def _mode(text: str) -> str | None:
    mode = parse_mode(fold(text))
    return mode.name if mode else None


def _signature(text: str) -> int | None:
    return int(text) if _SIGNS.fullmatch(text) else None


def _tempo(text: str) -> float | None:
    bpm = float(text) if _NUMBER.fullmatch(text) else 0.0
    return (int(bpm) if bpm.is_integer() else bpm) if 0 < bpm <= 1000 else None


def _tempo_term(text: str) -> str | None:
    found = terms(fold(text))
    return found[0] if found else None  # of "Allegro moderato" the first counts


def _meter(text: str) -> str | None:
    meter = parse_meter(text)
    return meter.name if meter else None


def _chord(text: str) -> str | None:
    chord = parse_chord(text)
    return harte(chord) if chord else None


def _progression(text: str) -> tuple[str, ...] | None:
    chords = [_chord(name) for name in text.split()]
    known = tuple(chord for chord in chords if chord)
    return known if known and len(known) == len(chords) else None


def _roman(text: str) -> Value | None:
    numerals = [parse_roman(name) for name in text.split()]
    known = [numeral for numeral in numerals if numeral]
    if not known or len(known) < len(numerals):
        return None
    first, *others = known
    return (first, *others) if others else first


def _cadence(text: str) -> str | None:
    return "AC" if text.lower() == "ac" else parse_cadence(fold(text))


def _interval(text: str) -> str | None:
    interval = parse_interval(text)
    return interval.name if interval else None


def _note(text: str) -> str | None:
    note = parse_note(text)
    return note.name if note else None


def _named(vocabulary: Vocabulary) -> Callable[[str], str | None]:
    """A name of the vocabulary, or the one at its end ("slow blues"), else as it is."""

    def reader(text: str) -> str | None:
        known = ontology(vocabulary)
        name = known.name(text)
        found = known.find(name)
        alone = len({one.value for one in found}) == 1 and found[-1].end == len(name)
        return found[0].value if alone and not _DENIED.search(name) else name or None

    return reader


def _form(text: str) -> str | None:
    form = parse_form(text)
    if form is None:
        return None
    return "theme and variations" if form.name == "variations" else _CALLED_FORM.sub("", text)


def _function(text: str) -> str | None:
    return text.lower() if text.lower() in FUNCTIONS else None


def _textbook(text: str) -> str | None:
    return text if holds(text) is not None else None


_READERS: dict[str, Callable[[str], Value | None]] = {
    "key": _key, "mode": _mode, "key_signature": _signature, "tempo": _tempo,
    "tempo_term": _tempo_term, "meter": _meter, "chord": _chord, "progression": _progression,
    "roman": _roman, "cadence": _cadence, "interval": _interval, "note": _note,
    "modulation": _key, "instrument": _named("instruments"), "genre": _named("genre"),
    "mood": _named("mood"), "form": _form, "function": _function, "textbook": _textbook,
}  # fmt: skip
TYPES = tuple(_READERS)
"""Of claims."""
