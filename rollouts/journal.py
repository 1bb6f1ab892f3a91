"""The journal: what was sampled, before it is used, and what was learnt from it.

    RUN/rollouts/step_000123/part-<writer>.parquet
    RUN/updates/step_000123/part-<writer>.parquet

Conventions
-----------
A part file is published whole (``rollouts.files.publish``) or not at all, and a
writer that repeats a step replaces its part: after a crash the same ids give
the same rows.

Reading trusts nothing. A part is taken only if its columns are exactly those of
``rollouts.tables``, its pages match the digest in its footer and its rows are of the
step of its folder; the learner's comes first. What pyarrow may open is
``rollouts/part_bytes.py``'s to say: extension types can run code on being read, ``ray.data``
registers such types and must not be imported in this process.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar

import pyarrow as pa

from rewards.errors import ConfigError, DataError, ReplayError, RolloutError
from rollouts.files import OnSkip, log_skip, publish, read_bounded
from rollouts.part_bytes import decode, decode_columns, encode
from rollouts.records import Group, Scalar, StepUpdate, UpdateRow
from rollouts.rows import groups_from, updates_from
from rollouts.tables import ROLLOUTS, UPDATES, rollouts_table, updates_table

LEARNER = "learner"
"""The writer of a run's own parts."""

MAX_FILE_BYTES = 512 * 2**20

_TABLES = {"rollouts": ROLLOUTS, "updates": UPDATES}
_WRITER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_STEP = re.compile(r"step_([0-9]{6,12})")
_SUMMARY_KEY = b"etude.summary"

Stamp: TypeAlias = tuple[tuple[str, int, int, int], ...]
T = TypeVar("T")


class JournalWriter:
    """Writes one writer's parts of a run's journal.

    Args:
        run: the run folder; made on the first write.
        writer: name of the part files, letters, digits, ``_`` and ``-``; one
            process at a time writes under a name.

    Raises:
        ConfigError: for another writer name.
    """

    def __init__(self, run: Path, writer: str) -> None:
        if not _WRITER.fullmatch(writer):
            raise ConfigError(
                f"bad journal writer: got {writer!r}, expected 1 to 64 letters, digits, '_' or '-'"
            )
        self._run = run
        self._writer = writer

    def write_rollouts(self, step: int, groups: Sequence[Group]) -> Path:
        """Publish the groups of a step; call it before they are used.

        Raises:
            RolloutError: where a group is of another step.
            RewardError, DataError: see ``rollouts_table``.
            StorageError: nothing was written; names the bytes.
        """
        _expect_step(step, [group.step for group in groups])
        return self._write("rollouts", step, rollouts_table(groups), {})

    def write_update(
        self, step: int, rows: Sequence[UpdateRow], summary: Mapping[str, Scalar]
    ) -> Path:
        """Publish what the learner did with each rollout, and the step's scalars.

        Raises:
            RolloutError: where a row is of another step.
            StorageError: nothing was written; names the bytes.
        """
        _expect_step(step, [row.step for row in rows])
        # A reader refuses a footer with "ARROW:" in it; no summary may imitate that.
        text = json.dumps(dict(summary)).replace("ARROW:", "ARROW\\u003a")
        return self._write("updates", step, updates_table(rows), {_SUMMARY_KEY: text})

    def _write(self, table: str, step: int, rows: pa.Table, metadata: Mapping[bytes, str]) -> Path:
        path = _step_folder(self._run, table, step) / f"part-{self._writer}.parquet"
        publish(path, encode(rows, metadata))
        return path


def read_rollouts(
    run: Path, step: int, on_skip: OnSkip = log_skip, *, writer: str | None = None
) -> list[Group]:
    """The groups of a step, of one writer or over all, in order of run and index.

    A part that cannot be used, and a group that an earlier part (the learner's, then
    by file name) already holds, is reported to ``on_skip`` and left out.
    """
    groups: dict[tuple[str, int, int], Group] = {}
    for path, found in _parts(run, "rollouts", step, writer, _decode_rollouts, on_skip):
        for group in found:
            if groups.setdefault((group.run, group.step, group.index), group) is not group:
                on_skip(path, f"group {group.name} also stands in an earlier part")
    return [groups[name] for name in sorted(groups)]


def rollouts_of(run: Path, step: int, *, writer: str | None = None) -> list[Group]:
    """The groups of a step that was run, as ``read_rollouts`` has them; at least one.

    Raises:
        ReplayError: there are none; says which steps there are.
    """
    groups = read_rollouts(run, step, writer=writer)
    if not groups:
        there = steps(run)
        known = f"one from {there[0]} to {there[-1]}" if there else "a part in rollouts/"
        remedy = "choose a step that was run"
        if step in there:
            part = "part" if writer is None else f"part-{writer}.parquet"
            known, remedy = f"a whole {part} with rows of that step", "choose another step"
        raise ReplayError(
            f"the journal of '{run}' has no rollouts of step {step}: expected {known}; {remedy}"
        )
    return groups


