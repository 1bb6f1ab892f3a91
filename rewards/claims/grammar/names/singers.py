"""People who sing: "a man sings", "someone humming", "he raps", "the soprano begins her aria".

Conventions
-----------
Words of a choir's parts and of singing are voices only beside a word that says so. What sings
without being a person ("the cello sings", "a singing tone") is no voice.
"""

from __future__ import annotations

from rewards.claims.text.words import word_set

_MEN = word_set("man men guy guys gentleman fellow bloke dude lad lads boys monks father boy")
_WOMEN = word_set("woman women lady ladies girl girls mother lass nuns")
_SOMEBODY = word_set("someone somebody people nobody he she who one class")
_SINGS = word_set(
    "sings singing sang sing chant croons crooning belts belting hums humming wails yodels "
    "yodelling harmonise harmonises whispering pleading vocalises vocalizes chants chanting "
    "whispers laments"
)
_RAPS = word_set("raps rapping rapped")
_SUNG_BY = word_set("sung hummed yelled shouted whispered crooned chanted delivered")
_WITH_VOICE = word_set("voice vocal vocals vibrato falsetto microphone mic lead lyrics phrases")
_RAP = word_set("no any some without brief spoken")
_RAPPED = word_set("verse verses section part parts break bridge delivery flow vocal")
_CHORAL = word_set(
    "accompaniment cappella barbershop harmony harmonies unaccompanied unison chant plainchant "
    "shanty monophonic"
)
_COUNTED = word_set("two three four five six eight several many only")
_MCS = word_set("mc mcs emcee emcees")
_BESIDE = word_set("someone somebody people is are of some soft softly wordless and quiet , gentle")
_STOPS = word_set(", ; : ( but and might would could can may should to who'd")
_FAR = 6
_LETTERS = frozenset("abcdefg")
_SINGERS = {
    "baritone": "baritone voice", "soprano": "soprano voice", "tenor": "tenor voice",
    "mezzo": "soprano voice", "contralto": "female voice", "sopranos": "soprano voice",
    "tenors": "tenor voice",
}  # fmt: skip
"""Names of a part in a choir or of an instrument, too: singers where they sing."""
_VERBS = word_set(
    "sings sang singing sung pleads laments prays soars belts pleading soloist "
    "carries begins enters"
)
_HERS = word_set("aria her his recitative")
_SOLOISTS = word_set("solo operatic lyric dramatic coloratura boy for male female")
_ACCOMPANY = word_set(
    "piano orchestra organ lute harp guitar harpsichord strings theorbo continuo violin cello"
)
"""Beside these a soprano sings: "soprano and piano"."""
_PARTS = word_set(
    "parts part line lines chorale satb bass alto sax saxophone clef trombone horn banjo guitar "
    "ukulele recorder viol note register range drum pan"
)
_ARTICLES = word_set("a an the")
WORDS = _MEN | _WOMEN | _SINGS | _RAPS | _MCS | _SINGERS.keys() | _SUNG_BY | {"rap"}
"""Words without which nobody is told to sing."""


def singing(words: list[str]) -> dict[int, tuple[str, int]]:
    """Place -> the voice that is heard there, and how many words name it."""
    found: dict[int, tuple[str, int]] = {}
    past = 0
    for at, word in enumerate(words):
        if at < past or word not in WORDS:
            continue
        one = _person(words, at) if word in _MEN or word in _WOMEN else _word(words, at)
        if one is not None:
            found[at] = one
            past = at + one[1]
    return found


def _person(words: list[str], at: int) -> tuple[str, int] | None:
    """ "A man sings", "the woman with the low voice", "sung by a man"."""
    word = words[at]
    sex = "female voice" if word in _WOMEN else "male voice"
    of = words[at - 2 : at] in (["choir", "of"], ["chorus", "of"])
    if of or words[at + 1 : at + 2] in (["'s"], ["'"]):
        return None
    if words[at + 1 : at + 2] == ["alone"]:
        return sex, 2
    counted = not _COUNTED.isdisjoint((*words[at - 1 : at], *words[at + 1 : at + 2]))
    if counted and not _CHORAL.isdisjoint(words):
        return sex, 1  # "four men, a barbershop tag"
    lead = words[max(0, at - 4) : at]
    if not _SUNG_BY.isdisjoint(lead):
        return sex, 1
    for step in range(at + 1, min(len(words), at + _FAR)):
        if words[step] in _SINGS:
            return sex, step + 1 - at
        if words[step] in _STOPS:
            return None
        if words[step] in _WITH_VOICE:
            return sex, step + 1 - at
    return None


def _word(words: list[str], at: int) -> tuple[str, int] | None:
    word = words[at]
    last = words[at - 1] if at else ""
    following = words[at + 1] if at + 1 < len(words) else ""
    if word in _MCS:
        return "rap vocals", 1
    if word in _RAPS:
        who = last in _SOMEBODY or following in ("verses", "lines") or word == "rapping"
        return ("rap vocals", 1) if who else None
    if word == "rap":
        return ("rap vocals", 1) if last in _RAP or following in _RAPPED else None
    if word in _SINGERS:
        return (_SINGERS[word], 1) if _sings(words, at) else None
    if word in ("humming", "singing"):
        somebody = last in ("someone", "somebody", "people", "no", "any", "without")
        hummed = word == "humming" and (last in _BESIDE or not last)
        alone = last in ("is", "are") and words[at - 2 : at - 1] in (["there"], ["she"], ["he"])
        return ("voice", 1) if somebody or hummed or alone else None
    if word in ("sings", "sing", "sang", "hums", "croons"):
        return ("voice", 1) if last in _SOMEBODY else None
    return None


def _sings(words: list[str], at: int) -> bool:
    """ "The soprano begins her aria", "an operatic tenor", "soprano and piano"."""
    last = words[at - 1] if at else ""
    following = words[at + 1] if at + 1 < len(words) else ""
    if following in _PARTS:
        return False
    if following[1:2] in ("", " ", "#") and following[:1] in _LETTERS:
        return False  # "a tenor B flat"
    if len(words) == 1 or last in _SOLOISTS or last in ("a", "an", "his"):
        return True
    near = words[at + 1 : at + 5]
    if following == "sings" and near[1:2] and near[1][:1] in _LETTERS and len(near[1]) < 3:
        return False  # "the soprano sings E"
    if following in _VERBS - {"begins", "enters", "carries"} or not _HERS.isdisjoint(near):
        return True
    if "voice" in words and last in ("a", ":", "say"):
        return "lead" not in words and "leading" not in words
    partner = [one for one in near[1:3] if one not in _ARTICLES][:1]
    return following in ("and", "with", "over") and partner != [] and partner[0] in _ACCOMPANY
