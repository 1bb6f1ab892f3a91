"""What is heard of a clip: rates, channels, stretches, hashes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from policies.audio import ClipReader, sha256_of
from policies.wav import write_wav
from rewards.errors import AudioError, StorageError
from rewards.records import Clip


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[ClipReader]:
    with ClipReader(tmp_path) as made:
        yield made


def noise(frames: int, channels: int = 1, seed: int = 0) -> np.ndarray:
    values = np.random.default_rng(seed).uniform(-0.9, 0.9, (frames, channels))
    return values.astype(np.float32).squeeze()


def test_plain_wav_and_decoder_give_the_same_bits(tmp_path: Path, reader: ClipReader) -> None:
    write_wav(tmp_path / "a.wav", noise(16_000))
    pcm, _ = soundfile.read(tmp_path / "a.wav", dtype="int16")
    soundfile.write(tmp_path / "a.flac", pcm, 16_000)
    plain = reader.read(Clip("a.wav"))
    assert reader._child is None, "a plain file needs no decoder"
    decoded = reader.read(Clip("a.flac"))
    assert reader._child is not None
    assert plain.samples_S.dtype == decoded.samples_S.dtype == np.float32
    np.testing.assert_array_equal(plain.samples_S, decoded.samples_S)
    assert plain.sha256 == decoded.sha256
    assert plain.sha256 == hashlib.sha256(plain.samples_S.tobytes()).hexdigest()


def test_a_chunk_of_an_odd_size_before_the_samples_is_padded(
    tmp_path: Path, reader: ClipReader
) -> None:
    write_wav(tmp_path / "a.wav", noise(100))
    whole = (tmp_path / "a.wav").read_bytes()
    body = whole[8:36] + b"LIST" + (3).to_bytes(4, "little") + b"abc\0" + whole[36:]
    (tmp_path / "b.wav").write_bytes(b"RIFF" + len(body).to_bytes(4, "little") + body)
    assert reader.read(Clip("b.wav")).sha256 == reader.read(Clip("a.wav")).sha256
    assert reader._child is None, "a plain file needs no decoder"


def test_written_wav_is_within_half_a_step_and_read_by_libsndfile(tmp_path: Path) -> None:
    samples_S = np.concatenate([noise(1000), np.array([-1, 1, 0], np.float32)])
    write_wav(tmp_path / "a.wav", samples_S)
    heard_S, rate = soundfile.read(tmp_path / "a.wav", dtype="float32")
    assert rate == 16_000
    np.testing.assert_allclose(heard_S[:-2], samples_S[:-2], atol=0.5 / 32768)
    assert list(heard_S[-3:]) == [-1, np.float32(32767 / 32768), 0]


def test_stereo_at_44100_becomes_the_mean_at_16000(tmp_path: Path, reader: ClipReader) -> None:
    t_S = np.arange(2 * 44_100) / 44_100
    tone_S = 0.5 * np.sin(2 * np.pi * 440 * t_S)
    soundfile.write(tmp_path / "s.wav", np.stack([tone_S, 0 * tone_S], 1), 44_100, "FLOAT")
    heard = reader.read(Clip("s.wav"))
    assert heard.seconds == 2.0
    expected_S = 0.25 * np.sin(2 * np.pi * 440 * np.arange(32_000) / 16_000)
    np.testing.assert_allclose(heard.samples_S[500:-500], expected_S[500:-500], atol=1e-4)


@pytest.mark.parametrize("rate", [8000, 11_025, 16_001, 22_050, 48_000, 96_000, 191_999])
def test_every_rate_keeps_the_duration(tmp_path: Path, reader: ClipReader, rate: int) -> None:
    samples_S = noise(rate // 2 + 7)
    soundfile.write(tmp_path / "r.wav", samples_S, rate)
    heard = reader.read(Clip("r.wav"))
    assert abs(len(heard.samples_S) - len(samples_S) * 16_000 / rate) <= 1


def test_block_by_block_equals_one_piece(tmp_path: Path, reader: ClipReader) -> None:
    samples_SC = 0.3 * noise(400_000, 2)
    soundfile.write(tmp_path / "long.wav", samples_SC, 48_000, "FLOAT")
    whole_S = soxr.resample(samples_SC.mean(axis=1), 48_000, 16_000, "HQ")
    np.testing.assert_allclose(reader.read(Clip("long.wav")).samples_S, whole_S, atol=1e-6)


@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
def test_start_and_duration_cut_the_same_samples(
    tmp_path: Path, reader: ClipReader, name: str
) -> None:
    soundfile.write(tmp_path / name, noise(48_000), 16_000, "PCM_16")
    whole_S = reader.read(Clip(name)).samples_S
    part_S = reader.read(Clip(name, start=0.5, duration=1.25)).samples_S
    np.testing.assert_array_equal(part_S, whole_S[8000:28_000])
    rest_S = reader.read(Clip(name, start=2.0)).samples_S
    np.testing.assert_array_equal(rest_S, whole_S[32_000:])
    # A row that states 3.004 s for a file of 3 s was rounded, not wrong.
    assert len(reader.read(Clip(name, duration=3.004)).samples_S) == 48_000
    past = ((3.0, None), (2.0, 1.1), (0.0, 3.2), (1e308, None), (0.0, 1e308), (1e308, 1e308))
    for start, duration in past:
        with pytest.raises(AudioError, match=f"{name}.*too short for its row.*correct start"):
            reader.read(Clip(name, start=start, duration=duration))


def test_a_start_past_the_end_and_a_missing_file_say_each_thing_once(
    tmp_path: Path, reader: ClipReader
) -> None:
    soundfile.write(tmp_path / "a.wav", noise(80_000), 16_000, "PCM_16")
    past = "got a start at 9 s, expected one before its end at 5 s; correct start and duration"
    with pytest.raises(AudioError, match=past):
        reader.read(Clip("a.wav", start=9.0))
    with pytest.raises(AudioError) as missing:
        reader.read(Clip("none.wav"))
    said = str(missing.value)
    assert said.count(str(tmp_path)) == 1
    assert "got No such file or directory at" in said
    assert "Errno" not in said


@pytest.mark.parametrize(
    ("start", "duration"),
    [
        (-1.0, None),
        (float("nan"), None),
        (float("inf"), None),
        (0.0, 0.0),
        (0.0, -2.0),
        (0.0, float("nan")),
    ],
)
def test_a_stretch_that_is_none_is_refused(
    tmp_path: Path, reader: ClipReader, start: float, duration: float | None
) -> None:
    write_wav(tmp_path / "a.wav", noise(16_000))
    with pytest.raises(AudioError, match="badly cut: got"):
        reader.read(Clip("a.wav", start=start, duration=duration))


def test_stated_hash_must_match(tmp_path: Path, reader: ClipReader) -> None:
    write_wav(tmp_path / "a.wav", noise(16_000))
    sha256 = reader.read(Clip("a.wav")).sha256
    assert reader.read(Clip("a.wav", sha256=sha256)).sha256 == sha256
    write_wav(tmp_path / "a.wav", noise(16_000, seed=1))
    with pytest.raises(AudioError, match=f"a.wav.*got sha256.*expected {sha256}"):
        reader.read(Clip("a.wav", sha256=sha256))


def test_a_little_over_full_scale_is_clipped_and_a_lot_refused(
    tmp_path: Path, reader: ClipReader
) -> None:
    soundfile.write(tmp_path / "hot.wav", np.array([0.5, 1.25, -1.5], np.float32), 16_000, "FLOAT")
    assert list(reader.read(Clip("hot.wav")).samples_S) == [0.5, 1.0, -1.0]
    soundfile.write(tmp_path / "raw.wav", np.array([0.5, 20_000, -1], np.float32), 16_000, "FLOAT")
    with pytest.raises(AudioError, match=r"raw.wav.*not scaled: got a peak of 20000"):
        reader.read(Clip("raw.wav"))


@pytest.mark.parametrize(
    "samples_S",
    [
        np.zeros(0),
        np.zeros((3, 2)),
        np.array([0, np.nan], np.float32),
        np.array([1.01], np.float32),
    ],
)
def test_unwritable_samples_leave_the_older_file(tmp_path: Path, samples_S: np.ndarray) -> None:
    write_wav(tmp_path / "a.wav", noise(100))
    before = (tmp_path / "a.wav").read_bytes()
    with pytest.raises(AudioError, match=r"cannot write.*got.*expected"):
        write_wav(tmp_path / "a.wav", samples_S)
    assert (tmp_path / "a.wav").read_bytes() == before


def test_a_failed_write_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(StorageError, match=r"a.wav.*No space left.*244 bytes"):
        write_wav(tmp_path / "a.wav", noise(100))
    assert list(tmp_path.iterdir()) == []


def test_hash_names_samples_not_their_container(tmp_path: Path, reader: ClipReader) -> None:
    samples_S = np.array([0.5, -0.25], np.float32)
    assert sha256_of(samples_S) == hashlib.sha256(b"\0\0\0\x3f\0\0\x80\xbe").hexdigest()
    assert sha256_of(samples_S.astype(np.float64)) == sha256_of(samples_S)
