"""Random programs of views, writes through views and ordinary operations, as steps that run on any library.

A step is a line of Python over tensors a, b, c, ... and the names `lib`, `no_grad`. The same lines run on PyTorch and on
Gradloom; `Machine.run` says whether a line raised, and everything else can be read off the tensors afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

LEAVES = {"a": (4, 3), "b": (3,), "c": (2, 4, 3)}


class Machine:
    """One library running one program."""

    def __init__(self, lib: Any, values: dict[str, np.ndarray], grad: bool = True) -> None:
        self.lib = lib
        self.names: dict[str, Any] = {"lib": lib, "no_grad": lib.no_grad}
        for name, value in values.items():
            leaf = lib.tensor(value.copy())
            self.names[name] = leaf.requires_grad_() if grad else leaf

    def run(self, line: str) -> Exception | None:
        try:
            exec(line, self.names)
        except Exception as error:
            return error
        return None

    def tensors(self) -> dict[str, Any]:
        return {k: v for k, v in self.names.items() if hasattr(v, "requires_grad")}

    def values(self) -> dict[str, np.ndarray]:
        return {k: np.array(v.detach().numpy()) for k, v in self.tensors().items()}

    def total(self) -> Any:
        """A number that depends on every element of every tensor in a way of its own."""
        total: Any = 0.0
        for k, (_, t) in enumerate(sorted(self.tensors().items())):
            weights = np.cos(np.arange(t.numel()) * (k + 1.3)).reshape(tuple(t.shape))
            total = total + (t * self.lib.tensor(weights)).sum()
        return total

    def gradients(self) -> dict[str, np.ndarray]:
        leaves = [self.names[k] for k in LEAVES]
        found = self.lib.autograd.grad(self.total(), leaves, allow_unused=True)
        arrays = (
            np.zeros(s) if g is None else np.array(g.detach().numpy()) for s, g in zip(LEAVES.values(), found, strict=True)
        )
        return dict(zip(LEAVES, arrays, strict=True))


def basic_index(shape: tuple, rng: np.random.Generator) -> str:
    """Ints, slices, None and Ellipsis."""
    parts = []
    for n in shape[: rng.integers(0, len(shape) + 1)]:
        kind = rng.integers(0, 5)
        if kind == 0 and n:
            parts.append(str(rng.integers(-n, n)))
        elif kind == 1:
            parts.append(f"{rng.integers(0, n + 1)}:")
        elif kind == 2:
            parts.append(f"::{rng.integers(1, 3)}")
        elif kind == 3:
            parts.append("None, :")
        else:
            parts.append(":")
    if rng.integers(0, 4) == 0:
        parts.append("...")
    return ", ".join(parts) or "..."


def advanced_index(shape: tuple, rng: np.random.Generator) -> str:
    """An integer array, a list or a mask, among slices."""
    if not shape or not all(shape):
        return "..."
    k = int(rng.integers(0, len(shape)))
    n = shape[k]
    before = ":, " * k
    kind = rng.integers(0, 3)
    if kind == 0:
        places = rng.permutation(n)[: rng.integers(1, n + 1)].tolist()
        return f"{before}lib.tensor({places})"
    if kind == 1:
        places = (rng.permutation(n)[: rng.integers(1, n + 1)] - n * rng.integers(0, 2)).tolist()
        return f"{before}{places}"
    return f"{before}lib.tensor({rng.integers(0, 2, n).astype(bool).tolist()})"


def view(name: str, shape: tuple, rng: np.random.Generator) -> str:
    """An expression that gives a view of the tensor."""
    n = len(shape)
    choices: list[Callable[[], str]] = [lambda: f"{name}[{basic_index(shape, rng)}]"] * 3
    choices += [lambda: f"{name}.unsqueeze({rng.integers(0, n + 1)})", lambda: f"{name}.squeeze()"]
    choices += [lambda: f"{name}.view(-1)", lambda: f"{name}.reshape(-1)", lambda: f"{name}.flatten()"]
    if n >= 1:
        d = int(rng.integers(0, n))
        choices += [lambda: f"{name}.narrow({d}, 0, {shape[d]})", lambda: f"{name}.view({', '.join(map(str, shape))}, 1)"]
        if shape[d]:
            choices += [lambda: f"{name}.select({d}, {rng.integers(0, shape[d])})", lambda: f"{name}.unfold({d}, 1, 1)"]
    if n >= 2:
        order = rng.permutation(n).tolist()
        i, j = rng.permutation(n)[:2].tolist()
        choices += [lambda: f"{name}.permute({order})", lambda: f"{name}.transpose({i}, {j})", lambda: f"{name}.mT"]
        choices += [lambda: f"{name}.diagonal({rng.integers(-1, 2)}, {i}, {j})", lambda: f"{name}.expand(2, *{shape})"]
    return choices[rng.integers(0, len(choices))]()


def write(name: str, shape: tuple, others: list[str], rng: np.random.Generator) -> str:
    """A statement that changes the tensor's memory."""
    other = others[rng.integers(0, len(others))]
    index = basic_index(shape, rng) if rng.integers(0, 2) else advanced_index(shape, rng)
    choices = [
        f"{name}.mul_({rng.integers(2, 4)}.0)", f"{name}.add_({other})", f"{name}.mul_({other})", f"{name} += 1.5",
        f"{name}.copy_({other})", f"{name}.zero_()", f"{name}.fill_(0.5)", f"{name}[{index}] = {rng.integers(1, 4)}.25",
        f"{name}[{index}] = {other}", f"{name}[{index}] *= 2", f"{name}[{index}].add_(1.0)", f"{name}[{index}] += {other}",
        f"{name}.sin_()", f"{name} *= {name}", f"{name}.add_({name})", f"{name}.masked_fill_({name} > 0.3, 0.7)",
        f"{name}.sub_({name}.detach())", f"{name}.neg_()",
    ]  # fmt: skip
    return choices[rng.integers(0, len(choices))]


