"""From the scores of a step's groups to advantages, and which part of them is whose.

Conventions
-----------
Only rollouts that were judged enter: no failed reward, and a total. The others keep their
place in the group and get no advantage.

===========  ======================================================================
``combine``  advantage
===========  ======================================================================
``sum``      the totals of a group, compared with each other: ``scaled_advantages``
``gdpo``     the values of each part, compared within the group; then their weighted
             sum, compared within the step: ``gdpo_advantages``
===========  ======================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from policies.grpo import Scale, decoupled, gdpo_advantages, scaled_advantages
from policies.seeds import generator
from rewards.rubric import Combine
from rollouts.records import Group


@dataclass(frozen=True, slots=True)
class Judged:
    """The judged rollouts of one group, in their order.

    Attributes:
        places: in the group.
        totals_G: in [0, 1], float64.
        names: of the K parts with a weight.
        values_GK: of the parts, NaN where one has none.
        weights_GK: of the parts; where the rubric renormalises, the weights of those with
            a value add up to those of all.
    """

    places: tuple[int, ...]
    totals_G: np.ndarray
    names: tuple[str, ...]
    values_GK: np.ndarray
    weights_GK: np.ndarray


def judged(group: Group) -> Judged:
    """The rollouts of a group that can be learnt from."""
    places = [i for i, r in enumerate(group.rollouts) if r.score.total is not None]
    scores = [group.rollouts[i].score for i in places]
    found = {name: None for s in scores for name, part in s.parts.items() if part.weight > 0}
    shape = (len(scores), len(found))
    values_GK, weights_GK = np.full(shape, np.nan), np.zeros(shape)
    for j, score in enumerate(scores):
        whole = sum(part.weight for part in score.parts.values())
        for k, name in enumerate(found):
            part = score.parts.get(name)
            if part is not None and part.value is not None:
                values_GK[j, k] = part.value
                weights_GK[j, k] = part.weight * whole / score.mass
    totals_G = np.array([score.total for score in scores], dtype=np.float64)
    return Judged(tuple(places), totals_G, tuple(found), values_GK, weights_GK)


def advantages(
    groups: Sequence[Judged],
    combine: Combine = "sum",
    orders: Sequence[np.ndarray] | None = None,
    scale: Scale = "group",
) -> list[np.ndarray]:
    """(G,) float64 for each group, aligned with its places.

    Args:
        orders: for each group a permutation by which its scores are dealt out anew.
        scale: of ``sum``, see ``scaled_advantages``.
    """
    if orders is None:
        orders = [np.arange(len(group.places)) for group in groups]
    pairs = list(zip(groups, orders, strict=True))
    if combine == "gdpo":
        return gdpo_advantages(
            [group.values_GK[order] for group, order in pairs],
            [group.weights_GK[order] for group, order in pairs],
        )
    return scaled_advantages([group.totals_G[order] for group, order in pairs], scale)


def shuffled(groups: Sequence[Group], found: Sequence[Judged], seed: int) -> list[np.ndarray]:
    """A permutation of each group's judged rollouts, by the ids of the group."""
    return [
        generator(seed, "shuffle", group.step, group.index).permutation(len(own.places))
        for group, own in zip(groups, found, strict=True)
    ]


def part_shares(groups: Sequence[Judged], combine: Combine = "sum") -> dict[str, float]:
    """Each part's share of the advantages, adding up to 1; empty where there are none.

    In one group part k gives rollout j the term d_jk: under ``sum`` w_jk v_jk less its mean
    over the group, with w that add up to 1 and 0 for a part without a value; under ``gdpo``
    the weighted advantage of the part. The terms of a rollout add up to its advantage, but
    for the scale of group or batch. The share of k in a group is sum_j |d_jk| over
    sum_jk |d_jk|; the share of a step is the mean over the groups with a term that is not 0.
    """
    found: dict[str, list[float]] = {}
    counted = 0
    for group in groups:
        size_K = np.abs(_terms(group, combine)).sum(axis=0)
        whole = size_K.sum()
        if whole > 0:
            counted += 1
            for name, size in zip(group.names, size_K, strict=True):
                found.setdefault(name, []).append(float(size / whole))
    return {name: sum(shares) / counted for name, shares in found.items()}


def _terms(group: Judged, combine: Combine) -> np.ndarray:
    """(G, K): what each part gives to the advantage of each rollout, but for its scale."""
    if combine == "gdpo":
        return decoupled(group.values_GK, group.weights_GK)
    given_GK = np.nan_to_num(group.values_GK) * group.weights_GK
    if not len(given_GK):
        return given_GK
    # A part that is the same for all gives exactly nothing, whatever its mean rounds to.
    differs_K = np.any(given_GK != given_GK[0], axis=0)
    return np.where(differs_K, given_GK - given_GK.mean(axis=0), 0.0)
