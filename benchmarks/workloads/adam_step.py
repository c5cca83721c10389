"""Adam by itself, on gradients that are already there: one flat model, and one of many small tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..peers.adapter import Adapter
from ..peers.torchlike import TorchLike
from ..workload import Step, workload
from . import data
from .mlp import SIZES, Net
from .training import functional_step

adam_step = workload(
    "adam",
    "one step of Adam, gradients given",
    sizes={
        "0.6 k (tiny MLP)": SIZES["tiny"],
        "1.9 M (large MLP)": SIZES["large"],
        "12.6 M (xl MLP)": SIZES["xl"],
    },
    quick=("0.6 k (tiny MLP)", "1.9 M (large MLP)"),
    parts=["optimizer"],
)


def _gradients(net: Net) -> Any:
    shapes = [each.shape for each in net.parameters()]
    nbytes = 4 * sum(int(np.prod(shape)) for shape in shapes)
    return data.endless(lambda rng: [data.normal(rng, *shape) for shape in shapes], nbytes)


@adam_step.build("torch")
def _(peer: TorchLike, net: Net) -> Step:
    parameters = [peer.leaf(each) for each in net.parameters()]
    optimizer, gradients = peer.adam(parameters), _gradients(net)

    def step() -> None:
        for parameter, gradient in zip(parameters, next(gradients), strict=True):
            parameter.grad = peer.array(gradient)
        optimizer.step()

    return step


@adam_step.build("numpy", "jax")
def _(peer: Adapter, net: Net) -> Step:
    return functional_step(peer, lambda _, *gradients: (0.0, list(gradients)), net.parameters(), _gradients(net))
