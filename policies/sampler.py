"""What a sampler is, and the embedded one: the policy itself draws.

A ``Sampler`` holds one version of the weights at a time. It is given prompts as token
ids with their clips and gives completions as token ids with the log-probs under which
they were drawn; of questions, rewards and runs it knows nothing.

The embedded one encodes each clip once and prefills each prompt once per group:

    clips -> encoder (once a clip) -> prompts -> prefill (once a group)
    -> one decoding step for all rows of all groups, until every row has stopped
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch

from policies.attention import Prefill
from policies.audio_policy import AudioPolicy
from policies.next_token import next_token
from policies.places import Need, check_places, places_of
from policies.records import Completion, Prompt
from policies.sampling import Draws, SamplingSettings
from policies.weights import load_weights, weights_hash
from rewards.errors import ConfigError, RolloutError

# Computing fewer rows saves in proportion on a CPU; on a GPU a new shape must be captured anew.
_SHRINK = {"cpu": 0.75, "cuda": 0.5}


@dataclass(frozen=True, slots=True)
class Health:
    """What a sampler says of itself.

    Attributes:
        version: of the weights that it holds; None before the first.
        digest: the hash of what was loaded as that version, None likewise.
        device: where it computes, as torch names it.
        memory: bytes that torch has allocated on a GPU; on a CPU, where torch does not
            count, those of the weights.
    """

    version: int | None
    digest: str | None
    device: str
    memory: int


class Sampler(Protocol):
    """Whatever draws completions from published weights."""

    def load(self, weights: Mapping[str, np.ndarray], version: int, digest: str) -> str:
        """Take the arrays into the weights of the same names, as ``version``.

        Args:
            weights: what ``policies.weights.learning_weights`` gave.
            version: what ``sample`` is to be asked for from now on.
            digest: ``weights_hash`` of what was published.

        Returns:
            The hash of what was received. Where it is not ``digest``, nothing was taken
            and the version before stays: the caller compares.

        Raises:
            RolloutError: for weights of another model, of which nothing is taken either,
                or if the sampler is closed.
        """
        ...

    def sample(
        self,
        prompts: Sequence[Prompt],
        seeds: Sequence[Sequence[int]],
        settings: SamplingSettings,
        version: int,
    ) -> list[list[Completion]]:
        """G completions of each of N prompts, from N lists of G seeds.

        ``logprobs_T`` are under the distribution that was drawn from, cuts and
        temperature included. A completion depends on prompt, seed, settings and weights,
        not on what is drawn beside it, up to the rounding of the logits.

        Raises:
            RolloutError: if the sampler does not hold ``version``, or is closed.
            ConfigError: if the lists of seeds are not one a prompt, all of one length, or a
                prompt with its completions is longer than the decoder has places for.
            DeafError: if a prompt would not be heard.
        """
        ...

    def health(self) -> Health:
        """What it holds and where; RolloutError once it is closed."""
        ...

    def close(self) -> None:
        """Give up weights and device; closed twice is closed."""
        ...


class EmbeddedSampler:
    """Draws from a policy of this process.

    Until weights are loaded it holds no version and refuses to sample, whatever the
    policy was opened from.
    """

    def __init__(self, policy: AudioPolicy, name: str = "the sampler"):
        """
        Args:
            policy: its weights are overwritten by ``load``.
            name: what the sentences of errors call the sampler.
        """
        self.name = name
        self._policy: AudioPolicy | None = policy
        self._version: int | None = None
        self._digest: str | None = None

    def load(self, weights: Mapping[str, np.ndarray], version: int, digest: str) -> str:
        """See ``Sampler.load``."""
        policy, received = self._open(), weights_hash(weights)
        if received == digest:
            load_weights(policy, weights)
            self._version, self._digest = version, digest
        return received

    def sample(
        self,
        prompts: Sequence[Prompt],
        seeds: Sequence[Sequence[int]],
        settings: SamplingSettings,
        version: int,
    ) -> list[list[Completion]]:
        """See ``Sampler.sample``."""
        policy = self._open()
        if self._version != version:
            raise RolloutError(
                f"{self.name} holds other weights: got version {self._version}, expected "
                f"{version}; publish it there first"
            )
        return sample(policy, prompts, seeds, settings, policy_version=version)

    def health(self) -> Health:
        """See ``Sampler.health``."""
        policy = self._open()
        if policy.device.type == "cuda":
            memory = torch.cuda.memory_allocated(policy.device)
        else:
            memory = sum(w.nbytes for w in (*policy.model.parameters(), *policy.model.buffers()))
        return Health(self._version, self._digest, str(policy.device), memory)

    def close(self) -> None:
        """See ``Sampler.close``; a policy that another holds as well stays with it."""
        self._policy = self._version = self._digest = None

    def _open(self) -> AudioPolicy:
        if self._policy is None:
            raise RolloutError(
                f"{self.name} is closed: got a call, expected none after close(); open another"
            )
        return self._policy


@torch.inference_mode()
def sample(
    policy: AudioPolicy,
    prompts: Sequence[Prompt],
    seeds: Sequence[Sequence[int]],
    settings: SamplingSettings,
    *,
    policy_version: int = 0,
    stream: Callable[[list[int]], None] | None = None,
) -> list[list[Completion]]:
    """Draw G completions of each of N prompts.

    Args:
        policy: the model; it is switched to evaluation mode.
        prompts: N prompts.
        seeds: N lists of G seeds, one per rollout.
        settings: temperature, cuts, length and stop texts.
        policy_version: written into each completion.
        stream: called after each token with the ids of the first completion so far.

    Returns:
        N lists of G completions. ``logprobs_T`` are those of the distribution
        that was drawn from (at temperature 0: of the untempered one).

    Raises:
        ConfigError: if the lists of seeds are not one a prompt, all of one length, the
            decoder is of another kind than ``next_token`` knows, or it has no places for a
            prompt and its completions.
        DeafError: if a prompt would not be heard.
    """
    policy.model.eval()
    _check_seeds(prompts, seeds)
    rows, tokens, temperature = len(seeds[0]), settings.max_new_tokens, settings.temperature or 1.0
    needs = (Need(prompt.question_id, len(prompt.ids), tokens) for prompt in prompts)
    check_places(needs, places_of(policy.language_model.config))
    embedded, lengths = policy.embed(prompts)
    prefill = Prefill()
    places = torch.arange(embedded.shape[1], device=policy.device)[None]
    hidden = policy.decode(embedded, places, prefill, lengths[:, None] - 1)
    logprobs = policy.logprobs(hidden[:, 0], temperature).repeat_interleave(rows, dim=0)
    draws = Draws(policy, seeds, settings)
    decode = next_token(policy, prefill, lengths, rows, tokens, temperature)
    del prefill, hidden
    share = _SHRINK.get(policy.device.type, 0.75)
    with _threads(decode.torch_threads):
        for step in range(tokens):
            drawn = draws.draw(logprobs)
            if stream is not None:
                stream(draws.so_far())
            if step + 1 == tokens or not draws.going:
                break
            fewer = draws.shrink(share)
            if fewer is not None:
                groups, kept = fewer
                drawn = drawn.view(-1, decode.rows)[groups].gather(1, kept).flatten()
                decode.keep(groups, kept)
            logprobs = decode.logprobs(step, drawn)
    done = draws.completions(policy_version)
    return [done[i : i + rows] for i in range(0, len(done), rows)]


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """So many threads for each operation of torch, and then as many as before."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _check_seeds(prompts: Sequence[Prompt], seeds: Sequence[Sequence[int]]) -> None:
    sizes = sorted({len(group) for group in seeds})
    if not prompts or len(seeds) != len(prompts) or len(sizes) != 1 or sizes[0] < 1:
        raise ConfigError(
            f"each prompt needs one list of seeds, all of one length: got {len(prompts)} prompts "
            f"and {len(seeds)} lists of {sizes} seeds, expected as many lists; derive them anew"
        )
