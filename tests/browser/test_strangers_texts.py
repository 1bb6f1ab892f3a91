"""In a real browser, nothing that a stranger wrote runs: it is read.

Run by ``make browser``, which installs one; without it they fail.
"""

from __future__ import annotations

import itertools
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np

from experiments.report import Results, ResultsRow, write_report, write_results
from experiments.viewer.pages import Pages
from experiments.viewer.server import Viewer
from policies.records import Completion
from rewards.records import Part, Question, Score
from rollouts.journal import JournalWriter
from rollouts.metrics import MetricsWriter
from rollouts.records import Group, Rollout

BROWSERS = ("chromium", "chromium-browser", "google-chrome")

ACT = "document.title='PWNED'"
ELEMENTS = (
    f"<script>{ACT}</script>",
    f"<ScRiPt >{ACT}</sCrIpT >",
    f"<img src=x onerror={ACT}>",
    f"<svg onload={ACT}>",
    f"<svg><script>{ACT}</script></svg>",
    f"<body onload={ACT}>",
    f"<iframe srcdoc='<script>parent.{ACT}</script>'>",
    f"<iframe src=javascript:parent.{ACT}>",
    f"<audio src=x onerror={ACT}>",
    f"<video><source onerror={ACT}></video>",
    f"<details open ontoggle={ACT}>",
    f"<input autofocus onfocus={ACT}>",
    f"<math><mtext><style><img src=x onerror={ACT}></style>",
    f"<meta http-equiv=refresh content='0;url=javascript:{ACT}'>",
    "<title>PWNED</title>",
    f"<style>@import 'javascript:{ACT}'</style>",
    f"<object data=javascript:{ACT}>",
    f"<base href=javascript:{ACT}//>",
    f"<template><script>{ACT}</script></template>",
    f"<noscript><p title='</noscript><img src=x onerror={ACT}>'>",
)
ESCAPES = (
    "",
    '">',
    "'>",
    "</style>",
    "</pre></p>",
    "--><!-- -->",
    "]]>",
    "\\u003c/script>",
    "</title>",
    "\x00",
)
STRINGS = [f"{escape}{element}" for element, escape in itertools.product(ELEMENTS, ESCAPES)]


class Title(HTMLParser):
    """The title and the body's text of a dumped page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.title = self.text = ""
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag

    def handle_data(self, data: str) -> None:
        if self._inside == "title" and not self.title:
            self.title = data
        self.text += data


def open_in_chromium(address: str, profile: Path) -> Title:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert found is not None, f"none of {BROWSERS} is on PATH: install one, or run `make browser`"
    command = [
        found, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
        "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", "--virtual-time-budget=3000", f"--user-data-dir={profile}",
        "--dump-dom", address,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=True)
    return Title(done.stdout)


def hostile_run(run: Path) -> Path:
    """Each string as completion, answer, question, choice, reward name, claim and contradiction."""
    groups = []
    for index, some in enumerate((STRINGS[:100], STRINGS[100:])):
        rollouts = tuple(
            Rollout(
                sample,
                Completion((1,), np.zeros(1, np.float32), "stop", 0, 0, text(sample, string)),
                Score({string: Part(0.5, 1.0, "scored", string, judged(string))}),
            )
            for sample, string in enumerate(some)
        )
        question = Question(
            f"q{index}", some[3], choices=tuple(some[:26]), answer=some[5], source=some[9]
        )
        groups.append(Group(some[0], 0, index, question, None, None, (1,), rollouts, 0, some[1]))
    JournalWriter(run, "main").write_rollouts(0, groups)
    rows = tuple(ResultsRow(string, 1, {STRINGS[0]: 0.5}) for string in STRINGS)
    write_results(run, Results((STRINGS[0],), rows))
    with MetricsWriter(run / "metrics.jsonl") as metrics:
        for step, string in enumerate(STRINGS):
            metrics.write("grpo", step, reward=0.5, parts={string: 0.5})
            metrics.write("grpo_eval", step, accuracy=0.5, topics={string: 0.5})
    (run / "config.yaml").write_text("\n".join(STRINGS))
    return run


def judged(string: str) -> dict[str, Any]:
    """Details that say the string in every place of a claim, of one within it, and beside them."""
    claim = dict.fromkeys(("type", "value", "why", "modality", "section", "points"), string)
    outer = {**claim, "span": [7, 7 + len(string)], "verdict": "false"}
    inner = {**claim, "span": [8, 9], "verdict": "true"}
    return {"claims": [outer, inner], "P": string, "C": string, "contradictions": [string]}


def text(sample: int, string: str) -> str:
    return string if sample % 2 else f"<think>{string}</think><answer>{string}</answer>"


def test_two_hundred_hostile_strings_are_text_and_none_runs(tmp_path: Path) -> None:
    assert len(set(STRINGS)) == 200
    page = write_report(hostile_run(tmp_path / "run"))
    shown = open_in_chromium(page.as_uri(), tmp_path / "profile")
    assert shown.title == "Etude · run"
    missing = [s for s in STRINGS if s.replace("\x00", "␀") not in shown.text]
    assert not missing


def test_nor_do_they_run_in_the_viewer(tmp_path: Path) -> None:
    run = hostile_run(tmp_path / "run")
    pages = Pages(run, run)
    with Viewer(pages).listening() as viewer:
        address = viewer.url.replace("/?", "/step/0?")
        shown = open_in_chromium(address, tmp_path / "profile")
    pages.close()
    assert shown.title == "step 0 · run · Etude"
    assert not [s for s in STRINGS if s.replace("\x00", "␀") not in shown.text]


def test_the_browser_would_notice_a_script(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(f"<!doctype html><title>calm</title><body>{ELEMENTS[0]}")
    assert open_in_chromium(page.as_uri(), tmp_path / "profile").title == "PWNED"
