"""What does not fit is said before a model is loaded, and all of it at once."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from experiments.capacity import check_capacity
from experiments.clips import Bounds, Length, check_heard, lengths
from experiments.config import load
from experiments.eval_tables import judged, show_accuracy, show_samples
from experiments.loading import held_out, load_grpo
from experiments.models import ear_of
from experiments.schemas import GrpoRun
from experiments.silence import silent
from policies.accuracy import Answered
from policies.audio import ClipReader
from policies.lora import Opening, open_policy
from policies.places import places_of
from policies.wav import write_wav
from rewards import Clip, Question, Rubric
from rewards.errors import ConfigError, DataError, DeafError
from rewards.questions import read_questions

NOBODY = {"path": "nobody/has-this"}


def asked(*clips: Clip) -> list[Question]:
    return [Question(f"q{i}", "Key?", clip) for i, clip in enumerate(clips)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A questions file's folder, with two sounds of 2 s and what is none."""
    write_wav(tmp_path / "a.wav", np.full(32_000, 0.1))
    write_wav(tmp_path / "b.wav", np.full(16_000, 0.1), rate=8_000)
    (tmp_path / "c.flac").write_bytes(b"fLaC")
    (tmp_path / "empty.wav").touch()
    (tmp_path / "sub.wav").mkdir()
    os.mkfifo(tmp_path / "pipe.wav")
    return tmp_path


def test_every_clip_without_a_file_is_named_with_its_question(folder: Path) -> None:
    clips = [Clip(name) for name in ("a.wav", "nope.wav", "empty.wav", "sub.wav", "pipe.wav")]
    with pytest.raises(DataError) as caught:
        lengths(folder / "dev.jsonl", asked(*clips, Clip("nope.wav")))
    first, *lines = str(caught.value).splitlines()
    assert first == f"{folder}/dev.jsonl: 5 wrong lines:"
    missing = "clip.path: got 'nope.wav' (No such file or directory), expected a file that can be"
    assert lines[0].startswith(f"  'q1': {missing}")
    assert "'q2': clip.path: got 'empty.wav', a file without a sample, expected" in lines[1]
    assert all("(a folder or device), expected a file" in line for line in lines[2:4])
    assert lines[4].startswith(f"  'q5': {missing}")


def test_a_recording_of_no_length_stops_a_run_before_the_step_that_would_ask_for_it(
    folder: Path,
) -> None:
    soundfile.write(folder / "none.wav", np.zeros(0), 16_000)
    with pytest.raises(DataError, match=r"'q1': .* 'none.wav', a file without a sample"):
        lengths(folder / "dev.jsonl", asked(Clip("a.wav"), Clip("none.wav", duration=1.0)))


def test_a_clip_is_as_long_as_its_row_says_else_as_its_header(folder: Path) -> None:
    clips = [Clip("a.wav"), Clip("b.wav", start=0.5), Clip("c.flac"), Clip("c.flac", duration=7)]
    found = lengths(folder / "q.jsonl", [*asked(*clips), Question("theory", "V of C?")])
    assert found == [Length("q0", 2.0), Length("q1", 1.5), Length("q3", 7)]


def test_clips_longer_than_a_model_hears_are_named_the_longest_first() -> None:
    found = [Length(f"q{i}", 1.0 + i) for i in range(9)]
    check_heard(found, Bounds(0.02, 9.0))
    with pytest.raises(DeafError) as caught:
        check_heard(found, Bounds(0.02, 2.0))
    assert str(caught.value) == (
        "clips are longer than this model hears: got 'q8' of 9 s, 'q7' of 8 s, 'q6' of 7 s, "
        "'q5' of 6 s, 'q4' of 5 s and 2 more, expected at most 2 s; take shorter stretches of "
        "them (clip.start, clip.duration)"
    )
    with pytest.raises(DeafError, match=r"'q4' of 5 s, expected at most 4 s"):
        check_heard(found, Bounds(0.02, 4.0))


