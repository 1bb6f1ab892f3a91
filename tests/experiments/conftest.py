"""A run folder with everything in it, made through the writers of a real run."""

from __future__ import annotations

import http.client
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.report import Gain, Results, ResultsRow, write_results
from policies.audio import ClipReader
from policies.records import Completion
from policies.wav import write_wav
from rewards.records import Clip, Facts, Part, Question, Score
from rollouts.journal import JournalWriter
from rollouts.metrics import MetricsWriter
from rollouts.records import Group, Rollout, UpdateRow

STEPS = 60
COLUMNS = ("chance", "untrained", "cold start", "GRPO", "other clip", "silence")
ACCURACIES = {
    "interval": (96, 0.083, 0.0, 0.521, 0.688, 0.073, 0.010),
    "note": (120, 0.083, 0.0, 0.617, 0.775, 0.058, 0.0),
    "key": (104, 0.042, 0.010, 0.462, 0.567, 0.067, 0.0),
    "chord": (96, 0.042, 0.0, 0.417, 0.510, 0.031, 0.0),
    "cadence": (84, 0.25, 0.012, 0.655, 0.702, 0.238, 0.119),
    "overall": (500, 0.094, 0.004, 0.536, 0.652, 0.090, 0.022),
}
ASKED = (
    (
        "key",
        "In which key does this chorale phrase end?",
        ("D major", "B minor", "A major", "G major"),
    ),
    ("chord", "Name the root of the final chord.", ()),
    ("note", "Which note does the tune end on?", ()),
    ("cadence", "What kind of cadence closes the phrase?", ("PAC", "IAC", "HC", "DC")),
)
GOLD = {"key": "D major", "chord": "A", "note": "F#", "cadence": "PAC"}
WRONG = {"key": "B minor", "chord": "E", "note": "F", "cadence": "HC"}


@pytest.fixture
def full_run(tmp_path: Path) -> Path:
    """``RUN`` with results, metrics, journal, config and one clip under ``RUN/clips``."""
    return build_run(tmp_path / "chorales-seed-1")


