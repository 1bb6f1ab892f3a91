"""Tables whose columns their user names: ``text=question``, ``clip=file``, ``facts.tempo=bpm``.

Conventions
-----------
===================  ==========================================================================
field                its column holds
===================  ==========================================================================
``text``             the question; without one every row is asked what ``--text`` says
``answer``           the gold answer, or a completion with ``<think>`` and ``<answer>``
``answer_index``     in its place: the number of the right option, 0 for the first
``clip``             a path, an embedded recording, or an object with ``path`` and, as in a
                     questions file, ``start`` and ``duration``
``choices``          a list of options; several columns hold one option each
``think``            the reasoning of a trace
``start``,           the stretch of the clip [s], by its duration or by where it ends
``duration``,
``end``
``facts.NAME``       a fact of ``rewards/facts.py``, beside the one that is asked
``id``, ``kind``,    as in a questions file
``facet``,
``topic``,
``source``
===================  ==========================================================================

A column within another is named by the way to it, ``answer=meta.label``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rewards.errors import ConfigError, nearest
from rewards.facts import FACT_NAMES
from rewards.fields import blank, show
from sft.importing.answers import spoken
from sft.importing.cells import clip_of, id_of, options_of, words
from sft.importing.records import Draft, Options, Unusable

FIELDS = (
    "text", "answer", "answer_index", "clip", "choices", "think", "start", "duration", "end", "id",
    "kind", "facet", "topic", "source",
)  # fmt: skip
_FACT = "facts."
_EITHER = (("answer", "answer_index"), ("duration", "end"))
"""Fields that say the same in two ways."""


def read_columns(given: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Field -> columns, of ``FIELD=COLUMN`` as the command line has them.

    Raises:
        ConfigError: one is written otherwise, names no field, or a field twice.
    """
    named: dict[str, tuple[str, ...]] = {}
    for one in given:
        field, sign, column = one.partition("=")
        field, column = field.strip(), column.strip()
        if not sign or not field or not column:
            raise ConfigError(
                f"--column: got {one!r}, expected FIELD=COLUMN, such as text=question"
            )
        fields = [*FIELDS, *(f"{_FACT}{name}" for name in FACT_NAMES)]
        if field not in fields:
            hint = nearest(field, fields) or f"; expected one of {', '.join(FIELDS)} or facts.NAME"
            raise ConfigError(f"--column: got no field {field!r} of a question{hint}")
        if field in named and field != "choices":
            raise ConfigError(f"--column: got {field!r} twice, expected one column for it")
        named[field] = (*named.get(field, ()), column)
    for one, other in _EITHER:
        if one in named and other in named:
            raise ConfigError(f"--column: got {one} and {other}, expected one of them")
    if "answer_index" in named and "choices" not in named:
        raise ConfigError("--column answer_index: got no choices, expected --column choices=COLUMN")
    return named


def cell(row: Mapping[str, Any], name: str) -> Any:
    """The value of a column, None where there is none; ``a.b`` is ``b`` within ``a``."""
    if name in row:
        return row[name]
    outer, sign, inner = name.partition(".")
    within = row.get(outer) if sign else None
    return cell(within, inner) if isinstance(within, Mapping) else None


def draft(row: Any, columns: Mapping[str, tuple[str, ...]], text: str | None) -> Draft:
    """One row of a table.

    Args:
        columns: field -> columns.
        text: what is asked where no column holds it.

    Raises:
        Unusable: a cell is missing or of another type.
    """
    if not isinstance(row, Mapping):
        raise Unusable(f"got {show(row)}, expected an object with columns", "row")
    cells = {field: cell(row, names[0]) for field, names in columns.items()}
    options = _options(row, columns.get("choices", ()))
    said = None if blank(cells.get("answer")) else words(cells["answer"], "answer", "answer")
    think, answer = (None, None) if said is None else spoken(said)
    if not blank(cells.get("answer_index")):
        answer = _option(options, cells["answer_index"])
    if not blank(cells.get("think")):
        think = words(cells["think"], "think")
    asked = text if text is not None and blank(cells.get("text")) else cells.get("text")
    clip = cells.get("clip")
    if "clip" in columns and blank(clip):
        raise Unusable(f"{columns['clip'][0]}: got nothing, expected a recording", "clip")
    texts = {
        field: None if blank(cells.get(field)) else words(cells[field], field)
        for field in ("kind", "facet", "topic", "source")
    }
    return Draft(
        id=id_of(cells),
        text=words(asked, "text"),
        answer=answer,
        think=think,
        clip=None if clip is None else clip_of(clip, columns["clip"][0]),
        options=options,
        facts={
            field.removeprefix(_FACT): value
            for field, value in cells.items()
            if field.startswith(_FACT) and not blank(value)
        },
        **_stretch(cells),
        **texts,
    )


def _options(row: Mapping[str, Any], names: tuple[str, ...]) -> Options:
    if len(names) == 1:
        return options_of(cell(row, names[0]), names[0])
    return options_of([cell(row, name) for name in names], "choices")


def _option(options: Options, value: Any) -> str:
    """The option of a number, 0 for the first."""
    number = _number(value)
    if number is None or number not in range(len(options.texts)) or not options.texts[int(number)]:
        raise Unusable(
            f"answer_index: got {show(value)}, expected the number of one of "
            f"{len(options.texts)} options, 0 for the first",
            "answer",
        )
    return options.texts[int(number)]


def _stretch(cells: Mapping[str, Any]) -> dict[str, float | None]:
    """``start`` and ``duration``, of their columns, else of the object that the clip is."""
    clip = cells.get("clip")
    told = {**clip, **cells} if isinstance(clip, Mapping) else cells
    start, duration, end = (_seconds(told.get(name), name) for name in ("start", "duration", "end"))
    if end is not None:
        if end <= (start or 0.0):
            raise Unusable(f"end: got {end:g}, expected seconds behind the start {start or 0:g}")
        duration = end - (start or 0.0)
    return {"start": start, "duration": duration}


def _seconds(value: Any, name: str) -> float | None:
    """A number of seconds, also as text; its range is held to by the questions file."""
    if blank(value):
        return None
    seconds = _number(value)
    if seconds is None:
        raise Unusable(f"{name}: got {show(value)}, expected seconds")
    return seconds


def _number(value: Any) -> float | None:
    """A number, also as text; None where it is none."""
    try:
        return None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        return None
