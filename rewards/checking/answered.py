"""Answers to questions of theory, held against the tables.

An answer is judged where it gives one value of the kind that was asked for; names are compared
by sound, those of degrees and of the tones of chords also by letter (``denials.py``); what is
counted is in ``measured.py``. Where theory leaves more than one right answer, each of them is
right: the seventh degree of a minor key is not judged, its scale may be the natural, harmonic or
melodic one, and an interval "between" two notes may be counted from either.
"""

from __future__ import annotations

from collections.abc import Callable

from rewards.answers import bare, clean
from rewards.checking import measured
from rewards.checking.denials import false, letter_above, theory_denies, too_many
from rewards.checking.facts import MOST_SIGNS
from rewards.checking.phrasings import asked
from rewards.checking.said import Named, count_of, named_note, note_or_chord, one, ordinal, place
from rewards.claims.verify.theory import DEGREES
from rewards.kinds import kind_of, values
from rewards.scorers.key_signature import name as signature_name
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import harte
from rewards.spelling.keys import Key, parse_key
from rewards.spelling.notes import Note, find_notes, parse_note
from rewards.spelling.scales import STEPS
from rewards.spelling.signatures import of_key

_READ = 600  # characters of an answer
_DEGREES = list(DEGREES)
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


def _related(named: Named, answer: str) -> str | None:
    key, other = parse_key(named["key"]), one("key", answer)
    if key is None or other is None:
        return None
    bare_name = parse_note(bare(answer)) is not None
    said = f"{named['relation'].lower()} of {key.name} is "
    return false(said + (bare(answer) if bare_name else other.name))


def _degree(named: Named, answer: str) -> str | None:
    degree = place(named["degree"])
    if (asked_of := named.get("note")) is not None:  # "G is the dominant of which key?"
        key, value = one("key", answer), asked_of
        if key is not None and parse_note(bare(answer)) and named.get("mode"):
            key = Key(key.tonic, named["mode"].lower())
    else:
        key, value = parse_key(named["key"]), note_or_chord(answer)
    if key is None or value is None or degree is None:
        return None
    leading = named["degree"].lower().startswith("leading")
    if _DEGREES[degree] == "leading_tone" and key.mode == "minor" and not leading:
        return None
    return false(f"{_DEGREES[degree]} of {key.name} is {value}")


def _place(named: Named, answer: str) -> str | None:
    key, value, degree = parse_key(named["key"]), named_note(named["note"]), place(answer)
    if key is None or value is None or degree is None:
        return None
    scales = ["minor", "major"] if key.mode == "minor" and degree in (5, 6) else [key.mode]
    steps = {STEPS[scale][degree] for scale in scales}  # raised in minor, or not
    step = (value.pitch_class - key.tonic.pitch_class) % 12
    if step in steps and value.name[0] == letter_above(key.tonic, degree):
        return None
    return f"theory denies that the {ordinal(degree)} degree of {key.name} is {value.name}"


def _signature(named: Named, answer: str) -> str | None:
    key, signs = parse_key(named["key"]), named.get("signs", "").lower()
    expected = of_key(key) if key is not None else None
    if key is None or expected is None:
        return None
    stated = values(kind_of("key_signature"), answer)
    count = count_of(answer)
    if len(stated) == 1 and not (stated == [0] and signs in ("sharps", "flats")):
        if stated[0] == expected:
            return None
        return f"{_false_signature(key, stated[0])}: it is {signature_name(expected)}"
    if count is None or not signs:
        return None
    counted = {"sharps": max(expected, 0), "flats": max(-expected, 0)}.get(signs, abs(expected))
    if count == counted:
        return None
    return f"theory denies that {key.name} has {count} {signs}"


def _false_signature(key: Key, stated: int) -> str:
    return theory_denies(f"signature of {key.name} is {stated}")


def _key(named: Named, answer: str) -> str | None:
    key, count = one("key", answer), count_of(named["count"]) or 0
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
    counted = [max(0, sign * signs) for each in either if (signs := of_key(each)) is not None]
    return None if count in counted else _false_signature(key, sign * count)


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
    return false(_membership(harte(chord), notes))


def _membership(about: str, notes: list[Note]) -> str:
    return f"members of {about} is {' '.join(note.name for note in notes)}"


def _numeral(named: Named, answer: str) -> str | None:
    chord, key = parse_chord(named["name"]), parse_key(named["key"])
    if chord is None or key is None:
        return None
    return false(f"numeral of {harte(chord)} in {key.name} is {bare(answer)}")


def _chord(named: Named, answer: str) -> str | None:
    chord, key = one("chord", answer), parse_key(named["key"])
    if chord is None or key is None:
        return None
    return false(f"numeral of {harte(chord)} in {key.name} is {named['numeral']}")


_JUDGES: dict[str, Callable[[Named, str], str | None]] = {
    "related": _related,
    "degree": _degree,
    "place": _place,
    "signature": _signature,
    "key": _key,
    "members": _members,
    "numeral": _numeral,
    "chord": _chord,
    **measured.JUDGES,
}
