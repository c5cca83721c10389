"""What may be changed in place before backward, and how often a graph can be walked: as in PyTorch."""

import copy

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F

A = np.random.default_rng(0).uniform(0.1, 0.9, (4, 4))

# Functions whose result PyTorch lets a program change before backward.
FREE_RESULT = {
    "div": lambda x: x / x.sum(),
    "rdiv": lambda x: 1 / x,
    "mul": lambda x: x * x,
    "erfinv": lambda x: autograd.erfinv(x * 0.9),
    "logaddexp": lambda x: autograd.logaddexp(x, x * 2),
    "softsign": F.softsign,
    "elu": F.elu,
    "gelu": F.gelu,
    "silu": F.silu,
    "normalize": F.normalize,
    "layer_norm": lambda x: F.layer_norm(x, (4,)),
    "rms_norm": lambda x: F.rms_norm(x, (4,)),
    "group_norm": lambda x: F.group_norm(x, 2),
    "batch_norm": lambda x: F.batch_norm(x, None, None, training=True),
    "instance_norm": lambda x: F.instance_norm(x.reshape(1, 4, 4)),
    "local_response_norm": lambda x: F.local_response_norm(x.reshape(1, 4, 4), 2),
    "max_pool1d": lambda x: F.max_pool1d(x.reshape(1, 4, 4), 2),
    "max_pool2d": lambda x: F.max_pool2d(x.reshape(1, 1, 4, 4), 2),
    "adaptive_max_pool2d": lambda x: F.adaptive_max_pool2d(x.reshape(1, 1, 4, 4), 2),
    "conv2d": lambda x: F.conv2d(x.reshape(1, 1, 4, 4), autograd.ones(2, 1, 2, 2, dtype=x.dtype)),
    "linear": lambda x: F.linear(x, x),
}
# And those that need the values of their result, where a change is refused.
KEPT_RESULT = {
    "exp": lambda x: x.exp(),
    "sqrt": lambda x: x.sqrt(),
    "softmax": lambda x: x.softmax(0),
}
# Those that need their operand or their result, where one of them may be changed.
EITHER = {
    "tanh": lambda x: x.tanh(),
    "sigmoid": lambda x: x.sigmoid(),
    "reciprocal": lambda x: x.reciprocal(),
    "over": lambda x: 1 / x,
}


def gradient(function, change):
    leaf = autograd.from_numpy(A.copy()).requires_grad_()
    y = function(leaf * 1)
    out = (y * 1).sum()
    change(y)
    out.backward()
    return leaf.grad.numpy()


@pytest.mark.parametrize("name", FREE_RESULT)
def test_a_result_may_be_changed_before_backward(name):
    f = FREE_RESULT[name]
    np.testing.assert_allclose(gradient(f, lambda y: y.mul_(0)), gradient(f, lambda y: None), rtol=1e-12)


@pytest.mark.parametrize("name", KEPT_RESULT)
def test_a_result_that_backward_needs_may_not(name):
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        gradient(KEPT_RESULT[name], lambda y: y.mul_(0))


@pytest.mark.parametrize("name", EITHER)
@pytest.mark.parametrize("order", [1, 2])
def test_an_operand_or_a_result_that_backward_needs_may_be_changed_but_not_both(name, order):
    found = []
    for changed in ((), (0,), (1,), (0, 1)):
        leaf = autograd.from_numpy(A.copy()).requires_grad_()
        x = leaf * 1
        y = EITHER[name](x)
        out = (y * 1).sum()
        for k in changed:
            (x, y)[k].detach().add_(5)
        if len(changed) == 2:
            with pytest.raises(RuntimeError, match="modified by an inplace operation"):
                out.backward()
            return
        (g,) = autograd.grad(out, leaf, create_graph=order == 2)
        if order == 2:
            (g,) = autograd.grad(g.square().sum(), leaf)
        found.append(g.detach().numpy())
        np.testing.assert_allclose(found[-1], found[0], rtol=1e-12)


