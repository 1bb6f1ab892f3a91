"""A whole file: rows to drafts, drafts to questions, questions and recordings to a folder."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from rewards.claims.priors import marginals
from rewards.claims.priors import write as write_priors
from rewards.errors import ConfigError, DataError, StorageError, nearest
from rewards.facts import ALIASES, FACETS
from rewards.questions import write_questions
from rewards.whole_file import sync
from sft.importing.audio import Recordings
from sft.importing.folder import DEV, PRIORS, QUESTIONS, TRACES, publish, work_folder
from sft.importing.forms import FORMS, LOOKED_AT, check_columns, reader, recognised
from sft.importing.names import held_out, identified
from sft.importing.question import LABEL, REMARKS, made
from sft.importing.records import Draft, Imported, Left, Made, Row, Settings, Unusable, Where
from sft.importing.rows import about_how_many, check_file, read_rows
from sft.progress import Progress
from sft.records import Trace, write_traces

_ENOUGH = 20
"""Questions with options from which on one place of the right one is no chance."""


@dataclass(frozen=True, slots=True)
class _Drafted:
    """A row that was understood; ``place`` is that of an embedded recording."""

    where: Where
    draft: Draft
    place: str | None


@dataclass(frozen=True, slots=True)
class _Read:
    """A whole file as it was understood.

    Attributes:
        rows: how many there were.
        kept: questions, at least one.
        left: rows that could not be used, in their order.
        remarks: sentences; "" among them says nothing.
    """

    form: str
    rows: int
    kept: list[Made]
    left: list[Left]
    remarks: list[str]


def load(file: Path, out: Path, settings: Settings, progress: Progress) -> Imported:
    """Import a file into the folder ``out``.

    Rows that cannot be used are told, the others written; with none that can, nothing is.

    Raises:
        ConfigError: settings that lead nowhere, or a folder that holds something else.
        DataError: the file as a whole cannot be read, no form is recognised, or no row is usable.
        StorageError: the disk refused.
    """
    check_file(file)
    settings = checked(settings)
    stage = work_folder(out)
    recordings = Recordings(settings.clips, out, stage)
    try:
        read = _read(file, settings, recordings, progress)
        parts = _split(read.kept, settings, read.remarks)
        traces = _write(stage, parts)
        priors = _write_priors(stage, parts[QUESTIONS])
        linked, copied = publish(
            out, stage, elsewhere=recordings.elsewhere, embedded=recordings.embedded,
            progress=lambda done, total: progress("recordings", done, total),
        )  # fmt: skip
    except StorageError:
        raise
    except OSError as failure:
        raise StorageError(
            f"{out}: cannot be written ({failure.strerror or failure}); nothing was; make room, "
            "then give the command again"
        ) from failure
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    asked = [row.question for row in read.kept]
    return Imported(
        form=read.form,
        recognised=settings.form is None,
        rows=read.rows,
        questions={name: len(rows) for name, rows in parts.items()},
        choices=sum(bool(question.choices) for question in asked),
        captions=sum(question.kind == "caption" for question in asked),
        unanswered=sum(question.answer is None for question in asked),
        traces=traces,
        held_out=sum(row.think is not None for row in read.kept) - traces,
        priors=priors,
        clips=len({question.clip.path for question in asked if question.clip is not None}),
        linked=linked,
        copied=copied,
        left=tuple(read.left),
        remarks=tuple(remark for remark in read.remarks if remark),
    )


def _unreadable(file: Path, first: list[Row | Left]) -> DataError:
    """Of a file without a row to look at: no form and no column could be named for it."""
    left = [row for row in first if isinstance(row, Left)]
    if not left:
        return DataError(f"{file}: holds no row, expected some; give the file with the questions")
    return DataError(
        f"{file}: none of its first {len(left)} rows can be read: "
        f"{left[0].where}: {left[0].sentence}"
    )


def checked(settings: Settings) -> Settings:
    """The settings, with the form that named columns mean.

    Raises:
        ConfigError: they lead nowhere.
    """
    if settings.form is not None and settings.form not in FORMS:
        raise ConfigError(f"--form: got {settings.form!r}, expected one of {', '.join(FORMS)}")
    named = bool(settings.columns) or settings.text is not None
    form = settings.form or ("columns" if named else None)
    if named and form != "columns":
        raise ConfigError(
            f"--form {form} knows its columns: got --column or --text, too; leave them out, or "
            "the form"
        )
    if form == "columns" and settings.text is None and "text" not in settings.columns:
        raise ConfigError("no column holds the question: expected --column text=COLUMN, or --text")
    if settings.dev is not None and not 0.0 < settings.dev < 1.0:
        raise ConfigError(f"--dev: got {settings.dev:g}, expected a share between 0 and 1")
    facet = ALIASES.get(settings.facet or "", settings.facet)
    if facet is not None and facet not in FACETS:
        hint = nearest(facet, FACETS) or f"; expected one of {', '.join(FACETS)}"
        raise ConfigError(f"--facet: got no fact {facet!r}{hint}")
    if not settings.clips.is_dir():
        raise ConfigError(f"--clips: got {str(settings.clips)!r}, expected a folder")
    return replace(settings, form=form, facet=facet)


def _read(file: Path, settings: Settings, recordings: Recordings, progress: Progress) -> _Read:
    """The rows of a file as questions about ``recordings``, and what was left out."""
    rows = read_rows(file)
    first = list(islice(rows, LOOKED_AT))
    readable = [row for row in first if isinstance(row, Row)]
    if not readable and settings.form in (None, "columns"):
        raise _unreadable(file, first)
    form = settings.form or recognised(file, readable)
    if form == "columns":
        check_columns(file, readable, settings)
    coming = _told(chain(first, rows), about_how_many(file), progress)
    drafts, left = _drafts(coming, replace(settings, form=form), recordings)
    count = len(drafts) + len(left)
    remark = recordings.look_at(path for one in drafts if (path := _path(one)))
    questions, more = _questions(drafts, recordings, settings, progress)
    del drafts
    kept, again = identified(questions)
    left = sorted([*left, *more, *again], key=lambda one: one.where.number)
    if not kept:
        why = f"{left[0].where}: {left[0].sentence}" if left else "expected one at least"
        raise DataError(f"{file}: none of {count} rows can be used: {why}")
    return _Read(form, count, kept, left, [remark, *_remarks(kept)])


def _told(
    rows: Iterable[Row | Left], total: int | None, progress: Progress
) -> Iterator[Row | Left]:
    """The rows, counted to ``progress``; of a table, whose rows may have several lines, about."""
    for done, row in enumerate(rows):
        if total:
            progress("reading", min(done, total - 1), total)
        yield row
    if total:
        progress("reading", total, total)


def _drafts(
    rows: Iterator[Row | Left], settings: Settings, recordings: Recordings
) -> tuple[list[_Drafted], list[Left]]:
    """The rows that are understood, and those that are not; embedded recordings are on the disk."""
    read = reader(settings.form or "", settings)
    found: list[_Drafted] = []
    left: list[Left] = []
    for row in rows:
        if isinstance(row, Left):
            left.append(row)
            continue
        try:
            draft = read(row.value)
            place = recordings.place(draft.clip) if isinstance(draft.clip, bytes) else None
        except Unusable as failure:
            left.append(Left(row.where, failure.why, str(failure)))
            continue
        found.append(
            _Drafted(row.where, draft if place is None else replace(draft, clip=None), place)
        )
    return found, left


def _path(one: _Drafted) -> str | None:
    return one.draft.clip if isinstance(one.draft.clip, str) else None


def _questions(
    drafts: list[_Drafted], recordings: Recordings, settings: Settings, progress: Progress
) -> tuple[list[Made], list[Left]]:
    found: list[Made] = []
    left: list[Left] = []
    for done, one in enumerate(drafts, 1):
        progress("rows", done, len(drafts))
        try:
            place, path = one.place, _path(one)
            if path is not None:
                place = recordings.place(path)
            question = made(one.draft, one.where, place, facet=settings.facet, kind=settings.kind)
        except Unusable as failure:
            left.append(Left(one.where, failure.why, str(failure)))
            continue
        found.append(question)
    return found, left


def _remarks(rows: list[Made]) -> list[str]:
    """A sentence for each thing that was read in a way that its user may want to know."""
    counts = Counter(name for row in rows for name in row.remarks)
    if not counts[LABEL]:
        del counts["either"]  # names of notes: nobody answers by label here
    said = []
    for name, words in REMARKS.items():
        if counts[name]:
            example = next(row for row in rows if name in row.remarks)
            said.append(f"{counts[name]} rows {words} ({example.where}: {example.remarks[name]})")
    places = Counter(
        question.choices.index(question.answer)
        for question in (row.question for row in rows)
        if question.choices and question.answer is not None
    )
    if places.total() >= _ENOUGH and len(places) == 1:
        said.append(
            f"the right option is number {next(iter(places)) + 1} in all {places.total()} "
            "questions with options: a policy could learn the place"
        )
    return said


def _split(rows: list[Made], settings: Settings, remarks: list[str]) -> dict[str, list[Made]]:
    """File name -> its rows."""
    if settings.dev is None:
        return {QUESTIONS: rows}
    dev = [row for row in rows if held_out(row.question, settings.dev)]
    rest = [row for row in rows if not held_out(row.question, settings.dev)]
    if not rest:
        raise ConfigError(f"--dev: a share of {settings.dev:g} holds out every clip; lower it")
    if not dev:
        remarks.append(f"no clip falls into the share of {settings.dev:g} that --dev holds out")
        return {QUESTIONS: rest}
    return {QUESTIONS: rest, DEV: dev}


def _write(stage: Path, parts: dict[str, list[Made]]) -> int:
    """The files of a folder; how many traces there are."""
    stage.mkdir(parents=True, exist_ok=True)
    for name, rows in parts.items():
        write_questions(stage / name, (row.question for row in rows))
    traces = [
        Trace(row.question.id, row.think, row.question.answer)
        for row in parts[QUESTIONS]
        if row.think is not None and row.question.answer is not None
    ]
    if traces:
        write_traces(stage / TRACES, traces)
        sync(stage / TRACES)
    return len(traces)


def _write_priors(stage: Path, rows: list[Made]) -> int:
    """The shares of the facts of rows that train; of how many kinds, and without any no file."""
    priors = marginals(row.question for row in rows)
    if priors.shares:
        write_priors(priors, stage / PRIORS)
        sync(stage / PRIORS)
    return len(priors.shares)
