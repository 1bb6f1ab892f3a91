"""What a checkpoint of a run holds, beyond the model: all that resuming needs.

    checkpoints/step_000040/
        config.json, model.safetensors, processor ...   a stock checkpoint
        optimizer.safetensors                           AdamW, exactly
        state.json                                      progress, data cursor, fingerprint,
                                                        questions that kill actors
        MANIFEST.json                                   sizes and hashes

There is no state of a random generator: every draw is a function of ids.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from policies import checkpoint
from policies.audio_policy import AudioPolicy
from policies.checkpoint_folder import step_name
from policies.learner import Learner
from policies.tensors import load_optimizer, save_optimizer
from rewards.errors import CheckpointError, first_line
from rollouts.curriculum import Curriculum, is_state
from rollouts.files import read_bounded
from rollouts.train import Progress

STATE = "state.json"
AHEAD = "ahead"
"""Whether the step to come was sampled already; False where an older checkpoint does not say."""

QUARANTINED = "quarantined"
"""Ids of the questions that are left out; none where an older checkpoint does not say."""

OPTIMIZER = "optimizer.safetensors"
MAX_STATE_BYTES = 64 * 2**20


def save_snapshot(
    folder: Path,
    policy: AudioPolicy,
    learner: Learner,
    curriculum: Curriculum,
    progress: Progress,
    fingerprint: Mapping[str, Any],
    *,
    ahead: bool = False,
    quarantined: Sequence[str] = (),
    keep: int = 2,
    protect: Collection[str] = (),
) -> Path:
    """Publish ``folder/step_<progress.step>``; whole or not at all.

    Args:
        ahead: the journal holds the groups of the step to come, which the run goes on with.
        quarantined: ids of the questions that the run asks no more.

    Raises:
        StorageError: if the disk is full; earlier checkpoints are intact.
    """
    stepped = bool(learner.optimizer.state)
    state = {
        "optimizer": stepped,
        "progress": asdict(progress),
        "learner_step": learner.step,
        "curriculum": curriculum.state(),
        "fingerprint": dict(fingerprint),
        AHEAD: ahead,
        QUARANTINED: [*quarantined],
    }

    def write(target: Path) -> None:
        policy.save(target)
        if stepped:
            save_optimizer(target / OPTIMIZER, learner.optimizer, _names(policy))
        (target / STATE).write_text(json.dumps(state, indent=1, sort_keys=True) + "\n")

    target = folder / step_name(progress.step)
    if _stands(target):
        return target  # the same state of a resumed run is the same checkpoint
    return checkpoint.publish(target, write, keep=keep, protect=protect)


def _stands(folder: Path) -> bool:
    """Whether it is there and whole; a damaged one gives way to the publisher."""
    try:
        return checkpoint.is_whole(folder)
    except CheckpointError:
        return False


def read_state(folder: Path) -> dict[str, Any]:
    """The state of a checkpoint, every field of the type that ``save_snapshot`` writes.

    Raises:
        CheckpointError: if there is none, or it is not ours.
    """
    try:
        state = json.loads(read_bounded(folder / STATE, MAX_STATE_BYTES))
        if isinstance(state, dict):
            state.setdefault(AHEAD, False)
            state.setdefault(QUARANTINED, [])
        wrong = _wrong(state)
    except (OSError, ValueError, RecursionError) as error:
        wrong = f"{type(error).__name__}: {first_line(error)}"
    if wrong:
        raise CheckpointError(
            f"'{folder}' holds no state of a run: got from {STATE} {wrong}; expected a checkpoint "
            "written by GRPO; take another step, or delete it to go on from the one before"
        )
    return state


def _wrong(state: Any) -> str:
    """What is not as ``save_snapshot`` writes it; "" where all is."""
    expected: dict[str, Callable[[Any], bool]] = {
        "optimizer": lambda value: isinstance(value, bool),
        "progress": _is_progress,
        "learner_step": _is_count,
        "curriculum": is_state,
        "fingerprint": lambda value: isinstance(value, dict),
        AHEAD: lambda value: isinstance(value, bool),
        QUARANTINED: lambda value: isinstance(value, list) and all(type(i) is str for i in value),
    }
    if not isinstance(state, dict):
        return f"a {type(state).__name__}"
    for name, fits in expected.items():
        if name not in state:
            return f"no {name}"
        if not fits(state[name]):
            return f"{name} {json.dumps(state[name])[:80]}"
    return ""


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_progress(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() != asdict(Progress()).keys():
        return False
    accuracy = value["best_accuracy"]  # -1 where nothing was evaluated
    counts = (number for name, number in value.items() if name != "best_accuracy")
    return type(accuracy) in (int, float) and -1 <= accuracy <= 1 and all(map(_is_count, counts))


def restore_snapshot(folder: Path, learner: Learner, curriculum: Curriculum) -> Progress:
    """Put optimizer, data cursor and progress back; the policy was loaded from the folder."""
    state = read_state(folder)
    if state["optimizer"]:
        load_optimizer(folder / OPTIMIZER, learner.optimizer, _names(learner.policy))
    learner.step = state["learner_step"]
    curriculum.restore(state["curriculum"])
    return Progress(**state["progress"])


def _names(policy: AudioPolicy) -> dict[str, Any]:
    return dict(policy.model.named_parameters())
