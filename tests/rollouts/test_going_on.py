"""What a run is gone on with: what it was begun with, and what its user accepts."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file, save_file

from policies import checkpoint
from policies.wav import write_wav
from rewards.errors import CheckpointError, ConfigError
from rollouts.going_on import EditedReward
from rollouts.journal import read_rollouts
from rollouts.metrics import read_metrics
from rollouts.replay import replay
from rollouts.run import GrpoSpec, heard_by, run_grpo

pytestmark = pytest.mark.usefixtures("here", "one_thread")
Make = Callable[..., GrpoSpec]
BytesOf = Callable[[Path], dict[str, bytes]]
StopAfter = Callable[[int], Callable[[], bool]]


def _other_answer(spec: GrpoSpec) -> dict[str, Any]:
    return {"questions": [replace(spec.questions[0], answer="x"), *spec.questions[1:]]}


def _other_start(spec: GrpoSpec) -> dict[str, Any]:
    folder = shutil.copytree(spec.model, spec.run.parent / "other start")
    weights = folder / "model.safetensors"
    tensors = {name: value + 1e-3 for name, value in load_file(weights).items()}
    save_file(tensors, weights, {"format": "pt"})
    return {"model": folder}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda spec: {"seed": 4}, "seed: got 4, expected 3"),
        (lambda spec: {"rows": 4}, "group_size: got 4, expected 3"),
        (lambda spec: {"loop": replace(spec.loop, groups=4)}, "groups: got 4, expected 3"),
        (lambda spec: {"pool": replace(spec.pool, chunk=3)}, "chunk: got 3, expected 2"),
        (lambda spec: {"questions": spec.questions[1:]}, r"questions: got 8 \("),
        (lambda spec: {"questions": spec.questions[::-1]}, r"questions: got 9 \("),
        (_other_answer, r"questions: got 9 \("),
        (lambda spec: {"lora": {"rank": 2}}, "lora: got"),
        (_other_start, "start: got"),
        (lambda spec: {"dev": spec.questions[5:8]}, r"dev: got 3 \(.*, expected 3 \("),
        (lambda spec: {"rubric": {"parts": {"format": {}}}}, r"rubric: got 1 parts \("),
    ],
)
def test_going_on_with_another_run_is_refused_with_the_reason(
    run_spec: Make, bytes_of: BytesOf, change: Callable[[GrpoSpec], dict[str, Any]], named: str
) -> None:
    spec = run_spec(steps=0, loop={"evaluate_every": 0})
    run_grpo(spec)
    before = bytes_of(spec.run)
    with pytest.raises(CheckpointError, match=named):
        run_grpo(replace(spec, **change(spec)), resume=True)
    assert bytes_of(spec.run) == before


def test_going_on_with_other_sounds_rewards_or_settings_is_refused_until_they_are_back(
    run_spec: Make, sound: Any, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.py"
    mine.write_text("def vowels(text):\n    return sum(c in 'aeiou' for c in text) / len(text)\n")
    rubric = {"parts": {"own": {"reward": f"{mine}:vowels"}, "lettered": {}}}
    spec = run_spec(steps=1, rubric=rubric, loop={"evaluate_every": 0})
    run_grpo(spec)
    longer = replace(spec, loop=replace(spec.loop, steps=2))
    clip = spec.clips / "1.wav"
    for file, other, named in (
        (clip, None, "clips: got other bytes in '1.wav', expected those that the run has heard"),
        (mine, "def vowels(text):\n    return 1.0\n", r"reward_files, own: got mine.py \("),
    ):
        before = file.read_bytes()
        if other is None:
            write_wav(file, sound(50, 0.5).samples_S)
        else:
            file.write_text(other)
        with pytest.raises(CheckpointError, match=named):
            run_grpo(longer, resume=True)
        file.write_bytes(before)
    faster = replace(longer, learner=replace(longer.learner, learning_rate=0.5))
    with pytest.raises(CheckpointError, match=r"settings, learner.learning_rate: got 0\.5, exp"):
        run_grpo(faster, resume=True)
    assert run_grpo(longer, resume=True).step == 2


VOWELS = "def vowels(text):\n    return sum(c in 'aeiou' for c in text) / len(text)\n"
MENDED = "def vowels(text):\n    return sum(c in 'aeiouAEIOU' for c in text) / max(1, len(text))\n"


@pytest.fixture
def edited(stop_after: StopAfter, run_spec: Make, tmp_path: Path) -> GrpoSpec:
    """A run of four steps that was left after two, and whose reward was mended then."""
    mine = tmp_path / "mine.py"
    mine.write_text(VOWELS)
    rubric = {"parts": {"own": {"reward": f"{mine}:vowels"}, "lettered": {}}}
    spec = run_spec(rubric=rubric, loop={"evaluate_every": 0})
    run_grpo(spec, stop=stop_after(2))
    mine.write_text(MENDED)
    return spec


def test_a_mended_reward_is_gone_on_with_where_its_user_says_so(edited: GrpoSpec) -> None:
    with pytest.raises(CheckpointError, match="from step 2 on, give --accept-rewards"):
        run_grpo(edited, resume=True)
    told: list[EditedReward] = []
    run_grpo(
        edited,
        resume=True,
        accept_rewards=True,
        begin=lambda newest, accepted: told.extend(accepted),
    )
    (one,) = told
    assert (one.part, one.step) == ("own", 2)
    lines = [line for line in read_metrics(edited.run / "metrics.jsonl") if line["stage"] == "grpo"]
    assert [line["reward_files"]["own"] for line in lines] == [one.was] * 2 + [one.now] * 2
    assert one.was != one.now
    longer = replace(edited, loop=replace(edited.loop, steps=5))
    assert run_grpo(longer, resume=True).step == 5, "what was accepted is part of the run"


VOWELS_BESIDE = """\
from words import VOWELS

