"""What a run is made of, in digests: what must be the same when it goes on.

===============  =======================================================================
name             stands for
===============  =======================================================================
start            the weights it began from, by samples (``policies/adapter_base.py``)
questions, dev   every field of every question
clips            the bytes of the files they name, of the clips that state no hash: the
                 others are held to theirs whenever they are read. Of more than
                 ``WHOLE_BYTES`` in all, size, begin, middle and end of each file
clip_files       the same, file by file: which of them changed. Empty where the list would
                 be longer than ``LISTED_BYTES``: every checkpoint holds it
rubric           its parts and settings, but for where a reward's file lies
reward_files     what stands in each FILE.py of the rubric, in the files beside it that it imports
                 and in those that parameters name, by part (``rollouts/reward_files.py``)
settings         of loop, curriculum, sampling, learner and opening, but for ``_FREE``
===============  =======================================================================

The others stand for themselves. A clip is not decoded: another encoding of the same
sound is another clip. 6,000 files of 100 kB take 0.7 s.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from hashlib import blake2b, sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policies.adapter_base import weights_digest
from policies.files import regular_file
from rewards.clips import fault
from rewards.errors import AudioError
from rewards.json_line import digest_of_rows
from rewards.questions import question_to_json
from rewards.records import Question
from rewards.rubric import Rubric
from rewards.rubric_names import in_file
from rollouts.reward_files import REWARD_FILES, reward_files

if TYPE_CHECKING:
    from rollouts.run import GrpoSpec

WHOLE_BYTES = 2**30
LATER = ("start", "dev", "clips", "rubric", REWARD_FILES, "settings")
"""What checkpoints of version 0.1.0 lack."""

CLIP_FILES = "clip_files"
"""What tells the clips apart; older checkpoints lack it."""
LISTED_BYTES = 2**24
"""Of JSON; some 200,000 files, and well below what a state may have (``snapshot.py``)."""

_FREE = {
    "loop": {"steps", "checkpoint_every", "keep_every", "groups", "staleness"},
    "learner": {
        "total_steps", "loss", "micro_tokens", "head_chunk", "checkpointing", "shards",
        "threads", "temperature", "offload",
    },
    "opening": {"device"},
}  # fmt: skip
"""What may change, as memory or processes need it, and what is told elsewhere."""
_BLOCK = 2**20
_SAMPLE = 4096


def fingerprint(spec: GrpoSpec, rubric: Rubric) -> dict[str, Any]:
    """Name -> what must not change when the run goes on, as JSON.

    Take it once, before the run begins: files may change while it lasts.

    Args:
        rubric: as ``spec.rubric`` describes it.

    Raises:
        AudioError: a clip that states no hash has no file.
        ConfigError: a reward's file cannot be read.
    """
    whole, contents = _contents(spec.clips, [*spec.questions, *spec.dev])
    return {
        "seed": spec.seed,
        "start": weights_digest(spec.model),
        "questions": digest_of_rows(map(question_to_json, spec.questions)),
        "dev": digest_of_rows(map(question_to_json, spec.dev)),
        "clips": _clips(whole, contents),
        CLIP_FILES: _listed(contents),
        "rubric": _rubric(rubric),
        REWARD_FILES: reward_files(rubric),
        "settings": _settings(spec),
        "groups": spec.loop.groups,
        "group_size": spec.rows,
        "chunk": spec.pool.chunk,
        "loss": spec.learner.loss,
        "lora": None if spec.lora is None else dict(spec.lora),
    }


def _settings(spec: GrpoSpec) -> dict[str, Any]:
    """Section.name -> value; the end of the run where its learning rate depends on it.

    Staleness only where there is some: older runs had none and do not say so.
    """
    found = {
        f"{section}.{name}": value
        for section in ("loop", "curriculum", "sampling", "learner", "opening")
        for name, value in asdict(getattr(spec, section)).items()
        if name not in _FREE.get(section, ())
    }
    if spec.learner.schedule != "constant":
        found["learner.total_steps"] = spec.learner.total_steps
    if spec.loop.staleness:
        found["loop.staleness"] = spec.loop.staleness
    return found


def _rubric(rubric: Rubric) -> str:
    """A project that was moved has the same rubric: of FILE.py:NAME only NAME counts."""
    parts = [
        replace(part, reward=part.reward.rpartition(":")[2]) if in_file(part.reward) else part
        for part in rubric.parts
    ]
    config = replace(rubric, parts=tuple(parts)).config
    return f"{len(parts)} parts ({_short(json.dumps(config, default=str).encode())})"


def _short(data: bytes) -> str:
    return blake2b(data, digest_size=8).hexdigest()


def _contents(root: Path, questions: Iterable[Question]) -> tuple[bool, dict[str, str]]:
    """Whether files are read whole; path -> what is in each that a clip without a hash names."""
    clips = (question.clip for question in questions)
    paths = sorted({clip.path for clip in clips if clip is not None and not clip.sha256})
    whole = sum(_size(root, path) for path in paths) <= WHOLE_BYTES
    return whole, {path: _content(root, path, whole) for path in paths}


def _clips(whole: bool, contents: Mapping[str, str]) -> str:
    digest = blake2b(digest_size=8)
    for path, content in contents.items():
        digest.update(f"{path}\0{content}\n".encode("utf-8", "surrogatepass"))
    return f"{len(contents)} files{'' if whole else ', sampled'} ({digest.hexdigest()})"


def _listed(contents: Mapping[str, str]) -> dict[str, str]:
    found = {path: _short(content.encode()) for path, content in contents.items()}
    return found if len(json.dumps(found)) <= LISTED_BYTES else {}


def _size(root: Path, path: str) -> int:
    try:
        return os.stat(os.path.join(root, path)).st_size
    except (OSError, ValueError):
        return 0  # `_content` says so


def _content(root: Path, path: str, whole: bool) -> str:
    """The size and the sha256 of a file's bytes, or of some."""
    if wrong := fault(path):
        raise _unread(root, path, f"a path that {wrong}")
    digest = sha256()
    try:
        with regular_file(os.path.join(root, path)) as file:
            size = os.fstat(file.fileno()).st_size
            if whole:
                while block := file.read(_BLOCK):
                    digest.update(block)
            else:
                for place in (0, size // 2, max(0, size - _SAMPLE)):
                    file.seek(place)
                    digest.update(file.read(_SAMPLE))
    except OSError as error:
        raise _unread(root, path, error.strerror or str(error)) from error
    return f"{size} {digest.hexdigest()}"


def _unread(root: Path, path: str, why: str) -> AudioError:
    return AudioError(
        f"clip {path!r} cannot be read: got {why}, expected a file below '{root}'; put it there, "
        "or leave out the questions about it"
    )
