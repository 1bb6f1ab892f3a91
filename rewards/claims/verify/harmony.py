"""Claims of chords, progressions, numerals and notes against the facts of their row.

Conventions
-----------
As in ``truth.py``: 1 true, 0 false, .5 but for a seventh, a ninth or the bass. A
chord that is said of no place is true if it is any chord of the row; a row of chords is true
if it is a stretch of the row's. What is said of a neighbour ("the previous chord was E7") is not
held against the one chord that is asked, nor a note that its line leaves against its last.
"""

from __future__ import annotations

from dataclasses import replace

from rewards.claims.records import BESIDE, EDGES, ORDER, REPLACED, UNKNOWN, Checked, Claim
from rewards.claims.verify.facts import VOICES, Known
from rewards.scorers.progression import likeness
from rewards.scorers.roman import nearness as roman_nearness
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import Chord
from rewards.spelling.keys import Key
from rewards.spelling.notes import Note, parse_note
from rewards.spelling.numerals import chord_of, parse_numeral
from rewards.spelling.progression_steps import Step, make_step, step_of


def alike(truth: Chord, said: Chord) -> float:
    """1 for the same root, tones and bass; .5 but for a seventh, a ninth or the bass; else 0."""
    if truth.root is None or said.root is None:
        return float(truth.root is said.root and truth.intervals == said.intervals)
    if not truth.root.same(said.root):
        return 0.0
    if truth.intervals == said.intervals and truth.bass == said.bass:
        return 1.0
    if truth.bass == said.bass or 0 in (truth.bass, said.bass):
        one, other = step_of(truth), step_of(said)
        if one is not None and other is not None and one[1] == other[1]:
            same = one[2] == other[2]
            return 1.0 if same and truth.bass == said.bass else 0.5
    return 0.0


def chord(claim: Claim, known: Known) -> Checked:
    said = parse_chord(str(claim.value))
    if said is None or REPLACED in claim.subject:
        return UNKNOWN
    if claim.time is not None and known.chords:
        there = [c for start, end, c in known.chords if start - 0.25 <= claim.time < end + 0.25]
        if there:
            value = max(alike(chord, said) for chord in there)
            return Checked(value, f"chord@{claim.time:g}", "the chord of that time")
    place = known.subject & claim.subject & {"final", "first"}
    if known.chord is not None and not _beside(claim, known):
        value = alike(known.chord, said)
        about = bool(place) or (claim.subject == {"final"} and not known.subject & {"first"})
        if value >= 1.0 or about or (known.asked == "chord" and not known.sequence):
            return Checked(value, "chord", "the asked chord")
    if known.sequence:
        if "final" in claim.subject:
            return Checked(alike(known.sequence[-1], said), "chord:final", "the last chord")
        if "first" in claim.subject:
            return Checked(alike(known.sequence[0], said), "chord:first", "the first chord")
        if 0 < claim.number <= len(known.sequence):
            value = alike(known.sequence[claim.number - 1], said)
            last = claim.number == len(known.sequence)
            slot = "chord:final" if last else f"chord:{claim.number}"
            return Checked(value, slot, f"chord {claim.number} of the row")
        value = max(alike(chord, said) for chord in known.sequence)
        different = len({(c.root and c.root.pitch_class, c.intervals) for c in known.sequence})
        chance = min(1.0, different / 24)
        return Checked(value, f"chord:{claim.value}", "one of the chords", chance)
    return UNKNOWN


def _beside(claim: Claim, known: Known) -> bool:
    """Is it said of a chord before or after the one that is asked?"""
    return bool(claim.subject & BESIDE - known.subject)


def progression(claim: Claim, known: Known) -> Checked:
    if not known.steps or not isinstance(claim.value, tuple):
        return UNKNOWN
    chords = [parse_chord(name) for name in claim.value]
    said = [step for chord in chords if chord and (step := step_of(chord)) is not None]
    return _row(said, known) if said else UNKNOWN


def _row(said: list[Step], known: Known, *, loose: bool = False) -> Checked:
    """A row of steps: 1 for a stretch of the truth, else the likeness.

    ``loose``: a step without a seventh is true of one with any.
    """
    truth, count = list(known.steps), len(said)

    def true(n: int, at: int) -> bool:
        step = truth[at % len(truth)]
        return said[n] == step or (loose and said[n][2] < 0 and said[n][:2] == step[:2])

    stretch = any(
        all(true(n, at + n) for n in range(count)) for at in range(len(truth) - count + 1)
    )
    loop = count > len(truth) and all(true(n, n) for n in range(count))
    value = 1.0 if stretch or loop else likeness(truth, said)
    return Checked(value, "progression", f"{len(said)} chords")


