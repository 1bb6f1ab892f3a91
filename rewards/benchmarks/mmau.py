r"""MMAU: gold words in the prediction, no word of a wrong choice.

Follows ``evaluation.py`` of Sakshi113/MMAU at 110127f (arXiv 2410.19168).

Conventions
-----------
A text is the set of its words: runs of ``\w`` of its lower-case form, so "C#" is {c} and
"120.5" is {120, 5}.

==========================================================  =====
prediction                                                  value
==========================================================  =====
has every word of the gold, and no word that a choice has   1
beyond those of the gold
else                                                        0
no word at all                                              0, unanswered
==========================================================  =====

Quirks, kept:

- The order of words, their number and what is said of them count for nothing: "not a man" is
  "man", "minor D" is "D minor".
- A full sentence is wrong as soon as it has a word of another choice, be it "a", "is" or
  "the".
- A choice with the gold's words in another order or number is the gold: "4/4" and "4 4".
- Letters are not read: "(B)" is wrong, and "(B) Man" right only where no other choice has
  the word "b".
- A gold without any word ("#") is in every prediction.
- Rows without ``model_output`` leave the denominator, and the script's count of them is
  always 0. Its README names the field ``model_prediction``, which the script does not read.
- A task other than sound, music and speech, or a difficulty other than easy, medium and hard,
  stops the script; here the row is malformed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rewards.benchmarks.records import Benchmark, Entry, Mark
from rewards.benchmarks.rows import official, one_of, text, texts, with_options

TASKS = ("sound", "music", "speech")
DIFFICULTIES = ("easy", "medium", "hard")
_WORDS = re.compile(r"\w+")


def words(said: str) -> set[str]:
    """The words of a text, without case."""
    return set(_WORDS.findall(said.lower()))


def mark(entry: Entry) -> Mark:
    """What ``string_match`` makes of a prediction."""
    said, gold = words(entry.said), words(entry.gold)
    if not said:
        return Mark(0.0, "the prediction has no word", answered=False)
    if missing := gold - said:
        return Mark(0.0, f"lacks {_listed(missing)} of the gold")
    others: set[str] = set()
    for option in entry.options:
        others |= words(option) - gold
    if strange := said & others:
        return Mark(0.0, f"has {_listed(strange)} of another choice")
    return Mark(1.0, "has the words of the gold and none of another choice")


def mark_all(entries: Sequence[Entry]) -> list[Mark]:
    """Each for itself."""
    return [mark(entry) for entry in entries]


def matched_entry(
    row: Mapping[str, Any], number: int, field: str, groups: tuple[tuple[str, str], ...]
) -> Entry:
    """An entry of a row with ``choices``, ``answer`` and perhaps a ``sub-category``."""
    if row.get("sub-category") is not None:
        groups += (("sub-category", text(row, "sub-category")),)
    return official(
        row, number, text(row, field), text(row, "answer"),
        options=texts(row, "choices"), groups=groups,
    )  # fmt: skip


def _read(row: Mapping[str, Any], number: int) -> list[Entry]:
    if "model_output" not in row:
        return []
    groups = (
        ("task", one_of(row, "task", TASKS)),
        ("difficulty", one_of(row, "difficulty", DIFFICULTIES)),
    )
    return [matched_entry(row, number, "model_output", groups)]


def _listed(found: set[str]) -> str:
    shown = sorted(found)
    return ", ".join(repr(word[:30]) for word in shown[:3]) + (", ..." if len(shown) > 3 else "")


BENCHMARK = Benchmark(
    name="mmau",
    title="MMAU",
    follows="evaluation.py of Sakshi113/MMAU at 110127f",
    field="model_output",
    read=_read,
    recast=with_options,
    mark=mark_all,
)
