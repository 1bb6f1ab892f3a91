"""Rows of prediction files as entries: fields checked, an answer found for Etude's reward.

Conventions
-----------
*Official rows.* The script sees the whole prediction field. Etude's reward judges the
``<answer>`` block in it; else what follows a closing "The answer is:"; else, for such fields
often hold the bare answer, all outside the think part, as if it stood in a block.

*Etude's answers* (``etude eval -o``). The script would see the text of the ``<answer>`` block
or, where there is none, the whole completion; the reward judges the completion as in training.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rewards.benchmarks.records import Entry
from rewards.errors import DataError
from rewards.fields import show
from rewards.records import Facts, Question, Response
from rewards.response import parse, untagged
from rewards.score_lines import Line
from rewards.scorers.accuracy import answered


def text(row: Mapping[str, Any], name: str) -> str:
    """A field that must be a string; it may be empty.

    Raises:
        DataError: it is missing or something else.
    """
    if name not in row:
        raise DataError(f"{name}: is missing, expected a string")
    if not isinstance(row[name], str):
        raise DataError(f"{name}: got {show(row[name])}, expected a string")
    return row[name]


def texts(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A field that must be a list of strings; it may be empty.

    Raises:
        DataError: it is missing or something else.
    """
    value = row.get(name)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise DataError(f"{name}: got {show(value)}, expected a list of strings")
    return tuple(value)


def one_of(row: Mapping[str, Any], name: str, known: tuple[str, ...]) -> str:
    """A string of a closed list.

    Raises:
        DataError: it is another, at which the official script stops.
    """
    value = text(row, name)
    if value not in known:
        raise DataError(f"{name}: got {show(value)}, expected one of {', '.join(known)}")
    return value


def official(
    row: Mapping[str, Any],
    number: int,
    said: str,
    gold: str,
    *,
    name: str | None = None,
    options: tuple[str, ...] = (),
    facts: Facts | None = None,
    **more: Any,
) -> Entry:
    """An entry of an official row.

    Args:
        name: the row's id; without it that of its field ``id``, else the number.
        facts: what a typed reward judges by, in place of the gold text.
        more: ``place``, ``groups``, ``question_id`` of the entry.
    """
    found = row.get("id") if name is None else name
    shown = str(number if found is None else found)[:200]
    asked = row.get("question")
    question = Question(
        id=shown,
        text=asked if isinstance(asked, str) else "",
        choices=distinct((*options, gold)) if options else (),
        answer=gold if facts is None else None,
        facts=facts or Facts(),
    )
    return Entry(number, shown, said, gold, question, as_answer(said), options, **more)


def distinct(options: tuple[str, ...]) -> tuple[str, ...]:
    """Each option once, blanks around it aside: official lists repeat some, or lack the gold."""
    first: dict[str, str] = {}
    for option in options:
        first.setdefault(option.strip(), option)
    return tuple(first.values())


def as_answer(said: str) -> Response:
    """A prediction as a response that has an answer."""
    response = parse(said)
    if response.answer is not None:
        return response
    return replace(response, answer=answered(response) or untagged(said) or said)


def stored(line: Line) -> Entry:
    """An entry of Etude's own answers, its gold the text of the question's answer."""
    response = parse(line.completion)
    said = response.text if response.answer is None else response.answer
    question = line.question
    topic = (("topic", question.counted_as),)
    return Entry(
        line.number, str(line.shown_id)[:200], said, question.answer or "", question, response,
        question.choices, groups=topic,
    )  # fmt: skip


def with_options(entry: Entry) -> Entry:
    """The entry with its gold as one of its options, and the place of it.

    Raises:
        DataError: the question has no options, or no gold answer.
    """
    if not entry.options or not entry.gold:
        raise DataError("question: has no choices or no answer, expected both")
    options = [option.strip() for option in entry.options]
    place = options.index(entry.gold.strip())
    return replace(entry, gold=entry.options[place], place=place)


def with_gold(entry: Entry) -> Entry:
    """The entry as it is.

    Raises:
        DataError: the question has no gold answer.
    """
    if not entry.gold:
        raise DataError("question: has no answer, expected one")
    return entry
