"""The state beside a model: what anybody may have written there is a sentence, never a crash."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from rewards.errors import CheckpointError
from rollouts.fingerprint import LATER
from rollouts.going_on import check_fingerprint
from rollouts.snapshot import read_state
from rollouts.train import Progress

MADE_OF = {"seed": 1, "lora": {"targets": ("q", "v")}, **dict.fromkeys(LATER, "now")}
STATE: dict[str, Any] = {
    "optimizer": True,
    "progress": asdict(Progress(step=3, best_step=2, best_accuracy=0.5)),
    "learner_step": 3,
    "curriculum": {"pass_rate": {"key": 0.5}, "asked": {"key": 9}},
    "fingerprint": json.loads(json.dumps(MADE_OF)),
    "ahead": True,
    "quarantined": ["q2"],
}
SINCE = {"ahead": False, "quarantined": []}
"""What checkpoints of before do not say, and what it is there."""


def folder_with(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "run" / "checkpoints" / "step_000003"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "state.json").write_text(text)
    return folder


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in STATE.items() if name not in names}


def progress(**changes: Any) -> str:
    return json.dumps({**STATE, "progress": {**STATE["progress"], **changes}})


def test_a_state_that_we_write_is_read(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, json.dumps(STATE))
    assert read_state(folder) == STATE
    check_fingerprint(folder, MADE_OF)


@pytest.mark.parametrize("name", SINCE)
def test_a_state_of_before_a_field_was_there_is_read(tmp_path: Path, name: str) -> None:
    folder = folder_with(tmp_path, json.dumps(without(name)))
    assert read_state(folder) == {**STATE, name: SINCE[name]}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[" * 100_000, "RecursionError"),
        ('{"progress": ' + '{"a": ' * 900 + "1" + "}" * 900 + "}", "no optimizer|RecursionError"),
        ("", "JSONDecodeError"),
        ("\ud800", "JSONDecodeError"),
        ("[]", "a list"),
        ("null", "a NoneType"),
        *((json.dumps(without(name)), f"no {name}") for name in STATE if name not in SINCE),
        *((json.dumps({**STATE, name: None}), f"{name} null") for name in STATE),
        (progress(step="x"), "progress"),
        (progress(step=-3), "progress"),
        (progress(step=True), "progress"),
        (progress(step=2.0), "progress"),
        (progress(step=float("inf")), "progress"),
        (progress(best_accuracy=float("nan")), "progress"),
        (progress(best_accuracy=-1.01), "progress"),
        (progress(best_accuracy=1.01), "progress"),
        (progress(more=1), "progress"),
        (json.dumps({**STATE, "learner_step": -1}), "learner_step -1"),
        (json.dumps({**STATE, "quarantined": [["q2"]]}), "quarantined"),
        (json.dumps({**STATE, "curriculum": {"pass_rate": {}}}), "curriculum"),
        (json.dumps({**STATE, "curriculum": {"pass_rate": [], "asked": {}}}), "curriculum"),
        (json.dumps({**STATE, "curriculum": {"pass_rate": {"a": 2}, "asked": {}}}), "curriculum"),
        (json.dumps({**STATE, "curriculum": {"pass_rate": {}, "asked": {"a": -1}}}), "curriculum"),
    ],
    ids=str.__len__,
)
def test_a_state_that_we_do_not_write_is_refused_in_a_sentence(
    tmp_path: Path, text: str, named: str
) -> None:
    folder = folder_with(tmp_path, "")
    (folder / "state.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    for reader in (read_state, lambda folder: check_fingerprint(folder, MADE_OF)):
        with pytest.raises(CheckpointError, match=rf"holds no state of a run: .*({named})") as e:
            reader(folder)
        assert "\n" not in str(e.value)
        assert len(str(e.value)) < 600


def test_every_value_that_differs_is_named_with_the_remedy(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, json.dumps(STATE))
    with pytest.raises(CheckpointError) as caught:
        check_fingerprint(folder, {**MADE_OF, "seed": 2, "clips": "others"})
    assert (
        "clips: got others, expected now, and which file changed was not kept; seed: got 2, "
        "expected 1; resume with"
    ) in str(caught.value)


def of_clips(digest: str, **files: str) -> dict[str, Any]:
    return {**MADE_OF, "clips": digest, "clip_files": files}


def test_clips_that_changed_are_named_five_at_most(tmp_path: Path) -> None:
    names = "abcdefg"
    made = of_clips("7 files (1)", **dict.fromkeys(names, "1"))
    folder = folder_with(tmp_path, json.dumps({**STATE, "fingerprint": made}))
    with pytest.raises(CheckpointError) as caught:
        check_fingerprint(folder, of_clips("7 files (2)", **dict.fromkeys(names, "2")))
    said = "clips: got other bytes in 'a', 'b', 'c', 'd', 'e' and 2 more, expected those that the"
    assert said in str(caught.value)
    assert "`etude data check`" in str(caught.value)


def test_a_clip_that_was_not_heard_yet_may_change(tmp_path: Path) -> None:
    made = of_clips("2 files (1)", old="1", new="1")
    folder = folder_with(tmp_path, json.dumps({**STATE, "fingerprint": made}))
    after = of_clips("2 files (2)", old="1", new="2")
    check_fingerprint(folder, after, heard={"old"})
    for heard in ({"old", "new"}, None):
        with pytest.raises(CheckpointError, match="clips: got other bytes in 'new', expected"):
            check_fingerprint(folder, after, heard)
    with pytest.raises(CheckpointError, match="differently: seed: got 2, expected 1; resume"):
        check_fingerprint(folder, {**after, "seed": 2}, {"old"})


@pytest.mark.parametrize("kept", [None, [], "x"])
def test_a_run_that_kept_no_list_of_clips_goes_on_with_the_same_and_with_no_others(
    tmp_path: Path, kept: Any
) -> None:
    old = {**MADE_OF, "clips": "1 files (1)", "clip_files": kept}
    folder = folder_with(tmp_path, json.dumps({**STATE, "fingerprint": old}))
    check_fingerprint(folder, of_clips("1 files (1)", a="1"), set())
    with pytest.raises(CheckpointError, match="which file changed was not kept"):
        check_fingerprint(folder, of_clips("1 files (2)", a="2"), set())


def test_of_many_values_only_those_that_differ_are_named(tmp_path: Path) -> None:
    def made(rate: float) -> dict[str, Any]:
        return {**MADE_OF, "settings": {"learner.learning_rate": rate, "learner.betas": 2}}

    folder = folder_with(tmp_path, json.dumps({**STATE, "fingerprint": made(0.1)}))
    with pytest.raises(CheckpointError) as caught:
        check_fingerprint(folder, made(0.2))
    assert "settings, learner.learning_rate: got 0.2, expected 0.1; resume" in str(caught.value)
    assert "betas" not in str(caught.value)


def test_what_the_version_before_did_not_write_down_is_told_and_taken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old = {name: value for name, value in STATE["fingerprint"].items() if name not in LATER}
    folder = folder_with(tmp_path, json.dumps({**STATE, "fingerprint": old}))
    with caplog.at_level(logging.WARNING):
        check_fingerprint(folder, MADE_OF)
    assert f"does not say of which {', '.join(LATER)} it was made" in caplog.text
    del old["seed"]
    folder = folder_with(tmp_path, json.dumps({**STATE, "fingerprint": old}))
    with pytest.raises(CheckpointError, match="seed: got 1, expected None"):
        check_fingerprint(folder, MADE_OF)


def test_a_run_that_knows_a_rewards_own_file_alone_goes_on_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def made(own: str) -> dict[str, Any]:
        return {**STATE["fingerprint"], "reward_files": {"own": own, "other": "other.py (3)"}}

    folder = folder_with(tmp_path, json.dumps({**STATE, "fingerprint": made("mine.py (1)")}))
    assert check_fingerprint(folder, made("mine.py (1)")) == []
    assert not caplog.text
    assert check_fingerprint(folder, made("mine.py (1), words.py (2)")) == []
    assert "does not say of which files beside the reward of part 'own' it was made" in caplog.text
    with pytest.raises(
        CheckpointError, match=r"got mine\.py \(2\), words.*expected mine\.py \(1\)"
    ):
        check_fingerprint(folder, made("mine.py (2), words.py (2)"))


def test_a_setting_that_is_gone_keeps_no_run_from_going_on(tmp_path: Path) -> None:
    settings = {"loop.patience": 0, "loop.full_marks": "accuracy"}
    made = {**MADE_OF, "settings": settings}
    folder = folder_with(tmp_path, json.dumps({**STATE, "fingerprint": made}))
    check_fingerprint(folder, {**MADE_OF, "settings": {"loop.patience": 0}})
    with pytest.raises(CheckpointError, match=r"settings, loop.patience: got 1, expected 0"):
        check_fingerprint(folder, {**MADE_OF, "settings": {"loop.patience": 1}})
