"""Replay: what a step did, computed again from the journal and a checkpoint.

    nearest checkpoint at or before the step -> updates of the journal's rollouts up
    to it -> the step's texts, scores, advantages, log-probs, loss and gradient norm,
    against the journal

Texts, scores and advantages are equal to the last bit anywhere. The others are
so on the machine and versions of the run; elsewhere they differ by rounding,
which is reported and allowed up to ``TOLERANCE``. A model's opinion cannot be
computed again: a judge is not asked, what the journal says it said is taken. So it is
with a reward whose file is another now than at the step, by the metrics; that is told.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from policies.audio import ClipReader
from policies.audio_policy import AudioPolicy
from policies.checkpoint_folder import published, step_of
from policies.learner import Learner
from policies.learner_settings import ROUNDING
from policies.lora import open_policy
from policies.manifest import verify
from policies.records import Batch, Update
from rewards.errors import CheckpointError, ReplayError
from rewards.records import Part
from rewards.response import parse
from rewards.rubric import Rubric
from rollouts.accounts import update_rows
from rollouts.curriculum import Curriculum
from rollouts.journal import LEARNER, read_updates, rollouts_of, steps
from rollouts.metrics import read_metrics
from rollouts.records import Group, StepUpdate
from rollouts.reward_files import REWARD_FILES, alike, reward_files
from rollouts.run import CHECKPOINTS, GrpoSpec, learner_of
from rollouts.snapshot import restore_snapshot
from rollouts.train import to_batch

TOLERANCE = 1e-4  # nats and absolute: float32 on another machine
_NOTHING: Mapping[str, str] = MappingProxyType({})
_UNSAID = Part(None, 0.0, "not_applicable", "the journal holds no opinion")

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """One quantity of the step.

    Attributes:
        name: "texts", "scores", "advantages", "log-probs", "loss" or "gradient".
        count: values compared.
        worst: largest absolute difference, 0.0 where all are equal to the bit.
        difference: the first one beyond the tolerance, as a sentence, or None.
        taken: what was taken from the journal instead, in words; "" for nothing.
    """

    name: str
    count: int
    worst: float
    difference: str | None
    taken: str = ""


def replay(
    spec: GrpoSpec,
    step: int,
    *,
    tell: Callable[[int], None] = lambda step: None,
) -> list[Check]:
    """Recompute step ``step`` of the run in ``spec.run``.

    Args:
        spec: how the run was made.
        tell: called with each step that is rolled forward.

    Raises:
        ReplayError: if the journal lacks the step or one that leads to it, or no
            checkpoint before it is whole.
        CheckpointError: if the checkpoint is of another family.
    """
    # First, for rolling forward takes long; and else the first step past the end would be named.
    groups, recorded = _rollouts(spec, step), _recorded(spec, step)
    with ClipReader(spec.clips) as reader:
        learner = _learner_at(spec, step, reader, tell)
        _round_as(learner, [recorded])
        batch = to_batch(learner.policy, reader, groups, spec.loop)
        update = learner.update(batch)
    with Rubric.from_config(dict(spec.rubric)) as judge:
        scores = check_scores(groups, judge.at(step), _edited(spec.run, step, judge))
    return [
        check_texts(learner.policy, groups),
        scores,
        *check_update(groups, batch, update, recorded),
    ]


def _learner_at(
    spec: GrpoSpec, step: int, reader: ClipReader, tell: Callable[[int], None]
) -> Learner:
    """The learner as it stood before ``step``."""
    start = _nearest(spec.run / CHECKPOINTS, step)
    if lost := set(range(step_of(start) or 0, step)) - set(steps(spec.run)):
        _rollouts(spec, min(lost))  # says what is missing before anything is computed
    policy = open_policy(start, spec.opening, lora=spec.lora)
    learner = learner_of(spec, policy)
    progress = restore_snapshot(
        start, learner, Curriculum(spec.questions, spec.seed, spec.curriculum)
    )
    for passed in range(progress.step, step):
        tell(passed)
        _round_as(learner, read_updates(spec.run, passed, writer=LEARNER))
        learner.update(to_batch(policy, reader, _rollouts(spec, passed), spec.loop))
    return learner


def _round_as(learner: Learner, recorded: Sequence[StepUpdate]) -> None:
    """Hear and update from now on in the order of sums in which the run did, whoever did.

    Version 0.1.0 did not write it down: then it is that of the configuration.
    """
    for one in recorded:
        written = {name: one.summary.get(name) for name in ROUNDING}
        learner.round_by({name: n for name, n in written.items() if type(n) is int})


def _nearest(folder: Path, step: int) -> Path:
    """The last whole checkpoint at or before ``step``."""
    usable = [f for f in published(folder) if (step_of(f) or 0) <= step]
    for start in reversed(usable):
        try:
            verify(start)
        except CheckpointError as error:
            _LOG.warning("skipped %s", error)
        else:
            return start
    raise ReplayError(
        f"no whole checkpoint at or before step {step} in '{folder}': got {len(usable)} damaged, "
        "expected at least the first, which is never deleted; take the whole run folder"
    )


def _rollouts(spec: GrpoSpec, step: int) -> list[Group]:
    return rollouts_of(spec.run, step, writer=LEARNER)


def _recorded(spec: GrpoSpec, step: int) -> StepUpdate:
    found = read_updates(spec.run, step, writer=LEARNER)
    if not found:
        raise ReplayError(
            f"the journal of '{spec.run}' has no update of step {step}: expected a part in "
            "updates/; the run stopped before it, choose an earlier step"
        )
    return found[0]


def check_texts(policy: AudioPolicy, groups: Sequence[Group]) -> Check:
    """Every text, decoded again from its token ids."""
    tokenizer = policy.processor.tokenizer
    rows = [(group, rollout) for group in groups for rollout in group.rollouts]
    again = tokenizer.batch_decode([r.completion.ids for _, r in rows], skip_special_tokens=True)
    difference = next(
        (
            f"text of rollout {group.name}/{rollout.sample}: got {text!r} from its token ids, "
            f"expected {rollout.completion.text!r}"
            for (group, rollout), text in zip(rows, again, strict=True)
            if text != rollout.completion.text
        ),
        None,
    )
    return Check("texts", len(rows), 0.0, difference)


def _edited(run: Path, step: int, rubric: Rubric) -> dict[str, str]:
    """Part -> what is told of its file, where another than that of now judged the step.

    What the metrics do not tell is taken to be the same.
    """
    lines = read_metrics(run / "metrics.jsonl", lambda path, why: None)
    at = [line for line in lines if line["stage"] == "grpo" and line["step"] == step]
    had = at[-1].get(REWARD_FILES) if at else None
    if not isinstance(had, dict):
        return {}
    return {
        part: f"its files were {had[part]} then and are {now} now"
        for part, now in reward_files(rubric).items()
        if not alike(had.get(part, now), now)
    }


def check_scores(
    groups: Sequence[Group], rubric: Rubric, edited: Mapping[str, str] = _NOTHING
) -> Check:
    """Every part of every rollout, judged again; ``rubric`` has the weights of the step.

    Parts that ask a model are the journal's own, and those of rewards that were edited.

    Args:
        edited: part -> why it cannot be judged again.
    """
    kept = dict.fromkeys(rubric.opinions, "") | dict(edited)
    count, worst, difference = 0, 0.0, None
    for group in groups:
        rows = [(group.question, parse(rollout.completion.text)) for rollout in group.rollouts]
        said = {
            name: [rollout.score.parts.get(name, _UNSAID) for rollout in group.rollouts]
            for name in kept
        }
        scores = rubric.score_rows(rows, said)
        for rollout, score in zip(group.rollouts, scores, strict=True):
            for name in sorted({*score.parts, *rollout.score.parts}):
                count += name not in said
                old, new = rollout.score.parts.get(name), score.parts.get(name)
                if old and new and old.value is not None and new.value is not None:
                    worst = max(worst, abs(old.value - new.value))
                if difference is None and (sentence := _changed(old, new)):
                    place = f"of rollout {group.name}/{rollout.sample}"
                    difference = f"reward '{name}' {place}: {sentence}"
            if difference is None and rollout.score.total != score.total:
                difference = (
                    f"total of rollout {group.name}/{rollout.sample}: got {score.total}, expected "
                    f"{rollout.score.total}"
                )
    taken = ", ".join(f"{name} as recorded{why and f', for {why}'}" for name, why in kept.items())
    return Check("scores", count, worst, difference, taken)


def _changed(old: Part | None, new: Part | None) -> str | None:
    """What is different about a part, or None."""
    before = None if old is None else (old.status, old.value)
    after = None if new is None else (new.status, new.value)
    if before != after:
        return f"got {after}, expected {before}"
    if old and new and old.weight != new.weight:
        return f"got weight {new.weight:g}, expected {old.weight:g}"
    return None


def check_update(
    groups: Sequence[Group], batch: Batch, update: Update, recorded: StepUpdate
) -> list[Check]:
    """Advantages, log-probs, loss and gradient norm against the journal's."""
    rows = {(row.group, row.sample): row for row in update_rows(groups, batch, update)}
    before = {(row.group, row.sample): row for row in recorded.rows}
    if rows.keys() != before.keys():
        odd = sorted(rows.keys() ^ before.keys())[0]
        return [Check("advantages", 0, 0.0, f"rollout {odd} stands in one of the two only")]
    places = [(f"of rollout {group}/{sample}", (group, sample)) for group, sample in sorted(rows)]
    advantages = [(name, rows[at].advantage, before[at].advantage) for name, at in places]
    logprobs = [(name, rows[at].logprobs_T, before[at].logprobs_T) for name, at in places]
    # Version 0.1.0 wrote 0 where nothing was learnt, which is None now.
    silent = not recorded.summary.get("tokens")
    loss, norm = (None if silent else recorded.summary.get(name) for name in ("loss", "grad_norm"))
    return [
        _compare("advantages", advantages, tolerance=0.0),
        _compare("log-probs", logprobs, tolerance=TOLERANCE),
        _compare("loss", [("of the step", update.loss, loss)], tolerance=TOLERANCE),
        _compare("gradient", [("of the step", update.grad_norm, norm)], tolerance=TOLERANCE),
    ]


def _compare(
    name: str, values: Sequence[tuple[object, object, object]], *, tolerance: float
) -> Check:
    worst, difference, count = 0.0, None, 0
    for place, new, old in values:
        if new is None and old is None:
            continue
        count += 1
        gap = _gap(new, old)
        worst = max(worst, gap)
        if not gap <= tolerance and difference is None:
            difference = f"{name} {place}: got {_brief(new)}, expected {_brief(old)}"
    return Check(name, count, worst, difference)


def _gap(new: object, old: object) -> float:
    if isinstance(new, str | None) or isinstance(old, str | None):
        return float("inf")
    one, other = np.asarray(new, dtype=np.float64), np.asarray(old, dtype=np.float64)
    if one.shape != other.shape:
        return float("inf")
    # A step that was skipped for its NaN is replayed to the same NaN.
    differs = ~((one == other) | (np.isnan(one) & np.isnan(other)))
    gaps = np.abs(one[differs] - other[differs])
    return float(np.nan_to_num(gaps, nan=np.inf).max(initial=0.0))


def _brief(value: object) -> str:
    return (
        np.array2string(np.asarray(value), threshold=6, precision=6)
        if value is not None
        else "none"
    )
