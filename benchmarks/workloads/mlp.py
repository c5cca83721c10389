"""Multi-layer perceptrons from tiny to large: training steps with Adam, inference, a long run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, repeat
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from ..peers.adapter import Adapter
from ..peers.functional import Functional
from ..peers.torchlike import TorchLike
from ..workload import Step, workload
from . import data
from .training import TRAINING, Arrays, functional_step, torch_step


@dataclass(frozen=True)
class Net:
    """Layer widths and batch size; one output is a regression, more are classes."""

    widths: tuple[int, ...]
    batch: int

    @property
    def regresses(self) -> bool:
        return self.widths[-1] == 1

    def batches(self, pool: int = data.POOL_BYTES) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Inputs of shape (batch, widths[0]) and targets: a column of numbers, or labels."""
        if self.regresses:
            return data.regression(self.widths[0], self.batch, pool)
        return data.classification(self.widths[:1], self.widths[-1], self.batch, pool)

    def parameters(self) -> Arrays:
        """Weights of shape (inputs, outputs) and biases, in turn, scaled as He et al. (2015) do."""
        rng = np.random.default_rng(2)
        shapes = list(pairwise(self.widths))
        weights = [data.normal(rng, n, m) * np.float32((2 / n) ** 0.5) for n, m in shapes]
        return [each for w, (_, m) in zip(weights, shapes, strict=True) for each in (w, np.zeros(m, np.float32))]


SIZES = {
    "tiny": Net((2, 16, 16, 1), 32),
    "small": Net((64, 32, 32, 10), 32),
    "digits": Net((64, 128, 128, 10), 64),
    "mnist": Net((784, 256, 128, 10), 64),
    "large": Net((784, 1024, 1024, 10), 256),
    "xl": Net((2048, 2048, 2048, 2048), 512),
}

mlp = workload("mlp", "training step with Adam, fresh batch", sizes=SIZES, quick=("tiny", "digits"), parts=TRAINING)


def torch_model(peer: TorchLike, net: Net) -> Any:
    """Linear layers with ReLU between them."""
    nn = peer.nn
    layers = [layer for n, m in pairwise(net.widths) for layer in (nn.Linear(n, m), nn.ReLU())]
    return nn.Sequential(*layers[:-1])


def torch_loss(peer: TorchLike, net: Net) -> Any:
    """Mean squared error or cross-entropy."""
    return peer.functional.mse_loss if net.regresses else peer.functional.cross_entropy


def torch_training(peer: TorchLike, net: Net, batches: Iterator[tuple[np.ndarray, np.ndarray]]) -> Step:
    """Model, loss and Adam as a PyTorch program has them."""
    model, criterion = torch_model(peer, net), torch_loss(peer, net)
    return torch_step(peer, model.parameters(), lambda x, y: criterion(model(x), y), batches)


def functional_loss(np: Any, parameters: Arrays, x: Any, y: Any) -> Any:
    """The same network and losses as a function of a list of arrays."""
    *hidden, last = zip(parameters[::2], parameters[1::2], strict=True)
    for weight, bias in hidden:
        x = np.maximum(x @ weight + bias, 0)
    z = x @ last[0] + last[1]
    if z.shape[1] == 1:
        return np.mean((z - y) ** 2)
    z = z - np.max(z, axis=1, keepdims=True)
    log_p = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return -np.sum(np.where(y[:, None] == np.arange(z.shape[1]), log_p, 0)) / z.shape[0]


def functional_value_and_grad(peer: Functional) -> Any:
    """`functional_loss` through the peer's own differentiation."""
    return peer.value_and_grad(lambda parameters, x, y: functional_loss(peer.np, parameters, x, y))


def numpy_value_and_grad(parameters: Arrays, x: np.ndarray, y: np.ndarray) -> tuple[Any, Arrays]:
    """The same by hand: what the chain rule gives for this network, and nothing else."""
    weights, biases = parameters[::2], parameters[1::2]
    inputs = [x]
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        inputs.append(np.maximum(inputs[-1] @ weight + bias, 0))
    z = inputs[-1] @ weights[-1] + biases[-1]
    n = len(x)
    if z.shape[1] == 1:
        error = z - y
        loss, g = np.mean(error * error), error * np.float32(2 / n)
    else:
        z -= z.max(axis=1, keepdims=True)
        g = np.exp(z)
        total = g.sum(axis=1, keepdims=True)
        loss = np.mean(np.log(total[:, 0]) - z[np.arange(n), y])
        g /= total
        g[np.arange(n), y] -= 1
        g /= n
    gradients: Arrays = []
    for i in reversed(range(len(weights))):
        gradients += [g.sum(axis=0), inputs[i].T @ g]
        if i > 0:
            g = (g @ weights[i].T) * (inputs[i] > 0)
    return loss, gradients[::-1]


