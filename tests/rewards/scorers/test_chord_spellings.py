"""Chords as people and models write them: one value, whichever way it is said."""

from __future__ import annotations

import pytest

SAME = {
    "A:min7":
        "Am7|A-7|a minor seventh|A minor seventh|A minor 7th|am7|Ami7|A min7|A m7|Amin7|A:min7"
        "|A minor seventh chord|an A minor seventh|It's an Am7.|The chord is an A minor 7."
        "|a-Moll-Septakkord|A-Moll-Septakkord|a-Moll 7|Am7, i.e. A C E G|Am7 (A, C, E, G)"
        "|Am7 (A-C-E-G)|Am7: A–C–E–G|Am7 - A C E G|Am7 with the notes A, C, E and G"
        "|A minor seventh, consisting of A, C, E, G"
        "|A minor 7 (root A, minor third C, fifth E, seventh G)|Am7 chord in root position"
        "|Am7 in first inversion|Am7/C|Am7/G|A minor chord with a minor seventh"
        "|A minor with a seventh|A minor triad with an added minor seventh"
        "|A minor triad plus a minor seventh|A C E G|A-C-E-G|A, C, E, G"
        "|The notes are A, C, E, G: Am7|la menor séptima|la mineur septième|la minore settima"
        r"|**Am7**|`Am7`|\boxed{Am7}|\(Am^7\)|$A_{m7}$|$Am^{7}$|A<sup>m7</sup>|Am<sup>7</sup>"
        "|Chord: Am7|Answer: Am7|Root: A, quality: minor seventh|root A, quality min7"
        "|A (minor seventh)|A (min7)|A-minor seventh|A minor-seventh|A minor seven"
        "|A minor 7 chord, not C6|Not C6 but Am7|not C major sixth; A minor seventh"
        "|Am7 rather than C6|A minor, more precisely Am7|A minor, specifically A minor seventh"
        "|Am7, the ii7 of G major|Am7, which is the vi7 chord in C major"
        "|Am7 in the key of C major|Am7 (vi7 in C major)|Am7 because the seventh G is present"
        "|I first thought C6, but it is Am7|Am⁷|Amin⁷|A:min7/1|A:min7/b3|Ａｍ７"
        "|The chord is Am7 (A minor seventh).|A minor seventh (Am7)|Am7 = A minor 7"
        "|Am7 / A minor seventh|Am7 / A-7|B♭♭m7|Bbbm7|Gxm7|G##m7|Am7!|am7 chord"
        "|This is an A minor seventh chord because it contains A, C, E and G."
        "|I hear an A minor seventh chord with A in the bass."
        "|A minor seventh, also written Am7|A minor seventh; lead sheet: Am7|A min 7|A Minor 7"
        "|A MINOR SEVENTH|A MIN7|AMIN7|Am(7)|A-min7|A m7 chord|Am7 arpeggio|Am 7",
    "C:maj":
        "C|C major|C maj|CM|C:maj|Cmaj|C major triad|C-Dur|C dur|do mayor|do majeur"
        "|do maggiore|C major chord|a C major chord|C/E|C/G|C over E|C major/E"
        "|C with E in the bass|C major with an E in the bass|C major, first inversion"
        "|C major in 1st inversion|C major first inversion|C major, second inversion (C/G)"
        "|C major (C E G)|C major (C, E, G)|C (C-E-G)|C:maj/3|C6/4|C (I)"
        "|C major (I in C major)|C major, the tonic|The C major chord|the tonic triad C major"
        "|C natural major|C-major|c major|C E G|C, E, G|C-E-G|Do majeur|dó maior|C大三和弦"
        "|C major triad: C–E–G|root C, quality major|C major (the I chord of C major)|B#"
        "|B# major|Dbb major|tonic chord, C major|it is just C|Just a plain C major triad."
        "|C major, not A minor|C major, since the third is E"
        "|C major triad with the root in the bass|C5-E5-G5|C4 E4 G4|C:|Chord C|C chord"
        "|the chord of C|chord of C major|C maj.|C major triad in close position|C Major (CM)"
        "|C Δ|CΔ",
    "G:7":
        "G7|G dominant seventh|G dominant 7|G dominant seventh chord"
        "|a G dominant seventh chord in third inversion|G7/F|G seventh|G 7|G7 chord|Gdom7"
        "|G dom7|G dom 7|G:7|G:7/b7|G dominant 7th|G7 in third inversion"
        "|G major with a minor seventh|G major minor seventh|G major-minor seventh"
        "|G major-minor 7|Gmaj/min7|dominant seventh on G|a dominant seventh chord on G"
        "|dominant seventh of C (G7)|dominant seventh chord built on G|G7 (G B D F)|G, B, D, F"
        "|V7 in C major (G7)|G7 (V7)|G7, the dominant of C|G7, the dominant seventh of C major"
        "|G7, which resolves to C major|G7 → the dominant seventh in C|G-Dominantseptakkord"
        "|Dominantseptakkord G7|G9|G13|G11|G7b9|G7(b9)|G7(#9)|G7#9|G7#11|G7(b13)|Galt|G7alt"
        "|G7/B|sol séptima|G septième de dominante|sol 7|G add b7|G(b7)|G dominant ninth"
        "|G7 (add 13)|G major chord with an added minor seventh|G, dominant seventh"
        "|G (dominant 7th)|type: dominant seventh, root: G|G sept|G7th"
        "|dominant 7 chord rooted on G|dominant 7th chord with root G|G dominant"
        "|G dominant chord",
    "F#:hdim7":
        "F#m7b5|F#m7b5/C|F sharp half diminished seventh|F sharp half diminished seventh chord"
        "|F#ø|F#ø7|F# half-diminished|F#m7(b5)|F#-7b5|F#-7(b5)|F#min7b5|F♯m7♭5|F♯ø⁷|F#hdim7"
        "|F#:hdim7|F# half-diminished 7th|F# half-dim|F# half dim 7|F# halfdim|Gbø"
        "|G flat half-diminished|F sharp minor seven flat five|F sharp minor 7 flat 5"
        "|F# minor seventh flat five|F# minor 7 b5|F# minor seventh with a flattened fifth"
        "|F#m7-5|F#mi7b5|F#m7♭5|F# m7b5|half-diminished seventh on F#|half-diminished F#"
        "|F#m7dim5|F# A C E|F#ø (F# A C E)|F#-A-C-E"
        "|F sharp half-diminished seventh in second inversion|fis halbvermindert|F#⌀7|F#Ø7|F#∅"
        "|F#h7|F#m7 b5|F# semidiminished|f#m7b5|fis-halbvermindert",
    "C:dim7":
        "C°7|Cdim7|Co7|C diminished seventh|C diminished 7|C fully diminished seventh"
        "|C fully diminished|C full diminished seventh|C dim 7|Cº7|C dim7|C dim. 7|C:dim7"
        "|C diminished seventh chord|Cdim⁷|C°⁷|diminished seventh on C|C fully-diminished 7th"
        "|C Eb Gb A|C, E♭, G♭, B♭♭|C-Eb-Gb-Bbb|c vermindert 7|C diminished 7th (Cdim7)|Cm6b5"
        "|C dim7 chord|C full dim 7",
    "C:dim":
        "Cdim|C°|Co|C diminished|C diminished triad|C:dim|C dim.|c vermindert|C vermindert"
        "|Cmb5|Cm(b5)|C-b5|Cm-5|C minor flat five|C Eb Gb|C diminished (C Eb Gb)"
        "|C diminished, i.e. C–E♭–G♭|Cdim triad|do disminuido|do diminué|diminished triad on C"
        "|Cmin(b5)|C dim|C° triad|Cdim5",
    "C:aug":
        "Caug|C+|C augmented|C augmented triad|C aug|C:aug|C(#5)|Cmaj#5|C5+|C+5"
        "|C major sharp five|C E G#|C augmented (C E G#)|übermäßiger C-Dreiklang|C übermäßig"
        "|do aumentado|do augmenté|C aug.|augmented triad on C|C augmented chord",
    "C:maj6":
        "C6|C6/9|Cmaj6|C major sixth|CM6|C6 chord|C added sixth|C add 6|Cadd6|C69|C 6/9|C:maj6"
        "|C sixth|C sixth chord|C major 6|C6add9|C major with added sixth"
        "|C major with an added sixth|C six nine|C six|Cmaj6/9|C6(9)|C6 9|C major add 6"
        "|C E G A",
    "C:min6":
        "Cm6|C minor sixth|C-6|Cmin6|C minor 6|C:min6|C minor added sixth|Cm6/9"
        "|C minor with an added major sixth|Cmi6|Cm(add6)|Cm69",
    "C:maj7":
        "Cmaj7|CΔ7|CΔ|CM7|Cma7|CMaj7|CMAJ7|C major seventh|C major 7|C major 7th|C:maj7|C maj7"
        "|C maj 7|Cj7|C^7|C△7|C△|C∆7|C major seven|C major seventh chord|C maj. 7|Cmaj9|Cmaj13"
        "|Cmaj7#11|CΔ7#11|Cmaj7(#11)|C(maj7)|C major ninth|Cmaj7/E"
        "|C major triad with a major seventh|C major with a major seventh|C E G B"
        "|C-Dur mit großer Septime|Cmajor7|C major-major seventh|C7M|C7maj|C 7M"
        "|do mayor séptima mayor|C maj7 (I7)|Cmaj⁷|CΔ⁷|Cmaj7 add 13|CM9|CM7#11|Cmaj7(9)"
        "|C major seventh with a sharp eleven|C major seventh sharp eleven",
    "C:minmaj7":
        "CmMaj7|Cm(maj7)|CmM7|C minor major seventh|C minor-major seventh|C minor/major 7"
        "|C-maj7|C-Δ7|C-Δ|CmΔ|CmΔ7|C min(maj7)|Cminmaj7|C:minmaj7|C minor with a major seventh"
        "|C minor major 7|C minor(major 7)|Cmi(ma7)|CmM7 chord|C minor (maj7)|C Eb G B|Cm/maj7"
        "|CminMaj7|Cm(M7)|Cm(ma7)|Cm+7|Cm♯7|Cm#7|CmMaj9",
    "C:sus4":
        "Csus4|Csus|C suspended fourth|C suspended 4|C sus 4|C sus|C4|C:sus4|C suspended|C F G"
        "|C suspended fourth chord|C(sus4)|C suspended 4th|Csus(4)|C sus four"
        "|C with a suspended fourth|Cmajsus4",
    "C:sus2":
        "Csus2|C suspended second|C sus 2|C:sus2|C suspended 2nd|C sus two|C(sus2)|C D G"
        "|C suspended 2|C with a suspended second",
    "C:sus4(b7)":
        "C7sus4|C7sus|C9sus4|C9sus|C dominant seventh suspended fourth|C7 sus 4|C:sus4(b7)"
        "|C seven sus four|C dominant 7 sus4|C7(sus4)|Csus7|Csus4(b7)|C13sus4"
        "|C seventh suspended fourth|C dominant seventh sus4|C:7sus4|C11sus|Csus9"
        "|C dominant 7th suspended 4th|C7 suspended|C7 suspended fourth",
    "C:maj(9)":
        "Cadd9|C add9|C(add9)|C add 9|C added ninth|Cadd(9)|C major add 9"
        "|C major with an added ninth|C:maj(9)|C added 9th|Cmaj(add9)|C major added ninth"
        "|C add nine|C",
    "C:5":
        "C5|C power chord|C:5|C no third|C(no3)|Cno3|C power|C omit 3|C5 power chord|C fifth"
        "|C5 (no third)|C5 (power chord)|C (no 3rd)|power chord on C|C:maj(*3)|C open fifth",
    "N":
        "N|N.C.|NC|no chord|N.C|No chord|none|no-chord|n.c.|No chord is played|silence"
        "|There is no chord.",
    "C:aug7":
        "Caug7|C+7|C7#5|C augmented seventh|C7+|C7(#5)|C7+5|C aug 7|C7aug|C augmented 7th"
        "|C dominant seventh sharp five|C7 sharp 5|C E G# Bb|C7♯5|C:aug7|C9#5|C7b13#5",
    "C:7(b5)":
        "C7b5|C7-5|C7(b5)|C seven flat five|C dominant seventh flat five",
    "Bb:7":
        "Bb7|B♭7|B flat 7|B-flat dominant seventh|B flat dominant seventh|A#7|B flat seven"
        "|B flat 7th chord|bb7|Bb dominant|B♭ 7|B♭7 (dominant seventh)|Bb7/Ab"
        "|B flat major minor seventh",
    "Eb:min":
        "Ebm|E♭m|E flat minor|E-flat minor|es-Moll|Es-Moll|D#m|D sharp minor|Ebmin|Eb-"
        "|E♭ minor triad|dis-Moll|ebm|mi bemol menor|E flat minor triad|mib mineur"
        "|Eb minor (Eb Gb Bb)",
    "B:min":
        "Bm|B minor|h-Moll|H-Moll|h moll|si menor|B-|Bmin|B minor triad (B, D, F#)|bm"
        "|h-Moll-Akkord|h-Moll-Dreiklang|B m|B min",
    "Bb:maj":
        "Bb|B♭|B flat|B flat major|B-Dur|B-flat|Bb major|sib majeur|si bemol mayor|A#"
        "|B-Dur-Dreiklang|Bbmaj",
}  # fmt: skip

