"""Running one call on one library: the operands it is given, and everything about it that can be compared."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .dsl import Made, Named, Operand, Raw


@dataclass
class Outcome:
    """What a call gave: the results by their place, first and second gradients, or the error."""

    results: list[tuple[str, Any]] = field(default_factory=list)
    differentiable: list[bool] = field(default_factory=list)
    gradients: list[np.ndarray | None] = field(default_factory=list)
    second: list[np.ndarray | None] | None = None
    operands: list[np.ndarray] = field(default_factory=list)  # as the call left them
    error: Exception | None = None  # of the call
    stuck: Exception | None = None  # of the sweep after it


def resolve(library: Any, path: str) -> Any:
    """The object at `path` in a library; AttributeError if it is missing."""
    found = library
    for part in path.split("."):
        found = getattr(found, part)
    return found


class Builder:
    """Makes the operands of one call on one library, and remembers the leaves among them."""

    def __init__(
        self, library: Any, seed: str, dtypes: list[str], *, grad: bool = True, layout: str = "", owned: bool = False,
        domain: tuple[float, float] | None = None,
    ) -> None:  # fmt: skip
        self.library, self.seed, self.dtypes = library, seed, dtypes
        self.grad, self.layout, self.owned, self.domain = grad, layout, owned, domain
        self.leaves: list[Any] = []
        self.tensors: list[Any] = []
        self.count = self.varied = 0

    def __call__(self, value: Any) -> Any:
        if isinstance(value, tuple):
            value = Operand(value)
            if self.domain is not None:
                lo, hi = self.domain
                value = Operand(value.shape, lambda rng, s: rng.uniform(lo, hi, s))
        if isinstance(value, Operand):
            return self.tensor(value)
        if isinstance(value, list):
            return [self(item) for item in value]
        if isinstance(value, Named):
            return resolve(self.library, value.path)
        if isinstance(value, Made):
            return value.build(self.library)
        return value.value if isinstance(value, Raw) else value

    def tensor(self, operand: Operand) -> Any:
        dtype = self.dtypes[min(self.varied, len(self.dtypes) - 1)]
        self.varied += operand.dtype is None
        array = operand.array(f"{self.seed} {self.count}", dtype)
        self.count += 1
        layout = self.layout if operand.free and array.ndim >= 2 and array.size else ""
        if layout == "expanded" and operand.distinct:
            layout = ""
        if layout == "transposed":
            array = np.swapaxes(array, -1, -2).copy()
        elif layout == "strided":
            array = np.repeat(array, 2, axis=-1)
        elif layout == "expanded":
            length, array = array.shape[0], array[:1].copy()
        tensor = self.library.tensor(array)
        if self.grad and operand.grad and array.dtype.kind == "f":
            tensor.requires_grad_()
            self.leaves.append(tensor)
        if layout == "transposed":
            tensor = tensor.transpose(-1, -2)
        elif layout == "strided":
            tensor = tensor[..., ::2]
        elif layout == "expanded":
            tensor = tensor.expand(length, *array.shape[1:])  # pyright: ignore[reportPossiblyUnboundVariable]
        if self.owned:
            tensor = tensor.clone()
        self.tensors.append(tensor)
        return tensor


def flatten(value: Any, place: str = "result") -> Iterator[tuple[str, Any]]:
    """The parts of a result that are not containers, each with its place."""
    if isinstance(value, Mapping):
        for key in value:
            yield from flatten(value[key], f"{place}[{key!r}]")
    elif isinstance(value, (tuple, list)):
        for i, item in enumerate(value):
            yield from flatten(item, f"{place}[{i}]")
        for name in getattr(type(value), "__match_args__", ()):
            yield f"{place}.{name}", name
    else:
        yield place, value


def is_tensor(value: Any) -> bool:
    return hasattr(value, "requires_grad") and hasattr(value, "detach")


def plain(value: Any) -> Any:
    """A result as something that two libraries can share: an array, or a Python value."""
    if is_tensor(value):
        return np.array(value.detach().numpy())
    if isinstance(value, (int, float, str, bool, np.ndarray, np.generic, type(None))):
        return value
    return str(value).rpartition(".")[2]  # a dtype or a device


def cotangent(shape: tuple[int, ...], dtype: np.dtype, seed: str) -> np.ndarray:
    rng = np.random.default_rng(zlib.crc32(seed.encode()))
    return np.asarray(rng.uniform(0.5, 1.5, shape) * rng.choice([-1.0, 1.0], shape)).astype(dtype)


def differentiate(library: Any, outputs: list[Any], leaves: list[Any], order: int, outcome: Outcome) -> None:
    """Fill in the gradients of `outputs` for random cotangents, and of those gradients in turn."""
    grad = library.autograd.grad
    cotangents = []
    for i, output in enumerate(outputs):
        array = cotangent(tuple(output.shape), output.detach().numpy().dtype, f"cotangent {i}")
        cotangents.append(library.tensor(array))
        if order > 1:
            cotangents[-1].requires_grad_()
    first = grad(outputs, leaves, cotangents, create_graph=order > 1, allow_unused=True)
    outcome.gradients = [None if g is None else plain(g) for g in first]
    if order < 2:
        return
    again = [(g, i) for i, g in enumerate(first) if g is not None and g.requires_grad]
    if not again:
        outcome.second = []
        return
    directions = [library.tensor(cotangent(tuple(g.shape), g.detach().numpy().dtype, f"direction {i}")) for g, i in again]
    second = grad([g for g, _ in again], [*leaves, *cotangents], directions, allow_unused=True)
    outcome.second = [None if g is None else plain(g) for g in second]


def observe(library: Any, builder: Builder, call: Callable[[], Any], order: int,
            through: Callable[..., Any] | None = None) -> Outcome:  # fmt: skip
    """Make the call and record what can be compared."""
    outcome = Outcome()
    try:
        result = call()
        if through is not None:
            result = through(result)
        parts = list(flatten(result))
        outcome.results = [(place, plain(part)) for place, part in parts]
        outputs = [part for _, part in parts if is_tensor(part)]
        outcome.differentiable = [bool(part.requires_grad) for part in outputs]
        outcome.operands = [plain(t) for t in builder.tensors]
    except Exception as error:
        outcome.error = error
        return outcome
    outputs = [part for part in outputs if part.requires_grad]
    try:
        if outputs and builder.leaves and order:
            differentiate(library, outputs, builder.leaves, order, outcome)
    except Exception as error:
        outcome.stuck = error
    return outcome


def overwrite(builder: Builder, call: Callable[[], Any]) -> Outcome:
    """Make the call, double its results in place, and record the operands: which results share memory with them."""
    outcome = Outcome()
    try:
        outputs = [part for _, part in flatten(call()) if is_tensor(part) and math.prod(part.shape)]
        for output in outputs:
            output.mul_(2)
        outcome.operands = [plain(t) for t in builder.tensors]
    except Exception as error:
        outcome.error = error
    return outcome
