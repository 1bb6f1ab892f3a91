"""Claims of notes: a part, a player, a place or a time has them, in many frames."""

from __future__ import annotations

import pytest

from rewards import Question, parse
from rewards.claims.reading import read


@pytest.fixture(scope="module")
def notes(told):
    """What is claimed of notes alone."""
    return lambda text: [claim[5:] for claim in told(text) if claim.startswith("note ")]


@pytest.mark.parametrize(("text", "facet", "expected"), [
    ("Lower voice F, upper voice C.", None, ["note F", "note C"]),
    ("The upper voice has G.", None, ["note G"]),
    ("The bass returns to D.", None, ["note D"]),
    ("The bass has C, then it slips to B flat.", None, ["note C", "note Bb"]),
    ("The bass falls from C to A.", None, ["note C", "note A"]),
    ("The cellos held a low C.", None, ["instrument cello", "note C"]),
    ("The oboe and the bassoon come to rest on D.", None,
         ["instrument oboe", "instrument bassoon", "note D"]),
    ("An F sharp turns up in the left hand.", None, ["note F#"]),
    ("C sharp is not the bass note.", None, ["note C# denied"]),
    ("E is the top note.", None, ["note E"]),
    ("The flute enters on D.", None, ["instrument flute", "note D"]),
    ("The clarinet ends on an E.", None, ["instrument clarinet", "note E"]),
    ("The lead holds his note, an F.", None, ["note F"]),
    ("The melody starts on an E above middle C.", None, ["note E"]),
    ("Let the lower pitch be B, the upper F.", None, ["note B", "note F"]),
    ("It isn't E flat.", "note", ["note Eb denied"]),
    ("It isn't G either.", "note", ["note G denied"]),
    ("It is a B flat.", "note", ["note Bb"]),
    ("The notes are C, E and G.", None, []),
    ("C E G spell a C major triad.", None, ["textbook members of C:maj is C E G"]),
    ("The tenor resolves to C.", None, ["note C"]),
    ("The sopranos sing an A.", None, ["note A"]),
    ("With A in the bass.", None, ["note A"]),
    ("The highest note is F sharp.", None, ["note F#"]),
    ("The root is E.", None, ["note E"]),
    ("The piece is in D.", None, ["key D major"]),
    ("The chord moves to G.", None, []),
    ("The dominant is A.", None, []),
    ("The pedal is a low D.", None, ["note D"]),
    ("The bass moves to the dominant.", None, []),
    ("The trumpet plays a high C.", None, ["instrument trumpet", "note C"]),
    ("The first violin sits on B flat.", None, ["instrument violin", "note Bb"]),
    ("The final note is not D.", None, ["note D denied"]),
    ("Maybe the bass has F sharp.", None, ["note F# hedged"]),
    ("The bass would land on F.", None, []),
    ("B natural closes it.", "note", ["note B"]),
    ("G ends the tune.", "note", ["note G"]),
    ("G ends the tune.", "chord", []),
])  # fmt: skip
def test_notes_are_read_where_a_part_has_them(told, text, facet, expected):
    assert told(text, facet) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("The soprano opens on B, climbs to E on the stressed word, and closes on D.", ["B", "E", "D"]),
    ("The bass steps down to C, then drops a perfect fourth and settles on G.", ["C", "G"]),
    ("On beat three of the last bar the left hand adds a G.", ["G"]),
    ("The singer keeps coming to rest on D.", ["D"]),
    ("The melody starts on G and rises to D before falling back to B.", ["G", "D", "B"]),
    ("The vocal line begins on the fifth, A, and descends to D.", ["A", "D"]),
    ("The cello sustains D while the violin climbs to A.", ["D", "A"]),
    ("The bass rises from G to D while the tenors go from B to A.", ["G", "D", "B", "A"]),
    ("The trumpet trails off on F.", ["F"]),
    ("The strings come in on A flat.", ["Ab"]),
    ("They finish on a shared E flat.", ["Eb"]),
    ("The cantus begins with A and never rises beyond F.", ["A", "F"]),
    ("The soprano's last note falls to D.", ["D"]),
    ("The strings enter on an octave D.", ["D"]),
    ("The guitar's low string rings an E.", ["E"]),
    ("The choir patch holds a high C sharp.", ["C#"]),
    ("The whistle clearly plays B natural.", ["B"]),
    ("The melody starts on G. It then falls to D.", ["G", "D"]),
    ("The violin plays F natural, not E.", ["F", "E denied"]),
    ("The melody opens again on its C sharp.", ["C#"]),
    ("In the final chord the soprano is on G and the bass is on C.", ["G", "C"]),
    ("The tenor line goes down to F.", ["F"]),
    ("The riff starts on A and climbs to C.", ["A", "C"]),
    ("The bass alternates between D and A.", ["D", "A"]),
    ("The bass line: D, then C, then B flat.", ["D", "C", "Bb"]),
    ("The bass is not G but E.", ["G denied", "E"]),
    ("First note: C. Second note: G.", ["C", "G"]),
    ("The soprano ends on scale degree 3 (F sharp).", ["F#"]),
    ("His voice cracks on the high B.", ["B"]),
    ("The flute floats above on a high E.", ["E"]),
])  # fmt: skip
def test_a_note_is_what_a_part_does(notes, text, expected):
    assert notes(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("The last chord has E below, C sharp on top.", ["E", "C#"]),
    ("G sharp rises in the viola.", ["G#"]),
    ("There is a B flat in every alto entry.", ["Bb"]),
    ("I can hear a C sharp in the inner voice.", ["C#"]),
    ("An A flat joins the accompaniment.", ["Ab"]),
    ("Its third, C, is placed in the bass.", ["C"]),
    ("Bar 4 sets C7 beneath the soprano's E.", ["E"]),
    ("The last piano note, way down, is D flat.", ["Db"]),
    ("The highest note reached by the singer is a B.", ["B"]),
    ("The lowest sounding pitch is E, and the top pitch is G sharp.", ["E", "G#"]),
    ("What I hear at the bottom is a C.", ["C"]),
    ("The bottom one is B; the top one is F.", ["B", "F"]),
    ("The bottom note seems to be B.", ["B hedged"]),
    ("Bass: D. Soprano: F sharp. Second violin: G.", ["D", "F#", "G"]),
    ("At 0:07 there is a B natural.", ["B"]),
    ("Around 0:26 a D sharp creeps in.", ["D#"]),
    ("The F sharp that enters around 1:15 tilts it.", ["F#"]),
    ("A trumpet on D and a flute on F sharp.", ["D", "F#"]),
    ("Top voice on B natural.", ["B"]),
    ("In the bass I hear a G, with A above it.", ["G", "A"]),
    ("The melody's last two notes are D and C.", ["D", "C"]),
    ("| bottom | B |", ["B"]),
    ("Lowest note - D", ["D"]),
    ("- **Bass note:** C", ["C"]),
    ("Let me focus on the bass: C, then G, then A.", ["C", "G", "A"]),
    ("The final bass note sounds like G.", ["G"]),
    ("The solo begins on the note A.", ["A"]),
    ("The tonic note, D, is sustained in the bass.", ["D"]),
    ("The bass is most likely an E.", ["E hedged"]),
    ("There is a pedal point on D in the bass.", ["D"]),
    ("The melody spans from C to A.", ["C", "A"]),
    ("The bassline ends on the dominant A.", ["A"]),
    ("The tune starts with a pickup on D.", ["D"]),
    ("The bass stays on G; at 0:08 it moves to C.", ["G", "C"]),
    ("The top note isn't E; it's E flat.", ["E denied", "Eb"]),
    ("I initially heard the top note as F, but it's actually F sharp.", ["F retracted", "F#"]),
    ("The final note, a sustained B, fades out.", ["B"]),
    ("The bass could be G or A.", ["G hedged", "A hedged"]),
    ("In bar 7 the melody reaches its highest point on G.", ["G"]),
])  # fmt: skip
def test_a_note_is_what_stands_in_a_part_or_at_a_time(notes, text, expected):
    assert notes(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("The bass guitar hammers that same E under the verse.", ["E"]),
    ("The violin melody uses F sharp at the end of the phrase.", ["F#"]),
    ("The sopranos attack on B flat.", ["Bb"]),
    ("The female vocal line ends each phrase on A.", ["A"]),
    ("The clarinet insists on a B flat.", ["Bb"]),
    ("The bass emphasizes B flat.", ["Bb"]),
    ("The top voice resolves upward to C.", ["C"]),
    ("The bass never leaves G.", ["G"]),
    ("Both players come to rest on F.", ["F"]),
    ("It comes to rest on A.", ["A"]),
    ("It's the harpsichord that has the D.", ["D"]),
    ("What the chanter plays is clearly G natural.", ["G"]),
    ("You can hear the bass settle on D.", ["D"]),
    ("The voice slides from E up to G.", ["E", "G"]),
    ("The bass isn't on D.", ["D denied"]),
    ("The melody avoids F sharp.", []),
    ("The bass implies B flat.", []),
    ("The melody suggests D as tonic.", []),
    ("The singer says A is correct.", []),
])  # fmt: skip
def test_any_verb_right_behind_a_part_may_give_it_a_note(notes, text, expected):
    assert notes(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("The bass walks D, C, B.", ["D", "C", "B"]),
    ("The bass descends D - C - B flat - A.", ["D", "C", "Bb", "A"]),
    ("The bass goes D, then C sharp, then C natural.", ["D", "C#", "C"]),
    ("The bass descends stepwise from D through C and B flat to A.", ["D", "C", "Bb", "A"]),
    ("Roots by the bass guitar: E, A, D.", ["E", "A", "D"]),
    ("Descending bass, step by step: C sharp, B, A, G sharp.", ["C#", "B", "A", "G#"]),
    ("Bass line (in order): C, B, A, G.", ["C", "B", "A", "G"]),
    ("The top line is E, D, C.", ["E", "D", "C"]),
    ("The drones hum D and A.", ["D", "A"]),
    ("The bass plays C, then A, then F, and finally G.", ["C", "A", "F", "G"]),
    ("The bass line is essentially E, G, A, B, repeated.", ["E", "G", "A", "B"]),
    ("The first two notes are G and C.", ["G", "C"]),
    ("The melody revolves around G and B.", ["G", "B"]),
    ("The bass drops to C, and G and E persist above.", ["C"]),
    ("The bass goes G, D, Em.", []),
    ("Top to bottom: G, E, C.", []),
    ("The top three voices: G, B, D.", []),
    ("The tune has B natural and C natural.", []),
    ("The guitar alternates between G and D.", []),
])  # fmt: skip
def test_a_row_of_notes_is_its_parts_where_one_follows_the_other(notes, text, expected):
    assert notes(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("There is a C sharp grinding in the accordion.", ["C#"]),
    ("The D sharp, in the flute, stands out.", ["D#"]),
    ("I hear B natural in the electric piano's comping.", ["B"]),
    ("G sharp, the leading tone of A minor, rises in the viola.", ["G#"]),
    ("F remains the pedal in the basses.", ["F"]),
    ("The C sits lowest.", ["C"]),
    ("With G as resting place, the tune relaxes.", ["G"]),
    ("Upper D, lower B.", ["D", "B"]),
    ("The violin's final pitch, a long-held D, fades.", ["D"]),
    ("Second violin, G.", ["G"]),
    ("Ending pitch = G", ["G"]),
    ("1st note: C; 2nd note: E", ["C", "E"]),
    ("The cello, instead of falling to B flat, climbs to G.", ["G"]),
    ("Bar one: bassoon B flat; horn, sounding, G above.", ["Bb", "G"]),
    ("I start on C, in my part.", ["C"]),
    ("I settle on C.", []),
    ("No authentic close on A is offered.", []),
    ("Underneath, a D hums.", ["D"]),
    ("Above it a G comes and goes.", ["G"]),
    ("A final unison D closes the cue.", ["D"]),
    ("The drone and the last note are both D.", ["D"]),
    ("The bass and the melody are both on G.", ["G"]),
    ("The guitar is in a drop D tuning.", []),
])  # fmt: skip
def test_a_note_may_stand_beside_its_part_in_many_ways(notes, text, expected):
    assert notes(text) == expected


