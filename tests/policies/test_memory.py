"""Freed memory stays with the process that asks for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

LARGE = 24 * 2**20  # bytes: glibc maps so large a block by itself, unless told not to
CHILD = f"""
import ctypes, os, sys
from policies.memory import keep_freed_memory

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

if sys.argv[1] == "kept":
    assert keep_freed_memory() is True
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
before = resident()
block = libc.malloc(ctypes.c_size_t({LARGE}))
ctypes.memset(ctypes.c_void_p(block), 1, {LARGE})
libc.free(block)
print(resident() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's allocator")
@pytest.mark.parametrize("memory", ["kept", "handed back"])
def test_a_large_block_that_is_freed_is_kept_where_that_was_asked_for(memory):
    child = [sys.executable, "-c", CHILD, memory]
    left = int(subprocess.run(child, capture_output=True, text=True, check=True).stdout)
    assert (left > LARGE / 2) is (memory == "kept"), left
