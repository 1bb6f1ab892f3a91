"""The journal's two tables: their columns, and records to Arrow; ``rollouts/rows.py`` reads back.

Conventions
-----------
A row is one rollout, named by (run, step, group, sample). Floats keep their
bits: log-probs are float32, values, advantages and ratios float64; seeds are
uint64. What has no fixed shape (the question, a part's details) is a JSON
string. Rows of one group share question, prompt and clip: compression makes
the repetition cheap, and each row can be read alone in pandas or DuckDB.

| table     | one row holds                                                        |
|-----------|----------------------------------------------------------------------|
| rollouts  | ids, question, prompt and sampled ids, log-probs, text, score parts  |
| updates   | ids, advantage or why it was dropped, learner log-probs, ratio       |
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from rewards.errors import DataError, RewardError
from rewards.questions import question_from_json, question_to_json
from rewards.records import Part
from rollouts.records import Group, Rollout, UpdateRow

SCHEMA_VERSION = 2
READABLE = (1, 2)


def _required(name: str, kind: pa.DataType) -> pa.Field:
    return pa.field(name, kind, nullable=False)


def _list(kind: pa.DataType) -> pa.ListType:
    return pa.list_(_required("element", kind))


_NAME = [
    _required("run", pa.string()),
    _required("step", pa.int64()),
    _required("group", pa.int64()),
    _required("sample", pa.int64()),
]
_PART = pa.struct(
    [
        _required("name", pa.string()),
        pa.field("value", pa.float64()),
        _required("weight", pa.float64()),
        _required("status", pa.string()),
        _required("why", pa.string()),
        pa.field("details", pa.string()),
        _required("seconds", pa.float64()),
    ]
)

ROLLOUTS = pa.schema(
    [
        *_NAME,
        _required("question_id", pa.string()),
        pa.field("facet", pa.string()),
        _required("question", pa.string()),
        _required("text", pa.string()),
        _required("ids", _list(pa.int64())),
        _required("prompt_ids", _list(pa.int64())),
        _required("logprobs", _list(pa.float32())),
        _required("parts", _list(_PART)),
        pa.field("total", pa.float64()),
        _required("renormalise", pa.bool_()),
        _required("valid", pa.bool_()),
        _required("seed", pa.uint64()),
        _required("policy_version", pa.int64()),
        _required("finish_reason", pa.string()),
        pa.field("clip_sha256", pa.string()),
        pa.field("clip_path", pa.string()),
        _required("actor", pa.string()),
    ]
)

UPDATES = pa.schema(
    [
        *_NAME,
        pa.field("advantage", pa.float64()),
        pa.field("dropped", pa.string()),
        pa.field("logprobs", _list(pa.float32())),
        pa.field("ratio_mean", pa.float64()),
        pa.field("ratio_max", pa.float64()),
    ]
)


def schema_of(table: pa.Schema, version: int) -> pa.Schema:
    """``ROLLOUTS`` or ``UPDATES`` as an earlier version wrote it."""
    later = [] if version >= SCHEMA_VERSION else ["renormalise"]
    return pa.schema([column for column in table if column.name not in later])


def rollouts_table(groups: Sequence[Group]) -> pa.Table:
    """Groups as rows of ``ROLLOUTS``.

    Raises:
        RewardError: where a part's details are not JSON.
        DataError: where a question or a text would not come back as it is.
    """
    rows = [
        {**_shared_columns(group), **_own_columns(group, rollout)}
        for group in groups
        for rollout in group.rollouts
    ]
    logprobs = [r.completion.logprobs_T for group in groups for r in group.rollouts]
    return _table(rows, logprobs, ROLLOUTS)


def updates_table(rows: Sequence[UpdateRow]) -> pa.Table:
    """Update rows as rows of ``UPDATES``."""
    plain = [
        {name: getattr(row, name) for name in UPDATES.names if name != "logprobs"} for row in rows
    ]
    return _table(plain, [row.logprobs_T for row in rows], UPDATES)


def _shared_columns(group: Group) -> dict[str, Any]:
    return {
        "run": group.run,
        "step": group.step,
        "group": group.index,
        "question_id": group.question.id,
        "facet": group.question.facet,
        "question": _question_json(group),
        "prompt_ids": group.prompt_ids,
        "policy_version": group.policy_version,
        "clip_sha256": group.clip_sha256,
        "clip_path": group.clip_path,
        "actor": group.actor,
    }


def _own_columns(group: Group, rollout: Rollout) -> dict[str, Any]:
    completion, score = rollout.completion, rollout.score
    return {
        "sample": rollout.sample,
        "text": completion.text,
        "ids": completion.ids,
        "parts": [
            {
                "name": name,
                "value": part.value,
                "weight": part.weight,
                "status": part.status,
                "why": part.why,
                "details": _details_json(part, f"{name} in {group.name}/{rollout.sample}"),
                "seconds": part.seconds,
            }
            for name, part in score.parts.items()
        ],
        "total": score.total,
        "renormalise": score.renormalise,
        "valid": score.valid,
        "seed": completion.seed,
        "finish_reason": completion.finish_reason,
    }


def _question_json(group: Group) -> str:
    """The question as JSON, refused now if a reader would refuse it later."""
    tree = json.loads(text := json.dumps(question_to_json(group.question)))
    if question_from_json(tree, where=f"question of group {group.name}") != group.question:
        raise DataError(
            f"question {group.question.id!r} of group {group.name} would come back from the"
            " journal as another one; build it with rewards.questions"
        )
    return text


def _details_json(part: Part, where: str) -> str | None:
    if part.details is None:
        return None
    try:
        return json.dumps(dict(part.details), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise RewardError(
            f"details of part {where} cannot be stored as JSON ({error}): expected strings,"
            " finite numbers, lists and mappings; convert them in the reward function"
        ) from error


def _table(
    rows: list[dict[str, Any]], logprobs: Sequence[np.ndarray | None], schema: pa.Schema
) -> pa.Table:
    try:
        columns = [
            _float_lists(logprobs)
            if field.name == "logprobs"
            else pa.array([row[field.name] for row in rows], field.type, from_pandas=False)
            for field in schema
        ]
    except UnicodeEncodeError as error:
        raise DataError(
            f"a text of the journal cannot be stored as UTF-8: {error};"
            " remove lone surrogates from ids, names and texts"
        ) from error
    return pa.Table.from_arrays(columns, schema=schema)


def _float_lists(arrays: Sequence[np.ndarray | None]) -> pa.Array:
    """Lists of float32 without a detour through Python floats: NaN keeps its bits."""
    lengths = [0 if array is None else len(array) for array in arrays]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    present = [np.asarray(a, dtype=np.float32) for a in arrays if a is not None]
    flat = np.concatenate(present) if present else np.empty(0, np.float32)
    missing = pa.array([array is None for array in arrays])
    kind = _list(pa.float32())
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(flat), type=kind, mask=missing)
