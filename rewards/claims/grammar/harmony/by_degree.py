"""Chords and notes told by their degree: "the last chord is V of F", "it closes on its mediant".

Conventions
-----------
Where a chord is asked, the degree on which the music ends is a chord; where a numeral is, what "it
is" is its numeral; elsewhere it is a note, if it is not said to be a chord. The home is the key
behind the degree, else one that its sentence names, else the key at home, else not known yet
(``rewards/claims/degrees.py``).
"""

from __future__ import annotations

from rewards.claims.context import Context, Found, before
from rewards.claims.degrees import numeral, of_home, placed
from rewards.claims.grammar.harmony.reader import EDGES
from rewards.claims.grammar.pitch.degrees import OFFICES, degrees
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.grammar.pitch.items import items
from rewards.claims.grammar.pitch.sense_words import CHORD_SUBJECTS
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set
from rewards.spelling.keys import Key, parse_key
from rewards.spelling.notes import Note, parse_note

_ARTICLES = word_set("the a an its simply just plain")
_IS = word_set("is = : being be was 's")
_ON = word_set("on with at")
_PLACES = EDGES | dict.fromkeys(word_set("rest rests settles settle"), "final")
_FAR = 9


def notes(sentence: Sentence, context: Context, used: set[int]) -> list[Item]:
    """The degrees of a sentence as names of notes, without those that belong to a proposition."""
    found: list[Item] = []
    for degree in sentence.once(degrees) if context.facet == "note" else ():
        if degree.first in used or degree.chordal or degree.told or _chord(sentence, degree.first):
            continue
        if _edge(_lead(sentence, degree.first)) is None:
            continue  # "it leaps to the tonic"
        home = _home(sentence, context, degree.about)
        value = placed("note", degree.name, home) if home else None
        note = parse_note(value) if value else None
        name = "" if note else of_home(degree.name)
        found.append(Item("note", degree.first, degree.last, note or Note(0), degree=name))
    return found


def read(sentence: Sentence, context: Context) -> None:
    """Take down the last or first chord that is told by its degree."""
    if context.facet == "roman":
        _numerals(sentence, context)
        return
    asked = context.facet == "chord"
    for degree in sentence.once(degrees):
        place = _chord(sentence, degree.first)
        if place is None and (asked or degree.chordal):
            place = _rests(sentence, degree.first)
        name = OFFICES.get(degree.name)
        if place and name and (not degree.told or _home(sentence, context, degree.about)):
            _add(sentence, context, name, (degree.first, degree.end), degree.about, place)
    kinds = sentence.kinds
    for at in range(len(kinds)) if "R" in kinds else ():
        if kinds[at] != "R" or "-" in kinds[at + 1 : at + 2]:
            continue
        place = _chord(sentence, at) or (asked and _rests(sentence, at)) or None
        if place:
            about = None
            if sentence.words[at + 1 : at + 2] in (["of"], ["in"]):
                about = next((one for one in sentence.once(items) if one.first == at + 2), None)
            last = about.last if about else at
            _add(sentence, context, sentence.values[at], (at, last), about, place)


def _numerals(sentence: Sentence, context: Context) -> None:
    """ "It is the dominant seventh of E flat major", where a numeral is asked."""
    for degree in sentence.once(degrees):
        name, lead = OFFICES.get(degree.name), _lead(sentence, degree.first)
        ends = sentence.kinds[degree.end + 1 : degree.end + 2] in ("", ",", ";", ":", ")")
        said = (not lead or lead[-1] in _IS) and "function" not in lead
        if name and ends and said and not degree.told:
            home = _home(sentence, context, degree.about)
            form = numeral(name, home.mode if home else "major")
            context.add(Found("roman", form, degree.first, degree.end))


def _add(
    sentence: Sentence,
    context: Context,
    name: str,
    span: tuple[int, int],
    about: Item | None,
    place: str,
) -> None:
    home = _home(sentence, context, about)
    value = placed("chord", name, home) if home else of_home(name)
    if value:
        context.add(Found("chord", value, *span, frozenset((place,))))


def _home(sentence: Sentence, context: Context, about: Item | None) -> Key | None:
    """The key of a degree."""
    if about is not None:
        return (context.on(about.note) if about.kind == "note" else None) or about.key
    said = [one for one in context.found if one.type == "key"]
    return parse_key(str(said[-1].value)) if said else context.home or context.key


def _chord(sentence: Sentence, first: int) -> str | None:
    """The place of a chord that is said to be what follows: "the last chord is"."""
    lead = _lead(sentence, first)
    if lead[-1:] == [] or lead[-1] not in _IS or CHORD_SUBJECTS.isdisjoint(lead):
        return None
    return _edge(lead)


def _rests(sentence: Sentence, first: int) -> str | None:
    """The place of what the music ends, or begins, on."""
    lead = _lead(sentence, first)
    if lead[-1:] == [] or lead[-1] not in _ON:
        return None
    return "final" if "cadence" in lead[-2:-1] else _edge(lead[-4:])


def _lead(sentence: Sentence, first: int) -> list[str]:
    lead = before(sentence, first, _FAR)
    while lead and lead[-1] in _ARTICLES:
        lead.pop()
    return lead


def _edge(lead: list[str]) -> str | None:
    """The place of the nearest word of an end or a beginning, of rest too."""
    return next((_PLACES[word] for word in reversed(lead) if word in _PLACES), None)
