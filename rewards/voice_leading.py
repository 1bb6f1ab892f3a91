"""The leading of voices: which rules of part-writing a few voices break, and where.

Conventions
-----------
By sound: a fifth is seven semitones, also across octaves. Two voices are compared
at each moment at which one of them begins a note, with the moment before; a rest
interrupts. Voices stand in order of height: by name where all have names of the
choir or "upper" and "lower", else by mean pitch. Four voices without such names are
soprano, alto, tenor and bass.

================  ==============================================================
fault             where
================  ==============================================================
parallel fifths   two voices move, fifth (or twelfth) to fifth, also by contrary
                  motion
parallel octaves  the same with octaves and unisons, also octave to unison
direct fifths,    outer voices move in the same direction into a fifth or an
direct octaves    octave, the upper one by more than a whole tone
voice crossing    a voice sounds below the next lower one
spacing           more than an octave between neighbours, the lowest pair apart
range             soprano C4-A5, alto F3-D5, tenor C3-G4, bass E2-C4; any other
                  voice C2-C6
dissonance        of two voices that begin together: a second, fourth, tritone or
                  seventh (the perfect fourth is one in two voices)
leading tone      before a tonic in the lowest voice, which was not there before,
                  the leading tone moves elsewhere than a semitone up; an inner
                  voice may also fall a third
================  ==============================================================

Source: Aldwell, Schachter and Cadwallader, *Harmony and Voice Leading*; for two
voices Fux. music21's ``VoiceLeadingQuartet`` is the oracle of the tests. It tells
octaves from unisons, sees hidden fifths in any pair and judges by spelling.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rewards.spelling.harte import CHORDS
from rewards.spelling.scores import Tone, Voice

PARALLEL_FIFTHS = "parallel fifths"
PARALLEL_OCTAVES = "parallel octaves"
DIRECT_FIFTHS = "direct fifths"
DIRECT_OCTAVES = "direct octaves"
CROSSING = "voice crossing"
SPACING = "spacing"
RANGE = "range"
DISSONANCE = "dissonance"
LEADING_TONE = "leading tone"
KINDS = (PARALLEL_FIFTHS, PARALLEL_OCTAVES, DIRECT_FIFTHS, DIRECT_OCTAVES, CROSSING, SPACING,
         RANGE, DISSONANCE, LEADING_TONE)  # fmt: skip

RANGES = {"soprano": (60, 81), "alto": (53, 74), "tenor": (48, 67), "bass": (40, 60)}
GENERAL_RANGE = (36, 84)
CHOIR = tuple(RANGES)
_ROLES = {
    **dict.fromkeys(("s", "soprano", "sopran", "soprane", "discant", "sop"), "soprano"),
    **dict.fromkeys(("a", "alto", "alt", "altus", "contralto"), "alto"),
    **dict.fromkeys(("t", "tenor", "tenore", "ten"), "tenor"),
    **dict.fromkeys(("b", "bass", "basso", "bassus", "basses", "bajo"), "bass"),
}
_HEIGHTS = {**{role: place for place, role in enumerate(CHOIR)},
            "upper": -1, "top": -1, "treble": -1, "lower": 9, "bottom": 9}  # fmt: skip
_CONSONANT = frozenset({0, 3, 4, 7, 8, 9})

Sonority = tuple[int, list[Tone | None]]
"""A moment [ticks] and what each voice then sounds."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken rule: its kind, when [ticks], between or in which parts."""

    kind: str
    onset: int
    parts: tuple[str, ...]


def role_of(name: str) -> str | None:
    """The voice of the choir that a part is named after."""
    return _ROLES.get(name.strip().casefold())


def ordered(voices: Sequence[Voice]) -> tuple[Voice, ...]:
    """The voices from the highest to the lowest, those without a note left out."""
    voices = [voice for voice in voices if voice.tones]
    mean = {id(v): sum(t.pitch for t in v.tones) / len(v.tones) for v in voices}
    heights = {id(v): _HEIGHTS.get(role_of(v.name) or v.name.strip().casefold()) for v in voices}
    if all(height is not None for height in heights.values()):
        return tuple(sorted(voices, key=lambda v: (heights[id(v)], -mean[id(v)])))
    return tuple(sorted(voices, key=lambda v: -mean[id(v)]))


