"""What a reasoned sentence concludes: "E and C make a minor sixth" says that it is one.

Conventions
-----------
Who gives the reason and the name in one sentence states a proposition of theory, and with it the
asked fact. So where nothing in the think part plainly claims a value of the asked type, a plain
proposition that names one is that claim as well:

========  =================  ============================================================
relation  asked type         names a value of the clip
========  =================  ============================================================
interval  interval           "E and C make a minor sixth"
members   chord, key, mode   whose notes come first: "A, C, E: A minor", that is said of the
                             clip: "it's an A minor triad: A, C, E"; a name that is then
                             explained ("A minor has A, C and E") is defined, if it is no symbol
                             that the answer repeats ("Am9 has A, C, E, G, B"), the only one
numeral   roman              "A7 is V7 in D"
a degree  function           "A is the dominant of D"; the relation that is asked, of its key
a degree  modulation         of the key that is moved to: "to A major, the dominant"
relative  key                said of the clip: "This is the relative of G major, E minor"
signature key_signature      "E flat major has three flats"
signature key                that is explained: "D minor, which has one flat"
========  =================  ============================================================

What is only weighed ("E to B would be a fifth") is none, but for the value that is left, and
answered, where two others at least are denied. Of several propositions the one counts that the
answer agrees with, else the last: a list of them is one guess.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rewards.claims.records import Claim
from rewards.claims.relations import Relation, stated
from rewards.claims.text.words import word_set
from rewards.claims.verify.contradictions import agree
from rewards.claims.verify.settling import before, states
from rewards.claims.verify.theory import DEGREES, PROPOSITION
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import harte
from rewards.spelling.keys import parse_key
from rewards.spelling.modes import parse_mode
from rewards.text import fold

_FEWEST_DENIED = 2
"""Others that must be denied where one is left."""
_SCALE = 5
"""Fewer notes than these are those of a chord."""
_ENDS_IN_NOTES = re.compile(r"(?<!on )\b[A-G](?:[#b♯♭x]|[ -](?:sharp|flat|natural))*\W*\Z")
_ANY = re.compile(r"\b(?:an?|any|every|each|all)\s+$", re.IGNORECASE)
_WEIGHS = word_set("would could might may if or either neither nor not unlike suppose 'd would've")
_WORD = re.compile(r"[a-z']+")


def concluded(
    claims: Sequence[Claim],
    wanted: str | None,
    answers: Sequence[Claim],
    text: str,
    relation: Relation | None = None,
) -> list[Claim]:
    """The claims of a think part, and the conclusion of the asked type that none of them is.

    Args:
        claims: in order, spans in ``text``.
        wanted: the type of the asked fact, if one is asked.
        answers: what the answer stands for.
        text: the raw completion.
        relation: what a question of theory alone asks.
    """
    said = [claim for claim in claims if claim.type == wanted and claim.plain]
    given = [answer for answer in answers if answer.type == wanted]
    if wanted is None or any(_fits(claim, given) for claim in said):
        return list(claims)
    if (left := _left(claims, wanted, given)) is not None:
        return [replace(claim, modality="asserted") if claim is left else claim for claim in claims]
    drawn = [
        replace(claim, type=wanted, value=value)
        for claim in claims
        if claim.type == "textbook" and claim.plain
        and (value := _named(claim, wanted, text, relation)) and not _weighed(claim, text)
    ]  # fmt: skip
    if not drawn and wanted == "chord" and given:
        symbols = [one for claim in claims if (one := _symbol(claim, text))]
        drawn = [one for one in symbols[:1] if len(symbols) == 1 and _fits(one, given)]
    fitting = [one for one in drawn if _fits(one, given)]
    kept = fitting if said else fitting or drawn
    return sorted([*claims, *kept[-1:]], key=lambda claim: claim.start)


def _fits(claim: Claim, given: Sequence[Claim]) -> bool:
    """Does the answer, if it has a value, allow that of a claim?"""
    return not given or any(agree(claim.type, claim, answer) for answer in given)


def _left(claims: Sequence[Claim], wanted: str, given: Sequence[Claim]) -> Claim | None:
    """ "Blues? No. Gospel? Nor that. Bossa nova: ...": what is weighed and left, and answered."""
    weighed = [claim for claim in claims if claim.type == wanted]
    denied = [claim for claim in weighed if claim.polarity == "denied"]
    if not given or len({str(claim.value) for claim in denied}) < _FEWEST_DENIED:
        return None
    if any(_fits(claim, given) for claim in denied):
        return None
    spared = [claim for claim in weighed if claim.modality == "hypothetical"]
    return next((one for one in reversed(spared) if _fits(one, given)), None)


def _named(claim: Claim, wanted: str, text: str, asked: Relation | None = None) -> str | int | None:
    """The value of the wanted type that a proposition gives the clip, or what is asked."""
    found = PROPOSITION.fullmatch(str(claim.value))
    if found is None:
        return None
    relation, about, value = found.groups()
    if wanted == "function" and asked is not None:
        return stated((relation, about, value), asked)
    if (relation, wanted) in (("interval", "interval"), ("numeral", "roman")):
        return value
    if relation in DEGREES and wanted == "function":
        return relation
    if relation in DEGREES and wanted == "modulation":
        return _goal(claim, text)
    if relation == "relative" and wanted == "key":
        return value if states(text, claim.start) else None
    if relation == "signature" and wanted == "key_signature":
        return int(value)
    if relation == "signature" and wanted == "key":
        return about if _aside(claim, text) else None
    if relation == "members" and not _explained(claim, text):
        return _owner(about, wanted, len(value.split()))
    return None


def _goal(claim: Claim, text: str) -> str | None:
    """The key that is moved to, told by its degree: "to G major, the dominant"."""
    key = parse_key(fold(text[claim.start : claim.end].partition(",")[0]))
    to = re.search(r"\b(?:to|into) (?:the key of )?$", before(text, claim.start))
    return key.name if key and to else None


def _explained(claim: Claim, text: str) -> bool:
    """Does a name stand before its notes, said of nothing: "A minor has A, C and E"?"""
    notes_last = _ENDS_IN_NOTES.search(text[claim.start : claim.end]) is not None
    return notes_last and not states(text, claim.start)


def _aside(claim: Claim, text: str) -> bool:
    """Is a name put forward, and its signature only added: "D minor, which has one flat"?"""
    lead = before(text, claim.start).rpartition("<think>")[2]
    begins = states(text, claim.start) or not lead.strip()
    return begins and not {",", "("}.isdisjoint(text[claim.start : claim.end])


def _symbol(claim: Claim, text: str) -> Claim | None:
    """The chord whose symbol is explained: "D9 contains D, F#, A, C, E", not "a D9 contains"."""
    said, lead = text[claim.start : claim.end], before(text, claim.start)
    if claim.type != "textbook" or not claim.plain or _ANY.search(lead) or _weighed(claim, text):
        return None
    symbol = said.split(maxsplit=1)[0].rstrip(":,=")
    chord = parse_chord(fold(symbol)) if len(symbol) > 1 else None
    named = chord is not None and str(claim.value).startswith(f"members of {harte(chord)} is ")
    return replace(claim, type="chord", value=harte(chord)) if chord and named else None


def _owner(name: str, wanted: str, notes: int) -> str | None:
    """What so many notes are those of, as a value of the wanted type."""
    if wanted == "chord":
        chord = parse_chord(name) if notes < _SCALE or ":" in name else None
        return harte(chord) if chord else None
    scale = parse_mode(name) if notes >= _SCALE else None
    key = parse_key(name)
    if wanted == "key" and scale and key:
        return key.name
    return scale.name if wanted == "mode" and scale else None


def _weighed(claim: Claim, text: str) -> bool:
    said = before(text, claim.start) + text[claim.start : claim.end]
    return not _WEIGHS.isdisjoint(_WORD.findall(said.lower().replace("’", "'")))
