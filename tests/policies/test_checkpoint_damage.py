"""A checkpoint that was altered is refused, and the one before it is taken."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from policies.checkpoint import latest
from policies.manifest import MANIFEST, verify
from rewards.errors import CheckpointError


def damage_and_expect(parent: Path, match: str, log: pytest.LogCaptureFixture) -> None:
    log.clear()
    assert latest(parent) == parent / "step_000010"
    with pytest.raises(CheckpointError, match=match) as refused:
        verify(parent / "step_000020")
    assert log.messages == [f"skipped, and the one before it is tried: {refused.value}"]


def sign_anew(folder: Path, changes: dict[str, Any]) -> None:
    """Change the manifest as anybody can: its digest is of the canonical form, without itself."""
    content = {**json.loads((folder / MANIFEST).read_bytes()), **changes}
    del content["blake2b"]
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    content["blake2b"] = hashlib.blake2b(canonical, digest_size=32).hexdigest()
    (folder / MANIFEST).write_text(json.dumps(content))


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
        assert latest(parent) == parent / "step_000010", (path, number)
        path.write_bytes(good)
    assert latest(parent) == newest


def _same_json(good: bytes, bad: bytes) -> bool:
    try:
        return json.loads(good) == json.loads(bad)
    except ValueError:
        return False


@pytest.mark.parametrize("name", ["model.safetensors", "inner/state.json", MANIFEST])
def test_truncation_is_refused(parent: Path, name: str, caplog: pytest.LogCaptureFixture) -> None:
    path = parent / "step_000020" / name
    for size in (path.stat().st_size - 1, 7, 0):
        os.truncate(path, size)
        damage_and_expect(parent, "step_000020.*got.*expected.*another checkpoint", caplog)


def test_swapped_surplus_missing_and_linked_files_are_refused(
    parent: Path, caplog: pytest.LogCaptureFixture
) -> None:
    newest, older = parent / "step_000020", parent / "step_000010"
    model = newest / "model.safetensors"
    good = model.read_bytes()
    model.write_bytes((older / "model.safetensors").read_bytes())
    damage_and_expect(
        parent, r"got blake2b \w{16}... of 'model.safetensors', expected \w{16}", caplog
    )
    model.unlink()
    damage_and_expect(
        parent, r"got no file 'model.safetensors', expected one by its manifest", caplog
    )
    model.symlink_to(older / "model.safetensors")
    damage_and_expect(parent, "a link or device", caplog)
    model.unlink()
    model.write_bytes(good)
    (newest / "inner" / "extra.py").write_text("boo")
    damage_and_expect(parent, r"got a file 'inner/extra.py', expected none by its manifest", caplog)
    (newest / "inner" / "extra.py").unlink()
    assert latest(parent) == newest
    shutil.copy(older / MANIFEST, newest / MANIFEST)
    damage_and_expect(parent, "blake2b|bytes", caplog)


def test_a_checkpoint_under_another_step_is_not_taken(
    parent: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(parent / "step_000010", parent / "step_000099")
    assert latest(parent) == parent / "step_000020"
    assert "got the files of 'step_000010'" in caplog.text


def test_nothing_usable_is_an_error_and_not_a_fresh_start(parent: Path) -> None:
    for folder in parent.iterdir():
        (folder / MANIFEST).unlink()
    with pytest.raises(CheckpointError, match=r"got 3 damaged.*restore.*step_000020") as refused:
        latest(parent)
    assert "earlier" not in str(refused.value), "there is none"


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
    parent: Path, changes: dict[str, Any], put: Any, caplog: pytest.LogCaptureFixture
) -> None:
    sign_anew(parent / "step_000020", changes)
    damage_and_expect(parent, "of another form, expected a name, files with size and hash", caplog)
    put(parent, 30)


@pytest.mark.parametrize("depth", [100, 900, 10_000])
def test_a_manifest_nested_too_deep_is_refused(
    parent: Path, depth: int, caplog: pytest.LogCaptureFixture
) -> None:
    nested = "[" * depth + "]" * depth
    (parent / "step_000020" / MANIFEST).write_text(f'{{"blake2b": "", "files": {nested}}}')
    damage_and_expect(parent, "got a MANIFEST", caplog)


def test_no_manifest_vouches_for_a_pickle(parent: Path, caplog: pytest.LogCaptureFixture) -> None:
    newest = parent / "step_000020"
    (newest / "inner" / "weights.PKL").write_bytes(b"boo")
    files = json.loads((newest / MANIFEST).read_bytes())["files"]
    digest = hashlib.blake2b(b"boo", digest_size=32).hexdigest()
    sign_anew(newest, {"files": {**files, "inner/weights.PKL": [3, digest]}})
    damage_and_expect(parent, r"'inner/weights\.PKL', which may hold a pickle", caplog)
