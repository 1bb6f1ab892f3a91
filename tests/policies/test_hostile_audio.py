"""Files made to harm: a typed error, soon, in little memory, and the parent lives."""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from policies.audio import ClipReader
from policies.wav import parse_header
from rewards.errors import AudioError
from rewards.records import Clip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="module")
def reader(folder: Path) -> Iterator[ClipReader]:
    with ClipReader(folder) as made:
        yield made


def wav(
    tag: int = 1,
    channels: int = 1,
    rate: int = 16_000,
    bits: int = 16,
    data: bytes = b"\0\1" * 800,
    promised: int | None = None,
) -> bytes:
    align = channels * bits // 8 % 65_536
    form = struct.pack("<HHIIHH", tag, channels, rate, rate * align % 2**32, align, bits)
    size = len(data) if promised is None else promised
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form
    body += b"data" + struct.pack("<I", size) + data
    return b"RIFF" + struct.pack("<I", len(body) % 2**32) + body


def late_data(_: Path) -> bytes:
    """A long comment before the samples, and the last 100 bytes missing."""
    whole = wav()
    chunk = b"LIST" + struct.pack("<I", 4550) + bytes(4550)
    body = whole[8:36] + chunk + whole[36:]
    return (b"RIFF" + struct.pack("<I", len(body)) + body)[:-100]


def flac_bomb(folder: Path) -> bytes:
    """Two hours of silence: a few hundred kilobytes."""
    path = folder / "bomb.flac"
    with soundfile.SoundFile(path, "w", 8000, 1) as sound:
        for _ in range(72):
            sound.write(np.zeros(800_000, dtype=np.int16))
    return path.read_bytes()


def flac_without_length(folder: Path) -> bytes:
    """The frame count of STREAMINFO set to 0: unknown."""
    path = folder / "short.flac"
    soundfile.write(path, np.zeros(16_000), 16_000)
    data = bytearray(path.read_bytes())
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    return bytes(data)


def mp3_without_table(folder: Path) -> bytes:
    """Two seconds with a variable bit rate: libsndfile would play less of it."""
    path = folder / "table.mp3"
    fade_S = np.linspace(0, 1, 88_200) * np.random.default_rng(0).uniform(-0.5, 0.5, 88_200)
    soundfile.write(path, fade_S, 44_100)
    data = path.read_bytes()
    return data[data.index(data[:2], 8) :]


