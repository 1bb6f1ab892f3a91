"""Opening what a stranger names neither waits nor reads a device."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from policies.files import regular_file
from policies.manifest import MANIFEST, read_manifest
from rewards.errors import CheckpointError


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("pipe", "a folder or device"),
        (".", "a folder or device"),
        ("/dev/zero", "a folder or device"),
        ("nothing", "No such file"),
        ("nu\0l", "null"),
    ],
)
def test_what_is_no_regular_file_is_said(tmp_path: Path, name: str, why: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    held = os.listdir("/proc/self/fd")
    with pytest.raises(OSError, match=why):
        regular_file(os.path.join(tmp_path, name))
    assert os.listdir("/proc/self/fd") == held


def test_a_link_is_followed_unless_it_may_not_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"sound")
    (tmp_path / "link").symlink_to("file")
    with regular_file(tmp_path / "link") as file:
        assert file.read() == b"sound"
    with pytest.raises(OSError, match="symbolic links"):
        regular_file(tmp_path / "link", follow_link=False)


def test_a_manifest_that_is_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / MANIFEST)
    with pytest.raises(CheckpointError, match=r"that cannot be read .*a folder or device"):
        read_manifest(tmp_path)