def test_layers_with_an_activation_in_place():
    for layers in (
        (nn.Conv2d(1, 2, 2), nn.InstanceNorm2d(2), nn.ReLU(inplace=True)),
        (nn.Conv2d(1, 2, 2), nn.MaxPool2d(2), nn.ReLU(inplace=True)),
        (nn.Conv2d(1, 2, 2), nn.BatchNorm2d(2, affine=False), nn.LeakyReLU(inplace=True)),
    ):
        x, twin = autograd.rand(3, 1, 6, 6), copy.deepcopy(nn.Sequential(*layers))
        twin[2].inplace = False
        for model in (nn.Sequential(*layers), twin):
            model(x).square().sum().backward()
        np.testing.assert_allclose(layers[0].weight.grad.numpy(), twin[0].weight.grad.numpy(), rtol=1e-5, atol=1e-6)


SAVES_NOTHING = {
    "add": lambda x: (x + 1).sum(),
    "view": lambda x: x.reshape(-1).mean(),
    "item": lambda x: x[0].sum(),
    "cat": lambda x: autograd.cat([x, x]).sum(),
    "clone": lambda x: x.clone().sum(),
    "cast": lambda x: x.float().sum(),
    "neg": lambda x: (-x).sum(),
    "permute": lambda x: x.permute(1, 0).sum(),
}


@pytest.mark.parametrize("name", SAVES_NOTHING)
def test_what_saved_nothing_can_be_walked_again(name):
    x = autograd.ones(2, 3, dtype=autograd.float64, requires_grad=True)
    y = SAVES_NOTHING[name](x)
    y.backward()
    once = x.grad.clone()
    y.backward()
    assert autograd.equal(x.grad, once * 2)


def test_what_saved_values_cannot():
    x = autograd.ones(2, requires_grad=True)
    y = (x * x).sum()
    y.backward()
    with pytest.raises(RuntimeError, match="already freed"):
        y.backward()


def test_a_hook_that_raises_leaves_what_saved_nothing_as_it_was():
    x = autograd.ones(2, requires_grad=True)
    y = x + 1
    handle = y.register_hook(lambda g: 1 / 0)
    z = (y + 1).sum()
    with pytest.raises(ZeroDivisionError):
        z.backward()
    handle.remove()
    z.backward()
    assert x.grad.tolist() == [1, 1]


def test_a_write_through_data_is_not_a_change():
    x = autograd.ones(2, requires_grad=True)
    w = x * 1
    y = (w * w).sum()
    w.data.mul_(3)
    y.backward()
    assert x.grad.tolist() == [6, 6]  # with the values that are there now, as in PyTorch
    v = x * 1
    y = (v * v).sum()
    v.detach().mul_(3)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


def test_results_written_into_a_buffer_step_by_step():
    x = autograd.ones(2, requires_grad=True)
    solution = autograd.empty(4, 2)
    y = x
    solution[0] = y
    for k in range(1, 4):
        y = y * y + x
        solution[k] = y
    solution.sum().backward()
    expected = autograd.ones(2, requires_grad=True)
    values = [expected]
    for _ in range(3):
        values.append(values[-1] * values[-1] + expected)
    autograd.stack(values).sum().backward()
    assert autograd.equal(x.grad, expected.grad)


def test_a_copied_module_has_no_gradients():
    layer = nn.Linear(2, 1)
    layer(autograd.ones(1, 2)).sum().backward()
    assert copy.deepcopy(layer).weight.grad is None
    leaf = autograd.ones(2, requires_grad=True)
    leaf.sum().backward()
    assert copy.deepcopy(leaf).grad.tolist() == [1, 1]


def test_a_retained_gradient_follows_the_tensor():
    x = autograd.ones(2, requires_grad=True)
    y = x * 2
    y.retain_grad()
    y.mul_(3)
    (y * 5).sum().backward()
    assert y.grad.tolist() == [5, 5] and x.grad.tolist() == [30, 30]


def test_a_gradient_can_be_deleted():
    x = autograd.ones(2, requires_grad=True)
    x.sum().backward()
    del x.grad
    assert x.grad is None
