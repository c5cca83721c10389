"""A run: starts one process per peer and measures case by case, in rounds that visit every peer in turn.

Rounds are interleaved so that what disturbs the machine for a while disturbs everybody, and each round starts
with another peer. Between two peers there is a short pause: thread pools spin for some milliseconds after
their last work, and would eat the next peer's time.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from . import machine
from .peers import Peer
from .results import Row, Run
from .workload import Workload, find

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Plan:
    """How a run measures: threads, clock, rounds, seconds of one timed batch, and the longest wait for an answer."""

    threads: int = 2
    clock: str = "wall"
    rounds: int = 9
    seconds: float = 0.1
    pause: float = 0.05
    patience: float = 120.0
    workloads: str = "benchmarks.workloads"


class PeerFailed(Exception):
    """What a worker answered instead of a measurement."""


class Process:
    """The coordinator's end of one worker."""

    def __init__(self, peer: Peer, plan: Plan) -> None:
        self.peer, self.plan = peer, plan
        command = [sys.executable, "-m", "benchmarks.worker", "--adapter", peer.adapter]
        command += ["--workloads", plan.workloads, "--threads", str(plan.threads), "--clock", plan.clock]
        command += ["--path", str(peer.path)] if peer.path else []
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **machine.environment(plan.threads)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
        )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()
        try:
            self.versions = self._answer()["versions"]
        except PeerFailed:
            self.close()
            raise

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Send a request and wait for its answer; an error or a death raises `PeerFailed`."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
        except BrokenPipeError:
            raise PeerFailed(self._death()) from None
        return self._answer()

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        try:
            for line in self._process.stdout:
                self._lines.put(line)
        except ValueError:  # the pipe was closed while this thread was reading
            pass
        self._lines.put("")

    def _answer(self) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=self.plan.patience)
        except queue.Empty:
            raise PeerFailed(f"no answer within {self.plan.patience:.0f} s") from None
        if not line:
            raise PeerFailed(self._death())
        answer = json.loads(line)
        if "error" in answer:
            raise PeerFailed(answer["error"])
        return answer

    def _death(self) -> str:
        return f"the process ended with status {self._process.wait()}"


def run(
    cases: Iterable[str],
    peers: Iterable[Peer],
    plan: Plan,
    *,
    tell: Callable[[str], None] = print,
    keep: Callable[[Run], None] = lambda run: None,
) -> Run:
    """Measure `cases` with every one of `peers` that starts; those that do not are listed with the reason.

    `keep` is given the unfinished run after every case. Ctrl-C ends the run after the cases that are complete.
    """
    result = Run(machine.describe(plan.threads, plan.clock), time.strftime("%Y-%m-%d %H:%M"))
    processes: dict[str, Process] = {}
    shares = [machine.busy()]
    if shares[0] is not None and (said := machine.warning(shares[0])):
        tell(said)
    yardsticks = [machine.yardstick(plan.clock)]
    try:
        for peer in peers:
            try:
                processes[peer.name] = Process(peer, plan)
            except PeerFailed as reason:
                result.missing[peer.name] = f"{peer.title} is not measured: {reason}"
                tell(result.missing[peer.name])
                continue
            result.titles[peer.name] = peer.title
            result.versions[peer.name] = processes[peer.name].versions
        for case in cases:
            result.rows[case] = _measure(case, processes, plan)
            yardsticks.append(machine.yardstick(plan.clock))
            result.yardstick = median(yardsticks)
            tell(case)
            keep(result)
    except KeyboardInterrupt:
        tell("interrupted")
    finally:
        for process in processes.values():
            process.close()
    shares.append(machine.busy())
    known = [share for share in shares if share is not None]
    if known:
        result.machine["used by others"] = f"{max(known):.0%} of the processors"
        if said := machine.warning(shares[-1]):
            tell(said)
    return result


def _measure(case: str, processes: dict[str, Process], plan: Plan) -> Row:
    workload, _ = find(case)
    row = Row(case, workload.unit)
    racing: list[str] = []
    for name, process in processes.items():
        try:
            absent = process.ask("prepare", case=case, seconds=plan.seconds).get("absent")
        except PeerFailed as reason:
            row.failed[name] = str(reason)
            processes[name] = _revived(process)
            continue
        if absent:
            row.absent[name] = absent
        else:
            racing.append(name)
    spent = dict.fromkeys(racing, 0.0)
    for turn in range(plan.rounds):
        first = turn % max(1, len(racing))
        for name in racing[first:] + racing[:first]:
            # A peer that is a hundred times slower than planned need not be asked nine times.
            if spent[name] > 10 * plan.rounds * plan.seconds and turn >= 3:
                continue
            time.sleep(plan.pause)
            start = time.perf_counter()
            try:
                value = _value(case, workload, processes[name], plan)
            except PeerFailed as reason:
                row.failed[name] = str(reason)
                row.samples.pop(name, None)
                processes[name] = _revived(processes[name])
                racing = [each for each in racing if each != name]
                continue
            row.samples.setdefault(name, []).append(value)
            spent[name] += time.perf_counter() - start
    return row


def _value(case: str, workload: Workload, process: Process, plan: Plan) -> float:
    if not workload.fresh:
        return process.ask("measure")["value"]
    newcomer = Process(process.peer, plan)
    try:
        newcomer.ask("prepare", case=case, seconds=plan.seconds)
        return newcomer.ask("measure")["value"]
    finally:
        newcomer.close()


def _revived(process: Process) -> Process:
    """A new process for a peer that failed: what it left behind must not reach the next case."""
    process.close()
    return Process(process.peer, process.plan)
