"""What a cold start goes on from: checkpoints that are either whole or not there.

    trainer/step_000020/
        config.json, model.safetensors, processor ...   a stock checkpoint, or an adapter
        optimizer.safetensors                           AdamW, exactly
        MANIFEST.json                                   sizes and hashes, learning-rate schedule,
                                                        what the cold start was begun with

``policies/checkpoint.py`` publishes them as it does those of GRPO; the newest two stay. The
trainer's own hold pickles and no hash, and it goes on without a word where one of their
files is missing. Its state is made anew from the number of the step: all else in it follows
from the settings, or stands in metrics.jsonl. There is no state of a random generator: each
step seeds its own.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from peft import set_peft_model_state_dict
from peft.utils import SAFETENSORS_WEIGHTS_NAME
from transformers import TrainerState
from transformers.trainer import TRAINER_STATE_NAME
from trl.trainer.sft_trainer import SFTTrainer

from policies.audio_policy import AudioPolicy
from policies.checkpoint import publish
from policies.checkpoint_folder import discard, published, step_name, step_of
from policies.manifest import has_its_sizes, read_manifest
from policies.optimizer import HALF, FineAdamW
from policies.records import BAD_UPDATES
from policies.tensors import load_optimizer, load_tensors, save_optimizer
from policies.untrusted import opened
from rewards.errors import CheckpointError, DivergenceError, StorageError
from rewards.json_line import digest_of_rows
from rewards.questions import question_to_json
from sft.collate import Example

KEPT = 2  # the newest, and the one before should it be damaged; the first serves no replay here
FREE = ("checkpoint_every", "checkpointing", "micro_batch_size", "offload")
"""Settings that no result depends on, but for the rounding of sums."""

_OPTIMIZER = "optimizer.safetensors"
_SAID = {"begun_with": "dict", "reached_goal": "bool", "schedule": "dict"}
_ADAPTER_SETTINGS = ("r", "lora_alpha", "lora_dropout")


def state_of(checkpoint: Path | None) -> int:
    """Steps behind a checkpoint; -1 for None."""
    step = None if checkpoint is None else step_of(checkpoint)
    return -1 if step is None else step


def begun_with(
    policy: AudioPolicy, examples: Sequence[Example], settings: Mapping[str, Any]
) -> dict[str, Any]:
    """What must not change when a cold start goes on, as JSON has it; rows count in order."""
    learned = [(name, [*p.shape], str(p.dtype)) for name, p in _learned(policy)]
    adapters = getattr(policy.model, "peft_config", {})
    found = {
        "questions": digest_of_rows(question_to_json(example.question) for example in examples),
        "targets": digest_of_rows(example.target for example in examples),
        "parameters": digest_of_rows(learned),
        "adapter": [getattr(a, key, None) for a in adapters.values() for key in _ADAPTER_SETTINGS],
        **{name: value for name, value in settings.items() if name not in FREE},
    }
    return json.loads(json.dumps(found))


def said_by(checkpoint: Path) -> Mapping[str, Any]:
    """What a checkpoint says of its cold start: "begun_with", "reached_goal", "schedule".

    Raises:
        CheckpointError: it says something else.
    """
    said = read_manifest(checkpoint).metadata
    found = {name: type(value).__name__ for name, value in said.items()}
    if found != _SAID:
        raise CheckpointError(
            f"'{checkpoint}' is of no cold start: got {found} in its manifest, expected {_SAID}; "
            "take the folder away to go on from the one before"
        )
    return said


def check_goes_on(checkpoint: Path, begun: Mapping[str, Any]) -> None:
    """Refuse to go on with other examples, another policy or other settings.

    Raises:
        CheckpointError: names every value that differs.
    """
    before = said_by(checkpoint)["begun_with"]
    changed = [
        f"{name}: got {begun.get(name)}, it has {before.get(name)}"
        for name in sorted({*before, *begun})
        if before.get(name) != begun.get(name)
    ]
    if changed:
        raise CheckpointError(
            f"the cold start in '{checkpoint.parent}' was begun differently: {'; '.join(changed)}; "
            "resume with what it was begun with, or start another run"
        )


def check_empty(folder: Path) -> None:
    """Refuse to begin where another cold start was: the two would displace each other.

    Raises:
        CheckpointError: names a checkpoint that is there.
    """
    if found := published(folder):
        raise CheckpointError(
            f"'{folder}' holds a cold start already: got '{found[-1].name}', expected no "
            "checkpoint; resume it, or choose another folder"
        )


def restore(policy: AudioPolicy, checkpoint: Path) -> None:
    """Put the weights back, every one by its name.

    The trainer would do so leniently. transformers saves some families under other
    names than their modules have: it would find none of them, say nothing and go on
    from the start with the optimizer of the end.

    Raises:
        CheckpointError: weights are not those of this cold start.
    """
    with _going_on(checkpoint):
        if not hasattr(policy.model, "peft_config"):
            saved = AudioPolicy.load(checkpoint, dtype=policy.base.dtype)
            policy.model.load_state_dict(saved.model.state_dict())
            return
        weights = load_tensors(checkpoint / SAFETENSORS_WEIGHTS_NAME)
        absent = {*set_peft_model_state_dict(policy.model, weights).missing_keys}
        if lost := sorted(absent & {name for name, _ in _learned(policy)}):
            raise ValueError(f"no weights of '{lost[0]}'")


def _going_on(checkpoint: Path) -> AbstractContextManager[None]:
    return opened(
        f"the cold start cannot go on from '{checkpoint}'",
        "expected what it wrote there; take the folder away to go on from the one before",
    )


def _learned(policy: AudioPolicy) -> list[tuple[str, torch.nn.Parameter]]:
    return [(n, p) for n, p in policy.model.named_parameters() if p.requires_grad]


class SealedTrainer(SFTTrainer):
    """TRL's trainer with our checkpoints in the place of its own.

    Args:
        policy: what it trains; ``restore`` has put its weights back.
        home: of the optimizer (``policies/optimizer.py``).
        metadata: what a checkpoint says of the cold start, asked when it is written.
    """

    optimizer: Any  # the trainer's own types allow None and stand-ins of DeepSpeed
    lr_scheduler: Any
    _tr_loss: Any

    def __init__(
        self,
        policy: AudioPolicy,
        home: torch.device | None,
        metadata: Callable[[], dict[str, Any]],
        **given: Any,
    ):
        super().__init__(model=policy.model, processing_class=policy.processor.tokenizer, **given)
        self.policy, self.metadata = policy, metadata
        if home is not None or any(p.dtype in HALF for _, p in _learned(policy)):
            _, settings = self.get_optimizer_cls_and_kwargs(self.args)
            settings.pop("fused", None)
            self.optimizer_cls_and_kwargs = (FineAdamW, {**settings, "home": home})
        self._behind: Path | None = None
        self._skipped = 0

    def go_on(self, checkpoint: Path) -> None:
        """Train on from a checkpoint, as if there had been no stop.

        Raises:
            CheckpointError: optimizer or schedule are not those of this cold start.
        """
        self._behind = checkpoint
        state = TrainerState(
            global_step=state_of(checkpoint), train_batch_size=self.args.train_batch_size
        )
        state.compute_steps(self.args, self.args.max_steps)
        with TemporaryDirectory() as folder:
            state.save_to_json(os.path.join(folder, TRAINER_STATE_NAME))
            self.train(resume_from_checkpoint=folder)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        parent = Path(str(self.args.output_dir))
        metadata = {**self.metadata(), "schedule": self.lr_scheduler.state_dict()}
        publish(
            parent / step_name(self.state.global_step), self._write, keep=KEPT, metadata=metadata
        )
        for older in [path for path in published(parent) if has_its_sizes(path)][:-KEPT]:
            try:
                discard(older)
            except OSError as error:
                raise StorageError(
                    f"'{older}' could not be deleted: got {error}, expected a folder that can be "
                    "written; look at its permissions, the newer ones are whole"
                ) from error

    def _get_grad_norm(self, model: Any, grad_norm: Any = None) -> float:
        """Asked between the gradients and the step, which moves nothing that has no gradient.

        One that is not finite would spoil every weight for good, as it would the moments.

        Raises:
            DivergenceError: after the third update in a row that was not finite.
        """
        found: Any = super()._get_grad_norm(model, grad_norm)
        norm, loss = float(found), float(self._tr_loss)
        self._skipped = 0 if math.isfinite(norm) else self._skipped + 1
        if self._skipped:
            self.optimizer.zero_grad(set_to_none=True)
        if self._skipped >= BAD_UPDATES:
            raise DivergenceError(
                f"{self._skipped} updates of the cold start in a row were not finite: got loss "
                f"{loss} and gradient norm {norm}, expected numbers; lower sft.learning_rate or "
                "sft.max_grad_norm of a new run, or load the policy in float32"
            )
        return norm

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        self._tr_loss.zero_()  # by now; one that is not finite, less itself, is none either
        super().log(logs, start_time)

    def _write(self, folder: Path) -> None:
        self.policy.save(folder)
        save_optimizer(folder / _OPTIMIZER, self._bare_optimizer(), self._names())

    def _bare_optimizer(self) -> Any:
        """Without what accelerate puts around it."""
        return getattr(self.optimizer, "optimizer", self.optimizer)

    def _names(self) -> dict[str, Any]:
        return dict(self.policy.model.named_parameters())

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        if self._behind is not None:
            schedule = said_by(self._behind)["schedule"]
            with _going_on(self._behind):
                load_optimizer(self._behind / _OPTIMIZER, self._bare_optimizer(), self._names())
                if schedule.keys() != self.lr_scheduler.state_dict().keys():
                    raise ValueError(f"a learning-rate schedule of {sorted(schedule)}")
                self.lr_scheduler.load_state_dict(schedule)

    def _load_from_checkpoint(self, *_: Any, **__: Any) -> None:
        """``restore`` has done so."""

    def _load_rng_state(self, checkpoint: str | None) -> None:
        """There is none."""