@pytest.mark.parametrize("text", [
    "The progression moves to G.",
    "The harmony settles on D.",
    "At 1:15 it moves to G.",
    "The band drops to half time.",
    "The guitar goes from G to C.",
    "The piano sings in D flat.",
    "The guitar holds C and E.",
    "The guitar plays G and D.",
    "The harmony rests on A.",
    "The band vamps on E.",
    "In the break at 2:02 the G flat is replaced by E flat minor.",
    "Chugging on a low E.",
    "| above | D, F |",
    "The bass-G collision.",
    "Top of the form: A.",
    "The bridge starts on C.",
    "The final answer is D.",
    "The lower option, B, is wrong.",
    "Both A and B sections have the same bass.",
    "Spelled with F sharp, it is another chord.",
    "At the top of the page it leaps from A to C.",
    "The note just above the root is the point.",
    "The guitar's A string buzzes.",
    "Augmented, with C as a root.",
    "A piccolo could reach the G with ease.",
    "The clarinet in A plays.",
    "The tonic is D.",
    "The leading tone of G is F sharp.",
])  # fmt: skip
def test_what_moves_to_chords_or_is_only_named_has_no_note(notes, text):
    assert notes(text) == []


@pytest.mark.parametrize(("text", "expected"), [
    ("The lowest note? E.", ["E"]),
    ("Lower voice? E. Upper voice? G.", ["E", "G"]),
    ("What is the bass? I hear a G.", ["G"]),
    ("Which chord is at the top? D.", []),
    ("What about the bass? G major.", []),
    ("The upper part starts a fifth above it, on A.", ["A"]),
])  # fmt: skip
def test_a_short_question_names_the_part_of_its_answer(notes, text, expected):
    assert notes(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("If F were F sharp this would be a perfect fifth.", ["F# hypothetical"]),
    ("Had it been C sharp we'd get a major sixth.", ["C# hypothetical"]),
])  # fmt: skip
def test_another_note_is_supposed_where_an_interval_is_asked(told, text, expected):
    shown = [claim[5:] for claim in told(text, "interval") if claim.startswith("note ")]
    assert shown == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("[note] It descends to the tonic, so G.", ["G"]),
    ("[note] Therefore F sharp.", ["F#"]),
    ("[note] G.", ["G"]),
    ("[note] Probably G.", ["G hedged"]),
    ("[note] Not G.", ["G denied"]),
    ("[note] G?", []),
    ("[note] So G, A or B.", []),
    ("[note] A and D.", []),
    ("[note] G; A; B.", []),
    ("[key] So G.", []),
    ("[note] The last note is b", ["B"]),
    ("[note] It ends on g.", ["G"]),
    ("[note] It ends on a.", []),
    ("[note] So the answer is b.", ["B"]),
    ("[note] The note is G; it is high.", ["G"]),
    ("[note] The note is G, or A.", []),
    ("[note] Answer: G", ["G"]),
    ("Last: G.", ["G"]),
    ("The last note is G, a fifth above C.", ["G"]),
    ("The tune ends on G, a step below A.", ["G"]),
    ("G is the final note of the tune.", ["G"]),
    ("E is the last soprano note.", ["E"]),
    ("A is the last note.", ["A"]),
    ("F# is the root of the last chord.", ["F#"]),
    ("F# is the root of F# minor.", []),
    ("The bass ends on H.", ["B"]),
    ("H flat m7b5, and the bass ends on D.", ["D"]),
    ("The root is Fis.", ["F#"]),
    ("The root is $F\\sharp$.", ["F#"]),
])  # fmt: skip
def test_a_note_is_what_a_sentence_comes_to_or_ends_on(notes, text, expected):
    assert notes(text) == expected


def test_the_letter_of_an_option_is_no_note_that_is_concluded():
    row = Question("q", "On which note does it end?", facet="note", choices=("F", "B", "G", "D"))
    for letter, found in (("B", 0), ("G", 1)):
        thought = parse(f"<think>It falls, so {letter}.</think><answer>{letter}</answer>")
        assert sum(claim.section == "think" for claim in read(row, thought)) == found


@pytest.mark.parametrize(("text", "expected"), [
    ("The tune ends on the submediant, C sharp.", ["C#"]),
    ("It closes on the leading tone, G sharp.", ["G#"]),
    ("The last note is the fifth degree, E flat.", ["Eb"]),
])  # fmt: skip
def test_a_degree_that_a_note_is_does_not_part_it_from_its_frame(notes, text, expected):
    assert notes(f"[note] {text}") == expected
