"""Where two runs part: the first step, group and sample at which their rollouts differ, and why.

What is sampled comes before what it earns, and that before what is learnt from it: of a step the
first stage that differs counts, and what one of the two lacks comes after what both have. Steps
are passed over by their texts, seeds, sounds, totals and losses. Tokens that both drew are drawn
by the same weights where their log-probs agree, so the weights are told by these, not by a version
that only counts updates.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from experiments.text import shorten
from rollouts.journal import read_columns, read_rollouts, read_updates, steps
from rollouts.records import Group, Rollout

ROUNDING = 1e-4
"""Log-probs [nats], and relative losses, that differ by less are the same but for rounding."""
_QUICK = (
    "step", "group", "sample", "question_id", "seed", "policy_version", "text", "total", "valid",
    "clip_sha256",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parting:
    """Where two runs part.

    Attributes:
        step: the first at which something differs; None where nothing does.
        shared: steps that both have.
        place: (group, sample) of the first rollout that differs; None where only the update does.
        stages: what was compared there, in order -> "same", or what differs.
        meaning: one sentence.
    """

    step: int | None
    shared: int
    place: tuple[int, int] | None
    stages: dict[str, str]
    meaning: str


def parting(a: Path, b: Path) -> Parting | None:
    """The first difference of two journals; None where they share no step."""
    shared = sorted({*steps(a)} & {*steps(b)})
    if not shared:
        return None
    for step in shared:
        rows = [read_columns(run, step, "rollouts", _QUICK) for run in (a, b)]
        if _keyed(rows[0]) != _keyed(rows[1]):
            found = _rollouts(a, b, step, len(shared))
            if found is not None:
                return found
        one, other = (_loss(run, step) for run in (a, b))
        if one is not None and other is not None and not _alike(one, other):
            told = f"losses {one:.6g} and {other:.6g}"
            return Parting(
                step, len(shared), None, {"rollouts and rewards": "same", "update": told},
                "the same rollouts were learnt from otherwise: settings of the learner differ, or "
                "an optimizer that had learnt other things before",
            )  # fmt: skip
    return Parting(None, len(shared), None, {}, f"the {len(shared)} steps that both have are equal")


def _keyed(rows: Sequence[dict]) -> list[tuple]:
    return sorted((tuple(row[name] for name in _QUICK) for row in rows), key=lambda row: row[1:3])


def _rollouts(a: Path, b: Path, step: int, shared: int) -> Parting | None:
    """The first stage that differs anywhere in the step, at its first rollout there."""
    one, other = ({g.index: g for g in read_rollouts(run, step)} for run in (a, b))
    pairs = [(one[index], other[index]) for index in sorted({*one} & {*other})]
    gap = _gap(pairs)
    stages: dict[str, str] = {}
    for name, compare in _STAGES.items():
        found = next(compare(pairs), None)
        if found is None:
            stages[name] = "same"
            continue
        place, told, meaning = found
        stages[name] = told
        if name == "tokens":
            stages["log-probs"] = f"differ by up to {gap:.2g} nats where the tokens agree"
            meaning = _WEIGHTS if gap > ROUNDING else _DRAWN
        return Parting(step, shared, place, stages, meaning)
    if one.keys() != other.keys():
        alone = min(one.keys() ^ other.keys())
        told = f"{len(one)} and {len(other)}, and group {alone} is in one of the two only"
        meaning = "one asked a question that the other did not ask, or set aside"
        return Parting(step, shared, None, stages | {"groups": told}, meaning)
    for x, y in pairs:
        sizes = [len(group.rollouts) for group in (x, y)]
        if sizes[0] != sizes[1]:
            told = f"{sizes[0]} and {sizes[1]} in group {x.index}"
            meaning = "they sampled another number of completions: grpo.group_size differs"
            return Parting(step, shared, None, stages | {"completions": told}, meaning)
    return None


_Found = tuple[tuple[int, int], str, str]
_Pairs = Sequence[tuple[Group, Group]]
_WEIGHTS = (
    "the same prompts and seeds, and the same tokens have other log-probs: the weights differ "
    "before this step, or the settings of sampling do"
)
_DRAWN = (
    "the same prompts, seeds and log-probs, and another token was drawn: the settings of sampling "
    "differ, or a near tie was rounded otherwise"
)


def _questions(pairs: _Pairs) -> Iterator[_Found]:
    for a, b in pairs:
        if a.question != b.question:
            told = f"{a.question.id} and {b.question.id}"
            yield (a.index, 0), told, "they asked other questions: data, seed or curriculum differ"


def _prompts(pairs: _Pairs) -> Iterator[_Found]:
    for a, b in pairs:
        if a.clip_sha256 != b.clip_sha256:
            yield (a.index, 0), "other sound", "the same questions were asked about other sound"
        elif a.prompt_ids != b.prompt_ids:
            meaning = "the same questions became other prompts: processor or model.suffix differ"
            yield (a.index, 0), f"{len(a.prompt_ids)} and {len(b.prompt_ids)} tokens", meaning


def _seeds(pairs: _Pairs) -> Iterator[_Found]:
    for index, x, y in _siblings(pairs):
        if x.completion.seed != y.completion.seed:
            meaning = "the same prompts were sampled by other seeds: the seeds of the runs differ"
            yield (index, x.sample), f"{x.completion.seed} and {y.completion.seed}", meaning


def _tokens(pairs: _Pairs) -> Iterator[_Found]:
    for index, x, y in _siblings(pairs):
        if x.completion.ids != y.completion.ids:
            at = _common(x, y)
            yield (index, x.sample), f"differ from token {at} on", ""


def _values(pairs: _Pairs) -> Iterator[_Found]:
    for index, x, y in _siblings(pairs):
        for name in dict.fromkeys((*x.score.parts, *y.score.parts)):
            one, other = (
                (part.value, part.weight, part.status)
                if (part := rollout.score.parts.get(name))
                else None
                for rollout in (x, y)
            )
            if one != other:
                told = f"'{shorten(name, 40)}': {_worth(one)} and {_worth(other)}"
                meaning = "the rewards differ for the same texts: the rubrics, or files of theirs"
                yield (index, x.sample), told, meaning


_STAGES = {
    "questions": _questions,
    "prompts": _prompts,
    "seeds": _seeds,
    "tokens": _tokens,
    "rewards": _values,
}


def _worth(part: tuple | None) -> str:
    if part is None:
        return "not there"
    value, weight, status = part
    return f"{status if value is None else f'{value:.4g}'} (weight {weight:g})"


def _siblings(pairs: _Pairs) -> Iterator[tuple[int, Rollout, Rollout]]:
    for a, b in pairs:
        there = {rollout.sample: rollout for rollout in b.rollouts}
        for rollout in a.rollouts:
            if rollout.sample in there:
                yield a.index, rollout, there[rollout.sample]


def _common(x: Rollout, y: Rollout) -> int:
    """Tokens before the first that differs."""
    pairs = zip(x.completion.ids, y.completion.ids, strict=False)
    shorter = min(len(x.completion.ids), len(y.completion.ids))
    return next((at for at, (one, other) in enumerate(pairs) if one != other), shorter)


def _gap(pairs: _Pairs) -> float:
    """How far the log-probs of tokens lie apart that both drew [nats]; 0 where there are none."""
    gaps = [0.0]
    for _, x, y in _siblings(pairs):
        if at := _common(x, y):
            apart = x.completion.logprobs_T[:at] - y.completion.logprobs_T[:at]
            gaps.append(float(np.abs(apart).max()))
    return max(gaps)


def _loss(run: Path, step: int) -> float | None:
    found = read_updates(run, step)
    loss = found[0].summary.get("loss") if found else None
    return float(loss) if isinstance(loss, int | float) else None


def _alike(one: float, other: float) -> bool:
    """Of a step that was skipped for its NaN both have it, if nothing differs."""
    both_nan = math.isnan(one) and math.isnan(other)
    return both_nan or math.isclose(one, other, rel_tol=ROUNDING)
