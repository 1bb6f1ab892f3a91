"""Log-probs of whole groups: the prompt read once, G completions beside it.

All groups are one flat row under the ``SharedRow`` plan, each distinct prompt in it
once. The plain form (every completion with its own copy of the prompt) is the oracle of
the tests; values and gradients are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from policies.audio_policy import AudioPolicy
from policies.records import Prompt
from policies.shared_row import SharedRow

Ids = Sequence[int]


HEAD_CHUNK = 1024  # tokens; 1.2 GB of float32 buffers at a vocabulary of 150,000


@dataclass(frozen=True, slots=True)
class GroupScores:
    """What the policy gives the tokens of N groups of completions.

    Attributes:
        logprobs: N lists of float32 tensors (T,), with gradient where it is enabled.
        entropies: of the distributions that the tokens were chosen from [nats], in
            the same shape, without gradient.
    """

    logprobs: list[list[Tensor]]
    entropies: list[list[Tensor]]


def group_logprobs(
    policy: AudioPolicy,
    prompts: Sequence[Prompt],
    completions: Sequence[Sequence[Ids]],
    temperature: float = 1.0,
) -> list[list[Tensor]]:
    """The log-probs of ``score_groups`` alone."""
    return score_groups(policy, prompts, completions, temperature).logprobs


def score_groups(
    policy: AudioPolicy,
    prompts: Sequence[Prompt],
    completions: Sequence[Sequence[Ids]],
    temperature: float = 1.0,
    *,
    head_chunk: int = HEAD_CHUNK,
) -> GroupScores:
    """The policy's log-prob and entropy at every completion token.

    Args:
        policy: the model; gradients flow where they are enabled.
        prompts: N prompts.
        completions: N lists of token-id sequences, none empty; groups may
            differ in size.
        temperature: of the distribution, above 0.
        head_chunk: tokens whose logits are in memory at once.

    Raises:
        DeafError: if a prompt would not be heard.
    """
    distinct = list({prompt.key: prompt for prompt in prompts}.values())
    place = {prompt.key: n for n, prompt in enumerate(distinct)}
    # Groups that ask the same about the same clip are one, put together here and taken apart last.
    members: list[list[int]] = [[] for _ in distinct]
    for n, prompt in enumerate(prompts):
        members[place[prompt.key]].append(n)
    order = [n for group in members for n in group]
    plan = SharedRow(
        tuple(len(prompt.ids) for prompt in distinct),
        tuple(tuple(len(row) for n in group for row in completions[n]) for group in members),
    )
    flat = [token for n in order for row in completions[n] for token in row]
    ids = torch.tensor(flat, device=policy.device)
    embedded, lengths = policy.embed(distinct)
    prefixes = [row[:length] for row, length in zip(embedded, lengths.tolist(), strict=True)]
    own = policy.base.get_input_embeddings()(ids)
    row, positions = torch.cat([*prefixes, own])[None], plan.positions(policy.device)
    hidden = policy.decode(row, positions, plan, plan.predicting(policy.device)[None])
    logprobs, entropies = policy.head.chosen(hidden[0], ids, temperature, head_chunk)
    return GroupScores(
        _regroup(logprobs, completions, order), _regroup(entropies, completions, order)
    )


def _regroup(
    flat_N: Tensor, completions: Sequence[Sequence[Ids]], order: Sequence[int]
) -> list[list[Tensor]]:
    """Rows of the flat tensor, which holds the groups in this order, in the order of the groups."""
    pieces = iter(flat_N.split([len(row) for n in order for row in completions[n]]))
    found = {n: [next(pieces) for _ in completions[n]] for n in order}
    return [found[n] for n in range(len(completions))]
