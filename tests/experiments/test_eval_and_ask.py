"""`etude eval` and `etude ask`: what they print is what the answers on the disk say."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.asking import answers, load_answers, read_answers
from policies.accuracy import Answered
from rewards.errors import DataError
from rewards.questions import read_questions
from rewards.records import Question

RUBRIC = {"parts": {"format": {"weight": 0.5}, "accuracy": {}}}


def _answered(text: str) -> Answered:
    """Two answers to one question, the first right."""
    texts = (f"<think>x y z</think><answer>{each}</answer>" for each in ("D", text))
    return Answered(Question("q0", "?", topic="key", answer="D"), tuple(texts), (True, False))


# --- answers on the disk ---------------------------------------------------------------------


def test_answers_are_asked_once_and_found_again(tmp_path: Path) -> None:
    path, asked = tmp_path / "answers" / "own.jsonl", []
    found = [_answered("\u00e9\ud800")]
    questions = [row.question for row in found]

    def ask() -> list[Answered]:
        asked.append(1)
        return found

    assert answers(path, questions, ask) == found
    assert answers(path, questions, ask) == found
    assert len(asked) == 1
    other = [Question("q9", "?")]
    assert load_answers(path, other) is None


@pytest.mark.parametrize("text", ["{", "[]", '{"id": 1}', '"x"', '{"question": {"id": "q"}}'])
def test_a_file_that_holds_no_answers_is_said_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(text)
    with pytest.raises(DataError, match=r"a\.jsonl, line 1 holds no answers"):
        load_answers(path, [])


def test_an_empty_file_is_no_file_of_answers(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.touch()
    with pytest.raises(DataError, match=r"a\.jsonl holds no answers: got an empty file"):
        read_answers(path)


def test_damaged_answers_of_a_run_are_left_and_said_how_to_be_rid_of(tmp_path: Path) -> None:
    path = tmp_path / "after.jsonl"
    path.write_text('{"question": {"id"')
    with pytest.raises(DataError, match=r"delete '.*after\.jsonl' and give the command again"):
        answers(path, [Question("q", "?")], pytest.fail)
    assert path.read_text() == '{"question": {"id"'


@pytest.mark.parametrize("wrong", [{"correct": "false"}, {"correct": 1}, {"completion": 5}])
def test_an_answer_is_a_text_that_is_right_or_not(tmp_path: Path, wrong: dict[str, Any]) -> None:
    row = {"question": {"id": "q", "text": "?"}, "completion": "E", "correct": False}
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in (row, {**row, **wrong})))
    with pytest.raises(DataError, match=r"line 2 holds no answers: .*expected a text, and true"):
        read_answers(path)


def test_a_wrong_question_among_answers_is_named_by_its_place(tmp_path: Path) -> None:
    row = {"question": {"id": "q", "text": "?"}, "completion": "E", "correct": False}
    path = tmp_path / "a.jsonl"
    rows = (row, row, {**row, "question": {"id": "q2"}})
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    with pytest.raises(DataError, match=r"a\.jsonl, question 2"):
        read_answers(path)


# --- the commands ------------------------------------------------------------------------------


def _eval(etude: Any, lesson: Any, *more: object) -> Any:
    result = etude(
        "eval", "--model", lesson.model, "--questions", lesson.questions,
        "--max-new-tokens", 5, "--device", "cpu", *more,
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    return result


def test_eval_keeps_its_answers_and_prints_their_accuracy(etude: Any, lesson: Any) -> None:
    out = lesson.home / "answers.jsonl"
    result = _eval(etude, lesson, "-o", out)
    found = load_answers(out, read_questions(lesson.questions))
    assert found is not None
    assert [len(row.texts) for row in found] == [1] * 6
    accuracy = np.mean([row.correct_K for row in found])
    assert re.search(rf"overall\s+6\s+{100 * accuracy:.1f}%", result.stdout)
    before = out.read_bytes()
    _eval(etude, lesson, "-o", out)
    assert out.read_bytes() == before, "greedy answers do not change"


def test_an_interrupted_eval_keeps_its_answers_beside_the_old_ones(
    etude: Any, lesson: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import policies.evaluate

    def stopped(*_: Any, keep: Any, **__: Any) -> None:
        keep(_answered("E"))
        raise KeyboardInterrupt

    monkeypatch.setattr(policies.evaluate, "evaluate", stopped)
    out = lesson.home / "answers.jsonl"
    out.write_text("old")
    asked = ("eval", "--model", lesson.model, "--questions", lesson.questions, "--device", "cpu")
    done = etude(*asked, "-o", out)
    assert done.exit_code == 130
    assert f"etude: stopped after 2 lines, which are kept in {out}.part\n" in done.stderr
    assert out.read_text() == "old"
    kept = [json.loads(line)["correct"] for line in Path(f"{out}.part").read_text().splitlines()]
    assert kept == [True, False]


def test_a_place_where_answers_cannot_be_kept_is_refused_before_a_model_is_looked_for(
    etude: Any, lesson: Any
) -> None:
    before = lesson.questions.read_bytes()
    for out, said in (
        (lesson.questions, "got the input as the output"),
        (lesson.home, "got a folder"),
        (lesson.home / "no" / "answers.jsonl", "a place in no folder"),
    ):
        done = etude(
            "eval", "--model", "nobody/has-this", "--questions", lesson.questions, "-o", out
        )
        assert done.exit_code == 1
        assert said in done.stderr
    assert lesson.questions.read_bytes() == before


def test_kept_answers_are_scored_as_siblings_and_judged_as_they_were(
    etude: Any, lesson: Any
) -> None:
    out = lesson.home / "answers.jsonl"
    _eval(etude, lesson, "--samples", 2, "-o", out)
    done = etude("score", out, "--rewards", "accuracy,diversity")
    assert done.exit_code == 0
    assert "compare" not in done.stderr
    kept, scored = (list(map(json.loads, t.splitlines())) for t in (out.read_text(), done.stdout))
    assert [row["id"] for row in scored] == [row["id"] for row in lesson.rows for _ in range(2)]
    values = [row["parts"]["accuracy"]["value"] == 1.0 for row in scored]
    assert values == [row["correct"] for row in kept]
    mine = lesson.home / "mine.py"
    mine.write_text("def mine(text):\n    return 1.0 / (1 + len(text))\n")
    tried = etude("reward", "test", f"{mine}:mine", "--on", out)
    assert f"12 completions of 6 questions: {out}" in tried.stdout


def test_sampled_answers_repeat_with_their_seed(etude: Any, lesson: Any) -> None:
    one, two, three = (lesson.home / f"{i}.jsonl" for i in range(3))
    result = _eval(etude, lesson, "--samples", 4, "-o", one)
    _eval(etude, lesson, "--samples", 4, "-o", two)
    _eval(etude, lesson, "--samples", 4, "--seed", 2, "-o", three)
    assert one.read_bytes() == two.read_bytes()
    assert one.read_bytes() != three.read_bytes()
    assert all(f"pass@{k}" in result.stdout for k in (1, 2, 4))
    assert "best of 4 by the rubric" in result.stdout
    assert re.search(r"format\s+24\s+0\.000", result.stdout), "the rubric's parts, over all samples"
    found = load_answers(one, read_questions(lesson.questions))
    assert found is not None
    assert all(len(row.texts) == 4 and len(set(row.texts)) > 1 for row in found)


def test_a_rubric_of_ones_own_is_averaged(etude: Any, lesson: Any) -> None:
    rubric = lesson.home / "rubric.yaml"
    rubric.write_text(json.dumps(RUBRIC))
    result = _eval(etude, lesson, "--rubric", rubric)
    assert re.search(r"format\s+6\s+0\.000", result.stdout)
    sampled = _eval(etude, lesson, "--rubric", rubric, "--samples", 2)
    assert re.search(r"accuracy\s+12\s+", sampled.stdout)


def test_a_reward_that_fails_is_told_and_makes_the_status_one(etude: Any, lesson: Any) -> None:
    (lesson.home / "mine.py").write_text("def broken(text):\n    raise KeyError('x')\n")
    rubric = lesson.home / "rubric.yaml"
    rubric.write_text(json.dumps({"parts": {"own": {"reward": f"{lesson.home}/mine.py:broken"}}}))
    result = etude(
        "eval", "--model", lesson.model, "--questions", lesson.questions, "--rubric", rubric,
        "--max-new-tokens", 2, "--device", "cpu",
    )  # fmt: skip
    assert result.exit_code == 1
    assert re.search(r"own\s+0\s+-\s+6", result.stdout)
    assert re.search(r"overall\s+6", result.stdout)
    assert "reward 'own' failed 6 times, first: KeyError: 'x'" in result.stderr


def test_other_sounds_reach_the_model(
    etude: Any, lesson: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from policies.audio_policy import AudioPolicy

    heard: dict[str, list[Any]] = {}
    prompt = AudioPolicy.prompt

    def watch(self: AudioPolicy, question: Question, sound: Any) -> Any:
        heard[name].append(sound)
        return prompt(self, question, sound)

    monkeypatch.setattr(AudioPolicy, "prompt", watch)
    for name in ("own", "other", "silence"):
        heard[name] = []
        _eval(etude, lesson, "--sound", name)
    assert [sound.sha256 for sound in heard["own"]] != [s.sha256 for s in heard["other"]]
    for own, other, silent in zip(heard["own"], heard["other"], heard["silence"], strict=True):
        assert own.sha256 != other.sha256
        assert not silent.samples_S.any()
        assert len(silent.samples_S) == len(own.samples_S)


def test_an_unknown_sound_is_refused_at_once(etude: Any, lesson: Any) -> None:
    result = etude("eval", "--model", "m", "--questions", lesson.questions, "--sound", "noise")
    assert result.exit_code == 2
    assert "own, other or silence" in re.sub(r"[│\s]+", " ", result.stderr)


def test_a_temperature_without_samples_is_refused_at_once(etude: Any, lesson: Any) -> None:
    result = etude("eval", "--model", "m", "--questions", lesson.questions, "--temperature", 2)
    assert result.exit_code == 2
    assert "give --samples too" in re.sub(r"[│\s]+", " ", result.stderr)


def test_ask_streams_what_eval_would_answer(etude: Any, lesson: Any) -> None:
    row = lesson.rows[1]
    out = lesson.home / "answers.jsonl"
    _eval(etude, lesson, "-o", out)
    expected = json.loads(out.read_text().splitlines()[1])["completion"]
    result = etude(
        "ask", "--model", lesson.model, "--clip", lesson.data / row["clip"]["path"],
        "--max-new-tokens", 5, "--device", "cpu", row["text"],
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    assert result.stdout == expected + "\n"


def test_ask_writes_each_piece_as_it_comes(
    etude: Any, lesson: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    written: list[str] = []
    result_of = etude  # CliRunner replaces sys.stdout: watch the write through the command's own
    from experiments import terminal

    class Watched:
        def write(self, text: str) -> None:
            written.append(text)

        def flush(self) -> None:
            written.append("|")

    streams = {"stdout": Watched(), "stderr": sys.stderr}
    monkeypatch.setattr(terminal, "sys", type("sys", (), streams))
    result = result_of("ask", "--model", lesson.model, "--max-new-tokens", 6, "Which key?")
    assert result.exit_code == 0, result.stderr
    pieces = [text for text in written if text != "|"]
    assert written.count("|") >= len([text for text in pieces if text]) > 1


def test_ask_shows_what_a_terminal_would_obey(etude: Any, lesson: Any, tmp_path: Path) -> None:
    model = shutil.copytree(lesson.model, tmp_path / "model")
    path = model / "tokenizer.json"
    tokenizer = json.loads(path.read_text())
    # Of a stranger: each token is one that clears the screen and changes the title.
    title = {"type": "Replace", "pattern": {"Regex": ".+"}, "content": "\x1b[2J\x1b]0;mine\x07\x9b"}
    path.write_text(json.dumps({**tokenizer, "decoder": title}))
    result = etude("ask", "--model", model, "--max-new-tokens", 2, "Which key?")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == 2 * "␛[2J␛]0;mine␇\N{REPLACEMENT CHARACTER}" + "\n"


def test_ask_hears_the_stretch_it_is_given(etude: Any, lesson: Any) -> None:
    clip = lesson.data / "clips" / "0.wav"
    wrong = etude("ask", "--model", lesson.model, "--clip", clip, "--start", 9, "Which key?")
    assert wrong.exit_code == 1
    assert "0.wav" in wrong.stderr
    right = etude(
        "ask", "--model", lesson.model, "--clip", clip, "--start", 0.1, "--duration", 0.2,
        "--max-new-tokens", 3, "Which key?",
    )  # fmt: skip
    assert right.exit_code == 0, right.stderr
