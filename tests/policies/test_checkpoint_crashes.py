"""A publisher that dies, fails or loses power at any call leaves a whole checkpoint."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from policies.checkpoint import latest
from policies.manifest import MANIFEST
from rewards.errors import StorageError

CALLS = ("mkdir", "open", "write", "fsync", "rename", "unlink", "rmdir")


class Death(BaseException):
    """From here on the process makes no system call."""


@dataclass
class System:
    """Stands before the os module: records calls, fails or dies at the k-th.

    Attributes:
        at: the call (from 0) at which ``blow`` strikes, None for never.
        blow: raises, or ends the process.
        only: the calls that count.
    """

    at: int | None = None
    blow: Callable[[], None] = lambda: None
    only: tuple[str, ...] = CALLS
    count: int = 0
    log: list[tuple[str, str]] = field(default_factory=list)
    synced: set[int] = field(default_factory=set)
    renames: list[tuple[Path, Path]] = field(default_factory=list)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in CALLS:
            monkeypatch.setattr(os, name, self._shim(name, getattr(os, name)))

    def _shim(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if name == "open" and args[1] & os.O_NONBLOCK:  # regular_file, which only reads
                return real(*args, **kwargs)
            if name in self.only:
                self.count += 1
                if self.at is not None and self.count - 1 >= self.at:
                    self.blow()
            self._note(name, args)
            result = real(*args, **kwargs)
            if name == "rename":
                self.renames.append((Path(args[0]), Path(args[1])))
            return result

        return call

    def _note(self, name: str, args: tuple[Any, ...]) -> None:
        target = args[0]
        if name in ("write", "fsync"):
            inode = os.fstat(target).st_ino
            target = os.readlink(f"/proc/self/fd/{target}")
            if name == "write":
                self.synced.discard(inode)
            else:
                self.synced.add(inode)
                folder = Path(target)
                self.renames = [r for r in self.renames if r[1].parent != folder]
        self.log.append((name, str(target)))


def leftovers(parent: Path) -> list[str]:
    return [p.name for p in parent.iterdir() if p.name.startswith(("tmp-", "gone-"))]


@pytest.fixture
def every_call(parent: Path, put: Any) -> Callable[..., Iterator[Any]]:
    """``every_call()``: for each call of a publication its number, a fresh folder and a patch."""

    def each(only: tuple[str, ...] = CALLS) -> Iterator[tuple[int, Path, pytest.MonkeyPatch]]:
        reference = parent.with_name("reference")
        shutil.copytree(parent, reference)
        with pytest.MonkeyPatch.context() as monkeypatch:
            system = System(only=only)
            system.install(monkeypatch)
            put(reference, 30)
        assert system.count > 5
        for k in range(system.count):
            copy = parent.with_name(f"copy_{k}")
            shutil.copytree(parent, copy)
            with pytest.MonkeyPatch.context() as monkeypatch:
                yield k, copy, monkeypatch

    return each


def test_files_are_synced_before_the_rename_and_the_parent_after(
    parent: Path, monkeypatch: pytest.MonkeyPatch, put: Any
) -> None:
    system = System()
    system.install(monkeypatch)
    put(parent, 30)
    log = [(name, Path(target).name) for name, target in system.log]
    temporary = next(name for call, name in log if call == "mkdir" and name.startswith("tmp-"))
    renamed = log.index(("rename", temporary))
    manifest_opened = log.index(("open", MANIFEST))
    manifest_synced = log.index(("fsync", MANIFEST))
    for name in ("model.safetensors", "state.json"):
        written = max(i for i, entry in enumerate(log) if entry == ("write", name))
        assert written < log.index(("fsync", name)) < manifest_opened
    assert manifest_opened < manifest_synced < log.index(("fsync", "inner")) < renamed
    assert manifest_synced < log.index(("fsync", temporary)) < renamed
    assert log[renamed + 1 : renamed + 3] == [("open", parent.name), ("fsync", parent.name)]
    deletions = [i for i, entry in enumerate(log) if entry[0] in ("unlink", "rmdir")]
    assert deletions
    assert min(deletions) > renamed + 2
    # What is deleted was renamed, and the renaming synced, before a file of it goes.
    discarded = log.index(("rename", "step_000010"))
    assert ("fsync", parent.name) in log[discarded : min(deletions)]


def test_a_failing_call_leaves_the_previous_or_the_new_checkpoint(
    put: Any, is_whole: Any, every_call: Any
) -> None:
    for k, copy, monkeypatch in every_call():
        system = System(at=k)

        def fail(system: System = system) -> None:
            system.at = None
            raise OSError(errno.EIO, "Input/output error")

        system.blow = fail
        system.install(monkeypatch)
        with pytest.raises(StorageError, match="Input/output error"):
            put(copy, 30)
        monkeypatch.undo()
        newest = latest(copy)
        assert newest is not None, k
        assert newest.name in ("step_000020", "step_000030"), k
        assert is_whole(newest), k
        assert is_whole(copy / "step_000000"), k
        assert not [n for n in leftovers(copy) if n.startswith("tmp-")], k


def _die() -> None:
    raise Death


def test_dying_at_any_call_leaves_a_whole_checkpoint_and_can_go_on(
    put: Any, is_whole: Any, every_call: Any
) -> None:
    for k, copy, monkeypatch in every_call():
        System(at=k, blow=_die).install(monkeypatch)
        with pytest.raises(Death):
            put(copy, 30)
        monkeypatch.undo()
        newest = latest(copy)
        assert newest is not None, k
        assert newest.name in ("step_000020", "step_000030"), k
        assert is_whole(newest), k
        put(copy, 40)
        assert latest(copy) == copy / "step_000040"
        assert leftovers(copy) == []


def test_kill_9_at_any_call(put: Any, is_whole: Any, every_call: Any) -> None:
    for k, copy, monkeypatch in every_call():
        child = os.fork()
        if child == 0:
            System(at=k, blow=lambda: os.kill(os.getpid(), signal.SIGKILL)).install(monkeypatch)
            put(copy, 30)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        newest = latest(copy)
        assert newest is not None, k
        assert is_whole(newest), k
        put(copy, 40)
        assert leftovers(copy) == []


def _lose_power(copy: Path, system: System) -> Iterator[Path]:
    """Each disk that may be found: unsynced bytes are gone, unsynced renames may be."""
    unsynced = [
        path.relative_to(copy)
        for path in copy.rglob("*")
        if path.is_file() and path.stat().st_ino not in system.synced
    ]
    number = itertools.count()
    for undone in itertools.product([False, True], repeat=len(system.renames)):
        for size in (0, 10):
            disk = copy.with_name(f"{copy.name}_disk_{next(number)}")
            shutil.copytree(copy, disk)
            for name in unsynced:
                os.truncate(disk / name, size)
            for undo, (source, target) in reversed(list(zip(undone, system.renames, strict=True))):
                moved = disk / target.relative_to(copy)
                if undo and moved.exists():
                    os.rename(moved, disk / source.relative_to(copy))
            yield disk


def test_losing_power_at_any_call_leaves_a_whole_checkpoint(
    put: Any, is_whole: Any, every_call: Any
) -> None:
    for k, copy, monkeypatch in every_call():
        system = System(at=k, blow=_die)
        system.synced = {p.stat().st_ino for p in copy.rglob("*")}
        system.install(monkeypatch)
        with pytest.raises(Death):
            put(copy, 30)
        monkeypatch.undo()
        for disk in _lose_power(copy, system):
            newest = latest(disk)
            assert newest is not None, k
            assert newest.name in ("step_000020", "step_000030"), k
            assert is_whole(newest), k
            shutil.rmtree(disk)


def test_losing_power_after_publication_loses_nothing(
    parent: Path, monkeypatch: pytest.MonkeyPatch, put: Any
) -> None:
    system = System()
    system.synced = {p.stat().st_ino for p in parent.rglob("*")}
    system.install(monkeypatch)
    put(parent, 30)
    monkeypatch.undo()
    for disk in _lose_power(parent, system):
        assert latest(disk) == disk / "step_000030"


def test_disk_full_at_any_write_names_the_bytes_and_keeps_the_previous(
    put: Any, is_whole: Any, every_call: Any
) -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for k, copy, monkeypatch in every_call(only=("write",)):
        System(at=k, blow=full, only=("write",)).install(monkeypatch)
        sentence = r"step_000030.*No space left.*after \d+ bytes.*room for \d+ .*\d+ are free"
        with pytest.raises(StorageError, match=sentence):
            put(copy, 30)
        monkeypatch.undo()
        assert leftovers(copy) == []
        assert latest(copy) == copy / "step_000020"
        assert is_whole(copy / "step_000010")
