"""Clipping, vectors of parameters, parametrizations and summaries; against torch where it has them."""

import copy

import numpy as np
import pytest

import autograd
import nn
from autograd import tensor
from nn.utils import parametrizations, parametrize


def model_with_gradients():
    net = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    autograd.manual_seed(0)
    for p in net.parameters():
        p.grad = autograd.randn(p.shape)
    return net


@pytest.mark.torch
@pytest.mark.parametrize("norm_type", [1.0, 2.0, 3.0, float("inf")])
@pytest.mark.parametrize("max_norm", [0.5, 1e3])
def test_clip_grad_norm(norm_type, max_norm):
    torch = pytest.importorskip("torch")
    net = model_with_gradients()
    twins = [torch.zeros(tuple(p.shape), requires_grad=True) for p in net.parameters()]
    for p, q in zip(net.parameters(), twins, strict=True):
        q.grad = torch.tensor(p.grad.numpy().copy())
    ours = nn.utils.clip_grad_norm_(net.parameters(), max_norm, norm_type)
    theirs = torch.nn.utils.clip_grad_norm_(twins, max_norm, norm_type)
    np.testing.assert_allclose(ours.item(), theirs.item(), rtol=1e-6)
    for p, q in zip(net.parameters(), twins, strict=True):
        np.testing.assert_allclose(p.grad.numpy(), q.grad.numpy(), rtol=1e-5)


def test_clipping():
    net = model_with_gradients()
    nn.utils.clip_grad_value_(net.parameters(), 0.3)
    assert all(p.grad.abs().max().item() <= 0.3 + 1e-7 for p in net.parameters())
    assert nn.utils.clip_grad_norm_([], 1.0).item() == 0
    net[0].weight.grad = autograd.full((4, 3), float("nan"))
    with pytest.raises(RuntimeError, match="non-finite"):
        nn.utils.clip_grad_norm_(net.parameters(), 1.0, error_if_nonfinite=True)


def test_parameters_as_a_vector():
    net = model_with_gradients()
    vector = nn.utils.parameters_to_vector(net.parameters())
    assert vector.shape == (26,)
    assert vector.requires_grad
    nn.utils.vector_to_parameters(autograd.arange(26).float(), net.parameters())
    assert net[0].weight[0].tolist() == [0, 1, 2]
    assert net[1].bias.tolist() == [24, 25]
    assert net[0].weight.is_leaf
    assert net[0].weight.requires_grad
    with pytest.raises(RuntimeError, match="26"):
        nn.utils.vector_to_parameters(autograd.zeros(3), net.parameters())
    with pytest.raises(TypeError, match="Tensor"):
        nn.utils.vector_to_parameters([0.0], net.parameters())


# -- parametrizations -----------------------------------------------------------------------------------------------

MAKERS = {
    "weight_norm": lambda nn: nn.utils.parametrizations.weight_norm(nn.Linear(4, 3)),
    "weight_norm dim 1": lambda nn: nn.utils.parametrizations.weight_norm(nn.Linear(4, 3), dim=1),
    "weight_norm whole": lambda nn: nn.utils.parametrizations.weight_norm(nn.Linear(4, 3), dim=None),
    "weight_norm conv": lambda nn: nn.utils.parametrizations.weight_norm(nn.Conv1d(4, 3, 2)),
    "spectral_norm": lambda nn: nn.utils.parametrizations.spectral_norm(nn.Linear(4, 3)),
    "spectral_norm bias": lambda nn: nn.utils.parametrizations.spectral_norm(nn.Linear(4, 3), "bias"),
    "orthogonal cayley": lambda nn: nn.utils.parametrizations.orthogonal(nn.Linear(4, 4), orthogonal_map="cayley"),
    "orthogonal matrix_exp": lambda nn: nn.utils.parametrizations.orthogonal(nn.Linear(4, 3), orthogonal_map="matrix_exp"),
    "orthogonal householder": lambda nn: nn.utils.parametrizations.orthogonal(nn.Linear(3, 4)),
    "former weight_norm": lambda nn: nn.utils.weight_norm(nn.Linear(4, 3)),
    "former spectral_norm": lambda nn: nn.utils.spectral_norm(nn.Linear(4, 3)),
}


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("name", MAKERS)
def test_parametrizations_compute_what_torchs_do(name):
    torch = pytest.importorskip("torch")
    ours, theirs = MAKERS[name](nn).double(), MAKERS[name](torch.nn).double()
    assert set(ours.state_dict()) == set(theirs.state_dict())
    theirs.load_state_dict({k: torch.tensor(v.numpy().copy()) for k, v in ours.state_dict().items()})
    rng = np.random.default_rng(0)
    for _ in range(3):
        x = rng.standard_normal((4, 4) if "conv" in name else (5, ours.in_features))
        a, b = ours(tensor(x)), theirs(torch.tensor(x))
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-8, atol=1e-10)
        a.square().sum().backward()
        b.square().sum().backward()
        mine, other = dict(ours.named_parameters()), dict(theirs.named_parameters())
        assert set(mine) == set(other)
        with autograd.no_grad(), torch.no_grad():
            for key in mine:
                np.testing.assert_allclose(mine[key].grad.numpy(), other[key].grad.numpy(), rtol=1e-7, atol=1e-9, err_msg=key)
                mine[key] -= mine[key].grad * 0.01
                other[key] -= other[key].grad * 0.01
                mine[key].grad = other[key].grad = None


