"""Two runs, or two files of answers, side by side."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from experiments.cli import build
from experiments.comparing import answers, check_side, settings, training
from experiments.config import load, to_yaml
from experiments.schemas import GrpoRun
from rewards.errors import ConfigError, DataError

STEPS = [
    {
        "stage": "grpo", "step": step, "reward": step / 10, "parts": {"key": 0.5},
        "kl": None, "zero_variance": 0.25, "seconds": {"sample": 1.0 + step, "learn": 2.0},
    }
    for step in range(20)
]  # fmt: skip
DEV = [
    {"stage": "grpo_eval", "step": n, "accuracy": a} for n, a in ((0, 0.1), (10, 0.4), (20, 0.3))
]


@pytest.fixture
def run(tmp_path: Path):
    """Writes a run folder with the settings, metrics and answers that are given."""

    def write(
        name: str,
        *overrides: str,
        metrics: list[dict] = [*STEPS, *DEV],  # noqa: B006 - never changed
        said: dict[str, tuple[str, ...]] | None = None,
        **env: str,
    ) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        given = ["data.questions=train.jsonl", f"out={folder}", *overrides]
        (folder / "config.yaml").write_text(to_yaml(load(GrpoRun, [], given)))
        papers = {"python": "3.11", "commit": "abc", "packages": {"torch": "2.13.0"} | env}
        (folder / "env.json").write_text(json.dumps(papers))
        (folder / "metrics.jsonl").write_text("".join(json.dumps(m) + "\n" for m in metrics))
        if said is not None:
            write_answers(folder / "answers" / "after.jsonl", said)
        return folder

    return write


def write_answers(path: Path, said: dict[str, tuple[str, ...]], **fields: object) -> Path:
    """Answers to questions about a key; right are those that say "D major"."""
    path.parent.mkdir(exist_ok=True)
    rows = [
        {
            "question": {"id": id_, "text": "Key?", "facet": "key", "answer": "D major"} | fields,
            "completion": text,
            "correct": text == "D major",
        }
        for id_, texts in said.items()
        for text in texts
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_of_the_settings_only_those_that_differ_are_told(run):
    a, b = run("a"), run("b", "grpo.kl_weight=0.04", "model.lora={rank: 4}", torch="2.14.0")
    found = settings(a, b)
    assert found["grpo.kl_weight"] == (0.0, 0.04)
    assert found["model.lora.rank"] == (None, 4)
    assert found["torch"] == ("2.13.0", "2.14.0")
    assert not {"out", "seed", "commit", "grpo.steps"} & {*found}
    assert settings(a, a) == {}


def test_what_one_run_did_not_note_does_not_differ(run):
    a, b = run("a", tensorboard="2.20"), run("b")
    assert settings(a, b) == settings(b, a) == {}
    (b / "env.json").unlink()
    assert settings(a, b) == settings(b, a) == {}


def test_training_is_told_by_its_last_ten_steps_and_its_evaluations(run):
    found = training(run("a"))
    assert found["training"] == {
        "steps": "20",
        "dev accuracy, step 0": "10.0%",
        "dev accuracy, best": "40.0% at step 10",
        "dev accuracy, last": "30.0%",
        "seconds to sample, median": "10.50",
        "seconds to learn, median": "2.00",
    }
    assert found["mean of the last 10 steps"] == {
        "reward": "1.450",
        "  key": "0.500",
        "groups of one value": "25.0%",
    }


def test_the_health_of_a_run_is_told_in_its_units(run):
    step = {
        "stage": "grpo", "step": 0, "reward_group_std": 0.25, "zero_variance": 0.5,
        "unscored": 0.125, "truncated": 1.0, "entropy": 1.5, "surprisal": 2.5, "kl": 0.00025,
        "clip_fraction": 0.0625, "grad_norm": 12.34, "tokens": 12345, "length": {"mean": 1234.5},
    }  # fmt: skip
    assert training(run("a", metrics=[step]))["mean of the last 10 steps"] == {
        "spread within a group": "0.250",
        "groups of one value": "50.0%",
        "completions not scored": "12.5%",
        "completions cut off": "100.0%",
        "entropy [nats]": "1.500",
        "surprisal [nats]": "2.500",
        "KL to the reference [nats]": "0.00025",
        "clipped ratios": "6.2%",
        "gradient norm": "12.3",
        "tokens learnt from": "12,345",
        "tokens of a completion": "1,234",
    }


def test_of_evaluations_that_are_equal_the_first_is_the_best(run):
    dev = [{"stage": "grpo_eval", "step": n, "accuracy": 0.5} for n in (10, 20)]
    found = training(run("a", metrics=[*STEPS, *dev]))["training"]
    assert found["dev accuracy, best"] == "50.0% at step 10"


def test_a_whole_number_that_no_float_holds_is_no_figure(run):
    """A stranger's metrics may hold one of any length."""
    step = {"stage": "grpo", "step": 0, "reward": 10**400, "seconds": {"learn": 10**400}}
    dev = {"stage": "grpo_eval", "step": 0, "accuracy": 10**400}
    found = training(run("a", metrics=[step, dev]))
    assert found == {"training": {"steps": "1"}, "mean of the last 10 steps": {}}


