"""The facts of a row, read once: what claims are held against.

Conventions
-----------
A fact that says that there is nothing to know ("X", "none", "free") is no fact here, as in the
reward of its name. ``chord_at`` and ``note_of`` tell what the one chord or note of a row is
said of: the words of the question do ("the last bass note").
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from rewards.claims.relations import Relation, asked_relation
from rewards.errors import DataError
from rewards.records import Facts, Question
from rewards.scorers import cadence as cadences
from rewards.scorers import interval as intervals
from rewards.scorers import key as keys
from rewards.scorers import progression as progressions
from rewards.scorers import roman as romans
from rewards.scorers.sets import reference as names
from rewards.spelling.chords import parse_chord
from rewards.spelling.harmonies import find_harmonies
from rewards.spelling.harte import Chord
from rewards.spelling.keys import Key, parse_key
from rewards.spelling.meters import Meter, parse_meter
from rewards.spelling.modes import parse_mode
from rewards.spelling.notes import Note, parse_note
from rewards.spelling.numerals import Numeral
from rewards.spelling.progression_steps import Step, step_of
from rewards.spelling.scales import Scale
from rewards.spelling.signatures import of_key
from rewards.spelling.tempo_terms import terms
from rewards.text import fold

SUBJECTS = {
    "final": "final", "last": "final", "ends": "final", "end": "final", "closing": "final",
    "finish": "final", "finishes": "final", "begin": "first",
    "first": "first", "opening": "first", "begins": "first", "bass": "bass", "lowest": "bass",
    "soprano": "top", "highest": "top", "top": "top", "melody": "top", "tune": "top",
    "root": "root", "alto": "alto", "tenor": "tenor", "previous": "before", "before": "before",
    "preceding": "before", "penultimate": "before", "next": "after", "after": "after",
    "following": "after",
}  # fmt: skip
_WORD = re.compile(r"[a-z]+")


VOICES = frozenset(("bass", "top", "root", "alto", "tenor"))
"""Subjects that tell which note of several is meant."""


@dataclass(frozen=True, slots=True, eq=False)  # each row is read once: equal is the same
class Known:
    """What is true, each None (or empty) where the row does not say.

    Attributes:
        key: major or minor.
        home: the key, or where the row gives none the one that its modulations begin in.
        scale: of the mode; also of a key in another mode.
        signature: sharps or flats; of the key where the row gives no other.
        sequence: the chords in order, of the progression or the timed chords.
        chords: (start [s], end [s], chord).
        modulations: (time [s], key), without the key that it begins in; None where the row
            does not tell.
        function: what a chord is said to do; where theory alone is asked, the name asked for.
        relation: what is asked then.
        subject: what the question's one chord or note is said of.
        given: the names of the facts that are there.
        asked: the fact that the question asks, if it is among ``given``.
        shifted: it asks how far the key moves ("up a semitone", "to the dominant"), not where.
    """

    key: Key | None
    home: Key | None
    scale: Scale | None
    signature: int | None
    tempo: float | None
    term: str | None
    meter: Meter | None
    chord: Chord | None
    sequence: tuple[Chord, ...]
    steps: tuple[Step, ...]
    chords: tuple[tuple[float, float, Chord], ...]
    roman: tuple[str, Numeral, Key] | None
    cadence: str | None
    interval: intervals.Heard | None
    note: Note | None
    modulations: tuple[tuple[float, Key], ...] | None
    form: str | None
    function: str | None
    relation: Relation | None
    names: dict[str, frozenset[str]]
    subject: frozenset[str]
    given: tuple[str, ...] = ()
    asked: str | None = None
    shifted: bool = False


def known(question: Question) -> Known:
    """The facts of a question, read.

    Raises:
        DataError: a fact cannot be read; names it.
    """
    facts = question.facts
    answer = question.answer if question.facet == "function" else None
    relation = asked_relation(question.text, question.facet) if answer else None
    function = relation.value(answer) if relation and answer else answer
    fields = tuple(getattr(facts, name) for name in _READ)
    found = _known(fields, question.facet, question.text[:600], function, relation)
    return replace(found, shifted=True) if _asks_a_shift(question) else found


def _asks_a_shift(question: Question) -> bool:
    """Is it asked how far the key moves, and not where: does the answer name none?"""
    gold = question.answer if question.facet == "modulations" else None
    return bool(gold) and not find_harmonies(fold(gold or ""))


_READ = (
    "key", "mode", "key_signature", "tempo", "tempo_term", "meter", "chord", "progression",
    "chords", "roman", "cadence", "interval", "note", "modulations", "segments", "form",
    "instruments", "genre", "mood",
)  # fmt: skip


@lru_cache(maxsize=2048)
def _known(
    fields: tuple[object, ...],
    facet: str | None,
    text: str,
    function: str | None,
    relation: Relation | None,
) -> Known:
    facts = Facts(**dict(zip(_READ, fields, strict=True)))  # type: ignore[arg-type]
    key, scale = _tonality(facts)
    moves = _keys(facts)
    sequence = _row(facts.progression or (), facts.key)
    timed = tuple((a, b, _chord("chords", name)) for a, b, name in facts.chords or ())
    if not sequence and timed:
        sequence = _without_repeats([chord for _, _, chord in timed])
    signature = facts.key_signature
    if signature is None:
        signature = of_key(key) if key else _of_scale(scale)
    found = Known(
        key=key,
        home=key or (moves[0][1] if moves and moves[0][0] <= 0 else None),
        scale=scale,
        signature=signature,
        names={
            field: names(field, tuple(getattr(facts, field) or ()))  # type: ignore[arg-type]
            for field in ("instruments", "genre", "mood")
        },
        tempo=facts.tempo,
        term=_one_term(facts.tempo_term),
        meter=parse_meter(fold(facts.meter)) if facts.meter else None,
        chord=_chord("chord", facts.chord) if facts.chord else None,
        sequence=sequence,
        steps=tuple(step for chord in sequence if (step := step_of(chord)) is not None),
        chords=timed,
        roman=romans.reference(facts.roman, facts.key) if facts.roman else None,
        cadence=cadences.reference(facts.cadence) if facts.cadence else None,
        interval=intervals.reference(facts.interval) if facts.interval else None,
        note=_note(facts.note) if facts.note else None,
        modulations=_modulations(moves),
        form=facts.form,
        function=function,
        relation=relation,
        subject=subjects(text),
    )
    given = _given(facts, found)
    return replace(found, given=given, asked=facet if facet in given else None)


def _tonality(facts: Facts) -> tuple[Key | None, Scale | None]:
    """The key, and the scale of the mode, or of a key in another mode than major and minor."""
    key = keys.reference(facts.key) if facts.key else None
    scale = parse_mode(fold(facts.mode or "")) or (
        parse_mode(fold(facts.key)) if facts.key and key is None else None
    )
    if key is None and scale is not None and scale.tonic and scale.mode in ("major", "minor"):
        key = Key(scale.tonic, scale.mode)
    return key, scale


def _given(facts: Facts, found: Known) -> tuple[str, ...]:
    """The names of the facts that the row tells."""
    told = {
        "key": found.key, "mode": found.scale, "key_signature": facts.key_signature,
        "tempo": found.tempo, "tempo_term": found.term, "meter": found.meter,
        "chord": found.chord, "progression": facts.progression and found.sequence,
        "chords": found.chords, "roman": found.roman, "cadence": found.cadence,
        "interval": found.interval, "note": found.note, "modulations": found.modulations,
        "form": found.form, "function": found.function, **found.names,
    }  # fmt: skip
    return tuple(name for name, value in told.items() if value not in (None, (), frozenset()))


def subjects(text: str) -> frozenset[str]:
    """The voices and places that a question speaks of."""
    return frozenset(SUBJECTS[word] for word in _WORD.findall(text.lower()) if word in SUBJECTS)


def note_of(chord: Chord | None, voices: frozenset[str]) -> Note | None:
    """The note of a voice that a chord names: its root, and its bass where that is told ("C/E")."""
    if chord is None or chord.root is None:
        return None
    if "root" in voices:
        return chord.root
    bass = chord.bass_pitch_class if "bass" in voices and chord.bass else None
    return None if bass is None else _sharp(bass)


def _of_scale(scale: Scale | None) -> int | None:
    if scale is None or scale.tonic is None:
        return None
    key = parse_key(scale.name)
    return of_key(key) if key else None


def _row(items: tuple[str, ...], key: str | None) -> tuple[Chord, ...]:
    """The chords of a progression; numerals of no key are none that a claim can be held against."""
    chords = [parse_chord(fold(item).strip()) for item in items]
    if None not in chords:
        return tuple(chord for chord in chords if chord is not None)
    steps, movable = progressions.reference(items, key)
    return (
        ()
        if movable
        else tuple(
            Chord(_sharp(root), mask | (1 << seventh if seventh > 0 else 0))
            for root, mask, seventh in steps
        )
    )


def _chord(field: str, name: str) -> Chord:
    chord = parse_chord(fold(name).strip())
    if chord is None:
        raise DataError(f"facts.{field}: got {name[:60]!r}, expected one such as 'A:min7'")
    return chord


def _sharp(pitch_class: int) -> Note:
    return Note((pitch_class * 7 + 5) % 12 - 5)


def _note(name: str) -> Note:
    note = parse_note(fold(name))
    if note is None:
        raise DataError(f"facts.note: got {name[:60]!r}, expected one such as 'F#'")
    return note


def _one_term(text: str | None) -> str | None:
    found = terms(fold(text)) if text else ()
    return found[0] if len(found) == 1 else None


def _keys(facts: Facts) -> list[tuple[float, Key]] | None:
    """The keys over time: those that the row gives, else those by which its sections are called."""
    if facts.modulations is not None:
        read = [(time, parse_key(fold(name))) for time, name in facts.modulations]
        return [(time, key) for time, key in read if key is not None]
    named = [(time, parse_key(fold(name)), name) for time, _, name in facts.segments or ()]
    found = [(time, key) for time, key, name in named if key and " " in name.strip()]
    return found if len(found) == len(named) > 1 else None


def _modulations(keys: list[tuple[float, Key]] | None) -> tuple[tuple[float, Key], ...] | None:
    """The keys without the one at home, to which nothing modulates."""
    if keys is None:
        return None
    return tuple(keys[1:] if len(keys) > 1 and keys[0][0] <= 0 else keys)


def _without_repeats(chords: list[Chord]) -> tuple[Chord, ...]:
    kept: list[Chord] = []
    for chord in chords:
        if chord.root is not None and (not kept or not kept[-1].same(chord)):
            kept.append(chord)
    return tuple(kept)
