"""What a run is made of: a changed question, clip or reward is another run; a moved one is not."""

from __future__ import annotations

import json
import os
import shutil
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest

import rollouts.fingerprint
from rewards.claims.priors import DEFAULT, write
from rewards.errors import AudioError, ConfigError
from rewards.json_line import digest_of_rows
from rewards.records import Clip, Question
from rewards.rubric import Rubric
from rollouts.fingerprint import LATER, fingerprint
from rollouts.reward_files import alike, unlike
from rollouts.run import GrpoSpec

Make = Callable[..., GrpoSpec]

OWN = "def vowels(text):\n    return 0.5\n"


@pytest.fixture
def spec(run_spec: Make, tmp_path: Path) -> GrpoSpec:
    """A run with a reward in a file."""
    (tmp_path / "mine.py").write_text(OWN)
    own = {"reward": f"{tmp_path}/mine.py:vowels", "weight": {0: 1, 8: 0.5}}
    return run_spec(rubric={"parts": {"own": own, "format": {}}})


def made_of(spec: GrpoSpec) -> dict[str, Any]:
    with Rubric.from_config(spec.rubric) as rubric:
        return fingerprint(spec, rubric)


def changed(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    assert one.keys() == other.keys()
    return {name for name in one if one[name] != other[name]}


def _clip(spec: GrpoSpec) -> Path:
    return spec.clips / "1.wav"


def flip(file: Path, place: int) -> None:
    data = bytearray(file.read_bytes())
    data[place] ^= 1
    file.write_bytes(data)


def test_what_did_not_change_is_the_same(spec: GrpoSpec) -> None:
    before = made_of(spec)
    os.utime(_clip(spec), (1, 1))
    shutil.copy(_clip(spec), copy := spec.clips / "copy.wav")
    copy.replace(_clip(spec))
    assert made_of(spec) == before
    assert before.keys() >= {*LATER}
    assert before["clips"].startswith("3 files (")
    digest = blake2b(OWN.encode(), digest_size=8).hexdigest()
    assert before["reward_files"]["own"] == f"mine.py ({digest})", "checkpoints hold it"


def test_each_change_is_named(spec: GrpoSpec) -> None:
    before = made_of(spec)

    def now(**changes: Any) -> set[str]:
        return changed(made_of(replace(spec, **changes)), before)

    assert now(dev=spec.dev[1:]) == {"dev"}
    assert now(dev=[replace(spec.dev[0], answer="x"), *spec.dev[1:]]) == {"dev"}
    parts = spec.rubric["parts"]
    assert now(rubric={"parts": {**parts, "format": {"weight": 0.2}}}) == {"rubric"}
    assert now(rubric={"parts": parts, "combine": "gdpo"}) == {"rubric"}
    assert now(rubric={"parts": {"format": {}}}) == {"rubric", "reward_files"}


def test_a_question_of_theory_alone_names_no_clip(spec: GrpoSpec) -> None:
    theory = Question("theory", "What is the dominant of E flat?", answer="B flat")
    asked = [*spec.questions, theory]
    assert changed(made_of(replace(spec, questions=asked)), made_of(spec)) == {"questions"}


def test_a_setting_that_results_depend_on_is_named_and_one_of_memory_is_free(
    spec: GrpoSpec,
) -> None:
    before = made_of(spec)["settings"]

    def now(section: str, **changes: Any) -> set[str]:
        other = replace(spec, **{section: replace(getattr(spec, section), **changes)})
        after = made_of(other)["settings"]
        return {name for name in {*before, *after} if before.get(name) != after.get(name)}

    assert now("learner", learning_rate=0.5) == {"learner.learning_rate"}
    assert now("loop", scale_rewards="none") == {"loop.scale_rewards"}
    assert now("sampling", temperature=0.3) == {"sampling.temperature"}
    assert now("opening", suffix="!") == {"opening.suffix"}
    assert now("learner", micro_tokens=7, head_chunk=7, checkpointing=True) == set()
    assert now("loop", steps=99, checkpoint_every=1) == set()
    assert now("opening", device="cuda") == set()
    assert "loop.staleness" not in before, "runs of versions that knew none go on"


def test_the_end_of_a_run_counts_where_its_learning_rate_depends_on_it(spec: GrpoSpec) -> None:
    def settings(schedule: str, steps: int) -> dict[str, Any]:
        learner = replace(spec.learner, schedule=schedule, total_steps=steps)
        return made_of(replace(spec, learner=learner))["settings"]

    assert settings("constant", 8) == settings("constant", 9)
    assert settings("cosine", 8) != settings("cosine", 9)


@pytest.mark.parametrize("place", [0, 44, 4097, -1])
def test_a_single_bit_of_a_clip_is_seen(spec: GrpoSpec, place: int) -> None:
    before = made_of(spec)
    flip(_clip(spec), place)
    after = made_of(spec)
    assert changed(after, before) == {"clips", "clip_files"}
    assert changed(after["clip_files"], before["clip_files"]) == {"1.wav"}


def test_a_list_of_clips_that_would_outgrow_a_checkpoint_is_not_kept(
    spec: GrpoSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = made_of(spec)
    monkeypatch.setattr(rollouts.fingerprint, "LISTED_BYTES", len(json.dumps(listed["clip_files"])))
    assert made_of(spec) == listed
    monkeypatch.setattr(rollouts.fingerprint, "LISTED_BYTES", 10)
    before = made_of(spec)
    assert before == {**listed, "clip_files": {}}
    flip(_clip(spec), 44)
    assert changed(made_of(spec), before) == {"clips"}, "that one changed is seen all the same"


def test_a_clip_that_cannot_be_read_is_said(spec: GrpoSpec) -> None:
    os.mkfifo(spec.clips / "pipe.wav")
    for path, why in (
        ("gone.wav", "No such file or directory"),
        ("pipe.wav", "a folder or device"),
        (".", "a folder or device"),
        ("../mine.py", "a path that climbs out"),
        ("\ud800", "surrogates"),
    ):
        odd = replace(spec, dev=[replace(spec.dev[0], clip=Clip(path))])
        with pytest.raises(AudioError, match=rf"clip .* cannot be read: got .*{why}") as caught:
            made_of(odd)
        assert "\n" not in str(caught.value)


def test_a_clip_that_states_its_hash_is_not_read(spec: GrpoSpec) -> None:
    def stated(questions: Any) -> list[Any]:
        return [replace(q, clip=replace(q.clip, sha256="ab" * 32)) for q in questions]

    spec = replace(spec, questions=stated(spec.questions), dev=stated(spec.dev))
    before = made_of(spec)
    flip(_clip(spec), 100)
    assert made_of(spec) == before
    assert before["clips"].startswith("0 files (")


def test_of_many_bytes_some_of_each_clip_count_and_it_says_so(
    spec: GrpoSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollouts.fingerprint, "WHOLE_BYTES", 1000)
    monkeypatch.setattr(rollouts.fingerprint, "_SAMPLE", 64)
    before = made_of(spec)
    assert before["clips"].startswith("3 files, sampled (")
    size = _clip(spec).stat().st_size
    for place in (63, size // 2, size - 64):
        flip(_clip(spec), place)
        assert changed(made_of(spec), before) == {"clips", "clip_files"}
        flip(_clip(spec), place)
    flip(_clip(spec), 64)
    assert made_of(spec) == before, "what is between them is not read"


def test_a_rewards_file_counts_by_its_content_and_not_by_its_place(
    spec: GrpoSpec, tmp_path: Path
) -> None:
    before = made_of(spec)
    (tmp_path / "moved").mkdir()
    moved = tmp_path / "moved" / "mine.py"
    moved.write_text(OWN)
    own = {**spec.rubric["parts"]["own"], "reward": f"{moved}:vowels"}
    elsewhere = replace(spec, rubric={"parts": {**spec.rubric["parts"], "own": own}})
    assert made_of(elsewhere) == before
    moved.write_text(OWN.replace("0.5", "0.6"))
    assert changed(made_of(elsewhere), before) == {"reward_files"}
    moved.write_text(OWN.replace("vowels", "others"))
    own["reward"] = f"{moved}:others"
    assert changed(made_of(elsewhere), before) == {"reward_files", "rubric"}


def test_what_a_rewards_file_imports_counts_and_is_named(spec: GrpoSpec, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(f"import words\n{OWN}")
    (tmp_path / "words.py").write_text("VOWELS = 'aeiou'\n")
    (tmp_path / "unused.py").write_text("")
    before = made_of(spec)["reward_files"]["own"]
    assert [file.partition(" (")[0] for file in before.split(", ")] == ["mine.py", "words.py"]
    (tmp_path / "unused.py").write_text("1\n")
    assert made_of(spec)["reward_files"]["own"] == before
    (tmp_path / "words.py").write_text("VOWELS = 'aeiouy'\n")
    after = made_of(spec)["reward_files"]["own"]
    (sentence,) = unlike({"own": after}, {"own": before})
    assert "words.py" in sentence
    assert "mine.py" not in sentence, "it did not change"


def test_a_file_that_a_parameter_names_is_told_with_it_and_older_runs_do_not_tell(
    spec: GrpoSpec, tmp_path: Path
) -> None:
    priors = tmp_path / "priors.json"
    write(DEFAULT, priors)
    rubric = {"parts": {"theory": {"priors": str(priors)}, "format": {}}}
    found = made_of(replace(spec, rubric=rubric))["reward_files"]
    assert [*found] == ["theory"]
    assert found["theory"].startswith("priors: priors.json (")
    assert alike(None, found["theory"])
    assert not alike(None, "mine.py (1f)"), "the code of a reward was told ever"
    assert not alike(None, f"mine.py (1f), {found['theory']}")
    assert not alike(found["theory"], None)


def test_a_rewards_file_that_vanished_is_said(spec: GrpoSpec, tmp_path: Path) -> None:
    with Rubric.from_config(spec.rubric) as rubric:
        (tmp_path / "mine.py").unlink()
        with pytest.raises(ConfigError, match=r"mine\.py' cannot be read: got No such file"):
            fingerprint(spec, rubric)


def test_rows_are_digested_as_one_list_of_which_one_row_is_in_memory() -> None:
    """So that runs that were begun before go on."""
    for count in (0, 1, 2, 300):
        rows = [{"id": i, "text": "♭" * 1000} for i in range(count)]
        whole = json.dumps(rows).encode()
        tracemalloc.start()
        try:
            found = digest_of_rows(iter(rows))
            assert tracemalloc.get_traced_memory()[1] < 2**17
        finally:
            tracemalloc.stop()
        assert found == f"{count} ({blake2b(whole, digest_size=8).hexdigest()})"
