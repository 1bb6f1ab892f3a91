"""What a claim is, in the words that a model is told, and by which traces are labelled.

The words were mended by what one model listed of labelled traces, and by where two labellings
differed (experiments/README.md); who changes them measures anew.
"""

DEFINITIONS = """\
A claim is an object of seven fields.

"quote": the words that carry it, copied letter by letter from the text, as few as tell it. They \
name the value: an option that is called by its letter alone is no claim.

"type" and "value", names of notes as C, F#, Bb; genres and moods by the words of the text itself \
("wistful", "Irish", "jazz waltz"), not by what comes near them:
  key            the key of the music or of a stretch of it: "D major", "F# minor". "In D" is "D \
major" unless the text tells another mode of it. A note that is called tonic, home or centre is \
one only where the text tells major or minor of it ("F is home, and the third is major"). None is \
a key that is only named to explain a numeral, a chord or another key
  mode           "dorian", "harmonic minor"; with a tonic, "D dorian", only where the quote names \
both; "major" or "minor" where no tonic is told ("it turns minor", "minor-key")
  key_signature  that of the music: sharps as 1 to 7, flats as -1 to -7, none as 0
  tempo          beats per minute, a number: "88"; of a range both ends, hedged
  tempo_term     an Italian mark that is named, its first word: "andante"; not "slow" or "fast"
  meter          "3/4", "6/8". Four to the bar are "4/4", three "3/4", two "2/4"; "triple" or \
"duple" where the text nowhere tells a number
  chord          one chord, in Harte's notation: "D:maj", "A:min7", "G:7", "B:hdim7", "C:maj/3". \
None is a chord that only stands in a progression, is only named to explain another, or is only \
spelled by its notes
  progression    two or more chords in order ("D - G - A7", "D, G and A7", "rocks between D and \
A7"), between blanks: "D:maj G:maj A:7". Chords that are told each at its own bar or time ("bar 3 \
is D, bar 4 G") are a chord each
  roman          a numeral, or several in order between blanks: "V7", "ii V I", "V7/V", "bII6", \
also as "the five chord", "five of five", "chord vi"
  cadence        PAC (also "perfect cadence"), IAC, HC (half, imperfect), PC (plagal), DC \
(deceptive, interrupted), Phrygian; AC for an authentic one of which no more is said
  interval       m3, M3, P4, A4, d5, P5, m6, P8, ...: where two notes or a leap are said to make \
it; no steps of a tone or semitone, no degree of a scale or chord, no "in octaves"
  note           "F#", where a named part or place has it: the bass, the melody, an instrument, \
the first, last or highest note. Of a bass line each is one, of another line its first and its \
last. None are notes that spell a chord or scale (but the bass of it, where that is told), that a \
key or signature wants, that are only called tonic, home or centre, or that are merely heard \
somewhere ("a C sharp creeps in")
  modulation     the key that the music moves to or is in later: "A major", also for "up to A"; \
it is not listed as a key, too
  instrument     one instrument, voice or section that is heard, by its usual name in full: \
"electric guitar", "snare drum", "string quartet", "hi-hat" of hats, "double bass" of an upright, \
"drums" of a kit or a drummer, "male voice" of a man who sings; "bass" where it is played, no \
"bass" that is only the lowest part; no "band", no "rhythm section", of a choir no parts
  genre          one genre, dance or tradition, also where it is an adjective ("a jazz trio"): \
"waltz", "hip hop"
  mood           one mood of the music or of a stretch of it: "calm"; none is a word about a sound \
or how it is played ("a warm bass", "a bright tone")
  form           "AABA", "rondo", "verse-chorus", "12-bar blues"
  function       tonic (also "home" of a chord), subdominant, predominant, dominant or secondary \
dominant, where a chord of the music, named or pointed at, is said to be or do that; no "from \
tonic to dominant", no key
  textbook       what theory says and no recording decides, where one sentence holds both of its \
names and says it outright, in one of these forms:
                 "signature of D major is 2" ("D major has two sharps", "G with its single \
sharp"; in "D major, two sharps" it is key_signature), "relative of D major is B minor", \
"parallel of D major is D minor", "dominant of D major is A" (also tonic, supertonic, mediant, \
subdominant, submediant, leading_tone; of "A, the dominant" it is none), "members of D:maj is D F# \
A" (where notes stand beside the chord that they make) or, of a scale that it spells, "members of \
D major is D E F# G A B C#", "numeral of A:7 in D major is V7" (where a chord and its numeral \
stand side by side, nothing but "is", "a", "the", "as", "chord" or a sign between them: "A7 is \
V7", "E minor, chord vi", "V7 (A7)"; in "A major, so V", "A7, which makes it V7" and "that is my \
V7" it is roman), "interval of C and G is P5" (where both notes stand beside the name of the \
interval; in "on A, a fifth above the final" it is interval)

Words that are listed as textbook are not listed once more as a key, a signature, a numeral, an \
interval, a function or a note.

"polarity": "denied" where words turn it down ("not minor", "3/4 is ruled out") or tell that what \
it would need is missing or is otherwise, there or nearby: "rondo would need a refrain, and there \
is none", "3/4 would need three, but I count four", "A major wants a G sharp; haven't noticed \
any", "Half? It would have to stop on G, and it goes past it", "a fado has a singer, and nobody \
sings". Else "asserted". "No drums yet" denies nothing, and that another reading is preferred does \
not deny this one.

"modality": how far its author stands by it at the end of the text
  asserted       it is said, or denied, as a fact
  hedged         it may be so: might, could, possibly, probably, presumably, seems, I think, I \
guess, I believe, pretty or fairly sure, sounds like, either of two, a confidence in percent or \
"60/40"; "I'd say", "I'd bet", "surely", "must be", "suggests" and "about 88" assert, "I don't \
think it is" denies
  retracted      its author said or believed it first ("I had it down as a waltz") and takes it \
back later: polarity "asserted". What was only asked, weighed or possible ("could be a waltz") and \
is turned down later is denied
  hypothetical   it is only supposed, with if, had, were or would, and left open ("G aeolian would \
have E flat", of which no more is said); or it is said of music that is not this music ("if F were \
F sharp it would be a fifth", "had they ended there it would be a half cadence"); or it is what a \
reading that is turned down would bring with it (in "D minor would have A as its V, and I hear no \
A" the key is denied, V hypothetical). Textbook is asserted with "would", too

"subject": of what it is said, in a few words, "" for the recording as a whole: "final", "first", \
"bass", "top", "final bass", "root", "second" (chord of a row), "before" and "after" (a chord \
beside the one that is asked about), or the name of a part.

"time": seconds from the beginning, where the text tells when, else null.

What is said twice is listed once, as closely as it is told anywhere: where "in three" becomes \
"3/8" later, it is "3/8". It has the stance that the text takes last: "it's in C" and, later, "C, \
I guess" are hedged. No claims are: what the question says, options that are only repeated, what \
somebody asks or somebody else is said to think (where the author then turns it down, it is \
denied), what is said of other music, and words without a value ("a nice melody"). In doubt \
whether something is a claim, leave it out.\
"""