def test_clips_too_short_for_one_token_are_named_the_shortest_first() -> None:
    found = [Length("q0", 0.1), Length("q1", 0.02), Length("q2", 0.01)]
    check_heard(found, Bounds(0.01, 2.0))
    with pytest.raises(DeafError) as caught:
        check_heard(found, Bounds(0.05, 2.0))
    assert str(caught.value) == (
        "clips are too short for this model to hear: got 'q2' of 0.01 s, 'q1' of 0.02 s, expected "
        "at least 0.05 s, one audio token; take longer stretches of them, or leave them out"
    )


def test_clips_that_do_not_hold_what_rows_ask_for_are_named_by_their_headers(folder: Path) -> None:
    write_wav(folder / "high.wav", np.full(99, 0.1), rate=384_000)
    whole = (folder / "a.wav").read_bytes()
    (folder / "cut.wav").write_bytes(whole[:1000])
    (folder / "unfilled.wav").write_bytes(whole.replace(b"data" + whole[40:44], b"data\0\0\0\0"))
    clips = [
        Clip("a.wav"), Clip("a.wav", start=5.0), Clip("b.wav", start=1.0, duration=2.0),
        Clip("high.wav"), Clip("cut.wav"), Clip("unfilled.wav"),
    ]  # fmt: skip
    with pytest.raises(DataError) as caught:
        lengths(folder / "dev.jsonl", asked(*clips))
    assert [line.split(":")[0].strip() for line in str(caught.value).splitlines()[1:]] == [
        "'q1'", "'q2'", "'q3'", "'q4'",
    ]  # fmt: skip
    for said in (
        "'q1': clip 'a.wav' is too short for its row: got a start at 5 s, expected one before",
        "'q2': clip 'b.wav' is too short for its row: got 1 s to 3 s, expected a stretch within",
        "'q3': clip 'high.wav' is of an unusable sample rate: got 384000 Hz",
        "'q4': clip 'cut.wav' is truncated: got 956 bytes of samples, expected 64000 by its header",
    ):
        assert said in str(caught.value)


def test_a_missing_clip_stops_a_run_before_a_model_is_looked_for(lesson: Any, etude: Any) -> None:
    rows = lesson.rows
    rows[3]["clip"] = "clips/nope.wav"
    lesson.write_rows(rows)
    data = {"traces": str(lesson.data / "traces.jsonl")}
    for command in (
        ("grpo", lesson.config(model=NOBODY)),
        ("sft", lesson.config(model=NOBODY, data=data)),
        ("eval", "--model", "nobody/has-this", "--questions", lesson.questions),
    ):
        done = etude(*command)
        assert done.exit_code == 1
        assert "questions.jsonl: 1 wrong line:\n  'q3': clip.path: got 'clips/nope.wav'" in (
            done.stderr
        )
        assert not (lesson.home / "run").exists()


def test_a_clip_that_the_model_does_not_hear_stops_a_run_before_it_begins(
    lesson: Any, etude: Any
) -> None:
    longest = ear_of(lesson.model).bounds.longest
    write_wav(lesson.data / "clips" / "0.wav", np.full(int(16_000 * (longest + 2)), 0.1))
    data = {"traces": str(lesson.data / "traces.jsonl")}
    for command in (
        ("grpo", lesson.config()),
        ("sft", lesson.config(data=data)),
        ("eval", "--model", lesson.model, "--questions", lesson.questions, "--device", "cpu"),
    ):
        done = etude(*command)
        assert done.exit_code == 1
        assert f"got 'q0' of {longest + 2:g} s, 'q4' of {longest + 2:g} s, expected at most" in (
            done.stderr
        )
        assert not (lesson.home / "run").exists()


