"""Questions of theory in many words: a wrong answer is denied, a right one is left in peace."""

from __future__ import annotations

import time

import pytest

from rewards.checking.answered import denied
from rewards.checking.phrasings import asked

ASKED = [
    # question, right answers, wrong answers
    (
        "What is the relative minor of D major?",
        "B minor|b minor|It is B minor.|B",
        "D minor|F# minor|A",
    ),
    ("Which key is the parallel major of A minor?", "A major|A", "C major|A minor"),
    ("Name D major's parallel key.", "D minor", "B minor"),
    ("The piece is in D major, so its relative minor is?", "B minor|B", "D minor|G minor"),
    ("The song is in E-flat major. What is its relative minor?", "C minor", "G minor|E flat minor"),
    ("A minor is the relative minor of which major key?", "C major|C", "A major|F major"),
    ("Which minor key is relative to A major?", "F sharp minor|F# minor", "A minor|C# minor"),
    ("What is the dominant of E♭ major?", "B flat|Bb|B♭ major|Bb7", "A flat|B|B flat minor"),
    ("In D major, which note is the fourth degree?", "G", "A|G#"),
    ("What is the fifth scale degree of A major?", "E|It is E.", "D"),
    ("What is the leading tone of A minor?", "G#|G sharp", "G|A|A♭"),
    ("The piece is in F major; its subdominant is?", "B flat|Bb major", "C|B"),
    ("Which chord is the dominant chord in G major?", "D major|D7|D", "C major|D minor|A7"),
    ("D is the dominant of which key?", "G major|G minor|G", "A major|D major"),
    ("What is the seventh degree of C major?", "B", "B flat"),
    ("C is the mediant of which minor key?", "A minor|A", "A major|C minor"),
    (
        "How many sharps are in E major?",
        "4|four|four sharps|F#, C#, G# and D#",
        "3|five sharps|4 flats",
    ),
    ("How many flats does C minor have?", "three|3|3 flats|Bb, Eb, Ab", "four|0|2 flats"),
    ("How many sharps does F major have?", "none|0|no sharps|one flat", "one|1 sharp"),
    ("How many sharps or flats does F major have?", "one|1|one flat", "two|one sharp"),
    ("How many accidentals are in the key signature of B major?", "5|five sharps", "4|five flats"),
    ("The piece is in A major. How many sharps does it have?", "3|three", "two|4 sharps"),
    (
        "What is the key signature of E major?",
        "4 sharps|four sharps (F#, C#, G#, D#)",
        "3 sharps|4 flats",
    ),
    (
        "The piece is in E flat major; what is its key signature?",
        "three flats|Bb, Eb, Ab",
        "two sharps",
    ),
    (
        "What key signature does B minor have?",
        "two sharps|F# and C#",
        "five sharps|no sharps or flats",
    ),
    ("Which key signature belongs to C major?", "no sharps or flats|none", "one sharp"),
    ("Which major key has two sharps?", "D major|D", "B minor|A major|G"),
    ("Which key has three flats?", "E flat major|C minor|C|Eb", "A flat major|F minor"),
    ("Which key has nine sharps?", "none|no such key", "G sharp major|D# major"),
    ("Which key has no sharps?", "F major|C major", "G major"),
    ("Name the minor key with one flat.", "D minor|D", "F major|G minor"),
    (
        "A key signature of four flats belongs to which major key?",
        "A flat major|Ab",
        "F minor|E flat major",
    ),
    (
        "Three sharps is the key signature of which minor key?",
        "F# minor|F sharp",
        "A major|B minor",
    ),
    (
        "What interval is C to G?",
        "perfect fifth|P5|a perfect 5th|It is a perfect fifth.",
        "perfect fourth|P4|tritone",
    ),
    ("C up to E is what interval?", "major third", "minor third|minor sixth"),
    ("Name the interval from C down to G.", "perfect fourth", "perfect fifth"),
    ("Going down, what interval is C to G?", "perfect fourth|perfect fifth", "major third"),
    ("What is the interval between C and G?", "perfect fifth|perfect fourth", "major third"),
    (
        "What is the interval from F to B?",
        "augmented fourth|tritone|diminished fifth",
        "perfect fourth",
    ),
    ("B to F is a", "diminished fifth|tritone", "perfect fifth"),
    ("Which note is a perfect fifth above C?", "G", "F|G#"),
    ("What note lies a minor third below E?", "C#|C sharp|D flat", "C|G"),
    ("A major third above E is?", "G#|G sharp", "G"),
    ("What notes make a D major triad?", "D, F#, A|A, D and F#", "D, F, A|D, G, A"),
    ("Spell G7.", "G B D F", "G B D F#"),
    ("What are the notes of the A minor chord?", "A, C, E", "A, C#, E"),
    ("List the notes of the D major scale.", "D, E, F#, G, A, B, C#", "D, E, F, G, A, B, C"),
    (
        "Which notes are in the A minor scale?",
        "A, B, C, D, E, F, G|A, B, C, D, E, F, G#|A B C D E F# G#",
        "A, B, C#, D, E, F, G",
    ),
    ("Which numeral is A7 in D major?", "V7|V", "IV7|ii7"),
    ("What is the roman numeral of G major in D major?", "IV", "V|iv"),
    ("Which chord is V in D major?", "A major|A|A7", "G major|A minor"),
    ("In D major, what is the IV chord?", "G major|G", "A major|G minor"),
    ("What is the leading tone of D sharp minor?", "C double sharp|C##", "D|C sharp"),
    ("Spell an E major triad.", "E, G#, B", "E, Ab, B"),
    ("Spell a C diminished triad.", "C, Eb, Gb", "C, Eb, F#"),
    ("In E flat major, which chord is V7?", "Bb7|B flat major|B flat", "Bbmaj7|F7"),
    ("Which chord is I7 in C major?", "Cmaj7|C7|C major", "F7|C minor"),
    ("Which Roman numeral does a G minor chord have in F major?", "ii|ii7", "iii|II|V"),
    ("What numeral does D7 take in the key of G minor?", "V7|V", "v|IV"),
    ("Which scale degree of A major is C sharp?", "third|3|the 3rd degree|mediant", "2|sixth"),
    ("In B flat major, what scale degree is E flat?", "fourth|4th|subdominant", "5|dominant"),
    ("G sharp is which degree of A minor?", "seventh|leading tone|7", "sixth|fifth"),
    ("Which degree of the E minor scale is D?", "seventh|7th", "sixth|2"),
    ("Which time signature has nine eighth notes per bar?", "9/8", "3/4|6/8"),
    ("What meter has six eighth notes in a measure, grouped in two?", "6/8|3/4", "5/8|2/4"),
    ("Which meter has two beats in each bar?", "2/4|2/2|6/8", "3/4|5/4"),
    ("How many beats are in a bar of 3/4?", "3|three|three beats", "4|two"),
    ("How many beats does 6/8 have per bar?", "two|6", "three"),
    ("How many quarter notes fit in a measure of 6/4?", "six|6", "3|four quarter notes"),
    ("How many eighth notes fill a bar of 3/4 time?", "6|six eighth notes", "3|eight"),
    ("How many semitones are in a perfect fifth?", "7|seven|7 semitones", "6|eight"),
    ("How many half steps does a major third have?", "4|four half steps", "3"),
    ("What is the enharmonic equivalent of C sharp?", "D flat|Db", "D|B"),
]


