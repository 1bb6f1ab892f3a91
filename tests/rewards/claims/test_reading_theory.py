"""What is read of degrees, numerals, functions, relatives and signatures, by frame."""

from __future__ import annotations

import pytest


def _theory(told, text: str) -> list[str]:
    head = "textbook "
    return [one.removeprefix(head) for one in told(text) if one.startswith(head)]


@pytest.mark.parametrize(("text", "expected"), [
    ("In D major, B minor is vi, G is IV, D is I and A is V.",
     ["B:min vi", "G:maj IV", "D:maj I", "A:maj V"]),
    ("G minor is ii in F major and also iv in D minor.", ["G:min F ii", "G:min D- iv"]),
    ("D is I, A is V, Bm is vi and G is IV in D major.",
     ["D:maj I", "A:maj V", "B:min vi", "G:maj IV"]),
    ("The key is D major. ii in this key is E minor, and IV is G major.", ["E:min ii", "G:maj IV"]),
    ("E7 acts as dominant of the dominant: V7/V in D major.", ["E:7 V7/V"]),
    ("With D as tonic, the G chord is IV.", ["G:maj IV"]),
    ("The first chord, E7, is V7/V in D major.", ["E:7 V7/V"]),
    ("Bb major in the key of D minor is VI.", ["Bb:maj D- VI"]),
    ("F# diminished, which is the vii° chord in D, returns.", ["F#:dim vii°"]),
    ("The V7 chord in D major would be A7.", ["A:7 V7"]),
    ("In D, V7/V is E7.", ["E:7 V7/V"]),
    ("E7 would be V7/V in D major.", ["E:7 V7/V"]),
    ("A7 is the dominant seventh of D major.", ["A:7 V7"]),
    ("In D it sounds like A7 is V7.", ["A:7 V7"]),
    ("In D major, A7 is V7, E minor is ii and B minor vi.", ["A:7 V7", "E:min ii", "B:min vi"]),
])  # fmt: skip
def test_a_chord_is_a_numeral_of_the_key_that_its_sentence_names(told, text, expected):
    keys = {"F": "F major", "D-": "D minor"}
    wanted = []
    for one in expected:
        parts = one.split()
        key = keys[parts[1]] if len(parts) > 2 else "D major"
        wanted.append(f"numeral of {parts[0]} in {key} is {parts[-1]}")
    assert _theory(told, text) == wanted


@pytest.mark.parametrize("text", [
    "The chord is A7. In D minor it is V7.",
    "The last chord: A7. It is V7 in D minor.",
    "We are in D minor. A7 is the five.",
    "We are in D minor, and A7 (V7) follows.",
    "We are in D minor.\n| bar | chord | degree |\n| 4 | A7 | V7 |",
    "The chord is A7. In D minor we expect a leading note, so the chord is V7.",
])  # fmt: skip
def test_a_numeral_may_be_said_of_the_chord_or_the_key_before_it(told, text):
    said = _theory(told, text)
    assert [one.rstrip("7") for one in said] == ["numeral of A:7 in D minor is V"]


@pytest.mark.parametrize("text", [
    "The chord is a substitute for V7.", "There is a tonicisation of ii.",
    "A ii chord usually leads to V.", "vi often substitutes for the tonic.",
    "The tonic is I, the supertonic is ii, and the dominant is V.",
    "It could be vi in E or ii in B.",
    "In minor keys the V chord is usually major.",
])  # fmt: skip
def test_numerals_that_are_always_so_or_stand_for_others_are_none(harmony, text):
    assert [one for one in harmony(text) if one.startswith("roman")] == []


@pytest.mark.parametrize(("text", "roman"), [
    ("It goes from the I chord to the vi chord to the IV chord and then the V chord.",
     "I-vi-IV-V"),
    ("It moves from i to VI to VII and back to i.", "i-VI-VII-i"),
    ("He rocks from I to IV and back.", "I-IV-I"),
    ("It ends with V7->I so it is closed.", "V7-I"),
    ("The cadential 6/4 resolves.", "I64"),
    ("Then 1-6-4-5, as they say in Nashville.", "I-vi-IV-V"),
    ("It resolves to vi, and I don't hear more.", "vi"),
    ("We have ii in first inversion.", "ii6"),
    ("That is V7/V-V7-I.", "V7/V-V7-I"),
    ("The figures are I, V7/ii, ii7, V7.", "I-V7/ii-ii7-V7"),
    ("The last chord is I, after V7.", "I"),
    ("We begin on I, go to IV and return to I.", "I-IV-I"),
    ("Then V7 in third inversion.", "V42"),
    ("Em (vi), C (IV), G (I) and D (V).", "vi-IV-I-V"),
    ("I (C) – V (G) – vi (Am) – IV (F)", "I-V-vi-IV"),
    ("It leans on the four chord.", "IV"),
])  # fmt: skip
def test_numerals_are_joined_and_turned_by_the_words_between_them(harmony, text, roman):
    assert f"roman {roman}" in harmony(text)