def roles_of(voices: Sequence[Voice]) -> tuple[str | None, ...]:
    """What each of the ordered voices sings: by name, or by place among four."""
    named = tuple(role_of(voice.name) for voice in voices)
    return CHOIR if len(voices) == 4 and not all(named) else named


def sonorities(voices: Sequence[Voice]) -> list[Sonority]:
    """What sounds at each moment at which a note begins, in order of time."""
    moments = sorted({tone.onset for voice in voices for tone in voice.tones})
    columns = []
    for voice in voices:
        tones, at, column = voice.tones, -1, []
        for moment in moments:
            while at + 1 < len(tones) and tones[at + 1].onset <= moment:
                at += 1
            column.append(tones[at] if at >= 0 and tones[at].end > moment else None)
        columns.append(column)
    return [(moment, [column[i] for column in columns]) for i, moment in enumerate(moments)]


def examine(
    voices: Sequence[Voice], *, tonic: int | None = None, judged: frozenset[str] | None = None
) -> list[Fault]:
    """All faults of the ordered voices, in order of time.

    Args:
        voices: from the highest to the lowest, as ``ordered`` gives them.
        tonic: its pitch class; None leaves the leading tone aside.
        judged: only faults in which one of these parts takes part; None for all.
    """
    names = [voice.name for voice in voices]
    judges = [judged is None or name in judged for name in names]
    pairs = [
        (i, j)
        for i in range(len(voices))
        for j in range(i + 1, len(voices))
        if judges[i] or judges[j]
    ]
    sounding = sonorities(voices)
    faults = [Fault(RANGE, tone.onset, (names[i],)) for i, tone in _out_of_range(voices, judges)]
    for moment in sounding:
        faults += _vertical(moment, names, pairs)
    for before, after in pairwise(sounding):
        faults += _motion(before[1], after, names, pairs)
        if tonic is not None:
            faults += _leading_tone(before[1], after, names, judges, tonic)
    return sorted(faults, key=lambda fault: fault.onset)


def _out_of_range(voices: Sequence[Voice], judges: list[bool]) -> Iterable[tuple[int, Tone]]:
    for i, (voice, role) in enumerate(zip(voices, roles_of(voices), strict=True)):
        low, high = RANGES[role] if role else GENERAL_RANGE
        if judges[i]:
            yield from ((i, tone) for tone in voice.tones if not low <= tone.pitch <= high)


def _vertical(moment: Sonority, names: list[str], pairs: list[tuple[int, int]]) -> list[Fault]:
    now, tones = moment
    faults = []
    for i, j in pairs:
        upper, lower = tones[i], tones[j]
        if upper is None or lower is None or (upper.onset != now and lower.onset != now):
            continue
        gap = upper.pitch - lower.pitch
        if j == i + 1:
            if gap < 0:
                faults.append(Fault(CROSSING, now, (names[i], names[j])))
            elif gap > 12 and (j < len(names) - 1):
                faults.append(Fault(SPACING, now, (names[i], names[j])))
        together = upper.onset == lower.onset
        if len(names) == 2 and together and abs(gap) % 12 not in _CONSONANT:
            faults.append(Fault(DISSONANCE, now, (names[i], names[j])))
    return faults


def _motion(
    before: list[Tone | None], after: Sonority, names: list[str], pairs: list[tuple[int, int]]
) -> list[Fault]:
    now, tones = after
    faults = []
    for i, j in pairs:
        a, b, c, d = before[i], before[j], tones[i], tones[j]
        if a is None or b is None or c is None or d is None:
            continue
        up, low = c.pitch - a.pitch, d.pitch - b.pitch
        if not up or not low:
            continue
        arrived = abs(c.pitch - d.pitch) % 12
        if arrived not in (0, 7):
            continue
        left = abs(a.pitch - b.pitch) % 12
        if arrived == left:
            kind = PARALLEL_FIFTHS if arrived else PARALLEL_OCTAVES
        elif i == 0 and j == len(names) - 1 and (up > 0) == (low > 0) and abs(up) > 2:
            kind = DIRECT_FIFTHS if arrived else DIRECT_OCTAVES
        else:
            continue
        faults.append(Fault(kind, now, (names[i], names[j])))
    return faults


