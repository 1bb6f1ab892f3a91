"""The note reward: one pitch class, by sound or by spelling."""

from __future__ import annotations

import pytest

from rewards.spelling.notes import Note, parse_note

CASES = {
    "C#": {
        1.0: "C#|C sharp|C-sharp|D flat|Db|c#|C♯|Ｃ#|the note C sharp|The last note is C#."
        "|not D but C#"
        "|C#/Db|do sostenido|do#|B double sharp|\\boxed{C#}|C#5|C #|\\boxed{C^\\sharp}|Ｃ♯|C# (Db)"
        "|C# is the last note|C#, not C|pitch class C#|Cis|cis|Des",
        0.0: "C|D|C# or D|E||not C#|C#, D, E|sharp|C natural|C# major|C# minor chord|C#m"
        "|C#, maybe D|C#/D",
    },
    "A": {
        1.0: "A|It is A|The last note is A.|The note A|an A|A natural|la|a|A♮|G##"
        "|A, the fifth of D|A below middle C"
        "|The final note is an A, the third of F major|A4|Bbb|note A|A is the last note",
        0.0: "A note that I cannot name|Ab|A#",
    },
    "Bb": {1.0: "Bb|B flat|A#|si bemol|B♭|sib", 0.0: "B|H"},
    "B": {1.0: "H|h|B|Ces|si", 0.0: "Bb|Hes|His"},
    "Ab": {1.0: "As|as|Ab", 0.0: "A|is"},
}


@pytest.mark.parametrize(
    ("note", "answer", "credit"),
    [
        (note, answer, credit)
        for note, table in CASES.items()
        for credit, answers in table.items()
        for answer in answers.split("|")
    ],
)
def test_answer_earns_its_credit(value, note, answer, credit):
    assert value("note", answer, facts={"note": note}) == credit


def test_spelling_counts_where_the_row_says_so(value):
    facts = {"note": "F#", "spelling": True}
    assert value("note", "Gb", facts=facts) == 0.0
    assert value("note", "F sharp", facts=facts) == 1.0


def test_applies_only_where_a_note_is_asked(judge):
    assert judge("note", "A").status == "not_applicable"
    assert judge("note", "A", facts={"note": "A"}, facet="key").status == "not_applicable"
    assert judge("note", "A", facts={"note": "sideways"}).status == "error"


def test_all_thirty_five_notes_are_read_back():
    for fifths in range(-15, 20):
        assert parse_note(Note(fifths).name) == Note(fifths)
