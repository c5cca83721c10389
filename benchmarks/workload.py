"""What is measured: a workload is declared once, and built once per family of peers that share its code.

    mlp = workload("mlp", "one training step", sizes={"tiny": (2, 16, 16, 1)})

    @mlp.build("torch")          # PyTorch and Gradloom alike: that is the point of a shared API
    def _(peer, size):
        ...
        return step              # called without arguments, does the work once

A build returns a step. It is timed; or, in a workload with `timed=False`, what it returns is the measurement
(a ratio, a number of megabytes).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Step = Callable[[], Any]
Build = Callable[[Any, Any], Step]

registry: dict[str, Workload] = {}


@dataclass(frozen=True)
class Workload:
    """A question, the sizes at which it is asked, and one build per family of peers."""

    name: str
    question: str
    sizes: Mapping[str, Any]
    quick: tuple[str, ...] = ()
    unit: str = "s"
    timed: bool = True
    parts: frozenset[str] = frozenset()
    fresh: bool = False
    builds: dict[str, Build] = field(default_factory=dict)

    def build(self, *families: str) -> Callable[[Build], Build]:
        """Register the decorated function as this workload's code for `families`."""

        def register(build: Build) -> Build:
            for family in families:
                if family in self.builds:
                    raise ValueError(f"{self.name}: family {family} already has a build")
                self.builds[family] = build
            return build

        return register

    def cases(self, quick: bool = False) -> list[str]:
        """The cases as `name/size`, in the order of declaration; the quick ones alone on request."""
        sizes = self.quick if quick and self.quick else self.sizes
        return [f"{self.name}/{size}" for size in sizes]


def workload(
    name: str,
    question: str,
    *,
    sizes: Mapping[str, Any],
    quick: tuple[str, ...] = (),
    unit: str = "s",
    timed: bool = True,
    parts: Iterable[str] = (),
    fresh: bool = False,
) -> Workload:
    """Declare a workload.

    `quick` names the sizes that a quick run takes (all, if empty). `unit` is that of a measurement; less is
    better, always. `parts` names what takes part ("model", "optimizer"), so that a variant of a peer is measured
    only where it differs from its sibling. `fresh` asks for a new process per measurement, for what a used process
    cannot tell (its peak memory).
    """
    if name in registry:
        raise ValueError(f"workload {name} is declared twice")
    if unknown := set(quick) - set(sizes):
        raise ValueError(f"workload {name}: quick sizes {sorted(unknown)} are not among its sizes")
    registry[name] = Workload(name, question, sizes, quick, unit, timed, frozenset(parts), fresh)
    return registry[name]


def find(case: str) -> tuple[Workload, Any]:
    """The workload and the size that `name/size` stands for."""
    name, _, size = case.partition("/")
    return registry[name], registry[name].sizes[size]


def select(only: Iterable[str] = (), quick: bool = False) -> list[str]:
    """The cases to run: all of them, or those of the workloads (`mlp`) and cases (`mlp/tiny`) in `only`."""
    wanted = set(only)
    known = set(registry) | {case for each in registry.values() for case in each.cases()}
    if unknown := wanted - known:
        raise ValueError(f"--only: {sorted(unknown)} is neither a workload nor a case; known: {sorted(registry)}")
    if not wanted:
        return [case for each in registry.values() for case in each.cases(quick)]
    return [
        case
        for each in registry.values()
        for case in each.cases(quick and each.name in wanted)
        if each.name in wanted or case in wanted
    ]
