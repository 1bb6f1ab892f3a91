"""A file of questions or traces, checked from end to end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rewards.checking.facts import facts, times
from rewards.checking.gold import gold, unpaid
from rewards.checking.records import Finding, Row
from rewards.checking.repeats import repeated_targets, repeats
from rewards.checking.rows import read_rows
from rewards.checking.sections import unheld
from rewards.checking.textbook import of_row, of_target
from rewards.checking.unstated import unstated
from rewards.errors import AudioError, first_line
from rewards.records import Clip, Question

Listen = Callable[[Clip], float]
"""Decodes a clip; its length [s]. Raises ``AudioError``."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a file.

    Attributes:
        rows, clips: how many rows, and how many different clips were decoded.
        findings: in the order of the lines.
        kinds, facets: how many questions are of each; the facet is None where none is asked.
        unstated: facet -> the lines of questions that ask it and do not state it.
    """

    rows: int
    clips: int
    findings: tuple[Finding, ...]
    kinds: Mapping[str, int]
    facets: Mapping[str | None, int]
    unstated: Mapping[str, list[int]]


def check_file(
    path: Path,
    clips: Path,
    listen: Listen,
    questions: Mapping[str, Question] | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Checked:
    """Check every row of a file.

    Args:
        path: of the file.
        clips: the folder of its clips.
        listen: decodes a clip; each different one once.
        questions: id -> question, for a file of traces: what their answers earn.
        progress: told of rows done and rows in all.

    Raises:
        DataError: the file cannot be read, or holds no row.
    """
    rows, targets, found = read_rows(path, clips, questions or {})
    heard: dict[Clip, float | str] = {}
    found += repeats(rows)
    for done, row in enumerate(rows):
        progress(done, len(rows))
        found += gold(row)
        found += facts(row)
        found += of_row(row)
        found += _heard(row, listen, heard)
    for done, target in enumerate(targets):
        progress(done, len(targets))
        broken = [target.found("sections", said) for said in unheld(target.think, target.answer)]
        found += broken
        if not broken:
            found += unpaid(target)
            found += of_target(target)
    found += repeated_targets(targets)
    found = list(dict.fromkeys(found))  # a fact may be refused by two rewards
    count = len(rows) + len(targets) + sum(one.kind == "malformed" for one in found)
    progress(count, count)
    decoded = sum(isinstance(outcome, float) for outcome in heard.values())
    return Checked(
        rows=count,
        clips=decoded,
        findings=tuple(sorted(found, key=lambda one: one.line)),
        kinds=Counter(row.question.kind for row in rows),
        facets=Counter(row.question.facet for row in rows),
        unstated=unstated(rows),
    )


def _heard(row: Row, listen: Listen, heard: dict[Clip, float | str]) -> Iterator[Finding]:
    clip = row.question.clip
    if clip is None:
        return
    if clip not in heard:
        try:
            heard[clip] = listen(clip)
        except AudioError as failure:
            heard[clip] = first_line(failure)
    outcome = heard[clip]
    if isinstance(outcome, str):
        yield row.found("clip", outcome)
    else:
        yield from times(row, outcome)