def test_a_prompt_that_the_model_has_no_places_for_stops_a_run_before_it_begins(
    lesson: Any, etude: Any
) -> None:
    most = places_of(ear_of(lesson.model).decoder)
    data = {"traces": str(lesson.data / "traces.jsonl")}
    sampling = {"max_new_tokens": most - 9}
    option = ("--max-new-tokens", most - 9, "--device", "cpu")
    for command in (
        ("grpo", lesson.config(sampling=sampling)),
        ("eval", "--model", lesson.model, "--questions", lesson.questions, *option),
        ("ask", "--model", lesson.model, "What?", *option),
        ("ask", "--model", lesson.model, "What?", "--clip", lesson.data / "clips/0.wav", *option),
    ):
        done = etude(*command)
        assert done.exit_code == 1
        assert "prompts and their answers are longer than this model has places for" in done.stderr
        assert re.search(rf"got '\w+' of \d\d\d? \+ {most - 9} tokens", done.stderr)
        assert f"expected at most {most} in all" in done.stderr
        assert not (lesson.home / "run").exists()
    rows = lesson.rows
    rows[2]["text"] = "Which key? " * most
    lesson.write_rows(rows)
    done = etude("sft", lesson.config(data=data))
    assert done.exit_code == 1
    assert re.search(r"got 'q2' of \d{4,5} \+ \d+ tokens, expected at most", done.stderr)


def test_what_is_counted_beforehand_is_the_prompt_or_a_little_less(lesson: Any) -> None:
    ear = ear_of(lesson.model)
    most = places_of(ear.decoder)
    policy = open_policy(lesson.model, Opening(suffix="Think."))
    questions = read_questions(lesson.questions)[:2]
    questions += [replace(questions[0], id="none", clip=None)]
    samples = int(ear.bounds.longest * 16_000)
    write_wav(lesson.data / "clips" / "long.wav", np.sin(np.arange(samples) / 9))
    questions += [replace(questions[0], id="long", clip=Clip("clips/long.wav"))]
    known = lengths(lesson.questions, questions)
    with ClipReader(lesson.data) as reader:
        for asked in questions:
            sound = reader.read(asked.clip) if asked.clip else None
            size = len(policy.prompt(asked, sound).ids)
            least = size - 3 if asked.clip else size  # a token, and those around the sound
            check_capacity(lesson.model, [asked], known, suffix="Think.", tokens=most - size)
            with pytest.raises(ConfigError, match=f"got '{asked.id}' of "):
                check_capacity(
                    lesson.model, [asked], known, suffix="Think.", tokens=most - least + 1
                )


def test_questions_with_a_silent_clip_are_counted_at_the_start(lesson: Any, etude: Any) -> None:
    def told() -> list[str]:
        done = etude("grpo", lesson.config(model=NOBODY))
        assert done.exit_code == 1
        evaluated = etude("eval", "--model", *NOBODY.values(), "--questions", lesson.questions)
        found = [line for line in done.stderr.splitlines() if "silent" in line]
        assert [line for line in evaluated.stderr.splitlines() if "silent" in line] == found
        return found

    assert told() == []
    write_wav(lesson.data / "clips" / "1.wav", np.zeros(8_000))
    (line,) = told()
    assert line.startswith(
        f"2 of 6 questions that are asked of {lesson.questions} have a silent clip, 'q1' first"
    )
    assert f"`etude data check {lesson.questions}`" in line


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "FLOAT", "DOUBLE", "ALAW"])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_stretch_is_silent_where_a_decoder_gives_nothing_but_zeros(
    tmp_path: Path, subtype: str, channels: int
) -> None:
    samples_SC = np.zeros((200_000, channels))
    samples_SC[150_000, -1] = 0.5
    soundfile.write(tmp_path / "a.wav", samples_SC, 50_000, subtype=subtype)
    numbers = subtype not in ("PCM_U8", "ALAW")
    clips = [
        Clip("a.wav"), Clip("a.wav", duration=2.999), Clip("a.wav", start=3.1),
        Clip("a.wav", start=2.9, duration=0.2), Clip("a.wav", start=2.5, duration=0.5),
    ]  # fmt: skip
    for clip, zeros in zip(clips, (False, True, True, False, True), strict=True):
        first, last = (
            round(clip.start * 50_000),
            round((clip.start + (clip.duration or 9)) * 50_000),
        )
        heard, _ = soundfile.read(tmp_path / "a.wav", start=first, stop=min(last, 200_000))
        if numbers:
            assert (not heard.any()) == zeros
        assert bool(silent(tmp_path / "q.jsonl", asked(clip))) == (zeros and numbers)