@pytest.mark.parametrize(("question", "right", "wrong"), ASKED, ids=[case[0] for case in ASKED])
def test_each_phrasing_tells_right_from_wrong(question: str, right: str, wrong: str) -> None:
    assert asked(question) is not None
    alarms = {answer: denied(question, answer) for answer in right.split("|")}
    assert not any(alarms.values()), alarms
    missed = [answer for answer in wrong.split("|") if not denied(question, answer)]
    assert not missed


UNREAD = [
    "What is the key of this piece?",
    "What is the dominant of the relative minor of D major?",
    "Which of these is not the relative minor of D major?",
    "The piece begins in D major and moves to A major. What is its relative minor?",
    "How many sharps are in the D harmonic minor scale?",
    "What is the dominant seventh of D major?",
    "Which chord of D major is heard at the end?",
    "In D major, what chord closes the phrase?",
    "Is B minor the relative minor of D major?",
    "What interval does the melody leap from C4 to G4 in bar 3?",
    "What is the tonic?",
    "How many sharps do you hear?",
    "Which key has three sharps and a raised seventh?",
    "What is the key signature of the piece that opens in D major?",
    "A fifth above C is?",
    "Which claim is false: the relative minor of D major is",
    "What interval is C to G, in the key of F?",
    "What is the relative minor of D major? And of F major?",
    "Which scale degree of D major is heard last?",
    "Which degree is raised in D minor?",
    "What time signature has six beats in the second bar?",
    "How many beats does the bass rest in a bar of 3/4?",
    "Which numeral does the last chord have in D major?",
]


@pytest.mark.parametrize("question", UNREAD)
def test_what_is_put_otherwise_is_left_alone(question: str) -> None:
    for answer in ("G sharp major", "two sharps", "perfect fourth", "F", "IV", "nine", "C, D, E"):
        assert denied(question, answer) is None, answer


def test_an_answer_that_gives_no_one_value_is_left_alone() -> None:
    for answer in ("", "I cannot tell", "B minor or D minor", "the sixth degree", "x" * 9999):
        assert denied("What is the relative minor of D major?", answer) is None
    for question, _, _ in ASKED:
        for answer in ("", "?", "I cannot tell"):
            assert denied(question, answer) is None, question


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Which numeral is Am major in D major?", "IV"),  # a name that no reader knows
        ("Spell Caug augmented.", "C, E, G#"),
        ("What notes make up a D minor scale?", "D, E, F"),
        ("Spell a D major triad.", "D"),
        ("How many semitones are in a perfect fifth?", "6 or 7"),  # no one number
        ("Spell a D major triad.", "D, F#, A, C, E"),
    ],
)
def test_what_cannot_be_held_against_a_table_is_left_alone(question: str, answer: str) -> None:
    assert asked(question) is not None
    assert denied(question, answer) is None


@pytest.mark.parametrize(
    "unit", ["what is the relative ", "in D major ", "how many sharps are in ", "C to ", "a ", "("]
)
def test_a_long_question_takes_no_longer(unit: str) -> None:
    began = time.process_time()
    for _ in range(20):
        denied(unit * 4000, unit * 4000)
    assert time.process_time() - began < 2.0
