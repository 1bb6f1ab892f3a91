"""Journals as a run writes them, of policies and rewards whose faults are known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from policies.records import Completion
from rewards.records import Part, Question, Score
from rewards.rubric import Combine
from rollouts.advantages import advantages, judged
from rollouts.journal import JournalWriter
from rollouts.records import Group, Rollout, UpdateRow

STEPS, GROUPS, SIZE = 20, 8, 6
NOTES = ("C", "D", "E", "F", "G", "A")
INSTRUMENTS = ("flute", "violin", "oboe", "piano", "horn", "harp")
FILLER = (
    "it", "moves", "slowly", "down", "until", "there", "the", "line", "comes", "to", "rest", "at",
    "last", "today",
)  # fmt: skip

Say = Callable[[np.random.Generator, Question, int], str]
Pay = Callable[[Question, str, bool], dict[str, tuple[float | None, float]]]
Write = Callable[..., Path]


def thought(rng: np.random.Generator, *, most: int = 12) -> str:
    """Some words about nothing."""
    return " ".join(rng.choice(FILLER, rng.integers(3, most + 1)))


def answering(
    right: Callable[[int], float] = lambda step: 0.5,
    think: Callable[[np.random.Generator, Question, int], str] | None = None,
) -> Say:
    """A policy that is right that often at a step, and thinks whatever is given."""

    def say(rng: np.random.Generator, question: Question, step: int) -> str:
        wrong = [note for note in question.choices or NOTES if note != question.answer]
        note = question.answer if rng.random() < right(step) else rng.choice(wrong)
        said = thought(rng) if think is None else think(rng, question, step)
        return f"<think>{said}</think> <answer>{note}</answer>"

    return say


def honest(_: Question, text: str, right: bool) -> dict[str, tuple[float | None, float]]:
    """A right answer, and the form."""
    formed = float(text.startswith("<think>") and text.endswith("</answer>"))
    return {"format": (formed, 0.2), "accuracy": (float(right), 1.0)}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """``write(say, pay)``: a run folder with that policy and that reward."""

    def run(
        say: Say,
        pay: Pay = honest,
        *,
        steps: int = STEPS,
        options: bool = False,
        golds: tuple[str, ...] = NOTES,
        cut: Callable[[np.random.Generator, int], bool] = lambda rng, step: False,
        kind: str = "qa",
        renormalise: bool = True,
        combine: Combine = "sum",
        mask_truncated: bool = False,
        seed: int = 0,
    ) -> Path:
        def judge(question: Question, text: str, right: bool) -> Score:
            given = pay(question, text, right).items()
            parts = {name: _part(value, weight) for name, (value, weight) in given}
            return Score(parts, renormalise)

        writer, rng = JournalWriter(tmp_path, "learner"), np.random.default_rng(seed)
        for step in range(steps):
            groups = [
                _group(rng, step, i, say, judge, options, golds, cut, kind) for i in range(GROUPS)
            ]
            writer.write_rollouts(step, groups)
            writer.write_update(step, _learnt(groups, combine, mask_truncated), {"loss": 0.0})
        if combine != "sum":
            (tmp_path / "config.yaml").write_text(f"rubric: {{combine: {combine}}}\n")
        return tmp_path

    return run


def _part(value: float | None, weight: float) -> Part:
    return Part(value, weight, "not_applicable" if value is None else "scored")


def _group(rng, step: int, index: int, say: Say, judge, options: bool, golds, cut, kind) -> Group:
    choices = tuple(map(str, rng.choice(INSTRUMENTS, 4, replace=False))) if options else ()
    gold = str(rng.choice(choices or golds))
    question = Question(
        id=f"q{step}-{index}",
        text="On which note does the tune end?",
        choices=choices,
        answer=gold,
        topic="last_note",
        kind=kind,
    )
    rollouts = []
    for sample in range(SIZE):
        text = say(rng, question, step)
        right = text.endswith(f"<answer>{gold}</answer>")
        completion = Completion(
            ids=(1, 2), logprobs_T=np.zeros(2, np.float32), policy_version=step, seed=sample,
            finish_reason="length" if cut(rng, step) else "stop", text=text,
        )  # fmt: skip
        rollouts.append(Rollout(sample, completion, judge(question, text, right)))
    return Group("run", step, index, question, None, None, (1,), tuple(rollouts), step, "actor-0")


def _learnt(groups: list[Group], combine: Combine, mask_truncated: bool) -> list[UpdateRow]:
    """A place in the group is its sample here."""
    rows = []
    found = [judged(group) for group in groups]
    for group, own, values in zip(groups, found, advantages(found, combine), strict=True):
        earned = dict(zip(own.places, map(float, values), strict=True))
        for place in range(len(group.rollouts)):
            learnt = None if any(earned.values()) else "zero variance"
            dropped = learnt if place in earned else "not scored"
            cut = group.rollouts[place].completion.finish_reason == "length"
            dropped = "truncated" if mask_truncated and cut else dropped
            name = ("run", group.step, group.index, place)
            rows.append(UpdateRow(*name, earned.get(place), dropped))
    return rows
