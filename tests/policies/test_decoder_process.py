"""The process that decodes: it dies, hangs and is forked, and no clip is lost."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from policies.audio import ClipReader
from policies.decoder_process import AudioLimits
from policies.wav import write_wav
from rewards.errors import AudioError
from rewards.records import Clip


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[ClipReader]:
    with ClipReader(tmp_path) as made:
        yield made


def noise(frames: int, channels: int = 1, seed: int = 0) -> np.ndarray:
    values = np.random.default_rng(seed).uniform(-0.9, 0.9, (frames, channels))
    return values.astype(np.float32).squeeze()


def decoder_pid(reader: ClipReader) -> int:
    assert reader._child is not None
    return reader._child._process.pid


def test_decoder_killed_or_hung_is_replaced(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", noise(16_000), 16_000)
    with ClipReader(tmp_path, AudioLimits(wall_seconds=0.5)) as reader:
        expected = reader.read(Clip("a.flac")).sha256
        for blow in (signal.SIGKILL, signal.SIGSEGV):
            first = decoder_pid(reader)
            os.kill(first, blow)
            time.sleep(0.05)
            assert reader.read(Clip("a.flac")).sha256 == expected
            assert decoder_pid(reader) != first
        os.kill(decoder_pid(reader), signal.SIGSTOP)
        began = time.monotonic()
        with pytest.raises(AudioError, match=r"a.flac.*not decodable: got no answer in time"):
            reader.read(Clip("a.flac"))
        assert time.monotonic() - began < 2
        assert reader.read(Clip("a.flac")).sha256 == expected


@pytest.fixture(params=[signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda n: n.name)
def number(request: pytest.FixtureRequest) -> Iterator[int]:
    """A signal that ends a child, also where a shell or nohup has the tests ignore it."""
    before = signal.signal(request.param, signal.SIG_DFL)
    yield request.param
    signal.signal(request.param, before)


def test_a_decoder_that_was_stopped_from_outside_is_no_fault_of_its_clip(
    tmp_path: Path, number: int
) -> None:
    soundfile.write(tmp_path / "a.flac", noise(16_000), 16_000)
    with ClipReader(tmp_path) as reader:
        expected = reader.read(Clip("a.flac")).sha256
        # The signal comes while the clip is being decoded: it is still asked for when it ends.
        first = decoder_pid(reader)
        os.kill(first, signal.SIGSTOP)
        blow = threading.Timer(
            0.2, lambda: (os.kill(first, number), os.kill(first, signal.SIGCONT))
        )
        blow.start()
        assert reader.read(Clip("a.flac")).sha256 == expected
        blow.join()
        assert decoder_pid(reader) != first


def test_what_is_sent_to_our_process_group_does_not_reach_the_decoder(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", noise(1600), 16_000)
    with ClipReader(tmp_path) as reader:
        reader.read(Clip("a.flac"))
        assert os.getpgid(decoder_pid(reader)) != os.getpgrp()


def test_decoder_that_computes_too_long_is_ended(tmp_path: Path) -> None:
    # Some 5 s of computing; the kernel rounds the limit up to whole seconds, at most two.
    with soundfile.SoundFile(tmp_path / "long.flac", "w", 192_000, 8) as sound:
        for _ in range(60):
            sound.write(np.zeros((192_000 * 10, 8), dtype=np.int16))
    limits = AudioLimits(cpu_seconds=0.1, cpu_per_second=0.0)
    with ClipReader(tmp_path, limits) as reader:
        with pytest.raises(AudioError, match=r"long.flac.*ended by SIGXCPU"):
            reader.read(Clip("long.flac"))
        write_wav(tmp_path / "a.wav", noise(100))
        assert len(reader.read(Clip("a.wav")).samples_S) == 100


def test_close_ends_the_decoder_and_a_later_clip_starts_another(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", noise(1600), 16_000)
    reader = ClipReader(tmp_path)
    sha256 = reader.read(Clip("a.flac")).sha256
    pid = decoder_pid(reader)
    reader.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert reader.read(Clip("a.flac")).sha256 == sha256
    pid = decoder_pid(reader)
    del reader
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_no_decoder_outlives_a_killed_parent(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", noise(1600), 16_000)
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from policies.audio import ClipReader\n"
        "from rewards.records import Clip\n"
        f"reader = ClipReader(Path({str(tmp_path)!r}))\n"
        "reader.read(Clip('a.flac'))\n"
        "assert 'torch' not in sys.modules and 'soundfile' not in sys.modules\n"
        "print(reader._child._process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    root = Path(__file__).parents[2]
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=root
    )
    assert parent.stdout is not None
    with parent.stdout:
        pid = int(parent.stdout.readline())
        os.kill(pid, 0)
        parent.kill()
        parent.wait()
    deadline = time.monotonic() + 5
    while _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _runs(pid)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().rsplit(")")[-1].split()[0] == "Z")


def test_reader_survives_pickle_and_threads(tmp_path: Path, reader: ClipReader) -> None:
    names = [f"{seed}.flac" for seed in range(6)]
    for seed, name in enumerate(names):
        soundfile.write(tmp_path / name, noise(4000, seed=seed), 16_000)
    expected = {name: reader.read(Clip(name)).sha256 for name in names}
    with pickle.loads(pickle.dumps(reader)) as copy:
        assert copy.read(Clip(names[0])).sha256 == expected[names[0]]
        assert decoder_pid(copy) != decoder_pid(reader)
    wrong: list[str] = []

    def read_all() -> None:
        wrong.extend(n for n in names if reader.read(Clip(n)).sha256 != expected[n])

    threads = [threading.Thread(target=read_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_forked_process_starts_its_own_decoder(tmp_path: Path, reader: ClipReader) -> None:
    soundfile.write(tmp_path / "a.flac", noise(4000), 16_000)
    expected = reader.read(Clip("a.flac")).sha256
    pid = decoder_pid(reader)
    child = os.fork()
    if child == 0:
        same = reader.read(Clip("a.flac")).sha256 == expected
        other = decoder_pid(reader) != pid
        reader.close()
        os._exit(0 if same and other else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert reader.read(Clip("a.flac")).sha256 == expected
    assert decoder_pid(reader) == pid
