"""What is read of keys, modes, signatures and modulations, in many wordings."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(("text", "expected"), [
    ("The tonal center is clearly A minor.", ["key A minor"]),
    ("Everything gravitates toward E minor.", ["key E minor"]),
    ("All of this points to B flat major.", ["key Bb major"]),
    ("I'd settle on F sharp minor.", ["key F# minor"]),
    ("The best fit is C minor.", ["key C minor"]),
    ("Therefore: G major.", ["key G major"]),
    ("It sits comfortably in E flat.", ["key Eb major"]),
    ("An upbeat pop song in A major at 120 BPM.", ["key A major"]),
    ("The piece opens and closes in D minor.", ["key D minor"]),
    ("This confirms F major.", ["key F major"]),
    ("It stays in B minor throughout.", ["key B minor"]),
    ("I hear D as the tonic, so D major.", ["key D major"]),
    ("The bass keeps returning to A, which anchors us in A minor.", ["key A minor"]),
    ("Rubato, G minor, very sad.", ["key G minor"]),
    ("Looks like F major to me.", ["key F major"]),
    ("The scale degrees line up with D major.", ["key D major"]),
    ("A lament in F minor for strings.", ["key F minor"]),
    ("The key's D major, then.", ["key D major"]),
    ('{"key": "A minor", "tempo": 96}', ["key A minor"]),
    ("| Key | Ab major | high |", ["key Ab major"]),
    ("[key] As it stands it is G.", ["key G major"]),
    ("[key] F#m, I'd say.", ["key F# minor"]),
    ("[key] Key = Eb major.", ["key Eb major"]),
    ("[key] The closing B flat major chord is the tonic triad.", ["chord Bb:maj"]),
    ("[key] With E minor comes one sharp.", ["key E minor", "key_signature 1"]),
    ("[key] Sounds like B minor to me, though my neighbour insists on D major.", ["key B minor"]),
])  # fmt: skip
def test_a_name_is_a_key_where_its_clause_says_so(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize("facet", ["chord", "roman", "function", "cadence", "progression"])
@pytest.mark.parametrize(("text", "expected"), [
    ("Three sharps, A major, string quartet.", ["key A major"]),
    ("Four flats; F minor.", ["key F minor"]),
    ("Three flats → E flat major.", ["key Eb major"]),
    ("No sharps, which is A minor.", ["key A minor"]),
    ("D minor (one flat), slow.", ["key D minor"]),
    ("C major, no flats.", ["key C major"]),
    ("First phrase, four bars, 3/4, G minor.", ["key G minor"]),
    ("G minor, 3/4.", ["key G minor"]),
    ("92 bpm, B minor.", ["key B minor"]),
    ("The song is E minor.", ["key E minor"]),
])  # fmt: skip
def test_a_name_beside_signs_meter_or_pace_is_a_key_whatever_is_asked(
    harmony, facet, text, expected
):
    found = harmony(f"[{facet}] {text}")
    assert [claim for claim in found if claim.split()[0] in ("key", "chord")] == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("The strings hold E minor.", []),
    ("Compared with D major, the G here is natural.", []),
    ("G major differs from C major by one note.", []),
    ("In theory E minor could share this signature.", []),
    ("A minor third separates the two voices.", []),
    ("A C major scale runs up the piano.", []),
    ("G sharp does not belong to A minor.", []),
    ("E flat is foreign to G major.", []),
    ("B flat major has the same key signature as G minor.",
     ["textbook relative of Bb major is G minor"]),
    ("An F sharp would be needed for E minor.", []),
    ("Nothing outside F major.", []),
    ("The tune reminds me of a prelude in C major.", []),
    ("The clarinet part is written in D.", []),
    ("Compare bar 4, C major, with bar 12, C minor.", []),
    ("[chord] D minor has F natural.", []),
    ("[chord] It's C sharp half-diminished, which is vii of D minor.",
     ["chord C#:hdim7", "textbook numeral of C#:hdim7 in D minor is vii"]),
])  # fmt: skip
def test_a_name_that_is_only_compared_or_weighed_in_theory_is_no_claim(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("If it were in A minor, we would hear G sharp.", ["key A minor hypothetical"]),
    ("In G major we would expect an F sharp.", ["key G major hypothetical"]),
    ("Had it been in E major, the D would be sharp.", ["key E major hypothetical"]),
])  # fmt: skip
def test_a_supposed_key_is_hypothetical(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("The key is C major. The bridge moves to G major.", ["key C major", "modulation G major"]),
    ("The key is C major. The middle section is in F major.",
     ["key C major", "modulation F major"]),
    ("The key is C major. At 0:45 it shifts up to D major.", ["key C major", "modulation D major"]),
    ("The key is C major. The last chorus lifts to D flat major.",
     ["key C major", "modulation Db major"]),
    ("The key is C major. A key change to E flat major follows.",
     ["key C major", "modulation Eb major"]),
    ("The key is C major. The second theme appears in G major.",
     ["key C major", "modulation G major"]),
    ("The key is C major. In bar 17 we are suddenly in A flat major.",
     ["key C major", "modulation Ab major"]),
    ("It starts in G minor and modulates to the subdominant, C.",
     ["key G minor", "modulation C minor"]),
    ("The bridge modulates to the subdominant, B flat.", ["modulation Bb major"]),
    ("It modulates to the mediant, E.", []),
    ("It modulates via the dominant (A) to G major.", ["modulation G major"]),
    ("Starting in D minor, it ends in F major.", ["key D minor", "modulation F major"]),
    ("The piece begins in G major and modulates to D major.",
     ["key G major", "modulation D major"]),
    ("The key is D major. It briefly tonicizes the dominant, A major.",
     ["key D major", "modulation A major"]),
    ("The key is B flat major. The development passes through G minor and C minor.",
     ["key Bb major", "modulation G minor", "modulation C minor"]),
    ("The key is B flat major. The trio is in the subdominant, E flat major.",
     ["key Bb major", "modulation Eb major"]),
    ("The key is C major. It never modulates to G major.",
     ["key C major", "modulation G major denied"]),
    ("The key is C major. A modulation to E minor would need a D sharp.",
     ["key C major", "modulation E minor hypothetical"]),
    ("The key is G major. Half a step up for the final chorus: A flat major.",
     ["key G major", "modulation Ab major"]),
    ("The key is G major. There is a detour through B minor.",
     ["key G major", "modulation B minor"]),
    ("The key is G major. After the drum break everything is in A major.",
     ["key G major", "modulation A major"]),
    ("The key is G major. The second strain switches to D.", ["key G major", "modulation D major"]),
    ("The key is F major. Perhaps it visits D minor.",
     ["key F major", "modulation D minor hedged"]),
    ("The key is A minor. The new key is C major.", ["key A minor", "modulation C major"]),
    ("The key is A minor. At 1:02 the tonal centre becomes E minor.",
     ["key A minor", "modulation E minor"]),
    ("It modulates, at least for me, from D minor to F major.",
     ["key D minor", "modulation F major"]),
    ("The waltz is in A flat, its trio in D flat.", ["key Ab major", "modulation Db major"]),
    ("[modulations] From E flat it climbs to F at the last refrain.",
     ["key Eb major", "modulation F major"]),
    ("[key] Maybe it is in C major. No, it is in G major.",
     ["key C major retracted", "key G major"]),
    ("It modulates to A major, yet the overall key is D major.",
     ["modulation A major", "key D major"]),
    ("The bridge is in F major and the main key remains C major.",
     ["modulation F major", "key C major"]),
    ("[key] The final section is in A major; the piece's home key is D major.",
     ["modulation A major", "key D major"]),
    ("At 0:32 it lifts to D major.", ["modulation D major"]),
])  # fmt: skip
def test_a_key_that_the_music_moves_to_is_a_modulation(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("The mode is dorian on E.", ["mode E dorian"]),
    ("Dorian, with D as its final.", ["mode D dorian"]),
    ("Centred on G, with an F natural: mixolydian.", ["mode G mixolydian"]),
    ("The lowered second says phrygian.", ["mode phrygian"]),
    ("It could be E dorian or aeolian.", ["mode E dorian hedged", "mode E aeolian hedged"]),
    ("The scale is pentatonic with G as home.", ["mode G major pentatonic"]),
    ("A dorian sixth appears.", []),
    ("A chromatic line descends.", []),
    ("There's a hint of mixolydian in the bridge.", []),
    ("The three major modes are ionian, lydian and mixolydian.", []),
    ("Lydian has a raised fourth.", []),
    ("The cadence sounds Phrygian.", ["cadence Phrygian"]),
])  # fmt: skip
def test_a_mode_takes_its_tonic_from_its_sentence(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("The signature shows one flat.", ["key_signature -1"]),
    ("[mode] So it is D mixolydian, spelled D E F# G A B C.",
     ["mode D mixolydian", "textbook members of D mixolydian is D E F# G A B C"]),
    ("[chord] The song is E minor, one sharp.", ["key E minor", "key_signature 1"]),
    ("[cadence] He leans upon G major while the key, C minor, waits.",
     ["chord G:maj", "key C minor"]),
    ("[progression] A minor: i VI III VII.", ["key A minor", "roman i-VI-III-VII"]),
    ("[function] In E major, our key, B7 is V7.",
     ["key E major", "textbook numeral of B:7 in E major is V7"]),
    ("[mode] B, a major third, so Dorian drops out.",
     ["mode dorian denied"]),
    ("Its relative major: F# minor.", []),
    ("Others say it is D minor, and I hear E minor.", ["key E minor"]),
    ("[mode] D mixolydian is D E F# G A B C.",
     ["textbook members of D mixolydian is D E F# G A B C"]),
    ("[chord] Is the piece in C major? No, one chord doesn't make it C major.",
     ["key C major denied"]),
    ("Hence F, C, G and D are sharpened.", ["key_signature 4"]),
    ("So B and E are flattened.", ["key_signature -2"]),
    ("The G and A are sharpened.", []),
    ("Adding one more flat makes three flats.", []),
    ("Down a fifth with one flat more.", []),
    ("From four flats to five is going one fifth down.", []),
    ("D major would have two sharps.", ["textbook signature of D major is 2"]),
])  # fmt: skip
def test_signs_are_a_signature_where_they_are_the_clip_s(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("[key] I was going to say A major until the G natural came.", ["key A major retracted"]),
    ("[key] E minor crossed my mind for a second.", ["key E minor hypothetical"]),
    ("[key] A minor, or so I thought.", ["key A minor retracted"]),
    ("[key] The first draft of this answer said F major; the final one says D minor.",
     ["key F major retracted", "key D minor"]),
    ("[key] C major seems out of the question given the sharps.", ["key C major denied"]),
    ("[key] It can only be G major.", ["key G major"]),
    ("[key] No other key than G major will do.", ["key G major"]),
    ("[key] F minor, with a grain of salt.", ["key F minor hedged"]),
    ("[key] F minor, unless I'm mistaken.", ["key F minor hedged"]),
    ("[key] I can't decide between F minor and A flat major.",
     ["key F minor hedged", "key Ab major hedged"]),
    ("[key] F minor beats A flat major by a hair.", ["key F minor", "key Ab major denied"]),
    ("[key] A flat major is a red herring.", ["key Ab major denied"]),
    ("[key] A flat major was my answer before I heard the ending.", ["key Ab major retracted"]),
    ("[key] Hypothesis 1: A flat major.", ["key Ab major hypothetical"]),
    ("[key] Initially A flat major, on closer listening F minor.",
     ["key Ab major retracted", "key F minor"]),
    ("[key] It starts like A flat major but is in F minor.", ["key F minor"]),
    ("[key] It pretends to be A flat major.", []),
    ("[key] I doubt that it's F minor.", ["key F minor denied"]),
    ("[key] I have no reason to prefer B minor.", ["key B minor denied"]),
    ("[key] Two keys remain, and my money is on A flat major.", ["key Ab major"]),
    ("[cadence] A plagal cadence makes no sense here.", ["cadence PC denied"]),
    ("[chord] I considered Am7, but the F natural forbids it.", ["chord A:min7 hypothetical"]),
    ("[meter] The key is G major, with reservations.", ["key G major hedged"]),
    ("[key] A minor: out, there is no G sharp.", ["key A minor denied"]),
])  # fmt: skip
def test_what_an_author_says_of_a_candidate_is_its_stance(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("A minor-key waltz.", ["mode minor"]),
    ("Minor key, slow, strings.", ["mode minor"]),
    ("Tonality: minor.", ["mode minor"]),
    ("The tonality is major.", ["mode major"]),
    ("[mode] Major pentatonic, no fourth, no seventh.", ["mode major pentatonic"]),
    ("[mode] Not major: the third is E flat.", ["mode major denied"]),
    ("The last chord is major.", []),
    ("The thirds are minor.", []),
    ("The major third of the chord is bright.", []),
    ("There are mixolydian touches.", []),
    ("A major seventh leap.", []),
    ("[mode] It switches from minor to major.", []),
    ("[mode] Lydian dominant, F sharp and B flat over C.", []),
])  # fmt: skip
def test_a_bare_mode_is_said_of_the_clip_and_of_no_chord_or_interval(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("[modulations] New key: F sharp major.", ["modulation F# major"]),
    ("[modulations] C major -> E major (chromatic mediant).",
     ["key C major", "modulation E major"]),
    ("[modulations] C to E flat.", ["key C major", "modulation Eb major"]),
    ("[modulations] Was there a modulation? Yes: to A.", ["modulation A major"]),
    ("[modulations] If it had gone to F, we'd hear B flat.", ["modulation F major hypothetical"]),
    ("[modulations] It does not go to F.", ["modulation F major denied"]),
    ("[modulations] We've arrived in B flat major by the double bar.", ["modulation Bb major"]),
    ("C major gives way to A minor.", ["key C major", "modulation A minor"]),
    ("After the storm in F minor, F major returns.", ["key F minor", "modulation F major"]),
    ("The minuet is in G, its trio in G minor.", ["key G major", "modulation G minor"]),
])  # fmt: skip
def test_a_key_that_a_question_on_modulations_asks_for_is_one(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("[key] I'd put my name to A major. E major was never in the running.",
     ["key A major", "key E major denied"]),
    ("[key] The key is B flat minor. Against it: a long D flat major episode.",
     ["key Bb minor", "modulation Db major"]),
    ("[key] Someone in the comments is sure it's F sharp major.", []),
    ("[cadence] Soprano finishes with D to C. So authentic and perfect.", ["cadence PAC"]),
    ("[roman] The chord in question: B flat, D, F, A flat, hence V7.", ["roman V7"]),
    ("[roman] A minor triad on D in C: ii.", ["chord D:min", "key C major", "roman ii"]),
    ("It is a B flat blues with a whiff of D phrygian.", []),
    ("I expected B flat major for the next phrase and got F major.", ["key Bb major hypothetical"]),
])  # fmt: skip
def test_what_stands_in_a_longer_thought_is_read_as_it_is_meant(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("[key] The options are G major, E minor, D major and B minor.", []),
    ("[key] Among G major, E minor, D major and B minor, only E minor explains it.",
     ["key E minor"]),
    ("[key] Songs in G major are common; this one is in A flat.", ["key Ab major"]),
    ("[key] People associate D minor with sadness.", []),
    ("[key] D minor is a very common key.", []),
    ("[key] A common key is D minor.", []),
    ("[key] It is a typical folk tune in D minor.", ["key D minor"]),
    ("[key] A typical folk tune in D minor.", ["key D minor"]),
    ("[key] The signature of two flats is common here.", ["key_signature -2"]),
    ("[chord] A common final chord is C major.", []),
    ("[key] E minor, i.e. the relative minor of G major.",
     ["key E minor", "textbook relative of G major is E minor"]),
    ("[key] The piece is in C major, whose relative minor is A minor.",
     ["key C major", "textbook relative of C major is A minor"]),
    ("[key] The piece is in C major (relative minor: A minor).",
     ["key C major", "textbook relative of C major is A minor"]),
    ("[key] It is in E minor, whose relative major, G major, comes in the middle.",
     ["key E minor", "textbook relative of E minor is G major"]),
    ("[key] The tune sits in F major; its relative minor, D minor, never appears.",
     ["key F major", "textbook relative of F major is D minor"]),
    ("[key] E minor would be my answer.", ["key E minor"]),
    ("[key] The music says Em.", ["key E minor"]),
    ("[cadence] Half cadences end on V, plagal ones go IV-I.", []),
    ("[cadence] A deceptive cadence resolves V to vi. Here vi is what we get.", ["roman vi"]),
    ("[cadence] In pop music plagal cadences are common.", []),
    ("[cadence] Perfect authentic cadences need the tonic on top.", []),
    ("[cadence] A deceptive cadence surprises us.", ["cadence DC"]),
    ("[roman] In any major key IV is major.", []),
    ("[function] Tonic chords rest, dominant chords press on.", []),
    ("[mode] Jazz players love dorian.", []),
    ("[roman] The key is C. It can function as ii in C or vi in F.", ["key C major"]),
])  # fmt: skip
def test_what_is_offered_or_always_so_is_no_claim(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("[key] A plausible alternative is D minor.", ["key D minor hedged"]),
    ("[key] F major, with D minor a distant second.", ["key F major", "key D minor hedged"]),
    ("[key] Nothing less than F major.", ["key F major"]),
    ("[key] No need to look further than F major.", ["key F major"]),
    ("[key] The last chord says G minor.", ["key G minor"]),
])  # fmt: skip
def test_a_second_choice_is_a_doubt(harmony, text, expected):
    assert harmony(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("[key] E flat", ["key Eb major"]),
    ("[key] F#m", ["key F# minor"]),
    ("[key] probably G", ["key G major hedged"]),
    ("[modulations] to G major", ["modulation G major"]),
    ("[modulations] Yes, at 0:30, to A flat major", ["modulation Ab major"]),
    ("[roman] I", ["roman I"]),
    ("[cadence] half", ["cadence HC"]),
    ("[function] dominant", ["function dominant"]),
])  # fmt: skip
def test_a_bare_answer_is_of_the_kind_that_is_asked(harmony, text, expected):
    assert harmony(text, section="answer") == expected
