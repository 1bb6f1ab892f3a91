"""The accuracy reward: which option is chosen, and open answers."""

from __future__ import annotations

import pytest

from rewards.extract import choose

KEYS = ("F major", "D minor", "Bb major", "G minor")
NOTES = ("E", "F#", "C", "A")
TIMBRES = ("Organ", "Pipe organ", "Trumpet", "Muted trumpet")
TEMPI = ("72 BPM", "96 BPM", "97 BPM", "144 BPM")
COUNTS = ("6", "5", "4", "3")
ROMANS = ("vii°", "IV6", "II+", "iii")
CADENCES = ("DC", "IAC", "PAC", "HC")
YES_NO = ("Yes", "No")
HARTE = ("A#:7/1", "D:maj/1", "C:maj/1", "G#:7/1")
LEAD = ("Em7", "Bm7", "D7", "Fmaj7")
METERS = ("2/4", "9/8", "4/4", "2/2")
SPANS = ("0:12-0:15", "0:40-0:50", "1:20-1:30")
INTERVALS = ("Perfect fourth", "Major sixth", "Minor sixth", "Tritone")

CHOICES: list[tuple[tuple[str, ...], dict[int | None, str]]] = [
    (KEYS, {
        0: "A|(A)|F major|F-Dur|fa mayor|F major, not D minor|D minor is wrong, F major is right"
           "|A. F major|(A) F major because of the B flat|in F"
           "|F major, the relative major of D minor",
        1: "b|B.|B)|(B)|Option B|option (b)|Choice B: D minor|B. D minor|B: D minor|B - D minor"
           "|D minor (B)|D minor, option B|Option 2|D Minor|d minor|d-Moll|re menor|Dm|[B]|B!"
           "|The answer is B|The correct answer is (B) D minor.|Answer: B|I think it's B"
           "|My answer is B."
           "|**B**|\\boxed{B}|\\boxed{\\text{(B) D minor}}|\"D minor\"|`D minor`|\n D minor \n"
           "|letter B"
           "|Option B is correct|B is correct|I'd go with B|(B|B:|the second option"
           "|I am not certain, maybe D minor|B is the correct answer|It's option B, D minor"
           "|B. because the seventh is raised|(B) because there is a C#|not F major, but D minor"
           "|It can't be F major; D minor|D minor?|maybe D minor|Ｄ　minor|D\u200b minor|D minоr"
           "|The key is D minor because it rests on D.|D minor (one flat)"
           "|D minor rather than F major"
           "|rather than F major, D minor",
        3: "D|g-Moll|sol menor|G minor",
        None: "2|E|F|X||none|unknown|(A) D minor|(B) F major|A, C|A and C|A/C|A or B|A B C D|ABCD"
              "|E major|(D) E major|F major or D minor|neither F major nor D minor|C: G minor"
              "|F major, D minor, Bb major, G minor|D minor\nG minor|either D minor or F major"
              "|I cannot determine the key.|Option E|Option 5|Option 0|All of them|(C) E major"
              "|The piece starts in F major and ends in D minor".replace("|F|", "|"),
    }),
    (NOTES, {
        0: "E|e|(E)|It is E|E natural|not C, E|mi",
        1: "F#|Gb|G flat|F sharp|F♯|Option B",
        2: "C|(C) C|C.",
        3: "A|Option D|(D) A",
        None: "B|D|F|A or C|(A) C|G|E, A",
    }),
    (TIMBRES, {
        0: "Organ|an organ|The organ.|A|A organ|the organ rather than the trumpet"
           "|It sounds like an organ",
        1: "pipe organ|Pipe-organ|PIPE ORGAN|(B) Pipe organ|B)Pipe organ|B Pipe organ"
           "|the organ, more "
           "precisely the pipe organ|an organ, specifically a pipe organ"
           "|an organ, or rather a pipe organ"
           "|not organ; pipe organ|It is the pipe organ, not the trumpet|B, because it swells"
           "|It's B"
           "|I hear a pipe organ|Pipe organ! Pipe organ!|It's clearly (B).|B because of the swell",
        2: "A trumpet|Not the organ, it is the trumpet|without organ, the trumpet|Trumpet (C)",
        3: "Muted trumpet (D)|d|The line is played on a muted trumpet.|Option 4"
           "|a trumpet, more precisely a muted trumpet",
        None: "Organ or Trumpet|Organ/Trumpet|Organ and trumpet|Both organ and trumpet|both"
           "|(A) Pipe organ"
              "|a muted trumpet, more precisely a trumpet|organ, more precisely a trumpet"
              "|It isn't a trumpet"
              "|no organ, no trumpet|violin|pipe|4|Organ? No, trumpet.|A. Trumpet|B Trumpet"
              "|Organ, Pipe organ, Trumpet, Muted trumpet",
    }),
    (("Organ", "Trumpet", "Both", "Neither"), {
        0: "Organ|not both, only organ", 2: "Both organ and trumpet|both|(C) Both|C",
        3: "Neither organ nor trumpet|neither",
    }),
    (("Organ and flute", "Organ and horn", "Flute and horn", "Tuba"), {
        1: "Both organ and horn|organ and horn|Organ & horn|both horn and organ",
        None: "both organ and tuba|organ",
    }),
    (TEMPI, {
        0: "72|seventy-two|A", 2: "The tempo is 97.|97.0 beats per minute",
        1: "96|96.0 beats per minute|ninety-six|≈96 bpm|B|(B) 96|96bpm|not 72 but 96|♩ = 96",
        None: "about 96-97 BPM|960 BPM|96 or 144|2|(A) 96|95 BPM|between 72 and 96|96 Hz",
    }),
    (COUNTS, {
        0: "There are 6|six.|A", 1: "(B)|B|Option 2|five, not four|not 4 but 5",
        2: "four|4|Four voices|4.0|(4)|C", 3: "three",
        None: "three or four|2|seven|quartet|3-4|40|forty",
    }),
    (("2 horns", "3 horns", "4 horns", "5 horns"), {
        0: "two horns", 1: "3|Three horns", 2: "four", None: "two or three horns|horns",
    }),
    (ROMANS, {
        0: "vii°|viio|viiº|A", 1: "IV6|the IV6 chord|IV⁶|B|IV6 of the key", 2: "II+",
        3: "iii|It is iii|(D) iii", None: "vii|III|iv6|IV|II|(D) III|IV6 or iii",
    }),
    (CADENCES, {
        0: "deceptive|interrupted cadence|DC", 1: "imperfect authentic cadence"
           "|not a PAC but an IAC",
        2: "perfect authentic cadence|PAC|pac|C|The cadence is a PAC"
           "|PAC (perfect authentic cadence)"
           "|A perfect authentic cadence (PAC)|perfect authentic",
        3: "Half cadence|a half cadence|D|semicadence",
        None: "authentic cadence|plagal|IAC or PAC|half or deceptive",
    }),
    (("Perfect authentic cadence", "Half cadence", "Plagal cadence", "Deceptive cadence"), {
        0: "PAC", 1: "HC|half", 2: "PC|amen cadence", 3: "DC", None: "authentic|V-I",
    }),
    (YES_NO, {
        0: "Yes|Yes, there is no repeat|A|Yes, it does|Yes!",
        1: "No|no.|No, there is a yes-chorus but no repeat|B|(B) No|There is no repeat"
           "|No, it does not",
        None: "Yes and no|yes, no|(A) No|yes or no|Maybe|Yes/No",
    }),
    (("Major", "Minor"), {
        0: "major|A", 1: "It is in a minor key|A minor|minor, not major|E minor|B|B minor"
           "|(B) Minor",
        None: "Major or minor",
    }),
    (HARTE, {
        0: "A#:7/1|Bb7|A#7", 1: "B|D:maj/1|D major", 2: "C|C major", 3: "G#7|D|Ab:7"
           "|G# dominant seventh",
        None: "G#|A#",
    }),
    (LEAD, {
        0: "E minor seventh|E-7|A", 1: "B minor seventh", 2: "D dominant seventh|C|(C) D7",
        3: "Fmaj7|FM7|F major seventh|FΔ7|D", None: "F7|EM7|Em7 or D7|Db7|(C) Fmaj7",
    }),
    (("B minor", "Bb minor", "H minor", "G minor"), {
        0: "h-Moll|B minor", 1: "b-Moll|A# minor", 2: "H minor", 3: "g-Moll",
    }),
    (METERS, {
        0: "two-four|2/4 time|A", 1: "nine-eight|(B) 9/8", 2: "common time|4/4 feel|C|4/4, not 2/4",
        3: "cut time|alla breve", None: "2/4 or 4/4|3/4|2",
    }),
    (SPANS, {
        0: "from 12 to 15 seconds|12-15 s|A", 1: "0:40 to 0:50|40-50 seconds", 2: "1:20–1:30"
           "|80 to 90 s",
        None: "at 1:20|0:12",
    }),
    (("two sharps", "three flats", "none"), {0: "2 sharps", 1: "3 flats", None: "two flats"}),
    (("In 3/4", "In 4/4"), {0: "3/4", 1: "common time|in four"}),
    (("90 s", "30 s", "60 s"), {
        0: "1:30|1.5 minutes|1 min 30 s", 1: "30 seconds", 2: "one minute", None: "45 s",
    }),
    (INTERVALS, {
        0: "P4|perfect 4th", 1: "M6", 2: "m6|a minor sixth|A minor sixth", 3: "augmented fourth",
        None: "sixth|perfect sixth|fourth",
    }),
    (("Hip-hop", "Swing", "R&B", "Drum and bass"), {
        0: "hip hop|Hip Hop", 1: "It's Swing!", 2: "R&B|r & b", 3: "drum & bass|D",
    }),
    (("It slows down", "It speeds up", "It stays the same"), {
        0: "It slows down|it slows down gradually|A. It slows down", None: "it does not slow down",
    }),
    (("C#", "Db", "E"), {0: "C#|C sharp", 1: "Db|D flat", 2: "E"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("choices", "answer", "index"),
    [
        (choices, answer, index)
        for choices, table in CHOICES
        for index, answers in table.items()
        for answer in answers.split("|")
    ],
)
def test_answer_chooses_its_option_or_none(choices, answer, index):
    chosen = choose(choices, answer)
    assert chosen.index == index, chosen.why


@pytest.mark.parametrize("choices", [choices for choices, _ in CHOICES])
def test_each_option_chooses_itself_by_text_and_by_text_with_label(choices):
    for index, choice in enumerate(choices):
        label = chr(ord("A") + index)
        for answer in (choice, f"({label}) {choice}", f"{label}. {choice}", f"**{choice}**."):
            assert choose(choices, answer).index == index, answer


@pytest.mark.parametrize(
    ("raw", "credit"),
    [
        ("<think>a b c</think><answer>D minor</answer>", 1.0),
        ("<think>a b c</think> Hence, the answer is: <answer>D minor</answer>", 1.0),
        ("<answer>D minor</answer> F major", 1.0),
        ("<answer>D minor", 1.0),
        ("<think>a b c</think><answer>B", 1.0),
        ("<think>a b c</think>The correct answer is: D minor", 1.0),
        ("The answer is: (B) D minor.", 1.0),
        ("**The correct answer is:** D minor", 1.0),
        ("The correct answer is:\nD minor", 1.0),
        ("so the final answer is D minor", 1.0),
        ("The correct answer is: F major. The correct answer is: D minor", 1.0),
        ("<think>is it <answer>F major</answer>?</think><answer>D minor</answer>", 1.0),
        ("no think part</think><answer>D minor</answer>", 1.0),
        ("D minor", 0.0),
        ("<think>x y z</think>D minor", 0.0),
        ("<think>a b c <answer>D minor</answer>", 0.0),
        ("<think>The answer is: D minor</think>", 0.0),
        ("<think>k</think><answer>D minor</answer><answer>D minor</answer>", 0.0),
        ("<think>k</think><answer>F major</answer><answer>D minor</answer>", 0.0),
        ("<answer><answer>D minor</answer></answer>", 0.0),
        ("<ANSWER>D minor</ANSWER>", 0.0),
        ("I do not think the answer is: D minor", 0.0),
        ("The answer is not D minor", 0.0),
        ("The answer is: D minor. But F major is possible.", 0.0),
        ("<answer></answer>", 0.0),
        ("<answer>", 0.0),
        ("", 0.0),
        ("<answer>D minor" + " " * 2000 + "x" * 2000, 0.0),
    ],
)
def test_where_the_answer_is_read(value, raw, credit):
    assert value("accuracy", raw=raw, choices=KEYS, gold="D minor") == credit


OPEN = {
    "E minor": {
        1.0: "E minor|e-Moll|The key is E minor.|Em|e minor|mi menor",
        0.0: "G major|E|E minor or G major|not E minor|E major",
    },
    "Viola": {
        1.0: "viola|a viola|It is the viola.|The viola plays the melody|I think it's a viola|VIOLA",
        0.0: "violin|viola or violin|viola, violin, cello|electric viola|not a viola|"
        "|violas da gamba",
    },
    "96 BPM": {1.0: "96|96 bpm|about 96 BPM|ninety-six", 0.0: "97|48 or 96|96 s"},
    "9/8": {1.0: "nine-eight|9/8 time|9/8", 0.0: "3/4|9/4"},
    "IV6": {1.0: "IV6|the IV6 chord", 0.0: "iv6|IV"},
    "HC": {1.0: "half cadence|HC", 0.0: "PAC|authentic"},
    "three": {1.0: "3|three|Three", 0.0: "four|3 or 4"},
    "swing": {1.0: "Swing|swing music", 0.0: "fast swing|not swing"},
    "Ab": {1.0: "A flat|Ab|G#", 0.0: "A"},
}


@pytest.mark.parametrize(
    ("gold", "answer", "credit"),
    [
        (g, a, credit)
        for g, t in OPEN.items()
        for credit, answers in t.items()
        for a in answers.split("|")
    ],
)
def test_open_answer_matches_the_gold_text_or_value(value, gold, answer, credit):
    text = "Which instrument plays the melody?"
    assert value("accuracy", answer, gold=gold, text=text) == credit


def test_facet_decides_how_an_open_answer_is_read(value):
    assert value("accuracy", "D major chord", gold="D", facet="chord") == 1.0
    assert value("accuracy", "Dm7", gold="D:min7", facet="chord") == 1.0
    assert value("accuracy", "G flat", gold="F#", facet="note") == 1.0
    spelled = {"note": "F#", "spelling": True}
    assert value("accuracy", "G flat", gold="F#", facet="note", facts=spelled) == 0.0


@pytest.mark.parametrize(
    ("text", "gold", "right", "wrong"),
    [
        ("In which order do they play?", "sax, piano, bass",
         "sax, then piano, then bass|The order is sax, piano, bass", "bass, sax, piano"),
        ("Who plays?", "sax, piano, bass", "bass, sax and piano", "bass, sax|sax, sax, bass"),
        ("What is the rhythm?", "long, short, short", "long, short and short",
         "short, long|short, long, short|long, short"),
        ("How is the bar grouped?", "2+2+2+3", "2 + 2 + 2 + 3", "3+2+2+2|2+2+3|2+3"),
        ("Which clave is it?", "3-2", "a 3-2 clave|a 3-2 son clave|3 to 2|3-2, not 2-3",
         "2-3|3-2 or 2-3"),
        ("Which suspension is it?", "4-3", "4 to 3|a 4-3 suspension|4-3, not a 7-6",
         "3-4|7-6|not a 4-3|isn't 4-3"),
        ("What is the sequence of chords?", "C, G", "C-G|C, G", "G, C"),
        ("What is the rhythm section made of?", "drums and bass", "bass and drums", "drums"),
        ("Which beats are accented?", "2 and 4", "4 + 2|4 and 2", "1 and 3"),
        ("Which clave is it?", "2-3", "the 2-3 clave", "3-2"),
        ("How does it go?", "soft then loud", "soft then loud", "loud then soft|loud and soft"),
        ("Who plays?", "2 violins + 1 cello", "1 cello and 2 violins", "1 violin and 2 cellos"),
        ("In what order?", "Rondo (ABACA)", "Rondo", "ternary"),
        ("Which instruments do you hear?", "piano, violin",
         "The instruments are piano and violin|violin, piano", "piano"),
        ("Which section is repeated?", "Section A", "section A|the section A", "It is a section"),
        ("Which sharp is added?", "F sharp", "F sharp", "F"),
        ("Which augmented chord is it?", "C augmented", "C augmented|C+", "C"),
        ("Which guitar is it, acoustic or electric guitar?", "electric guitar",
         "electric guitar", "acoustic or electric|acoustic guitar"),
        ("Which bass instrument plays?", "bass clarinet", "bass clarinet", "clarinet"),
        ("What pop style is it?", "pop punk", "pop punk", "punk"),
        ("Which bass is heard?", "Bass Guitar", "bass guitar", "guitar"),
        ("Which song is it?", "Love Song", "Love Song", "Love"),
    ],
)  # fmt: skip
def test_an_open_answer_is_read_by_what_the_question_asks(value, text, gold, right, wrong):
    for credit, answers in ((1.0, right), (0.0, wrong)):
        for answer in answers.split("|"):
            assert value("accuracy", answer, gold=gold, text=text) == credit, answer


def test_a_grouping_in_another_order_is_no_option(value):
    choices, text = ("3+2+2", "4+3"), "How is the bar grouped?"
    assert value("accuracy", "3 + 2 + 2", gold="3+2+2", choices=choices, text=text) == 1.0
    assert value("accuracy", "2+2+3", gold="3+2+2", choices=choices, text=text) == 0.0
    choices, said = ("long, short, long", "short, long, short"), "short, long, long"
    assert value("accuracy", said, gold=choices[0], choices=choices, text="Rhythm?") == 0.0


@pytest.mark.parametrize("gold", ["Maqam Rast", "Rast"])
def test_the_word_that_is_asked_for_may_be_said_or_left_out(value, gold):
    text = "Which maqam is heard?"
    for answer in ("Rast", "maqam Rast", "the Rast maqam", "The maqam is Rast.", "It is Rast"):
        assert value("accuracy", answer, gold=gold, text=text) == 1.0, answer
    for answer in ("Bayati", "maqam", "The maqam is Bayati", "maqam Rast or Bayati"):
        assert value("accuracy", answer, gold=gold, text=text) == 0.0, answer


def test_what_the_question_asks_about_may_be_repeated(value):
    text = "What is the dominant of A flat major?"
    said = "The dominant of A flat major is E flat major"
    assert value("accuracy", said, gold="E flat major", text=text) == 1.0
    assert value("accuracy", "A flat major", gold="E flat major", text=text) == 0.0
    other = "The dominant of B flat major is E flat major"
    assert value("accuracy", other, gold="E flat major", text=text) == 0.0


def test_without_a_gold_answer_it_does_not_apply(judge):
    assert judge("accuracy", "D minor", choices=KEYS).status == "not_applicable"


def test_a_gold_answer_outside_the_choices_is_an_error(judge):
    part = judge("accuracy", "D minor", choices=KEYS, gold="E minor")
    assert part.status == "error"
    assert "choices" in part.why


def test_the_chosen_option_stands_in_the_details(judge):
    assert judge("accuracy", "A", choices=KEYS, gold="D minor").details == {"choice": "F major"}
    assert judge("accuracy", "A or B", choices=KEYS, gold="D minor").details == {"choice": None}
