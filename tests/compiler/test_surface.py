"""The functions of the surface, each compiled alone: what eager gives, gradients too, and how many are recorded."""

import warnings

import numpy as np
import pytest

import autograd
from tests.parity.dsl import Op
from tests.parity.gradloom import GRADLOOM
from tests.parity.run import Builder, resolve
from tests.parity.table import TABLE

CALLS = 3  # of each name


def tensors(value):
    if isinstance(value, autograd.Tensor):
        return [value]
    if isinstance(value, (list, tuple)):
        return [t for v in value for t in tensors(v)]
    return []


def run(op, call, compiled):
    """Results and gradients of four runs, and why the function is not recorded, if it is not."""
    builder = Builder(GRADLOOM, f"{op.name}{call}", ["float32"], domain=op.domain)
    args = [builder(arg) for arg in call.args]
    kwargs = {key: builder(value) for key, value in call.kwargs.items()}

    def function(*args, **kwargs):
        return resolve(GRADLOOM, op.name)(*args, **kwargs)

    used = autograd.compile(function, fullgraph=False) if compiled else function
    found = []
    for k in range(4):
        autograd.manual_seed(k)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results = tensors(used(*args, **kwargs))
        found += [np.array(t.detach()) for t in results]
        for leaf in builder.leaves:
            leaf.grad = None
        loss = sum((t.double() * (k + 1)).sum() for t in results if t.requires_grad)
        if isinstance(loss, autograd.Tensor) and loss.requires_grad:
            loss.backward()
        found += [None if leaf.grad is None else np.array(leaf.grad) for leaf in builder.leaves]
    return found, used._given_up if compiled else ""


GARBAGE = {"empty", "empty_like", "new_empty"}  # whose values mean nothing
NAMES = [name for name, entry in TABLE.items() if isinstance(entry, Op) and entry.calls and name not in GARBAGE]
EAGER: list[str] = []


@pytest.mark.parametrize("name", NAMES)
def test_a_function_of_the_surface(name):
    op = TABLE[name]
    for call in op.calls[:CALLS]:
        try:
            want, _ = run(op, call, False)
        except Exception:
            continue
        got, given_up = run(op, call, True)
        if given_up:
            EAGER.append(f"{name}: {given_up}")
        assert len(want) == len(got)
        for x, y in zip(want, got, strict=True):
            assert (x is None) == (y is None)
            np.testing.assert_array_equal(y, x)


def test_only_functions_of_varying_shape_run_eagerly():
    """Runs after the others, of which it reads what they noted."""
    assert {line.partition(":")[0] for line in EAGER} <= {"unique_consecutive"}
