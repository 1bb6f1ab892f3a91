"""Which instruments a text hears: by the words around their names, in lists, in contrast."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(("text", "expected"), [
    ("A man sings over a strummed guitar.", ["male voice", "guitar"]),
    ("A woman with a breathy voice enters.", ["female voice"]),
    ("The singer is female.", ["female voice"]),
    ("The lead vocal is male and slightly hoarse.", ["male voice"]),
    ("The chorus is sung by a man.", ["male voice"]),
    ("The singer, a woman with hardly any vibrato, phrases late.", ["female voice"]),
    ("There is a baritone vocalist.", ["baritone voice"]),
    ("He raps over the beat.", ["rap vocals"]),
    ("Two MCs trade bars.", ["rap vocals"]),
    ("Someone humming over the chords.", ["voice"]),
    ("Unaccompanied voices.", ["choir"]),
    ("A ukulele behind a tenor.", ["ukulele", "tenor voice"]),
    ("Guitar and a woman alone.", ["guitar", "female voice"]),
    ("A contralto pleading over the organ.", ["female voice", "organ"]),
    ("Rapped verses over it.", ["rap vocals"]),
    ("No voices.", ["voice denied"]),
    ("A baritone tells the story.", ["baritone voice"]),
    ("The singer is a tenor with a light vibrato.", ["tenor voice"]),
    ("Stabbing piano, a diva on top.", ["piano", "female voice"]),
    ("Four men, no accompaniment.", ["male voice"]),
    ("Women only, unaccompanied.", ["female voice"]),
    ("The lads sing in close harmony.", ["male voice"]),
    ("Her voice floats over a string arrangement.", ["female voice", "strings"]),
    ("His baritone is smoky.", ["baritone voice"]),
    ("There is no rap.", ["rap vocals denied"]),
    ("Rap verses alternate with a sung chorus.", ["rap vocals"]),
    ("It reaches a tenor range.", []),
    ("Does the soprano sing E over it?", []),
    ("There is a tenor trombone.", ["trombone"]),
    ("Three women wait outside.", []),
    ("That leaves room for a rapper.", []),
    ("No voices move in parallel.", []),
    ("The man next door has a dog.", []),
    ("I catch myself humming along.", []),
    ("The cello sings its tune.", ["cello"]),
    ("The tenor part moves by step.", []),
    ("A woman called in to say hello.", []),
    ("They sing it every Advent.", []),
    ("A woman might sing it differently.", []),
])  # fmt: skip
def test_people_who_sing_are_voices(told, text, expected):
    assert told(text) == [f"instrument {name}" for name in expected]


@pytest.mark.parametrize(("text", "expected"), [
    ("Guitars are heavily distorted.", ["electric guitar"]),
    ("The guitar runs through a fuzz pedal.", ["electric guitar"]),
    ("Guitars chug in unison.", ["electric guitar"]),
    ("The guitar sounds nylon-strung.", ["classical guitar"]),
    ("A guitar with distortion, a piano.", ["electric guitar", "piano"]),
    ("The guitar is not distorted.", ["guitar"]),
    ("The bassist slaps the root.", ["bass guitar"]),
    ("The bassist plays it arco.", ["double bass"]),
    ("Drums: programmed.", ["drum machine"]),
    ("The drums are programmed.", ["drum machine"]),
    ("Horn stabs on the offbeat.", ["brass"]),
    ("Harp licks over a shuffle.", ["harmonica"]),
    ("The harp ripples.", ["harp"]),
])  # fmt: skip
def test_the_words_around_a_name_tell_its_kind(told, text, expected):
    assert told(text) == [f"instrument {name}" for name in expected]


@pytest.mark.parametrize(("text", "expected"), [
    ("The guitar enters. Later I hear an acoustic guitar.", ["acoustic guitar"]),
    ("An acoustic guitar opens. Guitar and snare stop.", ["acoustic guitar", "snare drum"]),
    ("Vocals enter at 0:10; a female singer.", ["female voice"]),
    ("Trio of piano, bass and drums, a double bass at that.", ["piano", "drums", "double bass"]),
    ("Vocals and a choir.", ["voice", "choir"]),
    ("Guitar, no electric guitar.", ["guitar", "electric guitar denied"]),
    ("Guitar, perhaps an electric guitar.", ["guitar", "electric guitar hedged"]),
    ("Saxophones and a tenor sax solo.", ["saxophone", "tenor saxophone"]),
])  # fmt: skip
def test_a_kind_that_is_heard_is_what_its_bare_name_means(told, text, expected):
    assert told(text) == [f"instrument {name}" for name in expected]


@pytest.mark.parametrize(("text", "expected"), [
    ("I hear a piano, a bass, and a drum kit.", ["piano", "bass", "drums"]),
    ("Electric piano, bass, kit.", ["electric piano", "bass", "drums"]),
    ("Piano and upright.", ["piano", "double bass"]),
    ("After a drum introduction the piano enters.", ["drums", "piano"]),
    ("Whistle on top, fiddle below.", ["tin whistle", "violin"]),
    ("The keys comp lightly.", ["keyboard"]),
    ("Drums, guitar and horns.", ["drums", "guitar", "brass"]),
    ("Strings, harp and horns.", ["strings", "harp", "french horn"]),
    ("Kit: brushes.", ["drums"]),
    ("No keyboard anywhere.", ["keyboard denied"]),
    ("I checked it on a keyboard at home.", []),
    ("Horns: trombones and trumpets.", ["trombone", "trumpet"]),
    ("Double bass drums under palm-muted riffs.", ["bass drum"]),
    ("A fretless lute.", ["lute"]),
    ("Recorded on a classical guitar.", ["classical guitar"]),
    ("Written for piano.", ["piano"]),
    ("Strings: violins and cellos.", ["violin", "cello"]),
    ("Percussion: shaker, congas.", ["shaker", "congas"]),
    ("Strings: warm.", ["strings"]),
    ("The changes of bass and harmony.", []),
    ("A clap on two and four.", ["handclaps"]),
    ("A clap of thunder.", []),
    ("A warm pad swells.", ["synthesizer"]),
    ("A drum pad lies on my desk.", []),
    ("The kit enters late.", ["drums"]),
    ("A press kit came with it.", []),
    ("Keys double the guitar.", ["keyboard", "guitar"]),
    ("The keys of the house.", []),
    ("Low strings hold a drone.", ["strings"]),
    ("The low strings of the guitar buzz.", ["guitar"]),
    ("The winds of change.", []),
    ("A kick like a door.", ["bass drum"]),
    ("Fingerpicked acoustic, close to the microphone.", ["acoustic guitar"]),
    ("An acoustic performance.", []),
    ("Played piano, then forte.", []),
    ("The shakuhachi's attack is breathy.", ["shakuhachi"]),
    ("A Mellotron flute.", ["mellotron"]),
    ("A voice recorder memo.", []),
    ("A flute-like tone.", []),
    ("A flute-like synth.", ["synthesizer"]),
    ("It has the sound of a horn call.", []),
    ("An orchestral piece.", ["orchestra"]),
    ("The piano roll shows it.", []),
    ("A timpani roll.", ["timpani"]),
])  # fmt: skip
def test_a_word_is_an_instrument_where_its_neighbours_say_so(told, text, expected):
    assert told(text) == [f"instrument {name}" for name in expected]


@pytest.mark.parametrize(("text", "expected"), [
    ("A cello lies lower.", ["cello denied"]),
    ("A violin has more brilliance.", ["violin denied"]),
    ("An organ sustains, this one dies away.", ["organ denied"]),
    ("A piccolo could reach the G, but this is darker.", ["piccolo denied"]),
    ("A bassoon is more likely.", ["bassoon hedged"]),
    ("I expected a saxophone, but none appears.", ["saxophone denied"]),
    ("I was expecting a choir; nobody sings.", ["choir denied"]),
    ("The solo that one would expect from a saxophone never comes.", ["saxophone denied"]),
    ("I swore there was an organ; it is a guitar.", ["organ retracted", "guitar"]),
    ("The drums are too loose for that.", ["drums"]),
    ("A trumpet is too bright.", ["trumpet denied"]),
    ("I'd expect turntables or rapping, and neither shows up.",
         ["turntables denied", "rap vocals denied"]),
    ("A sitar? Its buzz is nowhere to be found.", ["sitar denied"]),
    ("A flute had been my first thought.", ["flute retracted"]),
    ("A saxophone doesn't sound this thin.", ["saxophone denied"]),
    ("No organ, and the presence of a lute is clear.", ["organ denied", "lute"]),
    ("Don't let the viola be timid.", ["viola"]),
    ("No drums in the intro, then a full kit enters.", ["drums"]),
    ("A pianist would write B major.", []),
    ("A French horn would see C on the page.", []),
    ("It is a recorder like mine.", ["recorder"]),
    ("A trumpet-like tone.", []),
    ("A trumpet is improbable.", ["trumpet denied"]),
    ("Strings swell as they always do.", ["strings"]),
    ('"instruments": ["synth bass (wobble)", "a sad old violin"]', ["synth bass", "violin"]),
    ('He asks "is there a violin in it"; a flute plays.', ["flute"]),
    ("Might a drummer count it in four?", []),
    ("Is that a kora? Tempting, but no, a guitar.", ["kora denied", "guitar"]),
    ("Is there an oboe? I couldn't swear to it.", []),
    ("Could it be a harp? Never.", ["harp denied"]),
])  # fmt: skip
def test_what_is_only_compared_or_awaited_is_not_there(told, text, expected):
    assert [one for one in told(text) if one.startswith("instrument")] == [
        f"instrument {name}" for name in expected
    ]


@pytest.mark.parametrize(("text", "expected"), [
    ("No thirds in the electric guitar.", ["electric guitar"]),
    ("Jazz is no candidate despite the clarinet.", ["clarinet"]),
    ("Had I mistaken the sixteenths of the clavinet, it would be 420.", ["clavinet"]),
    ("At 150 the snare would fall on three.", ["snare drum"]),
    ("At first I followed the bassoon and heard F.", ["bassoon"]),
    ("Were the flute louder, it would tell.", ["flute"]),
    ("It seems to be a pop song with a female singer.", ["female voice"]),
    ("Possibly a bandoneon, together with a violin.", ["accordion hedged", "violin"]),
    ("Perhaps with a flute on top.", ["flute hedged"]),
    ("A guitar riff, no drums yet.", ["electric guitar"]),
    ("A cello is set against a choir.", ["cello", "choir"]),
    ("The range speaks against a banjo.", ["banjo denied"]),
    ("What sounded like a guitar is really a lute.", ["guitar denied", "lute"]),
    ("What I took for a violin is in fact a viola.", ["violin retracted", "viola"]),
    ("Compared to a violin, the viola is dark.", ["viola"]),
    ("It sounds like a guitar or a lute.", ["guitar hedged", "lute hedged"]),
    ("The lyrics mention a fiddle.", []),
    ("Only a bassoon can do that.", ["bassoon"]),
    ("A bassoon can do that.", []),
    ("The piano tuner should come.", []),
    ("For a pianist the key is comfortable.", []),
    ("It isn't the clarinet.", ["clarinet denied"]),
    ("No trace of the banjo.", ["banjo denied"]),
    ("At first I thought it was the oboe.", ["oboe retracted"]),
    ("If it were a banjo, it would twang.", ["banjo hypothetical"]),
])  # fmt: skip
def test_an_instrument_with_its_article_is_there_whatever_is_supposed(told, text, expected):
    assert [one for one in told(text) if one.startswith("instrument")] == [
        f"instrument {name}" for name in expected
    ]