def roman(claim: Claim, known: Known) -> Checked:
    forms = claim.value if isinstance(claim.value, tuple) else (str(claim.value),)
    minor = known.key is not None and known.key.mode == "minor"
    if known.roman is not None and len(forms) == 1 and not _beside(claim, known):
        form, truth, key = known.roman
        got = parse_numeral(forms[0], key.mode == "minor")
        if got is not None:
            value = 1.0 if forms[0] == form else roman_nearness(truth, got, key, key)[0]
            if value >= 1.0 or known.asked == "roman" or not known.steps:
                return Checked(value, "roman", f"it is {form}")
    read = [parse_numeral(form, minor) for form in forms]
    if known.key is None or not known.steps or None in read:
        return UNKNOWN
    if len(forms) > 1:
        return _numerals(forms, known)
    said = [make_step(*chord_of(numeral, known.key)[:2]) for numeral in read if numeral]
    there = any(step[:2] == said[0][:2] for step in known.steps)
    return Checked(float(there), f"roman:{''.join(forms)}", "one of the chords", 0.2)


def _numerals(forms: tuple[str, ...], known: Known) -> Checked:
    """A row of numerals in the key, or where one fits in its relative: "Am F C G, vi-IV-I-V in C".

    A numeral without a seventh leaves it open: "ii-V-I" is true of Dm7 G7 Cmaj7, and says less.
    """
    best = UNKNOWN
    for key in (known.key, known.key and _relative(known.key)):
        read = [key and parse_numeral(form, key.mode == "minor") for form in forms]
        said = [make_step(*chord_of(one, key)[:2]) for one in read if one and key]
        row = _row(said, known)
        if row.support != 1.0 and (left := sum(seventh < 0 for _, _, seventh in said)):
            row = replace(_row(said, known, loose=True), covers=1.0 - 0.5 * left / len(said))
        if best.support is None or (row.support or 0.0) == 1.0 > best.support:
            best = row
    if best.support == 1.0:
        slot = "roman" if known.asked == "roman" else "progression"
        return replace(best, slot=slot, why=f"{best.why}, in numerals")
    return Checked(best.support, "roman", best.why)


def _relative(key: Key) -> Key:
    if key.mode == "minor":
        return Key(Note(key.tonic.fifths - 3), "major")
    return Key(Note(key.tonic.fifths + 3), "minor")


def note(claim: Claim, known: Known) -> Checked:
    note = parse_note(str(claim.value))
    if note is None:
        return UNKNOWN
    if {"final", "earlier"} <= known.subject | claim.subject - {"final"} or (
        {"first", "later"} <= known.subject | claim.subject - {"first"}
    ):
        return UNKNOWN
    if known.note is not None and _same_subject(claim.subject, known):
        return Checked(float(note.same(known.note)), "note", f"it is {known.note.name}")
    if known.chord is not None and "final" in claim.subject and "first" not in known.subject:
        return _within(note, claim, known.chord)
    return UNKNOWN


def _same_subject(said: frozenset[str], known: Known) -> bool:
    """Is the claim about the note that the question asks?"""
    wanted, named = known.subject & VOICES, said & VOICES
    there, place = known.subject & EDGES, said & EDGES
    if there and place and there.isdisjoint(place):
        return False
    if wanted and named:
        return bool(wanted & named)
    if known.asked != "note" or not wanted <= {"top"} or there == EDGES:
        return False  # a note of no voice is of the melody that is asked
    return named <= {"top"} and not (wanted and said - named - EDGES - ORDER)


def _within(note: Note, claim: Claim, chord: Chord) -> Checked:
    if "root" in claim.subject and chord.root is not None:
        return Checked(float(note.same(chord.root)), "root", "the root of the chord")
    if chord.bass and "bass" in claim.subject:
        return Checked(float(note.pitch_class == chord.bass_pitch_class), "bass", "the bass")
    if note.pitch_class not in chord.all_pitch_classes:
        return Checked(0.0, "note", "it is outside of the last chord")
    return UNKNOWN
