"""Words beside a name of pitch that tell what it stands for: a key, a chord, or nothing.

Conventions
-----------
Tables of ``senses.py``: words in lower case.
"""

from __future__ import annotations

from rewards.claims.text.words import phrases, word_set

CHORDAL = frozenset(("cadence", "roman", "progression", "chords"))
CHORD_CUES = word_set(
    "chord chords triad triads sonority harmony harmonies progression ends ended finishes finish "
    "lands closes resolves resolving resolved cadences arrives followed sounds vamp loop changes "
    "sequence option spells outlines arpeggiates arpeggiated strums strummed strikes hits plays "
    "rings landing closing ending finishing built voicing inversion"
)
HEADS = word_set("triad chord sonority pivot hinge")
CHORD_SUBJECTS = word_set("chord harmony triad sonority")
CHORD_NOUNS = CHORD_CUES - word_set(
    "cadences arrives followed changes option closing landing ending finishing rings plays closes "
    "ends ended finishes finish"
)
"""Those that speak of a chord even where a key is asked."""
TAKES = word_set(
    "adds receives inserts substitutes picks replaced hit strike strum struck strummed frets "
    "presses stabs"
)
"""Verbs whose object is a chord, where nothing stands between but "by" and the like."""
TINGES = word_set("touch flash hint splash glimpse moment dash colour color shade stab hits burst")
STRONG_KEY = word_set("key tonality keys tonic home tonal tonally centre center tonalities")
KEY_NOUNS = STRONG_KEY | word_set("signature accidentals toned pitch-centre keyed")
KEY_TALK = word_set(
    "in into key tonality signature tonic centre center scale home keys major minor"
)
APPOSED = word_set(
    "chord triad harmony sonority tonic dominant subdominant submediant mediant supertonic"
)
MOVING = word_set("loop vamp sequence changes followed")
"""Words of chords that may move to a key."""
WEAK = word_set("sounds ending closing end plays built rings resolves harmony landing")
"""Words of chords that speak of keys as well, where a key is asked."""
SOUNDING = word_set(
    "arrives follows appears appear arrive sounds next enters resolves comes rings leads struck "
    "choked held ringing sounded strummed flashes waiting looms lingers"
)
RESTS = word_set("standing stands stood sitting sits sat resting rests poised")
NO_CHORD = word_set(
    "piece song tune work feel context sound ballad waltz lament jam groove number movement riff "
    "tonality concert opening blues section passage episode"
)
"""What is in a key, behind its name."""
OWN = frozenset(("i", "we", "my"))
ONTO = word_set("on onto upon over")
SEATED = word_set(
    "sits dwells centred centered centers centres based rooted pivots anchored focused"
)
FILLERS = word_set(
    "so yes hence then therefore thus clearly definitely probably maybe perhaps possibly either or "
    "and not no likely surely obviously fine ok okay still just now again simply plainly certainly "
    "plain straight good old evidently apparently presumably rather nor neither never most quite "
    "pretty very much firmly well oh ah right kind sort of kinda sorta a an the my our its this "
    "that also all"
)
"""What may stand before a name that fills its clause."""
ADVERBS = FILLERS - word_set("an the my our its this that a")
MODALS = word_set(
    "could might may must can can't cannot should would couldn't wouldn't will 'd 'll"
)
LINKS = word_set(
    "is 's it's that's was be being are remains stays sounds feels seems looks becomes became like "
    "as reads called = sound feel been"
)
BARE = FILLERS | LINKS | MODALS
"""Words that say of a name only that it is."""
SUBJECTS = word_set(
    "it it's this that that's which he piece song track music tune movement excerpt clip recording "
    "answer everything whole we i verdict guess result conclusion choice work prelude loop one all "
    "candidate best fit ear reading impression what here thing number rival alternative contender "
    "runner-up possibility favourite favorite keynote home assumption"
)
PIECES = word_set("piece song tune track music movement excerpt clip recording work")
WHOLE_PIECE = word_set("home tonic throughout all most")
"""What is said behind the name of a key that a piece is in."""
OPINIONS = word_set(
    "money go going went opt vote settle plump call called label tag hear read put place set write "
    "mark lean leans leaning point points pointing suggest suggests suggesting imply implies "
    "implying indicate indicates indicating mean means meaning make makes making give gives giving "
    "leave leaves leaving confirm confirms establish establishes fit fits suit suits match matches "
    "support supports favour favours favor favors prefer choose pick answer say says saying "
    "conclude declare announce announced think guess suspect bet rule rules ruled exclude excludes "
    "eliminate eliminates discard reject contradict contradicts consider considered tried weigh "
    "between versus vs yield yields define defines anchors anchor argues argue speaks file filed "
    "gravitate gravitates gravitating opted settled took take takes heard identify identified "
    "assume assumed spell note notes noted certain sure confident hinting hints hint candidates "
    "about concur concluded decides dwells hangs hovers denies denied against swear believe "
    "thought wrote believed guessed marked aligns line lines consistent compatible agree agrees "
    "expect expected tells name named announces decided decide final toward towards"
)
"""Words by which an author comes to a key."""
BEHIND = word_set(
    "throughout feel piece tune song all again confirmed excluded wins works fits rules then with "
    "for from if because since as and but so or at where when plausible likely i we obviously "
    "concert clearly is it though although - it's up by without which after before until , / "
    "possibly probably perhaps maybe indeed first ballad waltz in most mostly nearly almost"
)
JOINS = word_set(
    "then or and , nor / its relative the either a vs versus minor major not parallel but to -> -"
)
STEPS = word_set("to into straight directly back up down then on and")
TELLS = word_set("shares share contains needs requires differs uses lacks has have")
"""Words behind a key of which something is said in general."""
VERDICTS = word_set(
    "label answer choice candidate fit guess verdict contender bet runner-up favourite favorite "
    "winner reading interpretation description vote key tonality tonic home centre center"
)
"""What a key is said to be: "C sharp minor seems the best label"."""
SEEMING = word_set("seems seem looks look is remains be appears gets as the 's was stays feels")
CIRCLING = word_set(
    "sits dwells revolves revolve circles circle circling orbits orbit hovers centres centers "
    "centred centered built based rotates gravitates gravitate anchored pivots turns"
)
REIGNS = word_set("gives yields clouds reigns prevails dominates emerges rules governs returns")
"""What a key does, and a chord does not."""
ENDS = word_set("end ends ended ending finish finishes land lands close closes stop stops")
FAILS = word_set("materialises materializes settles takes establishes feels sounds gets becomes")
"""What a key never does that is not there."""
RELATED = word_set("shares share differs relatives siblings related differ neighbours neighbors")
FROM_KEYS = word_set(
    "travels moves goes modulates proceeds passes shifts modulation journey departs starts "
    "starting turns rises sets modulating moving"
)
FROM = word_set("from with to as than")
PARTS = word_set("clarinet sax saxophone trumpet horn part capo page paper stick fingering")
WRITTEN = word_set("written notated finger fingered fingers reads read shapes notation")
RECALLS = word_set("reminds reminiscent recalls compare resembles famous")
"""Words of other pieces, whose keys are no claims."""
COMPARES = word_set(
    "differs differ compared foreign belong belongs native same common alien shared shares sharing "
    "diatonic relative identical equivalent unrelated opposed borrowed needed"
)
SAYS = word_set(
    "says suggests implies confirms means points indicates establishes proves say suggest imply "
    "confirm mean point indicate establish prove show shows"
)
"""What a chord does that tells a key: "the last chord says G minor"."""
MODULATES = word_set(
    "modulates modulate modulating modulated modulation tonicizes tonicises bridge trio chorus "
    "modulations tonicization tonicisation tonicizations tonicisations tonicised tonicized verse "
    "section development coda refrain key back strain strains middle episode interlude outro finale"
)
"""Words of sentences in which a first key may be moved to."""
USUAL = word_set("common popular usual typical frequent favourite favorite standard natural")
"""Words of what is said of a key in general: "G major is a common key"."""
EQUALS = word_set("equals equal are those these too also same shares share coincide")
COMPARING = (
    COMPARES | PARTS | RECALLS | RELATED | USUAL
    | {"of", "outside", "beyond", "scale", "member", "members", "part", "out"}
)  # fmt: skip
"""Words without which a sentence compares no names."""
WHOLES = word_set(
    "everything all every notes pitches chords they collection material whole melody harmony it "
    "rest tones progression music section sections verse chorus refrain strain strains bridge song "
    "piece tune passage phrase phrases riff loop"
)
"""What belongs to a key as a whole: "all the chords are diatonic to G major"."""
MEMBERSHIP = word_set(
    "belong belongs belonging diatonic native drawn come comes taken fit fits sit sits lie lies "
    "stay stays found contained remain remains falls fall inside within confined restricted limited"
)
PLACING = word_set("to from in within into inside with")
FITTING = word_set("fit fits match matches outline outlines spell spells within inside")
SKIPPED = word_set("the key of scale notes a")
"""What may stand between those and a key."""
PLACED = PLACING | FITTING | SKIPPED
"""What stands right before a key to which something belongs."""
EVIDENCE = word_set(
    "sharps flats signature accidentals tonic tonal tonality key home centre center leading scale"
)
"""Words of signs of a key."""
CONCLUDING = word_set("so hence thus therefore means suggests implies confirms indicates = ->")
POINTS = phrases("points|point|pointing|pointed")
CHORD_NAMES = word_set("chord chords triad")
FRAMES = phrases("relative to|counted from|reckoned from|measured from|tonic of")
"""What numerals are counted from, before a key."""
ACTS = word_set("acts functions serves works behaves act functioning serving acting")
"""What a chord does."""
SO_IT_IS = CONCLUDING | word_set("which that is in")
"""What may lead from the signs, the meter or the pace of a piece to its key."""
