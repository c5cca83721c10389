"""Depth: signals keep their scale through 50 layers, and 110 layers train if they are residual."""

import pytest

import autograd
import nn
import nn.functional as F
from autograd import tensor

DEPTH, WIDTH = 50, 128
STABLE = ["relu", "leakyrelu", "elu", "selu", "celu", "tanh", "sigmoid", "softplus", "softsign", "hardtanh", "logsigmoid"]
# From a variance a little above 1 these go to a larger one, for every initialisation: nearly linear where x is large, a
# smaller slope where it is small.
UNSTABLE = ["gelu", "silu", "mish", "hardswish"]


def pre_activations(net, x):
    """What each linear layer gives."""
    for module in net:
        x = module(x)
        if isinstance(module, nn.Linear):
            yield x


def scales(net):
    """The mean square of every layer's pre-activations."""
    with autograd.no_grad():
        found = [z.square().mean().item() for z in pre_activations(net, autograd.randn(64, WIDTH))]
    assert len(found) == DEPTH
    return found


@pytest.mark.parametrize("name", STABLE)
def test_the_fitting_initialisation_keeps_the_variance(name):
    autograd.manual_seed(0)
    found = scales(nn.MLP([WIDTH] * (DEPTH + 1), name))
    assert 0.1 < min(found)
    assert max(found) < 3


@pytest.mark.parametrize("normalization", ["layer", "rms", "batch"])
@pytest.mark.parametrize("name", UNSTABLE)
def test_where_the_fixed_point_is_unstable_normalization_keeps_it(name, normalization):
    autograd.manual_seed(0)
    found = scales(nn.MLP([WIDTH] * (DEPTH + 1), name, normalization=normalization))
    assert 0.2 < min(found)
    assert max(found) < 4


@pytest.mark.parametrize(("name", "init"), [("relu", nn.init.xavier_normal_), ("tanh", nn.init.lecun_normal_)])
def test_another_initialisation_loses_it(name, init):
    autograd.manual_seed(0)
    net = nn.MLP([WIDTH] * (DEPTH + 1), name)
    for module in net:
        if isinstance(module, nn.Linear):
            init(module.weight)
    assert scales(net)[-1] < 0.05


@pytest.mark.parametrize("init", [nn.init.kaiming_normal_, nn.init.kaiming_uniform_])
def test_he_keeps_the_gradient_through_relu(init):
    """With fan_out the variance of the gradient is kept, too."""
    autograd.manual_seed(0)
    layers = [nn.Linear(WIDTH, WIDTH, bias=False) for _ in range(DEPTH)]
    for layer in layers:
        init(layer.weight, mode="fan_out", nonlinearity="relu")
    x = h = autograd.randn(64, WIDTH, requires_grad=True)
    for layer in layers:
        h = F.relu(layer(h))
    h.backward(autograd.randn(64, WIDTH))
    assert 0.2 < x.grad.square().mean().item() < 5


def digits():
    datasets = pytest.importorskip("sklearn.datasets")
    x, y = datasets.load_digits(return_X_y=True)
    return tensor((x - 8) / 8).float(), tensor(y)


def train(net, x, y, steps):
    """Plain gradient descent with momentum on shuffled batches; the loss over the last of them."""
    speeds = [autograd.zeros_like(p, requires_grad=False) for p in net.parameters()]
    order, losses = autograd.randperm(len(x)), []
    for step in range(steps):
        batch = order[step * 64 % 1700 :][:64]
        loss = F.cross_entropy(net(x[batch]), y[batch])
        net.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        with autograd.no_grad():
            for p, speed in zip(net.parameters(), speeds, strict=True):
                speed.mul_(0.9).add_(p.grad)
                p.sub_(speed, alpha=0.05)
        losses.append(loss.item())
    return sum(losses[-10:]) / 10


def test_110_layers_train_if_they_are_residual_and_not_otherwise():
    x, y = digits()
    loss = {}
    for residual in (True, False):
        autograd.manual_seed(0)
        net = nn.MLP([64, *[24] * 109, 10], "tanh", residual=residual)
        assert sum(isinstance(m, nn.Linear) for m in net.modules()) == 110
        loss[residual] = train(net, x, y, 40)
    assert loss[True] < 1.2
    assert loss[False] > 2
