"""The function reward: relations of degrees and keys, truth in the gold answer."""

from __future__ import annotations

from importlib import import_module

import pytest

from rewards.scorers.function import relation_of

CASES = [
    ("What is the dominant of E flat major?", "B flat", {
        1.0: """B flat|Bb|B♭|B-flat|The dominant of E flat is B flat
        |B flat is the dominant of E flat major
        |B flat major|Bb7|Bb major chord|B flat (the fifth degree of E flat)
        |Bb, a fifth above Eb|V = Bb
        |A#|si bemol|B-Dur|Eb: Bb|E flat's dominant is B flat
        |In E flat major, the dominant is B flat
        |Bb (Bb D F)|not A flat but B flat|Bb, not Ab|V of E flat is B flat|\\boxed{B\\flat}
        |B flat, because the scale is Eb F G Ab Bb C D|the note B flat""",
        0.0: """A flat|B|E flat|B flat minor|A flat or B flat|Bb or Ab|Bb/Ab|Bb, Ab|E flat or B flat
        |Eb, Bb||I do not know|V|not B flat|F|B flat and F|the dominant|E flat, B flat, A flat""",
    }),
    ("What is the relative minor of E flat major?", "C minor", {
        1.0: "C minor|Cm|c-Moll|C|do menor|The relative minor of E flat is C."
        "|C minor is the relative minor of E flat major.|C minor (three flats)",
        0.0: "C major|Eb minor|G minor|C minor or G minor|Eb major|C minor or C major|not C minor",
    }),
    ("relative major of F# minor", "A major", {
        1.0: "A major|A|A-Dur|F# minor's relative major is A major"
        "|The relative major of F# minor is A",
        0.0: "A minor|F# major|D major|A major or D major",
    }),
    ("What is the relative major of F# minor?", "A major", {
        1.0: "A major (three sharps: F#, C#, G#)|A major – 3 sharps (F#, C#, G#)"
        "|A major, three sharps",
        0.0: "A major, F# major|three sharps, F# minor",
    }),
    ("What is the dominant of E major?", "B", {1.0: "a B major chord|It is a B", 0.0: "Ab major"}),
    ("What is the relative minor of G major?", "E minor", {
        1.0: "E minor (one sharp, F#)|$E$ minor", 0.0: "E minor, B minor (one sharp, F#)",
    }),
    ("Name the parallel minor of C major.", "C minor", {
        1.0: "C minor|Cm|The parallel minor of C major is C minor", 0.0: "A minor|C major|F minor",
    }),
    ("What is the leading tone of A minor?", "G#", {
        1.0: "G#|G sharp|Ab|G# (a semitone below A)|G sharp, which resolves to A|sol sostenido",
        0.0: "G|A|G or G#|G natural",
    }),
    ("What is the subdominant of G major?", "C major", {
        1.0: "C major|C|the C major chord|IV = C|C major (C, E, G)", 0.0: "D|C minor|F|Cm",
    }),
    ("Which chord is the supertonic of C major?", "D minor", {
        1.0: "D minor|Dm|D minor (D F A)|ii = D minor", 0.0: "D major|D|D7|Dm7|E minor",
    }),
    ("Which note is the mediant in B flat major?", "D", {
        1.0: "D|the note D|re|D minor|The mediant of Bb major is D", 0.0: "Db|F|D or F|D major",
    }),
    ("What is the tonic of E flat major?", "E flat", {
        1.0: "Eb|The tonic of E flat major is E flat|Eb major", 0.0: "E|Bb|Eb minor",
    }),
    ("What is the dominant seventh chord of F major?", "C7", {
        1.0: "C7|C dominant seventh|C:7|C7 (C E G Bb)", 0.0: "F7|Cmaj7|Cm7|C7 or G7|C minor",
    }),
    ("What is the submediant of E major?", "C sharp", {1.0: "C# minor|Db", 0.0: "C|C# major"}),
    ("What is the subtonic of A natural minor?", "G", {1.0: "G|G major", 0.0: "G#"}),
    ("E flat major: what is its dominant?", "B flat", {1.0: "Bb", 0.0: "Ab"}),
    ("What is the dominant key of A minor?", "E minor", {1.0: "Em", 0.0: "E major|D minor"}),
    ("What is the fifth degree of D major?", "A", {1.0: "A|la", 0.0: "G"}),
    ("What is the fourth degree of D major?", "G", {1.0: "G major", 0.0: "G minor|A"}),
    ("What is the 2nd degree of D major?", "E", {1.0: "E minor", 0.0: "E major|F"}),
    ("What is the relative of D minor?", "F", {1.0: "F major|F", 0.0: "F minor"}),
    ("What is the relative of D major?", "B", {1.0: "B minor|B", 0.0: "B major"}),
    ("Welche Tonart ist die Dominante von Es-Dur?", "B-Dur", {1.0: "B-Dur", 0.0: "As-Dur"}),
    ("What is the dominant of C?", "G, the fifth degree", {1.0: "G", 0.0: "F"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "gold", "answer", "credit"),
    [
        (text, gold, answer.strip(" \n"), credit)
        for text, gold, table in CASES
        for credit, answers in table.items()
        for answer in answers.split("|")
    ],
)
def test_answer_earns_its_credit(value, text, gold, answer, credit):
    assert value("function", answer, text=text, gold=gold) == credit


@pytest.mark.parametrize("gold", ["B flat", "B♭ major", "Bb:7", "the note B flat", "fifth degree"])
def test_the_gold_answer_earns_one_whatever_its_form(value, gold):
    assert value("function", gold, text="What is the dominant of E flat major?", gold=gold) == 1.0


@pytest.mark.parametrize(
    ("text", "gold"),
    [
        ("What is the key of this piece?", "D major"), ("What is the dominant of C?", None),
        ("Which instrument is dominant in this recording?", "piano"),
        ("Does the piece end on the dominant?", "yes"), ("Describe the parallel motion.", "none"),
    ],
)  # fmt: skip
def test_another_question_or_no_gold_answer_does_not_apply(judge, text, gold):
    assert judge("function", "D major", text=text, gold=gold).status == "not_applicable"


def test_another_facet_does_not_apply(judge):
    part = judge("function", "G", text="What is the dominant of C?", gold="G", facet="key")
    assert part.status == "not_applicable"


def test_a_function_asked_by_name_is_compared_by_name(value):
    ask = {"text": "Which function has G in C major?", "gold": "dominant", "facet": "function"}
    assert value("function", "It is the dominant.", **ask) == 1.0
    assert value("function", "subdominant", **ask) == 0.0
    assert value("function", "dominant or tonic", **ask) == 0.0
    assert value("function", "V", **ask) == 1.0
    assert value("function", "the IV chord", **ask) == 0.0


def test_a_secondary_dominant_is_another_function_than_the_dominant(value):
    ask = {"text": "Which function has D7 in C major?", "facet": "function"}
    assert value("function", "an applied dominant", gold="secondary dominant", **ask) == 1.0
    assert value("function", "a dominant", gold="secondary dominant", **ask) == 0.5
    assert value("function", "a secondary dominant", gold="dominant", **ask) == 0.5
    assert value("function", "the subdominant", gold="secondary dominant", **ask) == 0.0


def test_spelling_is_judged_only_where_the_row_says_so(value):
    ask = {"text": "What is the dominant of E flat?", "gold": "B flat"}
    assert value("function", "A#", facts={"spelling": True}, **ask) == 0.0


def test_tables_are_those_of_music21_in_all_keys(value):
    key = import_module("music21.key")
    places = {"tonic": 1, "supertonic": 2, "mediant": 3, "subdominant": 4, "dominant": 5,
              "submediant": 6}  # fmt: skip
    for tonic in ("C", "G", "D", "A", "E", "B", "F", "Bb", "Eb", "Ab", "F#"):
        for mode in ("major", "minor"):
            made = key.Key(tonic.replace("b", "-"), mode)
            for relation, place in places.items():
                gold = made.pitchFromDegree(place).name.replace("-", "b")
                text = f"What is the {relation} of {tonic} {mode}?"
                triad = _triad(made, place)
                assert value("function", gold, text=text, gold=gold) == 1.0
                assert value("function", f"{gold} {triad}", text=text, gold=gold) == 1.0
                wrong = "minor" if triad == "major" else "major"
                if (relation, mode) != ("dominant", "minor"):
                    assert value("function", f"{gold} {wrong}", text=text, gold=gold) == 0.0
            relative = made.relative
            gold = f"{relative.tonic.name.replace('-', 'b').upper()[0]}{relative.tonic.name[1:]}"
            gold = f"{gold.replace('-', 'b')} {relative.mode}"
            text = f"What is the relative {relative.mode} of {tonic} {mode}?"
            assert value("function", gold, text=text, gold=gold) == 1.0
            assert relation_of(text) is not None


def _triad(made, place):
    """major, minor or diminished: from the semitones of the diatonic triad."""
    low, middle, high = (
        made.pitchFromDegree((place + n - 1) % 7 + 1).pitchClass for n in (0, 2, 4)
    )
    sizes = (middle - low) % 12, (high - low) % 12
    return {(4, 7): "major", (3, 7): "minor", (3, 6): "diminished"}[sizes]
