"""Where a run happened: processor, cores, operating system, and a yardstick of how fast it was just then."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from time import perf_counter, process_time, sleep

import numpy as np

BUSY = 0.1  # share of the processors from which on a run is told to be disturbed
CLOCKS = {"wall": perf_counter, "cpu": process_time}


def describe(threads: int, clock: str = "wall") -> dict[str, str]:
    """The machine as a table row."""
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "threads used": str(threads),
        "clock": {"wall": "wall clock", "cpu": "processor time of all threads"}[clock],
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
    }


def environment(threads: int) -> dict[str, str]:
    """Environment variables that pin every thread pool known to the peers."""
    pools = ("OMP", "OPENBLAS", "MKL", "NUMBA", "VECLIB_MAXIMUM", "NUMEXPR")
    return {f"{pool}_NUM_THREADS": str(threads) for pool in pools}


def pin(threads: int) -> None:
    """Keep this process on `threads` cores: XLA sizes its pool by them and reads no variable."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


def yardstick(clock: str = "wall") -> float:
    """Seconds for a fixed piece of interpreter and NumPy work, to compare runs made at different times."""
    x = np.linspace(0.0, 1.0, 1000)
    start = CLOCKS[clock]()
    total = 0.0
    for i in range(4000):
        total += i * 0.5
        x = np.sqrt(x * x + 1e-3)
    return CLOCKS[clock]() - start


def busy(seconds: float = 0.5) -> float | None:
    """The share of all processors that is in use while this process waits; None where the system does not say."""
    before = _times()
    sleep(seconds)
    after = _times()
    if before is None or after is None:
        return None
    total, idle = (now - then for now, then in zip(after, before, strict=True))
    return max(0.0, 1 - idle / total) if total > 0 else None


def warning(share: float | None) -> str | None:
    """What is to be said of a machine that does something else besides."""
    if share is None or share < BUSY:
        return None
    return (
        f"this machine is busy: {share:.0%} of its processors are in use by other work, so times of two threads say little; "
        "run again when it is idle, or with --clock cpu --threads 1"
    )


def _times() -> tuple[float, float] | None:
    """Processor time since the start of the system, all of it and the idle part, in its own unit."""
    table = Path("/proc/stat")
    if not table.exists():
        return None
    numbers = [float(field) for field in table.read_text().splitlines()[0].split()[1:9]]
    return sum(numbers), numbers[3] + numbers[4]


def _processor() -> str:
    table = Path("/proc/cpuinfo")
    if table.exists():
        fields = (line.partition(":") for line in table.read_text().splitlines())
        facts = {key.strip(): value.strip() for key, _, value in fields}
        model = ", ".join(f"{key} {facts[key]}" for key in ("cpu family", "model") if key in facts)
        return f"{facts.get('model name', platform.machine())} ({model})"
    return platform.processor() or platform.machine()
