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
from transformers.trainer_utils import get_last_checkpoint
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
        micro_batch_size: examples computed at once; memory, not the result.
        learning_rate, betas, weight_decay, max_grad_norm: of AdamW.
        warmup_steps: linear warm-up.
        schedule: a name of transformers' schedulers ("constant_with_warmup", "cosine").
        evaluate_every: steps between held-out evaluations; 0 for none.
        evaluate_from: no evaluation before this step.
        checkpoint_every: steps between the trainer's checkpoints; 0 for none.
        stop_at_accuracy: end once held-out accuracy reaches this, or None:
            reinforcement learning starts best just past the breakthrough.
        seed: of the order of the examples.
    """

    steps: int = 100
    batch_size: int = 32
    micro_batch_size: int = 32
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
    resume: bool = False,
) -> int:
    """Train ``policy`` in place and return the number of steps taken.

    Args:
        examples: question and target text, the clip read by ``read``.
        folder: where the trainer may write.
        evaluate: held-out accuracy per topic and "overall".
        log: receives one dictionary per step and per evaluation.
        tell: called after each step with its number and loss; may raise to stop.
        resume: go on from the trainer's last checkpoint in ``folder``, if any.

    Raises:
        DeafError: if a batch would be trained without its clips.
    """
    watch = _Watch(settings, evaluate, log, tell)
    trainer = SFTTrainer(
        model=policy.model,
        processing_class=policy.processor.tokenizer,
        data_collator=Collator(policy, examples, read),
        train_dataset=Dataset.from_dict({"row": list(range(len(examples)))}),
        callbacks=[watch],
        args=SFTConfig(
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
            gradient_checkpointing=False,
            bf16=False,
            logging_steps=1,
            save_strategy="steps" if settings.checkpoint_every else "no",
            save_steps=settings.checkpoint_every or 500,
            save_total_limit=2,
            report_to=[],
            disable_tqdm=True,
            use_cpu=policy.device.type == "cpu",
        ),
    )
    trainer.remove_callback(PrinterCallback)  # the caller says what is shown
    last = get_last_checkpoint(folder) if resume and folder.exists() else None
    trainer.train(resume_from_checkpoint=last)
    policy.model.__dict__.pop("forward", None)  # TRL's fused forward stays in its trainer
    return trainer.state.global_step


class _Watch(TrainerCallback):
    """Logs every step, evaluates every k, and ends the cold start at its goal."""

    def __init__(
        self,
        settings: SftSettings,
        evaluate: Evaluate,
        log: Log,
        tell: Callable[[int, float], None],
    ):
        self.settings, self.evaluate, self.log, self.tell = settings, evaluate, log, tell

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
            self.tell(state.global_step, float(logs["loss"]))

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        step, every = state.global_step, self.settings.evaluate_every
        if not every or step % every or step < self.settings.evaluate_from:
            return
        topics = self.evaluate()
        accuracy = topics.pop("overall")
        self.log(
            {
                "stage": "sft_eval",
                "step": step,
                "split": "dev",
                "accuracy": accuracy,
                "topics": topics,
            }
        )
        goal = self.settings.stop_at_accuracy
        if goal is not None and accuracy >= goal:
            control.should_training_stop = True
