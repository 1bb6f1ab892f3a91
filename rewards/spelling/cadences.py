"""Cadences: their labels, the names that stand for them, the chords that make them.

Conventions
-----------
======== ======================================================================
label    written
======== ======================================================================
PAC      perfect authentic cadence; "perfect cadence", "vollkommener Ganzschluss",
         "cadence parfaite", "cadencia perfecta"
IAC      imperfect authentic cadence; "cadence imparfaite", "cadencia imperfecta"
AC       authentic cadence, full cadence or close, "Ganzschluss": which of the
         two is not said
HC       half cadence or close, semicadence, imperfect cadence, open cadence,
         "Halbschluss", "demi-cadence", "semicadencia"
PC       plagal cadence, amen cadence, church cadence, "Plagalschluss"
DC       deceptive, interrupted, evaded, false, broken, surprise cadence,
         "Trugschluss", "cadence rompue", "cadencia rota", "cadenza d'inganno"
Phrygian Phrygian (half) cadence
======== ======================================================================

British names are read as such: "perfect cadence" is authentic, "imperfect
cadence" a half cadence, "interrupted cadence" a deceptive one. In French,
Spanish and Italian the imperfect cadence is V-I in inversion: IAC.

Chords (``find_motions``), by the last two of a chain: V-I AC, one of them inverted
or vii°-I IAC, IV-I PC, V-vi or V-VI DC, iv6-V Phrygian, another chord and V HC;
"ends on the dominant" HC.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.mentions import Mention
from rewards.spelling.notes import unaccented

_NOUN = r"(?:cadence|cadential|close|ending|cad(?![a-z]))"
_CADENZA = r"(?:kadenz|cadence|cadencia|cadenza)"


def _beside(word: str) -> str:
    """A word that names a cadence only beside "cadence", or in a list of names."""
    on = rf"(?=[\s-]+(?:\([^()]{{1,20}}\)\s+)?(?:type\s+)?{_NOUN}|\s*(?:/|,?\s*\bor\b)\s*\w)"
    after = r"(?:(?<=\bor\s)|(?<=/)|(?<=cadence\sis\s)|(?<=cadence:\s)|(?<=cadence\sis\sa\s))"
    rather = r"(?<=\bbut\s)"
    return rf"{word}{on}|{after}{word}|{rather}{word}(?=\s*(?:[.,;)]|$))"


_ONE = r"(?:(?:of the|an?|but|specifically|namely)\s+){0,2}"
_OTHER_TONGUES = r"(?:cadencia|cadenza|cadence)[\s-]+(?:(?:autentica|authentique)[\s-]+)?"
_STOP = "[终終]止(?:式)?"
_FULL = r"(?:ganzschluss|authentische(?:r schluss| kadenz)?|kadenz)"
_NAMES = {
    "Phrygian": (
        r"phrygian(?!\s+(?:mode|scale))(?:[\s-]+half)?", r"phryg\.?(?:[\s-]+half)?", "phc",
        "phrygische[rs]?", rf"{_CADENZA}[\s-]+(?:frigia|phrygienne)",
    ),
    "IAC": (
        r"imperfect[\s,/(-]+(?:v7?-i\s+|full\s+)?authentic", r"authentic[\s-]+imperfect",
        rf"authentic(?:[\s-]+cadence)?[\s,:(-]+{_ONE}(?:imperfect|inverted)(?:\s+(?:one|type))?",
        r"i\.?a\.?c\.?", rf"(?:unvollkommene|imperfekte)[rs]?[\s-]+{_FULL}",
        rf"{_OTHER_TONGUES}(?:imperfecta|imperfetta|imperfeita|imparfaite)",
        r"(?:leading[\s-]tone|contrapuntal)(?=[\s-]+cadence)", rf"不完[全满満](?:正格)?{_STOP}",
    ),
    "PAC": (
        r"perfect[\s,/(-]+(?:v7?-i\s+|full\s+)?authentic", r"authentic[\s-]+perfect",
        rf"authentic(?:[\s-]+cadence)?[\s,:(-]+{_ONE}perfect(?:\s+(?:one|type))?",
        r"p\.?a\.?c\.?", _beside(r"perfect(?:\s+full)?"), r"perfect[\s-]+v7?-i(?=[\s-]+cadence)",
        rf"(?<!un)(?:vollkommene|(?<!im)perfekte)[rs]?[\s-]+{_FULL}",
        rf"{_OTHER_TONGUES}(?:perfecta|perfetta|perfeita|parfaite)",
        rf"完[全满満](?:正格)?{_STOP}|正格完[全满満]{_STOP}",
    ),
    "AC": (
        "authentic", _beside("full"), "ganzschluss", "authentische[rs]?",
        rf"{_CADENZA}[\s-]+autentica", "ac", rf"(?:正格|全){_STOP}",
    ),
    "HC": (
        _beside("half"), r"semi[\s-]?cadence", "semicadencia", "demi-?cadence", r"h\.?c\.?",
        _beside("imperfect"), _beside("open"), _beside("suspended"), r"dominant(?=[\s-]+cadence)",
        "halbschluss", "halbkadenz",
        r"(?:cadenza|cadencia)[\s-]+(?:sospesa|suspendida|suspensiva)", f"半{_STOP}",
        r"cad(?:ence|encia|enza) (?:on|en|sur|sulla) (?:the |la )?dominante?",
    ),
    "PC": (
        "plagal(?:e[rs]?)?", "amen", r"church(?=[\s-]+cadence)", r"p\.?c\.?", "plagalschluss",
        "plagalkadenz", rf"{_CADENZA}[\s-]+plagale?", f"[变変變]格{_STOP}",
    ),
    "DC": (
        "deceptive", "interrupted", _beside("evaded"), _beside("false"), _beside("broken"),
        _beside("surprise"), _beside("avoided"), "dc", "trugschluss", "trugkadenz",
        f"(?:阻碍|阻礙|[伪偽]){_STOP}",
        rf"{_CADENZA}[\s-]+(?:rota|rompue|evitee|evitada|interrompue|d'inganno)",
    ),
}  # fmt: skip
_CADENCE = Pattern(
    r"(?<![\w.])(?<!\w-)(?:"
    + "|".join(f"(?P<{label}>{'|'.join(names)})" for label, names in _NAMES.items())
    + rf")(?!\w)(?:[\s-]+{_NOUN}s?\b|[\s-]+{_CADENZA}\b|[\s-]+schluss\b)?",
    re.IGNORECASE,
)
_GENERAL = {"PAC": "AC", "IAC": "AC", "Phrygian": "HC"}

_FIGURES = r"(?:6/5|4/3|4/2|6/4|65|64|63|43|42|53|7|6|5|2)"
_SYMBOL = (
    rf"(?:[#b]?(?:VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(?:°|o|ø|\+|maj)?{_FIGURES}?(?:/V)?)"
)
_WORDS = {"subdominant": "IV", "submediant": "vi", "supertonic": "ii", "leading": "vii°",
          "dominant": "V", "tonic": "I"}  # fmt: skip
_WORD = (
    r"(?i:subdominant|submediant|supertonic|leading[\s-]tone|dominant|tonic)(?i:\s+seventh|\s+7th)?"
)
_CHORD = rf"(?:{_SYMBOL}|{_WORD})"
_LINK = (
    r"(?:\s{0,3}(?:-{1,2}>?|→|=>|>)\s{0,3}"
    r"|\s(?i:(?:chord|harmony|triad)\s)?(?i:(?:which\s)?(?:then\s)?"
    r"(?:resolv|mov|go|lead|progress|proceed|fall|return)[a-z]{0,4}\s)?"
    r"(?i:(?:directly|back|up|down|deceptively|unexpectedly)\s)?(?i:in)?(?i:to)\s(?i:the\s|an?\s)?)"
)
_CHAIN = Pattern(rf"(?<![\w#/.'-]){_CHORD}(?:{_LINK}{_CHORD}){{1,8}}(?![\w#°ø+/'])")
_EACH = Pattern(rf"(?<![A-Za-z]){_CHORD}(?![A-Za-z])")
_RESTS = Pattern(
    r"\b(?i:end|stop|paus|rest|halt|clos|conclud|finish|land|arriv|hang|com)[a-z]{0,5}\s"
    r"(?i:(?:phrase|there|to|a|rest|stop|close|an?|half)\s){0,3}(?i:on|at|with)\s(?i:the\s|an?\s)?"
    r"(?i:root[\s-]position\s)?(?:V|(?i:dominant))(?![\w-]|\s-|\s(?i:to|resol|going|mov)|7)"
)


@lru_cache(maxsize=4096)
def parse_cadence(text: str) -> str | None:
    """The label of the cadence that the text names and nothing else, or None.

    >>> parse_cadence("perfect authentic cadence")
    'PAC'
    """
    text = re.sub(r"^(?:an?|the)\s+", "", text.strip().rstrip("."), flags=re.IGNORECASE)
    if len(text) > 80:
        return None
    for form in (text, f"{text} cadence"):
        found = find_cadences(form)
        if len(found) == 1 and (found[0].start, found[0].end) == (0, len(form)):
            return found[0].value
    return None


def find_cadences(text: str) -> list[Mention[str]]:
    """The cadences that a text names, in order; "X cadence (Y)" is the narrower of the two."""
    found: list[Mention[str]] = []
    for m in _CADENCE.finditer(unaccented(text)):
        mention = Mention(_label(m), m.start(), m.end())
        before = found[-1] if found else None
        if before and re.fullmatch(r"\s*\(", text[before.end : mention.start]):
            one = narrower(before.value, mention.value)
            if one is not None and text[mention.end : mention.end + 1] == ")":
                found[-1] = Mention(one, before.start, mention.end + 1)
                continue
        found.append(mention)
    return found


def narrower(a: str, b: str) -> str | None:
    """The one of two labels that includes what the other says, or None."""
    if a == b or _GENERAL.get(a) == b:
        return a
    return b if _GENERAL.get(b) == a else None


def broader(a: str, b: str) -> str:
    """The more general of two labels of which one includes the other."""
    return b if _GENERAL.get(a) == b else a


def find_motions(text: str) -> list[Mention[str]]:
    """The cadences that a text describes by their chords, where these tell which."""
    found = []
    for m in _CHAIN.finditer(text):
        label = _motion([_symbol(chord) for chord in _EACH.findall(m[0])])
        if label:
            found.append(Mention(label, m.start(), m.end()))
    return found or [Mention("HC", m.start(), m.end()) for m in _RESTS.finditer(text)]


def _label(match: re.Match[str]) -> str:
    return str(match.lastgroup)


def _symbol(chord: str) -> str:
    word = re.match(r"[a-z]{5,}", chord.lower())
    return _WORDS[word[0]] if word else chord


def _motion(chords: list[str]) -> str | None:
    """The label of the last two of a chain of numerals."""
    last, final = chords[-2], chords[-1]
    parts = [
        re.fullmatch(r"([#b]?[IVXivx]+)([^\d/]*)([\d/]*)(/V)?", chord) for chord in (last, final)
    ]
    if None in parts:
        return None
    (a, _, a_figure, applied), (b, _, b_figure, _) = (m.groups() for m in parts if m)
    inverted = a_figure not in ("", "7", "53") or b_figure not in ("", "7", "53")
    if b in ("I", "i"):
        if a == "V" and not applied:
            return "IAC" if inverted else "AC"
        if a in ("IV", "iv"):
            return "PC"
        return "IAC" if a == "vii" else None
    if a == "V" and not applied:
        return "DC" if b in ("vi", "VI", "bVI") else None
    if b == "V" and b_figure in ("", "7", "53"):
        return "Phrygian" if a == "iv" and a_figure in ("6", "63") else "HC"
    return None
