"""What a run may be gone on with: all that it was begun with, and what its user accepts.

===============  =======================================================================
clips            those that no rollout has heard may have other bytes
files of rewards a reward that was mended may be accepted (``--accept-rewards``), in a rubric
                 that is the same but for what stands in its files
all else         of ``rollouts/fingerprint.py`` must be the same
===============  =======================================================================

From which step on another file judges stands in the metrics, line by line; a replay of the steps
before it takes the scores that the journal holds (``rollouts/replay.py``).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rewards.errors import CheckpointError, few
from rollouts.fingerprint import CLIP_FILES, LATER
from rollouts.reward_files import REWARD_FILES, alike, unlike
from rollouts.snapshot import read_state

_SHOWN = 5
_GONE = ("loop.full_marks",)
"""Settings of older versions: the part that meant "answered right" is the weightiest now."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EditedReward:
    """A reward's file that is another than when a run was left.

    Attributes:
        part: of the rubric, which it judges.
        step: the first that is judged by it.
        was, now: name and digest of the file.
    """

    part: str
    step: int
    was: str
    now: str


def check_fingerprint(
    folder: Path,
    fingerprint: Mapping[str, Any],
    heard: Collection[str] | None = None,
    *,
    accept_rewards: bool = False,
) -> list[EditedReward]:
    """Refuse to go on with other data, other rewards or another shape of the batch.

    What version 0.1.0 did not write down is taken as it is, and that is told.

    Args:
        heard: paths of the clips that the run has heard so far, the others may change; None
            for all.
        accept_rewards: files of rewards may be others, in a rubric that is the same.

    Returns:
        The files that were accepted.

    Raises:
        CheckpointError: names every value that differs.
    """
    state = read_state(folder)
    before = state["fingerprint"]
    fingerprint = json.loads(json.dumps(dict(fingerprint)))  # a tuple comes back as a list
    unsaid = [name for name in LATER if name not in before]
    if untold := [*unsaid, *_beside(fingerprint, before)]:
        _LOG.warning(
            "'%s' does not say of which %s it was made: they are taken as they are now",
            folder, ", ".join(untold),
        )  # fmt: skip
    before = {**before, "settings": _without_gone(before.get("settings"))}
    names = {*before, *fingerprint} - {*unsaid, CLIP_FILES, REWARD_FILES}
    changed = []
    if "clips" in names and before["clips"] != fingerprint.get("clips"):
        names.remove("clips")
        changed += _other_clips(fingerprint, before, heard)
    edited = _edited(fingerprint, before, state["progress"]["step"])
    if not (edited and accept_rewards) and REWARD_FILES not in unsaid:
        changed += unlike(_files(fingerprint), _files(before))
    changed += [
        sentence
        for name in sorted(names)
        for sentence in _unlike(name, fingerprint.get(name), before.get(name))
    ]
    if changed:
        raise CheckpointError(
            f"the run in '{folder.parent.parent}' was started differently: {'; '.join(changed)}; "
            "resume with what it was started with, or start a new run"
            f"{'' if accept_rewards else _way_on(edited, changed)}"
        )
    return edited if accept_rewards else []


def _edited(now: Mapping[str, Any], before: Mapping[str, Any], step: int) -> list[EditedReward]:
    """Files that changed of the same rewards; [] where the rewards themselves are others."""
    files, had = _files(now), _files(before)
    changed = [part for part in sorted({*files, *had}) if not alike(had.get(part), files.get(part))]
    if not (files.keys() & had.keys()).issuperset(changed):
        return []
    return [EditedReward(part, step, str(had[part]), str(files[part])) for part in changed]


def _beside(now: Mapping[str, Any], before: Mapping[str, Any]) -> list[str]:
    """What is said of files that rewards import, in runs of versions that knew their own alone."""
    had = _files(before)
    return [
        f"files beside the reward of part {part!r}"
        for part, found in sorted(_files(now).items())
        if found != had.get(part) and alike(had.get(part), found)
    ]


def _files(fingerprint: Mapping[str, Any]) -> Mapping[str, Any]:
    """Part -> files of its reward; a stranger's state may hold anything."""
    found = fingerprint.get(REWARD_FILES)
    return found if isinstance(found, dict) else {}


def _way_on(edited: Collection[EditedReward], changed: Collection[str]) -> str:
    """The remedy where nothing but files of rewards is in the way."""
    if not edited or len(edited) < len(changed):
        return ""
    (step,) = {one.step for one in edited}
    return f"; to go on with a reward that was mended, from step {step} on, give --accept-rewards"


def _other_clips(
    now: Mapping[str, Any], before: Mapping[str, Any], heard: Collection[str] | None
) -> Iterator[str]:
    """Which clips changed that were heard; a run of older versions cannot tell them apart."""
    files, had = now.get(CLIP_FILES), before.get(CLIP_FILES)
    changed: list[str] = []
    if isinstance(files, dict) and isinstance(had, dict):
        changed = sorted(path for path in {*files, *had} if files.get(path) != had.get(path))
    if not changed:
        yield (
            f"clips: got {now.get('clips')}, expected {before['clips']}, and which file changed "
            "was not kept"
        )
    elif learnt := [path for path in changed if heard is None or path in heard]:
        yield (
            f"clips: got other bytes in {few([*map(repr, learnt)], _SHOWN)}, expected those that "
            "the run has heard (`etude data check` says which clips cannot be read)"
        )


def _without_gone(settings: Any) -> Any:
    if not isinstance(settings, dict):
        return settings
    return {name: value for name, value in settings.items() if name not in _GONE}


def _unlike(name: str, now: Any, before: Any) -> Iterator[str]:
    """Where two values differ; of mappings only the entries that do."""
    if isinstance(now, dict) and isinstance(before, dict):
        for key in sorted({*now, *before}):
            yield from _unlike(f"{name}, {key}", now.get(key), before.get(key))
    elif now != before:
        yield f"{name}: got {now}, expected {before}"
