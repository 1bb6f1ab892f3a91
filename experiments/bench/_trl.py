"""TRL's GRPO trainer made to hear, as what a step is measured against.

TRL 1.16 knows images and no audio: its trainer does not start on an audio model, and
once it does, its learner gets no features and trains on without sound. Here four
methods are widened, nothing else is changed: features go beside the ids into TRL's own
``generate`` call and into its own forward, row by row, for TRL repeats every prompt G
times. ``check`` shows that both hear, and that its log-probs are ours.

What helps TRL: it is given features that were computed before, and no gradient
checkpointing, which is its default.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from datasets import Dataset
from torch import Tensor
from transformers import PrinterCallback, TrainerCallback
from trl.trainer.grpo_config import GRPOConfig
from trl.trainer.grpo_trainer import GRPOTrainer

from experiments.bench._subject import Subject
from policies.audio_policy import AudioPolicy
from policies.evaluate import silence
from policies.logprobs import group_logprobs
from policies.records import Prompt


class HearingTrainer(GRPOTrainer):
    """``GRPOTrainer`` over prompts with clips.

    Attributes:
        seconds: of the step in progress, by "sampling" and "scoring".
        seen: the last micro-batch of the learner.
    """

    def __init__(self, policy: AudioPolicy, given: Subject, steps: int, clock: Callable[[], float]):
        """
        Args:
            policy: its model is trained, and must attend as transformers does.
            given: what is asked, one clip a prompt, and how its completions are judged.
            clock: what ``seconds`` are told by.
        """
        self.policy, self.asked, self.judge, self.clock = policy, given.prompts, given.judge, clock
        self.seconds = {"sampling": 0.0, "scoring": 0.0}
        self.seen: dict[str, Any] = {}
        self._features: dict[str, Tensor] = {}
        policy.base.config.image_token_id = policy.audio_id  # else the trainer does not start
        shape, learner, sampling = given.shape, given.learner, given.sampling
        micro = shape.micro * shape.group
        with tempfile.TemporaryDirectory() as folder:
            args = GRPOConfig(
                folder, per_device_train_batch_size=micro,
                gradient_accumulation_steps=len(self.asked) * shape.group // micro,
                num_generations=shape.group, max_completion_length=sampling.max_new_tokens,
                temperature=sampling.temperature, top_p=sampling.top_p, top_k=sampling.top_k,
                max_steps=steps, loss_type=learner.loss, epsilon=learner.clip_low,
                epsilon_high=learner.clip_high, beta=0.0, learning_rate=learner.learning_rate,
                lr_scheduler_type="constant", adam_beta1=0.9, adam_beta2=0.95, max_grad_norm=1.0,
                activation_checkpointing=False, bf16=False, use_cpu=policy.device.type == "cpu",
                generation_kwargs={"suppress_tokens": list(policy.suppressed_ids)},
                report_to="none", save_strategy="no", logging_strategy="no", disable_tqdm=True,
                seed=1,
            )  # fmt: skip
        super().__init__(
            policy.base, self._reward, args, Dataset.from_list(
                [{"prompt": str(n)} for n in range(len(self.asked))]
            ), processing_class=policy.processor,
        )  # fmt: skip

    # -- what is widened ------------------------------------------------------------------

    def _tokenize_prompts(self, prompts: list[str]) -> Any:
        asked = [self.asked[int(name)] for name in prompts]
        return [list(one.ids) for one in asked], None, features(self.policy, asked)

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        found = super()._generate_and_score_completions(inputs)
        names = [int(one["prompt"]) for one in inputs]
        # As lists TRL shuffles and splits them by row, however many windows a clip has.
        return found | {"asked": [self.asked[name] for name in names]}

    def _compute_loss(self, model: Any, inputs: dict[str, Any]) -> Tensor:
        self.seen = inputs
        self._features = features(self.policy, inputs["asked"])
        return super()._compute_loss(model, inputs)

    def _get_per_token_logps_and_entropies(self, model: Any, *given: Any, **named: Any) -> Any:
        hearing = partial(model, **self._features)
        return super()._get_per_token_logps_and_entropies(hearing, *given, **named)

    # -- what is measured -----------------------------------------------------------------

    def _generate_single_turn(self, *given: Any, **named: Any) -> Any:
        with self._clock("sampling"):
            return super()._generate_single_turn(*given, **named)

    def _calculate_rewards(self, *given: Any, **named: Any) -> Any:
        with self._clock("scoring"):
            return super()._calculate_rewards(*given, **named)

    @contextmanager
    def _clock(self, part: str) -> Iterator[None]:
        began = self.clock()
        yield
        self.seconds[part] += self.clock() - began

    def _reward(self, prompts: list[str], completions: list[str], **_: Any) -> list[float | None]:
        size = len(completions) // len(dict.fromkeys(prompts))
        starts = range(0, len(completions), size)
        return [
            value
            for i in starts
            for value in self.judge(int(prompts[i]), completions[i : i + size])
        ]


class Turns(TrainerCallback):
    """Takes the times of TRL's steps, and runs another form before each.

    Attributes:
        times: of each step, by "sampling", "scoring" and "step" [s].
    """

    def __init__(self, other: Callable[[], object]):
        self.other = other
        self.trainer: HearingTrainer | None = None
        self.times: list[dict[str, float]] = []
        self._began = 0.0

    def on_step_begin(self, *_: Any, **__: Any) -> None:
        self.other()
        assert self.trainer is not None
        self.trainer.seconds = {"sampling": 0.0, "scoring": 0.0}
        self._began = self.trainer.clock()

    def on_step_end(self, *_: Any, **__: Any) -> None:
        assert self.trainer is not None
        step = self.trainer.clock() - self._began
        self.times.append(self.trainer.seconds | {"step": step})


def race(trainer: HearingTrainer, other: Callable[[], object]) -> list[dict[str, float]]:
    """All of the trainer's steps, ``other`` before each; the times of the trainer's."""
    turns = Turns(other)
    turns.trainer = trainer
    trainer.add_callback(turns)
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    return turns.times


def features(policy: AudioPolicy, prompts: Sequence[Prompt]) -> dict[str, Tensor]:
    """What the stock forward takes beside the ids: a row for each window of each clip."""
    heard = [policy.hear(clip.samples_S, clip.sha256) for one in prompts for clip in one.clips]
    return {
        "input_features": torch.cat([one.features for one in heard]),
        policy.family.mask_name: torch.cat([one.mask for one in heard]),
    }


@torch.no_grad()
def check(trainer: HearingTrainer, policy: AudioPolicy) -> dict[str, float]:
    """That TRL's form hears, in sampler and learner, and computes what ours does.

    The loss of a step on its own policy is the mean advantage, whatever was heard; so the
    log-probs under the true clip are kept as the old ones, against which silence changes it.

    Args:
        trainer: after ``race``.
        policy: of the same shape; it takes the trainer's weights.

    Returns:
        "gap", the largest difference between TRL's log-probs and ours of one micro-batch;
        "loss" and "loss of silence"; "heard", how far silence moves its sampler's logits.

    Raises:
        RuntimeError: if something is not as it must be for a fair comparison.
    """
    seen, model = trainer.seen, trainer.model
    ids = torch.cat([seen["prompt_ids"], seen["completion_ids"]], dim=1)
    mask = torch.cat([seen["prompt_mask"], seen["completion_mask"]], dim=1)
    trainer._features = features(trainer.policy, seen["asked"])
    keep = seen["completion_ids"].shape[1]
    theirs = trainer._get_per_token_logps_and_entropies(model, ids, mask, keep)[0]
    policy.model.load_state_dict(trainer.policy.model.state_dict())
    policy.model.eval()
    rows = [[tuple(row.tolist())] for row in seen["completion_ids"]]
    ours = torch.stack([row for (row,) in group_logprobs(policy, seen["asked"], rows)])
    drawn = seen["completion_mask"].bool()  # behind a row's end TRL pads
    gap = float((ours - theirs)[drawn].abs().max())
    known = seen | {"old_per_token_logps": theirs}
    mute = [_muted(one) for one in seen["asked"]]
    loss = float(trainer._compute_loss(model, known))
    deaf = float(trainer._compute_loss(model, known | {"asked": mute}))
    first, again, muted = (_first_logits(trainer, one) for one in (seen["asked"],) * 2 + (mute,))
    heard = float((first - muted).abs().max())
    if gap > 1e-4 or abs(loss - deaf) < 1e-6 or heard < 1e-4 or not torch.equal(first, again):
        raise RuntimeError(
            f"TRL's form is not comparable: got log-probs {gap:.1e} from ours, loss {loss:.6f}, "
            f"of silence {deaf:.6f}, logits of its sampler {heard:.1e} from those of silence; "
            "expected equal log-probs and a change with the clip; see experiments/bench/_trl.py"
        )
    return {"gap": gap, "loss": loss, "loss of silence": deaf, "heard": heard}


def _muted(prompt: Prompt) -> Prompt:
    clips = tuple(silence(clip) for clip in prompt.clips)
    return Prompt(prompt.question_id, prompt.ids, clips, prompt.processor)


def _first_logits(trainer: HearingTrainer, prompts: Sequence[Prompt]) -> Tensor:
    """The logits (rows, V) that TRL's ``generate`` draws its first tokens from."""
    seen: list[Tensor] = []
    hook = trainer.policy.base.lm_head.register_forward_hook(
        lambda _, __, out: seen.append(out[:, -1])
    )
    ids = [list(one.ids) for one in prompts]
    trainer._generate_single_turn(ids, None, features(trainer.policy, prompts), 1)
    hook.remove()
    return seen[0]
