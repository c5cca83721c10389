"""What may be changed in place between an operation and its backward: whatever may be in PyTorch.

Every operand and every result of every call in the table is changed in turn, with gradients for all operands and for each
alone. Where PyTorch's backward then works, so does ours, with the same gradient. Where PyTorch refuses, ours may work, if
the gradient is that of the values before the change.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from nn import functional

from ..autograd.half_table import CALLS
from ..autograd.test_half import sample
from .dsl import Call, Op, Operand
from .expand import spelled, spellings_of
from .gradloom import GRADLOOM
from .run import Builder, cotangent, flatten, is_tensor, plain
from .table import TABLE

pytestmark = pytest.mark.torch

EACH = 6  # calls of each operation


class Alone(Builder):
    """Operands of which only one, if `alone` says which, has a gradient."""

    alone: int | None = None

    def tensor(self, operand: Operand) -> Any:
        if self.alone is not None and self.alone != len(self.tensors):
            operand = dataclasses.replace(operand, grad=False)
        return super().tensor(operand)


def gradients(library: Any, op: Op, call: Call, alone: int | None, changed: int | None) -> Any:
    """The gradients, or the error of backward, after a change of tensor number `changed` of operands and results.

    None if the call has no gradients, or no such tensor.
    """
    builder = Alone(library, f"{op.name}{call}", ["float64"], owned=True, domain=op.domain)
    builder.alone = alone
    args = [builder(arg) for arg in call.args]
    kwargs = {key: builder(value) for key, value in call.kwargs.items()}
    spelling = call.only or spellings_of(torch, op)[0]
    result = spelled(library, op, spelling, args, kwargs)
    outputs = [part for _, part in flatten(result) if is_tensor(part)]
    differentiable = [part for part in outputs if part.requires_grad]
    if not differentiable or not builder.leaves:
        return None
    sums = []
    for i, part in enumerate(differentiable):
        array = cotangent(tuple(part.shape), plain(part).dtype, f"cotangent {i}")
        sums.append((part * library.tensor(array)).sum())
    total = sum(sums[1:], sums[0])
    if changed is not None:
        tensors = [*builder.tensors, *outputs]
        if changed >= len(tensors):
            return None
        target = tensors[changed]
        with library.no_grad():
            try:
                target.logical_not_() if target.dtype == library.bool else target.add_(1)
            except (RuntimeError, ValueError):  # several results of one view, or elements that share memory
                return None
    try:
        total.backward()
    except RuntimeError as error:
        if "modified by an inplace operation" not in str(error):
            return None
        return error
    return [None if leaf.grad is None else plain(leaf.grad) for leaf in builder.leaves]


def same(a: Any, b: Any) -> bool:
    return len(a) == len(b) and all(
        (x is None and (y is None or not np.any(y))) or (y is None and not np.any(x))
        or (x is not None and y is not None and np.allclose(x, y, rtol=1e-6, atol=1e-8, equal_nan=True))
        for x, y in zip(a, b, strict=True)
    )  # fmt: skip


def differences(op: Op) -> Iterator[str]:
    for call in [c for c in op.calls if c.order][:EACH]:
        for alone in (None, 0, 1, 2):
            try:
                usual = gradients(torch, op, call, alone, None)
            except Exception:
                continue
            if usual is None or isinstance(usual, Exception):
                continue
            untouched = gradients(GRADLOOM, op, call, alone, None)
            for changed in range(6):
                theirs = gradients(torch, op, call, alone, changed)
                if theirs is None:
                    continue
                ours = gradients(GRADLOOM, op, call, alone, changed)
                where = f"{op.name}{call}, gradient of {'all' if alone is None else alone}, change of {changed}"
                if ours is None:
                    continue
                if isinstance(ours, Exception):
                    if not isinstance(theirs, Exception):
                        yield f"{where}: PyTorch allows it; here: {ours}"
                elif isinstance(theirs, Exception):
                    if not same(ours, untouched):
                        yield f"{where}: PyTorch refuses it; here the gradient is another one"
                elif not same(ours, theirs) and not same(ours, untouched):
                    yield f"{where}: another gradient than PyTorch's"


@pytest.mark.parametrize("name", [name for name, entry in TABLE.items() if isinstance(entry, Op) and entry.values])
def test_may_be_changed_where_pytorch_allows_it(name: str) -> None:
    entry = TABLE[name]
    assert isinstance(entry, Op)
    found = list(differences(entry))
    assert not found, "\n".join([f"{len(found)} differences", *found[:12]])


_ACTIVATIONS = (
    "celu elu gelu logsigmoid mish selu sigmoid silu softplus softsign tanh tanhshrink hardshrink hardsigmoid hardswish "
    "hardtanh leaky_relu relu relu6 rrelu softshrink softmax log_softmax glu normalize"
)


def _activation(name: str) -> Any:
    return lambda T, F, x, y, w: getattr(F, name)((x - 1).reshape(60, 100))


def _activation_of_operand(name: str) -> Any:
    return lambda T, F, x, y, w: getattr(F, name)(x)


LAYERS = (
    CALLS
    | {f"F.{name}": _activation(name) for name in _ACTIVATIONS.split()}
    | {f"F.{name} of x": _activation_of_operand(name) for name in _ACTIVATIONS.split() if name not in ("normalize",)}
    | {
        "threshold": lambda T, F, x, y, w: F.threshold(x, 1.0, 0.0),
        "F.bilinear": lambda T, F, x, y, w: F.bilinear(x.reshape(-1, 3), y.reshape(-1, 3), w[:18].reshape(2, 3, 3)),
        "pixel_shuffle": lambda T, F, x, y, w: F.pixel_shuffle(x.reshape(60, 10, 10), 2),
        "max_pool2d": lambda T, F, x, y, w: F.max_pool2d(x.reshape(1, 60, 100), 2),
        "adaptive_max_pool2d": lambda T, F, x, y, w: F.adaptive_max_pool2d(x.reshape(1, 60, 100), 2),
        "embedding_bag max": lambda T, F, x, y, w: F.embedding_bag(T.arange(6).reshape(2, 3), x.reshape(-1, 2), mode="max"),
    }
)


def gradients_of(library: Any, functional: Any, name: str, alone: int | None, changed: int | None) -> Any:
    """The same for an entry of the table of half precision, which has the layers and the losses: tensors x, y, w, result."""
    x = sample("small").astype(np.float64)
    leaves = [library.tensor(v.copy()) for v in (x, x[::-1], x[::-1] / 4096)]
    for k, leaf in enumerate(leaves):
        leaf.requires_grad_(alone in (None, k))
    tensors = [leaf * 1 for leaf in leaves]
    result = LAYERS[name](library, functional, *tensors)
    if not result.requires_grad:
        return None
    total = (result * library.tensor(cotangent(tuple(result.shape), np.dtype(np.float64), "cotangent"))).sum()
    if changed is not None:
        with library.no_grad():
            try:
                [*tensors, result][changed].add_(1)
            except RuntimeError:  # elements that share memory
                return None
    try:
        total.backward()
    except RuntimeError as error:
        return error if "modified by an inplace operation" in str(error) else None
    return [plain(leaf.grad) for leaf in leaves if leaf.grad is not None]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", LAYERS)
def test_layers_may_be_changed_where_pytorch_allows_it(name: str) -> None:
    found = []
    for alone in (None, 0, 1, 2):
        untouched = gradients_of(GRADLOOM, functional, name, alone, None)
        for changed in range(4) if untouched is not None else ():
            theirs = gradients_of(torch, torch.nn.functional, name, alone, changed)
            ours = gradients_of(GRADLOOM, functional, name, alone, changed)
            where = f"{name}, gradient of {'all' if alone is None else alone}, change of {changed}"
            if theirs is None or ours is None:
                continue
            if not isinstance(ours, Exception):
                if not same(ours, untouched):
                    found.append(f"{where}: another gradient than without the change")
            elif not isinstance(theirs, Exception):
                found.append(f"{where}: PyTorch allows it; here: {ours}")
    assert not found, "\n".join(found)
