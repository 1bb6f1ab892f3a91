"""What a checkpoint of a run holds, beyond the model: all that resuming needs.

    checkpoints/step_000040/
        config.json, model.safetensors, processor ...   a stock checkpoint
        optimizer.safetensors                           AdamW, exactly
        state.json                                      progress, data cursor, fingerprint
        MANIFEST.json                                   sizes and hashes

There is no state of a random generator: every draw is a function of ids.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from policies import checkpoint
from policies.audio_policy import AudioPolicy
from policies.learner import Learner
from policies.tensors import load_optimizer, save_optimizer
from rewards.errors import CheckpointError
from rollouts.curriculum import Curriculum
from rollouts.train import Progress

STATE = "state.json"
OPTIMIZER = "optimizer.safetensors"


def save_snapshot(
    folder: Path,
    policy: AudioPolicy,
    learner: Learner,
    curriculum: Curriculum,
    progress: Progress,
    fingerprint: Mapping[str, Any],
    *,
    keep: int = 2,
    protect: Collection[str] = (),
) -> Path:
    """Publish ``folder/step_<progress.step>``; whole or not at all.

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
    }

    def write(target: Path) -> None:
        policy.save(target)
        if stepped:
            save_optimizer(target / OPTIMIZER, learner.optimizer, _names(policy))
        (target / STATE).write_text(json.dumps(state, indent=1, sort_keys=True) + "\n")

    target = folder / checkpoint.step_name(progress.step)
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
    """The state of a checkpoint.

    Raises:
        CheckpointError: if there is none, or it is not ours.
    """
    path = folder / STATE
    try:
        state = json.loads(path.read_text())
        Progress(**state["progress"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(
            f"'{folder}' holds no state of a run: got {type(error).__name__} from {STATE}, "
            "expected a checkpoint written by GRPO; take another step"
        ) from error
    return state


def check_fingerprint(folder: Path, fingerprint: Mapping[str, Any]) -> None:
    """Refuse to go on with other data or another shape of the batch.

    Raises:
        CheckpointError: names every value that differs.
    """
    before = read_state(folder)["fingerprint"]
    fingerprint = json.loads(json.dumps(dict(fingerprint)))  # a tuple comes back as a list
    changed = [
        f"{name}: got {fingerprint.get(name)}, expected {before.get(name)}"
        for name in sorted({*before, *fingerprint})
        if before.get(name) != fingerprint.get(name)
    ]
    if changed:
        raise CheckpointError(
            f"the run in '{folder.parent.parent}' was started differently: {'; '.join(changed)}; "
            "resume with the values it was started with, or start a new run"
        )


def restore_snapshot(folder: Path, learner: Learner, curriculum: Curriculum) -> Progress:
    """Put optimizer, data cursor and progress back; the policy was loaded from the folder."""
    state = read_state(folder)
    if state["optimizer"]:
        load_optimizer(folder / OPTIMIZER, learner.optimizer, _names(learner.policy))
    learner.step = int(state["learner_step"])
    curriculum.restore(state["curriculum"])
    return Progress(**state["progress"])


def _names(policy: AudioPolicy) -> dict[str, Any]:
    return dict(policy.model.named_parameters())
