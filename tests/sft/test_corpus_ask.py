"""Questions and traces: golden answers, true thoughts, options that betray nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import mir_eval
import numpy as np
import pytest

from rewards import Rubric, get, names, parse
from rewards.records import Clip, Facts, Question, Verdict
from sft.corpus.ask import EVEN_METERS, FACETS, ask
from sft.corpus.excerpts import Excerpt, deal, tones
from sft.corpus.names import LETTERS, pitch_class
from sft.corpus.phrases import phrases
from sft.corpus.scores import load_pieces
from sft.corpus.split import split_phrases
from sft.records import Trace


@pytest.fixture(scope="module")
def excerpts() -> list[Excerpt]:
    pieces = load_pieces()
    train = split_phrases(pieces, phrases(pieces))["train"]
    return list(deal(train, 600, "train", seed=3, chorales=0.5))


@pytest.fixture(scope="module")
def asked(excerpts: list[Excerpt]) -> list[tuple[Excerpt, Question, Trace]]:
    clip = Clip("clips/x.wav")
    return [
        (excerpt, *ask(excerpt, facet, clip, seed=3, choice_share=0.5))
        for excerpt in excerpts
        for facet in FACETS.values()
        if facet.applies(excerpt.phrase)
    ]


def _sounding(name: str) -> int:
    places = LETTERS.index(name[0]) - 1 + 7 * (name.count("#") - name[1:].count("b"))
    return pitch_class(places)


THINK = "<think>The bass comes to rest.</think>"


MIR_NOTES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def _mir_key(said: str) -> str:
    tonic, mode = said.split()
    return f"{MIR_NOTES[_sounding(tonic)]} {mode}"


def _mir_chord(said: str) -> str:
    root, quality = said.split()
    return f"{root}:{quality[:3]}"


ORACLES: dict[str, Callable[[str, str], float]] = {
    "key": lambda gold, said: mir_eval.key.weighted_score(_mir_key(gold), _mir_key(said)),
    "chord": lambda gold, said: mir_eval.chord.majmin([_mir_chord(gold)], [_mir_chord(said)])[0],
    "note": lambda gold, said: float(_sounding(gold) == _sounding(said)),
    "instruments": lambda gold, said: float(gold == said),
}

# These judge how a completion is written, not what it says.
MANNERS = {"diversity", "format", "length", "repetition", "tags"}


def test_every_gold_answer_earns_one(asked: list[tuple[Excerpt, Question, Trace]]) -> None:
    rubric = Rubric.of(names())
    for _, question, trace in asked:
        score = rubric.score(question, parse(trace.text()))
        assert score.valid, score
        values = {name: part.value for name, part in score.parts.items() if part.value is not None}
        typed = values.keys() - MANNERS - {"accuracy", "answer", "theory", "consistency"}
        assert typed == {question.facet}, question
        assert values["accuracy"] == values[question.facet or ""] == values["format"] == 1.0, score
        assert values["tags"] == values["answer"] == values["consistency"] == 1.0
        assert values["theory"] >= 0.9


def test_the_answer_of_another_row_earns_what_the_oracle_says(
    asked: list[tuple[Excerpt, Question, Trace]],
) -> None:
    rows = [question for _, question, _ in asked if not question.choices]
    partial = 0
    for facet, oracle in ORACLES.items():
        some = [question for question in rows if question.facet == facet]
        for question, other in zip(some, some[1:] + some[:1], strict=True):
            verdict = get(facet)(question, parse(f"{THINK}<answer>{other.answer}</answer>"))
            assert isinstance(verdict, Verdict)
            expected = oracle(question.answer or "", other.answer or "")
            assert verdict.value == pytest.approx(expected), (question, other.answer)
            partial += 0 < expected < 1
    assert partial > 5


def test_a_wrong_option_earns_no_accuracy(asked: list[tuple[Excerpt, Question, Trace]]) -> None:
    rubric = Rubric.of(["accuracy"])
    for _, question, trace in asked[:400]:
        for choice in question.choices:
            total = rubric.score(
                question, parse(f"<think>It is so.</think> <answer>{choice}</answer>")
            )
            assert total.total == float(choice == trace.answer), (question, choice)


def test_the_enharmonic_name_is_the_same_note() -> None:
    facts = Facts(note="G#", spelling=False)
    question = Question("q", "What is the last note?", facet="note", answer="G#", facts=facts)
    score = Rubric.of(["note"]).score(question, parse("<think>a b c</think> <answer>Ab</answer>"))
    assert score.total == 1.0


def test_every_statement_of_a_trace_follows_from_the_notes(
    asked: list[tuple[Excerpt, Question, Trace]],
) -> None:
    seen: Counter[str] = Counter()
    for excerpt, question, trace in asked:
        last = [t.midi for t in tones(excerpt) if t.start + t.length > 2.94]
        for sentence in trace.think.rstrip(".").split(". "):
            if match := re.fullmatch(r"The bass ends on (\S+) and the soprano on (\S+)", sentence):
                assert [_sounding(n) for n in match.groups()] == [min(last) % 12, max(last) % 12]
            elif match := re.fullmatch(r"The final chord is (\S+) (major|minor)", sentence):
                third = 4 if match[2] == "major" else 3
                root = _sounding(match[1])
                assert {m % 12 for m in last} == {root, (root + third) % 12, (root + 7) % 12}
            elif match := re.fullmatch(r"The tune ends on (\S+)", sentence):
                assert [m % 12 for m in last] == [_sounding(match[1])]
            elif match := re.fullmatch(r"The key is (\S+) (major|minor)", sentence):
                assert _sounding(match[1]) == min(last) % 12
                assert match[2] == excerpt.phrase.mode
            elif match := re.fullmatch(r"A beat lasts (\S+) seconds", sentence):
                assert float(match[1]) == pytest.approx(60 / excerpt.tempo, abs=0.006)
            else:
                match = None
            seen[sentence.split(" ")[1]] += match is not None
        assert trace.question == question.id
        assert 4 <= len(trace.think.split()) <= 30
    assert all(seen[word] for word in ("bass", "final", "tune", "key", "beat"))


def test_the_beat_of_a_tune_lasts_what_its_tempo_says(
    asked: list[tuple[Excerpt, Question, Trace]],
) -> None:
    in_six_eight = next(e for e, q, _ in asked if q.facet == "meter" and q.answer == "6/8")
    assert in_six_eight.seconds_per_quarter * 1.5 == pytest.approx(60 / in_six_eight.tempo)


def test_options_are_four_different_sounds_with_the_answer_among_them(
    asked: list[tuple[Excerpt, Question, Trace]],
) -> None:
    for _, question, trace in asked:
        if not question.choices:
            assert FACETS[question.topic or ""].open
            continue
        assert len(question.choices) == 4
        assert question.choices.count(trace.answer) == 1
        if question.facet in ("note", "chord", "key"):
            heard = {(_sounding(c.split()[0]), *c.split()[1:]) for c in question.choices}
            assert len(heard) == 4, question
        printed = re.findall(r"(?m)^([A-D])\. (.+)$", question.text)
        assert printed == list(zip("ABCD", question.choices, strict=True))
        if question.facet == "meter":
            assert sum(c in EVEN_METERS for c in question.choices) == 1


def test_how_options_lie_to_one_another_betrays_nothing(
    asked: list[tuple[Excerpt, Question, Trace]],
) -> None:
    places: Counter[int] = Counter()
    letters: Counter[int] = Counter()
    for _, question, trace in asked:
        if question.choices and question.facet in ("note", "key", "chord"):
            fifths = {c: 7 * _sounding(c.split()[0]) % 12 for c in question.choices}
            # How close the option lies, around the circle, to the three others.
            spread = {
                c: sum(min((a - b) % 12, (b - a) % 12) for b in fifths.values())
                for c, a in fifths.items()
            }
            order = sorted(question.choices, key=lambda c: (spread[c], c))
            places[order.index(trace.answer)] += 1
            letters[question.choices.index(trace.answer)] += 1
    count = places.total()
    assert count > 600
    for table in (places, letters):
        assert max(table.values()) < count * 0.25 + 4 * np.sqrt(count * 0.1875)
