"""Claims of instruments, genres and moods: names of the ontology in running text.

Conventions
-----------
The longest name wins ("electric piano" is no piano). Names that mostly mean something else in
talk about music are left out: the *bass* settles, the *tenor* rises, in the *chorus*, an *open
string*, a *voice* that leads, a *dark* tone.
"""

from __future__ import annotations

from functools import lru_cache

from rewards.claims.context import Context, Found
from rewards.claims.sentences import Sentence
from rewards.claims.words import word_set
from rewards.spelling.ontology import Vocabulary, ontology

_TYPES: tuple[tuple[Vocabulary, str], ...] = (
    ("instruments", "instrument"),
    ("genre", "genre"),
    ("mood", "mood"),
)
_LEFT_OUT = {
    "instruments": word_set(
        "bass|basses|bass line|bassline|bass voice|keys|tenor|soprano|alto|baritone|mezzo soprano"
        "|chorus|scratch|scratches|samples|pipes|bell|clap|chant|whistle|voices|keyboard"
        "|triangle|basse|bajo|horn in f|dj|sampler|vc|pf|voz|voce|voix|winds|batterie"
        "|vocal line|arpa|chor|chimes|perc|drum|laute|ney|percusion|guitar solo|piano solo"
        "|tenors|sopranos|altos|baritones|chanting|chanted"
        "|singing|rhythm guitar|lead guitar|viol|scratching|wind section",
        "|",
    ),
    "genre": word_set(
        "classical|rock|soul|house|march|dance|country|score|beat|chorus|musical|standard|traditional"
        "|instrumental|spiritual|opera|oldies|world|garage|industrial|minimal|contemporary|romantic"
        "|baroque|session|solo|trance|acoustic|vocal|progressive|hard|latin|ballad|song|chant|dub"
        "|swing|soundtrack|film|christmas|study|lounge|alternative|noise|chamber|experimental|cinematic"
        "|traditional|jungle|breaks|fusion|indie|children|kids|symphony|renaissance|choral|reel"
        "|holiday|dance|orchestral|symphonic|funky|jazzy|boogie|thrash|fugue|emo",
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
_SURE = {
    "rock": ("indie", "hard", "punk", "alternative"),
    "classical": ("period", "style", "piece", "music", "genre"),
    "baroque": ("style", "period", "piece", "era", "music"),
    "march": ("a", "military", "genre"),
    "ballad": ("a",), "swing": ("a",), "house": ("not", "deep", "is", "genre"),
    "country": ("genre", "style", "ballad", "song", "music", "tune", "waltz"),
    "soul": ("genre",), "lullaby": ("a",),
}  # fmt: skip
_COMMON = word_set(
    "and player players music song songs section sections instrument instruments line lines "
    "track show stage new trip open closed hand high low first second lead solo main human "
    "backing"
)
"""Words of names that every text may hold."""
_TALK = {
    "mood": word_set("mood moods feel feeling feelings atmosphere emotion emotional character"),
    "genre": word_set("genre style genres"),
}
"""Words that say that names of a type are meant as such."""
_BAND = word_set(
    "drums|guitar|electric guitar|synthesizer|bass drum|snare drum|hi hat|drum machine|saxophone"
    "|tenor saxophone|alto saxophone|bass guitar|acoustic guitar|congas|bongos",
    "|",
)
_BASSES = word_set("walking electric upright slap plucked fretless fat funky deep sub synth")
_NO_BASS = word_set(
    "line lines note notes guitar drum clarinet clef voice voices part register is on in moves "
    "ends lands descends walks pedal trombone"
)
_IN_LISTS = {"bass": "bass", "keys": "keyboard"}
_NOT_BEFORE_VOICE = word_set(
    "upper lower inner outer top bottom middle bass tenor alto soprano first second third "
    "lowest highest each two three four other one leading"
)
_NOT_BEFORE_STRINGS = word_set("open low bottom top first second empty e a d g low high")
_NOT_BEFORE_STRINGS |= word_set(
    "sympathetic nylon steel gut metal wire two three four five six seven eight twelve its their "
    "his her bare loose snapped"
)
_ALIASES = {"gtr": "guitar", "gtrs": "guitars", "vox": "vocals", "glock": "glockenspiel"}
_TELLS = word_set("has have wants needs requires demands uses likes lives would calls asks")
_TALKED_ABOUT = word_set(
    "recordings fans people musicians ensemble charts records teachers students sense guys albums "
    "listeners lovers purists with scene community"
)
"""Words behind a genre that is no claim of what is heard."""
_PLAIN = word_set(
    "definitely clearly obviously plainly surely classic pure straight typical proper medium "
    "straight-ahead old-school unmistakably is 's it's genre simply just evidently basic : ="
)
_SEEMS = word_set("sounds feels more smells tastes looks sound feel screams")
"""Words that make "like a" the name of what is heard."""
_STRUCK = word_set("fill fills break roll rolls part groove pattern hits track beat loop")
"""Words behind "drum" that make it drums."""
_GENERAL = word_set("can cannot can't usually never rarely tend don't couldn't")
"""Words behind an instrument of which something is said in general."""
_BARE_GENRES = word_set(
    "house rock soul country swing march ballad opera trance garage dub latin classical baroque "
    "fusion reel lullaby jungle industrial progressive emo boogie thrash"
)
"""Doubtful names that are genres where they fill a clause: "Definitely house"."""
_MOST_WORDS = 5


@lru_cache(maxsize=1)
def _index() -> dict[str, tuple[tuple[tuple[str, ...], str, str], ...]]:
    """First word -> (words, type, canonical name), the longest first."""
    listed: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
    for vocabulary, kind in _TYPES:
        for written, name in ontology(vocabulary).canonical.items():
            words = tuple(written.replace("'s ", " 's ").split())
            if vocabulary == "instruments" and written in _LEFT_OUT[vocabulary]:
                continue
            if len(words) <= _MOST_WORDS and len(written) > 2:
                listed.setdefault(words[0], []).append((words, kind, name))
    return {
        word: tuple(sorted(names, key=lambda name: -len(name[0]))) for word, names in listed.items()
    }


@lru_cache(maxsize=1)
def marks() -> frozenset[str]:
    """A word of each name, the one that tells most: without one a text holds no name."""
    names = [
        name
        for listed in _index().values()
        for name, kind, _ in listed
        if not _doubtful(" ".join(name), kind) or name[0] in _SURE
    ]
    alone = {name[0] for name in names if len(name) == 1}

    def mark(name: tuple[str, ...]) -> str:
        telling = [word for word in name if word not in _COMMON] or list(name)
        return max(telling, key=lambda word: (word in alone, len(word)))

    return frozenset(mark(name) for name in names) | _IN_LISTS.keys() | _TALK["mood"] | {"drum"}


def _doubtful(written: str, kind: str) -> bool:
    """A name that mostly means something else."""
    return kind in _TALK and written in _LEFT_OUT[kind]


def read(sentence: Sentence, context: Context) -> None:
    """Take down the names of a sentence."""
    index = _index()
    if sentence.bag.isdisjoint(marks()):
        return
    places = [at for at, kind in enumerate(sentence.kinds) if kind != "-"]
    words = [_ALIASES.get(word, word) for at in places for word in (sentence.words[at],)]
    spot = 0
    defined = _defined(words)
    listed = _listed(words)
    while spot < len(words):
        step = 1
        if spot in listed:
            context.add(Found("instrument", listed[spot], places[spot], places[spot]))
        for name, kind, canonical in index.get(words[spot], ()):
            if len(name) > 1 and tuple(words[spot : spot + len(name)]) != name:
                continue
            step = len(name)
            asked = context.facet == kind or not sentence.bag.isdisjoint(_TALK.get(kind, ()))
            if spot not in defined and _meant(words, spot, name, kind, asked):
                context.add(Found(kind, canonical, places[spot], places[spot + step - 1]))
                context.band = context.band or canonical in _BAND
            break
        if (
            words[spot] == "drum"
            and step == 1
            and not _STRUCK.isdisjoint(words[spot + 1 : spot + 2])
        ):
            context.add(Found("instrument", "drums", places[spot], places[spot + 1]))
        alone = words[spot] == "bass" and spot not in listed and step == 1
        if alone and _plays(words, spot, context.band and "N" not in sentence.kinds):
            context.add(Found("instrument", "bass", places[spot], places[spot]))
        spot += step


def _defined(words: list[str]) -> frozenset[int]:
    """The words of clauses that tell what a genre is like: "salsa has congas"."""
    index = _index()
    found: set[int] = set()
    if _TELLS.isdisjoint(words):
        return frozenset()
    for at in range(1, len(words)):
        if words[at] not in _TELLS:
            continue
        start = at - 1
        opens = start == 0 or words[start - 1] in (",", ";", ":", "and", "but", "a", "while")
        genre = any(name == (words[start],) and kind == "genre" for name, kind, _ in index.get(
            words[start], ()))  # fmt: skip
        if not (opens and genre) or words[max(0, start - 2) : start] == ["is", "a"]:
            continue
        end = next((n for n in range(at, len(words)) if words[n] in (";", "but", "so")), len(words))
        found.update(range(start, end))
    return frozenset(found)


def _fills(words: list[str], spot: int) -> bool:
    """Is a word all that its clause says, but for an adverb or an "it is a"?"""
    start = spot
    while start and words[start - 1] in _PLAIN | {"a", "an", "this", "it", "so", "that"}:
        start -= 1
    opens = start == 0 or words[start - 1] in (",", ";", ":", "(")
    return opens and (spot + 1 == len(words) or words[spot + 1] in (",", ";", ")", "or", "with"))


def _plays(words: list[str], spot: int, band: bool) -> bool:
    """ "a walking bass", and in a band "the bass", are instruments, no voices."""
    last = words[spot - 1] if spot else ""
    following = words[spot + 1] if spot + 1 < len(words) else ""
    if following in _NO_BASS:
        return False
    return last in _BASSES or (band and last in ("the", "a", "and", "with", ",", ""))


def _of_somebody(words: list[str], spot: int) -> bool:
    """ "my piano", "as a trumpet player", "brighter than a flute", "bows it like a cello"."""
    lead = words[max(0, spot - 3) : spot]
    near = [word for word in lead if word not in ("a", "an", "the")]
    if not near:
        return False
    if near[-1] in ("my", "your", "his", "our"):
        return True
    if near[-1] == "like":
        return len(near) < 2 or not near[-2].startswith(("sound", "much", "more", "feel"))
    return near[-2:] in (["i", "am"], ["i", "play"], ["i'm", "as"], ["i", "played"]) or (
        near[-1] == "as" and len(lead) > 1 and lead[-1] in ("a", "an") and spot < 6
    )


def _listed(words: list[str]) -> dict[int, str]:
    """ "drums, bass and guitar": words that are instruments only beside one in a list."""
    found: dict[int, str] = {}
    if _IN_LISTS.keys().isdisjoint(words):
        return found
    index = _index()
    for at, word in enumerate(words):
        if word not in _IN_LISTS:
            continue
        beside = [words[at - 2 : at], words[at + 1 : at + 3][::-1]]
        for pair in beside:
            other = pair[0] if len(pair) == 2 and pair[1] in (",", "and", "&", "plus", "or") else ""
            known = other in _IN_LISTS or any(
                name == (other,) and kind == "instrument" for name, kind, _ in index.get(other, ())
            )
            if known and not (set(words[at + 1 : at + 2]) & _NO_BASS):
                found[at] = _IN_LISTS[word]
    return found


def _meant(words: list[str], spot: int, name: tuple[str, ...], kind: str, asked: bool) -> bool:
    """False where the name stands for something else."""
    last = words[spot - 1] if spot else ""
    following = words[spot + len(name)] if spot + len(name) < len(words) else ""
    if len(name) != 1:
        return kind != "instrument" or not _of_somebody(words, spot)
    word = name[0]
    if _doubtful(word, kind):
        sure = (*_SURE.get(word, ()), "not", "than") if word in _SURE else ()
        filled = kind == "genre" and word in _BARE_GENRES and _fills(words, spot)
        return asked or filled or last in sure or following in sure
    if kind == "genre":
        lead = [w for w in words[max(0, spot - 3) : spot] if w not in ("a", "an", "the")]
        likened = lead[-1:] == ["like"] and _SEEMS.isdisjoint(lead[-2:-1])
        if likened or following in _TALKED_ABOUT:
            return False
    if kind == "instrument" and (
        _of_somebody(words, spot)
        or (following in _GENERAL and words[spot + 2 : spot + 3] != ["be"])
    ):
        return False
    if word == "brass":
        return not following.startswith("player")
    if word == "voice":
        return last not in _NOT_BEFORE_VOICE and not following.startswith(("lead", "exchange"))
    if word == "strings":
        return last not in _NOT_BEFORE_STRINGS and following not in ("of", "plucked")
    if word == "harp":
        return len(last) != 1 or not last.isalpha() or last == "a"
    if word in ("horn", "claps"):
        lead = words[max(0, spot - 2) : spot]
        return lead != ["around", "the"] and last not in ("audience", "crowd", "she", "he")
    if (word == "kick" and last == "to") or (word == "upbeat" and last == "the"):
        return False
    if kind == "mood" and following == "to":  # "happy to look deeper"
        return False
    return following not in ("style", "like", "esque", "reduction") or kind != "instrument"
