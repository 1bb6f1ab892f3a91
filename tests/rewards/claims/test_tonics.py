"""What is read of tonics, of the modes on them and of signatures, as patterns of many wordings."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("text", [
    "The tonal centre is A. The third above it is low, so it is minor.",
    "The tonic is A and the mode is minor.",
    "A is home, and it's minor.",
    "The bass keeps coming back to A, so the tonal center is A. Clearly minor.",
    "The final chord is A minor, so the tonic is A.",
    "Home is clearly A. All told, A minor.",
    "It feels resolved on A, making A the tonal center. The mode is minor.",
    "A feels like home. The scale is A minor.",
    "A acts as the tonic, and the key is minor.",
    "The home note must be A. That makes it minor.",
    "The key is probably A. No: it is A minor for sure.",
    "We settle on A as the tonic, and everything sounds minor.",
])  # fmt: skip
def test_a_tonic_takes_the_mode_that_is_said_of_it(told, text):
    keys = [claim for claim in told(text, "key") if claim.startswith("key")]
    assert keys == ["key A minor"]


@pytest.mark.parametrize(("text", "expected"), [
    ("The tonic is D.", "D"),
    ("It feels resolved on D, making D the tonal center.", "D"),
    ("Home is E flat, the leading tone D.", "Eb"),
    ("The tonic is D with a minor third.", "D minor"),
    ("Tonic D, minor.", "D minor"),
    ("The tonic is D; the third is major.", "D major"),
    ("The tonic is D with no minor third.", "D"),
    ("The tonic is D, minor or major.", "D"),
    ("The tonic is D. One flat.", "D minor"),
    ("Two sharps, and D is home.", "D major"),
    ("Two sharps, and E is home.", "E"),
    ("The key is D.", "D major"),
    ("We are in D.", "D major"),
])  # fmt: skip
def test_a_tonic_of_no_mode_is_no_major_key(told, text, expected):
    assert [one for one in told(text, "key") if one.startswith("key ")] == [f"key {expected}"]


@pytest.mark.parametrize("text", [
    "The drone makes D the tonal center. So it is D dorian.",
    "The tonic is D. Sixth degree raised: D dorian.",
    "Home is D. The mode is D dorian.",
    "D is the final, and the tonal centre is D, hence D dorian.",
])  # fmt: skip
def test_a_tonic_of_a_church_mode_is_no_key(told, text):
    assert told(text, "mode") == ["mode D dorian"]


@pytest.mark.parametrize(("text", "expected"), [
    ("Everything belongs to G major.", ["key G major"]),
    ("All the chords are diatonic to G major.", ["key G major"]),
    ("The relative minor of F major.", ["key D minor"]),
    ("F major's relative minor.", ["key D minor"]),
    ("The relative minor of F major has one flat.", ["textbook signature of F major is -1"]),
    ("All of the notes fit the G major scale.", ["key G major"]),
    ("They all come from G major.", ["key G major"]),
    ("The whole melody stays within G major.", ["key G major"]),
    ("The pitches are drawn from G major.", ["key G major"]),
    ("F sharp belongs to G major.", []),
    ("It isn't diatonic to C major.", []),
    ("The F does not belong to G major.", []),
])  # fmt: skip
def test_what_the_whole_belongs_or_is_related_to_tells_the_key(told, text, expected):
    assert told(text, "key") == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("[progression] I count two sharps, which points to D major.",
     ["key D major", "key_signature 2"]),
    ("[cadence] The signature implies D major.", ["key D major"]),
    ("[key] If the key were G, the F would be sharp.", ["key G major hypothetical"]),
    ("[key] I was leaning towards E flat because it opens brightly.", ["key Eb major retracted"]),
    ("[key] The strings suggest the key of E or A.", ["key E major hedged", "key A major hedged"]),
    ("[key] A major key seems unlikely.", ["mode major denied"]),
    ("[key] It uses a D major scale.", ["key D major"]),
    ("[key] So the key would be G minor.", ["key G minor"]),
    ("[tempo] Low strings creep in, in a brooding C minor.", ["key C minor"]),
    ("[tempo] As it stands the track sits on C minor.", ["key C minor"]),
    ("[mode] It is in D minor; we don't end on D major.", ["chord D:maj denied", "key D minor"]),
    ("[chord] So we'd be in F sharp major with its six sharps.",
     ["key F# major hypothetical", "textbook signature of F# major is 6"]),
    ("A trumpet in C and a horn in F.", []),
    ("[function] D major never materialises.", ["key D major denied"]),
    ("[progression] In D, A leads home but slips to B minor, which acts as a substitute.",
     ["key D major", "chord B:min"]),
])  # fmt: skip
def test_a_key_is_read_from_its_evidence(harmony, text, expected):
    assert sorted(harmony(text)) == sorted(expected)


@pytest.mark.parametrize(("text", "expected"), [
    ("It is in the Dorian mode.", ["mode dorian"]),
    ("It is in the Dorian mode on D.", ["mode D dorian"]),
    ("The mode is Dorian, on D.", ["mode D dorian"]),
    ("This is consistent with the mixolydian mode.", ["mode mixolydian"]),
    ("The use of the Lydian mode stands out.", ["mode lydian"]),
    ("Phrygian would have a flat second.", ["mode phrygian hypothetical"]),
    ("An ionian tune would carry G sharp.", ["mode ionian hypothetical"]),
    ("Lydian has a raised fourth.", []),
    ("Aeolian: A B C D E F G.", []),
    ("The scale is E Phrygian dominant.", ["mode E phrygian dominant"]),
    ("D dorian has the same notes as C major.", []),
    ("The major third rules out dorian, phrygian and aeolian.",
     ["mode dorian denied", "mode phrygian denied", "mode aeolian denied"]),
    ("That leaves ionian, lydian and mixolydian.",
     ["mode ionian hedged", "mode lydian hedged", "mode mixolydian hedged"]),
    ("Locrian can be thrown out.", ["mode locrian denied"]),
    ("The fourth option, Locrian, drops out.", ["mode locrian denied"]),
    ("Since A to C is a minor third, minor it is.", ["mode minor"]),
    ("The tonic is E. Lydian is ruled out.", ["mode E lydian denied"]),
    ("The tonic is E. Harmonic minor would need D sharp.", ["mode E harmonic minor hypothetical"]),
    ("G harmonic minor, because F sharp appears.", ["mode G harmonic minor"]),
    ("The dominant is D. The i chord is minor.", []),
    ("Everything minor gets called that.", []),
    ("The third is low, thus minor.", ["mode minor"]),
    ("Which makes it minor.", ["mode minor"]),
    ("The overall minor tonality is dark.", ["mode minor"]),
    ("Its minor-key harmony is dark.", ["mode minor"]),
    ("It sounds brighter than the minor-key songs.", []),
])  # fmt: skip
def test_a_mode_is_claimed_where_its_clause_puts_it_forward(told, text, expected):
    said = [claim for claim in told(text, "mode") if claim.startswith("mode")]
    assert said == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("With a single sharp it is easy.", ["1"]),
    ("The signature is empty.", ["0"]),
    ("An empty key signature.", ["0"]),
    ("The key signature has neither sharps nor flats.", ["0"]),
    ("Zero sharps and zero flats.", ["0"]),
    ("No sharps, no flats.", ["0"]),
    ("No flats at all and two sharps.", ["2"]),
    ("Not four sharps, but three.", ["4 denied", "3"]),
    ("Two flats rather than three.", ["-2", "-3 denied"]),
    ("Five sharps at the close, three at the start.", ["5", "3"]),
    ("It might be in C; four sharps either way.", ["4"]),
    ("The same collection as a two-sharp major scale.", []),
    ("There are no sharps in the first bar.", []),
    ("Three sharps, four bars.", ["3"]),
    ("0 sharps, 0 flats.", ["0"]),
    ("It should have one more flat, i.e. four flats.", ["-4"]),
    ("Two flats, 3 voices.", ["-2"]),
])  # fmt: skip
def test_signs_are_counted_with_what_is_left_out(told, text, expected):
    said = [claim for claim in told(text, "key_signature") if claim.startswith("key_signature")]
    assert said == [f"key_signature {value}" for value in expected]


@pytest.mark.parametrize(("text", "expected"), [
    ("We start in C major. The new tonic is B flat.", "modulation Bb major"),
    ("It is in A major. Then the clouds: F sharp minor from 1:12.", "modulation F# minor"),
    ("Key: D minor during the introduction, D major from the Allegro.", "modulation D major"),
    ("There's a brief tonicization of A minor.", "modulation A minor"),
    ("There is a key change to B major near the end.", "modulation B major"),
    ("In C major, it does not modulate to the dominant, G major.", "modulation G major denied"),
    ("[modulations] Then a D7 appears and the music settles in G major.", "modulation G major"),
    ("A key change at 2:45 lifts the song from C to D.", "modulation D major"),
    ("The key changes from A minor to A major in the chorus.", "modulation A major"),
    ("[modulations] The second theme appears in the dominant, G major.", "modulation G major"),
])  # fmt: skip
def test_a_key_from_a_place_on_is_moved_to(told, text, expected):
    assert expected in told(text)


@pytest.mark.parametrize(("text", "expected"), [
    ("D minor remains my answer.", ["key D minor"]),
    ("Bossa nova, D minor most of the way.", ["key D minor"]),
    ("A flat major might be the least bad label.", ["key Ab major hedged"]),
    ("E flat major gets my vote.", ["key Eb major"]),
    ("[roman] I take C major as the key.", ["key C major"]),
    ("[chord] C major as the chord of arrival makes sense.", ["chord C:maj"]),
    ("[chord] D major is the best answer.", ["chord D:maj"]),
    ("The thing is A flat major.", ["key Ab major"]),
    ("The rival would be B minor.", ["key B minor hypothetical"]),
    ("Everything revolves around C minor.", ["key C minor"]),
    ("The piece unfolds in a warm, sunlit A major.", ["key A major"]),
    ("We find ourselves in a rather cloudy, overcast B minor.", ["key B minor"]),
    ("The outer sections belong to A minor.", ["key A minor"]),
    ("The note F sharp belongs to G major.", []),
    ("[roman] Relative to F major the loop is ii7, V7.", ["key F major", "roman ii7-V7"]),
    ("[roman] Relative to E that gives I, IV, V.", ["key E major", "roman I-IV-V"]),
    ("The tune is relative to C major in its notes.", []),
    ("[cadence] A flat major, four flats, pitch pipe says so.",
     ["key Ab major", "key_signature -4"]),
    ("[key] If C were home, I would expect the phrase endings on C.", ["key C hypothetical"]),
])  # fmt: skip
def test_a_key_is_what_a_verdict_names(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("The music shifts to G major.", ["modulation G major"]),
    ("The piece is in G major. The guitar solo takes us to E minor.",
     ["key G major", "modulation E minor"]),
    ("[modulations] It is in C major. An E7 chord pulls us toward A minor.",
     ["key C major", "chord E:7", "modulation A minor"]),
    ("It opens in D minor. Around 1:12 the harmony rises to E minor for the climax.",
     ["key D minor", "modulation E minor"]),
    ("It opens in D minor. The harmony moves to E minor.", ["key D minor", "chord E:min"]),
    ("The piece is in G major. The middle section explores E minor.",
     ["key G major", "modulation E minor"]),
    ("We start in A minor. 0:52 - C minor, then 2:01 - E flat minor.",
     ["key A minor", "modulation C minor", "modulation Eb minor"]),
    ("It is in B flat minor. 0:45-1:20: D flat major.", ["key Bb minor", "modulation Db major"]),
    ("[modulations] It passes through A minor, D minor and G minor.",
     ["modulation A minor", "modulation D minor", "modulation G minor"]),
    ("The piece is in G major. At 1:10 the clouds part: B major.",
     ["key G major", "modulation B major"]),
    ("The piece is in G major. At the double bar the key becomes G minor.",
     ["key G major", "modulation G minor"]),
    ("However, the piece returns to G minor before the end.", ["key G minor"]),
    ("The verse belongs to E flat major.", ["key Eb major"]),
])  # fmt: skip
def test_a_key_that_the_music_is_carried_to_is_a_modulation(harmony, text, expected):
    assert harmony(text) == expected


def test_a_time_behind_a_key_that_answers_for_modulations_makes_it_one(harmony):
    text = "[modulations] C minor at 0:52 and E flat minor at 2:01."
    assert harmony(text, section="answer") == ["modulation C minor", "modulation Eb minor"]


@pytest.mark.parametrize(("text", "expected"), [
    ("It makes the whole thing dark and minor-sounding.", ["mode minor"]),
    ("Hence something on the minor side.", ["mode minor"]),
    ("It's an upbeat major-mode tune.", ["mode major"]),
    ("It has a minor feel.", ["mode minor"]),
    ("The piece stays in the major throughout.", ["mode major"]),
    ("Tonally it leans minor.", ["mode minor"]),
    ("The scale has a minor third, so the mode must be minor.", ["mode minor"]),
    ("The chord is borrowed from the minor side.", []),
    ("The harmony is borrowed from mixolydian.", []),
    ("For a major key that is unusual.", []),
    ("Every minor-key ballad is sad.", []),
    ("I hear a natural minor scale.", []),
    ("[mode] That is no ionian tune, so D dorian.", ["mode D ionian denied", "mode D dorian"]),
])  # fmt: skip
def test_a_mode_is_a_character_of_the_whole(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("It had loads of sharps, five I believe.", ["key_signature 5 hedged"]),
    ("One more flat, so five instead of four.", ["key_signature -5"]),
    ("Its parallel is E minor, which has a single sharp.", []),
    ("It is in E minor, with one sharp.", ["key E minor", "key_signature 1"]),
    ("F sharp minor shares its three sharps with A major.", []),
])  # fmt: skip
def test_the_signature_of_another_key_is_none_of_the_clip(harmony, text, expected):
    assert [one for one in harmony(text) if not one.startswith("textbook")] == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("[mode] The closest name is phrygian dominant.", ["mode phrygian dominant"]),
    ("[mode] The final is F, so phrygian dominant.", ["mode F phrygian dominant"]),
    ("It is hijaz on A, in your books phrygian dominant.", ["mode A phrygian dominant"]),
    ("[mode] It is not phrygian dominant.", ["mode phrygian dominant denied"]),
    ("[mode] Phrygian dominant would need a major third.",
     ["mode phrygian dominant hypothetical"]),
    ("Phrygian dominant has a major third.", []),
    ("A hint of phrygian dominant.", []),
    ("Each is a lydian dominant chord.", []),
    ("[mode] In phrygian, dominant chords are rare.", ["mode phrygian"]),
])  # fmt: skip
def test_phrygian_dominant_is_a_mode_of_its_own(harmony, text, expected):
    assert harmony(text) == expected
