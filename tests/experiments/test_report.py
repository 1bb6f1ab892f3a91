"""The report shows what a run did, and shows strangers' texts as text."""

from __future__ import annotations

import base64
import dataclasses
import io
import json
import re
import shutil
import statistics
import wave
from html.parser import HTMLParser
from pathlib import Path

import pytest

from experiments.report import Gain, Results, ResultsRow, write_report, write_results
from experiments.report.exhibits import Sound, Sounds, choose
from experiments.report.page import MAX_TEXT_BYTES
from experiments.report.results import read_results
from rewards.errors import DataError
from rewards.records import Part, Score
from rollouts.files import log_skip
from rollouts.journal import JournalWriter, read_rollouts
from rollouts.metrics import MetricsWriter
from rollouts.records import Group

HOSTILE = '</style></pre><script>document.title="x"</script><img src=x onerror=alert(1)>"\'`{{7*7}}'
SHORT = "<img src=x>"
"""As long as a chart's labels: the longer one is cut to a harmless end tag there."""
ALLOWED = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:"


class Page(HTMLParser):
    """Every tag with its attributes, the text in between, end tags that end nothing."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.strays: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open += [tag] if tag not in ("meta", "img") else []

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.strays.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def page(run: Path, data: Path | None = None) -> Page:
    return Page(write_report(run, data).read_text())


def harmless(shown: Page) -> bool:
    """No element that runs or loads anything, no handler, no address but data:, no end too many."""
    names = {name for name, _ in shown.tags}
    attributes = [(key, value or "") for _, attrs in shown.tags for key, value in attrs.items()]
    return (
        not shown.strays
        and not shown.open
        and not names & {"script", "iframe", "object", "embed", "link", "base", "form", "img", "a"}
        and not any(key.startswith("on") for key, _ in attributes)
        and all(v.startswith("data:audio/wav;base64,") for k, v in attributes if k == "src")
        and not any(key in ("href", "xlink:href", "action", "srcdoc") for key, _ in attributes)
    )


def first_group(run: Path) -> Group:
    return read_rollouts(run, 0)[0]


def hostile_group(group: Group) -> Group:
    rollouts = tuple(
        dataclasses.replace(
            rollout,
            completion=dataclasses.replace(rollout.completion, text=HOSTILE + f"<answer>{HOSTILE}"),
            score=Score({HOSTILE: Part(0.5, 1.0, "scored", HOSTILE, {HOSTILE: HOSTILE})}),
        )
        for rollout in group.rollouts
    )
    question = dataclasses.replace(
        group.question, text=HOSTILE, choices=(HOSTILE, "b"), answer=HOSTILE, source=HOSTILE
    )
    return dataclasses.replace(
        group, question=question, rollouts=rollouts, clip_path=HOSTILE, actor=HOSTILE
    )


def test_a_full_run_makes_every_section(full_run: Path) -> None:
    shown = page(full_run)
    for words in ("Held-out accuracy", "Cold start", "GRPO", "Rollouts", "Configuration"):
        assert words in shown.text
    assert "Left out" not in shown.text
    assert "65.2 %" in shown.text
    assert "+11.6" in shown.text
    assert "learning_rate: 1.5e-4" in shown.text
    assert len([1 for name, _ in shown.tags if name == "article"]) == 9
    assert len([1 for name, _ in shown.tags if name == "svg"]) == 12


def test_the_page_needs_nothing_and_runs_nothing(full_run: Path) -> None:
    shown = page(full_run)
    assert harmless(shown)
    policies = [a["content"] for n, a in shown.tags if a.get("http-equiv")]
    assert policies == [f"{ALLOWED}; base-uri 'none'; form-action 'none'"]


def test_the_clip_is_embedded_sample_by_sample(full_run: Path) -> None:
    (address, *_) = [a["src"] for n, a in page(full_run).tags if n == "audio"]
    data = base64.b64decode(str(address).split(",")[1])
    with (
        wave.open(io.BytesIO(data)) as sound,
        wave.open(str(full_run / "clips/phrase.wav")) as clip,
    ):
        assert sound.getframerate() == 16_000
        assert sound.readframes(48_000) == clip.readframes(48_000)


def test_of_a_long_clip_the_beginning_is_heard_and_a_full_page_says_what_it_leaves_out(
    full_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = first_group(full_run)
    monkeypatch.setattr("experiments.report.exhibits.MAX_AUDIO_BYTES", 2 * 16_000 * 5)
    with Sounds(full_run) as sounds:
        whole = sounds.of(group)
        monkeypatch.setattr("experiments.report.exhibits.MAX_CLIP_SECONDS", 2.0)
        cut, left_out = sounds.of(group), sounds.of(group)
    assert whole is not None
    assert cut is not None
    assert left_out is not None
    assert (whole.note, cut.note) == ("3.0 s", "3.0 s, the first 2 s of it")
    assert len(base64.b64decode(str(cut.address).split(",")[1])) == 44 + 2 * 32_000
    assert left_out == Sound(None, "The clip (3.0 s) is left out: the page is full of sound.")


def test_a_group_that_heard_nothing_has_no_sound(full_run: Path) -> None:
    group = first_group(full_run)
    unasked = dataclasses.replace(group.question, clip=None)
    with Sounds(full_run) as sounds:
        assert sounds.of(dataclasses.replace(group, clip_path=None)) is None
        assert sounds.of(dataclasses.replace(group, question=unasked)) is None


def test_a_step_is_headed_by_the_mean_reward_of_its_groups(full_run: Path) -> None:
    with Sounds(full_run) as sounds:
        first, *_ = choose(full_run, sounds, log_skip)
    totals = [
        [rollout.score.total for rollout in group.rollouts if rollout.score.total is not None]
        for group in read_rollouts(full_run, 0)
    ]
    means = [statistics.fmean(found) for found in totals if found]
    assert (first.step, first.mean) == (0, pytest.approx(statistics.fmean(means)))


def test_scores_whys_and_advantages_are_shown(full_run: Path) -> None:
    shown = page(full_run)
    for words in ("said B minor, expected D major", "not applicable", "+0.38", "−2.65"):
        assert words in shown.text
    assert "the think block never closes" in shown.text


@pytest.mark.parametrize(
    ("mean", "sentence"),
    [(0.116, "rose from 53.6 to 65.2 %."), (-0.1, "fell from 53.6 to 65.2 %."),
     (0.0, "stayed at 65.2 %.")],
)  # fmt: skip
def test_the_first_sentence_says_which_way_it_went(
    full_run: Path, mean: float, sentence: str
) -> None:
    found = read_results(full_run)
    assert found is not None
    gain = Gain("cold start", "GRPO", mean, mean - 0.01, mean + 0.01)
    write_results(full_run, dataclasses.replace(found, gain=gain))
    assert sentence in " ".join(page(full_run).text.split())


def test_an_empty_run_still_makes_a_page(tmp_path: Path) -> None:
    shown = page(tmp_path)
    assert tmp_path.name in shown.text
    assert not [1 for name, _ in shown.tags if name == "section"]


def test_no_run_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no run folder"):
        write_report(tmp_path / "none")


def test_hostile_texts_are_shown_as_text(full_run: Path) -> None:
    JournalWriter(full_run, "main").write_rollouts(0, [hostile_group(first_group(full_run))])
    write_results(
        full_run,
        Results(
            (HOSTILE, "b"),
            (ResultsRow(HOSTILE, 1, {HOSTILE: 0.1, "b": 0.2}),),
            Gain(HOSTILE, "b", 0.1, 0.0, 0.2),
        ),
    )
    with MetricsWriter(full_run / "metrics.jsonl") as metrics:
        named = {HOSTILE: 0.4, SHORT: 0.6}
        metrics.write("grpo", 99, reward=0.1, parts=named, part_share=named, seconds=named)
        metrics.write("grpo_eval", 99, accuracy=0.1, topics=named)
    (full_run / "config.yaml").write_text(HOSTILE)
    shown = page(full_run)
    assert harmless(shown)
    assert shown.text.count(HOSTILE) > 10
    assert shown.text.count(SHORT) == 4  # of parts, shares, seconds and topics
    assert shown.text.count(HOSTILE[:7]) > shown.text.count(HOSTILE)


def test_control_and_direction_characters_are_visible(full_run: Path) -> None:
    group = first_group(full_run)
    odd = "a\x00b\x1bc\x85d\u202ee"
    question = dataclasses.replace(group.question, text=odd)
    JournalWriter(full_run, "main").write_rollouts(
        0, [dataclasses.replace(group, question=question)]
    )
    assert "a␀b␛c�d�e" in page(full_run).text


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("clips/none.wav", "No such file"),
        ("../outside.wav", "out"),
        ("/etc/passwd", "out"),
    ],
)
def test_a_clip_that_may_not_be_read_is_said_to_be_missing(
    full_run: Path, path: str, reason: str
) -> None:
    (full_run.parent / "outside.wav").write_bytes((full_run / "clips/phrase.wav").read_bytes())
    group = dataclasses.replace(first_group(full_run), clip_path=path)
    for step in (0, 30, 59):
        moved = dataclasses.replace(group, step=step)
        JournalWriter(full_run, "main").write_rollouts(step, [moved])
    shown = page(full_run)
    assert not [1 for name, _ in shown.tags if name == "audio"]
    assert "The clip cannot be played" in shown.text
    assert reason in shown.text


def test_a_clip_that_changed_since_is_not_played(full_run: Path) -> None:
    path = full_run / "clips" / "phrase.wav"
    path.write_bytes(path.read_bytes()[:-2] + b"\x01\x01")
    shown = page(full_run)
    assert not [1 for name, _ in shown.tags if name == "audio"]
    assert "other samples" in shown.text


def test_relative_paths_start_at_the_data_folder(full_run: Path) -> None:
    data = full_run.parent / "data"
    (full_run / "clips").rename(data)
    group = dataclasses.replace(first_group(full_run), clip_path="phrase.wav")
    JournalWriter(full_run, "main").write_rollouts(0, [group])
    assert [1 for name, _ in page(full_run, data).tags if name == "audio"]


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000])
def test_a_path_that_is_no_path_is_said_to_be_one(full_run: Path, path: str) -> None:
    group = dataclasses.replace(first_group(full_run), clip_path=path)
    JournalWriter(full_run, "main").write_rollouts(0, [group])
    assert "The clip cannot be played" in page(full_run).text


def test_what_cannot_be_used_is_named_and_the_rest_is_shown(full_run: Path) -> None:
    part = full_run / "rollouts" / "step_000000" / "part-main.parquet"
    part.write_bytes(part.read_bytes()[:500])
    (full_run / "results.json").write_text('{"rows": 3}')
    (full_run / "env.json").write_text(" " * (MAX_TEXT_BYTES + 1))
    with (full_run / "metrics.jsonl").open("a") as file:
        file.write('{"stage": "gr')
    shown = page(full_run)
    for name in (
        "rollouts/step_000000/part-main.parquet: torn",
        "results.json: ",
        "metrics.jsonl: ",
        "env.json: ",
    ):
        assert name in shown.text
    assert "Middle step: 30" in shown.text


def test_a_step_that_is_the_first_the_middle_and_the_last_is_read_once(full_run: Path) -> None:
    for step in ("step_000030", "step_000059"):
        shutil.rmtree(full_run / "rollouts" / step)
    part = full_run / "rollouts" / "step_000000" / "part-main.parquet"
    assert page(full_run).text.count("First step") == 1
    part.write_bytes(part.read_bytes()[:500])
    assert page(full_run).text.count("part-main.parquet: torn") == 1


def test_results_come_back_as_they_were(tmp_path: Path) -> None:
    results = Results(
        ("a", "b"), (ResultsRow("key", 3, {"a": 1 / 3, "b": None}),), Gain("a", "b", 0.1, -0.2, 0.3)
    )
    write_results(tmp_path, results)
    assert read_results(tmp_path) == results
    write_results(tmp_path, dataclasses.replace(results, gain=None))
    assert read_results(tmp_path) == dataclasses.replace(results, gain=None)


def test_the_row_over_all_topics_is_the_last_whatever_a_topic_is_called() -> None:
    one, all_ = ResultsRow("overall", 1, {"a": 1.0}), ResultsRow("overall", 2, {"a": 0.5})
    assert Results(("a",), (one, all_)).overall == {"a": 0.5}
    assert Results(("a",), (ResultsRow("key", 1, {"a": 1.0}),)).overall == {}


def test_what_stands_behind_the_end_of_the_gain_are_its_controls(full_run: Path) -> None:
    found = read_results(full_run)
    assert found is not None
    assert found.controls == ("other clip", "silence")
    assert dataclasses.replace(found, gain=None).controls == ()


def test_a_gain_between_unknown_columns_is_refused(tmp_path: Path) -> None:
    tree = {"columns": ["a"], "rows": [], "gain": dict.fromkeys(("start", "end"), "z")}
    tree["gain"] |= dict.fromkeys(("mean", "low", "high"), 0.0)  # type: ignore[operator]
    (tmp_path / "results.json").write_text(json.dumps(tree))
    with pytest.raises(DataError, match="expected columns, rows and gain"):
        read_results(tmp_path)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "1" + "0" * 400, '"x"', "[]"])
@pytest.mark.parametrize("field", ["n", "chance", "mean"])
def test_a_number_that_is_no_result_is_named_and_the_page_is_made(
    full_run: Path, number: str, field: str
) -> None:
    path = full_run / "results.json"
    path.write_text(re.sub(rf'"{field}": [-.0-9]+', f'"{field}": {number}', path.read_text()))
    with pytest.raises(DataError, match="expected columns, rows and gain"):
        read_results(full_run)
    assert "results.json: " in page(full_run).text


@pytest.mark.parametrize("value", [1.01, -0.01])
def test_an_accuracy_is_a_share(full_run: Path, value: float) -> None:
    write_results(full_run, Results(("a",), (ResultsRow("key", 3, {"a": value}),)))
    with pytest.raises(DataError, match="is not between 0 and 1"):
        read_results(full_run)
