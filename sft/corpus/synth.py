"""A small additive synthesizer: notes to sound without any asset.

Conventions
-----------
Mono float32 at 16 kHz, peak ``PEAK``; times in seconds, pitch as MIDI numbers (A4 = 69
= 440 Hz), velocity in (0, 1]. A tone is a sum of sine partials, all below ``CEILING``,
so nothing aliases. The instruments are imitations: what tells them apart is the real
ones' mark (odd partials of the clarinet, decay of struck strings and bars, vibrato of
the bow).

| instrument | partials (multiple of the fundamental: amplitude) | envelope |
|---|---|---|
| organ | 1, 2, 3, 4, 6, 8: octaves and a twelfth, flat | held |
| piano | 1 to 10, falling | struck, high partials die first |
| flute | 1 to 3, steep | held, soft attack, slight vibrato |
| clarinet | odd 1 to 9 | held |
| violin | 1 to 12 as 1/n | held, slow attack, vibrato |
| vibraphone | 1, 4, 10 | struck, long |
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from policies.decoder import RATE

PEAK = 0.9
CEILING = 7_600.0
"""Highest partial [Hz]; the rest of the way to 8 kHz is room for vibrato."""

LONGEST = 3.0
"""Longest tone [s]."""

RELEASE = 0.03
"""How long a tone takes to fall silent once its note has ended [s]."""


@dataclass(frozen=True, slots=True)
class Timbre:
    """An instrument.

    Attributes:
        partials: (multiple of the fundamental, amplitude).
        attack: rise time [s].
        decay: time constant of the fundamental [s]; None for a held tone.
        vibrato: depth as a share of the frequency, at 5.5 Hz.
    """

    partials: tuple[tuple[float, float], ...]
    attack: float
    decay: float | None = None
    vibrato: float = 0.0


TIMBRES: dict[str, Timbre] = {
    "organ": Timbre(((1, 1.0), (2, 0.8), (3, 0.4), (4, 0.5), (6, 0.2), (8, 0.25)), 0.02),
    "piano": Timbre(tuple((n, 0.72 ** (n - 1)) for n in range(1, 11)), 0.004, decay=0.9),
    "flute": Timbre(((1, 1.0), (2, 0.22), (3, 0.07)), 0.06, vibrato=0.003),
    "clarinet": Timbre(((1, 1.0), (3, 0.6), (5, 0.35), (7, 0.2), (9, 0.1)), 0.03),
    "violin": Timbre(tuple((n, 1.0 / n) for n in range(1, 13)), 0.08, vibrato=0.006),
    "vibraphone": Timbre(((1, 1.0), (4, 0.35), (10, 0.08)), 0.003, decay=1.6),
}


@dataclass(frozen=True, slots=True)
class Tone:
    """One note to be sounded: start and length [s], MIDI number, velocity in (0, 1]."""

    start: float
    length: float
    midi: int
    velocity: float = 1.0


def render(tones: Iterable[Tone], timbre: str, seconds: float) -> np.ndarray:
    """The sound of the tones: (S,) float32 at ``RATE``, peak ``PEAK``, silent if no tones.

    Tones may ring ``RELEASE`` seconds past their end; what lies beyond ``seconds`` is cut.
    """
    mix_S = np.zeros(round(seconds * RATE), dtype=np.float32)
    tail = round(RELEASE * RATE)
    for tone in tones:
        start = round(tone.start * RATE)
        held = round(min(tone.length, LONGEST - RELEASE) * RATE)
        count = min(held + tail, len(mix_S) - start)
        if count <= 0:
            continue
        sound = tone_of(timbre, tone.midi)[:count] * np.float32(tone.velocity)
        faded = count - held
        if faded > 0:
            sound[held:] *= _fall()[:faded]
        mix_S[start : start + count] += sound
    peak = float(np.abs(mix_S).max(initial=0.0))
    return mix_S * np.float32(PEAK / peak) if peak > 0 else mix_S


@lru_cache(maxsize=1024)
def tone_of(timbre: str, midi: int) -> np.ndarray:
    """A whole tone of ``LONGEST`` seconds, float32, of which a note takes its beginning."""
    voice = TIMBRES[timbre]
    base = 440.0 * 2.0 ** ((midi - 69) / 12)
    time_S = np.arange(round(LONGEST * RATE)) / RATE
    sway_S = voice.vibrato * base / 5.5 * (1 - np.cos(2 * np.pi * 5.5 * time_S)) / (2 * np.pi)
    turns_S = base * time_S + sway_S
    sound_S = np.zeros(len(time_S), dtype=np.float32)
    for multiple, amplitude in voice.partials:
        if multiple * base > CEILING:
            continue
        # Whole turns go in float64: only their fraction is small enough for float32.
        phase_S = multiple * turns_S
        wave_S = np.sin(2 * np.pi * (phase_S - np.floor(phase_S)).astype(np.float32))
        if voice.decay is not None:
            rate = (0.6 + 0.4 * multiple) / voice.decay
            wave_S *= np.exp(-rate * time_S.astype(np.float32))
        sound_S += np.float32(amplitude) * wave_S
    rise_S = np.minimum(1.0, time_S / voice.attack).astype(np.float32)
    return sound_S * rise_S / np.float32(np.sqrt(sum(a * a for _, a in voice.partials)))


@lru_cache(maxsize=1)
def _fall() -> np.ndarray:
    return np.linspace(1.0, 0.0, round(RELEASE * RATE), dtype=np.float32)
