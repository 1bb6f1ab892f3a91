"""Over real questions of every kind no cheat earns more than the best honest guess."""

from __future__ import annotations

import pytest

from experiments.cheats import CHEATS, Topic, main, pays, say, topics
from rewards import Clip, Question, write_questions
from sft.corpus.ask import FACETS, ask
from sft.corpus.excerpts import deal
from sft.corpus.phrases import phrases
from sft.corpus.scores import load_pieces
from sft.corpus.split import split_phrases


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    pieces = load_pieces()
    train = split_phrases(pieces, phrases(pieces))["train"]
    return [
        ask(excerpt, facet, Clip("x.wav"), seed=5, choice_share=0.5)[0]
        for excerpt in deal(train, 160, "train", seed=5, chorales=0.5)
        for facet in FACETS.values()
        if facet.applies(excerpt.phrase)
    ]


@pytest.fixture(scope="module")
def found(questions: list[Question]) -> list[Topic]:
    return topics(questions)


def test_no_cheat_pays_in_any_topic(found: list[Topic]) -> None:
    honest, rows = pays(found)
    assert len(rows) == len(CHEATS) >= 35
    assert 0.1 < honest.accuracy < 0.6
    for row in rows:
        assert row.above <= 1e-9, row


def test_a_reward_that_believes_a_hedge_would_be_seen(
    found: list[Topic], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CHEATS, "knows the answer", lambda known: say(known.question.answer or ""))
    _, rows = pays(found)
    assert rows[0].name == "knows the answer"
    assert rows[0].above > 0.3


def test_the_command_prints_the_table_and_says_that_none_pays(
    questions: list[Question], tmp_path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "questions.jsonl"
    write_questions(file, questions)
    assert main([str(file)]) == 0
    printed = capsys.readouterr().out
    assert "the gold answer earns 1.000 in every topic" in printed
    assert f"{len(CHEATS)} cheats, 0 of them pay" in printed


def test_a_cheat_that_earns_a_little_is_not_printed_as_one_that_earns_nothing(
    tmp_path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "questions.jsonl"
    write_questions(
        file,
        [
            Question(
                f"q{number}", "Which key?", facet="key", answer="C major" if number else "F major"
            )
            for number in range(2500)
        ],
    )
    monkeypatch.setattr(
        "experiments.cheats.CHEATS",
        {"rare": lambda k: say("F major"), "nothing": lambda k: say("")},
    )
    main([str(file)])
    rare, nothing = capsys.readouterr().out.splitlines()[-4:-2]
    assert rare.startswith("| rare | 0.0004 | ")
    assert nothing == "| nothing | 0.000 | 0.000 |"


def test_each_fact_of_a_topic_is_paid_by_its_own_reward() -> None:
    asked = [("meter", "3/4"), ("tempo", "90"), ("meter", "4/4"), ("tempo", "120")]
    found = topics(
        [
            Question(f"q{number}", "?", facet=facet, answer=answer, topic="rhythm")
            for number, (facet, answer) in enumerate(asked)
        ]
    )
    assert [topic.rewards() for topic in found] == [("accuracy", "meter"), ("accuracy", "tempo")]
    assert [len(topic.questions) for topic in found] == [2, 2]


def test_without_a_fact_that_is_asked_there_is_nothing_to_guess(
    tmp_path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 2
    assert "usage: " in capsys.readouterr().err
    file = tmp_path / "questions.jsonl"
    write_questions(file, [Question("q", "Describe the piece.", answer="A waltz.")])
    assert main([str(file)]) == 2
    assert "got 1 questions, none of them with facet and answer" in capsys.readouterr().err


def test_a_gold_answer_that_earns_less_fails_the_command(
    tmp_path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "questions.jsonl"
    asked = Question("q", "Which key?", facet="key", answer="C major or A minor")
    write_questions(file, [asked])
    assert main([str(file)]) == 1
    assert "0 of them pay" in capsys.readouterr().out


def test_an_honest_guess_among_options_is_the_one_commonest_in_the_data() -> None:
    offered = [("flute", "violin")] * 3 + [("harp", "oboe")]
    gold = ["violin", "violin", "flute", "oboe"]
    asked = [
        Question(f"q{number}", "?", choices=choices, answer=answer, facet="instruments")
        for number, (choices, answer) in enumerate(zip(offered, gold, strict=True))
    ]
    (topic,) = topics(asked)
    assert topic.honest("accuracy") == 0.75
