"""What a page of a long run costs and shows: what is looked at, not how long the run is."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from experiments.viewer import pages
from experiments.viewer.asked import Asked
from experiments.viewer.wanted import PER_PAGE
from rollouts import journal
from rollouts.journal import JournalWriter, read_rollouts, steps
from rollouts.records import Group

LONG = 2 * PER_PAGE


def write(run: Path, step: int, groups: Sequence[Group]) -> None:
    moved = [dataclasses.replace(group, step=step) for group in groups]
    JournalWriter(run, "main").write_rollouts(step, moved)


@pytest.fixture
def long_run(full_run: Path) -> Path:
    groups = read_rollouts(full_run, 0)[:2]
    for step in range(100, 100 + LONG):
        write(full_run, step, groups)
    return full_run


@pytest.fixture
def unpacked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many parts were unpacked, whole ("decode") or their ids alone ("decode_columns")."""
    counts: Counter[str] = Counter()
    for name in ("decode", "decode_columns"):
        real = getattr(journal, name)

        def counted(*args: Any, name: str = name, real: Any = real) -> Any:
            counts[name] += 1
            return real(*args)

        monkeypatch.setattr(journal, name, counted)
    return counts


def test_a_question_is_shown_by_its_latest_steps_and_no_other_is_unpacked(
    long_run: Path, get: Callable[..., Any], unpacked: Counter[str]
) -> None:
    asked = read_rollouts(long_run, 100)[1].question.id
    times = Asked(long_run).steps_of(asked)
    assert len(times) >= LONG
    unpacked.clear()
    body = get(f"/question?id={asked}")[2].decode()
    assert f"Asked {len(times)} times; the last {PER_PAGE} are shown" in body
    assert [f"Step {step}, group" in body for step in times] == [
        place >= len(times) - PER_PAGE for place in range(len(times))
    ]
    assert unpacked["decode"] <= PER_PAGE  # these steps have no updates


def test_where_questions_were_asked_is_read_once_and_of_what_is_new(
    long_run: Path, unpacked: Counter[str]
) -> None:
    one, other = (group.question.id for group in read_rollouts(long_run, 100)[:2])
    unpacked.clear()
    asked = Asked(long_run)
    before = asked.steps_of(one)
    assert unpacked == {"decode_columns": len(steps(long_run))}
    assert asked.steps_of(other)
    write(long_run, 999, read_rollouts(long_run, 100)[:1])
    unpacked.clear()
    assert asked.steps_of(one) == [*before, 999]
    assert unpacked == {"decode_columns": 1}


def test_a_step_that_was_written_again_is_read_again(long_run: Path) -> None:
    one, other = read_rollouts(long_run, 100)[:2]
    asked = Asked(long_run)
    assert 100 in asked.steps_of(one.question.id)
    write(long_run, 100, [other])
    assert 100 not in asked.steps_of(one.question.id)
    assert 100 in asked.steps_of(other.question.id)


def test_the_steps_of_a_long_run_stand_in_stretches_of_which_the_latest_is_shown(
    long_run: Path, get: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "STEPS_PER_PAGE", 20)
    there = steps(long_run)
    places = [*range(0, len(there), 20)]
    for path, first in [("/", places[-1]), *((f"/?from={n}", n) for n in places)]:
        links = re.findall('<a href="([^"]+)">', get(path)[2].decode())
        assert [x for x in links if x.startswith("/step/")] == [
            f"/step/{step}" for step in there[first : first + 20]
        ]
        assert [x for x in links if "from" in x] == [f"/?from={n}" for n in places if n != first]
    latest = get("/")[2]
    for nonsense in ("7", "-20", "99999", "x", "%3Cscript%3E"):
        assert get(f"/?from={nonsense}")[2] == latest
