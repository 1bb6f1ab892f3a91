"""A folder of checkpoints: their names, which of them stay, what is swept away.

What goes is renamed to ``gone-<uuid>`` first, so that no reader ever meets a part of it.
``policies/checkpoint.py`` says what the names mean.
"""

from __future__ import annotations

import os
import re
import shutil
import uuid
from collections.abc import Collection
from pathlib import Path

from policies.manifest import has_its_sizes
from rewards.errors import CheckpointError
from rewards.whole_file import sync

_STEP = re.compile(r"step_(\d{6,})")


def step_name(step: int) -> str:
    """
    >>> step_name(123)
    'step_000123'
    """
    return f"step_{step:06d}"


def step_of(folder: Path) -> int | None:
    """The step of a published folder's name, None for any other name.

    >>> step_of(Path("run/checkpoints/step_000123")), step_of(Path("tmp-8a"))
    (123, None)
    """
    match = _STEP.fullmatch(folder.name)
    return int(match[1]) if match else None


def published(parent: Path) -> list[Path]:
    """The checkpoint folders below ``parent``, first step first; whole or not."""
    if not parent.is_dir():
        return []
    steps = [(step, path) for path in parent.iterdir() if (step := step_of(path)) is not None]
    return [path for _, path in sorted(steps)]


def prune(parent: Path, *, keep: int = 2, protect: Collection[str] = ()) -> list[Path]:
    """Deletes checkpoints except the first, the newest ``keep`` and the protected.

    Folders whose manifest is missing or does not agree with the sizes on disk
    are not counted and not deleted: they never displace a whole one.

    Args:
        parent: the folder of checkpoints.
        keep: how many of the newest stay, at least 1.
        protect: names that stay, such as the best so far.

    Returns:
        What was deleted.
    """
    if keep < 1:
        raise CheckpointError(f"checkpoints to keep: got {keep}, expected at least 1")
    whole = [folder for folder in published(parent) if has_its_sizes(folder)]
    surplus = [folder for folder in whole[1:-keep] if folder.name not in protect]
    for folder in surplus:
        discard(folder)
    return surplus


def sweep(parent: Path) -> list[Path]:
    """Deletes what a death left behind, ``tmp-*`` and ``gone-*``; returns it.

    Only for the one publisher of this folder: it would delete another's work.
    """
    left = [
        path for path in parent.glob("*-*") if re.fullmatch("(tmp|gone)-[0-9a-f]{32}", path.name)
    ]
    for path in left:
        _delete(path)
    return left


def discard(folder: Path) -> None:
    """Deletes a folder so that no reader ever meets a part of it."""
    gone = folder.with_name(f"gone-{uuid.uuid4().hex}")
    os.rename(folder, gone)
    sync(folder.parent)
    _delete(gone)


def _delete(folder: Path) -> None:
    """Of a link only the link: what it leads to stands elsewhere and is not ours."""
    if folder.is_symlink():
        folder.unlink()
    else:
        shutil.rmtree(folder)
