"""A peer's process: reads one JSON request per line from standard input, answers with one JSON line.

    {"do": "prepare", "case": "mlp/tiny", "seconds": 0.1}   build, warm up, find how often to repeat
    {"do": "measure"}                                       one timed batch of repeats, or one value
    {"do": "quit"}

Whatever goes wrong in a peer is an answer, `{"error": "..."}`, never a silent process.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from .machine import CLOCKS
from .peers.adapter import Adapter
from .workload import Step, Workload, find

Answer = dict[str, Any]


class Worker:
    """The state of the process: the adapter, and the case that was prepared last."""

    def __init__(self, adapter: Adapter, clock: Callable[[], float]) -> None:
        self.adapter = adapter
        self.clock = clock
        self.workload: Workload | None = None
        self.step: Step = lambda: None
        self.repeats = 1

    def introduce(self) -> Answer:
        """What runs here."""
        return {"versions": {**self.adapter.versions(), "python": platform.python_version()}}

    def prepare(self, case: str, seconds: float) -> Answer:
        """Build a case and, if it is timed, warm it up and choose how many repeats fill `seconds`."""
        self.workload, size = find(case)
        self.step = lambda: None
        gc.collect()
        if self.adapter.differs_in and self.adapter.differs_in.isdisjoint(self.workload.parts):
            return {"absent": "does not differ here from the peer that it is a variant of"}
        build = self.workload.builds.get(self.adapter.family)
        if build is None:
            return {"absent": "not written for this peer"}
        try:
            self.step = build(self.adapter, size)
        except NotImplementedError as reason:
            return {"absent": str(reason)}
        if self.workload.timed:
            self.repeats = max(1, round(seconds / _warm_up(self.step, seconds, self.clock)))
        return {"repeats": self.repeats}

    def measure(self) -> Answer:
        """One measurement of the prepared case."""
        assert self.workload is not None, "measure comes after prepare"
        if not self.workload.timed:
            return {"value": float(self.step())}
        return {"value": _time(self.step, self.repeats, self.clock)}


def _time(step: Step, repeats: int, clock: Callable[[], float]) -> float:
    start = clock()
    for _ in range(repeats):
        step()
    return (clock() - start) / repeats


def _warm_up(step: Step, seconds: float, clock: Callable[[], float]) -> float:
    """Run for at least twice `seconds`, not counting compilation; seconds per call in the fastest batch."""
    step()
    fastest, repeats = float("inf"), 1
    start = clock()
    while clock() - start < 2 * seconds:
        fastest = min(fastest, max(_time(step, repeats, clock), 1e-9))  # a coarse clock may not have moved
        repeats = max(1, min(2 * repeats, round(seconds / 2 / fastest)))
    return fastest


def _load(reference: str) -> Any:
    module, _, name = reference.partition(":")
    return getattr(import_module(module), name)


def _serve(make: Callable[[], Worker]) -> None:
    # A library that prints would break the protocol: its standard output becomes the error stream.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)

    def answer(request: Callable[[], Answer]) -> None:
        try:
            reply = request()
        except Exception as error:  # the peer's failure is a result of the benchmark
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), file=answers)

    worker: Worker | None = None

    def start() -> Answer:
        nonlocal worker
        worker = make()
        return worker.introduce()

    answer(start)
    if worker is None:
        return
    for line in sys.stdin:
        request = json.loads(line)
        action = request.pop("do")
        if action == "quit":
            break
        answer(lambda: getattr(worker, action)(**request))  # noqa: B023 - called at once


def main() -> None:
    """Serve until told to quit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adapter", required=True, help="module:Class")
    parser.add_argument("--workloads", required=True, help="the module that declares the workloads")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    parser.add_argument("--path", help="a folder to put first on the search path")
    arguments = parser.parse_args()
    if arguments.path:
        sys.path.insert(0, arguments.path)

    def make() -> Worker:
        adapter = _load(arguments.adapter)(arguments.threads)
        import_module(arguments.workloads)
        return Worker(adapter, CLOCKS[arguments.clock])

    _serve(make)


if __name__ == "__main__":
    main()
