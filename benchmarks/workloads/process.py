"""What a peer costs before it computes: import time, size on disk, peak memory."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

from ..peers.adapter import Adapter
from ..workload import Step, workload
from .mlp import ENGINES, SIZES, Net, training

EVERYONE = (*ENGINES, "micrograd", "sklearn")

import_time = workload("import", "from a running interpreter to the imported package", sizes={"time": None}, timed=False)


@import_time.build(*EVERYONE)
def _(peer: Adapter, _: None) -> Step:
    program = f"from time import perf_counter as now; start = now(); {peer.imports}; print(now() - start)"
    # The worker's own search path, so that the interpreter finds the same packages.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    # A source tree is compiled at its first import, as installed packages were when they were installed.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def step() -> float:
        done = subprocess.run(
            [sys.executable, "-P", "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        return float(done.stdout)

    return step


install_size = workload("install", "size on disk with all requirements", sizes={"size": None}, unit="MB", timed=False)


@install_size.build(*EVERYONE)
def _(peer: Adapter, _: None) -> Step:
    return peer.install_size


peak_memory = workload(
    "memory",
    "peak resident memory of a process that made 20 training steps, libraries included",
    sizes={"digits": SIZES["digits"], "large": SIZES["large"]},
    quick=("digits",),
    unit="MB",
    timed=False,
    fresh=True,
)


@peak_memory.build(*ENGINES)
def _(peer: Adapter, net: Net) -> Step:
    def measure() -> float:
        # Without a pool of fresh batches, which would be the benchmark's memory and not the peer's.
        step = training(peer, net, net.batches(pool=0))
        for _ in range(20):
            step()
        return _peak()

    return measure


def _peak() -> float:
    """Megabytes of resident memory at the highest."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says includes the parent's memory from before this program was started
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return float(fields["VmHWM"].split()[0]) / 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
