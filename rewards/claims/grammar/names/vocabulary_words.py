"""The words by which a name of an instrument, a genre or a mood means something, or does not.

Conventions
-----------
Tables of ``index.py``, ``vocabulary.py`` and ``meanings.py``: words in lower case,
dashes are blanks.
"""

from __future__ import annotations

from rewards.claims.text.words import word_set

LEFT_OUT = {
    "instruments": word_set(
        "bass|basses|bass line|bassline|bass voice|keys|tenor|soprano|alto|baritone|mezzo soprano|"
        "chorus|scratch|scratches|samples|pipes|bell|clap|chant|whistle|voices|keyboard|triangle|"
        "basse|bajo|horn in f|dj|sampler|vc|pf|voz|voce|voix|winds|batterie|chants|vocal line|arpa|"
        "chor|chimes|perc|drum|laute|ney|percusion|guitar solo|piano solo|tenors|sopranos|altos|"
        "baritones|chanting|chanted|singing|viol|scratching|wind section|steel strings",
        "|",
    ),
    "genre": word_set(
        "classical|rock|soul|house|march|dance|country|score|beat|chorus|musical|standard|traditional"
        "|instrumental|spiritual|opera|oldies|world|garage|industrial|minimal|contemporary|romantic"
        "|session|solo|trance|acoustic|vocal|progressive|hard|latin|ballad|song|chant|dub"
        "|swing|soundtrack|film|christmas|study|lounge|alternative|noise|chamber|experimental|cinematic"
        "|traditional|jungle|breaks|fusion|indie|children|kids|choral|reel"
        "|holiday|dance|orchestral|symphonic|funky|jazzy|bluesy|boogie|thrash|fugue|emo",
        "|",
    ),
    "mood": word_set(
        "dark|warm|heavy|light|soft|hard|deep|bright|strong|intense|driving|energetic|playful|cool"
        "|serious|slow|fast|quiet|loud|powerful|smooth|gentle|sweet|open|simple|tension|moving|free"
        "|easy|still|brilliant|sharp|flat|fun|wild|clear|rich|dynamic|lively|relaxing|confident|energy"
        "|fear|love|hope|positive|neutral|grand|floating|funny|party|sacred|spiritual|intensity|driving"
        "|tension|spirited|restless|reminiscent|glad|chill|quiet|mystery|peace|rage|violent|nervous"
        "|thoughtful|powerful|isolated|cinematic|passion|restful",
        "|",
    ),
}
COMMON = word_set(
    "and player players music song songs section sections instrument instruments line lines track "
    "show stage new trip open closed hand high low first second lead solo main human backing"
)
"""Words of names that every text may hold."""
TALK = {
    "mood": word_set(
        "mood moods feel feeling feelings atmosphere emotion emotional character vibe vibes affect"
    ),
    "genre": word_set("genre style genres"),
}
"""Words that say that names of a type are meant as such."""
BAND = word_set(
    "drums|guitar|electric guitar|synthesizer|bass drum|snare drum|hi hat|drum machine|saxophone"
    "|tenor saxophone|alto saxophone|bass guitar|acoustic guitar|congas|bongos",
    "|",
)
FAMILY = {"drums": "drum machine", "french horn": "brass", "strings": "string quartet"}
"""What "the drums", "the horns", "the strings" mean once this was named."""
FAMILIES = {
    "strings": "strings", "brass": "brass", "woodwinds": "woodwinds", "percussion": "percussion",
    "keyboards": "keyboard", "guitars": "guitar", "horns": "brass",
}  # fmt: skip
"""Families that head a list of their members."""
THE = word_set("the his her its their these those that this whose 's")
PLAYERS = ("ers", "ists", "ors")
OFTEN = word_set("love like know may should often use prefer call say tend hate might would always")
""""Fiddlers love that": said of all of them."""
VERBAL = word_set("in off out it back up into")
"""What the bass kicks."""
LOUDNESS = word_set(
    "dynamic dynamics forte fortissimo subito sempre mezzo pianissimo crescendo diminuendo "
    "decrescendo hairpin"
)
"""Words beside which "piano" is soft."""
REGISTERS = word_set("low high lower upper")
FRETTED = word_set(
    "guitar guitars fret frets fretted finger fingers tuning open harp violin cello bass banjo "
    "lute ukulele pluck tuned player thumb bow sitar kora koto"
)
"""Beside these "the low strings" are those of an instrument."""
CALLS = word_set("call calls signal")
LIKENED = word_set("sound sounds character like imitates imitating recalls idea figure shape")
WOULD = word_set("would might could may will can")
PERSONS = ("ist", "ists", "singer", "singers", "drummer", "drummers", "player", "fiddler")
"""How players end: "a pianist would write B"."""
OTHERS = word_set("mine ours yours his hers theirs this that these those me us")
"""Whose instrument another is "like": "a recorder like mine"."""
WRITTEN = word_set("see read finger notate write")
"""What a transposing instrument does with its part, whatever sounds."""
TEXTS = word_set("lyrics lyric text title poem cover picture story sleeve words")
MENTIONS = word_set(
    "mention mentions speak speaks has have show shows name names promises refers tell tells say"
)
"""What texts do with an instrument that need not be heard."""
STOPS = word_set(
    "booth tuner teacher lesson lessons shop case "
    "rank ranks emulation imitation fifths point style esque reduction tuning noise"
)
"""Words behind an instrument's name that make something else of it."""
THEORY = word_set(
    "scale scales chord chords harmony harmonies voicing voicings progression cadence cadences "
    "changes turnaround interval intervals triad triads dominant third thirds fourth fifth sixth "
    "seventh sevenths ninth note notes pair listener listeners person people student man woman"
)
"""Nouns before which a genre or a mood says nothing of the clip."""
IDIOMATIC = word_set("chord key friendly comfortable awkward idiomatic easy hard range")
OWNED = word_set("youth school own first old local church family")
NOT_BEFORE_VOICE = word_set(
    "upper lower inner outer top bottom middle bass tenor alto soprano first second third "
    "lowest highest each two three four other one leading"
)
NOT_BEFORE_STRINGS = word_set("open bottom top first second empty e a d g")
NOT_BEFORE_STRINGS |= word_set(
    "sympathetic nylon steel gut metal wire two three four five six seven eight twelve its their "
    "his her bare loose snapped"
)
ALIASES = {"gtr": "guitar", "gtrs": "guitars", "vox": "vocals", "glock": "glockenspiel"}
GENERAL = word_set("can cannot can't usually never rarely tend don't couldn't")
"""Words behind an instrument of which something is said in general."""
PIECES = word_set(
    "piece song tune number track music vamp ballad groove cut recording performance setting "
    "instrumental anthem theme jam little dance air lyric mood"
)
