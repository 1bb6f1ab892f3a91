"""What a run goes on with, and when it may be made longer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from experiments.config import load
from experiments.resuming import FREE, check_goes_on, check_place, differences, resumed
from experiments.runfolder import open_run, run_folder
from experiments.schemas import GrpoRun, QuickstartRun, SftRun
from rewards.errors import ConfigError, DataError, EtudeError

HOME = Path(__file__).resolve().parents[2]


def grpo_run(*overrides: str, out: str = "run") -> GrpoRun:
    given = ["data.questions=q.jsonl", "data.dev=d.jsonl", f"out={out}", *overrides]
    return load(GrpoRun, [], given)


def refusal(before: Any, after: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        check_goes_on(before, after)
    return str(caught.value)


# --- what is compared ------------------------------------------------------------------------


def test_a_refusal_names_the_key_the_value_and_the_runs() -> None:
    before = grpo_run("rubric.parts.format.weight={0: 1, 8: 0.5}", "sampling.stop=[a]")
    after = grpo_run(
        "grpo.learning_rate=1e-3", "model.lora={rank: 4}", "rubric.parts.format.weight={0: 1}",
        "sampling.stop=[a, b]",
    )  # fmt: skip
    said = refusal(before, after)
    for sentence in (
        "grpo.learning_rate: got 0.001, the run has 0.00015;",
        "model.lora.rank: got 4, the run has null;",
        "rubric.parts.format.weight.8: got null, the run has 0.5;",
        "sampling.stop: got ['a', 'b'], the run has ['a'];",
    ):
        assert sentence in said
    assert "grpo.steps" not in said


def test_what_no_result_depends_on_may_change() -> None:
    after = grpo_run(
        "grpo.actors=1", "grpo.micro_tokens=99", "grpo.head_chunk=9", "grpo.checkpointing=true",
        "grpo.checkpoint_every=3", "grpo.keep_every=6", "grpo.gradients=actors",
        "logger=tensorboard", "grpo.cluster=first:6379", "grpo.offload=true", out="elsewhere",
    )  # fmt: skip
    here = {"data": {"questions": "q.jsonl", "traces": "t.jsonl"}}
    begun = load(SftRun, [], [f"data={here['data']}", "sft.batch_size=8"])
    free = ["sft.checkpoint_every=3", "sft.checkpointing=true", "sft.micro_batch_size=4",
            "sft.offload=true"]  # fmt: skip
    started = load(SftRun, [], [f"data={here['data']}", "sft.batch_size=8", *free])
    changed = {**differences(grpo_run(), after), **differences(begun, started)}
    assert sorted(changed) == sorted(FREE)
    check_goes_on(grpo_run(), after)
    check_goes_on(begun, started)


@pytest.mark.parametrize(
    ("given", "steps", "why"),
    [
        ([], 100, "not lowered"),
        ([], "null", "left to the epochs"),
        (["grpo.schedule=cosine"], 300, "learning rate of every step depends on it"),
        (["grpo.warmup=0.1"], 300, "warm-up is a share of the steps"),
    ],
)
def test_steps_that_would_make_another_run_are_refused_with_the_reason(
    given: list[str], steps: object, why: str
) -> None:
    before, after = grpo_run("grpo.steps=200", *given), grpo_run(f"grpo.steps={steps}", *given)
    assert why in refusal(before, after)


def test_steps_after_an_evaluation_out_of_turn_are_refused(tmp_path: Path) -> None:
    run = tmp_path / "run"
    before = grpo_run("grpo.steps=30", out=str(run))
    after = grpo_run("grpo.steps=60", out=str(run))
    check_goes_on(before, after)
    (run / "checkpoints" / "step_000030").mkdir(parents=True)
    assert "step 30 was evaluated because it was the last" in refusal(before, after)
    check_goes_on(grpo_run("grpo.steps=40", out=str(run)), after)
    for never in ("data.dev=null", "grpo.evaluate_every=0"):
        check_goes_on(
            grpo_run("grpo.steps=30", never, out=str(run)),
            grpo_run("grpo.steps=60", never, out=str(run)),
        )


def test_steps_after_the_end_of_a_run_that_sampled_ahead_are_refused(tmp_path: Path) -> None:
    run, given = tmp_path / "run", ["grpo.staleness=1", "grpo.importance=token_truncate"]
    before = grpo_run("grpo.steps=40", *given, out=str(run))
    after = grpo_run("grpo.steps=60", *given, out=str(run))
    check_goes_on(before, after)
    (run / "checkpoints" / "step_000040").mkdir(parents=True)
    assert "the end of a run samples nothing ahead" in refusal(before, after)


def test_a_run_that_was_moved_goes_on_where_it_is(tmp_path: Path) -> None:
    config = grpo_run(out=str(tmp_path / "old"))
    open_run(config.out, config, resume=False)
    (tmp_path / "old").rename(tmp_path / "new")
    moved, _ = resumed(grpo_run("grpo.steps=3", out=str(tmp_path / "new")), ["out=x"])
    assert moved.out == tmp_path / "new"
    assert moved.grpo == config.grpo


def test_a_copy_of_a_run_is_not_taken_for_the_run(tmp_path: Path) -> None:
    config = grpo_run(out=str(tmp_path / "run"))
    open_run(config.out, config, resume=False)
    shutil.copytree(tmp_path / "run", tmp_path / "copy")
    check_place([tmp_path / "run" / "config.yaml"], config)
    with pytest.raises(ConfigError, match=r"another folder: got out '.*run', expected '.*copy'"):
        check_place([tmp_path / "copy" / "config.yaml"], config)
    (tmp_path / "copy" / "env.json").unlink()  # the user's own file, of that name
    check_place([tmp_path / "copy" / "config.yaml"], config)


def test_where_a_file_says_otherwise_the_run_counts_and_that_is_told(tmp_path: Path) -> None:
    out = str(tmp_path / "run")
    config = grpo_run("grpo.steps=9", out=out)
    open_run(config.out, config, resume=False)
    own, said = resumed(grpo_run("seed=3", out=out), [])
    assert own == config
    assert said == f"goes on as {out}/config.yaml says: grpo.steps=9, seed=1"
    assert resumed(config, []) == (config, "")


def test_to_go_on_where_no_run_is_begins_one_and_says_so(tmp_path: Path) -> None:
    config = grpo_run(out=str(tmp_path / "run"))
    own, said = resumed(config, [])
    assert own == config
    assert "holds no run yet" in said


def test_what_the_end_of_a_run_wrote_gives_way_when_it_goes_further(tmp_path: Path) -> None:
    config = grpo_run("grpo.steps=20", out=str(tmp_path / "run"))
    open_run(config.out, config, resume=False)
    columns = ("after", "GRPO", "other_clip", "silence")
    told = ("results.json", *(f"answers/{column}.jsonl" for column in columns))
    ends = [config.out / name for name in ("model/config.json", *told)]
    before = config.out / "answers" / "before.jsonl"
    for file in (*ends, before):
        file.parent.mkdir(exist_ok=True)
        file.write_text("{}")
    with run_folder(config, resume=True) as go_on:
        go_on()
    assert all(file.exists() for file in ends)
    longer = grpo_run("grpo.steps=40", out=str(config.out))
    with pytest.raises(DataError), run_folder(longer, resume=True):
        raise DataError("refused")
    assert all(file.exists() for file in ends), "what is refused costs nothing"
    assert load(GrpoRun, [longer.out / "config.yaml"], []) == config
    with run_folder(longer, resume=True) as go_on:
        go_on()
    assert not any(file.exists() for file in ends)
    assert before.exists(), "the start is the same"
    assert load(GrpoRun, [longer.out / "config.yaml"], []) == longer


def test_other_commands_have_the_same_rule() -> None:
    """Whatever command begins a run compares by the same keys."""
    sft = [load(SftRun, [], ["data.questions=q", f"sft.steps={n}"]) for n in (3, 4)]
    assert "sft.steps: got 4, the run has 3;" in refusal(*sft)
    quick = [load(QuickstartRun, [], [f"data.train={n}"]) for n in (3, 4)]
    assert "data.train: got 4, the run has 3;" in refusal(*quick)


def test_a_run_folder_is_gone_on_with_only_as_it_was_begun(tmp_path: Path) -> None:
    config = grpo_run(out=str(tmp_path / "run"))
    with run_folder(config, resume=False) as go_on:
        go_on()
        (config.out / "metrics.jsonl").write_text("{}\n")
    before = {path: path.read_bytes() for path in config.out.iterdir()}
    other = grpo_run("seed=3", out=str(config.out))
    with (
        pytest.raises(ConfigError, match="seed: got 3, the run has 1;"),
        run_folder(other, resume=True),
    ):
        pass
    assert {path: path.read_bytes() for path in config.out.iterdir()} == before


# --- a run that never began ------------------------------------------------------------------


def fail(config: GrpoRun, error: BaseException, *, wrote: str | None = None) -> None:
    with run_folder(config, resume=False):
        assert (config.out / "config.yaml").exists()
        if wrote is not None:
            (config.out / "metrics.jsonl").write_text(wrote)
        raise error


def test_a_run_that_fails_before_it_began_leaves_its_folder_free(tmp_path: Path) -> None:
    config = grpo_run(out=str(tmp_path / "a" / "run"))
    with pytest.raises(DataError):
        fail(config, DataError("no such file"))
    assert not config.out.exists()


def test_a_file_without_a_byte_is_no_work(tmp_path: Path) -> None:
    config = grpo_run(out=str(tmp_path / "run"))
    with pytest.raises(DataError):
        fail(config, DataError("no such clip"), wrote="")
    assert [path.name for path in config.out.iterdir()] == ["metrics.jsonl"]


@pytest.mark.parametrize("error", [DataError("no clip"), KeyboardInterrupt()])
def test_a_run_that_wrote_something_or_was_stopped_keeps_its_papers(
    tmp_path: Path, error: BaseException
) -> None:
    config = grpo_run(out=str(tmp_path / "run"))
    with pytest.raises(type(error)):
        fail(config, error, wrote="{}\n" if isinstance(error, DataError) else None)
    assert (config.out / "config.yaml").exists()
    with pytest.raises(EtudeError, match="holds a run already") as caught:
        open_run(config.out, config, resume=False)
    assert ("delete it" in str(caught.value)) == isinstance(error, KeyboardInterrupt)


def test_a_file_where_the_run_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "g.yaml").write_text("seed: 1\n")
    for out in (tmp_path / "g.yaml", tmp_path / "g.yaml" / "run"):
        config = grpo_run(out=str(out))
        with pytest.raises(ConfigError, match=r"out: .*got a file at '.*g\.yaml'") as caught:
            open_run(config.out, config, resume=False)
        assert "room" not in str(caught.value)


def test_what_is_wrong_with_the_inputs_leaves_the_corrected_command_free(
    lesson: Any, etude: Any, tmp_path: Path
) -> None:
    strange = {"parts": {"format": {}, "length": {"when": {"kind": "captoin"}}}}
    for command, sections, word in (
        ("grpo", {"grpo": {"steps": 2}, "rubric": strange}, "captoin"),
        ("grpo", {"model": {"path": str(tmp_path / "nowhere")}}, "nowhere"),
        ("grpo", {"model": {"path": "tiny"}}, "got tiny, which knows nothing yet, expected a"),
        ("sft", {"data": {"traces": "no.jsonl"}}, "no.jsonl"),
    ):
        done = etude(command, lesson.config(**sections))
        assert done.exit_code == 1
        assert word in done.stderr
        assert "holds a run" not in done.stderr
        assert not (lesson.home / "run").exists()


def test_a_run_that_another_process_works_on_is_left_to_it(lesson: Any, etude: Any) -> None:
    run = lesson.home / "run"
    held = "with alone(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    code = f"import sys; from pathlib import Path; from rollouts.lock import alone\n{held}"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(run)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(HOME)},
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        for command, resume in (("grpo", ["--resume"]), ("grpo", []), ("sft", ["--resume"])):
            done = etude(command, lesson.config(), *resume)
            assert done.exit_code == 1
            assert f"another process works in '{run}'" in done.stderr
            assert f"process {other.pid} on " in done.stderr
        assert [path.name for path in run.iterdir()] == [".lock"]
