"""What one operation costs, recorded, and with its backward, from 1 to 4 million elements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..peers.functional import Functional
from ..peers.torchlike import TorchLike
from ..workload import Step, workload
from . import data

Size = tuple[str, tuple[int, ...]]

COUNTS = {"1": (1,), "10": (10,), "1e3": (1000,), "1e5": (100_000,), "4M": (2000, 2000)}
SQUARES = {f"{n}x{n}": (n, n) for n in (4, 32, 256, 1024)}
ONE, TWO = ("exp", "relu", "sum"), ("add", "mul", "matmul")
SIZES: dict[str, Size] = {
    f"{kind} {name}": (kind, shape)
    for kind in (*TWO, *ONE)
    for name, shape in (SQUARES if kind == "matmul" else COUNTS).items()
}
QUICK = ("add 10", "mul 10", "mul 1e5", "exp 10", "sum 10")

recorded = workload(
    "op",
    "one operation on leaves that require a gradient, recorded and not differentiated",
    sizes=SIZES,
    quick=QUICK,
)
round_trip = workload(
    "op-round-trip",
    "one operation forward, then backward from a given cotangent",
    sizes=SIZES,
    quick=QUICK,
)

TORCH: dict[str, Callable[..., Any]] = {
    "add": lambda torch, x, y: x + y,
    "mul": lambda torch, x, y: x * y,
    "matmul": lambda torch, x, y: x @ y,
    "exp": lambda torch, x: torch.exp(x),
    "relu": lambda torch, x: torch.relu(x),
    "sum": lambda torch, x: x.sum(),
}
# The same under NumPy's names.
ARRAY = TORCH | {"relu": lambda np, x: np.maximum(x, 0)}


def _operands(kind: str, shape: tuple[int, ...], wrap: Callable[[np.ndarray], Any]) -> Iterator[tuple[Any, ...]]:
    """An endless supply of operand tuples, several of them in turn."""
    count = 2 if kind in TWO else 1
    nbytes = 4 * count * int(np.prod(shape))
    return data.endless(lambda rng: tuple(wrap(data.normal(rng, *shape)) for _ in range(count)), 4 * nbytes)


def _cotangent(kind: str, shape: tuple[int, ...]) -> np.ndarray:
    return np.ones(() if kind == "sum" else shape, np.float32)


@recorded.build("torch")
def _(peer: TorchLike, size: Size) -> Step:
    operation, torch = TORCH[size[0]], peer.torch
    operands = _operands(*size, peer.leaf)
    return lambda: operation(torch, *next(operands))


@recorded.build("mygrad")
def _(peer: Any, size: Size) -> Step:
    operation, operands = ARRAY[size[0]], _operands(*size, peer.leaf)
    return lambda: operation(peer.mygrad, *next(operands))


@recorded.build("numpy")
def _(peer: Any, size: Size) -> Step:
    operation, operands = ARRAY[size[0]], _operands(*size, peer.array)
    return lambda: operation(np, *next(operands))


@round_trip.build("torch")
def _(peer: TorchLike, size: Size) -> Step:
    operation, torch = TORCH[size[0]], peer.torch
    operands, g = _operands(*size, peer.leaf), peer.array(_cotangent(*size))

    def step() -> None:
        xs = next(operands)
        operation(torch, *xs).backward(g)
        for x in xs:
            x.grad = None

    return step


@round_trip.build("mygrad")
def _(peer: Any, size: Size) -> Step:
    operation, mg = ARRAY[size[0]], peer.mygrad
    operands, g = _operands(*size, peer.leaf), _cotangent(*size)

    def step() -> None:
        xs = next(operands)
        operation(mg, *xs).backward(g)
        for x in xs:
            x.null_grad()

    return step


@round_trip.build("jax", "hips")
def _(peer: Functional, size: Size) -> Step:
    operation, operands = ARRAY[size[0]], _operands(*size, peer.array)
    pull, g = peer.vjp(lambda *xs: operation(peer.np, *xs)), peer.array(_cotangent(*size))
    return lambda: peer.wait(pull(next(operands), g))
