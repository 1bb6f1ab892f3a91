"""What is said where a file of a run cannot be written."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from rewards.errors import StorageError
from rollouts.files import publish, storage_error


def test_a_path_that_cannot_be_is_no_full_disk(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="look at the path and its permissions") as caught:
        publish(tmp_path / "file" / "config.yaml", b"seed: 1\n")
    assert "make room" not in str(caught.value)
    assert "bytes" not in str(caught.value)


def test_a_full_disk_is_one(tmp_path: Path) -> None:
    full = storage_error(tmp_path / "file", 9, OSError(errno.ENOSPC, "No space left on device"))
    assert "make room, then give the command again" in str(full)
