"""Instruments, genres, moods: sets of names over one ontology."""

from __future__ import annotations

import pytest

from rewards.spelling.ontology import ontology

DUO = ("piano", "violin")


@pytest.mark.parametrize(
    "answer",
    [
        "piano and violin",
        "violin, piano",
        "a piano and a violin",
        "Violin & Piano",
        "fiddle, piano",
        "pianos and violins",
        "A solo violin accompanied by piano",
        '["violin", "piano"]',
        "Instruments: piano, violin.",
        "- piano\n- violin",
        "1. piano 2. violin",
        "piano, piano, violin",
        "piano, violin; no drums",
        "Not a guitar but a violin, and a piano",
        "grand piano and violin",
        "The instruments are violin and piano.",
        "v\u200biolin and pi\u0430no",
        "piano/violin duo",
        "violin with piano accompaniment",
        "The violin plays the melody over the piano.",
        "I can hear a violin playing the melody, with piano chords underneath.",
        "The left hand of the piano plays bass notes, and the violin sings.",
        "piano (accompaniment), violin (melody)",
        "Violin: melody. Piano: accompaniment.",
        "piano: yes; violin: yes",
        "a pianist and a violinist",
        "piano and violin, slow and gentle",
        "piano, violin, etc.",
        "piano, violin and nothing else",
        "piano and, later, violin",
        "piano and violin without percussion or vocals",
        "not only piano but also violin",
        "violin and piano, not viola",
        "two violins and a piano",
        '{"instruments": ["piano", "violin"]}',
        "Klavier und Geige",
        "piano et violon",
    ],
)
def test_every_writing_of_the_set_earns_one(value, answer):
    assert value("instruments", answer, facts={"instruments": DUO}) == 1.0


@pytest.mark.parametrize(
    ("answer", "credit"),
    [
        ("piano", 2 / 3),
        ("piano, violin, cello", 0.8),
        ("piano, violin, flute, harp", 2 / 3),
        ("piano, violin, zorblax", 0.8),
        ("electric piano and violin", 0.5),
        ("strings, piano", 0.75),
        ("guitar", 0.0),
        ("no piano, no violin", 0.0),
        ("neither piano nor violin", 0.0),
        ("piano or violin", 0.0),
        ("piano/violin", 1.0),
        ("piano/organ", 0.0),
        ("piano/organ, violin", 0.4),
        ("without piano or violin", 0.0),
        ("no piano, but a violin", 2 / 3),
        ("The piano is absent; a violin plays", 2 / 3),
        ("The piano is missing but the violin is there", 2 / 3),
        ("piano: no; violin: yes", 2 / 3),
        ("piano, organ or violin", 0.4),
        ("all instruments", 0.0),
        ("pianissimo violining", 0.0),
        ("violin, violoncello and piano", 0.8),
        ("piano, blah, foo, bar", 1 / 3),
        ("X", 0.0),
        ("music", 0.0),
        ("I hear no piano but a violin", 2 / 3),
    ],
)
def test_credit_is_f1_over_names(value, answer, credit):
    assert value("instruments", answer, facts={"instruments": DUO}) == pytest.approx(credit)


def test_a_keyword_list_falls_by_its_precision(value):
    everything = ", ".join(sorted(set(ontology("instruments").canonical.values())))
    assert value("instruments", everything, facts={"instruments": DUO}) < 0.05


