"""The viewer's pages: the run, a step, a question over the steps, the sound of a group.

Everything that a model, a data set or a stranger wrote is text, as in the report, whose
templates show a group here too.
"""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from experiments.endings import remarks
from experiments.report.curves import grpo_charts
from experiments.report.exhibits import Exhibit, Sound, exhibit, learnt, wav_bytes
from experiments.report.page import environment
from experiments.viewer.asked import Asked
from experiments.viewer.wanted import PER_PAGE, Wanted, spread, totals
from policies.audio import ClipReader
from rewards.clips import resolve_clip
from rewards.errors import DataError, ReplayError
from rewards.records import Clip
from rollouts.files import log_skip
from rollouts.journal import read_rollouts, rollouts_of, steps
from rollouts.metrics import read_metrics
from rollouts.records import Group

STEPS_PER_PAGE = 250


@dataclass(frozen=True, slots=True)
class StepRow:
    """A line of the table of steps.

    Attributes:
        step: counted from 0.
        reward: mean total.
        spread: of the totals within a group.
        parts: mean of each part.
        silent: share of the groups that teach nothing.
        length: of the completions, in tokens.
    """

    step: int
    reward: float | None
    spread: float | None
    parts: Mapping[str, float]
    silent: float | None
    length: float | None


class Pages:
    """Makes the pages of one run, anew each time: a run in progress goes on growing. What stays
    between them is which step asked which question.

    Args:
        run: the run folder.
        clips: the folder that its clips lie in.
    """

    def __init__(self, run: Path, clips: Path) -> None:
        self.name = run.resolve().name
        self._run, self._clips = run, clips
        self._asked = Asked(run)
        self._reader = ClipReader(clips)
        self._templates = environment(Path(__file__).parent)

    def close(self) -> None:
        """Ends the process that decodes clips."""
        self._reader.close()

    def overview(self, start: str = "") -> str:
        """The curves, and a stretch of the steps with links to each and to the other stretches.

        Args:
            start: place of the stretch's first step; the latest steps are shown where it is none.
        """
        path = self._run / "metrics.jsonl"
        lines = read_metrics(path) if path.exists() else []
        measured = {line["step"]: line for line in lines if line["stage"] == "grpo"}
        numbers = steps(self._run)
        starts = range(0, len(numbers), STEPS_PER_PAGE)
        shown = next((place for place in starts if str(place) == start), max(starts, default=0))
        stretches = [(place, numbers[place : place + STEPS_PER_PAGE]) for place in starts]
        rows = [
            _step_row(step, measured.get(step, {}))
            for step in numbers[shown : shown + STEPS_PER_PAGE]
        ]
        parts = list(dict.fromkeys(name for row in rows for name in row.parts))
        return self._render(
            "overview.html",
            remarks=remarks(lines, Path(self.name)),
            charts=grpo_charts(lines, None)[:3],
            rows=rows,
            parts=parts,
            shown=shown,
            stretches=stretches if len(stretches) > 1 else [],
        )

    def step(self, step: int, wanted: Wanted) -> str:
        """The groups of a step that are wanted.

        Raises:
            ReplayError: there is no such step.
        """
        groups = rollouts_of(self._run, step)
        places = wanted.choose(groups)
        shown = places[wanted.first : wanted.first + PER_PAGE]
        rows = learnt(self._run, step, log_skip)
        numbers = steps(self._run)
        at = numbers.index(step)
        means = [statistics.fmean(found) for group in groups if (found := totals(group))]
        return self._render(
            "step.html",
            step=step,
            before=numbers[at - 1] if at else None,
            after=numbers[at + 1] if at + 1 < len(numbers) else None,
            wanted=wanted,
            query=wanted.query(),
            topics=sorted({group.question.counted_as for group in groups}),
            mean=statistics.fmean(means) if means else None,
            mixed=sum(spread(group) > 0 for group in groups),
            groups=len(groups),
            found=len(places),
            following=wanted.query(first=wanted.first + PER_PAGE)
            if wanted.first + PER_PAGE < len(places) else "",
            exhibits=[
                self._exhibit(f"Group {groups[place].index}", groups[place], place, rows)
                for place in shown
            ],
        )  # fmt: skip

    def question(self, name: str) -> str:
        """The latest groups of the question with this id, step by step.

        Raises:
            ReplayError: it was never asked.
        """
        asked = self._asked.steps_of(name)
        found = [
            shown for step in dict.fromkeys(asked[-PER_PAGE:]) for shown in self._asking(step, name)
        ]
        if not found:
            raise ReplayError(
                f"no step of '{self.name}' asks {name!r}: expected the id of a question that the "
                "journal holds; follow a link from one of its groups"
            )
        return self._render("question.html", question=name, exhibits=found[-PER_PAGE:],
                            asked=len(asked))  # fmt: skip

    def sound(self, step: int, place: int) -> bytes:
        """What the policy heard of a group, as a WAV file of 16 kHz.

        Raises:
            ReplayError: there is no such step, or no such group in it.
            AudioError: the clip cannot be read, or is another than was heard.
        """
        groups = rollouts_of(self._run, step)
        clip = _heard(groups[place]) if place < len(groups) else None
        if clip is None:
            raise ReplayError(
                f"step {step} of '{self.name}' has no clip in place {place}: got {len(groups)} "
                "groups; follow a link of its page"
            )
        return wav_bytes(self._reader.read(clip).samples_S)

    def error(self, sentence: str) -> str:
        """A page that says what went wrong."""
        return self._render("error.html", sentence=sentence)

    # -- inside ---------------------------------------------------------------------

    def _render(self, template: str, **values: Any) -> str:
        return self._templates.get_template(template).render(name=self.name, **values)

    def _asking(self, step: int, name: str) -> list[Exhibit]:
        """A step's groups of one question."""
        groups, rows = read_rollouts(self._run, step), learnt(self._run, step, log_skip)
        return [
            self._exhibit(f"Step {step}, group {group.index}", group, place, rows)
            for place, group in enumerate(groups)
            if group.question.id == name
        ]

    def _exhibit(self, title: str, group: Group, place: int, rows: Any) -> Exhibit:
        link = "/question?" + urlencode({"id": group.question.id}, errors="replace")
        return exhibit(title, group, self._sound(group, place), rows, link)

    def _sound(self, group: Group, place: int) -> Sound | None:
        """Where a group is heard; the file is only looked for, the browser asks for it."""
        clip = _heard(group)
        if clip is None:
            return None
        try:
            there = resolve_clip(clip, self._clips).is_file()
        except (DataError, OSError) as error:  # OSError: a name that no file can have
            return Sound(None, f"The clip cannot be played: {error}")
        if not there:
            return Sound(None, f"The clip is not there: {clip.path} below {self._clips}")
        seconds = "the clip" if clip.duration is None else f"{clip.duration:.1f} s"
        return Sound(f"/sound/{group.step}/{place}.wav", seconds)


def _heard(group: Group) -> Clip | None:
    """The clip with the path and the hash of what was heard."""
    clip = group.question.clip
    if clip is None or group.clip_path is None:
        return None
    return dataclasses.replace(clip, path=group.clip_path, sha256=group.clip_sha256)


def _step_row(step: int, line: Mapping[str, Any]) -> StepRow:
    """Of a line of the metrics, which a stranger may have written: what is no number is absent."""
    length, parts = _mapping(line.get("length")), _mapping(line.get("parts"))
    return StepRow(
        step=step,
        reward=_number(line.get("reward")),
        spread=_number(line.get("reward_group_std")),
        parts={
            name: value for name, found in parts.items() if (value := _number(found)) is not None
        },
        silent=_number(line.get("zero_variance")),
        length=_number(length.get("mean")),
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: Any) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and abs(value) < 1e9 else None
