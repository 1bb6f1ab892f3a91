"""Roman numerals in sentences and in words: which chord of which key, in which inversion.

Conventions
-----------
Signs first: a numeral of signs counts, and words beside it describe it, unless "or"
offers them as another answer. Words alone name the chord of the scale of the key.

==============================================  ==============================
written                                         read as
==============================================  ==============================
V^{6}_{5}, V(7), V dom7, vii half-diminished 7  V65, V7, V7, viiø7
dominant seventh, five seven, the five chord    V7, V7, V
five seven of five, dominant of the dominant    V7/V, V/V
supertonic (major, minor)                       ii, ii°
diminished seventh on the leading tone          vii°7
flat six, Neapolitan sixth, cadential 6/4       bVI, bII6, Cad64
V7 in first inversion, with the third in the    V65
bass
V in A minor, "A minor: V", "a: V"              V, in A minor
V7, which resolves to I; V7 because it ...      V7
==============================================  ==============================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.asides import unexplained
from rewards.spelling.keys import Key, find_keys
from rewards.spelling.mentions import Mention, asserted
from rewards.spelling.notes import letter_note
from rewards.spelling.numeral_names import named_numerals, without_inversions
from rewards.spelling.numeral_signs import plain_signs
from rewards.spelling.romans import MAJOR_KEY, MINOR_KEY, find_romans, parse_roman
from rewards.spelling.scales import DEGREES, NUMBERS

_I = 2
_OF_DEGREE = Pattern(
    r"(?<=[ivIV°ø\d])\sof\s(?:the\s)?(tonic|supertonic|submediant|subdominant|mediant|dominant)\b",
    _I,
)
_IN_KEY = Pattern(r",?\s*\(?\b(?:in|of)(?: the)?(?: key of)?\s*$", _I)
_IN_TONIC = Pattern(
    r",?\s*\(?\b(?:in|key of|(?<=[ivIV°ø\d]\s)of)\s(?:the\skey\sof\s)?([A-G])([#b]?)(?![\w#])\)?"
)
_COLON = Pattern(r"(?:in\s)?([A-Ga-g])([#b]?)\s?:\s?(?=[#b]?[ivIVN])")
_ROLE = Pattern(
    r"\b(?:(?:resolv|lead|mov|go|progress|return|pull|point|head|tend|want)\w{0,4}\s"
    r"(?:\w{2,12}\s){0,2}?(?:to|into|towards?|on)|before|after|(?:preced|follow|approach)\w{2,3}"
    r"(?:\sby)?|tonici[sz]\w{1,4})\s(?:the\s|an?\s)?(?:(?:final|last)\s)?(?:tonic\s)?[(]?$"
    r"|\(\s?(?:->|=>|→|⇒)\s?$",
    _I,
)
_BESIDE = Pattern(
    r"\b(?:chord|harmony|triad|one)\s(?:right\s|just\s)?(?:before|after|preceding|following)\s"
    r"(?:the\s)?(?:(?:final|last)\s)?(?:tonic\s)?$",
    _I,
)
_FROM = Pattern(r"\bfrom\s(?:the\s|an?\s)?$", _I)
_LONG_LIST = 24
_OR = Pattern(r"\bor\b|/|\bmaybe\b|\bperhaps\b", _I)

_FIGURES = {
    "six four": "64", "six five": "65", "four three": "43", "four two": "42",
    "seven": "7", "six": "6", "two": "42",
}  # fmt: skip
_COLOURS = r"flat|sharp|minor|major|half[\s-]diminished|fully[\s-]diminished|diminished|augmented"
_WORD = (
    r"tonic|supertonic|submediant|subdominant|mediant|dominant|subtonic|leading[\s-](?:tone|note)"
)
_DEGREE = rf"(?:(?P<flat>{_COLOURS})[\s-])?(?P<word>{_WORD})"
_TARGET = (
    r"(?:(?:\sof\s(?:the\s)?|/)(?:(?P<spoken>one|two|three|four|five|six|seven)"
    r"|(?P<target>tonic|supertonic|submediant|subdominant|mediant|dominant)"
    r"|(?P<sign>[#b]?[ivIV]{1,3}))(?!\w))"
)
_FUNCTION = Pattern(
    rf"\b(?:secondary\s)?{_DEGREE}(?:\s(?P<after>major|minor)(?!\s(?:key|mode|scale)))?"
    r"(?:[\s-](?P<figures>six[\s-](?:four|five)|6/?[45])(?!\w)"
    r"|[\s-](?P<seventh>(?:(?:half|fully)[\s-]diminished\s|diminished\s)?(?:seventh|7th|7)))?"
    rf"(?:\s(?:chord|triad))?{_TARGET}?(?!\w)",
    _I,
)
_NUMBER = Pattern(
    rf"(?:the\s|an?\s)?(?:(?P<flat>{_COLOURS})[\s-])?"
    r"(?P<word>one|two|three|four|five|six|seven)(?:[\s-](?P<figures>six[\s-]four|six[\s-]five"
    r"|four[\s-]three|four[\s-]two|seven|six|two))?"
    rf"(?:\s(?P<after>{_COLOURS}))?(?P<chord>\s(?:chord|triad))?" + _TARGET + "?",
    _I,
)

_ON_DEGREE = Pattern(
    rf"\b(?:({_COLOURS})[\s-])?(?:(seventh|7th)(?:\schord)?|triad|chord)\s(?:built\s)?on\s"
    rf"(?:the\s)?({_WORD})\b",
    _I,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says.

    Attributes:
        forms: the distinct numerals, as in ``rewards/spelling/romans.py``.
        key: the key it reads them in, or None where it names none.
        loose: the key stands before a colon, where it may also be a chord's name.
        inversions: the distinct orders that words give, 0 to 3.
    """

    forms: tuple[str, ...]
    key: Key | None = None
    loose: bool = False
    inversions: tuple[int, ...] = ()


