"""The report on a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

from experiments.audit.columns import Columns
from experiments.audit.findings import ALARMS, Finding, percent
from experiments.audit.report import Audit
from experiments.audit.statistics import LEAST, Change
from experiments.terminal import say, table
from experiments.text import counted, excerpt
from rollouts.journal import rollouts_of
from rollouts.records import Group

_SHARES = ("right answers", "ill formed", "cut at the limit")
_MOST = 300  # characters of a text
_WIDTH = 96


def show(found: Audit, run: Path) -> None:
    """Print all of it."""
    columns = found.columns
    _head(columns, run)
    _balance(found)
    _parts(found)
    _course(found)
    say("")
    if not found.findings:
        say(f"nothing is flagged, by {counted(found.tests, 'test')}")
    for number, finding in enumerate(found.findings, start=1):
        _finding(number, finding, columns, run)
    if found.findings:
        say(
            f"{counted(len(found.findings), 'flag')} by {counted(found.tests, 'test')}; of reports "
            f"on which there is nothing to flag at most {ALARMS:.0%} have one"
        )


def _head(columns: Columns, run: Path) -> None:
    taken, there = len(columns.steps), len(columns.of)
    units = int(columns.unit_B.max()) + 1 if len(columns.unit_B) else 0
    steps = counted(there, "step") if taken == there else f"{taken} of {there} steps"
    rollouts = counted(len(columns.unit_B), "rollout")
    asked = counted(len(columns.asked), "different question")
    say(f"{run}: {steps}, {rollouts} in {counted(units, 'group')}, {asked}")


def _balance(found: Audit) -> None:
    balance = found.balance
    if balance.learnt < LEAST:
        say(
            f"siblings differ in {counted(balance.learnt, 'group')} only: what a reward teaches is "
            f"told from {LEAST} on"
        )
        return
    say("")
    rows = [
        ("what their answers are worth", percent(balance.worth)),
        ("their form", percent(balance.form)),
        ("anything else", percent(balance.rest)),
    ]
    table(("siblings differ in advantage by", "share"), rows)
    if balance.judged < 1:
        say(f"no gold answer tells what {percent(1 - balance.judged)} of the answers are worth")
    if balance.mixed:
        say(
            f"of pairs of a right and a wrong sibling the wrong one is paid more in "
            f"{percent(balance.turned)}, as much in {percent(balance.tied)}"
        )


def _parts(found: Audit) -> None:
    if not found.parts:
        return
    say("")
    heads = ("part", "weight", "tells siblings apart in", "of the advantage", "right - wrong")
    rows = [
        (
            part.name, percent(part.weight), f"{percent(part.varies)} of groups",
            percent(part.share),
            f"{part.favour:+.3f} ± {2.576 * part.error:.3f}" if part.mixed > 1 else "-",
        )
        for part in found.parts
    ]  # fmt: skip
    table(heads, rows)
    for name in found.idle:
        say(f"'{name}' never told siblings apart: it teaches nothing")


def _course(found: Audit) -> None:
    changes = found.course.changes
    if not changes:
        return
    say("")
    heads = ("", "first fifth", "last fifth", "change, 99 % interval")
    table(heads, [_change(name, moved) for name, moved in changes.items()])
    dev = found.course.dev
    if len(dev) > 1:
        say(
            ", ".join(
                ("dev accuracy", *(f"{percent(a)} at state {s}" for s, a in (dev[0], dev[-1])))
            )
        )


def _change(name: str, moved: Change) -> tuple[str, ...]:
    scale = 100 if name in _SHARES else 1
    form = percent if name in _SHARES else "{:.3g}".format
    if moved.error != moved.error:
        interval = "-"
    else:
        interval = f"{scale * moved.low:+.3g} to {scale * moved.high:+.3g}"
    return name, form(moved.early), form(moved.late), interval


def _finding(number: int, finding: Finding, columns: Columns, run: Path) -> None:
    say(f"{number}. {finding.title}")
    for sentence in finding.evidence:
        say(*_wrapped(sentence))
    asked = None
    for row, note in finding.rollouts:
        group, text = _read(columns, run, row)
        if asked != (asked := group.question):
            said = " ".join(asked.text.split())
            say(*_wrapped(f"asked: {excerpt(said, _MOST)} (gold answer: {asked.answer})"))
        earned = f"it earned {columns.total_B[row]:.3f}"
        say(f"   etude replay {run} {columns.names(row)}   ({note}; {earned})")
        say(*_wrapped(excerpt(" ".join(text.split()), _MOST), "     "))
    say(*_wrapped(f"what to do: {finding.remedy}"), "")


def _wrapped(text: str, indent: str = "   ") -> Iterator[str]:
    return iter(
        textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent) or [indent]
    )


def _read(columns: Columns, run: Path, row: int) -> tuple[Group, str]:
    """The group of a rollout and what it said, read again: the columns hold no texts."""
    step, index, sample = (
        int(ids[row]) for ids in (columns.step_B, columns.group_B, columns.sample_B)
    )
    group = next(found for found in rollouts_of(run, step) if found.index == index)
    rollouts = {rollout.sample: rollout for rollout in group.rollouts}
    return group, rollouts[sample].completion.text
