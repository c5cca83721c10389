"""Data for the workloads: another batch in every step, so that no peer can remember an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle
from typing import TypeVar

import numpy as np

T = TypeVar("T")
POOL_BYTES = 64_000_000


def endless(make: Callable[[np.random.Generator], T], nbytes: int, pool: int = POOL_BYTES) -> Iterator[T]:
    """Cycle through up to 256 items from `make`, as many of `nbytes` as fit the pool, but two at least."""
    rng = np.random.default_rng(0)
    return cycle([make(rng) for _ in range(min(256, max(2, pool // max(1, nbytes))))])


def normal(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Standard normal float32."""
    return rng.standard_normal(shape, dtype=np.float32)


def classification(
    features: tuple[int, ...], classes: int, batch: int, pool: int = POOL_BYTES
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Batches of normal inputs with the labels that a fixed random linear map gives them."""
    teacher = normal(np.random.default_rng(1), int(np.prod(features)), classes)

    def make(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        x = normal(rng, batch, *features)
        return x, np.argmax(x.reshape(batch, -1) @ teacher, axis=1)

    return endless(make, 4 * batch * int(np.prod(features)), pool)


def regression(features: int, batch: int, pool: int = POOL_BYTES) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Batches of normal inputs with a smooth scalar target of shape (batch, 1)."""

    def make(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        x = normal(rng, batch, features)
        return x, np.sin(x.sum(axis=1, keepdims=True))

    return endless(make, 4 * batch * features, pool)
