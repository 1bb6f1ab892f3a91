"""What is done with a batch; checkpoints of two small files."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from policies.audio_policy import AudioPolicy
from policies.checkpoint import publish
from policies.checkpoint_folder import step_name, step_of
from policies.logprobs import group_logprobs
from policies.lora import LoraSettings, open_policy
from policies.manifest import verify
from policies.records import Batch
from policies.shared_row import SharedRow


@pytest.fixture(scope="session")
def learned() -> Callable[[AudioPolicy, Batch], torch.Tensor]:
    """``learned(policy, batch)``: the policy's log-probs of all tokens, flat, without gradient."""

    def of(policy: AudioPolicy, batch: Batch) -> torch.Tensor:
        with torch.no_grad():
            ids = [[row.ids for row in group] for group in batch.completions]
            rows = group_logprobs(policy, batch.prompts, ids)
        return torch.cat([row for group in rows for row in group])

    return of


@pytest.fixture(scope="session")
def reordered() -> Callable[[Batch, Sequence[int]], Batch]:
    """``reordered(batch, places)``: these groups of a batch, in this order."""

    def of(batch: Batch, places: Sequence[int]) -> Batch:
        return Batch(
            tuple(batch.prompts[i] for i in places),
            tuple(batch.completions[i] for i in places),
            tuple(batch.advantages[i] for i in places),
        )

    return of


@pytest.fixture(scope="session")
def truncated() -> Callable[..., Batch]:
    """``truncated(batch, (group, row), ...)``: these rows hit the token limit, all others ended."""

    def of(batch: Batch, *places: tuple[int, int]) -> Batch:
        return replace(
            batch,
            completions=tuple(
                tuple(
                    replace(row, finish_reason="length" if (n, i) in places else "stop")
                    for i, row in enumerate(group)
                )
                for n, group in enumerate(batch.completions)
            ),
        )

    return of


@pytest.fixture
def moved_adapter(tiny_folder: Any) -> Callable[[], AudioPolicy]:
    """``moved_adapter()``: a policy with an adapter that is not the base any more."""

    def make() -> AudioPolicy:
        policy = open_policy(tiny_folder, lora=LoraSettings(rank=2))
        noise = torch.Generator().manual_seed(1)
        with torch.no_grad():
            for name, parameter in policy.model.named_parameters():
                if "lora_B" in name:
                    parameter += 0.5 * torch.randn(parameter.shape, generator=noise)
        return policy

    return make


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A number for each layer that attention ran in: again in the backward pass, again here."""
    ran: list[int] = []
    attend = SharedRow.attend

    def counted(self: SharedRow, layer: int, *given: Any) -> torch.Tensor:
        ran.append(layer)
        return attend(self, layer, *given)

    monkeypatch.setattr(SharedRow, "attend", counted)
    return ran


def _writer(step: int) -> Callable[[Path], None]:
    """Two files, one of them in an inner folder, that differ from step to step."""

    def write(folder: Path) -> None:
        os.mkdir(folder / "inner")
        for name in ("model.safetensors", "inner/state.json"):
            fd = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
            try:
                for part in range(3):
                    os.write(fd, _content(step, name, part))
            finally:
                os.close(fd)

    return write


def _content(step: int, name: str, part: int) -> bytes:
    return f"{step} {name} {part}".encode() * 50


def _is_whole(folder: Path) -> bool:
    step = step_of(folder)
    verify(folder)
    return all(
        (folder / name).read_bytes() == b"".join(_content(step or 0, name, p) for p in range(3))
        for name in ("model.safetensors", "inner/state.json")
    )


def _put(parent: Path, step: int, **options: Any) -> Path:
    return publish(parent / step_name(step), _writer(step), **options)


@pytest.fixture(scope="session")
def put() -> Callable[..., Path]:
    """``put(parent, step)``: the checkpoint of this step, published."""
    return _put


@pytest.fixture(scope="session")
def is_whole() -> Callable[[Path], bool]:
    """``is_whole(folder)``: whether a checkpoint of ``put`` verifies and holds what was put."""
    return _is_whole


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    """Three checkpoints: with a fourth the second goes, the first stays."""
    folder = tmp_path / "checkpoints"
    for step in (0, 10, 20):
        _put(folder, step)
    return folder
