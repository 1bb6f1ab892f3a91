"""In which steps of a run each question was asked."""

from __future__ import annotations

import sys
from pathlib import Path

from rollouts.journal import Stamp, read_asked, stamp, steps


class Asked:
    """An index of a journal, in memory: each step is read once, and again where it was rewritten.

    Args:
        run: the run folder, which may go on growing.
    """

    def __init__(self, run: Path) -> None:
        self._run = run
        self._known: dict[int, tuple[Stamp, tuple[str, ...]]] = {}

    def steps_of(self, question: str) -> list[int]:
        """The steps with a group of this question, ascending; one for each such group."""
        there = steps(self._run)
        return [step for step in there for name in self._asked(step) if name == question]

    def _asked(self, step: int) -> tuple[str, ...]:
        now = stamp(self._run, step)
        before, asked = self._known.get(step, (None, ()))
        if now != before:
            # A question comes back in every epoch: its id is kept once.
            asked = tuple(map(sys.intern, read_asked(self._run, step)))
            self._known[step] = now, asked
        return asked
