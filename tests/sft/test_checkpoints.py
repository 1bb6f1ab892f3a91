"""A cold start that goes on is the one that was never stopped, or says why it does not."""

from __future__ import annotations

import errno
import pickle
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from policies.accuracy import Accuracy
from policies.audio_policy import AudioPolicy
from policies.checkpoint import latest
from policies.checkpoint_folder import published
from policies.lora import LoraSettings, open_policy
from policies.manifest import MANIFEST, PICKLE_SUFFIXES, read_manifest, seal, verify
from policies.tensors import load_tensors
from rewards.errors import CheckpointError, StorageError
from sft.checkpoints import state_of

FILES = ("model.safetensors", "optimizer.safetensors", "processor_config.json", MANIFEST)
LORA = LoraSettings(rank=2)


@pytest.fixture(scope="module")
def kept(begin: Any) -> Path:
    """The checkpoints of steps 2 and 3 of a cold start that was stopped; to be copied."""
    one = begin()
    one.run_to(3, checkpoint_every=1)
    return one.folder


@pytest.fixture
def found(kept: Path, tmp_path: Path) -> Path:
    """A copy to be harmed."""
    return Path(shutil.copytree(kept, tmp_path / "trainer"))


@pytest.fixture(scope="module")
def whole(begin: Any) -> Any:
    """The same cold start, never stopped."""
    one = begin()
    one.run()
    return one


def _steps(folder: Path) -> list[int]:
    return [state_of(path) for path in published(folder)]


@pytest.mark.parametrize(
    ("at", "lora"),
    [(1, None), (3, None), (4, replace(LORA, dropout=0.5))],
)
def test_stopping_and_going_on_changes_nothing(begin: Any, whole: Any, at: int, lora: Any) -> None:
    if lora is not None:
        whole = begin()
        whole.run(lora=lora)
    other = begin()
    other.run_to(at, lora=lora)
    assert state_of(latest(other.folder)) == at
    assert other.run(lora=lora, resume=True) is True
    assert other.weights() == whole.weights()
    assert other.lines == whole.lines


def test_a_cold_start_in_bfloat16_goes_on_with_what_its_weights_cannot_hold(begin: Any) -> None:
    one, other = begin(), begin()
    given = {"dtype": "bfloat16", "learning_rate": 1e-5}
    one.run(**given)
    other.run_to(3, **given)
    last = latest(other.folder)
    assert last is not None
    kept = load_tensors(last / "optimizer.safetensors")["lm_head.weight|fine"]
    way = kept - open_policy(other.tiny).base.lm_head.weight.bfloat16().float()
    assert 1e-6 < way.abs().mean() < 1e-4
    other.run(resume=True, **given)
    assert other.weights() == one.weights()


@pytest.mark.parametrize("lora", [None, LORA])
def test_going_on_with_a_finished_cold_start_takes_no_step(begin: Any, lora: Any) -> None:
    one = begin()
    one.run(steps=2, checkpoint_every=2, lora=lora)
    weights, lines = one.weights(), len(one.lines)
    assert one.run(steps=2, checkpoint_every=2, lora=lora, resume=True) is True
    assert one.weights() == weights
    assert len(one.lines) == lines


def test_a_goal_that_was_reached_stays_reached(begin: Any) -> None:
    goal = {"evaluate_every": 2, "checkpoint_every": 2, "stop_at_accuracy": 0.5}
    one = begin()
    assert one.run(**goal, evaluate=lambda: Accuracy(0.9, {})) is True
    weights = one.weights()
    assert one.run(**goal, resume=True, evaluate=lambda: Accuracy(0.0, {})) is True
    assert one.weights() == weights
    assert [line["step"] for line in one.of("sft")] == [0, 1]


# --- what a checkpoint is ----------------------------------------------------------------------


def test_a_checkpoint_is_a_stock_one_without_a_pickle_and_the_newest_two_stay(kept: Path) -> None:
    assert sorted(path.name for path in kept.iterdir()) == ["step_000002", "step_000003"]
    names = verify(kept / "step_000003").files.keys()
    assert {*FILES} - {MANIFEST} <= names
    assert not [name for name in names if name.endswith(PICKLE_SUFFIXES)]
    assert open_policy(kept / "step_000003").model.num_parameters() > 0


