"""Peers and workloads for testing the harness itself: their speed is known, since they sleep for it."""

from __future__ import annotations

import os
import time
from typing import Any

from benchmarks.peers.adapter import Adapter
from benchmarks.workload import Step, workload

NAP = "DOCTORED_NAP"
"""The environment variable that holds the seconds `Sleeper` sleeps in a step."""


class Sleeper(Adapter):
    """Takes as long as the environment says."""

    family = "sleeper"
    distributions = ()
    imports = "import time"

    def step(self) -> float:
        """One nap; returns its length."""
        nap = float(os.environ[NAP])
        time.sleep(nap)
        return nap


class Variant(Sleeper):
    """Says that it differs in the optimizer alone."""

    differs_in = frozenset({"optimizer"})


class Uninstalled(Sleeper):
    """What a peer looks like whose package is not there."""

    def __init__(self, threads: int) -> None:
        raise ModuleNotFoundError("No module named 'uninstalled'")


nap = workload("nap", "one nap", sizes={"short": None})
trained = workload("trained", "one nap with an optimizer", sizes={"short": None}, parts=["optimizer"])
counted = workload("counted", "a nap's length", sizes={"short": None}, unit="MB", timed=False, fresh=True)
broken = workload("broken", "code that fails", sizes={"at once": 0, "later": 1, "dead": 2})
foreign = workload("foreign", "another family's code", sizes={"only": None})


@nap.build("sleeper")
@trained.build("sleeper")
@counted.build("sleeper")
def _(peer: Sleeper, _: None) -> Step:
    return peer.step


@broken.build("sleeper")
def _(peer: Sleeper, when: int) -> Step:
    calls = iter(range(1000))

    def step() -> Any:
        peer.step()
        if when == 2:
            os._exit(3)
        if when == 0 or next(calls) > 20:
            raise RuntimeError("the step broke")

    return step


@foreign.build("another")
def _(peer: Any, _: None) -> Step:
    raise AssertionError("this family has no peer")
