"""Derivatives of derivatives: a Hessian-vector product, and the loss of a physics-informed network."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from ..peers.functional import Functional
from ..peers.torchlike import TorchLike
from ..workload import Step, workload
from . import data
from .mlp import SIZES, Arrays, Net
from .training import TRAINING, functional_step, torch_step

hvp = workload(
    "hessian-vector",
    "gradient of (gradient . v) of an MLP's squared error with tanh, fresh batch and v",
    sizes={"tiny": SIZES["tiny"], "digits": Net((64, 128, 128, 1), 64)},
    quick=("tiny",),
    parts=["whole"],
)


def _tanh_net(np_: Any, parameters: Arrays, x: Any) -> Any:
    *hidden, last = zip(parameters[::2], parameters[1::2], strict=True)
    for weight, bias in hidden:
        x = np_.tanh(np_.dot(x, weight) + bias)
    return np_.dot(x, last[0]) + last[1]


def _torch_tanh_net(peer: TorchLike, widths: tuple[int, ...]) -> Any:
    nn = peer.nn
    layers = [layer for n, m in pairwise(widths) for layer in (nn.Linear(n, m), nn.Tanh())]
    return nn.Sequential(*layers[:-1])


@hvp.build("torch")
def _(peer: TorchLike, net: Net) -> Step:
    model, grad = _torch_tanh_net(peer, net.widths), peer.torch.autograd.grad
    parameters, batches = list(model.parameters()), net.batches()
    vectors = data.endless(
        lambda rng: [peer.array(data.normal(rng, *p.shape)) for p in parameters],
        4 * sum(p.numel() for p in parameters),
    )

    @peer.whole
    def product(x: Any, y: Any, along: Any) -> Any:
        loss = peer.functional.mse_loss(model(x), y)
        first = grad(loss, parameters, create_graph=True)
        return grad(sum((g * v).sum() for g, v in zip(first, along, strict=True)), parameters)

    return lambda: product(*(peer.array(each) for each in next(batches)), next(vectors))


@hvp.build("jax", "hips")
def _(peer: Functional, net: Net) -> Step:
    np_, batches = peer.np, net.batches()
    parameters = [peer.array(each) for each in net.parameters()]
    vectors = data.endless(lambda rng: [data.normal(rng, *p.shape) for p in parameters], 1000)

    def loss(parameters: Arrays, x: Any, y: Any) -> Any:
        return np_.mean((_tanh_net(np_, parameters, x) - y) ** 2)

    def along(parameters: Arrays, v: Arrays, x: Any, y: Any) -> Any:
        return sum(np_.sum(g * u) for g, u in zip(peer.grad(loss)(parameters, x, y), v, strict=True))

    product = peer.jit(peer.grad(along))
    return lambda: peer.wait(product(parameters, next(vectors), *next(batches)))


pinn = workload(
    "physics-informed",
    "training step on (u'' + u)^2 at fresh points, u an MLP 1-32-32-1 with tanh",
    sizes={"batch 64": 64, "batch 1024": 1024},
    quick=("batch 64",),
    parts=TRAINING,
)


def _points(batch: int) -> Any:
    return data.endless(lambda rng: (rng.uniform(-3, 3, (batch, 1)).astype(np.float32),), 4 * batch)


@pinn.build("torch")
def _(peer: TorchLike, batch: int) -> Step:
    model, grad = _torch_tanh_net(peer, (1, 32, 32, 1)), peer.torch.autograd.grad

    def loss(x: Any) -> Any:
        x.requires_grad_()
        u = model(x)
        (slope,) = grad(u.sum(), x, create_graph=True)
        (curvature,) = grad(slope.sum(), x, create_graph=True)
        return ((curvature + u) ** 2).mean()

    return torch_step(peer, model.parameters(), loss, _points(batch))


@pinn.build("jax", "hips")
def _(peer: Functional, batch: int) -> Step:
    np_ = peer.np

    def loss(parameters: Arrays, x: Any) -> Any:
        def total(x: Any) -> Any:
            return np_.sum(_tanh_net(np_, parameters, x))

        slope = peer.grad(total)
        curvature = peer.grad(lambda x: np_.sum(slope(x)))
        return np_.mean((curvature(x) + _tanh_net(np_, parameters, x)) ** 2)

    return functional_step(peer, peer.value_and_grad(loss), Net((1, 32, 32, 1), batch).parameters(), _points(batch))
