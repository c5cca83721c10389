"""What layers refuse, in torch's classes of errors; and what they do beyond computing: resetting, drawing, warning."""

import operator
import re
from collections import OrderedDict

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F

RNG = np.random.default_rng(0)


def both(call):
    """The error that torch raises, and the one that is raised here."""
    torch = pytest.importorskip("torch")
    with pytest.raises((ValueError, RuntimeError, IndexError, TypeError, AssertionError, KeyError)) as theirs:
        call(torch, torch.nn, torch.nn.functional, lambda *s: torch.ones(*s))
    with pytest.raises(type(theirs.value)) as ours:
        call(autograd, nn, F, lambda *s: autograd.ones(*s))
    return str(ours.value)


# What is refused, and words that the message must have: what was given and what is required.
ERRORS = {
    "linear": (lambda t, nn, F, ones: F.linear(ones(5, 4), ones(3, 2)), r"\(5, 4\).*\(3, 2\).*second, 2"),
    "linear bias": (lambda t, nn, F, ones: F.linear(ones(5, 4), ones(3, 4), ones(2)), r"bias \(2,\).*\(3,\)"),
    "linear dtype": (lambda t, nn, F, ones: F.linear(ones(5, 4).double(), ones(3, 4)), "float64.*float32.*convert"),
    "linear int": (lambda t, nn, F, ones: nn.Linear(2, 3)(t.tensor([[1, 2]])), "int64.*float32"),
    "linear list": (lambda t, nn, F, ones: nn.Linear(2, 3)([1.0, 2.0]), "must be Tensor, not list"),
    "linear array": (lambda t, nn, F, ones: nn.Linear(2, 3)(np.ones((1, 2))), "must be Tensor, not (numpy.)?ndarray"),
    "bilinear": (lambda t, nn, F, ones: F.bilinear(ones(5, 4), ones(5, 3), ones(2, 4, 4)), r"\(5, 3\).*4 and 4"),
    "Bilinear": (lambda t, nn, F, ones: nn.Bilinear(0, 1, 1), "> 0"),
    "gelu": (lambda t, nn, F, ones: F.gelu(ones(2), approximate="sigmoid"), "'none' or 'tanh'"),
    "celu": (lambda t, nn, F, ones: F.celu(ones(2), alpha=0), "other than 0"),
    "prelu": (lambda t, nn, F, ones: F.prelu(ones(2, 3), ones(2)), "3 channels"),
    "hardtanh": (lambda t, nn, F, ones: F.hardtanh(ones(2), 1.0, -1.0), "min_val"),
    "softshrink": (lambda t, nn, F, ones: F.softshrink(ones(2), -1.0), "greater or equal to 0"),
    "glu": (lambda t, nn, F, ones: F.glu(ones(3)), "even"),
    "glu scalar": (lambda t, nn, F, ones: F.glu(t.tensor(1.0)), "0-dimensional"),
    "Softmax2d": (lambda t, nn, F, ones: nn.Softmax2d()(ones(2, 3)), "3D or 4D"),
    "softmax": (lambda t, nn, F, ones: F.softmax(ones(2, 3), dim=2), "out of range"),
    "layer_norm": (lambda t, nn, F, ones: F.layer_norm(ones(2, 3), ()), "at least 1"),
    "layer_norm weight": (lambda t, nn, F, ones: F.layer_norm(ones(2, 3), (3,), ones(2)), "same shape"),
    "group_norm": (lambda t, nn, F, ones: F.group_norm(ones(3), 1), "at least 2"),
    "group_norm weight": (lambda t, nn, F, ones: F.group_norm(ones(2, 4), 2, ones(2)), "number of channels"),
    "GroupNorm": (lambda t, nn, F, ones: nn.GroupNorm(3, 4), "divisible"),
    "batch_norm": (lambda t, nn, F, ones: F.batch_norm(ones(2, 3), None, None), "running_mean"),
    "instance_norm": (lambda t, nn, F, ones: F.instance_norm(ones(2, 3, 4), use_input_stats=False), "running_mean"),
    "dropout": (lambda t, nn, F, ones: F.dropout(ones(2), 2.0), "between 0 and 1"),
    "train": (lambda t, nn, F, ones: nn.Linear(1, 1).train(1), "boolean"),
    "cross_entropy": (lambda t, nn, F, ones: F.cross_entropy(t.tensor(1.0), t.tensor(0)), "must be"),
    "cosine_embedding": (
        lambda t, nn, F, ones: F.cosine_embedding_loss(ones(2, 3), ones(2, 3), ones(2, 3)), "expected inputs"
    ),
    "register_parameter": (
        lambda t, nn, F, ones: nn.Linear(1, 1).register_parameter("p", nn.Parameter(ones(1)) * 2), "Parameter or None"
    ),
    "set_submodule": (lambda t, nn, F, ones: nn.Linear(1, 1).set_submodule("", nn.ReLU()), "target"),
    "get_submodule": (lambda t, nn, F, ones: _attribute_as_value(nn.Linear(1, 1), "weight"), "not an nn.Module"),
    "Sequential + list": (lambda t, nn, F, ones: operator.add(nn.Sequential(), [1]), "Sequential"),
    "Sequential * 0": (lambda t, nn, F, ones: nn.Sequential() * 0, "positive"),
    "ModuleDict": (lambda t, nn, F, ones: nn.ModuleDict(3), "iterable"),
    "backward hook": (lambda t, nn, F, ones: _wrong_backward_hook(nn, ones), "backward hook|gradient"),
}  # fmt: skip


