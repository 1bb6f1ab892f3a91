"""Log-probs of whole groups: the prompt read once, G completions beside it.

Each group is one flat row [prefix, completion 1, ..., completion G] under the
``SharedRow`` plan; several groups are stacked, padded to a common shape. The
plain form (every completion with its own copy of the prompt) is the oracle of
the tests; values and gradients are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from policies.attention import SharedRow
from policies.audio_policy import AudioPolicy
from policies.records import Prompt

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
    embedded, lengths = policy.embed(prompts)
    ids, valid = _pad(completions, policy.device)
    count, rows, tokens = ids.shape
    prefix = embedded.shape[1]
    own = policy.base.get_input_embeddings()(ids).flatten(1, 2)
    positions = torch.cat(
        [
            torch.arange(prefix, device=policy.device).expand(count, prefix),
            (lengths[:, None] + torch.arange(tokens, device=policy.device)).repeat(1, rows),
        ],
        dim=1,
    )
    plan = SharedRow.of(lengths, prefix, rows, tokens)
    hidden = policy.decode(torch.cat([embedded, own], dim=1), positions, plan)
    # Token t is predicted one place before it: the first by the end of the prompt.
    first = hidden[torch.arange(count), lengths - 1][:, None, None].expand(-1, rows, 1, -1)
    later = hidden[:, prefix:].unflatten(1, (rows, tokens))[:, :, :-1]
    predicting = torch.cat([first, later], dim=2)[valid]
    logprobs, entropies = policy.head.chosen(predicting, ids[valid], temperature, head_chunk)
    return GroupScores(_regroup(logprobs, completions), _regroup(entropies, completions))


def _regroup(flat_N: Tensor, completions: Sequence[Sequence[Ids]]) -> list[list[Tensor]]:
    pieces = iter(flat_N.split([len(row) for group in completions for row in group]))
    return [[next(pieces) for _ in group] for group in completions]


def _pad(completions: Sequence[Sequence[Ids]], device: torch.device) -> tuple[Tensor, Tensor]:
    """Ids and validity, both (N, G, T), padded with 0 and False to the largest group and row."""
    rows = max(len(group) for group in completions)
    width = max(len(row) for group in completions for row in group)
    ids = torch.zeros(len(completions), rows, width, dtype=torch.long, device=device)
    valid = torch.zeros_like(ids, dtype=torch.bool)
    for n, group in enumerate(completions):
        block = pad_sequence([torch.tensor(tuple(row)) for row in group], batch_first=True)
        sizes = torch.tensor([len(row) for row in group])
        ids[n, : len(group), : block.shape[1]] = block
        valid[n, : len(group)] = (torch.arange(width) < sizes[:, None]).to(device)
    return ids, valid