@pytest.mark.parametrize(
    ("reward", "truth", "answer", "credit"),
    [
        ("instruments", "saxophone", "tenor sax", 0.5),
        ("instruments", "acoustic guitar", "guitar", 0.5),
        ("instruments", "acoustic guitar", "electric guitar", 0.0),
        ("instruments", "voice", "vocals", 1.0),
        ("instruments", "acoustic guitar", "guitar (acoustic)", 1.0),
        ("instruments", "acoustic guitar", "acoustic and electric guitars", 2 / 3),
        ("instruments", "acoustic guitar", "a guitar, more precisely an acoustic guitar", 1.0),
        ("instruments", "acoustic guitar", "classical guitar", 0.5),
        ("instruments", "guitar", "bass guitar", 0.0),
        ("instruments", "electric guitar", "electric bass guitar", 0.0),
        ("instruments", "bass guitar", "bass", 1.0),
        ("instruments", "bass guitar", "double bass", 0.0),
        ("instruments", "double bass", "bass", 0.5),
        ("instruments", "double bass", "contrabass", 1.0),
        ("instruments", "piano", "electric piano", 0.0),
        ("instruments", "piano", "toy piano", 0.0),
        ("instruments", "piano", "digital piano", 0.5),
        ("instruments", "piano", "a solo piano playing softly", 1.0),
        ("instruments", "piano", "a piano with no percussion or vocals", 1.0),
        ("instruments", "piano", "piano, the only instrument", 1.0),
        ("instruments", "piano", "piano, organ or harpsichord", 0.0),
        ("instruments", "cello", "violoncello", 1.0),
        ("instruments", "cello", "celli", 1.0),
        ("instruments", "cello", "strings", 0.5),
        ("instruments", "violin", "a fiddle tune", 1.0),
        ("instruments", "violin", "violin or fiddle", 1.0),
        ("instruments", "drums", "percussion", 0.5),
        ("instruments", "drums", "120 beats per minute", 0.0),
        ("instruments", "keyboard", "in a major key", 0.0),
        ("instruments", "saxophone", "a saxophonist", 1.0),
        ("instruments", "tenor saxophone", "alto sax", 0.0),
        ("instruments", "voice", "female vocals", 0.5),
        ("instruments", "female vocals", "voice (female)", 1.0),
        ("instruments", "female vocals", "male vocals", 0.0),
        ("instruments", "voice", "instrumental, no vocals", 0.0),
        ("instruments", "french horn", "horn", 1.0),
        ("instruments", "french horn", "english horn", 0.0),
        ("instruments", "turntables", "DJ", 1.0),
        ("instruments", "steel drums", "drums", 0.0),
        ("instruments", "kazoo", "kazoos", 1.0),
        ("instruments", "hurdy-gurdy", "a hurdy gurdy", 1.0),
        ("instruments", "drums", "a drum kit", 1.0),
        ("instruments", "kazoo", "a kazoo", 1.0),
        ("instruments", "kazoo", "kazoo, piano", 2 / 3),
        ("genre", "hip hop", "Hip-Hop", 1.0),
        ("genre", "hip hop", "rap", 1.0),
        ("genre", "r&b", "RnB", 1.0),
        ("genre", "r&b", "R & B", 1.0),
        ("genre", "hard rock", "rock", 0.5),
        ("genre", "rock", "It is rock music.", 1.0),
        ("genre", "rock", "jazz", 0.0),
        ("genre", "drum and bass", "drum & bass", 1.0),
        ("genre", "rock", "rock or pop", 0.0),
        ("genre", "rock", "a rock song with electric guitars", 1.0),
        ("genre", "rock", "not pop but rock", 1.0),
        ("genre", "rock", "pop/rock", 0.0),
        ("genre", "rock", "rocking chair", 0.0),
        ("genre", "rock", "classic rock", 0.5),
        ("genre", "hard rock", "punk", 0.0),
        ("genre", "hard rock", "hard rock / rock", 2 / 3),
        ("genre", "swing", "swing jazz", 1.0),
        ("genre", "r&b", "R'n'B", 1.0),
        ("genre", "r&b", "blues", 0.0),
        ("genre", "blues", "rhythm and blues", 0.0),
        ("genre", "drum and bass", "drum 'n' bass", 1.0),
        ("genre", "folk rock", "folk, rock", 1.0),
        ("genre", "electronic", "techno", 0.5),
        ("genre", "house", "techno", 0.0),
        ("genre", "zydeco", "Zydeco music", 1.0),
        ("genre", "hip hop", "a hip-hop track, dark and slow", 1.0),
        ("mood", "energetic", "low energy", 0.0),
        ("mood", "energetic", "high-energy", 1.0),
        ("mood", "energetic", "upbeat", 0.5),
        ("mood", "sad", "unhappy", 1.0),
        ("mood", "happy", "unhappy", 0.0),
        ("mood", "happy", "The music feels happy and joyful", 1.0),
        ("mood", "calm", "not energetic but calming", 1.0),
        ("mood", "happy", "happy or sad", 0.0),
        ("mood", "happy", "joyful", 1.0),
        ("mood", "happy", "a happy mood", 1.0),
        ("mood", "happy", "not happy", 0.0),
        ("mood", "happy", "sad", 0.0),
    ],
)
def test_synonyms_are_the_name_and_kinds_are_half_of_it(value, reward, truth, answer, credit):
    assert value(reward, answer, facts={reward: (truth,)}) == pytest.approx(credit)


@pytest.mark.parametrize("vocabulary", ["instruments", "genre", "mood"])
def test_every_name_and_synonym_of_a_vocabulary_earns_one_for_its_name(value, vocabulary):
    for word, name in ontology(vocabulary).canonical.items():
        assert value(vocabulary, word, facts={vocabulary: (name,)}) == 1.0, (word, name)


@pytest.mark.parametrize("vocabulary", ["instruments", "genre", "mood"])
def test_kinds_lead_to_names_that_exist_and_never_in_a_circle(vocabulary):
    known = ontology(vocabulary)
    names = set(known.canonical.values())
    for name, above in known.parents.items():
        assert {name, *above} <= names
        assert name not in known.ancestors(name)


