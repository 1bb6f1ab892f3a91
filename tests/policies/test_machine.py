"""What a container grants is what there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from policies import machine

MIB = 2**20


def test_a_container_has_what_it_may_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(machine, "_LIMITS", (str(tmp_path / "none"), str(limit)))
    whole = machine.memory()
    limit.write_text("max\n")
    assert machine.memory() == whole
    limit.write_text(f"{256 * MIB}\n")
    assert machine.memory() == 256 * MIB
