"""Claims in running deductions: theory in lists, rivals, doubts, chords beside the asked one."""

from __future__ import annotations

import pytest

from rewards import Question, parse
from rewards.claims.reading import read


def _theory(told, text: str) -> list[str]:
    head = "textbook "
    return [one.removeprefix(head) for one in told(text) if one.startswith(head)]


@pytest.mark.parametrize(("text", "expected"), [
    ("F sharp major has six sharps and G flat major six flats.",
     ["signature of F# major is 6", "signature of Gb major is -6"]),
    ("B flat major and G minor both have two flats.",
     ["signature of Bb major is -2", "signature of G minor is -2"]),
    ("A major has three sharps and so has F sharp minor.",
     ["signature of A major is 3", "signature of F# minor is 3"]),
    ("F major: one flat. B flat major: two flats.",
     ["signature of F major is -1", "signature of Bb major is -2"]),
    ("E minor as a key has one sharp.", ["signature of E minor is 1"]),
    ("C# minor is the relative of E major, so it has four sharps.",
     ["relative of E major is C# minor", "signature of C# minor is 4"]),
    ("F sharp minor is not the relative of B major.", ["relative of B major is F# minor denied"]),
    ("It is in D flat major. B flat minor is its relative.", ["relative of Db major is Bb minor"]),
    ("It is in E minor. Why not G major? It's the relative major of E minor, but rare.",
     ["relative of E minor is G major"]),
    ("C minor is the parallel of C major, G is its dominant.",
     ["parallel of C major is C minor", "dominant of C minor is G"]),
    ("F minor is the relative of A flat major; its leading tone is E natural.",
     ["relative of Ab major is F minor", "leading_tone of F minor is E"]),
    ("Leading tones: G sharp for A major, E sharp for F sharp minor.",
     ["leading_tone of A major is G#", "leading_tone of F# minor is E#"]),
    ("D minor has C# as its leading tone.", ["leading_tone of D minor is C#"]),
    ("A sharpened C is the leading tone of D major.", ["leading_tone of D major is C#"]),
    ("B to C# is a whole step, and E up to F is a semitone.",
     ["interval of B and C# is M2", "interval of E and F is m2"]),
    ("Between B flat and C sharp lies an augmented second.", ["interval of Bb and C# is A2"]),
    ("D to F# is a minor third, sorry, D to F# is a major third.",
     ["interval of D and F# is m3 retracted", "interval of D and F# is M3"]),
    ("E major is I, C sharp minor is vi and B major is V.",
     ["numeral of E:maj in E major is I", "numeral of C#:min in E major is vi",
      "numeral of B:maj in E major is V"]),
    ("That is D major, where B7 is V7/ii.", ["numeral of B:7 in D major is V7/ii"]),
    ("F#7, by the way, is V7 in B major.", ["numeral of F#:7 in B major is V7"]),
    ("V7 in G would be D7, another chord altogether, so the third chord isn't V7.",
     ["numeral of D:7 in G major is V7"]),
    ("E minor has one sharp, A minor is iv in it.",
     ["signature of E minor is 1", "numeral of A:min in E minor is iv"]),
    ("We are in F major. A minor, iii.", ["numeral of A:min in F major is iii"]),
    ("The chord is E, G, B, and E, G, B is E minor.", ["members of E:min is E G B"]),
])  # fmt: skip
def test_theory_is_read_in_lists_and_by_its_pronouns(told, text, expected):
    assert _theory(told, text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("A7 is V7 in D major, D7 is V7 in G major.", []),
    ("The mode uses the notes D E F G. These are the notes of G major too.", []),
    ("The three-flat answer belongs to C minor, the five-flat one to B flat minor.", []),
    ("We are in E minor. The same F is at home there.", ["key E minor"]),
    ("It is in D minor. And F major, the relative of D minor, has no part in it.",
     ["key D minor"]),
    ("It is in D minor. Then it moves to F major, the relative of D minor.",
     ["key D minor", "modulation F major"]),
    ("It is in A major. It never gets to E major.", ["key A major", "modulation E major denied"]),
    ("It is in A major. Never strays to E major.", ["key A major", "modulation E major denied"]),
    ("It is in A major. E major is touched in bar 4.", ["key A major", "modulation E major"]),
    ("It is in A major. E major? It never goes there.", ["key A major", "key E major denied"]),
    ("For a minor key with six you'd take E flat minor.", ["key Eb minor hypothetical"]),
    ("That sets aside B major.", ["key B major denied"]),
    ("E major doesn't convince me.", ["key E major denied"]),
    ("The opening is in D major, nobody would dispute it.", ["key D major"]),
    ("A careless ear says A minor.", []),
    ("Those who hear E minor are wrong.", []),
    ("The original, in my memory, is in C major.", []),
])  # fmt: skip
def test_a_key_that_is_named_on_the_way_is_not_that_of_the_clip(told, text, expected):
    keys = [one for one in told(text, "key") if one.startswith(("key ", "modulation "))]
    assert keys == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("The penultimate harmony has a bass E, so it's E major.", ["chord E:maj"]),
    ("C sharp minor, sounding at 0:24, is next.", ["chord C#:min"]),
    ("[chord] G7 is G B D F, and there's no G.", []),
    ("[chord] At 0:14 we have C, E flat, G.", []),
    ("[chord] As there's no G anywhere I reject C6.", ["chord C:maj6 denied"]),
    ("[chord] My first label, B diminished seventh, was a slip.", ["chord B:dim7 retracted"]),
    ("Had that come I'd be calling it an authentic cadence.", ["cadence AC hypothetical"]),
    ("I have to take back plagal.", ["cadence PC retracted"]),
    ("I retract authentic and vote for plagal.", ["cadence AC retracted", "cadence PC"]),
    ("Plagal? For that I'd need F minor.", ["cadence PC denied"]),
    ("[function] E seventh is the dominant here.", ["chord E:7", "function dominant"]),
    ("[function] That makes the G chord the dominant. Nor is it a tonic.",
     ["chord G:maj", "function dominant", "function tonic denied"]),
])  # fmt: skip
def test_chords_and_cadences_that_are_weighed_are_told_from_those_that_sound(
    harmony, text, expected
):
    assert [one for one in harmony(text) if not one.startswith("textbook")] == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("Otherwise the music is desolate.", ["mood desolate"]),
    ("Solemn, and I'd guess 60 to the crotchet.", ["mood solemn", "tempo 60 hedged"]),
    ("Five sharps up front, moderato I guess, neo-soul by its sag.",
     ["key_signature 5", "tempo_term moderato hedged", "genre neo soul"]),
    ("Same music for every verse, twelve if there's one, so strophic.", ["form strophic"]),
    ("Variations? The episodes are new, so no again.", ["form theme and variations denied"]),
    ("No B flat reaches my ears from the vibraphone.", ["instrument vibraphone"]),
    ("No organ for the choir to hide behind.", ["instrument organ denied", "instrument choir"]),
    ("In a country song I'd look for plain triads.", ["genre country hypothetical"]),
    ("Candidate one, blues. It's not blues.", ["genre blues denied"]),
    ("So the tango's dead.", ["genre tango denied"]),
    ("But hang on, couldn't it be a tango?", []),
    ("The first violin plays that?", ["instrument violin"]),
    ("wiki says 4/4.", []),
])  # fmt: skip
def test_a_doubt_or_denial_is_that_of_what_it_stands_beside(told, text, expected):
    assert sorted(told(text)) == sorted(expected)


@pytest.mark.parametrize(("text", "place"), [
    ("The chord is F#m7b5. B7 follows.", "after"), ("It is C major. In front of that stands G7.",
     "before"), ("It is D major. Next, at 0:35, G#7.", "after"), ("Before it: B7.", "before"),
])  # fmt: skip
def test_a_chord_that_follows_or_precedes_the_asked_one_is_not_it(text, place):
    question = Question("q", "Which chord?", facet="chord")
    claims = read(question, parse(f"<think>{text}</think><answer>-</answer>"))
    chords = [claim for claim in claims if claim.type == "chord"]
    assert chords[-1].subject == {place}


@pytest.mark.parametrize(("text", "notes"), [
    ("bassoon = C#. oboe = Bb.", ["C#", "Bb"]),
    ("First note's a B.", ["B"]),
    ("F is the lower note; G is then the upper one.", ["F", "G"]),
    ("The oboe keeps leaning on E flat.", ["Eb"]),
    ("[note] E it is.", ["E"]),
])  # fmt: skip
def test_a_part_and_its_note_are_told_in_few_words(told, text, notes):
    assert [one[5:] for one in told(text) if one.startswith("note ")] == notes
