"""From what is configured to what the rooms below take.

The only place that makes a room's settings of a configuration: a room never sees a
configuration, and ``experiments/schemas/`` knows no settings of a room, but names of its choices.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.hardware import cores
from experiments.schemas import (
    DataConfig,
    GrpoConfig,
    GrpoRun,
    ModelConfig,
    QuickstartRun,
    SamplingConfig,
    ScoresConfig,
    SftConfig,
    TinyConfig,
)
from rewards.errors import ConfigError
from rewards.records import Question

if TYPE_CHECKING:
    from policies.learner_settings import LearnerSettings
    from policies.lora import Opening
    from policies.sampling import SamplingSettings
    from policies.tiny import TinySizes
    from rewards.rubric import Rubric
    from rollouts.run import GrpoSpec
    from rollouts.train import LoopSettings
    from sft.corpus.folder import CorpusSettings
    from sft.train import SftSettings


def sampling_settings(config: SamplingConfig) -> SamplingSettings:
    """How completions are drawn."""
    from policies.sampling import SamplingSettings

    return SamplingSettings(**asdict(config))


def greedy(config: SamplingConfig) -> SamplingSettings:
    """The likeliest completion, to the same length and stop texts."""
    return sampling_settings(config).greedy()


def tiny_sizes(config: TinyConfig) -> TinySizes:
    """The dimensions of the tiny model."""
    from policies.tiny import TinySizes

    return TinySizes(**asdict(config))


def corpus_settings(config: ScoresConfig) -> CorpusSettings:
    """What a data set from real scores depends on."""
    from sft.corpus.folder import CorpusSettings

    given = asdict(config)
    if config.facets is None:
        del given["facets"]
    return CorpusSettings(**given)


def total_steps(steps: int | None, epochs: float, rows: int, batch: int) -> int:
    """Steps as given, or as many as so many passes over the rows have.

    >>> total_steps(None, 2, 100, 32)
    7
    """
    return steps if steps is not None else max(1, math.ceil(epochs * rows / batch))


def evaluations(every: int, goal: str, set_: bool, *, dev: bool) -> int:
    """Steps between evaluations; 0 without dev questions.

    Raises:
        ConfigError: if ``goal``, which needs evaluations, is set and there are none.
    """
    if set_ and not dev:
        raise ConfigError(
            f"{goal} needs evaluations: got data.dev null, expected a questions file; name one, "
            f"or leave {goal} out"
        )
    return every if dev else 0


def sft_settings(config: SftConfig, rows: int, seed: int, *, dev: bool) -> SftSettings:
    """How the cold start runs over ``rows`` traces; without dev questions it never evaluates."""
    from sft.train import SftSettings

    goal = config.stop_at_dev_accuracy
    assert config.micro_batch_size is not None  # resolved as it was read
    steps = total_steps(config.steps, config.epochs, rows, config.batch_size)
    return SftSettings(
        steps=steps,
        batch_size=config.batch_size,
        micro_batch_size=config.micro_batch_size,
        checkpointing=config.checkpointing,
        offload=config.offload,
        learning_rate=config.learning_rate,
        betas=config.betas,
        weight_decay=config.weight_decay,
        max_grad_norm=config.max_grad_norm,
        warmup_steps=round(config.warmup * steps),
        schedule="cosine" if config.schedule == "cosine" else "constant_with_warmup",
        evaluate_every=evaluations(
            config.evaluate_every, "sft.stop_at_dev_accuracy", goal is not None, dev=dev
        ),
        evaluate_from=config.evaluate_from,
        checkpoint_every=config.checkpoint_every,
        stop_at_accuracy=goal,
        seed=seed,
    )


def learner_settings(
    config: GrpoConfig, sampled: SamplingConfig, model: ModelConfig, steps: int
) -> LearnerSettings:
    """How the policy is updated."""
    from policies.learner_settings import LearnerSettings

    return LearnerSettings(
        learning_rate=config.learning_rate,
        betas=config.betas,
        weight_decay=config.weight_decay,
        warmup_steps=round(config.warmup * steps),
        total_steps=steps,
        schedule=config.schedule,
        loss=config.loss,
        clip_low=config.clip_low,
        clip_high=config.clip_high,
        dual_clip=config.dual_clip,
        kl_weight=config.kl_weight,
        kl=config.kl,
        importance=config.importance,
        importance_low=config.importance_low,
        importance_high=config.importance_high,
        max_tokens=sampled.max_new_tokens,
        mask_truncated=config.mask_truncated,
        inner_updates=config.inner_updates,
        max_grad_norm=config.max_grad_norm,
        micro_tokens=config.micro_tokens,
        head_chunk=config.head_chunk,
        checkpointing=config.checkpointing,
        shards=config.actors if config.gradients == "actors" else 1,
        threads=threads(config),
        temperature=sampled.temperature,
        freeze_encoder=model.freeze_encoder,
        offload=config.offload,
    )


def threads(config: GrpoConfig) -> int:
    """Of torch where gradients are computed: the cores that nobody else works on meanwhile."""
    if config.gradients == "actors":
        return 1
    return max(1, cores() - config.actors) if config.staleness else cores()


def loop_settings(
    config: GrpoConfig, rubric: Rubric, steps: int, seed: int, *, dev: bool
) -> LoopSettings:
    """When the loop does what; without dev questions it never evaluates."""
    from rollouts.train import LoopSettings

    patience = config.early_stop_patience
    return LoopSettings(
        steps=steps,
        groups=config.groups,
        evaluate_every=evaluations(
            config.evaluate_every, "grpo.early_stop_patience", patience > 0, dev=dev
        ),
        checkpoint_every=config.checkpoint_every,
        keep_every=config.keep_every,
        patience=patience,
        combine=rubric.combine,
        scale_rewards=config.scale_rewards,
        failure_budget=rubric.failure_budget,
        staleness=config.staleness,
        shuffle_seed=seed if config.control == "shuffled" else None,
    )


def lora_settings(config: ModelConfig) -> dict[str, Any] | None:
    """PEFT settings as a mapping, or None for full weights."""
    return None if config.lora is None else asdict(config.lora)


def opening(config: ModelConfig, device: str | None = None) -> Opening:
    """How a checkpoint is held, while it learns and while it answers.

    Args:
        device: that the command line names, instead of the configured one.

    Raises:
        ConfigError: a GPU where there is none.
    """
    from policies.lora import Opening

    return Opening(
        suffix=config.suffix,
        dtype=config.dtype,
        device=_picked(device, "--device") if device else _picked(config.device, "model.device"),
        fine_head=config.fine_head,
        base_8bit=config.base_8bit,
    )


def _picked(name: str, said_by: str) -> str:
    """ "auto" is a GPU where there is one."""
    import torch

    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise ConfigError(
            f"{said_by}: got cuda and no GPU that torch can use, expected one; take cpu, or see "
            "`etude doctor`"
        )
    return name


def questions(file: Path | None) -> list[Question]:
    """The questions of a file, () without one."""
    from rewards.questions import read_questions

    return [] if file is None else read_questions(file)


def clips_root(data: DataConfig) -> Path:
    """The folder that clip paths are relative to.

    Raises:
        ConfigError: if the files of one run stand in different folders.
    """
    files = [file for file in (data.questions, data.dev, data.test) if file is not None]
    roots = {file.parent.resolve() for file in files}
    if len(roots) > 1:
        raise ConfigError(
            "questions of one run must stand in one folder, for their clips are relative to it: "
            f"got {', '.join(sorted(map(str, roots)))}; move or link them into one"
        )
    return data.questions.parent


def check_rubric(rubric: Mapping[str, Any], asked: Sequence[Question]) -> str:
    """Refuse a rubric that does not fit the questions, before anything is loaded.

    Returns:
        What it leaves unjudged, as a sentence; "" where that is nothing.

    Raises:
        ConfigError: it cannot be used, names a kind that no question has, has a part for none
            of the questions, or can score none.
    """
    from rewards.rubric import Rubric
    from rewards.rubric_reach import reach
    from rewards.rubric_routes import strange_kinds, unused

    with Rubric.from_config(rubric) as read:
        wrong = strange_kinds(read, {question.kind for question in asked}) or unused(read, asked)
        found = reach(read, asked)
    if wrong or found.nothing:
        raise ConfigError(
            f"the rubric does not fit the questions to learn from: "
            f"{'; '.join(wrong) or found}; change rubric.parts, or add such questions"
        )
    return f"rubric: {found}" if str(found) else ""


def grpo_spec(
    run: Path,
    model: Path,
    clips: Path,
    asked: Sequence[Question],
    dev: Sequence[Question],
    config: GrpoRun | QuickstartRun,
) -> GrpoSpec:
    """A GRPO run of this configuration, from this checkpoint.

    Raises:
        ConfigError: if the rubric cannot be used.
    """
    from rewards.rubric import Rubric
    from rollouts.curriculum import CurriculumSettings
    from rollouts.pool import PoolSettings
    from rollouts.run import GrpoSpec

    steps = total_steps(config.grpo.steps, config.grpo.epochs, len(asked), config.grpo.groups)
    with Rubric.from_config(config.rubric) as rubric:
        settings = loop_settings(config.grpo, rubric, steps, config.seed, dev=bool(dev))
    return GrpoSpec(
        run=run,
        seed=config.seed,
        model=model,
        clips=clips,
        questions=asked,
        dev=dev,
        rubric=rubric.config,
        rows=config.grpo.group_size,
        sampling=sampling_settings(config.sampling),
        learner=learner_settings(config.grpo, config.sampling, config.model, steps),
        loop=settings,
        pool=PoolSettings(
            actors=config.grpo.actors, chunk=config.grpo.chunk, cluster=config.grpo.cluster
        ),
        gradients=config.grpo.gradients,
        logger=config.logger,
        curriculum=CurriculumSettings(by_pass_rate=config.grpo.curriculum),
        lora=lora_settings(config.model),
        opening=opening(config.model),
    )
