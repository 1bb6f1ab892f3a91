"""The forms that files come in, and which one a file has.

======================  ============================================  ===========================
form                    is recognised by                              module
======================  ============================================  ===========================
``conversations``       ``conversations`` with ``from`` and ``value``  ``talks.py``
``messages``            turns with ``role`` and ``content``           ``talks.py``
``muchomusic``          ``prompt``, ``answers``, ``answer_orders``    ``benchmarks.py``
``choices``             ``question``, ``answer`` and a recording      ``benchmarks.py``
``columns``             columns that the user names                   ``columns.py``
======================  ============================================  ===========================
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rewards.errors import DataError, few
from sft.importing import benchmarks, columns, talks
from sft.importing.records import Draft, Row, Settings

LOOKED_AT = 50
"""Rows by which a form is recognised."""
_SHARE = 0.5

_TELLS: dict[str, Callable[[Any], bool]] = {
    "conversations": talks.is_conversation,
    "messages": talks.is_chat,
    "muchomusic": benchmarks.is_muchomusic,
    "choices": benchmarks.is_choices,
}
_READERS: dict[str, Callable[[Any], Draft]] = {
    "conversations": talks.conversation,
    "messages": talks.chat,
    "muchomusic": benchmarks.muchomusic,
    "choices": benchmarks.choices,
}
FORMS = (*_READERS, "columns")


def reader(form: str, settings: Settings) -> Callable[[Any], Draft]:
    """What makes a draft of a row of this form."""
    if form == "columns":
        return partial(columns.draft, columns=settings.columns, text=settings.text)
    return _READERS[form]


def recognised(path: Path, rows: Sequence[Row]) -> str:
    """The form of the first rows of a file.

    Raises:
        DataError: none of the forms is that of half of them; names the columns there are.
    """
    counts = {form: sum(tells(row.value) for row in rows) for form, tells in _TELLS.items()}
    best = [form for form, count in counts.items() if count == max(counts.values())]
    if len(best) == 1 and counts[best[0]] >= max(1, _SHARE * len(rows)):
        return best[0]
    names = names_of(rows)
    have = f"columns {few(names, 20)}" if names else "no columns"
    between = [form for form in best if counts[form]]
    got = f"rows that could be {' or '.join(between)}, with {have}" if between else have
    raise DataError(
        f"{path}: no form is recognised: got {got}; name the columns (--column text=... --column "
        f"answer=... --column clip=...), or the form (--form {'|'.join(_READERS)})"
    )


def names_of(rows: Sequence[Row]) -> list[str]:
    """The names of all columns, in the order of their first use, each before those within it."""
    found: dict[str, None] = {}
    for row in rows:
        if isinstance(row.value, Mapping):
            found.update((name, None) for name in _names(row.value))
    return list(found)


def _names(row: Mapping[str, Any]) -> Iterator[str]:
    for name, value in row.items():
        yield str(name)
        if isinstance(value, Mapping):
            yield from (f"{name}.{inner}" for inner in _names(value))


def check_columns(path: Path, rows: Sequence[Row], settings: Settings) -> None:
    """Refuse columns that no row has.

    Raises:
        DataError: names the first of them, and those there are.
    """
    there = names_of(rows)
    for field, wanted in settings.columns.items():
        for name in wanted:
            if name not in there:
                raise DataError(
                    f"{path}: --column {field}={name}: got no column {name!r}, expected one of "
                    f"{few(there, 20) or 'none'}"
                )