@lru_cache(maxsize=4096)
def read_numerals(text: str, home: Key) -> Reading:
    """The numerals that a cleaned text asserts, in a key that it may name."""
    text, key, loose = _without_key(text, home)
    minor = (key or home).mode == "minor"
    text = _ON_DEGREE.sub(_on_degree, plain_signs(text))
    scale = MINOR_KEY if minor else MAJOR_KEY
    text = _OF_DEGREE.sub(lambda m: f"/{scale[DEGREES.index(m[1].lower())].rstrip('°')}", text)
    whole = parse_roman(text.strip(" .,;:()"))
    if whole is not None:
        return Reading((whole,), key, loose)
    named = named_numerals(text)
    text, inversions = without_inversions(text)
    whole = parse_roman(text.strip(" .,;:()")) or _spoken(text.strip(" .,;:()"), minor)
    if whole is not None and not named:
        return Reading((whole,), key, loose, inversions)
    signs = _without_roles(text, unexplained(text, asserted(text, find_romans(text))))
    forms = [mention.value for mention in signs]
    if not forms or any(_offered(text, signs, word) for word in _functions(text, minor)):
        words = [m.value for m in asserted(text, _functions(text, minor))]
        forms += named or words
        inversions = () if named else inversions
    return Reading(tuple(dict.fromkeys(forms)), key, loose, inversions)


def _on_degree(match: re.Match[str]) -> str:
    """ "dominant diminished seventh" of "diminished seventh on the dominant"."""
    colour, seventh, degree = match.groups()
    of_seventh = seventh and _key(colour) != "minor"
    said = (degree, colour, seventh) if of_seventh else (colour, degree, seventh)
    return " ".join(filter(None, said))


def _without_key(text: str, home: Key) -> tuple[str, Key | None, bool]:
    """The text without "in D major", that key, and whether it only stood before a colon."""
    for mention in find_keys(text):
        lead = _IN_KEY.search(text[max(0, mention.start - 24) : mention.start])
        if lead and mention.end - mention.start > 1:
            begin = mention.start - len(lead[0])
            rest = text[mention.end :].lstrip(" :),")
            return f"{text[:begin]} {rest}".strip(), mention.value, False
        if mention.start == 0 and re.match(r"\s*:", text[mention.end :]):
            return text[mention.end :].lstrip(" :"), mention.value, True
    bare = _COLON.match(text)
    if bare is not None:
        tonic = letter_note(bare[1], bare[2])
        return text[bare.end() :], Key(tonic, "major" if bare[1].isupper() else "minor"), True
    bare = _IN_TONIC.search(text)
    if bare is not None:
        tonic = letter_note(bare[1], bare[2])
        mode = home.mode if tonic.same(home.tonic) else "major"
        rest = f"{text[: bare.start()]} {text[bare.end() :].lstrip(' :,')}"
        return rest.strip(), Key(tonic, mode), False
    return text, None, False


