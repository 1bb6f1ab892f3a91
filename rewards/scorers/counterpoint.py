"""Reward ``counterpoint``: voices added to a given part, or faults found in given parts.

Conventions
-----------
The rules and their fault kinds are those of ``rewards.voice_leading``. The given
notes decide what is asked.

**One part is given**: the answer is one or more further parts, in ABC, or as a list
of [onset in quarters, pitch, part], or as one line of pitch names a part, one to each
given note. It may repeat the given part. What ABC leaves out of L, M and K is as given.
All faults in which an added part takes part cost::

    value = coverage * max(0, 1 - sum over kinds of weight * faults / opportunities)

===========================  ======  ==========================================
fault                        weight  opportunities
===========================  ======  ==========================================
parallel fifths, octaves     3       given notes - 1
direct fifths, octaves       1       given notes - 1
voice crossing               1.5     given notes
spacing                      1       given notes
range                        1.5     given notes x added parts
dissonance                   2       given notes
leading tone                 1.5     given notes
===========================  ======  ==========================================

Opportunities are counted on what is given, so that repeated notes do not thin out the
faults. A dissonance is also, of two voices, a held one that is neither passing nor a
suspension, and, of more, a sonority on a given note that is no triad or seventh chord
(one voice held over aside). Coverage is the share of the given notes at which an added
part sounds. Parts that only follow the given one in parallel, at whatever interval, earn at
most .3. 0 for: the given part itself, silence, under half covered, fewer than a
third as many moves as the given part, fewer than three pitches (where it has three),
text that cannot be read.

**Several parts are given**: the answer names the faults. A kind counts in full if it is
there; where parts are named, by the share of the named groups of parts that have it; by
half if the bar is wrong. F1 over kinds; 0 where more named kinds are false than true,
where kinds are offered as alternatives, and for "no errors" where there are some. "No
errors" earns 1 exactly where there are none. A voice overlap that is there is no error.

The leading tone counts where ``facts.key`` is major or minor; bars are known from ABC, or
from ``facts.meter``. Source: ``rewards/voice_leading.py``; the weights are Etude's own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from rewards.errors import DataError
from rewards.extract import choose
from rewards.patterns import Pattern
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.key import reference
from rewards.scorers.typed import answer_text, applies
from rewards.spelling.abc import parse_abc
from rewards.spelling.faults import OVERLAP, PARALLELS, Claim, read_faults
from rewards.spelling.meters import parse_meter
from rewards.spelling.scores import (
    MOST_NOTES,
    MOST_VOICES,
    QUARTER,
    Piece,
    Voice,
    listed,
    midi_pitch,
    sung,
    voices_of,
)
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
    overlaps,
    roles_of,
    sonorities,
    unprepared,
)

Rows = tuple[tuple[float, str, str], ...]
Fact = tuple[str | Rows, str | None, str | None]
PART_LIMIT = 4 * READ_LIMIT
"""An answer of notes may be longer than others: this many characters."""

_MOST_ADDED = 512
_SHOWN = 32
_WEIGHTS = {
    PARALLEL_FIFTHS: 3.0, PARALLEL_OCTAVES: 3.0, DIRECT_FIFTHS: 1.0, DIRECT_OCTAVES: 1.0,
    CROSSING: 1.5, SPACING: 1.0, RANGE: 1.5, DISSONANCE: 2.0, LEADING_TONE: 1.5,
}  # fmt: skip
_MOTIONS = (PARALLEL_FIFTHS, PARALLEL_OCTAVES, DIRECT_FIFTHS, DIRECT_OCTAVES)
_FENCE = Pattern(r"```\w{0,12}")


@dataclass(frozen=True, slots=True)
class Given:
    """The fact, read: the piece with ordered voices, an ABC header, what is wrong."""

    piece: Piece
    header: str | None
    tonic: int | None
    faults: tuple[Fault, ...]

    def bar_of(self, onset: int) -> int | None:
        """The number of the bar in which a moment [ticks] lies."""
        bars = self.piece.bars
        return self.piece.first_bar + bisect_right(bars, onset) - 1 if bars else None


@reward("counterpoint")
def counterpoint(question: Question, response: Response) -> Verdict | None:
    """The added parts by the rules of voice-leading, or F1 of the faults named.

    Raises:
        DataError: the fact holds no notes that can be read.
    """
    if not applies(question, "counterpoint"):
        return None
    facts = question.facts
    fact = (facts.counterpoint or "", facts.key, facts.meter)
    if len(read_given(*fact).piece.voices) > 1:
        text = answer_text(question, response)
        return text if isinstance(text, Verdict) else _faults_named(fact, text)
    if response.answer is None:
        return Verdict(0.0, "there is no answer block")
    text = response.answer.strip()
    if question.choices:
        index = choose(question.choices, text).index
        text = question.choices[index] if index is not None else text
    if len(text) > PART_LIMIT:
        return Verdict(0.0, f"the answer is longer than {PART_LIMIT} characters")
    return _added_parts(fact, text)


@lru_cache(maxsize=256)
def read_given(fact: str | Rows, key: str | None, meter: str | None) -> Given:
    """Read the given notes and find their faults.

    Raises:
        DataError: they cannot be read, or are more than the reward can judge.
    """
    header = None
    if isinstance(fact, str):
        tune = parse_abc(fact)
        if tune is None or tune.skipped:
            raise DataError(
                f"facts.counterpoint: got {fact[:60]!r}, expected ABC notation of at most "
                f"{MOST_NOTES} notes"
            )
        piece, header = tune.piece, tune.header
    else:
        piece = Piece(voices_of(_numbered(fact)), *_bars(fact, meter))
    voices = ordered(piece.voices)
    if len(voices) > MOST_VOICES or sum(len(voice.tones) for voice in voices) > MOST_NOTES:
        raise DataError(
            f"facts.counterpoint: got {len(voices)} voices at once, expected at most "
            f"{MOST_VOICES}, with {MOST_NOTES} notes"
        )
    if max(len(voice.tones) for voice in voices) < 2:
        raise DataError("facts.counterpoint: got 1 note, expected at least 2 in a part")
    truth = reference(key) if key else None
    tonic = truth.tonic.pitch_class if truth else None
    faults = tuple(examine(voices, tonic=tonic)) if len(voices) > 1 else ()
    return Given(Piece(voices, piece.bars, piece.first_bar), header, tonic, faults)


def _numbered(rows: Rows) -> list[tuple[float, int, str]]:
    read = []
    for onset, written, part in rows:
        pitch = midi_pitch(fold(written))
        if pitch is None:
            raise DataError(
                f"facts.counterpoint: got the pitch {written[:20]!r}, expected one such as "
                "'F#4', or a MIDI number"
            )
        read.append((onset, pitch, part))
    return read


def _bars(rows: Rows, meter: str | None) -> tuple[tuple[int, ...], int]:
    found = parse_meter(fold(meter)) if meter else None
    if found is None or found.unit is None:
        return (), 1
    length = 4 * QUARTER * found.beats // found.unit
    last = round(max(onset for onset, _, _ in rows) * QUARTER)
    return tuple(range(0, min(last, 4096 * length) + 1, length)), 1


@lru_cache(maxsize=1024)
def _faults_named(fact: Fact, text: str) -> Verdict:
    """The verdict on a cleaned text that should name the faults of the given parts."""
    given = read_given(*fact)
    voices = given.piece.voices
    names = tuple(voice.name for voice in voices)
    reading = read_faults(text, names, roles_of(voices))
    kinds = sorted({fault.kind for fault in given.faults})
    details = {"faults": _shown(given, given.faults), "named": [c.kind for c in reading.claims]}
    if reading.hedged:
        return Verdict(0.0, "the answer offers alternatives", details)
    if not reading.claims:
        if not reading.none:
            return Verdict(0.0, f"the answer names no fault: {fold(text)[:60]!r}", details)
        why = f"there is {', '.join(kinds)}" if kinds else "there is no fault"
        return Verdict(float(not kinds), why, details)
    value = _f1(given, reading.claims)
    why = f"named {', '.join(dict.fromkeys(c.kind for c in reading.claims))}; "
    return Verdict(value, why + f"there is {', '.join(kinds) or 'no fault'}", details)


def _f1(given: Given, claims: tuple[Claim, ...]) -> float:
    voices = given.piece.voices
    place = {voice.name: i for i, voice in enumerate(voices)}
    true: dict[str, list[tuple[frozenset[int], int | None]]] = {}
    for fault in given.faults:
        parts = frozenset(place[name] for name in fault.parts)
        true.setdefault(fault.kind, []).append((parts, given.bar_of(fault.onset)))
    named: dict[str, list[float]] = {}
    for claim in claims:
        kind = claim.kind
        if kind == OVERLAP and overlaps(voices):
            continue
        if kind == PARALLELS:
            kind = PARALLEL_FIFTHS if PARALLEL_FIFTHS in true else PARALLEL_OCTAVES
        named.setdefault(kind, []).append(_credit(claim, true.get(kind, []), len(voices)))
    earned = sum(sum(credits) / len(credits) for credits in named.values())
    right = sum(1 for credits in named.values() if max(credits) > 0)
    if not named or len(named) - right > right:
        return 0.0
    return 2.0 * earned / (len(named) + len(true))


def _credit(claim: Claim, true: list[tuple[frozenset[int], int | None]], count: int) -> float:
    """What one named fault is worth, in [0, 1] (see the top of this module)."""
    if not true:
        return 0.0
    credit = 1.0
    groups = [group for group in claim.parts if len(group) < count or -1 in group]
    if groups:
        hit = [group for group in groups if any(group <= parts for parts, _ in true)]
        credit = len(hit) / len(groups)
        true = [(parts, bar) for parts, bar in true if any(group <= parts for group in hit)] or true
    bars = [bar for _, bar in true if bar is not None]
    # The motion into a bar may be named by the bar that it leaves.
    if claim.bars and bars and not any(b in (bar, bar - 1) for b in claim.bars for bar in bars):
        credit *= 0.5
    return credit


@lru_cache(maxsize=1024)
def _added_parts(fact: Fact, text: str) -> Verdict:
    """The verdict on a text that should hold further parts."""
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
    names = sung(text, onsets)
    tune = parse_abc(text, given.header or "")
    if tune is None:
        return names
    ends = {voice.tones[-1].end for voice in tune.piece.voices}
    if names and not (given.header is not None and given.piece.voices[0].tones[-1].end in ends):
        return names
    return tune.piece.voices


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
    return Verdict(value, why, {"faults": _shown(given, tuple(faults)), "coverage": covered})


def _shown(given: Given, faults: tuple[Fault, ...]) -> list[dict[str, Any]]:
    """The first faults as plain JSON, onsets in quarters."""
    return [
        {
            "kind": fault.kind,
            "onset": round(fault.onset / QUARTER, 6),
            "parts": list(fault.parts),
            "bar": given.bar_of(fault.onset),
        }
        for fault in faults[:_SHOWN]
    ]
