"""What the page tells of thoughts and of steps, without a mouse, in light and in dark."""

from __future__ import annotations

import dataclasses
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

import experiments.report
from experiments.report import write_report
from rewards.records import Facts
from rewards.response import parse
from rewards.rubric import Rubric
from rollouts.journal import JournalWriter, read_rollouts

THINK = "Two sharps, so it is in D major. D major has three sharps. It is in 4/4."


class Reader(HTMLParser):
    """The page as one reads it: text by the elements that it stands in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, list[tuple[str, dict[str, str | None]]]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((data, [*self.open]))

    def within(self, tag: str, name: str | None = None) -> str:
        """All text in the elements of a tag, of a class where one is given."""
        return " ".join(
            " ".join(text.split())
            for text, open_ in self.texts
            if any(tag == n and (name is None or name in (a.get("class") or "").split())
                   for n, a in open_)
        )  # fmt: skip


def thinking(run: Path) -> Path:
    """The run, with thoughts that the theory reward judged in its first step."""
    groups = []
    with Rubric.of(["theory"]) as rubric:
        for group in read_rollouts(run, 0):
            facts = Facts(key="D major", key_signature=2, meter="3/4")
            asked = dataclasses.replace(group.question, facts=facts)
            text = f"<think>{THINK}</think><answer>D major</answer>"
            score = rubric.score(asked, parse(text))
            rollouts = tuple(
                dataclasses.replace(
                    one, completion=dataclasses.replace(one.completion, text=text), score=score
                )
                for one in group.rollouts
            )
            groups.append(dataclasses.replace(group, rollouts=rollouts))
    JournalWriter(run, "main").write_rollouts(0, groups)
    return run


def long_run(run: Path, steps: int, groups: int) -> None:
    """Make the journal one of so many steps of a few groups."""
    shown = read_rollouts(run, 0)[:groups]
    shutil.rmtree(run / "rollouts")
    for step in range(steps):
        moved = [dataclasses.replace(group, step=step) for group in shown]
        JournalWriter(run, "main").write_rollouts(step, moved)


def read(run: Path) -> Reader:
    return Reader(write_report(run).read_text())


def test_every_claim_stands_in_a_table_with_verdict_reason_and_points(full_run: Path) -> None:
    table = read(thinking(full_run)).within("details", "claims")
    for words in (
        "theory : 5 claims", "key signature 2 true", "meter 4/4 false : 4/4 is not 3/4",
        "textbook signature of D major is 3 false : theory says otherwise", "P", "C", "K",
    ):  # fmt: skip
        assert words in table, table[:900]
    assert re.search(r"key D major true : \S.* \+0\.\d\d", table)


def test_no_reason_needs_a_mouse(full_run: Path) -> None:
    html = write_report(thinking(full_run)).read_text()
    assert " title=" not in html
    assert ":hover" not in html


def test_the_legend_tells_what_the_letters_are_where_thoughts_were_judged(full_run: Path) -> None:
    assert read(full_run).within("details", "legend") == ""
    legend = read(thinking(full_run)).within("details", "legend")
    for words in (
        "P What is true among what is claimed", "C How much of the asked fact",
        "K Contradictions", "points What one claim adds", "max(0, P) × (0.3 + 0.7 √C)",
    ):  # fmt: skip
        assert words in legend


def test_a_mark_is_numbered_as_its_row(full_run: Path) -> None:
    shown = read(thinking(full_run))
    marks = [text for text, open_ in shown.texts if open_[-1][0] == "sup"]
    assert marks[:4] == ["1", "2", "3", "4"]
    assert "D major has three sharps" in shown.within("mark", "false")


@pytest.mark.parametrize("count", [1, 2, 3, 5, 60])
def test_up_to_nine_steps_are_reached_and_named(full_run: Path, count: int) -> None:
    long_run(full_run, count, groups=3)
    shown = read(full_run)
    headings = re.findall(r"[sS]tep:? (\d+)", shown.within("h3"))
    assert len(headings) == min(count, 9)
    assert headings == sorted(headings, key=int)
    assert {"0", str(count // 2), str(count - 1)} <= {*headings}
    named = f"{'step' if count == 1 else 'steps'} {', '.join(headings)} of {count}"
    assert named in shown.within("p", "note")
    assert "etude replay RUN --step N --rollout GROUP/SAMPLE" in shown.within("code")


def test_the_name_of_a_rollout_is_the_one_that_replay_takes(full_run: Path) -> None:
    group = read_rollouts(full_run, 0)[0]
    names = re.findall(r"rollout (\d+/\d+)", read(full_run).within("p", "fine"))
    assert f"{group.index}/{group.rollouts[0].sample}" in names


def test_sound_goes_to_the_first_the_middle_and_the_last_step_first(
    full_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_run(full_run, 60, groups=1)
    one = 2 * 3 * 16_000
    monkeypatch.setattr("experiments.report.exhibits.MAX_AUDIO_BYTES", 3 * one)
    html = write_report(full_run).read_text()
    sounding = [part.count("<audio") for part in re.split(r"<h3>", html)[1:]]
    assert sounding == [1, 0, 0, 0, 1, 0, 0, 0, 1]


def brightness(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    light = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_colour_of_text_stands_out_from_its_ground(scheme: int) -> None:
    """Contrast of at least 4.5 to 1, WCAG 2.2, 1.4.3."""
    style = (Path(experiments.report.__file__).parent / "style.html").read_text()
    palette = style.split("@media (prefers-color-scheme: dark)")[scheme]
    colours = dict(re.findall(r"--(\w+): (#\w{6})", palette))
    grounds = {"paper": [f"s{n}" for n in range(6)], "card": [], "wash": []}
    for ground, others in grounds.items():
        for name in ("ink", "soft", "good", "bad", *others):
            low, high = sorted(brightness(colours[one]) for one in (ground, name))
            assert (high + 0.05) / (low + 0.05) >= 4.5, (name, ground)
