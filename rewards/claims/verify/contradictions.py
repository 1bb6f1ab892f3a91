"""Claims that cannot all be true, whatever the clip.

Conventions
-----------
Only what is asserted without a doubt counts, and is not given up (``settling.py``). K is the
number of contradictions, each kind once:

=====================  ===============================================================
kind                   example
=====================  ===============================================================
two values             two keys (without a modulation), tempi (4 % apart, and no double
                       or half), meters of unlike grouping, cadences, modes, signatures,
                       two last chords, two notes of one voice and place
key and signature      D major with three flats
key and mode           D major, and it is minor
yes and no             it is minor; it is not minor
think and answer       D major in the think part, G major in the answer
=====================  ===============================================================
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rewards.claims.degrees import HOMELESS, placed, unplaced
from rewards.claims.records import BESIDE, EDGES, FRAME, Claim
from rewards.claims.relations import alike, names_one
from rewards.claims.sameness import same_value, tonic_alone
from rewards.claims.text.words import word_set
from rewards.claims.verify.facts import VOICES
from rewards.claims.verify.implication import follows
from rewards.scorers.tempo import nearness as tempo_nearness
from rewards.spelling.chords import parse_chord
from rewards.spelling.forms import parse_form
from rewards.spelling.intervals import parse_interval
from rewards.spelling.keys import Key, parse_key
from rewards.spelling.meters import parse_meter
from rewards.spelling.modes import parse_mode
from rewards.spelling.notes import Note
from rewards.spelling.numerals import chord_of, parse_numeral
from rewards.spelling.signatures import of_key

_PLACELESS = ("interval", "function")
"""Types of which a clip has many, where nothing tells of what they are."""
_C, _C_MINOR = Key(Note(0), "major"), Key(Note(0), "minor")


def contradictions(
    think: Sequence[Claim], answer: Sequence[Claim], asked: frozenset[str] = frozenset()
) -> list[str]:
    """A clause for each contradiction; ``asked``: voices and places that the question names."""
    firm = [claim for claim in think if claim.modality == "asserted"]
    plain = [claim for claim in firm if claim.polarity == "asserted"]
    by_type: dict[str, list[Claim]] = {}
    for claim in plain:
        by_type.setdefault(claim.type, []).append(claim)
    found = []
    for type_, claims in by_type.items():
        clash = _clashing(type_, claims) if len(claims) > 1 else None
        if clash and not (type_ == "key" and "modulation" in by_type):
            found.append(f"two values of {type_}: {clash[0].shown} and {clash[1].shown}")
    found += _crossed(by_type)
    denied = {(c.type, same_value(c.type, c.value)) for c in firm if c.polarity == "denied"}
    both = next((c for c in plain if (c.type, same_value(c.type, c.value)) in denied), None)
    if both is not None:
        found.append(f"{both.type} {both.shown} is asserted and denied")
    found += _against_answer(by_type, answer, asked)
    return found


def agree(type_: str, one: Claim, other: Claim) -> bool:
    """Can both values be true of one thing?"""
    if same_value(type_, one.value) == same_value(type_, other.value):
        return True
    if type_ in HOMELESS and (unplaced(one) or unplaced(other)):
        return not (type_ == "modulation" and unplaced(one) and unplaced(other)) or any(
            placed(type_, str(one.value), home) == placed(type_, str(other.value), home)
            for home in (_C, _C_MINOR)
        )
    test = _AGREE.get(type_)
    if test is not None and test(one, other):
        return True
    return follows(type_, one.value, other.value) or follows(type_, other.value, one.value)


def _clashing(type_: str, claims: Sequence[Claim]) -> tuple[Claim, Claim] | None:
    """Two claims of one type about one thing that disagree."""
    if type_ not in SINGLE:
        return None
    firsts: dict[object, Claim] = {}
    for claim in claims:
        place = place_of(type_, claim)
        if place is None:
            continue
        first = firsts.setdefault(place, claim)
        if first is not claim and not agree(type_, first, claim):
            return first, claim
    return None


SINGLE = word_set(
    "key mode key_signature tempo meter cadence interval chord note form tempo_term function"
)
"""Types of which one thing has one value."""


def place_of(type_: str, claim: Claim) -> object:
    """What a claim is said of; None where two values do not exclude each other."""
    if type_ == "key" and FRAME in claim.subject:
        return None
    if type_ == "chord":
        return claim.subject & {"final", "first"} or claim.time
    if type_ == "note":
        voices = claim.subject & {"bass", "top", "root"}
        places = claim.subject & {"final", "first"}
        return (voices, places) if voices and places else None
    if type_ == "interval" or (type_ == "function" and not names_one(str(claim.value))):
        return None
    return "" if claim.time is None else claim.time


def _same_tempo(one: Claim, other: Claim) -> bool:
    a, b = one.value, other.value
    if isinstance(a, (str, tuple)) or isinstance(b, (str, tuple)) or a <= 0 or b <= 0:
        return True
    return tempo_nearness(float(a), float(b))[0] > 0


def _same_meter(one: Claim, other: Claim) -> bool:
    a, b = parse_meter(str(one.value)), parse_meter(str(other.value))
    return a is None or b is None or (a.grouping == b.grouping and None in (a.unit, b.unit))


def _same_mode(one: Claim, other: Claim) -> bool:
    a, b = parse_mode(str(one.value)), parse_mode(str(other.value))
    if a is None or b is None:
        return True
    if a.mode in ("pentatonic", "blues") or b.mode in ("pentatonic", "blues"):
        return True
    bare = a.tonic is None or b.tonic is None
    plain = {"major", "minor"} & {str(one.value), str(other.value)}  # "minor" may be dorian
    return bare and (a.third == b.third if plain else a.steps == b.steps)


def _same_chord(one: Claim, other: Claim) -> bool:
    """ "D7" and "D9": tones past the octave leave a chord what it is."""
    a, b = parse_chord(str(one.value)), parse_chord(str(other.value))
    if a is None or b is None or a.root is None or b.root is None:
        return False
    alike = (a.intervals, a.bass) == (b.intervals, b.bass)
    return alike and a.root.pitch_class == b.root.pitch_class


def _same_interval(one: Claim, other: Claim) -> bool:
    a, b = parse_interval(str(one.value)), parse_interval(str(other.value))
    return a is not None and b is not None and a.semitones == b.semitones


def _same_numeral(one: Claim, other: Claim) -> bool:
    """ "V7/V" and "II7": the same notes in a major key."""
    forms = [one.value, other.value]
    chords = [parse_numeral(form) if isinstance(form, str) else None for form in forms]
    found = [chord_of(chord, _C) for chord in chords if chord]
    return len(found) == 2 and found[0] == found[1]


def _same_form(one: Claim, other: Claim) -> bool:
    a, b = parse_form(str(one.value)), parse_form(str(other.value))
    return a is not None and b is not None and a.same(b)


_AGREE: dict[str, Callable[[Claim, Claim], bool]] = {
    "tempo": _same_tempo, "meter": _same_meter, "mode": _same_mode, "chord": _same_chord,
    "form": _same_form, "interval": _same_interval, "roman": _same_numeral,
    "tempo_term": lambda one, other: True,
    "function": lambda one, other: alike(str(one.value), str(other.value)),
}  # fmt: skip


def _crossed(by_type: dict[str, list[Claim]]) -> list[str]:
    """The last key against the signature and the mode."""
    key = _last_key(by_type.get("key", ()))
    if key is None or "modulation" in by_type:
        return []
    found = []
    signs = by_type.get("key_signature")
    if signs and all(claim.value != of_key(key) for claim in signs):
        found.append(f"{key.name} has another signature than {signs[-1].shown}")
    modes = [mode for c in by_type.get("mode", ()) if (mode := parse_mode(str(c.value)))]
    thirds = {mode.third for mode in modes if mode.tonic is None}
    if len(thirds) == 1 and thirds != {None} and (3 if key.mode == "minor" else 4) not in thirds:
        found.append(f"{key.name} has another mode than is said")
    return found


def _last_key(claims: Sequence[Claim]) -> Key | None:
    told = claims and tonic_alone(claims[-1].value) is None
    key = parse_key(str(claims[-1].value)) if told else None
    return key if key is not None and key.mode in ("major", "minor") else None


def _against_answer(
    by_type: dict[str, list[Claim]], answer: Sequence[Claim], asked: frozenset[str]
) -> list[str]:
    for given in answer:
        said = [c for c in by_type.get(given.type, []) if c.subject.isdisjoint(BESIDE)]
        placeless = given.type in _PLACELESS and place_of(given.type, given) is None
        if not given.plain or given.type not in SINGLE or placeless or not said:
            continue
        if given.type == "note" and asked:
            of_one = [c for c in said if _of_asked(c, asked)]
        else:
            of_one = [c for c in said if place_of(given.type, c) == place_of(given.type, given)]
        if of_one and not any(agree(given.type, one, given) for one in of_one[-1:]):
            return [f"the answer says {given.shown}, the think part {of_one[-1].shown}"]
    return []


def _of_asked(claim: Claim, asked: frozenset[str]) -> bool:
    """Is a note said of the voice and place that are asked, or of none?"""
    apart = (
        bool(claim.subject & kind and asked & kind and not claim.subject & asked & kind)
        for kind in (VOICES, EDGES)
    )
    passed = "later" if "first" in asked else "earlier"  # "the top voice goes E-F#": not the E
    return passed not in claim.subject and not any(apart)
