"""Roman numerals: their notes are music21's, their credit follows the table."""

from __future__ import annotations

import time

import pytest
from music21 import key as m21_key
from music21 import roman as m21_roman

from rewards.scorers.roman import judged, reference
from rewards.spelling.keys import parse_key
from rewards.spelling.numeral_words import read_numerals
from rewards.spelling.numerals import chord_of, parse_numeral
from rewards.spelling.romans import find_romans, parse_roman

TONICS = ["C", "G", "D", "A", "E", "B", "F#", "Db", "Ab", "Eb", "Bb", "F"]
NUMERALS = {
    "major": "I I6 I64 ii ii6 iii IV IV6 V V6 V7 V65 V43 V42 vi viio viio6 viio7 viiø7 ii7 ii65 "
    "IV7 I7 vi7 iii7 bII6 bVI bVII iv i V/V V7/V V65/V V/ii V7/ii V7/vi V43/IV viio7/V viio/ii "
    "bIII bII II III VI v vi6 vi64 iii6 IV65 vi65 ii43 ii42 viio64 viiø65 viiø43 viiø42 viio65 "
    "iiø7 iiø65 #ivo7 #ivø7 III+ V+ I+ bVI6 iv6 V/iii V7/iii V42/V V6/V V7/IV viiø7/V viio7/vi "
    "viio65/ii iv/ii ii/V ii7/V V/V/V V7/V/V V7/IV/V viio7/V/ii V/ii/IV V7/vi/iii vii0 vii07",
    "minor": "i i6 i64 iio iio6 ii III III+ iv iv6 IV V V6 V7 V65 V43 V42 v VI VII viio viio6 "
    "viio7 viio65 i7 iv7 VI7 III7 VII7 bII6 V/V V7/V V7/iv V7/III V65/iv viio7/V vi vii vio vi7 "
    "iiø7 iiø65 iiø43 iiø42 ii6 VI6 VI64 VII6 III6 v6 v7 IV7 viio43 viio42 viiø7 bII V/VI V7/VI "
    "V/VII V65/III V42/iv viio7/iv viio7/III viio65/iv ii/III V/V/V V7/iv/III viio7/V/VI V7/IV/v",
}


def _ours(text: str, tonic: str, mode: str) -> tuple[frozenset[int], int]:
    key = parse_key(f"{tonic} {mode}")
    numeral = parse_numeral(text, mode == "minor")
    assert key is not None
    assert numeral is not None, text
    root, mask, bass = chord_of(numeral, key)
    return frozenset((root + s) % 12 for s in range(12) if mask >> s & 1), (root + bass) % 12


@pytest.mark.parametrize("mode", ["major", "minor"])
@pytest.mark.parametrize("tonic", TONICS)
def test_the_notes_of_a_numeral_are_those_of_music21_in_every_key(tonic: str, mode: str):
    scale = m21_key.Key(tonic.replace("b", "-"), mode)
    for text in NUMERALS[mode].split():
        chord = m21_roman.RomanNumeral(text, scale)
        theirs = frozenset(pitch.pitchClass for pitch in chord.pitches)
        assert _ours(text, tonic, mode) == (theirs, chord.bass().pitchClass), (text, tonic, mode)


CREDIT = [
    # fact, key, answer, value
    ("V7", "D major", "V7", 1.0), ("V7", "D major", "V⁷", 1.0), ("V7", "D major", "V 7", 1.0),
    ("V7", "D major", "the V7 chord", 1.0), ("V7", "D major", "V7 in D major", 1.0),
    ("V7", "D major", "dominant seventh", 1.0), ("V7", "D major", "It is not IV, it is V7.", 1.0),
    ("V65", "D major", "V7 in first inversion", 1.0), ("V65", "D major", "V6/5", 1.0),
    ("bII6", "C minor", "N6", 1.0), ("N6", "C minor", "Neapolitan sixth", 1.0),
    ("N", "E minor", "bII6", 1.0), ("Cad64", "G major", "I64", 1.0),
    ("Cad64", "G minor", "i6/4", 1.0), ("V2", "C major", "V4/2", 1.0),
    ("vii°7", "C minor", "viio7", 1.0), ("viiø7", "C major", "vii half-diminished 7", 1.0),
    ("V7/V", "F major", "V7 of V", 1.0), ("IV", "F major", "subdominant", 1.0),
    ("iv", "F minor", "subdominant", 1.0), ("vi", "F major", "F major: vi", 1.0),
    ("V7", "D major", "V7, because it resolves to I", 1.0),
    ("II", "D major", "V/V", 0.8), ("V/V", "D major", "II", 0.8),
    ("V", "D major", "I in A major", 0.8),
    ("V7", "D major", "V65", 0.7), ("V", "D major", "V6", 0.7), ("IV6", "D major", "IV", 0.7),
    ("V7", "D major", "V7/V", 0.5), ("V7/ii", "D major", "V7/vi", 0.5),
    ("V7", "D major", "V7 in G major", 0.5),
    ("vi7", "C major", "I6", 0.0), ("V7", "D major", "v7", 0.4), ("V7", "D major", "V", 0.4),
    ("V", "D major", "v", 0.4), ("ii°", "C minor", "ii", 0.4), ("V7", "D major", "v65", 0.3),
    ("V7", "D major", "IV7", 0.0), ("V7", "D major", "VVVV", 0.0), ("V7", "D major", "IIII", 0.0),
    ("V7", "D major", "V7 or IV", 0.0), ("V7", "D major", "V7/IV7", 0.0),
    ("V7", "D major", "I think so", 0.0), ("V7", "D major", "a chord", 0.0),
    ("I", "D major", "I am not sure", 0.0), ("V7", "D major", "not V7", 0.0),
    ("V7", "D major", "I ii iii IV V vi vii", 0.0),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "key", "answer", "credit"), CREDIT)