class Symmetric(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).mT

    def right_inverse(self, a):
        return a.triu()


class Exp(nn.Module):
    def forward(self, x):
        return x.exp()


def test_registering_and_removing():
    layer = nn.Linear(3, 3)
    before = layer.weight.detach().clone()
    parametrize.register_parametrization(layer, "weight", Symmetric())
    assert type(layer).__name__ == "ParametrizedLinear"
    assert isinstance(layer, nn.Linear)
    assert parametrize.is_parametrized(layer)
    assert parametrize.is_parametrized(layer, "weight")
    assert not parametrize.is_parametrized(layer, "bias")
    assert not parametrize.is_parametrized(nn.Linear(1, 1))
    assert [n for n, _ in layer.named_parameters()] == ["bias", "parametrizations.weight.original"]
    assert autograd.equal(layer.weight, before.triu() + before.triu(1).T)
    layer.weight = autograd.eye(3)
    assert autograd.equal(layer.weight, autograd.eye(3))
    twin = copy.deepcopy(layer)
    twin.weight = autograd.ones(3, 3)
    assert autograd.equal(layer.weight, autograd.eye(3))
    assert autograd.equal(twin.weight, autograd.ones(3, 3))
    with parametrize.cached():
        assert layer.weight is layer.weight
    assert layer.weight is not layer.weight
    parametrize.register_parametrization(layer, "weight", Exp())
    np.testing.assert_allclose(layer.weight.detach().numpy(), np.exp(np.eye(3)), rtol=1e-6)
    with pytest.raises(ValueError, match="right_inverse"):
        layer.weight = autograd.eye(3)
    parametrize.remove_parametrizations(layer, "weight")
    assert type(layer) is nn.Linear
    assert isinstance(layer.weight, nn.Parameter)
    assert layer.weight.requires_grad
    np.testing.assert_allclose(layer.weight.detach().numpy(), np.exp(np.eye(3)), rtol=1e-6)
    parametrize.remove_parametrizations(twin, "weight", leave_parametrized=False)
    assert autograd.equal(twin.weight, autograd.ones(3, 3).triu())


def test_parametrization_errors():
    class Wrong(nn.Module):
        def forward(self, x):
            return x[0]

    layer = nn.Linear(3, 2)
    with pytest.raises(RuntimeError, match="keep the shape"):
        parametrize.register_parametrization(layer, "weight", Wrong())
    assert type(layer) is nn.Linear
    assert isinstance(layer.weight, nn.Parameter)
    with pytest.raises(ValueError, match="'missing'"):
        parametrize.register_parametrization(layer, "missing", Symmetric())
    with pytest.raises(ValueError, match="does not have a parametrization"):
        parametrize.remove_parametrizations(layer, "weight")
    with pytest.raises(ValueError, match="matrix"):
        parametrizations.orthogonal(layer, "bias")
    with pytest.raises(ValueError, match="one of matrix_exp"):
        parametrizations.orthogonal(layer, orthogonal_map="qr")
    with pytest.raises(ValueError, match="n_power_iterations"):
        parametrizations.spectral_norm(layer, n_power_iterations=0)


@pytest.mark.parametrize("shape", [(4, 4), (5, 3), (3, 5)])
@pytest.mark.parametrize("orthogonal_map", ["matrix_exp", "cayley", "householder"])
def test_orthogonal_stays_orthogonal_in_training(shape, orthogonal_map):
    autograd.manual_seed(0)
    layer = parametrizations.orthogonal(nn.Linear(shape[1], shape[0]).double(), orthogonal_map=orthogonal_map)
    target = autograd.randn(shape, dtype=autograd.float64)
    losses = []
    for _ in range(30):
        loss = (layer.weight - target).square().sum()
        losses.append(loss.item())
        layer.zero_grad()
        loss.backward()
        with autograd.no_grad():
            for p in layer.parametrizations.weight.parameters():
                p -= p.grad * 0.05
    w = layer.weight.detach().numpy()
    gram = w @ w.T if shape[0] <= shape[1] else w.T @ w
    np.testing.assert_allclose(gram, np.eye(min(shape)), atol=1e-10)
    assert losses[-1] < losses[0]


