"""The words by which an author puts forward, denies, doubts, supposes or takes back.

Conventions
-----------
Tables of ``cues.py`` and ``refusals.py``: words in lower case, or pairs of words that
follow each other.
"""

from __future__ import annotations

from rewards.claims.text import layouts
from rewards.claims.text.words import phrase_set, word_set

CROSSES = frozenset((layouts.CROSS, "\u2717", "\u274c"))
"""Marks of what is not so."""
HARD = word_set(
    "but so however because although though while whereas since therefore hence thus yet "
    "instead until till"
)
DENY = CROSSES | word_set(
    "nobody nothing not no never without cannot cant isnt wasnt dont doesnt nope nowhere hardly "
    "unlike except excluding forget lacks lacking lack absence avoids nicht kein keine nor neither "
    "n't drop exclude excludes eliminate eliminates reject rejects dismiss dismisses discard "
    "devoid contradicts refuse refuses refused beyond discarding eliminating rejecting dismissing"
)
LABELS_OF_ABSENCE = word_set(
    "absent missing excluded rejected eliminated discarded ruled reject exclude discard dismissed "
    "wrong impossible"
)
"""Words that deny the list behind their colon: "not in the mix: bass, voice"."""
DENY_PAIRS = phrase_set(
    "et non|e non|non pas|mais pas|est pas|"
    "rather than|instead of|other than|opposed to|away with|none of|far from|ruled out|rules out|"
    "rule out|ruling out|cross out|crossing out|crosses out|strikes out|knocks out|throws out|"
    "free of|short of|anything but|everything but|argues against|argue against|speaks against|"
    "speak against|mistaken for|confused with|cry from|stretch to|little evidence|little sign|"
    "scant evidence|opposite of|wrong to|mistake to|misleading to|absurd to"
)
DENY |= {f"{verb}n't" for verb in (
    "is", "was", "are", "were", "do", "does", "did", "ca", "could", "wo", "would", "should", "has",
    "have", "had", "ai", "must", "need", "might",
)}  # fmt: skip
NO_DENIAL = word_set(
    "doubt question only just merely wonder less surprise surprisingly matter sooner sure "
    "longer problem mistake bet idea guess to sense business reason warning hesitation fail fuss "
    "exception delay ado"
)
ASSUMING = word_set("think believe suppose guess assume reckon imagine")
WEIGHED = word_set("considered contemplated weighed entertained pondered toyed")
"""What an author did with an idea that is not held: "I considered a polka"."""
WRITERS = word_set(
    "editor editors you one some charts people somebody someone ear ears listener listeners "
    "beginner beginners transcriber transcribers purist purists novice colleague engraver copyist "
    "publisher publishers arranger student students reader readers pianist musician musicians "
    "theorist theorists analyst singer guitarist drummer orchestra others many"
)
PRINTS = word_set(
    "write print notate bar count tap spell read file say hear take feel interpret respell parse "
    "speak think expect assume believe guess suspect fancy imagine"
)
"""What such people "could" do with a value that is not the author's."""
HEDGE = {layouts.UNSURE} | word_set(
    "maybe perhaps possibly probably prob likely might could may presumably perchance unsure "
    "guess potentially leaning conceivably arguably either tentatively suspect seemingly "
    "apparently plausibly presumed assumes suspects guessing wondering"
)
SUPPOSE = word_set(
    "if would wouldn't suppose supposing expect expected expects expecting tempted imagine "
    "hoped unless option hypothetically were anticipates anticipate anticipated anticipating "
    "otherwise "
    "assuming tempting should assumption hypothesis scenario"
)
OPINION = word_set(
    "say call describe guess go file argue put think estimate bet label classify place opt "
    "swear identify hear name notate transcribe bar spell read describes write like agree "
    "mention venture suggest answer choose "
    "pick mark settle select tag assign judge rate lean favour favor stick"
)
EXPLAINS = word_set("explain account fit suit match")
"""What a candidate "would" do that speaks for it."""
VERDICTS = word_set("say call set yield label show")
"""What somebody would do who hears this: no supposition."""
HEDGE_PAIRS = phrase_set(
    "alternative is|alternative hearing|alternative reading|alternative interpretation|i think|"
    "i believe|i suppose|i assume|i reckon|i imagine|seems likely|seem likely|candidate is|"
    "candidates are|not swear|wouldn't swear|not bet|wouldn't bet|if pressed|if forced|if pushed|"
    "on balance|hesitate to|no certainty|in doubt|inclined to|i'd lean|would lean|'d lean|"
    "lean toward|lean towards|lean to|as though|plausible guess|a feeling|don't quote|seems to|"
    "seem to|seemed to|appears to|appear to|all likelihood|something like|let's say|i venture|"
    "a chance|good chance|if anything|north of|upwards of|upward of"
)
DOUBT_AFTER = phrase_set(
    "i think|i believe|i suppose|i guess|i assume|i reckon|i imagine|one assumes|one supposes|"
    "if that|not sure|not certain|not confident|who knows|a guess|'d venture|a gamble|don't quote|"
    "i misheard|is possible|i presume|'d guess|would guess|'d bet|would bet|seems plausible|"
    "seems possible|sounds plausible|looks plausible|is conceivable|is likely|is probable|"
    "seems likely|seem likely|looks likely|at best|is plausible|not swear|wouldn't swear|in all|"
    "be defended|or thereabouts|can't exclude|or something|low confidence|little confidence|"
    "question mark|as possible|some doubt|if anything|it seems|would seem|i gather|unless my|"
    "or similar|be wrong|be mistaken"
)
"""Pairs behind a name that doubt it, in its clause or the one after it."""
IDLE_IFS = word_set(
    "you yer ya u i'm anything that not any only need anyone anybody memory asked so at"
)
"""Words after an "if" that supposes nothing, where it stands behind what is said."""
IDLE_LEADS = phrase_set(
    "you ask|i'm not|i am|memory serves|i hear|there was|there is|there are|there were|i may|"
    "pressed ,|forced to|pushed ,|anything ,|forced ,|you listen|my ears|i listen|we listen"
)
AIMS = word_set("be have need expect want get find hear see require look")
"""What "we 'd" do or be in a supposition."""
CONCLUDES = word_set("so hence thus therefore")
CONTRASTS = word_set("but however yet instead whereas")
"""Words behind which a supposition is over."""
TAKEN_BACK = word_set("wrongly initially suspected mistook mistakenly originally")
TAKEN_PAIRS = phrase_set(
    "at first|i thought|took it|was thinking|had thought|first glance|i first|first counted|"
    "first heard|we thought|had wanted|had believed|used to|was leaning|took for|have said|"
    "have guessed|was sure|was convinced|was certain|have sworn|was tempted|first struck|"
    "i retract|i withdraw|almost wrote|nearly wrote|down as|i believed|i assumed|i figured|"
    "had assumed|i fancied|i swore|to myself|i wondered|was fooled|was misled|wanted to|"
    "was persuaded|i nearly|i almost|we nearly|we almost|have proposed|have called|have bet|"
    "have named|have answered|have picked|have chosen|have gone"
)
FIRST = word_set("first initial opening earlier original previous")
IDEAS = word_set(
    "guess thought impression instinct hunch reading answer assumption estimate reflex draft "
    "intuition suspicion reaction verdict label idea attempt try line entry pass version take "
    "remark count"
)
"""What is "first" or "initial" and will be given up."""
SUCCESSIVE = word_set("instrument mood")
"""Types of which there may be one "at first" and another later."""
HEARING = word_set(
    "i we seems seemed sounds sounded thought took like mistook mistaken feels felt looks heard "
    "suggests suggested appeared"
)
"""Verbs by which "at first" tells of an impression."""
NOTED = word_set(
    "write wrote put marked written noted pencilled penciled guessed said called barred took take "
    "had heard assumed thought counted believed tried considered have labelled tagged"
)
"""Verbs behind "first I", and before a "but" or "first", for what was noted and is given up."""
REALISED = word_set(
    "really actually fact turns turned then realised realized noticed now until "
    "corrected settled closer vote choose pick opt switch favour favor"
)
"""Words behind which nothing is taken back any more."""
FLIPS = word_set(
    "without lacks lacking lack exclude excludes reject rejects dismiss out devoid absence "
    "contradicts eliminates discard"
)
"""Denials that another denial before them turns round: "not without", "can't rule out"."""
OPENINGS = word_set("intro introduction opening start beginning first verse bridge outro")
"""Where what is not heard may be heard later."""
CANNOT = word_set("can't cannot couldn't won't wouldn't")
MEANS = word_set(
    "makes means gives leaves leaving implies suggests points yields shows proves presence remains"
)
"""Verbs behind which a denial before them is over: "no sharps means C major"."""
NOBODY = word_set("nothing nobody none")
"""Subjects whose verbs say nothing but that it is not so: "nothing suggests a saxophone"."""
ECHOES = word_set(
    "hint hints elements element touches traces trace shades echoes echo influenced inspired "
    "reminiscent flavour flavor influences influence memories"
)
"""What is "of" or "by" a genre or an instrument that need not be there."""
SAYING = word_set("say claim deny think believe argue pretend swear doubt")
GIVEN_UP = word_set(
    "first but until rubbed crossed changed erased corrected struck earlier far real really actual "
    "before actually wrong proved turned yet however wrongly"
)
GONE = word_set(
    "out wrong impossible excluded silly off absent missing gone nowhere eliminated rejected "
    "silent tacet discarded dismissed incorrect unlikely improbable implausible too ruled fails "
    "none crossed struck denied scratched empty refuted untenable disqualified overruled false "
    "unsupported inaudible lacking dropped replaced avoided unheard untrue mistaken inapplicable "
    "exaggerated contradicted discounted ditched scrapped disregarded invalid nonsense absurd "
    "ridiculous ludicrous dead"
)
"""What is said of a name that is not there, or not true."""
RETURNS = word_set(
    "dead out wrong impossible silly off silent empty false none lacking gone crossed"
)
"""Those of them that need an "is" before them."""
INSERTED = word_set("though although which while despite even whatever however tempting")
"""Words that begin a clause inserted between a name and what is said of it."""
LABELS = word_set("instrument genre mood tempo_term cadence form")
"""Types of which "X would be softer" says that X is not there."""
NEEDS = word_set("need require have be sound buzz lack contain never not call include show add")
"""What a chord or an interval "would" do that is not there."""
FITTING = word_set(
    "fit suit describe match serve cover capture right correct appropriate apt fair best term "
    "word label marking closest fitting accurate natural closer nearer nearest"
)
"""What a name "would" do or be that is there."""
READINGS = word_set(
    "setting form reading structure version feel chord triad interpretation layout plan close "
    "ending label tag solo part"
)
"""Nouns that may stand between a name and its "would"."""
APPOSED = word_set("dominant subdominant relative parallel mediant submediant option candidate key")
"""Nouns that a name behind a comma explains: "to the dominant, D major"."""
FINITE = word_set(
    "is are was were has have 's makes suggests points gives plays rests lands ends resolves "
    "sounds returns keeps confirms shows tells comes goes enters sits stays remains uses begins "
    "opens starts feels"
)
"""Verbs by which a clause is one of its own."""
REACH = 10
SHORT = 3
"""How far "rather than" and "instead of" reach: to one name."""
SIGNS = (
    DENY | HEDGE | SUPPOSE | TAKEN_BACK | NOTED | WEIGHED | FIRST
    | word_set("had possible less tell sure certain confident for than above below past 'd assume")
    | {layouts.ASKED}
)  # fmt: skip
"""Words that may be signs by themselves."""
READY = word_set("about ready going set inclined tempted")
"""What an author was who was "about to" say something."""
PAIRED: dict[str, set[str]] = {"be": {"to"}, "to": {*READY}}
"""Other words that may be signs, and what must stand before each of them."""
for _pairs in (DENY_PAIRS, HEDGE_PAIRS, DOUBT_AFTER, TAKEN_PAIRS):
    for _lead, _word in _pairs:
        PAIRED.setdefault(_word, set()).add(_lead)
CUES = SIGNS | set(PAIRED)
SPEAKING = ECHOES | LABELS_OF_ABSENCE | {"not"}
"""Words that say something of a name though they are no signs."""