@pytest.mark.parametrize("text", [
    "The rhythm is 3-3-2.", "A four chord song.", "It counts 1-2-3-4.", "Bars 5-6-7 rest.",
    "The one chord that stands out is Fm.",
])  # fmt: skip
def test_numbers_that_count_something_else_are_no_numerals(harmony, text):
    assert [one for one in harmony(text) if one.startswith("roman")] == []


@pytest.mark.parametrize(("text", "expected"), [
    ("Bar 2 brings Gm7, the pre-dominant.", ["predominant"]),
    ("The Cm7 is a textbook pre-dominant, the F7 the dominant.", ["predominant", "dominant"]),
    ("E7 here isn't a dominant of anything.", ["dominant denied"]),
    ("Bar 1 opens with a root-position tonic.", ["tonic"]),
    ("The chord belongs to the subdominant family.", ["subdominant"]),
    ("One may regard that C major as a pre-dominant.", ["predominant hedged"]),
    ("The F7 has the pull of a dominant.", ["dominant"]),
    ("A flat, D flat, E flat 7, so tonic, subdominant, dominant.",
     ["tonic", "subdominant", "dominant"]),
    ("Dm serves a pre-dominant role before the G7.", ["predominant"]),
    ("[function] I'd say dominant rather than subdominant.", ["dominant", "subdominant denied"]),
    ("[function] It's neither tonic nor dominant, so subdominant.",
     ["tonic denied", "dominant denied", "subdominant"]),
    ("[function] It functions as a pre-dominant, not as a dominant.",
     ["predominant", "dominant denied"]),
])  # fmt: skip
def test_what_has_a_function_is_a_chord(harmony, text, expected):
    found = [one.removeprefix("function ") for one in harmony(text) if "function" in one]
    assert found == expected


@pytest.mark.parametrize("text", [
    "The tonic is D.", "The chorus starts on the subdominant.", "It is a secondary dominant.",
    "A dominant seventh chord closes it.", "The bass walks from tonic to dominant.",
    "D as tonic, F natural, B natural: dorian.", "F does not act as tonic.",
    "Chords usually lead to the dominant.",
])  # fmt: skip
def test_a_degree_where_something_rests_or_a_tonic_of_a_key_is_no_function(harmony, text):
    assert [one for one in harmony(text) if one.startswith("function")] == []


@pytest.mark.parametrize(("text", "expected"), [
    ("B is the leading tone of C minor, not of E flat.", ["leading_tone of C minor is B"]),
    ("C is the subdominant of G and D the dominant.",
     ["subdominant of G major is C", "dominant of G major is D"]),
    ("In D major, the dominant is A major and the subdominant is G major.",
     ["dominant of D major is A", "subdominant of D major is G"]),
    ("C is the tonic and G the dominant.", ["dominant of C major is G"]),
    ("There is a C# in the tune, which is the leading tone of D minor.",
     ["leading_tone of D minor is C#"]),
    ("The C# is the raised seventh of D minor.", ["leading_tone of D minor is C#"]),
    ("In B minor, the dominant would be F# major.", ["dominant of B minor is F#"]),
    ("In G major the supertonic triad is A C E.", []),
    ("The tonic triad of the latter is C sharp, E, G sharp.", []),
])  # fmt: skip
def test_a_degree_is_of_the_key_that_stands_beside_it(told, text, expected):
    assert _theory(told, text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("E minor, then, the relative minor of G major.", ["G major is E minor"]),
    ("Bb major has two flats (Bb and Eb), and its relative minor is G minor.",
     ["Bb major is G minor"]),
    ("This is the relative major of C minor, namely Eb major.", ["C minor is Eb major"]),
    ("We are in D minor. It turns to the relative major, F major.", ["D minor is F major"]),
    ("We are in D minor. F major, its relative major, follows.", ["D minor is F major"]),
    ("Am is the relative minor of C.", ["C major is A minor"]),
    ("F minor shares its signature with A flat major.", ["F minor is Ab major"]),
    ("We are in D minor. It turns to the relative minor, F minor.", []),
])  # fmt: skip
def test_relatives_are_told_with_the_other_key_or_of_the_one_at_home(told, text, expected):
    said = [one for one in _theory(told, text) if one.startswith("relative")]
    assert said == [f"relative of {one}" for one in expected]


