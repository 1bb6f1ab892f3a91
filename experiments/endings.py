"""What a GRPO run has to say at its end, with the remedy: told on the screen and in the report.

All of it is read from the lines of ``metrics.jsonl``, so that a run which was resumed, or
looked at a year later, says the same.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeGuard, TypeVar

from experiments.text import counted
from rewards.errors import few
from rollouts.reward_files import alike

Line = Mapping[str, Any]
T = TypeVar("T")

_OFTEN = 0.5  # share of the steps without signal that is worth a word
_DRY = 0.9  # share of the groups without signal from which on steps hardly teach
_LEAST = 0.02  # a mean reward that moved by less did not move
_HUGE = 1e30


def remarks(lines: Sequence[Line], run: Path) -> list[str]:
    """What went wrong in a run, by its metrics; nothing where nothing did.

    Args:
        run: its folder, as it is to be named.
    """
    steps = [line for line in lines if line["stage"] == "grpo"]
    evaluated = evaluations(lines)
    silent = [line for line in steps if "tokens" in line and not line["tokens"]]
    found = _edited(steps)
    if steps and len(silent) >= _OFTEN * len(steps):
        found.append(_no_signal(silent, len(steps), run))
    elif dry := _dry(steps, evaluated):
        found.append(dry)
    if failed := _failed(steps, run):
        found.append(failed)
    if len(silent) < len(steps) and (flat := _no_gain(steps, evaluated, run)):
        found.append(flat)
    found += filter(None, (_lost(steps), _quarantined(steps)))
    return found


def evaluations(lines: Sequence[Line]) -> list[tuple[int, float]]:
    """State and dev accuracy of each evaluation of a GRPO run."""
    return [
        (line["step"], float(line["accuracy"]))
        for line in lines
        if line["stage"] == "grpo_eval" and is_number(line.get("accuracy"))
    ]


def _edited(steps: Sequence[Line]) -> list[str]:
    """Where a reward's file was another than a step before."""
    had: dict[str, str] = {}
    found = []
    for line in steps:
        files = line.get("reward_files")
        for part, now in files.items() if isinstance(files, Mapping) else ():
            if not alike(had.get(part, now), now):
                found.append(
                    f"from step {line['step']} on, part {part!r} was judged by {now}, before it by "
                    f"{had[part]}, for the reward was edited and the run went on with "
                    "--accept-rewards: its values, and the totals, are not one measure throughout"
                )
            had[part] = now
    return found


def failures(line: Line) -> Counter[str]:
    """How often each part failed in a step, by an error or its deadline."""
    found: Counter[str] = Counter()
    for key in ("part_errors", "part_timeouts"):
        counts = line.get(key)
        for part, count in counts.items() if isinstance(counts, Mapping) else ():
            if is_number(count) and count > 0:
                found[part] += int(count)
    return found


def _failed(steps: Sequence[Line], run: Path) -> str:
    """Which rewards failed within the budget, which is else seen in the lines of steps only."""
    found = [failed for line in steps if (failed := failures(line))]
    if not found:
        return ""
    named = ", ".join(
        f"{name!r} {counted(count, 'time')}" for name, count in sum(found, Counter()).most_common()
    )
    return (
        f"rewards failed in {len(found)} of {counted(len(steps), 'step')}: {named}; nothing was "
        "learnt from these completions. See why, and mend it: `etude reward test FILE.py:NAME --on "
        f"{run}`"
    )


def _lost(steps: Sequence[Line]) -> str:
    """How many actors were replaced on the way; "" where none was, or nobody counted."""
    counts = [line["actors"] for line in steps if isinstance(line.get("actors"), Mapping)]
    died, late = (sum(int(n) for n in _numbers(counts, key)) for key in ("died", "late"))
    if not died + late:
        return ""
    return (
        f"{counted(died + late, 'actor')} had to be replaced: {died} died, {late} gave no answer "
        "in time; what they were at was asked of another. The log says why; where memory ran out, "
        "take fewer (grpo.actors), or what `etude doctor --model DIR` names"
    )


def _quarantined(steps: Sequence[Line]) -> str:
    """Which questions were left out, and since when; "" where none was."""
    since: dict[str, int] = {}
    for line in steps:
        ids = line.get("quarantined")
        for id_ in ids if isinstance(ids, list) else ():
            since.setdefault(str(id_), line["step"])
    if not since:
        return ""
    named = few([f"{id_!r} (step {step})" for id_, step in since.items()])
    return (
        f"{counted(len(since), 'question')} killed actors and went unasked from there on: {named}. "
        "The log says what they died of; look at the clip (`etude data check`), and leave the row "
        "out of a new run, or take less memory for it"
    )