def _attribute_as_value(module, path):
    try:
        module.get_submodule(path)
    except AttributeError as error:
        raise ValueError(str(error)) from None


def _wrong_backward_hook(nn, ones):
    layer = nn.ReLU()
    layer.register_full_backward_hook(lambda module, grad_input, grad_output: (grad_input[0], grad_input[0]))
    try:
        layer(ones(2).requires_grad_()).sum().backward()
    except (TypeError, RuntimeError) as error:
        raise ValueError(str(error)) from None


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ERRORS)
def test_errors(name):
    call, words = ERRORS[name]
    message = both(call)
    assert re.search(words, message, re.DOTALL), message


@pytest.mark.torch
@pytest.mark.parametrize("p", [1.0, 2.0, 3.0, float("inf")])
def test_pdist(p):
    pytest.importorskip("torch")
    from tests.nn import twins

    twins.compare_function("pdist", [RNG.standard_normal((5, 3))], {"p": p})


def test_pdist_of_equal_rows_has_a_gradient():
    x = autograd.ones(3, 2, requires_grad=True)
    F.pdist(x).sum().backward()
    assert x.grad.tolist() == [[0.0, 0.0]] * 3
    with pytest.raises(RuntimeError, match="2D"):
        F.pdist(autograd.ones(3))


def test_settings_are_named_when_they_do_not_fit():
    with pytest.raises(TypeError, match=r"ELU: .*alpha, inplace"):
        nn.ELU(1.0, False, 3)
    with pytest.raises(TypeError, match="ELU"):
        nn.ELU(beta=1)
    with pytest.raises(TypeError, match="missing the required argument 'value'"):
        nn.Threshold(1.0)
    with pytest.raises(TypeError, match="none"):
        nn.Sigmoid(1)


@pytest.mark.parametrize(("shape", "dim"), [((2,), 0), ((2, 3), 1), ((2, 3, 4), 0), ((2, 3, 4, 5), 1)])
def test_softmax_without_dim_warns_and_chooses_as_pytorch_does(shape, dim):
    x = autograd.randn(shape)
    with pytest.warns(UserWarning, match="pass dim="):
        found = nn.Softmax()(x)
    assert autograd.equal(found, F.softmax(x, dim))


def test_rrelu_draws_slopes_in_training_and_is_leaky_otherwise():
    autograd.manual_seed(0)
    x = autograd.full((10000,), -1.0, requires_grad=True)
    y = nn.RReLU(0.2, 0.6)(x)
    slopes = -y.detach()
    assert slopes.min().item() >= 0.2
    assert slopes.max().item() < 0.6
    assert abs(slopes.mean().item() - 0.4) < 0.01
    y.sum().backward()
    assert autograd.equal(x.grad, slopes)
    assert autograd.allclose(nn.RReLU(0.2, 0.6).eval()(x), x * 0.4)
    z = autograd.full((3,), -1.0)
    assert F.rrelu_(z, 0.5, 0.5).tolist() == [-0.5, -0.5, -0.5]


def test_gumbel_softmax_is_soft_unless_hard():
    autograd.manual_seed(0)
    soft = F.gumbel_softmax(autograd.zeros(4, 3, requires_grad=True), tau=0.5)
    assert autograd.allclose(soft.sum(1), autograd.ones(4))
    hard = F.gumbel_softmax(autograd.zeros(4, 3, requires_grad=True), hard=True)
    hard[:, 0].sum().backward()
    assert set(hard.detach().unique().tolist()) == {0.0, 1.0}


@pytest.mark.parametrize(
    "make",
    [
        lambda: nn.Linear(3, 4), lambda: nn.Bilinear(2, 3, 4), lambda: nn.PReLU(3), lambda: nn.LayerNorm(3),
        lambda: nn.RMSNorm(3), lambda: nn.GroupNorm(1, 3), lambda: nn.BatchNorm1d(3), lambda: nn.InstanceNorm1d(3, affine=True),
    ],
)  # fmt: skip
def test_reset_parameters_starts_again(make):
    autograd.manual_seed(0)
    fresh, used = make(), make()
    for tensor in used.state_dict().values():
        tensor.fill_(7)
    autograd.manual_seed(0)
    used.reset_parameters()
    for key, tensor in used.state_dict().items():
        assert autograd.equal(tensor, fresh.state_dict()[key]), key


