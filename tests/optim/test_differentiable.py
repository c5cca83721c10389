"""With `differentiable=True` the updated parameters can be differentiated by what they came from."""

import numpy as np
import pytest

import autograd
import optim

CASES = {
    "SGD": {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.1, "nesterov": True},
    "Adam": {"lr": 0.1, "weight_decay": 0.1, "amsgrad": True},
    "AdamW": {"lr": 0.1},
    "Adamax": {"lr": 0.1},
    "NAdam": {"lr": 0.1},
    "RAdam": {"lr": 0.1},
    "Adagrad": {"lr": 0.1},
    "Adadelta": {"lr": 0.1},
    "RMSprop": {"lr": 0.1, "momentum": 0.9, "centered": True},
    "ASGD": {"lr": 0.1},
}


def after(module, name, options, start, gradients):
    """The parameters after a step by each of the gradients."""
    p = start.clone()
    opt = getattr(module, name)([p], **options, differentiable=True)
    for g in gradients:
        p.grad = g * 1.0
        opt.step()
    return p


def inputs(library, steps):
    rng = np.random.default_rng(0)
    return [library.from_numpy(rng.standard_normal(3)).requires_grad_() for _ in range(1 + steps)]


def gradients_by(library, module, name, options, steps, *more):
    tensors = inputs(library, steps)
    p = after(module, name, options, tensors[0], tensors[1:])
    (p * p).sum().backward()
    return [np.asarray(t.grad.detach()) for t in (*tensors, *more)]


@pytest.mark.parametrize("name", CASES)
def test_gradients_through_two_steps(name):
    start, *gradients = inputs(autograd, 2)
    assert autograd.autograd.gradcheck(lambda *t: after(optim, name, CASES[name], t[0], t[1:]), (start, *gradients))


@pytest.mark.torch
@pytest.mark.parametrize("name", CASES)
def test_gradients_through_one_step_equal_torchs(name):  # more steps fail there: state changes in place
    torch = pytest.importorskip("torch")
    options = CASES[name] if name != "SGD" else {"lr": 0.1, "weight_decay": 0.1}  # it cuts off the first momentum
    mine = gradients_by(autograd, optim, name, options, 1)
    theirs = gradients_by(torch, torch.optim, name, options, 1)
    for g, h in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(g, h, rtol=1e-4, atol=1e-6)  # it computes with a float32 step count


@pytest.mark.torch
def test_the_gradient_by_the_learning_rate_equals_torchs():
    torch = pytest.importorskip("torch")
    found = []
    for library, module in ((autograd, optim), (torch, torch.optim)):
        lr = library.tensor(0.1, dtype=library.float64, requires_grad=True)
        found.append(gradients_by(library, module, "SGD", {"lr": lr}, 2, lr))
    for g, h in zip(*found, strict=True):
        np.testing.assert_allclose(g, h, rtol=1e-12)


def test_a_leaf_cannot_be_stepped_differentiably():
    x = autograd.ones(2, requires_grad=True)
    x.grad = autograd.ones(2)
    with pytest.raises(RuntimeError, match="leaf"):
        optim.SGD([x], lr=0.1, differentiable=True).step()
