"""How questions of theory are put: which relation they ask for, of what.

Conventions
-----------
A question is read if it is put in one of these ways to its end, and denies nothing; any other
is left alone, for an alarm at a right answer is worse than a wrong one that is let through.
Where the question names one key first ("The piece is in D major, so ..."), "its" is that key's.

=============  =====================================================================
relation       for example
=============  =====================================================================
``related``    What is the relative minor of D major? Name D major's parallel key.
``degree``     What is the dominant of D major? In D major, which note is the fourth
               degree? D is the dominant of which key?
``place``      Which scale degree of D major is F sharp?
``signature``  What is the key signature of E major? How many sharps are in E major?
``key``        Which minor key has three flats? Name the major key with two sharps.
``interval``   What interval is C to G? Name the interval from C down to G.
``note``       Which note is a perfect fifth above C? A minor third below E is?
``members``    What notes make a D major triad? Spell G7. List the notes of D major.
``numeral``    Which numeral is A7 in D major? What is the roman numeral of A7 in D?
``chord``      Which chord is V in D major? In D major, what is the IV chord?
``size``       How many semitones are in a perfect fifth?
``sound``      What is the enharmonic equivalent of C sharp?
``meter``      Which time signature has six eighth notes per bar?
``bar``        How many beats are in a bar of 3/4?
=============  =====================================================================
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from rewards.patterns import Pattern
from rewards.text import fold

_READ = 600  # characters of a question
_LETTER = r"(?-i:[A-G])(?:[ -](?:sharp|flat)\b|[#b]{1,2})?"
_NOTE = rf"{_LETTER}(?![\w#])"
_KEY = rf"{_LETTER}(?:[ -](?:major|minor))?(?![\w#])"
_CHORD = (
    rf"{_LETTER}(?:m|maj7|m7|7|dim7?|aug)?(?:[ -](?:major|minor|diminished|augmented))?"
    r"(?: (?:dominant )?seventh)?(?![\w#])"
)
_NUMERAL = r"(?-i:[b#]?(?:VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)[o°+]?7?)(?![\w#])"
_COUNT = r"(?P<count>no|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{1,2})"
_MODE = r"(?: (?P<mode>major|minor))?"
_DEGREE = (
    r"(?P<degree>tonic|supertonic|mediant|subdominant|dominant|submediant|leading[ -](?:tone|note)"
    r"|(?:first|second|third|fourth|fifth|sixth|seventh|1st|2nd|3rd|4th|5th|6th|7th)"
    r"(?: scale)? degree)"
)
_OF = (
    rf"(?: (?:of|in|to|for)(?: the)?(?: (?:key|scale)(?: of)?)?(?: (?P<key>{_KEY})"
    r"(?: (?:major )?scale)?))?"
)
_ASK = (
    r"(?:\b(?:what|which)(?: (?:key|note|pitch|tone|chord|triad|interval|(?:scale )?degree))?"
    r"(?:'s| is| are)|\b(?:name|give|state|identify|write|spell|list)(?: me)?)"
)
_HOW_MANY = r"(?P<signs>(?:sharps|flats|accidentals)(?: (?:or|and) (?:sharps|flats))?)"
_INTERVAL = r"(?P<interval>(?:[a-z]+ )?[a-z]+|\d\w\w|[PMmAd]\d)"
_COUNTS = r"(?:two|three|four|five|six|seven|eight|nine|twelve|\d{1,2})"
_VALUES = r"(?:half|quarter|eighth|sixteenth)"
_METER = r"\d{1,2}/(?:2|4|8|16)(?!\d)"
_END = r"(?= ?(?:[?.:!(]|$))"

_FORMS: dict[str, tuple[str, ...]] = {
    "related": (
        rf"{_ASK} (?:the |its )(?P<relation>relative|parallel){_MODE}(?: key| scale)?{_OF}",
        rf"\b(?:the|its) (?P<relation>relative|parallel){_MODE}(?: key)?{_OF} is"
        r"(?: what| which key)?",
        rf"{_ASK} (?P<key>{_KEY})'s (?P<relation>relative|parallel){_MODE}(?: key)?",
        rf"(?P<key>{_KEY}) is the (?P<relation>relative|parallel)(?: major| minor)?(?: key)? "
        rf"(?:of|to) (?:what|which){_MODE}(?: key)?",
        rf"\b(?:what|which){_MODE} key is (?P<relation>relative|parallel) to (?P<key>{_KEY})",
    ),
    "degree": (
        rf"{_ASK} (?:the |its ){_DEGREE}(?: (?:note|chord|triad|key|pitch|tone))?{_OF}",
        rf"\b(?:the|its) {_DEGREE}(?: (?:note|chord|triad))?{_OF} is(?: what| which note)?",
        rf"{_ASK} (?P<key>{_KEY})'s {_DEGREE}(?: (?:note|chord|triad))?",
        rf"(?P<note>{_NOTE}) is the {_DEGREE} of (?:what|which){_MODE} key",
    ),
    "place": (
        rf"\b(?:what|which) (?:scale )?degree (?:of|in)(?: the)? (?P<key>{_KEY})(?: scale)? is "
        rf"(?:the note )?(?P<note>{_NOTE})",
        rf"\b(?:what|which) (?:scale )?degree is (?:the note )?(?P<note>{_NOTE})"
        rf"(?: (?:of|in)(?: the)?(?: key of)? (?P<key>{_KEY})(?: scale)?)?",
        rf"(?P<note>{_NOTE}) is (?:what|which) (?:scale )?degree (?:of|in)(?: the)? "
        rf"(?P<key>{_KEY})(?: scale)?",
    ),
    "signature": (
        rf"\bhow many {_HOW_MANY}(?: (?:are|is)(?: there)? in| does| do| has| have| in)"
        rf"(?: the| its)?(?: (?:key )?signature| key| scale)?(?: (?:of|for))?"
        rf"(?: it| (?P<key>{_KEY}))?(?: have| contain| use)?(?: in its (?:key )?signature)?",
        rf"(?P<key>{_KEY}) has how many {_HOW_MANY}",
        rf"{_ASK} (?:the |its )(?:key )?signature{_OF}",
        rf"{_ASK} (?P<key>{_KEY})'s (?:key )?signature",
        rf"\b(?:what|which) (?:key )?signature (?:does|belongs to)(?: it| (?P<key>{_KEY}))"
        r"(?: have| use| take)?",
        rf"\b(?:the|its) (?:key )?signature{_OF} is(?: what)?",
    ),
    "key": (
        rf"\b(?:what|which){_MODE} key (?:has|uses|contains|takes)(?: a (?:key )?signature of)? "
        rf"{_COUNT} (?P<sign>sharp|flat)s?(?: in its (?:key )?signature)?",
        rf"{_ASK} (?:the|a){_MODE} key (?:with|of|that has)(?: a (?:key )?signature of)? "
        rf"{_COUNT} (?P<sign>sharp|flat)s?(?: in its (?:key )?signature)?",
        rf"\b(?:key )?signature of {_COUNT} (?P<sign>sharp|flat)s? "
        rf"(?:indicates|means|belongs to|denotes|implies) (?:what|which){_MODE} key",
        rf"\b{_COUNT} (?P<sign>sharp|flat)s? (?:is|are|make) the (?:key )?signature of "
        rf"(?:what|which){_MODE} key",
    ),
    "interval": (
        rf"\b(?:what|which|name|identify|give)(?: is)?(?: the)? interval"
        rf"(?: is| lies| is formed| is there)?(?: it)?(?: from| between| by)? "
        rf"(?P<low>{_NOTE})(?P<way> up to | down to | to | and |-)(?P<high>{_NOTE})",
        rf"\b(?P<low>{_NOTE})(?P<way> up to | down to | to )(?P<high>{_NOTE}) "
        r"(?:is|forms|makes) (?:what|which|a|an)(?: kind of)?(?: interval)?",
    ),
    "note": (
        rf"\b(?:what|which)(?: note| pitch| tone)?(?: is| lies| sits)(?: an?| the)? {_INTERVAL} "
        rf"(?P<way>above|below|up from|down from) (?P<low>{_NOTE})",
        rf"\ban? {_INTERVAL} (?P<way>above|below|up from|down from) (?P<low>{_NOTE}) "
        r"is(?: what| which)?(?: note)?",
    ),
    "members": (
        rf"\b(?:what|which)(?: three| four| seven)? (?:notes|pitches|tones) "
        rf"(?:make(?: up)?|form|spell|are in|belong to|constitute)(?: the| an?)? "
        rf"(?P<name>{_CHORD})(?: (?P<what>triad|chord|scale))?",
        rf"{_ASK} the (?:notes|pitches|tones) (?:of|in)(?: the| an?)? "
        rf"(?P<name>{_CHORD})(?: (?P<what>triad|chord|scale))?",
        rf"\bspell(?: out)?(?: the| an?)? (?P<name>{_CHORD})(?: (?P<what>triad|chord|scale))?",
    ),
    "numeral": (
        rf"\b(?:which|what) (?:roman )?numeral (?:is|describes|labels)(?: the)? (?P<name>{_CHORD})"
        rf"(?: chord| triad)?(?: in (?P<key>{_KEY}))?",
        rf"\b(?:which|what) (?:roman )?numeral does(?: the| an?)? (?P<name>{_CHORD})"
        rf"(?: chord| triad)? (?:have|get|take)(?: in(?: the key of)? (?P<key>{_KEY}))?",
        rf"{_ASK} the (?:roman )?numeral (?:of|for)(?: the| an?)? (?P<name>{_CHORD})"
        rf"(?: chord| triad)?(?: in (?P<key>{_KEY}))?",
    ),
    "chord": (
        rf"\b(?:which|what)(?: chord| triad)? is(?: the)? (?P<numeral>{_NUMERAL})(?: chord| triad)?"
        rf"(?: (?:of|in) (?P<key>{_KEY}))?",
        rf"\bname the (?P<numeral>{_NUMERAL}) (?:chord|triad)(?: (?:of|in) (?P<key>{_KEY}))?",
    ),
    "size": (
        r"\bhow many (?:semitones|half[ -]?steps) (?:are (?:there )?in|does|in|make(?: up)?|span)"
        rf"(?: an?| the)? {_INTERVAL}(?: have| span| contain)?",
    ),
    "sound": (
        r"\benharmonic(?:ally)? (?:equivalent|equal|spelling|name)(?: of| to| for) "
        rf"(?P<note>{_NOTE})",
    ),
    "meter": (
        rf"\b(?:what|which) (?:time signature|met(?:er|re)) (?:has|holds|contains) (?P<bar>(?:"
        rf"{_COUNTS} (?:dotted )?(?:{_VALUES} )?(?:notes?|beats?)) (?:per|in (?:a|each|every|the)) "
        rf"(?:bar|measure))(?:,? grouped in \w+)?",
    ),
    "bar": (
        rf"\bhow many (?P<what>(?:{_VALUES}[ -]notes?|beats?)) (?:are|fit|are there)?(?: ?in)? ?"
        rf"(?:a|one|each|every) (?:bar|measure) (?:of|in) (?P<meter>{_METER})(?: time)?",
        rf"\bhow many (?P<what>(?:{_VALUES}[ -]notes?|beats?)) does (?P<meter>{_METER}) have "
        r"(?:per|in (?:a|each)) (?:bar|measure)",
        rf"\bhow many (?P<what>{_VALUES}[ -]notes?) (?:fill|make(?: up)?) (?:a|one) "
        rf"(?:bar|measure) (?:of|in) (?P<meter>{_METER})(?: time)?",
    ),
}  # fmt: skip
_PATTERNS = {
    relation: tuple(Pattern(form + _END, re.IGNORECASE) for form in forms)
    for relation, forms in _FORMS.items()
}
_DENIES = Pattern(
    r"\b(?:not|except|isn't|aren't|doesn't|wrong|incorrect|false|untrue|invalid|mistakes?"
    r"|errors?|never|other than|without)\b",
    re.IGNORECASE,
)
_TURNED = Pattern(
    r"\b(?:down|downwards?|descend\w*|fall\w*|below|lower|invert\w*|inversion)\b", re.IGNORECASE
)
_NAMED = Pattern(rf"\b{_LETTER}[ -](?:major|minor)(?! (?:triad|chord|third|second|sixth))\b", re.I)
_HOME = Pattern(
    rf"\b(?:in|key is|key of)(?: the key of)? ({_LETTER}[ -](?:major|minor))(?![\w#])", re.I
)


def asked(question: str) -> tuple[str, Mapping[str, str]] | None:
    """The relation that a question asks for and what it names, or None.

    What it names is as it is written: ``key``, ``relation``, ``mode``, ``degree``, ``count``,
    ``sign``, ``signs``, ``low``, ``high``, ``way``, ``interval``, ``name``, ``what``,
    ``numeral``, ``note``, ``bar``, ``meter``; only what is there.
    """
    text = " ".join(fold(question[:_READ]).split())
    if denies(text):
        return None
    for relation, patterns in _PATTERNS.items():
        for pattern in patterns:
            found = pattern.search(text)
            if found is None or text.count("?", found.end()) > 1:
                continue
            named = {name: value for name, value in found.groupdict().items() if value}
            if "key" not in named and "key" in found.groupdict():
                if (home := _home(text[: found.end()])) is None:
                    continue
                named["key"] = home
            if named.get("way") == " to " and _TURNED.search(text):
                named["way"] = " and "
            return relation, named
    return None


def denies(question: str) -> bool:
    """True if a question denies something, or asks for what is false."""
    return _DENIES.search(fold(question[:_READ])) is not None


def _home(text: str) -> str | None:
    """The one key that a text names, if it says that something is in it."""
    home = _HOME.search(text)
    named = {name.replace("-", " ").casefold() for name in _NAMED.findall(text)}
    return home[1] if home and len(named) == 1 else None
