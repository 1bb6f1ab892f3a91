"""`etude data`: data sets."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.config import PrintConfig, ScoresOverrides, read
from experiments.terminal import say, table

if TYPE_CHECKING:
    import numpy as np

    from rewards.checking.check import Checked
    from rewards.records import Clip, Question
    from sft.corpus.folder import DataSummary
    from sft.progress import Progress

SHOWN = 50
"""Findings that are written out; the table counts all."""
_REDRAW = 0.1  # seconds: a bar that is drawn for each of a million rows takes longer than they do


def scores(
    out: Annotated[Path, typer.Option(help="The folder to make.", show_default=False)],
    overrides: ScoresOverrides = None,
    print_config: PrintConfig = False,
) -> None:
    """Real scores of the installed music21 corpus: clips, questions and traces.

    A folder that holds the same data already is left as it is.
    """
    from experiments.schemas import ScoresConfig

    config = read(ScoresConfig, [], overrides, print_config)
    from experiments import specs
    from sft.corpus.build import build

    with progress_bars() as progress:
        summary = build(out, specs.corpus_settings(config), progress)
    _show(summary)


def check(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE.jsonl", help="Questions, or traces.", show_default=False),
    ],
    clips: Annotated[
        Path | None,
        typer.Option(help="The folder of the clips; that of FILE if not given."),
    ] = None,
    questions: Annotated[
        list[Path] | None,
        typer.Option(
            help="For traces: what they answer, so that gold and facts count; repeatable."
        ),
    ] = None,
) -> None:
    """Find what is wrong with a data set: gold answers, clips, repeats, theory.

    Kinds and facets are counted, too; a kind that the library does not know, and a facet whose
    fact the row does not state, is a remark and no finding.
    Exit status 1 if anything was found.
    """
    from experiments.outputs import check_clips
    from policies.audio import ClipReader
    from rewards.checking.check import check_file

    if clips is not None:
        check_clips(clips)
    root = clips or file.parent
    asked = _asked(questions or [])
    with ClipReader(root) as reader, progress_bars() as progress:

        def listen(clip: Clip) -> float:
            return _sounding(clip, reader.read(clip).samples_S)

        found = check_file(
            file, root, listen, asked, lambda done, total: progress("rows", done, total)
        )
    _report(file, found)
    if found.findings:
        raise typer.Exit(1)


def _sounding(clip: Clip, samples_S: np.ndarray) -> float:
    """How long a clip is [s].

    Raises:
        AudioError: nothing can be heard in it.
    """
    from policies.audio import least_samples
    from policies.decoder import RATE
    from rewards.errors import AudioError

    if len(samples_S) < least_samples():
        raise AudioError(
            f"clip {clip.path!r} is too short to be heard: got {len(samples_S) / RATE:g} s, "
            f"expected at least {least_samples() / RATE:g} s; take a longer stretch, or leave the "
            "row out"
        )
    if not samples_S.any():
        raise AudioError(
            f"clip {clip.path!r} is silent: got 0 for every sample, expected a sound; look at the "
            "recording and at start and duration, or leave the row out"
        )
    return len(samples_S) / RATE


def _asked(files: list[Path]) -> dict[str, Question]:
    """Id -> question, of all files.

    Raises:
        DataError: an id stands for two questions: a trace would be held against either.
    """
    from rewards.errors import DataError
    from rewards.questions import read_questions

    asked: dict[str, Question] = {}
    for file in files:
        for question in read_questions(file):
            if asked.setdefault(question.id, question) != question:
                raise DataError(
                    f"id {question.id!r} stands for two questions: got another one in {file} than "
                    "in a file before it, expected unique ids; give the files that the traces "
                    "answer"
                )
    return asked


def _report(file: Path, found: Checked) -> None:
    """The findings by line, how many there are of each kind, and what the questions are."""
    from rewards.checking.kinds import own_kinds
    from rewards.checking.records import KINDS
    from rewards.checking.unstated import without_facts

    for one in found.findings[:SHOWN]:
        name = f" ({one.id})" if one.id else ""
        say(f"{file}:{one.line}{name}: {one.sentence}")
    if len(found.findings) > SHOWN:
        say(f"and {len(found.findings) - SHOWN} more")
    counts = []
    for kind, words in KINDS.items():
        rows = {one.line for one in found.findings if one.kind == kind}
        if rows:
            counts.append((words, len(rows)))
    counts.append(("rows checked", found.rows))
    counts.append(("clips decoded", found.clips))
    counts.append(("rows with a finding", len({one.line for one in found.findings})))
    table(("finding", "rows"), [(words, str(count)) for words, count in counts])
    for what, each in (("kind", found.kinds), ("facet", found.facets)):
        rows = sorted(each.items(), key=lambda one: -one[1])[:SHOWN]
        if rows:
            table((what, "rows"), [(name or "none", str(count)) for name, count in rows])
    for said in filter(None, (own_kinds(found.kinds), without_facts(found.unstated))):
        say(f"remark: {said}")


@contextmanager
def progress_bars() -> Iterator[Progress]:
    """A function of (stage, done, total) that shows each stage on standard error."""
    from experiments.screen import Stage, stages

    begun: dict[str, Stage] = {}
    due = 0.0
    with stages() as shown:

        def advance(stage: str, done: int, total: int) -> None:
            nonlocal due
            now = time.monotonic()
            if stage in begun and done < total and now < due:
                return
            due = now + _REDRAW
            if stage not in begun:
                begun[stage] = shown.stage(stage, total)
            begun[stage].at(done)
            if done == total:
                begun[stage].done()

        yield advance


def _show(summary: DataSummary) -> None:
    """The questions by facet and split, with the share of the commonest answer."""
    splits = list(summary.clips)
    numbers = [*(f"{split} questions" for split in splits), "commonest answer"]
    rows = []
    for facet in summary.questions[splits[0]]:
        counts = [str(summary.questions[split].get(facet, 0)) for split in splits]
        share = summary.majority[splits[-1]].get(facet)
        rows.append((facet, *counts, f"{share:.0%}" if share is not None else ""))
    rows.append(("clips", *(str(summary.clips[split]) for split in splits), ""))
    table(("facet", *numbers), rows)
    found = "found in" if summary.reused else "written to"
    say(f"{found} {summary.folder}")
