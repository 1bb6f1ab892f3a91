"""Answers to questions of theory, held against the tables.

An answer is judged where it gives one value of the kind that was asked for; names are compared
by sound. Where theory leaves more than one right answer, each of them is right: the seventh
degree of a minor key is not judged, its scale may be the natural, harmonic or melodic one, and
an interval "between" two notes may be counted from either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from rewards.answers import bare, clean
from rewards.checking.facts import MOST_SIGNS
from rewards.checking.phrasings import asked
from rewards.claims.verify.theory import DEGREES, holds
from rewards.kinds import kind_of, values
from rewards.scorers.key_signature import name as signature_name
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import harte
from rewards.spelling.intervals import parse_interval
from rewards.spelling.keys import Key, parse_key
from rewards.spelling.notes import Note, find_notes, parse_note
from rewards.spelling.numbers import COUNTS
from rewards.spelling.scales import STEPS
from rewards.spelling.signatures import of_key

Named = Mapping[str, str]

_READ = 600  # characters of an answer
_NUMBERS = {"no": 0, "none": 0, **COUNTS}
_NUMBER = re.compile(
    rf"(?:it has |there (?:are|is) )?({'|'.join(_NUMBERS)}|\d{{1,2}})"
    r"(?: (?:sharps?|flats?|accidentals?|semitones?|half[ -]?steps?))?",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"(signature of .+ is )(-?\d+)")
_ORDINALS = ("first|1st", "second|2nd", "third|3rd", "fourth|4th", "fifth|5th", "sixth|6th")
_MINOR = frozenset(STEPS["minor"])
_SCALES = {  # a minor scale is natural, harmonic, melodic, or all of them
    "major": (frozenset(STEPS["major"]),),
    "minor": (_MINOR, _MINOR - {10} | {11}, _MINOR - {8, 10} | {9, 11}, _MINOR | {9, 11}),
}


def denied(question: str, answer: str) -> str | None:
    """Why theory denies the answer; None where it does not, or the question is not read."""
    found = asked(question)
    if found is None:
        return None
    relation, named = found
    return _JUDGES[relation](named, clean(answer[:_READ]))


def theory_denies(proposition: str) -> str:
    """A clause on a false proposition; tells where a relative was called parallel."""
    said = f"theory denies that the {_in_words(proposition).replace('_', ' ')}"
    for name, other in (("relative", "parallel"), ("parallel", "relative")):
        if proposition.startswith(name) and holds(proposition.replace(name, other, 1)):
            return f"{said}; it is the {other}"
    return said


def _in_words(proposition: str) -> str:
    """A proposition with the number of a signature as it is said: "-3" is "3 flats"."""
    found = _SIGNATURE.fullmatch(proposition)
    if found is None:
        return proposition
    count = int(found[2])
    return found[1] + (signature_name(count) if abs(count) <= MOST_SIGNS else "one that no key has")


def too_many(said: str) -> str:
    """A clause on a number of signs that no signature has."""
    return f"got {said!r}, expected at most {MOST_SIGNS}: no signature has more"


def _false(proposition: str) -> str | None:
    return theory_denies(proposition) if holds(proposition) is False else None


def _related(named: Named, answer: str) -> str | None:
    key, other = parse_key(named["key"]), _one("key", answer)
    if key is None or other is None:
        return None
    bare_name = parse_note(bare(answer)) is not None
    said = f"{named['relation'].lower()} of {key.name} is "
    return _false(said + (bare(answer) if bare_name else other.name))


def _degree(named: Named, answer: str) -> str | None:
    place = re.sub(r"[ -](?:scale )?(?:degree)$", "", named["degree"].lower())
    names = list(DEGREES)
    ordinal = next((n for n, words in enumerate(_ORDINALS) if place in words.split("|")), None)
    name = names[ordinal] if ordinal is not None else re.sub(r"[ -](?:tone|note)$", "_tone", place)
    if (note := named.get("note")) is not None:  # "G is the dominant of which key?"
        key, value = _one("key", answer), note
        if key is not None and parse_note(bare(answer)) and named.get("mode"):
            key = Key(key.tonic, named["mode"].lower())
    else:
        key, value = parse_key(named["key"]), _note_or_chord(answer)
    if key is None or value is None:
        return None
    if name not in DEGREES:  # the seventh degree
        return None if key.mode == "minor" else _false(f"leading_tone of {key.name} is {value}")
    return _false(f"{name} of {key.name} is {value}")


def _signature(named: Named, answer: str) -> str | None:
    key, signs = parse_key(named["key"]), named.get("signs", "").lower()
    expected = of_key(key) if key is not None else None
    if key is None or expected is None:
        return None
    stated = values(kind_of("key_signature"), answer)
    number = _number(answer)
    if len(stated) == 1 and not (stated == [0] and signs in ("sharps", "flats")):
        if stated[0] == expected:
            return None
        return f"{_false_signature(key, stated[0])}: it is {signature_name(expected)}"
    if number is None or not signs:
        return None
    counted = {"sharps": max(expected, 0), "flats": max(-expected, 0)}.get(signs, abs(expected))
    if number == counted:
        return None
    return f"theory denies that {key.name} has {number} {signs}"


def _false_signature(key: Key, stated: int) -> str:
    return theory_denies(f"signature of {key.name} is {stated}")


def _key(named: Named, answer: str) -> str | None:
    key, count = _one("key", answer), _number(named["count"]) or 0
    if key is None:
        return None
    if count > MOST_SIGNS:
        return too_many(f"{named['count']} {named['sign'].lower()}s")
    mode = named.get("mode", "").lower()
    if mode and parse_note(bare(answer)) is not None:
        key = Key(key.tonic, mode)
    if mode and key.mode != mode:
        return f"{key.name} is no {mode} key"
    sign = 1 if named["sign"].lower() == "sharp" else -1
    either = [key] if mode or not parse_note(bare(answer)) else [key, Key(key.tonic, "minor")]
    counted = [max(0, sign * signs) for one in either if (signs := of_key(one)) is not None]
    return None if count in counted else _false_signature(key, sign * count)


def _interval(named: Named, answer: str) -> str | None:
    low, high = _note(named["low"]), _note(named["high"])
    interval = _one("interval", answer)
    if low is None or high is None or interval is None:
        return None
    up = (high.pitch_class - low.pitch_class) % 12
    way = named["way"].strip().lower()
    right = {"to": {up}, "up to": {up}, "down to": {-up % 12}}.get(way, {up, -up % 12})
    if interval.semitones % 12 in right:
        return None
    return (
        f"theory denies that the interval of {low.name} {way} {high.name} is {interval.name}: it "
        f"has {' or '.join(map(str, sorted(right)))} semitones"
    )


def _above(named: Named, answer: str) -> str | None:
    low, interval, said = _note(named["low"]), parse_interval(named["interval"]), _only_note(answer)
    if low is None or interval is None or said is None:
        return None
    falls = named["way"].lower() in ("below", "down from")
    step = -interval.semitones if falls else interval.semitones
    if (low.pitch_class + step - said.pitch_class) % 12 == 0:
        return None
    return f"theory denies that {said.name} is a {named['interval']} {named['way']} {low.name}"


def _members(named: Named, answer: str) -> str | None:
    what, notes = named.get("what", "").lower(), [mention.value for mention in find_notes(answer)]
    key = parse_key(named["name"])
    if len(notes) > 4 and what in ("", "scale") and key is not None:
        said = {(note.pitch_class - key.tonic.pitch_class) % 12 for note in notes}
        right = said in _SCALES.get(key.mode, (said,))
        return None if right else theory_denies(_membership(key.name, notes))
    chord = parse_chord(f"{named['name']} triad" if what == "triad" else named["name"])
    if chord is None or what == "scale" or not 2 <= len(notes) <= 4:
        return None
    return _false(_membership(harte(chord), notes))


def _membership(about: str, notes: list[Note]) -> str:
    return f"members of {about} is {' '.join(note.name for note in notes)}"


def _numeral(named: Named, answer: str) -> str | None:
    chord, key = parse_chord(named["name"]), parse_key(named["key"])
    if chord is None or key is None:
        return None
    return _false(f"numeral of {harte(chord)} in {key.name} is {bare(answer)}")


def _chord(named: Named, answer: str) -> str | None:
    chord, key = _one("chord", answer), parse_key(named["key"])
    if chord is None or key is None:
        return None
    return _false(f"numeral of {harte(chord)} in {key.name} is {named['numeral']}")


def _size(named: Named, answer: str) -> str | None:
    interval, number = parse_interval(named["interval"]), _number(answer)
    if interval is None or number is None or number == interval.semitones:
        return None
    return f"theory denies that a {named['interval']} has {number} semitones"


def _sound(named: Named, answer: str) -> str | None:
    note, said = _note(named["note"]), _only_note(answer)
    if note is None or said is None or note.pitch_class == said.pitch_class:
        return None
    return f"theory denies that {note.name} sounds like {said.name}"


def _one(kind: str, answer: str) -> Any:
    """The one value of a kind that an answer asserts, or None."""
    found = values(kind_of(kind), answer)
    return found[0] if len(found) == 1 else None


def _note(text: str) -> Note | None:
    return parse_note(text.replace("-", " "))


def _only_note(answer: str) -> Note | None:
    return _one("note", answer)


def _note_or_chord(answer: str) -> str | None:
    note = _one("note", answer)
    chord = None if note else _one("chord", answer)
    return note.name if note else harte(chord) if chord else None


def _number(answer: str) -> int | None:
    found = _NUMBER.fullmatch(answer.strip())
    if found is None:
        return None
    said = found[1].lower()
    return _NUMBERS.get(said, int(said) if said.isdecimal() else None)


_JUDGES: dict[str, Callable[[Named, str], str | None]] = {
    "related": _related,
    "degree": _degree,
    "signature": _signature,
    "key": _key,
    "interval": _interval,
    "note": _above,
    "members": _members,
    "numeral": _numeral,
    "chord": _chord,
    "size": _size,
    "sound": _sound,
}
