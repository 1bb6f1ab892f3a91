"""`etude data check`: the exit status, the lines, the table; real scores have no finding."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from transformers import WhisperFeatureExtractor

from policies.families import Family
from policies.wav import write_wav


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with a clip, a file that is no clip, and questions about both."""
    write_wav(tmp_path / "tone.wav", 0.1 * np.sin(np.arange(16_000) / 20, dtype=np.float32))
    (tmp_path / "noise.wav").write_bytes(b"RIFF not really")
    rows = [
        {"id": "a", "text": "Key?", "clip": "tone.wav", "answer": "D major"},
        {"id": "b", "text": "Key?", "clip": "noise.wav", "answer": "D major"},
        {"id": "c", "text": "What is the relative minor of D major?", "answer": "D minor"},
        {"id": "d", "text": "Beats?", "clip": "tone.wav", "answer": "x", "facts": {"beats": [5]}},
    ]
    (tmp_path / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


def test_findings_have_file_and_line_and_exit_with_1(etude, data: Path):
    done = etude("data", "check", data / "questions.jsonl")
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    said = {line.partition(" ")[0].rpartition(":")[2]: line for line in lines if ".jsonl:" in line}
    assert set(said) == {"2", "3", "4"}
    assert "(b): clip 'noise.wav'" in said["2"]
    assert "it is the parallel" in said["3"]
    assert "event at 5 s, expected none after the end of the clip at 1 s" in said["4"]
    table = {line.rpartition(" ")[0].strip(): line.rpartition(" ")[2] for line in lines}
    assert table["rows checked"] == "4"
    assert table["clips decoded"] == "1"
    assert table["rows with a finding"] == "3"


def test_kinds_and_facets_are_counted_and_a_kind_of_ones_own_is_a_remark(etude, tmp_path: Path):
    key = {"facet": "key", "answer": "D major", "facts": {"key": "D major"}}
    rows = [{"id": "a", "text": "Key?", **key}]
    rows += [{"id": name, "text": f"Describe {name}.", "kind": "captoin"} for name in "bc"]
    file = tmp_path / "q.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = etude("data", "check", file)
    assert done.exit_code == 0, done.stdout
    counts = [tuple(line.split()) for line in done.stdout.splitlines()]
    assert {("captoin", "2"), ("qa", "1"), ("none", "2"), ("key", "1")} <= {*counts}
    assert "remark: rows of a kind that is none of the library's (qa, caption): 2 of kind" in (
        done.stdout
    )
    assert "'captoin', did you mean 'caption'?; one of your own may stand" in done.stdout
    file.write_text(json.dumps(rows[0]))
    assert "remark" not in etude("data", "check", file).stdout


def test_a_facet_without_its_fact_is_a_remark_for_its_reward_does_not_apply(etude, tmp_path: Path):
    rows = [
        {"id": "a", "text": "Meter?", "facet": "meter", "answer": "3/4", "facts": {"meter": "3/4"}},
        {"id": "b", "text": "Key?", "facet": "key", "answer": "D major", "facts": {"tempo": 90}},
        {"id": "c", "text": "Which key?", "facet": "key", "answer": "E"},
        {"id": "d", "text": "What is the dominant of C?", "facet": "function", "answer": "G"},
    ]
    file = tmp_path / "q.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = etude("data", "check", file)
    assert done.exit_code == 0, done.stdout
    assert "rows that ask for a fact without stating it: 2 of facet 'key' (first line 2); " in (
        done.stdout
    )
    assert 'the facet judges by the fact: state it where it is known, "facts": {"key": ...}' in (
        done.stdout
    )


def test_clips_in_which_nothing_can_be_heard_are_found(etude, tmp_path: Path):
    quiet = np.zeros(1_600, dtype=np.float32)
    write_wav(tmp_path / "silent.wav", quiet)
    write_wav(tmp_path / "short.wav", quiet[:10] + 0.1)
    quiet[-1] = 1 / 32768
    write_wav(tmp_path / "quiet.wav", quiet)
    rows = [
        {"id": name, "text": "Key?", "clip": f"{name}.wav", "answer": "D major"}
        for name in ("quiet", "silent", "short")
    ]
    (tmp_path / "q.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = etude("data", "check", tmp_path / "q.jsonl")
    assert done.exit_code == 1
    said = [line for line in done.stdout.splitlines() if "q.jsonl:" in line]
    assert ["2 (silent): clip 'silent.wav' is silent" in said[0], len(said)] == [True, 2]
    assert "3 (short): clip 'short.wav' is too short to be heard: got 0.000625 s" in said[1]


def test_the_shortest_clip_without_a_finding_is_the_shortest_that_a_full_size_model_hears(
    etude, tmp_path: Path
):
    extractor = WhisperFeatureExtractor()  # the full-size models' frames, by its defaults
    least = round(Family.shortest(SimpleNamespace(feature_extractor=extractor)) * 16_000)
    for samples in (least - 1, least):
        write_wav(tmp_path / f"{samples}.wav", np.full(samples, 0.1))
    rows = [{"id": f"{n}", "text": "Key?", "clip": f"{n}.wav"} for n in (least - 1, least)]
    (tmp_path / "q.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    said = etude("data", "check", tmp_path / "q.jsonl").stdout
    assert f"clip '{least - 1}.wav' is too short to be heard: got 0.02 s, expected at least" in said
    assert f"'{least}.wav'" not in said


def test_clips_may_lie_elsewhere(etude, data: Path, tmp_path: Path):
    elsewhere = tmp_path / "else"
    elsewhere.mkdir()
    file = elsewhere / "q.jsonl"
    file.write_text((data / "questions.jsonl").read_text().splitlines()[0])
    assert etude("data", "check", file).exit_code == 1
    done = etude("data", "check", file, "--clips", data)
    assert done.exit_code == 0, done.stdout


def test_a_folder_of_clips_that_is_none_is_refused_before_any_row(etude, data: Path):
    for place, got in ((data / "nowhere", "nothing"), (data / "questions.jsonl", "a file")):
        done = etude("data", "check", data / "questions.jsonl", "--clips", place)
        assert (done.exit_code, done.stdout) == (1, "")
        assert f"--clips: got {got} at '{place}', expected the folder" in done.stderr


def test_real_scores_and_their_traces_have_no_finding(etude, tmp_path: Path):
    made = etude("data", "scores", "--out", tmp_path / "data", "train=24", "dev=4",
                 "test=4")  # fmt: skip
    assert made.exit_code == 0, made.stderr
    for name in ("train", "dev", "test"):
        done = etude("data", "check", tmp_path / "data" / f"{name}.jsonl")
        assert done.exit_code == 0, done.stdout
        assert "rows with a finding" in done.stdout
    done = etude("data", "check", tmp_path / "data" / "traces.jsonl",
                 "--questions", tmp_path / "data" / "train.jsonl")  # fmt: skip
    assert done.exit_code == 0, done.stdout


def test_an_id_of_two_questions_is_refused_and_one_question_in_two_files_is_not(
    etude, tmp_path: Path
):
    for name, answer in (("a", "D major"), ("b", "E minor")):
        row = {"id": "q1", "text": f"Which key, {name}?", "answer": answer}
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row) + "\n")
    traces = tmp_path / "traces.jsonl"
    traces.write_text(json.dumps({"question": "q1", "think": "Two sharps.", "answer": "D major"}))
    for first, second in ("ab", "ba"):
        files = ("--questions", tmp_path / f"{first}.jsonl", "--questions")
        done = etude("data", "check", traces, *files, tmp_path / f"{second}.jsonl")
        assert done.exit_code == 1
        assert "id 'q1' stands for two questions" in " ".join(done.stderr.split())
        assert f"{second}.jsonl" in done.stderr
        done = etude("data", "check", traces, *files, tmp_path / f"{first}.jsonl")
        assert "stands for two" not in done.stderr


def test_a_file_that_is_not_there_is_one_sentence(etude, tmp_path: Path):
    done = etude("data", "check", tmp_path / "none.jsonl")
    assert done.exit_code == 1
    assert "cannot be read" in done.stderr
