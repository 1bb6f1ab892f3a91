"""Claims of harmonic function: what a chord is said to do.

Conventions
-----------
A chord "is the dominant", "acts as a predominant", "has tonic function", stands beside its office
("F7, the dominant", "the F7 the dominant"); "a root-position tonic" or a "dominant pedal" is one.
The degree of a note or key where its key is named, too ("A is the dominant of D"), is theory, and
where a line or a phrase rests ("ends on the dominant") is none. A "secondary dominant" is one where
a function is asked, as a "submediant" is; else the one tells a numeral and the other a degree.
"""

from __future__ import annotations

from rewards.claims.context import Context, Found, before
from rewards.claims.grammar.pitch.sense_words import CHORD_SUBJECTS
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set

NAMES = word_set("tonic dominant subdominant predominant")
ASKED = NAMES | word_set("supertonic mediant submediant subtonic")
"""Names of functions where one is asked; else they are degrees."""
_ROLES = word_set(
    "functions function functioning acts act serves serve behaves behave acting serving behaving "
    "works working work operates operating"
)
_HELD = word_set(
    "regard regards regarded treat treats treated hear hears heard take takes taken read reads see "
    "sees seen label labelled labeled interpret interprets interpreted analyse analyze parse count "
    "counts counted understand understood view viewed classify"
)
"""What an author does with a chord "as" its office."""
_OFFICES = word_set("role job office task duty part")
_REPLACES = word_set("replaces substitutes stands")
_NOUNS = word_set("function preparation substitute stand-in role pedal quality job duty")
_CHORDS = CHORD_SUBJECTS | word_set("function role it this that simultaneity")
_CALLS = word_set("label call calls name mark hear makes making make file")
_MAKES = word_set("makes make making made renders")
_ANSWERS = word_set("say choose pick answer with neither nor than not or")
_LINKS = word_set("is 's was be as being it's that's called isn't wasn't becomes become =")
_SKIPPED = word_set(
    "the a an not plainly clearly therefore simply hardly probably perhaps just still really also "
    "no now here thus then obviously again our my its only indeed textbook plain true real proper"
)
_AFTER = word_set(
    "and but because since as for here , ; ( ) function which that not in rather again throughout "
    "while whereas : so now instead - once at with nor or than itself either though then"
)
_NOTHING = phrases("of anything|of what|of nothing")
_DESCRIBES = word_set(
    "root position root-position first-inversion second-inversion inverted prolonged extended long "
    "clear strong real plain minor major new brief mere simple - true proper stable"
)
"""What may describe "a tonic" that is a chord."""
_IT = word_set("it that this never which")
_MODALS = word_set("would could may might must should can will 'd")
_FAMILIES = word_set("family group region side area")
_BELONGS = word_set("belongs belonging member part")
_PULLS = word_set("pull force strength effect weight stand-in substitute feel")
_JOINS = word_set(", and then - sub")
_HEADS = word_set("goes runs : so ( namely i.e e.g thus hence terms")
_UNNAMED = word_set("secondary applied altered backdoor extended")
_SECONDARY = word_set("secondary applied")
_NUMBERS = word_set(
    "first second third fourth fifth sixth last final next penultimate one other latter former"
)


