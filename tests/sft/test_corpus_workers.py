"""Processes that make a data set: none outlives its parent, and the death of one is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rewards.errors import DataError
from sft.corpus.workers import workers

PARENT = """
import os, sys, time
from sft.corpus.workers import workers

if __name__ == "__main__":
    with workers(2) as pool:
        # Each sleeps long enough for the other to take the second job.
        sleeping = [pool.submit(time.sleep, 1) for _ in range(2)]
        for one in sleeping:
            one.result()
        print(*pool._processes, flush=True)
        time.sleep(60)
"""


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"  # nobody may be there to reap it


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="of Linux")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_workers_end_with_a_parent_that_was_killed(tmp_path: Path, how: signal.Signals) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        parent.send_signal(how)
        parent.wait(10)
        assert len(pids) == 2
        until = time.monotonic() + 10
        while any(map(_alive, pids)) and time.monotonic() < until:
            time.sleep(0.05)
        left = [pid for pid in pids if _alive(pid)]
        for pid in left:
            os.kill(pid, signal.SIGKILL)
    assert left == []


def test_the_death_of_a_worker_is_one_sentence() -> None:
    with pytest.raises(DataError, match=r"was killed.*; look at the memory"), workers(1) as pool:
        pool.submit(os.abort).result()
