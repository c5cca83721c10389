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

from .dsl import Call, Op, Operand
from .expand import spelled, spellings_of
from .gradloom import GRADLOOM
from .run import Builder, cotangent, flatten, is_tensor, plain
from .table import TABLE

pytestmark = pytest.mark.torch

CALLS = 6  # of each operation


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
    for call in [c for c in op.calls if c.order][:CALLS]:
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
