"""The words by which a name of a genre means one, or something else.

Conventions
-----------
Tables of ``genres.py``: words in lower case, dashes are blanks.
"""

from __future__ import annotations

from rewards.claims.grammar.names.vocabulary_words import THEORY
from rewards.claims.text.words import word_set

SURE = {
    "rock": ("indie", "hard", "punk", "alternative"),
    "classical": ("period", "style", "piece", "music", "genre"),
    "march": ("a", "military", "genre"),
    "ballad": ("a",), "swing": ("a",), "house": ("not", "deep", "is", "genre"),
    "country": ("genre", "style", "ballad", "song", "music", "tune", "waltz"),
    "soul": ("genre",), "lullaby": ("a",), "reel": ("a", "irish", "scottish", "celtic"),
    "opera": ("an", "italian"), "fugue": ("a",),
    "soundtrack": ("a", "cinematic", "film", "movie", "game", "orchestral", "genre"),
    "score": ("film", "cinematic", "orchestral", "movie", "game"),
}  # fmt: skip
TALKED_ABOUT = word_set(
    "recordings fans people musicians ensemble charts records teachers students sense guys albums "
    "listeners lovers purists scene community"
)
"""Words behind a genre that is no claim of what is heard."""
NO_GENRE = (
    TALKED_ABOUT
    | THEORY
    | word_set(
        "like esque ish specific influence influences influenced inspired inflected tinged "
        "elements inflections leanings undertones overtones accents infused derived flavoured "
        "flavored energy attitude swagger singer singers band's textbook vocabulary idioms theory "
        "parlance jargon players sample samples"
    )
)
"""Words behind the name of a genre that is only likened to, or that others make."""
OTHER_SENSES = {
    "swing": word_set("of feel eighths quavers rhythm ratio eighth"), "march": word_set("of tempo"),
    "metal": word_set("tines tine strings string plate plates bars bar mallets of"),
    "pop": word_set("of up filter"),
    "house": word_set("of lights keeper party"), "rock": word_set("solid steady bottom"),
    "ambient": word_set("pads pad noise sound sounds reverb room light mic mics microphone hum"),
    "chorale": word_set("texture textures writing prelude part"),
    "rap": word_set("on his her at"), "folk": word_set("tale tales hero"),
    "hymn": word_set("texture"), "garage": word_set("band door"), "reel": word_set("to of"),
    "waltz": word_set("time rhythm tempo"), "stride": word_set("left players pattern bass"),
    "alternative": word_set("would is"),
    "minimalist": word_set("beat production arrangement approach texture backing style"),
    "symphony": word_set("hall"),
    "habanera": word_set("figure rhythm pattern bass ostinato"),
    "baroque": word_set("guitar violin flute trumpet bow pitch"),
    "renaissance": word_set("tuning lute guitar"),
}  # fmt: skip
"""Words behind the name of a genre that give it another sense."""
OF_TIME = DECADES = word_set(
    "fifties sixties seventies eighties nineties noughties 50s 60s 70s 80s 90s vintage modern"
)
OF_TIME |= word_set("school age era century period old thirties twenties forties day style kind")
"""What "of the" names behind a genre: "metal of the old school", "swing of the thirties"."""
SAID_SO = word_set("has have had he she i they you nobody who never not ears ear")
"""Before "lied": somebody told no truth."""
USUAL = word_set("never always usually often common typical typically customary rarely every")
PLAIN = {"a", "an", "this", "it", "so", "that", "isn't", "not", "wasn't"} | word_set(
    "definitely clearly obviously plainly surely classic pure straight typical proper medium "
    "straight-ahead old-school unmistakably is 's it's genre simply just evidently basic : ="
)
SEEMS = word_set("sounds feels more smells tastes looks sound feel screams")
"""Words that make "like a" the name of what is heard."""
ERAS = word_set("classical romantic")
ERA_NOUNS = word_set(
    "style period era age piece music idiom manner manners gestures gesture counterpoint movement "
    "repertoire repertory dance dances suite sonata concerto aria polyphony ornaments miniature "
    "language vocabulary writing feel flavour flavor genre character symphony figuration"
)
ERA_LEADS = word_set("late early high viennese middle")
TRACKS = word_set(
    "track song tune number piece record anthem jam album banger cut single classic instrumental"
)
"""Nouns before which "house", "soul" or "latin" is a genre."""
MEASURES = word_set(
    "typical characteristic hallmark hallmarks staple staples trademark minutes piece slice "
    "school bit kind style dose helping bars mix blend form"
)
"""Words before "of thrash"."""
FEELS = word_set(
    "beat groove feel vibe style band anthem tune number standard intro burner jam riff shuffle "
    "backbeat drumming sound aesthetic territory context production setting idiom"
)
"""More nouns before which they are genres: "rock feel", "house beat"."""
NO_FEEL = word_set("ballad lullaby reel march fugue classical opera fusion experimental")
NO_TRACKS = word_set("march fusion progressive reel lullaby")
NO_PAIRS = {("swing", "feel"), ("swing", "groove"), ("garage", "band"), ("trance", "sound"),
            ("swing", "beat"), ("swing", "shuffle"), ("swing", "riff")}  # fmt: skip
COPULAS = word_set(
    "is isn't can can't cannot would wouldn't does doesn't seems fits remains won't needs requires "
    "could must may might"
)
JUDGED = word_set(
    "out ruled excluded eliminated unlikely improbable likely possible plausible implausible wrong "
    "impossible dismissed fit fits answer best remains discarded rejected unconvincing"
)
"""Words of what is said of a candidate."""
DENIES = word_set("lacks lacking lack without no none not never misses missing n't isn't doesn't")
LEADS = word_set("a an is not than deep hard indie punk irish")
"""Words that tell of a genre only before it."""
EXACTLY = word_set("quite exactly really remotely particularly")
TRACES = word_set("trace sign hint evidence touch")
DANCES = word_set("village folk court courtly renaissance country social traditional old medieval")
"""What "dance music" is not electronic."""
NAMED_PIECES = word_set("march reel lullaby fugue opera swing ballad")
DESCRIBES = word_set(
    "quick slow brisk funeral wedding solemn short little gentle lively fast simple stately "
    "military bright sad tender soft sombre jaunty two three four part irish scottish celtic "
    "traditional plain real proper true comic grand"
)
ERA_TALK = word_set("period manner idiom era style genre")
ERA_SCORING = word_set(
    "keyboard piano orchestral choral string chamber organ harpsichord violin cello vocal sacred "
    "orchestra lute instrumental style flute recorder"
)
"""What may stand between "Baroque" and its noun."""
BARE_GENRES = word_set(
    "house rock soul country swing march ballad opera trance garage dub latin classical fusion "
    "reel lullaby soundtrack jungle industrial progressive emo boogie thrash indie experimental "
    "alternative"
)
"""Doubtful names that are genres where they fill a clause: "Definitely house"."""
ENDLESS = word_set("at it through")
"""What goes on behind a genre that stands alone: "house at 128", "soul through and through"."""
NEVER_GENRES = word_set(
    "breaks beat score session standard solo song instrumental vocal musical hard minimal chorus "
    "noise study holiday kids film acoustic march world country progressive alternative"
)
"""Doubtful names that are no genres even where genres are asked, unless they fill a clause."""
