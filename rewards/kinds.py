"""The kinds of musical value, and the values of a kind that a text asserts.

Conventions
-----------
``values`` gives the distinct values that a text asserts, denials and
self-corrections apart: one is an answer, several are a hedge, none is nothing.
By sound unless ``spelled``: C sharp and D flat are then two values.

A new kind of value is one more ``Kind`` in ``KINDS``; the extractor, ``accuracy``
and the rewards that compare values all read through it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rewards.answers import bare
from rewards.spelling.asides import concluded, settled, unexplained
from rewards.spelling.cadences import find_cadences, parse_cadence
from rewards.spelling.chords import parse_chord
from rewards.spelling.described_chords import described_chords
from rewards.spelling.forms import Form, find_forms, whole_form
from rewards.spelling.harte import Chord
from rewards.spelling.intervals import find_intervals, parse_interval
from rewards.spelling.keys import Key, find_keys, parse_key
from rewards.spelling.mentions import Mention, asserted
from rewards.spelling.meters import find_meters, parse_meter
from rewards.spelling.modes import mode_mentions, whole_mode
from rewards.spelling.notes import Note, find_notes, parse_note
from rewards.spelling.numbers import Quantity, find_quantities, parse_quantity
from rewards.spelling.numeral_names import whole_numeral
from rewards.spelling.progression_steps import Progression
from rewards.spelling.progressions import (
    find_progressions,
    parse_progression,
    same_progression,
)
from rewards.spelling.romans import find_romans
from rewards.spelling.scales import Scale
from rewards.spelling.signatures import parse_signature, signature_mentions


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """How values of one kind are read and compared.

    Attributes:
        name: of the kind; also the facet it serves, where there is one.
        parse: the value that a folded text is, or None.
        find: the values that a folded text mentions.
        same: are two values one, by sound or (third argument) by spelling?
    """

    name: str
    parse: Callable[[str], Any]
    find: Callable[[str], list[Mention[Any]]]
    same: Callable[[Any, Any, bool], bool]


def _same(a: Key | Chord | Note, b: Any, spelled: bool) -> bool:
    return a.same(b, spelled=spelled)


def _same_value(a: Quantity | Form, b: Any, _: bool) -> bool:
    return a.same(b)


def _same_mode(a: Scale, b: Scale, spelled: bool) -> bool:
    """Where the first, the truth, names no tonic, that of the second is not looked at."""
    return a.same(b if a.tonic else Scale(None, b.steps, b.mode), spelled=spelled)


def _same_steps(a: Progression, b: Progression, _: bool) -> bool:
    return same_progression(a, b)


def _equal(a: Any, b: Any, _: bool) -> bool:
    return a == b


KINDS: tuple[Kind, ...] = (
    Kind("key_signature", parse_signature, signature_mentions, _equal),
    Kind("meter", parse_meter, find_meters, _equal),
    Kind("tempo", parse_quantity, find_quantities, _same_value),
    Kind("key", parse_key, find_keys, _same),
    Kind("chord", parse_chord, described_chords, _same),
    Kind("note", parse_note, find_notes, _same),
    Kind("cadence", parse_cadence, find_cadences, _equal),
    Kind("interval", parse_interval, find_intervals, _equal),
    Kind("roman", whole_numeral, find_romans, _equal),
    Kind("progression", parse_progression, find_progressions, _same_steps),
    Kind("form", whole_form, find_forms, _same_value),
    Kind("mode", whole_mode, mode_mentions, _same_mode),
)
_BY_NAME = {kind.name: kind for kind in KINDS}


def kind_of(facet: str) -> Kind:
    """The kind that serves a facet.

    Raises:
        KeyError: none does.
    """
    return _BY_NAME[facet]


def values(kind: Kind, text: str, *, spelled: bool = False) -> list[Any]:
    """The distinct values that a cleaned text asserts, in order."""
    return list(_values(kind, text, spelled))


@lru_cache(maxsize=4096)
def _values(kind: Kind, text: str, spelled: bool) -> tuple[Any, ...]:
    whole = kind.parse(text)
    if whole is None:
        whole = kind.parse(bare(text))
    if whole is not None:
        return (whole,)
    mentions = unexplained(text, asserted(text, kind.find(text)))
    mentions = concluded(text, settled(text, mentions, lambda a, b: kind.same(a, b, spelled)))
    found: list[Any] = []
    for mention in mentions:
        if not any(kind.same(mention.value, value, spelled) for value in found):
            found.append(mention.value)
    return tuple(found)