def cut(folder: Path, name: str) -> bytes:
    path = folder / f"whole_{name}"
    samples_SC = np.random.default_rng(0).uniform(-0.5, 0.5, (44_100, 2))
    soundfile.write(path, samples_SC, 44_100)
    data = path.read_bytes()
    return data[: len(data) * 2 // 3]


HOSTILE: list[tuple[str, Callable[[Path], bytes], str]] = [
    ("empty.wav", lambda _: b"", "empty: got 0 bytes"),
    ("text.wav", lambda _: b"<html>not found</html>", "unknown format: got a file that begins"),
    ("head.wav", lambda _: wav()[:20], "truncated: got 20 bytes"),
    ("no_frames.wav", lambda _: wav(data=b""), "empty: got 0 frames"),
    ("cut.wav", lambda _: wav(promised=2**20), "truncated: got 1600 bytes .* expected 1048576 by"),
    ("endless.wav", lambda _: wav(promised=2**32 - 1), "truncated: got 1600 bytes"),
    ("rate.wav", lambda _: wav(rate=2**31 - 1), "of an unusable sample rate: got 2147483647 Hz"),
    ("slow.wav", lambda _: wav(rate=1), "of an unusable sample rate: got 1 Hz, expected 8000 to"),
    ("wide.wav", lambda _: wav(channels=1024, data=bytes(4096)), "of too many channels|damaged"),
    ("65.wav", lambda _: wav(channels=65, data=bytes(1300)), "of too many channels: got 65"),
    ("none.wav", lambda _: wav(channels=0), "damaged or not audio|of too many channels"),
    ("tag.wav", lambda _: wav(tag=0x4242), "damaged or not audio"),
    ("nan.wav", lambda _: wav(3, bits=32, data=struct.pack("<3f", 0, np.nan, 0)), "got NaN"),
    ("inf.wav", lambda _: wav(3, bits=32, data=struct.pack("<3f", 0, np.inf, 0)), "infinite"),
    ("bomb.flac", flac_bomb, "too long: got 7200 s, expected at most 1200 s"),
    ("live.flac", flac_without_length, "of unknown length|damaged|empty"),
    ("cut.flac", lambda f: cut(f, "f.flac"), "truncated|damaged"),
    ("cut.ogg", lambda f: cut(f, "o.ogg"), "truncated"),
    ("guess.mp3", mp3_without_table, "of unknown length: got an MP3 file without a table"),
    ("cut.mp3", lambda f: cut(f, "m.mp3"), "truncated or damaged: got"),
    ("cut44.wav", lambda f: cut(f, "w.wav"), "truncated: got"),
    ("late.wav", late_data, "truncated: got 6102 bytes, expected 6202"),
    ("cut.aiff", lambda f: cut(f, "a.aiff"), "truncated|damaged"),
]


@pytest.mark.parametrize(("name", "make", "sentence"), HOSTILE, ids=[row[0] for row in HOSTILE])
def test_hostile_file_is_refused_by_name(
    folder: Path, reader: ClipReader, name: str, make: Callable[[Path], bytes], sentence: str
) -> None:
    (folder / name).write_bytes(make(folder))
    began = time.monotonic()
    with pytest.raises(AudioError, match=f"clip '{name}' is .*({sentence})"):
        reader.read(Clip(name))
    assert time.monotonic() - began < 2


def test_mp3_keeps_its_length_also_behind_a_tag(folder: Path, reader: ClipReader) -> None:
    mp3_without_table(folder)
    data = (folder / "table.mp3").read_bytes()
    tag = b"ID3\3\0\0" + bytes([0, 0, 80, 16]) + bytes(80 * 128 + 16)
    (folder / "tagged.mp3").write_bytes(tag + data)
    for name in ("table.mp3", "tagged.mp3"):
        assert reader.read(Clip(name)).seconds == 2.0


def test_things_that_are_not_files_are_refused(folder: Path, reader: ClipReader) -> None:
    (folder / "sub").mkdir()
    os.mkfifo(folder / "pipe.wav")
    for name in ("sub", "pipe.wav"):
        with pytest.raises(AudioError, match=f"{name}.*got a folder or device"):
            reader.read(Clip(name))
    with pytest.raises(AudioError, match=r"gone.wav"):
        reader.read(Clip("gone.wav"))


def test_paths_stay_inside_the_root(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "secret.wav").write_bytes(wav())
    (tmp_path / "root" / "link.wav").symlink_to(tmp_path / "secret.wav")
    (tmp_path / "root" / "inside.wav").write_bytes(wav())
    (tmp_path / "root" / "good.wav").symlink_to(tmp_path / "root" / "inside.wav")
    refused = [
        "../secret.wav",
        str(tmp_path / "secret.wav"),
        "link.wav",
        "a/../../secret.wav",
        f"file://{tmp_path}/root/inside.wav",
        "inside.wav\0.flac",
        "half a pair \ud800.wav",
        "/dev/zero",
    ]
    with ClipReader(tmp_path / "root") as reader:
        for path in refused:
            with pytest.raises(AudioError):
                reader.read(Clip(path))
        for path in ("inside.wav", "good.wav", str(tmp_path / "root" / "inside.wav")):
            assert len(reader.read(Clip(path)).samples_S) == 800


def mutate(seed_file: bytes, random: np.random.Generator) -> bytes:
    """Flips, overwrites, cuts, repeats; half of the blows land in the header."""
    data = bytearray(seed_file)
    for _ in range(int(random.integers(1, 8))):
        limit = 128 if random.random() < 0.5 else len(data)
        at = int(random.integers(0, max(1, min(limit, len(data)))))
        match int(random.integers(0, 6)):
            case 0 if data:
                data[at] ^= 1 << int(random.integers(0, 8))
            case 1:
                data[at : at + 4] = random.choice([b"\xff" * 4, b"\0" * 4, b"\xff\xff\xff\x7f"])
            case 2:
                data[at : at + 4] = random.bytes(4)
            case 3:
                del data[at : at + int(random.integers(1, 64))]
            case 4:
                data[at:at] = data[at : at + int(random.integers(1, 64))]
            case _:
                if random.random() < 0.3:
                    del data[at:]
    return bytes(data)


@pytest.mark.parametrize("mutants", [300, pytest.param(20_000, marks=pytest.mark.chaos)])
def test_mutated_files_give_samples_or_audio_errors(
    folder: Path, reader: ClipReader, mutants: int
) -> None:
    random = np.random.default_rng(20251110)
    samples_SC = np.sin(np.arange(8000)[:, None] * [0.05, 0.08]).astype(np.float32) * 0.5
    seeds = []
    for name, rate, subtype in [
        ("m.wav", 16_000, "PCM_16"),
        ("m24.wav", 44_100, "PCM_24"),
        ("mf.wav", 22_050, "FLOAT"),
        ("ma.wav", 22_050, "MS_ADPCM"),
        ("m.flac", 44_100, "PCM_16"),
        ("m.ogg", 44_100, "VORBIS"),
        ("mo.ogg", 48_000, "OPUS"),
        ("m.aiff", 44_100, "PCM_16"),
        ("m.mp3", 44_100, "MPEG_LAYER_III"),
    ]:
        mono = name in ("m.wav", "mf.wav")
        soundfile.write(
            folder / name, samples_SC[:, 0] if mono else samples_SC, rate, subtype=subtype
        )
        seeds.append((folder / name).read_bytes())
    heard = refused = 0
    for number in range(mutants):
        (folder / "mutant").write_bytes(mutate(seeds[number % len(seeds)], random))
        began = time.monotonic()
        try:
            waveform = reader.read(Clip("mutant"))
        except AudioError:
            refused += 1
        else:
            assert np.abs(waveform.samples_S).max() <= 1
            heard += 1
        assert time.monotonic() - began < 2, f"mutant {number}"
    assert heard > mutants // 10
    assert refused > mutants // 10
    assert _peak_bytes(reader) < 100e6


def test_decoder_may_take_little_more_than_its_imports(folder: Path, reader: ClipReader) -> None:
    soundfile.write(folder / "a.flac", np.zeros(100), 16_000)
    reader.read(Clip("a.flac"))
    assert reader._child is not None
    process = Path(f"/proc/{reader._child._process.pid}")
    if not process.exists():
        pytest.skip("limits of another process are read from /proc")
    limits = (process / "limits").read_text().splitlines()
    most = next(line for line in limits if line.startswith("Max address space")).split()[3]
    used = int((process / "statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    assert int(most) < used + 70e6


def _peak_bytes(reader: ClipReader) -> int:
    assert reader._child is not None
    status = Path(f"/proc/{reader._child._process.pid}/status")
    if not status.exists():
        pytest.skip("memory of another process is read from /proc")
    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return 1024 * int(peak.split()[1])


def test_header_reader_takes_any_bytes() -> None:
    random = np.random.default_rng(7)
    whole = wav()
    assert parse_header(whole) is not None
    for number in range(3000):
        head = mutate(whole, random)[: int(random.integers(0, 200))]
        header = parse_header(head)
        assert header is None or 0 < header.data_start <= len(head), number
