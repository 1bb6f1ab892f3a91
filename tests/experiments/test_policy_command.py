"""`etude policy export`: what it wrote is said, model and card."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any


def test_the_folder_and_the_card_are_named(
    etude: Callable[..., Any], tiny_folder: Path, tmp_path: Path
) -> None:
    done = etude("policy", "export", tiny_folder, "--out", tmp_path / "ours")
    assert done.exit_code == 0, done.stderr
    card = re.search(r"^card +(\S+)$", done.stdout, re.MULTILINE)
    assert card is not None
    assert Path(card[1]).read_text().startswith("---\n")
    assert re.search(rf"^model +{tmp_path}/ours +\(.+ MB\)$", done.stdout, re.MULTILINE)


def test_a_step_of_a_lone_checkpoint_is_refused(
    etude: Callable[..., Any], tiny_folder: Path, tmp_path: Path
) -> None:
    done = etude("policy", "export", tiny_folder, "--out", tmp_path / "ours", "--step", 3)
    assert done.exit_code == 1
    assert "leave --step out" in done.stderr
