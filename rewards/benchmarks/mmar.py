"""MMAR: the words of MMAU's scorer, other fields.

Follows ``code/evaluation.py`` of ddlBoJack/MMAR at 3bce090 (arXiv 2505.13032), whose
``string_match`` is that of MMAU: table and quirks stand in ``rewards/benchmarks/mmau.py``.
It reads ``answer_prediction``; rows without it leave the denominator. Figures are told by
modality, category and sub-category. An unknown modality or category stops the script; here
the row is malformed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rewards.benchmarks.mmau import mark_all, matched_entry
from rewards.benchmarks.records import Benchmark, Entry
from rewards.benchmarks.rows import one_of, with_options

MODALITIES = (
    "sound",
    "music",
    "speech",
    "mix-sound-music",
    "mix-sound-speech",
    "mix-music-speech",
    "mix-sound-music-speech",
)
CATEGORIES = ("Signal Layer", "Perception Layer", "Semantic Layer", "Cultural Layer")


def _read(row: Mapping[str, Any], number: int) -> list[Entry]:
    if "answer_prediction" not in row:
        return []
    groups = (
        ("modality", one_of(row, "modality", MODALITIES)),
        ("category", one_of(row, "category", CATEGORIES)),
    )
    return [matched_entry(row, number, "answer_prediction", groups)]


BENCHMARK = Benchmark(
    name="mmar",
    title="MMAR",
    follows="code/evaluation.py of ddlBoJack/MMAR at 3bce090",
    field="answer_prediction",
    read=_read,
    recast=with_options,
    mark=mark_all,
)
