"""The words by which a word is a mood, or says how something sounds.

Conventions
-----------
Tables of ``moods.py``: words in lower case, dashes are blanks.
"""

from __future__ import annotations

from rewards.claims.grammar.names.vocabulary_words import PIECES
from rewards.claims.text.words import word_set

FEELINGS = word_set(
    "energetic playful intense lively gentle restless nervous relaxing thoughtful confident "
    "serious powerful driving funky spirited restful funny party"
)
"""Doubtful moods that are moods where they fill a clause or are said of the piece."""
SAID = FEELINGS | {"dark", "grand", "violent", "cinematic"}
"""Doubtful moods that are moods where they are said of the piece: "it feels dark"."""
EMOTIONS = word_set("tension hope fear love rage energy passion peace mystery joy intensity gloom")
FULL = word_set(
    "sense touch air full hint feeling mood spirit filled brims brimming bursting charged "
    "laden infused"
)
"""Before "of fear": that is felt."""
CONVEYS = word_set("conveys expresses evokes radiates exudes breathes suggests feels")
FELT = FEELINGS | word_set(
    "dark quiet dynamic grand cinematic positive chill cool neutral floating isolated violent"
)
"""Doubtful moods that are moods beside a sure one: "furious, intense"."""
SOUNDS = word_set(
    "tone timbre sound sounds register chord chords key keys bass string strings colour color "
    "touch attack tempo pulse pace rhythm beat beats drum drums guitar riff line lines dynamics "
    "third fifth second reverb room end side mix voice voicing harmony harmonies vibrato way hand "
    "bow breath strokes stroke note notes hit hits accent accents wave waves intro spot level "
    "levels"
)
"""Nouns of which a word is said that else may be a mood."""
IT = PIECES | word_set(
    "master whole it everything this she feeling rest movement section opening material strain "
    "thing excerpt clip passage refrain character"
)
LINKS = word_set(
    "sounds feels is remains stays keeps seems are sounded was feel sound 's turns becomes grows "
    "turned goes gets makes"
)
MAKES = word_set("makes make made making renders keeps turns")
NOUNS = PIECES | word_set(
    "melody example stuff mood character vibe atmosphere feel feeling anthem beat groove tale end"
)
"""Nouns before which a word of feeling is the mood of the clip."""
NO_MOOD = word_set(
    "tempo tempos pulse speed crescendo diminuendo pause drumming delivery picking strumming "
    "attack bowing contrast silence rest pedal partial partials overtone leap shift accent accents "
    "dynamics swell entrance entry glissando trill vibrato articulation staccato fill fills "
    "modulation resolution suspension dissonance tone timbre key keys mode degree"
)
"""Nouns of which a mood is said without being one of the clip."""
BETWEEN = word_set(
    "minor major diminished augmented little long short low high sudden slow fast open "
    "held final first last"
)
"""What may stand between a mood and such a noun."""
DONE = word_set("play sing perform read practise practice count dance")
"""What it is a joy "to" do is done by the player."""
PERSONAL = word_set("happy glad sad delighted excited confident relaxed nervous hopeful serious")
"""Of "to" behind these a person is meant: "happy to explain"."""
DESCRIBED = word_set("describe described describes call called read reads hear heard label tag")
ADVERBS = word_set(
    "very quite rather so most more always never slightly somewhat really almost both too pretty "
    "still also a at all far from not even kind of bit little just"
)
ON = word_set(
    "throughout all in from until and but or with it never yet though while at when as after on "
    ", ; : ) enough rather than"
)
"""What goes on behind a word that is said of the piece."""
