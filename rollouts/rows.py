"""Rows of the journal's tables back to records, refused where no writer wrote them.

Run folders are passed on: what a reward cannot give, or does not fit together, is an error
that names it (``DataError``), never a record.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, get_args

import numpy as np

from policies.records import Completion, FinishReason
from rewards.errors import DataError
from rewards.questions import question_from_json
from rewards.records import Part, Score, Status
from rewards.schedule import MOST_WEIGHT
from rollouts.records import Group, Rollout, UpdateRow


def groups_from(
    rows: Iterable[Mapping[str, Any]], logprobs: Sequence[np.ndarray | None]
) -> list[Group]:
    """The groups behind rows of ``ROLLOUTS``, in order of run, step and index.

    Args:
        rows: Python values of every column but ``logprobs``.
        logprobs: float32 (T,) of each row.

    Raises:
        DataError, RolloutError: where the rows are not what a writer writes.
    """
    numbered = sorted(zip(rows, logprobs, strict=True), key=lambda pair: _name(pair[0]))
    by_group = groupby(numbered, key=lambda pair: _name(pair[0])[:3])
    return [_group([*members]) for _, members in by_group]


def updates_from(
    rows: Iterable[Mapping[str, Any]], logprobs: Sequence[np.ndarray | None]
) -> tuple[UpdateRow, ...]:
    """The update rows behind rows of ``UPDATES``, in the order of the file."""
    return tuple(
        UpdateRow(**row, logprobs_T=values) for row, values in zip(rows, logprobs, strict=True)
    )


def _name(row: Mapping[str, Any]) -> tuple[str, int, int, int]:
    return row["run"], row["step"], row["group"], row["sample"]


def _group(members: Sequence[tuple[Mapping[str, Any], np.ndarray | None]]) -> Group:
    first = members[0][0]
    return Group(
        run=first["run"],
        step=first["step"],
        index=first["group"],
        question=question_from_json(json.loads(first["question"]), where="the journal"),
        clip_sha256=first["clip_sha256"],
        clip_path=first["clip_path"],
        prompt_ids=tuple(first["prompt_ids"]),
        rollouts=tuple(_rollout(row, logprobs) for row, logprobs in members),
        policy_version=first["policy_version"],
        actor=first["actor"],
    )


def _rollout(row: Mapping[str, Any], logprobs_T: np.ndarray | None) -> Rollout:
    if logprobs_T is None or len(logprobs_T) != len(row["ids"]):
        raise DataError(
            f"log-probs of {_name(row)} must align with its token ids: got"
            f" {None if logprobs_T is None else len(logprobs_T)}, expected {len(row['ids'])}"
        )
    completion = Completion(
        ids=tuple(row["ids"]),
        logprobs_T=logprobs_T,
        finish_reason=_one_of(FinishReason, row["finish_reason"], "finish reason"),
        policy_version=row["policy_version"],
        seed=row["seed"],
        text=row["text"],
    )
    parts = {part["name"]: _part(part) for part in row["parts"]}
    # Before version 2 the weights were always shared by the parts that applied.
    return Rollout(row["sample"], completion, Score(parts, row.get("renormalise", True)))


def _part(row: Mapping[str, Any]) -> Part:
    status = _one_of(Status, row["status"], "status of a part")
    name, value, weight = row["name"], row["value"], row["weight"]
    if (value is not None) != (status == "scored"):
        expected = "one" if status == "scored" else "none"
        raise DataError(f"part {name!r} is {status} with value {value}: expected {expected}")
    if value is not None and not 0 <= value <= 1:
        raise DataError(f"value of part {name!r}: got {value}, expected one in [0, 1]")
    if not 0 <= weight <= MOST_WEIGHT:
        raise DataError(
            f"weight of part {name!r}: got {weight}, expected one in [0, {MOST_WEIGHT}]"
        )
    if not 0 <= row["seconds"] < math.inf:
        raise DataError(f"seconds of part {name!r}: got {row['seconds']}, expected 0 or more")
    details = None if row["details"] is None else json.loads(row["details"])
    if not isinstance(details, dict | None):
        raise DataError(f"details of part {name!r}: got {details!r:.40}, expected a mapping")
    return Part(value, weight, status, row["why"], details, row["seconds"])


def _one_of(literal: Any, value: Any, what: str) -> Any:
    if value not in get_args(literal):
        raise DataError(f"unknown {what}: got {value!r}, expected one of {get_args(literal)}")
    return value
