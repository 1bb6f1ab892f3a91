"""A data set with an error is told its line; one without is left in peace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rewards import Facts, Question
from rewards.checking.check import Checked, check_file
from rewards.errors import AudioError, DataError
from rewards.records import Clip

DORIAN = {"mode": "D dorian", "key_signature": -1}


@pytest.fixture
def check(tmp_path: Path):
    """The findings of rows, as (line, kind, sentence); clips last ten seconds."""

    def listen(clip: Clip) -> float:
        heard.append(clip)
        if "missing" in clip.path:
            raise AudioError(f"clip {clip.path!r} is not readable")
        return 10.0

    heard: list[Clip] = []

    def run(*rows: Any, questions: dict[str, Question] | None = None) -> Checked:
        file = tmp_path / "rows.jsonl"
        texts = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        file.write_text("\n".join(texts) + "\n")
        return check_file(file, tmp_path, listen, questions)

    run.heard = heard  # type: ignore[attr-defined]
    return run


def row(text: str = "What do you hear?", **fields: Any) -> dict[str, Any]:
    return {"id": "a", "text": text, **fields}


def facts(facet: str | None = None, answer: str | None = None, **stated: Any) -> dict[str, Any]:
    asked = {name: value for name, value in (("facet", facet), ("answer", answer)) if value}
    return row(**{"answer": "yes", **asked}, facts=stated)


GOOD = [
    row("What is the relative minor of D major?", answer="B minor"),
    row("What is the parallel minor of D major?", answer="D minor"),
    row("How many flats does C minor have?", answer="three"),
    row("How many sharps are in A major?", answer="3 sharps"),
    row("What is the dominant of E flat major?", answer="B flat"),
    row("Which numeral is A7 in D major?", answer="V7"),
    row("What notes make a D major triad?", answer="D, F#, A"),
    row("What is the interval between C and G?", answer="perfect fifth"),
    row("What is the leading tone of A minor?", answer="G#"),
    row("What is the key of this piece?", answer="D major", facet="key",
        facts={"key": "D major", "key_signature": 2, "mode": "major", "tempo": 180,
               "tempo_term": "Presto", "modulations": [[5, "A major"]]}),
    row("Mode?", answer="D dorian", facet="mode", facts=DORIAN),
    row("Which chord?", answer="A7", facet="chord",
        facts={"key": "D major", "chord": "A:7", "roman": "V7"}),
    row("Describe it.", kind="caption"),
    row("Key?", facet="key", facts={"key": "D major"}),
]  # fmt: skip


@pytest.mark.parametrize("good", GOOD, ids=lambda good: good["text"])
def test_what_is_right_is_left_in_peace(check, good):
    assert check(good).findings == ()


@pytest.mark.parametrize(
    ("bad", "kind", "said"),
    [
        (row("What is the relative minor of D major?", answer="D minor"), "theory",
         "the relative of D major is D minor; it is the parallel"),
        (row("Which key is the parallel major of A minor?", answer="C major"), "theory",
         "the parallel of A minor is C major; it is the relative"),
        (row("How many sharps does A major have?", answer="2"), "theory", "A major has 2 sharps"),
        (row("What is the key signature of E major?", answer="3 sharps"), "theory", "is 3"),
        (row("What is the key signature of Db major?", answer="22 flats"), "theory",
         "the signature of Db major is one that no key has: it is 5 flats"),
        (row("What is the key signature of Db major?", answer="G# major"), "theory",
         "the signature of Db major is one that no key has: it is 5 flats"),
        (row("What is the key signature of Db major?", answer="3 flats"), "theory",
         "the signature of Db major is 3 flats: it is 5 flats"),
        (row("Which numeral is A7 in D major?", answer="IV7"), "theory", "is IV7"),
        (row("What is the dominant of F major?", answer="B flat"), "theory", "is Bb"),
        (row("What is the leading tone of A minor?", answer="G"), "theory", "leading tone"),
        (row("What notes make a D major triad?", answer="D, F, A"), "theory", "members of D"),
        (row("What is the interval between C and E?", answer="perfect fifth"), "theory", "P5"),
        (row("How many sharps?", answer="8 sharps"), "theory", "no signature has more"),
        (facts("key", "D major", key="E major"), "gold", "key gives 0 to the gold answer"),
        (row("Key?", facet="key"), "gold", "nothing can judge it: expected an answer, or the fact"),
        (row("Key?"), "gold", "nothing can judge it"),
        (row(answer="<answer>D</answer>"), "gold", "accuracy gives 0"),
        (facts(key="D major", key_signature=3), "facts", "contradicts facts.key_signature 3"),
        (facts(key="D major", mode="minor"), "facts", "contradicts facts.key 'D major'"),
        (facts(mode="A minor", key_signature=3), "facts", "contradicts facts.mode 'A minor'"),
        (facts(tempo=60, tempo_term="Presto"), "facts", "'Presto' contradicts facts.tempo 60"),
        (facts(key="G# major"), "facts", "G# major would need 8 sharps"),
        (facts(modulations=[[1, "Fb major"]]), "facts", "Fb major would need 8 flats"),
        (facts("chord", "A7", key="D major", chord="A:7", roman="IV"), "facts", "facts.roman 'IV'"),
        (facts("roman", "Q9", key="D major", roman="Q9"), "facts", "facts.roman: got 'Q9'"),
        (facts(key="Q sharp major"), "facts", "facts.key: got 'Q sharp major'"),
        ("{broken", "malformed", "is not JSON"),
        ('{"id": "a"}', "malformed", "text"),
        (row(clip="../a.wav", answer="x"), "malformed",
         "clip.path: got '../a.wav', expected a path below the folder of the file: it climbs out "
         "with '..'"),
        (row(clip="missing.wav", answer="x"), "clip", "is not readable"),
        (row(clip="a.wav", answer="x", facts={"beats": [1, 20]}), "facts", "an event at 20 s"),
        (row(clip="a.wav", answer="x", facts={"chords": [[0, 11, "C"]]}), "facts", "at 11 s"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found_and_nothing_else(check, bad, kind, said):
    found = check(GOOD[4] | {"id": "first"}, bad)
    assert [(one.line, one.kind) for one in found.findings] == [(2, kind)], found.findings
    assert said in found.findings[0].sentence


@pytest.mark.parametrize(
    ("facet", "answer", "said"),
    [
        ("key", "Q sharp major", "a key"),
        ("mode", "foo", "a mode"),
        ("key_signature", "9 sharps", "a key signature"),
        ("meter", "17/5", "a meter"),
        ("tempo", "9000 BPM", "a tempo"),
        ("chord", "Zmaj7", "a chord"),
        ("roman", "VIII7", "a Roman numeral"),
        ("cadence", "sideways", "a cadence"),
        ("interval", "perfect third", "an interval"),
        ("note", "Z", "a note"),
    ],
)
def test_gold_that_is_no_value_of_its_facet_is_found_without_a_fact(check, facet, answer, said):
    found = check(row(facet=facet, answer=answer)).findings
    sentences = [one.sentence for one in found if one.kind == "gold"]
    assert sentences == [f"answer: got {answer!r}: the answer cannot be read as {said}"], found
    chosen = check(row(facet=facet, answer=answer, choices=[answer, "none"])).findings
    assert not [one for one in chosen if one.kind == "gold"]


@pytest.mark.parametrize(
    ("facet", "answers"),
    [
        ("key", "C major|It is in E flat major.|cis-moll|D dorian|atonal|minor|No, it is not."),
        ("mode", "dorian|D dorian|minor pentatonic|major"),
        ("key_signature", "2|three|no sharps or flats|Bb, Eb|D major"),
        ("meter", "4/4|common time|free|triple|compound duple|5/4 (3+2)|7/8"),
        ("tempo", "60|about 120 BPM|120-124 BPM|Allegro|slow|2 beats per second"),
        ("chord", "Cmaj7|A:min7|N|no chord|It is a G major chord|diminished|D, F#, A"),
        ("roman", "V7/V|bVI|ii6/5|N6|Ger65|viio7"),
        ("cadence", "PAC|half cadence|none|V-I|The phrase ends with a half cadence."),
        ("interval", "P5|a fifth|tritone|7 semitones|half step"),
        ("note", "F sharp|the note G|G4|Yes"),
        ("form", "fugue|AABA"),
        ("progression", "twelve-bar blues|ii-V-I"),
        ("tempo_term", "Giocoso|Allegro"),
        ("genre", "zydeco"),
        ("instruments", "theremin, spoons"),
        ("lyrics", "la la"),
        ("mood", "zesty"),
    ],
)
def test_gold_in_any_words_and_of_open_facets_is_left_in_peace(check, facet, answers):
    rows = [
        {**row(f"{n}?", facet=facet, answer=answer), "id": str(n)}
        for n, answer in enumerate(answers.split("|"))
    ]
    assert check(*rows).findings == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Key? (A) C major (B) D major", None),
        ("Key? A) C major, B) D major", None),
        ("Key?\n1. C major\n2. D major", None),
        ("Is it C major or D major?", None),
        ("In part A. Is it (D) major?", None),
        ("Key? (A) D major (B) C major", "labels 'D major' as A, but it is number 2 of the list"),
        ("Key? A. d major\nB. c major", "labels 'D major' as A"),
        ("Key? 1. C major 3. D major", "labels 'D major' as 3"),
    ],
)  # fmt: skip
def test_options_are_labelled_in_the_order_of_the_list(check, text, said):
    asked = row(text, choices=["C major", "D major"], answer="D major")
    found = [one.sentence for one in check(asked).findings]
    assert len(found) == (said is not None)
    assert all(said in sentence for sentence in found)


def test_the_longest_option_is_the_one_that_is_labelled(check):
    asked = row("(A) C minor (B) C", choices=["C minor", "C"], answer="C")
    assert not check(asked).findings


def test_ids_and_rows_that_are_there_again(check):
    found = check(
        row("Key?", answer="D major", clip="a.wav"),
        row("Meter?", answer="3/4", clip="a.wav"),
        {**row("KEY? ", answer="E major", clip="a.wav"), "id": "b"},
        {**row("Key?", answer="d  MAJOR", clip="a.wav"), "id": "c"},
        {**row("Key?", answer="E major", clip={"path": "a.wav", "start": 3}), "id": "d"},
        {**row("Key?", answer="E major", clip="b.wav"), "id": "e"},
    )
    assert [(one.line, one.id, one.kind) for one in found.findings] == [
        (2, "a", "repeated"), (3, "b", "repeated"), (4, "c", "repeated"),
    ]  # fmt: skip
    said = [one.sentence for one in found.findings]
    assert "first on line 1" in said[0]
    assert "asks what line 1 asks, with another answer: got 'E major', there 'D major'" in said[1]
    assert said[2] == "is line 1 again"


def test_the_hash_tells_a_clip_under_another_path(check):
    clips = [{"path": name, "sha256": "0" * 64} for name in ("a.wav", "b.wav")]
    found = check(
        *({**row("Key?", answer=a, clip=c), "id": a} for a, c in zip("DE", clips, strict=True))
    )
    assert [one.line for one in found.findings] == [2]


def test_each_clip_is_decoded_once_and_counted(check):
    rows = [{**row(f"{n}?", answer="x", clip=f"{n % 2}.wav"), "id": str(n)} for n in range(6)]
    found = check(*rows)
    assert (found.rows, found.clips, len(check.heard)) == (6, 2, 2)


def trace(think: str, answer: str = "D major") -> dict[str, str]:
    return {"question": "q", "think": think, "answer": answer}


def test_a_sound_target_is_left_in_peace(check):
    question = Question("q", "Key?", facet="key", answer="D major")
    sound = trace("There are two sharps. D major has two sharps, so it is D major.")
    assert check(sound, questions={"q": question}).findings == ()
    assert check(sound).findings == ()


@pytest.mark.parametrize(
    ("think", "said"),
    [
        ("D major has three sharps, so it is D major.", "signature of D major is 3"),
        ("The relative minor of D major is D minor.", "it is the parallel"),
        ("In this piece I hear nine sharps.", "no signature has more"),
        ("D major has three flats, so it is D major.", "the signature of D major is 3 flats"),
        ("It is in D major. It is in E major.", "it contradicts itself"),
        ("It is in G major.", "it contradicts itself"),
        ("The meter is 4/4.", "(meter 4/4)"),
    ],
)
def test_a_target_is_held_against_theory_itself_and_the_facts(check, think, said):
    question = Question("q", "Key?", facet="key", answer="D major", facts=Facts(meter="3/4"))
    findings = check(trace(think), questions={"q": question}).findings
    assert any(said in one.sentence for one in findings), findings
    assert {one.kind for one in findings} == {"theory"}


def test_the_answer_of_a_target_is_held_against_its_question(check):
    question = Question("q", "What interval is C to G?")
    found = check(
        trace("Let me count.", "perfect fourth"),
        trace("Let me count.", "perfect fifth"),
        questions={"q": question},
    )
    assert [(one.line, one.kind) for one in found.findings] == [(1, "theory")]
    assert "the interval of C to G is P4: it has 7 semitones" in found.findings[0].sentence


@pytest.mark.parametrize(
    ("question", "answer", "earned"),
    [
        (Question("q", "Key?", facet="key", answer="C major", facts=Facts(key="C major")),
         "G major", "earns 0.5, expected the gold answer 'C major'"),
        (Question("q", "Key?", facet="key", facts=Facts(key="C major")),
         "A minor", "earns 0.3, expected facts.key 'C major'"),
        (Question("q", "Meter?", facet="meter", answer="4/4", facts=Facts(meter="4/4")),
         "3/4", "earns 0, expected the gold answer '4/4'"),
        (Question("q", "Tempo?", facet="tempo", answer="60 BPM", facts=Facts(tempo=60.0)),
         "200 BPM", "earns 0, expected the gold answer '60 BPM'"),
        (Question("q", "Who sings?", choices=("a man", "a woman"), answer="a man"),
         "a woman", "earns 0, expected the gold answer 'a man'"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.text,
)  # fmt: skip
def test_a_target_earns_all_that_its_question_can_pay(check, question, answer, earned):
    right = question.answer or question.facts.key
    think = "I listen to it as a whole."
    found = check(trace(think, right), trace(think, answer), questions={"q": question}).findings
    assert [(one.line, one.kind) for one in found] == [(2, "unpaid")], found
    assert f"answer: got {answer!r}, which {earned}" in found[0].sentence


def test_a_caption_may_be_put_in_other_words(check):
    question = Question("q", "Describe it.", kind="caption", answer="A slow waltz for piano.")
    told = trace("I listen.", "A piano plays a gentle dance.")
    assert check(told, questions={"q": question}).findings == ()


@pytest.mark.parametrize(
    ("think", "answer", "said"),
    [
        ("It is </think> calm.", "calm", "think: got a '</think>' inside"),
        ("<think>It is calm.", "calm", "think: got a '<think>' inside"),
        ("So <answer>calm</answer>", "calm", "think: got a '<answer>' inside"),
        ("It is calm.", "<answer>calm", "answer: got a '<answer>' inside"),
        ("It is calm.", "calm</Answer>", "answer: got a '</Answer>' inside"),
        ("", "calm", "think: got '', expected text"),
        ("It is calm.", " \n", "answer: got ' \\n', expected text"),
    ],
)
def test_a_part_of_a_target_is_text_without_tags(check, think, answer, said):
    question = Question("q", "Mood?", answer="calm")
    for asked in ({"q": question}, None):
        found = check(trace(think, answer), questions=asked).findings
        assert [one.kind for one in found] == ["sections"], found
        assert said in found[0].sentence


def test_half_a_pair_of_surrogates_in_a_target_is_a_malformed_line(check):
    (found,) = check(trace("It is \ud83d."), trace("It is calm.")).findings
    assert (found.line, found.kind) == (1, "malformed")
    assert "think: got" in found.sentence


def test_a_target_of_an_unknown_question_and_one_that_is_there_again(check):
    question = Question("q", "Key?")
    stranger = trace("It is calm.") | {"question": "other"}
    again = trace("It is calm.")
    found = check(again, stranger, again, {"question": "q"}, questions={"q": question})
    assert [(one.line, one.kind) for one in found.findings] == [
        (2, "malformed"), (3, "repeated"), (4, "malformed"),
    ]  # fmt: skip


def test_a_file_without_rows_or_none_at_all_is_an_error(check, tmp_path: Path):
    with pytest.raises(DataError, match="holds no row"):
        check("")
    with pytest.raises(DataError, match="cannot be read"):
        check_file(tmp_path / "none.jsonl", tmp_path, lambda clip: 1.0)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"RIFF\x24\0\0\0WAVEfmt " + b"\xff\n" * 60, "is not text"),
        (json.dumps(GOOD[:3]).encode(), "is one JSON array of 3 values"),
        (json.dumps(GOOD[:3], indent=1).encode(), "is one JSON array of 3 values"),
        (json.dumps(GOOD[0], indent=1).encode(), "is one JSON object over 5 lines"),
        (b"id,text\na,Key?\nb,Meter?\n", "is not JSON in any of its 3 lines"),
        (b"\xff\xfb\x90\n" * 60, "is not JSON in any of its 60 lines"),
    ],
    ids=["wav", "array", "array over lines", "object over lines", "csv", "mp3"],
)
def test_a_file_of_another_kind_is_one_sentence(tmp_path: Path, content, said):
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(DataError, match=f"{said}; expected UTF-8 text with one JSON object a line"):
        check_file(file, tmp_path, lambda clip: 1.0)


def test_broken_lines_among_rows_are_found_one_by_one(check):
    found = check("[1, 2]", "{broken", GOOD[0], "b\u00e4r")
    assert [(one.line, one.kind) for one in found.findings] == [
        (1, "malformed"), (2, "malformed"), (4, "malformed"),
    ]  # fmt: skip
    assert [one.line for one in check("{broken").findings] == [1]
