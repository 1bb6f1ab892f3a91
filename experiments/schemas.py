"""What can be configured: one dataclass per section, shared by the commands.

The defaults are those of the tiny model on a CPU. ``music_flamingo_*.yaml`` hold
the paper's settings for the full-size checkpoint.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from experiments.config import number
from rewards.errors import ConfigError

if TYPE_CHECKING:
    from policies.tiny import TinySizes
    from sft.corpus.build import CorpusSettings


@dataclass(frozen=True, slots=True)
class TinyConfig:
    """The dimensions of the tiny model, as ``policies.tiny.TinySizes`` has them."""

    audio_hidden: int = number(64, least=8)
    audio_layers: int = number(2, least=1)
    audio_heads: int = number(4, least=1)
    text_hidden: int = number(128, least=8)
    text_layers: int = number(3, least=1)
    text_heads: int = number(4, least=1)
    text_kv_heads: int = number(2, least=1)
    vocabulary: int = number(512, least=300)
    mel_bins: int = number(128, least=16)
    hop: int = number(400, least=80)
    n_fft: int = number(2048, least=256)
    chunk_seconds: int = number(3, least=1, most=30)

    def sizes(self) -> TinySizes:
        """What ``policies.tiny.build_tiny`` takes."""
        from policies.tiny import TinySizes

        return TinySizes(**asdict(self))


@dataclass(frozen=True, slots=True)
class LoraConfig:
    """A low-rank adapter in place of full weights.

    Attributes:
        rank, alpha: the update is alpha / rank times a product of rank ``rank``.
        dropout: on the adapter's input.
        targets: module names within the language model.
    """

    rank: int = number(16, least=1)
    alpha: float = number(32.0, above=0)
    dropout: float = number(0.0, least=0, below=1)
    targets: tuple[str, ...] = ("q_proj", "k_proj", "v_proj", "o_proj")


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The policy.

    Attributes:
        path: a checkpoint folder, a name on the Hugging Face hub, or "tiny":
            then a tiny Music Flamingo is built with the sizes in ``tiny``.
        dtype: of the weights while training.
        device: "auto" takes a GPU where there is one.
        lora: an adapter, or null for full weights.
        freeze_encoder: leave the audio encoder and projector as they are.
        suffix: appended to every question, to ask for the two blocks.
    """

    path: str = "tiny"
    dtype: Literal["float32", "bfloat16"] = "float32"
    device: Literal["auto", "cpu", "cuda"] = "auto"
    lora: LoraConfig | None = None
    freeze_encoder: bool = False
    suffix: str = ""
    tiny: TinyConfig = field(default_factory=TinyConfig)


@dataclass(frozen=True, slots=True)
class DataConfig:
    """Questions and traces as JSONL; clips are relative to their file.

    Attributes:
        questions: what is asked in training.
        dev: what choices are made by; null: no evaluation while training.
        test: what figures are reported on, and nothing is chosen by.
        traces: chains of thought for the cold start.
    """

    questions: Path
    dev: Path | None = None
    test: Path | None = None
    traces: Path | None = None


