"""Claims of harmonic function: what a chord is said to do.

Conventions
-----------
A chord "is the dominant", "acts as a predominant", "has tonic function"; a "dominant pedal" or
"preparation" is one. The degree of a named note or key ("A is the dominant of D") is theory, and
where a line or a phrase rests ("ends on the dominant") is none.
"""

from __future__ import annotations

from rewards.claims.context import Context, Found, before
from rewards.claims.sentences import Sentence
from rewards.claims.words import word_set

NAMES = word_set("tonic dominant subdominant predominant")
_ROLES = word_set(
    "functions function functioning acts act serves behaves acting serving behaving works working"
)
_OFFICES = word_set("role job office task duty part")
_REPLACES = word_set("replaces substitutes stands")
_NOUNS = word_set("function preparation substitute role pedal quality")
_CHORDS = word_set("chord sonority harmony function role triad it this that simultaneity")
_SONORITIES = word_set("chord sonority harmony triad")
_KINDS = word_set("chord triad harmony sonority")
_OPENS = word_set("a an not therefore hence so thus plainly clearly")
_CALLS = word_set("label call name mark hear")
_LINKS = word_set("is 's was be as being it's that's called")
_SKIPPED = word_set("the a an not plainly clearly therefore simply hardly probably perhaps just")
_AFTER = word_set("and but because since as for here , ; ) function which that not in rather")


def read(sentence: Sentence, context: Context) -> None:
    """Take down the functions of a sentence."""
    words, kinds = sentence.words, sentence.kinds
    for at, word in enumerate(words):
        if word not in NAMES:
            continue
        first = at
        if word == "dominant" and words[max(0, at - 2) : at] == ["pre", "-"]:
            word, first = "predominant", at - 2
        last, following = at, words[at + 1] if at + 1 < len(words) else ""
        asked = context.facet == "function" or word == "predominant"
        if following in _KINDS and (asked or words[at - 1 : at] in (["a"], ["another"])):
            last, following = at + 1, words[at + 2] if at + 2 < len(words) else ""
            named = words[at - 1 : at] != ["the"] or _is_one(
                sentence, first, following, asked=asked
            )
        elif following in _NOUNS and kinds[at - 1 : at] != "-":
            last, named = at + 1, True
        else:
            named = _acts(sentence, at) or _is_one(sentence, first, following, asked=asked)
        if not named:
            continue
        context.add(Found("function", word, first, last))


def _acts(sentence: Sentence, at: int) -> bool:
    """ "acts as a dominant", "replaces the dominant"."""
    lead = before(sentence, at, 6)
    if lead[-1:] == ["the"] and not _REPLACES.isdisjoint(lead[-3:]):
        return True
    if "of" in lead[-3:] and not _OFFICES.isdisjoint(lead):
        return True
    return not {"as", "like"}.isdisjoint(lead[-3:]) and not _ROLES.isdisjoint(lead)


def _is_one(sentence: Sentence, at: int, following: str, *, asked: bool) -> bool:
    """ "the second chord is a predominant", "so it is the tonic"."""
    words, kinds = sentence.words, sentence.kinds
    if following and following not in _AFTER:
        return False
    start = at
    while start and words[start - 1] in _SKIPPED:
        start -= 1
    lead = words[max(0, start - 8) : start]
    if not lead:
        return asked
    if lead[-1] in ("but", ",", ":", "so", "hence"):
        return asked and (lead[-1] != "," or words[at - 1] in _OPENS)
    calls = asked and lead[-1] in ("it", "this") and not _CALLS.isdisjoint(lead[-3:])
    if (lead[-1] not in _LINKS and not calls) or kinds[max(0, start - 2) : start - 1] in (
        "N",
        "A",
        "M",
    ):
        return False  # "A is the dominant": theory
    subject = _CHORDS if asked else _SONORITIES
    numeral = asked and "R" in kinds[max(0, start - 3) : start]
    numbered = asked and "number" in lead
    return calls or numeral or numbered or not subject.isdisjoint(lead)