def vowels(text):
    return sum(c in VOWELS for c in text) / max(1, len(text))
"""
VOWELS_NAMED = """\
def vowels(text, *, letters):
    said = open(letters).read()
    return sum(c in said for c in text) / max(1, len(text))
"""


@pytest.mark.parametrize(
    ("code", "beside", "params"),
    [
        pytest.param(VOWELS_BESIDE, "words.py", (), id="imported"),
        pytest.param(VOWELS_NAMED, "letters.txt", ("letters",), id="named by a parameter"),
    ],
)
def test_a_file_beside_a_rewards_own_counts_as_its_own(
    stop_after: StopAfter, run_spec: Make, tmp_path: Path, code: str, beside: str, params: Any
) -> None:
    mine, other = tmp_path / "mine.py", tmp_path / beside
    mine.write_text(code)
    other.write_text("VOWELS = 'aeiou'\n")
    own = {"reward": f"{mine}:vowels", **dict.fromkeys(params, str(other))}
    spec = run_spec(rubric={"parts": {"own": own, "lettered": {}}}, loop={"evaluate_every": 0})
    run_grpo(spec, stop=stop_after(2))
    other.write_text("VOWELS = 'aeiouy'\n")
    with pytest.raises(CheckpointError, match=rf"{beside} \(.*give --accept-rewards"):
        run_grpo(spec, resume=True)
    run_grpo(spec, resume=True, accept_rewards=True)
    for step in (1, 2):
        found = {check.name: check for check in replay(spec, step)}
        assert [check.difference for check in found.values()] == [None] * 6
        assert (beside in found["scores"].taken) == (step < 2)


def test_steps_before_a_reward_was_mended_are_replayed_with_the_scores_of_the_journal(
    edited: GrpoSpec,
) -> None:
    run_grpo(edited, resume=True, accept_rewards=True)
    for step in range(4):
        found = {check.name: check for check in replay(edited, step)}
        assert [check.difference for check in found.values()] == [None] * 6
        assert found["scores"].taken.startswith("own as recorded, for its files were") == (step < 2)
        assert found["scores"].count == (9 if step < 2 else 18)
        assert found["advantages"].worst == 0


def test_a_mended_reward_is_all_that_is_accepted(edited: GrpoSpec) -> None:
    parts = edited.rubric["parts"]
    for change, named in (
        ({"seed": 4}, "seed: got 4"),
        ({"questions": edited.questions[1:]}, "questions: got 8"),
        ({"rubric": {"parts": {"own": parts["own"]}}}, "rubric: got 1 parts"),
        ({"rubric": {"parts": {**parts, "more": parts["own"]}}}, r"reward_files, more: got mine"),
        ({"rubric": {"parts": {"lettered": {}}}}, "reward_files, own: got None"),
    ):
        for accept in (False, True):
            with pytest.raises(CheckpointError, match=named) as caught:
                run_grpo(replace(edited, **change), resume=True, accept_rewards=accept)
            assert "--accept-rewards" not in str(caught.value), "it would not help"


def test_what_changes_while_a_run_lasts_is_seen_when_it_goes_on(
    stop_after: StopAfter, run_spec: Make, sound: Any
) -> None:
    spec = run_spec(steps=2, loop={"evaluate_every": 0, "checkpoint_every": 0})

    def change(line: Any, at: Any) -> None:
        write_wav(spec.clips / "new.wav", sound(50, 0.5).samples_S)
        (spec.clips / "new.wav").replace(spec.clips / "1.wav")

    run_grpo(spec, tell=change, stop=stop_after(1))
    with pytest.raises(CheckpointError, match="clips: got"):
        run_grpo(spec, resume=True)


def test_a_clip_that_no_rollout_has_heard_may_be_replaced(
    stop_after: StopAfter, run_spec: Make, sound: Any
) -> None:
    loop = {"groups": 1, "evaluate_every": 0, "checkpoint_every": 1}
    spec = run_spec(steps=2, dev=[], loop=loop)
    run_grpo(spec, stop=stop_after(1))
    newest = checkpoint.latest(spec.run / "checkpoints")
    assert newest is not None
    clips = [group.question.clip for group in read_rollouts(spec.run, 0)]
    heard = {clip.path for clip in clips if clip is not None}
    assert heard_by(newest, spec) == heard
    unheard = next(path for path in ("0.wav", "1.wav", "2.wav") if path not in heard)
    write_wav(spec.clips / unheard, sound(60, 0.5).samples_S)
    assert run_grpo(spec, resume=True).step == 2
    write_wav(spec.clips / heard.pop(), sound(50, 0.5).samples_S)
    longer = replace(spec, loop=replace(spec.loop, steps=3))
    with pytest.raises(CheckpointError, match="clips: got other bytes in"):
        run_grpo(longer, resume=True)


def test_a_fresh_run_does_not_overwrite_another(run_spec: Make) -> None:
    spec = run_spec(steps=0)
    run_grpo(spec)
    with pytest.raises(CheckpointError, match=r"holds a run already.*--resume"):
        run_grpo(spec)


def test_a_rubric_that_cannot_be_used_is_said_before_anything_starts(run_spec: Make) -> None:
    spec = run_spec(rubric={"parts": {"letered": {}}})
    with pytest.raises(ConfigError, match="letered"):
        run_grpo(spec)
    assert not spec.run.exists()
