"""What is read of chords, their functions, numerals and rows, in many wordings."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(("text", "expected"), [
    ("A G major chord rings out.", ["chord G:maj"]),
    ("It lands on A minor.", ["chord A:min"]),
    ("Then the harmony slips to D minor.", ["chord D:min"]),
    ("The guitar hits B flat major hard.", ["chord Bb:maj"]),
    ("There is a brief flash of A flat major.", ["chord Ab:maj"]),
    ("A touch of F minor colours the end.", ["chord F:min"]),
    ("The organ sustains a G minor triad.", ["chord G:min"]),
    ("The choir resolves onto C major.", ["chord C:maj"]),
    ("The band pauses on E major.", ["chord E:maj"]),
    ("The strings tremolo on E minor, a cliffhanger.", ["chord E:min"]),
    ("The final chord turns to D major, a Picardy third.", ["chord D:maj"]),
    ("There's a Picardy third: D major at the close.", ["chord D:maj"]),
    ("It slips to B flat minor, then D flat seven.", ["progression Bb:min-Db:7"]),
    ("You hear a C sharp minor seventh flat five.", ["chord C#:hdim7"]),
])  # fmt: skip
def test_a_name_is_a_chord_where_it_sounds_or_is_landed_on(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("[function] The second chord is a predominant.", ["function predominant"]),
    ("[function] This sonority is the dominant.", ["function dominant"]),
    ("[function] It is not the tonic but the dominant.",
     ["function tonic denied", "function dominant"]),
    ("[function] It wants to go home, so dominant function.", ["function dominant"]),
    ("[function] It leads on, hence pre-dominant.", ["function predominant"]),
    ("[function] It substitutes for the tonic.", ["function tonic"]),
    ("[function] The chord prepares the dominant.", []),
    ("[function] It resolves to the tonic.", []),
    ("The bass holds a dominant pedal.", ["function dominant"]),
    ("The third chord works as the subdominant.", ["function subdominant"]),
    ("A long dominant preparation leads back.", ["function dominant"]),
    ("It ends on a dominant seventh chord.", []),
])  # fmt: skip
def test_a_chord_that_does_something_has_a_function(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("A deceptive turn is avoided.", ["cadence DC denied"]),
    ("[cadence] Half.", ["cadence HC"]),
    ("[cadence] The cadence is half.", ["cadence HC"]),
    ("[cadence] My first idea: hence perfect.", ["cadence PAC"]),
    ("The V-I close is strong.", ["cadence AC", "roman V-I"]),
    ("The melody rests on the dominant for two bars.", []),
    ("A perfect fifth closes the phrase.", []),
    ("It comes to a close.", []),
    ("[cadence] It stops on the dominant chord, with no resolution.", ["cadence HC"]),
    ("[cadence] The phrase ends on V.", ["cadence HC", "roman V"]),
    ("[cadence] The phrase pauses on V7, unresolved.", ["cadence HC", "roman V7"]),
    ("[cadence] The melody ends on the dominant.", []),
    ("[cadence] It ends on V or I.", ["cadence HC hedged", "roman V hedged"]),
])  # fmt: skip
def test_a_cadence_is_read_by_its_name(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("(i) the bass holds D; (ii) the third is F; (iii) no leading tone.", []),
    ("III. Cadence: half.", ["cadence HC"]),
    ("Step II: the chord is G7.", ["chord G:7"]),
    ("Movement II is slow.", []),
    ("World War II songs come to mind.", []),
    ("In bar II the horn enters.", []),
    ("I, for one, hear a iv chord.", ["roman iv"]),
    ("The options were ii, IV, V and vi.", []),
    ("[roman] If it were iii, I would hear C sharp.", ["roman iii hypothetical"]),
    ("In C major a D7 is V7 of V.", ["key C major", "textbook numeral of D:7 in C major is V7/V"]),
])  # fmt: skip
def test_a_numeral_is_a_chord_and_no_number(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("A loop of Em and C.", ["progression E:min-C:maj"]),
    ("It alternates between Am7 and D7.", ["progression A:min7-D:7"]),
    ("The vamp is just D and C.", ["progression D:maj-C:maj"]),
    ("The melody is just D and C.", []),
    ("What sounds is E flat major standing on its third.", ["chord Eb:maj"]),
    ("They strike a D minor chord.", ["chord D:min"]),
    ("Two chords suffice, G minor and C minor.", ["progression G:min-C:min"]),
    ("The order is A, E, F sharp minor, D.", ["progression A:maj-E:maj-F#:min-D:maj"]),
    ("The harmony rocks between D and A.", ["progression D:maj-A:maj"]),
    ("Could be a D7sus4, G over D, or a Dm11.",
     ["chord D:(4,5,b7) hedged", "chord G:maj/5 hedged"]),
    ("The keys go from G minor to B flat major.", ["key G minor", "modulation Bb major"]),
    ("The notes are C, E and G.", []),
    ("The melody goes C, D, E, G.", []),
])  # fmt: skip
def test_names_in_a_row_are_a_progression_where_chords_are_meant(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("[function] Number three is the dominant.", ["function dominant"]),
    ("[function] It's the tonic chord.", ["function tonic"]),
    ("[function] I'd label it subdominant.", ["function subdominant"]),
    ("[function] It works as a secondary dominant.", ["function secondary dominant"]),
    ("[function] It's the submediant.", ["function submediant"]),
    ("It's a secondary dominant.", []),
    ("[function] Its job is that of a dominant.", ["function dominant"]),
    ("[function] It behaves like a dominant.", ["function dominant"]),
    ("The third chord is the dominant.", ["function dominant"]),
    ("The last chord is a tonic chord.", ["function tonic"]),
    ("G is the dominant.", []),
    ("The bass walks from tonic to dominant.", []),
    ("The chord acts as a pivot.", []),
])  # fmt: skip
def test_a_function_is_read_in_other_words_too(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("Rock in A minor, Am-F-C-G, 120 bpm.", ["key A minor", "progression A:min-F:maj-C:maj-G:maj"]),
    ("In A minor: Am F C G.", ["key A minor", "progression A:min-F:maj-C:maj-G:maj"]),
    ("In the key of G, G, C, D7.", ["key G major", "progression G:maj-C:maj-D:7"]),
])  # fmt: skip
def test_a_key_before_a_row_of_chords_is_none_of_them(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("Am → G → F → E", ["progression A:min-G:maj-F:maj-E:maj"]),
    ("I → V → vi → IV", ["roman I-V-vi-IV"]),
    ("It starts on Am, goes to F, then C.", ["progression A:min-F:maj-C:maj"]),
    ("D minor leads to G7, which resolves to C.", ["progression D:min-G:7-C:maj"]),
    ("The harmony moves from D minor through G7 to C major.", ["progression D:min-G:7-C:maj"]),
    ("The chords are C for two bars, A minor for two, F for two.",
     ["progression C:maj-A:min-F:maj"]),
    ("From G it drops to E minor, climbs to C, and lands on D.", []),
    ("[progression] A minor, then F, then C, ending with G.",
     ["progression A:min-F:maj-C:maj-G:maj"]),
    ("[progression] Starting on Am, F, C and finishing on G.",
     ["progression A:min-F:maj-C:maj-G:maj"]),
    ("The progression starts on D minor, drops to G minor, and ends on A minor.",
     ["progression D:min-G:min-A:min"]),
])  # fmt: skip
def test_chords_that_are_told_in_a_row_are_one_progression(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("C / G / Am / F", ["progression C:maj-G:maj-A:min-F:maj"]),
    ("C | G | Am | F", ["progression C:maj-G:maj-A:min-F:maj"]),
    ("C-G/B-Am-F", ["progression C:maj-G:maj/3-A:min-F:maj"]),
    ("The changes: C, G, Am & F.", ["progression C:maj-G:maj-A:min-F:maj"]),
    ("I, V, vi & IV", ["roman I-V-vi-IV"]),
])  # fmt: skip
def test_a_row_is_parted_by_many_signs(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("The pad drifts between Fmaj7 and Em7.", ["progression F:maj7-E:min7"]),
    ("The piano plays A minor and F major by turns.", ["progression A:min-F:maj"]),
    ("The loop is Cmaj7 ⇄ Fmaj7 throughout.", ["progression C:maj7-F:maj7"]),
    ("A D7 gives way to G.", ["progression D:7-G:maj"]),
    ("It circles over Bm and A and G.", ["progression B:min-A:maj-G:maj"]),
    ("The piano comps on Bbmaj7 and Ebmaj7.", ["progression Bb:maj7-Eb:maj7"]),
    ("It swings between Em and D.", ["progression E:min-D:maj"]),
    ("The riff implies E5 and G5.", ["progression E:5-G:5"]),
    ("It goes from a D7 chord to a G major chord.", ["progression D:7-G:maj"]),
    ("First a long Am, then a quick G, then Am again.", ["progression A:min-G:maj-A:min"]),
    ("We go from V7 (A7) to I (D).", ["roman V7-I", "progression A:7-D:maj"]),
    ("The final two harmonies are F and C.", ["progression F:maj-C:maj"]),
    ("The last bars: C | G | Am F | C.", ["progression C:maj-G:maj-A:min-F:maj-C:maj"]),
    ("The closing bars go B7, E.", ["progression B:7-E:maj"]),
    ("It ends with a plagal cadence, F to C.", ["cadence PC", "progression F:maj-C:maj"]),
    ("The chords Bm, G and A are repeated.", ["progression B:min-G:maj-A:maj"]),
    ("They sing over D, G and A chords.", ["progression D:maj-G:maj-A:maj"]),
    ("My B3 goes G major, then G minor, then D.", ["progression G:maj-G:min-D:maj"]),
    ("Am (2 bars), F (2 bars), C (2 bars).", ["progression A:min-F:maj-C:maj"]),
    ("A7 for four; D7 for two; back to A7 for two.", ["progression A:7-D:7-A:7"]),
    ("It closed, A7 and D minor, in the authentic way.", ["progression A:7-D:min", "cadence AC"]),
    ("It closes with a cadence on G major, D-G.", ["chord G:maj", "progression D:maj-G:maj"]),
    ("The loop is C-G/B-Am-F.", ["progression C:maj-G:maj/3-A:min-F:maj"]),
    ("It halts on A7 and then, after a silence, on D minor.", ["progression A:7-D:min"]),
    ("The cadence is from D to G, i.e. V to I.", ["progression D:maj-G:maj", "roman V-I"]),
    ("It goes along the lines of F, G, Em, Am.", ["progression F:maj-G:maj-E:min-A:min"]),
    ("It alternates between Dm and G, and a C chord follows.",
     ["progression D:min-G:maj", "chord C:maj"]),
])  # fmt: skip
def test_chords_that_sound_in_turn_are_a_progression(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize("text", [
    "The bass walks D, C, B, A.",
    "The notes are C, E and G.",
    "The singer reaches E and then falls to C.",
    "The open strings are G, D, A and E.",
    "The cello sits on G and D as a drone.",
    "The last chord is spelled G, B, D, F and resolves to C major.",
    "[key] The candidates are E minor, G major, A minor and D major.",
    "[key] Between G major and E minor I choose the former.",
    "[chord] That rules out options C and D.",
])  # fmt: skip
def test_notes_keys_and_letters_in_a_row_are_no_progression(harmony, text):
    assert not [one for one in harmony(text) if "progression" in one]


@pytest.mark.parametrize(("text", "expected"), [
    ("The first chord is A minor. The second is F major.", ["chord A:min", "chord F:maj"]),
    ("The chord in question, number three, is D major.", ["chord D:maj"]),
    ("The opening chord (C major) is held.", ["chord C:maj"]),
    ("In bars 1-2 Em, bars 3-4 C, bars 5-6 G.", ["chord E:min", "chord C:maj", "chord G:maj"]),
    ("F# half diminished seven, B7, E minor.", ["progression F#:hdim7-B:7-E:min"]),
    ("We hear V/V (D major) there.", ["roman V/V", "chord D:maj"]),
    ("It stops on V (D major in G minor).", ["roman V", "chord D:maj", "key G minor"]),
    ("[chord] It ends on the tonic triad, C.", ["chord C:maj"]),
    ("[chord] C-E-G.", ["chord C:maj"]),
    ("[chord] The last chord has A, C and E.", ["chord A:min"]),
    ("[chord] E-G-C.", ["chord C:maj"]),
    ("[chord] C, E or G.", []),
    ("[chord] C-E-G, F-A-C, G-B-D.", []),
    ("[chord] C, D, E.", []),
    ("[key] C-E-G.", []),
    ("[chord] The last chord is $C\\text{ major}$.", ["chord C:maj"]),
    ("[key] The key is $\\mathrm{E}\\flat$ major.", ["key Eb major"]),
    ("[roman] It is $V^7$.", ["roman V7"]),
    ("The vi chord is Am in C major.",
     ["textbook numeral of A:min in C major is vi", "key C major"]),
    ("Compared with a C major chord, this is low.", []),
    ("The chord isn't Dm; it's D major.", ["chord D:min denied", "chord D:maj"]),
    ("It would end on E minor, and it is G major.", ["chord E:min hypothetical", "chord G:maj"]),
    ("Chord one is A7. Chord two, D minor, leads away.", ["chord A:7", "chord D:min"]),
    ("It is E7 there. You'd expect B minor.", ["chord E:7", "chord B:min hypothetical"]),
    ("The last chord is E flat major with an added sixth.", ["chord Eb:maj6"]),
    ("I expect F major after the C7 chord, and get D minor instead.",
     ["chord F:maj hypothetical", "chord C:7 hypothetical", "chord D:min"]),
    ("The key is D minor, and a B flat chord occurs.", ["key D minor", "chord Bb:maj"]),
    ("The final chord isn't the tonic but the dominant (E major).",
     ["function tonic denied", "function dominant", "chord E:maj"]),
    ("The F sharp minor triad has F sharp, A and C sharp.",
     ["textbook members of F#:min is F# A C#"]),
    ("F#, A, C and E, which spells F# half-diminished.",
     ["textbook members of F#:hdim7 is F# A C E", "chord F#:hdim7"]),
    ("I see D#, F#, A#, so the chord is D# minor.",
     ["textbook members of D#:min is D# F# A#", "chord D#:min"]),
    ("[interval] A minor seventh", []),
    ("A sharp seventh, G sharp, would have told.", []),
    ("In a C minor chord it would be E flat.", ["chord C:min hypothetical"]),
    ("The chords end with the dominant, A major.", ["chord A:maj"]),
])  # fmt: skip
def test_a_chord_is_told_by_its_place_and_its_apposition(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("Function: subdominant.", ["function subdominant"]),
    ("The chord's function is dominant.", ["function dominant"]),
    ("In functional terms tonic, dominant, tonic.", ["function tonic", "function dominant"]),
    ("It rests on the dominant, F7.", ["function dominant", "chord F:7"]),
    ("There's no G chord, hence no dominant.", ["chord G:maj denied", "function dominant denied"]),
    ("A C major chord; I file it under predominant.", ["chord C:maj", "function predominant"]),
    ("If F were home, the C7 chord would be a dominant.",
     ["key F hypothetical", "chord C:7 hypothetical", "function dominant hypothetical"]),
    ("It modulates to the dominant (E major).", ["modulation E major"]),
])  # fmt: skip
def test_an_office_is_labelled_and_named_beside_its_chord(harmony, text, expected):
    assert [one for one in harmony(text) if "cadence" not in one] == expected
