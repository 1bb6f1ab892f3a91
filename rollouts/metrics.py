"""``metrics.jsonl``: one JSON object a line, in the order things happened.

Conventions
-----------
Every line has ``stage`` ("sft", "sft_eval", "grpo", "grpo_eval", ...) and
``step``, counted within its stage: of the step, or for an evaluation of the
state (``rollouts/records.py``). A number that is not finite is written as null,
and its place with what it was under ``not_finite``: JSON knows no NaN.

| stage     | other keys                                                           |
|-----------|----------------------------------------------------------------------|
| sft       | loss, learning_rate, grad_norm (before clipping)                     |
| sft_eval  | split, accuracy, topics {topic: accuracy}                            |
| grpo      | those below                                                          |
| grpo_eval | split, accuracy, topics                                              |

Of a step of GRPO. Standard deviations are those of the population; null stands for
what could not be measured, never for 0.

of all rollouts that were scored
    reward, reward_std        mean and standard deviation of the totals
    reward_group_std          standard deviation within a group, the mean over groups
    zero_variance             share of the groups whose rollouts all have advantage 0
    parts, part_spread        {name: mean}, {name: standard deviation}
    part_share                {name: share of the advantage}
of all rollouts
    unscored, truncated       shares: no part applied; cut at the token limit
    length                    {mean, max} of the completions [tokens]
    surprisal                 mean -log p of the sampled tokens, as they were drawn [nats]: an
                              estimate of the entropy that needs no signal
    part_weight, part_errors, {name: weight}, {name: count of those that failed},
    part_timeouts, part_ms    {name: milliseconds for a completion, those that failed among them}
of those that were learnt from, in the groups with an advantage; null without one
    tokens                    in the loss
    loss, grad_norm           before clipping
    entropy                   of the policy at their tokens [nats]
    kl                        to the reference, by the estimate ``grpo.kl`` [nats per token];
                              null without one
    clip_low, clip_high       shares of tokens held by the clip, at a bound; clip_fraction:
                              their sum
    sampler_gap               mean |sampler - learner| of the log-probs [nats]
of the step
    learning_rate             of the schedule, whether or not anything was learnt
    staleness                 updates that the weights lacked which sampled
    seconds                   {sample, score, learn}, wall time: until the groups are there,
                              divided as the actors' own time was; and until the update is. With
                              a staleness of 1 the one passes while the other does
    tokens_per_second         sampled tokens over ``seconds.sample``
    actors                    {died, late} of those replaced since the line before: their
                              process ended; killed without an answer within the deadline
    quarantined               ids of the questions that are asked no more, for they killed actors
    reward_files              {part: "FILE.py (digest), ..."} of the rewards in files that judged
                              it, with the files beside each that it imports, and of the files
                              that parameters name; another digest than in the line before: a file
                              was edited, and the run went on with it (``--accept-rewards``)

Version 0.1.0 has no reward_std, reward_group_std, length, surprisal, clip_low, clip_high,
tokens_per_second, actors, quarantined, reward_files, staleness and seconds.score (which
seconds.sample contains), and wrote 0 where nothing was learnt; ``read_metrics`` reads it as null.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Protocol

from policies.files import write_all
from rewards.errors import DataError
from rollouts.files import OnSkip, log_skip, publish, read_bounded, storage_error
from rollouts.finite import plain

MAX_FILE_BYTES = 256 * 2**20
SYNC_SECONDS = 5.0

_LEARNT = ("tokens", "loss", "grad_norm", "entropy", "kl", "clip_fraction", "sampler_gap")
_NOTHING: Mapping[str, int] = MappingProxyType({})


class Follower(Protocol):
    """What else is told each line: those that are there at the start, then each new one."""

    def write(self, line: Mapping[str, Any]) -> None: ...
    def sync(self) -> None: ...
    def close(self) -> None: ...


class MetricsWriter:
    """Appends lines, each in one write; fsyncs every few seconds and on close.

    Args:
        path: the file; made where it is missing. A torn last line is cut off.
        states: on resume, the state that a stage goes on from, for example
            ``{"grpo": 50}``: lines of its steps from 50 on and evaluations of
            later states are removed, since they will be written again. -1
            removes the stage.
        follower: is told every line, too.

    Raises:
        StorageError: where a write fails; whole lines before it are kept.
        DataError: where an existing file is no regular file or too large.
    """

    def __init__(
        self,
        path: Path,
        states: Mapping[str, int] = _NOTHING,
        follower: Follower | None = None,
    ) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            _trim(path, states)
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
            self._file = os.open(path, flags, 0o644)
        except OSError as error:
            raise storage_error(path, 0, error) from error
        self._synced = time.monotonic()
        self._follower = follower
        for line in read_metrics(path) if follower else ():
            self._follow(line)

    def write(self, stage: str, step: int, **values: Any) -> None:
        """Append one line.

        Raises:
            DataError: where a value is not JSON.
            StorageError: where the disk is full; no part of the line stays.
        """
        found = plain({"stage": stage, "step": step, **values})
        line = _line(found)
        size = os.fstat(self._file).st_size
        try:
            write_all(self._file, line)
            if time.monotonic() - self._synced > SYNC_SECONDS:
                self._sync()
        except OSError as error:
            os.ftruncate(self._file, size)
            raise storage_error(self._path, len(line), error) from error
        self._follow(found)

    def _follow(self, line: Mapping[str, Any]) -> None:
        if self._follower is not None:
            self._follower.write(line)

    def sync(self) -> None:
        """Wait until all lines are on the disk; call it before a checkpoint counts."""
        try:
            self._sync()
        except OSError as error:
            raise storage_error(self._path, 0, error) from error

    def _sync(self) -> None:
        os.fsync(self._file)
        if self._follower is not None:
            self._follower.sync()
        self._synced = time.monotonic()

    def close(self) -> None:
        """Sync and close."""
        self.sync()
        os.close(self._file)
        if self._follower is not None:
            self._follower.close()

    def __enter__(self) -> MetricsWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def read_metrics(path: Path, on_skip: OnSkip = log_skip) -> list[dict[str, Any]]:
    """The lines of a metrics file that are JSON objects with a stage and a step.

    A torn or foreign line is reported to ``on_skip`` with its number; so is a
    file that is missing, too large or no regular file (then nothing is read).
    """
    try:
        data = read_bounded(path, MAX_FILE_BYTES)
    except DataError as error:
        on_skip(path, str(error))
        return []
    records = []
    for number, line in enumerate(data.splitlines(), start=1):
        record = _parse(line)
        if record is None:
            on_skip(path, f"line {number} is no metrics record")
        else:
            records.append(_measured(record))
    return records


def _measured(record: dict[str, Any]) -> dict[str, Any]:
    """A line with null for what version 0.1.0 wrote 0 for, where nothing was learnt."""
    if record["stage"] != "grpo" or record.get("tokens") != 0:
        return record
    return {name: None if name in _LEARNT else value for name, value in record.items()}


def _trim(path: Path, states: Mapping[str, int]) -> None:
    """Rewrite the file without torn lines and without lines past ``states``."""
    data = read_bounded(path, MAX_FILE_BYTES)
    lines = data.splitlines(keepends=True)
    kept = [line for line in lines if line.endswith(b"\n") and _stays(line, states)]
    if len(kept) < len(lines):
        publish(path, b"".join(kept))


def _stays(line: bytes, states: Mapping[str, int]) -> bool:
    record = _parse(line)
    if record is None:  # a foreign line is not ours to remove; readers skip it
        return True
    stage = record["stage"].removesuffix("_eval")
    state = states.get(stage)
    if state is None:
        return True
    return record["step"] < state if record["stage"] == stage else record["step"] <= state


def _parse(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    ours = isinstance(record, dict) and isinstance(record.get("stage"), str)
    return record if ours and type(record.get("step")) is int else None


def _line(record: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(record, allow_nan=False).encode() + b"\n"
    except (TypeError, ValueError) as error:
        raise DataError(
            f"metrics of {record['stage']} step {record['step']} are not JSON: {error};"
            " expected numbers, strings, None, lists and mappings"
        ) from error
