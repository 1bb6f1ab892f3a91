"""CMI-Bench, key of GiantSteps: the first of 24 names contained, weighted as MIREX does.

Follows ``key_ensamble_score`` in ``evaluate.py`` of nicolaus625/CMI-bench at 4c15f41
(arXiv 2506.12285). The script prints the mean as "G-Mean".

Conventions
-----------
The prediction loses its case, blanks (U+0020) and digits. "Xm" and "X#m" become minor keys, one
or two characters alone major ones. A sharp as the *second* character makes C#, D#, F#, G# and A#
flats. Then the first of these names that is contained, without blanks, is the answer: C, Db, D,
Eb, E, F, Gb, G, Ab, A, Bb, B major, then the same in minor. The value is mir_eval's weighted
score of it (the table of ``rewards/scorers/key.py``), 0 where there is none or mir_eval refuses
one of the two keys.

Quirks, kept:

- Any sentence will do: "it is in e minor" is E minor. Where several keys are named, major comes
  before minor and C before Db, whatever is said of them: "E minor, the relative of G major" is
  G major.
- Sharps are read at the very start alone: "The key is F# minor" is no key.
- E# and B# at the start are no key; Cb and Fb major are read as B major, which is contained.
- "D flat major" and "D-flat major" are no key.
- A last letter makes a key: "sad major" is D major, "gamma minor" A minor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rewards.benchmarks.records import Benchmark, Entry, Mark
from rewards.benchmarks.rows import official, text, with_gold
from rewards.errors import DataError
from rewards.fields import show
from rewards.records import Facts

TONICS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
KEYS = tuple(f"{tonic} {mode}" for mode in ("major", "minor") for tonic in TONICS)
_FLATS = {"c": "db", "d": "eb", "f": "gb", "g": "ab", "a": "bb"}


def key(said: str) -> str | None:
    """The key that the script reads, or None."""
    left = "".join(sign for sign in said.lower().replace(" ", "") if not sign.isdigit())
    if len(left) <= 3 and left.endswith("m"):
        left += "inor"
    elif len(left) <= 2:
        left += "major"
    if left[1] in "#\N{MUSIC SHARP SIGN}":
        if left[0] not in _FLATS:
            return None
        left = _FLATS[left[0]] + left[2:]
    return next((name for name in KEYS if name.lower().replace(" ", "") in left), None)


def mark(entry: Entry) -> Mark:
    """The weighted score of the key that is read."""
    import mir_eval

    found = key(entry.said)
    if found is None:
        return Mark(0.0, "no key is read", answered=False)
    try:
        value = float(mir_eval.key.weighted_score(entry.gold, found))
    except ValueError:
        return Mark(0.0, f"mir_eval refuses the gold key {entry.gold[:40]!r}", choice=found)
    return Mark(value, f"read as {found}", choice=found)


def _mark_all(entries: Sequence[Entry]) -> list[Mark]:
    return [mark(entry) for entry in entries]


def _read(row: Mapping[str, Any], number: int) -> list[Entry]:
    gold = text(row, "correct_answer")
    facts = Facts(key=gold)
    name = row.get("audioid")
    return [official(row, number, text(row, "response"), gold, name=name, facts=facts)]


def _recast(entry: Entry) -> Entry:
    import mir_eval

    told = entry.question.facts.key
    entry = with_gold(replace(entry, gold=told) if told else entry)
    try:
        mir_eval.key.validate_key(entry.gold)
    except ValueError as failure:
        raise DataError(
            f"question: got the key {show(entry.gold)}, expected one such as 'Db minor'"
        ) from failure
    return entry


BENCHMARK = Benchmark(
    name="cmi-key",
    title="CMI-Bench GS_key",
    follows="evaluate.py of nicolaus625/CMI-bench at 4c15f41",
    field="response",
    read=_read,
    recast=_recast,
    mark=_mark_all,
    ours="key",
)
