"""The cadence reward: every name of a cadence, and credit for the right family."""

from __future__ import annotations

import time

import pytest

from rewards.scorers.cadence import named_cadences, reference
from rewards.spelling.cadences import find_cadences, find_motions, parse_cadence

NAMES = {
    "PAC": """PAC|pac|P.A.C.|(PAC)|perfect authentic cadence|Perfect authentic|PERFECT CADENCE
        |perfect|a perfect cadence|authentic cadence (PAC)|authentic (perfect)|authentic, perfect
        |an authentic cadence, specifically a perfect one|The cadence is perfect.
        |Perfect Authentic Cadence (PAC)|perfect authentic cadence (V7–I)|**PAC**|\\boxed{PAC}
        |The phrase closes with a perfect authentic cadence in A major, the soprano on the tonic.
        |It isn't a half cadence; it is a perfect authentic cadence|PAC, not IAC
        |a perfect V-I cadence
        |The second half ends with a PAC|PAC rather than a deceptive cadence
        |perfect (authentic) cadence
        |cadence parfaite|cadencia auténtica perfecta|cadenza perfetta|vollkommener Ganzschluss
        |perfect-authentic|perfect authentic: V resolves to I|РAC|P\u200bAC""",
    "IAC": """IAC|i.a.c.|imperfect authentic|Imperfect Authentic Cadence (IAC)
        |authentic, but imperfect
        |an authentic cadence, imperfect|cadence imparfaite|unvollkommener Ganzschluss|vii°6-I|V65-I
        |V-I6|V6/5 → I|leading-tone cadence|cadence: imperfect authentic""",
    "HC": """HC|half cadence|Half Cadence.|half-cadence|half close|half|semicadence
        |imperfect cadence
        |imperfect|open cadence|a half cadence on the dominant|ends on the dominant|It ends on V.
        |ii6-V|I-IV-V|I to V|The phrase comes to rest on the dominant|Halbschluss|demi-cadence
        |semicadencia|imperfect (half) cadence|It stops on the dominant|half cad.
        |half cadence, because a perfect authentic cadence would end on I""",
    "PC": """PC|plagal|plagal cadence|amen|Amen cadence|a plagal ("Amen") cadence|IV-I|IV–I|iv to i
        |subdominant to tonic|church cadence|cadence plagale|plagaler Schluss|Plagal (IV-I)
        |I-IV-I""",
    "DC": """DC|deceptive|deceptive cadence|interrupted|Interrupted cadence|evaded cadence
        |false cadence
        |V-vi|V to vi|V7 → vi|V-VI|from V7 to VI|V-bVI|Trugschluss|cadence rompue|cadencia rota
        |cadenza d’inganno|broken cadence|deceptive: V resolves to vi instead of I
        |It is deceptive because V-I is expected but V goes to vi|dominant to submediant""",
    "Phrygian": """Phrygian|phrygian half cadence|Phrygian cadence|half cadence (Phrygian)|iv6-V|PHC
        |a half cadence, namely a Phrygian one""",
}  # fmt: skip


def names() -> list[tuple[str, str]]:
    return [(label, form.strip()) for label, forms in NAMES.items() for form in forms.split("|")]


NOTHING = """||none|no cadence|a cadence|V|I|modal|weak cadence|strong|I do not know|V-IV|X|PCA
    |neither PAC nor HC|not a PAC|anything but plagal|plagal or authentic|PAC or HC|PAC / HC|PAC, DC
    |both PAC and plagal|perfect or plagal cadence|perfect/imperfect|deceptive or half
    |PAC? Or perhaps a half cadence|HC or V-I|1. PAC 2. HC 3. DC|PAC or IAC or PC|V-I or IV-I
    |perfect, imperfect, plagal or interrupted cadence|D.C. al fine|half of the phrase"""


@pytest.mark.parametrize(("label", "answer"), names())
def test_every_name_of_the_cadence_earns_one_except_where_it_says_less(value, label, answer):
    assert value("cadence", answer, facts={"cadence": label}) == 1.0


@pytest.mark.parametrize(("label", "name"), names())
def test_a_fact_may_be_spelled_in_any_of_the_names(label, name):
    if "\\" not in name and "*" not in name:
        assert reference(name) == label


