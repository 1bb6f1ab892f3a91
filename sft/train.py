"""The cold start: supervised fine-tuning on music-theory chains of thought.

TRL's ``SFTTrainer`` does the training; the batches, the per-facet evaluation
and the rule that says when to stop are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datasets import Dataset
from transformers import PrinterCallback, TrainerCallback
from trl import SFTConfig, SFTTrainer

from policies.audio import Waveform
from policies.audio_policy import AudioPolicy
from rewards.records import Clip
from sft.collate import Collator, Example

Evaluate = Callable[[], dict[str, float]]
Log = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class SftSettings:
    """How the cold start runs.

    Attributes:
        steps: at most; the schedule ends here.
        batch_size: examples per optimizer step.
        learning_rate, weight_decay, max_grad_norm: of AdamW.
        warmup_steps: linear warm-up.
        schedule: a name of transformers' schedulers ("constant_with_warmup", "cosine").
        evaluate_every: steps between held-out evaluations; 0 for none.
        evaluate_from: no evaluation before this step.
        stop_at_accuracy: end once held-out accuracy reaches this, or None:
            reinforcement learning starts best just past the breakthrough.
        seed: of the order of the examples.
    """

    steps: int = 100
    batch_size: int = 32
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    max_grad_norm: float = 1.0
    warmup_steps: int = 10
    schedule: str = "constant_with_warmup"
    evaluate_every: int = 0
    evaluate_from: int = 0
    stop_at_accuracy: float | None = None
    seed: int = 0


def cold_start(
    policy: AudioPolicy,
    examples: Sequence[Example],
    read: Callable[[Clip], Waveform],
    settings: SftSettings,
    *,
    folder: Path,
    evaluate: Evaluate,
    log: Log = lambda line: None,
) -> int:
    """Train ``policy`` in place and return the number of steps taken.

    Args:
        examples: question and target text, the clip read by ``read``.
        folder: where the trainer may write.
        evaluate: held-out accuracy per facet and "overall".
        log: receives one dictionary per step and per evaluation.

    Raises:
        DeafError: if a batch would be trained without its clips.
    """
    watch = _Watch(settings, evaluate, log)
    trainer = SFTTrainer(
        model=policy.model,
        processing_class=policy.processor.tokenizer,
        data_collator=Collator(policy, examples, read),
        train_dataset=Dataset.from_dict({"row": list(range(len(examples)))}),
        callbacks=[watch],
        args=SFTConfig(
            output_dir=str(folder),
            max_steps=settings.steps,
            per_device_train_batch_size=settings.batch_size,
            learning_rate=settings.learning_rate,
            weight_decay=settings.weight_decay,
            max_grad_norm=settings.max_grad_norm,
            warmup_steps=settings.warmup_steps,
            lr_scheduler_type=settings.schedule,
            seed=settings.seed,
            data_seed=settings.seed,
            max_length=None,
            remove_unused_columns=False,
            dataset_kwargs={"skip_prepare_dataset": True},
            gradient_checkpointing=False,
            bf16=False,
            logging_steps=1,
            save_strategy="no",
            report_to=[],
            disable_tqdm=True,
            use_cpu=policy.device.type == "cpu",
        ),
    )
    trainer.remove_callback(PrinterCallback)  # the caller says what is shown
    trainer.train()
    return trainer.state.global_step


class _Watch(TrainerCallback):
    """Logs every step, evaluates every k, and ends the cold start at its goal."""

    def __init__(self, settings: SftSettings, evaluate: Evaluate, log: Log):
        self.settings, self.evaluate, self.log = settings, evaluate, log

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        if logs and "loss" in logs:
            self.log(
                {
                    "stage": "sft",
                    "step": state.global_step,
                    "loss": float(logs["loss"]),
                    "learning_rate": float(logs["learning_rate"]),
                    "grad_norm": float(logs["grad_norm"]),
                }
            )

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        step, every = state.global_step, self.settings.evaluate_every
        if not every or step % every or step < self.settings.evaluate_from:
            return
        facets = self.evaluate()
        accuracy = facets["overall"]
        self.log({"stage": "sft_eval", "step": step, "accuracy": accuracy, "facets": facets})
        goal = self.settings.stop_at_accuracy
        if goal is not None and accuracy >= goal:
            control.should_training_stop = True