def _no_signal(silent: Sequence[Line], steps: int, run: Path) -> str:
    """Why nothing was learnt in these steps; of a run of so many."""
    rewards = _numbers(silent, "reward")
    if not rewards:
        why = "no part of the rubric scored a completion"
        remedy = f"see what its parts are for (`etude reward tree {run}`) and add one that applies"
    elif all(value < 1 for value in _numbers(silent, "zero_variance")):
        why = "all completions with an advantage were cut at the limit"
        remedy = "raise sampling.max_new_tokens, or set grpo.mask_truncated=false"
    else:
        why = f"all completions of a question earned the same, {statistics.fmean(rewards):.2f} "
        why += "on average"
        remedy = (
            "start from a policy that is sometimes right, or add a part that pays for less"
            if not any(rewards)
            else "use a reward that tells better completions from worse (`etude reward test "
            f"FILE.py:NAME --on {run}` tells whether one does), harder questions, or a higher "
            "sampling.temperature"
        )
        if all(value == 1 for value in _numbers(silent, "truncated") or [0]):
            why += ", and each was cut at the limit"
            remedy = f"raise sampling.max_new_tokens; {remedy}"
    if len(silent) == steps:
        return (
            f"no step had a signal: in {counted(steps, 'step')} {why}, and the weights are those "
            f"of the start; {remedy}"
        )
    return f"{len(silent)} of {steps} steps had no signal: {why}; {remedy}"


def _dry(steps: Sequence[Line], evaluated: Sequence[tuple[int, float]]) -> str:
    """Where the last quarter of a run hardly taught any more; "" where it did."""
    late = _last_quarter(steps)
    shares = _numbers(late, "zero_variance")
    if not shares or (share := statistics.fmean(shares)) < _DRY:
        return ""
    rewards = _numbers(late, "reward")
    earned = f", {statistics.fmean(rewards):.2f} on average" if rewards else ""
    best, _ = max(evaluated, key=lambda found: found[1], default=(None, 0.0))
    since = f"; dev accuracy was best at step {best}" if best is not None else ""
    return (
        f"of the groups of the last {counted(len(late), 'step')} {share:.1%} had no signal: all "
        f"completions of a question earned the same{earned}{since}. More such steps teach little: "
        "take other or harder questions, raise grpo.group_size or sampling.temperature of a new "
        "run, or let grpo.early_stop_patience end it"
    )


def _no_gain(steps: Sequence[Line], evaluated: Sequence[tuple[int, float]], run: Path) -> str:
    """What the best checkpoint is worth where it is the start; "" where a later one is better."""
    if len(evaluated) < 2 or evaluated[0][0] != 0:
        return ""
    start, best = evaluated[0][1], max(accuracy for _, accuracy in evaluated)
    if best > start:
        return ""
    last = f"the last checkpoint is in {run / 'checkpoints'}"
    if best == 0:
        return (
            "dev accuracy was 0.0% at every evaluation, so no checkpoint is better than another: "
            "the start was taken for the model. Start from a policy that is sometimes right, after "
            f"a longer cold start; {last}"
        )
    way, early, late = course(_numbers(steps, "reward"))
    moved = f"the reward {way} from {early:.2f} to {late:.2f}" if way != "stayed" else ""
    if len({str(line.get("part_weight")) for line in steps}) > 1:
        way = "scheduled"
    if way in ("stayed", "scheduled") and evaluated[-1][1] < start - _LEAST:
        moved = f"it was {evaluated[-1][1]:.1%} at the end"
        way = "fell"
    advice = {
        "fell": f"{moved}: lower grpo.learning_rate",
        "rose": f"{moved}: it pays for something else than right answers there, see in the report "
        "what earned it",
        "stayed": f"the reward stayed near {late:.2f}: train longer, or raise grpo.learning_rate",
        "scheduled": "the rubric's weights changed on the way, so its totals are not one measure: "
        "see in the report how each part went",
    }
    return (
        f"no step was better on the dev questions than the start, {start:.1%}: the start was taken "
        f"for the model. {advice[way][0].upper()}{advice[way][1:]}; {last}"
    )


def course(values: Sequence[float]) -> tuple[Literal["fell", "rose", "stayed"], float, float]:
    """Which way a curve went, with the means of its first and its last quarter.

    It moved where these differ by more than their noise, two standard errors, and by 0.02.

    >>> course([0.5, 0.4, 0.2, 0.1])
    ('fell', 0.5, 0.1)
    >>> course([0.5, 0.4, 0.6, 0.5])
    ('stayed', 0.5, 0.5)
    """
    if not values:
        return "stayed", 0.0, 0.0
    quarters = values[: math.ceil(len(values) / 4)], _last_quarter(values)
    early, late = (statistics.fmean(quarter) for quarter in quarters)
    noise = math.sqrt(sum(statistics.pvariance(quarter) / len(quarter) for quarter in quarters))
    if abs(late - early) <= max(_LEAST, 2 * noise):
        return "stayed", early, late
    return "fell" if late < early else "rose", early, late


def _last_quarter(values: Sequence[T]) -> Sequence[T]:
    return values[-math.ceil(len(values) / 4) :] if values else values


def _numbers(lines: Sequence[Line], key: str) -> list[float]:
    return [float(line[key]) for line in lines if is_number(line.get(key))]


def is_number(value: Any) -> TypeGuard[float]:
    """Whether it can be reckoned with: no float holds the sum of what a stranger may write."""
    return isinstance(value, int | float) and abs(value) < _HUGE