def test_empty_weights_start_without_complaint():
    assert nn.Linear(0, 3)(autograd.ones(2, 0)).shape == (2, 3)
    assert nn.Linear(3, 0)(autograd.ones(2, 3)).shape == (2, 0)
    assert nn.init.orthogonal_(autograd.empty(0, 3)).shape == (0, 3)
    assert nn.init.kaiming_normal_(autograd.empty(3, 0)).shape == (3, 0)


def test_a_state_dict_from_before_batches_were_counted_loads():
    norm = nn.BatchNorm1d(2)
    old = OrderedDict((k, v) for k, v in norm.state_dict().items() if k != "num_batches_tracked")
    norm.num_batches_tracked.fill_(3)
    assert repr(norm.load_state_dict(old)) == "<All keys matched successfully>"
    assert norm.num_batches_tracked.item() == 3


def test_momentum_none_averages_and_counts_in_place():
    norm = nn.BatchNorm2d(1, momentum=None)
    count = norm.num_batches_tracked
    for k in range(3):
        norm(autograd.full((2, 1, 2, 2), float(k)))
    assert norm.num_batches_tracked is count
    assert norm.running_mean.item() == 1.0


def test_odds_and_ends_of_the_module_system():
    net = nn.Sequential(nn.Linear(2, 2))
    net.set_submodule("0", nn.ReLU())
    assert isinstance(net[0], nn.ReLU)
    net.register_module("extra", nn.Linear(1, 1))
    assert "extra" in dir(net)
    assert "0" not in dir(net)
    assert net.type(autograd.float64).extra.weight.dtype == autograd.float64
    assert "extra" in repr(net._modules)
    nn.utils.parametrizations.weight_norm(net.extra)
    with pytest.raises(KeyError, match="property"):
        net.extra.weight = nn.Parameter(autograd.ones(1, 1))
    with pytest.raises(NotImplementedError):
        net.get_extra_state()
    with pytest.raises(NotImplementedError):
        net.set_extra_state(1)
    with pytest.raises(RuntimeError, match="expected a tensor or an array"):
        nn.Linear(1, 1).load_state_dict({"weight": "zero", "bias": autograd.ones(1)})
    assert "IncompatibleKeys(missing_keys=['weight', 'bias']" in repr(nn.Linear(1, 1).load_state_dict({}, strict=False))


def test_backward_hooks_and_hooks_that_change_nothing():
    layer = nn.Identity()
    layer.register_full_backward_hook(lambda module, grad_input, grad_output: None)
    assert layer(3) == 3
    layer.register_forward_pre_hook(lambda module, args, kwargs: None, with_kwargs=True)
    x = autograd.ones(2, requires_grad=True)
    layer(x).sum().backward()
    assert x.grad.tolist() == [1.0, 1.0]


def test_triplets_with_a_distance_of_ones_own():
    def manhattan(x, y):
        return (x - y).abs().sum(-1)

    a, p, n = autograd.zeros(2, 3), autograd.ones(2, 3), autograd.full((2, 3), 2.0)
    assert nn.TripletMarginWithDistanceLoss(distance_function=manhattan, margin=5.0)(a, p, n).item() == 2.0
    assert nn.TripletMarginWithDistanceLoss(distance_function=manhattan, margin=5.0, swap=True)(a, p, n).item() == 5.0
    with pytest.raises(ValueError, match="dimensions"):
        F.triplet_margin_loss(a, p[0], n)


def test_a_parametrized_buffer_stays_a_buffer():
    class Double(nn.Module):
        def forward(self, x):
            return x * 2

    class Halves(nn.Module):
        def forward(self, x):
            return x.double()

    net = nn.Module()
    net.register_buffer("b", autograd.ones(2))
    nn.utils.parametrize.register_parametrization(net, "b", Double())
    assert net.b.tolist() == [2.0, 2.0]
    assert not list(net.parameters())
    net.register_buffer("c", autograd.ones(2))
    nn.utils.parametrize.register_parametrization(net, "c", Double())
    nn.utils.parametrize.remove_parametrizations(net, "b")
    assert [name for name, _ in net.named_buffers()] == ["b", "parametrizations.c.original"]
    assert net.c.tolist() == [2.0, 2.0]
    with pytest.raises(RuntimeError, match="dtype float32 to float64"):
        nn.utils.parametrize.register_parametrization(net, "b", Halves())
    layer = nn.utils.parametrizations.weight_norm(nn.Linear(2, 2))
    with pytest.raises(ValueError, match="sequence of tensors"):
        nn.utils.parametrize.remove_parametrizations(layer, "weight", leave_parametrized=False)