@pytest.mark.parametrize(("text", "expected"), [
    ("A flat major takes four flats: B, E, A and D.", ["Ab major is -4"]),
    ("The relative of B minor is D major. Both carry two sharps.",
     ["D major is 2", "B minor is 2"]),
    ("A flat major has four flats, so F minor has the same four.",
     ["Ab major is -4", "F minor is -4"]),
    ("We are in E flat. They pushed us to F major with one flat.", ["F major is -1"]),
    ("D major has an F sharp in it.", []),
    ("We are in E major with four sharps.", []),
    ("One flat means F major or D minor.", []),
])  # fmt: skip
def test_signs_are_counted_for_the_keys_that_have_them(told, text, expected):
    said = [one.removeprefix("signature of ") for one in _theory(told, text) if "signature" in one]
    assert sorted(said) == sorted(expected)
    assert not any("members" in one for one in _theory(told, text))


@pytest.mark.parametrize(("text", "expected"), [
    ("A fifth above D is A.", "D and A is P5"),
    ("Going down a minor third from C gives A.", "A and C is m3"),
    ("E down a minor third is C sharp.", "C# and E is m3"),
    ("B-F is a tritone.", "B and F is d5"),
    ("F-B is a tritone.", "F and B is A4"),
])  # fmt: skip
def test_an_interval_may_lead_from_one_note_to_the_other(told, text, expected):
    assert _theory(told, text) == [f"interval of {expected}"]