def mygrad_value_and_grad(peer: Any) -> Any:
    """The same on MyGrad's tensors."""
    mg = peer.mygrad

    def value_and_grad(arrays: Arrays, x: np.ndarray, y: np.ndarray) -> tuple[Any, Arrays]:
        parameters = [mg.tensor(each, copy=False) for each in arrays]
        *hidden, last = zip(parameters[::2], parameters[1::2], strict=True)
        h = x
        for weight, bias in hidden:
            h = peer.nnet.activations.relu(mg.matmul(h, weight) + bias)
        z = mg.matmul(h, last[0]) + last[1]
        loss = mg.mean((z - y) ** 2) if z.shape[1] == 1 else peer.nnet.losses.softmax_crossentropy(z, y)
        loss.backward()
        return loss.item(), [each.grad for each in parameters]

    return value_and_grad


def array_training(peer: Any, net: Net, batches: Iterator[tuple[np.ndarray, np.ndarray]]) -> Step:
    """Training for the peers that have gradients but no optimizers."""
    match peer.family:
        case "numpy":
            value_and_grad = numpy_value_and_grad
        case "mygrad":
            value_and_grad = mygrad_value_and_grad(peer)
        case _:
            value_and_grad = functional_value_and_grad(peer)
    return functional_step(peer, value_and_grad, net.parameters(), batches)


def training(peer: Adapter, net: Net, batches: Iterator[tuple[np.ndarray, np.ndarray]]) -> Step:
    """A training step of any peer that differentiates."""
    if isinstance(peer, TorchLike):
        return torch_training(peer, net, batches)
    return array_training(peer, net, batches)


ENGINES = ("torch", "jax", "hips", "mygrad", "numpy")


@mlp.build(*ENGINES)
def _(peer: Adapter, net: Net) -> Step:
    return training(peer, net, net.batches())


@mlp.build("sklearn")
def _(peer: Any, net: Net) -> Step:
    batches, options = net.batches(), {"hidden_layer_sizes": net.widths[1:-1], "batch_size": net.batch}
    fit = (peer.regressor if net.regresses else peer.classifier)(**options).partial_fit
    classes = {} if net.regresses else {"classes": np.arange(net.widths[-1])}

    def step() -> Any:
        x, y = next(batches)
        return fit(x, y.ravel(), **classes)

    return step


inference = workload(
    "inference",
    "forward only, no gradients recorded",
    sizes={name: SIZES[name] for name in ("tiny", "digits", "mnist", "large")},
    quick=("digits",),
    parts=["model"],
)


@inference.build("torch")
def _(peer: TorchLike, net: Net) -> Step:
    model, batches = torch_model(peer, net), net.batches()
    forward = peer.model(model)

    def step() -> Any:
        with peer.torch.no_grad():
            return forward(peer.array(next(batches)[0]))

    return step


@inference.build("jax", "numpy")
def _(peer: Any, net: Net) -> Step:
    def forward(parameters: Arrays, x: Any) -> Any:
        *hidden, last = zip(parameters[::2], parameters[1::2], strict=True)
        for weight, bias in hidden:
            x = peer.np.maximum(x @ weight + bias, 0)
        return x @ last[0] + last[1]

    compiled, batches = peer.jit(forward), net.batches()
    parameters = [peer.array(each) for each in net.parameters()]
    return lambda: peer.wait(compiled(parameters, peer.array(next(batches)[0])))


backward_ratio = workload(
    "backward-ratio",
    "time of backward over time of forward, in one training step",
    sizes={name: SIZES[name] for name in ("tiny", "digits", "mnist", "large")},
    quick=("digits",),
    unit="x",
    timed=False,
)


@backward_ratio.build("torch")
def _(peer: TorchLike, net: Net) -> Step:
    model, criterion, batches = torch_model(peer, net), torch_loss(peer, net), net.batches()
    parameters = list(model.parameters())

    def one() -> tuple[float, float]:
        x, y = (peer.array(each) for each in next(batches))
        for parameter in parameters:
            parameter.grad = None
        start = perf_counter()
        loss = criterion(model(x), y)
        middle = perf_counter()
        loss.backward()
        return middle - start, perf_counter() - middle

    def step() -> float:
        times = [one() for _ in range(60)][10:]
        return median(b for _, b in times) / median(f for f, _ in times)

    return step


steady = workload(
    "steady",
    "one fixed batch: time of the last tenth of the steps over the first tenth",
    sizes={"2,000 steps": 2000, "10,000 steps": 10000},
    quick=("2,000 steps",),
    unit="x",
    timed=False,
    parts=TRAINING,
)


@steady.build(*ENGINES)
def _(peer: Adapter, steps: int) -> Step:
    net = Net((64, 64, 64, 10), 32)

    def measure() -> float:
        # A batch fitted to the end leaves units dead; their moments decay into subnormal numbers.
        step, times = training(peer, net, repeat(next(net.batches(pool=0)))), []
        for _ in range(steps + 20):
            start = perf_counter()
            step()
            times.append(perf_counter() - start)
        tenth = steps // 10
        return median(times[-tenth:]) / median(times[20 : 20 + tenth])

    return measure
