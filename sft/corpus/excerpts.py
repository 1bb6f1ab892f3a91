"""Excerpts: the end of a phrase as it will sound.

Conventions
-----------
A clip lasts ``SECONDS`` and ends with the phrase: its last chord or note sounds fully
and is held at least ``HOLD`` seconds, so what came earlier may be cut at the front.
Tempo is counted in the meter's own beat: dotted quarters in 3/8, 6/8, 9/8 and 12/8,
halves in 2/2 and 3/2, dotted halves in 6/4, else quarters. Neighbouring tempi differ by
a fifth or more of their value and none is near the double of another. Chorales sound an
octave higher than written: low chords are mud in a small spectrogram. Transpositions
are dealt so that final pitch classes are even.

Everything random follows from (seed, split, number of the clip).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from policies.seeds import generator
from rewards.errors import ConfigError
from sft.corpus.names import name, steps_for
from sft.corpus.phrases import Phrase
from sft.corpus.piece import LENGTH, MIDI, ONSET, PART, TICKS
from sft.corpus.synth import TIMBRES, Tone, render

SECONDS = 3.0
HOLD = 1.0
TAIL = 0.05
SHORTEST = 0.08
"""A note of which less is left at the front [s] is dropped."""

TEMPI = {"chorale": (60, 74, 90), "tune": (60, 74, 90, 110, 134)}
BEATS = {"6/8": 1.5, "9/8": 1.5, "12/8": 1.5, "3/8": 1.5, "2/2": 2.0, "3/2": 2.0, "6/4": 3.0}
"""Quarter notes in a beat where it is not one."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A phrase end, transposed, at a tempo, on an instrument.

    Attributes:
        id: "train-00012".
        phrase: what is played.
        semitones: transposition, -5 to 6.
        octaves: added to that for the sound only.
        tempo: beats per minute.
        timbre: a name of ``TIMBRES``.
    """

    id: str
    phrase: Phrase
    semitones: int
    octaves: int
    tempo: int
    timbre: str

    @property
    def steps(self) -> int:
        """The transposition along the line of fifths."""
        return steps_for(self.semitones, self.phrase.signature)

    def name(self, place: int) -> str:
        """The name of one of the phrase's spelled pitches, as transposed."""
        return name(place + self.steps)

    @property
    def seconds_per_quarter(self) -> float:
        return 60.0 / (self.tempo * BEATS.get(self.phrase.meter, 1.0))


def tones(excerpt: Excerpt) -> tuple[Tone, ...]:
    """The notes of the clip; the last ones end ``TAIL`` seconds before the clip does."""
    phrase, pace = excerpt.phrase, excerpt.seconds_per_quarter / TICKS
    rows = phrase.notes
    final = rows[:, ONSET] + rows[:, LENGTH] > phrase.final_onset
    written = float((rows[final, ONSET] + rows[final, LENGTH]).max() - phrase.final_onset) * pace
    end = SECONDS - TAIL
    final_start = end - min(max(written, HOLD), SECONDS / 2)
    shift = excerpt.semitones + 12 * excerpt.octaves
    found: list[Tone] = []
    for row, last in zip(rows, final, strict=True):
        start = final_start + float(row[ONSET] - phrase.final_onset) * pace
        stop = end if last else start + float(row[LENGTH]) * pace
        if stop - max(start, 0.0) >= SHORTEST:
            velocity = 1.0 if row[PART] == 0 else 0.8
            found.append(
                Tone(max(start, 0.0), stop - max(start, 0.0), int(row[MIDI]) + shift, velocity)
            )
    return tuple(found)


def excerpt_id(split: str, number: int) -> str:
    """
    >>> excerpt_id("train", 7)
    'train-00007'
    """
    return f"{split}-{number:05d}"


def sound(excerpt: Excerpt) -> np.ndarray:
    """The clip: (S,) float32 at 16 kHz, S = 48,000."""
    return render(tones(excerpt), excerpt.timbre, SECONDS)


def deal(
    phrases: Sequence[Phrase], count: int, split: str, seed: int, chorales: float
) -> Iterator[Excerpt]:
    """``count`` excerpts, the share ``chorales`` of them from chorales.

    Each source's phrases are dealt in a shuffled order, all before any comes again, and
    their transpositions so that the final pitch classes are as even as ``count`` allows.

    Raises:
        ConfigError: if a source that is to give clips has no phrase.
    """
    decks = {source: _deck(phrases, source, split, seed) for source in TEMPI}
    for source, share in (("chorale", chorales), ("tune", 1 - chorales)):
        if share > 0 and not decks[source]:
            raise ConfigError(
                f"{split} has no {source} phrase to ask about, but a share of {share:g} of its "
                "clips is to come from them; expected some; read more tunes, or change 'chorales' "
                "or 'facets'"
            )
    dealt = dict.fromkeys(decks, 0)
    for number in range(count):
        source = "chorale" if dealt["chorale"] < chorales * (number + 1) - 0.5 else "tune"
        deck, turn = decks[source], dealt[source]
        dealt[source] += 1
        phrase = deck[turn % len(deck)]
        rng = generator(seed, "excerpt", split, number)
        # One further with every round of the deck, or a phrase would meet one key only.
        semitones = (turn + turn // len(deck) - phrase.final_class + 5) % 12 - 5
        yield Excerpt(
            id=excerpt_id(split, number),
            phrase=phrase,
            semitones=semitones,
            octaves=1 if source == "chorale" else 0,
            tempo=int(rng.choice(TEMPI[source])),
            timbre=str(rng.choice(sorted(TIMBRES))),
        )


def _deck(phrases: Sequence[Phrase], source: str, split: str, seed: int) -> list[Phrase]:
    own = [phrase for phrase in phrases if phrase.source == source]
    order = generator(seed, "deck", split, source).permutation(len(own))
    return [own[i] for i in order]
