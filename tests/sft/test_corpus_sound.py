"""The clips contain what is said about them, and nothing a rate of 16 kHz cannot hold."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

import numpy as np
import pytest

from policies.decoder import RATE
from rewards.errors import ConfigError
from sft.corpus.excerpts import HOLD, SECONDS, TAIL, Excerpt, deal, sound, tones
from sft.corpus.names import pitch_class
from sft.corpus.phrases import Phrase, phrases
from sft.corpus.piece import MIDI
from sft.corpus.scores import FORMAT, load_pieces
from sft.corpus.split import split_phrases
from sft.corpus.synth import PEAK, TIMBRES, Tone, render, tone_of


@pytest.fixture(scope="module")
def train() -> tuple[Phrase, ...]:
    pieces = load_pieces()
    return split_phrases(pieces, phrases(pieces))["train"]


def _chroma(samples_S: np.ndarray, low: float = 100.0, high: float = 4000.0) -> np.ndarray:
    """Energy at the fundamentals' and low partials' pitch classes, (12,), sum 1."""
    power = np.abs(np.fft.rfft(samples_S * np.hanning(len(samples_S)))) ** 2
    hertz = np.fft.rfftfreq(len(samples_S), 1 / RATE)
    inside = (hertz > low) & (hertz < high)
    classes = np.round(69 + 12 * np.log2(hertz[inside] / 440)).astype(int) % 12
    chroma = np.bincount(classes, weights=power[inside], minlength=12)
    return chroma / chroma.sum()


def _excerpts(train: tuple[Phrase, ...], count: int = 240) -> list[Excerpt]:
    return list(deal(train, count, "train", seed=7, chorales=0.5))


@pytest.mark.parametrize("timbre", sorted(TIMBRES))
@pytest.mark.parametrize("midi", [43, 69, 97])
def test_a_tone_has_its_pitch_and_does_not_alias(timbre: str, midi: int) -> None:
    power = np.abs(np.fft.rfft(tone_of(timbre, midi) * np.hanning(3 * RATE))) ** 2
    hertz = np.fft.rfftfreq(3 * RATE, 1 / RATE)
    base = 440 * 2 ** ((midi - 69) / 12)
    partials = np.array([m * base for m, _ in TIMBRES[timbre].partials if m * base < 7_600])
    # Vibrato spreads a partial by its depth and some sidebands of 5.5 Hz.
    near = np.abs(hertz[:, None] - partials).min(axis=1) < 20 + 0.012 * hertz
    assert power[near].sum() > 0.999 * power.sum()
    loudest = hertz[power.argmax()]
    assert abs(12 * np.log2(loudest / base) - round(12 * np.log2(loudest / base))) < 0.15


def test_the_final_chord_carries_the_energy_of_the_last_second(train: tuple[Phrase, ...]) -> None:
    chorales = [e for e in _excerpts(train, 80) if e.phrase.source == "chorale"]
    for excerpt in chorales[:24]:
        root, third = excerpt.phrase.root, 4 if excerpt.phrase.quality == "maj" else -3
        assert root is not None
        chord = [(pitch_class(root + step) + excerpt.semitones) % 12 for step in (0, 1, third)]
        chroma = _chroma(sound(excerpt)[-round((TAIL + HOLD - 0.1) * RATE) :])
        # Partials 3, 5, 7 and 9 of the chord's own notes account for the rest.
        assert chroma[chord].sum() > 0.7, excerpt
        assert chroma[chord[0]] > np.delete(chroma, chord).max(), excerpt


def test_the_last_note_of_a_tune_is_the_fundamental_at_the_end(train: tuple[Phrase, ...]) -> None:
    tunes = [e for e in _excerpts(train, 80) if e.phrase.source == "tune"]
    for excerpt in tunes[:24]:
        note = (pitch_class(excerpt.phrase.top) + excerpt.semitones) % 12
        chroma = _chroma(sound(excerpt)[-round((TAIL + HOLD - 0.2) * RATE) :])
        assert chroma.argmax() == note, excerpt


def test_names_follow_the_transposed_notes(train: tuple[Phrase, ...]) -> None:
    letters = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
    for excerpt in _excerpts(train):
        last = [t.midi for t in tones(excerpt) if t.start + t.length > SECONDS - TAIL - 1e-6]
        for height, place in ((min(last), excerpt.phrase.bass), (max(last), excerpt.phrase.top)):
            text = excerpt.name(place)
            sounding = letters[text[0]] + text.count("#") - text.count("b")
            assert sounding % 12 == height % 12


def test_the_last_event_ends_the_clip_and_is_held(train: tuple[Phrase, ...]) -> None:
    for excerpt in _excerpts(train):
        played = tones(excerpt)
        last = [t for t in played if t.start + t.length > SECONDS - TAIL - 1e-6]
        assert len(last) == (4 if excerpt.phrase.source == "chorale" else 1)
        assert all(t.length >= HOLD - 1e-6 for t in last)
        assert all(t.start >= 0 and t.start + t.length <= SECONDS - TAIL + 1e-6 for t in played)
        assert len(played) > len(last)
        assert {t.midi for t in played} <= {
            int(m) + excerpt.semitones + 12 * excerpt.octaves for m in excerpt.phrase.notes[:, MIDI]
        }


def test_final_pitch_classes_are_even_and_phrases_come_in_turn(train: tuple[Phrase, ...]) -> None:
    excerpts = _excerpts(train)
    assert len({e.phrase.id for e in excerpts}) == len(excerpts)
    for source in ("chorale", "tune"):
        finals = Counter(
            (e.phrase.final_class + e.semitones) % 12 for e in excerpts if e.phrase.source == source
        )
        assert set(finals.values()) == {10}
    assert {e.semitones for e in excerpts} == set(range(-5, 7))


def test_a_phrase_that_comes_again_comes_in_another_key(train: tuple[Phrase, ...]) -> None:
    few = [p for p in train if p.source == "tune"][:12]
    excerpts = list(deal(few, 144, "train", seed=0, chorales=0.0))
    assert len({(e.phrase.id, e.semitones) for e in excerpts}) == 144


def test_a_split_without_the_source_it_needs_says_so(train: tuple[Phrase, ...]) -> None:
    tunes = [p for p in train if p.source == "tune"]
    with pytest.raises(ConfigError, match="dev has no chorale phrase to ask about"):
        list(deal(tunes, 10, "dev", seed=0, chorales=0.5))


def test_what_is_played_changes_only_with_the_format(train: tuple[Phrase, ...]) -> None:
    """Else clips that are found and clips that are made would differ under one manifest."""
    played = [
        (tone.start, tone.length, float(tone.midi), tone.velocity)
        for excerpt in _excerpts(train, 60)
        for tone in tones(excerpt)
    ]
    said = sha256(np.round(np.array(played) * 1e4).astype(np.int64).tobytes())
    assert (FORMAT, said.hexdigest()[:16]) == (6, "d343c6478443f4a0")


def test_a_tone_behind_the_end_is_not_heard() -> None:
    heard = [Tone(0.5, 1.0, 60), Tone(2.0, 1.0, 64), Tone(3.0, 1.0, 64)]
    assert np.array_equal(render(heard, "organ", 2.0), render(heard[:1], "organ", 2.0))


def test_peaks_are_normalised_and_silence_stays_silent() -> None:
    loud = render([Tone(0.0, 1.0, 60), Tone(0.5, 1.0, 64, 0.5)], "organ", 2.0)
    assert loud.dtype == np.float32
    assert np.abs(loud).max() == pytest.approx(PEAK, abs=1e-6)
    assert not loud[round(1.6 * RATE) :].any()
    assert not render([], "organ", 1.0).any()