IN_SENTENCES = {
    "E:min7":
        "It's not E7 but Em7|At first I thought Em, but it is Em7|Em7 (not E7)"
        "|Em7 instead of E7"
        "|The chord is Em7 because it has a minor third and a minor seventh above E."
        "|The chord heard is an E minor seventh, which functions as ii7 in D major."
        "|Em7 functioning as the ii of D|Em7, resolving to A7|Em7 moving to A7"
        "|Em7, also known as E-7|Em7, enharmonically Fbm7|Em7 a.k.a. E minor seventh"
        "|The chord is Em7. It contains the notes E, G, B and D.|Em7. Notes: E, G, B, D."
        "|E–G–B–D, which is Em7|Notes E G B D → Em7|E, G, B, D = E minor seventh"
        "|Em7 with G in the bass|Em7 in first inversion (G in the bass)"
        "|Em7/G (first inversion)|E minor 7th, first inversion, with G as the lowest note"
        "|E minor (add 7)|Em with added 7th|Em add7|Em(add b7)|Em(7)|E min. 7th|E m. 7"
        "|mi menor 7|e-Moll mit kleiner Septime|e-Moll-Septime|e moll 7|A) Em7|1. Em7"
        "|Option B: Em7|Answer: (Em7)|Em7 ✓|🎵 Em7 🎵|> Em7|- Em7|# Em7|chord=Em7"
        "|Chord name: Em7|Final: Em7|Harte: E:min7|E:min7 (Harte)"
        "|Em7 in Harte notation: E:min7|The quality is minor seventh and the root is E"
        "|minor seventh with root E|The root is E and the quality is minor seventh."
        "|a minor seventh chord on E|minor 7th chord built on E"
        "|a minor seventh chord whose root is E|minor-seventh chord rooted at E",
    "A:min7":
        "a minor seventh chord on A|an A minor seventh"
        "|a minor seventh chord built on the note A",
    "G:maj":
        "G|G major chord, the dominant of C|the dominant, G major|V (G major)|the V chord, G"
        "|G in second inversion|G/D|G6/4|G6|GM7|G Major triad, root position|G, B, D"
        "|G B D (G major)|A G chord|A G major chord|It is a G.|The chord G|g major|G♮|Gmajor"
        "|GMajor|G-major triad|G majeur|sol majeur|the G chord|G?",
    "C:min":
        "Cm|C minor; its relative major is E flat major|C minor, relative of E♭ major"
        "|i in C minor: Cm|c-Moll|C minor, not C major|C–E♭–G, a C minor triad"
        "|C minor since the third is E flat|C minor because of the Eb"
        "|C minor with its third, E flat, on top"
        "|C minor, with E♭ as its third and G as its fifth|C minor: the third is E♭"
        "|The third is E♭, so it is C minor|C E♭ G",
    "N":
        "N|N.C.|There is no chord|no chord (silence)|no chord, just drums|None, it is silent"
        "|silence",
    "F#:hdim7":
        "F#m7(♭5)|F♯ half-diminished seventh (F♯ A C E)|viiø7 in G: F#ø7"
        "|F#ø7, the vii of G major|F#m7b5 / F#ø7|F#m7b5 (F# half-diminished)"
        "|F# half-diminished (also written F#m7b5)",
    "D:7":
        "D7/C|D7 in third inversion (D4/2)|D dominant seventh in third inversion"
        "|a D dominant seventh chord in third inversion"
        "|D7 (D, F#, A, C), the dominant of G major|Secondary dominant D7 (V7/V in C)"
        "|V7/V in C: D7|D7, V7 of G|V7 of G major|the dominant seventh of G"
        "|Dominant seventh chord: D7|D7 chord, i.e., a dominant seventh|D7b9|D7(b9,#11)",
    "C:maj/3":
        "C/E",
    "C:sus4":
        "C suspended 4th chord",
    "C:maj7":
        "CMaj7|Cmaj7 (C E G B)|C major 7 (CΔ7)",
    "C:7":
        "C major minor 7",
    "Ab:maj":
        "A flat|A-flat major|As-Dur|G# major|A♭ major triad|an A flat major chord"
        "|Ab major, enharmonic G# major|Ab/G# major|A flat major (A♭, C, E♭)",
    "Bb:min7":
        "B♭m7|B flat minor 7|Bbmin7 (Bb Db F Ab)|b-Moll-Septakkord",
}  # fmt: skip

