"""A claim against the facts of its row, and what follows from them.

Conventions
-----------
The support s of a claim is 1 if it is true and 0 if it is false; between them as in the table
of the reward of its type. None where the facts do not tell: such a claim neither earns nor
costs. A denial has the support 1 unless what it denies is true. What follows from the fact and
says less (``implication.py``) is true, and covers a part of it; its denial does not tell.

==================  ===================================================================
claim               held against
==================  ===================================================================
key                 the key (.5 a fifth above, .3 relative, .2 parallel); without one, the
                    signature can only refute it; a tonic alone is half of the key or false
mode                the mode, the key's mode
key_signature       the signature, of the key or mode if none is given
tempo, tempo_term   each other, too: a term is true if its range holds the tempo
meter               the meter (.5 its class, .3 the same bar grouped otherwise)
chord               the chord at its time or place, else any chord of the row (1 equal,
                    .5 but for a seventh or the bass, 0)
progression, roman  the chords in order: a stretch of them is true; else 1 - edits / longer
cadence, interval   the fact
note                the asked note if it is said of the same voice and place; a last note
                    outside of the last chord is false
modulation          the keys it goes to, within 5 s where it says a time
instrument, genre,  the names: 1, .5 for a kind of one, 0; a part ("snare drum" of drums), and
mood                what its members make up ("string quartet"), are true
textbook            ``theory.py``
a degree, a         the same in the key of the row, where none was named: half of the fact, of a
relation            tonic a tenth
==================  ===================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from rewards.claims.degrees import HOMELESS, of_home, placed, unplaced
from rewards.claims.records import FRAME, UNKNOWN, Checked, Claim, Polarity, Value
from rewards.claims.sameness import tonic_alone
from rewards.claims.verify import harmony, names
from rewards.claims.verify.facts import Known
from rewards.claims.verify.implication import says_part
from rewards.claims.verify.theory import holds
from rewards.scorers import meter as meters
from rewards.scorers import tempo as tempi
from rewards.scorers.cadence import CREDIT
from rewards.scorers.key import nearness
from rewards.spelling.harte import harte
from rewards.spelling.intervals import parse_interval
from rewards.spelling.keys import Key, parse_key
from rewards.spelling.meters import parse_meter
from rewards.spelling.modes import parse_mode
from rewards.spelling.notes import Note
from rewards.spelling.signatures import of_key
from rewards.spelling.tempo_terms import TERMS, near

NEAR_TIME = 5.0
"""Seconds by which a modulation may be said too early or too late."""
HOMELESS_SHARE = 0.5
"""What "it ends on the mediant" tells of the note if no key is named."""
LIKELY_SHARE = 0.1
_BARE = ("major", "minor")
_MINORS = ("harmonic minor", "melodic minor")
"""Scales of a minor key."""
_LIKELY = frozenset(map(of_home, ("1", "tonic", "I", "i")))
"""What most music ends on: of these it tells that."""


def check(claim: Claim, known: Known) -> Checked:
    """What the facts say of a claim; a claim of unreadable value is unknown."""
    return _check(claim.type, claim.value, claim.subject, claim.time, claim.polarity, known)


@lru_cache(maxsize=4096)
def _check(
    type_: str,
    value: Value,
    subject: frozenset[str],
    time: float | None,
    polarity: Polarity,
    known: Known,
) -> Checked:
    """Wherever it stands and however sure its author is: siblings claim the same of one row."""
    claim = Claim(type_, value, 0, 0, "think", subject, time, polarity)
    if claim.type in HOMELESS and unplaced(claim):
        return _placed(claim, known)
    checker = _CHECKS.get(claim.type)
    found = checker(claim, known) if checker else UNKNOWN
    support = found.support
    if support is None:
        return found
    truth = _truth(found.slot, known) if 0.0 < support < 1.0 else None
    if truth is not None and says_part(claim.type, claim.value, truth):
        found = replace(found, support=1.0, covers=support)
    if claim.polarity == "asserted":
        return found
    if found.covers < 1.0:
        return UNKNOWN  # "no plain guitar, a bass guitar"
    denied = 0.0 if support >= 1.0 else 1.0
    return Checked(denied, f"not {found.slot}", f"denied: {found.why}", found.chance)


def _placed(claim: Claim, known: Known) -> Checked:
    """A claim that leaves its home to the row: of what is true it tells a part."""
    value = placed(claim.type, str(claim.value), known.home) if known.home else None
    if value is None:
        return UNKNOWN
    found = check(replace(claim, value=value), known)
    if not found.support:
        return found
    if known.shifted and claim.type == "modulation":
        return found
    likely = str(claim.value) in _LIKELY
    return replace(found, covers=found.covers * (LIKELY_SHARE if likely else HOMELESS_SHARE))


def _truth(slot: str, known: Known) -> str | None:
    """The fact of a slot, of the types of which one value may say less than another."""
    if slot == "meter" and known.meter:
        return known.meter.name
    if slot == "cadence":
        return known.cadence
    if slot == "chord" and known.chord:
        return harte(known.chord)
    field, _, name = slot.partition(":")
    return name if field in known.names and name in known.names[field] else None


def _textbook(claim: Claim, known: Known) -> Checked:
    truth = holds(str(claim.value))
    if truth is None:
        return Checked(None, "textbook", "the tables do not tell")
    return Checked(float(truth), "textbook", "theory says so" if truth else "theory says otherwise")


def _key(claim: Claim, known: Known) -> Checked:
    key = parse_key(str(claim.value))
    if key is None:
        return UNKNOWN
    tonic = tonic_alone(claim.value)
    if tonic is not None:
        return _tonic(claim, tonic, known)
    if known.key is not None:
        value, relation = nearness(known.key, key, fifth="up", spelled=False)
        if value < 1.0 and any(key.same(one) for _, one in known.modulations or ()):
            return UNKNOWN  # a key of another stretch
        if FRAME in claim.subject and relation.startswith("the relative"):
            return UNKNOWN  # "Am F C G, i.e. vi-IV-I-V in C major"
        return Checked(value, "key", f"{key.name} is {relation} {known.key.name}")
    if known.scale is not None and known.scale.tonic is not None:
        return _mode(claim, known)
    if known.signature is not None and of_key(key) != known.signature:
        return Checked(0.0, "key", f"{key.name} has another signature")
    return UNKNOWN


def _tonic(claim: Claim, tonic: Note, known: Known) -> Checked:
    """A key of which only the tonic is told: half of the key, if it is that one."""
    home = known.key or known.scale
    if home is None or home.tonic is None:
        return UNKNOWN
    if any(tonic.same(one.tonic) for _, one in known.modulations or ()):
        return UNKNOWN
    same = home.tonic.same(tonic)
    covers = HOMELESS_SHARE if same and claim.polarity == "asserted" else 1.0
    return Checked(float(same), "key", f"the tonic is {home.tonic.name}", covers=covers)


def _mode(claim: Claim, known: Known) -> Checked:
    said = parse_mode(str(claim.value))
    truth = known.scale or (parse_mode(known.key.name) if known.key else None)
    if said is None or truth is None:
        return UNKNOWN
    same_tonic = said.tonic is None or truth.tonic is None or said.tonic.same(truth.tonic)
    if known.scale is None and same_tonic and truth.mode == "minor" and said.mode in _MINORS:
        return Checked(1.0, "key" if said.tonic else "mode", f"a form of {truth.name}")
    if known.scale is None and said.tonic and same_tonic and said.steps == truth.steps:
        return Checked(1.0, "key", f"it is {truth.name}")  # "D aeolian"
    if said.steps == truth.steps and same_tonic:
        bare = said.tonic is None and truth.tonic is not None and said.mode not in _BARE
        return Checked(1.0, "mode", f"it is {truth.name}", covers=HOMELESS_SHARE if bare else 1.0)
    bare = said.tonic is None and said.mode in _BARE and truth.third is not None
    if bare and truth.mode not in _BARE:
        return Checked(0.5 if said.third == truth.third else 0.0, "mode", f"it is {truth.name}")
    near_it = same_tonic and said.third is not None and said.third == truth.third
    return Checked(0.3 if near_it else 0.0, "mode", f"it is {truth.name}")


def _signature(claim: Claim, known: Known) -> Checked:
    if known.signature is None:
        return UNKNOWN
    same = claim.value == known.signature
    return Checked(float(same), "key_signature", f"the signature is {known.signature}")


def _tempo(claim: Claim, known: Known) -> Checked:
    bpm = float(claim.value) if isinstance(claim.value, (int, float)) else 0.0
    if known.tempo is not None and bpm > 0:
        value, relation = tempi.nearness(known.tempo, bpm)
        return Checked(value, "tempo", f"{bpm:g} BPM is {relation} {known.tempo:g} BPM")
    if known.term is not None and bpm > 0:
        low, high = TERMS[known.term]
        if not 0.8 * low <= bpm <= 1.25 * high:
            return Checked(0.0, "tempo", f"{known.term} is no {bpm:g} BPM")
    return UNKNOWN


def _term(claim: Claim, known: Known) -> Checked:
    term = str(claim.value)
    if term not in TERMS:
        return UNKNOWN
    if known.term is not None:
        value = 1.0 if term == known.term else 0.5 if near(term, known.term) else 0.0
        return Checked(value, "tempo_term", f"it is {known.term}")
    if known.tempo is None:
        return UNKNOWN
    low, high = TERMS[term]
    value = float(low <= known.tempo <= high)
    if not value and 0.87 * low <= known.tempo <= 1.15 * high:
        value = 0.5
    return Checked(value, "tempo_term", f"{term} is {low} to {high} BPM")


def _meter(claim: Claim, known: Known) -> Checked:
    said = parse_meter(str(claim.value))
    if said is None or known.meter is None:
        return UNKNOWN
    value, relation = meters.nearness(known.meter, said)
    return Checked(value, "meter", f"{said.name} is {relation} {known.meter.name}")


def _cadence(claim: Claim, known: Known) -> Checked:
    if known.cadence is None:
        return UNKNOWN
    got = str(claim.value)
    value = 1.0 if got == known.cadence else CREDIT.get((known.cadence, got), 0.0)
    return Checked(value, "cadence", f"it is {known.cadence}")


def _interval(claim: Claim, known: Known) -> Checked:
    said = parse_interval(str(claim.value))
    if said is None or known.interval is None:
        return UNKNOWN
    truth = known.interval
    if truth.interval == said:
        return Checked(1.0, "interval", f"it is {said.name}")
    value = 0.6 if said.semitones == truth.width else 0.0
    return Checked(
        value, "interval", f"it is {truth.interval.name if truth.interval else truth.width}"
    )


def _modulation(claim: Claim, known: Known) -> Checked:
    key = parse_key(str(claim.value))
    if key is None or known.modulations is None:
        return UNKNOWN
    best, slot = 0.0, "modulation"
    for n, (time, truth) in enumerate(known.modulations):
        value = _near_key(truth, key)
        if claim.time is not None and abs(claim.time - time) > NEAR_TIME:
            value *= 0.5
        if value > best:
            best, slot = value, f"modulation:{n}"
    return Checked(best, slot, f"{len(known.modulations)} modulations")


def _near_key(truth: Key, said: Key) -> float:
    if truth.mode not in ("major", "minor"):
        return float(truth.same(said))
    return nearness(truth, said, fifth="up", spelled=False)[0]


_CHECKS: dict[str, Callable[[Claim, Known], Checked]] = {
    "textbook": _textbook, "key": _key, "mode": _mode, "key_signature": _signature,
    "tempo": _tempo, "tempo_term": _term, "meter": _meter, "chord": harmony.chord,
    "progression": harmony.progression, "roman": harmony.roman, "cadence": _cadence,
    "interval": _interval,
    "note": harmony.note, "modulation": _modulation, "instrument": names.named("instruments"),
    "genre": names.named("genre"), "mood": names.named("mood"), "form": names.form,
    "function": names.function,
}  # fmt: skip
