"""Files of a run: what is said where one cannot be written, and what of one is read."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from rewards.errors import DataError, StorageError
from rollouts.files import publish, read_bounded, storage_error


def test_a_path_that_cannot_be_is_no_full_disk(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="look at the path and its permissions") as caught:
        publish(tmp_path / "file" / "config.yaml", b"seed: 1\n")
    assert "make room" not in str(caught.value)
    assert "bytes" not in str(caught.value)


def test_a_full_disk_is_one(tmp_path: Path) -> None:
    full = storage_error(tmp_path / "file", 9, OSError(errno.ENOSPC, "No space left on device"))
    assert "make room, then give the command again" in str(full)


def test_a_file_of_the_most_bytes_is_read_and_one_of_a_byte_more_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    assert read_bounded(tmp_path / "file", 5) == b"12345"
    with pytest.raises(DataError, match="got more than 4 bytes"):
        read_bounded(tmp_path / "file", 4)
