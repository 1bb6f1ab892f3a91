"""Tables whose columns their user names: ``text=question``, ``clip=file``, ``facts.tempo=bpm``.

Conventions
-----------
===================  ==========================================================================
field                its column holds
===================  ==========================================================================
``text``             the question; without one every row is asked what ``--text`` says
``answer``           the gold answer, or a completion with ``<think>`` and ``<answer>``
``clip``             a path, or an embedded recording
``choices``          a list of options; several columns hold one option each
``think``            the reasoning of a trace
``start``,           the stretch of the clip [s]
``duration``
``facts.NAME``       a fact of ``rewards/facts.py``, beside the one that is asked
``id``, ``kind``,    as in a questions file
``facet``,
``topic``,
``source``
===================  ==========================================================================
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
    "text", "answer", "clip", "choices", "think", "start", "duration", "id", "kind", "facet",
    "topic", "source",
)  # fmt: skip
_FACT = "facts."


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
    return named


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
    cells = {field: row.get(names[0]) for field, names in columns.items()}
    said = None if blank(cells.get("answer")) else words(cells["answer"], "answer", "answer")
    think, answer = (None, None) if said is None else spoken(said)
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
        options=_options(row, columns.get("choices", ())),
        facts={
            field.removeprefix(_FACT): value
            for field, value in cells.items()
            if field.startswith(_FACT) and not blank(value)
        },
        start=_seconds(cells.get("start"), "start"),
        duration=_seconds(cells.get("duration"), "duration"),
        **texts,
    )


def _options(row: Mapping[str, Any], names: tuple[str, ...]) -> Options:
    if len(names) == 1:
        return options_of(row.get(names[0]), names[0])
    return options_of([row.get(name) for name in names], "choices")


def _seconds(value: Any, name: str) -> float | None:
    """A number of seconds, also as text; its range is held to by the questions file."""
    if blank(value):
        return None
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError) as failure:
        raise Unusable(f"{name}: got {show(value)}, expected seconds") from failure