def test_a_run_that_took_no_step_has_no_figures(run):
    assert training(run("a", metrics=[])) == {}


def test_answers_are_compared_on_the_questions_that_both_were_asked(run):
    a = run("a", said={"1": ("D major",), "2": ("C major",), "3": ("D major",), "4": ("no",)})
    b = run("b", said={"2": ("D major",), "1": ("D major",), "3": ("A major",), "5": ("D major",)})
    found = answers(a, b)
    assert found is not None
    key, overall = found.topics
    assert (key.name, overall.name) == ("key", "overall")
    assert (key.n, key.a, key.b, key.only_a, key.only_b) == (3, 2 / 3, 2 / 3, 1, 1)
    assert found.gain.low < found.gain.mean == 0 < found.gain.high
    assert found.left_out == 2


def test_several_answers_to_a_question_count_by_their_mean(tmp_path):
    a = write_answers(tmp_path / "a.jsonl", {"1": ("D major", "C major")})
    b = write_answers(tmp_path / "b.jsonl", {"1": ("D major", "D major")})
    found = answers(a, b)
    assert found is not None
    assert found.gain.mean == 0.5


def test_another_gold_answer_makes_another_question(tmp_path):
    a = write_answers(tmp_path / "a.jsonl", {"1": ("D major",)})
    b = write_answers(tmp_path / "b.jsonl", {"1": ("D major",)}, answer="C major")
    assert answers(a, b) is None


def test_captions_are_not_judged_by_accuracy(tmp_path):
    a = write_answers(tmp_path / "a.jsonl", {"1": ("D major",)}, kind="caption")
    assert answers(a, a) is None


def test_the_command_shows_settings_training_and_answers(run, tmp_path):
    a = run("a", said={"1": ("D major",), "2": ("C major",)})
    b = run("b", "seed=7", said={"1": ("D major",), "2": ("D major",)})
    shown = CliRunner().invoke(build(), ["compare", str(a), str(b)])
    assert shown.exit_code == 0, shown.output
    rows = [line.split() for line in shown.output.splitlines()]
    assert ["seed", "1", "7"] in rows
    assert ["reward", "1.450", "1.450"] in rows
    assert ["overall", "2", "50.0%", "100.0%", "+50.0", "0", "1"] in rows
    assert "B over A: +50.0 points" in shown.output


def test_a_strangers_metrics_cannot_write_to_the_terminal(run):
    evil = "\x1b[2J[red]key[/]"
    odd = {"stage": "grpo", "step": 0, "reward": "much", "parts": {evil: 1.0}, "seconds": 3}
    a = run("a", metrics=[odd])
    shown = CliRunner().invoke(build(), ["compare", str(a), str(a)])
    assert shown.exit_code == 0, shown.output
    assert "\x1b[2J" not in shown.output
    assert "[red]key[/]" in shown.output


@pytest.mark.parametrize("what", ["nothing", "a folder"])
def test_what_is_no_run_and_no_file_is_named(tmp_path, what):
    side = tmp_path / "side"
    if what == "a folder":
        side.mkdir()
    with pytest.raises(DataError, match=r"side': got .* expected a run folder or a file"):
        check_side(side)


def test_a_pipe_is_not_said_to_be_nothing(tmp_path: Path):
    """As a shell makes of `<(zcat answers.gz)`."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="got a pipe or device, expected a run folder or a file"):
        check_side(tmp_path / "pipe")


def test_papers_that_cannot_be_read_are_named(run):
    a, b = run("a"), run("b")
    (b / "env.json").write_text("[]")
    with pytest.raises(DataError, match=r"env\.json: got .* expected python, commit"):
        settings(a, b)
    (b / "config.yaml").write_text("grpo: {steps: many}")
    with pytest.raises(ConfigError, match="steps"):
        settings(a, b)
    for torn in (b"\xff\xfe", b"a: [", b"${x}"):
        (b / "config.yaml").write_bytes(torn)
        with pytest.raises(ConfigError, match=r"b/config\.yaml: "):
            settings(a, b)


def test_comparing_waits_for_no_torch(run):
    said = {"1": ("D major",), "2": ("C major",)}
    sides = [str(run(name, said=said)) for name in "ab"]
    script = (
        "import sys; from experiments.cli import build\n"
        f"build()(['compare', *{sides}], standalone_mode=False)\n"
        "sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "B over A" in done.stdout
