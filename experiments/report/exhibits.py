"""A few groups to read and hear: which ones, and what the page shows of them."""

from __future__ import annotations

import base64
import dataclasses
import io
import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from experiments.judged_claims import Judgement, judgements
from experiments.report.claims import Stretch, thought
from policies.audio import ClipReader
from policies.decoder import RATE
from rewards.errors import AudioError
from rewards.records import Part
from rewards.response import parse
from rollouts.files import OnSkip
from rollouts.journal import read_rollouts, read_updates, steps
from rollouts.records import Group, Rollout, UpdateRow

MAX_CLIP_SECONDS = 30.0
MAX_THOUGHT = 4000
MAX_AUDIO_BYTES = 24 * 2**20
_OTHERS = (1, 2, 3, 5, 6, 7)
"""Eighths of a run at which a step is shown beside the first, the middle and the last."""
_TITLES = ("Best group", "Typical group", "Worst group")


Learnt = Mapping[tuple[str, int, int], UpdateRow]
"""(run, group, sample) -> what was done with that rollout of a step."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A clip as the page plays it: a ``data:`` address, or why there is none."""

    address: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Answered:
    """One rollout as the page shows it; ``advantage`` as the learner used it.

    The claims of the first of its judgements are marked in the thought.
    """

    rollout: Rollout
    thought: tuple[Stretch, ...] | None
    judgements: tuple[Judgement, ...]
    answer: str | None
    parts: tuple[tuple[str, Part], ...]
    total: float | None
    advantage: float | None
    dropped: str | None


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One group: what it is called here, its sound, its rollouts by descending total.

    ``link`` is where the same question stands in other steps; None on a page without any.
    """

    title: str
    group: Group
    mean: float | None
    sound: Sound | None
    answers: tuple[Answered, ...]
    link: str | None = None

    @property
    def reach(self) -> float:
        """The largest advantage in size, where bars end; 1 if there is none."""
        return max((abs(a.advantage) for a in self.answers if a.advantage), default=1.0)

    @property
    def judged(self) -> bool:
        """Does a reward tell what it made of claims here?"""
        return any(answer.judgements for answer in self.answers)


@dataclass(frozen=True, slots=True)
class ExhibitStep:
    """The groups picked from one step; ``when`` is "First", "Middle", "Last" or ""."""

    when: str
    step: int
    mean: float | None
    groups: int
    exhibits: tuple[Exhibit, ...]

    @property
    def judged(self) -> bool:
        """Does a reward tell what it made of claims here?"""
        return any(shown.judged for shown in self.exhibits)


class Sounds:
    """Reads clips within a data folder and turns them into ``data:`` addresses.

    Args:
        data: the folder that clips must lie in; relative paths start there.
    """

    def __init__(self, data: Path) -> None:
        self._reader = ClipReader(data)
        self._spent = 0

    def __enter__(self) -> Sounds:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()

    def of(self, group: Group) -> Sound | None:
        """The sound of a group; None where the question has no clip."""
        clip = group.question.clip
        if clip is None or group.clip_path is None:
            return None
        heard = dataclasses.replace(clip, path=group.clip_path, sha256=group.clip_sha256)
        try:
            samples_S = self._reader.read(heard).samples_S
        except AudioError as error:
            return Sound(None, f"The clip cannot be played: {error}")
        kept_S = samples_S[: int(MAX_CLIP_SECONDS * RATE)]
        seconds = f"{len(samples_S) / RATE:.1f} s"
        if 2 * len(kept_S) + self._spent > MAX_AUDIO_BYTES:
            return Sound(None, f"The clip ({seconds}) is left out: the page is full of sound.")
        self._spent += 2 * len(kept_S)
        cut = f", the first {MAX_CLIP_SECONDS:.0f} s of it" if len(kept_S) < len(samples_S) else ""
        return Sound(_wav_address(kept_S), seconds + cut)


def choose(run: Path, sounds: Sounds, on_skip: OnSkip) -> list[ExhibitStep]:
    """Best, typical and worst group of the first, the middle and the last step, and of up to six
    between them; the sound goes to those three first.
    """
    numbers = steps(run)
    if not numbers:
        return []
    count = len(numbers)
    places = (("First", 0), ("Middle", count // 2), ("Last", count - 1))
    when_of: dict[int, str] = {}
    for when, place in (*places, *(("", eighth * (count - 1) // 8) for eighth in _OTHERS)):
        when_of.setdefault(numbers[place], when)  # a short run is not read twice
    found = [_exhibit_step(run, step, when, sounds, on_skip) for step, when in when_of.items()]
    return sorted((shown for shown in found if shown is not None), key=lambda shown: shown.step)


def mean_total(group: Group) -> float | None:
    """Mean total of the rollouts that have one, None if there is none."""
    totals = [r.score.total for r in group.rollouts]
    present = [total for total in totals if total is not None]
    return sum(present) / len(present) if present else None


def _exhibit_step(
    run: Path, step: int, when: str, sounds: Sounds, on_skip: OnSkip
) -> ExhibitStep | None:
    """None where the step has no group that can be read."""
    groups = read_rollouts(run, step, on_skip)
    if not groups:
        return None
    means = [mean_total(group) for group in groups]
    shown = _pick(means)
    rows = learnt(run, step, on_skip)
    exhibits = tuple(
        exhibit(title, groups[i], sounds.of(groups[i]), rows) for title, i in shown.items()
    )
    present = [mean for mean in means if mean is not None]
    mean = sum(present) / len(present) if present else None
    return ExhibitStep(when, step, mean, len(groups), exhibits)


def learnt(run: Path, step: int, on_skip: OnSkip) -> Learnt:
    """What the learner did with each rollout of a step."""
    return {
        (row.run, row.group, row.sample): row
        for update in read_updates(run, step, on_skip)
        for row in update.rows
    }


def exhibit(
    title: str, group: Group, sound: Sound | None, rows: Learnt, link: str | None = None
) -> Exhibit:
    """A group as a page shows it."""
    return Exhibit(title, group, mean_total(group), sound, _answers(group, rows), link)


def _pick(means: Sequence[float | None]) -> dict[str, int]:
    """Title -> which of the groups; of fewer than three the later titles stay empty."""
    ranked = sorted(
        range(len(means)), key=lambda i: -1.0 if (mean := means[i]) is None else mean, reverse=True
    )
    wanted = dict.fromkeys((0, len(ranked) // 2, len(ranked) - 1))
    return {title: ranked[i] for title, i in zip(_TITLES, wanted, strict=False)}


def _answers(group: Group, rows: Learnt) -> tuple[Answered, ...]:
    answers = [
        _answered(rollout, rows.get((group.run, group.index, rollout.sample)))
        for rollout in group.rollouts
    ]
    return tuple(sorted(answers, key=lambda a: -1.0 if a.total is None else a.total, reverse=True))


def _answered(rollout: Rollout, row: UpdateRow | None) -> Answered:
    response = parse(rollout.completion.text)
    judged = judgements(rollout.score.parts)
    return Answered(
        rollout=rollout,
        thought=thought(rollout.completion.text, judged[0] if judged else None, MAX_THOUGHT),
        judgements=judged,
        answer=response.answer,
        parts=tuple(rollout.score.parts.items()),
        total=rollout.score.total,
        advantage=row.advantage if row else None,
        dropped=row.dropped if row else None,
    )


def _wav_address(samples_S: np.ndarray) -> str:
    return "data:audio/wav;base64," + base64.b64encode(wav_bytes(samples_S)).decode("ascii")


def wav_bytes(samples_S: np.ndarray) -> bytes:
    """A WAV file of 16 bits of samples in [-1, 1] at ``policies.audio.RATE``."""
    pcm = np.clip(np.rint(samples_S * 32768.0), -32768, 32767).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes(pcm.tobytes())
    return file.getvalue()
