"""The words around a note: parts and places that have it, verbs by which they do."""

from __future__ import annotations

from rewards.claims.text.words import word_set

VOICES = {
    "bass": "bass", "lowest": "bass", "lower": "bass", "low": "bass", "soprano": "top",
    "top": "top", "melody": "top", "tune": "top", "highest": "top", "upper": "top",
    "alto": "alto", "tenor": "tenor", "root": "root", "pedal": "bass", "bottom": "bass",
    "basses": "bass", "tenors": "tenor", "altos": "alto", "sopranos": "top", "treble": "top",
    "trebles": "top", "baritone": "baritone", "middle": "middle", "higher": "top",
    "drone": "bass", "drones": "bass", "bassline": "bass", "deepest": "bass", "sub": "bass",
    "inner": "inner", "outer": "outer", "descant": "top", "bassist": "bass",
    "lead": "lead", "vocal": "top", "vocals": "top", "topmost": "top", "hook": "top",
    "peak": "top", "reciting": "reciting", "melodic": "top", "high": "top", "line": "line",
    "uppermost": "top", "lowermost": "bass", "air": "top",
}  # fmt: skip
"""Parts; some of them only before a noun such as "note"."""
SIDES = word_set(
    "melodic low lower upper high middle higher inner outer lead lowest highest deepest topmost "
    "uppermost lowermost"
)
"""Parts that are adjectives: "the lower voice"."""
PLACES = {
    "last": "final", "final": "final", "finalis": "final", "closing": "final",
    "concluding": "final", "ultimate": "final", "opening": "first", "first": "first",
    "initial": "first", "starting": "first", "ending": "final", "1st": "first",
}  # fmt: skip
PITCHED = word_set(
    "voice pitch note tone part string line register staff notes hand degree member one"
)
"""Nouns that make a part of an adjective."""
NAMING = word_set("note pitch tone finalis drone pedal bass root one peak")
"""Nouns of which it may be said that they are a note."""
HANDS = {
    "left": "bass", "right": "top", "accompaniment": "accompaniment", "middle": "inner",
    "cantus": "cantus", "left-hand": "bass", "right-hand": "top",
}  # fmt: skip
_PLAYERS = word_set(
    "cello viola violin flute oboe clarinet bassoon trumpet trombone tuba horn guitar piano voice "
    "fiddle sax saxophone harp organ singer soloist recorder piccolo euphonium cornet banjo "
    "cellist violinist guitarist pianist trumpeter saxophonist vocalist vocal cantor choir whistle "
    "mandolin accordion bagpipe chanter viol theorbo lute synth pad keyboard harmonica sitar "
    "marimba vibraphone glockenspiel xylophone bell contrabass string wind woodwind patch celesta "
    "thumb flautist clarinettist oboist fiddler countertenor duduk kora koto erhu shakuhachi ney "
    "harpsichord gamba player leader lady woman man girl boy layer handpan oud santur cimbalom "
    "dulcimer concertina kalimba harmonium melodica flugelhorn rebec shawm psaltery"
)
HOLDERS = (
    _PLAYERS
    | {f"{player}s" for player in _PLAYERS}
    | word_set("timpani brass mezzo panpipes saxes women men cantus accompaniment she he hers")
)
CHORDAL = word_set(
    "guitar piano harp organ banjo synth pad keyboard mandolin accordion strings choir brass "
    "guitarist pianist winds woodwinds horns lute ukulele harpsichord keys accompaniment voice "
    "guitars pianos keyboards synths layer layers player players dulcimer"
)
"""Players whose "G" may as well be a chord."""
NO_PART = word_set(
    "bridge verse intro outro interlude "
    "progression harmony harmonies chord chords key music modulation loop cycle triad dominant "
    "tonality sequence turnaround cadence scale mode tuning capo tuned key-signature i we you"
)
"""What moves to chords and keys, and to no note."""


def _forms(verbs: str) -> frozenset[str]:
    """Each verb with its endings; a verb in "s" or "e" takes them as it does."""
    made: set[str] = set()
    for verb in verbs.split():
        stem = verb[:-1] if verb.endswith("e") else verb
        short = stem + stem[-1] if verb in _DOUBLED else stem
        plural = verb + "es" if verb.endswith(("ch", "sh", "ss")) else verb + "s"
        if verb.endswith("y") and verb[-2] not in "aeiou":
            plural = verb[:-1] + "ies"
        made |= {verb, plural, f"{short}ed", f"{short}ing"}
    return frozenset(made)


