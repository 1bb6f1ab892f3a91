"""The journal of a run as columns: every so many steps of it, judged anew.

Memory is bounded by the rollouts that are taken, whatever the length of the run: of each remain
some numbers and the numbers of its words.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, get_args

import numpy as np

from experiments.audit.columns import Asked, Columns
from experiments.audit.features import UNITS, features, words
from experiments.resuming import CONFIG
from experiments.yaml_text import read_yaml
from rewards.errors import ConfigError, EtudeError
from rewards.fields import show
from rewards.questions import question_from_json
from rewards.records import Question, Response, Verdict
from rewards.registry import get
from rewards.response import parse
from rewards.rubric import Combine
from rollouts.files import OnSkip, log_skip
from rollouts.journal import read_columns, steps

_PARTS = "parts.list.element."
_COLUMNS = (
    "run", "step", "group", "sample", "question_id", "question", "text", "total", "valid",
    "finish_reason", "renormalise",
    *(_PARTS + name for name in ("name", "value", "weight", "status")),
)  # fmt: skip
_UPDATE = ("run", "step", "group", "sample", "advantage", "dropped")
_LEARNT = (None, "zero variance")
_HUGE = 1e6
_MOST_WORDS = 100_000
"""Different words of a run that are told apart; later ones are not seen."""


def read(run: Path, most: int, on_skip: OnSkip = log_skip) -> Columns:
    """Columns of at most so many rollouts, of steps that lie evenly over the run.

    Args:
        on_skip: is told of a part that cannot be used, and of a group whose question cannot.
    """
    recorded = steps(run)
    taken, reader = recorded, _Reader(on_skip)
    for step in recorded[-1:]:
        rows = read_columns(run, step, "rollouts", ("step",), on_skip)
        taken = evenly(recorded, max(1, most // max(1, len(rows))))
    for step in taken:
        reader.take(run, step)
    return reader.columns(taken, recorded, _combine(run, on_skip))


def evenly(recorded: list[int], count: int) -> list[int]:
    """That many of them, the first and the last included.

    >>> evenly([0, 1, 2, 3, 4], 3), evenly([0, 1], 3)
    ([0, 2, 4], [0, 1])
    """
    if count >= len(recorded):
        return recorded
    last = len(recorded) - 1
    return [recorded[round(i * last / max(1, count - 1))] for i in range(count)]


@dataclass(slots=True)
class _Reader:
    """Takes in step after step."""

    on_skip: OnSkip
    rows: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    asked: dict[str, tuple[int, Asked]] = field(default_factory=dict)
    texts: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    parts: dict[str, int] = field(default_factory=dict)
    units: int = 0

    def take(self, run: Path, step: int) -> None:
        learnt = {
            _id(row): row["advantage"]
            for row in reversed(read_columns(run, step, "updates", _UPDATE, self.on_skip))
            if row["dropped"] in _LEARNT
        }
        seen: set[tuple[str, int]] = set()
        rows = read_columns(run, step, "rollouts", _COLUMNS, self.on_skip)
        for name, members in groupby(rows, key=lambda row: (row["run"], row["group"])):
            if name in seen:  # in the part of another writer, too
                continue
            seen.add(name)
            try:
                self._group([*members], learnt)
            # What a stranger's JSON can raise on its way to a question.
            except (EtudeError, ValueError, TypeError, KeyError, RecursionError) as error:
                self.on_skip(run / "rollouts", f"step {step}, group {name[1]}: {error}")

    def _group(self, members: Sequence[Mapping[str, Any]], learnt: Mapping[Any, Any]) -> None:
        tree = json.loads(members[0]["question"])
        question = question_from_json(tree, where="the journal")
        place, _ = self.asked.setdefault(
            question.id,
            (
                len(self.asked),
                Asked(question.id, question.counted_as, question.answer, not question.choices),
            ),
        )
        judged: dict[str, dict[str, Any]] = {}
        for row in members:
            text = row["text"]
            if text not in judged:
                judged[text] = self._judged(question, parse(text))
            own = {
                "question": place,
                "unit": self.units,
                "step": row["step"],
                "group": row["group"],
                "sample": row["sample"],
                "total": _number(row["total"]) if row["valid"] else math.nan,
                "advantage": _number(learnt.get(_id(row))),
                "cut": row["finish_reason"] == "length",
                # The first version of the journal always shared out what a part left.
                "parts": [*self._parts(row["parts"], row.get("renormalise", True))],
            }
            for name, value in (own | judged[text]).items():
                self.rows[name].append(value)
        self.units += 1

    def _judged(self, question: Question, response: Response) -> dict[str, Any]:
        """What a text is by itself."""
        worth, exact = _worth(question, response)
        form = get("format")(question, response)
        said = response.answer
        # "Db" is the gold answer "C#": another spelling is no other answer.
        if max(worth, exact) == 1 and question.answer is not None:
            said = question.answer
        thought = " ".join((response.think or "").split())
        return {
            "worth": worth,
            "exact": exact,
            "form": isinstance(form, Verdict) and form.value == 1,
            "answer": -1 if said is None else self._text("answer", " ".join(said.split())),
            "thought": self._text("thought", thought) if thought else -1,
            "features": features(question, response),
            "words": self._words(response.text),
        }

    def _text(self, kind: str, text: str) -> int:
        return self.texts[kind].setdefault(text, len(self.texts[kind]))

    def _words(self, text: str) -> np.ndarray:
        known = self.texts["word"]
        found = {
            known.setdefault(word, len(known)) if len(known) < _MOST_WORDS else known.get(word, -1)
            for word in words(text)
        }
        return np.array(sorted(found - {-1}), dtype=np.int32)

    def _parts(
        self, parts: Sequence[Mapping[str, Any]], renormalise: bool
    ) -> Iterator[tuple[int, float, float]]:
        """Place, value and weight of those that are scored; the weight as the total has it."""
        known = [(part, weight) for part in parts if (weight := _number(part["weight"])) > 0]
        scored = [
            (part["name"], value, weight)
            for part, weight in known
            if part["status"] == "scored" and not math.isnan(value := _number(part["value"]))
        ]
        counted = [weight for *_, weight in (scored if renormalise else known)]
        for name, value, weight in scored:
            yield self.parts.setdefault(name, len(self.parts)), value, weight / sum(counted)

    def columns(self, taken: list[int], recorded: list[int], combine: Combine) -> Columns:
        rows = self.rows
        shape = (len(rows["step"]), len(self.parts))
        values_BK, weights_BK = np.full(shape, np.nan), np.zeros(shape)
        for i, parts in enumerate(rows["parts"]):
            for k, value, weight in parts:
                values_BK[i, k], weights_BK[i, k] = value, weight
        whole = {name: np.array(rows[name], np.int64) for name in _WHOLE}
        real = {name: np.array(rows[name], np.float64) for name in _REAL}
        return Columns(
            taken, recorded, [asked for _, asked in self.asked.values()],
            **{f"{name}_B": column for name, column in (whole | real).items()},
            form_B=np.array(rows["form"], bool), cut_B=np.array(rows["cut"], bool),
            features_BF=np.array(rows["features"], np.float32).reshape(shape[0], len(UNITS)),
            words=[*self.texts["word"]], words_B=rows["words"], answers=[*self.texts["answer"]],
            parts=[*self.parts], values_BK=values_BK, weights_BK=weights_BK,
            combine=combine,
        )  # fmt: skip


_WHOLE = ("question", "unit", "step", "group", "sample", "answer", "thought")
_REAL = ("total", "advantage", "worth", "exact")


def _combine(run: Path, on_skip: OnSkip) -> Combine:
    """How the run's rubric makes advantages, by its configuration; by sum where that says nothing.

    The rubric itself is not made: it may name code.
    """
    path = run / CONFIG
    try:
        tree = read_yaml(path) if path.exists() else {}
    except ConfigError as error:
        on_skip(path, f"{error}; the advantage is divided as by sum")
        return "sum"
    rubric = tree.get("rubric", {}) if isinstance(tree, dict) else tree
    if not isinstance(rubric, dict):
        on_skip(path, f"rubric: got {show(rubric)}, expected a mapping; divided as by sum")
        return "sum"
    found = rubric.get("combine", "sum")
    if found in get_args(Combine):
        return found
    known = " or ".join(get_args(Combine))
    on_skip(path, f"rubric.combine: got {show(found)}, expected {known}; divided as by sum")
    return "sum"


def _worth(question: Question, response: Response) -> tuple[float, float]:
    """The values of ``answer`` and of ``accuracy``; NaN where no gold answer or fact tells."""
    if question.kind != "qa":
        return math.nan, math.nan
    return _value("answer", question, response), _value("accuracy", question, response)


def _value(reward: str, question: Question, response: Response) -> float:
    found = get(reward)(question, response)
    return found.value if isinstance(found, Verdict) else math.nan


def _id(row: Mapping[str, Any]) -> tuple[str, int, int]:
    return row["run"], row["group"], row["sample"]


def _number(value: Any) -> float:
    """NaN for what is missing, and for what no writer writes: its square must be a number."""
    return float(value) if value is not None and abs(value) < _HUGE else math.nan
