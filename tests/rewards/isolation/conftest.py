"""User files written in place, and what is left of their processes."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from rewards import Part, Question, parse
from rewards.isolation import Isolated

HEAD = "import ctypes, json, math, os, re, shutil, signal, sys, threading, time\n"
HEAD += "from rewards import Verdict, reward\n"


@pytest.fixture
def isolated(tmp_path: Path) -> Iterator[Callable[..., Isolated]]:
    """``isolated(source, name="mine", **options)``: the reward of a file with that source."""
    made: list[Isolated] = []

    def make(source: str, name: str = "mine", file: str = "mine.py", **options: Any) -> Isolated:
        path = tmp_path / file
        path.write_text(HEAD + textwrap.dedent(source))
        made.append(Isolated(f"{path}:{name}", **{"deadline": 5.0} | options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def ask() -> Callable[..., list[Part]]:
    """``ask(reward, "a", "b")``: the parts of these completions of one question."""

    def run(reward: Isolated, *texts: str, id: str = "q") -> list[Part]:
        question = Question(id, "What do you hear?", answer="C major")
        return reward.judge([(question, parse(text)) for text in texts])

    return run


@pytest.fixture
def alive() -> Callable[[int], bool]:
    """Whether a process runs; one that is dead and not waited for does not."""

    def run(pid: int) -> bool:
        try:
            return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    return run


@pytest.fixture
def all_dead(alive: Callable[[int], bool]) -> Callable[..., bool]:
    """``all_dead(pids, seconds)``: whether all of them end within that time."""

    def run(pids: list[int], seconds: float = 20.0) -> bool:
        last = time.monotonic() + seconds
        while any(map(alive, pids)) and time.monotonic() < last:
            time.sleep(0.02)
        return not any(map(alive, pids))

    return run


@pytest.fixture
def descendants() -> Callable[[], list[int]]:
    """The processes that this one has started since the test began, and that those started."""
    before = set(psutil.Process().children(recursive=True))  # another test's resource tracker, say
    return lambda: [
        one.pid for one in psutil.Process().children(recursive=True) if one not in before
    ]
