"""What a claim is, in the words that a model is told: to list claims, and to check a list.

The words were mended by what one model listed of some 400 labelled traces (experiments/README.md);
who changes them measures anew.
"""

DEFINITIONS = """\
A claim is an object of seven fields.

"quote": the words that carry it, copied letter by letter from the text, as few as tell it. They \
name the value: an option that is called by its letter alone is no claim.

"type" and "value", names of notes as C, F#, Bb:
  key            the key of the music or of a stretch of it: "D major", "F# minor". "In D" is "D \
major" unless the text tells another mode of it. None is a note that is called the tonic ("it ends \
on C, the tonic"), nor a key that is only named to explain a numeral, a chord or another key
  mode           "D dorian", "E harmonic minor", "mixolydian"; "major" or "minor" where no tonic \
is told
  key_signature  that of the music: sharps as 1 to 7, flats as -1 to -7, none as 0
  tempo          beats per minute, a number: "88"; of a range both ends, hedged
  tempo_term     an Italian mark that is named, its first word: "andante"; not "slow" or "fast"
  meter          "3/4", "6/8". Four to the bar are "4/4", three "3/4", two "2/4"; "triple" or \
"duple" where the text nowhere tells a number
  chord          one chord, in Harte's notation: "D:maj", "A:min7", "G:7", "B:hdim7", "C:maj/3". \
None is a chord that only stands in a progression, or is only named to explain another
  progression    two or more chords in order ("D - G - A7", "D, G and A7", "rocks between D and \
A7"), between blanks: "D:maj G:maj A:7". Chords that are told each at its own bar or time ("bar 3 \
is D, bar 4 G") are a chord each
  roman          a numeral, or several in order between blanks: "V7", "ii V I", "V7/V", "bII6"
  cadence        PAC, IAC, HC (half), PC (plagal), DC (deceptive), Phrygian; AC for an authentic \
one of which no more is said
  interval       m3, M3, P4, A4, d5, P5, m6, P8, ...: where two notes or a leap are said to make \
it; no steps of a tone or semitone, no degree of a scale or chord, no "in octaves"
  note           "F#", where a named part or place has it: the bass, the melody, an instrument, \
the first, last or highest note. Of a bass line each is one, of another line its first and its \
last. None are notes that spell a chord or scale, that a key or signature wants, or that are \
merely heard somewhere ("a C sharp creeps in")
  modulation     the key that the music moves to or is in later: "A major", also for "up to A"; \
it is not listed as a key, too
  instrument     one instrument, voice or section that is heard, by its usual name: "electric \
guitar", "male voice", "snare drum", "cymbals" (also a ride), "handclaps", "string quartet"; no \
"band", no "rhythm section", of a choir no parts
  genre          one genre or dance, also where it is an adjective ("a jazz trio"): "waltz", "hip \
hop"
  mood           one mood of the music: "calm"
  form           "AABA", "rondo", "verse-chorus", "12-bar blues"
  function       tonic, subdominant, predominant, dominant or secondary dominant, where a chord of \
the music, named or pointed at, is said to be or do that; no "from tonic to dominant"
  textbook       what theory says and no recording decides, where the text says it outright, in \
one of these forms:
                 "signature of D major is 2", "relative of D major is B minor", "parallel of D \
major is D minor", "dominant of D major is A" (also tonic, supertonic, mediant, subdominant, \
submediant, leading_tone), "members of D:maj is D F# A" or, of a scale that it spells, "members \
of D major is D E F# G A B C#", "numeral of A:7 in D major is V7" (where a chord and its \
numeral stand side by side: "A7 is V7", "V7 is A7 in D"; in "A major, so V" and "that is my \
V7" it is roman), "interval of C and G is P5" (where two notes stand beside the name of the \
interval)

Words that are listed as textbook are not listed once more as a key, a signature, a numeral, an \
interval, a function or a note.

"polarity": "denied" where words turn it down ("not minor", "3/4 is ruled out", "rondo would need \
a refrain, and there is none"), else "asserted". "No drums yet" denies nothing.

"modality": how far its author stands by it at the end of the text
  asserted       it is said, or denied, as a fact
  hedged         it may be so: might, could, possibly, probably, seems, I think, I believe, sounds \
like, either of two; "I'd say", "must be", "suggests" and "about 88" assert, "I don't think it is" \
denies
  retracted      its author believed it first and takes it back later: polarity "asserted"
  hypothetical   it is only supposed, with if, had, were or would: "if F were F sharp it would be \
a fifth", "G aeolian would have E flat", "3/4 would need three, but I count four". What is heard \
instead turns nothing down: it is denied, and asserted, only where words do, there or later ("so \
3/4 is out", "not 3/4"). Textbook is asserted with "would", too

"subject": of what it is said, in a few words, "" for the recording as a whole: "final", "first", \
"bass", "top", "final bass", "root", "second" (chord of a row), "before" and "after" (a chord \
beside the one that is asked about), or the name of a part.

"time": seconds from the beginning, where the text tells when, else null.

What is said twice is listed once, as closely as it is told anywhere: where "in three" becomes \
"3/8" later, it is "3/8". No claims are: what the question says, options that are only \
repeated, what somebody asks or somebody else is said to think, what is said of other music, and \
words without a value ("a nice melody"). In doubt whether something is a claim, leave it out.\
"""
