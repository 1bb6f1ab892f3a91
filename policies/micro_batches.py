"""A batch cut into pieces that fit into memory, or shared among processes, and joined again.

A piece holds whole completions: a group that exceeds the budget alone is read in
several pieces, its prefix in each. What is computed does not depend on the cut, up to
the rounding of sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from policies.records import Batch

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Piece:
    """Completions ``rows`` of group ``group``."""

    group: int
    rows: slice


Cut = list[list[Piece]]


def cut(batch: Batch, budget: int) -> Cut:
    """Micro-batches of at most ``budget`` tokens, in the order of the batch.

    A completion alone with its prompt is never cut, however long. Prompts count as
    often as they are read.
    """
    found: Cut = []
    room = 0
    for n, (prompt, group) in enumerate(zip(batch.prompts, batch.completions, strict=True)):
        start = 0
        while start < len(group):
            if room < len(prompt.ids) + len(group[start].ids):
                found.append([])
                room = budget
            room -= len(prompt.ids) + len(group[start].ids)
            stop = start + 1
            while stop < len(group) and len(group[stop].ids) <= room:
                room -= len(group[stop].ids)
                stop += 1
            found[-1].append(Piece(n, slice(start, stop)))
            start = stop  # what is left of the group has no room, and opens another micro-batch
    return found


def divide(batch: Batch, count: int) -> list[slice]:
    """Stretches of whole groups, at most ``count``, whose longest has the fewest tokens.

    They cover the batch in its order. Which they are depends on the lengths alone.
    """
    costs = [
        len(prompt.ids) + sum(len(row.ids) for row in group)
        for prompt, group in zip(batch.prompts, batch.completions, strict=True)
    ]
    low, high = max(costs, default=0), sum(costs)
    while low < high:
        middle = (low + high) // 2
        if len(_stretches(costs, middle)) <= count:
            high = middle
        else:
            low = middle + 1
    return _stretches(costs, low)


def _stretches(costs: Sequence[int], budget: int) -> list[slice]:
    """As few stretches as hold at most ``budget`` each."""
    found: list[slice] = []
    room = 0
    for n, cost in enumerate(costs):
        if cost > room or not found:
            found.append(slice(n, n))
            room = budget
        room -= cost
        found[-1] = slice(found[-1].start, n + 1)
    return found


def take(batch: Batch, pieces: Sequence[Piece]) -> Batch:
    """The part of a batch that these pieces name."""
    return Batch(
        tuple(batch.prompts[piece.group] for piece in pieces),
        tuple(batch.completions[piece.group][piece.rows] for piece in pieces),
        tuple(batch.advantages[piece.group][piece.rows] for piece in pieces),
    )


def join(batch: Batch, cuts: Cut, found: Sequence[Sequence[Sequence[Row]]]) -> list[list[Row]]:
    """What was found for each row of each piece, in the places of the batch."""
    whole: list[list[Row]] = [[] for _ in batch.prompts]
    for pieces, groups in zip(cuts, found, strict=True):
        for piece, rows in zip(pieces, groups, strict=True):
            whole[piece.group] += rows
    return whole