def test_one_item_of_a_fact_may_list_several_names(value):
    facts = {"instruments": ("piano and violin",)}
    assert value("instruments", "violin, piano", facts=facts) == 1.0


def test_where_one_name_is_asked_a_second_is_a_bet(value):
    asked = {"facts": {"instruments": ("piano",)}, "gold": "piano", "facet": "instruments"}
    assert value("instruments", "piano", **asked) == 1.0
    assert value("instruments", "piano, organ", **asked) == 0.0
    assert value("instruments", "piano organ", **asked) == 0.0
    assert (
        value("instruments", "strings, a violin", facts={"instruments": ("violin",)}, gold="violin")
        > 0.6
    )


@pytest.mark.parametrize(
    ("truth", "answer", "credit"),
    [
        (("pop", "rock"), "pop/rock", 1.0),
        (("pop", "rock"), "pop rock", 1.0),
        (("folk", "rock"), "folk rock", 1.0),
        (("jazz", "swing"), "swing jazz", 1.0),
        (("jazz", "swing"), "big band swing", 1.0),
        (("jazz", "swing"), "jazz", 2 / 3),
        (("jazz", "swing"), "jazz or swing", 0.0),
    ],
)
def test_a_name_of_two_genres_is_both(value, truth, answer, credit):
    assert value("genre", answer, facts={"genre": truth}) == pytest.approx(credit)


def test_a_family_that_only_leads_to_its_members_is_no_name(value):
    facts = {"instruments": ("trumpet", "trombone")}
    for answer in ("brass: trumpet and trombone", "brass section (trumpet, trombone)"):
        assert value("instruments", answer, facts=facts) == 1.0
    assert value("instruments", "brass", facts=facts) == pytest.approx(1 / 3)


def test_naming_a_kind_beside_its_general_name_is_a_bet_that_costs(value):
    facts = {"genre": ("rock",)}
    assert value("genre", "rock, hard rock, punk", facts=facts) == 0.5
    assert value("genre", "rock", facts=facts) == 1.0


def test_order_and_repetition_of_names_do_not_matter(value):
    facts = {"instruments": ("drums", "bass", "electric guitar", "voice")}
    names = ["vocals", "drum kit", "bass guitar", "distorted guitar", "tuba"]
    expected = value("instruments", ", ".join(names), facts=facts)
    assert expected == pytest.approx(8 / 9)
    assert value("instruments", ", ".join([*names[::-1], "drums"]), facts=facts) == expected


@pytest.mark.parametrize(
    "unit", ["piano, ", "or ", "a/", "not (", "acoustic and ", "x (", ": ", "a'b", "a&b&", "aaa"]
)
def test_hostile_lists_are_read_in_linear_time(value, unit):
    text = (unit * 1000)[:1000]
    assert 0.0 <= value("instruments", text, facts={"instruments": DUO}) <= 1.0


@pytest.mark.parametrize(
    "answer",
    [
        "The piano, of course",
        "a piano with sustain pedal",
        "piano; the timbre is bright and percussive",
        "piano because of the hammered strings",
        "The instrument is a piano, which has hammered strings",
        "acoustic piano, not electric piano",
        "Not guitar. Piano.",
        "a keyboard instrument: piano",
        "piano, blah",
        "(B) Piano",
    ],
)
def test_where_one_name_is_asked_what_describes_it_is_no_bet(value, answer):
    facts, choices = {"instruments": ("piano",)}, ("Violin", "Piano", "Flute")
    got = value(
        "instruments",
        answer,
        facts=facts,
        gold="Piano",
        choices=choices if answer.startswith("(") else (),
    )
    assert got == (2 / 3 if "blah" in answer else 1.0)


def test_keyboards_are_one_family_and_not_one_instrument(value):
    for truth, answer, credit in [
        ("piano", "keyboard", 0.5),
        ("piano", "harpsichord", 0.0),
        ("organ", "piano", 0.0),
        ("hammond organ", "organ", 0.5),
        ("hammond organ", "keyboard", 0.5),
    ]:
        assert value("instruments", answer, facts={"instruments": (truth,)}) == credit


def test_the_value_is_the_f1_of_the_sets_of_unrelated_names(value):
    names = ["banjo", "harmonica", "theremin", "tabla", "harp", "tuba", "oud", "bagpipes"]
    for mask in range(1, 256, 7):
        said = {name for k, name in enumerate(names) if mask >> k & 1}
        for truth_mask in (1, 6, 15, 240):
            truth = {name for k, name in enumerate(names) if truth_mask >> k & 1}
            f1 = 2 * len(said & truth) / (len(said) + len(truth))
            facts = {"instruments": tuple(truth)}
            assert value("instruments", ", ".join(said), facts=facts) == pytest.approx(f1)
