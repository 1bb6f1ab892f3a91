"""A data set with an error is told its line; one without is left in peace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rewards.checking.check import check_file
from rewards.errors import DataError

DORIAN = {"mode": "D dorian", "key_signature": -1}


def row(text: str = "What do you hear?", **fields: Any) -> dict[str, Any]:
    return {"id": "a", "text": text, **fields}


def facts(facet: str | None = None, answer: str | None = None, **stated: Any) -> dict[str, Any]:
    asked = {name: value for name, value in (("facet", facet), ("answer", answer)) if value}
    return row(**{"answer": "yes", **asked}, facts=stated)


def caption(answer: str, **stated: Any) -> dict[str, Any]:
    return row("Describe it.", kind="caption", answer=answer, facts=stated)


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
    row("Seven signs?", answer="yes",
        facts={"key": "C# major", "modulations": [[5, "Cb major"]]}),
    row("Which chord is the dominant seventh of D major?", answer="A7"),
    row("Tempo?", facet="tempo", answer="Allegro"),
    row("How fast?", facet="tempo", answer="some 118 to 122 BPM"),
    row("How many sharps does this piece have in bar 3?", answer="8"),
    row("How many flats are in the melody?", answer="nine"),
    row("How many flats does this piece have?", answer="7"),
    row("Describe it.", kind="caption"),
    row("Key?", facet="key", facts={"key": "D major"}),
    row("Which of these is wrong?", answer="The relative minor of D major is D minor."),
    row("Name a common mistake.", answer="The relative minor of D major is D minor."),
    row("Explain the mix-up.",
        answer="One might think the relative minor of D major is D minor, but it is not."),
    caption("A waltz in D major, with two sharps. The relative minor (B minor) comes later.",
            key="D major"),
    caption("A waltz. The trio is in G major.", key="D major"),
    caption("A waltz in D.", key="D major"),
    caption("It goes from D major to A major.", key="D major", modulations=[[5, "A major"]]),
    caption("A fast song. A half cadence in the middle, a perfect authentic cadence to end."),
    caption("A drum opens. Later there is no drum.", instruments=["drums"]),
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
        (row("Which chord is the dominant seventh of D major?", answer="G7"), "theory",
         "G:7 in D major is V7"),
        (row("What is the leading tone of A minor?", answer="G"), "theory", "leading tone"),
        (row("What notes make a D major triad?", answer="D, F, A"), "theory", "the notes of D"),
        (row("What is the interval between C and E?", answer="perfect fifth"), "theory", "P5"),
        (row("How many sharps?", answer="8 sharps"), "theory", "no signature has more"),
        (row("How many sharps does this piece have?", answer="8"), "theory", "no signature has"),
        (row("How many sharps or flats does the key signature have?", answer="twelve"), "theory",
         "got 'twelve'"),
        (row("What is the key signature of this piece?", answer="2 sharps and 1 flat"), "theory",
         "no signature has both"),
        (row("Explain it.", answer="The relative minor of D major is D minor."), "theory",
         "it is the parallel"),
        (row("Explain it.", answer="It has a key signature of nine sharps."), "theory",
         "no signature has more"),
        (row("Which statement is true?", answer="The relative minor of D major is D minor.",
             choices=["The relative minor of D major is D minor.", "Neither."]), "theory",
         "it is the parallel"),
        (caption("A waltz in D major. Its relative minor is D minor."), "theory",
         "it is the parallel"),
        (caption("It is in D major. The V chord is G major."), "theory", "in D major is V"),
        (facts("key", "D major", key="E major"), "gold", "key gives 0 to the gold answer"),
        (row("Key?", facet="key"), "gold", "nothing can judge it: expected an answer, or the fact"),
        (row("Key?"), "gold", "nothing can judge it"),
        (row(answer="<answer>D</answer>"), "gold", "accuracy gives 0"),
        (facts(key="D major", key_signature=3), "facts", "contradicts facts.key_signature 3"),
        (facts(key="D major", mode="minor"), "facts", "contradicts facts.key 'D major'"),
        (facts(mode="A minor", key_signature=3), "facts", "contradicts facts.mode 'A minor'"),
        (facts(tempo=60, tempo_term="Presto"), "facts", "'Presto' contradicts facts.tempo 60"),
        (facts(key="G# major"), "facts", "G# major would need 8 sharps"),
        (facts(key="Db:min"), "facts", "8 flats, expected a key of at most 7; write C# minor"),
        (facts(key="G# major"), "facts", "write Ab major, which sounds the same"),
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


def test_lines_that_are_no_rows_count_as_rows(check):
    assert check("{broken", row("Key?", answer="D major"), '{"id": "b"}').rows == 3


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
