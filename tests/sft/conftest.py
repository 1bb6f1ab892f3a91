"""Cold starts of one's own on one small model, for whoever begins, stops or resumes one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rewards.records import Clip, Question

ANSWERS = ("D major", "D minor", "A major", "E minor")


@pytest.fixture(scope="session")
def examples() -> list[Any]:
    """What the key of one of four sounds is, ten times."""
    from sft.collate import Example

    return [
        Example(
            Question(f"q{i}", "What is the key of this excerpt?", Clip(f"{i % 4}.wav")),
            f"<think>It closes so.</think> <answer>{ANSWERS[i % 4]}</answer>",
        )
        for i in range(10)
    ]


class Trained:
    """A cold start of one's own in a folder of its own.

    Six steps over ten examples are two epochs; each ends with a step of two.
    """

    def __init__(self, folder: Path, tiny: Path, examples: list[Any], sound: Any):
        import torch

        from sft.train import SftSettings

        torch.set_num_threads(1)
        self.folder, self.tiny, self.examples = folder, tiny, examples
        self.settings = SftSettings(
            steps=6, batch_size=4, micro_batch_size=2, learning_rate=3e-3, warmup_steps=1, seed=7
        )
        self.read: Callable[[Clip], Any] = lambda clip: sound(int(clip.path[0]), 1.0)
        self.lines: list[dict[str, Any]] = []
        self.policy: Any

    def run(
        self,
        *,
        resume: bool = False,
        lora: Any = None,
        dtype: str = "float32",
        evaluate: Callable[[], Any] = dict,
        tell: Callable[[int, float], None] = lambda step, loss: None,
        stop: Callable[[], bool] = lambda: False,
        **changed: Any,
    ) -> bool:
        """``cold_start`` of the small model, with settings that are ``changed``."""
        from policies.checkpoint import latest
        from policies.lora import Opening, open_policy
        from sft.train import cold_start

        self.policy = open_policy(self.tiny, Opening(dtype=dtype), lora=lora)
        return cold_start(
            self.policy, self.examples, self.read, replace(self.settings, **changed),
            folder=self.folder, evaluate=evaluate, log=self.lines.append, tell=tell, stop=stop,
            resume=latest(self.folder) if resume else None,
        )  # fmt: skip

    def run_to(self, step: int, **given: Any) -> None:
        """Begin, and be stopped after this step."""
        asked = iter(range(1, 100))
        assert self.run(stop=lambda: next(asked) >= step, **given) is False

    def weights(self) -> dict[str, bytes]:
        from policies.weights import to_arrays

        names, learned = zip(*self.policy.model.named_parameters(), strict=True)
        arrays = zip(names, to_arrays(learned), strict=True)
        return {name: array.tobytes() for name, array in arrays if array is not None}

    def of(self, stage: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["stage"] == stage]


@pytest.fixture(scope="session")
def begin(
    tmp_path_factory: pytest.TempPathFactory, tiny_folder: Path, examples: list[Any], sound: Any
) -> Callable[..., Trained]:
    """``begin()``: a cold start to run; ``begin(folder)``: one where another was."""

    def make(folder: Path | None = None) -> Trained:
        folder = folder or tmp_path_factory.mktemp("cold") / "trainer"
        return Trained(folder, tiny_folder, list(examples), sound)

    return make
