"""Graphs of single numbers: micrograd's demo, and shapes of graph on which engines stumble."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np

from ..workload import Step, workload
from . import data

FAMILIES = ("torch", "micrograd", "mygrad")

demo = workload(
    "micrograd-demo",
    "micrograd's MLP 2-16-16-1 on two moons, one node per number, with its loss and SGD",
    sizes={"4 samples": 4, "20 samples": 20},
    quick=("4 samples",),
)


def _moons(rng: np.random.Generator, n: int) -> tuple[list[list[float]], list[float]]:
    angle, side = rng.uniform(0, math.pi, n), rng.integers(0, 2, n)
    x = np.where(side, 1 - np.cos(angle), np.cos(angle))
    y = np.where(side, 0.5 - np.sin(angle), np.sin(angle))
    return np.stack([x, y], axis=1).tolist(), (2.0 * side - 1).tolist()


class Neuron:
    """micrograd's neuron, layer and network, on whatever scalars the peer has."""

    def __init__(self, peer: Any, inputs: int, rng: np.random.Generator, *, bends: bool) -> None:
        self.peer, self.bends = peer, bends
        self.weights = [peer.scalar(float(w)) for w in rng.uniform(-1, 1, inputs)]
        self.bias = peer.scalar(0.0)

    def __call__(self, x: list[Any]) -> Any:
        total = self.bias
        for weight, each in zip(self.weights, x, strict=True):
            total = total + weight * each
        return self.peer.relu(total) if self.bends else total


@demo.build(*FAMILIES)
def _(peer: Any, samples: int) -> Step:
    rng = np.random.default_rng(0)
    widths = (2, 16, 16, 1)
    layers = [[Neuron(peer, n, rng, bends=m > 1) for _ in range(m)] for n, m in pairwise(widths)]
    parameters = [p for layer in layers for neuron in layer for p in (*neuron.weights, neuron.bias)]
    batches = data.endless(lambda rng: _moons(rng, samples), 1)

    def score(x: list[Any]) -> Any:
        for layer in layers:
            x = [neuron(x) for neuron in layer]
        return x[0]

    def step() -> float:
        xs, ys = next(batches)
        loss: Any = 0.0
        for x, y in zip(xs, ys, strict=True):
            loss = loss + peer.relu(1.0 - score(x) * y)
        loss = loss * (1.0 / samples)
        for parameter in parameters:
            loss = loss + parameter * parameter * 1e-4
        for parameter in parameters:
            peer.clear(parameter)
        loss.backward()
        peer.descend(parameters, 0.01)
        return float(loss.data)

    return step


chain = workload(
    "scalar-chain",
    "y = y * c repeated, forward and backward",
    sizes={"500 nodes": 500, "1e5 nodes": 100_000},
    quick=("500 nodes",),
)


@chain.build(*FAMILIES)
def _(peer: Any, nodes: int) -> Step:
    def step() -> None:
        y = peer.scalar(1.0)
        for _ in range(nodes):
            y = y * 0.99999
        y.backward()

    return step


fan = workload(
    "scalar-fan",
    "one number used in 1e4 products that are added up again, forward and backward",
    sizes={"300": 300, "1e4": 10_000},
    quick=("300",),
)


@fan.build(*FAMILIES)
def _(peer: Any, width: int) -> Step:
    def step() -> None:
        x = peer.scalar(0.5)
        total = x
        for i in range(width):
            total = total + x * (i / width)
        total.backward()

    return step