@pytest.mark.parametrize("answer", [form.strip() for form in NOTHING.split("|")])
@pytest.mark.parametrize("label", ["PAC", "HC", "PC"])
def test_no_cadence_and_several_cadences_earn_nothing(value, label, answer):
    assert value("cadence", answer, facts={"cadence": label}) == 0.0


TABLE = {
    ("PAC", "IAC"): 0.5, ("IAC", "PAC"): 0.5, ("PAC", "AC"): 0.6, ("IAC", "AC"): 0.6,
    ("AC", "PAC"): 1.0, ("AC", "IAC"): 1.0, ("HC", "Phrygian"): 0.5, ("Phrygian", "HC"): 0.5,
}  # fmt: skip
LABELS = ("PAC", "IAC", "AC", "HC", "PC", "DC", "Phrygian")


@pytest.mark.parametrize("true", LABELS)
@pytest.mark.parametrize("given", LABELS)
def test_each_pair_of_labels_earns_what_the_table_says(value, true, given):
    expected = 1.0 if true == given else TABLE.get((true, given), 0.0)
    assert value("cadence", given, facts={"cadence": true}) == expected


@pytest.mark.parametrize(
    "answer",
    ["authentic", "an authentic cadence", "V-I", "V7-I", "V to I", "ii-V-I", "full close",
     "dominant to tonic", "The dominant resolves to the tonic", "Ganzschluss", "cadencia auténtica",
     "authentic or perfect authentic"],
)  # fmt: skip
def test_a_bare_authentic_earns_six_tenths_and_all_where_the_fact_is_as_bare(value, answer):
    assert value("cadence", answer, facts={"cadence": "PAC"}) == 0.6
    assert value("cadence", answer, facts={"cadence": "IAC"}) == 0.6
    assert value("cadence", answer, facts={"cadence": "authentic"}) == 1.0
    assert value("cadence", answer, facts={"cadence": "HC"}) == 0.0


def test_half_or_phrygian_is_the_half_cadence(value):
    assert value("cadence", "a half or Phrygian cadence", facts={"cadence": "Phrygian"}) == 0.5


def test_chords_beside_a_name_explain_it_and_do_not_replace_it(value):
    facts = {"cadence": "DC"}
    assert value("cadence", "V-I was expected: a deceptive cadence", facts=facts) == 1.0


def test_the_label_of_an_option_is_read_as_its_option(value):
    options = ("half cadence", "plagal cadence", "deceptive cadence")
    assert value("cadence", "(B)", facts={"cadence": "PC"}, choices=options) == 1.0


def test_a_copy_of_the_question_is_no_second_cadence(value):
    text = "Is this a plagal cadence or a half cadence?"
    assert value("cadence", f"{text} plagal", facts={"cadence": "PC"}, text=text) == 1.0


@pytest.mark.parametrize("fact", ["none", "No cadence", "X"])
def test_a_fact_without_a_cadence_does_not_apply(judge, fact):
    assert judge("cadence", "PAC", facts={"cadence": fact}).status == "not_applicable"


def test_absent_fact_or_another_facet_does_not_apply(judge):
    assert judge("cadence", "PAC").status == "not_applicable"
    other = judge("cadence", "PAC", facts={"cadence": "PAC", "tempo": 90.0}, facet="tempo")
    assert other.status == "not_applicable"


@pytest.mark.parametrize("fact", ["Q", "loud cadence", "PAC or HC"])
def test_a_fact_that_is_no_one_cadence_is_an_error_and_never_zero(judge, fact):
    part = judge("cadence", "PAC", facts={"cadence": fact})
    assert (part.status, part.value) == ("error", None)
    assert "facts.cadence" in part.why


def test_kinds_read_names_and_never_chords():
    assert parse_cadence("half cadence") == "HC"
    assert parse_cadence("V-I") is None
    assert [m.value for m in find_cadences("V-I, a PAC")] == ["PAC"]
    assert [m.value for m in find_motions("ii6-V7-I")] == ["AC"]


@pytest.mark.parametrize(
    "unit",
    ["V-", "perfect ", "half or ", "authentic, ", "I to ", "ends on the ", "(", "imperfect/"],
)
def test_hostile_text_is_read_in_linear_time(unit):
    for size in (1_000, 128_000):
        text = (unit * size)[:size]
        began = time.process_time()
        named_cadences(text)
        assert time.process_time() - began < 2.0