def test_a_full_disk_is_said_and_the_checkpoints_before_are_whole(
    begin: Any, found: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(policy: AudioPolicy, folder: Path) -> None:
        (folder / "model.safetensors").write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(AudioPolicy, "save", full)
    with pytest.raises(StorageError, match=r"step_000004.*could not be written.*No space left"):
        begin(found).run(checkpoint_every=1, resume=True)
    assert state_of(latest(found)) == 3
    assert sorted(path.name for path in found.iterdir()) == ["step_000002", "step_000003"]


# --- harm ----------------------------------------------------------------------------------------


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("harm", [_flip, _cut, Path.unlink])
@pytest.mark.parametrize("name", FILES)
def test_a_harmed_checkpoint_gives_way_to_the_one_before(
    found: Path, caplog: pytest.LogCaptureFixture, harm: Callable[[Path], None], name: str
) -> None:
    harm(found / "step_000003" / name)
    assert state_of(latest(found)) == 2
    assert "step_000003" in caplog.text, "it is said"
    harm(found / "step_000002" / name)
    with pytest.raises(CheckpointError, match=r"got 2 damaged, expected a whole one"):
        latest(found)


def test_going_on_from_the_one_before_changes_nothing_either(
    begin: Any, whole: Any, found: Path
) -> None:
    _flip(found / "step_000003" / "model.safetensors")
    one = begin(found)
    assert one.run(resume=True, checkpoint_every=1) is True
    assert one.weights() == whole.weights()
    assert one.lines == whole.lines[2:]
    assert _steps(found) == [5, 6]
    assert [path for path in found.iterdir() if path.name.startswith("damaged-")]


class Evil:
    """Runs code in whoever reads it."""

    def __init__(self, mark: Path):
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.mark,)


def test_a_pickle_that_is_put_in_is_never_read(
    begin: Any, whole: Any, found: Path, tmp_path: Path
) -> None:
    for name in ("optimizer.pt", "scheduler.pt", "rng_state.pth", "training_args.bin"):
        (found / "step_000003" / name).write_bytes(pickle.dumps(Evil(tmp_path / "mark")))
    one = begin(found)
    assert one.run(resume=True) is True
    assert one.weights() == whole.weights()
    assert not (tmp_path / "mark").exists()


def test_a_checkpoint_that_was_being_written_is_not_taken(
    begin: Any, whole: Any, found: Path
) -> None:
    unsealed = Path(shutil.copytree(found / "step_000003", found / f"tmp-{'0' * 32}"))
    (unsealed / MANIFEST).unlink()
    shutil.copytree(unsealed, found / "step_000005")
    one = begin(found)
    assert state_of(latest(found)) == 3
    assert one.run(resume=True, checkpoint_every=1) is True
    assert one.weights() == whole.weights()
    assert not unsealed.exists()
    assert state_of(latest(found / "nowhere")) == -1


def _sealed_anew(folder: Path, change: Callable[[Path, dict[str, Any]], None]) -> None:
    """What only malice or another program writes: wrong, and its manifest agrees."""
    metadata = dict(read_manifest(folder).metadata)
    (folder / MANIFEST).unlink()
    change(folder, metadata)
    seal(folder, folder.name, metadata)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda folder, about: about.clear(), "of no cold start"),
        (lambda folder, about: about.update(reached_goal="yes"), "of no cold start"),
        (lambda folder, about: about["schedule"].update(step=1), "learning-rate schedule of"),
        (lambda folder, about: about["schedule"].update(lr_lambdas=[1]), "cannot go on from"),
        (lambda folder, about: (folder / "optimizer.safetensors").unlink(), "cannot be read"),
        (lambda folder, about: (folder / "config.json").write_text("{}"), "no family"),
    ],
)  # fmt: skip
def test_a_sealed_checkpoint_of_something_else_is_refused_in_a_sentence(
    begin: Any, found: Path, change: Any, said: str
) -> None:
    _sealed_anew(found / "step_000003", change)
    with pytest.raises(CheckpointError, match=said):
        begin(found).run(resume=True)


