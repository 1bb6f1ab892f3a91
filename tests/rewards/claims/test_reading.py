"""What a text claims: each kind of claim, the stance of its author, what is no claim."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewards import Question, parse
from rewards.claims.reading import READ, distinct, read, read_text
from rewards.claims.records import Claim
from rewards.claims.text import sentences
from rewards.claims.text.folding import folded

WORDS = (
    "D", "F#", "A", "a", "minor", "major", "not", "no", "maybe", "if", "would", "or", "and", ",",
    ".", "?", ":", ";", "(", ")", "-", "/", "V7", "ii", "I", "3/4", "88", "bpm", "the", "key", "of",
    "is", "in", "piano", "chord", "E", "flat", "sharp", "two", "relative", "dominant", "0:45",
    "cadence", "half", "wait", "actually", "like", "it", "sounds", "bass", "A7", "lower", "40",
    "\u2014", "G", "triad",
)  # fmt: skip


def claims(text: str, facet: str | None = None, prompt: str = "What do you hear?") -> list[Claim]:
    question = Question("q", prompt, facet=facet)
    return [
        claim
        for claim in distinct(read(question, parse(f"<think>{text}</think><answer>-</answer>")))
        if claim.section == "think"
    ]


@pytest.mark.parametrize(("text", "expected"), [
    ("The tonality is unmistakably E flat minor.", ["key Eb minor"]),
    ("I place it in the key of B flat.", ["key Bb major"]),
    ("Home base is G.", ["key G"]),
    ("In Spanish I say la menor.", ["key A minor"]),
    ("My teacher called it h-Moll.", ["key B minor"]),
    ("It sounds minor.", ["mode minor"]),
    ("So it is D dorian.", ["mode D dorian"]),
    ("G major pentatonic throughout.", ["mode G major pentatonic"]),
    ("Just one flat.", ["key_signature -1"]),
    ("No sharps or flats at all.", ["key_signature 0"]),
    ("I clock it at 112.", ["tempo 112"]),
    ("It's about a hundred beats per minute.", ["tempo 100"]),
    ("MM = 92", ["tempo 92"]),
    ("One hundred and eight to the minute.", ["tempo 108"]),
    ("Tempo marking Allegretto.", ["tempo_term allegretto"]),
    ("Clearly in 3.", ["meter 3/4"]),
    ("Three crotchets to the bar.", ["meter 3/4"]),
    ("I count two beats to a bar, each in three parts.", ["meter 6/8"]),
    ("Twelve-eight shuffle.", ["meter 12/8"]),
    ("The final sonority is an E major triad.", ["chord E:maj"]),
    ("It rests on D minor in first inversion.", ["chord D:min/b3"]),
    ("G over B.", ["chord G:maj/3"]),
    ("The chords are C, G, Am and F.", ["progression C:maj-G:maj-A:min-F:maj"]),
    ("The harmony moves from D minor to G7 and then C.", ["progression D:min-G:7-C:maj"]),
    ("Then ii-V-I.", ["roman ii-V-I"]),
    ("A plain two-five-one.", ["roman ii-V-I"]),
    ("V7 of IV sneaks in.", ["roman V7/IV"]),
    ("A perfect authentic cadence closes it.", ["cadence PAC"]),
    ("It stops on the dominant.", ["cadence HC"]),
    ("The melody leaps a perfect fourth.", ["interval P4"]),
    ("The bass lands on F sharp.", ["note F#"]),
    ("The bass ends on C and the soprano on G.", ["note C", "note G"]),
    ("In D major, but the bridge moves to A major.", ["key D major", "modulation A major"]),
    ("A flute and two clarinets play.", ["instrument flute", "instrument clarinet"]),
    ("The form is AABA.", ["form AABA"]),
    ("It functions as a dominant.", ["function dominant"]),
    ("At first it sounds like G major.", ["key G major retracted"]),
    ("F minor 7, B flat 7, E flat major 7.", ["progression F:min7-Bb:7-Eb:maj7"]),
    ("A, D and E, the three-chord trick.", ["progression A:maj-D:maj-E:maj"]),
    ("Home is D, no doubt about it.", ["key D"]),
    ("The key is E minor. Home is E.", ["key E minor"]),
    ("Tonality: Cmaj.", ["key C major"]),
    ("A power chord on A.", ["chord A:5"]),
    ("Mixolydian on D.", ["mode D mixolydian"]),
    ("The raised sixth points to dorian.", ["mode dorian"]),
    ("It ends with a V7-I cadence, A7 to D.",
     ["cadence AC", "roman V7-I", "progression A:7-D:maj"]),
    ("The cello has a C sharp.", ["instrument cello", "note C#"]),
    ("The bass drops to B flat.", ["note Bb"]),
    ("Definitely house.", ["genre house"]),
    ("Synthwave, F minor, 104.", ["genre synthwave", "key F minor", "tempo 104"]),
    ("In A major until we land in C major at bar seven.", ["key A major", "modulation C major"]),
])  # fmt: skip
def test_every_kind_of_claim_is_read(told, text, expected):
    assert told(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("A is the dominant of D major.", "dominant of D major is A"),
    ("The dominant of D major is A.", "dominant of D major is A"),
    ("V of C is G.", "dominant of C major is G"),
    ("The leading tone of F is E.", "leading_tone of F major is E"),
    ("A major is the relative major of F# minor.", "relative of F# minor is A major"),
    ("The relative minor of D flat is B flat minor.", "relative of Db major is Bb minor"),
    ("D major's relative minor is B minor.", "relative of D major is B minor"),
    ("B flat major has two flats.", "signature of Bb major is -2"),
    ("The notes F A C Eb spell F7.", "members of F:7 is F A C Eb"),
    ("D major is spelled D F# A.", "members of D major is D F# A"),
    ("A7 is the V7 of D major.", "numeral of A:7 in D major is V7"),
    ("C up to A is a major sixth.", "interval of C and A is M6"),
    ("G B D F is the dominant seventh of C.", "members of G:7 is G B D F"),
    ("D major has F# and C#.", "signature of D major is 2"),
    ("A flat major would need four flats.", "signature of Ab major is -4"),
])  # fmt: skip
def test_propositions_of_theory_are_read_and_say_nothing_of_the_clip(told, text, expected):
    assert told(text) == [f"textbook {expected}"]


@pytest.mark.parametrize(("text", "expected"), [
    ("It is not C major; it is D major.", ["key C major denied", "key D major"]),
    ("Neither Adagio nor Largo.", ["tempo_term adagio denied", "tempo_term largo denied"]),
    ("No trumpet, no horn.", ["instrument trumpet denied", "instrument french horn denied"]),
    ("Far too slow for Presto.", ["tempo_term presto denied"]),
    ("A trumpet would be brighter.", ["instrument trumpet denied"]),
    ("Is that an oboe? It lacks the edge, so no.", ["instrument oboe denied"]),
    ("A reggae tune; ska it is not.", ["genre reggae", "genre ska denied"]),
    ("More ragtime than jazz.", ["genre ragtime", "genre jazz denied"]),
    ("I can't say it isn't minor.", ["mode minor"]),
    ("Without any doubt it is in C major.", ["key C major"]),
    ("Perhaps it is in G major.", ["key G major hedged"]),
    ("The key is G major, possibly.", ["key G major hedged"]),
    ("Could be E minor or G major.", ["key E minor hedged", "key G major hedged"]),
    ("It is either D major or B minor.", ["key D major hedged", "key B minor hedged"]),
    ("At first I thought C major, but no: G major.", ["key C major retracted", "key G major"]),
    ("I tapped along and got 126 bpm. Scratch that: 63 bpm.", ["tempo 126 retracted", "tempo 63"]),
    ("My first guess was F minor, but F major it is.", ["key F minor retracted", "key F major"]),
    ("If it were in F we would hear a B flat.", ["key F major hypothetical"]),
    ("One sharp would mean G major.", ["key G major hypothetical"]),
    ("Maybe G major. No, it is in D major.", ["key G major retracted", "key D major"]),
    ("Maybe D major. It is in D major.", ["key D major"]),
    ("I would say D major.", ["key D major"]),
    ("Trumpets are suspiciously absent.", ["instrument trumpet denied"]),
    ("Not in the mix: guitar, piano.", ["instrument guitar denied", "instrument piano denied"]),
    ("Ruled out: oboe, bassoon.", ["instrument oboe denied", "instrument bassoon denied"]),
    ("E flat major, though it shares the signature, is denied.", ["key Eb major denied"]),
    ("There is no trace of brass.", ["instrument brass denied"]),
    ("The pulse is way above Allegro.", ["tempo_term allegro"]),
    ("We are above Allegro here.", ["tempo_term allegro denied"]),
    ("The oboe can't be ruled out.", ["instrument oboe hedged"]),
    ("D minor is out of the question.", ["key D minor denied"]),
    ("Kind of D minor I think.", ["key D minor hedged"]),
    ("It is D major, if you ask me.", ["key D major"]),
    ("What I took for a harp is really a koto.", ["instrument harp retracted", "instrument koto"]),
    ("First I wrote G major, because of the B.", ["key G major retracted"]),
    ("It feels like 4/4 at first, then 7/8 shows.", ["meter 4/4 retracted", "meter 7/8"]),
    ("Trumpet? Yes. Clarinet? No.", ["instrument trumpet", "instrument clarinet denied"]),
    ("Option A, C major, would have no F sharp.", ["key C major hypothetical"]),
    ("Option C says 6/8, but the pulse is even.", ["meter 6/8 hypothetical"]),
    ("(B) G major: there an F sharp occurs.", ["key G major hypothetical"]),
    ("It does not line up with the bass drum.", ["instrument bass drum"]),
    ("No D#, which argues against E minor.", ["key E minor denied"]),
    ("Salsa has congas, and there are none.", ["genre salsa denied", "instrument congas denied"]),
    ("My eldest finds it spooky.", []),
    ("The options are: A) waltz, B) tango, C) polka.", []),
    ("C sharp minor shares its signature with E major.",
     ["textbook relative of C# minor is E major"]),
])  # fmt: skip
def test_the_stance_of_the_author_is_read(told, text, expected):
    assert told(text) == expected


@pytest.mark.parametrize("text", [
    "Is this 4/4? Could it be in D major?",
    'A piece called "Blues in F sharp minor" comes to mind.',
    "The uploader's comment claims it's in G major.",
    "A minor detail in the recording, a major achievement of the engineer.",
    "I am not able to listen to audio.",
    "What do you hear?",
    "Measure 5 has a small breath; option B is out, section C follows.",
    "The tone is as round as a pear.",
    "",
])  # fmt: skip
def test_what_is_asked_quoted_or_said_by_others_is_no_claim(told, text):
    assert told(text) == []


def test_the_copied_prompt_and_its_options_are_no_claims():
    prompt = "Which chord is heard? (A) C major (B) A minor (C) F major (D) G major"
    question = Question(
        "q", prompt, facet="chord", choices=("C major", "A minor", "F major", "G major")
    )
    text = f"<think>{prompt} I listen. It is an F major chord.</think><answer>C</answer>"
    found = [(c.type, c.value) for c in read(question, parse(text)) if c.section == "think"]
    assert found == [("chord", "F:maj")]
    options = "The options are (A) C major (B) A minor (C) F major (D) G major."
    assert not read(question, parse(f"<think>{options}</think><answer>C</answer>"))[:-1]


def test_a_name_is_a_chord_where_chords_are_asked_and_else_a_key(told):
    assert told("So this is D minor.", "key") == ["key D minor"]
    assert told("So this is D minor.", "chord") == ["chord D:min"]


@pytest.mark.parametrize(("text", "relation"), [
    ("The key is D major. A is the dominant.", "dominant of D major is A"),
    ("The key is D major, its dominant is A major.", "dominant of D major is A"),
    ("The key is D major. The subdominant is G.", "subdominant of D major is G"),
    ("The key is D major. Its relative minor is B minor.", "relative of D major is B minor"),
    ("The key is D major. Its scale is D E F# G A B C#.",
     "members of D major is D E F# G A B C#"),
])  # fmt: skip
def test_a_relation_without_a_key_is_one_of_the_key_that_was_named(told, text, relation):
    assert told(text) == ["key D major", f"textbook {relation}"]


def test_a_chord_keeps_its_time():
    found = claims("0:00 C, then 0:04 A minor.", "chords")
    assert [(claim.value, claim.time) for claim in found][-1] == ("A:min", 4.0)


def test_spans_are_those_of_the_raw_text():
    raw = "<think>“Hm” — it’s in E♭ ma\u200bjor, 3⁄4.</think><answer>x</answer>"
    found = read(Question("q", "?"), parse(raw))
    assert [raw[claim.start : claim.end] for claim in found] == ["E♭ ma\u200bjor", "3⁄4"]


def test_only_eight_kilobytes_are_read(told):
    padding = "so it goes on and on, " * (READ // 22 + 2)
    assert told(padding + "The key is D major.") == []
    assert told("The key is D major. " + padding) == ["key D major"]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_folding_maps_every_place_into_the_raw_text(raw):
    text = folded(raw, 7)
    places = [text.raw(at) - 7 for at in range(len(text.text) + 1)]
    assert all(0 <= place <= len(raw) for place in places)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join))
def test_every_claim_stands_where_it_says(text):
    raw = f"<think>{text}</think><answer>D</answer>"
    for claim in read(Question("q", "?", facet="key"), parse(raw)):
        assert 0 <= claim.start < claim.end <= len(raw)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join),
    st.sampled_from(["key", "note", "chord", "roman", "interval", "instruments", "meter", None]),
)
def test_no_answer_ends_the_reader(text, facet):
    assert all(0 <= one.start < one.end <= len(text) for one in read_text(text, facet))


@pytest.mark.parametrize(("text", "facet", "types"), [
    ("like A7 is", "note", []),
    ("on D horns 40 is", "note", ["instrument"]),
    ("Last chord: E \u2014 minor triad, E G B.", "chord", ["chord", "textbook"]),
])  # fmt: skip
def test_no_answer_ends_the_reader_where_its_last_word_is_looked_behind(text, facet, types):
    assert sorted({one.type for one in read_text(text, facet)}) == types


@pytest.mark.parametrize("piece", [
    "A ", "C - ", "Am7/C6 ", "not ", "or ", "D major or ", "no, ", "(", "E flat ", "3/4 ", "piano ",
    "if would ", "V7 ", "? ", "\u200b", "e\u0301", "x", "\n", '"',
])  # fmt: skip
def test_time_grows_with_the_text_and_stays_small(piece):
    question = Question("q", "?", facet="key")
    for size in (8_000, 128_000):
        response = parse(f"<think>{piece * (size // len(piece))}</think><answer>D</answer>")
        start = time.process_time()
        read(question, response)
        assert time.process_time() - start < 2.0


SHARED = (
    "the chord is D minor", "G: the tonic, then C - G7 - C", "a low G, then D flat seven",
    "not in E major, but in A", "it goes from A minor to C over four bars", "the last chord is D",
    "B flat minor, then D flat seven", "maybe D, maybe G, I would say D major",
)  # fmt: skip


@pytest.mark.parametrize("line", SHARED)
def test_what_a_sibling_told_of_a_line_changes_nothing_for_the_next(line):
    facets = ("chord", "key", None, "progression", "note", "roman")

    def read_first(facet):
        sentences._lines.cache_clear()
        return read_text(line, facet)

    alone = [read_first(facet) for facet in facets]
    sentences._lines.cache_clear()
    for _ in range(2):
        assert [read_text(line, facet) for facet in facets] == alone
        assert [
            replace(claim, start=claim.start - 9, end=claim.end - 9)
            for claim in read_text(f"Quietly. {line}", None)
        ] == alone[2]
