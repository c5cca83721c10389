"""Single layers, forward and backward: where one framework has a fused kernel and another has not."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..peers.functional import Functional
from ..peers.torchlike import TorchLike
from ..workload import Step, workload
from . import data

KINDS = ("layer_norm", "batch_norm", "softmax_cross_entropy", "gelu", "dropout", "attention")
SHAPES = {"small": (64, 64), "medium": (256, 512)}
SIZES = {f"{kind} {size}": (kind, shape) for kind in KINDS for size, shape in SHAPES.items()}
# Attention over (batch, heads, tokens, features per head).
SIZES |= {"attention small": ("attention", (4, 2, 16, 16)), "attention medium": ("attention", (8, 4, 64, 32))}

layer = workload(
    "layer",
    "one layer forward and backward",
    sizes=SIZES,
    quick=("layer_norm small", "softmax_cross_entropy small", "attention small"),
    parts=["model"],
)


def torch_function(peer: TorchLike, kind: str, shape: tuple[int, ...]) -> tuple[Any, list[Any]]:
    """The layer as a function of one tensor (of q, k, v for attention), and its parameters."""
    functional, nn = peer.functional, peer.nn
    if kind in ("layer_norm", "batch_norm"):
        module = nn.LayerNorm(shape[-1]) if kind == "layer_norm" else nn.BatchNorm1d(shape[-1])
        return module, list(module.parameters())
    labels = peer.array(np.arange(shape[0]) % shape[-1])
    functions = {
        "softmax_cross_entropy": lambda x: functional.cross_entropy(x, labels),
        "gelu": functional.gelu,
        "dropout": lambda x: functional.dropout(x, 0.1),
        "attention": functional.scaled_dot_product_attention,
    }
    return functions[kind], []


@layer.build("torch")
def _(peer: TorchLike, size: tuple[str, tuple[int, ...]]) -> Step:
    kind, shape = size
    function, parameters = torch_function(peer, kind, shape)
    function = peer.model(function)
    count = 3 if kind == "attention" else 1
    inputs = data.endless(
        lambda rng: [peer.leaf(data.normal(rng, *shape)) for _ in range(count)],
        8 * count * int(np.prod(shape)),
    )
    g = peer.array(np.ones(() if kind == "softmax_cross_entropy" else shape, np.float32))

    def step() -> None:
        leaves = next(inputs)
        function(*leaves).backward(g)
        for leaf in (*leaves, *parameters):
            leaf.grad = None

    return step


def array_function(np: Any, kind: str, labels: Any) -> Any:
    """The layer on a list of arrays: input first (q, k, v for attention), then scale and shift."""

    def normalize(x: Any, axis: int) -> Any:
        centred = x - np.mean(x, axis=axis, keepdims=True)
        return centred / np.sqrt(np.mean(centred**2, axis=axis, keepdims=True) + 1e-5)

    def log_softmax(x: Any) -> Any:
        x = x - np.max(x, axis=-1, keepdims=True)
        return x - np.log(np.sum(np.exp(x), axis=-1, keepdims=True))

    def attention(q: Any, k: Any, v: Any) -> Any:
        return np.matmul(np.exp(log_softmax(np.matmul(q, np.swapaxes(k, -1, -2)) * q.shape[-1] ** -0.5)), v)

    return {
        "layer_norm": lambda x, scale, shift: normalize(x, -1) * scale + shift,
        "batch_norm": lambda x, scale, shift: normalize(x, 0) * scale + shift,
        "softmax_cross_entropy": lambda x: -np.sum(log_softmax(x) * labels) / x.shape[0],
        "attention": attention,
    }[kind]


@layer.build("jax", "hips")
def _(peer: Functional, size: tuple[str, tuple[int, ...]]) -> Step:
    kind, shape = size
    if kind in ("gelu", "dropout"):
        raise NotImplementedError(f"no {kind} in this peer's own numpy")
    labels = peer.array(np.eye(shape[-1], dtype=np.float32)[np.arange(shape[0]) % shape[-1]])
    pull = peer.vjp(array_function(peer.np, kind, labels))
    count = 3 if kind == "attention" else 1
    inputs = data.endless(
        lambda rng: [peer.array(data.normal(rng, *shape)) for _ in range(count)],
        8 * count * int(np.prod(shape)),
    )
    parameters = [peer.array(each * np.ones(shape[-1], np.float32)) for each in (1, 0)] if "norm" in kind else []
    g = peer.array(np.ones(() if kind == "softmax_cross_entropy" else shape, np.float32))
    return lambda: peer.wait(pull((*next(inputs), *parameters), g))
