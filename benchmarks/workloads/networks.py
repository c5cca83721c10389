"""Networks other than perceptrons, a training step with Adam each: recurrent, convolutional, attentive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..peers.functional import Functional
from ..peers.torchlike import TorchLike
from ..workload import Step, workload
from . import data
from .training import TRAINING, Arrays, functional_step, torch_step


def _weights(*shapes: tuple[int, ...]) -> Arrays:
    """Matrices and kernels scaled by their fan-in; vectors of zeros."""
    rng = np.random.default_rng(2)

    def fan_in(shape: tuple[int, ...]) -> int:
        return shape[0] if len(shape) == 2 else int(np.prod(shape[1:]))

    return [
        data.normal(rng, *shape) / np.float32(fan_in(shape) ** 0.5) if len(shape) > 1 else np.zeros(shape, np.float32)
        for shape in shapes
    ]


def _cross_entropy(np: Any, z: Any, labels: Any) -> Any:
    z = z - np.max(z, axis=-1, keepdims=True)
    log_p = z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True))
    hot = labels[..., None] == np.arange(z.shape[-1])
    return -np.sum(np.where(hot, log_p, 0)) / labels.size


# -- recurrent


@dataclass(frozen=True)
class Recurrence:
    """An Elman network that reads a sequence and predicts a number from its last state."""

    steps: int
    hidden: int
    batch: int
    features: int = 8

    def batches(self) -> Any:
        shape = (self.steps, self.batch, self.features)

        def make(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
            x = data.normal(rng, *shape)
            return x, x[-5:].mean(axis=(0, 2))[:, None]

        return data.endless(make, 4 * int(np.prod(shape)))


rnn = workload(
    "rnn",
    "an Elman network unrolled step by step in Python, training step",
    sizes={"50 steps, hidden 32": Recurrence(50, 32, 16), "50 steps, hidden 256": Recurrence(50, 256, 64)},
    quick=("50 steps, hidden 32",),
    parts=TRAINING,
)


@rnn.build("torch")
def _(peer: TorchLike, size: Recurrence) -> Step:
    nn, torch = peer.nn, peer.torch
    reads, remembers = nn.Linear(size.features, size.hidden), nn.Linear(size.hidden, size.hidden, bias=False)
    answers = nn.Linear(size.hidden, 1)
    parameters = [p for module in (reads, remembers, answers) for p in module.parameters()]

    def loss(x: Any, y: Any) -> Any:
        h = torch.zeros(size.batch, size.hidden)
        for t in range(size.steps):
            h = torch.tanh(reads(x[t]) + remembers(h))
        return peer.functional.mse_loss(answers(h), y)

    return torch_step(peer, parameters, loss, size.batches())


@rnn.build("jax", "hips")
def _(peer: Functional, size: Recurrence) -> Step:
    np_ = peer.np

    def loss(parameters: Arrays, x: Any, y: Any) -> Any:
        reads, remembers, bias, answers, shift = parameters
        h = np_.zeros((size.batch, size.hidden), dtype="float32")
        for t in range(size.steps):
            h = np_.tanh(np_.dot(x[t], reads) + bias + np_.dot(h, remembers))
        return np_.mean((np_.dot(h, answers) + shift - y) ** 2)

    n = size.hidden
    parameters = _weights((size.features, n), (n, n), (n,), (n, 1), (1,))
    return functional_step(peer, peer.value_and_grad(loss), parameters, size.batches())


# -- convolutional

cnn = workload(
    "cnn",
    "conv 8, pool, conv 16, pool, linear on one-channel images, training step",
    sizes={"8x8, batch 64": (8, 64), "28x28, batch 64": (28, 64)},
    quick=("8x8, batch 64",),
    parts=TRAINING,
)


@cnn.build("torch")
def _(peer: TorchLike, size: tuple[int, int]) -> Step:
    (side, batch), nn = size, peer.nn
    model = nn.Sequential(
        *(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(16 * (side // 4) ** 2, 10)),
    )
    batches = data.classification((1, side, side), 10, batch)
    return torch_step(peer, model.parameters(), lambda x, y: peer.functional.cross_entropy(model(x), y), batches)


@cnn.build("jax")
def _(peer: Any, size: tuple[int, int]) -> Step:
    (side, batch), np_, lax = size, peer.np, peer.lax

    def stage(x: Any, kernel: Any, bias: Any) -> Any:
        x = lax.conv(x, kernel, (1, 1), "SAME") + bias[:, None, None]
        return lax.reduce_window(np_.maximum(x, 0), -np_.inf, lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")

    def loss(parameters: Arrays, x: Any, y: Any) -> Any:
        kernel1, bias1, kernel2, bias2, weight, bias = parameters
        x = stage(stage(x, kernel1, bias1), kernel2, bias2)
        return _cross_entropy(np_, x.reshape(batch, -1) @ weight + bias, y)

    parameters = _weights((8, 1, 3, 3), (8,), (16, 8, 3, 3), (16,), (16 * (side // 4) ** 2, 10), (10,))
    batches = data.classification((1, side, side), 10, batch)
    return functional_step(peer, peer.value_and_grad(loss), parameters, batches)


# -- attentive


@dataclass(frozen=True)
class Transformer:
    """Pre-norm encoder blocks over embedded tokens that predict the next token at every place."""

    blocks: int
    width: int
    heads: int
    tokens: int
    batch: int
    vocabulary: int = 64

    def batches(self) -> Any:
        def make(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
            text = rng.integers(0, self.vocabulary, (self.batch, self.tokens + 1))
            return text[:, :-1].copy(), text[:, 1:].copy()

        return data.endless(make, 16 * self.batch * self.tokens)


transformer = workload(
    "transformer",
    "causal transformer, pre-norm, training step",
    sizes={
        "1 block, width 32": Transformer(1, 32, 2, 16, 8),
        "2 blocks, width 128": Transformer(2, 128, 4, 64, 16),
    },
    quick=("1 block, width 32",),
    parts=TRAINING,
)


@transformer.build("torch")
def _(peer: TorchLike, size: Transformer) -> Step:
    nn, functional = peer.nn, peer.functional

    def block() -> Any:
        n = size.width
        return nn.ModuleDict(
            {
                "norm1": nn.LayerNorm(n),
                "qkv": nn.Linear(n, 3 * n),
                "out": nn.Linear(n, n),
                "norm2": nn.LayerNorm(n),
                "mlp": nn.Sequential(nn.Linear(n, 4 * n), nn.ReLU(), nn.Linear(4 * n, n)),
            }
        )

    embedding = nn.Embedding(size.vocabulary, size.width)
    blocks = nn.ModuleList([block() for _ in range(size.blocks)])
    head = nn.Sequential(nn.LayerNorm(size.width), nn.Linear(size.width, size.vocabulary))
    parameters = [p for module in (embedding, blocks, head) for p in module.parameters()]
    heads = (size.batch, size.tokens, 3, size.heads, size.width // size.heads)

    def loss(x: Any, y: Any) -> Any:
        h = embedding(x)
        for each in blocks:
            q, k, v = each["qkv"](each["norm1"](h)).reshape(*heads).permute(2, 0, 3, 1, 4).unbind(0)
            mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
            h = h + each["out"](mixed.transpose(1, 2).reshape(size.batch, size.tokens, size.width))
            h = h + each["mlp"](each["norm2"](h))
        return functional.cross_entropy(head(h).reshape(-1, size.vocabulary), y.reshape(-1))

    return torch_step(peer, parameters, loss, size.batches())


@transformer.build("jax")
def _(peer: Functional, size: Transformer) -> Step:
    np_, n = peer.np, size.width
    mask = np.where(np.tri(size.tokens, dtype=bool), 0, -np.inf).astype(np.float32)
    heads = (size.batch, size.tokens, 3, size.heads, n // size.heads)

    def norm(x: Any, scale: Any, shift: Any) -> Any:
        centred = x - np_.mean(x, axis=-1, keepdims=True)
        return centred / np_.sqrt(np_.mean(centred**2, axis=-1, keepdims=True) + 1e-5) * (1 + scale) + shift

    def loss(parameters: Arrays, x: Any, y: Any) -> Any:
        rest = list(parameters[1:])
        h = parameters[0][x]
        for _ in range(size.blocks):
            s1, b1, qkv, c1, out, c2, s2, b2, up, c3, down, c4 = rest[:12]
            rest = rest[12:]
            q, k, v = np_.transpose((norm(h, s1, b1) @ qkv + c1).reshape(heads), (2, 0, 3, 1, 4))
            scores = q @ np_.swapaxes(k, -1, -2) * q.shape[-1] ** -0.5 + mask
            scores = np_.exp(scores - np_.max(scores, axis=-1, keepdims=True))
            mixed = scores / np_.sum(scores, axis=-1, keepdims=True) @ v
            h = h + np_.swapaxes(mixed, 1, 2).reshape(size.batch, size.tokens, n) @ out + c2
            h = h + np_.maximum(norm(h, s2, b2) @ up + c3, 0) @ down + c4
        return _cross_entropy(np_, norm(h, rest[0], rest[1]) @ rest[2] + rest[3], y)

    block = [
        (n,),
        (n,),
        (n, 3 * n),
        (3 * n,),
        (n, n),
        (n,),
        (n,),
        (n,),
        (n, 4 * n),
        (4 * n,),
        (4 * n, n),
        (n,),
    ]
    parameters = _weights((size.vocabulary, n), *block * size.blocks, (n,), (n,), (n, size.vocabulary), (size.vocabulary,))
    return functional_step(peer, peer.value_and_grad(loss), parameters, size.batches())