def _leading_tone(
    before: list[Tone | None], after: Sonority, names: list[str], judges: list[bool], tonic: int
) -> list[Fault]:
    now, tones = after
    bass_before, bass = before[-1], tones[-1]
    if bass is None or bass_before is None or bass.pitch % 12 != tonic:
        return []
    if bass_before.pitch % 12 == tonic:
        return []
    faults = []
    for i, (old, new) in enumerate(zip(before, tones, strict=True)):
        if not judges[i] or old is None or new is None or (old.pitch + 1) % 12 != tonic:
            continue
        moved = new.pitch - old.pitch
        inner = 0 < i < len(names) - 1
        if moved not in (0, 1) and not (inner and moved == -4):
            faults.append(Fault(LEADING_TONE, now, (names[i],)))
    return faults


def overlaps(voices: Sequence[Voice]) -> bool:
    """True if a voice moves past where its neighbour has just been."""
    for (_, old), (_, new) in pairwise(sonorities(voices)):
        for i in range(len(voices) - 1):
            a, b, c, d = old[i], old[i + 1], new[i], new[i + 1]
            if a and b and c and d and (c.pitch < b.pitch or d.pitch > a.pitch):
                return True
    return False


def unprepared(voices: Sequence[Voice]) -> list[int]:
    """Moments [ticks] of a dissonance of two voices of which one is held, without excuse.

    It is excused where the voice that moves comes and goes by step (a passing or
    neighbour note), or the held one then falls by step (a suspension).
    """
    found = []
    places = [{tone.onset: at for at, tone in enumerate(voice.tones)} for voice in voices]
    for now, (upper, lower) in sonorities(voices):
        if upper is None or lower is None or upper.onset == lower.onset:
            continue
        if abs(upper.pitch - lower.pitch) % 12 in _CONSONANT:
            continue
        moving, held = (upper, lower) if upper.onset == now else (lower, upper)
        mover = 0 if moving is upper else 1
        line, at = voices[mover].tones, places[mover][moving.onset]
        other, sustained = voices[1 - mover].tones, places[1 - mover][held.onset]
        steps = [abs(a.pitch - b.pitch) for a, b in pairwise(line[max(0, at - 1) : at + 2])]
        falls = other[sustained + 1 : sustained + 2]
        resolved = falls and 1 <= held.pitch - falls[0].pitch <= 2
        if not resolved and (len(steps) < 2 or any(not 0 < step <= 2 for step in steps)):
            found.append(now)
    return found


def clashes(voices: Sequence[Voice], onsets: Iterable[int]) -> list[int]:
    """Those of the onsets [ticks] at which more than two voices sound no triad or seventh.

    One voice that is held from before is allowed to be foreign.
    """
    wanted, found = set(onsets), []
    for now, tones in sonorities(voices):
        sounding = [tone for tone in tones if tone is not None]
        if now not in wanted or len(sounding) < 2 or _stacked(sounding):
            continue
        held = [tone for tone in sounding if tone.onset != now]
        if not any(_stacked([t for t in sounding if t is not one]) for one in held):
            found.append(now)
    return found


_CHORDS = ("7", "maj7", "min7", "hdim7", "dim7", "aug", "minmaj7")
_STACKS = {frozenset((root + step) % 12 for step in CHORDS[name])
           for root in range(12) for name in _CHORDS}  # fmt: skip
_SUBSETS: dict[frozenset[int], bool] = {}


def _stacked(tones: Sequence[Tone]) -> bool:
    classes = frozenset(tone.pitch % 12 for tone in tones)
    if classes not in _SUBSETS:  # at most 4,096 sets
        _SUBSETS[classes] = any(classes <= stack for stack in _STACKS)
    return _SUBSETS[classes]
