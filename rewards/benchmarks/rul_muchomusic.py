r"""RUL-MuChoMusic: ``[[Letter]]``, else a letter or an option somewhere in the text.

Follows ``extract_answer``, ``evaluate_one_shot`` and ``evaluate_leave_one_out`` of
yongyizang/AreYouReallyListening at d3971de (``ExampleAudioEval/``; the four scripts have the
same; arXiv 2504.00369), over the files they save, from the model's output on.

Conventions
-----------
A row of the one-shot file is a prediction; a row of the leave-one-out file has ``passes``, a
prediction each, to the question without one of its distractors.

====  ==================================================================================
rule  the answer; the first rule that speaks decides
====  ==================================================================================
1     the last ``[[A]]`` to ``[[E]]``
2     the last letter after "answer is", "chose", "choose", "select", "guess is" or "I
      guess" and one blank, case aside, with a word boundary after it
3     the first of A to E, in that order, of which "option X", "Option X" or "(X)" is there
4     the first option contained, case aside, blanks not; empty ones are passed over
5     none: unanswered
====  ==================================================================================

It is right if the text of that letter is the gold text. *Leave-one-out accuracy* is of the
text that most passes of a question answered with, the first such one where several tie; the
mean over all passes is the script's *pass-level accuracy*.

Quirks, kept:

- "The answer is a guitar" answers A: case counts for nothing in rule 2, so the article is a
  letter.
- A prediction that repeats its options answers A by rule 3, whatever it concludes, unless rule
  1 or 2 speaks.
- ``[[E]]`` where there are four options is an answer without a text: wrong, answered, and no
  vote.
- A gold text that is empty is right where nothing is answered.
- Among equal options the letter does not matter, for texts are compared.
- A failed generation ("Error: ...") counts as a prediction.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from rewards.benchmarks.records import Benchmark, Entry, Figure, Mark
from rewards.benchmarks.rows import official, text, with_options
from rewards.errors import DataError
from rewards.fields import show

LETTERS = "ABCDE"
_ASKED = re.compile(r"\[\[([A-E])\]\]")
_TOLD = re.compile(r"(?:answer is|chose|choose|select|guess is|I guess) ([A-E])\b", re.IGNORECASE)


def letter(said: str, options: Sequence[str]) -> tuple[str | None, str]:
    """The letter of the answer, or None, and why."""
    if asked := _ASKED.findall(said):
        return asked[-1], f"[[{asked[-1]}]] is the last of its kind"
    if told := _TOLD.findall(said):
        return told[-1].upper(), f"{told[-1]!r} stands after such a word as 'answer is'"
    for one in LETTERS:
        if f"option {one}" in said or f"Option {one}" in said or f"({one})" in said:
            return one, f"{one} is the first letter that is named"
    lowered = said.lower()
    for one, option in zip(LETTERS, options, strict=False):
        if option and option.lower() in lowered:
            return one, f"{option[:60]!r} is the first option contained"
    return None, "no letter and no option"


def mark(entry: Entry) -> Mark:
    """Whether the text of the letter is the gold text."""
    found, why = letter(entry.said, entry.options)
    place = LETTERS.index(found) if found else len(LETTERS)
    told = entry.options[place] if place < len(entry.options) else ""
    return Mark(float(told == entry.gold), why, answered=found is not None, choice=told or None)


def _mark_all(entries: Sequence[Entry]) -> list[Mark]:
    return [mark(entry) for entry in entries]


def _figures(entries: Sequence[Entry], marks: Sequence[Mark]) -> list[Figure]:
    """Leave-one-out accuracy, of the questions whose passes vote."""
    votes: dict[str, list[str]] = defaultdict(list)
    golds: dict[str, str] = {}
    for entry, one in zip(entries, marks, strict=True):
        if entry.question_id is not None:
            golds[entry.question_id] = entry.gold
            votes[entry.question_id] += [one.choice] if one.choice else []
    if not golds:
        return []
    right = sum(_agreed(votes[name]) == gold for name, gold in golds.items())
    return [Figure("leave-one-out accuracy", right / len(golds), len(golds))]


def _agreed(votes: Sequence[str]) -> str:
    """What most answered with; the first of equals; nothing where nobody answered."""
    return next((told for told, _ in Counter(votes).most_common(1)), "")


def _read(row: Mapping[str, Any], number: int) -> list[Entry]:
    gold, name = text(row, "correct_answer"), str(row.get("question_id", number))
    if "passes" not in row:
        return [_entry(row, number, gold, name)]
    passes = row["passes"]
    if not isinstance(passes, list) or not all(isinstance(one, Mapping) for one in passes):
        raise DataError(f"passes: got {show(passes)}, expected a list of objects")
    # Rows vote apart even if a file has one question twice.
    vote = f"{number}: {name}"
    return [
        _entry(one, number, gold, f"{name} pass {place}", vote)
        for place, one in enumerate(passes)
    ]  # fmt: skip


def _entry(
    row: Mapping[str, Any], number: int, gold: str, name: str, vote: str | None = None
) -> Entry:
    mapping = row.get("letter_mapping")
    if not isinstance(mapping, Mapping) or not all(isinstance(v, str) for v in mapping.values()):
        raise DataError(f"letter_mapping: got {show(mapping)}, expected letters with their texts")
    if list(mapping) != list(LETTERS[: len(mapping)]):
        raise DataError(f"letter_mapping: got the letters {show(list(mapping))}, expected A, B ...")
    return official(
        row, number, text(row, "model_output"), gold,
        name=name, options=tuple(mapping.values()), question_id=vote,
    )  # fmt: skip


BENCHMARK = Benchmark(
    name="rul-muchomusic",
    title="RUL-MuChoMusic",
    follows="ExampleAudioEval/ of yongyizang/AreYouReallyListening at d3971de",
    field="model_output",
    read=_read,
    recast=with_options,
    mark=_mark_all,
    figures=_figures,
)
