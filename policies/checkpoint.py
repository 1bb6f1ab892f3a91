"""Checkpoints that are either whole or not there.

Conventions
-----------
A checkpoint is a folder, ``step_000123``, that appears by one rename. Names sort
by step. What stands beside it under other names is unfinished or going away:

===============  ===========================================================
``step_000123``  published: whole, with MANIFEST.json
``tmp-<uuid>``   being written; left behind by a death, swept by the next
``gone-<uuid>``  being deleted: renamed first, so that a half-deleted folder
                 is never taken for a checkpoint; swept as well
``damaged-...``  found damaged when its step came round again; never deleted
===============  ===========================================================

Order of publication: each file is synced, then each folder in it, MANIFEST.json
last, then the temporary folder; then the rename; then the parent is synced.
Whatever the machine loses with its power, a reader finds the previous
checkpoint or the new one. A folder of checkpoints has one publisher; what is published
for others goes into a folder that is not ours to put in order.

Numbers that are not tensors belong into JSON, tensors into safetensors
(``policies/tensors.py``), never into pickle.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from policies.checkpoint_folder import prune, published, step_of, sweep
from policies.manifest import has_its_sizes, read_manifest, seal, verify
from rewards.errors import CheckpointError, StorageError
from rewards.whole_file import sync

_SPARE_BYTES = 2**20
_OF_SYSTEM = re.compile(r"\(os error \d+\)")
"""How a library in Rust ends what it says of an error of the system."""
_LOG = logging.getLogger(__name__)


def publish(
    folder: Path,
    write: Callable[[Path], None],
    *,
    keep: int | None = 2,
    metadata: Mapping[str, Any] | None = None,
    protect: Collection[str] = (),
) -> Path:
    """Writes a checkpoint, makes it visible by one rename, prunes older ones.

    Args:
        folder: where it shall stand, ``.../step_000123``. Under another name it
            is written as safely, but neither pruned nor found by ``latest``.
        write: writes the files into the folder it is given.
        keep, protect: see ``prune``, which runs afterwards. ``keep=None``: the folder around it
            is somebody else's, and nothing in it is swept, moved aside or deleted.
        metadata: JSON for the manifest.

    Returns:
        ``folder``.

    Raises:
        StorageError: less space than the checkpoint before takes, or a write failed.
        CheckpointError: a folder of that name exists, ``write`` left a file
            that does not belong, or the metadata is not JSON.
        Exception: whatever ``write`` raises.
        In each case earlier checkpoints are as they were.
    """
    folder = Path(folder)
    parent = folder.parent
    temporary = parent / f"tmp-{uuid.uuid4().hex}"
    _prepare(folder, ours=keep is not None)
    try:
        os.mkdir(temporary)
        write(temporary)
        seal(temporary, folder.name, metadata or {})
        os.rename(temporary, folder)
    except BaseException as error:
        written = _bytes_below(temporary)
        _remove_after(error, temporary)
        if not _is_of_storage(error):
            raise
        raise StorageError(
            f"checkpoint {str(folder)!r} could not be written: got {error} after {written} bytes, "
            f"expected room for {written + _SPARE_BYTES} or more and "
            f"{shutil.disk_usage(parent).free} are free; look at space and permissions, what was "
            "published before is intact"
        ) from error
    try:
        sync(parent)
        if keep is not None:
            prune(parent, keep=keep, protect={folder.name, *protect})
    except OSError as error:
        raise StorageError(
            f"checkpoint {str(folder)!r} is written, but its folder was not put in order: got "
            f"{error}, expected to sync it and to delete older ones; look at the disk and the "
            "permissions"
        ) from error
    return folder


def latest(parent: Path) -> Path | None:
    """The newest checkpoint that verifies, or None where none was ever published.

    The log says of each newer one that it was skipped, and why.

    Raises:
        CheckpointError: there are checkpoints and none verifies: to begin again
            from nothing is the user's decision.
    """
    reasons = []
    for folder in reversed(published(parent)):
        try:
            manifest = verify(folder)
            if manifest.name != folder.name:
                raise CheckpointError(
                    f"checkpoint {str(folder)!r}: got the files of {manifest.name!r}, expected "
                    "its own; undo the renaming"
                )
        except CheckpointError as error:
            reasons.append(str(error))
            _LOG.warning("skipped, and the one before it is tried: %s", error)
        else:
            return folder
    if reasons:
        raise CheckpointError(
            f"no checkpoint in {str(parent)!r} can be used: got {len(reasons)} damaged, expected "
            f"a whole one; restore one from a copy, or begin anew in another folder; the newest: "
            f"{reasons[0]}"
        )
    return None


def is_whole(folder: Path) -> bool:
    """True if the checkpoint is there and verifies, False if there is no such folder.

    Raises:
        CheckpointError: it is there and damaged: what to do is the user's decision.
    """
    if not folder.exists():
        return False
    verify(folder)
    return True


def _prepare(folder: Path, *, ours: bool) -> None:
    parent = folder.parent
    try:
        _make_folder(parent)
        if ours:
            sweep(parent)
        _make_way(folder, ours=ours)
        _check_space(parent, published(parent) if ours else ())
    except StorageError:
        raise
    except OSError as error:
        raise StorageError(
            f"checkpoint {str(folder)!r} cannot be begun: got {error}, expected a folder that can "
            "be written; look at the path and its permissions"
        ) from error


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent)
        os.mkdir(folder)
        sync(folder.parent)


def _make_way(folder: Path, *, ours: bool) -> None:
    """A resumed run comes by the step of a checkpoint that it could not use."""
    if not folder.exists():
        return
    if not ours or step_of(folder) is None or _verifies(folder):
        raise CheckpointError(
            f"checkpoint {str(folder)!r}: got a folder of that name already, expected none; "
            "resume from it or write into another run folder"
        )
    aside = folder.with_name(f"damaged-{uuid.uuid4().hex}")
    _LOG.warning("checkpoint %s is damaged and is moved aside to %s", folder, aside)
    os.rename(folder, aside)


def _verifies(folder: Path) -> bool:
    """By every byte, as ``latest`` judged it: sizes alone would keep a flipped bit."""
    try:
        verify(folder)
    except CheckpointError:
        return False
    return True


def _check_space(parent: Path, before: Sequence[Path]) -> None:
    """Room for as much as the newest whole one of ``before`` takes."""
    whole = [folder for folder in before if has_its_sizes(folder)]
    needed = (read_manifest(whole[-1]).size if whole else 0) + _SPARE_BYTES
    free = shutil.disk_usage(parent).free
    if free < needed:
        raise StorageError(
            f"no room for a checkpoint in {str(parent)!r}: got {free} bytes free, expected "
            f"{needed}; free some space, what was published before is intact"
        )


def _is_of_storage(error: BaseException) -> bool:
    """A library may report what the system refused in its own words, as safetensors does: a full
    disk, a spent quota, a file that is too large."""
    said = str(error)
    by_system = "No space left on device" in said or _OF_SYSTEM.search(said) is not None
    return isinstance(error, OSError) or by_system


def _bytes_below(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _remove_after(error: BaseException, temporary: Path) -> None:
    """Cleans up without hiding why it had to."""
    try:
        shutil.rmtree(temporary)
    except FileNotFoundError:
        pass
    except OSError as second:
        error.add_note(f"and {str(temporary)!r} could not be removed: {second}")