@pytest.mark.parametrize(("text", "expected"), [
    ("The first chord sounds like E minor, the second like C major, the third G major.",
     ["chord E:min", "chord C:maj", "chord G:maj"]),
    ("[key] G7 → C occurs twice.", ["progression G:7-C:maj"]),
    ("[key] The dominant, A major, resolves.", ["chord A:maj"]),
    ("[progression] The melody moves to G and then to A.", []),
    ("m. 1: A minor, good. m. 2: D minor, check it.", ["chord A:min", "chord D:min"]),
    ("A G major triad with the third in the bass.", ["chord G:maj/3"]),
    ("The C chord, a first inversion, follows.", ["chord C:maj/3"]),
    ("The distance is a minor third, F over D.", []),
    ("The F natural over E grinds.", []),
    ("A major triad on the second degree follows.", []),
    ("It shares F and B with G7.", []),
    ("In G major the diatonic chords are G, Am, Bm, C, D, Em and F#dim.", ["key G major"]),
    ("[key] I considered whether Em might be home.", ["key E minor hedged"]),
    ("The drop: [Fm] [Db] [Ab] [Eb].", ["progression F:min-Db:maj-Ab:maj-Eb:maj"]),
    ("[progression] They rock between C major and F minor, C - Fm - C.",
     ["progression C:maj-F:min-C:maj"]),
    ("It starts on Cm, goes to Ab, then Eb, and ends on Bb.",
     ["progression C:min-Ab:maj-Eb:maj-Bb:maj"]),
    ("Four bars E7, two of A7, two E7, then B7.", ["progression E:7-A:7-E:7-B:7"]),
])  # fmt: skip
def test_chords_are_told_by_number_place_and_bass(harmony, text, expected):
    assert [one for one in harmony(text) if "meter" not in one] == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("[cadence] For a plagal close I'd need C before G.", ["PC hypothetical"]),
    ("[cadence] For a deceptive one I would want D minor, which is absent.", ["DC denied"]),
    ("[cadence] It is imperfect authentic rather than a perfect one.", ["IAC", "PAC denied"]),
    ("[cadence] A full cadence, perfect, in F.", ["PAC"]),
    ("[cadence] A half cadence ends on the dominant, an authentic one on the tonic.", []),
    ("[cadence] A half cadence ends the phrase.", ["HC"]),
    ("[cadence] A perfect authentic cadence is V-I.", []),
    ("[cadence] A half cadence is when it stops on V.", []),
    ("[cadence] A half cadence is what I hear.", ["HC"]),
    ("[cadence] It is a DC.", ["DC"]),
    ("It starts again D.C., a plagal cadence at the end.", ["PC"]),
])  # fmt: skip
def test_a_cadence_that_is_only_weighed_or_explained_is_not_there(harmony, text, expected):
    found = [one.removeprefix("cadence ") for one in harmony(text) if one.startswith("cadence")]
    assert found == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("A major sixth lies between G and E.", ["interval of G and E is M6"]),
    ("An augmented second gapes between E flat and F sharp.", ["interval of Eb and F# is A2"]),
    ("D with F sharp is a major third.", ["interval of D and F# is M3"]),
    ("D and F sharp form a major third.", ["interval of D and F# is M3"]),
    ("D to F sharp, a major third.", ["interval of D and F# is M3"]),
    ("A major sixth, E to C sharp, would sound sweet.", ["interval of E and C# is M6"]),
    ("Minor sixth would be D to B flat.", ["interval of D and Bb is m6"]),
    ("F sharp is a major third above D.", ["interval of D and F# is M3"]),
    ("D lies a perfect fifth below A.", ["interval of D and A is P5"]),
    ("B flat, which with E makes a diminished fifth.", ["interval of E and Bb is d5"]),
    ("C to G is a fifth.", ["interval of C and G is P5"]),
    ("C - E (major third)", ["interval of C and E is M3"]),
    ("D7 shares F sharp and C (B sharp) with A flat seven, its tritone twin.", []),
    ("C sharp, E, G and B flat make the diminished seventh chord.",
     ["members of C#:dim7 is C# E G Bb"]),
    ("The bass has D and the soprano F sharp, a major third.", []),
    ("The lick leaps a minor third from A to C.", []),
])  # fmt: skip
def test_two_notes_and_their_interval_stand_in_any_order(told, text, expected):
    assert [one[9:] for one in told(text) if one.startswith("textbook")] == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("F A C, so F major.", ["members of F major is F A C"]),
    ("D sharp, F sharp, A sharp, so the chord is D sharp minor.",
     ["members of D#:min is D# F# A#"]),
    ("Four of us hold B, D sharp, F sharp and A for eight bars, which is B seven.",
     ["members of B:7 is B D# F# A"]),
    ("It has A, C sharp and E. Those are the members of an A major triad.",
     ["members of A:maj is A C# E"]),
    ("The notes are E, G sharp, B, D. That set of tones is E7.", ["members of E:7 is E G# B D"]),
    ("Scale: D E F G A B C, i.e. Dorian on D.", ["members of D dorian is D E F G A B C"]),
    ("D, E, F, G, A, B and C, so it is D dorian.", ["members of D dorian is D E F G A B C"]),
    ("We hear C, E, G and then A minor.", []),
    ("The last one has D, F sharp and A over an F sharp bass, so D major.", []),
])  # fmt: skip
def test_notes_spell_the_chord_or_mode_that_has_just_these(told, text, expected):
    assert [one[9:] for one in told(text) if one.startswith("textbook")] == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("D flat major (five flats) fits.", ["signature of Db major is -5"]),
    ("D major would have two sharps, B minor as well.",
     ["signature of D major is 2", "signature of B minor is 2"]),
    ("Key signature of D major: two sharps", ["signature of D major is 2"]),
    ("Two sharps correspond to D major.", ["signature of D major is 2"]),
    ("A major has an F sharp in it.", []),
    ("E minor, whose signature has a single sharp, is out.", ["signature of E minor is 1"]),
    ("A major uses F sharp, C sharp, and G sharp.", ["signature of A major is 3"]),
    ("The sharps of E major are F, C, G and D.", ["signature of E major is 4"]),
    ("F sharp minor shares its three sharps with A major: they are relative keys.",
     ["signature of F# minor is 3", "signature of A major is 3",
      "relative of F# minor is A major"]),
    ("D minor would fit, being the relative minor of F major.",
     ["relative of F major is D minor"]),
    ("The key is D minor, the relative of F major; the dominant is A major.",
     ["relative of F major is D minor", "dominant of D minor is A"]),
    ("D minor and D major are parallel keys.", ["parallel of D minor is D major"]),
    ("In C minor the fourth degree is F.", ["subdominant of C minor is F"]),
    ("A major has D for its subdominant.", ["subdominant of A major is D"]),
    ("F sharp is heard as its third, i.e. the leading tone of G minor.",
     ["leading_tone of G minor is F#"]),
    ("The key is A major. I hear G sharp as the leading tone.", ["leading_tone of A major is G#"]),
    ("F double sharp, the leading tone of G sharp minor, never occurs.",
     ["leading_tone of G# minor is F##"]),
])  # fmt: skip
def test_relations_are_told_in_asides_and_of_the_key_at_hand(told, text, expected):
    assert sorted(one[9:] for one in told(text) if one.startswith("textbook")) == sorted(expected)