@dataclass(frozen=True, slots=True)
class SftConfig:
    """The cold start: AdamW on completions only.

    Attributes:
        batch_size: traces in one optimizer step, over all devices.
        micro_batch_size: traces computed at once; memory, not the result.
        steps: optimizer steps, or null for ``epochs`` passes over the traces.
        warmup: share of the steps in which the rate rises from 0.
        max_grad_norm: gradients are scaled down to this norm.
        evaluate_every: steps between evaluations on ``data.dev``; 0: none.
        evaluate_from: no evaluation before this step.
        checkpoint_every: steps between checkpoints; 0: only the last.
        stop_at_dev_accuracy: end early once dev accuracy reaches it, so that
            GRPO starts just past the breakthrough; null: never.
    """

    learning_rate: float = number(1e-3, above=0)
    betas: tuple[float, float] = number((0.9, 0.999), least=0, below=1)
    weight_decay: float = number(0.0, least=0)
    batch_size: int = number(32, least=1)
    micro_batch_size: int = number(32, least=1)
    steps: int | None = number(200, least=1)
    epochs: float = number(1.0, above=0)
    schedule: Literal["constant", "cosine"] = "constant"
    warmup: float = number(0.03, least=0, below=1)
    max_grad_norm: float = number(1.0, above=0)
    evaluate_every: int = number(20, least=0)
    evaluate_from: int = number(0, least=0)
    checkpoint_every: int = number(0, least=0)
    stop_at_dev_accuracy: float | None = number(None, above=0, most=1)

    def __post_init__(self) -> None:
        if self.batch_size % self.micro_batch_size:
            raise ConfigError(
                f"batch_size must be a multiple of micro_batch_size: got {self.batch_size} and "
                f"{self.micro_batch_size}; change one of them"
            )
        if self.stop_at_dev_accuracy is not None and not self.evaluate_every:
            raise ConfigError(
                "stop_at_dev_accuracy needs evaluations: got evaluate_every 0, expected at "
                "least 1; set it, or stop_at_dev_accuracy=null"
            )


