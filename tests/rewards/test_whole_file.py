"""Files that are there whole or not at all: every way in which writing one can end."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from rewards.whole_file import replacing

MUCH = b"new" * 100_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "file").write_bytes(b"old")
    return tmp_path / "file"


def names(path: Path) -> list[str]:
    return sorted(os.listdir(path.parent))


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Whoever writes beyond so many bytes of a file is told that it is too large."""
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)


def test_a_file_is_as_it_was_until_the_new_one_is_on_the_disk(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[str, bytes]] = []
    synced: list[int] = []

    def told(name: str) -> Any:
        real = getattr(os, name)

        def call(*args: Any) -> Any:
            calls.append((name, path.read_bytes()))
            if len(calls) == 1:
                synced.append(os.fstat(args[0]).st_size)
            return real(*args)

        return call

    with monkeypatch.context() as patch:
        for name in ("fsync", "replace"):
            patch.setattr(os, name, told(name))
        with replacing(path) as file:
            file.write(MUCH)
            file.write(b"end")
            assert path.read_bytes() == b"old"
    assert calls == [("fsync", b"old"), ("replace", b"old"), ("fsync", MUCH + b"end")]
    assert synced == [len(MUCH) + 3], "none of it may wait in a buffer"
    assert path.read_bytes() == MUCH + b"end"
    assert names(path) == ["file"]


@pytest.mark.parametrize("failing", ["write", "fsync", "replace"])
def test_a_disk_that_refuses_leaves_the_old_file_and_nothing_beside_it(
    path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, file_size_limit(1_000 if failing == "write" else -1):
        if failing != "write":
            patch.setattr(os, failing, full)
        with pytest.raises(OSError, match=r"too large|No space"), replacing(path) as file:
            file.write(MUCH)
    assert path.read_bytes() == b"old"
    assert names(path) == ["file"]


@pytest.mark.parametrize("stop", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_block_that_does_not_come_to_its_end_leaves_the_old_file(
    path: Path, stop: type[BaseException]
) -> None:
    def write() -> None:
        with replacing(path) as file:
            file.write(MUCH)
            raise stop

    with pytest.raises(stop):
        write()
    assert path.read_bytes() == b"old"
    assert names(path) == ["file"]


def test_two_that_write_one_file_at_once_both_write_it_whole(path: Path) -> None:
    with replacing(path) as first:
        first.write(MUCH)
        with replacing(path) as second:
            second.write(b"second")
        assert path.read_bytes() == b"second"
    assert path.read_bytes() == MUCH
    assert names(path) == ["file"]


def test_what_a_killed_process_left_is_removed_and_a_link_in_its_place_not_followed(
    path: Path,
) -> None:
    temporary, other = path.with_name(".file.tmp"), path.with_name("other")
    other.write_bytes(b"mine")
    for left in (lambda: temporary.write_bytes(MUCH), lambda: temporary.symlink_to(other)):
        left()
        with replacing(path, temporary) as file:
            file.write(b"new")
        assert path.read_bytes() == b"new"
        assert not path.is_symlink()
        assert other.read_bytes() == b"mine"
        assert names(path) == ["file", "other"]