def test_credit_follows_the_table(value, fact, key, answer, credit):
    assert value("roman", answer, facts={"roman": fact, "key": key}) == pytest.approx(credit)


def test_the_same_notes_on_another_root_are_worth_half(value):
    assert value("roman", "iii+", facts={"roman": "I+", "key": "C major"}) in (0.0, 0.5)
    assert value("roman", "V+", facts={"roman": "I+", "key": "E major"}) == 0.0
    # The diminished seventh of B is that of D: vii of C, vii of E flat.
    facts = {"roman": "vii°7", "key": "C minor"}
    assert value("roman", "ii°7 in C minor", facts=facts) == 0.5


def test_a_fact_that_is_no_numeral_is_an_error_and_no_zero(judge):
    part = judge("roman", "V7", facts={"roman": "Q9"})
    assert part.status == "error"
    assert "facts.roman" in part.why


def test_without_a_fact_or_for_another_facet_it_does_not_apply(judge):
    assert judge("roman", "V7", facts={"key": "C major"}).status == "not_applicable"
    part = judge("roman", "V7", facts={"roman": "V7", "key": "C major"}, facet="key")
    assert part.status == "not_applicable"


FORMS = {
    "vii°": "viio vii0 viidim VII° vii° viio VIIo", "viiø7": "viiø7 vii/o7 viiø VIIm7b5 viim7b5",
    "V+": "V+ Vaug", "ii7": "IIm7 ii-7 iimin7 ii7", "V65": "V65 V6/5 V653",
    "V42": "V2 V42 V4/2 V642", "I6": "I6 I63 I6/3", "V": "V V53 V5/3", "Imaj7": "Imaj7 IM7 IΔ7 IΔ",
    "bII6": "N6 N bII6", "Cad64": "Cad64 Cad6/4 K64 K6/4 V64-53 V6/4-5/3",
    "Ger65": "Ger65 Ger+6 Ger6 Gr+6 Gr6 Ger6/5", "It6": "It6 It+6", "Fr43": "Fr43 Fr+6 Fr6 Fr4/3",
    "V7/V": "V7/V V7/(V)", "vii°65/V": "viio65/V vii°6/5/V", "Vsus4": "Vsus4 Vsus",
}  # fmt: skip
WRONG = "VVVV IIII VIII VIIII IIV IVV IXV VX V8 V77 Vmmm V7/IV7 IX X ivv viiii VI7/ /V #### b7 V7/7"


@pytest.mark.parametrize(
    ("form", "written"), [(f, w) for f, ws in FORMS.items() for w in ws.split()]
)
def test_each_spelling_of_a_numeral_has_one_form(form, written):
    assert parse_roman(written) == form
    assert [m.value for m in find_romans(f"the {written} here")] == [form]
    assert parse_roman(form) == form


@pytest.mark.parametrize("written", WRONG.split())
def test_what_only_looks_like_a_numeral_is_none(value, written):
    assert parse_roman(written) is None
    assert value("roman", written, facts={"roman": "V7", "key": "D major"}) == 0.0


def test_the_pronoun_is_no_chord():
    text = "I think it is the I chord, i.e. I in first inversion; I am sure"
    assert [m.value for m in find_romans(text)] == ["I", "I"]


