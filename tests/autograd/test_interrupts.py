"""Ctrl-C at every point of an operation leaves what was before, or what comes after, or an error: never a wrong gradient."""

import sys
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import GraphError
from autograd.func.level import levels

OURS = str(Path(autograd.__file__).parents[1])


def interrupted(action, at):
    """Run `action`, with a KeyboardInterrupt at its line number `at`; whether it came to that."""
    count = 0

    def trace(frame, event, arg):
        nonlocal count
        file = frame.f_code.co_filename
        if not (file.startswith((OURS, "<"))) or file.startswith(OURS + "/tests"):
            return None
        if event == "line":
            count += 1
            if count == at:
                raise KeyboardInterrupt
        return trace

    sys.settrace(trace)
    try:
        action()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(None)
    return False


def _family():
    """A computed tensor, a view of it, and a view of that, with what they were computed from."""
    w = autograd.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    v = autograd.tensor([2.0, 3.0, 4.0], requires_grad=True)
    y = w * 1.5
    return w, v, y, y[0], y[0][1:]


CHANGES = {
    "mul_": lambda w, v, y, row, part: y.mul_(v),
    "mul_ of a view": lambda w, v, y, row, part: row.mul_(v),
    "add_ of a view of a view": lambda w, v, y, row, part: part.add_(v[:2]),
    "setitem": lambda w, v, y, row, part: y.__setitem__(0, v),
    "setitem of a view": lambda w, v, y, row, part: row.__setitem__(slice(1, 3), v[:2] * w[0, :2]),
    "from itself": lambda w, v, y, row, part: y.__setitem__(0, y[1] * 2),
    "copy_": lambda w, v, y, row, part: row.copy_(v),
    "exp_": lambda w, v, y, row, part: y.exp_(),
    "fill_ by a constant": lambda w, v, y, row, part: row.fill_(3.0),
}


def state(family):
    """Values and gradients of every member of a family; the error, where there is one."""
    w, v, *others = family
    found = []
    for t in others:
        w.grad = v.grad = None
        try:
            (t * t).sum().backward(retain_graph=True)
            found.append((t.tolist(), None if w.grad is None else w.grad.tolist(), None if v.grad is None else v.grad.tolist()))
        except GraphError:
            found.append("error")
    return found


@pytest.mark.parametrize("name", CHANGES)
def test_changes_in_place(name):
    change = CHANGES[name]
    before, family = state(_family()), _family()
    change(*family)
    after = state(family)
    at, errors = 1, 0
    while True:
        family = _family()
        if not interrupted(lambda family=family: change(*family), at):
            break
        for got, was, will in zip(state(family), before, after, strict=True):
            errors += got == "error"
            assert got == "error" or got in (was, will), f"at line {at}"
        at += 1
    assert at > 10


def clean():
    return not levels() and autograd.is_grad_enabled() and autograd.get_default_dtype() == autograd.float32


LAYER = nn.Linear(2, 1)
OWN = dict(LAYER.named_parameters())


def _unlike():
    return {name: autograd.zeros_like(p) for name, p in OWN.items()}


TRANSFORMS = {
    "vmap": lambda: autograd.func.vmap(lambda x: (x * x).sum())(autograd.ones(3, 2)),
    "grad": lambda: autograd.func.grad(lambda x: (x * x).sum())(autograd.ones(3)),
    "vmap of grad": lambda: autograd.func.vmap(autograd.func.grad(lambda x: (x**3).sum()))(autograd.ones(3, 2)),
    "jacrev": lambda: autograd.func.jacrev(lambda x: x * x)(autograd.ones(3)),
    "functional_call": lambda: autograd.func.functional_call(LAYER, _unlike(), (autograd.ones(2),)),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_transforms_leave_nothing_open(name):
    at = 1
    while interrupted(TRANSFORMS[name], at):
        assert all(p is OWN[n] for n, p in LAYER.named_parameters()), f"at line {at}"
        autograd.rand(2)
        np.testing.assert_array_equal(autograd.func.grad(lambda x: (x * x).sum())(autograd.ones(2)).numpy(), [2, 2])
        assert clean(), f"at line {at}"
        at += 1
    assert at > 10
