"""Rows of benchmarks: a question, its options in a list, the right one, a recording.

Conventions
-----------
``choices``: MMAU, MMAR, MMAU-Pro and what is written like them::

    {"id": "1", "audio_id": "a.wav", "question": "Which instrument?",
     "choices": ["viola", "cello"], "answer": "cello", "category": "Reasoning", ...}

A row without options asks an open question. ``muchomusic``: ``answers[i]`` is the right one where
``answer_orders[i]`` is 0; the question stands between "Question:" and "Options:" in ``prompt``::

    {"id": "1", "prompt": "Question: Which? Options: (A) viola ...", "answers": ["viola", ...],
     "answer_orders": [2, 0, 1, 3], "audio_path": "a.wav"}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rewards.fields import show
from sft.importing.answers import spoken
from sft.importing.cells import clip_of, id_of, optional, options_of, words
from sft.importing.records import Draft, Options, Unusable

_QUESTIONS = ("question",)
_OPTIONS = ("choices", "options")
_CLIPS = ("audio_path", "audio_id", "audio", "audio_file", "file_name")
_TOPICS = ("sub-category", "subcategory", "sub_category", "category")
_ORDERED = ("prompt", "answers", "answer_orders")


def is_choices(row: Any) -> bool:
    """True for a row of the form ``choices``."""
    if not isinstance(row, Mapping) or "answer" not in row or _key(row, _CLIPS) is None:
        return False
    return _key(row, _QUESTIONS) is not None


def is_muchomusic(row: Any) -> bool:
    """True for a row of the form ``muchomusic``."""
    return isinstance(row, Mapping) and all(isinstance(row.get(n), (str, list)) for n in _ORDERED)


def choices(row: Any) -> Draft:
    """A row of the form ``choices``.

    Raises:
        Unusable: a field is missing or of another type.
    """
    if not isinstance(row, Mapping):
        raise Unusable(f"got {show(row)}, expected an object with question and answer", "row")
    listed = _key(row, _OPTIONS)
    think, answer = spoken(words(row.get("answer"), "answer", "answer"))
    return Draft(
        id=id_of(row),
        text=words(row.get("question"), "question"),
        answer=answer,
        think=think,
        options=Options() if listed is None else options_of(row[listed], listed),
        clip=_clip(row),
        topic=next((said for name in _TOPICS if (said := optional(row, name))), None),
        source=optional(row, "dataset") or optional(row, "source"),
    )


def muchomusic(row: Any) -> Draft:
    """A row of the form ``muchomusic``.

    Raises:
        Unusable: a field is missing or of another type, or no one answer is the right one.
    """
    if not isinstance(row, Mapping):
        raise Unusable(f"got {show(row)}, expected an object with {', '.join(_ORDERED)}", "row")
    options = options_of(row.get("answers"), "answers")
    orders = row.get("answer_orders")
    right = [i for i, order in enumerate(orders) if order == 0] if isinstance(orders, list) else []
    if not isinstance(orders, list) or len(orders) != len(options.texts) or len(right) != 1:
        raise Unusable(
            f"answer_orders: got {show(orders)}, expected a number for each of "
            f"{len(options.texts)} answers, 0 for the right one",
            "answer",
        )
    asked = words(row.get("prompt"), "prompt")
    begin = asked.rfind("Question:")  # examples may stand before it
    asked = asked[begin + len("Question:") if begin >= 0 else 0 :]
    return Draft(
        id=id_of(row),
        text=words(asked.partition("Options:")[0], "prompt"),
        answer=options.texts[right[0]],
        options=options,
        clip=_clip(row),
        source=optional(row, "dataset"),
    )


def _key(row: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """The first of the names that the row has something under."""
    return next((name for name in names if row.get(name) not in (None, "", [])), None)


def _clip(row: Mapping[str, Any]) -> str | bytes:
    name = _key(row, _CLIPS)
    if name is None:
        raise Unusable(f"got no recording, expected one as {', '.join(_CLIPS)}", "clip")
    return clip_of(row[name], name)