def read(sentence: Sentence, context: Context) -> None:
    """Take down the functions of a sentence."""
    words = sentence.words
    names = ASKED if context.facet == "function" else NAMES
    for at, word in enumerate(words):
        if word not in names:
            continue
        first = at
        if word == "dominant" and words[max(0, at - 2) : at] == ["pre", "-"]:
            word, first = "predominant", at - 2
        elif words[max(0, at - 1) : at] and words[at - 1] in _UNNAMED:
            if context.facet != "function" or words[at - 1] not in _SECONDARY:
                continue
            word, first = "secondary dominant", at - 1
        last, following = at, words[at + 1] if at + 1 < len(words) else ""
        asked = context.facet == "function" or word == "predominant"
        keyish = context.facet in ("key", "key_signature", "mode")
        noun = following in CHORD_SUBJECTS
        if noun and (asked or words[first - 1 : first] in (["a"], ["another"])):
            last, following = at + 1, words[at + 2] if at + 2 < len(words) else ""
            named = words[first - 1 : first] != ["the"] or _is_one(
                sentence, first, following, asked=asked, context=context
            )
        elif following in _NOUNS:
            last, named = at + 1, True
        else:
            if words[at + 1 : at + 3] in _NOTHING:
                following = ""
            named = (
                _acts(sentence, first, word, asked=asked)
                or _is_one(sentence, first, following, asked=asked, context=context)
                or (_beside(sentence, first) and not (keyish and word == "tonic"))
                or _described(sentence, first, following)
                or _listed(sentence, first, last)
                or _called(sentence, first, following)
            )
        if named:
            context.add(Found("function", word, first, last))


def _acts(sentence: Sentence, at: int, word: str, *, asked: bool) -> bool:
    """ "acts as a dominant", "replaces the dominant", "regard that C major as a predominant"."""
    lead = before(sentence, at, 6)
    if lead[-1:] == ["the"] and not _REPLACES.isdisjoint(lead[-3:]):
        return True
    if "of" in lead[-3:] and not _OFFICES.isdisjoint(lead):
        return True
    if "for" not in lead[-3:] and not _ROLES.isdisjoint(before(sentence, at, 10)):
        return word != "tonic" or asked or _chordal(sentence, at - 10, at, "CkR")
    if "as" in lead[-2:] and "C" in sentence.kinds[:at]:
        start = at - 2 if lead[-1] == "as" else at - 3
        return word != "tonic" or sentence.kinds[start] not in "NM"  # "Cmaj7 closes as tonic"
    held = not _HELD.isdisjoint(before(sentence, at, 9))
    return held and word != "tonic" and _chordal(sentence, at - len(lead), at)


def _chordal(sentence: Sentence, start: int, end: int, kinds: str = "CMk") -> bool:
    """Does a stretch name a chord: a symbol, "G minor", "chord"?"""
    return not set(sentence.kinds[max(0, start) : end]).isdisjoint(kinds)


def _is_one(sentence: Sentence, at: int, following: str, *, asked: bool, context: Context) -> bool:
    """ "the second chord is a predominant", "so it is the tonic", "G is still the dominant"."""
    words, kinds = sentence.words, sentence.kinds
    place = following == "in" and words[at - 1 : at] == ["a"]
    numeral = kinds[at + 1 : at + 2] == "R" or kinds[at + 3 : at + 4] == "R"
    if following and following not in _AFTER and not (place or numeral):
        return False
    start = at
    while start and words[start - 1] in _SKIPPED:
        start -= 1
    lead = words[max(0, start - 8) : start]
    if lead and "," in lead[:-1] and "if" in words[:start]:
        lead = lead[lead.index(",") + 1 :]  # "if F were the tonic, G7 would be a dominant"
    if not lead:
        return asked
    if lead[-1] in ("but", ",", ":", "so", "hence", "therefore"):
        return asked
    if asked and lead[-1] in _ANSWERS:
        return True
    if lead[-3:] == ["nor", "is", "it"]:
        return True
    if lead[-1] not in _LINKS:
        return False
    numeral = asked and "R" in kinds[max(0, start - 3) : start]
    numbered = asked and "number" in lead
    if (
        numeral
        or numbered
        or not (_CHORDS if asked else CHORD_SUBJECTS | {"function"}).isdisjoint(lead)
    ):
        return True
    chord = (
        "C" in kinds[:start]
        or "k" in kinds[:start]
        or (context.chord is not None and words[at] != "tonic")
    )
    return _subject(sentence, start - 1, keyed=context.key is not None, chord=chord)


