"""Checkpoints are whole or not there, wherever the publisher dies."""

from __future__ import annotations

import errno
import hashlib
import itertools
import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from policies import checkpoint
from policies.checkpoint import latest, prune, publish, read_manifest, step_name, sweep, verify
from policies.manifest import MANIFEST, write_synced
from rewards.errors import CheckpointError, StorageError

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


def writer(step: int) -> Callable[[Path], None]:
    """Two files, one of them in an inner folder, that differ from step to step."""

    def write(folder: Path) -> None:
        os.mkdir(folder / "inner")
        for name in ("model.safetensors", "inner/state.json"):
            fd = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
            try:
                for part in range(3):
                    os.write(fd, content(step, name, part))
            finally:
                os.close(fd)

    return write


def content(step: int, name: str, part: int) -> bytes:
    return f"{step} {name} {part}".encode() * 50


def is_whole(folder: Path) -> bool:
    step = checkpoint.step_of(folder)
    verify(folder)
    return all(
        (folder / name).read_bytes() == b"".join(content(step or 0, name, p) for p in range(3))
        for name in ("model.safetensors", "inner/state.json")
    )


def put(parent: Path, step: int, **options: Any) -> Path:
    return publish(parent / step_name(step), writer(step), **options)


def leftovers(parent: Path) -> list[str]:
    return [p.name for p in parent.iterdir() if p.name.startswith(("tmp-", "gone-"))]


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    """Two checkpoints, so that a third prunes and the first stays."""
    folder = tmp_path / "checkpoints"
    for step in (0, 10, 20):
        put(folder, step)
    return folder


def every_call(
    parent: Path, only: tuple[str, ...] = CALLS
) -> Iterator[tuple[int, Path, pytest.MonkeyPatch]]:
    """A fresh copy of the folder for each call that a publication makes."""
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


def test_a_published_checkpoint_verifies_and_is_the_latest(parent: Path) -> None:
    folder = put(parent, 30, metadata={"step": 30, "cursor": [1, 2], "loss": 0.1})
    assert folder == parent / "step_000030" == latest(parent)
    assert is_whole(folder)
    manifest = verify(folder)
    assert manifest.metadata == {"step": 30, "cursor": [1, 2], "loss": 0.1}
    assert set(manifest.files) == {"model.safetensors", "inner/state.json"}
    assert manifest.size == sum((folder / name).stat().st_size for name in manifest.files)
    assert latest(parent.with_name("nothing")) is None