_DOUBLED = word_set("run drop slip hit dip skip step begin get sit pop set")
STARTS = _forms("start begin open enter") | word_set("began commences")
ENDS = _forms("end land close settle finish conclude") | word_set("alights")
EDGES = STARTS | ENDS
"""Verbs of the first and the last note."""
GOES = _forms(
    "span drop slide step fall sit go climb leap sink jump move return slip descend rise rest come "
    "arrive resolve stay remain pass walk soar creep peak reach dip ascend hover stand drift skip "
    "lift lead pivot glide shift anchor center work plunge pause stop lean trail answer roll run "
    "join pedal drone"
) | word_set(
    "goes going fell went gone rose sank slid crept came arose stood hung leapt sat kept keeps keep"
)
HOLDS_SURE = _forms(
    "sustain hit touch sound repeat intone reach strike hum double leap soar bend slide"
) | word_set("sings sing sang sung singing holds hold held holding struck rings ring rang")
"""What only a note is done to."""
HOLDS = (
    HOLDS_SURE
    | _forms("play add supply give take thumb pedal drone")
    | word_set("has have had having gave gets get got took keeps keep kept")
)
APPEARS = _forms(
    "turn show appear sound sit ring creep enter come stay lie pop rise fall join stand remain "
    "occur surface sneak slip peek intrude"
) | word_set("is heard crept rang rose fell came stood was are")
"""What a note does where it turns up."""
TO = word_set("to on into onto at upon with around beyond past through via")
SKIPPED = word_set(
    "pickup upbeat anacrusis with highest lowest point climax above below the a an low high down "
    "then now again also up both all back always first long its his her their open not never do "
    "single bare just only ever even straight deep sustained prominent unison octave octaves "
    "stepwise by step steps whole half semitone tone third fourth fifth sixth seventh second "
    "perfect major minor diminished augmented home lower higher rest once often that this one two "
    "further out around over every time ringing held loud soft quiet opening final last closing "
    "repeated extra own to through of off pitch note about there away right next in itself alone "
    "middle phrase chorus verse hers themselves put upward upwards downward downwards each it "
    "them phrases everything"
)
"""Words between a verb and its note."""
QUALIFIERS = word_set(
    "tonic dominant subdominant the a an low high its his her their open sustained single bare "
    "deep long prominent unison octave held ringing loud soft quiet clear natural plain solitary "
    "lone opening final extra another last first droning concert middle repeated throbbing "
    "soaring same higher lower string"
)
ADVERBS = word_set(
    "then now again also always first never do does doesn't don't did didn't not only just even "
    "and or but still keep keeps kept later before after while it he she they once which that who "
    "next afterwards meanwhile to has have is was had"
)
"""Words that may part a verb from the comma before it."""
BELOW = {"below": "bass", "underneath": "bass", "beneath": "bass", "above": "top"}
SEEN = word_set("hear heard notice catch get find got there's comes appears spot have see")
COUNTED = word_set("in m bar measure bars then further on and finally next")
STRINGS = word_set(
    "string strings section part major minor scale position clarinet trumpet horn tuning six "
    "seven nine eleven thirteen"
)
PLACED = word_set(
    "sustained repeated carried "
    "placed held played sung heard doubled sounded given found put kept audible"
)
MUST = word_set("'d could can would should must ought cannot can't couldn't wouldn't shouldn't")
MEMBERS = word_set(
    "voice pitch note tone part string third fifth root seventh tonic degree ninth sixth "
    "supertonic mediant subdominant dominant submediant"
)
"""What a note may be said to be: "the soprano has the third, F sharp"."""
REACH = 9
"""How many words may part a verb from its note."""
SURELY = word_set(
    "most very around about not again perhaps maybe also still now then always just indeed only "
    "therefore almost both all"
)
"""Adverbs that may part "is" from a note."""
ORDINALS = word_set("second third fourth next other 2nd 3rd 4th")
MUTE = _forms(
    "avoid lack omit need want miss imply suggest support confirm spell call mean think prefer "
    "claim answer name hint contradict exclude establish define modulate tonicize match fit belong "
    "tune rule favor make form share transpose notate strum vamp comp"
) | word_set(
    "is was has does as us this its thus plus perhaps less voices notes lines parts keys say says "
    "said thought based according including during written string strings harmonizes accompanied"
)
"""What is said of a part, or by a person, and gives it no note."""
FUNCTIONS = word_set(
    "in on at of to and or with over under above below by for from the a an that which who both "
    "are were but so while if when then than not all together alone too also have had do"
)