def _subject(sentence: Sentence, link: int, *, keyed: bool, chord: bool) -> bool:
    """Is what stands before "is" a chord: "Cm7", "G minor", "the last one"?"""
    words, kinds = sentence.words, sentence.kinds
    at = link
    while at and (words[at - 1] in _SKIPPED or words[at - 1] in _MODALS):
        at -= 1
    if not at:
        return False
    if kinds[at - 1] in "NA":
        return keyed
    if words[at - 1] in _IT:
        return chord
    if kinds[at - 1] in "CM" or kinds[max(0, at - 2) : at] in ("M0", "N0", "Nq", "Mq"):
        return True
    return words[at - 1] in _NUMBERS


def _beside(sentence: Sentence, at: int) -> bool:
    """ "Gm7, the pre-dominant", "F major, tonic", "the F7 the dominant"."""
    words, kinds = sentence.words, sentence.kinds
    start = at
    while start and words[start - 1] in _SKIPPED:
        start -= 1
    articled = start < at
    marked = start > 0 and kinds[start - 1] in ",(:-"
    end = start - marked
    if not end or not (marked or articled):
        return False
    name = kinds[end - 1]
    if name == "M":
        begin = end - 2
    elif name in "CNkR" or (name == "0" and kinds[end - 2 : end - 1] in ("N", "M")):
        begin = end - 1
    else:
        return False
    return marked or not NAMES.isdisjoint(words[:begin])


def _described(sentence: Sentence, at: int, following: str) -> bool:
    """ "with a root-position tonic"."""
    words = sentence.words
    if following and following not in _AFTER:
        return False
    start = at
    while start and words[start - 1] in _DESCRIBES:
        start -= 1
    return start < at and words[start - 1 : start] in (["a"], ["an"])


def _listed(sentence: Sentence, first: int, last: int) -> bool:
    """ "tonic, subdominant, dominant": offices that a clause lists."""
    words = sentence.words
    start = first
    while start and (words[start - 1] in NAMES or words[start - 1] in _JOINS):
        start -= 1
    end = last + 1
    while end < len(words) and (words[end] in NAMES or words[end] in _JOINS):
        end += 1
    many = sum(word in NAMES for word in words[start:end]) > 1
    opens = start == 0 or words[start] in (",", "-") or words[start - 1] in _HEADS
    ends = end == len(words) or words[end - 1] in (",", "-") or sentence.kinds[end] in ";:)("
    return many and opens and ends


def _called(sentence: Sentence, at: int, following: str) -> bool:
    """ "Function: tonic", "call it a tonic", "the dominant, F7", "the pull of a dominant"."""
    words, kinds, lead = sentence.words, sentence.kinds, before(sentence, at, 4)
    if following in _FAMILIES:
        return not _BELONGS.isdisjoint(before(sentence, at, 6))
    ends = not following or following in _AFTER or following in ("anywhere", "would", "chord")
    near = lead[-1] if lead else ""
    if near == "the" and ends and not _MAKES.isdisjoint(before(sentence, at, 7)):
        return kinds[at - 2] in "CkM"  # "which makes the G chord the dominant"
    if near in (":", "=", "terms"):
        return not {"function", "functional", "functions"}.isdisjoint(lead)
    if near == "no":
        return ends and words[at] != "tonic"  # "hence no dominant"
    if near in ("it", "under"):
        return ends and not _CALLS.isdisjoint(lead)  # "I file it under tonic"
    if near == "the" and (
        kinds[at + 1 : at + 3] in (",C", "(C") or kinds[at + 1 : at + 4] == "(NM"
    ):
        return lead[-2:-1] not in (["to"], ["in"], ["into"])
    past = lead[-2] if near in ("a", "the") and len(lead) > 1 else ""
    if past in ("it", "this", "that"):
        return not _CALLS.isdisjoint(lead)
    return (past == "of" and not _PULLS.isdisjoint(lead[:2])) or (
        past == "for" and lead[:2] == ["stands", "in"]
    )