def _without_roles(text: str, mentions: list[Mention[str]]) -> list[Mention[str]]:
    """Without what a first numeral only resolves to or comes from."""
    if not 1 <= len(mentions) <= _LONG_LIST:
        return mentions
    befores = [text[max(0, mention.start - 60) : mention.start] for mention in mentions]
    if _FROM.search(befores[0]):
        return mentions
    return [
        mention
        for i, (mention, before) in enumerate(zip(mentions, befores, strict=True))
        if not (_BESIDE if i == 0 else _ROLE).search(before)
    ]


def _offered(text: str, signs: list[Mention[str]], word: Mention[str]) -> bool:
    """True if "or" stands between a numeral and a word: two answers."""
    last = max((m.end for m in signs if m.end <= word.start), default=-1)
    after = min((m.start for m in signs if m.start >= word.end), default=-1)
    before = last >= 0 and _OR.search(text[last : word.start])
    return bool(before or (after >= 0 and _OR.search(text[word.end : after])))


def _functions(text: str, minor: bool) -> list[Mention[str]]:
    """Words for the degrees of the scale, "leading-tone seventh"."""
    found = []
    for m in _FUNCTION.finditer(text):
        word = m["word"].lower()
        if m["seventh"] is None and re.match(r"seco", m[0], _I) and not _target(m, minor):
            continue  # a secondary dominant of nothing
        if word == "subtonic":
            form = "VII" if minor else "bVII"
        else:
            degree = 6 if word.startswith("leading") else DEGREES.index(word)
            form = _scale(m["target"] or m["spoken"] or m["sign"], minor)[degree]
        form = _coloured(form, m["flat"])
        if m["seventh"] and m["after"] and (word, m["after"].lower()) != ("dominant", "minor"):
            form = form.upper() + "maj" if m["after"].lower() == "major" else form.lower()
        elif m["after"] and not m["seventh"]:
            form = _coloured(form, m["after"])
        form += re.sub(r"\D", "", _FIGURES.get(_key(m["figures"]), m["figures"] or ""))
        if m["seventh"]:
            colour = m["seventh"].lower().rpartition(" ")[0]
            half = form == ("ii°" if minor else "vii°") and not (colour or m["flat"])
            form = f"{_coloured(form, 'half diminished' if half else colour)}7"
        found.append(Mention(form + _target(m, minor), m.start(), m.end()))
    return found


def _spoken(text: str, minor: bool) -> str | None:
    """ "five seven of two", "the four chord" as a whole text."""
    m = _NUMBER.fullmatch(text)
    if m is None:
        return None
    form = _coloured(_scale(m["spoken"], minor)[NUMBERS.index(m["word"].lower())], m["flat"])
    form = _coloured(form, m["after"])
    figures = _FIGURES.get(_key(m["figures"]), "")
    if form == "vii°" and figures in ("7", "65", "43", "42") and not minor:
        form = "viiø"
    return form + figures + _target(m, minor)


def _scale(target: str | None, minor: bool) -> tuple[str, ...]:
    """The chords of the key, or of a major key where the chord is applied."""
    return MAJOR_KEY if target or not minor else MINOR_KEY


def _target(match: re.Match[str], minor: bool) -> str:
    scale = MINOR_KEY if minor else MAJOR_KEY
    if match["sign"]:
        return f"/{match['sign']}"
    if match["spoken"]:
        return f"/{scale[NUMBERS.index(match['spoken'].lower())].rstrip('°')}"
    if match["target"]:
        return f"/{scale[DEGREES.index(match['target'].lower())].rstrip('°')}"
    return ""


def _key(words: str | None) -> str:
    return (words or "").lower().replace("-", " ")


def _coloured(form: str, word: str | None) -> str:
    """ "flat six" is a major chord on the lowered degree, "minor four" a minor one."""
    bare, sign = form.rstrip("°"), "b" * form.startswith("b")
    bare = bare.removeprefix("b")
    return {
        "flat": f"b{bare.upper()}", "sharp": f"#{bare}", "minor": sign + bare.lower(),
        "major": sign + bare.upper(), "diminished": f"{sign}{bare.lower()}°",
        "fully diminished": f"{sign}{bare.lower()}°", "half diminished": f"{sign}{bare.lower()}ø",
        "augmented": f"{sign}{bare.upper()}+",
    }.get(_key(word), form)  # fmt: skip