OTHER = {
    "E:min7":
        "Em7 → A7 → D|Em7 and then A7|Either Em7 or G6|Em7 (could also be G6)",
    "A:min7":
        "The chord is a minor seventh|Am7 or C6|Am7/C6|Am7, C6|Am7 and C6|either Am7 or C6"
        "|Am7 (or C6)|C6, possibly Am7|maybe Am7, maybe Am|Am7 or Am9|Am|A7|A minor|A|C6|C6/A"
        "|A minor sixth|Am7b5|Amaj7|a chord with a root, a third and a fifth"
        "|a minor seventh chord|minor seventh|seventh chord|a chord|X|other|unknown|A:X"
        "|A:other|A:(1,b2,2,b3,3,4,b5,5,b6,6,b7,7)|I am not sure|I don't know|Bm7|not Am7"
        "|it isn't Am7|neither Am7 nor C6|anything but Am7|A minor seventh interval|Am7?? C6??"
        "|Am7 vs C6|Am7 -> D7|Am7 then D7|Am7 (C E G A B D F)|Am7 or perhaps Am|A something"
        "|Am7Am|A minor seventh or A dominant seventh|A minor or dominant seventh",
    "G:maj":
        "G minor? No, G major.|g|G sharp|G or G7|G major or E minor|G (or Em)"
        "|The answer could be G major or D major.",
    "C:min":
        "c|C|I am sure|C major|C dim|Eb",
    "N":
        "C|no idea|I don't know|no C chord",
    "C:maj":
        "N.C.|not C|no chord|Cm|C minor|C or Cm|C major or C minor|C major/minor|C, F|C / G7"
        "|C and G|major|I|the tonic|C+|C°|Csus4|C5|C major (C Eb G)|key of C|I am fairly sure"
        "|a C or an E",
    "F#:hdim7":
        "F#dim7|Am6|F# diminished",
    "D:7":
        "D7sus4|D+7",
    "C:maj7":
        "C7",
    "C:7":
        "Cmaj7|C major seventh|C7 or CM7",
    "Ab:maj":
        "A major",
    "G:7":
        "Gb7|G#7|Gmaj7|G|Gm7|G major|Gsus4|Gdim7|Gm7b5|G7sus4|G7 or Gmaj7|dominant"
        "|dominant seventh|dominant seventh of G|V7|C7|seventh|G7b5|G minor seventh"
        "|G major seventh|the dominant seventh chord|G or G7|the key of G|G6",
}  # fmt: skip


def pairs(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(chord, answer) for chord, answers in table.items() for answer in answers.split("|")]


@pytest.mark.parametrize(("chord", "answer"), pairs(SAME))
def test_every_spelling_of_the_chord_earns_one(value, chord, answer):
    assert value("chord", answer, facts={"chord": chord}) == 1.0


@pytest.mark.parametrize(("chord", "answer"), pairs(IN_SENTENCES))
def test_a_chord_in_a_sentence_or_beside_its_description_earns_one(value, chord, answer):
    assert value("chord", answer, facts={"chord": chord}, text="Which chord is it?") == 1.0


@pytest.mark.parametrize(("chord", "answer"), pairs(OTHER))
def test_other_chords_hedges_and_empty_words_earn_nothing(value, chord, answer):
    assert value("chord", answer, facts={"chord": chord}, text="Which chord is it?") == 0.0
