"""The folder of an imported data set: prepared beside its place, compared, then moved there.

Conventions
-----------
``questions.jsonl``, ``dev.jsonl`` where a share is held out, ``traces.jsonl`` where there are
traces, ``priors.json`` where the questions that train state facts, ``clips/``. What a command reads
comes last, so a folder whose ``questions.jsonl`` is there is whole. The folder may hold recordings
and other files of its user, which are left alone; files of these names with other content are never
overwritten.
"""

from __future__ import annotations

import filecmp
import math
import os
import re
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from rewards.clips import resolve_clip
from rewards.errors import ConfigError, DataError, StorageError
from rewards.records import Clip
from rewards.whole_file import sync

QUESTIONS, DEV, TRACES = "questions.jsonl", "dev.jsonl", "traces.jsonl"
PRIORS = "priors.json"
NAMES = (TRACES, PRIORS, DEV, QUESTIONS)
"""Written in this order."""
_ABANDONED = 3600  # seconds in which an import that lives has long written something


def work_folder(out: Path) -> Path:
    """A new place on the file system of ``out`` to prepare in; what imports that were killed left
    there is removed."""
    beside = out if out.is_dir() else out.parent
    with suppress(OSError):  # there is no such folder yet, or another process removed one first
        for place in beside.iterdir():
            if re.fullmatch(r"\.import-[0-9a-f]{8}", place.name) and not place.is_symlink():
                written = (Path(folder).stat().st_mtime for folder, _, _ in os.walk(place))
                if time.time() - max(written, default=math.inf) > _ABANDONED:
                    shutil.rmtree(place, ignore_errors=True)
    return beside / f".import-{uuid4().hex[:8]}"


def publish(
    out: Path,
    stage: Path,
    *,
    elsewhere: Mapping[str, Path],
    embedded: Mapping[str, Path],
    progress: Callable[[int, int], None],
) -> tuple[int, int]:
    """Bring the files of ``stage`` and all recordings to ``out``: (linked, copied).

    Args:
        stage: holds those of ``NAMES`` that were made; on the file system of ``out``.
        elsewhere: place below ``out`` -> the file that lies elsewhere.
        embedded: place below ``out`` -> the file in ``stage``.
        progress: told of recordings done and recordings in all.

    Raises:
        ConfigError: ``out`` holds other files under these names; nothing was written.
        StorageError: the disk refused; a questions file is there only if all else is.
    """
    _compare(out, stage, {**elsewhere, **embedded})
    linked = copied = 0
    try:
        out.mkdir(parents=True, exist_ok=True)
        every = [*elsewhere.items(), *embedded.items()]
        for done, (place, file) in enumerate(every):
            progress(done, len(every))
            if (out / place).exists():
                continue
            (out / place).parent.mkdir(parents=True, exist_ok=True)
            if place in embedded:
                os.replace(file, out / place)
            elif _linked(file, out / place):
                linked += 1
            else:
                shutil.copyfile(file, stage / "copy")
                sync(stage / "copy")
                os.replace(stage / "copy", out / place)
                copied += 1
        for place in _folders(out, [place for place, _ in every]):
            sync(place)
        progress(len(every), len(every))
        for name in NAMES:
            if (stage / name).exists():
                os.replace(stage / name, out / name)
        sync(out)
    except OSError as failure:
        raise StorageError(
            f"{out}: cannot be written ({failure.strerror or failure}); what stood there before is "
            "as it was; make room, then give the command again"
        ) from failure
    return linked, copied


def _compare(out: Path, stage: Path, clips: Mapping[str, Path]) -> None:
    """Refuse a folder in which something else stands in the place of what would be written."""
    if out.exists() and not out.is_dir():
        raise ConfigError(f"{out}: got a file, expected a folder to make or to write into")
    for name in NAMES:
        if not (out / name).exists():
            continue
        if not (stage / name).exists() or not _same(stage / name, out / name):
            raise ConfigError(
                f"{out / name}: holds something else, which runs may refer to; name another folder "
                "or remove it"
            )
    for place, file in clips.items():
        try:
            target = resolve_clip(Clip(place), out)
        except DataError as failure:
            raise ConfigError(f"{out}: {failure}") from failure
        if target.exists() and not _same(file, target):
            raise ConfigError(
                f"{out / place}: holds another recording than {file}; name another folder or "
                "remove it"
            )


def _folders(out: Path, places: list[str]) -> set[Path]:
    """Where the names of recordings live, below ``out``."""
    return {folder for place in places for folder in (out / place).parents if out in folder.parents}


def _same(one: Path, other: Path) -> bool:
    if not other.is_file():
        return False
    return os.path.samefile(one, other) or filecmp.cmp(one, other, shallow=False)


def _linked(file: Path, place: Path) -> bool:
    try:
        os.link(file, place, follow_symlinks=True)
    except OSError:  # another file system, none of ours, or one without links
        return False
    return True