def build_run(run: Path) -> Path:
    run.mkdir(parents=True)
    write_results(run, _results())
    _write_metrics(run / "metrics.jsonl")
    (run / "clips").mkdir()
    time_S = np.arange(3 * 16_000) / 16_000
    chord_S = sum(np.sin(2 * math.pi * f * time_S) for f in (293.7, 370.0, 440.0))
    write_wav(run / "clips" / "phrase.wav", 0.2 * chord_S * np.exp(-time_S))
    with ClipReader(run) as reader:
        sha256 = reader.read(Clip("clips/phrase.wav")).sha256
    writer = JournalWriter(run, "main")
    for step in (0, STEPS // 2, STEPS - 1):
        groups = [_group(step, i, sha256) for i in range(8)]
        writer.write_rollouts(step, groups)
        writer.write_update(step, _rows(groups), {"loss": 0.01})
    (run / "config.yaml").write_text(
        "seed: 1\ngrpo:\n  prompts: 32\n  group: 8\n  learning_rate: 1.5e-4\n"
    )
    (run / "env.json").write_text(json.dumps({"torch": "2.13.0", "python": "3.11"}, indent=2))
    return run


def _results() -> Results:
    rows = tuple(
        ResultsRow(topic, n, dict(zip(COLUMNS, values, strict=True)))
        for topic, (n, *values) in ACCURACIES.items()
    )
    return Results(COLUMNS, rows, Gain("cold start", "GRPO", 0.116, 0.078, 0.152))


def _write_metrics(path: Path) -> None:
    noise = np.random.default_rng(1)
    facets = [name for name in ACCURACIES if name != "overall"]
    with MetricsWriter(path) as metrics:
        for step in range(1, 121):
            metrics.write(
                "sft", step, loss=3.4 * math.exp(-step / 22) + 0.34 + 0.03 * noise.normal()
            )
            if step % 20 == 0:
                rise = 1 / (1 + math.exp(-(step - 70) / 14))
                shares = {f: 0.6 * rise * (1 - 0.1 * i) for i, f in enumerate(facets)}
                metrics.write("sft_eval", step, split="dev", accuracy=0.54 * rise, topics=shares)
        for step in range(STEPS):
            done = 1 - math.exp(-step / 25)
            right = 0.52 + 0.17 * done + 0.04 * noise.normal()
            metrics.write(
                "grpo",
                step,
                reward=(right + 0.2 * 0.98) / 1.2,
                parts={
                    "accuracy": right,
                    "format": min(1.0, 0.96 + 0.03 * done),
                    "theory": right - 0.1,
                },
                part_share={
                    "format": 0.3 - 0.25 * done,
                    "accuracy": 0.6 + 0.1 * done,
                    "theory": 0.1 + 0.15 * done,
                },
                loss=0.01 * noise.normal(),
                grad_norm=0.6 + 0.2 * noise.random(),
                entropy=0.42 - 0.2 * done + 0.01 * noise.normal(),
                kl=None,
                clip_fraction=0.004 + 0.004 * noise.random(),
                sampler_gap=8e-6 + 4e-6 * noise.random(),
                zero_variance=0.2 + 0.2 * done + 0.04 * noise.random(),
                truncated=0.02 * (1 - done),
                seconds={
                    "sample": 0.7 + 0.1 * noise.random(),
                    "learn": 0.5 + 0.05 * noise.random(),
                },
                tokens=9000,
            )
            if step % 10 == 0 or step == STEPS - 1:
                shares = {f: ACCURACIES[f][3] + 0.13 * done for f in facets}
                metrics.write(
                    "grpo_eval", step, split="dev", accuracy=0.54 + 0.12 * done, topics=shares
                )


def _group(step: int, index: int, sha256: str) -> Group:
    facet, text, choices = ASKED[index % len(ASKED)]
    clip = Clip("clips/phrase.wav", sha256)
    question = Question(
        f"q{index}", text, clip, "qa", facet, choices, GOLD[facet], Facts(), "Bach, BWV 269"
    )
    good = min(8, index + step // 20)
    rollouts = tuple(_rollout(facet, i, i < good, step) for i in range(8))
    return Group(
        "chorales-seed-1", step, index, question, sha256, "clips/phrase.wav", (1, 2, 3),
        rollouts, step, f"actor-{index % 2}",
    )  # fmt: skip


def _rollout(facet: str, sample: int, right: bool, version: int) -> Rollout:
    said = GOLD[facet] if right else WRONG[facet]
    whole = sample != 7
    text = (
        f"<think>The bass falls a fifth to D under the fermata, and the soprano steps down to"
        f" it. The leading note C# resolves upwards in the alto.</think><answer>{said}</answer>"
    )
    text = text if whole else text[:97]
    right = right and whole
    blocks = "one think and one answer block" if whole else "the think block never closes"
    verdict = f"{said} is the gold answer" if right else f"said {said}, expected {GOLD[facet]}"
    parts = {
        "format": Part(float(whole), 0.2, "scored", blocks),
        "accuracy": Part(float(right), 1.0, "scored", verdict),
        "tempo": Part(None, 1.0, "not_applicable", "the row has no tempo"),
    }
    ids = tuple(range(24 + sample))
    completion = Completion(
        ids, np.full(len(ids), -0.3, np.float32), "stop" if whole else "length", version,
        2**63 + sample, text,
    )  # fmt: skip
    return Rollout(sample, completion, Score(parts))


def _rows(groups: list[Group]) -> list[UpdateRow]:
    rows = []
    for group in groups:
        totals = np.array([r.score.total for r in group.rollouts], float)
        flat = totals.std() == 0
        for rollout, total in zip(group.rollouts, totals, strict=True):
            advantage = 0.0 if flat else float((total - totals.mean()) / totals.std())
            dropped = "zero variance" if flat else None
            rows.append(
                UpdateRow(group.run, group.step, group.index, rollout.sample, advantage, dropped)
            )
    return rows


@pytest.fixture
def etude() -> Callable[..., Any]:
    """``etude("eval", ...)``: the command in this process, with its exit code and output."""
    from typer.testing import CliRunner

    from experiments.cli import build

    def run(*arguments: object) -> Any:
        return CliRunner().invoke(build(), [str(argument) for argument in arguments])

    return run


@pytest.fixture
def lesson(tmp_path: Path, tiny_folder: Path, sound: Any) -> Lesson:
    """Clips, questions and traces that `etude sft`, `grpo` and `eval` work on."""
    import torch

    torch.set_num_threads(1)
    data = tmp_path / "data"
    (data / "clips").mkdir(parents=True)
    for seed in range(4):
        write_wav(data / "clips" / f"{seed}.wav", sound(seed, 0.5).samples_S)
    rows = [
        {
            "id": f"q{i}",
            "text": f"Which key has excerpt {i}?",
            "clip": {"path": f"clips/{i % 4}.wav"},
            "answer": GOLD["key"] if i % 2 else WRONG["key"],
            "topic": "key",
        }
        for i in range(6)
    ]
    made = Lesson(data, tiny_folder, tmp_path)
    made.write_rows(rows)
    traces = [
        {"question": row["id"], "think": "It ends so.", "answer": row["answer"]} for row in rows
    ]
    (data / "traces.jsonl").write_text("".join(json.dumps(trace) + "\n" for trace in traces))
    return made


@dataclass(frozen=True)
class Lesson:
    """A folder of data, a small model, and a place for runs."""

    data: Path
    model: Path
    home: Path

    @property
    def questions(self) -> Path:
        return self.data / "questions.jsonl"

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.questions.read_text().splitlines()]

    def write_rows(self, rows: list[Any]) -> None:
        lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
        self.questions.write_text("".join(f"{line}\n" for line in lines))

    def config(self, **sections: Any) -> Path:
        """A configuration for `etude sft` or `etude grpo` on this data."""
        path = self.home / "config.yaml"
        data = {"questions": str(self.questions)} | sections.pop("data", {})
        model = {"path": str(self.model), "device": "cpu"} | sections.pop("model", {})
        sampling = {"max_new_tokens": 4}
        tree = {"out": str(self.home / "run"), "data": data, "model": model, "sampling": sampling}
        path.write_text(json.dumps(tree | sections))
        return path


@pytest.fixture
def stored(tmp_path: Path):
    """Writes lines, objects or raw text, to a file."""

    def write(*rows: object) -> Path:
        path = tmp_path / "stored.jsonl"
        lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path

    return write


@pytest.fixture
def viewer(full_run: Path) -> Iterator[Any]:
    from experiments.viewer.pages import Pages
    from experiments.viewer.server import Viewer

    pages = Pages(full_run, full_run)
    with Viewer(pages).listening() as listening:
        yield listening
    pages.close()


@pytest.fixture
def get(viewer: Any) -> Callable[..., Any]:
    """``get(path, **headers)``: status, headers and body, with the cookie if not told otherwise."""

    def ask(path: str, method: str = "GET", **headers: str) -> tuple[int, Any, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", viewer.server_port, timeout=30)
        cookie = {"Cookie": f"{viewer.cookie}={viewer.token}"}
        connection.request(method, path, headers=cookie | headers)
        answer = connection.getresponse()
        found = answer.status, answer.headers, answer.read()
        connection.close()
        return found

    return ask