def compute(name: str, other: str, rng: np.random.Generator) -> str:
    """An expression that makes a new tensor."""
    choices = [f"{name} * 1.5", f"{name}.sin()", f"{name} * {other}", f"{name} + {other}", f"{name}.exp()", f"{name}.clone()",
               f"{name}.detach()", f"{name}.sum()", f"{name} * {name}", f"{name}.T.sin()", f"{name}.sum(0)"]  # fmt: skip
    return choices[rng.integers(0, len(choices))]


def memory(tensor: Any) -> int:
    """Where the memory of a PyTorch tensor is."""
    return tensor.untyped_storage().data_ptr()


def next_line(machine: Machine, count: int, rng: np.random.Generator) -> str:
    """A random line that fits the tensors that a program (run by PyTorch) has so far."""
    tensors = machine.tensors()
    # Newest tensors are the most likely: programs work on what they have just made.
    names = list(tensors)
    weights = np.arange(1, len(names) + 1.0)
    name = str(rng.choice(names, p=weights / weights.sum()))
    shape = tuple(tensors[name].shape)
    new = f"v{count}"
    kind = rng.integers(0, 20)
    if kind < 7:
        return f"{new} = {view(name, shape, rng)}"
    if kind < 15:
        # What PyTorch makes of operands that overlap in part depends on the order in which its loops run.
        apart = [k for k in names if memory(tensors[k]) != memory(tensors[name])]
        line = write(name, shape, apart, rng)
        return f"with no_grad(): {line}" if rng.integers(0, 12) == 0 else line
    return f"{new} = {compute(name, names[rng.integers(0, len(names))], rng)}"


def leaf_values(rng: np.random.Generator) -> dict[str, np.ndarray]:
    return {k: rng.normal(size=s) for k, s in LEAVES.items()}
