"""What this machine is, as far as it can be told without torch."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from policies import machine

GIB = 2**30
_LIMIT = Path("/sys/fs/cgroup/cpu.max")
_DEADLINE = 10.0  # s; a driver that does not answer is no reason to wait


def cores() -> int:
    """That this process may use, by its affinity and the time that its container grants."""
    allowed = getattr(os, "sched_getaffinity", None)
    there = len(allowed(0)) if allowed else os.cpu_count() or 1
    return max(1, min(there, _granted()))


def _granted() -> int:
    """Whole cores' worth of time in a control group (version 2) with a limit."""
    try:
        quota, period = _LIMIT.read_text().split()
        return int(quota) // int(period)
    except (OSError, ValueError, ZeroDivisionError):  # none, or "max", which is no limit
        return sys.maxsize


def hardware() -> dict[str, Any]:
    """cpu: its model; cores, memory_gib: as granted; gpus: model, memory and driver of each."""
    return {
        "cpu": _cpu(),
        "cores": cores(),
        "memory_gib": round(machine.memory() / GIB, 1),
        "gpus": _gpus(),
    }


def _cpu() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            lines = [line.partition(":") for line in file]
    except OSError:
        return platform.processor() or platform.machine()
    names = [value.strip() for key, _, value in lines if key.strip() == "model name"]
    return names[0] if names else platform.machine()


def _gpus() -> list[str]:
    """By the driver's own tool, for torch takes seconds to import; [] without it."""
    try:
        found = subprocess.run(
            ["nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"],
            capture_output=True, text=True, timeout=_DEADLINE, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return []
    return found.stdout.splitlines() if found.returncode == 0 else []
