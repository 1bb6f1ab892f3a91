"""Which names of a vocabulary a text asserts, offers as alternatives, or makes up.

Conventions
-----------
Texts are plain (``rewards.text.plain``), line by line. What is not said of a name counts
nothing: articles, descriptions ("playing softly"), where and how it is played.

========================================  ==========================================
text                                      names
========================================  ==========================================
acoustic and electric guitars             acoustic guitar, electric guitar
voice (female)                            female voice
a guitar, more precisely an acoustic one  acoustic guitar
brass: trumpet and trombone               trumpet, trombone
swing jazz                                swing, a kind of jazz
no piano; the harp is missing             none
piano or organ                            two alternatives
piano/organ                               two alternatives, unless both are asked for
piano, blah                               piano, and a name that nobody knows
piano, slow and gentle                    piano
========================================  ==========================================
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from rewards.patterns import Pattern
from rewards.spelling.asides import settled
from rewards.spelling.keys import find_keys
from rewards.spelling.mentions import Mention, asserted
from rewards.spelling.ontology import Ontology, Vocabulary, ontology
from rewards.spelling.tempo_terms import terms

_SHARED_HEAD = Pattern(
    r"\b([\w']{1,24})(\s*(?:,|&|\+|/|,?\s*\band\b|,?\s*\bor\b)\s*(?:(?:an?|the)\s+)?)"
    r"([\w']{1,24})\s([\w']{1,24})"
)
_BRACKET = Pattern(r"\b([\w']{1,24})\s\(([\w']{1,24})\)")
_OR = Pattern(r"\s*,?\s*\b(?:or|vs\.?|versus)\b\s*(?:(?:else|maybe|perhaps|possibly|an?|the)\s+)*")
_STROKED = Pattern(r"[^\s,;/]{1,40}(?:/[^\s,;/]{1,40}){1,40}")
_SLASH = Pattern(r"\s*/\s*")
_COMMA = Pattern(r"\s*,\s*(?:(?:an?|the)\s+)?")
_OPENS = Pattern(
    r"\s*(?:sections?|family|instruments?|ensembles?|bands?)?\s*(?:[:(]|-\s|,?\s*(?:such as"
    r"|including|namely|especially|like)\b)\s*(?:(?:an?|the)\s+)?"
)
_BESIDE = Pattern(r"\s*(?:music|style)?\s*")
_ABSENT = Pattern(
    r"\s*(?:parts?|sections?|sounds?)?\s*(?:(?:is|are|was|were|seems?|remains?)(?: to be)?"
    r"(?: \w{1,12}ly)? (?:absent|missing|lacking|silent|left out|not\b)"
    r"|[:=]\s*(?:no|none|absent|false|not present|0)\b|\((?:no|none|absent|not present)\))"
)
# Words that look like a name and mean something else there.
_NO_NAME = Pattern(
    r"\bbass (?:notes?|register|clef|tones?|frequenc\w{1,4}|range|motion)\b|\bvoice leading\b"
    r"|\b(?:major|minor|related|different) keys?\b|\bkeys? (?:of|changes?)\b|\bkey is\b"
    r"|\b(?:hammered|struck|vibrating|open|metal|its) strings\b|\bon the piano keys\b"
    r"|\bpower chords?\b|\blow end\b"
)
_WITHOUT = Pattern(r"\b(?:sin|sans|ohne|senza|sem|zonder)\b")
# What follows gives reasons, not names: "because of the hammered strings".
_REASON = Pattern(
    r"\b(?:because|due to|given (?:that|the|its|their|an?)|based on|judging (?:by|from))\b[^.,;\n]*"
)
_CLAUSE = Pattern(r"\b(?:is|are|was|has|have|had|which|that|sounds?|can|could|will|would|hear)\b")
_SPLIT = Pattern(r"[,;:\n•|/]|\.(?=\s|$)|\s\+\s|\s&\s|\s-\s|\b(?:and|with|plus|or|then|vs)\b")
_DENIED = Pattern(r"(?:no|not|without|but|never|nor|neither|nothing|none)\b")
_DRESS = Pattern(r"[\[\]{}\"'*.()!?#]|^\s*[-\d]+[.)]?\s")
_UNKNOWN_WORDS = 3
_DESCRIPTION = """
course timbre pedal sustain percussive sweet smooth dry wet option answer a an the some any all
both only just mainly mostly primarily also too as in on at of for to by from it its it's i hear
is are was be there this that these those which who solo duo trio duet quartet quintet ensemble
band group section sections part parts melody melodies harmony harmonies accompaniment chords
chord background foreground backing lead main layer layers line lines rhythm rhythms beat
backbeat shuffle groove sound sounds tone texture instrument instruments role instrumental
instrumentation kit genre genres subgenre subgenres mood moods style styles music musical piece
song track tune feel feeling atmosphere vibe sense sets tempo slow fast medium moderate soft
loud gentle quiet warm bright deep heavy light low high rich clear clean distorted muted plucked
bowed acoustic electric electronic live expressive lyrical simple sparse dense full steady
upbeat calm sad happy later again first second third one two three four several many few other
others more etc cetera else things yes same such very quite rather so throughout beginning end
intro outro verse chorus bridge left right hand channel mix center time minor major key hard
edge edgy explanation reason reasoning note prominent subtle lots plenty bit traditional modern
classical typical elements influences influence touch hint fact playing played plays features
featuring like most likely i.e maybe perhaps possibly probably sings accompanies supports enters
think believe guess suppose opinion assume certain sure recording performance alone together
staccato legato pizzicato arco tremolo vibrato reverb delay effects effect bpm around about
approximately roughly circa
"""
_DESCRIBES = frozenset(_DESCRIPTION.split())
_TAIL = ("ly", "ing")


@lru_cache(maxsize=4096)
def names(
    vocabulary: Vocabulary, text: str, wanted: tuple[str, ...]
) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a plain text asserts, and those it offers as alternatives."""
    known = ontology(vocabulary)
    text = _WITHOUT.sub(lambda m: "not".ljust(len(m[0])), text)
    for pattern in (_NO_NAME, _REASON):
        text = pattern.sub(lambda m: " " * len(m[0]), text)
    text = _spelled_out(known, _STROKED.sub(lambda m: _apart(known, m[0]), text))
    everything = _mentions(known, text, wanted)
    stated = [m for m in asserted(text, everything) if not _ABSENT.match(text, m.end)]
    stated = settled(text, stated, known.related)
    stated = _narrowed(known, text, stated, wanted)
    hedged = _alternatives(known, text, stated, wanted)
    said = {m.value for m in stated} - hedged
    return frozenset(said | _unknown(vocabulary, text, everything)), frozenset(hedged)


