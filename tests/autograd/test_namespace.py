"""`autograd.autograd` as PyTorch programs use it: grad and backward with all their options, and what they refuse."""

import numpy as np
import pytest

import autograd
from autograd.autograd import Variable, backward, grad
from autograd.errors import ArgumentError, ArgumentTypeError, GraphError, ShapeError


def leaf(*values):
    return autograd.tensor(values, requires_grad=True)


def test_grad_of_several_outputs_for_several_inputs():
    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
    gx, gy = grad([(x * y).sum(), x * 2], [x, y], grad_outputs=[None, autograd.ones(2)])
    assert gx.tolist() == [5.0, 6.0]
    assert gy.tolist() == [1.0, 2.0]
    assert x.grad is None
    (g,) = grad((x**3).sum(), x, create_graph=True)
    assert grad(g.sum(), x)[0].tolist() == [6.0, 12.0]
    out = (x * x).sum()
    grad(out, x, retain_graph=True)
    grad(out, x)
    with pytest.raises(GraphError, match="freed"):
        grad(out, x)


def test_unused_inputs():
    x, y = leaf(1.0), leaf(2.0)
    with pytest.raises(GraphError, match=r"input 1 .*allow_unused=True"):
        grad(x.sum(), [x, y])
    assert grad(x.sum(), [x, y], allow_unused=True)[1] is None
    assert grad(x.sum(), [x, y], materialize_grads=True)[1].tolist() == [0.0]
    with pytest.raises(ArgumentError, match="materialize_grads"):
        grad(x.sum(), [x, y], allow_unused=False, materialize_grads=True)


def test_many_cotangents_in_one_sweep():
    x = leaf(1.0, 2.0)
    rows = autograd.tensor([[1.0, 0.0], [0.0, 1.0], [2.0, 3.0]])
    (g,) = grad(x**2, x, rows, is_grads_batched=True, create_graph=True)
    assert g.tolist() == [[2.0, 0.0], [0.0, 4.0], [4.0, 12.0]]
    assert grad(g[2].sum(), x)[0].tolist() == [4.0, 6.0]
    y = leaf(1.0)
    assert grad(x**2, [x, y], rows, is_grads_batched=True, allow_unused=True)[1] is None
    with pytest.raises(ShapeError, match="same first dimension"):
        grad([x * 1, x * 2], x, [rows, rows[:2]], is_grads_batched=True)


def test_backward_of_several_tensors():
    x, y = leaf(2.0), leaf(1.0)
    backward([x * x, 3 * x + y], [autograd.ones(1), autograd.ones(1)])
    assert x.grad.tolist() == [7.0]
    assert y.grad.tolist() == [1.0]
    backward(x.sum() + y.sum(), inputs=x)
    assert x.grad.tolist() == [8.0]
    assert y.grad.tolist() == [1.0]
    z = (x * x).sum()
    backward(z, create_graph=True)
    assert x.grad.requires_grad


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: grad(x.sum(), x, only_inputs=False), ArgumentError, "only_inputs"),
        (lambda x: grad(3.0, x), (ArgumentTypeError, TypeError), "outputs|iterable"),
        (lambda x: grad(x.sum(), [3.0]), ArgumentTypeError, "inputs must be"),
        (lambda x: grad(x.sum(), x.detach()), GraphError, "does not require grad"),
        (lambda x: grad(x.detach().sum(), x), GraphError, "does not require grad"),
        (lambda x: grad(x * 2, x), GraphError, "scalar outputs"),
        (lambda x: grad(x * 2, x, autograd.ones(3)), ShapeError, "must be equal"),
        (lambda x: grad([x.sum(), x.sum()], x, [None]), GraphError, "got 1 for 2 outputs"),
        (lambda x: backward(x.sum(), inputs=[]), GraphError, "inputs is empty"),
        (lambda x: backward(x * 2), GraphError, "scalar outputs"),
    ],
)
def test_wrong_calls(call, error, message):
    with pytest.raises(error, match=message):
        call(leaf(1.0, 2.0))


def test_variable_and_modes():
    data = autograd.ones(2)
    v = Variable(data, requires_grad=True)
    assert v.requires_grad
    assert np.shares_memory(v.detach().numpy(), data.numpy())
    assert not data.requires_grad
    ns = autograd.autograd
    with ns.no_grad():
        assert not (v * 2).requires_grad
        with ns.enable_grad():
            assert (v * 2).requires_grad
    assert not autograd.is_inference_mode_enabled()
    with ns.inference_mode():
        assert autograd.is_inference_mode_enabled()
        assert not (v * 2).requires_grad
    with ns.inference_mode(False):
        assert not autograd.is_inference_mode_enabled()
    with ns.set_grad_enabled(False):
        assert not (v * 2).requires_grad


def test_help_shows_parameters_and_what_they_mean():
    """Of every method: their names and kinds, and in the text what each is but the tensor itself and the other operand."""
    import inspect
    import re
    from importlib import import_module

    from autograd.functions import BOTH_LATER, METHODS_LATER
    from autograd.functions.declare import METHODS

    for module in {*BOTH_LATER.values(), *METHODS_LATER.values()}:
        import_module(module, "autograd")
    plain = {"input", "self", "other", "args", "kwargs", "out", "older", "options", "A", "x", "y"}
    unsaid = []
    for name, method in METHODS.items():
        if isinstance(method, property) or hasattr(method, "primitive"):
            continue
        text = (method.__doc__ or "").partition(">>>")[0]
        for p in inspect.signature(method).parameters:
            if p not in plain and not re.search(rf"\b{p}\b", text):
                unsaid.append(f"{name}({p})")
    assert not unsaid
    for name, shown in {"exp": "input", "mul": "other", "add_": "alpha", "sum": "keepdim", "clamp_": "max"}.items():
        assert shown in inspect.signature(getattr(autograd.Tensor, name)).parameters
