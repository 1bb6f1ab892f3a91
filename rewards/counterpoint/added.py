"""Parts that an answer adds to a given one, judged together with it."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import pairwise

from rewards.counterpoint.given import Fact, Given, read_given, shown
from rewards.patterns import Pattern
from rewards.records import Verdict
from rewards.spelling.abc import parse_abc
from rewards.spelling.scores import MOST_VOICES, Voice, listed, sung, voices_of
from rewards.text import READ_LIMIT, fold
from rewards.voice_leading import (
    CROSSING,
    DIRECT_FIFTHS,
    DIRECT_OCTAVES,
    DISSONANCE,
    LEADING_TONE,
    PARALLEL_FIFTHS,
    PARALLEL_OCTAVES,
    RANGE,
    SPACING,
    Fault,
    clashes,
    examine,
    ordered,
    sonorities,
    unprepared,
)

LIMIT = 4 * READ_LIMIT
"""An answer of notes may be longer than others: this many characters."""

_MOST_ADDED = 512
_WEIGHTS = {
    PARALLEL_FIFTHS: 3.0, PARALLEL_OCTAVES: 3.0, DIRECT_FIFTHS: 1.0, DIRECT_OCTAVES: 1.0,
    CROSSING: 1.5, SPACING: 1.0, RANGE: 1.5, DISSONANCE: 2.0, LEADING_TONE: 1.5,
}  # fmt: skip
_MOTIONS = (PARALLEL_FIFTHS, PARALLEL_OCTAVES, DIRECT_FIFTHS, DIRECT_OCTAVES)
_FENCE = Pattern(r"```\w{0,12}")


def added_parts(fact: Fact, text: str) -> Verdict:
    """The verdict on a text that should hold further parts."""
    if len(text) > LIMIT:
        return Verdict(0.0, f"the answer is longer than {LIMIT} characters")
    return _judged(fact, text)


@lru_cache(maxsize=1024)
def _judged(fact: Fact, text: str) -> Verdict:
    given = read_given(*fact)
    part = given.piece.voices[0]
    onsets = tuple(tone.onset for tone in part.tones)
    end = part.tones[-1].end
    read = _added(given, fold(_FENCE.sub("", text)), onsets)
    if not read:
        return Verdict(0.0, f"the answer holds no notes that can be read: {text[:60]!r}")
    if len(read) >= MOST_VOICES or sum(len(voice.tones) for voice in read) > _MOST_ADDED:
        return Verdict(0.0, f"the answer has over {MOST_VOICES - 1} parts or {_MOST_ADDED} notes")
    sequence = [(tone.onset, tone.pitch) for tone in part.tones]
    added = [v for v in read if [(tone.onset, tone.pitch) for tone in v.tones] != sequence]
    if not added:
        return Verdict(0.0, "the answer only repeats the given part")
    clipped = [
        Voice(
            f"{voice.name} (added)" if voice.name == part.name else voice.name,
            tuple(tone for tone in voice.tones if tone.onset < end),
        )
        for voice in added
    ]
    idle = _idle(part, clipped)
    if idle:
        return Verdict(0.0, idle)
    covered = _coverage(part, clipped)
    if covered < 0.5:
        return Verdict(0.0, f"the added parts sound at {covered:.0%} of the given notes")
    return _weighed(given, clipped, onsets, covered)


def _added(given: Given, text: str, onsets: tuple[int, ...]) -> tuple[Voice, ...]:
    """The voices that a text writes, in whichever form it does."""
    rows = listed(text)
    if len(rows) > 1:
        return voices_of(rows)
    tune = parse_abc(text, given.header or "")
    if tune is not None and given.header is not None:
        ends = {voice.tones[-1].end for voice in tune.piece.voices}
        if given.piece.voices[0].tones[-1].end in ends:
            return tune.piece.voices
    return sung(text, onsets) or (tune.piece.voices if tune is not None else ())


def _idle(part: Voice, added: list[Voice]) -> str:
    """Why the added voices are too still to be a part, or ""."""

    def moves(voice: Voice) -> int:
        tones = voice.tones
        return sum(a.pitch != b.pitch for a, b in pairwise(tones))

    def pitches(voice: Voice) -> int:
        return len({tone.pitch for tone in voice.tones})

    most, variety = max(map(moves, added)), max(map(pitches, added))
    if most < max(1, -(-moves(part) // 3)):
        return f"the added parts move {most} times, the given part {moves(part)}"
    if variety < min(3, pitches(part)):
        return f"the added parts have {variety} different pitches"
    return ""


def _coverage(part: Voice, added: list[Voice]) -> float:
    """The share of the given notes at which an added part sounds."""
    onsets = {tone.onset for tone in part.tones}
    moments = sonorities([part, *added])
    heard = sum(now in onsets and any(tones[1:]) for now, tones in moments)
    return heard / len(onsets)


def _follows(part: Voice, added: Voice) -> bool:
    """True if a voice moves with the given one, semitone more or less, nearly throughout."""
    lines = [now for now in sonorities([part, added]) if now[1][0] and now[1][0].onset == now[0]]
    moves = parallel = 0
    for (_, (a, b)), (_, (c, d)) in pairwise(lines):
        if a and c and a.pitch != c.pitch:
            moves += 1
            if b and d and b.pitch != d.pitch:
                parallel += abs((c.pitch - a.pitch) - (d.pitch - b.pitch)) <= 1
    return moves >= 3 and parallel >= 0.9 * moves


def _weighed(given: Given, added: list[Voice], onsets: tuple[int, ...], covered: float) -> Verdict:
    part = given.piece.voices[0]
    voices = ordered([part, *added])
    judged = frozenset(voice.name for voice in added)
    faults = examine(voices, tonic=given.tonic, judged=judged)
    names = tuple(voice.name for voice in voices)
    foreign = unprepared(voices) if len(voices) == 2 else clashes(voices, onsets)
    faults += [Fault(DISSONANCE, onset, names) for onset in foreign]
    counts = Counter(fault.kind for fault in faults)
    chances = dict.fromkeys(_WEIGHTS, len(onsets))
    chances |= dict.fromkeys(_MOTIONS, len(onsets) - 1)
    chances[RANGE] *= len(added)
    cost = sum(_WEIGHTS[kind] * count / max(1, chances[kind]) for kind, count in counts.items())
    value = covered * max(0.0, 1.0 - cost)
    said = ", ".join(f"{count} x {kind}" for kind, count in sorted(counts.items()))
    why = f"{len(added)} added: {said or 'no fault'}"
    if all(_follows(part, voice) for voice in added):
        value, why = min(value, 0.3), why + "; they only follow the given part in parallel"
    if covered < 1.0:
        why += f"; they sound at {covered:.0%} of the given notes"
    return Verdict(value, why, {"faults": shown(given, tuple(faults)), "coverage": covered})