def test_files_are_synced_before_the_rename_and_the_parent_after(
    parent: Path, monkeypatch: pytest.MonkeyPatch
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


def test_a_failing_call_leaves_the_previous_or_the_new_checkpoint(parent: Path) -> None:
    for k, copy, monkeypatch in every_call(parent):
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


def test_dying_at_any_call_leaves_a_whole_checkpoint_and_can_go_on(parent: Path) -> None:
    for k, copy, monkeypatch in every_call(parent):
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


def test_kill_9_at_any_call(parent: Path) -> None:
    for k, copy, monkeypatch in every_call(parent):
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


def test_losing_power_at_any_call_leaves_a_whole_checkpoint(parent: Path) -> None:
    for k, copy, monkeypatch in every_call(parent):
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
    parent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = System()
    system.synced = {p.stat().st_ino for p in parent.rglob("*")}
    system.install(monkeypatch)
    put(parent, 30)
    monkeypatch.undo()
    for disk in _lose_power(parent, system):
        assert latest(disk) == disk / "step_000030"


def test_disk_full_at_any_write_names_the_bytes_and_keeps_the_previous(parent: Path) -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for k, copy, monkeypatch in every_call(parent, only=("write",)):
        System(at=k, blow=full, only=("write",)).install(monkeypatch)
        sentence = r"step_000030.*No space left.*after \d+ bytes.*room for \d+ .*\d+ are free"
        with pytest.raises(StorageError, match=sentence):
            put(copy, 30)
        monkeypatch.undo()
        assert leftovers(copy) == []
        assert latest(copy) == copy / "step_000020"
        assert is_whole(copy / "step_000010")


def test_a_library_that_words_a_full_disk_itself_is_understood(parent: Path) -> None:
    def write(folder: Path) -> None:
        (folder / "a").write_bytes(b"12345")
        raise RuntimeError("I/O error: No space left on device (os error 28)")

    with pytest.raises(StorageError, match=r"step_000030.*after 5 bytes.*intact"):
        publish(parent / "step_000030", write)

    def write_tensors(folder: Path) -> None:
        raise StorageError("'m.safetensors' could not be written")

    with pytest.raises(StorageError, match=r"step_000030.*m.safetensors.*intact"):
        publish(parent / "step_000030", write_tensors)
    assert latest(parent) == parent / "step_000020"


def test_free_space_is_checked_before_a_byte_is_written(
    parent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(parent)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    size = read_manifest(parent / "step_000020").size
    written: list[Path] = []
    with pytest.raises(StorageError, match=f"got 1000 bytes free, expected {size + 2**20};"):
        publish(parent / "step_000030", written.append)
    with pytest.raises(StorageError, match=f"expected {5 * 10**9 + 2**20};"):
        publish(parent / "step_000030", written.append, expected_bytes=5 * 10**9)
    assert written == []


def test_an_error_of_the_writer_passes_and_leaves_nothing(parent: Path) -> None:
    before = sorted(path.name for path in parent.iterdir())
    for error in (ZeroDivisionError("bug"), KeyboardInterrupt()):

        def write(folder: Path, error: BaseException = error) -> None:
            (folder / "half").write_bytes(b"x")
            raise error

        with pytest.raises(type(error)):
            publish(parent / "step_000030", write)
        assert sorted(path.name for path in parent.iterdir()) == before


def damage_and_expect(parent: Path, match: str) -> None:
    reasons: list[str] = []
    assert latest(parent, report=reasons.append) == parent / "step_000010"
    assert len(reasons) == 1
    assert "step_000020" in reasons[0]
    with pytest.raises(CheckpointError, match=match):
        verify(parent / "step_000020")


def test_any_flipped_bit_is_refused_with_fallback_by_one(parent: Path) -> None:
    random = np.random.default_rng(3)
    newest = parent / "step_000020"
    files = [path for path in newest.rglob("*") if path.is_file()]
    for number in range(500):
        path = files[number % len(files)]
        good = path.read_bytes()
        bad = bytearray(good)
        bad[int(random.integers(len(bad)))] ^= 1 << int(random.integers(8))
        path.write_bytes(bad)
        # White space in the manifest is all that may differ in silence.
        if path.name == MANIFEST and _same_json(good, bytes(bad)):
            path.write_bytes(good)
            continue
        assert latest(parent, report=lambda _: None) == parent / "step_000010", (path, number)
        path.write_bytes(good)
    assert latest(parent) == newest


def _same_json(good: bytes, bad: bytes) -> bool:
    try:
        return json.loads(good) == json.loads(bad)
    except ValueError:
        return False


@pytest.mark.parametrize("name", ["model.safetensors", "inner/state.json", MANIFEST])
def test_truncation_is_refused(parent: Path, name: str) -> None:
    path = parent / "step_000020" / name
    for size in (path.stat().st_size - 1, 7, 0):
        os.truncate(path, size)
        damage_and_expect(parent, "step_000020.*got.*expected.*earlier")


def test_swapped_surplus_missing_and_linked_files_are_refused(parent: Path) -> None:
    newest, older = parent / "step_000020", parent / "step_000010"
    model = newest / "model.safetensors"
    good = model.read_bytes()
    model.write_bytes((older / "model.safetensors").read_bytes())
    damage_and_expect(parent, r"got blake2b \w{16}... of 'model.safetensors', expected \w{16}")
    model.unlink()
    damage_and_expect(parent, r"got no file 'model.safetensors', expected one by its manifest")
    model.symlink_to(older / "model.safetensors")
    damage_and_expect(parent, "a link or device")
    model.unlink()
    model.write_bytes(good)
    (newest / "inner" / "extra.py").write_text("boo")
    damage_and_expect(parent, r"got a file 'inner/extra.py', expected none by its manifest")
    (newest / "inner" / "extra.py").unlink()
    assert latest(parent) == newest
    shutil.copy(older / MANIFEST, newest / MANIFEST)
    damage_and_expect(parent, "blake2b|bytes")


def test_a_checkpoint_under_another_step_is_not_taken(parent: Path) -> None:
    shutil.copytree(parent / "step_000010", parent / "step_000099")
    reasons: list[str] = []
    assert latest(parent, report=reasons.append) == parent / "step_000020"
    assert "got the files of 'step_000010'" in reasons[0]


def test_nothing_usable_is_an_error_and_not_a_fresh_start(parent: Path) -> None:
    for folder in parent.iterdir():
        (folder / MANIFEST).unlink()
    with pytest.raises(CheckpointError, match=r"got 3 damaged.*step_000020"):
        latest(parent, report=lambda _: None)


def test_another_manifest_format_is_named(parent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policies.manifest.FORMAT", 2)
    with pytest.raises(CheckpointError, match="got manifest format 1, expected 2"):
        verify(parent / "step_000020")


@pytest.mark.parametrize(
    "changes",
    [
        {"files": [1]},
        {"files": {"a": 5}},
        {"files": {"a": [1]}},
        {"files": {"a": ["1", "ab"]}},
        {"files": {"a": [1, "ab", 2]}},
        {"files": None},
        {"name": None},
        {"name": ["step_000020"]},
        {"metadata": []},
    ],
    ids=str,
)
def test_a_manifest_of_another_form_is_refused_though_its_digest_is_right(
    parent: Path, changes: dict[str, Any]
) -> None:
    path = parent / "step_000020" / MANIFEST
    content = {**json.loads(path.read_bytes()), **changes}
    del content["blake2b"]
    # Anybody can write a digest: of the canonical form, without itself.
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    content["blake2b"] = hashlib.blake2b(canonical, digest_size=32).hexdigest()
    path.write_text(json.dumps(content))
    damage_and_expect(parent, "of another form, expected a name, files with size and hash")
    put(parent, 30)


@pytest.mark.parametrize("depth", [100, 900, 10_000])
def test_a_manifest_nested_too_deep_is_refused(parent: Path, depth: int) -> None:
    nested = "[" * depth + "]" * depth
    (parent / "step_000020" / MANIFEST).write_text(f'{{"blake2b": "", "files": {nested}}}')
    damage_and_expect(parent, "got a MANIFEST")


def test_the_first_the_newest_and_the_protected_stay(tmp_path: Path) -> None:
    for step in range(0, 60, 10):
        put(tmp_path, step, keep=2, protect=["step_000020"])
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["step_000000", "step_000020", "step_000040", "step_000050"]
    assert [path.name for path in prune(tmp_path, keep=1)] == ["step_000020", "step_000040"]
    assert prune(tmp_path, keep=1) == []
    with pytest.raises(CheckpointError, match="got 0, expected at least 1"):
        prune(tmp_path, keep=0)


def test_a_damaged_checkpoint_never_displaces_a_whole_one(parent: Path) -> None:
    os.truncate(parent / "step_000020" / "model.safetensors", 3)
    assert prune(parent, keep=1) == []
    assert latest(parent, report=lambda _: None) == parent / "step_000010"


def test_leftovers_of_the_dead_are_swept_and_nothing_else(parent: Path) -> None:
    for name in ("tmp-" + "a" * 32, "gone-" + "0" * 32, "tmp-mine", "notes-2026"):
        (parent / name).mkdir()
        (parent / name / "file").write_bytes(b"x")
    assert sorted(path.name[:4] for path in sweep(parent)) == ["gone", "tmp-"]
    assert (parent / "tmp-mine").exists()
    assert (parent / "notes-2026").exists()


def test_of_a_link_the_link_is_deleted_and_what_it_leads_to_stays(
    parent: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    (parent / "step_000010").rename(elsewhere)
    for name in ("step_000010", "gone-" + "0" * 32, "tmp-" + "a" * 32):
        (parent / name).symlink_to(elsewhere)
    put(parent, 30)
    assert sorted(path.name[:11] for path in parent.iterdir()) == [
        "step_000000",
        "step_000020",
        "step_000030",
    ]
    assert verify(elsewhere).name == "step_000010"


def test_a_step_is_published_once_and_a_damaged_one_moved_aside(parent: Path) -> None:
    with pytest.raises(CheckpointError, match=r"step_000020.*already, expected none"):
        put(parent, 20)
    assert is_whole(parent / "step_000020")
    os.truncate(parent / "step_000020" / "model.safetensors", 3)
    put(parent, 20)
    assert is_whole(parent / "step_000020")
    aside = [path for path in parent.iterdir() if path.name.startswith("damaged-")]
    assert len(aside) == 1
    (parent / "mine").mkdir()
    with pytest.raises(CheckpointError, match=r"mine.*already"):
        publish(parent / "mine", writer(0))


@pytest.mark.parametrize("name", ["optimizer.pt", "training_args.bin", "a.PKL", "x/y.ckpt"])
def test_pickle_is_not_published(parent: Path, name: str) -> None:
    def write(folder: Path) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"\x80\x04.")

    with pytest.raises(CheckpointError, match=f"{name}.*pickle.*expected safetensors"):
        publish(parent / "step_000030", write)
    assert latest(parent) == parent / "step_000020"
    assert leftovers(parent) == []


def test_what_does_not_belong_is_not_published(parent: Path) -> None:
    folder = parent / "step_000030"
    with pytest.raises(CheckpointError, match="got no file from its writer"):
        publish(folder, lambda _: None)
    with pytest.raises(CheckpointError, match="got a manifest from its writer"):
        publish(folder, lambda f: write_synced(f / MANIFEST, b"{}"))
    with pytest.raises(CheckpointError, match="a link or device"):
        publish(folder, lambda f: (f / "a").symlink_to("/etc/passwd"))
    for metadata in ({"a": object()}, {"a": float("nan")}, {"a": {1, 2}}):
        with pytest.raises(CheckpointError, match="metadata that is not JSON"):
            put(parent, 30, metadata=metadata)
    assert latest(parent) == parent / "step_000020"
    put(parent, 30, metadata={10: "a", 9: "b"})
    assert read_manifest(folder).metadata == {"10": "a", "9": "b"}