def test_former_weight_and_spectral_norm():
    layer = nn.utils.weight_norm(nn.Linear(4, 3))
    x = autograd.ones(2, 4)
    y = layer(x)
    with pytest.raises(ValueError, match="two weight_norm"):
        nn.utils.weight_norm(layer)
    assert autograd.allclose(nn.utils.remove_weight_norm(layer)(x), y)
    assert sorted(n for n, _ in layer.named_parameters()) == ["bias", "weight"]
    with pytest.raises(ValueError, match="not found"):
        nn.utils.remove_weight_norm(layer)
    layer = nn.utils.spectral_norm(nn.Linear(4, 3), n_power_iterations=30)
    layer(x)
    assert abs(np.linalg.norm(layer.weight.detach().numpy(), 2) - 1) < 1e-3
    y = layer.eval()(x)
    assert autograd.allclose(nn.utils.remove_spectral_norm(layer)(x), y, atol=1e-6)


# -- MLP and summary --------------------------------------------------------------------------------------------------


def test_mlp():
    net = nn.MLP([4, 8, 8, 3], "gelu", normalization="layer", dropout=0.1, residual=True)
    kinds = [type(m).__name__ for m in net.modules()]
    assert kinds == [
        "MLP", "Linear", "LayerNorm", "GELU", "Dropout", "Residual", "Linear", "LayerNorm", "GELU", "Dropout", "Linear",
    ]  # fmt: skip
    assert net(autograd.ones(5, 4)).shape == (5, 3)
    assert isinstance(net[:2], nn.Sequential)
    assert not isinstance(net[:2], nn.MLP)
    assert all(float(m.bias.abs().sum()) == 0 for m in net.modules() if isinstance(m, nn.Linear))
    assert nn.MLP([2, 2, 2], nn.PReLU)[1].weight is not None
    assert nn.MLP([2, 2, 2], nn.PReLU, dtype=autograd.float64)(autograd.ones(1, 2).double()).dtype == autograd.float64
    assert isinstance(nn.MLP([2, 2, 2], lambda: nn.LeakyReLU(0.3))[1], nn.LeakyReLU)
    assert nn.MLP([2, 1], bias=False, dtype=autograd.float64)[0].weight.dtype == autograd.float64
    for make, error in [
        (lambda: nn.MLP([2]), "sizes"),
        (lambda: nn.MLP([2, 2, 2], "swoosh"), "unknown activation 'swoosh'.*relu"),
        (lambda: nn.MLP([2, 2, 2], normalization="group"), "unknown normalization.*batch, layer, rms"),
    ]:
        with pytest.raises(ValueError, match=error):
            make()
    with pytest.raises(TypeError, match="its own"):
        nn.MLP([2, 2, 2], nn.ReLU())


def test_summary():
    shared = nn.Linear(4, 4)
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), shared, nn.Sequential(nn.ReLU(), shared))
    net[0].bias.requires_grad_(False)
    before = net[1].num_batches_tracked.item()
    found = nn.summary(net, (10, 3))
    assert found.parameters == 16 + 8 + 20
    assert found.trainable_parameters == found.parameters - 4
    assert found.multiply_adds == 10 * (12 + 16 + 16)
    assert [layer.path for layer in found.layers] == ["", "0", "1", "2", "3", "3.0", "2"]
    assert [layer.parameters for layer in found.layers] == [0, 16, 8, 20, 0, 0, 0]
    assert net.training
    assert net[1].num_batches_tracked.item() == before
    assert not net[0]._hooks
    assert "Sequential: 44 parameters, 40 of them trainable, 440 multiply-adds" in repr(found)
    with pytest.raises(TypeError, match="shape"):
        nn.summary(net)


@pytest.mark.parametrize(
    ("module", "inputs", "count"),
    [
        (nn.Conv2d(3, 8, 3, padding=1), (2, 3, 5, 5), 2 * 8 * 25 * 27),
        (nn.Conv2d(4, 8, 3, groups=2), (1, 4, 5, 5), 8 * 9 * 18),
        (nn.ConvTranspose2d(3, 8, 2, stride=2), (1, 3, 4, 4), 3 * 16 * 8 * 4),
        (nn.LSTM(3, 5), (7, 2, 3), 14 * 4 * 5 * (3 + 5)),
        (nn.Bilinear(3, 4, 5), None, 2 * 5 * 12),
        (nn.LayerNorm((3, 4)), (2, 3, 4), 0),
    ],
    ids=lambda v: type(v).__name__ if isinstance(v, nn.Module) else "",
)
def test_multiply_adds(module, inputs, count):
    given = (autograd.ones(2, 3), autograd.ones(2, 4)) if inputs is None else (inputs,)
    assert nn.summary(module, *given).multiply_adds == count


def test_multiply_adds_of_attention():
    attention, x = nn.MultiheadAttention(8, 2, batch_first=True), autograd.ones(3, 5, 8)
    assert nn.summary(attention, x, x, x).multiply_adds == 15 * 4 * 64 + 2 * 15 * 5 * 8