def test_traces_that_are_left_out_are_told(lesson: Any, etude: Any) -> None:
    def told(*questions: str) -> str:
        rows = [{"question": name, "think": "So.", "answer": "D"} for name in questions]
        traces = lesson.data / "traces.jsonl"
        traces.write_text("".join(json.dumps(row) + "\n" for row in rows))
        done = etude("sft", lesson.config(model=NOBODY, data={"traces": str(traces)}))
        assert done.exit_code == 1
        return done.stderr

    left = "3 of 4 traces used; first left out: "
    assert f"{left}'q9', {lesson.questions} has no such question" in told("q0", "q9", "q1", "q2")
    assert f"{left}'q1', there is a later one of the same" in told("q0", "q1", "q1", "q2")
    assert "traces used" not in told("q0", "q1")
    assert "got 1 traces, none of them for a question of the run" in told("q9")


def test_what_can_be_refused_without_torch_is(lesson: Any) -> None:
    (lesson.home / "run").mkdir()
    (lesson.home / "run" / "config.yaml").write_text("seed: 1\n")
    config = lesson.config(rubric={"parts": {"chord": {}}})
    strange = lesson.data / "strange.jsonl"
    strange.write_text('{"id": "q", "text": "?", "clip": "nope.wav"}\n')
    program = (
        "import sys\n"
        "from experiments.cli import build\n"
        "try:\n"
        "    build()(sys.argv[1:])\n"
        "finally:\n"
        "    print('torch' in sys.modules)\n"
    )
    for given, said in (
        (["grpo", config], "holds a run already"),
        (["grpo", config, f"out={lesson.home}/x"], "no part applies"),
        (["eval", "--model", lesson.model, "--questions", strange], "got 'nope.wav'"),
    ):
        command = [sys.executable, "-c", program, *map(str, given)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert said in done.stderr
        assert done.stdout == "False\n"


def test_several_seeds_are_checked_before_the_first_trains(lesson: Any, etude: Any) -> None:
    done = etude("grpo", lesson.config(), "--seeds", "1,2,1")
    assert done.exit_code == 2
    assert "got '1,2,1', expected each number once" in done.stderr
    taken = lesson.home / "run-seed-2"
    taken.mkdir()
    (taken / "config.yaml").write_text("seed: 2\n")
    done = etude("grpo", lesson.config(), "--seeds", "1,2")
    assert done.exit_code == 1
    assert f"'{taken}' holds a run already" in done.stderr
    assert not (lesson.home / "run-seed-1").exists()


def test_dev_accuracy_is_of_the_questions_that_accuracy_judges(lesson: Any) -> None:
    rows = lesson.rows
    rows[0] |= {"kind": "caption", "topic": None}
    del rows[1]["answer"]
    dev = lesson.data / "dev.jsonl"
    dev.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found, said = held_out("data.dev", dev)
    assert [question.id for question in found] == ["q2", "q3", "q4", "q5"]
    assert said == (
        f"accuracy is of 4 of 6 questions of {dev}: the others (caption, key) are not of kind qa, "
        "or have no gold answer"
    )
    run = load(GrpoRun, [lesson.config(data={"dev": str(dev), "test": str(dev)})], [])
    loaded = load_grpo(run)
    assert (loaded.dev, loaded.test) == (found, found)
    assert said in loaded.said
    assert held_out("data.dev", lesson.questions)[1] == ""
    dev.write_text(json.dumps(rows[0]) + "\n")
    with pytest.raises(DataError, match=r"data\.dev: got 1 questions .* set data\.dev=null"):
        held_out("data.dev", dev)


def test_eval_shows_a_dash_where_accuracy_does_not_judge(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answered = [
        Answered(Question("k", "Key?", facet="key", answer="D"), ("D", "C"), (True, False)),
        Answered(Question("c", "Describe.", kind="caption", answer="x"), ("y", "z"), (False,) * 2),
    ]
    show_accuracy(answered)
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[1:] == [["key", "1", "50.0%"], ["caption", "1", "-"], ["overall", "1", "50.0%"]]
    scores = judged(answered, Rubric.of(["accuracy"]))
    show_samples(answered, scores)
    assert ["pass@2", "100.0%"] in map(str.split, capsys.readouterr().out.splitlines())
    show_samples(answered[1:], scores[1:])
    assert capsys.readouterr().out == ""
