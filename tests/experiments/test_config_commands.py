"""Commands that take a configuration: files, overrides, what help gives as one, what is printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from experiments import schemas
from experiments.cli import _calm, build
from experiments.commands.config import ConfigFile, GrpoOverrides, PrintConfig, read
from experiments.config import load
from experiments.resuming import FREE

HOME = Path(__file__).resolve().parents[2]


def etude(*arguments: str):
    return CliRunner().invoke(build(), list(arguments))


@pytest.mark.parametrize(
    ("words", "schema", "needed"),
    [
        (["data", "scores"], schemas.ScoresConfig, []),
        (["sft"], schemas.SftRun, ["data.questions=q"]),
        (["grpo"], schemas.GrpoRun, ["data.questions=q"]),
        (["quickstart"], schemas.QuickstartRun, []),
    ],
)
def test_what_help_gives_as_an_override_is_one_of_the_command(words, schema, needed):
    shown = etude(*words, "--help").stdout
    given = re.findall(r"(?<!\S)[a-z_.]+=[a-z0-9]+", shown)
    assert given
    load(schema, [], [*needed, *given])


@pytest.mark.parametrize(
    ("command", "sections"),
    [("sft", {"sft"}), ("grpo", {"grpo"}), ("quickstart", {"sft", "grpo"})],
)
def test_help_says_what_may_be_overridden_when_a_run_goes_on(command: str, sections: set[str]):
    words = {word.rstrip(".") for word in etude(command, "--help").stdout.replace(",", " ").split()}
    assert {name for name in FREE if name in words and name != "out"} == {
        name for name in FREE if name == "logger" or name.split(".")[0] in sections
    }


@pytest.fixture
def toy():
    """A command as those that train are made."""
    app = typer.Typer()
    seen: list[schemas.GrpoRun] = []

    def train(
        config: ConfigFile, overrides: GrpoOverrides = None, print_config: PrintConfig = False
    ):
        seen.append(read(schemas.GrpoRun, [config], overrides, print_config))

    app.command()(_calm(train))
    return lambda *arguments: (CliRunner().invoke(app, list(arguments)), seen)


def test_a_config_command_takes_a_file_and_overrides(toy):
    file = str(HOME / "experiments" / "music_flamingo_grpo.yaml")
    done, seen = toy(file, "grpo.steps=7", "seed=3")
    assert done.exit_code == 0
    assert (seen[0].grpo.steps, seen[0].grpo.group_size, seen[0].seed) == (7, 5, 3)


def test_print_config_shows_the_resolved_configuration_and_does_nothing(toy, tmp_path: Path):
    file = str(HOME / "experiments" / "music_flamingo_grpo.yaml")
    done, seen = toy(file, "grpo.steps=7", "--print-config")
    assert (done.exit_code, seen) == (0, [])
    (tmp_path / "printed.yaml").write_text(done.stdout)
    _, seen = toy(str(tmp_path / "printed.yaml"))
    assert seen[0].grpo.steps == 7


def test_a_wrong_configuration_exits_with_1_and_lists_everything(toy):
    done, _ = toy("absent.yaml", "grpo.stepz=7", "sead=3", "data.questions=q.jsonl")
    assert done.exit_code == 1
    for part in ("absent.yaml", "did you mean grpo.steps?", "did you mean seed?"):
        assert part in done.stderr


def test_data_scores_builds_what_was_configured(tmp_path: Path, monkeypatch):
    import sft.corpus.build as corpus

    seen = []

    def toy_build(out: Path, settings, progress):
        seen.append((out, settings))
        progress("rendering clips", 1, 2)
        return corpus.DataSummary(
            folder=out,
            reused=False,
            questions={"train": {"key": 12}, "test": {"key": 3}},
            clips={"train": 6, "test": 2},
            majority={"train": {"key": 0.25}, "test": {"key": 0.5}},
        )

    monkeypatch.setattr(corpus, "build", toy_build)
    out = tmp_path / "scores"
    done = etude("data", "scores", "--out", str(out), "train=6", "facets=[key]")
    assert done.exit_code == 0, done.stderr
    assert seen[0][0] == out
    assert (seen[0][1].train, seen[0][1].facets) == (6, ("key",))
    assert "key" in done.stdout
    assert "50%" in done.stdout
    assert str(out) in done.stdout


def test_data_scores_refuses_an_unknown_key(tmp_path: Path):
    done = etude("data", "scores", "--out", str(tmp_path / "x"), "trian=6")
    assert done.exit_code == 1
    assert "did you mean train?" in done.stderr
