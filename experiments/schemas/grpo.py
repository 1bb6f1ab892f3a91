"""Reinforcement learning: sections ``sampling`` and ``grpo``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from experiments.config_values import number
from policies.objective import Importance, KlEstimate, Loss, check_dual_clip
from rewards.errors import ConfigError


@dataclass(frozen=True, slots=True)
class SamplingConfig:
    """How completions are drawn, as ``policies.sampling.SamplingSettings`` has it.

    Whatever is cut away, the sampler draws from another distribution than the learner
    scores: ``sampler_gap`` in the metrics says by how much.

    Attributes:
        temperature: of the draws; greedy evaluation does not use it.
        top_k: at most this many of the likeliest tokens; 0: all. Cut first.
        top_p: the smallest set of tokens with at least this probability; 1: all.
        min_p: tokens of at least this share of the likeliest one's probability; 0: all.
        max_new_tokens: a longer completion is cut and counts as truncated.
        stop: texts that end a completion, greedy ones too; they stay in it.
    """

    temperature: float = number(1.0, least=0.001, most=10)
    top_k: int = number(0, least=0)
    top_p: float = number(1.0, above=0, most=1)
    min_p: float = number(0.0, least=0, below=1)
    max_new_tokens: int = number(64, least=1)
    stop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not all(self.stop):
            raise ConfigError(
                f"stop holds an empty text, which ends nothing: got {list(self.stop)}, expected "
                "texts that a completion can contain; leave it out"
            )


@dataclass(frozen=True, slots=True)
class GrpoConfig:
    """The RL loop.

    Attributes:
        groups: questions in a step, P.
        group_size: completions of each, G.
        steps: updates, or null for ``epochs`` passes over the questions; whoever gives ``epochs``
            alone, or in a later place, makes it null.
        schedule, warmup: of the learning rate; warm-up as a share of the steps.
        loss: "dapo" (and "bnpo") averages over the tokens of the batch, "grpo" over
            each completion first, "dr_grpo" divides by ``sampling.max_new_tokens``;
            "gspo" has one ratio a completion, "cispo" a bounded weight on log p.
        clip_low, clip_high: the ratio stays in [1 - low, 1 + high].
        dual_clip: bound of the ratio where the advantage is negative; null: none.
        kl_weight: of the KL to the cold start; 0: no reference is kept.
        kl: its estimate; "k3" is unbiased and never negative.
        importance: weight tokens by learner / sampler before the update, each token's
            own or the row's, bounded ("truncate") or 0 outside ("mask") of
            [importance_low, importance_high].
        mask_truncated: completions that hit the token limit have no part in the loss.
        scale_rewards: advantages are divided by the spread of the group's rewards, of
            the step's, or not at all. For a rubric that combines by sum.
        inner_updates: optimizer steps on one batch.
        max_grad_norm: gradients are scaled down to this norm.
        micro_tokens: tokens of prompts and completions computed at once; memory, not
            the result.
        head_chunk: tokens whose logits are in memory at once; memory, not the result.
        checkpointing: compute activations again in the backward pass; memory, not the
            result.
        offload: the optimizer lies in the machine's memory, not the GPU's: 12 bytes for each weight
            that learns, which full weights of 8B could not have there.
        gradients: who computes them: the learner's own process, or the actors, side by side,
            each for its share of the groups; on CPUs and on several GPUs that is faster. Only
            what learns travels, so with an adapter little does.
        staleness: 1: a step is sampled while the one before it is learnt from, by weights that
            lack its update; ``importance`` weighs the difference. 0: on policy, in turn.
        evaluate_every: steps between evaluations on ``data.dev``; 0: none.
        checkpoint_every: steps between checkpoints.
        keep_every: checkpoints of every so many steps stay, beside the first, the newest two and
            the best: a replay of a step between them has less to compute again. 0: none.
        early_stop_patience: evaluations without a gain before stopping; 0: off.
        curriculum: ask more of the topics whose pass rate is near a half.
        control: "shuffled" deals a group's rewards out at random, to show that
            what is learned comes from the rewards.
        chunk: questions that an actor samples at once.
        actors: Ray processes that sample and score; on several GPUs one each.
        cluster: a Ray cluster whose machines they are on, HOST:PORT or "auto" for that of this
            machine; null: a Ray of the run's own, here.
    """

    groups: int = number(32, least=1)
    group_size: int = number(8, least=2)
    steps: int | None = number(100, least=1)
    epochs: float = number(1.0, above=0, instead_of="steps")
    learning_rate: float = number(1.5e-4, above=0)
    betas: tuple[float, float] = number((0.9, 0.95), least=0, below=1)
    weight_decay: float = number(0.0, least=0)
    schedule: Literal["constant", "cosine"] = "constant"
    warmup: float = number(0.0, least=0, below=1)
    loss: Loss = "dapo"
    clip_low: float = number(0.2, above=0, below=1)
    clip_high: float = number(0.28, above=0)
    dual_clip: float | None = number(None, above=1)
    kl_weight: float = number(0.0, least=0)
    kl: KlEstimate = "k3"
    importance: Importance = "none"
    importance_low: float = number(0.0, least=0, most=1)
    importance_high: float = number(2.0, least=1)
    mask_truncated: bool = False
    scale_rewards: Literal["group", "batch", "none"] = "group"
    inner_updates: int = number(1, least=1)
    max_grad_norm: float = number(1.0, above=0)
    micro_tokens: int = number(4096, least=1)
    head_chunk: int = number(1024, least=1)
    checkpointing: bool = False
    offload: bool = False
    gradients: Literal["learner", "actors"] = "learner"
    staleness: int = number(0, least=0, most=1)
    evaluate_every: int = number(20, least=0)
    checkpoint_every: int = number(20, least=1)
    keep_every: int = number(0, least=0)
    early_stop_patience: int = number(0, least=0)
    actors: int = number(2, least=1)
    cluster: str | None = None
    chunk: int = number(16, least=1)
    curriculum: bool = True
    control: Literal["none", "shuffled"] = "none"

    def __post_init__(self) -> None:
        if self.early_stop_patience and not self.evaluate_every:
            raise ConfigError(
                "early_stop_patience needs evaluations: got evaluate_every 0, expected at "
                "least 1; set it, or early_stop_patience=0"
            )
        if self.keep_every % self.checkpoint_every:
            raise ConfigError(
                f"keep_every keeps checkpoints that are written: got {self.keep_every} with "
                f"checkpoint_every {self.checkpoint_every}, expected 0 or a multiple of it; change "
                "one of them"
            )
        check_dual_clip(self.dual_clip, self.clip_high, self.loss)