@pytest.mark.parametrize("text", ['{"log_history": 5}', '{"logging_steps": 0}', "[]"])
def test_a_state_of_transformers_trainer_is_not_read(
    begin: Any, whole: Any, found: Path, text: str
) -> None:
    def add(folder: Path, about: dict[str, Any]) -> None:
        (folder / "trainer_state.json").write_text(text)

    _sealed_anew(found / "step_000003", add)
    one = begin(found)
    assert one.run(resume=True) is True
    assert one.weights() == whole.weights()
    assert one.lines == whole.lines[3:]


def test_an_adapter_without_some_of_its_weights_is_refused(begin: Any) -> None:
    from safetensors.torch import load_file, save_file

    def lose_one(folder: Path, about: dict[str, Any]) -> None:
        weights = load_file(folder / "adapter_model.safetensors")
        weights.pop(min(weights))
        save_file(weights, folder / "adapter_model.safetensors")

    one = begin()
    one.run_to(1, lora=LORA)
    _sealed_anew(one.folder / "step_000001", lose_one)
    with pytest.raises(CheckpointError, match=r"no weights of '.*lora"):
        one.run(lora=LORA, resume=True)


# --- what may not change -----------------------------------------------------------------------


def test_other_examples_are_refused_by_name(begin: Any, found: Path) -> None:
    def refusal(examples: list[Any]) -> str:
        one = begin(found)
        one.examples = examples
        with pytest.raises(CheckpointError, match="start another run") as caught:
            one.run(resume=True)
        return str(caught.value)

    rows = begin().examples
    fewer = refusal(rows[:-1])
    assert "questions: got 9 (" in fewer
    assert "it has 10 (" in fewer
    assert "targets: got 9 (" in fewer
    said = refusal([replace(rows[0], target="<answer>C</answer>"), *rows[1:]])
    assert "targets: got 10 (" in said
    assert "questions" not in said
    asked = refusal([replace(rows[0], question=replace(rows[0].question, text="?")), *rows[1:]])
    assert "questions: got 10 (" in asked
    assert "targets" not in asked
    assert "questions: got 10 (" in refusal(rows[::-1])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"steps": 8}, "steps: got 8, it has 6"),
        ({"learning_rate": 1e-3}, "learning_rate: got 0.001, it has 0.003"),
        ({"betas": (0.9, 0.95)}, r"betas: got \[0.9, 0.95\], it has \[0.9, 0.999\]"),
        ({"seed": 8, "batch_size": 2}, "batch_size: got 2, it has 4; seed: got 8, it has 7"),
        ({"lora": LORA}, "adapter: got .*; parameters: got "),
    ],
)
def test_other_settings_and_another_policy_are_refused_by_name(
    begin: Any, found: Path, changed: Any, said: str
) -> None:
    with pytest.raises(CheckpointError, match=rf"begun differently: {said}"):
        begin(found).run(**changed, resume=True)


def test_another_adapter_is_refused_by_name(begin: Any) -> None:
    one = begin()
    one.run_to(1, lora=LORA)
    for other, said in ((replace(LORA, rank=4), "parameters"), (replace(LORA, alpha=1.0), "ada")):
        with pytest.raises(CheckpointError, match=f"begun differently: .*{said}"):
            one.run(lora=other, resume=True)


def test_memory_and_the_distance_of_checkpoints_may_change(
    begin: Any, whole: Any, found: Path
) -> None:
    one = begin(found)
    assert one.run(resume=True, micro_batch_size=4, checkpoint_every=3) is True
    losses, expected = ([x["loss"] for x in run.of("sft")] for run in (one, whole))
    assert losses == pytest.approx(expected[3:], rel=1e-3)
    assert _steps(found) == [3, 6], "as often as it is told now"


def test_a_cold_start_does_not_begin_where_another_was(begin: Any, found: Path) -> None:
    with pytest.raises(CheckpointError, match="holds a cold start already: got 'step_000003'"):
        begin(found).run()
