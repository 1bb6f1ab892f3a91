"""The embedded sampler: each clip encoded once, each prompt prefilled once per group.

clips -> encoder (once a clip) -> prompts -> prefill (once a group)
-> one decoding step for all rows of all groups, until every row has stopped
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from policies.attention import Prefill
from policies.audio_policy import AudioPolicy
from policies.decode_step import DecodeStep
from policies.records import Completion, Prompt
from policies.sampling import Draws, SamplingSettings
from rewards.errors import ConfigError

# Computing fewer rows saves in proportion on a CPU; on a GPU a new shape must be captured anew.
_SHRINK = {"cpu": 0.75, "cuda": 0.5}


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
        ConfigError: if the lists of seeds are not one a prompt, all of one length, or
            the decoder is of another kind than ``DecodeStep`` knows.
        DeafError: if a prompt would not be heard.
    """
    policy.model.eval()
    _check_seeds(prompts, seeds)
    rows, tokens = len(seeds[0]), settings.max_new_tokens
    embedded, lengths = policy.embed(prompts)
    prefill = Prefill()
    places = torch.arange(embedded.shape[1], device=policy.device)[None]
    hidden = policy.decode(embedded, places, prefill)
    last = hidden[torch.arange(len(prompts)), lengths - 1].repeat_interleave(rows, dim=0)
    draws = Draws(policy, seeds, settings)
    decode = DecodeStep(policy, prefill, lengths, rows, tokens)
    del prefill, hidden
    share = _SHRINK.get(policy.device.type, 0.75)
    for step in range(tokens):
        drawn = draws.draw(step, last)
        if stream is not None:
            stream(draws.ids[0, : draws.lengths[0]].tolist())
        if step + 1 == tokens or not draws.going:
            break
        fewer = draws.shrink(share)
        if fewer is not None:
            groups, kept = fewer
            drawn = drawn.view(-1, decode.rows)[groups].gather(1, kept).flatten()
            decode.keep(groups, kept)
        last = decode(step, drawn)
    done = draws.completions(policy_version)
    return [done[i : i + rows] for i in range(0, len(done), rows)]


def _check_seeds(prompts: Sequence[Prompt], seeds: Sequence[Sequence[int]]) -> None:
    sizes = sorted({len(group) for group in seeds})
    if not prompts or len(seeds) != len(prompts) or len(sizes) != 1 or sizes[0] < 1:
        raise ConfigError(
            f"each prompt needs one list of seeds, all of one length: got {len(prompts)} prompts "
            f"and {len(seeds)} lists of {sizes} seeds, expected as many lists; derive them anew"
        )