@dataclass(frozen=True, slots=True)
class SamplingConfig:
    """How completions are drawn, as ``policies.sampling.SamplingSettings`` has it.

    Whatever is cut away, the sampler draws from another distribution than the learner
    scores: ``sampler_gap`` in the metrics says by how much.

    Attributes:
        temperature: above 0; greedy evaluation does not use it.
        top_k: at most this many of the likeliest tokens; 0: all. Cut first.
        top_p: the smallest set of tokens with at least this probability; 1: all.
        min_p: tokens of at least this share of the likeliest one's probability; 0: all.
        max_new_tokens: a longer completion is cut and counts as truncated.
        stop: texts that end a completion, greedy ones too; they stay in it.
    """

    temperature: float = number(1.0, above=0, most=10)
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
        steps: updates, or null for ``epochs`` passes over the questions.
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
        workers: threads of the learner; on a CPU one per core, on a GPU 1.
        evaluate_every: steps between evaluations on ``data.dev``; 0: none.
        checkpoint_every: steps between checkpoints.
        early_stop_patience: evaluations without a gain before stopping; 0: off.
        curriculum: ask more of the topics whose pass rate is near a half.
        control: "shuffled" deals a group's rewards out at random, to show that
            what is learned comes from the rewards.
        chunk: questions that an actor samples at once.
        actors: Ray processes that sample and score.
    """

    groups: int = number(32, least=1)
    group_size: int = number(8, least=2)
    steps: int | None = number(100, least=1)
    epochs: float = number(1.0, above=0)
    learning_rate: float = number(1.5e-4, above=0)
    betas: tuple[float, float] = number((0.9, 0.95), least=0, below=1)
    weight_decay: float = number(0.0, least=0)
    schedule: Literal["constant", "cosine"] = "constant"
    warmup: float = number(0.0, least=0, below=1)
    loss: Literal["bnpo", "cispo", "dapo", "dr_grpo", "grpo", "gspo"] = "dapo"
    clip_low: float = number(0.2, above=0, below=1)
    clip_high: float = number(0.28, above=0)
    dual_clip: float | None = number(None, above=1)
    kl_weight: float = number(0.0, least=0)
    kl: Literal["k1", "k2", "k3"] = "k3"
    importance: Literal[
        "none", "token_truncate", "token_mask", "sequence_truncate", "sequence_mask"
    ] = "none"
    importance_low: float = number(0.0, least=0, most=1)
    importance_high: float = number(2.0, least=1)
    mask_truncated: bool = False
    scale_rewards: Literal["group", "batch", "none"] = "group"
    inner_updates: int = number(1, least=1)
    max_grad_norm: float = number(1.0, above=0)
    micro_tokens: int = number(4096, least=1)
    head_chunk: int = number(1024, least=1)
    checkpointing: bool = False
    workers: int = number(1, least=1)
    evaluate_every: int = number(20, least=0)
    checkpoint_every: int = number(20, least=1)
    early_stop_patience: int = number(0, least=0)
    actors: int = number(2, least=1)
    chunk: int = number(16, least=1)
    curriculum: bool = True
    control: Literal["none", "shuffled"] = "none"

    def __post_init__(self) -> None:
        if self.early_stop_patience and not self.evaluate_every:
            raise ConfigError(
                "early_stop_patience needs evaluations: got evaluate_every 0, expected at "
                "least 1; set it, or early_stop_patience=0"
            )
        if self.dual_clip is not None and (
            self.loss == "cispo" or self.dual_clip <= 1 + self.clip_high
        ):
            raise ConfigError(
                f"dual_clip does not fit: got {self.dual_clip:g} with loss {self.loss} and "
                f"clip_high {self.clip_high:g}, expected null, or above 1 + clip_high for another "
                "loss than cispo; change it"
            )


@dataclass(frozen=True, slots=True)
class SftRun:
    """`etude sft CONFIG`: a cold start from traces."""

    data: DataConfig
    out: Path = Path("runs/sft")
    seed: int = number(1, least=0)
    model: ModelConfig = field(default_factory=ModelConfig)
    sft: SftConfig = field(default_factory=SftConfig)
    sampling: SamplingConfig = field(default_factory=SamplingConfig)


def _default_rubric() -> dict[str, Any]:
    from rewards.rubric import DEFAULT

    return deepcopy(dict(DEFAULT))


@dataclass(frozen=True, slots=True)
class GrpoRun:
    """`etude grpo CONFIG`: reinforcement learning from a checkpoint.

    ``rubric`` is handed to the rubric's own reader, which checks it; without one it is
    ``rewards.rubric.DEFAULT``.
    """

    data: DataConfig
    out: Path = Path("runs/grpo")
    seed: int = number(1, least=0)
    model: ModelConfig = field(default_factory=ModelConfig)
    sampling: SamplingConfig = field(default_factory=SamplingConfig)
    grpo: GrpoConfig = field(default_factory=GrpoConfig)
    rubric: dict[str, Any] = field(default_factory=_default_rubric)


@dataclass(frozen=True, slots=True)
class ScoresConfig:
    """A data set from real scores, as ``sft.corpus.build.CorpusSettings`` has it.

    Attributes:
        seed: of the excerpts and their sound; a run's own seed leaves them alone.
        tunes: how many tunes are read beside the chorales.
        train, dev, test: clips of each split.
        chorales: share of clips that come from chorales.
        facets: which questions are asked, or null for all kinds there are.
        per_clip: questions about one clip, of different facets.
        choice_share: share of multiple choice where a facet may also be open.
        processes: workers for reading and rendering; changes no byte.
    """

    seed: int = number(0, least=0)
    tunes: int = number(1100, least=0)
    train: int = number(3000, least=1)
    dev: int = number(150, least=1)
    test: int = number(250, least=1)
    chorales: float = number(0.6, least=0, most=1)
    facets: tuple[str, ...] | None = None
    per_clip: int = number(2, least=1)
    choice_share: float = number(0.4, least=0, most=1)
    processes: int = number(2, least=1)

    def settings(self) -> CorpusSettings:
        """What ``sft.corpus.build.build`` takes."""
        from sft.corpus.build import CorpusSettings

        given = asdict(self)
        if self.facets is None:
            del given["facets"]
        return CorpusSettings(**given)


@dataclass(frozen=True, slots=True)
class QuickstartRun:
    """`etude quickstart`: scores, sound, cold start, GRPO, table and report.

    Attributes:
        data_folder: where wav, questions and traces are written, and found again
            by the next run.
    """

    out: Path = Path("runs/quickstart")
    data_folder: Path = Path("data/scores")
    seed: int = number(1, least=0)
    model: ModelConfig = field(default_factory=ModelConfig)
    data: ScoresConfig = field(default_factory=ScoresConfig)
    sft: SftConfig = field(default_factory=SftConfig)
    sampling: SamplingConfig = field(default_factory=SamplingConfig)
    grpo: GrpoConfig = field(default_factory=GrpoConfig)
    rubric: dict[str, Any] = field(default_factory=_default_rubric)
