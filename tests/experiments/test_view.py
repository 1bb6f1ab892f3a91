"""The viewer shows every rollout of a run, chosen as its reader asks."""

from __future__ import annotations

import dataclasses
import io
import re
import wave
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from experiments.viewer.wanted import PER_PAGE, Wanted, spread
from policies.audio import ClipReader
from rewards.records import Clip, Part, Score
from rollouts.journal import JournalWriter, read_rollouts, steps
from rollouts.records import Group

HOME = Path(__file__).resolve().parents[2]
HOSTILE = "</style><script>document.title='x'</script><img src=x onerror=alert(1)>\"'{{7*7}}"


class Page(HTMLParser):
    """Tags with their attributes, and the text between."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def links(self) -> list[str]:
        return [str(attrs["href"]) for tag, attrs in self.tags if tag == "a"]

    @property
    def titles(self) -> list[str]:
        """Of the groups on it, in order."""
        return re.findall(r"(?:Step \d+, g|G)roup \d+", self.text)


def page(get: Callable[..., Any], path: str) -> Page:
    status, _, body = get(path)
    assert status == 200, body
    return Page(body.decode())


def test_every_step_is_one_click_away_and_shows_every_group(
    full_run: Path, get: Callable[..., Any]
) -> None:
    overview = page(get, "/")
    assert overview.links == [f"/step/{step}" for step in steps(full_run)]
    for step in steps(full_run):
        shown = page(get, f"/step/{step}")
        groups = read_rollouts(full_run, step)
        assert shown.titles == [f"Group {group.index}" for group in groups]
        summaries = [1 for tag, _ in shown.tags if tag == "summary"]
        assert len(summaries) >= sum(len(group.rollouts) for group in groups)


def test_a_step_is_listed_with_what_it_earned_not_with_what_was_measured_beside_it(
    full_run: Path, get: Callable[..., Any]
) -> None:
    with (full_run / "metrics.jsonl").open("a") as file:
        file.write('{"stage": "grpo", "step": 0, "reward": 0.81, "length": {"mean": 37}}\n')
        file.write('{"stage": "grpo_eval", "step": 0, "reward": 0.06}\n')
    row = page(get, "/").text.split("step 0\n")[1].split("step 30")[0].split()
    assert (row[0], row[-1]) == ("0.81", "37")


def test_steps_lead_to_the_ones_beside_them_with_what_was_asked(
    full_run: Path, get: Callable[..., Any]
) -> None:
    first, middle, last = steps(full_run)
    links = page(get, f"/step/{middle}?order=worst").links
    assert f"/step/{first}?order=worst" in links
    assert f"/step/{last}?order=worst" in links
    ends = (*page(get, f"/step/{first}").links, *page(get, f"/step/{last}").links)
    assert [link for link in ends if link.startswith("/step/")] == [f"/step/{middle}"] * 2


@pytest.mark.parametrize("show", ["mixed", "alike"])
def test_groups_are_chosen_by_whether_they_teach(
    full_run: Path, get: Callable[..., Any], show: str
) -> None:
    groups = read_rollouts(full_run, 0)
    expected = [f"Group {g.index}" for g in groups if (spread(g) > 0) == (show == "mixed")]
    assert page(get, f"/step/0?show={show}").titles == expected


def test_groups_are_found_by_their_words_whatever_the_case(
    full_run: Path, get: Callable[..., Any]
) -> None:
    groups = read_rollouts(full_run, 0)
    word = groups[3].rollouts[1].completion.text.split()[-1]
    expected = [
        f"Group {g.index}"
        for g in groups
        if any(word in r.completion.text for r in g.rollouts) or word in g.question.text
    ]
    assert expected
    assert page(get, f"/step/0?text={word.upper().replace('/', '%2F')}").titles == expected
    assert page(get, "/step/0?text=nowhere+to+be+found").titles == []


def test_an_order_holds_for_all_groups(full_run: Path) -> None:
    groups = read_rollouts(full_run, 0)
    spreads = [spread(groups[n]) for n in Wanted(order="spread").choose(groups)]
    assert spreads == sorted(spreads, reverse=True)
    worst, best = (Wanted(order=order).choose(groups) for order in ("worst", "best"))
    assert sorted(worst) == sorted(best) == list(range(len(groups)))
    assert best[0] == worst[-1]


def test_failed_and_cut_rollouts_are_found_and_no_others(full_run: Path) -> None:
    def of(group: Group, status: str, finish: str) -> Group:
        """With such a last rollout."""
        *others, last = group.rollouts
        part = Part(0.5 if status == "scored" else None, 1.0, status)
        completion = dataclasses.replace(last.completion, finish_reason=finish)
        last = dataclasses.replace(last, completion=completion, score=Score({"mine": part}))
        return dataclasses.replace(group, rollouts=(*others, last))

    whole = Score({"mine": Part(0.5, 1.0, "scored")})
    (group, *_) = read_rollouts(full_run, 0)
    rollouts = tuple(
        dataclasses.replace(
            r, score=whole, completion=dataclasses.replace(r.completion, finish_reason="stop")
        )
        for r in group.rollouts
    )
    group = dataclasses.replace(group, rollouts=rollouts)
    groups = [
        of(group, "scored", "stop"), of(group, "timeout", "stop"), of(group, "scored", "length"),
        of(group, "error", "length"), of(group, "not_applicable", "stop"),
    ]  # fmt: skip
    assert Wanted(show="failed").choose(groups) == [1, 3]
    assert Wanted(show="cut").choose(groups) == [2, 3]


@pytest.mark.parametrize(
    "query",
    ["show=x&order=y&first=z", "first=-1", "first=99999999999", "a=" + "b" * 9999, "%ff=%00",
     "&".join(f"a{n}=1" for n in range(99))],
)  # fmt: skip
def test_an_address_that_asks_for_nothing_offered_shows_all(query: str) -> None:
    assert Wanted.of(query) == Wanted()


def test_an_address_says_what_it_asks_for() -> None:
    wanted = Wanted("key", "D major & more", "mixed", "worst")
    assert Wanted.of(wanted.query()) == wanted
    assert Wanted.of(wanted.query(first=24)).first == 24
    assert Wanted().query() == ""


def test_many_groups_are_shown_page_by_page(full_run: Path, get: Callable[..., Any]) -> None:
    (group, *_) = read_rollouts(full_run, 0)
    many = [dataclasses.replace(group, step=7, index=n) for n in range(PER_PAGE + 5)]
    JournalWriter(full_run, "main").write_rollouts(7, many)
    first = page(get, "/step/7?order=asked")
    following = [link for link in first.links if "first=" in link]
    shown = [*first.titles, *page(get, following[0]).titles]
    assert shown == [f"Group {n}" for n in range(PER_PAGE + 5)]


def test_a_step_that_was_just_written_is_there(full_run: Path, get: Callable[..., Any]) -> None:
    assert get("/step/7")[0] == 404
    groups = [dataclasses.replace(group, step=7) for group in read_rollouts(full_run, 0)]
    JournalWriter(full_run, "main").write_rollouts(7, groups)
    assert page(get, "/step/7").titles
    assert "/step/7" in page(get, "/").links


def test_a_question_is_followed_through_the_steps(full_run: Path, get: Callable[..., Any]) -> None:
    asked = read_rollouts(full_run, 0)[2].question.id
    (link,) = [x for x in page(get, "/step/0").links if x.endswith(f"={asked}")]
    expected = [
        f"Step {step}, group {group.index}"
        for step in steps(full_run)
        for group in read_rollouts(full_run, step)
        if group.question.id == asked
    ]
    assert page(get, link).titles == expected


def test_what_is_heard_is_what_the_policy_heard(full_run: Path, get: Callable[..., Any]) -> None:
    addresses = [str(a["src"]) for tag, a in page(get, "/step/0").tags if tag == "audio"]
    assert addresses
    status, headers, body = get(addresses[0])
    assert (status, headers["Content-Type"]) == (200, "audio/wav")
    with wave.open(io.BytesIO(body)) as sound, ClipReader(full_run) as reader:
        assert sound.getframerate() == 16_000
        assert sound.getnframes() == len(reader.read(Clip("clips/phrase.wav")).samples_S)
    status, headers, part = get(addresses[0], Range="bytes=100-299")
    assert (status, part) == (206, body[100:300])
    assert headers["Content-Range"] == f"bytes 100-299/{len(body)}"
    assert get(addresses[0], Range="bytes=100-")[2] == body[100:]
    for no_stretch in (f"{len(body)}-", "5-2", "-5", "x"):
        status, _, whole = get(addresses[0], Range=f"bytes={no_stretch}")
        assert (status, whole) == (200, body), no_stretch


def test_a_clip_that_is_gone_or_another_is_told(full_run: Path, get: Callable[..., Any]) -> None:
    (address, *_) = [str(a["src"]) for tag, a in page(get, "/step/0").tags if tag == "audio"]
    clip = full_run / "clips" / "phrase.wav"
    data = bytearray(clip.read_bytes())
    data[1000] ^= 1
    clip.write_bytes(data)
    assert get(address)[0] == 404
    clip.unlink()
    assert "The clip is not there: clips/phrase.wav" in page(get, "/step/0").text


def test_what_strangers_wrote_is_text(full_run: Path, get: Callable[..., Any]) -> None:
    (group, *_) = read_rollouts(full_run, 0)
    JournalWriter(full_run, "main").write_rollouts(7, [hostile(group)])
    (full_run / "metrics.jsonl").write_text(
        '{"stage": "grpo", "step": 7, "reward": "<b>", "parts": {"<script>": 1, "a": {"b": 2}}}\n'
    )
    for path in ("/", "/step/7", "/step/7?topic=%3Cscript%3E&text=%22%3E%3Cscript%3E",
                 page(get, "/step/7").links[-1]):  # fmt: skip
        status, headers, body = get(path)
        shown = Page(body.decode())
        assert status == 200
        assert not {tag for tag, _ in shown.tags} & {"script", "img", "iframe", "object", "base"}
        assert not [key for _, attrs in shown.tags for key in attrs if key.startswith("on")]
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src")
        assert "script-src" not in policy
    assert HOSTILE in page(get, "/step/7").text


@pytest.mark.parametrize(
    "line",
    ['"part_errors": 5', '"part_errors": {"a": "b"}', '"part_timeouts": {"a": null, "b": [1]}',
     '"reward": 1' + "0" * 400, '"reward_files": {"a": 5}', '"actors": {"died": "x"}'],
)  # fmt: skip
def test_metrics_of_nonsense_leave_the_page_standing(
    full_run: Path, get: Callable[..., Any], line: str
) -> None:
    one = f'{{"stage": "grpo", "step": 1, {line}}}\n'
    evaluation = '{"stage": "grpo_eval", "step": %d, "accuracy": 0.5}\n'
    (full_run / "metrics.jsonl").write_text(2 * one + evaluation % 0 + evaluation % 1)
    assert get("/")[0] == 200


def test_an_id_or_a_path_that_no_address_or_file_can_have_is_shown(
    full_run: Path, get: Callable[..., Any]
) -> None:
    (group, *_) = read_rollouts(full_run, 0)
    JournalWriter(full_run, "main").write_rollouts(
        7, [dataclasses.replace(group, step=7, clip_path="x" * 5000)]
    )
    assert re.search("The clip (cannot be played|is not there)", page(get, "/step/7").text)
    name = "a\nb/'\"?&#%\0"
    question = dataclasses.replace(group.question, id=name)
    JournalWriter(full_run, "main").write_rollouts(
        7, [dataclasses.replace(group, step=7, question=question)]
    )
    assert page(get, page(get, "/step/7").links[-1]).titles == [f"Step 7, group {group.index}"]


def hostile(group: Group) -> Group:
    rollouts = tuple(
        dataclasses.replace(
            rollout,
            completion=dataclasses.replace(rollout.completion, text=HOSTILE + f"<answer>{HOSTILE}"),
            score=Score({HOSTILE: Part(0.5, 1.0, "scored", HOSTILE)}),
        )
        for rollout in group.rollouts
    )
    question = dataclasses.replace(
        group.question, id=HOSTILE, text=HOSTILE, choices=(HOSTILE, "b"), answer=HOSTILE,
        source=HOSTILE, topic=HOSTILE,
    )  # fmt: skip
    return dataclasses.replace(
        group, step=7, question=question, rollouts=rollouts, clip_path=HOSTILE
    )
