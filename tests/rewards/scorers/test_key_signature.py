"""The key signature reward: the exact number of sharps or flats."""

from __future__ import annotations

from importlib import import_module

import pytest

CASES = {
    2: {
        1.0: """two sharps|2 sharps|2#|2 #s|2♯|2-sharps|F# and C#|F#, C#|C# and F#|F♯ C♯
        |F-sharp, C-sharp
        |two sharps (F# and C#)|2 sharps: F#, C#|2 sharps (F, C)|two sharps on F and C|D major
        |B minor
        |D major or B minor|D major / B minor|D major and B minor|D major (2 sharps)|D|in D|D-Dur
        |h-Moll|ré majeur|Bm|The key signature has two sharps.|It has 2 sharps, F# and C#.
        |2 sharps, 0 flats|two sharps and no flats|no flats but two sharps
        |not three sharps but two sharps
        |+2|2|sharps: 2|two|deux dièses|dos sostenidos|zwei Kreuze|due diesis|E dorian|A mixolydian
        |**2 sharps**|\\boxed{2\\sharp}|2 sharps, so D major or B minor|F# and C# (D major)
        |D major: D E F# G A B C#|2 sharps, not 2 flats|2 sharps (D major/B minor)|２ sharps""",
        0.0: """3 sharps|one sharp|2 flats|2b|no sharps or flats|C major|G major|D minor|F#|C#
        |F# and G#
        |F#, C#, G#|Bb and Eb|2 or 3 sharps|2-3 sharps|1 or 2 sharps|2 sharps or 2 flats
        |2 sharps or flats
        |2 sharps and 1 flat|3 sharps (F#, C#)|2 sharps (F#, C#, G#)|2 sharps (Bb, Eb)
        |D major or G major|D major, 3 sharps|D major, one sharp|not two sharps|sharps|many sharps
        ||X|-2|3|20 sharps|12 sharps|1 sharp, 2 sharps, 3 sharps|two sharps (G# and D#)|A# minor
        |2 beats""",
    },
    -3: {
        1.0: "three flats|3b|3♭|Bb, Eb, Ab|Bb Eb Ab|A♭, B♭, E♭|3 flats (Bb, Eb, Ab)|Eb major"
        "|C minor"
        "|three flats: B, E and A|c-Moll|mi bémol majeur|-3|−3|tres bemoles|trois bémols"
        "|F dorian|Cm"
        "|no sharps, three flats|It has no sharps but it has three flats|Eb major or C minor",
        0.0: "3 sharps|3#|3|two flats|Bb, Eb|Bb, Eb, Gb|three flats (Bb and Eb)|3 flats, A major"
        "|Eb minor",
    },
    0: {
        1.0: "no sharps or flats|none|0|zero|no sharps, no flats|neither sharps nor flats"
        "|no accidentals"
        "|C major|A minor, no sharps or flats|0 flats|without any sharps or flats"
        "|an empty key signature"
        "|It doesn't have any sharps or flats|D dorian|natural|no sharps/flats|sharps: 0, flats: 0",
        0.0: "one sharp|G major|F#|1|no idea|not C major|no sharps, one flat",
    },
    1: {1.0: "one sharp|F#|1#|E minor|a single sharp|one sharp: F|just one sharp: F#|1 sharp on F",
        0.0: "one flat|F# major|C#|F"},
    -1: {1.0: "one flat|Bb|F major|one flat, B flat|Dm", 0.0: "Bb major|one sharp|Eb"},
    6: {1.0: "6 sharps|F# major|F#, C#, G#, D#, A#, E#", 0.0: "6 flats|Gb major|F#|5 sharps"},
    7: {1.0: "7 sharps|C# major|A# minor", 0.0: "Db major|7 flats|5 flats"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("fact", "answer", "credit"),
    [
        (fact, answer.strip(" \n"), credit)
        for fact, table in CASES.items()
        for credit, answers in table.items()
        for answer in answers.split("|")
    ],
)
def test_answer_earns_its_credit(value, fact, answer, credit):
    assert value("key_signature", answer, facts={"key_signature": fact}) == credit


def test_a_bare_number_counts_what_the_question_counts(value):
    text = "How many flats are in the key signature?"
    assert value("key_signature", "2", facts={"key_signature": -2}, text=text) == 1.0
    assert value("key_signature", "two sharps", facts={"key_signature": -2}, text=text) == 0.0


def test_enharmonic_signatures_are_one_only_where_sound_is_asked(value):
    assert value("key_signature", "6 flats", facts={"key_signature": 6}) == 0.0
    facts = {"key_signature": 6, "spelling": False}
    assert value("key_signature", "6 flats", facts=facts) == 1.0
    assert value("key_signature", "5 flats", facts=facts) == 0.0


def test_absent_fact_or_another_facet_does_not_apply_and_a_bad_fact_is_an_error(judge):
    assert judge("key_signature", "2 sharps").status == "not_applicable"
    asked = judge("key_signature", "2 sharps", facts={"key_signature": 2}, facet="key")
    assert asked.status == "not_applicable"
    for bad in (9, -8, True, 2.0, "two sharps"):
        part = judge("key_signature", "2 sharps", facts={"key_signature": bad})
        assert part.status == "error"
        assert "expected -7 (flats) to 7 (sharps)" in part.why


def test_a_report_is_read_by_its_line_of_the_signature(value):
    report = "Key: D major\nKey signature: 2 sharps\nMode: E dorian, one sharp"
    assert value("key_signature", report, facts={"key_signature": 2}) == 1.0


def test_keys_modes_and_lists_have_the_signature_of_music21(value):
    key = import_module("music21.key")
    for mode in ("major", "minor", "dorian", "phrygian", "lydian", "mixolydian", "locrian"):
        for tonic in ("C", "D", "E", "F", "G", "A", "B", "F#", "Bb", "Eb", "Ab", "C#", "Db", "G#"):
            made = key.Key(tonic.replace("b", "-"), mode)
            if abs(made.sharps) > 7:
                continue
            facts = {"key_signature": made.sharps}
            assert value("key_signature", f"{tonic} {mode}", facts=facts) == 1.0
            signs = [pitch.name.replace("-", "b") for pitch in made.alteredPitches]
            if signs:
                assert value("key_signature", ", ".join(signs), facts=facts) == 1.0