SPELLED = {
    ("V7", "D major"): """V7|V⁷|Ⅴ7|V^7|V_7|$V^7$|V^{7}|\\boxed{V^7}|(V7)|**V7**|V(7)|V dom7
        |dominant seventh|the dominant seventh chord|dominant-seventh|five seven|five-seven chord
        |in D major: V7|D major: V7|D: V7|V7 of D major|V7 in D|V7 (A7)|A7, i.e. V7|A7 = V7
        |The chord is V7, which resolves to I.|V7 because it resolves to I
        |V7, leading to the tonic I
        |It is V7, not V.|not IV but V7|V7 in root position|root-position V7|V with a seventh
        |I'd say V7|V7 (A–C#–E–G)|V7/I|V7 resolving to I|V7 going to vi|dominant seventh (V7)""",
    ("V7/V", "Bb major"): """V7 of V|five seven of five|V7/(V)|[V7]/V|V⁷/V|V7 of the dominant
        |dominant seventh of the dominant|secondary dominant seventh of V""",
    ("V65", "E minor"): """V^6_5|V^{6}_{5}|V⁶₅|V6 5|V 6/5|V7, first inversion|five six five
        |first-inversion V7|dominant seventh in first inversion|V7 with the third in the bass
        |V7 (first inversion)""",
    ("viiø7", "F major"): """viiØ7|vii∅7|vii half-diminished seventh|leading-tone seventh
        |seven seven|vii half dim 7""",
    ("vii°7", "C minor"): """viio7|#viio7|vii fully diminished 7|leading-tone seventh chord
        |vii diminished seventh|viiº⁷""",
    ("I6", "G major"): "I⁶|one six|tonic in first inversion|the I chord in first inversion|I63",
    ("Cad64", "G major"): "I6/4|V64|cadential 6/4|cadential six-four chord|one six-four",
    ("V42", "C major"): "V7 in third inversion", ("V64", "C major"): "V in second inversion",
    ("ii°", "C minor"): "supertonic|two|iio|the two chord",
    ("bVI", "A major"): "♭VI|flat six|flat VI|flat-VI", ("VI", "A minor"): "bVI|six|submediant",
    ("bII6", "A minor"): "N6|Neapolitan|Neapolitan sixth|♭II⁶|N6 chord",
    ("V", "A minor"): "in A minor: V|a: V|V in A minor|dominant triad|V, the dominant|V/i",
    ("vi", "C major"): "A minor: vi|Am = vi|A minor is vi|vi (A minor)|C: vi",
}  # fmt: skip


@pytest.mark.parametrize(
    ("fact", "key", "answer"),
    [(f, k, form.strip()) for (f, k), forms in SPELLED.items() for form in forms.split("|")],
)
def test_words_markup_and_sentences_name_the_numeral(value, fact, key, answer):
    assert value("roman", answer, facts={"roman": fact, "key": key}) == 1.0


SEVERAL = """V7 or V|V, V7|V7 / IV|V7-I|V7 and IV|V7?? or maybe ii|neither V7 nor IV|V7 or dominant
    |dominant or tonic|it is either V7 or vii°|I, IV, V7|V7 in first or second inversion
    |V65 in third inversion|V in third inversion|secondary dominant|7|A7|i|X|seven|I do not know"""


@pytest.mark.parametrize("answer", [form.strip() for form in SEVERAL.split("|")])
def test_several_none_and_contradictions_earn_nothing(value, answer):
    assert value("roman", answer, facts={"roman": "V7", "key": "D major"}) == 0.0


@pytest.mark.parametrize(
    ("fact", "key", "answer", "credit"),
    [
        ("Ger65", "D major", "bVI7", 0.8), ("Ger65", "D major", "It6", 0.4),
        ("#iv°7", "D major", "vii°7/V", 0.8), ("V7", "D major", "V9", 0.4),
        ("V", "D major", "Vsus4", 0.4), ("V64", "D major", "I64", 0.0),
        ("V64", "D major", "Cad64", 0.5), ("V7/ii", "D major", "V65/V", 0.3),
        ("V in A minor", "C major", "V/vi", 1.0), ("V in A minor", "C major", "V", 0.5),
        ("V/vi", "C major", "V in A minor", 1.0), ("VII", "C minor", "vii°", 0.4),
        ("V6/V", "D major", "II", 0.7), ("bVI", "D major", "VI", 0.0), ("VI", "D minor", "vi", 0.4),
    ],
)  # fmt: skip
def test_partial_credit_of_neighbours(value, fact, key, answer, credit):
    assert value("roman", answer, facts={"roman": fact, "key": key}) == pytest.approx(credit)


def test_gold_earns_one_and_credit_is_at_most_one_in_every_key(value):
    for mode, names in NUMERALS.items():
        for tonic in ("C", "F#"):
            for name in names.split():
                facts = {"roman": name, "key": f"{tonic} {mode}"}
                assert value("roman", name, facts=facts) == 1.0, (name, facts)


def test_transposing_the_key_changes_nothing():
    for fact in NUMERALS["major"].split():
        for answer in ("V7", "II", "V7/V", "viio", "bVI"):
            credits = set()
            for tonic in TONICS:
                key = parse_key(f"{tonic} major")
                truth = reference(fact, f"{tonic} major")
                assert key is not None
                assert truth is not None
                credits.add(judged(truth[0], truth[1], truth[2], key, answer).value)
            assert len(credits) == 1, (fact, answer)


@pytest.mark.parametrize("fact", ["none", "X", "N.C."])
def test_a_fact_without_a_numeral_does_not_apply(judge, fact):
    assert judge("roman", "V", facts={"roman": fact}).status == "not_applicable"


@pytest.mark.parametrize(
    "unit",
    ["V", "V ", "V7-", "V/", "I ", "first inversion ", "of the ", "dominant of ", "resolves to I ",
     "#", "V6/4-", "five ", "or V ", "((", "^_{", "i.e. ", "A minor: "],
)  # fmt: skip
def test_hostile_text_is_read_in_linear_time(unit):
    home = parse_key("C major")
    assert home is not None
    text = (unit * 2000)[:2000]
    began = time.process_time()
    read_numerals(text, home)
    assert time.process_time() - began < 2.0
