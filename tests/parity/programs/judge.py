"""What it means that two machines agree after a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from ..compare import built_in, shown
from .machine import Machine, Seen, ours, theirs

LIMITS = {
    "float16": (3e-2, 2e-2),
    "float32": (2e-4, 2e-5),
    "float64": (1e-8, 1e-10),
}  # relative, absolute in units of the scale
NUDGE = {"float16": 1e-3, "float32": 2e-7, "float64": 1e-12}  # some roundings of a leaf


@dataclass
class Difference:
    kind: str  # what shrinking keeps
    text: str
    want: Exception | None = None
    got: Exception | None = None


def coarsest(seen: dict[str, Seen]) -> str:
    """The coarsest float dtype that a program has: a float64 value may have come through it."""
    found = {one.facts["dtype"] for one in seen.values()}
    return next((name for name in LIMITS if name in found), "float64")


def apart(want: np.ndarray, got: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    """Where two arrays of one shape and dtype differ."""
    if want.dtype.kind != "f":
        return want != got
    wide = want.astype(np.float64)
    scale = np.abs(wide[np.isfinite(wide)]).max(initial=1e-3)
    return ~np.isclose(got.astype(np.float64), wide, rtol=limits[0], atol=limits[1] * scale, equal_nan=True)


def errors(line: str, want: Exception | None, got: Exception | None) -> Difference | None:
    if want is None and got is None:
        return None
    if want is None and got is not None:
        return Difference(f"refused {type(got).__name__}", f"{line}\n  here: {shown(got)}", want, got)
    assert want is not None
    if got is None:
        return Difference(f"accepted {built_in(want).__name__}", f"{line}\n  PyTorch: {shown(want)}", want, got)
    if isinstance(got, built_in(want)) or (
        isinstance(got, (TypeError, ValueError)) and isinstance(want, (TypeError, ValueError))
    ):
        return None
    return Difference(f"error {built_in(want).__name__}", f"{line}\n  PyTorch: {shown(want)}\n  here: {shown(got)}", want, got)


def facts(want: dict[str, Seen], got: dict[str, Seen]) -> Iterator[Difference]:
    """Differences in what no rounding excuses."""
    if want.keys() != got.keys():
        yield Difference("tensors", f"the tensors are {sorted(got)}, PyTorch has {sorted(want)}")
        return
    for name, a in want.items():
        for fact, value in a.facts.items():
            if got[name].facts[fact] != value:
                yield Difference(fact, f"{fact} of {name} is {got[name].facts[fact]}, PyTorch has {value}")


def sharing(want: dict[str, Seen], got: dict[str, Seen], fresh: set[str]) -> Iterator[Difference]:
    """Which tensors share memory, and the strides of those that do."""
    for name in fresh:
        for other in want:
            if other == name:
                continue
            a = np.may_share_memory(want[name].array, want[other].array)
            b = np.may_share_memory(got[name].array, got[other].array)
            if a != b:
                yield Difference(
                    "sharing", f"{name} and {other} {'share' if b else 'do not share'} memory; in PyTorch it is otherwise"
                )
            elif a:
                steps = [
                    (n, s, t)
                    for n, s, t in zip(want[name].array.shape, want[name].strides, got[name].strides, strict=True)
                    if n > 1
                ]
                whole = [
                    (n, s, t)
                    for n, s, t in zip(want[other].array.shape, want[other].strides, got[other].strides, strict=True)
                    if n > 1
                ]
                if all(s == t for _, s, t in whole) and any(s != t for _, s, t in steps):
                    yield Difference("strides", f"strides of {name} are {got[name].strides}, PyTorch has {want[name].strides}")


def numbers(want: dict[str, Seen], got: dict[str, Seen]) -> Iterator[tuple[str, str, np.ndarray, np.ndarray]]:
    """The values and gradients that differ: name, which, PyTorch's and ours."""
    limits = LIMITS[coarsest(want)]
    for name, a in want.items():
        b = got[name]
        for which, x, y in (("value", a.value, b.value), ("gradient", a.grad, b.grad)):
            if x is not None and y is not None and apart(x, y, limits).any():
                yield name, which, x, y


def replay(machine: Machine, lines: list[str], name: str, which: str) -> np.ndarray | None:
    """One value of a program, run again on another machine."""
    for line in lines:
        machine.run(line)
    one = machine.look().get(name)
    return None if one is None else one.value if which == "value" else one.grad


def excused(lines: list[str], name: str, which: str, want: np.ndarray, got: np.ndarray, dtype: str) -> bool:
    """Whether rounding explains a difference: ours is about as near to float64 as theirs, or a nudge moves theirs as far."""
    wrong = apart(want, got, LIMITS[dtype])
    x, y = (np.asarray(v).astype(np.float64) for v in (want, got))
    if dtype != "float64":
        text = [
            line.replace("float32", "float64").replace("float16", "float64").replace("half()", "double()") for line in lines
        ]
        torch.set_default_dtype(torch.float64)
        try:
            exact = replay(theirs(), text, name, which)
        finally:
            torch.set_default_dtype(torch.float32)
        if exact is not None and exact.shape == want.shape:
            exact = exact.astype(np.float64)
            near = np.isclose(y, exact, rtol=LIMITS[dtype][0], atol=LIMITS[dtype][1], equal_nan=True)
            if bool((near | (np.abs(y - exact) <= 2 * np.abs(x - exact)))[wrong].all()):
                return True
    rng = np.random.default_rng(0)
    moved = np.zeros(x.shape)
    for _ in range(4):
        nudge = rng.normal(size=64)
        other = replay(theirs(lambda v, n=nudge: v * (1 + NUDGE[dtype] * np.resize(n, v.shape))), lines, name, which)
        if other is None or other.shape != want.shape:
            return True  # the course of the program itself hangs on a rounding
        away = np.abs(other.astype(np.float64) - x)
        moved = np.maximum(moved, np.where(np.isnan(away), np.inf, away))
    return bool((np.abs(y - x) <= 100 * moved)[wrong & np.isfinite(x)].all() and (moved > 0)[wrong].all())


class Pair:
    """The two libraries side by side, running one program."""

    def __init__(self) -> None:
        self.theirs, self.ours = theirs(), ours()
        self.lines: list[str] = []
        self.before: dict[str, Seen] = {}

    def run(self, line: str) -> Difference | None:
        """Run one more line on both; the first difference that it makes."""
        want, got = self.theirs.run(line), self.ours.run(line)
        self.lines.append(line)
        if difference := errors(line, want, got):
            return difference
        mine, here = self.theirs.look(), self.ours.look()
        if difference := next(facts(mine, here), None):
            return difference
        fresh = {name for name, one in mine.items() if name not in self.before or self.before[name].tensor is not one.tensor}
        self.before = mine
        for name, which, x, y in numbers(mine, here):
            special = bool(np.isnan(x).any() and not np.isnan(y).any()) if x.dtype.kind == "f" else False
            if not excused(self.lines, name, which, x, y, coarsest(mine)):
                return Difference(f"{which}{' nan there' if special else ''}", f"{which} of {name} is\n{y}\nPyTorch has\n{x}")
        return next(sharing(mine, here, fresh), None)


def first_difference(lines: list[str]) -> tuple[int, Difference] | None:
    pair = Pair()
    for i, line in enumerate(lines):
        if difference := pair.run(line):
            return i, difference
    return None
