"""Checkpoints are whole or not there, wherever the publisher dies."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from policies.checkpoint import latest, publish
from policies.checkpoint_folder import prune, sweep
from policies.manifest import MANIFEST, read_manifest, verify, write_synced
from rewards.errors import CheckpointError, StorageError


def test_a_published_checkpoint_verifies_and_is_the_latest(
    parent: Path, put: Any, is_whole: Any
) -> None:
    folder = put(parent, 30, metadata={"step": 30, "cursor": [1, 2], "loss": 0.1})
    assert folder == parent / "step_000030" == latest(parent)
    assert is_whole(folder)
    manifest = verify(folder)
    assert manifest.metadata == {"step": 30, "cursor": [1, 2], "loss": 0.1}
    assert set(manifest.files) == {"model.safetensors", "inner/state.json"}
    assert manifest.size == sum((folder / name).stat().st_size for name in manifest.files)
    assert latest(parent.with_name("nothing")) is None
    deep = parent / "not" / "yet" / "there"
    assert put(deep, 1) == latest(deep)


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


@pytest.mark.parametrize(
    "said", ["File too large (os error 27)", "Disk quota exceeded (os error 122)"]
)
def test_a_library_that_words_a_limit_itself_is_understood(parent: Path, said: str) -> None:
    def write(folder: Path) -> None:
        raise RuntimeError(f"Error while serializing: I/O error: {said}")

    with pytest.raises(StorageError, match=r"step_000030.*look at space and permissions.*intact"):
        publish(parent / "step_000030", write)
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


def test_the_first_the_newest_and_the_protected_stay(tmp_path: Path, put: Any) -> None:
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
    assert latest(parent) == parent / "step_000010"


def test_leftovers_of_the_dead_are_swept_and_nothing_else(parent: Path) -> None:
    for name in ("tmp-" + "a" * 32, "gone-" + "0" * 32, "tmp-mine", "notes-2026"):
        (parent / name).mkdir()
        (parent / name / "file").write_bytes(b"x")
    assert sorted(path.name[:4] for path in sweep(parent)) == ["gone", "tmp-"]
    assert (parent / "tmp-mine").exists()
    assert (parent / "notes-2026").exists()


def test_of_a_link_the_link_is_deleted_and_what_it_leads_to_stays(
    parent: Path, tmp_path: Path, put: Any
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


def test_a_step_is_published_once_and_a_damaged_one_moved_aside(
    parent: Path, put: Any, is_whole: Any
) -> None:
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
        publish(parent / "mine", lambda _: None)


@pytest.mark.parametrize("name", ["optimizer.pt", "training_args.bin", "a.PKL", "x/y.ckpt"])
def test_pickle_is_not_published(parent: Path, name: str) -> None:
    def write(folder: Path) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"\x80\x04.")

    with pytest.raises(CheckpointError, match=f"{name}.*pickle.*expected safetensors"):
        publish(parent / "step_000030", write)
    assert latest(parent) == parent / "step_000020"
    assert not [*parent.glob("tmp-*")]


def test_what_does_not_belong_is_not_published(parent: Path, put: Any) -> None:
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
