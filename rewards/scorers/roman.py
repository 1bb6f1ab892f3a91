"""Reward ``roman``: the Roman numeral of a chord in its key.

Conventions
-----------
Read in ``facts.key``, C major without one; numerals as in ``rewards/spelling/romans.py``,
``numerals.py`` and ``numeral_words.py``. Case counts: ``v7`` is not ``V7``. The fact may
name its own key ("V in A minor"); a numeral without one is read in ``facts.key``.

=============================================================  =====
the answer is                                                  value
=============================================================  =====
the numeral, or another name for it (N6 = bII6, Cad64 = I64,   1.0
V2 = V42, "dominant seventh" = V7, V/vi = V in its key); V64
where the fact is Cad64
the same notes, root and bass by another function or spelling  0.8
(II for V/V, Ger65 for bVI7)
the same degree and quality in another inversion, the same     0.7
notes and root in another inversion
the same numeral, applied to another degree or in another      0.5
local key (0.3 if inverted differently too)
the same notes on another root; Cad64 where the fact is V64    0.5
the same degree with another quality or case, or with or       0.4
without a seventh or an added note (0.3 if inverted
differently too)
another degree, no numeral, several, two inversions at once    0.0
=============================================================  =====

"Same notes" are the same by sound. Not applicable where the fact says that there is none.

The scale of partial credit is ours; the notes are those of ``music21.roman`` (the oracle of
the tests), which also reads "IIII" and "VIII": these are no numerals here.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from rewards.errors import DataError
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.typed import answer_text, applies, says_none
from rewards.spelling.keys import Key, parse_key
from rewards.spelling.notes import Note
from rewards.spelling.numeral_words import Reading, read_numerals
from rewards.spelling.numerals import Numeral, chord_of, parse_numeral
from rewards.text import fold

_C_MAJOR = Key(Note(0), "major")
_TRIADS = {"maj": "major", "min": "minor"}
_CADENTIAL = {("Cad64", "V64"): 1.0, ("V64", "Cad64"): 0.5}
"""(fact, answer): the cadential six-four is also written over the dominant."""


@reward("roman")
def roman(question: Question, response: Response) -> Verdict | None:
    """Value of the answer's numeral against ``facts.roman`` in ``facts.key``.

    Raises:
        DataError: the fact is no numeral, or its key no key.
    """
    if not applies(question, "roman"):
        return None
    truth = reference(question.facts.roman or "", question.facts.key)
    if truth is None:
        return None
    text = answer_text("roman", question, response)
    if isinstance(text, Verdict):
        return text
    form, numeral, key = truth
    home_key = key if question.facts.key is None else home(question.facts.key)
    return judged(form, numeral, key, home_key, text)


@lru_cache(maxsize=1024)
def reference(text: str, key: str | None) -> tuple[str, Numeral, Key] | None:
    """Form, meaning and key of a fact, or None where it says that there is none.

    Raises:
        DataError: the text is no one numeral, or the key no key.
    """
    folded = fold(text).strip()
    if says_none(folded, "n.c"):
        return None
    written = home(key)
    reading = read_numerals(folded, written)
    local = reading.key or written
    numeral = _meant(reading, local)
    if isinstance(numeral, str):
        raise DataError(f"facts.roman: got {text[:40]!r}, expected one such as 'V7'")
    return reading.forms[0], numeral, local


@lru_cache(maxsize=256)
def home(written: str | None) -> Key:
    """The key in which a fact is read.

    Raises:
        DataError: it is no key.
    """
    if written is None:
        return _C_MAJOR
    key = parse_key(fold(written))
    if key is None:
        raise DataError(f"facts.key: got {written[:60]!r}, expected a key such as 'D major'")
    return key


@lru_cache(maxsize=4096)
def judged(form: str, truth: Numeral, key: Key, home_key: Key, text: str) -> Verdict:
    """The verdict of a cleaned answer."""
    reading = read_numerals(text, home_key)
    local = reading.key or home_key
    got = _meant(reading, local)
    if isinstance(got, str):
        return Verdict(0.0, got)
    if reading.loose and not local.same(home_key) and _names_chord(got, local, home_key):
        local = home_key
    said = reading.forms[0]
    value, relation = nearness(truth, got, key, local)
    cadential = _CADENTIAL.get((form, said))
    if cadential is not None and value < cadential:
        value, relation = cadential, "may be"
    return Verdict(value, f"{said} {relation} {form} in {key.name}", {"roman": said})


def _meant(reading: Reading, key: Key) -> Numeral | str:
    """The numeral of a reading, inverted as its words say, or why there is none."""
    if len(reading.forms) != 1:
        return f"the answer names {len(reading.forms)} Roman numerals, expected 1"
    got = parse_numeral(reading.forms[0], key.mode == "minor")
    if got is None:
        return f"{reading.forms[0]} is no Roman numeral"
    if not reading.inversions:
        return got
    order = reading.inversions[0]
    if len(reading.inversions) > 1 or got.inversion not in (0, order):
        return "the answer names several inversions, expected 1"
    if order > (3 if got.seventh else 2):
        return f"{reading.forms[0]} has no such inversion"
    return replace(got, inversion=order)


def _names_chord(got: Numeral, local: Key, home_key: Key) -> bool:
    """ "A minor: vi" in C major: the chord's name before its numeral, no other key."""
    root = chord_of(got, home_key)[0]
    return root == local.tonic.pitch_class and _TRIADS.get(got.quality) == local.mode


def nearness(truth: Numeral, got: Numeral, key: Key, local: Key) -> tuple[float, str]:
    """Value and relation of a numeral to the true one (see the table above)."""
    wanted, given = chord_of(truth, key), chord_of(got, local)
    same_key = _within(truth, key) == _within(got, local)
    alike = (got.degree, got.shift) == (truth.degree, truth.shift)
    quality = (got.quality, got.added) == (truth.quality, truth.added)
    # A seventh of the scale and a major one are one where they sound alike.
    quality = quality and (given[1] == wanted[1] if same_key else got.seventh == truth.seventh)
    if alike and quality and same_key:
        return (1.0, "is") if given == wanted else (0.7, "is another inversion of")
    plain = got.added == truth.added
    if plain and given == wanted and not alike:
        return 0.8, "has the notes of"
    if alike and same_key:
        turned = got.inversion != truth.inversion
        return (0.3 if turned else 0.4), "has another quality than"
    if alike and quality:
        turned = got.inversion != truth.inversion
        return (0.3 if turned else 0.5), "stands in another local key than"
    if plain and given[:2] == wanted[:2]:
        return 0.7, "has the notes, in another inversion, of"
    if plain and _notes(given) == _notes(wanted):
        return 0.5, "has the notes, on another root, of"
    return 0.0, "is not"


def _within(numeral: Numeral, key: Key) -> tuple[int, str]:
    """Tonic and mode of the key in which a numeral stands, applied or not."""
    if numeral.applied is None:
        return key.tonic.pitch_class, "minor" if key.mode == "minor" else "major"
    tonic = Numeral(1, 0, "maj", None, 0, numeral.applied)
    return chord_of(tonic, key)[0], numeral.applied[2]


def _notes(chord: tuple[int, int, int]) -> frozenset[int]:
    root, mask, _ = chord
    return frozenset((root + step) % 12 for step in range(12) if mask >> step & 1)
