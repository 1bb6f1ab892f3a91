"""MuChoMusic: one capital letter from A to D anywhere, else the first option contained.

Follows ``evaluate.py`` and ``muchomusic_eval/scoring.py`` of mulab-mir/muchomusic at d3c9a42
(arXiv 2408.01337).

Conventions
-----------
Only what follows the last "The correct answer is:" is read, without blanks around it; all of
it where that is not said. The right option is the one at the place of 0 in ``answer_orders``.

===========================================================  ==========================
what is read                                                 the answer
===========================================================  ==========================
holds one of the characters A, B, C and D, however often     that letter
holds none or several, and options, case and blanks aside    the first of them in order
else                                                         none: unanswered, -1
===========================================================  ==========================

IFR, the rate of instructions followed, is the share of answered rows.

Quirks, kept:

- A letter is a character, not a word: "Acoustic guitar" answers A, "Drums" D, and
  "I cannot tell. Da capo?" D.
- Two such characters make the letters void: "A Beatles song" is read by its text, and
  "(B) Drums" answers by option text though it begins with a letter.
- The letters are A to D even where a row has fewer options; such an answer counts as
  answered.
- An option that is part of another comes first where it stands first: "jazz" before
  "acid jazz" takes "acid jazz" too. An empty option is in every text.
- The text of an option is sought in the output; the comment of the script says the reverse.
- ``[[``, tags and words after the letter are read like any other text, and a chain of thought
  without the phrase nearly always holds several of the letters.
- A row with several categories counts in each. The script tells figures only of categories
  and genres of its ``muchomusic.csv``, here of all but an empty genre; it rounds to two
  decimals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rewards.benchmarks.records import Benchmark, Entry, Figure, Mark
from rewards.benchmarks.rows import official, text, texts, with_options
from rewards.errors import DataError
from rewards.fields import show

LETTERS = "ABCD"
PREFIX = "The correct answer is:"


def choice(said: str, options: Sequence[str]) -> tuple[int, str]:
    """The place of the answer, -1 for none, and why."""
    said = said[said.rfind(PREFIX) + len(PREFIX) :] if PREFIX in said else said
    letters = [letter for letter in LETTERS if letter in said]
    if len(letters) == 1:
        return LETTERS.index(letters[0]), f"{letters[0]} is the only character of A to D"
    lowered = said.lower()
    for place, option in enumerate(options):
        if option.lower().strip() in lowered:
            return place, f"{option[:60]!r} is the first option contained"
    return -1, f"{'several' if letters else 'none'} of the characters A to D, and no option"


def mark(entry: Entry) -> Mark:
    """Whether the answer is the option at the right place."""
    place, why = choice(entry.said, entry.options)
    said = LETTERS[place] if 0 <= place < len(LETTERS) else None
    return Mark(float(place == entry.place), why, answered=place != -1, choice=said)


def _mark_all(entries: Sequence[Entry]) -> list[Mark]:
    return [mark(entry) for entry in entries]


def _figures(entries: Sequence[Entry], marks: Sequence[Mark]) -> list[Figure]:
    unanswered = sum(not mark.answered for mark in marks)
    return [Figure("IFR", 1.0 - unanswered / len(marks), len(marks))]


def _read(row: Mapping[str, Any], number: int) -> list[Entry]:
    options = texts(row, "answers")
    place = _place(row, len(options))
    groups = [
        (kind, name)
        for kind in ("knowledge", "reasoning")
        for name in dict.fromkeys(("overall", *texts(row, kind)) if texts(row, kind) else ())
    ]
    if genre := text(row, "genre"):
        groups.append(("genre", genre))
    return [
        official(
            row, number, text(row, "model_output"), options[place],
            options=options, place=place, groups=tuple(groups),
        )
    ]  # fmt: skip


def _place(row: Mapping[str, Any], count: int) -> int:
    """Of the right option."""
    orders = row.get("answer_orders")
    if (
        not isinstance(orders, list)
        or len(orders) != count
        or not all(type(order) is int for order in orders)
        or 0 not in orders
    ):
        raise DataError(
            f"answer_orders: got {show(orders)}, expected an integer for each of the {count} "
            "answers, 0 for the right one"
        )
    return orders.index(0)


BENCHMARK = Benchmark(
    name="muchomusic",
    title="MuChoMusic",
    follows="muchomusic_eval/scoring.py of mulab-mir/muchomusic at d3c9a42",
    field="model_output",
    read=_read,
    recast=with_options,
    mark=_mark_all,
    figures=_figures,
)
