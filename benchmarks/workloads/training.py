"""A training step for peers without optimizers: a gradient function, and Adam as a paper states it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..peers.adapter import Adapter
from ..workload import Step

Arrays = list[Any]
TRAINING = ("model", "optimizer")  # the parts of a training step


def adam(p: Any, g: Any, m: Any, v: Any, t: Any, lr: float = 1e-3) -> tuple[Any, Any, Any]:
    """Kingma and Ba (2014), algorithm 1: the new parameter and moments, for any kind of array."""
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * (g * g)
    step = m / (1 - 0.9**t) / ((v / (1 - 0.999**t)) ** 0.5 + 1e-8)
    return p - lr * step, m, v


def functional_step(
    peer: Adapter,
    value_and_grad: Callable[..., tuple[Any, Arrays]],
    parameters: Sequence[np.ndarray],
    batches: Iterator[tuple[np.ndarray, ...]],
) -> Step:
    """A step that fetches a batch, differentiates and updates; one jitted function where the peer compiles.

    `value_and_grad(parameters, *batch)` gives the loss and a list of gradients.
    """

    @peer.jit
    def update(state: tuple[Arrays, Arrays, Arrays, Any], *batch: Any) -> Any:
        parameters, first, second, t = state
        t = t + 1
        loss, gradients = value_and_grad(parameters, *batch)
        new = [adam(p, g, m, v, t) for p, g, m, v in zip(parameters, gradients, first, second, strict=True)]
        return loss, ([p for p, _, _ in new], [m for _, m, _ in new], [v for _, _, v in new], t)

    parameters = [peer.array(p) for p in parameters]
    state: Any = (parameters, [0 * p for p in parameters], [0 * p for p in parameters], 0)

    def step() -> Any:
        nonlocal state
        loss, state = peer.wait(update(state, *(peer.array(each) for each in next(batches))))
        return loss

    return step


def torch_step(peer: Any, parameters: Any, loss: Callable[..., Any], batches: Iterator[tuple[np.ndarray, ...]]) -> Step:
    """The same for peers with PyTorch's API and optimizers."""
    update = peer.training(loss, peer.adam(parameters))
    return lambda: update(*(peer.array(each) for each in next(batches)))
