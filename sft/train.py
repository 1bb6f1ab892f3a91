"""The cold start: supervised fine-tuning on music-theory chains of thought.

TRL's ``SFTTrainer`` does the training; the batches, the per-facet evaluation
and the rule that says when to stop are ours.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from torch import Tensor
from torch.utils.data import get_worker_info
from transformers import PrinterCallback, TrainerCallback
from trl.trainer.sft_config import SFTConfig

from policies.accuracy import Accuracy
from policies.audio import Waveform
from policies.audio_policy import AudioPolicy
from policies.seeds import derive_seed
from rewards.errors import ConfigError, EtudeError
from rewards.records import Clip
from sft.checkpoints import (
    SealedTrainer,
    begun_with,
    check_empty,
    check_goes_on,
    restore,
    said_by,
    state_of,
)
from sft.collate import Collator, Example

Evaluate = Callable[[], Accuracy]
Log = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class SftSettings:
    """How the cold start runs.

    Attributes:
        steps: at most; the schedule ends here.
        batch_size: examples per optimizer step, a multiple of ``micro_batch_size``.
        micro_batch_size: examples computed at once; memory, not the result.
        checkpointing: activations are computed again in the backward pass; likewise.
        offload: the optimizer lies in the machine's memory; likewise.
        learning_rate, betas, weight_decay, max_grad_norm: of AdamW.
        warmup_steps: linear warm-up.
        schedule: a name of transformers' schedulers ("constant_with_warmup", "cosine").
        evaluate_every: steps between held-out evaluations; 0 for none.
        evaluate_from: no evaluation before this step.
        checkpoint_every: steps between checkpoints; 0 for none.
        stop_at_accuracy: end once held-out accuracy reaches this, or None:
            reinforcement learning starts best just past the breakthrough.
        seed: of the order of the examples, and of dropout.

    Raises:
        ConfigError: a batch is no multiple of its micro-batches.
    """

    steps: int = 100
    batch_size: int = 32
    micro_batch_size: int = 32
    checkpointing: bool = False
    offload: bool = False
    learning_rate: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)
    weight_decay: float = 0.0
    max_grad_norm: float = 1.0
    warmup_steps: int = 10
    schedule: str = "constant_with_warmup"
    evaluate_every: int = 0
    evaluate_from: int = 0
    checkpoint_every: int = 0
    stop_at_accuracy: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        size, micro = self.batch_size, self.micro_batch_size
        if not 1 <= micro <= size or size % micro:
            raise ConfigError(
                "sft.batch_size must be a multiple of sft.micro_batch_size, both from 1 on: got "
                f"{size} and {micro}; change one"
            )


def cold_start(
    policy: AudioPolicy,
    examples: Sequence[Example],
    read: Callable[[Clip], Waveform],
    settings: SftSettings,
    *,
    folder: Path,
    evaluate: Evaluate,
    log: Log = lambda line: None,
    tell: Callable[[int, float], None] = lambda step, loss: None,
    stop: Callable[[], bool] = lambda: False,
    resume: Path | None = None,
) -> bool:
    """Train ``policy`` in place; True if it came to its end, False if it was stopped.

    Args:
        examples: question and target text, the clip read by ``read``.
        folder: where the trainer may write; holds the checkpoints (sft/checkpoints.py).
        evaluate: held-out accuracy of the policy now.
        log: receives one dictionary per step and per evaluation.
        tell: called after each step with the steps done and its loss.
        stop: asked after each step; True keeps a checkpoint and ends the training.
        resume: go on from this one, which ``policies.checkpoint.latest`` of ``folder`` has found
            whole.

    Raises:
        CheckpointError: if the checkpoint is of other examples, settings or parameters; if
            none is given and the folder has some.
        DeafError: if a batch would be trained without its clips.
        DivergenceError: after the third update in a row that was not finite; those change nothing.
        StorageError: if a checkpoint cannot be written; those before it are whole.
    """
    begun = begun_with(policy, examples, asdict(settings))
    if resume is None:
        check_empty(folder)
    else:
        check_goes_on(resume, begun)
        restore(policy, resume)
        if state_of(resume) >= settings.steps or said_by(resume)["reached_goal"]:
            return True  # the trainer would take one more step
    watch = _Watch(settings, evaluate, log, tell, stop)
    trainer = SealedTrainer(
        policy,
        torch.device("cpu") if settings.offload else None,
        lambda: {"begun_with": begun, "reached_goal": watch.reached_goal},
        data_collator=partial(_apart, Collator(policy, examples, read)),
        train_dataset=Dataset.from_dict({"row": list(range(len(examples)))}),
        callbacks=[watch],
        args=_arguments(settings, folder, policy.device),
    )
    trainer.remove_callback(PrinterCallback)  # the caller says what is shown
    try:
        if resume is None:
            trainer.train()
        else:
            trainer.go_on(resume)
    except EtudeError as error:
        raise _own_words(error) from error
    policy.model.__dict__.pop("forward", None)  # TRL's fused forward stays in its trainer
    if settings.checkpointing:
        policy.base.activation_checkpointing_disable()
    return watch.reached_goal or trainer.state.global_step >= settings.steps


def _arguments(settings: SftSettings, folder: Path, device: torch.device) -> SFTConfig:
    """The settings as the trainer has them; nothing is shown, reported or prepared by it."""
    return SFTConfig(
        output_dir=str(folder),
        max_steps=settings.steps,
        per_device_train_batch_size=settings.micro_batch_size,
        gradient_accumulation_steps=settings.batch_size // settings.micro_batch_size,
        learning_rate=settings.learning_rate,
        adam_beta1=settings.betas[0],
        adam_beta2=settings.betas[1],
        weight_decay=settings.weight_decay,
        max_grad_norm=settings.max_grad_norm,
        warmup_steps=settings.warmup_steps,
        lr_scheduler_type=settings.schedule,
        seed=settings.seed,
        data_seed=settings.seed,
        max_length=None,
        remove_unused_columns=False,
        dataset_kwargs={"skip_prepare_dataset": True},
        dataloader_num_workers=1,  # the next batch is heard while this one is learned
        dataloader_multiprocessing_context="fork",  # with the policy; Python 3.14 would pickle it
        activation_checkpointing=settings.checkpointing,
        activation_checkpointing_kwargs={"use_reentrant": False},
        bf16=False,
        logging_steps=1,
        logging_nan_inf_filter=False,  # it would be shown as a loss of 0, the best there is
        save_strategy="steps" if settings.checkpoint_every else "no",
        save_steps=settings.checkpoint_every or 500,
        report_to=[],
        disable_tqdm=True,
        use_cpu=device.type == "cpu",
    )


def _own_words(error: EtudeError) -> EtudeError:
    """Without the traceback that torch puts before what a process that reads clips has raised."""
    kind = type(error)
    sentence = str(error).rstrip().splitlines()[-1]
    return kind(sentence.removeprefix(f"{kind.__module__}.{kind.__qualname__}: "))


def _apart(collate: Collator, rows: Sequence[dict[str, int]]) -> dict[str, Tensor]:
    """A batch; a process that makes the next one leaves our process group.

    What is sent to the whole group the run is to obey, after its step.
    """
    if get_worker_info() is not None:
        os.setpgid(0, 0)
    return collate(rows)


class _Watch(TrainerCallback):
    """Seeds and logs every step, evaluates every k, and ends the cold start at its goal."""

    def __init__(
        self,
        settings: SftSettings,
        evaluate: Evaluate,
        log: Log,
        tell: Callable[[int, float], None],
        stop: Callable[[], bool],
    ):
        self.settings, self.evaluate, self.log = settings, evaluate, log
        self.tell, self.stop = tell, stop
        self.reached_goal = False

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        torch.manual_seed(derive_seed(self.settings.seed, "sft", state.global_step))

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        if logs and "loss" in logs:
            self.log(
                {
                    "stage": "sft",
                    "step": state.global_step - 1,
                    "loss": float(logs["loss"]),
                    "learning_rate": float(logs["learning_rate"]),
                    "grad_norm": float(logs["grad_norm"]),
                }
            )
            self.tell(state.global_step, float(logs["loss"]))

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._evaluate(state.global_step)
        stopped = self.stop()
        control.should_save |= stopped
        control.should_training_stop |= stopped or self.reached_goal

    def _evaluate(self, step: int) -> None:
        every = self.settings.evaluate_every
        if not every or step % every or step < self.settings.evaluate_from:
            return
        found = self.evaluate()
        self.log(
            {
                "stage": "sft_eval",
                "step": step,
                "split": "dev",
                "accuracy": found.overall,
                "topics": dict(found.topics),
            }
        )
        goal = self.settings.stop_at_accuracy
        self.reached_goal = goal is not None and found.overall >= goal
