"""`etude policy export`: what it wrote is said, model and card."""

from __future__ import annotations

import re
import warnings
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


def test_an_adapter_is_exported_without_a_librarys_warning(
    etude: Callable[..., Any], tiny_folder: Path, tmp_path: Path
) -> None:
    from policies.lora import LoraSettings, open_policy

    open_policy(tiny_folder, lora=LoraSettings(rank=2)).save(tmp_path / "adapter")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        done = etude("policy", "export", tmp_path / "adapter", "--out", tmp_path / "ours")
    assert done.exit_code == 0, done.stderr
    assert [str(one.message) for one in caught if one.category is FutureWarning] == []


def test_a_step_of_a_lone_checkpoint_is_refused(
    etude: Callable[..., Any], tiny_folder: Path, tmp_path: Path
) -> None:
    done = etude("policy", "export", tiny_folder, "--out", tmp_path / "ours", "--step", 3)
    assert done.exit_code == 1
    assert "leave --step out" in done.stderr


def test_a_step_below_0_is_refused_as_such(
    etude: Callable[..., Any], tiny_folder: Path, tmp_path: Path
) -> None:
    done = etude("policy", "export", tiny_folder, "--out", tmp_path / "ours", "--step", -1)
    assert done.exit_code == 2
    assert "greater than or equal to 0" in done.stderr