def read_asked(run: Path, step: int, on_skip: OnSkip = log_skip) -> list[str]:
    """The ids of a step's questions, one for each group in the order of ``read_rollouts``.

    Nothing else of the rows is unpacked, nor held against what a writer writes.
    """
    columns = ("run", "step", "group", "question_id")
    asked: dict[tuple[str, int], str] = {}
    for row in read_columns(run, step, "rollouts", columns, on_skip):
        asked.setdefault((row["run"], row["group"]), row["question_id"])
    return [asked[name] for name in sorted(asked)]


def read_columns(
    run: Path,
    step: int,
    table: Literal["rollouts", "updates"],
    columns: Sequence[str],
    on_skip: OnSkip = log_skip,
) -> list[dict[str, Any]]:
    """Some columns of a step's rows as Python values, part by part, the learner's first.

    Nothing else of the rows is unpacked, nor held against what a writer writes.

    Args:
        columns: names; of a list of structs also ``parts.list.element.name``. "step" is among
            them, for a part with rows of another one is reported to ``on_skip`` and left out.
    """

    def decoded(step: int, data: bytes) -> list[dict[str, Any]]:
        rows = decode_columns(data, _TABLES[table], columns)
        _expect_step(step, [row["step"] for row in rows])
        return rows

    found = _parts(run, table, step, None, decoded, on_skip)
    return [row for _, rows in found for row in rows]


def read_updates(
    run: Path, step: int, on_skip: OnSkip = log_skip, *, writer: str | None = None
) -> list[StepUpdate]:
    """The updates of a step, one record a writer, the learner's first; bad parts go to
    ``on_skip``.
    """
    found = _parts(run, "updates", step, writer, _decode_update, on_skip)
    return [update for _, update in found]


def steps(run: Path) -> list[int]:
    """The steps that have rollouts, ascending."""
    names = (_STEP.fullmatch(path.name) for path in (run / "rollouts").glob("step_*"))
    return sorted({int(match[1]) for match in names if match and _part_paths(run, int(match[1]))})


def stamp(run: Path, step: int) -> Stamp:
    """What changes when rollouts of a step are written, again or by another writer."""
    places = ((path.name, path.lstat()) for path in _part_paths(run, step))
    return tuple((name, place.st_ino, place.st_mtime_ns, place.st_size) for name, place in places)


def _part_paths(run: Path, step: int) -> list[Path]:
    return sorted(_step_folder(run, "rollouts", step).glob("part-*.parquet"))


def _step_folder(run: Path, table: str, step: int) -> Path:
    return run / table / f"step_{step:06d}"


def _expect_step(step: int, found: Sequence[int]) -> None:
    if strangers := set(found) - {step}:
        raise RolloutError(
            f"rows for step {step} of the journal must be of that step: got also"
            f" {sorted(strangers)[:5]}; write each step by itself"
        )


def _parts(
    run: Path,
    table: str,
    step: int,
    writer: str | None,
    decode: Callable[[int, bytes], T],
    on_skip: OnSkip,
) -> Iterator[tuple[Path, T]]:
    paths = _step_folder(run, table, step).glob(f"part-{writer or '*'}.parquet")
    for path in sorted(paths, key=lambda path: (path.stem != f"part-{LEARNER}", path.name)):
        try:
            data = read_bounded(path, MAX_FILE_BYTES)
            content = decode(step, data)
        # What a stranger's bytes can raise in pyarrow, json and the records' own checks.
        except (DataError, RolloutError, pa.ArrowException, OSError) as error:
            on_skip(path, str(error))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            on_skip(path, f"malformed content: {error!r}")
        else:
            yield path, content


def _decode_rollouts(step: int, data: bytes) -> list[Group]:
    rows, logprobs, _metadata = decode(data, ROLLOUTS)
    _expect_step(step, [row["step"] for row in rows])
    return groups_from(rows, logprobs)


def _decode_update(step: int, data: bytes) -> StepUpdate:
    rows, logprobs, metadata = decode(data, UPDATES)
    _expect_step(step, [row["step"] for row in rows])
    summary = json.loads(metadata[_SUMMARY_KEY])
    if not isinstance(summary, dict) or not all(map(_is_scalar, summary.values())):
        raise DataError(f"summary: got {summary!r:.80}, expected numbers and texts by name")
    return StepUpdate(updates_from(rows, logprobs), summary)


def _is_scalar(value: Any) -> bool:
    """JSON may hold whole numbers that no float can."""
    whole = type(value) is int
    return -(2**63) <= value < 2**63 if whole else isinstance(value, Scalar)
