"""Forms: letters up to relabelling, and the names that stand for them."""

from __future__ import annotations

from importlib import import_module

import pytest

from rewards.scorers.form import edits

SAME = {
    "AABA": "AABA|A A B A|A-A-B-A|A, A, B, A|BBAB|CCDC|aaba|a a b a|A–A–B–A|AABA form|A/A/B/A"
    "|The form is AABA.|32-bar form|32-bar song form (AABA)|AABA (32-bar form)"
    "|thirty-two-bar form|**AABA**|\\boxed{AABA}|It is in AABA form|popular song form"
    "|not ABAC but AABA|A (8) A (8) B (8) A (8)|А А В А|verse verse bridge verse|A → A → B → A"
    "|verse - verse - bridge - verse|The structure is A-A-B-A, a 32-bar form.",
    "ternary": "ternary|Ternary form|A B A|A-B-A|ABA'|three-part form|ternary (ABA)|da capo form"
    "|ABA|ABA, ternary|simple ternary|compound ternary form|It is ternary, not binary.|BAB|A B A’",
    "ABA": "ternary|ternary form (ABA)|A-B-A|three-part|aba|minuet and trio|A1 B1 A1",
    "rondo": "rondo|Rondo form|ABACA|ABACABA|ABACADA|rondo (ABACA)|A B A C A|a rondo|ABACA rondo"
    "|rondo form: A-B-A-C-A",
    "ABACABA": "rondo|ABACABA|A-B-A-C-A-B-A|sonata-rondo",
    "binary": "binary|AB|A B|AABB|binary form (AB)|simple binary|two-part form",
    "rounded binary": "rounded binary|Rounded binary form|ABA'|AABA'|rounded binary, not ternary",
    "strophic": "strophic|AAA|AAAA|strophic form|A A A A|strophic (AAA)",
    "through-composed": "through-composed|through composed|ABCD|ABC|durchkomponiert|A B C D E",
    "verse-chorus": "verse-chorus|verse-chorus form|verse and chorus|ABAB|ABABCB|Verse/chorus"
    "|verse chorus verse chorus bridge chorus|verse-chorus-verse-chorus",
    "theme and variations": "theme and variations|variations|variation form|A A' A'' A'''"
    "|theme & variations|A1 A2 A3",
    "sonata": "sonata|sonata form|sonata-allegro form|sonata form (exposition, development,"
    " recapitulation)",
    "12-bar blues": "12-bar blues|twelve-bar blues|12 bar blues|AAB|a 12-bar blues",
    "verse chorus verse chorus bridge chorus": "ABABCB|verse, chorus, verse, chorus,"
    " bridge, chorus|Verse 1 - Chorus - Verse 2 - Chorus - Bridge - Chorus",
    "arch form": "arch form|ABCBA|bow form",
    "ritornello": "ritornello|Ritornello form|It is in ritornello form, not a rondo.",
    "bar form": "bar form|AAB|Bar form (AAB)",
}
SEVERAL = """AABA or ABAB|ternary or binary|either rondo or sonata|AABA, ABAC, ABAB|binary/ternary
    |ternary (AAB)|rondo, ABA|AABA and ABCD||I do not know|form|not AABA|neither AABA nor ABAB
    |a piece in several parts|D major|C major"""


@pytest.mark.parametrize(
    ("form", "answer"),
    [(form, answer) for form, said in SAME.items() for answer in said.split("|")],
)
def test_every_way_to_say_the_form_earns_one(value, form, answer):
    assert value("form", answer, facts={"form": form}) == 1.0


@pytest.mark.parametrize("answer", SEVERAL.replace("\n    |", "|").split("|"))
@pytest.mark.parametrize("form", ["AABA", "sonata"])
def test_no_form_and_several_forms_earn_nothing(value, form, answer):
    assert value("form", answer, facts={"form": form}) == 0.0


@pytest.mark.parametrize(
    ("form", "answer", "credit"),
    [
        ("AABA", "AABB", 0.75), ("AABA", "ABAB", 0.5), ("AABA", "AA'BA", 0.9), ("AABA", "ABCD",
        0.0),
        ("AABA", "A", 0.0), ("AABA", "AABAAABA", 0.5), ("ternary", "binary", 0.0),
        ("ternary", "rounded binary", 0.5), ("binary", "rounded binary", 0.5), ("rondo", "fugue",
        0.0),
        ("rondo", "sonata-rondo", 0.5), ("sonata", "ABA", 0.33), ("strophic", "through-composed",
        0.0),
        ("ABACA", "ABABA", 0.75), ("AABA", "ternary", 0.375), ("rondo", "ternary", 0.0),
    ],
)  # fmt: skip
def test_near_forms_earn_their_credit(value, form, answer, credit):
    assert value("form", answer, facts={"form": form}) == pytest.approx(credit, abs=0.01)


@pytest.mark.parametrize(
    ("form", "answer"), [("AABA", "||: A :|| B A"), ("binary", "||: A :||: B :||"), ("AABA",
    "A | A | B | A"),
                         ("AABA", "|: A :| B A")],
)  # fmt: skip
def test_repeat_signs_are_played_out(value, form, answer):
    assert value("form", answer, facts={"form": form}) == 1.0


def test_a_wrong_form_of_letters_never_earns_more_than_three_quarters(value):
    assert value("form", "ABACABAC", facts={"form": "ABACABAD"}) == 0.75


def test_edits_are_those_of_rapidfuzz():
    distance = import_module("rapidfuzz.distance")
    for one in ("AABA", "ABACA", "A", "ABCDABCD"):
        for other in ("AABB", "ABABCB", "CBA", "AAAA"):
            assert edits(tuple(one), tuple(other)) == distance.Levenshtein.distance(one, other)


def test_a_fact_that_is_no_form_is_an_error(judge):
    part = judge("form", "AABA", facts={"form": "a nice tune"})
    assert part.status == "error"
    assert "facts.form" in part.why


def test_absent_fact_and_other_facets_do_not_apply(judge):
    assert judge("form", "AABA").status == "not_applicable"
    assert judge("form", "AABA", facts={"form": "AABA"}, facet="key").status == "not_applicable"