def _mentions(known: Ontology, text: str, wanted: tuple[str, ...]) -> list[Mention[str]]:
    """Known names, and the true ones that no vocabulary knows."""
    found = known.find(text)
    for name in wanted:
        if name in known.names:
            continue
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?:e?s)?(?!\w)", text):
            found = [m for m in found if m.end <= match.start() or match.end() <= m.start]
            found.append(Mention(name, match.start(), match.end()))
    return sorted(found, key=lambda m: m.start)


def _apart(known: Ontology, stroked: str) -> str:
    """ "guitar/piano" as two words; "singer/songwriter" is one name."""
    return stroked if stroked in known.canonical else stroked.replace("/", " / ")


def _spelled_out(known: Ontology, text: str) -> str:
    """ "acoustic and electric guitars" and "guitar (acoustic)" as names of two words."""

    def both(m: re.Match[str]) -> str:
        first, second = f"{m[1]} {m[4]}", f"{m[3]} {m[4]}"
        if known.canonical.get(m[1]) == m[1]:  # "piano and organ solo"
            return m[0]
        if first in known.canonical and second in known.canonical:
            return f"{first}{m[2]}{second}"
        return m[0]

    def turned(m: re.Match[str]) -> str:
        name = f"{m[2]} {m[1]}"
        return name if name in known.canonical and m[1] in known.canonical else m[0]

    return _BRACKET.sub(turned, _SHARED_HEAD.sub(both, text))


def _narrowed(
    known: Ontology, text: str, stated: list[Mention[str]], wanted: tuple[str, ...]
) -> list[Mention[str]]:
    """Without the names that only lead to their kinds: "brass: trumpet", "swing jazz"."""
    dropped: set[int] = set()
    for first, second in pairwise(stated):
        between = text[first.end : second.start]
        opens = first.value in known.ancestors(second.value) and _OPENS.fullmatch(between)
        if opens and first.value not in wanted:
            dropped.add(first.start)
        elif known.related(first.value, second.value) and _BESIDE.fullmatch(between):
            general = first if first.value in known.ancestors(second.value) else second
            if general.value not in wanted:
                dropped.add(general.start)
    return [m for m in stated if m.start not in dropped]


def _alternatives(
    known: Ontology, text: str, stated: list[Mention[str]], wanted: tuple[str, ...]
) -> set[str]:
    """The names that "or", or a stroke between one that is asked and one that is not, joins.

    Where one name is asked for, a list that ends in "or" is one of alternatives as a whole.
    """
    hedged: set[str] = set()
    for first, second in pairwise(stated):
        between = text[first.end : second.start]
        if known.alike(first.value, second.value):
            continue
        both = first.value in wanted and second.value in wanted
        stroke = _SLASH.fullmatch(between) and not both
        if stroke and known.related(first.value, second.value):
            continue
        if _OR.fullmatch(between) or stroke:
            hedged |= {first.value, second.value}
            if len(wanted) == 1:
                hedged |= _before(text, stated, first)
    return hedged


def _before(text: str, stated: list[Mention[str]], last: Mention[str]) -> set[str]:
    """The names of the list that leads to ``last`` over commas."""
    at = stated.index(last)
    found: set[str] = set()
    while at > 0 and _COMMA.fullmatch(text[stated[at - 1].end : stated[at].start]):
        at -= 1
        found.add(stated[at].value)
    return found


def _unknown(vocabulary: Vocabulary, text: str, mentions: list[Mention[str]]) -> set[str]:
    """Short items of a list that hold no known name, of this vocabulary or another."""
    pieces = _SPLIT.split(text)
    if len(pieces) < 2:
        return set()
    found: set[str] = set()
    at = 0
    for piece in pieces:
        start = text.find(piece, at)
        at = start + len(piece)
        if any(m.start < at and start < m.end for m in mentions):
            continue
        if _DENIED.match(piece.strip()) or _CLAUSE.search(piece):
            continue
        words = _DRESS.sub("", piece.strip()).split()
        if find_keys(piece):
            continue  # "in A flat major"
        if any(w.endswith("ed") for w in words[:2]):
            continue  # "both recorded in a large hall"
        words = [w for w in words if w not in _DESCRIBES and not w.endswith(_TAIL)]
        words = [w for w in words if len(w) > 1 and not any(c.isdigit() for c in w)]
        name = " ".join(words)
        if 0 < len(words) <= _UNKNOWN_WORDS and not _elsewhere(vocabulary, name):
            found.add(name)
    return found


def _elsewhere(vocabulary: Vocabulary, name: str) -> bool:
    """True for a name of another vocabulary or a tempo term."""
    if terms(name):
        return True
    others: tuple[Vocabulary, ...] = ("instruments", "genre", "mood")
    return any(ontology(other).find(name) for other in others if other != vocabulary)
