"""CMI-Bench, one class of several: the gold label contained, and no other label of the file.

Follows ``get_multiclass_acc`` in ``evaluate.py`` of nicolaus625/CMI-bench at 4c15f41
(arXiv 2506.12285): GTZAN (genre), Nsynth_instrument, Nsynth_pitch and VocalSet_tech.

Conventions
-----------
Label and prediction lose case, blanks, full stops, apostrophes, hyphens and underscores; "#"
is "♯". The labels are the gold labels of the file, not those of the instruction.

Quirks, kept:

- A label that is part of the gold label makes the gold wrong in any words: where "trill" is a
  label of the file, "trillo" and "lip_trill" cannot be answered.
- The same for numbers, where pitches are labels: "69" is wrong in a file in which "9" is a
  gold.
- Words run together, so that a label can lie across them: "pop art" has "part".
- A denial is an answer: "not jazz" is jazz.
- Since the labels are those of the file, a part of the benchmark is scored more mildly than
  the whole.
- Two labels that are alike once folded stop the script, and the command here.

The script also takes lists for labels, of which it can count none as right, for it seeks the
brackets too; no task of the benchmark has them, and such a row is malformed here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rewards.benchmarks.records import Benchmark, Entry, Mark
from rewards.benchmarks.rows import official, text, with_gold
from rewards.errors import DataError, few
from rewards.fields import show

MOST_LABELS = 1_000
_FOLDED = str.maketrans({"#": "\N{MUSIC SHARP SIGN}", **dict.fromkeys("_-' .")})


def folded(said: str) -> str:
    """A text as the script compares it."""
    return said.translate(_FOLDED).lower()


def mark(entry: Entry, labels: Sequence[str]) -> Mark:
    """Whether the gold label is contained, and none of the others.

    Args:
        labels: all of the file, folded.
    """
    said, gold = folded(entry.said), folded(entry.gold)
    found = [label for label in labels if label in said]
    if gold not in found:
        return Mark(0.0, f"has not {gold[:60]!r}, {_also(found)}", answered=bool(found))
    others = [label for label in found if label != gold]
    if not others:
        return Mark(1.0, f"has {gold[:60]!r} and no other label")
    return Mark(0.0, f"has {gold[:60]!r}, {_also(others)}")


def _also(found: Sequence[str]) -> str:
    return f"and has {few([repr(label[:30]) for label in found], 3)}" if found else "nor another"


def _mark_all(entries: Sequence[Entry]) -> list[Mark]:
    """All, against the labels of all.

    Raises:
        DataError: two labels are alike once folded, or there are too many.
    """
    golds = {entry.gold for entry in entries}
    labels = sorted({folded(gold) for gold in golds})
    if len(labels) < len(golds):
        raise DataError(
            "the labels: got some that are alike without case, blanks and signs, at which the "
            "official script stops; expected one spelling of each"
        )
    if len(labels) > MOST_LABELS:
        raise DataError(
            f"the labels: got {len(labels):,} different ones, expected at most {MOST_LABELS:,}"
        )
    return [mark(entry, labels) for entry in entries]


def _read(row: Mapping[str, Any], number: int) -> list[Entry]:
    gold = row.get("correct_answer")
    if isinstance(gold, bool) or not isinstance(gold, (str, int)):
        raise DataError(f"correct_answer: got {show(gold)}, expected a label or a whole number")
    said = text(row, "response")
    return [official(row, number, said, str(gold), name=row.get("audioid"))]


BENCHMARK = Benchmark(
    name="cmi-classes",
    title="CMI-Bench classes",
    follows="evaluate.py of nicolaus625/CMI-bench at 4c15f41",
    field="response",
    read=_read,
    recast=with_gold,
    mark=_mark_all,
)
