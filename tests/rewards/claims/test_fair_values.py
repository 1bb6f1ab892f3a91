"""What a fair musician would pay for plain chains of thought, true, false and in between."""

from __future__ import annotations

import pytest

from rewards import Facts, Question, parse
from rewards.registry import get

KEY = Question(
    "key", "What is the key of this piece?", facet="key", answer="G major",
    facts=Facts(key="G major", key_signature=1, meter="6/8", tempo=92.0, tempo_term="Andante",
                instruments=("flute", "piano"), cadence="PAC"),
)  # fmt: skip
OPTIONS = Question(
    "options", "What is the key?", facet="key", answer="B minor",
    choices=("D major", "B minor", "G major", "E minor"),
    facts=Facts(key="B minor", key_signature=2, meter="3/4"),
)  # fmt: skip
CHORD = Question(
    "chord", "What is the final chord?", facet="chord", answer="A minor seventh",
    facts=Facts(chord="A:min7", key="C major", meter="4/4", instruments=("guitar",)),
)  # fmt: skip
NOTE = Question(
    "note", "What is the last note of the melody?", facet="note", answer="F#",
    facts=Facts(note="F#", key="D major", meter="3/4"),
)  # fmt: skip
NUMERAL = Question(
    "numeral", "Which Roman numeral describes the chord?", facet="roman", answer="V7/V",
    facts=Facts(roman="V7/V", key="D major"),
)  # fmt: skip
ROW = Question(
    "row", "What is the chord progression?", facet="progression", answer="C G Am F",
    facts=Facts(progression=("C:maj", "G:maj", "A:min", "F:maj"), key="C major"),
)  # fmt: skip
GENRE = Question(
    "genre", "What genre is this?", facet="genre", answer="bossa nova",
    facts=Facts(genre=("bossa nova",), instruments=("acoustic guitar", "voice"), tempo=130.0),
)  # fmt: skip
TEMPO = Question(
    "tempo", "What is the tempo in BPM?", facet="tempo", answer="128 BPM",
    facts=Facts(tempo=128.0, meter="4/4", key="F minor", genre=("house",)),
)  # fmt: skip
MOVES = Question(
    "moves", "Where does the piece modulate?", facet="modulations",
    answer="to G major at 12 s and back",
    facts=Facts(modulations=((0.0, "C major"), (12.0, "G major"), (24.0, "C major"))),
)  # fmt: skip
SOUND = [
    (CHORD, "Am7", "The piece ends with Am7, not on the tonic C."),
    (NUMERAL, "V7/V", "E G# B D. G# isn't in D major. E7 is V7 of A. A is V of D. Hence V7/V."),
    (NOTE, "F#", "The penultimate note is E, and then it steps up to the final F#, not to D."),
    (CHORD, "Am7", "The second-to-last chord is E7. The final chord is Am7."),
    (CHORD, "Am7", "It's the vi7 chord of C major, Am7."),
    (KEY, "G major", "One sharp, so it could be G major or E minor. Since the final chord is a "
     "bright major triad on G, it's G major rather than E minor."),
    (OPTIONS, "(B)", "Two sharps, so D major or B minor. A# is a giveaway. The answer is (B)."),
    (ROW, "C G Am F", "First chord C. Second G. Third is A minor. Fourth F, the subdominant."),
    (ROW, "C G Am F", "It begins on the tonic C, moves to the dominant G, then the submediant Am, "
     "and finally the subdominant F."),
    (GENRE, "bossa nova", "Brazilian jazz, specifically bossa nova."),
    (TEMPO, "128", "128 BPM, 64 BPM in half time, 256 BPM in double time."),
    (MOVES, "to G major and back",
     "It starts in C major, moves to G major at 0:12 and returns to C major at 0:24."),
]  # fmt: skip
FALSE = [
    (KEY, "G major", "The key is the dominant of G major."),
    (KEY, "D major", "It starts in G major but ends in D major, so the key is D major."),
    (NOTE, "G", "The melody ends on F#, wait, G."),
    (KEY, "G major", "The third of G major is B flat. The piece is in G major."),
    (KEY, "G major", "The leading tone F natural resolves to G, so G major."),
]


def _value(reward: str, question: Question, think: str, answer: str) -> float | None:
    response = parse(f"<think>{think}</think>\n<answer>{answer}</answer>")
    verdict = get(reward).function(question, response)
    return None if verdict is None else verdict.value


@pytest.mark.parametrize(("question", "answer", "think"), SOUND)
def test_sound_thoughts_earn_what_they_conclude(question, answer, think):
    value = _value("theory", question, think, answer)
    assert value is not None
    assert value >= 0.9
    assert _value("consistency", question, think, answer) == 1.0


@pytest.mark.parametrize(("question", "answer", "think"), FALSE)
def test_a_false_step_or_conclusion_earns_little(question, answer, think):
    value = _value("theory", question, think, answer)
    assert value is not None
    assert value <= 0.4


def test_a_correction_is_what_its_author_stands_by():
    assert _value("consistency", NOTE, "The melody ends on F#, wait, G.", "G") == 1.0
    assert _value("consistency", NOTE, "The melody ends on F#, wait, G.", "F#") == 0.0
    moved = "It starts in G major but ends in D major, so the key is D major."
    assert _value("consistency", KEY, moved, "D major") == 1.0


def test_a_trio_of_jazz_is_one_too():
    facts = Facts(form="AABA", instruments=("piano", "double bass", "drums"))
    question = Question("trio", "Who plays?", facet="instruments", answer="a trio", facts=facts)
    assert _value("theory", question, "The piano trio plays.", "a trio") > 0.0
    text = "The piano trio plays: piano, double bass and drums."
    assert _value("theory", question, text, "a trio") > 0.9
